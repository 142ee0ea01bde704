import { useLayoutEffect, useRef, useState } from 'react';
import type { ReactElement, RefObject } from 'react';

import type { ITurn } from '../conversation';
import { usePanel } from './context';
import { Button } from './controls';
import { Turn } from './turn';
import { endWords } from './words';

/** Turns in the page at once. */
const MOST_TURNS = 20;
/** Nearer to the end than this (CSS px) the view follows what comes. */
const NEAR = 48;

/** What was asked and answered. Scrolls with what comes, unless the user has scrolled away. */
export function Transcript({ turns }: { turns: readonly ITurn[] }): ReactElement {
  const { trans } = usePanel();
  const [all, setAll] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const [away, follow] = useFollowing(place, turns.length);
  const earlier = all ? 0 : Math.max(0, turns.length - MOST_TURNS);
  return (
    <div className="k2-Transcript-frame">
      <div
        className="k2-Transcript"
        ref={place}
        role="log"
        aria-live="off"
        aria-label={trans.__('Conversation')}
        tabIndex={0}
      >
        {earlier > 0 && (
          <Button
            look="quiet"
            onClick={() => {
              setAll(true);
            }}
          >
            {trans._n('Show %1 earlier request', 'Show %1 earlier requests', earlier)}
          </Button>
        )}
        {turns.slice(earlier).map((turn, at, shown) => (
          <Turn key={turn.id} turn={turn} newest={at === shown.length - 1} />
        ))}
      </div>
      {away && (
        <Button className="k2-Transcript-newest" onClick={follow}>
          {trans.__('Newest')}
        </Button>
      )}
      <Announced turn={turns.at(-1)} />
    </div>
  );
}

/** Whether the user has scrolled away, and the way back. */
function useFollowing(
  place: RefObject<HTMLDivElement>,
  turns: number
): [boolean, () => void] {
  const [away, setAway] = useState(false);
  const following = useRef(true);
  useLayoutEffect(() => {
    const node = place.current;
    if (!node) {
      return undefined;
    }
    let last = 0;
    let own = false;
    const scrolled = () => {
      // To measure it lays out the page once more, notebook and all: not for what was done here.
      if (own) {
        own = false;
        return;
      }
      const near = node.scrollHeight - node.scrollTop - node.clientHeight < NEAR;
      // What comes makes the way to the end longer without a scroll of the user's: only going up leaves it.
      following.current = near || (following.current && node.scrollTop >= last);
      last = node.scrollTop;
      setAway(!following.current);
    };
    // After what comes was laid out, also Markdown, which is rendered a moment after its text.
    const grown = new ResizeObserver(() => {
      if (following.current) {
        const before = node.scrollTop;
        node.scrollTop = newest(node);
        last = node.scrollTop;
        own = last !== before;
      }
    });
    grown.observe(node);
    for (const child of node.children) {
      grown.observe(child);
    }
    node.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      grown.disconnect();
      node.removeEventListener('scroll', scrolled);
    };
  }, [place, turns]);
  const follow = () => {
    following.current = true;
    setAway(false);
    if (place.current) {
      place.current.scrollTop = newest(place.current);
    }
  };
  return [away, follow];
}

/** Where reading goes on: at the beginning of the conclusion, else at the end (CSS px). */
function newest(node: HTMLElement): number {
  const end = node.querySelector<HTMLElement>('.k2-Turn:last-child .k2-Conclusion');
  return end ? end.offsetTop : node.scrollHeight;
}

/** Tells screen readers of a new answer: its first words once it is whole, not each word as it comes. */
function Announced({ turn }: { turn: ITurn | undefined }): ReactElement {
  const { trans } = usePanel();
  const text = turn?.steps.filter(step => !step.streaming && step.text).at(-1)?.text ?? '';
  const said = turn && turn.status !== 'running' ? ended(turn, endWords(turn, trans)) : text;
  return (
    <div className="k2-hidden" role="status">
      {said.slice(0, 300)}
    </div>
  );
}

function ended(turn: ITurn, words: string): string {
  return [words, turn.conclusion?.text ?? turn.detail].join('. ');
}
