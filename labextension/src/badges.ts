/** A discreet line above each cell that K2 wrote: model, step, time, whether it was edited since. */
import type { CellChange } from '@jupyter/ydoc';
import type { Cell, ICellModel } from '@jupyterlab/cells';
import type { CellList, Notebook } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { findCell, k2Of, sourceHash, type K2Metadata } from './cells';

const BADGED = 'k2-mod-badged';
const BADGE = 'k2-Badge';
/** Characters of anything in a badge: its metadata may be anybody's. */
const LONGEST = 60;

export class Badges implements IDisposable {
  constructor(
    private readonly _notebook: Notebook,
    private readonly _trans: TranslationBundle,
    /** What is known of a cell besides its metadata, in lines; asked for when it is pointed at. */
    private readonly _told: (id: string) => Promise<string> = () => Promise.resolve('')
  ) {
    _notebook.modelChanged.connect(this._onModel, this);
    _notebook.disposed.connect(this.dispose, this);
    this._onModel();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    cancelAnimationFrame(this._frame);
    Signal.clearData(this);
  }

  private _onModel(): void {
    const cells = this._notebook.model?.cells;
    if (cells) {
      cells.changed.connect(this._onCells, this);
      this._watch([...cells]);
    }
  }

  private _onCells(_: CellList, { type, newValues }: { type: string; newValues: ICellModel[] }): void {
    if (type === 'add') {
      this._watch(newValues);
    }
  }

  private _watch(models: Iterable<ICellModel>): void {
    for (const model of models) {
      const changed = (): void => {
        this._schedule(model.id);
      };
      model.sharedModel.changed.connect((_, { sourceChange, metadataChange }: CellChange) => {
        if (sourceChange || metadataChange) {
          changed();
        }
      }, this);
      model.stateChanged.connect((_, { name }) => {
        if (name === 'trusted') {
          changed();
        }
      }, this);
      changed();
    }
  }

  private _schedule(id: string): void {
    this._due.add(id);
    this._frame ||= requestAnimationFrame(() => {
      this._frame = 0;
      const due = [...this._due];
      this._due.clear();
      due.forEach(this._draw);
    });
  }

  private readonly _draw = (id: string): void => {
    const cell = findCell(this._notebook, id);
    const k2 = cell && k2Of(cell.model.sharedModel);
    if (!cell || (!k2 && !cell.node.querySelector(`.${BADGE}`))) {
      return;
    }
    // Cells that were never in sight have no header yet.
    void cell.ready.then(() => {
      if (!cell.isDisposed && !this._isDisposed) {
        this._put(cell, k2?.author === 'agent' ? k2 : null);
      }
    });
  };

  private _put(cell: Cell, k2: K2Metadata | null): void {
    const header = cell.node.querySelector('.jp-CellHeader');
    if (!header) {
      return;
    }
    header.classList.toggle(BADGED, k2 !== null);
    header.querySelector(`.${BADGE}`)?.remove();
    if (k2) {
      header.append(this._badge(cell.model, k2));
    }
  }

  private _badge(model: ICellModel, k2: K2Metadata): HTMLElement {
    const edited = k2.hash !== sourceHash(model.sharedModel.getSource());
    const node = document.createElement('div');
    node.className = BADGE;
    node.setAttribute('role', 'note');
    node.append(part('k2-Badge-facts', this._facts(k2)));
    if (edited) {
      node.append(part('k2-Badge-edited', this._trans.__('edited by you')));
    }
    node.title = this._title(model, k2);
    node.addEventListener('mouseenter', () => void this._tell(model, k2, node), { once: true });
    node.setAttribute('aria-label', this._spoken(k2, edited));
    return node;
  }

  private async _tell(model: ICellModel, k2: K2Metadata, node: HTMLElement): Promise<void> {
    const told = await this._told(model.id);
    node.title = [this._title(model, k2), told].filter(Boolean).join('\n');
  }

  private _facts(k2: K2Metadata): string {
    const step = typeof k2.step === 'number' ? this._trans.__('step %1', k2.step) : '';
    return ['K2', step, words(k2.model), timeOf(k2.time)].filter(Boolean).join(' · ');
  }

  private _spoken(k2: K2Metadata, edited: boolean): string {
    const facts = this._facts(k2).split(' · ').slice(1).join(', ');
    const written = this._trans.__('Written by K2: %1', facts);
    return edited ? `${written}. ${this._trans.__('Edited by you since.')}` : written;
  }

  private _title(model: ICellModel, k2: K2Metadata): string {
    const purpose = words(k2.purpose);
    return [
      purpose && this._trans.__('Purpose: %1', purpose),
      dateOf(k2.time),
      model.type === 'code' &&
        !model.trusted &&
        this._trans.__(
          'These outputs were filled in later: like those of a file, they are not trusted. Run the cell, or trust the notebook.'
        )
    ]
      .filter(Boolean)
      .join('\n');
  }

  private readonly _due = new Set<string>();
  private _frame = 0;
  private _isDisposed = false;
}

function part(name: string, text: string): HTMLElement {
  const node = document.createElement('span');
  node.className = name;
  node.textContent = text;
  return node;
}

function words(value: unknown): string {
  const text = typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : '';
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function dateOf(value: unknown): string {
  const date = new Date(typeof value === 'string' ? value : NaN);
  return isNaN(date.valueOf()) ? '' : date.toLocaleString();
}

function timeOf(value: unknown): string {
  const date = new Date(typeof value === 'string' ? value : NaN);
  if (isNaN(date.valueOf())) {
    return '';
  }
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const today = date.toDateString() === new Date().toDateString();
  return today ? time : `${date.toLocaleDateString()} ${time}`;
}
