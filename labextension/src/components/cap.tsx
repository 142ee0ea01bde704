import { useState } from 'react';
import type { FormEvent, ReactElement } from 'react';

import type { ILimits, Request } from '../events';
import { usePanel } from './context';
import { Button } from './controls';
import { amountWords } from './limit-words';
import type { IFormProps } from './request-card';

interface ICapProps extends IFormProps {
  request: Extract<Request, { type: 'CapRequest' }>;
}

/** A limit is reached: go on with more of it, or end here. */
export function Cap({ request, armed, answer }: ICapProps): ReactElement {
  const { trans } = usePanel();
  const { limit, used, allowed, offered, period } = request;
  const [other, setOther] = useState('');
  const asked = toAmount(other, limit);
  const extra = asked ?? offered;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (armed && extra > 0) {
      answer({ type: 'Extension', extra });
    }
  };
  const words = [amountWords(limit, used, trans), amountWords(limit, allowed, trans)] as const;
  return (
    <form className="k2-Cap" onSubmit={submit}>
      <p>
        {period === 'day'
          ? trans.__('Used today: %1 of %2.', ...words)
          : trans.__('Used in this request: %1 of %2.', ...words)}{' '}
        {trans.__('Nothing is lost: K2 goes on from here, or ends with what it has.')}
      </p>
      <label className="k2-Cap-other">
        {limit === 'seconds' ? trans.__('Other amount (minutes)') : trans.__('Other amount')}
        <input
          type="number"
          className="k2-Input"
          min={0}
          step="any"
          value={other}
          onChange={event => {
            setOther(event.target.value);
          }}
        />
      </label>
      <div className="k2-Buttons">
        <Button
          data-first=""
          onClick={() => {
            answer(null);
          }}
        >
          {trans.__('End here')}
        </Button>
        <Button type="submit" look="accept" aria-disabled={!armed || extra <= 0}>
          {trans.__('Continue with +%1', amountWords(limit, extra, trans))}
        </Button>
      </div>
    </form>
  );
}

function toAmount(text: string, limit: keyof ILimits): number | null {
  const amount = Number(text);
  if (!text.trim() || !Number.isFinite(amount) || amount <= 0) {
    return null;
  }
  return limit === 'seconds' ? amount * 60 : amount;
}
