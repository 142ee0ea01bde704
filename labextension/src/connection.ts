import { URLExt } from '@jupyterlab/coreutils';
import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { ConnectionState } from './conversation';
import type { ICell, MessageOf, ToPage, ToServer } from './events';
import { readMessage } from './events';

const SHORTEST = 200;
const LONGEST = 5000;
/** Milliseconds that a server may take to greet; a request that hangs is made anew. */
const PATIENCE = 20_000;
/** Close codes from here on are the server's own: it can be reached, and says no for now. */
const FIRST_OF_OURS = 4000;
/** What the page said was more than the server takes at once, and the next time it will be too. */
const TOO_LARGE = [1009, 4413];
/** Milliseconds until the user may have made it less. */
const UNTIL_SMALLER = 60_000;

/** Of the cells: `hello` tells the whole of them when the connection is there again. */
const ABOUT_CELLS: ToServer['op'][] = [
  'hello',
  'changed',
  'done',
  'saved',
  'variables'
];

/** What the state is while a connection is made: what was wrong is so until it is there. */
const WHILE_OPENING: Record<ConnectionState, ConnectionState> = {
  closed: 'connecting',
  connecting: 'connecting',
  open: 'lost',
  lost: 'lost',
  refused: 'refused'
};

/**
 * The WebSocket of one notebook. It comes back by itself, and what the server sent meanwhile
 * is sent then: events arrive once each and in their order.
 */
export class Connection implements IDisposable {
  /** `path` is the notebook's, as the contents service has it. */
  constructor(path: string, settings: ServerConnection.ISettings) {
    this._path = path;
    this._settings = settings;
    window.addEventListener('online', this._hurry);
    document.addEventListener('visibilitychange', this._seen);
  }

  /** What the notebook holds; asked for at each greeting. */
  cells: () => ICell[] = () => [];

  /** Whether several people edit the notebook, by JupyterLab's own means. */
  collaborative: () => boolean = () => false;

  get path(): string {
    return this._path;
  }

  /** After a rename; the next greeting names it. */
  set path(path: string) {
    this._path = path;
  }

  get state(): ConnectionState {
    return this._state;
  }

  get stateChanged(): ISignal<this, ConnectionState> {
    return this._stateChanged;
  }

  /** The server's words where the state is `refused`. */
  get refusal(): string {
    return this._refusal;
  }

  get message(): ISignal<this, ToPage> {
    return this._message;
  }

  /** Number of the newest event that was taken. */
  get seq(): number {
    return this._seq;
  }

  /** How many messages were none that this page knows. */
  get ignored(): number {
    return this._ignored;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Connects, or connects anew at once. */
  open(): void {
    this._close();
    if (this._isDisposed) {
      return;
    }
    this._become(WHILE_OPENING[this._state]);
    const socket = new this._settings.WebSocket(this._url());
    this._socket = socket;
    this._timer = window.setTimeout(() => {
      this._lose(socket);
    }, PATIENCE);
    socket.onopen = () => {
      this._transmit({
        op: 'hello',
        log: this._log,
        since: this._seq,
        cells: this.cells(),
        ...(this.collaborative() && { collaborative: true })
      });
    };
    socket.onmessage = received => {
      if (this._socket === socket) {
        this._receive(String(received.data));
      }
    };
    socket.onclose = closed => {
      this._lose(socket, closed);
    };
  }

  /** Disconnects until `open` is called. */
  close(): void {
    this._close();
    this._become('closed');
  }

  /** What is not about cells waits for the connection where there is none now. */
  send(message: ToServer): void {
    if (this._state === 'open') {
      this._transmit(message);
    } else if (!ABOUT_CELLS.includes(message.op)) {
      this._outbox.push(message);
    }
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._close();
    window.removeEventListener('online', this._hurry);
    document.removeEventListener('visibilitychange', this._seen);
    Signal.clearData(this);
  }

  private _receive(text: string): void {
    const message = readMessage(text);
    if (!message) {
      this._ignored += 1;
      return;
    }
    if (message.op === 'refused' && message.of === 'hello') {
      this._refusal = message.why;
      return;
    }
    if (message.op === 'welcome') {
      this._welcomed(message.log, message.seq);
    }
    if (message.op === 'event' && !this._isNext(message)) {
      return;
    }
    this._message.emit(message);
    if (message.op === 'welcome') {
      this._become('open');
      this._outbox.splice(0).forEach(waiting => {
        this._transmit(waiting);
      });
    }
  }

  private _welcomed(log: string, seq: number): void {
    window.clearTimeout(this._timer);
    this._refusal = '';
    if (log !== this._log) {
      this._log = log;
      this._seq = 0;
    }
    if (seq === this._seq) {
      this._failures = 0;
    }
  }

  /** Drops what came before; where something is missing, asks for it anew. */
  private _isNext({ seq, event }: MessageOf<'event'>): boolean {
    const first = event.type === 'Gone' ? event.first : seq;
    if (first <= this._seq + 1 && seq > this._seq) {
      this._seq = seq;
      this._failures = 0;
      return true;
    }
    if (seq > this._seq && this._socket) {
      this._lose(this._socket);
    }
    return false;
  }

  private _lose(socket: WebSocket, closed?: CloseEvent): void {
    if (this._socket !== socket) {
      return;
    }
    this._close();
    const isTooLarge = closed !== undefined && TOO_LARGE.includes(closed.code);
    const isRefused = isTooLarge || (closed !== undefined && closed.code >= FIRST_OF_OURS);
    if (isRefused) {
      this._refusal ||= closed.reason;
      this._become('refused');
    } else {
      this._become(this._log === null ? 'connecting' : 'lost');
    }
    const again = isRefused ? LONGEST : Math.min(SHORTEST * 2 ** this._failures, LONGEST);
    this._failures += 1;
    this._timer = window.setTimeout(() => {
      this.open();
    }, isTooLarge ? UNTIL_SMALLER : again);
  }

  private _close(): void {
    window.clearTimeout(this._timer);
    const socket = this._socket;
    this._socket = null;
    socket?.close();
  }

  private _become(state: ConnectionState): void {
    if (state !== this._state) {
      this._state = state;
      this._stateChanged.emit(state);
    }
  }

  private _transmit(message: ToServer): void {
    this._socket?.send(JSON.stringify(message));
  }

  private _url(): string {
    const { wsUrl, token, appendToken } = this._settings;
    const query = { path: this._path, ...(appendToken && token ? { token } : {}) };
    return URLExt.join(wsUrl, 'k2/api/notebook') + URLExt.objectToQueryString(query);
  }

  /** The network is there again: a socket that looks open may be dead. */
  private _hurry = () => {
    if (this._state === 'open' || this._state === 'lost') {
      this.open();
    }
  };

  private _seen = () => {
    if (!document.hidden && this._state === 'lost') {
      this.open();
    }
  };

  private _path: string;
  private _settings: ServerConnection.ISettings;
  private _socket: WebSocket | null = null;
  private _state: ConnectionState = 'connecting';
  private _refusal = '';
  private _log: string | null = null;
  private _seq = 0;
  private _failures = 0;
  private _ignored = 0;
  private _timer = 0;
  private _outbox: ToServer[] = [];
  private _isDisposed = false;
  private _stateChanged = new Signal<this, ConnectionState>(this);
  private _message = new Signal<this, ToPage>(this);
}
