import { fromLatin1, utf8 } from "../base/index.js";
import { spellings, squash } from "./fold.js";
import { type CalendarDate, type KnownIdentifiers, parseDate } from "./known.js";
import { isEponym, isPlain, isVocabulary, wordFlags } from "./lexicon.js";
import { isParticle, type NameParts, parseName } from "./names.js";

/** One spelling of an identifier as it may lie in bytes. */
export interface Needle {
  /** Text: its characters, folded. Raw: bytes as they are. One char code below 256 each: a string takes least room. */
  readonly key: string;
  /** Text is looked for in one byte a character and in two, in either order; raw bytes as they stand. */
  readonly form: "text" | "raw";
  /**
   * What may not stand beside it: the rest of a word, the rest of a number, the same or a decimal point. `eponym`:
   * a word, in capitals or with one, and no noun of medicine behind it.
   */
  readonly edge: "none" | "word" | "eponym" | "digits" | "number";
}

/** Letters of a part of a name that proves something among bytes; with its company ("Ng^Bo") fewer do. */
const SHORTEST_WORD = 4;
/** Figures of a number that is an identifier wherever it stands, and of one that is among other figures. */
const [SHORTEST_NUMBER, SHORTEST_CODE] = [5, 5];
/** From here on an identifier is found inside words too. */
const LOOSE = 8;
/** No longer pieces are compared: what begins alike is alike. */
const LONGEST = 64;

/** Everything known of a person, in the forms that it takes in bytes. */
export function needlesOf(known: KnownIdentifiers): Needle[] {
  const dates = known.dates.map(parseDate).filter((date) => date !== undefined);
  const needles = [
    ...known.names.flatMap(parseName).flatMap(nameNeedles),
    ...known.ids.flatMap(idNeedles),
    ...dates.flatMap(dateNeedles),
    ...numbersOf(known.ids, dates).flatMap(numberNeedles),
    ...dates.flatMap(calendarNeedles),
  ];
  const unique = new Map(needles.map((needle) => [`${needle.form} ${needle.edge} ${needle.key}`, needle]));
  return [...unique.values()];
}

/** The characters in lower case; undefined where one of them has no single byte. */
function textKey(text: string): string | undefined {
  const lower = text.normalize("NFC").toLowerCase();
  return /^[\0-\xff]*$/.test(lower) ? lower.slice(0, LONGEST) : undefined;
}

function textNeedle(text: string, edge: Needle["edge"]): Needle[] {
  const key = textKey(text);
  return key === undefined ? [] : [{ key, form: "text", edge }];
}

function nameNeedles({ family, given }: NameParts): Needle[] {
  const all = [...family, ...given].flatMap((part) => part.match(/[\p{L}\p{M}]+/gu) ?? []);
  const needles = all.flatMap(wordNeedles);
  const [last, first] = [family[0], given[0]];
  if (last === undefined || first === undefined || first.length < 2) return needles;
  for (const [a, b] of [
    [last, first],
    [first, last],
  ] as const) {
    for (const joined of [`${a}^${b}`, `${a} ${b}`, `${a}, ${b}`])
      if (joined.length >= 5) needles.push(...textNeedle(joined, "word"));
    if (a.length + b.length >= 6) needles.push(...textNeedle(squash(a + b), "word"));
  }
  return needles;
}

/** A part of a name; none for a particle or an everyday word, which is no name on its own. */
function wordNeedles(word: string): Needle[] {
  const needles: Needle[] = [];
  for (const spelling of new Set([word, ...spellings(word)])) {
    const flags = wordFlags(squash(spelling));
    if (isParticle(squash(spelling)) || isPlain(flags)) continue;
    const edge = isEponym(flags) ? "eponym" : spelling.length < LOOSE ? "word" : "none";
    if (spelling.length >= SHORTEST_WORD) needles.push(...textNeedle(spelling, edge));
    // ASCII is one byte in UTF-8 too
    if (!/^[\0-\x7f]*$/.test(spelling)) needles.push(...encodedNeedles(spelling));
  }
  return needles;
}

