import { Dialog, showDialog } from '@jupyterlab/apputils';
import { caretLeftIcon, deleteIcon, refreshIcon } from '@jupyterlab/ui-components';
import { useCallback, useState } from 'react';
import type { ReactElement } from 'react';

import type { ITurn } from '../conversation';
import type { IPastTurn } from '../records';
import { usePanel, useShown } from './context';
import { IconButton } from './controls';
import { visible } from './hidden';
import { Facts, HistoryList } from './history-list';
import { useAnswer } from './hooks';
import { Turn } from './turn';
import { View } from './view';

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
          <HistoryList turns={turns.value} onOpen={setOpened} onPurge={turn => void purge(turn)} />
        )}
      </div>
    </View>
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
