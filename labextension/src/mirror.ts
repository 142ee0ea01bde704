/**
 * Shows, in a cell of this page, a run that the server's own kernel client started.
 *
 * JupyterLab drops the messages of requests that this page did not send. A `MirroredRun` stands
 * in for the future that the page would have had. It is entered in the kernel connection's
 * private map of futures, so that the `Output` widget can hook it and updates of a display find
 * it. Without that map (it comes with no promise) outputs still come, by the public signal.
 *
 * The server's instruction to follow a run often comes after the first messages of the run: a
 * run that this page did not start is held for a few seconds, hooks included, until it is known.
 */
import type { CodeCell } from '@jupyterlab/cells';
import type { IOutput } from '@jupyterlab/nbformat';
import { KernelMessage, type Kernel } from '@jupyterlab/services';
import { PromiseDelegate } from '@lumino/coreutils';

import {
  HeldMessages,
  SeenMessages,
  asMessage,
  isIdle,
  replyTo,
  requestOf,
  type IOPub,
  type Reply,
  type Request
} from './kernel-messages';

type Hook = (message: IOPub) => boolean | PromiseLike<boolean>;

const NONE: ReadonlySet<string> = new Set();

/** Where a page comes in the middle of a run. */
export interface ISnapshot {
  /** The outputs so far; a `transient.display_id` in them is kept. */
  outputs: readonly IOutput[];
  /** Ids of the iopub messages that they contain. */
  skip: readonly string[];
  count: number | null;
}

/** A run of another client, as a future of this page's kernel connection. */
export class MirroredRun implements Kernel.IShellFuture<Request, Reply> {
  /** @param find the widget of a cell, or null where the notebook has no such cell */
  constructor(id: string, find: (cell: string) => CodeCell | null) {
    this._find = find;
    this.msg = requestOf(id);
  }

  readonly msg: Request;
  onReply: (message: Reply) => void = ignored;
  onStdin: (message: KernelMessage.IStdinMessage) => void = ignored;
  onIOPub: (message: IOPub) => void | PromiseLike<void> = ignored;

  get id(): string {
    return this.msg.header.msg_id;
  }

  /** Resolved when the run has ended. */
  get done(): Promise<Reply> {
    return this._done.promise;
  }

  get isDisposed(): boolean {
    return this._gone;
  }

  /** Id of the cell that was told to show it, or null. */
  get cell(): string | null {
    return this._cell;
  }

  get ended(): boolean {
    return this._ended;
  }

  /** Whether a cell shows it with all of its messages. */
  get whole(): boolean {
    return this._shown && !this._lossy;
  }

  /** Whether its outputs were filled in, at least in part, by the server. */
  get refilled(): boolean {
    return this._refilled;
  }

  /** Whether nobody has a use for it any longer. */
  get idle(): boolean {
    return !this._shown && !this._hooks.length && this._held.isEmpty;
  }

  /** Shows it in a cell without outputs, from its beginning or from where the snapshot ends. */
  show(cell: CodeCell, snapshot: ISnapshot | null): void {
    const contained = new Set(snapshot?.skip);
    contained.forEach(id => {
      this._seen.add(id);
    });
    const held = this._held.take(contained);
    this._cell = cell.model.id;
    this._count ??= snapshot?.count ?? null;
    this._refilled = snapshot !== null;
    this._lossy = false;
    this._attach(cell, [...(snapshot?.outputs ?? []).map(asMessage), ...held]);
  }

  /** Goes on in the widget that took the place of the one before: the cell was moved. */
  restore(cell: CodeCell): void {
    // A widget that was never in sight has not let go of the run.
    if (cell.outputArea.future !== this && !this._gone) {
      this._attach(cell, this._held.take(NONE));
    }
  }

  /** Messages may be missing from now on: the connection was lost. */
  doubt(): void {
    this._lossy ||= !this._ended;
  }

  /** Takes a message once, in the order of arrival. */
  handleMsg(message: KernelMessage.IMessage): Promise<void> {
    if (message.channel === 'iopub') {
      this._chain = this._chain.then(() => this._take(message as IOPub)).catch(logged);
    }
    return this._chain;
  }

  registerMessageHook(hook: Hook): void {
    this.removeMessageHook(hook);
    this._hooks.push(hook);
  }

  removeMessageHook(hook: Hook): void {
    this._hooks = this._hooks.filter(one => one !== hook);
  }

  sendInputReply(): void {
    throw new Error('This run was started by another client, which does not allow input.');
  }

  /** The cell let go of it: it was deleted or moved, or the user runs it again. */
  dispose(): void {
    this._shown = false;
    this.onIOPub = ignored;
    if (this._cell !== null && this._find(this._cell)) {
      this._cell = null;
    }
  }

  /** The run is over. */
  finish(): void {
    this._ended = true;
    const cell = this._own();
    if (cell) {
      this._mark(cell);
    }
    this._done.resolve(replyTo(this.msg, this._failed, this._count));
  }

  /** The kernel is gone, and nothing more comes. */
  end(): void {
    this.finish();
    this._gone = true;
    this._hooks = [];
    this._held.clear();
  }

  private _attach(cell: CodeCell, messages: readonly IOPub[]): void {
    this._shown = true;
    // Unlike a new future this leaves the outputs as they are.
    cell.outputArea.reattachFuture(this);
    this._mark(cell);
    for (const message of messages) {
      void this.onIOPub(message);
    }
  }

  private async _take(message: IOPub): Promise<void> {
    if (this._gone || this._seen.knows(message)) {
      return;
    }
    this._watch(message);
    if (await this._passes(message)) {
      if (!this.whole) {
        this._held.add(message);
      }
      if (this._shown) {
        await this.onIOPub(message);
      }
    }
    if (isIdle(message)) {
      this.finish();
    }
  }

  /** Whether no hook keeps it, the newest asked first. */
  private async _passes(message: IOPub): Promise<boolean> {
    for (const hook of [...this._hooks].reverse()) {
      try {
        if (this._hooks.includes(hook) && !(await hook(message))) {
          return false;
        }
      } catch (error) {
        logged(error);
      }
    }
    return true;
  }

  private _watch(message: IOPub): void {
    if (KernelMessage.isExecuteInputMsg(message)) {
      this._count = message.content.execution_count;
    } else if (KernelMessage.isErrorMsg(message)) {
      this._failed = true;
    }
  }

  /** Star or number; a number that comes before the end would take the star away. */
  private _mark({ model }: CodeCell): void {
    model.executionState = this._ended ? 'idle' : 'running';
    if (this._ended && this._count !== null) {
      model.executionCount = this._count;
    }
  }

  /** The cell, where it still shows this run. */
  private _own(): CodeCell | null {
    const cell = this._cell === null ? null : this._find(this._cell);
    return cell?.outputArea.future === this ? cell : null;
  }

  private readonly _find: (cell: string) => CodeCell | null;
  private readonly _done = new PromiseDelegate<Reply>();
  private readonly _seen = new SeenMessages();
  private readonly _held = new HeldMessages();
  private _hooks: Hook[] = [];
  private _chain: Promise<void> = Promise.resolve();
  private _cell: string | null = null;
  private _count: number | null = null;
  private _shown = false;
  private _lossy = false;
  private _refilled = false;
  private _failed = false;
  private _ended = false;
  private _gone = false;
}

function ignored(): void {
  // No cell shows it.
}

function logged(error: unknown): void {
  console.error('K2 could not show a message of the kernel.', error);
}
