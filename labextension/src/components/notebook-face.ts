/** What the panel reads of a notebook, and the one thing it does to it: scroll to a cell. */
import type { ICellModel, ICodeCellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { k2Of } from '../cells';
import type { IWrittenCell } from '../records';
import type { INamedCell } from './context';

/** How long (ms) a cell that was gone to stands out. */
const FLASH = 1500;

export function cells({ content }: NotebookPanel, trans: TranslationBundle): INamedCell[] {
  return [...(content.model?.cells ?? [])].map((cell, place) => ({
    id: cell.id,
    name: nameOf(cell, place, trans),
    line: cell.sharedModel.source.trim().split('\n', 1)[0] ?? ''
  }));
}

/** Without outputs: who wrote a cell is told by its source and by what is known of it. */
export function written({ content }: NotebookPanel): IWrittenCell[] {
  return [...(content.model?.cells ?? [])].map(({ id, type, sharedModel }) => ({
    id,
    cell_type: type,
    source: sharedModel.getSource(),
    metadata: { k2: k2Of(sharedModel) ?? {} }
  }));
}

/** `cell [4]` where it was run, else `cell 7` by its place; "" where it is not there. */
export function cellName({ content }: NotebookPanel, id: string, trans: TranslationBundle): string {
  const all = [...(content.model?.cells ?? [])];
  const place = all.findIndex(cell => cell.id === id);
  const cell = all[place];
  return cell ? nameOf(cell, place, trans) : '';
}

/** Scrolls to the cell and lets it stand out for a moment. The active cell stays the active one. */
export async function reveal({ content }: NotebookPanel, id: string): Promise<void> {
  const place = content.widgets.findIndex(widget => widget.model.id === id);
  if (place < 0) {
    return;
  }
  await content.scrollToItem(place, 'smart');
  const node = content.widgets[place]?.node;
  node?.classList.add('k2-mod-shown');
  setTimeout(() => node?.classList.remove('k2-mod-shown'), FLASH);
}

function nameOf(cell: ICellModel, place: number, trans: TranslationBundle): string {
  const count = cell.type === 'code' ? (cell as ICodeCellModel).executionCount : null;
  return count ? trans.__('cell [%1]', count) : trans.__('cell %1', place + 1);
}
