import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

/** What the panel shows of a notebook. */
export type ViewName = 'conversation' | 'history' | 'provenance' | 'export';

/** Which of them is shown: commands and the panel's own buttons change it. */
export class Views {
  get current(): ViewName {
    return this._current;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  show(name: ViewName): void {
    if (name !== this._current) {
      this._current = name;
      this._changed.emit();
    }
  }

  private _current: ViewName = 'conversation';
  private readonly _changed = new Signal<this, void>(this);
}
