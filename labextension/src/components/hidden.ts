/** Characters that a reader would not see, or that change what is seen: shown by their number. */

/** A piece of a text: as it stands, or a character that is written out. */
export interface IPiece {
  text: string;
  hidden: boolean;
}

// For code: whatever has no glyph. Controls, line separators, lone surrogates, what Unicode lets a font
// ignore (zero width, direction, fillers, variation selectors, tags), interlinear marks, empty braille.
const HIDDEN =
  /(?![\t\n])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u2800]/gu;
// For other text, where joiners and selectors belong to words and emoji: what deceives.
const DECEIVING = /(?![\t\n])[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu;

/** Code in pieces. */
export function pieces(code: string): IPiece[] {
  const found: IPiece[] = [];
  let end = 0;
  for (const match of code.matchAll(HIDDEN)) {
    if (match.index > end) {
      found.push({ text: code.slice(end, match.index), hidden: false });
    }
    found.push({ text: written(match[0]), hidden: true });
    end = match.index + match[0].length;
  }
  if (end < code.length || found.length === 0) {
    found.push({ text: code.slice(end), hidden: false });
  }
  return found;
}

/** How many hidden characters the pieces hold. */
export function hiddenCount(all: readonly IPiece[]): number {
  return all.filter(piece => piece.hidden).length;
}

/** A text for people: controls, and what turns the direction of writing, are written out. */
export function visible(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(DECEIVING, written);
}

function written(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
}
