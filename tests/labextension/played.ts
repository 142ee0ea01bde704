/** A server on the other end of the WebSocket, played. */
import type { ServerConnection } from '@jupyterlab/services';

import type { LogEvent, ToServer } from '../../labextension/src/events';

const DELTAS = ['TextDelta', 'ReasoningDelta', 'Waiting'];

type Hello = Extract<ToServer, { op: 'hello' }>;

/** One connection, seen from the server. */
export class PlayedSocket {
  constructor(
    readonly url: string,
    private readonly _server: PlayedServer
  ) {
    _server.sockets.push(this);
  }

  onopen: (() => void) | null = null;
  onmessage: ((received: { data: string }) => void) | null = null;
  onclose: ((closed: { code: number; reason: string }) => void) | null = null;
  isClosed = false;

  send(data: string): void {
    this._server.take(this, JSON.parse(data) as ToServer);
  }

  close(): void {
    this.isClosed = true;
  }

  tell(message: object): void {
    if (!this.isClosed) {
      this.onmessage?.({ data: JSON.stringify(message) });
    }
  }

  drop(code = 1006, reason = ''): void {
    this.isClosed = true;
    this.onclose?.({ code, reason });
  }
}

/** Keeps a log of events as the real one does, and gives each page what it lacks. */
export class PlayedServer {
  log = 'log-1';
  readonly sockets: PlayedSocket[] = [];
  readonly received: ToServer[] = [];
  entries: object[] = [];
  /** Milliseconds of its clock before that of the page. */
  ahead = 0;
  /** Whether it greets; else it only listens. */
  greets = true;

  get settings(): ServerConnection.ISettings {
    const connect = (url: string) => new PlayedSocket(url, this);
    const WebSocket = function (url: string) {
      return connect(url);
    };
    const settings = { wsUrl: 'ws://localhost/', token: '', appendToken: false, WebSocket };
    return settings as unknown as ServerConnection.ISettings;
  }

  /** The connection of the page, opened. */
  get socket(): PlayedSocket {
    const socket = this.sockets[this.sockets.length - 1]!;
    return socket;
  }

  /** Lets the newest connection come about. */
  accept(): PlayedSocket {
    this.socket.onopen?.();
    return this.socket;
  }

  add(event: LogEvent | { type: string }): void {
    this.entries.push(event);
    if (event.type === 'AnswerReceived' || event.type === 'Retrying') {
      this.entries = this.entries.map(entry =>
        DELTAS.includes((entry as LogEvent).type) ? { type: 'Gone' } : entry
      );
    }
    this._tell(this.socket, this.entries.length, event);
  }

  take(socket: PlayedSocket, message: ToServer): void {
    this.received.push(message);
    if (message.op === 'hello' && this.greets) {
      this._greet(socket, message);
    }
  }

  /** All that was received of one kind. */
  heard<O extends ToServer['op']>(op: O): Extract<ToServer, { op: O }>[] {
    return this.received.filter(
      (message): message is Extract<ToServer, { op: O }> => message.op === op
    );
  }

  private _greet(socket: PlayedSocket, { log, since }: Hello): void {
    socket.tell({
      op: 'welcome',
      log: this.log,
      seq: this.entries.length,
      kernel: { id: 'k', language: 'python', status: 'idle' },
      running: null,
      lead: true,
      time: new Date(Date.now() + this.ahead).toISOString()
    });
    let unseen = log === this.log ? since + 1 : 1;
    for (let seq = unseen; seq <= this.entries.length; seq++) {
      const entry = this.entries[seq - 1]!;
      if (!isGone(entry)) {
        this._tell(socket, seq, entry);
      } else if (!isGone(this.entries[seq])) {
        this._tell(socket, seq, { ...entry, first: unseen });
      } else {
        continue;
      }
      unseen = seq + 1;
    }
  }

  private _tell(socket: PlayedSocket, seq: number, event: object): void {
    const time = new Date(1_800_000_000_000 + seq * 1000).toISOString();
    socket.tell({ op: 'event', seq, time, event });
  }
}

function isGone(entry: object | undefined): boolean {
  return (entry as { type?: string } | undefined)?.type === 'Gone';
}
