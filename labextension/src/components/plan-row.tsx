import {
  caretDownEmptyIcon,
  caretUpEmptyThinIcon,
  closeIcon,
  editIcon,
  ellipsesIcon,
  undoIcon
} from '@jupyterlab/ui-components';
import { useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';

import type { IPlanItem } from '../events';
import { usePanel } from './context';
import { CellLink, IconButton, StateIcon } from './controls';
import { visible } from './hidden';

interface IPlanRowProps {
  item: IPlanItem;
  place: number;
  last: number;
  editable: boolean;
  onMove: (to: number) => void;
  onRename: (title: string) => void;
  onDropped: () => void;
  onDragStart: () => void;
  onDragOnto: () => void;
}

/** One item: moved by its buttons, by dragging, or with Alt and the arrow keys. */
export function PlanRow(props: IPlanRowProps): ReactElement {
  const { item, editable } = props;
  const { trans } = usePanel();
  const [editing, setEditing] = useState(false);
  const [acting, setActing] = useState(false);
  return (
    <li
      className={`k2-PlanItem k2-mod-${item.state}`}
      draggable={editable && !editing}
      onDragStart={props.onDragStart}
      onDragOver={event => {
        event.preventDefault();
      }}
      onDrop={event => {
        event.preventDefault();
        props.onDragOnto();
      }}
      onKeyDown={event => {
        moveByKey(event, props);
      }}
    >
      <StateIcon state={item.state} words={stateWords(item.state, trans.__.bind(trans))} />
      {editing ? (
        <Title
          title={item.title}
          onEnd={title => {
            setEditing(false);
            props.onRename(title);
          }}
        />
      ) : (
        <span className="k2-PlanItem-title">
          {visible(item.title)}
          {item.cells.map(cell => (
            <CellLink key={cell} cell={cell} />
          ))}
        </span>
      )}
      {editable && (
        <IconButton
          className="k2-PlanItem-more"
          icon={ellipsesIcon}
          label={trans.__('Change “%1”', visible(item.title))}
          aria-expanded={acting}
          onClick={() => {
            setActing(!acting);
          }}
        />
      )}
      {editable && acting && (
        <Actions
          {...props}
          onEdit={() => {
            setEditing(true);
          }}
        />
      )}
    </li>
  );
}

function Actions(props: IPlanRowProps & { onEdit: () => void }): ReactElement {
  const { trans } = usePanel();
  const { item, place, last } = props;
  const dropped = item.state === 'dropped';
  return (
    <span className="k2-PlanItem-actions" role="group" aria-label={visible(item.title)}>
      <IconButton icon={editIcon} label={trans.__('Change the words')} onClick={props.onEdit} />
      <IconButton
        icon={caretUpEmptyThinIcon}
        label={trans.__('Move up')}
        disabled={place === 0}
        onClick={() => {
          props.onMove(place - 1);
        }}
      />
      <IconButton
        icon={caretDownEmptyIcon}
        label={trans.__('Move down')}
        disabled={place === last}
        onClick={() => {
          props.onMove(place + 1);
        }}
      />
      <IconButton
        icon={dropped ? undoIcon : closeIcon}
        label={dropped ? trans.__('Take up again') : trans.__('Drop')}
        onClick={props.onDropped}
      />
    </span>
  );
}

function Title({ title, onEnd }: { title: string; onEnd: (title: string) => void }): ReactElement {
  const { trans } = usePanel();
  const [text, setText] = useState(title);
  const ended = useRef(false);
  // Taking the focused field away blurs it: only the first of the two ends counts.
  const end = (words: string) => {
    if (!ended.current) {
      ended.current = true;
      onEnd(words);
    }
  };
  return (
    <input
      type="text"
      className="k2-Input"
      autoFocus
      aria-label={trans.__('Plan item')}
      value={text}
      onChange={event => {
        setText(event.target.value);
      }}
      onBlur={() => {
        end(text);
      }}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          end(text);
        } else if (event.key === 'Escape') {
          event.stopPropagation();
          end(title);
        }
      }}
    />
  );
}

function moveByKey(event: KeyboardEvent, { editable, place, onMove }: IPlanRowProps): void {
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (editable && event.altKey && by !== undefined) {
    event.preventDefault();
    onMove(place + by);
  }
}

function stateWords(state: IPlanItem['state'], __: (text: string) => string): string {
  switch (state) {
    case 'open':
      return __('to do');
    case 'active':
      return __('under way');
    case 'done':
      return __('done');
    case 'failed':
      return __('failed');
    case 'dropped':
      return __('dropped');
  }
}
