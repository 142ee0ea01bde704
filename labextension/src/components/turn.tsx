import { Fragment, memo, useState } from 'react';
import type { ReactElement } from 'react';

import type { IStep, ITurn } from '../conversation';
import { duration } from './amounts';
import { AttachedChip } from './chip';
import { Conclusion } from './conclusion';
import { useCellName, usePanel, useShown, useWaits } from './context';
import { Button, Fold, StateIcon } from './controls';
import { visible } from './hidden';
import { Markdown } from './markdown';
import { Resume } from './pause';
import { Plan } from './plan';
import { Said } from './said';
import { Step } from './step';
import { Undo } from './undo';
import { endWords, namedCells } from './words';

/** Steps in the page at once; a turn of 300 steps stays as quick as one of 30. */
const MOST_STEPS = 30;

interface ITurnProps {
  turn: ITurn;
  /** The last turn is open, older ones are folded. */
  newest: boolean;
}

export const Turn = memo(function Turn({ turn, newest }: ITurnProps): ReactElement {
  const { trans } = usePanel();
  const cellName = useCellName();
  if (newest) {
    return (
      <article className="k2-Turn" aria-label={trans.__('Request and answer')}>
        <Request turn={turn} />
        <Body turn={turn} newest />
      </article>
    );
  }
  return (
    <article className="k2-Turn k2-mod-old" aria-label={trans.__('Earlier request')}>
      <Fold
        summary={
          <>
            <span className="k2-Turn-request">{namedCells(turn.request, cellName)}</span>
            <span className="k2-Turn-end">{endWords(turn, trans)}</span>
          </>
        }
      >
        {() => (
          <>
            {turn.plan.length > 0 && <Plan items={turn.plan} editable={false} />}
            <Body turn={turn} newest={false} />
          </>
        )}
      </Fold>
    </article>
  );
});

function Request({ turn }: { turn: ITurn }): ReactElement {
  const { trans } = usePanel();
  const cellName = useCellName();
  return (
    <div className="k2-Request">
      <p className="k2-Request-text">
        <span className="k2-hidden">{trans.__('You asked:')} </span>
        {namedCells(turn.request, cellName) || modeWords(turn, trans.__.bind(trans))}
      </p>
      {turn.attached.length > 0 && (
        <div className="k2-Chips">
          {turn.attached.map((attached, at) => (
            <AttachedChip key={at} attached={attached} />
          ))}
        </div>
      )}
      {turn.mode === 'plan' && <span className="k2-Request-mode">{trans.__('Plan only')}</span>}
    </div>
  );
}

function Body({ turn, newest }: ITurnProps): ReactElement {
  return (
    <div className="k2-Turn-body">
      <Steps turn={turn} />
      {turn.userChanged.length > 0 && <UserChanged lines={turn.userChanged} />}
      {turn.conclusion && <Conclusion conclusion={turn.conclusion} />}
      {turn.status === 'running' ? <Waiting turn={turn} /> : <End turn={turn} newest={newest} />}
    </div>
  );
}

function Steps({ turn }: { turn: ITurn }): ReactElement {
  const { trans } = usePanel();
  const [all, setAll] = useState(false);
  const earlier = all ? 0 : Math.max(0, turn.steps.length - MOST_STEPS);
  return (
    <>
      {earlier > 0 && (
        <Button
          look="quiet"
          className="k2-Turn-earlier"
          onClick={() => {
            setAll(true);
          }}
        >
          {trans._n('Show %1 earlier step', 'Show %1 earlier steps', earlier)}
        </Button>
      )}
      <SaidAfter turn={turn} step={0} />
      {turn.steps.slice(earlier).map(step => (
        <Fragment key={step.number}>
          <Step step={step} />
          <SaidAfter turn={turn} step={step.number} />
        </Fragment>
      ))}
    </>
  );
}

function SaidAfter({ turn, step }: { turn: ITurn; step: number }): ReactElement {
  return (
    <Said
      notices={turn.notices.filter(notice => notice.step === step)}
      decisions={turn.decisions.filter(decision => decision.step === step)}
    />
  );
}

/** What is waited for where nothing else shows that something happens. */
function Waiting({ turn }: { turn: ITurn }): ReactElement | null {
  const { trans } = usePanel();
  const waits = useWaits();
  const step = turn.steps.at(-1);
  if (turn.pause === 'here') {
    return (
      <p className="k2-Waiting">
        <StateIcon state="open" words="" />
        {trans.__('Paused')}
      </p>
    );
  }
  if (step && showsWork(step)) {
    return null;
  }
  return (
    <p className="k2-Waiting">
      <StateIcon state={waits ? 'open' : 'running'} words={waits ? '' : trans.__('working')} />
      {waits ? trans.__('Waiting for you') : waitingWords(step, trans.__.bind(trans))}
    </p>
  );
}

function waitingWords(step: IStep | undefined, __: (text: string) => string): string {
  return step?.streaming ? __('Waiting for the model…') : __('Working…');
}

function UserChanged({ lines }: { lines: readonly string[] }): ReactElement {
  const { trans } = usePanel();
  const cellName = useCellName();
  return (
    <Fold className="k2-UserChanged" summary={trans.__('K2 was told of your changes')}>
      {() => (
        <ul>
          {lines.map((line, at) => (
            <li key={at}>{namedCells(line, cellName)}</li>
          ))}
        </ul>
      )}
    </Fold>
  );
}

function End({ turn, newest }: ITurnProps): ReactElement {
  const { trans } = usePanel();
  const { draft } = useShown();
  const bad = turn.reason !== 'done';
  const facts = [endWords(turn, trans), visible(turn.model)];
  if (turn.seconds !== null) {
    facts.push(duration(turn.seconds, trans));
  }
  return (
    <div className={`k2-Turn-footer ${bad ? 'k2-mod-bad' : ''}`}>
      {turn.detail && <Markdown text={turn.detail} />}
      <p className="k2-Turn-facts">
        {facts.filter(Boolean).join(' · ')}
      </p>
      {newest && <Resume turn={turn} />}
      {turn.mode === 'plan' && turn.status === 'done' && (
        <Button
          onClick={() => {
            draft.offer(trans.__('Carry out the plan.'));
          }}
        >
          {trans.__('Carry out this plan')}
        </Button>
      )}
      <Undo turn={turn} />
    </div>
  );
}

function showsWork({ reasoning, text, retry, streaming, calls }: IStep): boolean {
  const comes = streaming && (reasoning !== '' || text !== '' || retry !== null);
  return comes || calls.some(call => call.status === 'running');
}

function modeWords(turn: ITurn, __: (text: string) => string): string {
  return turn.mode === 'fix' ? __('Fix this cell') : __('Explain this cell');
}
