/** Specific Character Set (0008,0005): PS3.3 C.12.1.1.2 and PS3.5 6.1. */
import { fromLatin1, utf8 } from "../../base/index.js";
import { BACKSLASH, type TextKind } from "./delimiters.js";
import { decodeGb18030, encodeGb18030 } from "./gb18030.js";
import { ASCII } from "./graphic-sets.js";
import { codeTable, decodeIso2022, encodeIso2022, encodePlainAscii, isPlainAscii } from "./iso2022.js";
import { parseTerm, parseTerms } from "./terms.js";

export type { TextKind } from "./delimiters.js";

export interface CharacterSet {
  /**
   * The defined terms in force: blanks off, spellings repaired, values that cannot take part left out;
   * unknown terms as they came. Empty for the default repertoire.
   */
  readonly terms: readonly string[];
  /** What the attribute's values have wrong, by position from 1; empty when they conform. */
  readonly problems: readonly string[];
  /**
   * The characters of a value or, for `text` and `PN`, of several with their backslashes. Keeps control
   * characters and padding; bytes that are no character become U+FFFD. Never throws.
   */
  decode(bytes: Uint8Array, kind: TextKind): string;
  /** The bytes of a text in exactly this set, or null when it cannot represent a character. */
  encode(text: string, kind: TextKind): Uint8Array | null;
  /** The values of a multi-valued text (views of `bytes`): cut at backslashes, not at bytes 5C inside characters. */
  splitValues(bytes: Uint8Array): Uint8Array[];
}

function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  return [...cuts, bytes.length].map((cut, i) => bytes.subarray(i === 0 ? 0 : cuts[i - 1]! + 1, cut));
}

function backslashes(bytes: Uint8Array): number[] {
  const cuts: number[] = [];
  for (let at = bytes.indexOf(BACKSLASH); at >= 0; at = bytes.indexOf(BACKSLASH, at + 1)) cuts.push(at);
  return cuts;
}

type Coding = Pick<CharacterSet, "decode" | "encode" | "splitValues">;

const utf8Decoder = new TextDecoder("utf-8", { ignoreBOM: true });

const UTF_8: Coding = {
  decode: (bytes) => (isPlainAscii(bytes) ? fromLatin1(bytes) : utf8Decoder.decode(bytes)),
  // Half a surrogate pair is no character, and TextEncoder would replace it.
  encode: (text) => encodePlainAscii(text) ?? (/\p{Surrogate}/u.test(text) ? null : utf8(text)),
  splitValues: (bytes) => cutAt(bytes, backslashes(bytes)),
};

function gb18030(part: "GB18030" | "GBK"): Coding {
  return {
    decode: (bytes) => (isPlainAscii(bytes) ? fromLatin1(bytes) : decodeGb18030(bytes)),
    encode: (text) => encodePlainAscii(text) ?? encodeGb18030(text, part),
    splitValues(bytes) {
      const cuts = backslashes(bytes);
      if (cuts.length === 0 || isPlainAscii(bytes)) return cutAt(bytes, cuts);
      cuts.length = 0;
      decodeGb18030(bytes, cuts);
      return cutAt(bytes, cuts);
    },
  };
}

function iso2022({ reading, writing }: ReturnType<typeof codeTable>): Coding {
  const startsInAscii = reading.initial.G0 === ASCII;
  return {
    decode: (bytes, kind) =>
      startsInAscii && isPlainAscii(bytes) ? fromLatin1(bytes) : decodeIso2022(bytes, reading, kind),
    encode: (text, kind) =>
      (startsInAscii ? encodePlainAscii(text) : null) ?? encodeIso2022(text, writing, kind),
    splitValues(bytes) {
      const cuts = backslashes(bytes);
      if (cuts.length === 0 || isPlainAscii(bytes)) return cutAt(bytes, cuts);
      cuts.length = 0;
      decodeIso2022(bytes, reading, "text", cuts);
      return cutAt(bytes, cuts);
    },
  };
}

function makeCharacterSet(values: readonly string[]): CharacterSet {
  const { terms, problems } = parseTerms(values);
  const standAlone = terms[0]?.standAlone ?? null;
  const coding =
    standAlone === null
      ? iso2022(codeTable(terms.map((term) => term.sets)))
      : standAlone === "ISO_IR 192"
        ? UTF_8
        : gb18030(standAlone);
  return Object.freeze({ terms: terms.map((term) => term.term), problems, ...coding });
}

/** ISO IR 6, for data sets without Specific Character Set; bytes above 7F are read as Latin-1, never written. */
export const DEFAULT_CHARACTER_SET: CharacterSet = makeCharacterSet([]);

const CACHED = 64;
const cache = new Map<string, CharacterSet>();

/** The character set of the attribute's values. Never throws: what the values have wrong is in `problems`. */
export function parseCharacterSet(terms: readonly string[]): CharacterSet {
  if (terms.length === 0) return DEFAULT_CHARACTER_SET;
  const key = terms.join("\\");
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = makeCharacterSet(terms);
  if (cache.size < CACHED) cache.set(key, made); // terms are sender-controlled: no cache without an end
  return made;
}

/** The fewest terms that can represent a text: none for ASCII, Latin-1, else UTF-8. For writers that must relabel. */
export function characterSetFor(text: string): readonly string[] {
  if (encodePlainAscii(text) !== null) return [];
  return LATIN_1_SET.encode(text, "single") !== null && !/[\x80-\x9f]/.test(text)
    ? ["ISO_IR 100"]
    : ["ISO_IR 192"];
}

const LATIN_1_SET = makeCharacterSet(["ISO_IR 100"]);

/** True for a term of PS3.3 C.12.1.1.2, in its own or a deviant spelling, and for the empty one. */
export function isDefinedTerm(term: string): boolean {
  return parseTerm(term).form !== "unknown";
}
