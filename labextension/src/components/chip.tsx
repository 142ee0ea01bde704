import { closeIcon } from '@jupyterlab/ui-components';
import type { ReactElement } from 'react';

import type { Attached } from '../events';
import { useCellName, usePanel } from './context';
import { IconButton } from './controls';
import { visible } from './hidden';

interface IChipProps {
  attached: Attached;
  /** Where it can be taken away. */
  remove?: () => void;
}

/** A thing that goes with a request. */
export function AttachedChip({ attached, remove }: IChipProps): ReactElement {
  const { trans } = usePanel();
  const cellName = useCellName();
  const words = attachedWords(attached, cellName, trans.__.bind(trans));
  return (
    <span className="k2-Chip" title={attached.kind === 'selection' ? visible(attached.text) : words}>
      <span className="k2-Chip-words">{words}</span>
      {remove && <IconButton icon={closeIcon} label={trans.__('Remove %1', words)} onClick={remove} />}
    </span>
  );
}

function attachedWords(
  attached: Attached,
  cellName: (cell: string) => string,
  __: (text: string, ...rest: string[]) => string
): string {
  switch (attached.kind) {
    case 'cell':
      return cellName(attached.cell) || __('cell deleted');
    case 'selection':
      return __('selection in %1', cellName(attached.cell));
    case 'variable':
      return visible(attached.name);
    case 'file':
      return visible(attached.path);
  }
}
