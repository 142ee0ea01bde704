import { Signal } from '@lumino/signaling';

import type { ToPage, ToServer } from '../../labextension/src/events';
import { readMessage } from '../../labextension/src/events';
import { taken } from './notebooks';

/** What the bridge sees of the WebSocket. */
export class PlayedConnection {
  readonly message = new Signal<this, ToPage>(this);
  readonly stateChanged = new Signal<this, 'open' | 'lost'>(this);
  state: 'open' | 'lost' = 'open';
  cells = (): object[] => [];
  readonly open = jest.fn();
  readonly sent: ToServer[] = [];

  send(message: ToServer): void {
    this.sent.push(message);
  }

  become(state: 'open' | 'lost'): void {
    this.state = state;
    this.stateChanged.emit(state);
  }

  /** An instruction, and what was answered to it. */
  async do(instruction: object): Promise<object | undefined> {
    const message = readMessage(JSON.stringify({ op: 'do', id: 'd', ...instruction }));
    expect(message).not.toBeNull();
    this.message.emit(message!);
    await taken();
    return this.sent.filter(({ op }) => op === 'done').at(-1);
  }

  get changes(): Extract<ToServer, { op: 'changed' }>[] {
    return this.sent.filter(message => message.op === 'changed');
  }
}
