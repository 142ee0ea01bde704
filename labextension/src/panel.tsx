import type { INotebookContent } from '@jupyterlab/nbformat';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Contents } from '@jupyterlab/services';
import type { ITranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { ReactElement } from 'react';

import type { CellNames, IPanel } from './components/context';
import { k2Icon } from './components/icons';
import { cellNames, cells, reveal, written } from './components/notebook-face';
import type { NotebookFace } from './components/root';
import { Root } from './components/root';
import { restricted } from './components/sanitizing';
import type { IConversation } from './conversation';
import type { IK2 } from './tokens';

const NAMELESS: CellNames = new Map();

export interface IK2PanelOptions {
  k2: IK2;
  tracker: INotebookTracker;
  rendermime: IRenderMimeRegistry;
  contents: Contents.IManager;
  translator: ITranslator;
  /** Brings a main area widget to the front. */
  activate: (id: string) => void;
}

/** The sidebar. Shows the conversation of the notebook that was used last. */
export class K2Panel extends ReactWidget {
  constructor(private readonly _options: IK2PanelOptions) {
    super();
    const { k2, contents, rendermime, translator } = _options;
    const trans = translator.load('k2_jupyter');
    this._panel = { k2, trans, contents, rendermime: restricted(rendermime) };
    this.id = 'k2-panel';
    this.addClass('k2-Panel');
    this.title.icon = k2Icon;
    this.title.caption = trans.__('K2');
    this.node.setAttribute('role', 'complementary');
    this.node.setAttribute('aria-label', trans.__('K2'));
  }

  protected override render(): ReactElement {
    return <Root panel={this._panel} face={this._face} />;
  }

  /** Opened by a command or its tab: the next thing is to type. */
  protected override onActivateRequest(): void {
    this.node.querySelector('textarea')?.focus();
  }

  private readonly _face = (conversation: IConversation): NotebookFace => {
    const { k2, tracker } = this._options;
    // Not by its path, which a rename changes.
    const find = () => tracker.find(notebook => k2.conversation(notebook) === conversation);
    const { trans } = this._panel;
    return {
      session: find()?.sessionContext ?? null,
      edited: find()?.content.model?.contentChanged ?? null,
      cells: () => withNotebook(find(), notebook => cells(notebook, trans), []),
      written: () => withNotebook(find(), written, []),
      notebook: () => withNotebook(find(), notebookOf, null),
      cellNames: () => withNotebook(find(), notebook => cellNames(notebook, trans), NAMELESS),
      reveal: id => {
        const notebook = find();
        if (notebook) {
          // One that is in sight already would only take the focus.
          if (!notebook.isVisible) {
            this._options.activate(notebook.id);
          }
          void reveal(notebook, id);
        }
      }
    };
  };

  private readonly _panel: IPanel;
}

function notebookOf({ content }: NotebookPanel): INotebookContent | null {
  return content.model ? (content.model.toJSON() as INotebookContent) : null;
}

function withNotebook<T>(
  notebook: NotebookPanel | undefined,
  read: (notebook: NotebookPanel) => T,
  otherwise: T
): T {
  return notebook ? read(notebook) : otherwise;
}
