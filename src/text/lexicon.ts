import { CLINICAL_WORDS } from "./tables/clinical.js";
import { COLLOCATIONS } from "./tables/collocations.js";
import { ENGLISH_WORDS, EPONYM_HEADS, FUNCTION_WORDS, ORDINARY_MEANING } from "./tables/english.js";
import { GIVEN_NAMES } from "./tables/given-names.js";
import { SURNAMES } from "./tables/surnames.js";

/** What a folded word may be; bits, because many words are several things ("wilson": surname and eponym). */
export const Word = {
  clinical: 1,
  english: 2,
  function: 4,
  given: 8,
  surname: 16,
  /** A name that is also an everyday word of descriptors: "long", "gray", "rose". */
  ordinary: 32,
  /** Follows an eponym: "disease", "catheter". */
  head: 64,
} as const;

const lexicon = new Map<string, number>();
function add(words: string, flag: number): void {
  for (const word of words.split(/\s+/)) {
    const folded = word.replace(/'s$/, "").toLowerCase();
    if (/^[a-z]+$/.test(folded)) lexicon.set(folded, (lexicon.get(folded) ?? 0) | flag);
    // "gd-eob-dtpa" is read as three words
    else
      for (const part of folded.match(/[a-z]{2,}/g) ?? []) lexicon.set(part, (lexicon.get(part) ?? 0) | flag);
  }
}
add(CLINICAL_WORDS, Word.clinical);
add(ENGLISH_WORDS, Word.english);
add(FUNCTION_WORDS, Word.function);
add(GIVEN_NAMES, Word.given);
add(SURNAMES, Word.surname);
add(ORDINARY_MEANING, Word.ordinary);
add(EPONYM_HEADS, Word.head | Word.clinical);
lexicon.delete("");

/** Flags of a folded word; 0 when it is in no table. */
export function wordFlags(folded: string): number {
  return lexicon.get(folded) ?? 0;
}

const NAME = Word.given | Word.surname;
const VOCABULARY = Word.clinical | Word.english | Word.function;

const collocations = new Map(
  COLLOCATIONS.trim()
    .split("\n")
    .map((line) => line.split(": "))
    .map(([word = "", neighbours = ""]) => [word, new Set(neighbours.split(" "))] as const),
);

/** The neighbours that make a name the word it also is ("white": "matter"); undefined for a word without such. */
export function collocationsOf(folded: string): ReadonlySet<string> | undefined {
  return collocations.get(folded);
}

/** In a name table and nowhere else: "fernandez". */
export function isNameOnly(flags: number): boolean {
  return (flags & NAME) !== 0 && (flags & (VOCABULARY | Word.ordinary)) === 0;
}

/** A person's name that medicine uses as a term: "hodgkin", "wilson". */
export function isEponym(flags: number): boolean {
  return (
    (flags & NAME) !== 0 && (flags & VOCABULARY) !== 0 && (flags & (Word.ordinary | Word.function)) === 0
  );
}

/** A word with an everyday or clinical meaning of its own, even where somebody bears it: "long", "head", "liver". */
export function isPlain(flags: number): boolean {
  if ((flags & (Word.ordinary | Word.function)) !== 0) return true;
  return (flags & VOCABULARY) !== 0 && (flags & NAME) === 0;
}

// Endings of medical Greek, Latin and English; a word that ends so is read as a word, not as an unknown name.
const WORD_ENDING =
  /(?:itis|omas?|osis|oses|[ae]mia|ectomy|otomy|ostomy|plasty|graph(?:y|ic|ies)|grams?|scop(?:y|ic)|path(?:y|ic)|algia|cardial|ular|[ts]ions?|ments?|ness|[ai]ble|ical|ically|ously|atives?|genic|plasia|trophy|trophic|megaly|lysis|stenosis|uria|phasia|plegia|iform|aceous|ating|ated|ized|ised|izing|ingly|edly|ology|ologic|ologist|metry|metric|therapy|tomy|ectasis|oid|ity|ities|ious|eous)$/;
const STEMS = [/s$/, /es$/, /ed$/, /d$/, /ing$/, /ly$/, /al$/, /ally$/, /er$/, /ic$/, /y$/];

/** True for a word of the tables, an inflection of one, or one with a medical ending. */
export function isVocabulary(folded: string): boolean {
  const flags = wordFlags(folded);
  if ((flags & (VOCABULARY | Word.ordinary)) !== 0) return true;
  if ((flags & NAME) !== 0) return false;
  if (folded.length >= 6 && WORD_ENDING.test(folded)) return true;
  if (folded.length < 5) return false;
  return STEMS.some((stem) => {
    const base = folded.replace(stem, "");
    if (base.length < 3 || base === folded) return false;
    const baseFlags = wordFlags(base) | wordFlags(`${base}e`);
    return (baseFlags & (Word.clinical | Word.english)) !== 0 && (baseFlags & NAME) === 0;
  });
}

/** Text of every table, in a fixed order: what {@link TEXT_TABLES_DIGEST} is taken over. */
export const TABLES_TEXT = [
  CLINICAL_WORDS,
  ENGLISH_WORDS,
  FUNCTION_WORDS,
  GIVEN_NAMES,
  SURNAMES,
  ORDINARY_MEANING,
  EPONYM_HEADS,
  COLLOCATIONS,
].join("\u0000");
