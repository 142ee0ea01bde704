import { useState } from 'react';
import type { ReactElement } from 'react';

import type { IOpenRequest } from '../conversation';
import type { Request } from '../events';
import { CodeView } from './code-view';
import { usePanel } from './context';
import { Button, CellLink, Fold } from './controls';
import { visible } from './hidden';
import { limitWords } from './limit-words';
import { Reason } from './reasons';
import type { IFormProps } from './request-card';

interface IApprovalProps extends IFormProps {
  open: IOpenRequest;
  request: Extract<Request, { type: 'ApprovalRequest' }>;
}

/** Reasons, the exact code, and the answers: once, this kind from now on, or no. */
export function Approval({ open, request, armed, answer }: IApprovalProps): ReactElement {
  const { trans } = usePanel();
  const [comment, setComment] = useState('');
  const { reasons } = request;
  return (
    <form
      className="k2-Approval"
      onSubmit={event => {
        event.preventDefault();
        answer({ type: 'Approval', granted: false, comment: comment.trim(), always: false });
      }}
    >
      {open.asks && <Asks asks={open.asks} />}
      {reasons.length > 0 && (
        <ul className="k2-Approval-reasons">
          {reasons.map((reason, at) => (
            <li key={at}>
              <Reason text={reason} />
            </li>
          ))}
        </ul>
      )}
      {request.code && <Code open={open} request={request} />}
      <input
        type="text"
        className="k2-Input"
        value={comment}
        placeholder={trans.__('No, because… (optional)')}
        aria-label={trans.__('Why not, for K2 to read (optional)')}
        onChange={event => {
          setComment(event.target.value);
        }}
      />
      <Answers
        request={request}
        task={open.asks !== null}
        armed={armed}
        allow={always => {
          answer({ type: 'Approval', granted: true, comment: '', always });
        }}
      />
    </form>
  );
}

interface IAnswersProps {
  request: IApprovalProps['request'];
  /** Whether a whole task is asked for. */
  task: boolean;
  armed: boolean;
  allow: (always: boolean) => void;
}

function Answers({ request, task, armed, allow }: IAnswersProps): ReactElement {
  const { trans, k2 } = usePanel();
  const kinds = request.kinds.join(', ');
  const risky = kinds !== '' || !task;
  const kindsAllowed = kinds !== '' && k2.status?.off.approve_kinds === undefined;
  const first = { 'data-first': '' };
  return (
    <div className="k2-Buttons">
      <Button type="submit" {...(risky && first)}>
        {trans.__('No')}
      </Button>
      {kindsAllowed && (
        <Button
          aria-disabled={!armed}
          onClick={() => {
            if (armed) {
              allow(true);
            }
          }}
        >
          {trans.__('Allow “%1” in this notebook', kinds)}
        </Button>
      )}
      <Button
        look={risky ? 'warn' : 'accept'}
        aria-disabled={!armed}
        {...(!risky && first)}
        onClick={() => {
          if (armed) {
            allow(false);
          }
        }}
      >
        {task ? trans.__('Allow') : trans.__('Allow once')}
      </Button>
    </div>
  );
}

/** What a whole turn may do: where, what leaves this machine, how much of it. */
function Asks({ asks }: { asks: NonNullable<IOpenRequest['asks']> }): ReactElement {
  const { trans } = usePanel();
  const sent = asks.sent_to
    ? trans.__('your request, and what cells and their outputs show, go to %1', asks.sent_to)
    : trans.__('nothing leaves this machine');
  return (
    <dl className="k2-Facts">
      <dt>{trans.__('Runs in')}</dt>
      <dd>{trans.__('%1, with your variables', visible(asks.where))}</dd>
      <dt>{trans.__('Sent')}</dt>
      <dd>{visible(sent)}</dd>
      <dt>{trans.__('At most')}</dt>
      <dd>{limitWords(asks.caps, trans)}</dd>
    </dl>
  );
}

function Code({ open, request }: Pick<IApprovalProps, 'open' | 'request'>): ReactElement {
  const { trans } = usePanel();
  const label = request.action === 'edit' ? trans.__('The change') : trans.__('The exact code');
  const view = <CodeView strict code={request.code} label={label} />;
  const link = open.cell && <CellLink cell={open.cell} />;
  if (open.asks && request.kinds.length === 0 && request.action === 'run') {
    return <Fold summary={trans.__('The first cell')}>{() => view}</Fold>;
  }
  return (
    <div className="k2-Approval-code">
      <p className="k2-Approval-label">
        {label} {link}
      </p>
      {view}
    </div>
  );
}
