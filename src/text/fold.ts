/**
 * One spelling for all: compatibility forms decomposed (NFKD), marks dropped, lower case, Latin letters that do
 * not decompose replaced. "Müller", "MULLER" and "ｍüller" fold to "muller". No locale: the same everywhere.
 */
const UNDECOMPOSED: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
  ı: "i",
  ħ: "h",
  ŋ: "n",
  ĸ: "k",
};
const IGNORABLE = /^[\p{M}\p{Cf}]+$/u;
const LETTER_OR_DIGIT = /[\p{L}\p{Nd}]/u;
const MARKS_AND_OTHERS = /[^\p{L}\p{Nd}]/gu;

const cache = new Map<string, string | null>();
const CACHE_LIMIT = 8192;

/** Folds one code point: its letters and digits, "" for a mark or invisible character, null for a separator. */
export function foldChar(char: string): string | null {
  const known = cache.get(char);
  if (known !== undefined) return known;
  const folded = foldUncached(char);
  if (cache.size < CACHE_LIMIT) cache.set(char, folded);
  return folded;
}

function foldUncached(char: string): string | null {
  if (IGNORABLE.test(char)) return "";
  if (!LETTER_OR_DIGIT.test(char) && !LETTER_OR_DIGIT.test(char.normalize("NFKD"))) return null;
  let out = "";
  for (const part of char.normalize("NFKD").toLowerCase().replace(MARKS_AND_OTHERS, "")) {
    out += UNDECOMPOSED[part] ?? decimalDigit(part);
  }
  return out;
}

/** Arabic-Indic, Devanagari … digits as ASCII, so that a date written in them still reads as a date. */
function decimalDigit(char: string): string {
  if (!/\p{Nd}/u.test(char)) return char;
  const code = char.codePointAt(0)!;
  // Every decimal-digit block of Unicode is a run of ten that starts at its zero.
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String(code - zero);
}

/** Letters and digits of `text`, folded, without anything between them. */
export function squash(text: string): string {
  let out = "";
  for (const char of text) out += foldChar(char) ?? "";
  return out;
}

/** Words of `text`: folded runs of letters; digits, punctuation and spaces separate. */
export function foldedWords(text: string): string[] {
  return (text.match(/[\p{L}\p{M}]+/gu) ?? []).map(squash).filter((word) => word !== "");
}

/**
 * How one name may also be written: "Müller" as "muller" and "mueller", and back ("Mueller" as "muller").
 * The backward rule needs five letters, else "Rae" would become "ra".
 */
export function spellings(word: string): string[] {
  const folded = squash(word);
  const spread = squash(
    word
      .normalize("NFC")
      .toLowerCase()
      .replace(/[äöüøå]/g, (c) => ({ ä: "ae", ö: "oe", ü: "ue", ø: "oe", å: "aa" })[c] ?? c),
  );
  const closed = folded.length >= 5 ? folded.replace(/([aou])e/g, "$1") : folded;
  const all = [folded, spread, closed, ...clans(folded), ...transliterations(word)];
  return [...new Set(all)].filter((s) => s !== "");
}

/** "MacDonald" is also written "McDonald". */
function clans(folded: string): string[] {
  const clan = /^ma?c([a-z]{4,})$/.exec(folded)?.[1];
  return clan === undefined ? [] : [`mc${clan}`, `mac${clan}`];
}

/** Cyrillic as passports (ICAO 9303) and as English write it; the rest is alike in both. */
const CYRILLIC: Readonly<Record<string, readonly [string, string]>> = Object.fromEntries(
  (
    "а a,б b,в v,г g,д d,е e,ё e yo,ж zh,з z,и i,й i y,к k,л l,м m,н n,о o,п p,р r,с s,т t,у u,ф f,х kh h,ц ts," +
    "ч ch,ш sh,щ shch sch,ъ ie _,ы y,ь _,э e,ю iu yu,я ia ya,і i,ї i yi,є ie ye,ґ g"
  )
    .split(",")
    .map((entry) => entry.replaceAll("_", "").split(" "))
    .map(([letter = "", passport = "", english = passport]) => [letter, [passport, english] as const]),
);
const LATIN = new Map(
  "shch щ,sch щ,zh ж,kh х,ts ц,ch ч,sh ш,yu ю,iu ю,ya я,ia я,yo ё,a а,b б,v в,w в,g г,d д,e е,z з,i и,j й,y й,k к,l л,m м,n н,o о,p п,r р,s с,t т,u у,f ф,h х,c ц"
    .split(",")
    .map((entry) => entry.split(" ") as [string, string]),
);
const LATIN_LETTERS = new RegExp([...LATIN.keys()].join("|"), "g");

/** A name in the other of the two scripts; none for short names, where too much would be meant. */
function transliterations(word: string): string[] {
  const lower = word.normalize("NFC").toLowerCase();
  if (/^[а-яёіїєґ]{3,}$/.test(lower)) {
    return [0, 1].map((scheme) => lower.replace(/./gu, (c) => CYRILLIC[c]![scheme as 0 | 1]));
  }
  // A "y" behind a consonant is a vowel: "Rybakov"; at the end it is "-ий" or "-ый" without its last letter
  if (!/^[a-z]{4,}$/.test(lower) || /[qx]/.test(lower)) return [];
  const vowels = lower.replace(/([^aeiou])y(?=[^aeiou])/g, "$1ы");
  return [squash(vowels.replace(LATIN_LETTERS, (c) => LATIN.get(c) ?? c))];
}
