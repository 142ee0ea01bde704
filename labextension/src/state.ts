/** What a conversation looks like after each event of its log. */
import type { ICall, IDecision, IOpenRequest, IState, IStep, ITurn, IUndo } from './conversation';
import type { Answer, EventOf, LogEvent, MessageOf } from './events';
import { earlierTurn, newCall, newStep, newTurn } from './parts';

export const EMPTY: IState = {
  connection: 'connecting',
  refusal: '',
  kernel: null,
  turns: [],
  queue: [],
  open: null,
  spent: null,
  notices: []
};

const KERNELS = { died: 'dead', restarted: 'idle', started: 'idle' };

type Handlers = {
  [T in LogEvent['type']]?: (state: IState, event: EventOf<T>, at: number) => IState;
};

/**
 * Does not change `state`: what the event does not touch keeps its identity. `ahead` is by how
 * many milliseconds the clock of this page is ahead of the server's: times are those of the page.
 */
export function reduce(state: IState, message: MessageOf<'event'>, ahead = 0): IState {
  const { event, time } = message;
  const handle = HANDLERS[event.type] as
    | ((state: IState, event: LogEvent, at: number) => IState)
    | undefined;
  return handle ? handle(state, event, Date.parse(time) + ahead) : state;
}

export function runningTurn(state: IState): ITurn | null {
  const last = state.turns[state.turns.length - 1];
  return last?.status === 'running' ? last : null;
}

const HANDLERS: Handlers = {
  Earlier: (state, event) => ({
    ...state,
    turns: [...state.turns, earlierTurn(event)]
  }),
  Asked: (state, event, at) => {
    const { id, request, attached, mode, model } = event;
    const turn = { ...newTurn(id, request, at), attached, mode, model };
    return { ...withoutQueued(state, id), turns: [...state.turns, turn] };
  },
  Queued: (state, { id, request }) => ({
    ...state,
    queue: [...withoutQueued(state, id).queue, { id, request, isSent: true }]
  }),
  Unqueued: (state, { id }) => withoutQueued(state, id),
  TurnStarted: (state, { turn, task, model }, at) => {
    const known = runningTurn(state)
      ? state
      : { ...state, turns: [...state.turns, newTurn(turn, task, at)] };
    return inTurn({ ...known, spent: null }, running => ({ ...running, turn, model }));
  },
  StepStarted: (state, { number }, at) =>
    inTurn(state, turn => ({
      ...turn,
      stepCount: number,
      steps: [...turn.steps, newStep(number, at)]
    })),
  TextDelta: (state, { text }) =>
    inStep(state, step => ({ ...step, text: step.text + text, retry: null })),
  ReasoningDelta: (state, { text }) =>
    inStep(state, step => ({ ...step, reasoning: step.reasoning + text, retry: null })),
  Retrying: (state, { attempt, seconds, reason }) =>
    inStep(state, step => ({
      ...step,
      reasoning: '',
      text: '',
      retry: { attempt, seconds, reason }
    })),
  Waiting: (state, { seconds }) =>
    inStep(state, step => ({ ...step, retry: step.retry && { ...step.retry, seconds } })),
  AnswerReceived: (state, { message }, at) =>
    inStep(state, step => ({
      ...step,
      reasoning: message.reasoning?.text ?? '',
      text: message.text,
      streaming: false,
      retry: null,
      answered: at
    })),
  CallStarted: (state, { call, position }, at) =>
    inStep(state, step => ({
      ...step,
      calls: [...step.calls, newCall(`${step.number}.${position}`, call, at)]
    })),
  CallFinished: (state, { position, result, seconds }) =>
    inCall(
      state,
      (call, step) => call.key === `${step.number}.${position}`,
      call => ({
        ...call,
        status: result.is_error ? 'error' : 'ok',
        seconds,
        gist: result.gist,
        text: result.text
      })
    ),
  CellStarted: (state, { cell }) =>
    inCall(
      state,
      call => call.status === 'running',
      call => ({ ...call, cell, run: null })
    ),
  CellFinished: (state, { cell, status }) =>
    inCall(
      state,
      call => call.status === 'running' && call.cell === cell,
      call => ({ ...call, run: status })
    ),
  PlanChanged: (state, { items }) => inTurn(state, turn => ({ ...turn, plan: items })),
  Notice: (state, { text }) =>
    runningTurn(state) ? noticed(state, 'notice', text) : withNotice(state, text),
  KernelChanged: (state, { status, epoch }) =>
    noticed(
      { ...state, kernel: state.kernel && { ...state.kernel, status: KERNELS[status], epoch } },
      'kernel',
      status
    ),
  Paused: (state, event) =>
    inTurn(state, turn => ({ ...turn, pause: event.state === 'over' ? 'none' : event.state })),
  UserChanged: (state, { lines }) =>
    inTurn(state, turn => ({ ...turn, userChanged: [...turn.userChanged, ...lines] })),
  Undoable: (state, { turn }) => withUndo(state, turn, { undone: false, lines: [] }),
  Undone: (state, { turn, lines }) => withUndo(state, turn, { undone: true, lines }),
  Redone: (state, { turn, lines }) => withUndo(state, turn, { undone: false, lines }),
  Opened: (state, { id, request, cell, epoch, asks }) => ({
    ...state,
    open: { id, request, cell, epoch, asks }
  }),
  Closed: (state, { id, answer, by }) =>
    state.open?.id === id ? { ...decided(state, answer, by), open: null } : state,
  Spent: (state, event) => {
    const { steps, calls, tokens, cached, dollars, seconds, context, window, limits } = event;
    const spent = { steps, calls, tokens, cached, dollars, seconds, context, window, limits };
    return { ...state, spent };
  },
  TurnFinished: (state, { reason, conclusion, detail, steps, seconds }) => ({
    ...inTurn(state, turn => ({
      ...turn,
      status: reason,
      pause: 'none',
      reason,
      conclusion,
      detail,
      seconds,
      stepCount: steps,
      steps: changedLast(turn.steps, step => step.streaming, ended)
    })),
    open: null
  })
};

