import { PathExt } from '@jupyterlab/coreutils';
import { settingsIcon } from '@jupyterlab/ui-components';
import type { ReactElement } from 'react';

import type { IConversation } from '../tokens';
import { usePanel } from './context';
import { IconButton } from './controls';
import { useLatest } from './hooks';
import { k2Icon } from './icons';

interface IHeaderProps {
  conversation: IConversation | null;
  /** Absent where the model can't be chosen now. */
  onModel?: () => void;
}

/** Which notebook this is about, how its kernel is, and the way to the models. */
export function Header({ conversation, onModel }: IHeaderProps): ReactElement {
  const { trans } = usePanel();
  return (
    <div className="k2-Header">
      <k2Icon.react tag="span" width="16px" height="16px" aria-hidden="true" />
      {conversation ? (
        <Notebook key={conversation.path} conversation={conversation} />
      ) : (
        <span className="k2-Header-name">K2</span>
      )}
      <span className="k2-Header-space" />
      {onModel && <IconButton icon={settingsIcon} label={trans.__('Model…')} onClick={onModel} />}
    </div>
  );
}

function Notebook({ conversation }: { conversation: IConversation }): ReactElement {
  const { trans } = usePanel();
  const status = useLatest(conversation.changed, () => conversation.state.kernel?.status ?? '');
  return (
    <>
      <span className="k2-Header-name" title={conversation.path}>
        {PathExt.basename(conversation.path)}
      </span>
      {status === 'busy' && (
        <span className="k2-Header-kernel" title={trans.__('A cell runs in the kernel')}>
          {trans.__('kernel busy')}
        </span>
      )}
    </>
  );
}
