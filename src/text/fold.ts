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
  return [...new Set([folded, spread, closed])].filter((s) => s !== "");
}
