import { useMemo } from 'react';
import type { ReactElement } from 'react';

import { usePanel } from './context';
import type { IPiece } from './hidden';
import { hiddenCount, pieces } from './hidden';

interface ICodeViewProps {
  code: string;
  /** What it is, for screen readers. */
  label: string;
  /** For code that is to be judged: numbered lines, nothing out of sight, a warning of hidden characters. */
  strict?: boolean;
}

/** Text as it is, never as HTML; hidden characters are written out. Long text scrolls. */
export function CodeView({ code, label, strict = false }: ICodeViewProps): ReactElement {
  const { trans } = usePanel();
  const lines = useMemo(() => code.split(/\r?\n/).map(pieces), [code]);
  const hidden = lines.reduce((sum, line) => sum + hiddenCount(line), 0);
  return (
    <div className={`k2-CodeView ${strict ? 'k2-mod-strict' : ''}`}>
      {strict && hidden > 0 && (
        <p className="k2-CodeView-warning" role="alert">
          {trans._n('%1 hidden character', '%1 hidden characters', hidden)}
          {': '}
          {trans.__('shown as ‹U+…›. They can make code look like other code.')}
        </p>
      )}
      <pre className="k2-CodeView-text" tabIndex={0} role="group" aria-label={label} dir="ltr">
        {lines.map((line, at) => (
          <span key={at} className="k2-CodeView-line">
            <Pieces line={line} />
            {'\n'}
          </span>
        ))}
      </pre>
      {strict && (
        <p className="k2-CodeView-lines">{trans._n('%1 line', '%1 lines', lines.length)}</p>
      )}
    </div>
  );
}

function Pieces({ line }: { line: readonly IPiece[] }): ReactElement {
  return (
    <>
      {line.map((piece, at) =>
        piece.hidden ? (
          <mark key={at} className="k2-mod-hidden">
            {piece.text}
          </mark>
        ) : (
          piece.text
        )
      )}
    </>
  );
}
