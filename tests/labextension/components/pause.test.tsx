import { ConversationView } from '../../../labextension/src/components/conversation-view';
import contract from '../../contracts/events.json';
import { click, draw, settle } from './shown';

type Fields = Record<string, unknown>;

function example(type: string, fields: Fields = {}) {
  return { ...contract.events.find(event => event.type === type)!, ...fields };
}

const running = [example('Asked'), example('TurnStarted'), example('StepStarted')];
const turn = example('TurnStarted').turn;

async function drawn(...events: { type: string }[]) {
  const page = draw(<ConversationView />);
  for (const event of events) {
    page.server.add(event);
  }
  await settle();
  return page;
}

describe('a turn that runs', () => {
  it('can be paused, and goes on', async () => {
    const { button, find, server } = await drawn(...running);
    click(button('Pause'));
    expect(server.heard('pause')).toHaveLength(1);
    server.add(example('Paused', { state: 'wanted' }));
    await settle();
    expect(button('Do not pause')).toBeTruthy();
    server.add(example('Paused', { state: 'here' }));
    await settle();
    expect(find('.k2-Waiting').textContent).toContain('Paused');
    click(button('Continue'));
    expect(server.heard('continue')).toHaveLength(1);
    server.add(example('Paused', { state: 'over' }));
    await settle();
    expect(button('Pause')).toBeTruthy();
  });
});

describe('a turn that was cut off', () => {
  const cutOff = example('TurnFinished', { reason: 'interrupted', conclusion: null });

  it('can go on', async () => {
    const { button, server } = await drawn(...running, cutOff);
    click(button('Resume'));
    expect(server.heard('resume')).toMatchObject([{ turn }]);
  });

  it('can also go on with another server', async () => {
    const earlier = example('Earlier', { reason: 'interrupted', conclusion: '' });
    const { button, server } = await drawn(earlier);
    click(button('Resume'));
    expect(server.heard('resume')).toMatchObject([{ turn: earlier.turn }]);
  });

  it.each([
    ['one that came to a conclusion', [...running, example('TurnFinished')]],
    ['one that others followed', [...running, cutOff, example('Asked', { id: 'another' })]]
  ])('is not %s', async (_, events) => {
    const { host } = await drawn(...events);
    expect(host.querySelector('.k2-Turn-resume')).toBeNull();
  });
});
