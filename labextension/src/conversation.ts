/** The conversation of a notebook: what it looks like, and what can be done with it. */
import type { ISignal } from '@lumino/signaling';

import type {
  Answer,
  Attached,
  EndReason,
  EventOf,
  GivenAnswer,
  IAskCaps,
  IConclusion,
  IPlanItem,
  ItemState,
  Mode,
  Request,
  RunStatus
} from './events';

/**
 * `closed`: there is no kernel to talk about. `refused`: the server does not take this page,
 * the state's `refusal` says why.
 */
export type ConnectionState = 'closed' | 'connecting' | 'open' | 'lost' | 'refused';

export interface IKernelState {
  id: string;
  language: string;
  status: string;
  /** Rises when the variables are lost. */
  epoch: number;
}

export interface ICall {
  /** `step.position`. */
  key: string;
  name: string;
  /** Null where they are no JSON object. */
  arguments: Readonly<Record<string, unknown>> | null;
  /** The arguments as the model wrote them. */
  raw: string;
  status: 'running' | 'ok' | 'error';
  /** Null while it runs. */
  seconds: number | null;
  gist: string;
  text: string;
  /** The cell that it made, changed or ran. */
  cell: string | null;
  /** How that cell's run ended; null where it did not run or has not ended. */
  run: RunStatus | null;
  /** Milliseconds since 1970, by the server's clock. */
  started: number;
}

export interface IStep {
  number: number;
  reasoning: string;
  text: string;
  /** The answer is not complete. */
  streaming: boolean;
  retry: { attempt: number; seconds: number; reason: string } | null;
  calls: readonly ICall[];
  /** Milliseconds since 1970, by the server's clock. */
  started: number;
  /** When the answer was complete, or null. */
  answered: number | null;
}

/** Something said during a turn, after the step with that number (0: before the first). */
export interface INotice {
  step: number;
  /** `kernel`: the text is `restarted`, `died` or `started`. */
  kind: 'notice' | 'kernel';
  text: string;
}

/** A request of the turn that was answered, or closed without an answer. */
export interface IDecision {
  step: number;
  /** Whether it was asked for the whole task. */
  task: boolean;
  request: Request;
  answer: Answer | null;
  by: EventOf<'Closed'>['by'];
}

/** How a turn that changed cells stands: whether it is undone, and what was said of that last. */
export interface IUndo {
  undone: boolean;
  lines: readonly string[];
}

export interface ITurn {
  /** Of the request that began it; never changes. */
  id: string;
  /** The server's name for it; "" until it has begun. */
  turn: string;
  request: string;
  attached: readonly Attached[];
  mode: Mode;
  model: string;
  /** `earlier`: from before this server's life; only request, conclusion and ending are known. */
  status: 'running' | 'earlier' | EndReason;
  /** Whether the user wants it to wait, and whether it does. */
  pause: 'none' | 'wanted' | 'here';
  /** How it ended, or null. */
  reason: EndReason | null;
  /** Milliseconds since 1970, by the server's clock. */
  started: number;
  steps: readonly IStep[];
  plan: readonly IPlanItem[];
  conclusion: IConclusion | null;
  /** Cause and next step where it did not end with `done`. */
  detail: string;
  /** Null while it runs. */
  seconds: number | null;
  /** Steps of an earlier turn, or those so far. */
  stepCount: number;
  /** What the model was told of the user's own edits. */
  userChanged: readonly string[];
  notices: readonly INotice[];
  decisions: readonly IDecision[];
  /** Null where there is nothing to undo. */
  undo: IUndo | null;
}

export interface IQueued {
  id: string;
  request: string;
  /** The server has it; else it is on its way, or goes once there is a connection. */
  isSent: boolean;
}

export type IOpenRequest = Omit<EventOf<'Opened'>, 'type'>;
export type ISpent = Omit<EventOf<'Spent'>, 'type'>;

/** Immutable: what did not change keeps its identity. */
export interface IState {
  connection: ConnectionState;
  /** The server's words where it refused the connection. */
  refusal: string;
  kernel: IKernelState | null;
  /** Oldest first. */
  turns: readonly ITurn[];
  /** Requests that wait for the turn to end. */
  queue: readonly IQueued[];
  /** What waits for an answer of the user. */
  open: IOpenRequest | null;
  spent: ISpent | null;
  /** What was said outside of turns, and messages of this page that were refused; newest last. */
  notices: readonly string[];
}

export interface IPlanEntry {
  title: string;
  state: ItemState;
}

export interface IVariable {
  name: string;
  text: string;
}

/** What the user asks. What is absent: nothing attached, mode `ask`, as the settings say. */
export interface IAsk {
  request: string;
  attached?: readonly Attached[];
  mode?: Mode;
  /** Of `fix` and `explain`. */
  cell?: string;
  /** "" or absent: what the server takes. */
  model?: string;
  caps?: IAskCaps;
}

/** The conversation of one open notebook. */
export interface IConversation {
  /** Of the notebook, as the contents service has it. */
  readonly path: string;
  readonly state: IState;
  readonly changed: ISignal<IConversation, void>;
  /** Whether a turn runs. */
  readonly isRunning: boolean;
  /** Sends a request; it waits in the queue while a turn runs. Returns its id. */
  ask(ask: IAsk): string;
  answer(request: string, answer: GivenAnswer): void;
  stop(): void;
  /** Lets the running turn stand still behind its present call, until `goOn`. */
  pause(): void;
  goOn(): void;
  /** Goes on with a turn that was cut off; `turn` as in `ITurn`. */
  resume(turn: string): void;
  /** Takes back what a turn did to cells and variables; `turn` as in `ITurn`. */
  undo(turn: string): void;
  redo(turn: string): void;
  unqueue(id: string): void;
  /** Begins with a request that waits after a stop. */
  sendQueued(id: string): void;
  /** The user's edited plan of the running turn. */
  editPlan(items: readonly IPlanEntry[]): void;
  /** Those of the kernel; none while it is busy. */
  variables(): Promise<readonly IVariable[]>;
  /** Takes the notices away that stand outside of turns. */
  dismissNotices(): void;
}
