/** Saves a notebook without ever asking the user anything. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';

type Context = NotebookPanel['context'];
interface IKnowing {
  _updateContentsModel(model: Contents.IModel): void;
}
type Version = Pick<Contents.IModel, 'hash' | 'last_modified'>;

export class QuietSave {
  constructor(
    private readonly _context: Context,
    private readonly _contents: Contents.IManager
  ) {
    _context.saveState.connect((_, state) => {
      this._saving = state === 'started' ? this._ended() : null;
    });
  }

  /** Hash of the file as this page has it; "" where that is not known. */
  get version(): string {
    return this._context.contentsModel?.hash ?? '';
  }

  /**
   * Why it was not saved, in words for people; "" where it was. The version of the file with
   * the hash `over` is the server's own, with what this page is about to show as well.
   */
  async save(over = ''): Promise<string> {
    const context = this._context;
    await context.ready;
    await this._saving;
    try {
      const why = await this._hindrance(over);
      if (!why) {
        await context.save();
      }
      return why;
    } catch (error) {
      console.error('K2 could not save the notebook.', error);
      return String(error);
    }
  }

  /** JupyterLab's own save would open a dialog in each of these cases. */
  private async _hindrance(over: string): Promise<string> {
    const { contentsModel, model, path } = this._context;
    if (model.readOnly || !this._context.canSave) {
      return model.collaborative ? 'The server saves this notebook.' : 'The notebook is read-only.';
    }
    const onDisk = await this._contents.get(path, { content: false, hash: true });
    if (!isSame(contentsModel, onDisk) && over && onDisk.hash === over) {
      // JupyterLab has no public way to say that another version of the file is known.
      (this._context as unknown as IKnowing)._updateContentsModel(onDisk);
      return '';
    }
    return isSame(contentsModel, onDisk) ? '' : 'The notebook was changed on disk.';
  }

  private _ended(): Promise<void> {
    return new Promise(resolve => {
      const heard = (_: unknown, state: string): void => {
        if (state !== 'started') {
          this._context.saveState.disconnect(heard);
          resolve();
        }
      };
      this._context.saveState.connect(heard);
    });
  }

  private _saving: Promise<void> | null = null;
}

/** As JupyterLab compares them. */
function isSame(opened: Partial<Version> | null, onDisk: Version): boolean {
  if (opened?.hash && onDisk.hash) {
    return opened.hash === onDisk.hash;
  }
  const before = opened?.last_modified;
  return !before || Date.parse(onDisk.last_modified) - Date.parse(before) <= 500;
}
