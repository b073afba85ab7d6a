import { MAX_KEY } from "./names.js";
import { type View, viewOf } from "./view.js";

/** Characters of a text that are read at once; a view takes some sixty bytes for each. */
const WINDOW = 1 << 14;
/** Read on both sides of a window: more than any pattern with its separators, or any cue with its number. */
const MARGIN = 8 * MAX_KEY;
/** A window ends at white space where some is so near. */
const SEARCHED = 256;

/** One window of a text. What is found in `view` at i stands in the text at i + `offset`, and counts within from…to. */
export interface Reading {
  readonly view: View;
  readonly offset: number;
  readonly from: number;
  readonly to: number;
}

/**
 * A text in windows that overlap, one after the other; a short text is one. Text with escape sequences is read
 * with and without them: what follows an ESC may be one that nobody designated, or the rest of a name.
 */
export function* readings(text: string): Generator<Reading> {
  const isEscaped = text.includes("\x1b");
  for (let from = 0; from < text.length; ) {
    const to = text.length - from <= WINDOW + MARGIN ? text.length : breakBefore(text, from + WINDOW);
    const offset = from === 0 ? 0 : breakBefore(text, from - MARGIN);
    const end = to === text.length ? to : breakBefore(text, to + MARGIN);
    const part = offset === 0 && end === text.length ? text : text.slice(offset, end);
    yield { view: viewOf(part), offset, from, to };
    if (isEscaped && part.includes("\x1b")) yield { view: viewOf(part, "read"), offset, from, to };
    from = to;
  }
}

/** The last line break before `at`, else the last white space, else `at`, but never between two surrogates. */
function breakBefore(text: string, at: number): number {
  if (at <= 0) return 0;
  if (at >= text.length) return text.length;
  let space = 0;
  for (let i = at; i > Math.max(0, at - SEARCHED); i--) {
    const code = text.charCodeAt(i - 1);
    if (code === 10 || code === 13) return i;
    if (space === 0 && (code === 32 || code === 9)) space = i;
  }
  if (space > 0) return space;
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code < 0xe000 ? at - 1 : at;
}
