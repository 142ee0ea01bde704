/** What the toolbar of the active cell offers of K2. */
import type { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { CodeCell, type Cell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';
import { LabIcon, ToolbarButton } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';

/** JupyterLab's name of that toolbar. The schema lists our items there by their names. */
const TOOLBAR = 'Cell';

interface IOffer {
  /** In the schema. */
  name: string;
  /** Gets the id of the cell as its argument `cell`. */
  command: string;
  icon: LabIcon;
  caption: string;
  /** Whether it makes sense for the cell as it is. */
  when: (cell: CodeCell) => boolean;
}

/** Adds the buttons "Explain", "Fix" (of a cell that failed) and "Attach". */
export function addCellButtons(
  registry: IToolbarWidgetRegistry,
  commands: CommandRegistry,
  trans: TranslationBundle
): void {
  const always = (): boolean => true;
  const offers: IOffer[] = [
    {
      name: 'k2-fix',
      command: 'k2:fix',
      icon: fixIcon,
      caption: trans.__('Fix this cell with K2'),
      when: hasFailed
    },
    {
      name: 'k2-explain',
      command: 'k2:explain',
      icon: explainIcon,
      caption: trans.__('Explain this cell with K2'),
      when: always
    },
    {
      name: 'k2-attach',
      command: 'k2:attach-cell',
      icon: attachIcon,
      caption: trans.__('Attach this cell to the next request to K2'),
      when: always
    }
  ];
  for (const offer of offers) {
    registry.addFactory<Cell>(TOOLBAR, offer.name, cell =>
      cell instanceof CodeCell ? button(cell, offer, commands) : new Widget()
    );
  }
}

/** Whether the cell shows an error. */
export function hasFailed({ model }: CodeCell): boolean {
  const { outputs } = model;
  return Array.from({ length: outputs.length }, (_, index) => outputs.get(index)).some(
    output => output.type === 'error'
  );
}

function button(cell: CodeCell, offer: IOffer, commands: CommandRegistry): Widget {
  const { command, icon, caption, when } = offer;
  const widget = new ToolbarButton({
    icon,
    tooltip: caption,
    // A click leaves the focus, and with it the selection, in the cell.
    noFocusOnClick: true,
    onClick: () => {
      // JupyterLab takes it for one that stays pressed.
      widget.pressed = false;
      void commands.execute(command, { cell: cell.model.id });
    }
  });
  const look = (): void => {
    widget.setHidden(!when(cell));
  };
  const { outputs } = cell.model;
  outputs.changed.connect(look);
  widget.disposed.connect(() => {
    outputs.changed.disconnect(look);
  });
  look();
  return widget;
}

function icon(name: string, path: string): LabIcon {
  return new LabIcon({
    name: `k2:${name}`,
    svgstr:
      '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">' +
      `<path class="jp-icon3" fill="#616161" d="${path}"/></svg>`
  });
}

const STAR = 'M19 2l.9 2.1L22 5l-2.1.9L19 8l-.9-2.1L16 5l2.1-.9z';
/** A spanner. */
const fixIcon = icon(
  'fix',
  `${STAR}M14 9.5a5 5 0 0 1-6.4 4.8L4.9 17a1.5 1.5 0 0 1-2.1-2.1l2.7-2.7A5 5 0 0 1 11.8 5L9 7.8l.6 2.6 2.6.6z`
);
/** A question in a speech bubble. */
const explainIcon = icon(
  'explain',
  `${STAR}M4 5h9v2H5v9h3v2.2L11 16h8v-6h2v8h-9.2L6 22v-4H3V6a1 1 0 0 1 1-1z`
);
/** A paper clip. */
const attachIcon = icon(
  'attach',
  'M16.5 6v10.5a4 4 0 0 1-8 0V5a2.5 2.5 0 0 1 5 0v9.5a1 1 0 0 1-2 0V6H10v8.5a2.5 2.5 0 0 0 5 0V5a4 4 0 0 0-8 0v11.5a5.5 5.5 0 0 0 11 0V6z'
);
