import { foldedWords, spellings } from "../text/index.js";

/** Name and birth date (YYYYMMDD) as one file states them at its top level; both are there. */
export interface StatedIdentity {
  readonly name: string;
  readonly birthDate: string;
}

/** Beyond this many different statements under one ID the rest is not compared. */
const MOST_STATEMENTS = 128;
/** Characters and words of a name that are compared: three component groups (PS3.5 6.2) have no more. */
const [LONGEST_NAME, MOST_WORDS] = [256, 16];
const NAMELESS = new Set(
  `anonymous anonymus anonym anonymized anonymised anon unknown unk none noname name no test patient removed
  deidentified redacted hidden phantom subject case unbekannt inconnu desconocido xx xxx xxxx`.split(/\s+/),
);
/** Of two letters, these join names and tell none. */
const PARTICLES = new Set("de da do di du la le el al st mc ap af av op zu te".split(" "));
const LONGER_PARTICLES = new Set(
  "van von der den del della dos das bin ibn ben bint abu mac santa zur ter ten".split(" "),
);
/** Dates that software writes where it knows none. */
const NO_BIRTH_DATE = /^(?:0000|0001|1000|1111|1753|1800|1899|9999)|^(?:1900|1970)0101$|^\d{4}0000$/;

/**
 * True when files of one Patient ID state two people: names with no part in common and birth dates that differ,
 * and no file between them that shares the name of the one and the birth date of the other, as it is when a
 * person's name or birth date was corrected. Surnames change and spellings vary: one part in common is enough.
 */
export function statesTwoPeople(statements: readonly StatedIdentity[]): boolean {
  const compared = statements
    .filter(({ birthDate }) => !NO_BIRTH_DATE.test(birthDate))
    .map(({ name, birthDate }) => ({ words: nameWords(name), birthDate }))
    .filter(({ words }) => words.length > 0)
    .slice(0, MOST_STATEMENTS);
  const group = compared.map((_, i) => i);
  const root = (i: number): number => (group[i] === i ? i : root(group[i]!));
  for (const [i, one] of compared.entries()) {
    for (let k = 0; k < i; k++) {
      if (root(i) === root(k)) continue;
      const other = compared[k]!;
      if (one.birthDate === other.birthDate || !namesContradict(one.words, other.words))
        group[root(i)] = root(k);
    }
  }
  return compared.some((_, i) => root(i) !== root(0));
}

/** Words of family, given and middle name in every component group (PS3.5 6.2.1.1); [] when nobody is named. */
function nameWords(name: string): string[] {
  const groups = name
    .slice(0, LONGEST_NAME)
    .split("=")
    .map((group) => group.split("^").slice(0, 3).join(" "));
  const words = groups.flatMap((group) => group.match(/[\p{L}\p{M}]+/gu) ?? []);
  const telling = words.filter((word) => {
    const [folded = ""] = foldedWords(word);
    const isShort = folded.length < 2 && folded.charCodeAt(0) < 0x2e80;
    return folded !== "" && !isShort && !PARTICLES.has(folded) && !LONGER_PARTICLES.has(folded);
  });
  return telling.every((word) => NAMELESS.has(foldedWords(word)[0]!)) ? [] : telling.slice(0, MOST_WORDS);
}

const isLatin = (word: string): boolean => /^[\0-\u024f]*$/.test(word);

/** No word of one is a word of the other in another spelling. Names in different scripts can't be compared. */
function namesContradict(one: readonly string[], other: readonly string[]): boolean {
  let comparable = false;
  for (const a of one) {
    for (const b of other) {
      if (isLatin(a) !== isLatin(b)) continue;
      comparable = true;
      if (mayBeOneWord(a, b)) return false;
    }
  }
  const [joined, otherJoined] = [one, other].map((words) => words.flatMap(foldedWords).join("")) as [
    string,
    string,
  ];
  const within = (words: readonly string[], all: string) =>
    words.some((word) => (foldedWords(word)[0] ?? "").length >= 4 && all.includes(foldedWords(word)[0]!));
  return comparable && !within(one, otherJoined) && !within(other, joined);
}

function mayBeOneWord(a: string, b: string): boolean {
  if (!isLatin(a)) return [...a].some((char) => b.includes(char));
  return spellings(a).some((x) =>
    spellings(b).some((y) => {
      if (x === y) return true;
      const [short, long] = x.length < y.length ? [x, y] : [y, x];
      if (short.length >= 3 && long.startsWith(short)) return true;
      return short.length >= 4 && distance(x, y) <= (short.length >= 7 ? 2 : 1);
    }),
  );
}

/** Letters to change, insert or leave out (Levenshtein); words of a name are short. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2 || a.length > 64) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let k = 1; k <= b.length; k++) {
      const changed = row[k - 1]! + (a[i - 1] === b[k - 1] ? 0 : 1);
      next.push(Math.min(changed, row[k]! + 1, next[k - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
