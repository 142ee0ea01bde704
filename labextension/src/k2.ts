import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { ServiceManager } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { Connection } from './connection';
import type { IConversation } from './conversation';
import { Exporter } from './export';
import { ConversationModel } from './model';
import { NotebookBridge } from './notebook';
import { DEFAULTS } from './preferences';
import { Records } from './records';
import { ServerError, chooseModel, logIn, readStatus } from './rest';
import type { IK2, ILogin, ILoginResult, IPreferences, IStatus } from './tokens';
import { Views } from './views';

interface IOpenNotebook {
  /** The one of the notebook's views that cells are shown in. */
  panel: NotebookPanel;
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
    this.records = new Records(_services.serverSettings);
    this.exporter = new Exporter(_services.serverSettings);
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

  readonly views = new Views();
  readonly records: Records;
  readonly exporter: Exporter;

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

  /** Views of one notebook share a conversation: its cells are there once. */
  private _add(panel: NotebookPanel): void {
    const other = [...this._notebooks.keys()].find(({ context }) => context === panel.context);
    const shared = other && this._notebooks.get(other);
    this._notebooks.set(panel, shared ?? this._open(panel));
    panel.disposed.connect(() => {
      this._remove(panel);
    });
  }

  private _remove(panel: NotebookPanel): void {
    const notebook = this._notebooks.get(panel);
    this._notebooks.delete(panel);
    if (notebook?.panel !== panel) {
      return;
    }
    notebook.conversation.dispose();
    notebook.connection.dispose();
    const others = [...this._notebooks.keys()].filter(
      view => this._notebooks.get(view) === notebook
    );
    const [heir] = others;
    if (heir) {
      const next = this._open(heir);
      others.forEach(view => this._notebooks.set(view, next));
    }
    this._currentChanged.emit();
  }

  private _open(panel: NotebookPanel): IOpenNotebook {
    const connection = new Connection(panel.context.localPath, this._settings);
    connection.collaborative = () => panel.context.model.collaborative ?? false;
    const bridge = new NotebookBridge(panel, this._services.contents, connection);
    const conversation = new ConversationModel(connection, {
      flush: () => {
        bridge.flush();
      },
      selected: () => bridge.selected(),
      preferences: () => this._preferences
    });
    bridge.waiting.connect((_, waiting) => {
      conversation.claim(waiting);
    });
    const notebook = { panel, kernel: null, connection, bridge, conversation };
    panel.context.pathChanged.connect(({ localPath }) => {
      conversation.path = localPath;
    });
    panel.sessionContext.kernelChanged.connect(() => {
      void this._connect(notebook);
    });
    void this._connect(notebook);
    return notebook;
  }

  /** Nothing is asked for a notebook without a kernel, or of a server where K2 is not. */
  private async _connect(notebook: IOpenNotebook): Promise<void> {
    if (notebook.connection.isDisposed) {
      return;
    }
    await notebook.bridge.ready();
    if (!this._status || this._status.off.panel !== undefined) {
      return;
    }
    const kernel = notebook.panel.sessionContext.session?.kernel?.id ?? null;
    if (kernel !== null && kernel === notebook.kernel) {
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
      new Set(this._notebooks.values()).forEach(notebook => {
        void this._connect(notebook);
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
