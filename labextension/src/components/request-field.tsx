import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement, RefObject } from 'react';

import { usePanel, useShown } from './context';
import { useDraft } from './hooks';
import { MentionList, optionId } from './mention-list';
import { completed, fitting, typed } from './mentions';
import type { IMention, ITyped } from './mentions';
import { useMentions } from './use-mentions';

interface IRequestFieldProps {
  /** What was asked before, oldest first. */
  asked: readonly string[];
  onSend: () => void;
}

/** Where a request is typed. Enter sends, Shift+Enter is a new line, Up recalls, `@` completes. */
export function RequestField({ asked, onSend }: IRequestFieldProps): ReactElement {
  const { trans } = usePanel();
  const { draft } = useShown();
  const field = useRef<HTMLTextAreaElement>(null);
  const { text } = useDraft(draft);
  const [word, setWord] = useState<ITyped | null>(null);
  const mentions = useMentions(word !== null);
  const fit = word ? fitting(mentions, word.word) : [];
  const [active, setActive] = useState(0);
  const list = useId();
  useHeight(field, text);

  const look = () => {
    const at = field.current;
    setWord(at ? typed(at.value, at.selectionStart) : null);
    setActive(0);
  };
  useWanted(field, look);
  const pick = (mention: IMention) => {
    if (word && field.current) {
      const next = completed(field.current.value, word, mention);
      put(field.current, next.text, next.caret);
      draft.set({ text: next.text });
      draft.attach(mention.attached);
      setWord(null);
    }
  };
  const keys = { fit, active, setActive, pick, close: () => { setWord(null); } };
  const recall = useRecall(asked, field);
  const open = fit.length > 0;
  return (
    <div className="k2-RequestField">
      {open && <MentionList id={list} mentions={fit} active={active} onPick={pick} />}
      <textarea
        ref={field}
        className="k2-RequestField-text"
        rows={1}
        value={text}
        placeholder={trans.__('Ask about your data… (@ names a variable, cell or file)')}
        aria-label={trans.__('Request')}
        aria-haspopup="listbox"
        aria-autocomplete="list"
        aria-controls={open ? list : undefined}
        aria-activedescendant={open ? optionId(list, active) : undefined}
        onChange={event => {
          draft.set({ text: event.target.value });
          look();
        }}
        onClick={look}
        onBlur={keys.close}
        onKeyDown={event => {
          if (event.nativeEvent.isComposing) {
            return;
          }
          if ((open && choose(event, keys)) || recall(event)) {
            event.preventDefault();
            event.stopPropagation();
          } else if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault();
            onSend();
          }
        }}
      />
    </div>
  );
}

interface IChoosing {
  fit: readonly IMention[];
  active: number;
  setActive: (place: number) => void;
  pick: (mention: IMention) => void;
  close: () => void;
}

/** Keys of the open list; whether it was one. */
function choose(event: KeyboardEvent, { fit, active, setActive, pick, close }: IChoosing): boolean {
  const mention = fit[active];
  switch (event.key) {
    case 'ArrowDown':
      setActive((active + 1) % fit.length);
      return true;
    case 'ArrowUp':
      setActive((active + fit.length - 1) % fit.length);
      return true;
    case 'Enter':
    case 'Tab':
      if (mention && !event.shiftKey) {
        pick(mention);
        return true;
      }
      return false;
    case 'Escape':
      close();
      return true;
    default:
      return false;
  }
}

/** Up in an empty field brings the last request back, Up again the one before, Down the way back. */
function useRecall(
  asked: readonly string[],
  field: RefObject<HTMLTextAreaElement>
): (event: KeyboardEvent) => boolean {
  const { draft } = useShown();
  const place = useRef(asked.length);
  return event => {
    const { text } = draft.value;
    const at = text === '' ? asked.length : place.current;
    const next = at + ({ ArrowUp: -1, ArrowDown: 1 }[event.key] ?? 0);
    const untouched = text === (asked[at] ?? '');
    const words = next === asked.length ? '' : asked[next];
    if (next === at || words === undefined || !untouched || event.shiftKey) {
      return false;
    }
    place.current = next;
    draft.set({ text: words });
    if (field.current) {
      put(field.current, words, words.length);
    }
    return true;
  };
}

/** The field is as high as its text; the style sheet ends it at 8 lines. */
function useHeight(field: RefObject<HTMLTextAreaElement>, text: string): void {
  useLayoutEffect(() => {
    const node = field.current;
    if (node) {
      node.style.height = 'auto';
      node.style.height = `${node.scrollHeight}px`;
    }
  }, [field, text]);
}

function useWanted(field: RefObject<HTMLTextAreaElement>, look: () => void): void {
  const { draft } = useShown();
  useEffect(() => {
    const focus = () => {
      if (field.current) {
        field.current.focus();
        put(field.current, draft.value.text, draft.value.text.length);
        look();
      }
    };
    draft.wanted.connect(focus);
    return () => {
      draft.wanted.disconnect(focus);
    };
  });
}

/** At once, so that the caret stands right: React would set the text later and move it to the end. */
function put(field: HTMLTextAreaElement, text: string, caret: number): void {
  field.value = text;
  field.setSelectionRange(caret, caret);
}
