/** Outputs of cells: what goes to the server of them, and which of them need trust. */
import type { ICodeCellModel } from '@jupyterlab/cells';
import type { IMimeBundle, IOutput } from '@jupyterlab/nbformat';

/** Characters of JSON that the outputs of one cell may have on the wire. */
export const CELL_LIMIT = 200_000;
/** Characters of anything but text that goes over the wire. */
const DATA_LIMIT = 100_000;
const CUT = '\n… cut …\n';
/** What looks the same, trusted or not. */
const INERT: ReadonlySet<string> = new Set([
  'text/plain',
  'image/png',
  'image/jpeg',
  'image/gif'
]);

/** Whether trust makes no difference for these MIME types. */
export function isInert(data: unknown): boolean {
  return Object.keys(Object(data) as object).every(type => INERT.has(type));
}

/**
 * The cell's outputs are none of a run that this page saw: their HTML is cleaned, their scripts
 * and widgets are not shown. A later save does not sign them.
 */
export function distrust(model: ICodeCellModel): void {
  model.trusted = false;
  // Only the other way round does the model do this by itself.
  model.setMetadata('trusted', false);
}

/** Outputs as they go over the wire, and how many characters of JSON they are. */
export interface IBounded {
  outputs: IOutput[];
  size: number;
}

/** Outputs for the wire: where they are long, texts are cut and other data is left out. */
export function bounded(outputs: readonly IOutput[], limit = CELL_LIMIT): IBounded {
  const whole = size(outputs);
  if (whole <= limit) {
    return { outputs: [...outputs], size: whole };
  }
  const share = Math.max(200, Math.floor(limit / Math.max(1, outputs.length)));
  const parts = outputs.map(output => cut(output, share));
  return { outputs: parts, size: size(parts) };
}

function cut(output: IOutput, share: number): IOutput {
  if (typeof output.text === 'string') {
    return { ...output, text: shortened(output.text, share) };
  }
  if (Array.isArray(output.traceback)) {
    const lines = output.traceback.map(String);
    const each = Math.floor(share / Math.max(1, lines.length));
    return { ...output, traceback: lines.map(line => shortened(line, each)) };
  }
  if (output.data === undefined) {
    return output;
  }
  const kept = Object.entries(Object(output.data) as Record<string, unknown>)
    .filter(([type, value]) => type.startsWith('text/') || size(value) <= Math.min(share, DATA_LIMIT))
    .map(([type, value]) => [type, typeof value === 'string' ? shortened(value, share) : value]);
  return { ...output, data: Object.fromEntries(kept) as IMimeBundle };
}

function size(value: unknown): number {
  return typeof value === 'string' ? value.length : JSON.stringify(value).length;
}

/** Beginning and end of a text. */
function shortened(text: string, limit: number): string {
  if (text.length <= limit) {
    return text;
  }
  const half = Math.floor((limit - CUT.length) / 2);
  return text.slice(0, half) + CUT + text.slice(-half);
}
