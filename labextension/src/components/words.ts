/** What the panel calls things. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ICall, ITurn } from '../conversation';
import { visible } from './hidden';

/** By the tool's name, which a model may have invented: a map has no names but its own. */
type Phrases = Map<string, IPhrases>;

interface IPhrases {
  running: string;
  done: string;
  /** While the user is asked. */
  waits?: string;
  /** Where it was refused or could not be done. */
  failed?: string;
}

function phrases(trans: TranslationBundle): Phrases {
  return new Map<string, IPhrases>([
    [
      'run_cell',
      {
        running: trans.__('Running a cell'),
        done: trans.__('Ran a cell'),
        waits: trans.__('Wants to run a cell'),
        failed: trans.__('Not run')
      }
    ],
    [
      'edit_cell',
      {
        running: trans.__('Changing a cell'),
        done: trans.__('Changed a cell'),
        waits: trans.__('Wants to change a cell'),
        failed: trans.__('Not changed')
      }
    ],
    [
      'delete_cell',
      {
        running: trans.__('Deleting a cell'),
        done: trans.__('Deleted a cell'),
        waits: trans.__('Wants to delete a cell'),
        failed: trans.__('Not deleted')
      }
    ],
    ['add_markdown', { running: trans.__('Writing a note'), done: trans.__('Wrote a note') }],
    ['read_notebook', { running: trans.__('Reading the notebook'), done: trans.__('Read the notebook') }],
    ['read_output', { running: trans.__('Reading an output'), done: trans.__('Read an output') }],
    ['inspect_variables', { running: trans.__('Looking at variables'), done: trans.__('Looked at variables') }],
    ['view_figure', { running: trans.__('Looking at a figure'), done: trans.__('Looked at a figure') }],
    [
      'restart_kernel',
      {
        running: trans.__('Restarting the kernel'),
        done: trans.__('Restarted the kernel'),
        waits: trans.__('Wants to restart the kernel'),
        failed: trans.__('Not restarted')
      }
    ],
    ['ask_user', { running: trans.__('Asking you'), done: trans.__('Asked you') }],
    ['set_plan', { running: trans.__('Planning'), done: trans.__('Wrote the plan') }],
    ['finish', { running: trans.__('Concluding'), done: trans.__('Concluded') }]
  ]);
}

/** The argument that says most, by the tool's name. */
const TOLD = new Map([
  ['run_cell', 'purpose'],
  ['edit_cell', 'purpose'],
  ['add_markdown', 'source'],
  ['inspect_variables', 'names'],
  ['restart_kernel', 'reason'],
  ['ask_user', 'question']
]);

/**
 * `Ran a cell: mean by group`. A tool that is not known here keeps its own name. `waits`: K2 waits for the
 * user, which only a running call can.
 */
export function callWords(call: ICall, trans: TranslationBundle, waits = false): string {
  const known = phrases(trans).get(call.name) ?? { running: call.name, done: call.name };
  const said = phrase(call, known, waits);
  const told = line(call.arguments?.[TOLD.get(call.name) ?? '']);
  return visible(told ? `${said}: ${told}` : said);
}

function phrase({ status, run }: ICall, known: IPhrases, waits: boolean): string {
  if (status === 'running') {
    return (waits ? known.waits : undefined) ?? known.running;
  }
  // A cell that ran and failed was run all the same.
  return (status === 'error' && run === null ? known.failed : undefined) ?? known.done;
}

/** What the server says of a cell's id, in the name that people know the cell by. */
export function namedCells(text: string, cellName: (cell: string) => string): string {
  return visible(
    text.replace(/\bcell ([\w-]+)/g, (said: string, id: string) => cellName(id) || said)
  );
}

/** A gist is written for the model; people need neither the cell's hash nor the tool to call. */
export function shortGist(gist: string): string {
  return visible(
    gist
      .replace(/ \(hash [0-9a-f]+\)/, '')
      .replace(/^cell \S+ (· )?(ok( · |$))?/, '')
      .replace(/; read_output shows it$/, '')
  );
}

/** How a turn of a journal stands or ended. */
export function outcomeWords(outcome: string, trans: TranslationBundle): string {
  switch (outcome) {
    case 'running':
      return trans.__('Running');
    case 'unfinished':
      return trans.__('Cut off');
    case 'damaged':
      return trans.__('Its record is damaged');
    default:
      return endWords({ reason: outcome as ITurn['reason'] }, trans);
  }
}

/** How a turn stands or ended. */
export function endWords({ reason }: Pick<ITurn, 'reason'>, trans: TranslationBundle): string {
  switch (reason) {
    case null:
      return trans.__('Working');
    case 'done':
      return trans.__('Done');
    case 'cannot':
      return trans.__('Could not do it');
    case 'limit':
      return trans.__('Stopped at a limit');
    case 'interrupted':
      return trans.__('Stopped');
    case 'model':
      return trans.__('The model did not answer');
    case 'failed':
      return trans.__('Failed');
  }
}

function line(value: unknown): string {
  const text = Array.isArray(value) ? value.filter(item => typeof item === 'string').join(', ') : value;
  if (typeof text !== 'string') {
    return '';
  }
  const first = text.replace(/^[\s#]+/, '').split('\n', 1)[0] ?? '';
  return first.length > 120 ? `${first.slice(0, 119)}…` : first;
}
