import { foldChar } from "./fold.js";
import { wordFlags } from "./lexicon.js";

/** How a word is written: "abc", "Abc", "ABC", or no case at all (digits, ideographs). */
export type Shape = "lower" | "title" | "upper" | "none";

/** One run of letters or of digits. `start`/`end` index the text, `from`/`to` the squashed view. */
export interface Token {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
  readonly folded: string;
  readonly digits: boolean;
  readonly shape: Shape;
  /** Lexicon flags of the folded word; 0 for digits. */
  readonly flags: number;
}

/**
 * A text squashed to its folded letters and digits. "J. DOE-12" becomes "jdoe12"; `at[i]`/`to[i]` say where
 * character i came from, `bound[i]` is 1 where a token begins, 2 where one may be cut ("MRBrain"), else 0.
 */
export interface View {
  readonly text: string;
  readonly length: number;
  readonly codes: Uint16Array;
  readonly at: Int32Array;
  readonly to: Int32Array;
  readonly bound: Uint8Array;
  readonly tokens: readonly Token[];
}

const SEPARATOR = 0;
const DIGIT = 1;
const LOWER = 2;
const UPPER = 3;
const OTHER_LETTER = 4;

/** Kind of each ASCII code: 0 separator, else DIGIT, LOWER or UPPER. */
const ASCII = new Uint8Array(128);
for (let c = 48; c < 58; c++) ASCII[c] = DIGIT;
for (let c = 65; c < 91; c++) ASCII[c] = UPPER;
for (let c = 97; c < 123; c++) ASCII[c] = LOWER;

function building(room: number): Building {
  return {
    codes: new Uint16Array(room),
    at: new Int32Array(room),
    to: new Int32Array(room),
    bound: new Uint8Array(room),
    kinds: new Uint8Array(room),
    n: 0,
  };
}

/**
 * Room for the short values that most are; five arrays each time would cost more than reading the value. One view
 * of a short text lives at a time: the next overwrites it, so nobody keeps a view.
 */
const SCRATCH_ROOM = 520;
let scratch: Building | undefined;

const ESCAPE = 0x1b;
/** An escape sequence of ISO 2022 (ECMA-35 13.2): intermediate bytes and a final one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const ESCAPE_SEQUENCE = /\x1b[\x20-\x2f]+[\x30-\x7e]/y;

/**
 * Squashes and tokenises `text`; linear in its length. An escape sequence that no character set claimed is not
 * read, so that it hides no name, unless `escapes` is "read": then only the ESC itself is left out.
 */
export function viewOf(text: string, escapes: "skip" | "read" = "skip"): View {
  const room = text.length * 2 + 8;
  let state = room <= SCRATCH_ROOM ? (scratch ??= building(SCRATCH_ROOM)) : building(room);
  state.n = 0;
  for (let i = 0; i < text.length; ) {
    const code = text.charCodeAt(i);
    if (code < 128) {
      const kind = ASCII[code]!;
      if (kind !== SEPARATOR) push(state, kind === UPPER ? code + 32 : code, kind, i, i + 1);
      else if (code === ESCAPE && escapes === "skip") i += escapeLength(text, i) - 1;
      i++;
    } else {
      const char = String.fromCodePoint(text.codePointAt(i)!);
      state = pushFolded(state, char, i);
      i += char.length;
    }
  }
  const { codes, at, to, bound, kinds, n } = state;
  return { text, length: n, codes, at, to, bound, tokens: tokensOf(text, codes, at, to, bound, kinds, n) };
}

function escapeLength(text: string, i: number): number {
  ESCAPE_SEQUENCE.lastIndex = i;
  return ESCAPE_SEQUENCE.exec(text)?.[0].length ?? 1;
}

interface Building {
  codes: Uint16Array;
  at: Int32Array;
  to: Int32Array;
  bound: Uint8Array;
  kinds: Uint8Array;
  n: number;
}

