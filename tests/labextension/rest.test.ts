/** @jest-environment node */
import { ServerConnection } from '@jupyterlab/services';

import { ServerError, chooseModel, logIn, readStatus } from '../../labextension/src/rest';

/** A server that answers so, and what it was asked. */
function server(status: number, body: string) {
  const asked: Request[] = [];
  const fetch = (request: Request) => {
    asked.push(request);
    return Promise.resolve(new Response(body, { status, statusText: 'Bad Gateway' }));
  };
  const settings = ServerConnection.makeSettings({
    baseUrl: 'http://localhost:1/user/a/',
    fetch: fetch as typeof globalThis.fetch
  });
  return { settings, asked };
}

describe('the routes', () => {
  it('are below the base of the server', async () => {
    const { settings, asked } = server(200, '{"configured": true}');
    expect(await readStatus(settings)).toEqual({ configured: true });
    expect(asked.map(({ url, method }) => [method, url.split('?')[0]])).toEqual([
      ['GET', 'http://localhost:1/user/a/k2/api/status']
    ]);
  });

  it('send a key in the body alone', async () => {
    const { settings, asked } = server(200, '{"ok": false, "text": "The key is wrong."}');
    const login = { base_url: 'https://example.org/v1', key: 'sk-secret', model: 'kimi' };
    expect(await logIn(settings, login)).toEqual({ ok: false, text: 'The key is wrong.' });
    expect(asked[0]?.url).not.toContain('secret');
    expect(await asked[0]?.json()).toEqual(login);
  });

  it('fail with the words of the server', async () => {
    const { settings } = server(400, '{"message": "There is no model of that name."}');
    await expect(chooseModel(settings, 'x')).rejects.toEqual(
      new ServerError('There is no model of that name.', 400)
    );
  });

  it.each(['', '<html>', 'null'])('fail where the answer is %s', async body => {
    const { settings } = server(502, body);
    await expect(readStatus(settings)).rejects.toMatchObject({
      message: 'Bad Gateway',
      status: 502
    });
  });
});
