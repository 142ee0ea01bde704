import { Connection } from '../../labextension/src/connection';
import type { ToPage } from '../../labextension/src/events';
import { PlayedServer } from './played';

const STEP = { type: 'StepStarted', number: 1 };

function connected() {
  const server = new PlayedServer();
  const connection = new Connection('folder/a b.ipynb', server.settings);
  const taken: ToPage[] = [];
  connection.message.connect((_, message) => taken.push(message));
  connection.open();
  server.accept();
  const seen = () => taken.flatMap(message => (message.op === 'event' ? [message.seq] : []));
  return { server, connection, taken, seen };
}

describe('Connection', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('greets with what it has, and names the notebook', () => {
    const { server, connection } = connected();
    expect(server.socket.url).toBe('ws://localhost/k2/api/notebook?path=folder%2Fa%20b.ipynb');
    expect(server.received).toEqual([{ op: 'hello', log: null, since: 0, cells: [] }]);
    expect(connection.state).toBe('open');
  });

  it('comes back and goes on behind what it has', () => {
    const { server, connection, seen } = connected();
    server.add(STEP);
    server.socket.drop();
    expect(connection.state).toBe('lost');
    server.entries.push(STEP, STEP);
    jest.advanceTimersByTime(200);
    server.accept();
    expect(server.heard('hello')[1]).toMatchObject({ log: 'log-1', since: 1 });
    expect(seen()).toEqual([1, 2, 3]);
    expect(connection.state).toBe('open');
  });

  it('waits longer each time, up to 5 s', () => {
    const { server } = connected();
    server.greets = false;
    const waits = Array.from({ length: 7 }, () => {
      const before = server.sockets.length;
      server.socket.drop();
      let waited = 0;
      for (; server.sockets.length === before; waited += 100) {
        jest.advanceTimersByTime(100);
      }
      return waited;
    });
    expect(waits).toEqual([200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  it('does not wait when the network is there again', () => {
    const { server } = connected();
    server.socket.drop();
    window.dispatchEvent(new Event('online'));
    expect(server.sockets).toHaveLength(2);
  });

  it('drops what came before', () => {
    const { server, seen } = connected();
    server.add(STEP);
    server.socket.tell({ op: 'event', seq: 1, time: '2026-11-22T10:00:00Z', event: STEP });
    expect(seen()).toEqual([1]);
  });

  it('asks anew where something is missing, without hurry', () => {
    const { server, connection, seen } = connected();
    server.socket.tell({ op: 'event', seq: 2, time: '2026-11-22T10:00:00Z', event: STEP });
    expect(connection.state).toBe('lost');
    server.entries = [STEP, STEP];
    jest.advanceTimersByTime(200);
    server.accept();
    expect(seen()).toEqual([1, 2]);
  });

  it('takes one message for a row of events that are gone', () => {
    const { server, connection, seen } = connected();
    server.add(STEP);
    server.socket.drop();
    server.entries.push(...Array.from({ length: 1000 }, () => ({ type: 'Gone' })), STEP);
    jest.advanceTimersByTime(200);
    server.accept();
    expect(seen()).toEqual([1, 1001, 1002]);
    expect(connection.state).toBe('open');
  });

  it('asks anew where a row begins behind what is missing', () => {
    const { server, connection } = connected();
    const gone = { type: 'Gone', first: 2 };
    server.socket.tell({ op: 'event', seq: 9, time: '2026-11-22T10:00:00Z', event: gone });
    expect(connection.state).toBe('lost');
  });

  it('keeps the place of an event that it does not know', () => {
    const { server, seen } = connected();
    server.add({ type: 'Invented' });
    server.add(STEP);
    expect(seen()).toEqual([1, 2]);
  });

  it('counts messages that it does not know', () => {
    const { server, connection } = connected();
    server.socket.tell({ op: 'dance' });
    expect(connection.ignored).toBe(1);
    expect(connection.state).toBe('open');
  });

  it('starts anew with another log', () => {
    const { server, seen } = connected();
    server.add(STEP);
    server.add(STEP);
    server.socket.drop();
    server.log = 'log-2';
    server.entries = [STEP];
    jest.advanceTimersByTime(200);
    server.accept();
    expect(seen()).toEqual([1, 2, 1]);
  });

  it('says why it was refused, and tries again later', () => {
    const { server, connection, taken } = connected();
    server.socket.tell({ op: 'refused', of: 'hello', why: 'The notebook has no kernel.' });
    server.socket.drop(4404, 'no kernel');
    expect(connection.state).toBe('refused');
    expect(connection.refusal).toBe('The notebook has no kernel.');
    expect(taken.map(message => message.op)).toEqual(['welcome']);
    jest.advanceTimersByTime(5000);
    server.accept();
    expect(connection.state).toBe('open');
    expect(connection.refusal).toBe('');
  });

  it('does not send again and again what is too large for the server', () => {
    const { server, connection } = connected();
    server.socket.tell({ op: 'refused', of: 'hello', why: 'The notebook is too large.' });
    server.socket.drop(4413, 'too large');
    expect(connection.refusal).toBe('The notebook is too large.');
    jest.advanceTimersByTime(59_000);
    expect(server.sockets).toHaveLength(1);
    jest.advanceTimersByTime(1_000);
    expect(server.sockets).toHaveLength(2);
  });

  it('sends what is not about cells when it is there again', () => {
    const { server, connection } = connected();
    server.socket.drop();
    connection.send({ op: 'stop' });
    connection.send({ op: 'variables', id: 'v' });
    jest.advanceTimersByTime(200);
    server.accept();
    expect(server.received.map(message => message.op)).toEqual(['hello', 'hello', 'stop']);
  });

  it('gives a server up that does not greet', () => {
    const { server } = connected();
    server.greets = false;
    server.socket.drop();
    jest.advanceTimersByTime(200);
    server.accept();
    const silent = server.sockets.length;
    jest.advanceTimersByTime(30_000);
    expect(server.sockets.length).toBeGreaterThan(silent);
  });

  it('takes nothing from a connection that was given up', () => {
    const { server, connection, seen } = connected();
    const old = server.socket;
    connection.open();
    server.accept();
    old.isClosed = false;
    old.tell({ op: 'event', seq: 1, time: '2026-11-22T10:00:00Z', event: STEP });
    expect(seen()).toEqual([]);
  });

  it('stays closed until it is opened', () => {
    const { server, connection } = connected();
    connection.close();
    expect(connection.state).toBe('closed');
    jest.advanceTimersByTime(60_000);
    window.dispatchEvent(new Event('online'));
    expect(server.sockets).toHaveLength(1);
    connection.open();
    expect(connection.state).toBe('connecting');
    server.accept();
    expect(connection.state).toBe('open');
  });

  it('is silent after its end', () => {
    const { server, connection } = connected();
    connection.dispose();
    jest.advanceTimersByTime(60_000);
    window.dispatchEvent(new Event('online'));
    expect(server.sockets).toHaveLength(1);
    expect(server.socket.isClosed).toBe(true);
  });
});