/** The state with one more notice that stands outside of turns. */
export function withNotice(state: IState, text: string): IState {
  return { ...state, notices: [...state.notices, text] };
}

export function withoutQueued(state: IState, id: string): IState {
  const queue = state.queue.filter(queued => queued.id !== id);
  return queue.length === state.queue.length ? state : { ...state, queue };
}

function ended(step: IStep): IStep {
  return { ...step, streaming: false, retry: null };
}

function noticed(state: IState, kind: 'notice' | 'kernel', text: string): IState {
  return inTurn(state, turn => ({
    ...turn,
    notices: [...turn.notices, { step: turn.stepCount, kind, text }]
  }));
}

function decided(state: IState, answer: Answer | null, by: EventOf<'Closed'>['by']): IState {
  return inTurn(state, turn => ({
    ...turn,
    decisions: state.open
      ? [
          // Where nobody is there, the same is asked again and again: it is said once.
          ...turn.decisions.filter(one => one.by !== 'time' || one.step !== turn.stepCount),
          { step: turn.stepCount, ...decision(state.open), answer, by }
        ]
      : turn.decisions
  }));
}

function decision({ request, asks }: IOpenRequest): Pick<IDecision, 'request' | 'task'> {
  return { request, task: asks !== null };
}

function withUndo(state: IState, id: string, undo: IUndo): IState {
  const turns = changedLast(
    state.turns,
    turn => turn.turn === id,
    turn => ({ ...turn, undo })
  );
  return { ...state, turns };
}

function inTurn(state: IState, change: (turn: ITurn) => ITurn): IState {
  const turns = changedLast(state.turns, turn => turn.status === 'running', change);
  return turns === state.turns ? state : { ...state, turns };
}

function inStep(state: IState, change: (step: IStep) => IStep): IState {
  return inTurn(state, turn => {
    const steps = changedLast(turn.steps, () => true, change);
    return steps === turn.steps ? turn : { ...turn, steps };
  });
}

function inCall(
  state: IState,
  fits: (call: ICall, step: IStep) => boolean,
  change: (call: ICall) => ICall
): IState {
  return inStep(state, step => {
    const calls = changedLast(step.calls, call => fits(call, step), change);
    return calls === step.calls ? step : { ...step, calls };
  });
}

/** The same list where none fits. */
function changedLast<T>(
  items: readonly T[],
  fits: (item: T) => boolean,
  change: (item: T) => T
): readonly T[] {
  for (let at = items.length - 1; at >= 0; at--) {
    const item = items[at] as T;
    if (fits(item)) {
      return [...items.slice(0, at), change(item), ...items.slice(at + 1)];
    }
  }
  return items;
}
