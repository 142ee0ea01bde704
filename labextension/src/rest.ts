/** The server's REST routes. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import type { ILogin, ILoginResult, IStatus } from './tokens';

/** What the server said instead of an answer. */
export class ServerError extends Error {
  constructor(
    message: string,
    readonly status: number
  ) {
    super(message);
  }
}

/** Rejects with `ServerError`, or with the fault of the network. */
export function readStatus(settings: ServerConnection.ISettings): Promise<IStatus> {
  return request<IStatus>(settings, 'status');
}

/** The model for this server process. Rejects as `readStatus`. */
export function chooseModel(settings: ServerConnection.ISettings, name: string): Promise<IStatus> {
  return request<IStatus>(settings, 'model', { name });
}

/** A wrong key is an answer; rejects as `readStatus` where there is none. */
export function logIn(settings: ServerConnection.ISettings, login: ILogin): Promise<ILoginResult> {
  const { base_url, key, model } = login;
  return request<ILoginResult>(settings, 'login', { base_url, key, model });
}

/** GET without a body, else POST. Rejects as `readStatus`. */
export async function request<T>(
  settings: ServerConnection.ISettings,
  route: string,
  body?: object
): Promise<T> {
  const response = await send(settings, route, body);
  const said: unknown = await response.json().catch(() => null);
  if (said === null) {
    throw new ServerError(response.statusText, response.status);
  }
  return said as T;
}

/** An answer that is read as it comes. Rejects as `readStatus`, and where `signal` aborts. */
export async function send(
  settings: ServerConnection.ISettings,
  route: string,
  body?: object,
  signal?: AbortSignal
): Promise<Response> {
  const response = await ServerConnection.makeRequest(
    URLExt.join(settings.baseUrl, 'k2/api', route),
    { ...(body && { method: 'POST', body: JSON.stringify(body) }), ...(signal && { signal }) },
    settings
  );
  if (!response.ok) {
    const said: unknown = await response.json().catch(() => null);
    const { message } = (said ?? {}) as { message?: string };
    throw new ServerError(message ?? response.statusText, response.status);
  }
  return response;
}
