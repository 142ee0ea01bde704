import type { ISessionContext } from '@jupyterlab/apputils';
import type { ISignal } from '@lumino/signaling';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';

import type { Draft, IDrafted } from './draft';

/**
 * The value, read again after a signal: at most once a frame, however often it comes, so that a
 * stream of events costs one drawing each frame. One that is the `same` as before stays.
 */
export function useLatest<T>(
  signal: ISignal<unknown, unknown> | null,
  read: () => T,
  same: (one: T, other: T) => boolean = Object.is
): T {
  const [value, setValue] = useState(read);
  useEffect(() => {
    let frame = 0;
    const draw = () => {
      frame = 0;
      const next = read();
      setValue(before => (same(before, next) ? before : next));
    };
    const changed = () => {
      frame ||= requestAnimationFrame(draw);
    };
    signal?.connect(changed);
    draw();
    return () => {
      signal?.disconnect(changed);
      cancelAnimationFrame(frame);
    };
    // `read` and `same` are new functions at each drawing and do the same thing.
    // The signal stands for what it reads from.
  }, [signal]);
  return value;
}

/** What was asked for: nothing yet, the answer, or why there is none. */
export interface IAnswer<T> {
  value: T | null;
  problem: string;
}

/** Asks at once, when `inputs` change, and when told to; an older answer stays until then. */
export function useAnswer<T>(
  ask: () => Promise<T>,
  inputs: readonly unknown[]
): [IAnswer<T>, () => void] {
  const [answer, setAnswer] = useState<IAnswer<T>>({ value: null, problem: '' });
  const [again, setAgain] = useState(0);
  useEffect(() => {
    let current = true;
    const take = (next: IAnswer<T>) => {
      if (current) {
        setAnswer(next);
      }
    };
    ask().then(
      value => {
        take({ value, problem: '' });
      },
      (reason: unknown) => {
        take({ value: null, problem: reason instanceof Error ? reason.message : String(reason) });
      }
    );
    return () => {
      current = false;
    };
    // `ask` is a new function at each drawing; `inputs` are what it depends on.
  }, [...inputs, again]);
  const reload = useCallback(() => {
    setAgain(times => times + 1);
  }, []);
  return [answer, reload];
}

/** How the notebook's kernel is, as Lab tells it; "" where there is none. */
export function useKernelStatus(session: ISessionContext | null): string {
  const [status, setStatus] = useState('');
  useEffect(() => {
    const read = () => {
      setStatus(session?.session?.kernel?.status ?? '');
    };
    read();
    session?.statusChanged.connect(read);
    session?.kernelChanged.connect(read);
    return () => {
      session?.statusChanged.disconnect(read);
      session?.kernelChanged.disconnect(read);
    };
  }, [session]);
  return status;
}

/** The draft as it is now: a text field must not be a frame behind its keys. */
export function useDraft(draft: Draft): IDrafted {
  const subscribe = useCallback(
    (changed: () => void) => {
      draft.changed.connect(changed);
      return () => draft.changed.disconnect(changed);
    },
    [draft]
  );
  return useSyncExternalStore(subscribe, () => draft.value);
}

/** Seconds since a time (ms since the epoch), counted on each second while `running`. */
export function useSeconds(since: number, running: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!running) {
      return undefined;
    }
    setNow(Date.now());
    const timer = setInterval(() => {
      setNow(Date.now());
    }, 1000);
    return () => {
      clearInterval(timer);
    };
  }, [running, since]);
  return Math.max(0, (now - since) / 1000);
}
