import type { ReactElement } from 'react';

import type { ITurn } from '../conversation';
import { useCellName, usePanel, useShown } from './context';
import { Button } from './controls';
import { namedCells } from './words';

/** Takes a turn back or makes it again, and says what was not done of that. */
export function Undo({ turn }: { turn: ITurn }): ReactElement | null {
  const { trans } = usePanel();
  const { conversation } = useShown();
  const cellName = useCellName();
  if (!turn.undo) {
    return null;
  }
  const { undone, lines } = turn.undo;
  return (
    <div className="k2-Undo">
      <div role="status">
        {undone && <p className="k2-Undo-state">{trans.__('This turn is undone.')}</p>}
        {lines.length > 0 && (
          <ul>
            {lines.map((line, at) => (
              <li key={at}>{namedCells(line, cellName)}</li>
            ))}
          </ul>
        )}
      </div>
      <Button
        onClick={() => {
          if (undone) {
            conversation.redo(turn.turn);
          } else {
            conversation.undo(turn.turn);
          }
        }}
      >
        {undone ? trans.__('Redo this turn') : trans.__('Undo this turn')}
      </Button>
    </div>
  );
}
