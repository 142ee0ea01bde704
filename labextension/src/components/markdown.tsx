import { memo, useEffect, useRef } from 'react';
import type { ReactElement } from 'react';

import { usePanel } from './context';
import { harden } from './sanitizing';

const MIME = 'text/markdown';

interface IMarkdownProps {
  text: string;
  /** While true the text is still coming: it is shown as typed, and rendered once when it is whole. */
  streaming?: boolean;
}

/** Text of a model, rendered by Lab's own Markdown renderer as untrusted. */
export const Markdown = memo(function Markdown({ text, streaming }: IMarkdownProps): ReactElement {
  return streaming ? <div className="k2-Markdown-plain">{text}</div> : <Rendered text={text} />;
});

function Rendered({ text }: { text: string }): ReactElement {
  const { rendermime } = usePanel();
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = host.current;
    let current = true;
    const renderer = rendermime.createRenderer(MIME);
    const model = rendermime.createModel({ data: { [MIME]: text }, trusted: false });
    const done = renderer.renderModel(model).then(() => {
      if (current && place) {
        harden(renderer.node);
        place.replaceChildren(renderer.node);
      }
    });
    done.catch((reason: unknown) => {
      console.error('K2: a text was not rendered', reason);
    });
    return () => {
      current = false;
      renderer.dispose();
    };
  }, [rendermime, text]);
  return (
    <div className="k2-Markdown" ref={host}>
      <div className="k2-Markdown-plain">{text}</div>
    </div>
  );
}
