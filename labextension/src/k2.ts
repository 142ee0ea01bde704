import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { ServiceManager } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { Connection } from './connection';
import { ConversationModel } from './model';
import { NotebookBridge } from './notebook';
import { DEFAULTS } from './preferences';
import { ServerError, chooseModel, logIn, readStatus } from './rest';
import type {
  IConversation,
  IK2,
  ILogin,
  ILoginResult,
  IPreferences,
  IStatus
} from './tokens';

interface IOpenNotebook {
  /** Id of the kernel that the connection is about; null: it is closed. */
  kernel: string | null;
  connection: Connection;
  bridge: NotebookBridge;
  conversation: ConversationModel;
}

/** A conversation for each open notebook, and what the server says of itself. */
export class K2 implements IK2 {
  constructor(
    private readonly _tracker: INotebookTracker,
    private readonly _services: ServiceManager.IManager,
    private readonly _trans: TranslationBundle
  ) {
    _tracker.widgetAdded.connect((_, panel) => {
      this._add(panel);
    });
    _tracker.forEach(panel => {
      this._add(panel);
    });
    _tracker.currentChanged.connect(() => {
      this._currentChanged.emit();
    });
  }

  get current(): IConversation | null {
    const panel = this._tracker.currentWidget;
    return panel && this.conversation(panel);
  }

  get currentChanged(): ISignal<this, void> {
    return this._currentChanged;
  }

  get status(): IStatus | null {
    return this._status;
  }

  get problem(): string {
    return this._problem;
  }

  get statusChanged(): ISignal<this, void> {
    return this._statusChanged;
  }

  get preferences(): IPreferences {
    return this._preferences;
  }

  set preferences(preferences: IPreferences) {
    this._preferences = preferences;
    this._preferencesChanged.emit();
  }

  get preferencesChanged(): ISignal<this, void> {
    return this._preferencesChanged;
  }

  conversation(panel: NotebookPanel): IConversation | null {
    return this._notebooks.get(panel)?.conversation ?? null;
  }

  async refreshStatus(): Promise<void> {
    try {
      this._setStatus(await readStatus(this._settings));
    } catch (problem) {
      this._problem = this._words(problem);
      this._statusChanged.emit();
    }
  }

  async login(login: ILogin): Promise<ILoginResult> {
    try {
      const result = await logIn(this._settings, login);
      if (result.ok) {
        await this.refreshStatus();
      }
      return result;
    } catch (problem) {
      return { ok: false, text: this._words(problem) };
    }
  }

  async choose(name: string): Promise<void> {
    try {
      this._setStatus(await chooseModel(this._settings, name));
    } catch (problem) {
      throw new Error(this._words(problem));
    }
  }

  private _add(panel: NotebookPanel): void {
    const connection = new Connection(panel.context.path, this._settings);
    const bridge = new NotebookBridge(panel, this._services.contents, connection);
    const conversation = new ConversationModel(connection, {
      flush: () => {
        bridge.flush();
      },
      selected: () => bridge.selected(),
      preferences: () => this._preferences
    });
    const notebook = { kernel: null, connection, bridge, conversation };
    this._notebooks.set(panel, notebook);
    panel.context.pathChanged.connect((_, path) => {
      connection.path = path;
    });
    panel.sessionContext.kernelChanged.connect(() => {
      void this._connect(panel, notebook);
    });
    panel.disposed.connect(() => {
      this._notebooks.delete(panel);
      conversation.dispose();
      connection.dispose();
    });
    void this._connect(panel, notebook);
  }

  /** Nothing is asked for a notebook without a kernel, or of a server where K2 is not. */
  private async _connect(panel: NotebookPanel, notebook: IOpenNotebook): Promise<void> {
    await notebook.bridge.ready();
    if (!this._status || this._status.off.panel !== undefined) {
      return;
    }
    const kernel = panel.sessionContext.session?.kernel?.id ?? null;
    if (kernel === notebook.kernel) {
      return;
    }
    notebook.kernel = kernel;
    if (kernel) {
      notebook.connection.open();
    } else {
      notebook.connection.close();
    }
  }

  private _setStatus(status: IStatus): void {
    const isFirst = this._status === null;
    this._status = status;
    this._problem = '';
    this._statusChanged.emit();
    if (isFirst) {
      this._notebooks.forEach((notebook, panel) => {
        void this._connect(panel, notebook);
      });
    }
  }

  private _words(problem: unknown): string {
    if (problem instanceof ServerError && problem.status === 404) {
      return this._trans.__(
        'This Jupyter server does not know K2. Install k2-jupyter where the server runs, and start it again.'
      );
    }
    return problem instanceof Error ? problem.message : String(problem);
  }

  private get _settings() {
    return this._services.serverSettings;
  }

  private readonly _notebooks = new Map<NotebookPanel, IOpenNotebook>();
  private _status: IStatus | null = null;
  private _problem = '';
  private _preferences = DEFAULTS;
  private readonly _currentChanged = new Signal<this, void>(this);
  private readonly _statusChanged = new Signal<this, void>(this);
  private readonly _preferencesChanged = new Signal<this, void>(this);
}
