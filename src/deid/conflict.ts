import { foldedWords, spellings } from "../text/index.js";

/** Name and birth date (YYYYMMDD) as one file states them at its top level; both are there. */
export interface StatedIdentity {
  readonly name: string;
  readonly birthDate: string;
}

/**
 * Nobody's birth date or name is stated in more ways than this: more groups, or dates, are several people. It also
 * bounds what is compared: at most this many statements, each with each.
 */
const MOST_STATEMENTS = 32;
/** Characters and words of a name that are compared: three component groups (PS3.5 6.2) have no more. */
const [LONGEST_NAME, MOST_WORDS] = [256, 16];
/** What stands where nobody is named: newborns, victims without papers, phantoms and tests. */
const NAMELESS = new Set(
  `anonymous anonymus anonym anonymized anonymised anon unknown unk none noname name no test patient removed
  deidentified redacted hidden phantom subject case unbekannt inconnu desconocido xx xxx xxxx
  baby babyboy babygirl bb boy girl male female man woman newborn infant twin unidentified trauma emergency doe
  qc qa qualitycontrol quality control daily weekly monthly water acr catphan calibration demo dummy`.split(
    /\s+/,
  ),
);
/** With "Doe" these are nobody's given names. */
const DOES = new Set(["john", "jane"]);
/** Of two letters, these join names and tell none. */
const PARTICLES = new Set("de da do di du la le el al st mc ap af av op zu te".split(" "));
const LONGER_PARTICLES = new Set(
  "van von der den del della dos das bin ibn ben bint abu mac santa zur ter ten".split(" "),
);
/** Dates that software writes where it knows none. */
const NO_BIRTH_DATE = /^(?:0000|0001|1000|1111|1753|1800|1899|9999)|^(?:1900|1970)0101$|^\d{4}0000$/;

/** A word of a name, read once: its spellings are what costs. */
interface Word {
  readonly folded: string;
  readonly script: string;
  readonly chars: string;
  readonly spelled: readonly string[];
}

interface Compared {
  readonly birthDate: string;
  readonly words: readonly Word[];
  readonly joined: string;
}

/**
 * True when files of one Patient ID state two people: names with no part in common and birth dates that differ,
 * and no file between them that shares the name of the one and the birth date of the other, as it is when a
 * person's name or birth date was corrected. Surnames change and spellings vary: one part in common is enough.
 * Dates a day apart, or with day and month swapped, agree: newborns are entered at midnight, dates mistyped.
 */
export function statesTwoPeople(statements: readonly StatedIdentity[]): boolean {
  const compared = telling(statements);
  if (new Set(compared.map(({ birthDate }) => birthDate)).size > MOST_STATEMENTS) return true;
  const group = compared.map((_, i) => i);
  const root = (i: number): number => {
    let top = i;
    while (group[top] !== top) top = group[top] = group[group[top]!]!;
    return top;
  };
  // What is equal is joined by look-up, however much there is; only what is left is compared in pairs.
  const seen = new Map<string, number>();
  for (const [i, { birthDate, words }] of compared.entries()) {
    for (const key of [...datesLike(birthDate), ...words.map(({ folded }) => folded)]) {
      const before = seen.get(key);
      if (before !== undefined) group[root(i)] = root(before);
    }
    for (const key of [birthDate, ...words.map(({ folded }) => folded)]) seen.set(key, i);
  }
  const members = new Map<number, number[]>();
  for (const i of compared.keys()) {
    const same = members.get(root(i));
    if (same) same.push(i);
    else members.set(root(i), [i]);
  }
  const few = [...members.values()];
  if (few.length > MOST_STATEMENTS) return true;
  const left = few.flatMap((ids) => ids.slice(0, Math.floor(MOST_STATEMENTS / few.length)));
  for (const [n, i] of left.entries()) {
    for (const k of left.slice(0, n)) {
      if (root(i) !== root(k) && !namesContradict(compared[i]!, compared[k]!)) group[root(i)] = root(k);
    }
  }
  return left.some((i) => root(i) !== root(left[0]!));
}

/** The statements that name somebody and a birth date. */
function telling(statements: readonly StatedIdentity[]): Compared[] {
  const known = new Map<string, Word>();
  const wordOf = (text: string): Word => {
    const word = known.get(text) ?? readWord(text);
    known.set(text, word);
    return word;
  };
  return statements
    .filter(({ birthDate }) => !NO_BIRTH_DATE.test(birthDate))
    .map(({ name, birthDate }) => {
      const words = nameWords(name).map(wordOf);
      return { birthDate, words, joined: words.map(({ folded }) => folded).join("") };
    })
    .filter(({ words }) => words.length > 0);
}

/** A date (YYYYMMDD), the days around it, and the date with day and month swapped. */
function datesLike(date: string): string[] {
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6, 8)];
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const around = [-1, 1].flatMap((days) => {
    const moved = new Date(at + days * 86_400_000);
    return Number.isNaN(moved.getTime()) ? [] : [moved.toISOString().slice(0, 10).replaceAll("-", "")];
  });
  return [date, year + day + month, ...around];
}

