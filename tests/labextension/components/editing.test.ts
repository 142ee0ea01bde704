import type { IMention } from '../../../labextension/src/components/mentions';
import { completed, fitting, typed } from '../../../labextension/src/components/mentions';
import { add, move, rename, toggleDropped } from '../../../labextension/src/components/planning';
import type { Entries } from '../../../labextension/src/components/planning';

const mention = (name: string, detail = ''): IMention => ({
  name,
  detail,
  attached: { kind: 'variable', name }
});

describe('what is typed after @', () => {
  it.each([
    ['look at @d', 10, { start: 8, word: 'd' }],
    ['(@', 2, { start: 1, word: '' }],
    ['@a b', 4, null],
    ['me@example', 10, null],
    ['@abc', 2, { start: 0, word: 'a' }]
  ])('%s', (text, caret, found) => {
    expect(typed(text, caret)).toEqual(found);
  });

  it('fits names that begin with it first', () => {
    const all = [mention('my_df'), mention('df', 'DataFrame'), mention('n', 'a DataFrame')];
    expect(fitting(all, 'df').map(({ name }) => name)).toEqual(['df', 'my_df']);
    expect(fitting(all, 'frame').map(({ name }) => name)).toEqual(['df', 'n']);
  });

  it('is replaced by the name, once, with one space behind it', () => {
    const at = { start: 5, word: 'd' };
    expect(completed('plot @d', at, mention('df'))).toEqual({ text: 'plot df ', caret: 8 });
    expect(completed('plot @d now', at, mention('df'))).toEqual({ text: 'plot df now', caret: 8 });
  });
});

describe('a plan', () => {
  const plan: Entries = [
    { title: 'Load', state: 'done' },
    { title: 'Compare', state: 'active' },
    { title: 'Conclude', state: 'open' }
  ];
  const titles = (items: Entries) => items.map(({ title }) => title).join(' ');

  it('is put in another order, and keeps the states', () => {
    expect(titles(move(plan, 2, 0))).toBe('Conclude Load Compare');
    expect(titles(move(plan, 0, 2))).toBe('Compare Conclude Load');
    expect(move(plan, 0, 2)[2]).toBe(plan[0]);
  });

  it('is the same one where nothing changes, so that nothing is sent', () => {
    expect(move(plan, 0, -1)).toBe(plan);
    expect(move(plan, 2, 3)).toBe(plan);
    expect(rename(plan, 0, ' Load ')).toBe(plan);
    expect(rename(plan, 0, ' ')).toBe(plan);
    expect(add(plan, ' ')).toBe(plan);
  });

  it('keeps a dropped item, to be taken up again', () => {
    const dropped = toggleDropped(plan, 2);
    expect(dropped[2]).toEqual({ title: 'Conclude', state: 'dropped' });
    expect(toggleDropped(dropped, 2)).toEqual(plan);
  });
});
