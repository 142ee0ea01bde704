/** What the panel calls things. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ICall, ITurn } from '../tokens';
import { visible } from './hidden';

/** By the tool's name, which a model may have invented: a map has no names but its own. */
type Phrases = Map<string, readonly [running: string, done: string]>;

function phrases(trans: TranslationBundle): Phrases {
  return new Map([
    ['run_cell', [trans.__('Running a cell'), trans.__('Ran a cell')]],
    ['edit_cell', [trans.__('Changing a cell'), trans.__('Changed a cell')]],
    ['delete_cell', [trans.__('Deleting a cell'), trans.__('Deleted a cell')]],
    ['add_markdown', [trans.__('Writing a note'), trans.__('Wrote a note')]],
    ['read_notebook', [trans.__('Reading the notebook'), trans.__('Read the notebook')]],
    ['read_output', [trans.__('Reading an output'), trans.__('Read an output')]],
    ['inspect_variables', [trans.__('Looking at variables'), trans.__('Looked at variables')]],
    ['view_figure', [trans.__('Looking at a figure'), trans.__('Looked at a figure')]],
    ['restart_kernel', [trans.__('Restarting the kernel'), trans.__('Restarted the kernel')]],
    ['ask_user', [trans.__('Asking you'), trans.__('Asked you')]],
    ['set_plan', [trans.__('Planning'), trans.__('Wrote the plan')]],
    ['finish', [trans.__('Concluding'), trans.__('Concluded')]]
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

/** `Ran a cell: mean by group`. A tool that is not known here keeps its own name. */
export function callWords(call: ICall, trans: TranslationBundle): string {
  const [running, done] = phrases(trans).get(call.name) ?? [call.name, call.name];
  const said = call.status === 'running' ? running : done;
  const told = line(call.arguments?.[TOLD.get(call.name) ?? '']);
  return visible(told ? `${said}: ${told}` : said);
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

/** How a turn stands or ended. */
export function endWords({ reason }: ITurn, trans: TranslationBundle): string {
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
