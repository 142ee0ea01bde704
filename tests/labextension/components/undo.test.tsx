import { ConversationView } from '../../../labextension/src/components/conversation-view';
import contract from '../../contracts/events.json';
import { click, draw, settle } from './shown';

function example(type: string, fields: object = {}) {
  return { ...contract.events.find(event => event.type === type)!, ...fields };
}

const turn = example('TurnStarted').turn;
const ended = ['Asked', 'TurnStarted', 'TurnFinished'].map(type => example(type));

async function drawn(...events: { type: string }[]) {
  const page = draw(<ConversationView />);
  for (const event of [...ended, ...events]) {
    page.server.add(event);
  }
  await settle();
  return page;
}

describe('undo', () => {
  it('is offered for a turn that changed cells, and for no other', async () => {
    expect((await drawn()).host.querySelector('.k2-Undo')).toBeNull();
    const { button, server } = await drawn(example('Undoable'));
    click(button('Undo this turn'));
    expect(server.heard('undo')).toMatchObject([{ turn }]);
  });

  it('says what was done, and offers to do it again', async () => {
    const lines = ['Cells: 3 removed.', 'Left as you changed it: cell c1.'];
    const { button, find, rename, server } = await drawn(
      example('Undoable'),
      example('Undone', { lines })
    );
    expect(find('.k2-Undo').textContent).toContain('This turn is undone.');
    rename(() => 'In [4]');
    await settle();
    expect(find('.k2-Undo').textContent).toContain('Left as you changed it: In [4].');
    click(button('Redo this turn'));
    expect(server.heard('redo')).toMatchObject([{ turn }]);
  });

  it('is offered again when the turn is there again', async () => {
    const { button, find } = await drawn(
      example('Undoable'),
      example('Undone'),
      example('Redone')
    );
    expect(find('.k2-Undo').textContent).not.toContain('This turn is undone.');
    expect(button('Undo this turn')).toBeTruthy();
  });

  it('is offered for turns of an earlier life of the server', async () => {
    const before = example('Earlier', { turn: 'before' });
    const page = await drawn(before, example('Undoable', { turn: 'before' }));
    click(page.button('Undo this turn'));
    expect(page.server.heard('undo')).toMatchObject([{ turn: 'before' }]);
  });
});
