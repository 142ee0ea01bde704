import { addIcon } from '@jupyterlab/ui-components';
import { memo, useState } from 'react';
import type { ReactElement } from 'react';

import type { IPlanEntry } from '../conversation';
import type { IPlanItem } from '../events';
import { usePanel, useShown } from './context';
import { Fold, IconButton } from './controls';
import { visible } from './hidden';
import { PlanRow } from './plan-row';
import { add, move, rename, toggleDropped } from './planning';
import type { Entries } from './planning';

interface IPlanProps {
  items: readonly IPlanItem[];
  /** Whether the user may change it: while the turn runs, and between a plan and its carrying out. */
  editable: boolean;
}

/** The plan as a checklist. What the user changes is sent at once, and the agent is told. */
export const Plan = memo(function Plan({ items, editable }: IPlanProps): ReactElement {
  const { trans } = usePanel();
  const active = items.find(item => item.state === 'active');
  const wanted = items.filter(item => item.state !== 'dropped');
  const done = wanted.filter(item => item.state === 'done').length;
  return (
    <section className="k2-Plan" aria-label={trans.__('Plan')}>
      <Fold
        open={editable}
        summary={
          <>
            <span className="k2-Plan-title">{trans.__('Plan')}</span>
            <span className="k2-Plan-done">{trans.__('%1 of %2', done, wanted.length)}</span>
            <span className="k2-Plan-active">{visible(active?.title ?? '')}</span>
          </>
        }
      >
        {() => <Items items={items} editable={editable} />}
      </Fold>
    </section>
  );
});

function Items({ items, editable }: IPlanProps): ReactElement {
  const { conversation } = useShown();
  const [dragged, setDragged] = useState<number | null>(null);
  const entries: Entries = items.map(({ title, state }): IPlanEntry => ({ title, state }));
  const change = (changed: Entries) => {
    if (changed !== entries) {
      conversation.editPlan(changed);
    }
  };
  return (
    <>
      <ol className="k2-Plan-items">
        {items.map((item, place) => (
          <PlanRow
            key={item.id}
            item={item}
            place={place}
            last={items.length - 1}
            editable={editable}
            onMove={to => {
              change(move(entries, place, to));
            }}
            onRename={title => {
              change(rename(entries, place, title));
            }}
            onDropped={() => {
              change(toggleDropped(entries, place));
            }}
            onDragStart={() => {
              setDragged(place);
            }}
            onDragOnto={() => {
              if (dragged !== null) {
                change(move(entries, dragged, place));
              }
              setDragged(null);
            }}
          />
        ))}
      </ol>
      {editable && (
        <NewItem
          onAdd={title => {
            change(add(entries, title));
          }}
        />
      )}
    </>
  );
}

function NewItem({ onAdd }: { onAdd: (title: string) => void }): ReactElement {
  const { trans } = usePanel();
  const [title, setTitle] = useState('');
  return (
    <form
      className="k2-Plan-new"
      onSubmit={event => {
        event.preventDefault();
        onAdd(title);
        setTitle('');
      }}
    >
      <input
        type="text"
        className="k2-Input"
        value={title}
        placeholder={trans.__('Add an item')}
        aria-label={trans.__('New plan item')}
        onChange={event => {
          setTitle(event.target.value);
        }}
      />
      <IconButton icon={addIcon} type="submit" label={trans.__('Add')} disabled={!title.trim()} />
    </form>
  );
}
