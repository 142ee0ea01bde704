import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator } from '@jupyterlab/translation';

import { Badges } from './badges';
import { originTold } from './cell-origins';
import { Commands } from './commands';
import { K2 } from './k2';
import { K2Panel } from './panel';
import { readPreferences } from './preferences';
import { RecordCommands } from './record-commands';
import { IK2 } from './tokens';
import { addCellButtons } from './toolbar';

/** Its settings are those of `schema/plugin.json`. */
const conversations: JupyterFrontEndPlugin<IK2> = {
  id: '@k2/jupyter:plugin',
  description: 'Provides the conversations of K2 with the open notebooks.',
  autoStart: true,
  provides: IK2,
  requires: [INotebookTracker, ITranslator],
  optional: [ISettingRegistry],
  activate: (app, tracker: INotebookTracker, translator: ITranslator, registry: ISettingRegistry | null) => {
    const k2 = new K2(tracker, app.serviceManager, translator.load('k2_jupyter'));
    void k2.refreshStatus();
    void registry?.load('@k2/jupyter:plugin').then(async settings => {
      const read = () => {
        k2.preferences = readPreferences(settings);
      };
      settings.changed.connect(read);
      read();
      await app.restored;
      if (k2.preferences.open) {
        app.shell.activateById('k2-panel');
      }
    });
    return k2;
  }
};

const panel: JupyterFrontEndPlugin<void> = {
  id: '@k2/jupyter:panel',
  description: 'The K2 panel in the right sidebar.',
  autoStart: true,
  requires: [IK2, INotebookTracker, IRenderMimeRegistry, ITranslator],
  optional: [ILayoutRestorer],
  activate: (
    app,
    k2: IK2,
    tracker: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator,
    restorer: ILayoutRestorer | null
  ) => {
    const widget = new K2Panel({
      k2,
      tracker,
      rendermime,
      translator,
      contents: app.serviceManager.contents,
      activate: id => {
        app.shell.activateById(id);
      }
    });
    app.shell.add(widget, 'right', { rank: 600, type: 'K2' });
    restorer?.add(widget, widget.id);
  }
};

const commands: JupyterFrontEndPlugin<void> = {
  id: '@k2/jupyter:commands',
  description: 'The commands of K2.',
  autoStart: true,
  requires: [IK2, INotebookTracker, ITranslator],
  optional: [ICommandPalette],
  activate: (
    app,
    k2: IK2,
    tracker: INotebookTracker,
    translator: ITranslator,
    palette: ICommandPalette | null
  ) => {
    new Commands(app, k2, tracker, translator.load('k2_jupyter')).add(palette);
    new RecordCommands(app, k2, tracker, translator.load('k2_jupyter')).add(palette);
  }
};

const cells: JupyterFrontEndPlugin<void> = {
  id: '@k2/jupyter:cells',
  description: 'Marks the cells of K2, and offers it in the toolbar of cells.',
  autoStart: true,
  requires: [IK2, INotebookTracker, ITranslator],
  optional: [IToolbarWidgetRegistry],
  activate: (
    app,
    k2: IK2,
    tracker: INotebookTracker,
    translator: ITranslator,
    toolbars: IToolbarWidgetRegistry | null
  ) => {
    const trans = translator.load('k2_jupyter');
    const mark = (notebook: NotebookPanel) =>
      new Badges(notebook.content, trans, id => originTold(k2, notebook, id, trans));
    tracker.widgetAdded.connect((_, notebook) => mark(notebook));
    tracker.forEach(mark);
    if (toolbars) {
      addCellButtons(toolbars, app.commands, trans);
    }
  }
};

export default [conversations, panel, commands, cells];