function pushFolded(state: Building, char: string, i: number): Building {
  const folded = foldChar(char);
  if (folded === null) return state;
  if (folded === "") {
    // A mark or invisible character belongs to the letter before it: no boundary, and it goes with the letter.
    if (state.n > 0 && state.to[state.n - 1] === i) state.to[state.n - 1] = i + char.length;
    return state;
  }
  const next = state.n + folded.length + 2 > state.codes.length ? grown(state) : state;
  const upper = char !== char.toLowerCase();
  for (let k = 0; k < folded.length; k++) {
    const code = folded.charCodeAt(k);
    const ascii = code < 128 ? ASCII[code]! : OTHER_LETTER;
    const kind = ascii === DIGIT ? DIGIT : upper ? UPPER : char.toUpperCase() === char ? OTHER_LETTER : LOWER;
    push(next, code, kind, i, i + char.length, k > 0);
  }
  return next;
}

function grown(state: Building): Building {
  const size = state.codes.length * 2 + 32;
  const copy = <T extends Uint8Array | Uint16Array | Int32Array>(made: T, old: T): T => {
    made.set(old);
    return made;
  };
  return {
    codes: copy(new Uint16Array(size), state.codes),
    at: copy(new Int32Array(size), state.at),
    to: copy(new Int32Array(size), state.to),
    bound: copy(new Uint8Array(size), state.bound),
    kinds: copy(new Uint8Array(size), state.kinds),
    n: state.n,
  };
}

function push(s: Building, code: number, kind: number, start: number, end: number, inside = false): void {
  const n = s.n++;
  s.codes[n] = code;
  s.at[n] = start;
  s.to[n] = end;
  s.kinds[n] = kind;
  s.bound[n] = 0;
  if (inside) return;
  const before = n > 0 && s.to[n - 1] === start ? s.kinds[n - 1]! : 0;
  if (before === 0 || (kind === DIGIT) !== (before === DIGIT)) s.bound[n] = 1;
  else if (kind === UPPER && before === LOWER) s.bound[n] = 1;
  else if ((kind === OTHER_LETTER) !== (before === OTHER_LETTER)) s.bound[n] = 1;
  else if (kind === LOWER && before === UPPER && n > 1 && s.kinds[n - 2] === UPPER && s.bound[n - 1] === 0) {
    s.bound[n - 1] = 2;
  }
}

function tokensOf(
  text: string,
  codes: Uint16Array,
  at: Int32Array,
  to: Int32Array,
  bound: Uint8Array,
  kinds: Uint8Array,
  n: number,
): Token[] {
  const tokens: Token[] = [];
  for (let i = 0; i < n; ) {
    let j = i + 1;
    while (j < n && bound[j] !== 1) j++;
    const start = at[i]!;
    const end = to[j - 1]!;
    const digits = kinds[i] === DIGIT;
    // ASCII text needs no code-by-code assembly
    const folded =
      end - start === j - i && isAscii(text, start, end)
        ? text.slice(start, end).toLowerCase()
        : fromCodes(codes, i, j);
    tokens.push({
      start,
      end,
      from: i,
      to: j,
      folded,
      digits,
      shape: shapeOf(kinds, i, j),
      flags: digits ? 0 : wordFlags(folded),
    });
    i = j;
  }
  return tokens;
}

function isAscii(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

function fromCodes(codes: Uint16Array, from: number, to: number): string {
  let out = "";
  for (let i = from; i < to; i += 4096)
    out += String.fromCharCode(...codes.subarray(i, Math.min(to, i + 4096)));
  return out;
}

function shapeOf(kinds: Uint8Array, from: number, to: number): Shape {
  const first = kinds[from]!;
  if (first === DIGIT || first === OTHER_LETTER) return "none";
  if (first === LOWER) return "lower";
  return to - from === 1 || kinds[to - 1] === UPPER ? "upper" : "title";
}

/** The characters between token `i` and the one before it ("" at the start of the text). */
export function gapBefore(view: View, i: number): string {
  const token = view.tokens[i];
  const before = view.tokens[i - 1];
  return token === undefined || before === undefined ? "" : view.text.slice(before.end, token.start);
}
