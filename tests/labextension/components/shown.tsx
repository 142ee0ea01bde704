/** Draws parts of the panel as the panel does, on a conversation with a played server. */
import { Sanitizer } from '@jupyterlab/apputils';
import { RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import type { Contents } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { act } from 'react';
import type { ReactElement } from 'react';
import { createRoot } from 'react-dom/client';

import type { IPanel, IShown } from '../../../labextension/src/components/context';
import { PanelContext, ShownContext } from '../../../labextension/src/components/context';
import { draftOf } from '../../../labextension/src/components/draft';
import { Names } from '../../../labextension/src/components/names';
import { restricted } from '../../../labextension/src/components/sanitizing';
import { Connection } from '../../../labextension/src/connection';
import { Exporter } from '../../../labextension/src/export';
import { ConversationModel } from '../../../labextension/src/model';
import { DEFAULTS } from '../../../labextension/src/preferences';
import type { IK2, IStatus } from '../../../labextension/src/tokens';
import { Views } from '../../../labextension/src/views';
import { PlayedServer } from '../played';

export const STATUS: IStatus = {
  version: '1',
  model: { name: 'offline', label: 'offline analyst', host: null, offline: true },
  configured: true,
  choices: [{ name: 'offline', label: 'offline analyst' }],
  presets: [{ name: 'k', label: 'k at k.example', base_url: 'https://k.example/v1' }],
  off: {},
  limits: { steps: null, seconds: null, tokens: null, dollars: null },
  problem: ''
};

export interface IDrawn {
  host: HTMLElement;
  server: PlayedServer;
  shown: IShown;
  k2: jest.Mocked<IK2>;
  revealed: string[];
  find: (selector: string) => HTMLElement;
  field: (selector: string) => HTMLInputElement;
  textarea: () => HTMLTextAreaElement;
  /** Gives all cells other names. */
  rename: (name: (cell: string) => string) => void;
  button: (words: string) => HTMLButtonElement;
}

/** Ids of the notebook's cells. */
const CELLS = ['c0', 'c1', 'c2', '3f2a91bc'];

/** An answer that does not come. */
function never(): jest.Mock<Promise<never>> {
  return jest.fn(() => new Promise<never>(() => undefined));
}

function playedK2(status: Partial<IStatus>): jest.Mocked<IK2> {
  const k2 = {
    current: null,
    status: { ...STATUS, ...status },
    problem: '',
    preferences: DEFAULTS,
    conversation: jest.fn(),
    refreshStatus: jest.fn(() => Promise.resolve()),
    login: jest.fn(() => Promise.resolve({ ok: false, text: 'The key is wrong.' })),
    choose: jest.fn(() => Promise.resolve()),
    views: new Views(),
    records: { turns: never(), turn: never(), purge: never(), origins: never() },
    exporter: new Exporter(new PlayedServer().settings)
  };
  const signal = () => new Signal<IK2, void>(k2 as unknown as IK2);
  const signals = {
    currentChanged: signal(),
    statusChanged: signal(),
    preferencesChanged: signal()
  };
  return Object.assign(k2, signals) as unknown as jest.Mocked<IK2>;
}

/** HTML passes, as from a Markdown parser that lets everything through. */
export const rendermime = restricted(
  new RenderMimeRegistry({
    initialFactories: standardRendererFactories,
    sanitizer: new Sanitizer(),
    markdownParser: { render: source => Promise.resolve(source) }
  })
);

export function draw(
  element: ReactElement,
  { status = {} }: { status?: Partial<IStatus> } = {}
): IDrawn {
  const server = new PlayedServer();
  const connection = new Connection('folder/a.ipynb', server.settings);
  const conversation = new ConversationModel(connection, {
    flush: () => undefined,
    selected: () => null,
    preferences: () => DEFAULTS
  });
  connection.open();
  server.accept();
  const k2 = playedK2(status);
  const revealed: string[] = [];
  const files = [{ type: 'file', name: 'salaries.csv' }];
  const contents = { get: () => Promise.resolve({ content: files }) };
  const panel: IPanel = {
    k2,
    trans: nullTranslator.load('k2_jupyter'),
    rendermime,
    contents: contents as unknown as Contents.IManager
  };
  let named = (cell: string) => `cell ${cell}`;
  const edited = new Signal<object, void>({});
  const rename: IDrawn['rename'] = name => {
    named = name;
    edited.emit();
  };
  const shown: IShown = {
    conversation,
    draft: draftOf(conversation),
    reveal: cell => revealed.push(cell),
    cellNames: () => new Map(CELLS.map(cell => [cell, named(cell)])),
    session: null,
    cells: () => [{ id: 'c1', name: named('c1'), line: 'df = load()' }],
    written: () => [{ id: 'c1', cell_type: 'code', source: 'df = load()', metadata: {} }],
    notebook: () => ({ cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 }),
    edited
  };
  const host = document.createElement('div');
  host.className = 'k2-Panel';
  document.body.replaceChildren(host);
  const root = createRoot(host);
  act(() => {
    root.render(
      <PanelContext.Provider value={panel}>
        <ShownContext.Provider value={shown}>
          <Names>{element}</Names>
        </ShownContext.Provider>
      </PanelContext.Provider>
    );
  });
  const find = (selector: string) => {
    const found = host.querySelector<HTMLElement>(selector);
    if (!found) {
      throw new Error(`No ${selector} in ${host.textContent}`);
    }
    return found;
  };
  const button = (words: string) => {
    const all = [...host.querySelectorAll('button')];
    const named = (one: HTMLButtonElement) => one.getAttribute('aria-label') ?? one.textContent;
    const found = all.find(one => named(one).includes(words));
    if (!found) {
      throw new Error(`No button "${words}" among ${all.map(named).join(', ')}`);
    }
    return found;
  };
  const field = (selector: string) => find(selector) as HTMLInputElement;
  const textarea = () => find('textarea') as HTMLTextAreaElement;
  return { host, server, shown, k2, revealed, find, field, textarea, rename, button };
}

/** Lets the conversation's events and what follows from them be drawn. */
export async function settle(): Promise<void> {
  await act(async () => {
    await new Promise(resolve => requestAnimationFrame(resolve));
    await new Promise(resolve => setTimeout(resolve));
  });
}

/** What a user does, and what is drawn after it. */
export function press(node: HTMLElement, key: string, init: KeyboardEventInit = {}): void {
  act(() => {
    node.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }));
  });
}

export function click(node: HTMLElement): void {
  act(() => {
    node.click();
  });
}

export function type(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value') ?? {};
  act(() => {
    set?.call(field, text);
    field.setSelectionRange(text.length, text.length);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
}
