import { act } from 'react';

import { ConversationView } from '../../../labextension/src/components/conversation-view';
import type { EventOf } from '../../../labextension/src/events';
import type { IStatus } from '../../../labextension/src/tokens';
import contract from '../../contracts/events.json';
import type { IDrawn } from './shown';
import { click, draw, press, settle, type } from './shown';

const opened = contract.events.filter(({ type: name }) => name === 'Opened') as EventOf<'Opened'>[];
const [task, question, cap] = opened as [EventOf<'Opened'>, EventOf<'Opened'>, EventOf<'Opened'>];
const risky: EventOf<'Opened'> = {
  ...task,
  id: 'risky',
  asks: null,
  cell: '3f2a91bc',
  request: {
    type: 'ApprovalRequest',
    action: 'run',
    reasons: ['line 1: starts a process (`os.system`)'],
    kinds: ['shell'],
    code: 'os.system("ls")\u202e # <img src=x onerror=alert(1)>',
    digest: ''
  }
};

const asked = { type: 'Asked', id: 'a', request: 'Count', attached: [], mode: 'ask', model: 'm' };

async function waiting(
  open: EventOf<'Opened'>,
  prepare?: (drawn: IDrawn) => void,
  status: Partial<IStatus> = {}
): Promise<IDrawn> {
  const drawn = draw(<ConversationView />, { status });
  drawn.server.add(asked);
  await settle();
  prepare?.(drawn);
  drawn.server.add(open);
  await settle();
  return drawn;
}

/** Until the card takes a "yes". */
async function armed(): Promise<void> {
  await act(() => new Promise(resolve => setTimeout(resolve, 550)));
}

describe('a request', () => {
  it('shows the exact code with what is hidden in it, and why it is asked', async () => {
    const { find, host } = await waiting(risky);
    expect(find('.k2-CodeView-text').textContent).toBe(
      'os.system("ls")‹U+202E› # <img src=x onerror=alert(1)>\n'
    );
    expect(host.querySelector('img')).toBeNull();
    expect(find('.k2-CodeView-warning').textContent).toContain('1 hidden character');
    expect(find('.k2-Approval-reasons').textContent).toBe('line 1: starts a process (os.system)');
    expect(find('.k2-Approval-reasons code').textContent).toBe('os.system');
  });

  it('grants nothing in the moment that it appears', async () => {
    const { server, button } = await waiting(risky);
    click(button('Allow once'));
    click(button('Allow “shell” in this notebook'));
    expect(server.heard('answer')).toEqual([]);
    await armed();
    click(button('Allow once'));
    click(button('Allow once'));
    expect(server.heard('answer')).toEqual([
      {
        op: 'answer',
        request: 'risky',
        answer: { type: 'Approval', granted: true, comment: '', always: false }
      }
    ]);
  });

  it('takes a no at once, with its reason', async () => {
    const { server, field, button } = await waiting(risky);
    type(field('.k2-Approval input'), 'use the API');
    click(button('No'));
    expect(server.heard('answer')[0]?.answer).toEqual({
      type: 'Approval',
      granted: false,
      comment: 'use the API',
      always: false
    });
  });

  it('allows a kind', async () => {
    const { server, button } = await waiting(risky);
    await armed();
    click(button('in this notebook'));
    expect(server.heard('answer')[0]?.answer).toMatchObject({ granted: true, always: true });
  });

  it('offers no kind where an administrator has switched that off', async () => {
    const { host } = await waiting(risky, undefined, { off: { approve_kinds: 'one by one' } });
    expect(host.textContent).toContain('Allow once');
    expect(host.textContent).not.toContain('in this notebook');
  });

  it('offers no kinds for a whole task, and says what goes where', async () => {
    const { find, host } = await waiting(task);
    expect(host.textContent).not.toContain('in this notebook”');
    expect(find('.k2-Facts').textContent).toContain('salaries.ipynb, kernel Python 3');
    expect(find('.k2-Facts').textContent).toContain('api.moonshot.ai');
    expect(find('.k2-Facts').textContent).toContain('300 steps');
    expect(host.querySelector('.k2-Approval-reasons')).toBeNull();
  });

  it('is a short line in the transcript once it is answered', async () => {
    const { server, host, find } = await waiting(task);
    expect(find('.k2-Waiting').textContent).toContain('Waiting for you');
    const answer = { type: 'Approval', granted: true, comment: '' };
    server.add({ type: 'Closed', id: task.id, answer, by: 'page' } as never);
    server.add(risky);
    server.add({ type: 'Closed', id: 'risky', answer: { ...answer, granted: false }, by: 'page' } as never);
    await settle();
    const said = [...host.querySelectorAll('.k2-Said')].map(line => line.textContent);
    expect(said).toEqual(['Allowed: the task', 'Not allowed: starts a process']);
    expect(find('.k2-Waiting').textContent).toContain('Working…');
  });

  it('says once that nobody answered in time', async () => {
    const { server, host } = await waiting(task);
    for (let times = 0; times < 3; times++) {
      server.add({ type: 'Closed', id: task.id, answer: null, by: 'time' } as never);
      server.add(task);
    }
    await settle();
    expect([...host.querySelectorAll('.k2-Said')].map(line => line.textContent)).toEqual([
      'Nobody answered in time, so it is asked again.'
    ]);
  });

  it('takes the focus, on "No", only from within the panel', async () => {
    const { button } = await waiting(risky, ({ find }) => {
      find('textarea').focus();
    });
    expect(document.activeElement).toBe(button('No'));
    const elsewhere = await waiting(risky, () => {
      (document.activeElement as HTMLElement).blur();
    });
    expect(elsewhere.host.contains(document.activeElement)).toBe(false);
  });

  it('leaves the focus to a text that is typed', async () => {
    const { find } = await waiting(risky, drawn => {
      drawn.textarea().focus();
      type(drawn.textarea(), 'and then');
    });
    expect(document.activeElement).toBe(find('textarea'));
  });

  it('is answered by a choice or in own words', async () => {
    const { server, find, button } = await waiting(question);
    await armed();
    click(find('input[type=radio]'));
    click(button('Answer'));
    expect(server.heard('answer')[0]?.answer).toEqual({ type: 'Reply', text: 'level' });
  });

  it('continues behind a limit with what is offered', async () => {
    const { server, button } = await waiting(cap);
    await armed();
    click(button('Continue with +300 steps'));
    expect(server.heard('answer')[0]?.answer).toEqual({ type: 'Extension', extra: 300 });
  });

  it('goes away when it is closed elsewhere, and the page says why an answer was too late', async () => {
    const { server, host } = await waiting(risky);
    server.add({ type: 'Closed', id: 'risky', answer: null, by: 'restart' } as never);
    server.socket.tell({ op: 'refused', of: 'answer', id: 'risky', why: 'This was answered already.' });
    await settle();
    expect(host.querySelector('.k2-RequestCard')).toBeNull();
    expect(host.textContent).toContain('The kernel was restarted meanwhile');
    expect(host.textContent).toContain('This was answered already.');
  });

  it('is not answered by Esc, which stops the turn', async () => {
    const { server, find } = await waiting(risky);
    press(find('.k2-Approval input'), 'Escape');
    expect(server.heard('stop')).toHaveLength(1);
    expect(server.heard('answer')).toEqual([]);
  });
});
