import type { TranslationBundle } from '@jupyterlab/translation';

import type { ILimits } from '../events';
import { count, dollars, duration } from './amounts';

/** An amount of what a limit counts: `300 steps`, `1:00:00`, `$2.50`. */
export function amountWords(limit: keyof ILimits, amount: number, trans: TranslationBundle): string {
  switch (limit) {
    case 'steps':
      return trans._n('%1 step', '%1 steps', amount);
    case 'calls':
      return trans._n('%1 call', '%1 calls', amount);
    case 'tokens':
      return trans.__('%1 new tokens', count(amount));
    case 'seconds':
      return duration(amount, trans);
    case 'dollars':
      return dollars(amount);
  }
}

/** All limits that are set. */
export function limitWords(
  limits: Partial<ILimits>,
  trans: TranslationBundle
): string {
  const order: (keyof ILimits)[] = ['steps', 'calls', 'tokens', 'seconds', 'dollars'];
  const set = order.flatMap(name => {
    const amount = limits[name];
    return amount === null || amount === undefined ? [] : [amountWords(name, amount, trans)];
  });
  return set.join(' · ') || trans.__('no limits');
}
