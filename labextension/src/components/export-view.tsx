import { useId, useState } from 'react';
import type { FormEvent, ReactElement } from 'react';

import type { CodeView, IExportState, IVerified } from '../export';
import { usePanel, useShown } from './context';
import { Button, CellLink, StateIcon } from './controls';
import { visible } from './hidden';
import { useLatest } from './hooks';
import { View } from './view';

/** The notebook as one HTML file: how it should be, how far it is, and what came of a re-run. */
export function ExportView(): ReactElement {
  const { trans, k2 } = usePanel();
  const { conversation } = useShown();
  const state = useLatest(k2.exporter.changed, () => k2.exporter.state);
  const own = state.path === conversation.path;
  return (
    <View title={trans.__('Export as HTML')}>
      <div className="k2-View-content">
        <p>
          {trans.__('One file with text, figures and tables, for any browser: it needs no Jupyter.')}
        </p>
        <Options running={state.running} />
        {state.running && <Progress state={state} />}
        {own && !state.running && <Result state={state} />}
      </div>
    </View>
  );
}

function Options({ running }: { running: boolean }): ReactElement {
  const { trans, k2 } = usePanel();
  const { conversation, notebook } = useShown();
  const [code, setCode] = useState<CodeView>(k2.exporter.preset.code);
  const [verify, setVerify] = useState(k2.exporter.preset.verify);
  const name = useId();
  const views: [CodeView, string][] = [
    ['fold', trans.__('Code folded: a click shows it')],
    ['hide', trans.__('Without code')]
  ];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const content = notebook();
    if (content) {
      void k2.exporter.export(conversation.path, content, { code, verify });
    }
  };
  return (
    <form className="k2-Export" onSubmit={submit}>
      <div role="radiogroup" aria-label={trans.__('Code')}>
        {views.map(([value, words]) => (
          <label key={value} className="k2-Export-choice">
            <input
              type="radio"
              name={name}
              checked={code === value}
              disabled={running}
              onChange={() => {
                setCode(value);
              }}
            />
            {words}
          </label>
        ))}
      </div>
      <label className="k2-Export-choice">
        <input
          type="checkbox"
          checked={verify}
          disabled={running}
          onChange={() => {
            setVerify(!verify);
          }}
        />
        <span>
          {trans.__('Run it again first')}
          <span className="k2-Export-told">
            {trans.__(
              'All code cells from top to bottom, in a new kernel and a copy of the folder. The file says which cells do not say the same.'
            )}
          </span>
        </span>
      </label>
      <div className="k2-Buttons">
        {running ? (
          <Button
            onClick={() => {
              k2.exporter.cancel();
            }}
          >
            {trans.__('Cancel')}
          </Button>
        ) : (
          <Button type="submit" look="accept">
            {trans.__('Export')}
          </Button>
        )}
      </div>
    </form>
  );
}

function Progress({ state: { progress } }: { state: IExportState }): ReactElement {
  const { trans } = usePanel();
  const words = progress
    ? trans.__('Running cell %1 of %2: %3', progress.cell, progress.of, visible(progress.purpose))
    : trans.__('Making the file…');
  return (
    <div className="k2-Export-progress">
      <progress
        aria-label={trans.__('Export')}
        aria-valuetext={words}
        {...(progress && { max: progress.of, value: progress.cell - 1 })}
      />
      <p>{words}</p>
    </div>
  );
}

function Result({ state }: { state: IExportState }): ReactElement {
  const { trans } = usePanel();
  return (
    <div className="k2-Export-result" role="status">
      {state.problem && <p className="k2-View-problem">{visible(state.problem)}</p>}
      {state.name && <p>{trans.__('Saved by your browser as %1.', visible(state.name))}</p>}
      {state.verified && <Verified verified={state.verified} />}
    </div>
  );
}

function Verified({ verified }: { verified: IVerified }): ReactElement {
  const { trans } = usePanel();
  const { sentence } = verified;
  return (
    <>
      <p className="k2-Export-verdict">
        <StateIcon
          state={verified.equal ? 'ok' : 'error'}
          words={verified.equal ? trans.__('the same') : trans.__('not the same')}
        />
        {visible(sentence.charAt(0).toUpperCase() + sentence.slice(1))}
      </p>
      <ul className="k2-Export-differences" aria-label={trans.__('Cells that differ')}>
        {verified.differences.map(({ cell, what }) => (
          <li key={cell}>
            <CellLink cell={cell} /> {visible(what)}
          </li>
        ))}
      </ul>
    </>
  );
}
