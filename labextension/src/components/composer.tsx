import { HTMLSelect, addIcon, stopIcon } from '@jupyterlab/ui-components';
import { memo } from 'react';
import type { ReactElement } from 'react';

import type { ITurn } from '../conversation';
import type { IStatus } from '../tokens';
import { AttachedChip } from './chip';
import { usePanel, useShown } from './context';
import { Button, IconButton } from './controls';
import { PauseButton } from './pause';
import type { IDrafted } from './draft';
import { useDraft, useLatest } from './hooks';
import { key } from './mentions';
import { RequestField } from './request-field';

interface IComposerProps {
  running: boolean;
  /** Of the turn that runs. */
  pause: ITurn['pause'];
  /** False where the server does not take this page: what is typed is kept. */
  accepted: boolean;
  /** What was asked before, oldest first. */
  asked: readonly string[];
}

/** What the user is about to ask, with what, how, and of which model. */
export const Composer = memo(function Composer(props: IComposerProps): ReactElement {
  const { trans } = usePanel();
  const { conversation, draft } = useShown();
  const drafted = useDraft(draft);
  const ready = props.accepted && drafted.text.trim() !== '';
  const send = () => {
    if (ready) {
      conversation.ask(toAsk(draft.value));
      draft.sent();
    }
  };
  return (
    <form
      className="k2-Composer"
      aria-label={trans.__('New request')}
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
    >
      {drafted.attached.length > 0 && (
        <div className="k2-Chips">
          {drafted.attached.map(attached => (
            <AttachedChip
              key={key(attached)}
              attached={attached}
              remove={() => {
                draft.detach(attached);
              }}
            />
          ))}
        </div>
      )}
      <RequestField asked={props.asked} onSend={send} />
      <div className="k2-Composer-row">
        <span className="k2-Composer-how">
        <IconButton
          icon={addIcon}
          label={trans.__('Name a variable, cell or file')}
          onClick={() => {
            draft.offer(`${drafted.text}${/(^|\s)$/.test(drafted.text) ? '' : ' '}@`, drafted.mode);
          }}
        />
        <ModeChoice mode={drafted.mode} />
        <ModelChoice chosen={drafted.model} />
        </span>
        <span className="k2-Composer-end">
          {props.running && <PauseButton pause={props.pause} />}
          {props.running && <StopButton />}
          {(!props.running || ready) && (
            <Button type="submit" look="accept" aria-disabled={!ready}>
              {props.running ? trans.__('Queue') : trans.__('Send')}
            </Button>
          )}
        </span>
      </div>
    </form>
  );
});

function StopButton(): ReactElement {
  const { trans } = usePanel();
  const { conversation } = useShown();
  return (
    <Button
      className="k2-Composer-stop"
      title={trans.__('Stop (Esc)')}
      onClick={() => {
        conversation.stop();
      }}
    >
      <stopIcon.react tag="span" width="14px" height="14px" aria-hidden="true" />
      {trans.__('Stop')}
    </Button>
  );
}

function ModeChoice({ mode }: { mode: IDrafted['mode'] }): ReactElement {
  const { trans } = usePanel();
  const { draft } = useShown();
  const choices = [
    ['ask', trans.__('Ask'), trans.__('K2 works in the notebook')],
    ['plan', trans.__('Plan'), trans.__('K2 writes a plan and changes nothing')]
  ] as const;
  return (
    <span className="k2-Mode" role="group" aria-label={trans.__('Mode')}>
      {choices.map(([name, words, told]) => (
        <button
          key={name}
          type="button"
          className="k2-Mode-choice"
          aria-pressed={mode === name}
          title={told}
          onClick={() => {
            draft.set({ mode: name });
          }}
        >
          {words}
        </button>
      ))}
    </span>
  );
}

function ModelChoice({ chosen }: { chosen: string }): ReactElement | null {
  const { trans, k2 } = usePanel();
  const { draft } = useShown();
  const status = useLatest(k2.statusChanged, () => k2.status);
  const preferred = useLatest(k2.preferencesChanged, () => k2.preferences.model);
  if (!status) {
    return null;
  }
  return (
    <HTMLSelect
      className="k2-Composer-model"
      aria-label={trans.__('Model')}
      title={trans.__('Model of the next request')}
      value={chosen || preferred || status.model.name}
      options={modelOptions(status)}
      onChange={event => {
        draft.set({ model: event.target.value });
      }}
    />
  );
}

function modelOptions({ choices, model }: IStatus): { value: string; label: string }[] {
  const known = choices.some(choice => choice.name === model.name) ? choices : [model, ...choices];
  return known.map(({ name, label }) => ({ value: name, label }));
}

function toAsk({ text, attached, mode, model, caps }: IDrafted) {
  return { request: text.trim(), attached, mode, ...(model && { model }), ...(caps && { caps }) };
}
