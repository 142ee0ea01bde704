import { nullTranslator } from '@jupyterlab/translation';

import { count, dollars, duration } from '../../../labextension/src/components/amounts';
import { hiddenCount, pieces, visible } from '../../../labextension/src/components/hidden';
import { shortReason } from '../../../labextension/src/components/reasons';
import { callWords, namedCells, shortGist } from '../../../labextension/src/components/words';
import type { ICall } from '../../../labextension/src/conversation';

const trans = nullTranslator.load('k2_jupyter');
const call = (part: Partial<ICall>) => ({ status: 'ok', arguments: null, run: null, ...part }) as ICall;

describe('hidden characters', () => {
  it.each([
    ['direction', '\u202e', '‹U+202E›'],
    ['zero width', '\u200b', '‹U+200B›'],
    ['joiner', '\u2060', '‹U+2060›'],
    ['tag', '\u{e0041}', '‹U+E0041›'],
    ['variation selector', '\ufe0f', '‹U+FE0F›'],
    ['filler', '\u3164', '‹U+3164›'],
    ['escape', '\u001b', '‹U+001B›'],
    ['carriage return', '\r', '‹U+000D›'],
    ['line separator', '\u2028', '‹U+2028›'],
    ['lone surrogate', '\ud800', '‹U+D800›']
  ])('%s is written out in code', (_, character, written) => {
    expect(pieces(`a${character}b`)).toEqual([
      { text: 'a', hidden: false },
      { text: written, hidden: true },
      { text: 'b', hidden: false }
    ]);
  });

  it('what is seen stays', () => {
    const code = '\tπ = "naïve 😀 日本"\n';
    expect(pieces(code)).toEqual([{ text: code, hidden: false }]);
    expect(hiddenCount(pieces(''))).toBe(0);
  });

  it('in words only what deceives is written out', () => {
    expect(visible('می‌خواهم ❤️')).toBe('می‌خواهم ❤️');
    expect(visible('a\u202eb\u0007\r\nc')).toBe('a‹U+202E›b‹U+0007›\nc');
  });
});

describe('words of calls', () => {
  it('say what was done, in one line', () => {
    const words = callWords(
      call({ name: 'run_cell', arguments: { purpose: 'mean by group\nand more' } }),
      trans
    );
    expect(words).toBe('Ran a cell: mean by group');
    expect(callWords(call({ name: 'run_cell', status: 'running' }), trans)).toBe('Running a cell');
  });

  it('say what is only wanted, and what was not done', () => {
    const told = (part: Partial<ICall>, waits = false) => callWords(call({ name: 'run_cell', ...part }), trans, waits);
    expect(told({ status: 'running' }, true)).toBe('Wants to run a cell');
    expect(told({ status: 'ok' }, true)).toBe('Ran a cell');
    expect(told({ status: 'error' })).toBe('Not run');
    expect(told({ status: 'error', run: 'error' })).toBe('Ran a cell');
    expect(told({ name: 'edit_cell', status: 'error' })).toBe('Not changed');
    expect(told({ name: 'read_output', status: 'error' })).toBe('Read an output');
  });

  it('keep the name of a tool that is not known, without its tricks', () => {
    expect(callWords(call({ name: 'constructor\u202e' }), trans)).toBe('constructor‹U+202E›');
    expect(callWords(call({ name: 'constructor' }), trans)).toBe('constructor');
  });

  it('leave out of a gist what only the model needs', () => {
    const gist = 'cell 3f2a91bc (hash 0123456789ab) · ok · 3 printed lines; read_output shows it';
    expect(shortGist(gist)).toBe('3 printed lines');
    expect(shortGist('cell 3f2a91bc · ok')).toBe('');
    expect(shortGist('cell a48057ee added (hash 0123456789ab)')).toBe('added');
    expect(shortGist('cell 3f2a91bc (hash 0123456789ab) · error · KeyError: 1')).toBe('error · KeyError: 1');
    expect(shortGist('the question was not answered')).toBe('the question was not answered');
  });
});

describe('names of cells', () => {
  const cellName = (id: string) => (id === '3f2a91bc' ? 'cell 2' : '');

  it('stand for the ids of those that are there, and for nothing else', () => {
    expect(namedCells('Fix cell 3f2a91bc. And\u202e more', cellName)).toBe('Fix cell 2. And‹U+202E› more');
    expect(namedCells('compare cell 2 with cell 3', cellName)).toBe('compare cell 2 with cell 3');
  });
});

describe('reasons', () => {
  it('are short once they are history', () => {
    expect(shortReason('line 12: starts a process (`subprocess`); 2 more of this kind, to line 20')).toBe('starts a process');
  });
});

describe('amounts', () => {
  it.each([
    [0.05, '0.0\u00a0s'],
    [9.99, '9.9\u00a0s'],
    [59.9, '59\u00a0s'],
    [125, '2:05'],
    [3727, '1:02:07']
  ])('%d seconds are %s', (seconds, words) => {
    expect(duration(seconds, trans)).toBe(words);
  });

  it.each([
    [999, '999'],
    [43_210, '43.2k'],
    [120_000, '120k'],
    [999_960, '1M'],
    [1_250_000, '1.25M']
  ])('%d tokens are %s', (tokens, words) => {
    expect(count(tokens)).toBe(words);
  });

  it('small sums of money keep their digits', () => {
    expect([0, 0.0012, 0.314, 12.4].map(dollars)).toEqual(['$0.00', '$0.0012', '$0.31', '$12.40']);
  });
});
