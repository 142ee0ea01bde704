import { useId, useState } from 'react';
import type { FormEvent, ReactElement } from 'react';

import type { IStatus } from '../tokens';
import { usePanel } from './context';
import { Button } from './controls';
import { Login } from './login';

interface ISetupProps {
  status: IStatus;
  onChosen: () => void;
  /** Absent at the first run, until something was chosen. */
  onClose?: () => void;
}

type Choice = 'offline' | 'kimi' | 'other';

/** What answers: the first thing that is asked, and later behind "Model…". */
export function Setup({ status, onChosen, onClose }: ISetupProps): ReactElement {
  const { trans } = usePanel();
  const [choice, setChoice] = useState<Choice>('offline');
  const [first] = useState(!status.configured);
  const off = status.off.login ?? status.off.send;
  const choices: [Choice, string, string, boolean][] = [
    [
      'offline',
      trans.__('Offline analyst'),
      trans.__('Works now, by rules, without a language model. Nothing leaves this machine.'),
      true
    ],
    [
      'kimi',
      trans.__('Kimi, hosted'),
      trans.__('Your requests and what cells show go to the provider that you choose.'),
      off === undefined && status.presets.length > 0
    ],
    [
      'other',
      trans.__('Another endpoint'),
      trans.__('Any server that speaks the OpenAI protocol, also on this machine.'),
      status.off.login === undefined
    ]
  ];
  const name = useId();
  return (
    <section className="k2-Setup" aria-label={trans.__('Model')}>
      <h2 className="k2-Setup-title">
        {first ? trans.__('Welcome to K2') : trans.__('Which model answers?')}
      </h2>
      {first && (
        <p>{trans.__('K2 plans, writes and runs cells in your notebook. What should answer?')}</p>
      )}
      <div role="radiogroup" aria-label={trans.__('What answers')}>
        {choices
          .filter(([, , , offered]) => offered)
          .map(([value, title, told]) => (
            <label key={value} className={`k2-Setup-choice ${choice === value ? 'k2-mod-chosen' : ''}`}>
              <input
                type="radio"
                name={name}
                checked={choice === value}
                onChange={() => {
                  setChoice(value);
                }}
              />
              <span>
                <strong>{title}</strong>
                <span className="k2-Setup-told">{told}</span>
              </span>
            </label>
          ))}
      </div>
      {off !== undefined && (
        <p className="k2-Setup-off">{trans.__('Other models are switched off: %1', off)}</p>
      )}
      {choice === 'offline' ? (
        <Offline onChosen={onChosen} {...(onClose && { onClose })} />
      ) : (
        <Login
          key={choice}
          presets={choice === 'kimi' ? status.presets : []}
          {...(onClose && { onClose })}
        />
      )}
    </section>
  );
}

type IOfflineProps = Pick<ISetupProps, 'onChosen' | 'onClose'>;

function Offline({ onChosen, onClose }: IOfflineProps): ReactElement {
  const { trans, k2 } = usePanel();
  const [problem, setProblem] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    k2.choose('offline').then(onChosen, (reason: unknown) => {
      setProblem(reason instanceof Error ? reason.message : String(reason));
    });
  };
  return (
    <form onSubmit={submit}>
      {problem && (
        <p className="k2-Setup-problem" role="alert">
          {problem}
        </p>
      )}
      <div className="k2-Buttons">
        {onClose && <Button onClick={onClose}>{trans.__('Cancel')}</Button>}
        <Button type="submit" look="accept">
          {trans.__('Use the offline analyst')}
        </Button>
      </div>
    </form>
  );
}
