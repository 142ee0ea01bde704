/** Changes of single cells, one step each in what the user can undo. */
import type { ISharedCell } from '@jupyter/ydoc';
import { NotebookActions, type Notebook } from '@jupyterlab/notebook';
import type { JSONObject } from '@lumino/coreutils';

import { findCell, findCodeCell, fromCell, setSource, sourceHash } from './cells';
import type { DoOf, ToServer } from './events';

/** How an instruction ended; `current` is the source where it was not the expected one. */
export type Outcome = Omit<Extract<ToServer, { op: 'done' }>, 'op' | 'id'>;

export const DONE: Outcome = { ok: true };

interface IUndo {
  stopCapturing(): void;
}

/** Inserts a cell behind another one, at the end where that is missing. */
export function insertCell(notebook: Notebook, { cell, after }: DoOf<'insert'>): Outcome {
  const shared = notebook.model?.sharedModel;
  if (shared && !findCell(notebook, cell.id)) {
    const ids = shared.cells.map(one => one.getId());
    const before = after === null ? -1 : ids.indexOf(after);
    const index = after !== null && before < 0 ? ids.length : before + 1;
    alone(shared, () => shared.insertCell(index, fromCell(cell)));
  }
  return shared ? DONE : { ok: false, why: 'The notebook was closed.' };
}

/**
 * Changes a source where it is the expected one; the outputs of the old one go. A cursor in the
 * cell stays where it is.
 */
export function replaceCell(notebook: Notebook, instruction: DoOf<'replace'>): Outcome {
  return edited(notebook, instruction, 'editable', cell => {
    alone(cell, () => {
      setSource(cell, instruction.source);
    });
    for (const [key, value] of Object.entries(instruction.metadata)) {
      cell.setMetadata(key, value as JSONObject);
    }
    const widget = findCodeCell(notebook, instruction.cell);
    if (widget && widget.model.executionState !== 'running') {
      widget.model.clearExecution();
    }
  });
}

/** Takes a cell away where its source is the expected one. */
export function deleteCell(notebook: Notebook, instruction: DoOf<'delete'>): Outcome {
  const widget = findCell(notebook, instruction.cell);
  if (widget?.node.contains(document.activeElement) && notebook.mode === 'edit') {
    const current = widget.model.sharedModel.getSource();
    return { ok: false, current, why: 'The user is editing the cell.' };
  }
  const focused = widget?.node.contains(document.activeElement);
  const lost = widget ? besides(widget.model.sharedModel) : {};
  const outcome = edited(notebook, instruction, 'deletable', cell => {
    const shared = notebook.model?.sharedModel;
    const index = shared?.cells.indexOf(cell) ?? -1;
    if (shared && index >= 0) {
      alone(shared, () => {
        shared.deleteCell(index);
      });
    }
  });
  if (outcome.ok && focused) {
    // Its keys would go to the page: they belong to the cell that is selected now.
    void NotebookActions.focusActiveCell(notebook, { preventScroll: true });
  }
  return outcome.ok ? { ...outcome, ...lost } : outcome;
}

/**
 * What the server does not know of a cell: its pictures, and metadata that neither K2 nor
 * JupyterLab by itself has put there, tags for example.
 */
function besides(cell: ISharedCell): Pick<Outcome, 'was' | 'attachments'> {
  const all = Object.entries(cell.getMetadata() as object);
  const others = all.filter(([name]) => name !== 'k2' && name !== 'trusted');
  const attachments = 'getAttachments' in cell ? cell.getAttachments() : undefined;
  return {
    ...(others.length > 0 && { was: Object.fromEntries(others) }),
    ...(attachments && Object.keys(attachments).length > 0 && { attachments })
  };
}

/** `lock`: the metadata by which a user protects a cell. */
function edited(
  notebook: Notebook,
  { cell: id, seen }: { cell: string; seen: string },
  lock: 'editable' | 'deletable',
  edit: (cell: ISharedCell) => void
): Outcome {
  const cell = findCell(notebook, id)?.model.sharedModel;
  if (!cell) {
    return { ok: false, why: 'The cell is not in the notebook any more.' };
  }
  const current = cell.getSource();
  if (cell.getMetadata(lock) === false) {
    return { ok: false, current, why: `The user has protected the cell ("${lock}": false).` };
  }
  if (sourceHash(current) !== seen) {
    return { ok: false, current, why: 'The cell was changed meanwhile.' };
  }
  edit(cell);
  return DONE;
}

/** Keeps a change apart from what the user does before and after it. */
function alone(shared: object, change: () => void): void {
  const undo = (shared as { undoManager?: IUndo | null }).undoManager;
  undo?.stopCapturing();
  change();
  undo?.stopCapturing();
}
