/** Messages of a kernel that cells show: kept, told apart, made. */
import type { IOutput } from '@jupyterlab/nbformat';
import { KernelMessage } from '@jupyterlab/services';

export type IOPub = KernelMessage.IIOPubMessage;
export type Request = KernelMessage.IExecuteRequestMsg;
export type Reply = KernelMessage.IExecuteReplyMsg;

/** Milliseconds that a message is kept which no cell shows (yet). */
export const HELD = 5000;
/** Ids of messages that are remembered, so that none is taken twice. */
const REMEMBERED = 4000;

/** Messages of the last seconds, oldest first. */
export class HeldMessages {
  get isEmpty(): boolean {
    this._forget();
    return !this._held.length;
  }

  add(message: IOPub): void {
    this._forget();
    this._held.push({ at: Date.now(), message });
  }

  /** All of them but those with these ids; nothing is kept. */
  take(without: ReadonlySet<string>): IOPub[] {
    this._forget();
    return this._held
      .splice(0)
      .map(({ message }) => message)
      .filter(({ header }) => !without.has(header.msg_id));
  }

  clear(): void {
    this._held = [];
  }

  private _forget(): void {
    const oldest = Date.now() - HELD;
    const kept = this._held.findIndex(one => one.at >= oldest);
    this._held.splice(0, kept < 0 ? this._held.length : kept);
  }

  private _held: { at: number; message: IOPub }[] = [];
}

/** The messages that were taken. */
export class SeenMessages {
  /** Whether the message was taken before; from now on it was. */
  knows({ header: { msg_id, msg_type } }: IOPub): boolean {
    // A display whose id was shown before comes twice, first as an update of those before.
    const key = `${msg_id} ${msg_type}`;
    const known = this._keys.has(msg_id) || this._keys.has(key);
    this.add(key);
    return known;
  }

  /** @param key the id of a message, whatever its type */
  add(key: string): void {
    this._keys.add(key);
    const [oldest] = this._keys;
    if (this._keys.size > REMEMBERED && oldest !== undefined) {
      this._keys.delete(oldest);
    }
  }

  private readonly _keys = new Set<string>();
}

/** What the future of a request holds that another client sent. */
export function requestOf(id: string): Request {
  return KernelMessage.createMessage<Request>({
    msgType: 'execute_request',
    msgId: id,
    channel: 'shell',
    session: '',
    content: { code: '' }
  });
}

/** Through the output area, so that it knows the ids of displays. */
export function asMessage({ output_type, ...content }: IOutput): IOPub {
  return { header: { msg_type: output_type }, content } as unknown as IOPub;
}

/** Whether it ends its run. */
export function isIdle(message: IOPub): boolean {
  return KernelMessage.isStatusMsg(message) && message.content.execution_state === 'idle';
}

/** What the kernel told its own client; JupyterLab reads the count when a cell comes back. */
export function replyTo(request: Request, failed: boolean, count: number | null): Reply {
  const content = { execution_count: count ?? 0, user_expressions: {}, payload: [] };
  return KernelMessage.createMessage<Reply>({
    msgType: 'execute_reply',
    channel: 'shell',
    session: '',
    parentHeader: request.header,
    content: failed
      ? { ...content, status: 'error', ename: '', evalue: '', traceback: [] }
      : { ...content, status: 'ok' }
  });
}
