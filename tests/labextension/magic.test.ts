import type { Notebook } from '@jupyterlab/notebook';
import type { KernelMessage } from '@jupyterlab/services';

import { MagicWatch, sentFor, type IWaiting } from '../../labextension/src/magic';
import { Mirrors } from '../../labextension/src/mirrors';
import { PlayedKernel, codeCell, notebookOf } from './notebooks';

const ANNOUNCED = 'application/vnd.k2.turn+json';

let notebook: Notebook;
let kernel: PlayedKernel;
let watch: MagicWatch;
let seen: IWaiting[];

beforeEach(() => {
  notebook = notebookOf('a', 'b');
  kernel = new PlayedKernel();
  kernel.connect();
  seen = [];
  watch = new MagicWatch(kernel.connection, notebook, waiting => {
    seen.push(waiting);
  });
});

afterEach(() => {
  watch.dispose();
  kernel.connection.dispose();
  notebook.dispose();
});

/** The user runs this code in a cell; the header of the request. */
function sent(code: string, cell = 'a'): KernelMessage.IHeader {
  const future = kernel.connection.requestExecute({ code });
  codeCell(notebook, cell).outputArea.future = future;
  return future.msg.header;
}

const announce = (parent: object, turn: unknown = 't') =>
  kernel.say('display_data', { data: { [ANNOUNCED]: { turn } }, metadata: {} }, parent);

test('a magic that the user ran waits', async () => {
  const code = '%%k2 --max-steps 5\nHow many?';
  const header = sent(code);
  await announce(header);
  expect(seen).toEqual([{ turn: 't', run: header.msg_id, cell: 'a', code }]);
});

test.each(['print(1)', '%%k2x\nHow many?', '# %%k2\nHow many?', '%k2 fix'])(
  'what a kernel announces for %j is not believed',
  async code => {
    await announce(sent(code));
    expect(seen).toEqual([]);
  }
);

test('only what this page has sent counts, and as it was sent', async () => {
  const header = sent('print(1)');
  codeCell(notebook, 'a').model.sharedModel.setSource('%%k2\nHow many?');
  await announce(header);
  await announce({ ...header, session: 'another page' });
  await announce({ ...sent('%%k2\nHow many?', 'b'), session: 'another page' });
  await announce({ ...header, msg_id: 'never sent' });
  expect(seen).toEqual([]);
});

test('an announcement that names no turn is none', async () => {
  await announce(sent('%%k2\nHow many?'), 7);
  expect(seen).toEqual([]);
});

test('a run that the server started is not sent by this page', () => {
  const mirrors = new Mirrors(kernel.connection, () => codeCell(notebook, 'a'));
  const cell = codeCell(notebook, 'a');
  expect(sentFor(cell)).toBeNull();
  mirrors.follow(cell, 'r', null);
  expect(sentFor(cell)).toBeNull();
  const header = sent('x');
  expect(sentFor(cell)?.header.msg_id).toBe(header.msg_id);
  mirrors.dispose();
});
