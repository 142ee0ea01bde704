/** What the journals say of one cell: which request made it, and what that cost. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { written } from './components/notebook-face';
import { authorWords, originWords } from './components/provenance';
import type { IK2 } from './tokens';

/** Lines for a tooltip; "" where nothing is known, or the server does not say. */
export async function originTold(
  k2: IK2,
  panel: NotebookPanel,
  id: string,
  trans: TranslationBundle
): Promise<string> {
  const cells = written(panel).filter(cell => cell.id === id);
  const [origin] = await k2.records.origins(panel.context.localPath, cells).catch(() => []);
  if (!origin || origin.by === 'user') {
    return '';
  }
  return [
    trans.__('Written by: %1', authorWords(origin, trans)),
    origin.request && trans.__('For: %1', origin.request),
    originWords(origin, trans)
  ]
    .filter(Boolean)
    .join('\n');
}
