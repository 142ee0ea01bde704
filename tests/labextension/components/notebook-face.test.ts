import type { NotebookPanel } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';

import { cellNames, cells } from '../../../labextension/src/components/notebook-face';
import { codeCell, notebookOf } from '../notebooks';

test('cells are called by their places, whether they were run or not', () => {
  const content = notebookOf('a', 'b\nmore', 'c');
  const panel = { content } as NotebookPanel;
  const trans = nullTranslator.load('k2_jupyter');
  codeCell(content, 'b\nmore').model.executionCount = 3;
  content.model?.sharedModel.deleteCell(0);
  expect([...cellNames(panel, trans)]).toEqual([
    ['b\nmore', 'cell 1'],
    ['c', 'cell 2']
  ]);
  expect(cells(panel, trans)).toEqual([
    { id: 'b\nmore', name: 'cell 1', line: 'b' },
    { id: 'c', name: 'cell 2', line: 'c' }
  ]);
  content.dispose();
});
