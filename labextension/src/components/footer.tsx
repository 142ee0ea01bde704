import { memo, useState } from 'react';
import type { ReactElement } from 'react';

import type { ISpent } from '../conversation';
import { count, dollars, duration } from './amounts';
import { Caps } from './caps';
import { usePanel } from './context';
import { useSeconds } from './hooks';

interface IFooterProps {
  spent: ISpent | null;
  /** When the running turn began (ms since 1970), or null. */
  since: number | null;
}

/** What the turn has used so far, and the way to its limits. */
export const Footer = memo(function Footer({ spent, since }: IFooterProps): ReactElement {
  const { trans } = usePanel();
  const [setting, setSetting] = useState(false);
  return (
    <div className="k2-Footer" role="group" aria-label={trans.__('Use')}>
      {spent && <Spent spent={spent} since={since} />}
      <span className="k2-Footer-space" />
      <button
        type="button"
        className="k2-Footer-limits"
        aria-expanded={setting}
        onClick={() => {
          setSetting(!setting);
        }}
      >
        {trans.__('Limits')}
      </button>
      {setting && (
        <Caps
          onClose={() => {
            setSetting(false);
          }}
        />
      )}
    </div>
  );
});

function Spent({ spent, since }: { spent: ISpent; since: number | null }): ReactElement {
  const { trans } = usePanel();
  const running = useSeconds(since ?? 0, since !== null);
  const parts = [
    trans._n('%1 step', '%1 steps', spent.steps),
    spent.cached > 0
      ? trans.__('%1 tokens + %2 cached', count(spent.tokens), count(spent.cached))
      : trans.__('%1 tokens', count(spent.tokens)),
    ...(spent.dollars === null ? [] : [dollars(spent.dollars)]),
    duration(since === null ? spent.seconds : running, trans)
  ];
  return (
    <>
      <span className="k2-Footer-spent">{parts.join(' · ')}</span>
      {spent.window !== null && <Context used={spent.context} window={spent.window} />}
    </>
  );
}

function Context({ used, window }: { used: number; window: number }): ReactElement {
  const { trans } = usePanel();
  const share = Math.min(100, Math.round((100 * used) / window));
  const words = trans.__('%1 of %2 tokens of context', count(used), count(window));
  return (
    <span className="k2-Context" title={words}>
      <span
        className={`k2-Context-bar ${share >= 80 ? 'k2-mod-full' : ''}`}
        role="meter"
        aria-label={trans.__('Context in use')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share}
        aria-valuetext={words}
      >
        <span style={{ width: `${share}%` }} />
      </span>
      {trans.__('%1 % context', share)}
    </span>
  );
}
