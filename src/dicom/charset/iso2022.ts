import { latin1 } from "../../base/index.js";
import { BACKSLASH, ESC, RESETS, type TextKind, unitsToString } from "./delimiters.js";
import {
  ASCII,
  BY_DESIGNATOR,
  type GraphicSet,
  JIS_X_0208,
  KATAKANA,
  UNASSIGNED,
  UNDECLARED,
} from "./graphic-sets.js";

/** What Specific Character Set says of a data set that is coded with G0 and G1 (PS3.5 6.1.2). */
export interface CodeTable {
  /** G0 and G1 at the start of a value and after every delimiter: value 1 of the attribute. */
  readonly initial: { readonly G0: GraphicSet; readonly G1: GraphicSet };
  /** The sets a writer may designate, in the order of the attribute's values. */
  readonly declared: readonly GraphicSet[];
}

const LONGEST_DESIGNATOR = 3;

/** The set whose escape sequence stands after the ESC at `at`, or undefined. */
function designated(bytes: Uint8Array, at: number): { set: GraphicSet; length: number } | undefined {
  let designator = "";
  for (let length = 1; length <= LONGEST_DESIGNATOR && at + length < bytes.length; length++) {
    designator += String.fromCharCode(bytes[at + length]!);
    const set = BY_DESIGNATOR.get(designator);
    if (set !== undefined) return { set, length: 1 + length };
  }
  return undefined;
}

/** The character of a two-byte code, `UNASSIGNED` when the cell is empty, undefined when it is no code. */
function pair(set: GraphicSet, first: number, second: number | undefined): number | undefined {
  const high = set.slot === "G0" ? 0 : 0x80;
  if (second === undefined) return undefined;
  const row = first - high - 0x21;
  const column = second - high - 0x21;
  return row >= 0 && row < 94 && column >= 0 && column < 94 ? set.table()[row * 94 + column] : undefined;
}

/**
 * The character of a Shift JIS pair, or undefined. Its lead bytes mean nothing in JIS X 0201, so where
 * they follow each other properly in data labelled ISO IR 13, the writer meant Shift JIS.
 */
function shiftJisPair(first: number, second: number | undefined): number | undefined {
  const isLead = (first >= 0x81 && first <= 0x9f) || (first >= 0xe0 && first <= 0xef);
  if (!isLead || second === undefined || second < 0x40 || second === 0x7f || second > 0xfc) return undefined;
  const column = second - (second > 0x7f ? 0x41 : 0x40);
  const unit = JIS_X_0208.table()[(first - (first < 0xa0 ? 0x81 : 0xc1)) * 188 + column];
  return unit === UNASSIGNED ? undefined : unit;
}

/**
 * Decodes bytes under `codes`. Bytes that are no character become U+FFFD, an escape sequence of no known
 * set stays as it is; `cuts`, when given, receives the offset of each backslash that separates values.
 */
export function decodeIso2022(bytes: Uint8Array, codes: CodeTable, kind: TextKind, cuts?: number[]): string {
  const resets = RESETS[kind];
  const units = new Uint16Array(bytes.length);
  let { G0, G1 } = codes.initial;
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    const found = byte === ESC ? designated(bytes, at) : undefined;
    if (found !== undefined) {
      if (found.set.slot === "G0") G0 = found.set;
      else G1 = found.set;
      at += found.length - 1;
      continue;
    }
    const set = byte < 0x80 ? G0 : G1;
    const isCode = set.width === 2 && (byte & 0x7f) > 0x20 && byte !== 0x7f;
    const wide = isCode
      ? pair(set, byte, bytes[at + 1])
      : set === KATAKANA
        ? shiftJisPair(byte, bytes[at + 1])
        : undefined;
    if (wide !== undefined) {
      units[length++] = wide;
      at++;
    } else if (resets[byte] === 1) {
      // Reached inside a two-byte G0 only where no code can start: its writer forgot to return.
      ({ G0, G1 } = codes.initial);
      units[length++] = byte;
      if (byte === BACKSLASH) cuts?.push(at);
    } else if (isCode || (byte >= 0x80 && set.width === 2)) units[length++] = UNASSIGNED;
    else units[length++] = set.width === 2 ? byte : set.table()[byte & 0x7f]!;
  }
  return unitsToString(units, length);
}

function pushEscape(out: number[], designator: string): void {
  out.push(ESC, ...latin1(designator));
}

/**
 * Encodes text under `codes`: designates a set where the active ones lack a character, and returns to the
 * initial state before each delimiter, control character and the end (PS3.5 6.1.2.5.3). Returns null when
 * a character is in none of the declared sets.
 */
export function encodeIso2022(text: string, codes: CodeTable, kind: TextKind): Uint8Array | null {
  const { initial, declared } = codes;
  const resets = RESETS[kind];
  const out: number[] = [];
  let { G0, G1 } = initial;
  const restore = () => {
    if (G0 !== initial.G0) pushEscape(out, initial.G0.designator);
    // Where value 1 has no G1, none needs to be active, and no sequence would designate it.
    if (G1 !== initial.G1 && initial.G1.designator !== "") pushEscape(out, initial.G1.designator);
    ({ G0, G1 } = initial);
  };
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === ESC) return null; // ESC is for code extension alone (PS3.5 6.1.3)
    if (resets[unit] === 1) {
      restore();
      out.push(unit);
      continue;
    }
    const active: GraphicSet | undefined = [G0, G1].find((candidate) => mayWrite(candidate, unit, resets));
    const set = active ?? declared.find((candidate) => mayWrite(candidate, unit, resets));
    if (set === undefined) return null;
    if (active === undefined) {
      pushEscape(out, set.designator);
      if (set.slot === "G0") G0 = set;
      else G1 = set;
    }
    const code = set.codes().get(unit)!;
    if (set.width === 2) out.push(code >> 8);
    out.push(code & 0xff);
  }
  restore();
  return Uint8Array.from(out);
}

/** True when `set` holds the character at a code that no reader takes for a delimiter (IR 14: yen is 5C). */
function mayWrite(set: GraphicSet, unit: number, resets: Uint8Array): boolean {
  const code = set.codes().get(unit);
  return code !== undefined && (set.width === 2 || resets[code] !== 1);
}

/** True when the bytes are the same characters in ASCII: no ESC and no high bit. */
export function isPlainAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! >= 0x80 || bytes[i] === ESC) return false;
  return true;
}

/** The bytes of a text that is ASCII without ESC, else null. */
export function encodePlainAscii(text: string): Uint8Array | null {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80 || unit === ESC) return null;
  }
  return latin1(text);
}

/** The code table of the values' sets, one list a value; an empty list leaves G1 undeclared. */
export function codeTable(values: readonly (readonly GraphicSet[])[]): {
  readonly reading: CodeTable;
  readonly writing: CodeTable;
} {
  const first = values[0] ?? [];
  // The Japanese two-byte sets are never active at the start: delimiters could not be told from characters.
  const G0 = first.find((set) => set.slot === "G0" && set.width === 1) ?? ASCII;
  const G1 = first.find((set) => set.slot === "G1") ?? UNDECLARED;
  const declared = [G0, ...values.flat()];
  return {
    reading: { initial: { G0, G1 }, declared },
    // Value 1 must not be a two-byte set; where it is, only an explicit escape is understood by everyone.
    writing: { initial: { G0, G1: G1.width === 2 ? UNDECLARED : G1 }, declared },
  };
}
