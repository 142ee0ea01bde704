/** Why an approval is asked for: each reason is a line of the server's, with code in backticks. */
import type { ReactElement } from 'react';

import { useCellName } from './context';
import { visible } from './hidden';
import { namedCells } from './words';

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

/** `starts a process`: without the place and the code, which stood on the card. */
export function shortReason(reason: string): string {
  return reason.replace(/^line \d+: /, '').replace(/ \(`.*$/, '');
}
