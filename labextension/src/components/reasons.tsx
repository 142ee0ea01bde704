/** Why an approval is asked for: each reason is a line of the server's, with code in backticks. */
import type { ReactElement } from 'react';

import type { RequestOf } from '../events';
import { useCellName } from './context';
import { visible } from './hidden';
import { namedCells } from './words';

type Asked = RequestOf<'ApprovalRequest'>;

export function Reason({ text }: { text: string }): ReactElement {
  const cellName = useCellName();
  const parts = text.split(/`([^`]+)`/);
  return (
    <>
      {parts.map((part, at) =>
        at % 2 === 1 ? <code key={at}>{visible(part)}</code> : namedCells(part, cellName)
      )}
    </>
  );
}

/** Without the sentence for a whole task, which names no line: the card says the same in rows. */
export function ownReasons({ action, reasons }: Asked, task: boolean): readonly string[] {
  const [first] = reasons;
  return task && action === 'run' && !first?.startsWith('line ') ? reasons.slice(1) : reasons;
}

/** `starts a process`: without the place and the code, which stood on the card. */
export function shortReason(reason: string): string {
  return reason.replace(/^line \d+: /, '').replace(/ \(`.*$/, '');
}
