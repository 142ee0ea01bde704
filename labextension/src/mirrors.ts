/** The runs of other clients of a kernel, and the cells that show those of K2. */
import { CodeCell, type Cell, type CodeCellModel } from '@jupyterlab/cells';
import type { IOutput } from '@jupyterlab/nbformat';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { JSONExt, UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import { HELD } from './kernel-messages';
import { MirroredRun, type ISnapshot } from './mirror';
import { distrust, isInert } from './outputs';

type Data = Readonly<Record<string, unknown>>;

/** In these states of a kernel nothing more comes of the runs before. */
const GONE: ReadonlySet<string> = new Set([
  'starting',
  'restarting',
  'autorestarting',
  'terminating',
  'dead'
]);

export class Mirrors implements IDisposable {
  /** @param find the widget of a cell, or null where the notebook has no such cell */
  constructor(
    private readonly _kernel: Kernel.IKernelConnection,
    private readonly _find: (cell: string) => CodeCell | null
  ) {
    _kernel.iopubMessage.connect(this._onIOPub, this);
    _kernel.statusChanged.connect(this._onStatus, this);
    _kernel.connectionStatusChanged.connect(this._onConnection, this);
    _kernel.disposed.connect(this.dispose, this);
  }

  /** The connection to the kernel is back, and a run that goes on may lack messages. */
  get lacking(): ISignal<this, void> {
    return this._lacking;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Whether a run that a cell shows goes on. */
  get active(): boolean {
    return [...this._runs.values()].some(run => run.cell !== null && !run.ended);
  }

  /** Shows a run in a cell. A snapshot is not needed where all of its messages were seen. */
  follow(cell: CodeCell, id: string, snapshot: ISnapshot | null): void {
    const run = this._runs.get(id) ?? this._enter(id);
    if (run.whole && run.cell === cell.model.id) {
      return;
    }
    clear(cell, snapshot?.outputs ?? []);
    run.show(cell, snapshot);
    this._expectEnd();
    if (this._kernel.connectionStatus !== 'connected') {
      run.doubt();
    }
  }

  /** Goes on in a cell that was taken away and put back. */
  restore(cell: CodeCell): void {
    for (const run of this._runs.values()) {
      if (run.cell === cell.model.id && !run.ended) {
        run.restore(cell);
      }
    }
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      clearTimeout(this._timer);
      clearTimeout(this._quiet);
      this._end();
      Signal.clearData(this);
    }
  }

  private _onIOPub(_: unknown, message: KernelMessage.IIOPubMessage): void {
    if ((message.header.msg_type as string) === 'shutdown_reply') {
      // Another client restarts the kernel; this connection learns nothing else of it.
      this._end();
      return;
    }
    const parent = message.parent_header;
    if (
      'msg_id' in parent &&
      parent.msg_type === 'execute_request' &&
      parent.session !== this._kernel.clientId
    ) {
      const run = this._runs.get(parent.msg_id) ?? this._enter(parent.msg_id);
      void run.handleMsg(message);
    }
  }

  private _onStatus(): void {
    if (GONE.has(this._kernel.status)) {
      this._end();
    }
    this._expectEnd();
  }

  /** A kernel that stays idle runs nothing: the message that says so of a run was missed. */
  private _expectEnd(): void {
    clearTimeout(this._quiet);
    if (this._kernel.status === 'idle' && this.active) {
      this._quiet = window.setTimeout(() => {
        for (const run of this._runs.values()) {
          run.finish();
        }
      }, HELD);
    }
  }

  private _onConnection(): void {
    const runs = [...this._runs.values()];
    if (this._kernel.connectionStatus !== 'connected') {
      runs.forEach(run => {
        run.doubt();
      });
    } else if (runs.some(run => run.cell !== null && !run.ended && !run.whole)) {
      this._lacking.emit();
    }
  }

  private _enter(id: string): MirroredRun {
    const run = new MirroredRun(id, this._find);
    this._runs.set(id, run);
    futures(this._kernel)?.set(id, run);
    this._timer ??= window.setTimeout(this._sweep, HELD);
    return run;
  }

  private readonly _sweep = (): void => {
    for (const [id, run] of this._runs) {
      if (run.idle) {
        this._runs.delete(id);
        futures(this._kernel)?.delete(id);
      }
    }
    const waiting = [...this._runs.values()].some(run => !run.whole);
    this._timer = waiting ? window.setTimeout(this._sweep, HELD) : undefined;
  };

  private _end(): void {
    for (const [id, run] of this._runs) {
      run.end();
      futures(this._kernel)?.delete(id);
    }
    this._runs.clear();
  }

  private readonly _runs = new Map<string, MirroredRun>();
  private readonly _lacking = new Signal<this, void>(this);
  private _timer: number | undefined;
  private _quiet: number | undefined;
  private _isDisposed = false;
}

/** Puts in what a run has shown that is over; what is there already stays as it is. */
export function refill(cell: CodeCell, outputs: readonly IOutput[], count: number | null): void {
  if (JSONExt.deepEqual(cell.model.outputs.toJSON(), [...outputs])) {
    cell.model.executionCount = count;
    return;
  }
  clear(cell, outputs);
  const run = new MirroredRun(UUID.uuid4(), () => cell);
  run.end();
  run.show(cell, { outputs, skip: [], count });
}

/** Whether what the cell shows is a run of K2, which the server has seen itself. */
export function isMirrored(cell: CodeCell): boolean {
  return cell.outputArea.future instanceof MirroredRun;
}

/** Changes a display in a cell where the server has filled it in: the kernel's own update is lost. */
export function updateDisplay(cell: Cell, id: string, data: Data): void {
  if (!(cell instanceof CodeCell)) {
    return;
  }
  const run = cell.outputArea.future;
  if (!(run instanceof MirroredRun && run.refilled)) {
    return;
  }
  if (!isInert(data)) {
    distrust(cell.model);
  }
  const message = {
    header: { msg_type: 'update_display_data' },
    content: { data, metadata: {}, transient: { display_id: id } }
  };
  void run.onIOPub(message as unknown as KernelMessage.IIOPubMessage);
}

/** As before a run. What was not seen live is trusted only where that makes no difference. */
function clear({ model, outputArea }: CodeCell, outputs: readonly IOutput[]): void {
  const isNew = model.executionCount === null && !model.outputs.length && !outputArea.widgets.length;
  if (isNew && model.trusted) {
    // To clear its outputs all the same would make JupyterLab measure the page, which lays it out.
    (model as CodeCellModel).isDirty = false;
  } else {
    model.clearExecution();
  }
  if (!outputs.every(output => isInert(output.data))) {
    distrust(model);
  }
}

function futures(kernel: Kernel.IKernelConnection): Map<string, MirroredRun> | undefined {
  return (kernel as unknown as { _futures?: Map<string, MirroredRun> })._futures;
}
