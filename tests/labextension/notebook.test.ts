import type { Notebook, NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import contract from '../contracts/events.json';
import { sourceHash } from '../../labextension/src/cells';
import { readMessage } from '../../labextension/src/events';
import { NotebookBridge } from '../../labextension/src/notebook';
import { PlayedConnection } from './played-connection';
import { PlayedKernel, codeCell, notebookOf, printed, shown, taken } from './notebooks';

let notebook: Notebook;
let kernel: PlayedKernel;
let connection: PlayedConnection;
let bridge: NotebookBridge;
let context: ReturnType<typeof playedContext>;
let kernelChanged: Signal<object, object>;
const onDisk = jest.fn();

function playedContext() {
  const context = {
    path: 'a.ipynb',
    ready: Promise.resolve(),
    canSave: true,
    model: { readOnly: false, collaborative: false },
    contentsModel: { hash: 'opened' },
    save: jest.fn(() => Promise.resolve()),
    saveState: null as unknown as Signal<object, string>,
    fileChanged: null as unknown as Signal<object, object>,
    _updateContentsModel: (version: { hash: string }) => {
      context.contentsModel = version;
    }
  };
  context.fileChanged = new Signal<object, object>(context);
  context.saveState = new Signal<object, string>(context);
  return context;
}

beforeEach(() => {
  jest.useFakeTimers();
  notebook = notebookOf('a', 'b', 'c');
  kernel = new PlayedKernel();
  kernel.connect();
  connection = new PlayedConnection();
  context = playedContext();
  onDisk.mockResolvedValue({ hash: 'opened' });
  kernelChanged = new Signal<object, object>({});
  const session = { kernel: kernel.connection };
  const panel = {
    content: notebook,
    context,
    sessionContext: { session, kernelChanged },
    disposed: new Signal<object, void>({})
  };
  bridge = new NotebookBridge(
    panel as unknown as NotebookPanel,
    { get: onDisk } as unknown as Contents.IManager,
    connection as unknown as ConstructorParameters<typeof NotebookBridge>[2]
  );
  connection.cells();
});

afterEach(() => {
  bridge.dispose();
  kernel.connection.dispose();
  notebook.dispose();
  jest.useRealTimers();
});

const ids = () => notebook.widgets.map(cell => cell.model.id);
const source = (id: string) => codeCell(notebook, id).model.sharedModel.getSource();
const newCell = (id: string, kind = 'code') => ({
  id,
  kind,
  source: `# ${id}`,
  metadata: { k2: { author: 'agent' } },
  count: null,
  outputs: []
});

describe('a cell is inserted', () => {
  test('behind the one that is named, first, or last where that is gone', async () => {
    await connection.do({ what: 'insert', cell: newCell('x'), after: 'a' });
    await connection.do({ what: 'insert', cell: newCell('y', 'markdown'), after: null });
    const done = await connection.do({ what: 'insert', cell: newCell('z'), after: 'gone' });
    expect(ids()).toEqual(['y', 'a', 'x', 'b', 'c', 'z']);
    expect(codeCell(notebook, 'x').model.getMetadata('k2')).toEqual({ author: 'agent' });
    expect(codeCell(notebook, 'x').model.trusted).toBe(true);
    expect(done).toEqual({ op: 'done', id: 'd', ok: true });
  });

  test('once', async () => {
    await connection.do({ what: 'insert', cell: newCell('x'), after: 'a' });
    await connection.do({ what: 'insert', cell: newCell('x'), after: 'b' });
    expect(ids()).toEqual(['a', 'x', 'b', 'c']);
  });

  test('without the user noticing', async () => {
    notebook.activeCellIndex = 1;
    notebook.select(codeCell(notebook, 'c'));
    const changed = jest.fn();
    notebook.stateChanged.connect((_, { name }) => {
      changed(name);
    });
    await connection.do({ what: 'insert', cell: newCell('x'), after: null });
    await connection.do({ what: 'insert', cell: newCell('y'), after: 'b' });
    expect(notebook.activeCell?.model.id).toBe('b');
    expect(notebook.isSelected(codeCell(notebook, 'c'))).toBe(true);
    expect(notebook.isSelected(codeCell(notebook, 'y'))).toBe(false);
    expect(changed).not.toHaveBeenCalledWith('mode');
  });

  test('in a step of its own in what can be undone', async () => {
    const { sharedModel } = notebook.model!;
    sharedModel.insertCell(3, { cell_type: 'raw', id: 'mine' });
    await connection.do({ what: 'insert', cell: newCell('x'), after: 'a' });
    await connection.do({ what: 'insert', cell: newCell('y'), after: 'x' });
    sharedModel.undo();
    expect(ids()).toEqual(['a', 'x', 'b', 'c', 'mine']);
    sharedModel.undo();
    expect(ids()).toEqual(['a', 'b', 'c', 'mine']);
    sharedModel.undo();
    expect(ids()).toEqual(['a', 'b', 'c']);
  });
});

describe('a source is replaced', () => {
  const replace = (cell: string, seen: string, text: string) =>
    connection.do({
      what: 'replace',
      cell,
      seen: sourceHash(seen),
      source: text,
      metadata: { k2: { author: 'agent', step: 2 } }
    });

  test('where it is the expected one, and the outputs go', async () => {
    codeCell(notebook, 'a').model.outputs.add(printed('of the old source'));
    expect(await replace('a', 'a', 'new')).toEqual({ op: 'done', id: 'd', ok: true });
    expect(source('a')).toBe('new');
    expect(shown(codeCell(notebook, 'a'))).toEqual([]);
    expect(codeCell(notebook, 'a').model.getMetadata('k2')).toEqual({ author: 'agent', step: 2 });
  });

  test('and never where the user has changed it', async () => {
    codeCell(notebook, 'a').model.sharedModel.setSource('typed');
    const done = await replace('a', 'a', 'new');
    expect(done).toMatchObject({ ok: false, current: 'typed' });
    expect(source('a')).toBe('typed');
  });

  test('nor where the user has protected it, nor where it is gone', async () => {
    codeCell(notebook, 'a').model.setMetadata('editable', false);
    expect(await replace('a', 'a', 'new')).toMatchObject({ ok: false, current: 'a' });
    expect(source('a')).toBe('a');
    expect(await replace('gone', 'a', 'new')).toMatchObject({ ok: false });
  });

  test('by the smallest change, which leaves a cursor where it is', async () => {
    const shared = codeCell(notebook, 'a').model.sharedModel;
    shared.setSource('one\ntwo\nthree');
    const changes: unknown[] = [];
    shared.changed.connect((_, { sourceChange }) => {
      if (sourceChange) {
        changes.push(sourceChange);
      }
    });
    await replace('a', 'one\ntwo\nthree', 'one\n2\nthree');
    expect(source('a')).toBe('one\n2\nthree');
    expect(changes).toEqual([[{ retain: 4 }, { insert: '2' }, { delete: 3 }]]);
  });
});

test('the pictures in a text go with it, and come back with it', async () => {
  const attachments = { 'a.png': { 'image/png': 'iVBORw0KGgo=' } };
  const cell = { ...newCell('x', 'markdown'), attachments };
  await connection.do({ what: 'insert', cell, after: null });
  expect(notebook.model!.sharedModel.toJSON().cells[0]).toMatchObject({ attachments });
  const done = await connection.do({ what: 'delete', cell: 'x', seen: sourceHash('# x') });
  expect(done).toEqual({ op: 'done', id: 'd', ok: true, attachments });
});

test('a cell is deleted where its source is the expected one and the user allows it', async () => {
  const remove = (cell: string, seen: string) =>
    connection.do({ what: 'delete', cell, seen: sourceHash(seen) });
  expect(await remove('a', 'other')).toMatchObject({ ok: false, current: 'a' });
  codeCell(notebook, 'b').model.setMetadata('deletable', false);
  expect(await remove('b', 'b')).toMatchObject({ ok: false, current: 'b' });
  expect(await remove('c', 'c')).toMatchObject({ ok: true });
  expect(ids()).toEqual(['a', 'b']);
});

describe('the server is told', () => {
  const later = () => { jest.advanceTimersByTime(250); };

  test("of the user's edits, once, soon, and not of what it asked for itself", async () => {
    await connection.do({ what: 'insert', cell: newCell('x'), after: 'a' });
    later();
    expect(connection.changes).toEqual([]);
    codeCell(notebook, 'a').model.sharedModel.setSource('ty');
    codeCell(notebook, 'a').model.sharedModel.setSource('typed');
    later();
    later();
    const cell = { id: 'a', kind: 'code', source: 'typed', metadata: {}, count: null };
    expect(connection.changes).toEqual([{ op: 'changed', cells: [cell] }]);
  });

  test('of cells that the user adds, moves and deletes', async () => {
    notebook.moveCell(0, 2);
    later();
    expect(connection.changes.at(-1)?.order).toEqual(['b', 'c', 'a']);
    notebook.model!.sharedModel.insertCell(0, { cell_type: 'raw', id: 'new', source: 'text' });
    notebook.model!.sharedModel.deleteCell(1);
    later();
    const { cells, order } = connection.changes.at(-1)!;
    expect(cells.map(({ id, kind }) => [id, kind])).toEqual([['new', 'raw']]);
    expect(order).toEqual(['new', 'c', 'a']);
    await connection.do({ what: 'insert', cell: newCell('x'), after: 'c' });
    later();
    expect(connection.changes).toHaveLength(2);
  });

  test("of the outputs of the user's own runs when they have ended", () => {
    const { model } = codeCell(notebook, 'a');
    model.executionState = 'running';
    model.outputs.add(printed('so far'));
    later();
    expect(connection.changes).toEqual([]);
    model.executionCount = 1;
    model.executionState = 'idle';
    later();
    expect(connection.changes.at(-1)?.cells).toMatchObject([{ count: 1, outputs: [printed('so far')] }]);
  });

  test('of outputs only where they have changed', () => {
    const { model } = codeCell(notebook, 'a');
    model.outputs.add(printed('x'));
    model.executionCount = 1;
    later();
    model.sharedModel.setSource('other');
    later();
    const [ran, edited] = connection.changes.map(({ cells }) => cells[0]);
    expect(ran).toMatchObject({ source: 'a', outputs: [printed('x')] });
    expect(edited).toMatchObject({ source: 'other', count: 1 });
    expect(edited).not.toHaveProperty('outputs');
    model.outputs.clear();
    later();
    expect(connection.changes.at(-1)?.cells).toMatchObject([{ outputs: [] }]);
  });

  test('not of the outputs of a run that it has started itself', async () => {
    await connection.do({ what: 'mirror', cell: 'a', run: 'r' });
    await kernel.run('r').begin();
    await kernel.run('r').print('text');
    await kernel.run('r').end();
    await connection.do({ what: 'outputs', cell: 'b', outputs: [printed('text')], count: 2 });
    later();
    expect([shown(codeCell(notebook, 'a')), shown(codeCell(notebook, 'b'))]).toEqual([
      ['text'],
      ['text']
    ]);
    expect(connection.changes).toEqual([]);
  });

  test('at once before a request, and where the connection was away when it is back', () => {
    codeCell(notebook, 'a').model.sharedModel.setSource('one');
    bridge.flush();
    expect(connection.changes).toHaveLength(1);
    connection.become('lost');
    codeCell(notebook, 'a').model.sharedModel.setSource('two');
    later();
    expect(connection.changes).toHaveLength(1);
    connection.become('open');
    later();
    expect(connection.changes.at(-1)?.cells).toMatchObject([{ source: 'two' }]);
  });

  test('of all cells when it is greeted, with outputs of a size that it takes', () => {
    const { outputs } = codeCell(notebook, 'a').model;
    outputs.add({ output_type: 'display_data', data: { 'image/png': 'A'.repeat(150_000), 'text/plain': 'figure' }, metadata: {} });
    outputs.add(printed('x'.repeat(300_000)));
    const [cell] = connection.cells() as { outputs: { text?: string; data?: object }[] }[];
    expect(JSON.stringify(cell).length).toBeLessThan(210_000);
    expect(cell!.outputs[0]!.data).toEqual({ 'text/plain': 'figure' });
    expect(cell!.outputs[1]!.text).toMatch(/^x+\n… cut …\nx+$/);
    jest.advanceTimersByTime(250);
    expect(connection.changes).toEqual([]);
  });
});

test('the connection is opened anew where messages of the kernel were lost', async () => {
  await connection.do({ what: 'mirror', cell: 'a', run: 'r' });
  await kernel.run('r').begin();
  kernel.lose();
  kernel.reconnect();
  expect(connection.open).toHaveBeenCalledTimes(1);
});

test('a notebook that shows a run can be closed', async () => {
  await connection.do({ what: 'mirror', cell: 'c', run: 'r' });
  notebook.dispose();
  expect(notebook.isDisposed).toBe(true);
});

describe('a save', () => {
  test('is done, one after the other', async () => {
    context.saveState.emit('started');
    await connection.do({ what: 'save' });
    expect(context.save).not.toHaveBeenCalled();
    context.saveState.emit('completed');
    await taken();
    expect(context.save).toHaveBeenCalledTimes(1);
    expect(connection.sent.at(-1)).toEqual({ op: 'done', id: 'd', ok: true });
  });

  test('goes over the version that the server wrote, and no other', async () => {
    onDisk.mockResolvedValue({ hash: 'of the server' });
    expect(await connection.do({ what: 'save', over: 'another' })).toMatchObject({ ok: false });
    expect(await connection.do({ what: 'save', over: 'of the server' })).toMatchObject({ ok: true });
    expect(context.contentsModel.hash).toBe('of the server');
    expect(context.save).toHaveBeenCalledTimes(1);
  });

  test('asks the user nothing: not where the file was changed, is read-only or out of reach', async () => {
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    onDisk.mockResolvedValueOnce({ hash: 'of somebody else' });
    expect(await connection.do({ what: 'save' })).toMatchObject({ ok: false });
    onDisk.mockRejectedValueOnce(new Error('no route'));
    expect(await connection.do({ what: 'save' })).toMatchObject({ ok: false, why: 'Error: no route' });
    context.canSave = false;
    expect(await connection.do({ what: 'save' })).toMatchObject({ ok: false });
    expect(context.save).not.toHaveBeenCalled();
  });
});

test('a view that is closed lets go of the kernel, which another view goes on with', () => {
  const listened = jest.spyOn(kernel.connection.iopubMessage, 'connect');
  kernelChanged.emit({});
  expect(listened).toHaveBeenCalled();
  listened.mockClear();
  bridge.dispose();
  kernelChanged.emit({});
  expect(listened).not.toHaveBeenCalled();
});

test('the server is told which version of the file this page has', () => {
  connection.message.emit(readMessage(JSON.stringify(contract.to_page[0]))!);
  expect(connection.sent.at(-1)).toEqual({ op: 'saved', version: 'opened' });
  context.contentsModel.hash = 'saved';
  context.fileChanged.emit({});
  expect(connection.sent.at(-1)).toEqual({ op: 'saved', version: 'saved' });
});

test('the contract with the server is kept', async () => {
  for (const instruction of contract.to_page.filter(({ op }) => op === 'do')) {
    const named = instruction as unknown as { cell?: string };
    if (typeof named.cell === 'string' && !ids().includes(named.cell)) {
      await connection.do({ what: 'insert', cell: newCell(named.cell), after: 'a' });
    }
    await connection.do(instruction);
  }
  expect(sourceHash('n = 4')).toBe('9994adab23d0');
  const cell = contract.to_server.find(({ op, cells }) => op === 'hello' && cells?.length)!.cells![0]!;
  expect(Object.keys((connection.cells())[0]!)).toEqual(Object.keys(cell));
});
