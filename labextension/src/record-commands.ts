/** Export, history and provenance in the command palette and the File menu. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import { showErrorMessage } from '@jupyterlab/apputils';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { CodeView } from './export';
import type { IK2 } from './tokens';
import type { ViewName } from './views';

export namespace RecordCommandIDs {
  export const exportHtml = 'k2:export-html';
  export const exportHtmlNoCode = 'k2:export-html-no-code';
  export const exportHtmlVerified = 'k2:export-html-verified';
  export const history = 'k2:history';
  export const provenance = 'k2:provenance';
}

export class RecordCommands {
  constructor(
    private readonly _app: JupyterFrontEnd,
    private readonly _k2: IK2,
    private readonly _tracker: INotebookTracker,
    private readonly _trans: TranslationBundle
  ) {}

  /** Adds all of them, and to the palette where there is one. */
  add(palette: ICommandPalette | null): void {
    for (const [id, options] of Object.entries(this._all())) {
      this._app.commands.addCommand(id, {
        ...options,
        isEnabled: () => Boolean(this._tracker.currentWidget?.content.model)
      });
      palette?.addItem({ command: id, category: this._trans.__('K2') });
    }
  }

  private _all(): Record<string, CommandRegistry.ICommandOptions> {
    const trans = this._trans;
    return {
      [RecordCommandIDs.exportHtml]: {
        label: trans.__('Export as HTML, Code Folded'),
        execute: () => this._export('fold')
      },
      [RecordCommandIDs.exportHtmlNoCode]: {
        label: trans.__('Export as HTML, Without Code'),
        execute: () => this._export('hide')
      },
      [RecordCommandIDs.exportHtmlVerified]: {
        label: trans.__('Run Again and Export as HTML…'),
        execute: () => {
          this._k2.exporter.preset = { code: 'fold', verify: true };
          this._show('export');
        }
      },
      [RecordCommandIDs.history]: {
        label: trans.__('History of This Notebook'),
        execute: () => {
          this._show('history');
        }
      },
      [RecordCommandIDs.provenance]: {
        label: trans.__('Who Wrote Which Cell'),
        execute: () => {
          this._show('provenance');
        }
      }
    };
  }

  private _show(view: ViewName): void {
    this._k2.views.show(view);
    this._app.shell.activateById('k2-panel');
  }

  private async _export(code: CodeView): Promise<void> {
    const { exporter } = this._k2;
    const panel = this._tracker.currentWidget;
    const notebook = panel?.content.model?.toJSON() as INotebookContent | undefined;
    if (!panel || !notebook) {
      return;
    }
    const title = this._trans.__('The notebook was not exported');
    if (exporter.state.running) {
      await showErrorMessage(title, this._trans.__('Another export is still running.'));
      return;
    }
    await exporter.export(panel.context.localPath, notebook, { code, verify: false });
    if (exporter.state.problem) {
      await showErrorMessage(title, exporter.state.problem);
    }
  }
}
