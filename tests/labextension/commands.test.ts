import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { createElement } from 'react';

import contract from '../contracts/events.json';
import { CommandIDs, Commands } from '../../labextension/src/commands';
import { draw } from './components/shown';

function example(type: string, fields: object = {}) {
  return { ...contract.events.find(event => event.type === type)!, ...fields };
}

/** Commands about one conversation of which the server tells these events. */
function commands(...events: { type: string }[]) {
  const { k2, server, shown } = draw(createElement('span'));
  events.forEach(event => {
    server.add(event);
  });
  const registry = new CommandRegistry();
  const activateById = jest.fn();
  const app = { commands: registry, shell: { activateById } } as unknown as JupyterFrontEnd;
  const tracker = { currentWidget: null } as unknown as INotebookTracker;
  const palette = { addItem: jest.fn() };
  Object.assign(k2, { current: shown.conversation });
  new Commands(app, k2, tracker, nullTranslator.load('k2_jupyter')).add(palette as never);
  return { activateById, k2, palette, registry, server };
}

const turn = (id: string) => [
  example('Asked', { id }),
  example('TurnStarted', { turn: id }),
  example('TurnFinished'),
  example('Undoable', { turn: id })
];
const undo = CommandIDs.undoTurn;

test('all of them are in the palette, and work on nothing without a notebook', async () => {
  const { k2, palette, registry, server } = commands(...turn('t1'));
  const offered = palette.addItem.mock.calls.map(([item]: [{ command: string }]) => item.command);
  expect(offered).toEqual(Object.values(CommandIDs));
  Object.assign(k2, { current: null });
  const enabled = Object.values(CommandIDs).filter(id => registry.isEnabled(id));
  expect(enabled).toEqual([CommandIDs.open]);
  await registry.execute(undo);
  expect(server.heard('undo')).toEqual([]);
});

describe('the undo of the last turn', () => {
  test('is of the newest turn that is not undone, and shows the panel', async () => {
    const { activateById, k2, registry, server } = commands(
      ...turn('t1'),
      ...turn('t2'),
      example('Undone', { turn: 't2' })
    );
    k2.views.show('history');
    expect(registry.isEnabled(undo)).toBe(true);
    await registry.execute(undo);
    expect(server.heard('undo')).toEqual([{ op: 'undo', turn: 't1' }]);
    expect(activateById).toHaveBeenCalledWith('k2-panel');
    expect(k2.views.current).toBe('conversation');
  });

  test('is of the last one again when that was made again', async () => {
    const again = ['Undone', 'Redone'].map(type => example(type, { turn: 't2' }));
    const { registry, server } = commands(...turn('t1'), ...turn('t2'), ...again);
    await registry.execute(undo);
    expect(server.heard('undo')).toEqual([{ op: 'undo', turn: 't2' }]);
  });

  test.each([
    ['nothing was done', []],
    ['a turn changed no cell', turn('t1').slice(0, 3)],
    ['all is undone', [...turn('t1'), example('Undone', { turn: 't1' })]],
    ['a turn runs', [...turn('t1'), example('Asked', { id: 't2' })]]
  ])('is not offered while %s', async (_, events) => {
    const { registry, server } = commands(...events);
    expect(registry.isEnabled(undo)).toBe(false);
    await registry.execute(undo);
    expect(server.heard('undo')).toEqual([]);
  });
});
