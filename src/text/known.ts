import { foldedWords, squash } from "./fold.js";
import { isEponym, isPlain, Word, wordFlags } from "./lexicon.js";
import { BUCKETS, bucketOf, type PatternNode, patternNode } from "./match.js";
import { MAX_KEY, type NameParts, NO_NAME, namePatterns, type Pattern, parseName } from "./names.js";
import type { FindingKind } from "./types.js";

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
  /** Patterns by the hash of their first two characters. */
  readonly buckets: readonly (PatternNode | undefined)[];
  readonly dates: readonly CalendarDate[];
}

/** Compiles what is known; once per patient. */
export function compileIdentifiers(known: KnownIdentifiers): IdentifierMatcher {
  const groups: NameParts[] = [...new Set(known.names)].flatMap(parseName);
  const dates = [...new Set(known.dates)].map(parseDate).filter((d) => d !== undefined);
  const patterns = merged(
    [
      ...groups.flatMap((parts, i) => namePatterns(parts, i)),
      ...[...new Set(known.ids)].flatMap(idPatterns),
      ...dates.flatMap(datePatterns),
      ...[...new Set(known.other)].flatMap(phrasePatterns),
    ].filter(({ key }) => key.length <= MAX_KEY),
  );
  const lists: (Pattern[] | undefined)[] = new Array(BUCKETS).fill(undefined);
  for (const pattern of patterns) {
    const at = bucketOf(pattern.key.charCodeAt(0), pattern.key.charCodeAt(1));
    (lists[at] ??= []).push(pattern);
  }
  return { buckets: lists.map((list) => list && patternNode(list, 0)), dates };
}

/** One pattern for each spelling, however many names share it: a family of thousands costs what one costs. */
function merged(patterns: readonly Pattern[]): Pattern[] {
  const groups = new Map<string, Pattern[]>();
  for (const pattern of patterns) {
    const { key, kind, strength, gaps, loose, capitals } = pattern;
    const same = `${kind} ${strength} ${gaps} ${loose} ${capitals} ${key}`;
    const group = groups.get(same);
    if (group === undefined) groups.set(same, [pattern]);
    else group.push(pattern);
  }
  return [...groups.values()].map((group) =>
    group.length === 1
      ? group[0]!
      : {
          ...group[0]!,
          names: new Set(group.flatMap((p) => [...p.names])),
          initials: new Set(group.flatMap((p) => [...p.initials])),
          affixes: new Set(group.flatMap((p) => [...p.affixes])),
        },
  );
}

/** A date as YYYYMMDD, with or without separators; undefined for what is no day of a calendar. */
export function parseDate(value: string): CalendarDate | undefined {
  const match = /^(\d{4})[-./]?(\d{2})[-./]?(\d{2})/.exec(value.trim());
  if (match === null) return undefined;
  const date = { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
  // "00000000", "19600000": a placeholder is nobody's date, and its zeros are everywhere
  const exists = date.year > 0 && date.month > 0 && date.month < 13 && date.day > 0 && date.day < 32;
  return exists ? date : undefined;
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
    ...NO_NAME,
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
    .flatMap(pieces)
    .filter((k) => k.length >= 2)
    .map((k) => plainPattern(k, "id", idStrength(k), k.length < 6 ? "none" : "id"));
}

/** An ID longer than any pattern may be, cut where letters and digits meet; each piece is found inside a word. */
function pieces(key: string): string[] {
  if (key.length <= MAX_KEY) return [key];
  return key.match(/.{16,64}(?=$|(?<=[0-9])[^0-9]|(?<=[^0-9])[0-9])|.{64}/gs) ?? [];
}

function idStrength(key: string): Pattern["strength"] {
  // "0000000" is a placeholder
  if (/^0+$/.test(key)) return "exact";
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
  for (const piece of new Set([phrase, ...phrase.split(/[,;\n\r^\\]+/)].flatMap(lines))) {
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

/** A phrase longer than any pattern may be, in lines at its spaces. */
function lines(phrase: string): string[] {
  return phrase.length <= MAX_KEY ? [phrase] : (phrase.match(/\S.{1,98}(?=\s|$)/gs) ?? []);
}

function phraseWord(word: string, alone: boolean): Pattern[] {
  const flags = wordFlags(word);
  if (word.length < 2) return [];
  if (GENERIC.has(word) || isPlain(flags) || (word.length < 4 && !alone)) {
    return alone ? [plainPattern(word, "institution", "exact", "none")] : [];
  }
  return [plainPattern(word, "institution", isEponym(flags) ? "eponym" : "strong", "none", word.length < 4)];
}
