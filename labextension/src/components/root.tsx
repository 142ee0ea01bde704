import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';

import type { IConversation } from '../conversation';
import type { IStatus } from '../tokens';
import type { IPanel, IShown } from './context';
import { PanelContext, ShownContext, usePanel } from './context';
import { Button } from './controls';
import { ConversationView } from './conversation-view';
import { ExportView } from './export-view';
import { History } from './history';
import { Provenance } from './provenance';
import { draftOf } from './draft';
import { Header } from './header';
import { useLatest } from './hooks';
import { Names } from './names';
import { Setup } from './setup';

/** What the panel can do with the notebook that a conversation belongs to. */
export type NotebookFace = Omit<IShown, 'conversation' | 'draft'>;

interface IRootProps {
  panel: IPanel;
  face: (conversation: IConversation) => NotebookFace;
}

/** The whole panel: the model's choice, the reason why there is nothing, or the conversation. */
export function Root({ panel, face }: IRootProps): ReactElement {
  return (
    <PanelContext.Provider value={panel}>
      <Shown face={face} />
    </PanelContext.Provider>
  );
}

function Shown({ face }: Pick<IRootProps, 'face'>): ReactElement {
  const { k2, trans } = usePanel();
  const status = useLatest(k2.statusChanged, () => k2.status);
  const problem = useLatest(k2.statusChanged, () => k2.problem);
  const conversation = useLatest(k2.currentChanged, () => k2.current);
  const off = status?.off.panel;
  if (off !== undefined || !status) {
    return (
      <>
        <Header shown={null} />
        {off === undefined ? (
          <Nothing words={problem || trans.__('Connecting…')} again={problem !== ''} />
        ) : (
          <Nothing words={trans.__('An administrator has switched K2 off: %1', off)} />
        )}
      </>
    );
  }
  return <Working status={status} conversation={conversation} face={face} />;
}

interface IWorkingProps extends Pick<IRootProps, 'face'> {
  status: IStatus;
  conversation: IConversation | null;
}

function Working({ status, conversation, face }: IWorkingProps): ReactElement {
  const { trans } = usePanel();
  // At the first run it stays until the user goes on, so that what the test said can be read.
  const [choosing, setChoosing] = useState(!status.configured);
  const shown = useMemo(() => conversation && shownOf(conversation, face), [conversation, face]);
  const close = () => {
    setChoosing(false);
  };
  const toggle = () => {
    setChoosing(!choosing);
  };
  return (
    <>
      <Header shown={shown} {...(status.configured && { onModel: toggle })} />
      {status.problem && <p className="k2-Banner k2-mod-bad">{status.problem}</p>}
      {!status.configured || choosing ? (
        <Setup
          status={status}
          onChosen={close}
          {...(status.configured && { onClose: close })}
        />
      ) : shown ? (
        <ShownContext.Provider value={shown}>
          <Names key={shown.conversation.path}>
            <Chosen />
          </Names>
        </ShownContext.Provider>
      ) : (
        <Nothing words={trans.__('Open a notebook, and ask K2 about its data here.')} />
      )}
    </>
  );
}

/** What was chosen of the notebook's views. */
function Chosen(): ReactElement {
  const { k2 } = usePanel();
  const view = useLatest(k2.views.changed, () => k2.views.current);
  switch (view) {
    case 'conversation':
      return <ConversationView />;
    case 'history':
      return <History />;
    case 'provenance':
      return <Provenance />;
    case 'export':
      return <ExportView />;
  }
}

function shownOf(conversation: IConversation, face: IRootProps['face']): IShown {
  return { conversation, draft: draftOf(conversation), ...face(conversation) };
}

function Nothing({ words, again = false }: { words: string; again?: boolean }): ReactElement {
  const { k2, trans } = usePanel();
  return (
    <div className="k2-Nothing">
      <p>{words}</p>
      {again && (
        <Button
          onClick={() => {
            void k2.refreshStatus();
          }}
        >
          {trans.__('Try again')}
        </Button>
      )}
    </div>
  );
}
