import { closeIcon } from '@jupyterlab/ui-components';
import { memo, useMemo } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';

import type { IQueued, IState } from '../conversation';
import { Banner, Notices } from './banner';
import { Composer } from './composer';
import { useCellName, usePanel, useShown, WaitsContext } from './context';
import { IconButton } from './controls';
import { Empty } from './empty';
import { Footer } from './footer';
import { useLatest } from './hooks';
import { sendIcon } from './icons';
import { Plan } from './plan';
import { RequestCard } from './request-card';
import { Transcript } from './transcript';
import { namedCells } from './words';

/** One notebook's conversation, and what all of it is drawn by. */
export function ConversationView(): ReactElement {
  const { conversation } = useShown();
  const state = useLatest(conversation.changed, () => conversation.state);
  return (
    <WaitsContext.Provider value={state.open !== null}>
      <Conversation state={state} />
    </WaitsContext.Provider>
  );
}

/** From what stands in the way down to what may be asked next. */
function Conversation({ state }: { state: IState }): ReactElement {
  const { conversation } = useShown();
  const turn = state.turns.at(-1);
  const running = turn?.status === 'running';
  const stopByKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && running) {
      event.preventDefault();
      conversation.stop();
    }
  };
  return (
    <div className="k2-Conversation" onKeyDown={stopByKey}>
      <Banner state={state} />
      {turn && turn.plan.length > 0 && (
        <Plan key={`${turn.id} ${turn.status}`} items={turn.plan} editable={running || turn.mode === 'plan'} />
      )}
      {turn ? <Transcript turns={state.turns} /> : <Empty />}
      <Notices notices={state.notices} />
      {state.open && <RequestCard key={state.open.id} open={state.open} />}
      <Queue queue={state.queue} running={running} />
      <Composer
        running={running}
        pause={turn?.pause ?? 'none'}
        accepted={state.connection !== 'refused'}
        asked={useAsked(state)}
      />
      <Footer spent={state.spent} since={running ? turn.started : null} />
    </div>
  );
}

interface IQueueProps {
  queue: readonly IQueued[];
  running: boolean;
}

/** What waits for the turn to end. After a stop it waits for the user. */
const Queue = memo(function Queue({ queue, running }: IQueueProps): ReactElement | null {
  const { trans } = usePanel();
  const { conversation } = useShown();
  const cellName = useCellName();
  if (queue.length === 0) {
    return null;
  }
  return (
    <ul className="k2-Queue" aria-label={trans.__('Waiting requests')}>
      {queue.map(({ id, request, isSent }) => (
        <li key={id} className="k2-Chip">
          <span className="k2-Chip-words">
            {isSent
              ? trans.__('Next: %1', namedCells(request, cellName))
              : trans.__('To be sent: %1', namedCells(request, cellName))}
          </span>
          {isSent && !running && (
            <IconButton
              icon={sendIcon}
              label={trans.__('Send it now')}
              onClick={() => {
                conversation.sendQueued(id);
              }}
            />
          )}
          <IconButton
            icon={closeIcon}
            label={trans.__('Take it back')}
            onClick={() => {
              conversation.unqueue(id);
            }}
          />
        </li>
      ))}
    </ul>
  );
});

/** The requests so far; the same list until there is another. */
function useAsked({ turns }: IState): readonly string[] {
  return useMemo(
    () => turns.map(turn => turn.request).filter(Boolean),
    // Only what is added counts: a running turn is a new object with each event.
    [turns.length]
  );
}
