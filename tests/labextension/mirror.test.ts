import type { CodeCell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';

import { findCodeCell } from '../../labextension/src/cells';
import { Mirrors, refill, updateDisplay } from '../../labextension/src/mirrors';
import { PlayedKernel, codeCell, display, notebookOf, printed, shown, taken } from './notebooks';

let notebook: Notebook;
let kernel: PlayedKernel;
let mirrors: Mirrors;
let cell: CodeCell;

beforeEach(() => {
  jest.useFakeTimers();
  notebook = notebookOf('a', 'b');
  cell = codeCell(notebook, 'a');
  kernel = new PlayedKernel();
  kernel.connect();
  mirrors = new Mirrors(kernel.connection, id => findCodeCell(notebook, id));
});

afterEach(() => {
  mirrors.dispose();
  kernel.connection.dispose();
  notebook.dispose();
  jest.useRealTimers();
});

const state = () => [cell.model.executionState, cell.model.executionCount];

test('a run is shown as if this page had started it', async () => {
  cell.model.outputs.add(printed('of the run before'));
  mirrors.follow(cell, 'r', null);
  const run = kernel.run('r');
  await run.begin(7);
  expect(state()).toEqual(['running', null]);
  await run.print('one\n');
  await run.print('two\n');
  await run.display('three');
  await run.end();
  expect(shown(cell)).toEqual(['one\ntwo\n', 'three']);
  expect(state()).toEqual(['idle', 7]);
  expect(cell.model.trusted).toBe(true);
});

test('a new cell is not cleared: JupyterLab would lay out the page for it', async () => {
  const cleared = jest.fn();
  cell.model.outputs.changed.connect(cleared);
  const run = kernel.run('r');
  await run.begin(1);
  await run.end();
  mirrors.follow(cell, 'r', null);
  expect(cleared).not.toHaveBeenCalled();
  expect(state()).toEqual(['idle', 1]);
  cell.model.sharedModel.setSource('other');
  expect(cell.model.isDirty).toBe(true);
  cell.model.sharedModel.setSource('a');
  expect(cell.model.isDirty).toBe(false);
});

test('what the kernel says before the server does is shown once and in order', async () => {
  const run = kernel.run('r');
  await run.begin(2);
  await run.print('one\n');
  await run.display('two', 'id');
  await run.update('two!', 'id');
  mirrors.follow(cell, 'r', null);
  expect(shown(cell)).toEqual(['one\n', 'two!']);
  await run.print('three\n');
  expect(state()).toEqual(['running', null]);
  await run.end();
  expect(shown(cell)).toEqual(['one\n', 'two!', 'three\n']);
  expect(state()).toEqual(['idle', 2]);
});

test('a run that is over before the server tells of it is shown too', async () => {
  const run = kernel.run('r');
  await run.begin(3);
  await run.print('all');
  await run.end();
  mirrors.follow(cell, 'r', null);
  expect(shown(cell)).toEqual(['all']);
  expect(state()).toEqual(['idle', 3]);
});

test('messages of a run that nobody shows are kept for 5 seconds', async () => {
  const run = kernel.run('r');
  await run.print('old');
  jest.advanceTimersByTime(4000);
  await run.print('new');
  jest.advanceTimersByTime(2000);
  mirrors.follow(cell, 'r', null);
  expect(shown(cell)).toEqual(['new']);
});

test('a page that comes in the middle lacks nothing and shows nothing twice', async () => {
  const run = kernel.run('r');
  await run.print('in the snapshot\n');
  const skip = [`m${kernel.said}`];
  await run.print('after it\n');
  mirrors.follow(cell, 'r', { outputs: [printed('before\nin the snapshot\n')], skip, count: 4 });
  await run.print('live\n');
  await run.end();
  expect(shown(cell)).toEqual(['before\nin the snapshot\nafter it\nlive\n']);
  expect(state()).toEqual(['idle', 4]);
});

test('what was filled in is trusted only where that makes no difference', () => {
  const plain = [printed('text'), display({ 'text/plain': 'x', 'image/png': 'eA==' })];
  mirrors.follow(cell, 'r', { outputs: plain, skip: [], count: 1 });
  expect(cell.model.trusted).toBe(true);
  refill(cell, [display({ 'text/plain': 'x', 'text/html': '<b>x</b>' })], 1);
  expect(cell.model.trusted).toBe(false);
  expect(cell.model.getMetadata('trusted')).toBe(false);
  expect(state()).toEqual(['idle', 1]);
});

test('what is there already stays as trusted as it was', () => {
  const html = display({ 'text/plain': 'x', 'text/html': '<b>x</b>' });
  cell.model.outputs.add(html);
  refill(cell, [html], 1);
  expect(cell.model.trusted).toBe(true);
  expect(cell.model.executionCount).toBe(1);
});

test('the Output widget catches what it hooked before the server told of the run', async () => {
  const run = kernel.run('r');
  await run.begin();
  const caught: string[] = [];
  const hook = (message: { header: { msg_type: string } }) => {
    caught.push(message.header.msg_type);
    return false;
  };
  kernel.connection.registerMessageHook('r', hook);
  await run.print('inside');
  kernel.connection.removeMessageHook('r', hook);
  await run.print('outside');
  mirrors.follow(cell, 'r', null);
  await run.end();
  expect(caught).toEqual(['stream']);
  expect(shown(cell)).toEqual(['outside']);
});

test('a hook that keeps all does not keep the end of the run', async () => {
  mirrors.follow(cell, 'r', null);
  kernel.connection.registerMessageHook('r', () => false);
  await kernel.run('r').end();
  expect(cell.model.executionState).toBe('idle');
});

test('a display with the id of another changes that one and is shown itself', async () => {
  mirrors.follow(cell, 'r', null);
  const run = kernel.run('r');
  await run.display('first', 'id');
  await run.display('second', 'id');
  expect(shown(cell)).toEqual(['second', 'second']);
});

test('a later run changes the displays of an earlier one', async () => {
  mirrors.follow(cell, 'r', null);
  await kernel.run('r').display('0 %', 'bar');
  await kernel.run('r').end();
  mirrors.follow(codeCell(notebook, 'b'), 's', null);
  await kernel.run('s').update('100 %', 'bar');
  expect(shown(cell)).toEqual(['100 %']);
});

test('a display that was filled in is changed by its kernel and by the server', async () => {
  const bar = { ...display({ 'text/plain': '0 %' }), transient: { display_id: 'bar' } };
  mirrors.follow(cell, 'r', { outputs: [bar], skip: [], count: 1 });
  await kernel.run('r').update('50 %', 'bar');
  expect(shown(cell)).toEqual(['50 %']);
  updateDisplay(cell, 'bar', { 'text/plain': '75 %' });
  expect(shown(cell)).toEqual(['75 %']);
  expect(cell.model.trusted).toBe(true);
  updateDisplay(cell, 'bar', { 'text/plain': '', 'text/html': '<b>100 %</b>' });
  expect(cell.model.trusted).toBe(false);
});

test('clear_output clears, at once or with the next output', async () => {
  mirrors.follow(cell, 'r', null);
  const run = kernel.run('r');
  await run.print('one');
  await run.clear(true);
  expect(shown(cell)).toEqual(['one']);
  await run.print('two');
  expect(shown(cell)).toEqual(['two']);
  await run.clear(false);
  expect(shown(cell)).toEqual([]);
});

test("when the user runs the cell again, only the user's run is shown", async () => {
  mirrors.follow(cell, 'r', null);
  const run = kernel.run('r');
  await run.begin();
  cell.outputArea.future = kernel.connection.requestExecute({ code: 'a' });
  cell.model.executionState = 'running';
  await run.print('of the run before');
  mirrors.restore(cell); // as after a move
  await run.print('of the run before');
  await run.end();
  expect(shown(cell)).toEqual([]);
  expect(cell.model.executionState).toBe('running');
});

test("runs of this page's own are left alone", async () => {
  await kernel.run('mine', kernel.connection.clientId).print('text');
  mirrors.follow(cell, 'mine', null);
  expect(shown(cell)).toEqual([]);
});

test('a run goes on in a cell that was moved', async () => {
  notebook.model!.cells.changed.connect((_, { type }) => {
    if (type === 'add') {
      mirrors.restore(codeCell(notebook, 'a'));
    }
  });
  mirrors.follow(cell, 'r', null);
  const run = kernel.run('r');
  await run.print('one\n');
  notebook.moveCell(0, 1);
  cell = codeCell(notebook, 'a');
  expect(cell.model.executionState).toBe('running');
  await run.print('two\n');
  await run.end();
  expect(shown(cell)).toEqual(['one\ntwo\n']);
  expect(cell.model.executionState).toBe('idle');
});

test('a restart of the kernel, here or by another client, ends all runs', async () => {
  mirrors.follow(cell, 'r', null);
  await kernel.run('r').begin();
  await kernel.say('shutdown_reply', { status: 'ok', restart: true }, {});
  expect(state()).toEqual(['idle', 1]);
  mirrors.follow(cell, 's', null);
  await kernel.say('status', { execution_state: 'restarting' }, {});
  expect(cell.model.executionState).toBe('idle');
  kernel.reconnect();
});

test('a cell does not wait for ever for an end that was missed', async () => {
  mirrors.follow(cell, 'r', null);
  await kernel.run('r').begin();
  await kernel.run('other').end();
  jest.advanceTimersByTime(4000);
  expect(cell.model.executionState).toBe('running');
  jest.advanceTimersByTime(2000);
  expect(cell.model.executionState).toBe('idle');
});

describe('when the connection to the kernel is lost in the middle of a run', () => {
  const lacking = jest.fn();

  beforeEach(async () => {
    lacking.mockClear();
    mirrors.lacking.connect(lacking);
    mirrors.follow(cell, 'r', null);
    await kernel.run('r').print('one\n');
  });

  test('the server is asked what is missing, and its snapshot is taken', async () => {
    kernel.lose();
    kernel.reconnect();
    expect(lacking).toHaveBeenCalledTimes(1);
    await kernel.run('r').print('three\n');
    const skip = [`m${kernel.said}`];
    await kernel.run('r').print('four\n');
    const outputs = [printed('one\ntwo\nthree\n')];
    mirrors.follow(cell, 'r', { outputs, skip, count: 1 });
    await kernel.run('r').print('five\n');
    expect(shown(cell)).toEqual(['one\ntwo\nthree\nfour\nfive\n']);
  });

  test('and only then', async () => {
    mirrors.follow(cell, 'r', { outputs: [printed('something else')], skip: [], count: 1 });
    await taken();
    expect(shown(cell)).toEqual(['one\n']);
    expect(lacking).not.toHaveBeenCalled();
  });
});
