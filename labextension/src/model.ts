import { UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { Connection } from './connection';
import type { IAsk, IConversation, IPlanEntry, IState, IVariable } from './conversation';
import type { GivenAnswer, MessageOf, ToPage, ToServer } from './events';
import type { IWaiting } from './magic';
import { EMPTY, reduce, runningTurn, withNotice, withoutQueued } from './state';
import type { IPreferences } from './tokens';

type Asked = Extract<ToServer, { op: 'ask' }>;

/** Milliseconds after which the variables are as good as none. */
const PATIENCE = 3000;

/** What the conversation must know of the notebook and of the user's settings. */
export interface ISurroundings {
  /** Tells the server of changes that it has not been told of yet. */
  flush(): void;
  /** Id of the selected cell: new ones come behind it. */
  selected(): string | null;
  preferences(): IPreferences;
}

/** The conversation of one notebook as the server's events tell it. */
export class ConversationModel implements IConversation, IDisposable {
  constructor(
    private readonly _connection: Connection,
    private readonly _surroundings: ISurroundings
  ) {
    _connection.message.connect(this._received, this);
    _connection.stateChanged.connect(this._connectionChanged, this);
  }

  get path(): string {
    return this._connection.path;
  }

  set path(path: string) {
    this._connection.path = path;
    this._changed.emit();
  }

  get state(): IState {
    return this._state;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isRunning(): boolean {
    return runningTurn(this._state) !== null;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  ask(ask: IAsk): string {
    const { caps, model, images } = this._surroundings.preferences();
    const asked: Asked = {
      op: 'ask',
      id: UUID.uuid4(),
      request: ask.request,
      after: this._surroundings.selected(),
      attached: ask.attached ?? [],
      mode: ask.mode ?? 'ask',
      ...(ask.cell === undefined ? {} : { cell: ask.cell }),
      model: ask.model ?? model,
      caps: { ...caps, ...ask.caps },
      images
    };
    this._send(asked);
    return asked.id;
  }

  /** Offers a `%%k2` that waits in the kernel; without a connection the kernel serves it. */
  claim(waiting: IWaiting): void {
    if (this._connection.state === 'open') {
      const { caps, model, images } = this._surroundings.preferences();
      this._surroundings.flush();
      this._connection.send({ op: 'claim', ...waiting, model, caps, images });
    }
  }

  answer(request: string, answer: GivenAnswer): void {
    this._connection.send({ op: 'answer', request, answer });
  }

  stop(): void {
    this._connection.send({ op: 'stop' });
  }

  undo(turn: string): void {
    this._surroundings.flush();
    this._connection.send({ op: 'undo', turn });
  }

  redo(turn: string): void {
    this._surroundings.flush();
    this._connection.send({ op: 'redo', turn });
  }

  pause(): void {
    this._connection.send({ op: 'pause' });
  }

  goOn(): void {
    this._connection.send({ op: 'continue' });
  }

  resume(turn: string): void {
    this._surroundings.flush();
    this._connection.send({ op: 'resume', turn });
  }

  unqueue(id: string): void {
    if (this._pending.delete(id) && this._state.connection !== 'open') {
      this._set(withoutQueued(this._state, id));
    } else {
      this._connection.send({ op: 'unqueue', id });
    }
  }

  sendQueued(id: string): void {
    const queued = this._state.queue.find(one => one.id === id);
    if (queued?.isSent) {
      this._surroundings.flush();
      // The server goes by the id: it has the rest of the request.
      this._connection.send({
        op: 'ask',
        id,
        request: queued.request,
        after: this._surroundings.selected(),
        attached: [],
        mode: 'ask',
        model: '',
        caps: {},
        images: false
      });
    }
  }

  editPlan(items: readonly IPlanEntry[]): void {
    this._connection.send({
      op: 'plan',
      items: items.map(({ title, state }) => ({ title, state }))
    });
  }

  variables(): Promise<readonly IVariable[]> {
    if (this._connection.state !== 'open') {
      return Promise.resolve([]);
    }
    const id = UUID.uuid4();
    return new Promise(resolve => {
      const answer = (items: readonly IVariable[]) => {
        window.clearTimeout(timer);
        this._wanted.delete(id);
        resolve(items);
      };
      const timer = window.setTimeout(answer, PATIENCE, []);
      this._wanted.set(id, answer);
      this._connection.send({ op: 'variables', id });
    });
  }

  dismissNotices(): void {
    this._set({ ...this._state, notices: [] });
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._wanted.forEach(answer => {
      answer([]);
    });
    Signal.clearData(this);
  }

  private _send(asked: Asked): void {
    const { id, request } = asked;
    const waiting = { id, request, isSent: false };
    this._pending.set(id, asked);
    this._set({ ...this._state, queue: [...this._state.queue, waiting] });
    if (this._isCaughtUp()) {
      this._surroundings.flush();
      this._connection.send(asked);
    }
  }

  private _isCaughtUp(): boolean {
    return this._connection.state === 'open' && this._connection.seq >= this._target;
  }

  private _received(_: Connection, message: ToPage): void {
    switch (message.op) {
      case 'welcome':
        this._welcomed(message);
        break;
      case 'event':
        this._told(message);
        break;
      case 'refused':
        this._refused(message);
        break;
      case 'variables':
        this._wanted.get(message.id)?.(message.items);
        break;
      case 'do': // the notebook's bridge carries it out
        break;
    }
  }

  private _welcomed({ log, seq, kernel, time }: MessageOf<'welcome'>): void {
    this._ahead = Date.now() - Date.parse(time);
    const kept = log === this._log ? this._state : { ...EMPTY, ...this._lasting() };
    const epoch = kept.kernel?.epoch ?? 0;
    this._log = log;
    this._target = seq;
    this._set({ ...kept, kernel: { ...kernel, epoch } });
  }

  /** What another log does not change. */
  private _lasting(): Partial<IState> {
    const { connection, notices, queue } = this._state;
    return { connection, notices, queue: queue.filter(queued => !queued.isSent) };
  }

  private _told(message: MessageOf<'event'>): void {
    const { event } = message;
    if (event.type === 'Asked' || event.type === 'Queued') {
      this._pending.delete(event.id);
    }
    this._set(reduce(this._state, message, this._ahead));
    if (message.seq === this._target) {
      this._sendPending();
    }
  }

  private _refused({ id, why }: MessageOf<'refused'>): void {
    const known = id !== undefined && this._pending.delete(id);
    this._set(withNotice(known ? withoutQueued(this._state, id) : this._state, why));
  }

  /** What was asked without a connection, or was lost with one: the log does not have it. */
  private _sendPending(): void {
    if (this._pending.size > 0 && this._isCaughtUp()) {
      this._surroundings.flush();
      this._pending.forEach(asked => {
        this._connection.send(asked);
      });
    }
  }

  private _connectionChanged(): void {
    const { state, refusal } = this._connection;
    this._set({ ...this._state, connection: state, refusal });
    this._sendPending();
  }

  private _set(state: IState): void {
    if (state !== this._state) {
      this._state = state;
      this._changed.emit();
    }
  }

  private _state = EMPTY;
  /** Milliseconds that this page's clock is ahead of the server's. */
  private _ahead = 0;
  private _log: string | null = null;
  /** The number of the newest event when the server greeted. */
  private _target = 0;
  private _pending = new Map<string, Asked>();
  private _wanted = new Map<string, (items: readonly IVariable[]) => void>();
  private _isDisposed = false;
  private _changed = new Signal<this, void>(this);
}
