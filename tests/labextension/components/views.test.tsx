import { Dialog, showDialog } from '@jupyterlab/apputils';

import { ExportView } from '../../../labextension/src/components/export-view';
import { History } from '../../../labextension/src/components/history';
import { Provenance } from '../../../labextension/src/components/provenance';
import type { EventOf, LogEvent } from '../../../labextension/src/events';
import type { IOrigin, IPastTurn } from '../../../labextension/src/records';
import { EMPTY, reduce } from '../../../labextension/src/state';
import { click, draw, press, settle, type } from './shown';

jest.mock('@jupyterlab/apputils', () => ({
  ...jest.requireActual<object>('@jupyterlab/apputils'),
  showDialog: jest.fn()
}));

const TURN: IPastTurn = {
  turn: 't1',
  request: 'Compare the groups',
  model: 'kimi',
  started: '2026-07-01T10:00:00+00:00',
  outcome: 'done',
  conclusion: '## Conclusion\n\nThey **differ**.',
  detail: '',
  steps: 3,
  tokens: 1234,
  cached: 0,
  dollars: 0.0123,
  seconds: 61,
  undone: false
};
const ORIGIN: IOrigin = {
  cell: 'c1',
  number: 1,
  kind: 'code',
  by: 'agent',
  edited: true,
  turn: 't1',
  request: 'Compare the groups',
  step: 2,
  model: 'kimi',
  time: '',
  variables: [['df', 'c0']],
  files: ['a.csv'],
  tokens: 2000,
  dollars: 0.5,
  seconds: 2.5
};

function answer(accept: boolean): void {
  const button = accept ? Dialog.okButton() : Dialog.cancelButton();
  jest.mocked(showDialog).mockResolvedValueOnce({ button, isChecked: null, value: null });
}

async function history(...turns: IPastTurn[]) {
  const drawn = draw(<History />);
  drawn.k2.records.turns = jest.fn(() => Promise.resolve(turns));
  click(drawn.button('Look again'));
  await settle();
  const listed = () => [...drawn.host.querySelectorAll('.k2-History-request')].map(one => one.textContent);
  return { ...drawn, listed };
}

describe('the history', () => {
  it('lists turns with what they cost and how they ended', async () => {
    const { host } = await history(TURN, { ...TURN, turn: 't2', undone: true, outcome: 'limit' });
    const [first, second] = [...host.querySelectorAll('.k2-History-entry')].map(one => one.textContent);
    expect(first).toContain('They differ.');
    expect(first).toContain('Done · 3 steps · 1.2k tokens · $0.01 · 1:01');
    expect(first).not.toContain('undone');
    expect(second).toContain('Stopped at a limit · undone');
  });

  it('is searched in requests and conclusions', async () => {
    const { listed, field } = await history(TURN, { ...TURN, turn: 't2', request: 'Plot', conclusion: '' });
    expect(listed()).toEqual(['Compare the groups', 'Plot']);
    type(field('input'), 'DIFFER groups');
    expect(listed()).toEqual(['Compare the groups']);
    type(field('input'), 'no such');
    expect(listed()).toEqual([]);
  });

  it('opens a turn', async () => {
    const { k2, button, host } = await history(TURN);
    const event: EventOf<'Asked'> = { type: 'Asked', id: 't1', request: 'Compare', attached: [], mode: 'ask', model: 'kimi' };
    const state = reduce(EMPTY, { op: 'event', seq: 1, time: '2026-07-01T10:00:00Z', event });
    k2.records.turn = jest.fn(() => Promise.resolve(state.turns[0] ?? null));
    click(button('Compare'));
    await settle();
    expect(host.querySelector('.k2-Request-text')?.textContent).toContain('Compare');
    expect(host.textContent).toContain('Stopped');
    click(button('Back to the list'));
    expect(host.querySelector('.k2-History-entry')).not.toBeNull();
  });

  it('purges only what was agreed to, and never what runs', async () => {
    const { k2, button, host } = await history(TURN, { ...TURN, turn: 't2', request: 'Now', outcome: 'running' });
    k2.records.purge = jest.fn(() => Promise.resolve({ purged: 1, kept: 1 }));
    expect(button('Purge: Now').disabled).toBe(true);
    answer(false);
    click(button('Purge: Compare'));
    await settle();
    expect(k2.records.purge).not.toHaveBeenCalled();
    answer(true);
    click(button('Purge: Compare'));
    await settle();
    expect(k2.records.purge).toHaveBeenCalledWith('folder/a.ipynb', 't1');
    answer(true);
    click(button('Purge all'));
    await settle();
    expect(k2.records.purge).toHaveBeenLastCalledWith('folder/a.ipynb', undefined);
    expect(host.querySelector('.k2-History-said')?.textContent).toBe('1 turn purged. What runs stays.');
  });

  it('says why there is none', async () => {
    const drawn = draw(<History />);
    drawn.k2.records.turns = jest.fn(() => Promise.reject(new Error('The disk is gone.')));
    click(drawn.button('Look again'));
    await settle();
    expect(drawn.find('.k2-View-problem').textContent).toBe('The disk is gone.');
  });
});

describe('who wrote which cell', () => {
  it('is told with what a cell reads and cost, and leads there', async () => {
    const { k2, button, find, revealed } = draw(<Provenance />);
    k2.records.origins = jest.fn(() =>
      Promise.resolve([ORIGIN, { ...ORIGIN, cell: 'c2', by: 'user' as const, edited: false }])
    );
    click(button('Look again'));
    await settle();
    expect(find('.k2-View-content').textContent).toContain('1 of 2 cells by K2 · 1 edited since');
    expect(find('.k2-Provenance-row').textContent).toContain('step 2 · 2k tokens · $0.50 · 2.5');
    expect(find('.k2-Provenance-row').textContent).toContain('Reads df, a.csv');
    click(button('cell c1'));
    click(button('df'));
    expect(revealed).toEqual(['c1', 'c0']);
  });
});

describe('the export view', () => {
  it('exports what was chosen', () => {
    const { k2, button, field, host } = draw(<ExportView />);
    const wanted = jest.spyOn(k2.exporter, 'export').mockResolvedValue();
    click(host.querySelectorAll('input')[1]!);
    click(field('input[type=checkbox]'));
    click(button('Export'));
    expect(wanted).toHaveBeenCalledWith('folder/a.ipynb', expect.anything(), { code: 'hide', verify: true });
  });

  it('does not hide that K2 waits', async () => {
    const { server, k2, button } = draw(<ExportView />);
    k2.views.show('export');
    const request = { type: 'QuestionRequest', question: 'Which?', choices: [] };
    server.add({ type: 'Opened', id: 'r1', request, cell: null, epoch: 0, asks: null } as LogEvent);
    await settle();
    click(button('waits for your answer'));
    expect(k2.views.current).toBe('conversation');
  });

  it('leads back by key', () => {
    const { k2, find } = draw(<ExportView />);
    k2.views.show('export');
    press(find('.k2-View-title'), 'Escape');
    expect(k2.views.current).toBe('conversation');
  });
});