/** Letters beyond ASCII in UTF-8, and beyond Latin-1 in UTF-16: in small letters, capitals and with one. */
function encodedNeedles(word: string): Needle[] {
  const [lower, upper] = [word.toLowerCase(), word.toUpperCase()];
  const title = upper.slice(0, 1) + lower.slice(1);
  const needles: Needle[] = [];
  for (const form of new Set([word, lower, upper, title].map((text) => text.normalize("NFC")))) {
    needles.push(raw(utf8(form)));
    if (textKey(form) === undefined) needles.push(raw(utf16(form, true)), raw(utf16(form, false)));
  }
  return needles.filter(({ key }) => key.length >= 4);
}

const raw = (bytes: Uint8Array): Needle => ({
  key: fromLatin1(bytes.subarray(0, LONGEST)),
  form: "raw",
  edge: "none",
});

function utf16(text: string, little: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), little);
  return new Uint8Array(view.buffer);
}

/** An ID as written, without punctuation, its figures alone, and without leading zeros. */
function idNeedles(id: string): Needle[] {
  const needles: Needle[] = [];
  const runs = id.match(/\d+/g) ?? [];
  const forms = new Set([id.trim(), squash(id), ...runs.filter((run) => run.length >= 6)]);
  for (const form of forms) {
    // "000000" is a placeholder, and everywhere
    if (/^(.)\1*$/.test(form)) continue;
    if (/^\d+$/.test(form)) {
      const short = form.replace(/^0+/, "");
      if (form.length >= SHORTEST_NUMBER) needles.push(...textNeedle(form, "digits"));
      if (short.length >= SHORTEST_NUMBER && short !== form) needles.push(...textNeedle(short, "number"));
    } else if (/\d/.test(form)) {
      if (form.length >= SHORTEST_CODE)
        needles.push(...textNeedle(form, form.length < LOOSE ? "word" : "none"));
    } else if (form.length >= 6 && !isVocabulary(squash(form))) needles.push(...textNeedle(form, "word"));
  }
  return needles;
}

const two = (value: number): string => String(value).padStart(2, "0");

function dateNeedles({ year, month, day }: CalendarDate): Needle[] {
  const [y, m, d] = [String(year).padStart(4, "0"), two(month), two(day)];
  const orders = [
    [y, m, d],
    [d, m, y],
    [m, d, y],
  ];
  return orders.flatMap((parts) =>
    ["", ".", "-", "/"].flatMap((separator) => textNeedle(parts.join(separator), "digits")),
  );
}

/** Known numbers of six figures or more, and dates as YYYYMMDD: what a numeric attribute may hold. */
function numbersOf(ids: readonly string[], dates: readonly CalendarDate[]): number[] {
  const numbers = dates.map(({ year, month, day }) => year * 10_000 + month * 100 + day);
  for (const id of ids) {
    const number = /\d[^\d\W]+\d/.test(id) ? 0 : Number(id.replace(/\D/g, ""));
    if (number >= 100_000 && Number.isSafeInteger(number)) numbers.push(number);
  }
  return [...new Set(numbers)];
}

/** Room for one number, filled by `write`, in both byte orders. */
function inBothOrders(length: number, write: (view: DataView, little: boolean) => void): Needle[] {
  return [true, false].map((little) => {
    const view = new DataView(new ArrayBuffer(length));
    write(view, little);
    return raw(new Uint8Array(view.buffer));
  });
}

/** Integers of 32 and 64 bits, two words in the wrong order, and floating point. */
function numberNeedles(number: number): Needle[] {
  const needles = inBothOrders(8, (view, little) => view.setFloat64(0, number, little));
  if (number > 0xffffffff)
    return [...needles, ...inBothOrders(8, (view, little) => view.setBigUint64(0, BigInt(number), little))];
  return [
    ...needles,
    ...inBothOrders(4, (view, little) => view.setUint32(0, number, little)),
    ...inBothOrders(4, (view, little) => view.setFloat32(0, number, little)),
    ...inBothOrders(4, (view, little) => {
      view.setUint16(little ? 0 : 2, number >>> 16, little);
      view.setUint16(little ? 2 : 0, number & 0xffff, little);
    }),
  ];
}

/** Year, month and day as three words, in the two orders of calendars. */
function calendarNeedles({ year, month, day }: CalendarDate): Needle[] {
  return [
    [year, month, day],
    [day, month, year],
  ].flatMap((parts) =>
    inBothOrders(6, (view, little) => {
      for (const [at, part] of parts.entries()) view.setUint16(2 * at, part, little);
    }),
  );
}
