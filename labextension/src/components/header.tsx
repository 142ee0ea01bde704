import { PathExt } from '@jupyterlab/coreutils';
import type { LabIcon } from '@jupyterlab/ui-components';
import { downloadIcon, historyIcon, listIcon, settingsIcon } from '@jupyterlab/ui-components';
import type { ReactElement } from 'react';

import type { ViewName } from '../views';
import type { IShown } from './context';
import { usePanel } from './context';
import { IconButton } from './controls';
import { visible } from './hidden';
import { useKernelStatus, useLatest } from './hooks';
import { k2Icon } from './icons';

interface IHeaderProps {
  /** The notebook's, where there is one. */
  shown: IShown | null;
  /** Absent where the model can't be chosen now. */
  onModel?: () => void;
}

/** Which notebook this is about, how its kernel is, and the way to the models. */
export function Header({ shown, onModel }: IHeaderProps): ReactElement {
  const { trans } = usePanel();
  return (
    <div className="k2-Header">
      <k2Icon.react tag="span" width="16px" height="16px" aria-hidden="true" />
      {shown ? (
        <Notebook shown={shown} />
      ) : (
        <span className="k2-Header-name">K2</span>
      )}
      <span className="k2-Header-space" />
      {shown && onModel && <Views />}
      {onModel && <IconButton icon={settingsIcon} label={trans.__('Model…')} onClick={onModel} />}
    </div>
  );
}

/** The ways to what was done in the notebook; a second click leads back. */
function Views(): ReactElement {
  const { trans, k2 } = usePanel();
  const current = useLatest(k2.views.changed, () => k2.views.current);
  const views: [ViewName, LabIcon, string][] = [
    ['history', historyIcon, trans.__('History')],
    ['provenance', listIcon, trans.__('Who wrote which cell')],
    ['export', downloadIcon, trans.__('Export as HTML')]
  ];
  return (
    <>
      {views.map(([name, icon, label]) => (
        <IconButton
          key={name}
          icon={icon}
          label={label}
          aria-pressed={current === name}
          onClick={() => {
            k2.views.show(current === name ? 'conversation' : name);
          }}
        />
      ))}
    </>
  );
}

function Notebook({ shown: { conversation, session } }: { shown: IShown }): ReactElement {
  const { trans } = usePanel();
  const path = useLatest(conversation.changed, () => conversation.path);
  const status = useKernelStatus(session);
  return (
    <>
      <span className="k2-Header-name" title={visible(path)}>
        {visible(PathExt.basename(path))}
      </span>
      {status === 'busy' && (
        <span className="k2-Header-kernel" title={trans.__('A cell runs in the kernel')}>
          {trans.__('kernel busy')}
        </span>
      )}
    </>
  );
}
