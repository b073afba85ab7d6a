import { fromLatin1 } from "../base/index.js";
import type { KnownIdentifiers } from "./known.js";
import { type Needle, needlesOf } from "./needles.js";
import { isEponymPhrase, tokenAt } from "./resolve.js";
import { viewOf } from "./view.js";

/**
 * What bytes are, which says how much of an identifier proves that it stands there: a value of some attribute;
 * samples of a picture, which in dark and even areas are letters and figures in any order; or compressed samples,
 * which are as good as noise.
 */
export type BytesOf = "value" | "samples" | "compressed";

/** Bytes of a value in which four bytes of a number do not occur by chance. */
const LONGEST_WITH_NUMBERS = 1 << 16;
/** Letters that picture and noise do not spell; figures that dark samples do not. */
const [SHORTEST_IN_PICTURE, MOST_FIGURES_BY_CHANCE] = [6, 9];

/**
 * The identifiers of one person, made ready to be looked for in bytes: as text of one byte a character or two, in
 * either order and at any place, and as numbers. Holds the patient's values: keep it as long as the patient's data.
 */
export class ByteMatcher {
  readonly #known: KnownIdentifiers;
  readonly #scanners = new Map<string, Scanner>();
  #needles: readonly Needle[] | undefined;

  constructor(known: KnownIdentifiers) {
    this.#known = known;
  }

  /** True when one of them stands in `bytes`. Linear; most bytes are not read. */
  isIn(bytes: Uint8Array, of: BytesOf = "value"): boolean {
    const kind = of === "value" && bytes.length > LONGEST_WITH_NUMBERS ? "long value" : of;
    let scanner = this.#scanners.get(kind);
    if (scanner === undefined) {
      this.#needles ??= needlesOf(this.#known);
      scanner = new Scanner(this.#needles.filter(PROVING[kind]), of === "value" ? 4 : SHORTEST_IN_PICTURE);
      this.#scanners.set(kind, scanner);
    }
    return scanner.isIn(bytes);
  }
}

const PROVING: Readonly<Record<BytesOf | "long value", (needle: Needle) => boolean>> = {
  value: () => true,
  "long value": ({ key, form }) => form === "text" || key.length > 4,
  compressed: ({ key }) => key.length >= SHORTEST_IN_PICTURE,
  samples: ({ key, form }) =>
    form === "text" &&
    key.length >= SHORTEST_IN_PICTURE &&
    (key.length > MOST_FIGURES_BY_CHANCE || !isNumeric(key)),
};

const isNumeric = (key: string): boolean => !/[a-z\xdf-\xff]/.test(key);

/** Lower case of Latin-1. */
const FOLD = Uint8Array.from({ length: 256 }, (_, code) =>
  (code >= 0x41 && code <= 0x5a) || (code >= 0xc0 && code <= 0xde && code !== 0xd7) ? code + 32 : code,
);
const UPPER = Uint8Array.from({ length: 256 }, (_, code) => Math.max(FOLD.indexOf(code), 0) || code);
const isLetter = (code: number): boolean =>
  (FOLD[code]! >= 0x61 && FOLD[code]! <= 0x7a) || FOLD[code]! >= 0xdf;
const isUpper = (code: number): boolean => FOLD[code] !== code;
const isFigure = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** Two bytes, hashed: few enough places for the processor's first cache. */
const PLACES = 1 << 13;
const placeOf = (a: number, b: number): number => (a << 5) ^ b;
const NONE: readonly number[] = [];
/** Where a pair stands in a needle, and whether its characters take two bytes, in one small number. */
const [STRIDE_BITS, OFFSET_BITS] = [1, 7];

/**
 * Looks for many needles at once. Of each a window of so many bytes is known; wherever it lies, one of every
 * `window` - 1 places in the bytes is one of its pairs, so that only those are looked up, each on its own.
 */
class Scanner {
  readonly #window: number;
  readonly #needles: readonly Needle[];
  /** 1 where a pair of some needle is, in capitals or not. */
  readonly #pairs = new Uint8Array(PLACES);
  /** By folded pair: the numbers of needles, each with offset and stride. */
  readonly #entries: (number[] | undefined)[] = new Array(PLACES);

