import type { ISessionContext } from '@jupyterlab/apputils';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import { createContext, useContext } from 'react';

import type { IWrittenCell } from '../records';
import type { IConversation, IK2 } from '../tokens';
import type { Draft } from './draft';

/** What all components of the panel have at hand. */
export interface IPanel {
  k2: IK2;
  trans: TranslationBundle;
  /** Shows text of a model: see `markdown.tsx`. */
  rendermime: IRenderMimeRegistry;
  contents: Contents.IManager;
}

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
  /** `[4]` where the cell was run, else "cell 7" by its place; "" where it is gone. */
  cellName: (cell: string) => string;
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
/** Another text once a cell has another name. */
export const NamesContext = createContext('');
/** Whether K2 waits for the user's answer. */
export const WaitsContext = createContext(false);

export function usePanel(): IPanel {
  return required(useContext(PanelContext));
}

export function useShown(): IShown {
  return required(useContext(ShownContext));
}

/** Names of cells as they are now: what uses it is drawn again when one changes. */
export function useCellName(): IShown['cellName'] {
  useContext(NamesContext);
  return useShown().cellName;
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
