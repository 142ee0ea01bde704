import type { LabIcon } from '@jupyterlab/ui-components';
import { checkIcon, closeIcon, circleEmptyIcon, errorIcon } from '@jupyterlab/ui-components';
import type { ButtonHTMLAttributes, ReactElement, ReactNode } from 'react';
import { useId, useState } from 'react';

import { useCellName, usePanel, useShown } from './context';
import { droppedIcon, workingIcon } from './icons';

interface IButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: 'accept' | 'plain' | 'warn' | 'quiet';
}

export function Button({ look = 'plain', className = '', ...rest }: IButtonProps): ReactElement {
  return <button type="button" className={`k2-Button k2-mod-${look} ${className}`} {...rest} />;
}

interface IIconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: LabIcon;
  /** Read by screen readers and shown as the tooltip. */
  label: string;
}

export function IconButton({ icon: Icon, label, className = '', ...rest }: IIconButtonProps): ReactElement {
  return (
    <button
      type="button"
      className={`k2-IconButton ${className}`}
      aria-label={label}
      title={label}
      {...rest}
    >
      <Icon.react tag="span" width="14px" height="14px" />
    </button>
  );
}

const ICONS = {
  running: workingIcon,
  active: workingIcon,
  ok: checkIcon,
  done: checkIcon,
  error: closeIcon,
  failed: errorIcon,
  open: circleEmptyIcon,
  dropped: droppedIcon
};

/** The state of a call or a plan item; its words stand beside it for screen readers. */
export function StateIcon({ state, words }: { state: keyof typeof ICONS; words: string }): ReactElement {
  const Icon = ICONS[state];
  return (
    <span className={`k2-StateIcon k2-mod-${state}`} title={words}>
      <Icon.react tag="span" width="14px" height="14px" aria-hidden="true" />
      <span className="k2-hidden">{words}</span>
    </span>
  );
}

/** Goes to a cell of the notebook. */
export function CellLink({ cell, text }: { cell: string; text?: string }): ReactElement {
  const { trans } = usePanel();
  const { reveal } = useShown();
  const cellName = useCellName();
  const name = cellName(cell);
  if (!name) {
    return <span className="k2-CellLink k2-mod-gone">{text ?? trans.__('cell deleted')}</span>;
  }
  return (
    <button
      type="button"
      className="k2-CellLink"
      title={trans.__('Show this cell in the notebook')}
      onClick={() => {
        reveal(cell);
      }}
    >
      {text ?? name}
    </button>
  );
}

interface IFoldProps {
  summary: ReactNode;
  children: () => ReactNode;
  open?: boolean;
  className?: string;
}

/** A part that is drawn only while it is open. */
export function Fold({ summary, children, open = false, className = '' }: IFoldProps): ReactElement {
  const [shown, setShown] = useState(open);
  const id = useId();
  return (
    <div className={`k2-Fold ${shown ? 'k2-mod-open' : ''} ${className}`}>
      <button
        type="button"
        className="k2-Fold-summary"
        aria-expanded={shown}
        aria-controls={id}
        onClick={() => {
          setShown(!shown);
        }}
      >
        {summary}
      </button>
      <div id={id} className="k2-Fold-content" hidden={!shown}>
        {shown && children()}
      </div>
    </div>
  );
}
