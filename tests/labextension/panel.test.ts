import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { act, createElement } from 'react';

import type { ConversationModel } from '../../labextension/src/model';
import { K2Panel } from '../../labextension/src/panel';
import { draw, rendermime, settle } from './components/shown';
import { notebookOf } from './notebooks';

test('a notebook that gets another name stays the one that the panel is about', async () => {
  const { k2, server, shown } = draw(createElement('span'));
  const content = notebookOf('c1');
  const notebook = { content, context: { localPath: 'folder/a.ipynb' } } as unknown as NotebookPanel;
  const conversation = shown.conversation as ConversationModel;
  const tracker = {
    find: (wanted: (one: NotebookPanel) => boolean) => [notebook].find(wanted)
  } as unknown as INotebookTracker;
  Object.assign(k2, { current: conversation, conversation: () => conversation });
  const panel = new K2Panel({
    k2,
    tracker,
    rendermime,
    contents: { get: jest.fn() } as never,
    translator: nullTranslator,
    activate: jest.fn()
  });
  act(() => {
    Widget.attach(panel, document.body);
  });
  server.add({ type: 'TurnStarted', turn: 't', task: 'Fix cell c1.', model: 'm' } as never);
  await settle();
  const said = () => panel.node.querySelector('.k2-Request-text')?.textContent;
  expect(said()).toContain('Fix cell 1.');
  Object.assign(notebook.context, { localPath: 'folder/\u202eb.ipynb' });
  conversation.path = 'folder/\u202eb.ipynb';
  content.model?.sharedModel.insertCell(0, { cell_type: 'code' });
  await settle();
  expect(said()).toContain('Fix cell 2.');
  expect(panel.node.querySelector('.k2-Header-name')?.textContent).toBe('‹U+202E›b.ipynb');
  act(() => {
    panel.dispose();
  });
});
