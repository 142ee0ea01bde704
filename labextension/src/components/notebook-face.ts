/** What the panel reads of a notebook, and the one thing it does to it: scroll to a cell. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { k2Of } from '../cells';
import type { IWrittenCell } from '../records';
import type { CellNames, INamedCell } from './context';

/** How long (ms) a cell that was gone to stands out. */
const FLASH = 1500;

export function cells({ content }: NotebookPanel, trans: TranslationBundle): INamedCell[] {
  return [...(content.model?.cells ?? [])].map(({ id, sharedModel }, place) => ({
    id,
    name: nameOf(place, trans),
    line: sharedModel.getSource().trim().split('\n', 1)[0] ?? ''
  }));
}

/** What the cells are called, by their ids. */
export function cellNames({ content }: NotebookPanel, trans: TranslationBundle): CellNames {
  const all = content.model?.sharedModel.cells ?? [];
  return new Map(all.map((cell, place) => [cell.getId(), nameOf(place, trans)]));
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

/** By its place, as exported pages do: a count is not of each cell, nor of one alone. */
function nameOf(place: number, trans: TranslationBundle): string {
  return trans.__('cell %1', place + 1);
}
