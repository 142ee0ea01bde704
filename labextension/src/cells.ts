/** Cells of an open notebook, as they go over the wire. */
import type { ISharedCell, ISharedCodeCell } from '@jupyter/ydoc';
import { CodeCell, type Cell, type ICellModel } from '@jupyterlab/cells';
import type { ICell as IRawCell, IOutput } from '@jupyterlab/nbformat';
import type { Notebook } from '@jupyterlab/notebook';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

import type { ICell, IChangedCell } from './events';
import { bounded, CELL_LIMIT } from './outputs';

/** Characters of JSON of all outputs in one message, below what a server takes at once. */
const OUTPUTS_LIMIT = 4_000_000;

/** What stands in a cell's metadata under `k2`; anybody can write there. */
export type K2Metadata = Readonly<Record<string, unknown>>;

/** Names a version of a source: the first 12 hex digits of the SHA-256 of its UTF-8. */
export function sourceHash(source: string): string {
  // `crypto.subtle` is missing where the server is reached by plain HTTP.
  return bytesToHex(sha256(utf8ToBytes(source))).slice(0, 12);
}

export function k2Of(cell: ISharedCell): K2Metadata | null {
  const k2: unknown = cell.getMetadata('k2');
  return typeof k2 === 'object' && k2 !== null ? (k2 as K2Metadata) : null;
}

export function findCell(notebook: Notebook, id: string): Cell | null {
  // A cell that is being disposed of has no model any more, and its outputs end their runs then.
  const idOf = (cell: Cell) => (cell.model as ICellModel | null)?.id;
  return notebook.widgets.find(cell => idOf(cell) === id) ?? null;
}

export function findCodeCell(notebook: Notebook, id: string): CodeCell | null {
  const cell = findCell(notebook, id);
  return cell instanceof CodeCell ? cell : null;
}

/** For the wire; together the outputs stay within one message. */
export function toCells(cells: readonly ISharedCell[]): ICell[] {
  const outputsOf = outputsWithin(OUTPUTS_LIMIT);
  return cells.map(cell => ({ ...withoutOutputs(cell), outputs: outputsOf(cell) }));
}

/** The same, but outputs only of the cells whose ids are in `shown`. */
export function toChangedCells(
  cells: readonly ISharedCell[],
  shown: ReadonlySet<string>
): IChangedCell[] {
  const outputsOf = outputsWithin(OUTPUTS_LIMIT);
  return cells.map(cell => ({
    ...withoutOutputs(cell),
    ...(shown.has(cell.getId()) && { outputs: outputsOf(cell) })
  }));
}

function withoutOutputs(cell: ISharedCell): IChangedCell {
  const k2 = k2Of(cell);
  return {
    id: cell.getId(),
    kind: cell.cell_type as ICell['kind'],
    source: cell.getSource(),
    metadata: k2 ? { k2 } : {},
    count: isCode(cell) ? cell.execution_count : null
  };
}

function outputsWithin(limit: number): (cell: ISharedCell) => IOutput[] {
  let left = limit;
  return cell => {
    const { outputs, size } = bounded(
      isCode(cell) ? cell.getOutputs() : [],
      left > 0 ? CELL_LIMIT : 0
    );
    left -= size;
    return outputs;
  };
}

function isCode(cell: ISharedCell): cell is ISharedCodeCell {
  return cell.cell_type === 'code';
}

/** For the shared model of a notebook. */
export function fromCell({ id, kind, source, metadata, attachments }: ICell): IRawCell {
  const raw = { cell_type: kind, id, source, metadata: { ...metadata } as IRawCell['metadata'] };
  // It has no outputs yet, so there is nothing that would need trust.
  return kind === 'code'
    ? { ...raw, metadata: { ...raw.metadata, trusted: true }, execution_count: null, outputs: [] }
    : { ...raw, ...(attachments && { attachments }) };
}

/** Sets a source by its smallest change, so that a cursor in the cell stays where it was. */
export function setSource(cell: ISharedCell, source: string): void {
  const before = cell.getSource();
  const shorter = Math.min(before.length, source.length);
  let start = 0;
  while (start < shorter && before[start] === source[start]) {
    start++;
  }
  let tail = 0;
  while (tail < shorter - start && before.at(-1 - tail) === source.at(-1 - tail)) {
    tail++;
  }
  if (before !== source) {
    cell.updateSource(start, before.length - tail, source.slice(start, source.length - tail));
  }
}
