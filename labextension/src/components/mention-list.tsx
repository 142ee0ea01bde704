import type { ReactElement } from 'react';

import { usePanel } from './context';
import { visible } from './hidden';
import type { IMention } from './mentions';
import { key } from './mentions';

interface IMentionListProps {
  id: string;
  mentions: readonly IMention[];
  active: number;
  onPick: (mention: IMention) => void;
}

export function optionId(list: string, place: number): string {
  return `${list}-${place}`;
}

/** The choices after `@`. The text field keeps the focus and names the active one. */
export function MentionList({ id, mentions, active, onPick }: IMentionListProps): ReactElement {
  const { trans } = usePanel();
  return (
    <>
      <div className="k2-hidden" role="status">
        {trans._n('%1 suggestion', '%1 suggestions', mentions.length)}
      </div>
      <ul className="k2-Mentions" role="listbox" id={id} aria-label={trans.__('Things to name')}>
      {mentions.map((mention, place) => (
        <li
          key={key(mention.attached)}
          id={optionId(id, place)}
          role="option"
          aria-selected={place === active}
          className={place === active ? 'k2-mod-active' : ''}
          ref={node => {
            if (place === active) {
              node?.scrollIntoView({ block: 'nearest' });
            }
          }}
          onMouseDown={event => {
            // The text field keeps the focus.
            event.preventDefault();
            onPick(mention);
          }}
        >
          <span className="k2-Mentions-kind">{kindWords(mention, trans.__.bind(trans))}</span>
          <span className="k2-Mentions-name">{visible(mention.name)}</span>
          <span className="k2-Mentions-detail">{visible(mention.detail)}</span>
        </li>
      ))}
      </ul>
    </>
  );
}

function kindWords({ attached }: IMention, __: (text: string) => string): string {
  switch (attached.kind) {
    case 'variable':
      return __('variable');
    case 'file':
      return __('file');
    case 'cell':
    case 'selection':
      return __('cell');
  }
}
