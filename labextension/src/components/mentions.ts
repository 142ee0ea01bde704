/** Completion of `@`: which word is typed, and what fits it. */
import type { Attached } from '../events';

/** Something that can be named in a request. */
export interface IMention {
  /** What the word after `@` is compared with, and what is put in its place. */
  name: string;
  /** What it is, in a few words. */
  detail: string;
  attached: Attached;
}

/** The `@word` that ends at the caret. */
export interface ITyped {
  start: number;
  word: string;
}

const MOST = 12;

/** The word under way, or null: `@` stands at the beginning or after a space or bracket. */
export function typed(text: string, caret: number): ITyped | null {
  const match = /(?:^|[\s([{,])@([^\s@]*)$/u.exec(text.slice(0, caret));
  const word = match?.[1];
  return word === undefined ? null : { start: caret - word.length - 1, word };
}

/** Those whose name begins with the word first, then those that contain it. */
export function fitting(all: readonly IMention[], word: string): IMention[] {
  const wanted = word.toLowerCase();
  const rank = (mention: IMention) => mention.name.toLowerCase().indexOf(wanted);
  const within = all.filter(mention => rank(mention) >= 0 || contains(mention.detail, wanted));
  const first = within.filter(mention => rank(mention) === 0);
  return [...first, ...within.filter(mention => rank(mention) !== 0)].slice(0, MOST);
}

/** The text with the word replaced by the mention's name, and where the caret goes. */
export function completed(
  text: string,
  at: ITyped,
  mention: IMention
): { text: string; caret: number } {
  const after = text.slice(at.start + 1 + at.word.length);
  const before = text.slice(0, at.start) + mention.name;
  const space = /^\s/.test(after) ? '' : ' ';
  return { text: before + space + after, caret: before.length + 1 };
}

/** Whether both name the same thing. */
export function same(one: Attached, other: Attached): boolean {
  return key(one) === key(other);
}

export function key(attached: Attached): string {
  switch (attached.kind) {
    case 'variable':
      return `variable ${attached.name}`;
    case 'file':
      return `file ${attached.path}`;
    case 'cell':
      return `cell ${attached.cell}`;
    case 'selection':
      return `selection ${attached.cell} ${attached.text}`;
  }
}

function contains(text: string, wanted: string): boolean {
  return wanted.length > 1 && text.toLowerCase().includes(wanted);
}
