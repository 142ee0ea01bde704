import { useId, useState } from 'react';
import type { FormEvent, ReactElement } from 'react';

import type { Request } from '../events';
import { usePanel } from './context';
import { Button } from './controls';
import { visible } from './hidden';
import { Markdown } from './markdown';
import type { IFormProps } from './request-card';

interface IQuestionProps extends IFormProps {
  request: Extract<Request, { type: 'QuestionRequest' }>;
}

/** A question of the model: its choices, and room for other words. */
export function Question({ request, armed, answer }: IQuestionProps): ReactElement {
  const { trans } = usePanel();
  const [chosen, setChosen] = useState('');
  const [text, setText] = useState('');
  const name = useId();
  const reply = text.trim() || chosen;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (armed && reply) {
      answer({ type: 'Reply', text: reply });
    }
  };
  return (
    <form className="k2-Question" onSubmit={submit}>
      <Markdown text={request.question} />
      {request.choices.length > 0 && (
        <div role="radiogroup" aria-label={trans.__('Choices')} className="k2-Question-choices">
          {request.choices.map((choice, at) => (
            <label key={at}>
              <input
                type="radio"
                name={name}
                checked={chosen === choice}
                {...(at === 0 && { 'data-first': '' })}
                onChange={() => {
                  setChosen(choice);
                }}
              />
              <span>{visible(choice)}</span>
            </label>
          ))}
        </div>
      )}
      <input
        type="text"
        className="k2-Input"
        value={text}
        placeholder={
          request.choices.length > 0 ? trans.__('or in your own words') : trans.__('Your answer')
        }
        aria-label={trans.__('Your answer')}
        {...(request.choices.length === 0 && { 'data-first': '' })}
        onChange={event => {
          setText(event.target.value);
        }}
      />
      <div className="k2-Buttons">
        <Button
          onClick={() => {
            answer(null);
          }}
        >
          {trans.__('No answer')}
        </Button>
        <Button type="submit" look="accept" aria-disabled={!armed || !reply}>
          {trans.__('Answer')}
        </Button>
      </div>
    </form>
  );
}
