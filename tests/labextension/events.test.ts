import { readMessage } from '../../labextension/src/events';
import contract from '../contracts/events.json';

const time = '2026-11-22T10:15:30+00:00';

function inMessage(event: unknown): string {
  return JSON.stringify({ op: 'event', seq: 1, time, event });
}

/** The fields that the page reads are the same as those that were sent. */
function expectWithin(read: unknown, sent: unknown): void {
  expect(sent).toMatchObject(read as object);
}

describe('readMessage', () => {
  it.each(contract.to_page.map(message => [`${message.op} ${message.what ?? ''}`, message]))(
    'takes %s',
    (_, message) => {
      const read = readMessage(JSON.stringify(message));
      expect(read?.op).toBe((message as { op: string }).op);
      expectWithin(read, message);
    }
  );

  it.each(contract.events.map(event => [event.type, event] as const))(
    'takes the event %s',
    (type, event) => {
      const read = readMessage(inMessage(event));
      expect(read).toMatchObject({ op: 'event', seq: 1, event: { type } });
      expectWithin(read?.op === 'event' && read.event, event);
    }
  );

  it('keeps the place of an event that it does not know', () => {
    const unknown = { op: 'event', seq: 1, time, event: { type: 'Unknown' } };
    expect(readMessage(inMessage({ type: 'Invented', text: 'x' }))).toEqual(unknown);
    expect(readMessage(inMessage({ type: 'StepStarted', number: 'one' }))).toEqual(unknown);
    expect(readMessage(inMessage(null))).toEqual(unknown);
  });

  it.each(['', 'no JSON', 'null', '[]', '{"op": "dance"}', '{"op": "do", "what": "run"}'])(
    'knows no %s',
    received => {
      expect(readMessage(received)).toBeNull();
    }
  );

  it('reads no message with a field of another type', () => {
    const [welcome] = contract.to_page;
    expect(readMessage(JSON.stringify({ ...welcome, seq: '17' }))).toBeNull();
  });
});
