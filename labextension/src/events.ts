/**
 * What goes over the WebSocket of a notebook, in both directions.
 *
 * The names and fields are the server's; `tests/contracts/events.json` holds an example of
 * each and is read by the tests of both sides.
 */
import type { IAttachments, IOutput } from '@jupyterlab/nbformat';
import * as v from 'valibot';

const text = v.string();
const number = v.number();
const flag = v.boolean();
const texts = v.array(text);
const object = v.record(text, v.unknown());
const outputs = v.array(v.custom<IOutput>(output => v.is(object, output)));

function event<T extends string, E extends v.ObjectEntries>(type: T, entries: E) {
  return v.object({ type: v.literal(type), ...entries });
}

function message<O extends string, E extends v.ObjectEntries>(op: O, entries: E) {
  return v.object({ op: v.literal(op), ...entries });
}

function instruction<W extends string, E extends v.ObjectEntries>(what: W, entries: E) {
  return v.object({
    op: v.literal('do'),
    what: v.literal(what),
    /** With it, `done` is awaited. */
    id: v.optional(text),
    ...entries
  });
}

// Events of the log

const attached = v.variant('kind', [
  v.object({ kind: v.literal('cell'), cell: text }),
  v.object({ kind: v.literal('selection'), cell: text, text }),
  v.object({ kind: v.literal('variable'), name: text }),
  v.object({ kind: v.literal('file'), path: text })
]);
const mode = v.picklist(['ask', 'plan', 'fix', 'explain']);
const itemState = v.picklist(['open', 'active', 'done', 'failed', 'dropped']);
const runStatus = v.picklist(['ok', 'error', 'interrupted', 'timeout', 'dead', 'aborted']);
const endReason = v.picklist(['done', 'cannot', 'limit', 'interrupted', 'model', 'failed']);
const usage = v.object({ input_tokens: number, cached_tokens: number, output_tokens: number });
const call = v.object({ id: text, name: text, arguments: text });
const item = v.object({ id: text, title: text, state: itemState, cells: texts });
const claim = v.object({
  number: text,
  cell: text,
  label: text,
  found: flag,
  problem: text,
  headline: text
});
const conclusion = v.object({
  text,
  caveats: texts,
  next_steps: texts,
  claims: v.array(claim),
  outcome: v.picklist(['done', 'cannot']),
  plain: flag,
  cell: text
});
const limits = v.object({
  steps: v.nullable(number),
  calls: v.nullable(number),
  seconds: v.nullable(number),
  tokens: v.nullable(number),
  dollars: v.nullable(number)
});
const request = v.variant('type', [
  event('ApprovalRequest', {
    action: v.picklist(['run', 'edit', 'restart']),
    reasons: texts,
    kinds: texts,
    code: text,
    digest: text
  }),
  event('QuestionRequest', { question: text, choices: texts }),
  event('CapRequest', {
    limit: v.picklist(['steps', 'calls', 'tokens', 'seconds', 'dollars']),
    used: number,
    allowed: number,
    period: v.picklist(['turn', 'day']),
    offered: number
  })
]);
const answer = v.variant('type', [
  event('Approval', { granted: flag, comment: text }),
  event('Reply', { text }),
  event('Extension', { extra: number })
]);

const known = v.variant('type', [
  event('TurnStarted', { turn: text, task: text, model: text }),
  event('StepStarted', { number }),
  event('TextDelta', { text }),
  event('ReasoningDelta', { text }),
  event('Retrying', { attempt: number, seconds: number, reason: text }),
  event('Waiting', { seconds: number }),
  event('AnswerReceived', {
    message: v.object({
      text,
      calls: v.array(call),
      reasoning: v.nullable(v.object({ text })),
      usage
    })
  }),
  event('CallStarted', { call, position: number }),
  event('CallFinished', {
    call,
    position: number,
    result: v.object({ is_error: flag, gist: text, text }),
    seconds: number
  }),
  event('CellStarted', { cell: text, source: text, purpose: text, epoch: number }),
  event('CellFinished', {
    cell: text,
    status: runStatus,
    seconds: number,
    execution_count: v.nullable(number)
  }),
  event('PlanChanged', { items: v.array(item) }),
  event('Notice', { text }),
  event('TurnFinished', {
    reason: endReason,
    conclusion: v.nullable(conclusion),
    detail: text,
    steps: number,
    calls: number,
    usage,
    seconds: number
  }),
  event('Asked', { id: text, request: text, attached: v.array(attached), mode, model: text }),
  event('Queued', { id: text, request: text }),
  event('Unqueued', { id: text }),
  event('Opened', {
    id: text,
    request,
    cell: v.nullable(text),
    epoch: number,
    asks: v.nullable(v.object({ where: text, sent_to: v.nullable(text), caps: limits }))
  }),
  event('Closed', {
    id: text,
    answer: v.nullable(answer),
    by: v.picklist(['page', 'stop', 'restart', 'time'])
  }),
  event('KernelChanged', { status: v.picklist(['restarted', 'died', 'started']), epoch: number }),
  event('Spent', {
    steps: number,
    calls: number,
    /** New ones. */
    tokens: number,
    cached: number,
    dollars: v.nullable(number),
    seconds: number,
    context: number,
    window: v.nullable(number),
    limits
  }),
  event('Earlier', {
    turn: text,
    request: text,
    model: text,
    started: text,
    reason: endReason,
    conclusion: text,
    steps: number,
    seconds: number
  }),
  /** `wanted`: at the end of the present call; `here`: it stands still; `over`: it goes on. */
  event('Paused', { state: v.picklist(['wanted', 'here', 'over']) }),
  event('UserChanged', { lines: texts }),
  event('Undoable', { turn: text }),
  event('Undone', { turn: text, lines: texts }),
  event('Redone', { turn: text, lines: texts }),
  /** All events from the `first` to this one: later ones say what they said. */
  event('Gone', { first: number })
]);

