import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IConversation } from '../conversation';
import type { Attached, IAskCaps } from '../events';
import { same } from './mentions';

/** What the user is about to ask. */
export interface IDrafted {
  text: string;
  attached: readonly Attached[];
  mode: 'ask' | 'plan';
  /** "" where none was chosen here: as the settings say. */
  model: string;
  /** Null where none were set here: as the settings say. */
  caps: IAskCaps | null;
}

const EMPTY: IDrafted = { text: '', attached: [], mode: 'ask', model: '', caps: null };

/** The composer's content. Lives as long as the conversation, in memory only. */
export class Draft {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Something else than the composer wants the caret there. */
  get wanted(): ISignal<this, void> {
    return this._wanted;
  }

  get value(): IDrafted {
    return this._value;
  }

  set(part: Partial<IDrafted>): void {
    this._value = { ...this._value, ...part };
    this._changed.emit();
  }

  attach(attached: Attached): void {
    if (!this._value.attached.some(other => same(other, attached))) {
      this.set({ attached: [...this._value.attached, attached] });
    }
  }

  detach(attached: Attached): void {
    this.set({ attached: this._value.attached.filter(other => !same(other, attached)) });
  }

  /** Puts a text in, for the user to change or send. */
  offer(text: string, mode: IDrafted['mode'] = 'ask'): void {
    this.set({ text, mode });
    this._wanted.emit();
  }

  /** After sending: mode, model and caps are kept for the next request. */
  sent(): void {
    this.set({ text: '', attached: [] });
  }

  private _value = EMPTY;
  private _changed = new Signal<this, void>(this);
  private _wanted = new Signal<this, void>(this);
}

const drafts = new WeakMap<IConversation, Draft>();

export function draftOf(conversation: IConversation): Draft {
  let draft = drafts.get(conversation);
  if (!draft) {
    draft = new Draft();
    drafts.set(conversation, draft);
  }
  return draft;
}
