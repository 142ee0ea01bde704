/**
 * Sees the `%%k2` cells of the user's that wait in the kernel, so that their turns are K2's own.
 *
 * A kernel can show anything. What counts is what this page itself has sent: an announcement in
 * the outputs of a request of this page's, made for a cell whose code began with `%%k2`.
 */
import { CodeCell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import { KernelMessage, type Kernel } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';

import { MirroredRun } from './mirror';

/** The media type in which the kernel's end announces a turn. */
const ANNOUNCED = 'application/vnd.k2.turn+json';
const MAGIC = /^\s*%%k2(\s|$)/;

export interface IWaiting {
  /** As the kernel announced it. */
  turn: string;
  /** Id of the request. */
  run: string;
  cell: string;
  /** As it was sent. */
  code: string;
}

export class MagicWatch implements IDisposable {
  constructor(
    private readonly _kernel: Kernel.IKernelConnection,
    private readonly _notebook: Notebook,
    private readonly _claim: (waiting: IWaiting) => void
  ) {
    _kernel.iopubMessage.connect(this._onIOPub, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._kernel.iopubMessage.disconnect(this._onIOPub, this);
  }

  private _onIOPub(_: unknown, message: KernelMessage.IIOPubMessage): void {
    if (!KernelMessage.isDisplayDataMsg(message)) {
      return;
    }
    const announced = message.content.data[ANNOUNCED] as { turn?: unknown } | undefined;
    const parent = message.parent_header;
    if (
      typeof announced?.turn === 'string' &&
      'msg_id' in parent &&
      parent.session === this._kernel.clientId
    ) {
      this._announced(announced.turn, parent.msg_id);
    }
  }

  private _announced(turn: string, run: string): void {
    for (const cell of this._notebook.widgets) {
      const sent = cell instanceof CodeCell ? sentFor(cell) : null;
      if (sent?.header.msg_id === run && MAGIC.test(sent.content.code)) {
        this._claim({ turn, run, cell: cell.model.id, code: sent.content.code });
      }
    }
  }

  private _isDisposed = false;
}

/** The request whose outputs the cell shows, if this page has sent it. */
export function sentFor(cell: CodeCell): KernelMessage.IExecuteRequestMsg | null {
  // None before the cell has run, whatever its type says.
  const future = cell.outputArea.future as CodeCell['outputArea']['future'] | null | undefined;
  return future && !(future instanceof MirroredRun) ? future.msg : null;
}
