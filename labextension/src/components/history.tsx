import { Dialog, showDialog } from '@jupyterlab/apputils';
import { caretLeftIcon, deleteIcon, refreshIcon } from '@jupyterlab/ui-components';
import { useCallback, useState } from 'react';
import type { ReactElement } from 'react';

import type { IPastTurn } from '../records';
import type { ITurn } from '../tokens';
import { count, dollars, duration } from './amounts';
import { useCellName, usePanel, useShown } from './context';
import { Button, IconButton } from './controls';
import { visible } from './hidden';
import { useAnswer } from './hooks';
import { Turn } from './turn';
import { View } from './view';
import { namedCells, outcomeWords } from './words';

/** The past turns of the notebook: searched, opened, purged. */
export function History(): ReactElement {
  const { trans, k2 } = usePanel();
  const { conversation } = useShown();
  const { path } = conversation;
  const [turns, reload] = useAnswer(() => k2.records.turns(path), [path]);
  const [opened, setOpened] = useState<IPastTurn | null>(null);
  const [said, setSaid] = useState('');
  const purge = useCallback(
    async (turn: IPastTurn | null) => {
      if (await asked(turn, trans)) {
        setSaid(await purged(k2.records.purge(path, turn?.turn), trans));
        setOpened(null);
        reload();
      }
    },
    [k2, path, reload, trans]
  );
  if (opened) {
    return (
      <Past
        turn={opened}
        onBack={() => {
          setOpened(null);
        }}
        onPurge={() => void purge(opened)}
      />
    );
  }
  return (
    <View
      title={trans.__('History')}
      tools={<IconButton icon={refreshIcon} label={trans.__('Look again')} onClick={reload} />}
    >
      <div className="k2-View-content">
        <p className="k2-History-said" role="status">
          {said}
        </p>
        {turns.problem && <p className="k2-View-problem">{visible(turns.problem)}</p>}
        {turns.value && (
          <List turns={turns.value} onOpen={setOpened} onPurge={turn => void purge(turn)} />
        )}
      </div>
    </View>
  );
}

interface IListProps {
  turns: readonly IPastTurn[];
  onOpen: (turn: IPastTurn) => void;
  /** Null: all. */
  onPurge: (turn: IPastTurn | null) => void;
}

function List({ turns, onOpen, onPurge }: IListProps): ReactElement {
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

function Facts({ turn }: { turn: IPastTurn }): ReactElement {
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

interface IPastProps {
  turn: IPastTurn;
  onBack: () => void;
  onPurge: () => void;
}

/** One turn, to be read only. */
function Past({ turn, onBack, onPurge }: IPastProps): ReactElement {
  const { trans, k2 } = usePanel();
  const { path } = useShown().conversation;
  const [told] = useAnswer(() => k2.records.turn(path, turn.turn), [path, turn.turn]);
  return (
    <View
      title={trans.__('A past turn')}
      tools={
        <>
          <IconButton icon={caretLeftIcon} label={trans.__('Back to the list')} onClick={onBack} />
          <IconButton
            icon={deleteIcon}
            label={trans.__('Purge this turn')}
            disabled={turn.outcome === 'running'}
            onClick={onPurge}
          />
        </>
      }
    >
      <div className="k2-View-content">
        <Facts turn={turn} />
        {told.problem && <p className="k2-View-problem">{visible(told.problem)}</p>}
        {told.value && <Turn turn={ended(told.value)} newest />}
      </div>
    </View>
  );
}

/** A journal without an end is not of a turn that runs here. */
function ended(turn: ITurn): ITurn {
  return turn.status === 'running' ? { ...turn, status: 'interrupted', reason: 'interrupted' } : turn;
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

type Words = ReturnType<typeof usePanel>['trans'];

async function asked(turn: IPastTurn | null, trans: Words): Promise<boolean> {
  const result = await showDialog({
    title: turn ? trans.__('Purge this turn?') : trans.__('Purge all turns of this notebook?'),
    body: trans.__(
      'Their records are deleted from the server: requests, answers, what cells put out. They cannot be shown, undone or gone on with after that. Cells stay in the notebook, and the conversation that is open stays until it is closed.'
    ),
    defaultButton: 0,
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Purge') })]
  });
  return result.button.accept;
}

async function purged(
  answer: Promise<{ purged: number; kept: number }>,
  trans: Words
): Promise<string> {
  try {
    const { purged: gone, kept } = await answer;
    const words = trans._n('%1 turn purged.', '%1 turns purged.', gone);
    return kept > 0 ? `${words} ${trans.__('What runs stays.')}` : words;
  } catch (problem) {
    return visible(problem instanceof Error ? problem.message : String(problem));
  }
}
