/** What the journals know of a notebook: past turns, and who wrote its cells. */
import type { ServerConnection } from '@jupyterlab/services';
import * as v from 'valibot';

import type { ITurn } from './conversation';
import { readMessage } from './events';
import { request } from './rest';
import { EMPTY, reduce } from './state';

const text = v.string();
const number = v.number();
const flag = v.boolean();

const pastTurn = v.object({
  turn: text,
  request: text,
  model: text,
  /** ISO 8601, or "" where the journal is damaged. */
  started: text,
  /** How it ended, `running`, `unfinished` or `damaged`. */
  outcome: text,
  conclusion: text,
  detail: text,
  steps: number,
  /** New ones. */
  tokens: number,
  cached: number,
  dollars: v.nullable(number),
  seconds: number,
  undone: flag
});
const origin = v.object({
  cell: text,
  number,
  kind: text,
  by: v.picklist(['agent', 'mixed', 'claimed', 'user']),
  edited: flag,
  turn: text,
  request: text,
  step: v.nullable(number),
  model: text,
  time: text,
  /** Names that its code reads, and the cells that bound them. */
  variables: v.array(v.tuple([text, text])),
  files: v.array(text),
  tokens: v.nullable(number),
  dollars: v.nullable(number),
  seconds: v.nullable(number)
});

export type IPastTurn = v.InferOutput<typeof pastTurn>;
export type IOrigin = v.InferOutput<typeof origin>;

/** A cell as the server judges it. */
export interface IWrittenCell {
  id: string;
  cell_type: string;
  source: string;
  metadata: object;
}

/** All reject as `readStatus`. */
export class Records {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  /** The newest first. */
  async turns(path: string): Promise<readonly IPastTurn[]> {
    const said = await request(this._settings, `turns?path=${encodeURIComponent(path)}`);
    return v.parse(v.object({ turns: v.array(pastTurn) }), said).turns;
  }

  /** One of them as the panel showed it. Null where its journal tells of no beginning. */
  async turn(path: string, turn: string): Promise<ITurn | null> {
    const [of, which] = [path, turn].map(encodeURIComponent);
    const said = await request(this._settings, `turns?path=${of}&turn=${which}`);
    const { events } = v.parse(v.object({ events: v.array(v.looseObject({})) }), said);
    let state = EMPTY;
    events.forEach((event, at) => {
      const message = readMessage(JSON.stringify({ op: 'event', seq: at + 1, ...event }));
      if (message?.op === 'event') {
        state = reduce(state, message);
      }
    });
    return state.turns.at(-1) ?? null;
  }

  /** Deletes the journal of one turn, or of all that do not run; how many. */
  async purge(path: string, turn = ''): Promise<{ purged: number; kept: number }> {
    const said = await request(this._settings, 'purge', { path, turn });
    return v.parse(v.object({ purged: number, kept: number }), said);
  }

  /** A row for each cell, in their order. */
  async origins(path: string, cells: readonly IWrittenCell[]): Promise<readonly IOrigin[]> {
    const said = await request(this._settings, 'provenance', { path, cells });
    return v.parse(v.object({ cells: v.array(origin) }), said).cells;
  }
}
