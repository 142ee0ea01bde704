/** @jest-environment node */
import { ServerConnection } from '@jupyterlab/services';

import { Exporter } from '../../labextension/src/export';

const NOTEBOOK = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 };
const VERIFIED = {
  equal: false,
  sentence: 're-run: 1 of 2 cells differs',
  differences: [{ cell: 'c2', number: 2, what: 'printed text' }]
};

/** An exporter on a server that sends this byte by byte; what it saved, its states, what was asked. */
function exporter(said: string, status = 200) {
  const asked: Request[] = [];
  const saved: [string, string][] = [];
  const fetch = (request: Request) => {
    asked.push(request);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        new TextEncoder().encode(said).forEach(byte => {
          controller.enqueue(Uint8Array.of(byte));
        });
        controller.close();
      }
    });
    return Promise.resolve(new Response(body, { status }));
  };
  const settings = ServerConnection.makeSettings({
    baseUrl: 'http://localhost:1/',
    fetch: fetch as typeof globalThis.fetch
  });
  const made = new Exporter(settings, (name, html) => saved.push([name, html]));
  const progress: (number | undefined)[] = [];
  made.changed.connect(({ state }) => progress.push(state.progress?.cell));
  return { exporter: made, asked, saved, progress };
}

describe('an export', () => {
  it('saves the page and keeps what the re-run said, however the answer is cut', async () => {
    const last = JSON.stringify({ name: 'ä.html', html: '<p>ä\u2028</p>', verified: VERIFIED });
    const text = `{"cell": 1, "of": 2, "purpose": "a"}\n{"cell": 2, "of": 2, "purpose": ""}\n${last}\n`;
    const { exporter: made, asked, saved, progress } = exporter(text);
    await made.export('a.ipynb', NOTEBOOK, { code: 'hide', verify: true });
    expect(saved).toEqual([['ä.html', '<p>ä\u2028</p>']]);
    expect(progress).toEqual(expect.arrayContaining([1, 2]));
    expect(made.state).toMatchObject({ running: false, problem: '', verified: VERIFIED });
    expect(await asked[0]?.json()).toEqual({
      path: 'a.ipynb',
      notebook: NOTEBOOK,
      code: 'hide',
      verify: true
    });
  });

  it.each([
    ['{"problem": "The folder is too large."}\n', 200, 'The folder is too large.'],
    ['{"message": "a.ipynb has no kernel"}', 400, 'a.ipynb has no kernel'],
    ['{"cell": 1, "of": 2, "purpose": ""}\n', 200, 'The connection was lost before the page was made. Try again.']
  ])('says why there is none: %s', async (answer, status, problem) => {
    const { exporter: made, saved } = exporter(answer, status);
    await made.export('a.ipynb', NOTEBOOK, { code: 'fold', verify: false });
    expect(made.state).toMatchObject({ running: false, problem, name: '' });
    expect(saved).toEqual([]);
  });

  it('is taken back without a complaint', async () => {
    const fetch = ({ signal }: Request) =>
      new Promise<Response>((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      });
    const made = new Exporter(
      ServerConnection.makeSettings({ fetch: fetch as typeof globalThis.fetch }),
      jest.fn()
    );
    const done = made.export('a.ipynb', NOTEBOOK, { code: 'fold', verify: true });
    expect(made.state.running).toBe(true);
    made.cancel();
    await done;
    expect(made.state).toMatchObject({ running: false, problem: '' });
  });
});
