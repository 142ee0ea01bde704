import { Connection } from '../../labextension/src/connection';
import { ConversationModel } from '../../labextension/src/model';
import { DEFAULTS } from '../../labextension/src/preferences';
import type { IState } from '../../labextension/src/conversation';
import contract from '../contracts/events.json';
import { chance } from './chance';
import { PlayedServer } from './played';

const preferences = { ...DEFAULTS, model: 'kimi', caps: { steps: 20 } };

function page(server: PlayedServer) {
  const connection = new Connection('a.ipynb', server.settings);
  const flush = jest.fn();
  const model = new ConversationModel(connection, {
    flush,
    selected: () => '3f2a91bc',
    preferences: () => preferences
  });
  connection.open();
  server.accept();
  return { server, connection, model, flush };
}

function conversation() {
  return page(new PlayedServer());
}

function event(type: string, fields: object = {}) {
  return { ...contract.events.find(one => one.type === type)!, ...fields };
}

/** The names of the fields, which are what a server checks. */
function names(message: object | undefined): string[] {
  return Object.keys(message ?? {}).sort();
}

function back(server: PlayedServer): void {
  jest.advanceTimersByTime(5000);
  server.accept();
}

describe('ConversationModel', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('asks behind the selected cell, after the latest changes, as the settings say', () => {
    const { server, model, flush } = conversation();
    flush.mockImplementation(() => {
      expect(server.heard('ask')).toEqual([]);
    });
    const id = model.ask({ request: 'Count', caps: { dollars: 1 } });
    expect(flush).toHaveBeenCalledTimes(1);
    expect(server.heard('ask')).toEqual([
      {
        op: 'ask',
        id,
        request: 'Count',
        after: '3f2a91bc',
        attached: [],
        mode: 'ask',
        model: 'kimi',
        caps: { steps: 20, dollars: 1 },
        images: true
      }
    ]);
  });

  it('says what the contract says', () => {
    const { server, model } = conversation();
    model.ask({ request: 'Count', attached: [{ kind: 'variable', name: 'df' }] });
    model.ask({ request: '', mode: 'fix', cell: '3f2a91bc' });
    model.unqueue('q');
    model.answer('r', { type: 'Approval', granted: false, comment: 'no', always: false });
    model.answer('r', null);
    model.editPlan([{ title: 'Load', state: 'open' }]);
    model.stop();
    model.undo('0f0e0d0c0b0a0908');
    model.redo('0f0e0d0c0b0a0908');
    void model.variables();
    for (const said of server.received) {
      const examples = contract.to_server.filter(({ op }) => op === said.op);
      expect(examples.map(names)).toContainEqual(names(said));
    }
  });

  it('shows a request at once, until the log has it', () => {
    const { server, model } = conversation();
    const id = model.ask({ request: 'Count' });
    expect(model.state.queue).toEqual([{ id, request: 'Count', isSent: false }]);
    server.add(event('Asked', { id }));
    expect(model.state.queue).toEqual([]);
    expect(model.isRunning).toBe(true);
    server.add(event('TurnFinished'));
    expect(model.isRunning).toBe(false);
  });

  it('sends what was asked without a connection when it is there', () => {
    const { server, model } = conversation();
    server.socket.drop();
    const id = model.ask({ request: 'Count' });
    expect(server.heard('ask')).toEqual([]);
    back(server);
    expect(server.heard('ask').map(asked => asked.id)).toEqual([id]);
  });

  it('asks again only for what the log does not have', () => {
    const { server, model } = conversation();
    const lost = model.ask({ request: 'lost with the connection' });
    const taken = model.ask({ request: 'taken' });
    server.socket.drop();
    server.entries.push(event('Queued', { id: taken }));
    back(server);
    expect(server.heard('ask').map(({ id }) => id)).toEqual([lost, taken, lost]);
  });

  it('takes back what was never sent', () => {
    const { server, model } = conversation();
    server.socket.drop();
    model.unqueue(model.ask({ request: 'Count' }));
    expect(model.state.queue).toEqual([]);
    back(server);
    expect(server.received.map(({ op }) => op)).toEqual(['hello', 'hello']);
  });

  it('begins with a queued request by its id', () => {
    const { server, model } = conversation();
    server.add(event('Queued', { id: 'q1' }));
    model.sendQueued('q1');
    expect(server.heard('ask')).toMatchObject([{ id: 'q1', request: 'And by year' }]);
  });

  it('says why something was refused', () => {
    const { server, model } = conversation();
    const id = model.ask({ request: ' ' });
    server.socket.tell({ op: 'refused', of: 'ask', id, why: 'There is nothing in the request.' });
    expect(model.state.queue).toEqual([]);
    expect(model.state.notices).toEqual(['There is nothing in the request.']);
    model.dismissNotices();
    expect(model.state.notices).toEqual([]);
  });

  it('gives the variables, or none in time', async () => {
    const { server, model } = conversation();
    const wanted = model.variables();
    const [{ id } = { id: '' }] = server.heard('variables');
    const items = [{ name: 'df', text: 'DataFrame' }];
    server.socket.tell({ op: 'variables', id, items });
    expect(await wanted).toEqual(items);
    const late = model.variables();
    jest.advanceTimersByTime(3000);
    expect(await late).toEqual([]);
  });

  it('forgets the log of another server, and keeps what is its own', () => {
    const { server, model } = conversation();
    server.add(event('Asked'));
    server.add(event('Opened'));
    server.socket.drop();
    const id = model.ask({ request: 'Count' });
    server.log = 'log-2';
    server.entries = [event('Earlier')];
    back(server);
    expect(model.state.turns.map(turn => turn.status)).toEqual(['earlier']);
    expect(model.state.open).toBeNull();
    expect(server.heard('ask').map(asked => asked.id)).toEqual([id]);
  });

  it('knows the kernel', () => {
    const { server, model } = conversation();
    expect(model.state.kernel).toEqual({ id: 'k', language: 'python', status: 'idle', epoch: 0 });
    server.add(event('KernelChanged', { status: 'died', epoch: 3 }));
    expect(model.state.kernel).toMatchObject({ status: 'dead', epoch: 3 });
    server.socket.drop();
    back(server);
    expect(model.state.kernel).toMatchObject({ status: 'idle', epoch: 3 });
  });

  it('counts seconds by the clock of the page', () => {
    const server = new PlayedServer();
    server.ahead = 3_600_000;
    const { model } = page(server);
    server.add(event('Asked'));
    expect(model.state.turns[0]?.started).toBe(1_800_000_001_000 - server.ahead);
  });

  it('tells of a change once an event, and of none for nothing', () => {
    const { server, model } = conversation();
    const changed = jest.fn();
    model.changed.connect(changed);
    server.add(event('Asked'));
    server.add({ type: 'Gone', first: 2 });
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it.each(Array.from({ length: 30 }, (_, seed) => seed + 1))(
    'is after lost connections what it is without (%s)',
    seed => {
      const random = chance(seed);
      const undisturbed = conversation();
      const dropped = conversation();
      for (const told of turnOf(random)) {
        undisturbed.server.add(told);
        dropped.server.add(told);
        if (random() < 0.3) {
          dropped.server.socket.drop();
        }
        if (random() < 0.6 && dropped.connection.state !== 'open') {
          back(dropped.server);
        }
      }
      if (dropped.connection.state !== 'open') {
        back(dropped.server);
      }
      const reloaded = page(dropped.server);
      expect(known(dropped.model.state)).toEqual(known(undisturbed.model.state));
      expect(known(reloaded.model.state)).toEqual(known(undisturbed.model.state));
      expect(undisturbed.model.state.turns).toHaveLength(2);
    }
  );
});

function known({ turns, queue, open, spent, notices }: IState): Partial<IState> {
  return { turns, queue, open, spent, notices };
}

/** A turn with a queued one behind it: pieces, retries, calls, requests as they come. */
function turnOf(random: () => number): { type: string }[] {
  const some = (...told: { type: string }[]) =>
    Array.from({ length: Math.floor(random() * 4) }, () => told).flat();
  const step = (number: number) => [
    event('StepStarted', { number }),
    ...some(event('ReasoningDelta'), event('TextDelta')),
    ...some(event('Retrying'), event('Waiting'), event('TextDelta')),
    event('AnswerReceived'),
    event('Spent'),
    event('CallStarted'),
    ...some(event('Opened'), event('Closed'), event('Notice')),
    event('CellStarted'),
    event('CellFinished'),
    event('CallFinished'),
    ...some(event('PlanChanged'), event('UserChanged'), event('KernelChanged'))
  ];
  return [
    event('Asked'),
    event('TurnStarted'),
    ...step(1),
    event('Queued'),
    ...step(2),
    event('TurnFinished'),
    event('Asked', { id: (event('Queued') as unknown as { id: string }).id }),
    event('TurnStarted'),
    ...step(1)
  ];
}
