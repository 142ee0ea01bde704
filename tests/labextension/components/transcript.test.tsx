import { act } from 'react';

import { ConversationView } from '../../../labextension/src/components/conversation-view';
import type { IDrawn } from './shown';
import { click, draw, settle } from './shown';

const add = ({ server }: IDrawn, ...events: { type: string }[]) => {
  events.forEach(event => {
    server.add(event);
  });
};
const asked = { type: 'Asked', id: 'a', request: 'Count', attached: [], mode: 'ask', model: 'm' };
const ran = { type: 'ToolCall', id: '', name: 'run_cell', arguments: '{"source":"<b>n</b>","purpose":"count"}' };

function answered(text: string, calls: object[] = []) {
  const usage = { type: 'Usage', input_tokens: 1, cached_tokens: 0, output_tokens: 1 };
  return {
    type: 'AnswerReceived',
    message: { type: 'AssistantMessage', text, calls, reasoning: null, finish: 'stop', usage, repairs: [] }
  };
}

describe('the transcript', () => {
  it('keeps 30 steps in the page, and the earlier ones behind a button', async () => {
    const drawn = draw(<ConversationView />);
    add(drawn, asked);
    for (let number = 1; number <= 80; number++) {
      add(drawn, { type: 'StepStarted', number } as never, answered(`step ${number}`));
    }
    await settle();
    expect(drawn.host.querySelectorAll('.k2-Step')).toHaveLength(30);
    click(drawn.button('Show 50 earlier steps'));
    expect(drawn.host.querySelectorAll('.k2-Step')).toHaveLength(80);
  });

  it('draws once a frame, however many events come', async () => {
    const drawn = draw(<ConversationView />);
    add(drawn, asked, { type: 'StepStarted', number: 1 } as never);
    await settle();
    let drawings = 0;
    const observer = new MutationObserver(() => drawings++);
    observer.observe(drawn.host, { subtree: true, childList: true, characterData: true });
    for (let word = 0; word < 100; word++) {
      add(drawn, { type: 'TextDelta', text: 'word ' } as never);
    }
    await settle();
    expect(drawn.find('.k2-Markdown-plain').textContent).toBe('word '.repeat(100));
    expect(drawings).toBeLessThan(10);
  });

  it('shows a call in words, its result behind a fold as text, and goes to its cell', async () => {
    const drawn = draw(<ConversationView />);
    const result = { is_error: false, gist: 'cell c1 · ok', text: 'cell c1\n<img src=x onerror=alert(1)>' };
    add(
      drawn,
      asked,
      { type: 'StepStarted', number: 1 } as never,
      answered('', [ran]),
      { type: 'CallStarted', call: ran, position: 0 } as never,
      { type: 'CellStarted', cell: 'c1', source: 'n', purpose: 'count', epoch: 0 } as never,
      { type: 'CallFinished', call: ran, position: 0, result, seconds: 1 } as never
    );
    await settle();
    expect(drawn.find('.k2-Call-words').textContent).toBe('Ran a cell: count');
    click(drawn.find('.k2-Call .k2-Fold-summary'));
    expect(drawn.find('.k2-Call').textContent).toContain('<img src=x onerror=alert(1)>');
    expect(drawn.host.querySelector('img, b')).toBeNull();
    click(drawn.button('cell c1'));
    expect(drawn.revealed).toEqual(['c1']);
  });

  it('measures nothing while it draws, and follows what was laid out until the user goes up', async () => {
    const observed: (() => void)[] = [];
    const { ResizeObserver: none } = globalThis;
    globalThis.ResizeObserver = class extends none {
      constructor(callback: ResizeObserverCallback) {
        super(callback);
        observed.push(() => {
          callback([], this);
        });
      }
    };
    const drawn = draw(<ConversationView />);
    add(drawn, asked, { type: 'StepStarted', number: 1 } as never);
    await settle();
    globalThis.ResizeObserver = none;
    const node = drawn.find('.k2-Transcript');
    const height = jest.fn(() => 500);
    Object.defineProperty(node, 'scrollHeight', { get: height, configurable: true });
    add(drawn, { type: 'TextDelta', text: 'word' } as never);
    await settle();
    expect(height).not.toHaveBeenCalled();
    const grow = () => {
      observed.at(-1)?.();
      node.dispatchEvent(new Event('scroll'));
    };
    grow();
    expect(node.scrollTop).toBe(500);
    node.scrollTop = 100;
    act(() => {
      node.dispatchEvent(new Event('scroll'));
    });
    height.mockReturnValue(900);
    grow();
    expect(node.scrollTop).toBe(100);
    click(drawn.button('Newest'));
    grow();
    expect(node.scrollTop).toBe(900);
  });

  it('reads the names of cells once for a change, however many links show them', async () => {
    const drawn = draw(<ConversationView />);
    const name = jest.fn((cell: string) => `cell ${cell} now`);
    add(drawn, asked);
    for (let number = 1; number <= 20; number++) {
      const cell = { type: 'CellStarted', cell: 'c1', source: 'n', purpose: 'count', epoch: 0 };
      const call = { type: 'CallStarted', call: ran, position: 0 };
      add(drawn, { type: 'StepStarted', number } as never, call, cell);
    }
    await settle();
    drawn.rename(name);
    drawn.rename(name);
    await settle();
    const links = [...drawn.host.querySelectorAll('.k2-CellLink')].map(link => link.textContent);
    expect(links).toEqual(Array(20).fill('cell c1 now'));
    expect(name.mock.calls.filter(([cell]) => cell === 'c1')).toHaveLength(1);
  });

  it('calls a cell by the name that it has now', async () => {
    const drawn = draw(<ConversationView />);
    add(
      drawn,
      { ...asked, request: 'Fix cell c1.', mode: 'fix' } as never,
      { type: 'StepStarted', number: 1 } as never,
      answered('', [ran]),
      { type: 'CallStarted', call: ran, position: 0 } as never,
      { type: 'CellStarted', cell: 'c1', source: 'n', purpose: 'count', epoch: 0 } as never
    );
    await settle();
    drawn.rename(() => 'cell 7');
    await settle();
    expect(drawn.find('.k2-Call .k2-CellLink').textContent).toBe('cell 7');
    expect(drawn.find('.k2-Request').textContent).toContain('Fix cell 7.');
  });

  it('says that a call waits for the user', async () => {
    const drawn = draw(<ConversationView />);
    const request = { type: 'QuestionRequest', question: 'Go on?', choices: [] };
    add(
      drawn,
      asked,
      { type: 'StepStarted', number: 1 } as never,
      answered('', [ran]),
      { type: 'CallStarted', call: ran, position: 0 } as never,
      { type: 'Opened', id: 'q', request, cell: null, epoch: 0, asks: null } as never
    );
    await settle();
    expect(drawn.find('.k2-Call-words').textContent).toBe('Wants to run a cell: count');
    add(drawn, { type: 'Closed', id: 'q', answer: null, by: 'page' } as never);
    await settle();
    expect(drawn.find('.k2-Call-words').textContent).toBe('Running a cell: count');
  });

  it('marks what was not found in the outputs, and offers the next steps', async () => {
    const drawn = draw(<ConversationView />);
    const claim = { number: '5', cell: 'c1', label: 'groups', found: false, problem: '', headline: '' };
    const conclusion = {
      text: 'There are 5 groups.',
      caveats: ['Small.'],
      next_steps: ['Plot them'],
      claims: [claim, { ...claim, number: '7', found: true }],
      outcome: 'done',
      plain: false,
      cell: ''
    };
    const usage = { input_tokens: 0, cached_tokens: 0, output_tokens: 0 };
    add(drawn, asked, {
      type: 'TurnFinished',
      reason: 'done',
      conclusion,
      detail: '',
      steps: 1,
      calls: 1,
      usage,
      seconds: 2
    } as never);
    await settle();
    expect(drawn.host.textContent).toContain('1 of 2 numbers checked');
    expect(drawn.find('.k2-mod-missing').textContent).toContain('not found in the outputs');
    click(drawn.button('Plot them'));
    expect(drawn.shown.draft.value.text).toBe('Plot them');
    expect(drawn.server.heard('ask')).toEqual([]);
  });

  it('announces an answer when it is whole, not word by word', async () => {
    const drawn = draw(<ConversationView />);
    add(drawn, asked, { type: 'StepStarted', number: 1 } as never, { type: 'TextDelta', text: 'I lo' } as never);
    await settle();
    const said = () => drawn.find('.k2-Transcript-frame > [role=status]').textContent;
    expect(said()).toBe('');
    add(drawn, answered('I look at it.'));
    await settle();
    expect(said()).toBe('I look at it.');
  });

  it('says that the turn goes on when the connection is lost', async () => {
    const drawn = draw(<ConversationView />);
    add(drawn, asked);
    drawn.server.socket.drop();
    await settle();
    expect(drawn.find('.k2-Banner').textContent).toContain('goes on in the server');
  });
});
