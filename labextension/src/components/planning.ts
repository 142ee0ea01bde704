/** What the user does to a plan: each returns the new list, or the same one where nothing changes. */
import type { IPlanEntry } from '../conversation';

export type Entries = readonly IPlanEntry[];

/** Moves an item to the place of another; places count from 0. */
export function move(items: Entries, from: number, to: number): Entries {
  const item = items[from];
  if (!item || from === to || to < 0 || to >= items.length) {
    return items;
  }
  const rest = items.filter((_, place) => place !== from);
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}

export function rename(items: Entries, place: number, title: string): Entries {
  const words = title.trim();
  if (!words || items[place]?.title === words) {
    return items;
  }
  return items.map((item, at) => (at === place ? { ...item, title: words } : item));
}

/** An item that is not wanted stays in the list, dropped; taken up again it is open. */
export function toggleDropped(items: Entries, place: number): Entries {
  return items.map((item, at) =>
    at === place ? { ...item, state: item.state === 'dropped' ? 'open' : 'dropped' } : item
  );
}

export function add(items: Entries, title: string): Entries {
  const words = title.trim();
  return words ? [...items, { title: words, state: 'open' }] : items;
}
