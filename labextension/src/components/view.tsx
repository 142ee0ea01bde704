import { closeIcon } from '@jupyterlab/ui-components';
import { useEffect, useRef } from 'react';
import type { KeyboardEvent, ReactElement, ReactNode } from 'react';

import { usePanel, useShown } from './context';
import { Button, IconButton } from './controls';
import { useLatest } from './hooks';

interface IViewProps {
  title: string;
  /** Shown beside the title. */
  tools?: ReactNode;
  children: ReactNode;
}

/** What stands in the conversation's place until it is closed. */
export function View({ title, tools, children }: IViewProps): ReactElement {
  const { trans, k2 } = usePanel();
  const { conversation } = useShown();
  const waits = useLatest(conversation.changed, () => conversation.state.open !== null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, [title]);
  const close = () => {
    k2.views.show('conversation');
  };
  const closeByKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented) {
      event.preventDefault();
      close();
    }
  };
  return (
    <section className="k2-View" aria-label={title} onKeyDown={closeByKey}>
      <div className="k2-View-head">
        <h2 className="k2-View-title" tabIndex={-1} ref={heading}>
          {title}
        </h2>
        {tools}
        <IconButton
          icon={closeIcon}
          label={trans.__('Back to the conversation')}
          onClick={close}
        />
      </div>
      <div role="status">
        {waits && (
          <Button look="warn" className="k2-View-waits" onClick={close}>
            {trans.__('K2 waits for your answer')}
          </Button>
        )}
      </div>
      {children}
    </section>
  );
}
