/** Turns, steps and calls as they begin. */
import type { ICall, IStep, ITurn } from './conversation';
import type { EventOf } from './events';

export function newTurn(id: string, request: string, started: number): ITurn {
  return {
    id,
    turn: '',
    request,
    attached: [],
    mode: 'ask',
    model: '',
    status: 'running',
    pause: 'none',
    reason: null,
    started,
    steps: [],
    plan: [],
    conclusion: null,
    detail: '',
    seconds: null,
    stepCount: 0,
    userChanged: [],
    notices: [],
    decisions: [],
    undo: null
  };
}

export function newStep(number: number, started: number): IStep {
  return {
    number,
    reasoning: '',
    text: '',
    streaming: true,
    retry: null,
    calls: [],
    started,
    answered: null
  };
}

export function newCall(key: string, call: EventOf<'CallStarted'>['call'], started: number): ICall {
  const parsed = parsedArguments(call.arguments);
  return {
    key,
    name: call.name,
    arguments: parsed,
    raw: call.arguments,
    status: 'running',
    seconds: null,
    gist: '',
    text: '',
    cell: typeof parsed?.cell === 'string' ? parsed.cell : null,
    run: null,
    started
  };
}

/** A turn of this notebook from before this server's life. */
export function earlierTurn(event: EventOf<'Earlier'>): ITurn {
  const { turn, request, model, started, reason, conclusion, seconds, steps } = event;
  const outcome = reason === 'cannot' ? 'cannot' : 'done';
  const unknown = { caveats: [], next_steps: [], claims: [], plain: false, cell: '' };
  return {
    ...newTurn(turn, request, Date.parse(started)),
    turn,
    model,
    status: 'earlier',
    reason,
    conclusion: conclusion ? { text: conclusion, outcome, ...unknown } : null,
    seconds,
    stepCount: steps
  };
}

function parsedArguments(text: string): ICall['arguments'] {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as ICall['arguments']) : null;
  } catch {
    return null;
  }
}