  constructor(needles: readonly Needle[], window: number) {
    this.#window = window;
    this.#needles = needles;
    for (const [index, { form }] of needles.entries()) {
      this.#add(index, 1);
      if (form === "text") this.#add(index, 2);
    }
  }

  #add(index: number, stride: 1 | 2): void {
    const { key, form } = this.#needles[index]!;
    const from = form === "raw" ? mostTelling(key, this.#window) : 0;
    const isBetween = (at: number) => stride === 2 && at % 2 === 1;
    const byteAt = (at: number) => (isBetween(at) ? 0 : FOLD[key.charCodeAt(stride === 2 ? at >> 1 : at)]!);
    let b = byteAt(from);
    for (let at = from; at < from + this.#window - 1; at++) {
      const a = b;
      b = byteAt(at + 1);
      this.#mark(a, b);
      const entry = (((index << OFFSET_BITS) | at) << STRIDE_BITS) | (stride - 1);
      const place = placeOf(a, b);
      const entries = this.#entries[place];
      if (entries === undefined) this.#entries[place] = [entry];
      else entries.push(entry);
    }
  }

  #mark(a: number, b: number): void {
    const [upperA, upperB] = [UPPER[a]!, UPPER[b]!];
    this.#pairs[placeOf(a, b)] = 1;
    this.#pairs[placeOf(upperA, b)] = 1;
    this.#pairs[placeOf(a, upperB)] = 1;
    this.#pairs[placeOf(upperA, upperB)] = 1;
  }

  isIn(bytes: Uint8Array): boolean {
    const pairs = this.#pairs;
    const step = this.#window - 1;
    const end = bytes.length - 1;
    for (let at = 0; at < end; at += step) {
      if (pairs[placeOf(bytes[at]!, bytes[at + 1]!)] === 1 && this.#isAround(bytes, at)) return true;
    }
    return false;
  }

  /** True when a needle stands in the bytes of which the pair at `at` is one. */
  #isAround(bytes: Uint8Array, at: number): boolean {
    const place = placeOf(FOLD[bytes[at]!]!, FOLD[bytes[at + 1]!]!);
    for (const entry of this.#entries[place] ?? NONE) {
      const from = at - ((entry >> STRIDE_BITS) & ((1 << OFFSET_BITS) - 1));
      const needle = this.#needles[entry >> (STRIDE_BITS + OFFSET_BITS)]!;
      if (from >= 0 && standsAt(bytes, from, needle, (entry & 1) === 0 ? 1 : 2)) return true;
    }
    return false;
  }
}

/** Where the window with the fewest zeros begins: in numbers they say nothing. */
function mostTelling(key: string, window: number): number {
  let best = 0;
  let most = -1;
  for (let from = 0; from + window <= key.length; from++) {
    let telling = 0;
    for (let at = from; at < from + window; at++) if (key.charCodeAt(at) !== 0) telling++;
    if (telling > most) [best, most] = [from, telling];
  }
  return best;
}

function standsAt(bytes: Uint8Array, from: number, needle: Needle, stride: 1 | 2): boolean {
  const { key, form } = needle;
  const end = from + (key.length - 1) * stride;
  if (end >= bytes.length) return false;
  if (form === "raw") {
    for (let i = 0; i < key.length; i++) if (bytes[from + i] !== key.charCodeAt(i)) return false;
    return !isStepOfRamp(bytes, from, key.length);
  }
  for (let i = 0, at = from; i < key.length; i++, at += stride) {
    if (FOLD[bytes[at]!] !== FOLD[key.charCodeAt(i)] || (stride === 2 && at < end && bytes[at + 1] !== 0))
      return false;
  }
  return new Found(bytes, from, end, stride).isProof(needle);
}

