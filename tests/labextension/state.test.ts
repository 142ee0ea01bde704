import type { LogEvent, MessageOf } from '../../labextension/src/events';
import { readMessage } from '../../labextension/src/events';
import { EMPTY, reduce, runningTurn } from '../../labextension/src/state';
import type { IState } from '../../labextension/src/conversation';
import contract from '../contracts/events.json';
import { chance } from './chance';

const AT = Date.parse('2026-11-22T10:00:00Z');

function inMessage(event: unknown, seq: number): MessageOf<'event'> {
  const time = new Date(AT + seq * 1000).toISOString();
  return readMessage(JSON.stringify({ op: 'event', seq, time, event })) as MessageOf<'event'>;
}

function after(events: readonly unknown[], state = EMPTY): IState {
  return events.reduce<IState>((now, event, at) => reduce(now, inMessage(event, at + 1)), state);
}

function example(type: LogEvent['type']) {
  return contract.events.find(event => event.type === type)!;
}

const ASKED = example('Asked');
const FINISHED = example('TurnFinished');
const step = (number: number) => ({ type: 'StepStarted', number });
const begun = [ASKED, example('TurnStarted'), step(1)];
const call = [example('CallStarted'), example('CellStarted')];
const ended = [example('CellFinished'), example('CallFinished')];

function last(state: IState) {
  const turn = state.turns.slice(-1)[0]!;
  const steps = turn.steps.slice(-1);
  return { turn, step: steps[0]!, call: steps[0]?.calls.slice(-1)[0] };
}

