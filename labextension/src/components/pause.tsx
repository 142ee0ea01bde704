import type { ReactElement } from 'react';

import type { ITurn } from '../conversation';
import { usePanel, useShown } from './context';
import { Button } from './controls';

/** How a turn ends from which it can go on. */
const CUT_OFF = ['interrupted', 'model', 'failed', 'limit'];

/** Lets the turn stand still behind its present call, and go on. */
export function PauseButton({ pause }: { pause: ITurn['pause'] }): ReactElement {
  const { trans } = usePanel();
  const { conversation } = useShown();
  if (pause === 'none') {
    return (
      <Button
        title={trans.__('Pause when the present call has ended')}
        onClick={() => {
          conversation.pause();
        }}
      >
        {trans.__('Pause')}
      </Button>
    );
  }
  return (
    <Button
      look={pause === 'here' ? 'accept' : 'plain'}
      title={pause === 'here' ? '' : trans.__('It pauses when the present call has ended')}
      onClick={() => {
        conversation.goOn();
      }}
    >
      {pause === 'here' ? trans.__('Continue') : trans.__('Do not pause')}
    </Button>
  );
}

/** Goes on with a turn that was cut off: by a stop, a lost model or the end of the server. */
export function Resume({ turn }: { turn: ITurn }): ReactElement | null {
  const { trans } = usePanel();
  const { conversation } = useShown();
  const isCutOff = turn.reason !== null && CUT_OFF.includes(turn.reason);
  const isLast = turn.turn !== '' && conversation.state.turns.at(-1)?.turn === turn.turn;
  if (!isCutOff || turn.conclusion || !isLast) {
    return null;
  }
  return (
    <Button
      className="k2-Turn-resume"
      title={trans.__('Go on where it was cut off; nothing runs again without asking')}
      onClick={() => {
        conversation.resume(turn.turn);
      }}
    >
      {trans.__('Resume')}
    </Button>
  );
}