/** Words of family, given and middle name in every component group (PS3.5 6.2.1.1); [] when nobody is named. */
function nameWords(name: string): string[] {
  const groups = name
    .slice(0, LONGEST_NAME)
    .split("=")
    .map((group) => group.split("^").slice(0, 3).join(" "));
  const words = groups.flatMap((group) => group.match(/[\p{L}\p{M}]+/gu) ?? []);
  const folds = words.map((word) => foldedWords(word)[0] ?? "");
  const isDoe = folds.includes("doe");
  if (folds.every((folded) => isFiller(folded) || NAMELESS.has(folded) || (isDoe && DOES.has(folded))))
    return [];
  return [...new Set(words.filter((_, i) => !isFiller(folds[i]!)))].slice(0, MOST_WORDS);
}

/** Initials and particles, which tell no name. */
function isFiller(folded: string): boolean {
  const isShort = folded.length < 2 && folded.charCodeAt(0) < 0x2e80;
  return folded === "" || isShort || PARTICLES.has(folded) || LONGER_PARTICLES.has(folded);
}

/** A word with a Han character is Han, whatever kana stand beside it. */
const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ["Han", /\p{Script=Han}/u],
  ["Kana", /\p{Script=Hiragana}|\p{Script=Katakana}/u],
  ["Hangul", /\p{Script=Hangul}/u],
  ["Cyrillic", /\p{Script=Cyrillic}/u],
  ["Greek", /\p{Script=Greek}/u],
  ["Arabic", /\p{Script=Arabic}/u],
  ["Hebrew", /\p{Script=Hebrew}/u],
  ["Thai", /\p{Script=Thai}/u],
  ["Latin", /\p{Script=Latin}/u],
];

function readWord(text: string): Word {
  // Half-width kana become full-width ones, and hiragana katakana: one writing of one sound.
  const chars = text
    .normalize("NFKC")
    .replace(/[\u3041-\u3096]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0x60));
  const script = SCRIPTS.find(([, letters]) => letters.test(chars))?.[0] ?? "other";
  const spelled =
    script === "Latin" ? spellings(text).filter((one) => !/\p{Script=Cyrillic}/u.test(one)) : [];
  return { folded: foldedWords(text)[0] ?? "", script, chars, spelled };
}

/** No word of one is a word of the other in another spelling. Names in different scripts can't be compared. */
function namesContradict(one: Compared, other: Compared): boolean {
  let comparable = false;
  for (const a of one.words) {
    for (const b of other.words) {
      if (a.script !== b.script) continue;
      comparable = true;
      if (mayBeOneWord(a, b)) return false;
    }
  }
  const within = ({ words }: Compared, all: string) =>
    words.some(({ folded }) => folded.length >= 4 && all.includes(folded));
  return comparable && !within(one, other.joined) && !within(other, one.joined);
}

function mayBeOneWord(a: Word, b: Word): boolean {
  if (a.script !== "Latin") return [...a.chars].some((char) => b.chars.includes(char));
  return a.spelled.some((x) =>
    b.spelled.some((y) => {
      if (x === y) return true;
      const [short, long] = x.length < y.length ? [x, y] : [y, x];
      if (short.length >= 3 && long.startsWith(short)) return true;
      return short.length >= 4 && distance(x, y) <= (short.length >= 7 ? 2 : 1);
    }),
  );
}

/**
 * Letters to change, insert or leave out (Levenshtein), 3 for all that are more than 2. Only the five diagonals
 * within which 2 can be reached are filled.
 */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2 || a.length > 64) return 3;
  // d2: the distance of the first i letters of a and of b; d0 … d4: of i of a and i - 2 … i + 2 of b.
  let [d0, d1, d2, d3, d4] = [3, 3, 0, 1, 2];
  for (let i = 1; i <= a.length; i++) {
    const at = a.charCodeAt(i - 1);
    const cost = (k: number) => (k >= 1 && k <= b.length && b.charCodeAt(k - 1) === at ? 0 : 1);
    const e0 = i < 2 ? 3 : i === 2 ? 2 : Math.min(d0 + cost(i - 2), d1 + 1);
    const e1 = i === 1 ? 1 : Math.min(d1 + cost(i - 1), d2 + 1, e0 + 1);
    const e2 = Math.min(d2 + cost(i), d3 + 1, e1 + 1);
    const e3 = Math.min(d3 + cost(i + 1), d4 + 1, e2 + 1);
    const e4 = Math.min(d4 + cost(i + 2), e3 + 1);
    if (e0 > 2 && e1 > 2 && e2 > 2 && e3 > 2 && e4 > 2) return 3;
    [d0, d1, d2, d3, d4] = [e0, e1, e2, e3, e4];
  }
  return Math.min([d0, d1, d2, d3, d4][b.length - a.length + 2]!, 3);
}