describe('reduce', () => {
  it('begins a turn with the request', () => {
    const state = after([ASKED]);
    expect(last(state).turn).toMatchObject({
      id: ASKED.id,
      request: 'Compare the salaries by level',
      attached: [{ kind: 'cell', cell: '3f2a91bc' }],
      status: 'running',
      started: AT + 1000
    });
    expect(after([ASKED, example('TurnStarted')]).turns).toHaveLength(1);
  });

  it('knows a turn that nobody asked for here', () => {
    const { turn } = last(after([example('TurnStarted')]));
    expect(turn).toMatchObject({ request: 'Compare the salaries by level', status: 'running' });
  });

  it('gathers the pieces of an answer', () => {
    const pieces = [example('ReasoningDelta'), example('TextDelta'), example('TextDelta')];
    expect(last(after([...begun, ...pieces])).step).toMatchObject({
      reasoning: 'The columns are not known yet.',
      text: 'I look at the file first.I look at the file first.',
      streaming: true,
      answered: null
    });
  });

  it('takes the whole answer for its pieces', () => {
    const gone = [{ type: 'Gone', first: 3 }];
    const whole = example('AnswerReceived');
    const one = last(after([...begun, example('TextDelta'), whole])).step;
    const other = last(after([...begun, ...gone, whole])).step;
    expect(one.text).toBe('I look at the file first.');
    expect(other).toMatchObject({ text: one.text, reasoning: one.reasoning, streaming: false });
  });

  it('forgets the pieces of an answer that is made again', () => {
    const again = [example('TextDelta'), example('Retrying'), example('Waiting')];
    const waiting = after([...begun, ...again]);
    expect(last(waiting).step).toMatchObject({
      text: '',
      retry: { attempt: 2, seconds: 0.5, reason: 'the endpoint is overloaded' }
    });
    expect(last(after([example('TextDelta')], waiting)).step.retry).toBeNull();
  });

  it('follows a call and its cell', () => {
    const running = last(after([...begun, ...call])).call;
    expect(running).toMatchObject({
      key: '1.0',
      name: 'run_cell',
      arguments: { source: 'n = 4', purpose: 'count' },
      status: 'running',
      cell: '3f2a91bc',
      run: null,
      seconds: null
    });
    expect(last(after([...begun, ...call, ...ended])).call).toMatchObject({
      status: 'ok',
      run: 'ok',
      seconds: 0.03,
      gist: 'cell 3f2a91bc · ok'
    });
  });

  it('finds a call by its place where ids repeat', () => {
    const second = { ...call[0], position: 1 };
    const { step: both } = last(after([...begun, call[0], second, ended[1]]));
    expect(both.calls.map(one => [one.key, one.status])).toEqual([
      ['1.0', 'ok'],
      ['1.1', 'running']
    ]);
  });

  it.each(['[1]', 'null', '{"source": "n'])('shows the arguments %s as they are', broken => {
    const started = { ...call[0], call: { id: 'x', name: 'run_cell', arguments: broken } };
    expect(last(after([...begun, started])).call).toMatchObject({ arguments: null, raw: broken });
  });

  it('ends the turn', () => {
    const opened = example('Opened');
    const state = after([...begun, opened, FINISHED]);
    expect(last(state).turn).toMatchObject({ status: 'done', reason: 'done', seconds: 2.5 });
    expect(last(state).turn.conclusion?.claims).toHaveLength(1);
    expect(last(state).step.streaming).toBe(false);
    expect(state.open).toBeNull();
    expect(runningTurn(state)).toBeNull();
  });

  it('keeps one open request, and how it was answered', () => {
    const opened = after([...begun, example('Opened')]);
    expect(opened.open).toMatchObject({ request: { type: 'ApprovalRequest', code: 'n = 4' } });
    const closed = after([example('Closed')], opened);
    expect(closed.open).toBeNull();
    expect(last(closed).turn.decisions).toMatchObject([{ answer: { granted: true }, by: 'page' }]);
    expect(after([{ ...example('Closed'), id: 'another' }], opened).open).not.toBeNull();
  });

  it('queues requests until they are asked or taken out', () => {
    const queued = example('Queued');
    const id = (queued as unknown as { id: string }).id;
    const waiting = after([...begun, queued]);
    expect(waiting.queue).toEqual([{ id, request: 'And by year', isSent: true }]);
    expect(after([example('Unqueued')], waiting).queue).toEqual([]);
    const asked = after([FINISHED, { ...ASKED, id }], waiting);
    expect(asked.queue).toEqual([]);
    expect(asked.turns).toHaveLength(2);
  });

  it('puts notices where they belong', () => {
    const notice = example('Notice');
    expect(after([notice]).notices).toHaveLength(1);
    const during = after([...begun, notice, example('KernelChanged'), example('UserChanged')]);
    expect(during.notices).toEqual([]);
    expect(last(during).turn.notices.map(one => [one.step, one.kind])).toEqual([
      [1, 'notice'],
      [1, 'kernel']
    ]);
    expect(last(during).turn.userChanged).toHaveLength(1);
  });

  it('shows turns from before', () => {
    const { turn } = last(after([example('Earlier')]));
    expect(turn).toMatchObject({ status: 'earlier', reason: 'done', stepCount: 5 });
    expect(turn.conclusion?.text).toBe('The file has 4 columns.');
  });

  it('leaves what an event does not touch as it is', () => {
    const before = after([...begun, ...call, ...ended, FINISHED, ASKED, step(1), step(2)]);
    const now = after([example('TextDelta')], before);
    expect(now.turns[0]).toBe(before.turns[0]);
    expect(now.turns[1]).not.toBe(before.turns[1]);
    expect(now.turns[1]!.steps[0]).toBe(before.turns[1]!.steps[0]);
    expect(now.queue).toBe(before.queue);
    expect(after([{ type: 'Gone', first: 1 }, { type: 'Invented' }], now)).toBe(now);
  });

  it.each([1, 2, 3, 4, 5])('takes events in any order (%s)', seed => {
    const random = chance(seed);
    const any = () => contract.events[Math.floor(random() * contract.events.length)]!;
    const frozen = (state: IState) => Object.freeze(state);
    Array.from({ length: 500 }, any).reduce<IState>((state, event, at) => {
      const next = reduce(state, inMessage(event, at + 1));
      const untouched = next.turns.slice(0, -1).filter((turn, at) => turn === state.turns[at]);
      expect(untouched.length).toBeGreaterThanOrEqual(next.turns.length - 2);
      return frozen(next);
    }, frozen(EMPTY));
  });
});
