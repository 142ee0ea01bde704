/** What can be done with K2 from the command palette, menus, toolbars and shortcuts. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import { CodeCell, type Cell } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { draftOf } from './components/draft';
import { k2Icon } from './components/icons';
import type { IConversation, ITurn } from './conversation';
import type { Attached, Mode } from './events';
import type { IK2 } from './tokens';
import { hasFailed } from './toolbar';

export namespace CommandIDs {
  export const open = 'k2:open';
  export const ask = 'k2:ask';
  export const stop = 'k2:stop';
  export const undoTurn = 'k2:undo-turn';
  export const fix = 'k2:fix';
  export const explain = 'k2:explain';
  export const attachCell = 'k2:attach-cell';
  export const attachSelection = 'k2:attach-selection';
}

/** A cell of the current notebook, and the conversation that it belongs to. */
interface ITarget {
  conversation: IConversation;
  panel: NotebookPanel;
  cell: Cell;
}

export class Commands {
  constructor(
    private readonly _app: JupyterFrontEnd,
    private readonly _k2: IK2,
    private readonly _tracker: INotebookTracker,
    private readonly _trans: TranslationBundle
  ) {}

  /** Adds all of them, and to the palette where there is one. */
  add(palette: ICommandPalette | null): void {
    for (const [id, options] of Object.entries(this._all())) {
      this._app.commands.addCommand(id, options);
      palette?.addItem({ command: id, category: this._trans.__('K2') });
    }
  }

  private _all(): Record<string, CommandRegistry.ICommandOptions> {
    const trans = this._trans;
    return {
      [CommandIDs.open]: {
        label: trans.__('Open the K2 Panel'),
        icon: k2Icon,
        execute: () => {
          this._open();
        }
      },
      [CommandIDs.ask]: {
        label: trans.__('Ask K2…'),
        caption: trans.__('Argument: request, to send it at once'),
        icon: k2Icon,
        isEnabled: () => this._k2.current !== null,
        execute: ({ request }) => this._ask(request)
      },
      [CommandIDs.stop]: {
        label: trans.__('Stop K2'),
        isEnabled: () => this._k2.current?.isRunning ?? false,
        execute: () => this._k2.current?.stop()
      },
      [CommandIDs.undoTurn]: {
        label: trans.__('Undo the Last Turn of K2'),
        isEnabled: () => undoable(this._k2.current) !== null,
        execute: () => {
          const turn = undoable(this._k2.current);
          if (turn) {
            this._open();
            this._k2.current?.undo(turn.turn);
          }
        }
      },
      [CommandIDs.fix]: {
        ...this._aboutCell(trans.__('Fix with K2'), target => {
          this._askAbout(target, 'fix');
        }),
        isEnabled: args => {
          const cell = this._target(args)?.cell;
          return cell instanceof CodeCell && hasFailed(cell);
        }
      },
      [CommandIDs.explain]: this._aboutCell(trans.__('Explain with K2'), target => {
        this._askAbout(target, 'explain');
      }),
      [CommandIDs.attachCell]: this._aboutCell(trans.__('Attach Cell to K2'), target => {
        this._attach(target, { kind: 'cell', cell: target.cell.model.id });
      }),
      [CommandIDs.attachSelection]: {
        ...this._aboutCell(trans.__('Attach Selection to K2'), target => {
          const text = selectedText(target.cell);
          if (text) {
            this._attach(target, { kind: 'selection', cell: target.cell.model.id, text });
          }
        }),
        isEnabled: args => selectedText(this._target(args)?.cell) !== ''
      }
    };
  }

  /** A command about the active cell, or the one that its argument `cell` names. */
  private _aboutCell(
    label: string,
    act: (target: ITarget) => void
  ): CommandRegistry.ICommandOptions {
    return {
      label,
      caption: this._trans.__('Argument: cell, the id of another than the active one'),
      isEnabled: args => this._target(args) !== null,
      execute: args => {
        const target = this._target(args);
        if (target) {
          act(target);
        }
      }
    };
  }

  private _target({ cell: id }: ReadonlyPartialJSONObject): ITarget | null {
    const panel = this._tracker.currentWidget;
    const conversation = panel && this._k2.conversation(panel);
    const cell =
      typeof id === 'string'
        ? panel?.content.widgets.find(widget => widget.model.id === id)
        : panel?.content.activeCell;
    return panel && conversation && cell ? { conversation, panel, cell } : null;
  }

  private _open(): void {
    this._k2.views.show('conversation');
    this._app.shell.activateById('k2-panel');
  }

  private _ask(request: unknown): string | undefined {
    const conversation = this._k2.current;
    if (!conversation) {
      return undefined;
    }
    this._open();
    if (typeof request === 'string' && request.trim()) {
      return conversation.ask({ request });
    }
    const draft = draftOf(conversation);
    // A panel that was closed is drawn first, and the palette gives the focus back to the notebook.
    requestAnimationFrame(() => {
      setTimeout(() => {
        draft.offer(draft.value.text, draft.value.mode);
      });
    });
    return undefined;
  }

  private _askAbout({ conversation, cell }: ITarget, mode: Mode): void {
    this._open();
    conversation.ask({ request: '', mode, cell: cell.model.id });
  }

  private _attach({ conversation }: ITarget, attached: Attached): void {
    this._open();
    draftOf(conversation).attach(attached);
  }
}

/** The newest turn that changed cells and is not undone. */
function undoable(conversation: IConversation | null): ITurn | null {
  const turns = conversation && !conversation.isRunning ? conversation.state.turns : [];
  return turns.filter(turn => turn.undo && !turn.undo.undone).at(-1) ?? null;
}

function selectedText(cell: Cell | undefined): string {
  const editor = cell?.editor;
  if (!editor) {
    return '';
  }
  const { start, end } = editor.getSelection();
  const [from, to] = [editor.getOffsetAt(start), editor.getOffsetAt(end)];
  const source = editor.model.sharedModel.getSource();
  return source.slice(Math.min(from, to), Math.max(from, to));
}
