import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Widget } from '@lumino/widgets';

const panel: JupyterFrontEndPlugin<void> = {
  id: '@k2/jupyter:panel',
  description: 'The K2 panel.',
  autoStart: true,
  optional: [ILayoutRestorer],
  activate: (app: JupyterFrontEnd, restorer: ILayoutRestorer | null) => {
    const widget = new Widget();
    widget.id = 'k2-panel';
    widget.title.label = 'K2';
    app.shell.add(widget, 'right', { rank: 600, type: 'K2' });
    restorer?.add(widget, 'k2-panel');
  }
};

export default [panel];
