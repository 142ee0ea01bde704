/** Tells the server what the user changes in the cells of a notebook. */
import type { CellChange, ISharedCell } from '@jupyter/ydoc';
import type { CodeCellModel, ICellModel } from '@jupyterlab/cells';
import type { CellList, Notebook } from '@jupyterlab/notebook';
import type { IObservableList } from '@jupyterlab/observables';
import { ArrayExt } from '@lumino/algorithm';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { findCodeCell, toCells, toChangedCells } from './cells';
import type { Connection } from './connection';
import type { ICell } from './events';
import { isMirrored } from './mirrors';

/** Milliseconds from a change to its report. */
const DELAY = 200;

/** Reports each change once; outputs when the cell has run. */
export class Reports implements IDisposable {
  constructor(
    private readonly _notebook: Notebook,
    private readonly _connection: Pick<Connection, 'send' | 'state' | 'stateChanged'>
  ) {
    _connection.stateChanged.connect(this._schedule, this);
    _notebook.modelChanged.connect(this._watchAll, this);
    this._watchAll();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** All cells as they are now; earlier changes need no report. */
  all(): ICell[] {
    this._texts.clear();
    this._outputs.clear();
    this._order = this._ids();
    return toCells(this._cells());
  }

  /** Reports now what was changed; without a connection, when it is there. */
  flush(): void {
    clearTimeout(this._timer);
    this._timer = undefined;
    if (this._connection.state !== 'open') {
      return;
    }
    const due = this._cells().filter(cell => this._isDue(cell.getId()));
    const order = this._ids();
    const moved = !ArrayExt.shallowEqual(order, this._order);
    if (due.length || moved) {
      const cells = toChangedCells(due, this._outputs);
      this._connection.send({ op: 'changed', cells, ...(moved && { order }) });
    }
    this._order = order;
    this._texts.clear();
    for (const cell of due) {
      this._outputs.delete(cell.getId());
    }
  }

  /** Makes a change that the server has asked for, and does not report it. */
  silently<T>(change: () => T): T {
    const told = ArrayExt.shallowEqual(this._ids(), this._order);
    this._silent = true;
    try {
      return change();
    } finally {
      this._silent = false;
      if (told) {
        this._order = this._ids();
      }
    }
  }

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._timer);
    Signal.clearData(this);
  }

  private _watchAll(): void {
    const cells = this._notebook.model?.cells;
    if (cells) {
      cells.changed.connect(this._onCells, this);
      for (const model of cells) {
        this._watch(model);
      }
    }
  }

  private _onCells(_: CellList, { type, newValues }: IObservableList.IChangedArgs<ICellModel>): void {
    for (const model of type === 'add' ? newValues : []) {
      this._watch(model);
      this._note(this._texts, model.id);
      this._note(this._outputs, model.id);
    }
    this._schedule();
  }

  private _watch(model: ICellModel): void {
    model.sharedModel.changed.connect(this._onText, this);
    if (model.type === 'code') {
      const { id } = model;
      const changed = (): void => {
        this._onOutputs(id);
      };
      (model as CodeCellModel).outputs.changed.connect(changed, this);
      model.stateChanged.connect((_, { name }) => {
        if (name !== 'isDirty') {
          changed();
        }
      }, this);
    }
  }

  private _onText(cell: ISharedCell, { sourceChange, metadataChange }: CellChange): void {
    if (sourceChange || metadataChange?.has('k2')) {
      this._note(this._texts, cell.getId());
    }
  }

  private _onOutputs(id: string): void {
    const cell = findCodeCell(this._notebook, id);
    if (cell && !isMirrored(cell)) {
      this._note(this._outputs, id);
    }
  }

  private _note(changed: Set<string>, id: string): void {
    if (!this._silent && !this._isDisposed) {
      changed.add(id);
      this._schedule();
    }
  }

  private _schedule(): void {
    if (!this._silent && !this._isDisposed) {
      this._timer ??= window.setTimeout(() => {
        this.flush();
      }, DELAY);
    }
  }

  private _isDue(id: string): boolean {
    return this._texts.has(id) || (this._outputs.has(id) && !this._isRunning(id));
  }

  private _isRunning(id: string): boolean {
    return findCodeCell(this._notebook, id)?.model.executionState === 'running';
  }

  private _cells(): readonly ISharedCell[] {
    return this._notebook.model?.sharedModel.cells ?? [];
  }

  private _ids(): string[] {
    return this._cells().map(cell => cell.getId());
  }

  private readonly _texts = new Set<string>();
  private readonly _outputs = new Set<string>();
  private _order: readonly string[] = [];
  private _timer: number | undefined;
  private _silent = false;
  private _isDisposed = false;
}
