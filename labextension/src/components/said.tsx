import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';

import type { IDecision, INotice } from '../conversation';
import type { RequestOf } from '../events';
import { usePanel } from './context';
import { visible } from './hidden';
import { amountWords } from './limit-words';
import { shortReason } from './reasons';

/** What was said and decided after a step. */
export function Said(props: {
  notices: readonly INotice[];
  decisions: readonly IDecision[];
}): ReactElement {
  const { trans } = usePanel();
  return (
    <>
      {props.notices.map((notice, at) => (
        <p key={at} className="k2-Said k2-mod-notice">
          {notice.kind === 'kernel' ? kernelWords(notice.text, trans) : visible(notice.text)}
        </p>
      ))}
      {props.decisions.filter(isNews).map((decision, at) => (
        <p key={at} className="k2-Said k2-mod-decision">
          {decisionWords(decision, trans)}
        </p>
      ))}
    </>
  );
}

/** The card of the call shows the question and its answer. */
function isNews({ request, by }: IDecision): boolean {
  return request.type !== 'QuestionRequest' || by !== 'page';
}

function kernelWords(status: string, trans: TranslationBundle): string {
  switch (status) {
    case 'restarted':
      return trans.__('The kernel was restarted: its variables are gone.');
    case 'died':
      return trans.__('The kernel died: its variables are gone.');
    default:
      return trans.__('The kernel was started.');
  }
}

function decisionWords(decision: IDecision, trans: TranslationBundle): string {
  const { request, answer, by, task } = decision;
  if (by === 'restart') {
    return trans.__('The kernel was restarted meanwhile: nothing was allowed.');
  }
  if (by === 'stop') {
    return trans.__('Stopped before you answered.');
  }
  if (by === 'time') {
    return trans.__('Nobody answered in time, so it is asked again.');
  }
  switch (request.type) {
    case 'ApprovalRequest':
      return approvalWords(whatWords(request, task, trans), answer, trans);
    case 'QuestionRequest':
      return visible(request.question);
    case 'CapRequest':
      return answer?.type === 'Extension'
        ? trans.__('Continued with +%1', amountWords(request.limit, answer.extra, trans))
        : trans.__('Ended at the limit');
  }
}

/** `the task; starts a process`: the card has shown the lines and the code. */
function whatWords(request: RequestOf<'ApprovalRequest'>, task: boolean, trans: TranslationBundle): string {
  const { action, reasons } = request;
  const whole = task && action === 'run' ? [trans.__('the task')] : [];
  const cell = action === 'edit' ? [trans.__('a change of your cell')] : reasons.map(shortReason);
  return visible([...new Set([...whole, ...cell])].join('; '));
}

function approvalWords(
  what: string,
  answer: IDecision['answer'],
  trans: TranslationBundle
): string {
  const given = answer?.type === 'Approval' ? answer : { granted: false, comment: '' };
  if (given.granted) {
    return trans.__('Allowed: %1', what);
  }
  return given.comment
    ? trans.__('Not allowed: %1 (%2)', what, visible(given.comment))
    : trans.__('Not allowed: %1', what);
}
