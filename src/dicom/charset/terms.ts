import {
  ARABIC,
  ASCII,
  CYRILLIC,
  GB_2312,
  GREEK,
  type GraphicSet,
  HEBREW,
  JIS_X_0208,
  JIS_X_0212,
  KATAKANA,
  KS_X_1001,
  LATIN_1,
  LATIN_2,
  LATIN_3,
  LATIN_4,
  LATIN_5,
  LATIN_9,
  ROMAN,
  THAI,
} from "./graphic-sets.js";

/** The sets of each ISO registration that has a defined term: PS3.3 Tables C.12-2, C.12-3 and C.12-4. */
const REGISTRATIONS: ReadonlyMap<number, readonly GraphicSet[]> = new Map([
  [6, [ASCII]],
  [13, [ROMAN, KATAKANA]],
  [58, [GB_2312]],
  [87, [JIS_X_0208]],
  [100, [ASCII, LATIN_1]],
  [101, [ASCII, LATIN_2]],
  [109, [ASCII, LATIN_3]],
  [110, [ASCII, LATIN_4]],
  [126, [ASCII, GREEK]],
  [127, [ASCII, ARABIC]],
  [138, [ASCII, HEBREW]],
  [144, [ASCII, CYRILLIC]],
  [148, [ASCII, LATIN_5]],
  [149, [KS_X_1001]],
  [159, [JIS_X_0212]],
  [166, [ASCII, THAI]],
  [203, [ASCII, LATIN_9]],
]);

/** Multi-byte sets without code extensions, which stand alone: PS3.3 Table C.12-5. */
export type StandAlone = "ISO_IR 192" | "GB18030" | "GBK";

/** Names that writers put in place of a defined term. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["UTF8", "ISO_IR 192"],
  ["UNICODE", "ISO_IR 192"],
  ["ISO2022GBK", "GBK"],
  ["CP936", "GBK"],
  ["GB2312", "GBK"], // as a name outside DICOM it means EUC-CN, of which GBK is the superset
  ["GBK", "GBK"],
  ["ISO2022GB18030", "GB18030"],
  ["GB18030", "GB18030"],
  ["ISO202258", "ISO 2022 IR 58"],
  ["EUCKR", "ISO 2022 IR 149"],
  ["SHIFTJIS", "ISO_IR 13"],
  ["SJIS", "ISO_IR 13"],
  ["ASCII", "ISO 2022 IR 6"],
  ["USASCII", "ISO 2022 IR 6"],
  ["LATIN1", "ISO_IR 100"],
  ["TIS620", "ISO_IR 166"],
  ...Object.entries({
    1: 100,
    2: 101,
    3: 109,
    4: 110,
    5: 144,
    6: 127,
    7: 126,
    8: 138,
    9: 148,
    11: 166,
    15: 203,
  }).map(([part, registration]): [string, string] => [`ISO8859${part}`, `ISO_IR ${registration}`]),
]);

export interface Term {
  /** The defined term, blanks removed and spelling repaired; an unknown term stays as it came. */
  readonly term: string;
  readonly standAlone: StandAlone | null;
  /** What it designates; empty for stand-alone and unknown terms. */
  readonly sets: readonly GraphicSet[];
  readonly form: "empty" | "without extensions" | "with extensions" | "stand-alone" | "unknown";
  readonly isRepaired: boolean;
}

/** The defined term that a spelling means, or undefined. */
function repair(spelling: string): string | undefined {
  const letters = spelling.toUpperCase().replace(/[^A-Z0-9]/g, "");
  const [, extension, registration] = /^ISO(2022)?IR0*(\d+)$/.exec(letters) ?? [];
  if (registration === undefined) return ALIASES.get(letters);
  if (registration === "192") return "ISO_IR 192";
  const sets = REGISTRATIONS.get(Number(registration));
  if (sets === undefined) return undefined;
  // Neither the default repertoire nor the two-byte sets have a term without code extensions.
  return extension === undefined && sets.length === 2
    ? `ISO_IR ${registration}`
    : `ISO 2022 IR ${registration}`;
}

/** Reads one value of Specific Character Set. Blanks around it are padding (PS3.5 6.2, CS). */
export function parseTerm(value: string): Term {
  const spelling = value.replaceAll("\0", " ").trim();
  if (spelling === "") return { term: "", standAlone: null, sets: [ASCII], form: "empty", isRepaired: false };
  const term = repair(spelling);
  if (term === undefined)
    return { term: spelling, standAlone: null, sets: [], form: "unknown", isRepaired: false };
  const isRepaired = term !== spelling;
  if (term === "ISO_IR 192" || term === "GB18030" || term === "GBK") {
    return { term, standAlone: term, sets: [], form: "stand-alone", isRepaired };
  }
  const [, extension, registration] = /^ISO([_ ]2022)?[_ ]IR (\d+)$/.exec(term)!;
  const form = extension === undefined ? "without extensions" : "with extensions";
  return { term, standAlone: null, sets: REGISTRATIONS.get(Number(registration))!, form, isRepaired };
}

/**
 * The values of the attribute as far as they may stand together, and what is wrong with them. Problems name
 * a value by its position, counted from 1, because the text of an unknown one is anybody's.
 */
export function parseTerms(values: readonly string[]): {
  terms: readonly Term[];
  problems: readonly string[];
} {
  const all = values.map(parseTerm);
  if (all.every((term) => term.form === "empty")) return { terms: [], problems: [] };
  const problems = all.flatMap((term, i) =>
    problemsOf(term, i, all.length).map((problem) => `value ${i + 1} ${problem}`),
  );
  const [first, ...others] = all as [Term, ...Term[]];
  if (first.standAlone !== null) {
    if (others.length > 0) problems.push("value 1 allows no code extensions: the other values are ignored");
    return { terms: [first], problems };
  }
  const kept = [first, ...others.filter((term) => term.standAlone === null && term.form !== "empty")];
  // Without another set to designate, nothing but the misplaced stand-alone set can have coded the text.
  const misplaced = others.find((term) => term.standAlone !== null);
  if (misplaced !== undefined && kept.every((term) => term.sets.every((set) => set === ASCII))) {
    return { terms: [misplaced], problems };
  }
  if (kept.length === 1 && first.form === "empty") return { terms: [], problems };
  return { terms: kept.map((term) => (kept.length > 1 ? asExtension(term) : term)), problems };
}

function problemsOf(term: Term, index: number, count: number): string[] {
  const problems: string[] = [];
  if (term.form === "unknown") return ["is no defined term: its bytes above 7F are read as Latin-1"];
  if (term.isRepaired) problems.push(`is a non-standard spelling of ${term.term}`);
  if (count === 1 && term.form === "with extensions") problems.push("names code extensions but stands alone");
  if (count > 1 && term.form === "without extensions")
    problems.push("names no code extensions among several values");
  if (index === 0 && term.sets[0] !== undefined && term.sets[0].width === 2) {
    problems.push("is a multi-byte set and cannot be value 1");
  }
  if (index > 0 && term.form === "empty") problems.push("is empty: only value 1 may be");
  if (index > 0 && term.form === "stand-alone")
    problems.push("allows no code extensions and cannot follow another value");
  return problems;
}

/** A term among several is one with code extensions (PS3.3 C.12.1.1.2). */
function asExtension(term: Term): Term {
  if (term.form !== "without extensions") return term;
  return { ...term, term: term.term.replace("ISO_IR", "ISO 2022 IR"), form: "with extensions" };
}