// Messages of the server

const cell = v.object({
  id: text,
  kind: v.picklist(['code', 'markdown', 'raw']),
  source: text,
  metadata: object,
  count: v.nullable(number),
  outputs,
  /** The pictures in a text. */
  attachments: v.optional(v.custom<IAttachments>(it => v.is(v.record(text, object), it)))
});
const toPage = v.variant('op', [
  message('welcome', {
    log: text,
    seq: number,
    kernel: v.object({ id: text, language: text, status: text }),
    running: v.nullable(text),
    lead: flag,
    /** Of the server's clock. */
    time: text
  }),
  message('event', {
    seq: number,
    /** ISO 8601. */
    time: text,
    // One that this page does not know keeps its place in the order.
    event: v.fallback(v.variant('type', [known, event('Unknown', {})]), { type: 'Unknown' })
  }),
  v.variant('what', [
    /** `after: null`: first. */
    instruction('insert', { cell, after: v.nullable(text) }),
    instruction('replace', { cell: text, source: text, seen: text, metadata: object }),
    instruction('delete', { cell: text, seen: text }),
    /** Follow the run in the cell; with `outputs`, those so far and the messages in them. */
    instruction('mirror', {
      cell: text,
      run: text,
      outputs: v.optional(outputs),
      skip: v.optional(texts),
      count: v.optional(v.nullable(number))
    }),
    instruction('outputs', { cell: text, outputs, count: v.nullable(number) }),
    instruction('display', { display_id: text, data: object }),
    /** Also over the version of the file with the hash `over`: the server has written it. */
    instruction('save', { over: v.optional(text) })
  ]),
  message('refused', { of: text, id: v.optional(text), why: text }),
  message('variables', { id: text, items: v.array(v.object({ name: text, text })) })
]);

export type LogEvent = v.InferOutput<typeof known> | { type: 'Unknown' };
export type EventOf<T extends LogEvent['type']> = Extract<LogEvent, { type: T }>;
export type Attached = v.InferOutput<typeof attached>;
export type Mode = v.InferOutput<typeof mode>;
export type ItemState = v.InferOutput<typeof itemState>;
export type RunStatus = v.InferOutput<typeof runStatus>;
export type EndReason = v.InferOutput<typeof endReason>;
export type Request = v.InferOutput<typeof request>;
export type RequestOf<T extends Request['type']> = Extract<Request, { type: T }>;
export type Answer = v.InferOutput<typeof answer>;
export type IPlanItem = v.InferOutput<typeof item>;
export type IClaim = v.InferOutput<typeof claim>;
export type IConclusion = v.InferOutput<typeof conclusion>;
export type ILimits = v.InferOutput<typeof limits>;
export type ICell = v.InferOutput<typeof cell>;
export type ToPage = v.InferOutput<typeof toPage>;
export type MessageOf<O extends ToPage['op']> = Extract<ToPage, { op: O }>;
export type Do = MessageOf<'do'>;
export type DoOf<W extends Do['what']> = Extract<Do, { what: W }>;

/** Without `outputs`: they are as they were. */
export type IChangedCell = Omit<ICell, 'outputs'> & Partial<Pick<ICell, 'outputs'>>;

/** Caps of one request; what is absent is as the server has it. */
export interface IAskCaps {
  steps?: number;
  seconds?: number;
  dollars?: number;
}

/** What the user answers; `always` allows this kind in this notebook. */
export type GivenAnswer =
  | { type: 'Approval'; granted: boolean; comment: string; always: boolean }
  | { type: 'Reply'; text: string }
  | { type: 'Extension'; extra: number }
  | null;

export type ToServer =
  /** `collaborative`: what one page does reaches the others without the server of K2. */
  | { op: 'hello'; log: string | null; since: number; cells: ICell[]; collaborative?: true }
  | { op: 'changed'; cells: IChangedCell[]; order?: string[] }
  | {
      op: 'done';
      id: string;
      ok: boolean;
      current?: string;
      why?: string;
      was?: object;
      attachments?: IAttachments;
    }
  | {
      op: 'ask';
      id: string;
      request: string;
      after: string | null;
      attached: readonly Attached[];
      mode: Mode;
      cell?: string;
      model: string;
      caps: IAskCaps;
      images: boolean;
    }
  /** Hash of the file as the page has loaded or saved it. */
  | { op: 'saved'; version: string }
  /** A `%%k2` that this page sent waits in the kernel: its request may be a turn of K2's. */
  | {
      op: 'claim';
      turn: string;
      /** Id of the request that this page sent. */
      run: string;
      cell: string;
      code: string;
      model: string;
      caps: IAskCaps;
      images: boolean;
    }
  | { op: 'unqueue'; id: string }
  | { op: 'answer'; request: string; answer: GivenAnswer }
  | { op: 'plan'; items: { title: string; state: ItemState }[] }
  | { op: 'stop' }
  | { op: 'pause' }
  | { op: 'continue' }
  /** Go on with a turn that was cut off, by its name in the journal. */
  | { op: 'resume'; turn: string }
  | { op: 'undo'; turn: string }
  | { op: 'redo'; turn: string }
  | { op: 'variables'; id: string };

/** One message of the server, or null where this page does not know such a message. */
export function readMessage(received: string): ToPage | null {
  let value: unknown;
  try {
    value = JSON.parse(received);
  } catch {
    return null;
  }
  const read = v.safeParse(toPage, value);
  return read.success ? read.output : null;
}
