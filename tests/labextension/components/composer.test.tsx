import { act } from 'react';

import { Composer } from '../../../labextension/src/components/composer';
import { ConversationView } from '../../../labextension/src/components/conversation-view';
import { draftOf } from '../../../labextension/src/components/draft';
import { click, draw, press, settle, type } from './shown';

function composer(asked: string[] = []) {
  return draw(<Composer running={false} pause="none" accepted asked={asked} />);
}

describe('the composer', () => {
  it('sends with Enter, with what is attached, and is empty then', () => {
    const { server, shown, textarea } = composer();
    act(() => {
      shown.draft.attach({ kind: 'variable', name: 'df' });
      shown.draft.attach({ kind: 'variable', name: 'df' });
    });
    type(textarea(), ' Plot df ');
    press(textarea(), 'Enter');
    expect(server.heard('ask')).toMatchObject([
      { request: 'Plot df', mode: 'ask', attached: [{ kind: 'variable', name: 'df' }] }
    ]);
    expect(textarea().value).toBe('');
    press(textarea(), 'Enter');
    expect(server.heard('ask')).toHaveLength(1);
  });

  it('makes a new line with Shift, and leaves Enter to those who compose characters', () => {
    const { server, textarea } = composer();
    type(textarea(), 'a');
    press(textarea(), 'Enter', { shiftKey: true });
    press(textarea(), 'Enter', { isComposing: true });
    expect(server.heard('ask')).toEqual([]);
  });

  it('recalls what was asked with Up, and nothing over a text of its own', () => {
    const { textarea } = composer(['first', 'second']);
    const text = textarea();
    press(text, 'ArrowUp');
    expect(text.value).toBe('second');
    press(text, 'ArrowUp');
    press(text, 'ArrowUp');
    expect(text.value).toBe('first');
    press(text, 'ArrowDown');
    press(text, 'ArrowDown');
    expect(text.value).toBe('');
    type(text, 'mine');
    press(text, 'ArrowUp');
    expect(text.value).toBe('mine');
  });

  it('completes what @ names, from the server, the notebook and the folder', async () => {
    const { find, server, host, shown, textarea } = composer();
    const text = textarea();
    type(text, 'compare @');
    const id = server.heard('variables')[0]?.id;
    server.socket.tell({ op: 'variables', id, items: [{ name: 'df', text: 'DataFrame' }] });
    await settle();
    const options = [...host.querySelectorAll('[role=option]')].map(option => option.textContent);
    expect(options).toEqual(['variabledfDataFrame', 'cellcell c1df = load()', 'filesalaries.csv']);
    press(text, 'ArrowDown');
    press(text, 'ArrowDown');
    const active = find('[aria-selected=true]');
    expect(text.getAttribute('aria-activedescendant')).toBe(active.id);
    press(text, 'Enter');
    expect(text.value).toBe('compare salaries.csv ');
    expect(shown.draft.value.attached).toEqual([{ kind: 'file', path: 'salaries.csv' }]);
    expect(host.querySelector('[role=listbox]')).toBeNull();
  });

  it('keeps what is typed for as long as the conversation, and lets attached things go', () => {
    const { shown, button, find, textarea } = composer();
    act(() => {
      shown.draft.attach({ kind: 'cell', cell: 'c1' });
    });
    expect(find('.k2-Chip').textContent).toBe('cell c1');
    click(button('Remove cell c1'));
    type(textarea(), 'half a request');
    expect(draftOf(shown.conversation).value).toMatchObject({ text: 'half a request', attached: [] });
  });

  it('offers the queue and the stop while a turn runs', async () => {
    const { server, button, textarea } = draw(<ConversationView />);
    server.add({ type: 'Asked', id: 'a', request: 'Count', attached: [], mode: 'ask', model: 'm' } as never);
    await settle();
    type(textarea(), 'and then');
    click(button('Queue'));
    expect(server.heard('ask')).toHaveLength(1);
    click(button('Stop'));
    press(textarea(), 'Escape');
    expect(server.heard('stop')).toHaveLength(2);
  });

  it('sends what a stop left in the queue, when the user says so', async () => {
    const { server, button } = draw(<ConversationView />);
    server.add({ type: 'Queued', id: 'q', request: 'and then' } as never);
    await settle();
    click(button('Send it now'));
    expect(server.heard('ask')).toMatchObject([{ id: 'q', request: 'and then' }]);
    click(button('Take it back'));
    expect(server.heard('unqueue')).toMatchObject([{ id: 'q' }]);
  });
});
