import { memo } from 'react';
import type { ReactElement } from 'react';

import type { IStep } from '../conversation';
import { duration } from './amounts';
import { CallCard } from './call-card';
import { usePanel } from './context';
import { Fold } from './controls';
import { visible } from './hidden';
import { Markdown } from './markdown';

/** One model call and the tool calls it asked for. */
export const Step = memo(function Step({ step }: { step: IStep }): ReactElement {
  return (
    <section className="k2-Step">
      {step.reasoning && <Reasoning step={step} />}
      {step.text && <Markdown text={step.text} streaming={step.streaming} />}
      {step.retry && <Retry retry={step.retry} />}
      {step.calls.map(call => (
        <CallCard key={call.key} call={call} />
      ))}
    </section>
  );
});

function Reasoning({ step }: { step: IStep }): ReactElement {
  const { trans, k2 } = usePanel();
  const thinking = step.streaming && !step.text;
  const thought =
    step.answered === null
      ? trans.__('Reasoning')
      : trans.__('Thought for %1', duration((step.answered - step.started) / 1000, trans));
  return (
    <Fold
      open={k2.preferences.reasoning}
      className={`k2-Reasoning ${thinking ? 'k2-mod-thinking' : ''}`}
      summary={thinking ? trans.__('Thinking…') : thought}
    >
      {() => <div className="k2-Reasoning-text">{visible(step.reasoning)}</div>}
    </Fold>
  );
}

function Retry({ retry }: { retry: NonNullable<IStep['retry']> }): ReactElement {
  const { trans } = usePanel();
  const seconds = Math.max(0, Math.ceil(retry.seconds));
  return (
    <p className="k2-Retry">
      {visible(retry.reason)}
      {' · '}
      {trans.__('attempt %1 in %2 s', retry.attempt, seconds)}
    </p>
  );
}
