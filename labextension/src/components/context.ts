import type { ISessionContext } from '@jupyterlab/apputils';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { createContext, useContext } from 'react';

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
  /** The notebook's own session, which knows when its kernel is busy; null where it is closed. */
  session: ISessionContext | null;
}

export const PanelContext = createContext<IPanel | null>(null);
export const ShownContext = createContext<IShown | null>(null);

export function usePanel(): IPanel {
  return required(useContext(PanelContext));
}

export function useShown(): IShown {
  return required(useContext(ShownContext));
}

function required<T>(value: T | null): T {
  if (value === null) {
    throw new Error('A component of the panel stands outside of the panel.');
  }
  return value;
}
