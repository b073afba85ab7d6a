import { foldedWords, spellings, squash } from "./fold.js";
import { collocationsOf, isEponym, isPlain, Word, wordFlags } from "./lexicon.js";
import type { FindingKind } from "./types.js";

/**
 * How much a match proves.
 * `strong`: it is the identifier wherever it stands. `eponym`: it is, unless a medical noun follows ("Wilson disease").
 * `collocated`: a name and a word ("White"); it is the person when capitalised, unless the word's own neighbour stands
 * beside it ("white matter").
 * `weak`: an everyday or clinical word too; needs another part of the name, a cue, or no clinical neighbour.
 * `exact`: so short that only a cue or the whole value proves it.
 */
export type Strength = "strong" | "eponym" | "collocated" | "weak" | "exact";
/** What may stand between two characters of a match: nothing, up to three separators, or the punctuation of numbers. */
export type Gaps = "none" | "name" | "id";

/** Characters of the longest pattern: the windows in which long texts are read overlap by more. */
export const MAX_KEY = 128;

/** One squashed spelling of an identifier. */
export interface Pattern {
  readonly key: string;
  readonly kind: FindingKind;
  readonly strength: Strength;
  readonly gaps: Gaps;
  /** Which names it is a part of; empty for what is no name. */
  readonly names: ReadonlySet<number>;
  /** First letters of those names: what may stand beside a part as an initial. */
  readonly initials: ReadonlySet<string>;
  /** Prefixes and suffixes of those names. */
  readonly affixes: ReadonlySet<string>;
  /** May start and end inside a word: only for keys too long to be there by chance, and scripts without spaces. */
  readonly loose: boolean;
  /** Only capitals count ("MGH", the surname "Wu"). */
  readonly capitals: boolean;
}

/** A DICOM PN or a free name, taken apart. */
export interface NameParts {
  readonly family: readonly string[];
  readonly given: readonly string[];
  /** Prefix and suffix: removed only beside the name, in PN notation. */
  readonly affixes: readonly string[];
}

const PARTICLES = new Set(
  "van von der den de del della di da das dos du la le las los el al bin ibn ben bint abu mac mc st san santa zu zur ter ten op ap af av y e".split(
    " ",
  ),
);
const TITLES = new Set(
  "dr prof mr mrs ms miss md phd rn do dds rt jr sr ii iii iv herr frau mme sir dame lord lady pr med mba bsc msc hon rev".split(
    " ",
  ),
);
const MAX_COMBINATIONS = 120;
/** Behind a family name of one ideograph, which alone may be any word: "林様". */
const HONORIFICS = "様 さん 氏 先生 殿 님 씨".split(" ").map(squash);
const CJK = /[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7ff\uf900-\ufaff]/;

/** True for a folded word that joins names and is none. */
export const isParticle = (word: string): boolean => PARTICLES.has(word);

/** Splits "Doe^Jane^M^Dr^Jr=…", "Doe, Jane" and "Dr. Jane Doe"; one entry per component group. */
export function parseName(name: string): NameParts[] {
  return name
    .split("=")
    .map((group) => (group.includes("^") ? parsePn(group) : parseFree(group)))
    .filter((parts) => parts.family.length + parts.given.length > 0);
}

function parsePn(group: string): NameParts {
  const [family = "", given = "", middle = "", ...affixes] = group.split("^").map((c) => c.trim());
  return {
    family: present([family]),
    given: present([given, middle]),
    affixes: affixes.flatMap(foldedWords),
  };
}

function parseFree(group: string): NameParts {
  const comma = group.indexOf(",");
  if (comma > 0) {
    const rest = group
      .slice(comma + 1)
      .split(/[\s,]+/)
      .filter((w) => !TITLES.has(squash(w)));
    return { family: present([group.slice(0, comma)]), given: present(rest), affixes: [] };
  }
  const words = group.split(/[\s_]+/).filter((w) => squash(w) !== "" && !TITLES.has(squash(w)));
  const last = words.at(-1);
  return {
    family: present(last === undefined ? [] : [last]),
    given: present(words.slice(0, -1)),
    affixes: [],
  };
}

function present(components: readonly string[]): string[] {
  return components.filter((c) => squash(c) !== "");
}

/** Whose pattern it is; one object for all patterns of a name. */
type Bearer = Pick<Pattern, "names" | "initials" | "affixes">;

export const NO_NAME: Bearer = { names: new Set(), initials: new Set(), affixes: new Set() };

