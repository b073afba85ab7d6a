import { foldedWords, squash } from "./fold.js";
import { isEponym, isPlain, Word, wordFlags } from "./lexicon.js";
import { initialLetters, type NameParts, namePatterns, type Pattern, parseName } from "./names.js";
import type { FindingKind } from "./types.js";
import type { View } from "./view.js";

/** What the header says about the patient and everybody around: the text is searched for each of it. */
export interface KnownIdentifiers {
  /** DICOM PN values with component groups, or free names: patient, relatives, physicians, operators. */
  readonly names: readonly string[];
  /** Patient IDs, accession numbers, study IDs, phone and insurance numbers. */
  readonly ids: readonly string[];
  /** YYYYMMDD. Removed in every written form, whatever {@link CleanOptions.removeDates} says. */
  readonly dates: readonly string[];
  /** Phrases: addresses, institutions, departments, stations. */
  readonly other: readonly string[];
}

export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Compiled {@link KnownIdentifiers}; opaque outside this room. Holds the patient's values: keep it as long as the patient's data. */
export interface IdentifierMatcher {
  /** Patterns by the hash of their first two characters, longest first. */
  readonly buckets: readonly (readonly Pattern[] | undefined)[];
  readonly names: readonly KnownName[];
  readonly dates: readonly CalendarDate[];
}

interface KnownName {
  readonly initials: ReadonlySet<string>;
  readonly affixes: ReadonlySet<string>;
}

/** One place where a pattern stands in a view; `from`/`to` index the view. */
export interface Hit {
  readonly pattern: Pattern;
  readonly from: number;
  readonly to: number;
}

const BUCKETS = 1024;
const bucketOf = (a: number, b: number): number => (a * 31 + b) & (BUCKETS - 1);

/** Compiles what is known; once per patient. */
export function compileIdentifiers(known: KnownIdentifiers): IdentifierMatcher {
  const groups: NameParts[] = [...new Set(known.names)].flatMap(parseName);
  const dates = [...new Set(known.dates)].map(parseDate).filter((d) => d !== undefined);
  const patterns = [
    ...groups.flatMap((parts, i) => namePatterns(parts, i)),
    ...[...new Set(known.ids)].flatMap(idPatterns),
    ...dates.flatMap(datePatterns),
    ...[...new Set(known.other)].flatMap(phrasePatterns),
  ];
  const buckets: (Pattern[] | undefined)[] = new Array(BUCKETS).fill(undefined);
  for (const pattern of patterns) {
    const at = bucketOf(pattern.key.charCodeAt(0), pattern.key.charCodeAt(1));
    (buckets[at] ??= []).push(pattern);
  }
  for (const bucket of buckets) bucket?.sort((a, b) => b.key.length - a.key.length);
  const names = groups.map((parts) => ({ initials: initialLetters(parts), affixes: new Set(parts.affixes) }));
  return { buckets, names, dates };
}

