/** Keeps what the user looks at in place while cells above it are inserted and grow. */
import type { Notebook } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';

const ANCHORED = 'k2-mod-anchored';

/**
 * JupyterLab lets the browser anchor the scroll position to the active cell alone. Where that
 * cell is out of sight, the others become anchors too.
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

  /** To be called before a change. */
  update(): void {
    const { activeCell, node, outerNode } = this._notebook;
    node.classList.toggle(ANCHORED, !activeCell || !isSeen(activeCell.node, outerNode));
  }

  dispose(): void {
    this._isDisposed = true;
    this._notebook.outerNode.removeEventListener('scroll', this._onScroll);
    this._notebook.node.classList.remove(ANCHORED);
  }

  private readonly _onScroll = (): void => {
    if (this.active && !this._frame) {
      this._frame = requestAnimationFrame(() => {
        this._frame = 0;
        this.update();
      });
    }
  };

  private _frame = 0;
  private _isDisposed = false;
}

function isSeen(node: HTMLElement, within: HTMLElement): boolean {
  const cell = node.getBoundingClientRect();
  const view = within.getBoundingClientRect();
  return cell.height > 0 && cell.bottom > view.top && cell.top < view.bottom;
}
