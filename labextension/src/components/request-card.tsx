import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ReactElement, RefObject } from 'react';

import type { IOpenRequest } from '../conversation';
import type { GivenAnswer } from '../events';
import { Approval } from './approval';
import { Cap } from './cap';
import { usePanel, useShown } from './context';
import { Question } from './question';

/**
 * For so long (ms) a card grants nothing: a key that was meant for what had the focus before, or a
 * click on what was there before, is no consent.
 */
const UNARMED = 500;

/** What the forms of the card get. */
export interface IFormProps {
  /** False for a moment after the card has come. */
  armed: boolean;
  answer: (answer: GivenAnswer) => void;
}

/** What K2 waits for, one at a time, above the composer. */
export function RequestCard({ open }: { open: IOpenRequest }): ReactElement {
  const { trans } = usePanel();
  const { conversation } = useShown();
  const [sent, setSent] = useState(false);
  const card = useRef<HTMLElement>(null);
  const armed = useArmed();
  useFocusFromPanel(card);
  const form: IFormProps = {
    armed: armed && !sent,
    answer: answer => {
      setSent(true);
      conversation.answer(open.id, answer);
    }
  };
  const title = titleOf(open, trans.__.bind(trans));
  return (
    <section className="k2-RequestCard" ref={card} aria-label={title} data-request={open.id}>
      <h3 className="k2-RequestCard-title">{title}</h3>
      <div className="k2-hidden" role="alert">
        {trans.__('K2 waits for you: %1', title)}
      </div>
      <Form open={open} form={form} />
    </section>
  );
}

function Form({ open, form }: { open: IOpenRequest; form: IFormProps }): ReactElement {
  const { request } = open;
  switch (request.type) {
    case 'ApprovalRequest':
      return <Approval open={open} request={request} {...form} />;
    case 'QuestionRequest':
      return <Question request={request} {...form} />;
    case 'CapRequest':
      return <Cap request={request} {...form} />;
  }
}

function useArmed(): boolean {
  const [armed, setArmed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setArmed(true);
    }, UNARMED);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return armed;
}

/** Takes the focus where it was in the panel, but not from a text that is being typed. */
function useFocusFromPanel(card: RefObject<HTMLElement>): void {
  useLayoutEffect(() => {
    const focused = document.activeElement;
    const typing = focused instanceof HTMLTextAreaElement && focused.value !== '';
    if (!typing && card.current?.closest('.k2-Panel')?.contains(focused)) {
      card.current.querySelector<HTMLElement>('[data-first]')?.focus();
    }
  }, [card]);
}

function titleOf({ request, asks }: IOpenRequest, __: (text: string) => string): string {
  switch (request.type) {
    case 'ApprovalRequest':
      return asks ? __('May K2 work in this notebook?') : actionTitle(request.action, __);
    case 'QuestionRequest':
      return __('K2 has a question');
    case 'CapRequest':
      return __('A limit is reached');
  }
}

function actionTitle(action: 'run' | 'edit' | 'restart', __: (text: string) => string): string {
  switch (action) {
    case 'run':
      return __('May this cell run?');
    case 'edit':
      return __('May this change be made?');
    case 'restart':
      return __('May the kernel be restarted?');
  }
}
