import { refreshIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect } from 'react';
import type { ReactElement } from 'react';

import type { IOrigin } from '../records';
import { count, dollars, duration } from './amounts';
import { useCellName, usePanel, useShown } from './context';
import { CellLink, IconButton } from './controls';
import { visible } from './hidden';
import { useAnswer } from './hooks';
import { View } from './view';
import { namedCells } from './words';

/** How long (ms) after a change of the notebook the rows are made anew. */
const CALM = 700;

/** Who wrote which cell, in which turn, from what, and at what cost. */
export function Provenance(): ReactElement {
  const { trans, k2 } = usePanel();
  const { conversation, edited, written } = useShown();
  const { path } = conversation;
  const [origins, reload] = useAnswer(() => k2.records.origins(path, written()), [path]);
  useEffect(() => {
    let timer = 0;
    const changed = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(reload, CALM);
    };
    edited?.connect(changed);
    return () => {
      edited?.disconnect(changed);
      window.clearTimeout(timer);
    };
  }, [edited, reload]);
  return (
    <View
      title={trans.__('Who wrote which cell')}
      tools={<IconButton icon={refreshIcon} label={trans.__('Look again')} onClick={reload} />}
    >
      <div className="k2-View-content">
        {origins.problem && <p className="k2-View-problem">{visible(origins.problem)}</p>}
        {origins.value && <Rows origins={origins.value} />}
      </div>
    </View>
  );
}

function Rows({ origins }: { origins: readonly IOrigin[] }): ReactElement {
  const { trans } = usePanel();
  const written = origins.filter(({ by }) => by !== 'user');
  const edited = written.filter(one => one.edited).length;
  const summary = [
    trans.__('%1 of %2 cells by K2', written.length, origins.length),
    edited > 0 && trans.__('%1 edited since', edited)
  ];
  return (
    <>
      <p>{summary.filter(Boolean).join(' · ')}</p>
      <ul className="k2-Provenance">
        {origins.map((origin, at) => (
          <Row
            key={origin.cell}
            origin={origin}
            again={origin.turn !== '' && origin.turn === origins[at - 1]?.turn}
          />
        ))}
      </ul>
    </>
  );
}

interface IRowProps {
  origin: IOrigin;
  /** The cell above is of the same turn: its request is not told twice. */
  again: boolean;
}

function Row({ origin, again }: IRowProps): ReactElement {
  const { trans } = usePanel();
  const cellName = useCellName();
  const told = originWords(origin, trans);
  return (
    <li className={`k2-Provenance-row k2-mod-${origin.by}`}>
      <div className="k2-Provenance-head">
        <CellLink cell={origin.cell} />
        <span className="k2-Provenance-by">{authorWords(origin, trans)}</span>
        {origin.edited && (
          <span className="k2-Provenance-edited">{trans.__('edited since')}</span>
        )}
      </div>
      {origin.request && !again && (
        <p className="k2-Provenance-request">{namedCells(origin.request, cellName)}</p>
      )}
      {told && <p className="k2-Provenance-told">{told}</p>}
      {(origin.variables.length > 0 || origin.files.length > 0) && <Reads origin={origin} />}
    </li>
  );
}

function Reads({ origin: { variables, files } }: { origin: IOrigin }): ReactElement {
  const { trans } = usePanel();
  return (
    <p className="k2-Provenance-told">
      {trans.__('Reads')}{' '}
      {variables.map(([name, cell], at) => (
        <span key={name}>
          {at > 0 && ', '}
          <CellLink cell={cell} text={visible(name)} />
        </span>
      ))}
      {variables.length > 0 && files.length > 0 && ', '}
      {files.map(visible).join(', ')}
    </p>
  );
}

export function authorWords({ by }: IOrigin, trans: TranslationBundle): string {
  switch (by) {
    case 'agent':
      return trans.__('K2');
    case 'mixed':
      return trans.__('yours, changed by K2');
    case 'claimed':
      return trans.__('K2, the notebook says');
    case 'user':
      return trans.__('yours');
  }
}

/** `step 3 · 1.2k tokens · $0.01 · 4.2 s · kimi · time`. */
export function originWords(origin: IOrigin, trans: TranslationBundle): string {
  const time = new Date(origin.time);
  return [
    origin.step !== null && trans.__('step %1', origin.step),
    origin.tokens !== null && trans.__('%1 tokens', count(origin.tokens)),
    origin.dollars !== null && dollars(origin.dollars),
    origin.seconds !== null && duration(origin.seconds, trans),
    visible(origin.model),
    isNaN(time.valueOf()) ? '' : time.toLocaleString()
  ]
    .filter(Boolean)
    .join(' · ');
}
