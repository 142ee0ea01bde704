/** A notebook as one HTML file that the browser saves. */
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import * as v from 'valibot';

import { send } from './rest';

/** What the reader of the page sees of the code. */
export type CodeView = 'fold' | 'hide';

export interface IExportOptions {
  code: CodeView;
  /** Run it again first, in a new kernel and a copy of the folder. */
  verify: boolean;
}

const text = v.string();
const number = v.number();
const verified = v.object({
  equal: v.boolean(),
  sentence: text,
  differences: v.array(v.object({ cell: text, number, what: text }))
});
const line = v.union([
  v.object({ cell: number, of: number, purpose: text }),
  v.object({ name: text, html: text, verified: v.nullable(verified) }),
  v.object({ problem: text })
]);

export type IVerified = v.InferOutput<typeof verified>;

/** `path`: which notebook it is about; "" before the first export. */
export interface IExportState {
  path: string;
  running: boolean;
  /** The cell that is run again now. */
  progress: { cell: number; of: number; purpose: string } | null;
  /** Cause and next step; "" where there is none. */
  problem: string;
  /** The file that the browser was given, or "". */
  name: string;
  verified: IVerified | null;
}

const NOTHING: IExportState = {
  path: '',
  running: false,
  progress: null,
  problem: '',
  name: '',
  verified: null
};

/** One export at a time; its state is that of the last. */
export class Exporter {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    private readonly _save: (name: string, html: string) => void = download
  ) {}

  /** What is offered first. */
  preset: IExportOptions = { code: 'fold', verify: false };

  get state(): IExportState {
    return this._state;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Exports what the page has, saved or not; the state tells how it goes. Never rejects. */
  async export(path: string, notebook: INotebookContent, options: IExportOptions): Promise<void> {
    if (this._state.running) {
      return;
    }
    this._abort = new AbortController();
    this._state = { ...NOTHING, path };
    this._set({ running: true });
    try {
      const body = { path, notebook, ...options };
      const answer = await send(this._settings, 'export', body, this._abort.signal);
      for await (const said of linesOf(answer)) {
        this._take(v.parse(line, JSON.parse(said)));
      }
      if (!this._state.name && !this._state.problem) {
        this._set({ problem: 'The connection was lost before the page was made. Try again.' });
      }
    } catch (problem) {
      const words = problem instanceof Error ? problem.message : String(problem);
      this._set({ problem: this._abort.signal.aborted ? '' : words });
    } finally {
      this._set({ running: false, progress: null });
    }
  }

  /** Ends it; the server ends what it runs. */
  cancel(): void {
    this._abort.abort();
  }

  private _take(said: v.InferOutput<typeof line>): void {
    if ('problem' in said) {
      this._set({ problem: said.problem });
    } else if ('html' in said) {
      this._save(said.name, said.html);
      this._set({ name: said.name, verified: said.verified });
    } else {
      this._set({ progress: said });
    }
  }

  private _set(part: Partial<IExportState>): void {
    this._state = { ...this._state, ...part };
    this._changed.emit();
  }

  private _state = NOTHING;
  private _abort = new AbortController();
  private readonly _changed = new Signal<this, void>(this);
}

/** The lines of an answer, as they come. */
async function* linesOf({ body }: Response): AsyncGenerator<string> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  while (reader) {
    const { done, value } = await reader.read();
    rest += decoder.decode(value, { stream: !done });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter(Boolean);
    if (done) {
      return;
    }
  }
}

function download(name: string, html: string): void {
  const url = URL.createObjectURL(new Blob([html], { type: 'text/html' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has begun to read it by then.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}
