import type { ReactElement } from 'react';

import type { IState } from '../conversation';
import { usePanel, useShown } from './context';
import { Button } from './controls';
import { visible } from './hidden';

/** What stands in the way, or what works less well; nothing while all is as it should be. */
export function Banner({ state }: { state: IState }): ReactElement | null {
  const { trans } = usePanel();
  const told = stateWords(state, trans.__.bind(trans));
  return (
    told && (
      <p className={`k2-Banner k2-mod-${told.look}`} role="status">
        {told.words}
      </p>
    )
  );
}

interface ITold {
  look: 'bad' | 'waiting' | 'info';
  words: string;
}

type Translate = (text: string, ...rest: string[]) => string;

function stateWords(state: IState, __: Translate): ITold | null {
  const running = state.turns.at(-1)?.status === 'running';
  switch (state.connection) {
    case 'closed':
      return noKernel(__);
    case 'connecting':
      return { look: 'waiting', words: __('Connecting…') };
    case 'lost':
      return {
        look: 'bad',
        words: running
          ? __('Connection lost. The request goes on in the server; trying to reach it again…')
          : __('Connection lost. Trying to reach the server again…')
      };
    case 'refused':
      return { look: 'bad', words: __('The server refused: %1', visible(state.refusal)) };
    case 'open':
      return kernelWords(state.kernel, __);
  }
}

function noKernel(__: Translate): ITold {
  return { look: 'bad', words: __('This notebook has no kernel. Choose one in its toolbar.') };
}

function kernelWords(kernel: IState['kernel'], __: Translate): ITold | null {
  if (!kernel) {
    return noKernel(__);
  }
  switch (kernel.status) {
    case 'dead':
    case 'died':
      return { look: 'bad', words: __('The kernel has died: its variables are gone. Restart it.') };
    case 'restarting':
    case 'autorestarting':
      return { look: 'waiting', words: __('The kernel restarts…') };
  }
  return kernel.language && kernel.language !== 'python'
    ? {
        look: 'info',
        words: __(
          'This kernel speaks %1: cells and outputs work; K2 sees no variables and no figures.',
          kernel.language
        )
      }
    : null;
}

/** What was said outside of a request, such as an answer that came too late. */
export function Notices({ notices }: { notices: readonly string[] }): ReactElement | null {
  const { trans } = usePanel();
  const { conversation } = useShown();
  if (notices.length === 0) {
    return null;
  }
  return (
    <div className="k2-Notices" role="status">
      <ul>
        {notices.slice(-3).map((notice, at) => (
          <li key={at}>{visible(notice)}</li>
        ))}
      </ul>
      <Button
        look="quiet"
        onClick={() => {
          conversation.dismissNotices();
        }}
      >
        {trans.__('Dismiss')}
      </Button>
    </div>
  );
}