/** A table that counts up holds every number; its neighbours tell. */
function isStepOfRamp(bytes: Uint8Array, from: number, length: number): boolean {
  if (length !== 4 || from < 4 || from + 8 > bytes.length) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return [true, false].some((little) => {
    const [before, here, after] = [-4, 0, 4].map((step) => view.getUint32(from + step, little));
    return here! - before! === after! - here! && here !== before;
  });
}

/** Characters that are those of a needle, among their neighbours. */
class Found {
  readonly #bytes: Uint8Array;
  readonly #from: number;
  readonly #end: number;
  readonly #stride: 1 | 2;

  /** `end`: the place of the last character. */
  constructor(bytes: Uint8Array, from: number, end: number, stride: 1 | 2) {
    this.#bytes = bytes;
    this.#from = from;
    this.#end = end;
    this.#stride = stride;
  }

  isProof({ key, edge }: Needle): boolean {
    if (this.#isRamp()) return false;
    if (edge === "none") return true;
    if (edge === "digits" || edge === "number") return this.#isWholeNumber(edge === "number");
    if (!this.#isWholeWord()) return false;
    if (key.length < SHORTEST_IN_PICTURE && !this.#isWritten()) return false;
    return edge === "word" || (isUpper(this.#bytes[this.#from]!) && !this.#isEponym());
  }

  /** The character so many places before the first (negative) or behind the last; 0 where there is none. */
  #beside(steps: number): number {
    const stride = this.#stride;
    const at = steps < 0 ? this.#from + steps * stride : this.#end + steps * stride;
    const high = this.#bytes[steps < 0 ? at + 1 : at - 1];
    return stride === 2 && high !== 0 ? 0 : (this.#bytes[at] ?? 0);
  }

  /** Samples that rise evenly spell "ABCDEF" and "345678" wherever they pass. */
  #isRamp(): boolean {
    const bytes = this.#bytes;
    const step = bytes[this.#from + this.#stride]! - bytes[this.#from]!;
    for (let at = this.#from; at < this.#end; at += this.#stride)
      if (bytes[at + this.#stride]! - bytes[at]! !== step) return false;
    return this.#beside(-1) === bytes[this.#from]! - step || this.#beside(1) === bytes[this.#end]! + step;
  }

  #isWholeNumber(isBare: boolean): boolean {
    if (isFigure(this.#beside(1))) return false;
    let before = -1;
    while (this.#beside(before) === 0x30) before--;
    if (isFigure(this.#beside(before))) return false;
    // "0.45821" is a measurement
    return !(isBare && this.#beside(before) === 0x2e && isFigure(this.#beside(before - 1)));
  }

  /** No letter or figure beside it, unless capitals show where the word begins and ends: "sJaneSmythX". */
  #isWholeWord(): boolean {
    const bytes = this.#bytes;
    const [first, second] = [bytes[this.#from]!, bytes[this.#from + this.#stride]!];
    const [before, after, last] = [this.#beside(-1), this.#beside(1), bytes[this.#end]!];
    const startsWord = isUpper(first) && (!isUpper(before) || !isUpper(second));
    if (isLetter(before) && isLetter(first) && !startsWord) return false;
    if (isFigure(before) && isFigure(first)) return false;
    if (isFigure(after) && isFigure(last)) return false;
    return !(isLetter(after) && isLetter(last)) || (isUpper(after) && !isUpper(last));
  }

  /** In small letters, in capitals, or with one: noise has others. Codes have any. */
  #isWritten(): boolean {
    const letters: number[] = [];
    for (let at = this.#from; at <= this.#end; at += this.#stride) letters.push(this.#bytes[at]!);
    if (!letters.every(isLetter)) return true;
    const [first = 0, ...rest] = letters;
    return rest.every((code) => !isUpper(code)) || (isUpper(first) && rest.every(isUpper));
  }

  /** "Wilson's disease": a noun of medicine follows. */
  #isEponym(): boolean {
    const around = this.#bytes.subarray(this.#from, this.#end + 32 * this.#stride);
    const text = fromLatin1(this.#stride === 1 ? around : around.filter((_, at) => at % 2 === 0));
    const view = viewOf(text);
    return isEponymPhrase(view, tokenAt(view, 0));
  }
}
