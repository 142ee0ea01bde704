import type { ISessionContext } from '@jupyterlab/apputils';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import { createContext, useCallback, useContext } from 'react';

import type { IConversation } from '../conversation';
import type { IWrittenCell } from '../records';
import type { IK2 } from '../tokens';
import type { Draft } from './draft';

/** What all components of the panel have at hand. */
export interface IPanel {
  k2: IK2;
  trans: TranslationBundle;
  /** Shows text of a model: see `markdown.tsx`. */
  rendermime: IRenderMimeRegistry;
  contents: Contents.IManager;
}

/** What cells are called, by their ids. */
export type CellNames = ReadonlyMap<string, string>;

/** A cell as it can be named in a request. */
export interface INamedCell {
  id: string;
  name: string;
  /** Its first line. */
  line: string;
}

/** What the components of one notebook's conversation have besides. */
export interface IShown {
  conversation: IConversation;
  draft: Draft;
  /** Scrolls the notebook to a cell; only ever after a click. */
  reveal: (cell: string) => void;
  cellNames: () => CellNames;
  cells: () => readonly INamedCell[];
  /** All of them as they are now, for who asks where they come from. */
  written: () => readonly IWrittenCell[];
  /** The whole notebook as it would be saved; null where it is closed. */
  notebook: () => INotebookContent | null;
  /** Whatever changed in the notebook, and names of cells with it; null where it is closed. */
  edited: ISignal<unknown, unknown> | null;
  /** The notebook's own session, which knows when its kernel is busy; null where it is closed. */
  session: ISessionContext | null;
}

export const PanelContext = createContext<IPanel | null>(null);
export const ShownContext = createContext<IShown | null>(null);
/** Another map once a cell has another name. */
export const NamesContext = createContext<CellNames>(new Map());
/** Whether K2 waits for the user's answer. */
export const WaitsContext = createContext(false);

export function usePanel(): IPanel {
  return required(useContext(PanelContext));
}

export function useShown(): IShown {
  return required(useContext(ShownContext));
}

/** "cell 7", or "" where the cell is gone. What uses it is drawn again when a name changes. */
export function useCellName(): (cell: string) => string {
  const names = useContext(NamesContext);
  return useCallback((cell: string) => names.get(cell) ?? '', [names]);
}

/** Whether K2 waits for the user's answer. */
export function useWaits(): boolean {
  return useContext(WaitsContext);
}

function required<T>(value: T | null): T {
  if (value === null) {
    throw new Error('A component of the panel stands outside of the panel.');
  }
  return value;
}