/** Every spelling of one name worth looking for; `number` tells it from other names. */
export function namePatterns(parts: NameParts, number: number): Pattern[] {
  const name: Bearer = {
    names: new Set([number]),
    initials: initialLetters(parts),
    affixes: new Set(parts.affixes),
  };
  const made = new Map<string, Pattern>();
  const add = (pattern: Pattern | undefined): void => {
    if (pattern !== undefined && !made.has(pattern.key)) made.set(pattern.key, pattern);
  };
  for (const key of combinations(parts)) add(combined(key, name));
  for (const component of [...parts.family, ...parts.given]) {
    for (const word of words(component)) for (const key of spellings(word)) add(single(key, name, word));
    if (words(component).length > 1) for (const key of spellings(component)) add(combined(key, name));
  }
  for (const key of logins(parts)) {
    if (wordFlags(key) === 0) add(pattern(key, key.length < 4 ? "exact" : "strong", "none", name));
  }
  for (const key of initialsOf(parts)) add(pattern(key, "exact", "name", name));
  for (const family of parts.family.map(squash)) {
    if (CJK.test(family) && [...family].length === 1)
      for (const honorific of HONORIFICS) add(pattern(family + honorific, "strong", "name", name));
  }
  return [...made.values()];
}

/** First letters of the given and middle names and of the family name. */
function initialLetters(parts: NameParts): Set<string> {
  return new Set([...parts.family, ...parts.given].flatMap(words).map((w) => squash(w).slice(0, 1)));
}

function words(component: string): string[] {
  return component.match(/[\p{L}\p{M}\p{Cf}]+/gu) ?? [];
}

function pattern(key: string, strength: Strength, gaps: Gaps, name: Bearer, capitals = false): Pattern {
  const loose = CJK.test(key)
    ? strength === "strong"
    : strength === "strong" && gaps === "name" && key.length >= 9;
  return { key, kind: "name", strength, gaps, ...name, loose, capitals };
}

/** A part alone: strong unless it is a word, a particle or one letter. */
function single(key: string, name: Bearer, word: string): Pattern | undefined {
  const letters = [...word.normalize("NFC")].length;
  if (CJK.test(key)) return letters < 2 ? undefined : pattern(key, "strong", "none", name);
  if (key.length < 2) return undefined;
  const flags = wordFlags(key);
  if (PARTICLES.has(key)) return pattern(key, "weak", "none", name);
  if (isPlain(flags)) return pattern(key, plainStrength(key, flags), "none", name);
  if (isEponym(flags)) return pattern(key, "eponym", "none", name);
  return pattern(key, "strong", key.length < 5 ? "none" : "name", name, key.length < 3);
}

/** "Bell" is a word of descriptors before "palsy" alone, "White" only in company, "Head" on its own. */
function plainStrength(key: string, flags: number): Strength {
  if ((flags & Word.ordinary) === 0 || (flags & Word.function) !== 0) return "weak";
  if (collocationsOf(key) !== undefined || key.length === 2) return "collocated";
  if ((flags & Word.clinical) !== 0) return "weak";
  return (flags & Word.english) !== 0 ? "collocated" : "eponym";
}

function combined(key: string, name: Bearer): Pattern | undefined {
  return key.length < 4 && !CJK.test(key) ? undefined : pattern(key, "strong", "name", name);
}

/** One Latin letter is an initial; one ideograph is a name. */
function isPart(given: string): boolean {
  return given.length > 1 || CJK.test(given);
}

/** Family and given names in both orders, with and without middle names, squashed. */
function combinations({ family, given }: NameParts): string[] {
  const out: string[] = [];
  const families = family.flatMap((f) => [
    ...spellings(f),
    ...words(f)
      .filter((w) => w.length > 2 && !PARTICLES.has(squash(w)))
      .map(squash),
  ]);
  const firsts = given.flatMap((g) => [...spellings(g), ...words(g).map(squash)]).filter(isPart);
  const all = given.map(squash).join("");
  const withInitials = given.map((g, i) => (i === 0 ? squash(g) : squash(g).slice(0, 1))).join("");
  for (const f of new Set(families)) {
    for (const g of new Set([all, withInitials, ...firsts])) if (isPart(g)) out.push(f + g, g + f);
    if (out.length >= MAX_COMBINATIONS) break;
  }
  return out.slice(0, MAX_COMBINATIONS);
}

/** User names built from a name: "jdoe", "doej", "jmdoe", "janed". */
function logins({ family, given }: NameParts): string[] {
  const initials = given.map((g) => squash(g).slice(0, 1)).join("");
  const first = initials.slice(0, 1);
  const out: string[] = [];
  for (const f of family.flatMap(spellings)) {
    if (first !== "") out.push(first + f, f + first, initials + f, f + initials);
    if (given[0] !== undefined && squash(given[0]).length >= 4) out.push(squash(given[0]) + f.slice(0, 1));
  }
  return out.filter((key) => key.length >= 3);
}

function initialsOf({ family, given }: NameParts): string[] {
  const f = family.map((c) => squash(c).slice(0, 1)).join("");
  const g = given.map((c) => squash(c).slice(0, 1)).join("");
  return f === "" || g === "" || CJK.test(f)
    ? []
    : [...new Set([g + f, f + g, g.slice(0, 1) + f, f + g.slice(0, 1)])];
}
