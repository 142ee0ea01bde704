import { useEffect, useRef } from 'react';
import type { FormEvent, KeyboardEvent, ReactElement } from 'react';

import type { IAskCaps } from '../events';
import { usePanel, useShown } from './context';
import { Button } from './controls';
import { limitWords } from './limit-words';

/** By cap: seconds are asked for as minutes. */
const UNIT = { steps: 1, seconds: 60, dollars: 1 } as const;
const NAMES = ['steps', 'seconds', 'dollars'] as const;

/** Limits of the requests to come. At a limit K2 stops and asks. */
export function Caps({ onClose }: { onClose: () => void }): ReactElement {
  const { trans, k2 } = usePanel();
  const { draft } = useShown();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector('input')?.focus();
  }, []);
  const caps = draft.value.caps ?? k2.preferences.caps;
  const words = {
    steps: trans.__('Steps'),
    seconds: trans.__('Minutes'),
    dollars: trans.__('Dollars')
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    draft.set({ caps: readCaps(event.currentTarget) });
    onClose();
  };
  const closeByKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      onClose();
    }
  };
  const limits = k2.status?.limits;
  return (
    <div className="k2-Caps" role="dialog" aria-label={trans.__('Limits')} onKeyDown={closeByKey}>
    <form ref={form} onSubmit={submit}>
      <p>{trans.__('Limits of the next request. At one of them K2 pauses and asks.')}</p>
      {NAMES.map(name => (
        <label key={name}>
          {words[name]}
          <input
            type="number"
            name={name}
            className="k2-Input"
            min={0}
            max={inUnit(limits?.[name], name)}
            step="any"
            defaultValue={inUnit(caps[name], name)}
            placeholder={trans.__('as usual')}
          />
        </label>
      ))}
      {limits && Object.values(limits).some(limit => limit !== null) && (
        <p className="k2-Caps-most">{trans.__('Set for all: %1', limitWords(limits, trans))}</p>
      )}
      <div className="k2-Buttons">
        <Button onClick={onClose}>{trans.__('Cancel')}</Button>
        <Button type="submit" look="accept">
          {trans.__('Set')}
        </Button>
      </div>
    </form>
    </div>
  );
}

function inUnit(amount: number | null | undefined, name: keyof typeof UNIT): number | undefined {
  return amount === null || amount === undefined ? undefined : amount / UNIT[name];
}

/** What is empty or not positive is left out. */
function readCaps(form: HTMLFormElement): IAskCaps {
  const data = new FormData(form);
  const caps: IAskCaps = {};
  for (const name of NAMES) {
    const amount = Number(data.get(name));
    if (amount > 0) {
      caps[name] = amount * UNIT[name];
    }
  }
  return caps;
}
