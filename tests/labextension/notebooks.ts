/** Real notebook widgets, and real connections to a kernel that is played. */
import type { CodeCell } from '@jupyterlab/cells';
import type { IOutput } from '@jupyterlab/nbformat';
import { Notebook, NotebookModel } from '@jupyterlab/notebook';
import { RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import type { ServerConnection } from '@jupyterlab/services';
import { KernelConnection } from '@jupyterlab/services/lib/kernel/default';

/** A notebook of code cells whose ids are their sources. */
export function notebookOf(...sources: string[]): Notebook {
  // Yjs warns of what JupyterLab itself does with each new cell.
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  jest.spyOn(console, 'debug').mockImplementation(() => undefined);
  const editorFactory = () => {
    throw new Error('Cells that were never in sight have no editor.');
  };
  const notebook = new Notebook({
    rendermime: new RenderMimeRegistry({ initialFactories: standardRendererFactories }),
    contentFactory: new Notebook.ContentFactory({ editorFactory }),
    mimeTypeService: {
      getMimeTypeByLanguage: () => 'text/x-python',
      getMimeTypeByFilePath: () => 'text/x-python'
    }
  });
  const model = new NotebookModel();
  model.sharedModel.insertCells(
    0,
    sources.map(source => ({ cell_type: 'code', id: source, source, metadata: { trusted: true } }))
  );
  notebook.model = model;
  model.sharedModel.clearUndoHistory();
  return notebook;
}

export function codeCell(notebook: Notebook, id: string): CodeCell {
  return notebook.widgets.find(cell => cell.model.id === id) as CodeCell;
}

/** The outputs as text, one an item. */
export function shown(cell: CodeCell): string[] {
  return cell.model.outputs.toJSON().map(asText);
}

function asText(output: IOutput): string {
  const data = (output.data ?? {}) as Record<string, unknown>;
  return String(output.text ?? output.evalue ?? data['text/plain']);
}

export const printed = (text: string): IOutput => ({ output_type: 'stream', name: 'stdout', text });

export const display = (data: object): IOutput => ({
  output_type: 'display_data',
  data: data as IOutput,
  metadata: {}
});

/** A kernel as seen by one page: it says what the test lets it say. */
export class PlayedKernel {
  private _current!: ISocket;
  private _said = 0;

  readonly connection = new KernelConnection({
    model: { id: 'kernel', name: 'python3' },
    serverSettings: {
      baseUrl: 'http://localhost/',
      wsUrl: 'ws://localhost/',
      token: '',
      appendToken: false,
      serializer: { serialize: JSON.stringify, deserialize: JSON.parse },
      WebSocket: this._socket()
    } as unknown as ServerConnection.ISettings
  });

  /** The next run of a client: the server's, unless it is another. */
  run(id: string, session = 'server'): PlayedRun {
    return new PlayedRun(this, id, session);
  }

  connect(): void {
    this._current.onopen?.();
  }

  /** After a loss; the timers must be jest's. */
  reconnect(): void {
    jest.advanceTimersByTime(1);
    this.connect();
  }

  lose(): void {
    this._current.onclose?.({ code: 1006 });
  }

  /** Says it on iopub; resolves when the page has taken it. */
  async say(type: string, content: object, parent: object, id = `m${++this._said}`): Promise<void> {
    this._transmit('iopub', header(type, 'kernel', id), content, parent);
    await taken();
  }

  /** How many messages it has said. */
  get said(): number {
    return this._said;
  }

  private _transmit(channel: string, header: object, content: object, parent_header: object): void {
    const message = { channel, header, parent_header, content, metadata: {}, buffers: [] };
    this._current.onmessage?.({ data: JSON.stringify(message) });
  }

  /** JupyterLab begins each connection with this request. */
  private _answer(request: object): void {
    const content = { status: 'ok', language_info: { name: 'python' } };
    this._transmit('shell', header('kernel_info_reply', 'kernel', 'info'), content, request);
    this._transmit('iopub', header('status', 'kernel', 'idle'), { execution_state: 'idle' }, request);
  }

  private _socket() {
    const enter = (socket: ISocket) => {
      this._current = socket;
    };
    const take = (text: string) => {
      const { header: request } = JSON.parse(text) as { header: { msg_type: string } };
      if (request.msg_type === 'kernel_info_request') {
        this._answer(request);
      }
    };
    return class {
      constructor() {
        enter(this);
      }
      protocol = '';
      binaryType = '';
      onopen = null;
      onmessage = null;
      onclose = null;
      send = take;
      close = () => undefined;
    };
  }
}

function header(msg_type: string, session: string, msg_id: string): object {
  return { msg_id, msg_type, session, username: '', version: '5.4', date: '' };
}

interface ISocket {
  onopen: (() => void) | null;
  onmessage: ((message: { data: string }) => void) | null;
  onclose: ((closed: { code: number }) => void) | null;
}

/** What a kernel says of one request. */
export class PlayedRun {
  constructor(
    private readonly _kernel: PlayedKernel,
    readonly id: string,
    session: string
  ) {
    this._parent = header('execute_request', session, id);
  }

  begin(count = 1): Promise<void> {
    return this._say('status', { execution_state: 'busy' }).then(() =>
      this._say('execute_input', { code: '', execution_count: count })
    );
  }

  print(text: string): Promise<void> {
    return this._say('stream', { name: 'stdout', text });
  }

  display(text: string, id?: string): Promise<void> {
    return this._say('display_data', bundle(text, id));
  }

  update(text: string, id: string): Promise<void> {
    return this._say('update_display_data', bundle(text, id));
  }

  clear(wait: boolean): Promise<void> {
    return this._say('clear_output', { wait });
  }

  end(): Promise<void> {
    return this._say('status', { execution_state: 'idle' });
  }

  private _say(type: string, content: object): Promise<void> {
    return this._kernel.say(type, content, this._parent);
  }

  private readonly _parent: object;
}

function bundle(text: string, id?: string): object {
  return {
    data: { 'text/plain': text },
    metadata: {},
    transient: id === undefined ? {} : { display_id: id }
  };
}

/** The promises are through that JupyterLab makes for each message. */
export async function taken(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) {
    await Promise.resolve();
  }
}
