import type { ReactElement, ReactNode } from 'react';

import type { CellNames } from './context';
import { NamesContext, useShown } from './context';
import { useLatest } from './hooks';

/** Reads the names of all cells once for each change, for all that is drawn in it. */
export function Names({ children }: { children: ReactNode }): ReactElement {
  const { cellNames, edited } = useShown();
  const names = useLatest(edited, cellNames, isSame);
  return <NamesContext.Provider value={names}>{children}</NamesContext.Provider>;
}

function isSame(one: CellNames, other: CellNames): boolean {
  return one.size === other.size && [...one].every(([id, name]) => other.get(id) === name);
}