function parseDate(value: string): CalendarDate | undefined {
  const match = /^(\d{4})[-./]?(\d{2})[-./]?(\d{2})/.exec(value.trim());
  return match === null
    ? undefined
    : { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
}

function datePatterns({ year, month, day }: CalendarDate): Pattern[] {
  const y = String(year).padStart(4, "0");
  const m = String(month).padStart(2, "0");
  const d = String(day).padStart(2, "0");
  const long = [y + m + d, d + m + y, m + d + y];
  const short = [y.slice(2) + m + d, d + m + y.slice(2), m + d + y.slice(2)];
  return [
    ...long.map((key) => plainPattern(key, "date", "strong", "id")),
    ...short.map((key) => plainPattern(key, "date", "strong", "none")),
  ];
}

function plainPattern(
  key: string,
  kind: FindingKind,
  strength: Pattern["strength"],
  gaps: Pattern["gaps"],
  capitals = false,
): Pattern {
  return {
    key,
    kind,
    strength,
    gaps,
    name: -1,
    loose: kind === "id" && strength === "strong" && key.length >= 8,
    capitals,
  };
}

/** An ID as written, without leading zeros, its long run of digits, and a phone number without its country code. */
function idPatterns(id: string): Pattern[] {
  const key = squash(id);
  const keys = new Set([key]);
  if (/^0+\d/.test(key)) keys.add(key.replace(/^0+/, ""));
  const digits = key.replace(/[^0-9]/g, "");
  if (digits.length >= 6 && digits.length !== key.length && !/\d[^\d]+\d/.test(key))
    keys.add(digits.replace(/^0+(?=\d{5})/, ""));
  if (/^\d{11,}$/.test(key)) keys.add(key.slice(-10));
  for (const run of id.match(/\d{6,}/g) ?? []) keys.add(run.replace(/^0+(?=\d{5})/, ""));
  return [...keys]
    .filter((k) => k.length >= 2)
    .map((k) => plainPattern(k, "id", idStrength(k), k.length < 6 ? "none" : "id"));
}

function idStrength(key: string): Pattern["strength"] {
  if (!/\d/.test(key))
    return key.length < 4 || isPlain(wordFlags(key)) || isEponym(wordFlags(key)) ? "exact" : "strong";
  return key.length < 4 ? "exact" : "strong";
}

const GENERIC = new Set(
  (
    "hospital hospitals clinic clinics medical center centre health healthcare university institute department dept general memorial regional community county city state national " +
    "radiology imaging street st avenue ave road rd drive lane ln boulevard blvd court way place apt suite unit floor building room north south east west usa united states the of and"
  ).split(" "),
);

/** A phrase whole, its comma-separated pieces, the words of it that are no ordinary words, and its acronym. */
function phrasePatterns(phrase: string): Pattern[] {
  const out: Pattern[] = [];
  for (const piece of new Set([phrase, ...phrase.split(/[,;\n\r^\\]+/)])) {
    const key = squash(piece);
    const words = foldedWords(piece);
    if (key.length < 2) continue;
    const single = words.length < 2 && !/\d/.test(key);
    if (!single && key.length >= 5) out.push(plainPattern(key, "institution", "strong", "name"));
    else if (!single) out.push(plainPattern(key, "institution", "exact", "name"));
  }
  const words = foldedWords(phrase);
  for (const word of new Set(words)) out.push(...phraseWord(word, words.length === 1 && !/\d/.test(phrase)));
  for (const number of phrase.match(/\d{5,}/g) ?? [])
    out.push(plainPattern(number, "address", "strong", "none"));
  const acronym = words
    .filter((w) => (wordFlags(w) & Word.function) === 0)
    .map((w) => w.slice(0, 1))
    .join("");
  if (words.length >= 3 && acronym.length >= 3 && wordFlags(acronym) === 0) {
    out.push(plainPattern(acronym, "institution", "strong", "none", true));
  }
  return out;
}

function phraseWord(word: string, alone: boolean): Pattern[] {
  const flags = wordFlags(word);
  if (word.length < 2) return [];
  if (GENERIC.has(word) || isPlain(flags) || (word.length < 4 && !alone)) {
    return alone ? [plainPattern(word, "institution", "exact", "none")] : [];
  }
  return [plainPattern(word, "institution", isEponym(flags) ? "eponym" : "strong", "none", word.length < 4)];
}

/** Every place where a known identifier stands, by position; overlaps included. */
export function findHits(view: View, matcher: IdentifierMatcher): Hit[] {
  const hits: Hit[] = [];
  const { codes, bound, length } = view;
  for (let i = 0; i + 1 < length; i++) {
    const bucket = matcher.buckets[bucketOf(codes[i]!, codes[i + 1]!)];
    if (bucket === undefined) continue;
    for (const pattern of bucket) {
      if (!pattern.loose && bound[i] === 0 && !afterZeros(view, i, pattern)) continue;
      const hit = matchAt(view, i, pattern);
      if (hit !== undefined) hits.push(hit);
    }
  }
  return hits;
}

function matchAt(view: View, i: number, pattern: Pattern): Hit | undefined {
  const { key } = pattern;
  const end = i + key.length;
  if (end > view.length) return undefined;
  for (let k = 0; k < key.length; k++) if (view.codes[i + k] !== key.charCodeAt(k)) return undefined;
  if (!pattern.loose && end < view.length && view.bound[end] === 0) return undefined;
  if (pattern.loose && !endsClearly(view, i, end)) return undefined;
  if (!gapsAllowed(view, i, end, pattern.gaps)) return undefined;
  if (pattern.capitals && !capitalised(view, i, end)) return undefined;
  let from = i;
  while (from > 0 && view.bound[from] === 0 && view.codes[from - 1] === 48) from--;
  return { pattern, from, to: end };
}

/** A loose match that begins or ends inside a word takes three letters of it or more: "… Doe. I|V access" is none. */
function endsClearly(view: View, from: number, to: number): boolean {
  if (view.codes[from]! > 0x2e7f) return true;
  let last = to - 1;
  while (last > from && view.bound[last] === 0) last--;
  if (to < view.length && view.bound[to] === 0 && to - last < 3 && last > from) return false;
  let second = from + 1;
  while (second < to && view.bound[second] === 0) second++;
  return view.bound[from] !== 0 || second - from > 2 || second === to;
}

/** "000123" holds the ID "123…": the zeros before it go with it. */
function afterZeros(view: View, i: number, pattern: Pattern): boolean {
  if (pattern.kind !== "id" || view.codes[i]! > 57) return false;
  let k = i;
  while (k > 0 && view.bound[k] === 0 && view.codes[k - 1] === 48) k--;
  return view.bound[k] === 1;
}

const ID_GAP = /^[ ().\-/+_]{1,3}$/;
const MAX_NAME_GAP = 3;

function gapsAllowed(view: View, from: number, to: number, gaps: Pattern["gaps"]): boolean {
  for (let i = from + 1; i < to; i++) {
    const gap = view.at[i]! - view.to[i - 1]!;
    // One source character may fold to two (ß): the difference is then negative.
    if (gap <= 0) continue;
    if (gaps === "none") {
      if (!/^[.'’-]$/.test(view.text.slice(view.to[i - 1], view.at[i])) || view.codes[i]! < 58) return false;
    } else if (gap > MAX_NAME_GAP) return false;
    else if (gaps === "id" && !ID_GAP.test(view.text.slice(view.to[i - 1], view.at[i]))) return false;
  }
  return true;
}

function capitalised(view: View, from: number, to: number): boolean {
  const source = view.text.slice(view.at[from], view.to[to - 1]);
  const first = source.slice(0, 1);
  return to - from > 2 ? source === source.toUpperCase() : first !== first.toLowerCase();
}
