import {
  codeIcon,
  editIcon,
  inspectorIcon,
  listIcon,
  notebookIcon,
  refreshIcon,
  tableRowsIcon,
  textEditorIcon
} from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import { memo } from 'react';
import type { ReactElement } from 'react';

import type { ICall } from '../conversation';
import { duration } from './amounts';
import { CodeView } from './code-view';
import { usePanel, useWaits } from './context';
import { CellLink, Fold, StateIcon } from './controls';
import { useSeconds } from './hooks';
import { callWords, shortGist } from './words';

const ICONS = new Map<string, LabIcon>([
  ['run_cell', codeIcon],
  ['edit_cell', editIcon],
  ['add_markdown', textEditorIcon],
  ['read_notebook', notebookIcon],
  ['read_output', notebookIcon],
  ['inspect_variables', tableRowsIcon],
  ['view_figure', inspectorIcon],
  ['restart_kernel', refreshIcon],
  ['set_plan', listIcon],
  ['finish', listIcon]
]);

/** One tool call: what was done, how it went, and behind a fold what was sent and what came back. */
export const CallCard = memo(function CallCard({ call }: { call: ICall }): ReactElement {
  const { trans } = usePanel();
  const Icon = ICONS.get(call.name) ?? codeIcon;
  const waits = useWaits() && call.status === 'running';
  return (
    <div className={`k2-Call k2-mod-${call.status}`}>
      <Fold
        className="k2-Call-fold"
        summary={
          <>
            <Icon.react tag="span" className="k2-Call-icon" width="14px" height="14px" aria-hidden="true" />
            <span className="k2-Call-words">{callWords(call, trans, waits)}</span>
            <Seconds call={call} />
            <StateIcon
              state={waits ? 'open' : call.status}
              words={waits ? trans.__('waiting for you') : stateWords(call, trans.__.bind(trans))}
            />
          </>
        }
      >
        {() => <Details call={call} />}
      </Fold>
      <div className="k2-Call-line">
        <span className="k2-Call-gist">{shortGist(call.gist)}</span>
        {call.cell && <CellLink cell={call.cell} />}
      </div>
    </div>
  );
});

function Seconds({ call }: { call: ICall }): ReactElement {
  const { trans } = usePanel();
  const running = useSeconds(call.started, call.status === 'running');
  return <span className="k2-Call-seconds">{duration(call.seconds ?? running, trans)}</span>;
}

function Details({ call }: { call: ICall }): ReactElement {
  const { trans } = usePanel();
  const { source, ...others } = call.arguments ?? {};
  const rest = Object.keys(others).length > 0 ? JSON.stringify(others, null, 1) : '';
  return (
    <>
      {typeof source === 'string' && <CodeView code={source} label={trans.__('Source')} />}
      {rest && <CodeView code={rest} label={trans.__('Arguments')} />}
      {call.text && <CodeView code={call.text} label={trans.__('What the model read back')} />}
    </>
  );
}

function stateWords(call: ICall, __: (text: string) => string): string {
  switch (call.status) {
    case 'running':
      return __('running');
    case 'ok':
      return __('done');
    case 'error':
      return __('failed');
  }
}
