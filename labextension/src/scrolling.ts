/** Keeps what the user looks at in place while cells above it are inserted and grow. */
import type { Cell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';

const ANCHORED = 'k2-mod-anchored';

/**
 * JupyterLab lets the browser anchor the scroll position to the active cell alone. Where that
 * cell is out of sight, the others become anchors too. A notebook that takes cells out of sight
 * out of the page ("full" windowing) gives the browser no anchors: it is scrolled by hand.
 */
export class ScrollAnchor implements IDisposable {
  constructor(private readonly _notebook: Notebook) {
    _notebook.outerNode.addEventListener('scroll', this._onScroll, { passive: true });
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Whether runs make cells grow now. */
  active = false;

  /** To be called before a change. Of those of one frame the first counts: nothing was seen between them. */
  update(): void {
    if (this._updated) {
      return;
    }
    this._updated = requestAnimationFrame(() => {
      this._updated = 0;
    });
    this._choose();
    const { notebookConfig, outerNode, widgets } = this._notebook;
    if (notebookConfig.windowingMode === 'full') {
      const kept = this._seen() ?? widgets.find(cell => isSeen(cell, outerNode));
      if (kept) {
        this._keep(kept, top(kept), outerNode.scrollTop);
      }
    } else if (outerNode.scrollTop === 0 && this._seen()) {
      outerNode.scrollTop = 1; // at the very top a browser anchors nothing
    }
  }

  dispose(): void {
    this._isDisposed = true;
    cancelAnimationFrame(this._frame);
    cancelAnimationFrame(this._updated);
    this._notebook.outerNode.removeEventListener('scroll', this._onScroll);
  }

  private _choose(): void {
    this._notebook.node.classList.toggle(ANCHORED, this._seen() === null);
  }

  /** The active cell where it is in sight. */
  private _seen(): Cell | null {
    const { activeCell, outerNode } = this._notebook;
    return activeCell && isSeen(activeCell, outerNode) ? activeCell : null;
  }

  /** Puts the cell back to where it was, when the notebook is laid out anew. */
  private _keep(cell: Cell, before: number, scrolled: number): void {
    requestAnimationFrame(() => {
      requestAnimationFrame(() => {
        const { outerNode } = this._notebook;
        if (cell.isAttached && outerNode.scrollTop === scrolled) {
          outerNode.scrollTop = scrolled + top(cell) - before;
        }
      });
    });
  }

  private readonly _onScroll = (): void => {
    if (this.active && !this._frame) {
      this._frame = requestAnimationFrame(() => {
        this._frame = 0;
        this._choose();
      });
    }
  };

  private _frame = 0;
  private _updated = 0;
  private _isDisposed = false;
}

function top(cell: Cell): number {
  return cell.node.getBoundingClientRect().top;
}

function isSeen(cell: Cell, within: HTMLElement): boolean {
  const { bottom, height, top } = cell.node.getBoundingClientRect();
  const view = within.getBoundingClientRect();
  return cell.isAttached && height > 0 && bottom > view.top && top < view.bottom;
}
