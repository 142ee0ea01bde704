import { deleteIcon } from '@jupyterlab/ui-components';
import { useState } from 'react';
import type { ReactElement } from 'react';

import type { IPastTurn } from '../records';
import { count, dollars, duration } from './amounts';
import { useCellName, usePanel } from './context';
import { Button, IconButton } from './controls';
import { visible } from './hidden';
import { namedCells, outcomeWords } from './words';

interface IListProps {
  turns: readonly IPastTurn[];
  onOpen: (turn: IPastTurn) => void;
  /** Null: all. */
  onPurge: (turn: IPastTurn | null) => void;
}

/** All past turns, the newest first, or those that the user searches. */
export function HistoryList({ turns, onOpen, onPurge }: IListProps): ReactElement {
  const { trans } = usePanel();
  const [wanted, setWanted] = useState('');
  const found = turns.filter(turn => fits(turn, wanted));
  if (turns.length === 0) {
    return <p>{trans.__('K2 has done nothing in this notebook yet, or it was purged.')}</p>;
  }
  return (
    <>
      <input
        type="search"
        className="k2-History-search jp-mod-styled"
        aria-label={trans.__('Search requests and conclusions')}
        placeholder={trans.__('Search')}
        value={wanted}
        onChange={({ target }) => {
          setWanted(target.value);
        }}
      />
      <p className="k2-hidden" role="status">
        {trans._n('%1 turn', '%1 turns', found.length)}
      </p>
      {found.length === 0 && <p>{trans.__('Nothing found.')}</p>}
      <ul className="k2-History-list">
        {found.map(turn => (
          <Entry
            key={turn.turn}
            turn={turn}
            onOpen={() => {
              onOpen(turn);
            }}
            onPurge={() => {
              onPurge(turn);
            }}
          />
        ))}
      </ul>
      <div className="k2-Buttons">
        <Button
          onClick={() => {
            onPurge(null);
          }}
        >
          {trans.__('Purge all…')}
        </Button>
      </div>
    </>
  );
}

interface IEntryProps {
  turn: IPastTurn;
  onOpen: () => void;
  onPurge: () => void;
}

function Entry({ turn, onOpen, onPurge }: IEntryProps): ReactElement {
  const { trans } = usePanel();
  const cellName = useCellName();
  const request = namedCells(turn.request, cellName) || trans.__('No request');
  return (
    <li className="k2-History-entry">
      <button
        type="button"
        className="k2-History-open"
        disabled={turn.outcome === 'damaged'}
        onClick={onOpen}
      >
        <span className="k2-History-request">{request}</span>
        {turn.conclusion && (
          <span className="k2-History-conclusion">{firstLine(turn.conclusion)}</span>
        )}
        <Facts turn={turn} />
      </button>
      <IconButton
        icon={deleteIcon}
        label={trans.__('Purge: %1', request)}
        disabled={turn.outcome === 'running'}
        onClick={onPurge}
      />
    </li>
  );
}

/** How the turn ended, when, and what it cost. */
export function Facts({ turn }: { turn: IPastTurn }): ReactElement {
  const { trans } = usePanel();
  const started = new Date(turn.started);
  const facts = [
    outcomeWords(turn.outcome, trans),
    turn.undone && trans.__('undone'),
    trans._n('%1 step', '%1 steps', turn.steps),
    turn.tokens > 0 && trans.__('%1 tokens', count(turn.tokens)),
    turn.dollars !== null && dollars(turn.dollars),
    turn.seconds > 0 && duration(turn.seconds, trans),
    isNaN(started.valueOf()) ? '' : started.toLocaleString(),
    visible(turn.model)
  ];
  return (
    <span className={`k2-History-facts ${turn.undone ? 'k2-mod-undone' : ''}`}>
      {facts.filter(Boolean).join(' · ')}
    </span>
  );
}

function fits({ request, conclusion }: IPastTurn, wanted: string): boolean {
  const text = `${request}\n${conclusion}`.toLowerCase();
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word));
}

/** Of Markdown, without its marks. */
function firstLine(text: string): string {
  const line = text.split('\n').find(one => one.trim() && !one.startsWith('#')) ?? '';
  return visible(line.replace(/[*_`]/g, ''));
}
