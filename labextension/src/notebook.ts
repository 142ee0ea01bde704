/**
 * Does in an open notebook what the server instructs, and tells it of the user's own changes.
 *
 * Cells are changed in the shared model alone, never by JupyterLab's notebook actions, which take
 * the focus and leave edit mode: a user who types must not notice.
 */
import type { CodeCell, ICellModel } from '@jupyterlab/cells';
import type { CellList, NotebookPanel } from '@jupyterlab/notebook';
import type { IObservableList } from '@jupyterlab/observables';
import type { Contents, Kernel } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import { findCodeCell } from './cells';
import type { Connection } from './connection';
import { DONE, deleteCell, insertCell, replaceCell, type Outcome } from './editing';
import type { Do, DoOf, ToPage } from './events';
import { MagicWatch, sentFor, type IWaiting } from './magic';
import { Mirrors, refill, updateDisplay } from './mirrors';
import { Reports } from './reports';
import { QuietSave } from './saving';
import { ScrollAnchor } from './scrolling';

/** What the bridge needs of the connection to the server. */
type Wire = Pick<Connection, 'cells' | 'message' | 'open' | 'send' | 'state' | 'stateChanged'>;

export class NotebookBridge implements IDisposable {
  /** Takes the place of `connection.cells`; opens the connection anew when messages were lost. */
  constructor(
    private readonly _panel: NotebookPanel,
    contents: Contents.IManager,
    private readonly _connection: Wire
  ) {
    this._reports = new Reports(_panel.content, _connection);
    this._saving = new QuietSave(_panel.context, contents);
    this._scroll = new ScrollAnchor(_panel.content);
    _connection.cells = () => this._reports.all();
    _connection.message.connect(this._onMessage, this);
    _panel.context.fileChanged.connect(this._tellVersion, this);
    _panel.sessionContext.kernelChanged.connect(this._onKernel, this);
    _panel.content.modelChanged.connect(this._onModel, this);
    _panel.disposed.connect(this.dispose, this);
    this._onKernel();
    this._onModel();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * When the connection may be opened: the notebook is there, and the messages of its kernel, if
   * it has one, arrive (else some would be missing between the server's snapshot of a run and
   * them). The session's own promise would wait until the kernel is not busy.
   */
  async ready(): Promise<void> {
    const { context, sessionContext } = this._panel;
    await context.ready;
    const kernel = sessionContext.session?.kernel;
    if (kernel) {
      await connected(kernel);
    }
  }

  /** A `%%k2` of this page waits in the kernel. */
  get waiting(): ISignal<this, IWaiting> {
    return this._waiting;
  }

  /** Reports the user's latest changes now, for example before a request. */
  flush(): void {
    this._reports.flush();
  }

  /** Id of the selected cell: new cells come behind it. */
  selected(): string | null {
    return this._panel.content.activeCell?.model.id ?? null;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      // Another view of the notebook may go on with its kernel, file and cells.
      Signal.clearData(this);
      this._mirrors?.dispose();
      this._magics?.dispose();
      this._reports.dispose();
      this._scroll.dispose();
    }
  }

  private _onMessage(_: unknown, message: ToPage): void {
    if (message.op === 'do') {
      void this._do(message);
    } else if (message.op === 'welcome') {
      this._tellVersion();
    }
  }

  /** Where this page is gone later, the server may write the file as long as it is this one. */
  private _tellVersion(): void {
    const { version } = this._saving;
    if (version) {
      this._connection.send({ op: 'saved', version });
    }
  }

  private _onKernel(): void {
    this._mirrors?.dispose();
    this._magics?.dispose();
    const kernel = this._panel.sessionContext.session?.kernel;
    this._mirrors = kernel ? new Mirrors(kernel, id => findCodeCell(this._panel.content, id)) : null;
    this._magics = kernel
      ? new MagicWatch(kernel, this._panel.content, waiting => {
          this._waiting.emit(waiting);
        })
      : null;
    this._mirrors?.lacking.connect(() => {
      this._connection.open();
    });
  }

  private _onModel(): void {
    this._panel.content.model?.cells.changed.connect(this._onCells, this);
  }

  private _onCells(_: CellList, changes: IObservableList.IChangedArgs<ICellModel>): void {
    for (const { id } of changes.type === 'add' ? changes.newValues : []) {
      const cell = findCodeCell(this._panel.content, id);
      if (cell) {
        this._mirrors?.restore(cell);
      }
    }
  }

  private async _do(instruction: Do): Promise<void> {
    let outcome: Outcome;
    try {
      outcome = await this._follow(instruction);
    } catch (error) {
      console.error('K2 could not do what its server asked for.', error);
      outcome = { ok: false, why: String(error) };
    }
    if (instruction.id !== undefined) {
      this._connection.send({ op: 'done', id: instruction.id, ...outcome });
    }
  }

  private _follow(instruction: Do): Outcome | Promise<Outcome> {
    if (instruction.what === 'save') {
      return this._saving.save(instruction.over).then(why => (why ? { ok: false, why } : DONE));
    }
    this._scroll.update();
    const outcome = this._reports.silently(() => this._change(instruction));
    this._scroll.active = this._mirrors?.active ?? false;
    return outcome;
  }

  private _change(instruction: Exclude<Do, DoOf<'save'>>): Outcome {
    const { content } = this._panel;
    switch (instruction.what) {
      case 'insert':
        return insertCell(content, instruction);
      case 'replace':
        return replaceCell(content, instruction);
      case 'delete':
        return deleteCell(content, instruction);
      case 'mirror':
        return this._mirror(instruction);
      case 'outputs':
        refill(this._codeCell(instruction.cell), instruction.outputs, instruction.count);
        return DONE;
      case 'display':
        for (const cell of content.widgets) {
          updateDisplay(cell, instruction.display_id, instruction.data);
        }
        return DONE;
    }
  }

  private _mirror({ cell, run, outputs, skip, count }: DoOf<'mirror'>): Outcome {
    if (!this._mirrors) {
      return { ok: false, why: 'The notebook has no kernel.' };
    }
    const shown = this._codeCell(cell);
    if (sentFor(shown)?.header.msg_id === run) {
      return DONE; // this page has sent it, and shows it anyway
    }
    const snapshot = outputs && { outputs, skip: skip ?? [], count: count ?? null };
    this._mirrors.follow(shown, run, snapshot ?? null);
    return DONE;
  }

  private _codeCell(id: string): CodeCell {
    const cell = findCodeCell(this._panel.content, id);
    if (!cell) {
      throw new Error(`There is no code cell ${id}.`);
    }
    return cell;
  }

  private readonly _reports: Reports;
  private readonly _saving: QuietSave;
  private readonly _scroll: ScrollAnchor;
  private readonly _waiting = new Signal<this, IWaiting>(this);
  private _mirrors: Mirrors | null = null;
  private _magics: MagicWatch | null = null;
  private _isDisposed = false;
}

function connected(kernel: Kernel.IKernelConnection): Promise<void> {
  return new Promise(resolve => {
    const look = (): void => {
      if (kernel.connectionStatus !== 'connecting') {
        kernel.connectionStatusChanged.disconnect(look);
        resolve();
      }
    };
    kernel.connectionStatusChanged.connect(look);
    kernel.disposed.connect(() => {
      resolve();
    });
    look();
  });
}
