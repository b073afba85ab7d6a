import { analyse } from "./clean.js";
import { TITLES } from "./cues.js";
import { findDates } from "./dates.js";
import type { IdentifierMatcher } from "./known.js";
import { isEponym, isNameOnly, isVocabulary } from "./lexicon.js";
import { findHits } from "./match.js";
import { findNumbers, HOST_ENDINGS } from "./numbers.js";
import { isEponymPhrase } from "./resolve.js";
import type { FindingKind } from "./types.js";
import { gapBefore, type View } from "./view.js";
import { readings } from "./windows.js";

/** In a long binary value three letters occur by chance. */
const LONG = 256;

/**
 * Leak check for values that are not cleaned as text (numbers, bytes decoded as Latin-1): true when a known
 * identifier stands in `text` beyond doubt. Weak and ambiguous parts do not count.
 */
export function containsKnown(text: string, matcher: IdentifierMatcher): boolean {
  const least = text.length > LONG ? 5 : 3;
  for (const { view, from, to } of readings(text)) {
    if (holdsKnown(view, matcher, least, to - from === text.length)) return true;
  }
  return false;
}

/** `least`: letters of the shortest part that proves anything inside the text; `isWhole`: the view is all of it. */
function holdsKnown(view: View, matcher: IdentifierMatcher, least: number, isWhole: boolean): boolean {
  return findHits(view, matcher).some(
    ({ pattern, from, to }) =>
      (pattern.strength === "strong" &&
        to - from >= least &&
        !(pattern.kind === "date" && pattern.key.length < 8)) ||
      // A code of two letters ("GR", "SE") is nobody's initials
      (isWhole &&
        from === 0 &&
        to === view.length &&
        pattern.strength !== "weak" &&
        !(pattern.strength === "exact" && pattern.kind === "name")),
  );
}

/**
 * True for one value of a code string (CS) or an application entity (AE) that names somebody: known identifiers,
 * surnames that are eponyms included, and whatever `cleanText` would cut from free text. Values that the standard
 * defines are not for this door: "HEAD" is a term even where it is also a patient.
 */
export function isTellingCode(value: string, matcher: IdentifierMatcher, removeDates: boolean): boolean {
  if (containsKnown(value, matcher)) return true;
  // "BAKER_OPT", "DR_SMITHERS": a code has no other space
  const spaced = value.replace(/[_^]+/g, " ");
  const texts = spaced === value ? [value] : [value, spaced];
  return texts.some((text) => {
    for (const { view } of readings(text)) if (isTellingView(view, matcher, removeDates)) return true;
    return false;
  });
}

function isTellingView(view: View, matcher: IdentifierMatcher, removeDates: boolean): boolean {
  // Two or three letters ("GR", "MIP") are a code and nobody's initials
  const hits = findHits(view, matcher).filter(
    ({ pattern }) => pattern.strength !== "exact" || pattern.kind !== "name",
  );
  const { findings } = analyse(view, matcher, { removeDates }, hits);
  return findings.some(({ kind }) => kind !== "location") || hasTitledStranger(view);
}

/**
 * Leak check for bytes decoded as Latin-1: true when a run of six or more printable characters, of one byte or of
 * two, holds a known identifier, an e-mail address, a phone number, an SSN, a date of birth or a titled name.
 */
export function tellingRuns(text: string, matcher: IdentifierMatcher): boolean {
  for (const run of printableRuns(text)) {
    for (const { view } of readings(run)) if (isTelling(view, matcher)) return true;
  }
  return false;
}

/** With a domain and its ending: "P@b7" stands in noise, "mosaic@reco" in the settings of machines. */
const EMAIL = new RegExp(
  `(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{3,64}@(?:[A-Za-z-]{3,63}\\.){1,5}(?:${HOST_ENDINGS})(?![A-Za-z0-9-])`,
  "gi",
);
/** Noise changes case within words: "xQy@hWR.uS". */
const NOISE = /[a-z][A-Z]|[A-Z]{2}[a-z]/;

const RUN = /[\x20-\x7e]{6,}/g;
/** UTF-16, either byte order: the high byte of a Latin letter is NUL. */
const WIDE_RUN = /(?:[\x20-\x7e]\0){3,}[\x20-\x7e]?/g;

function* printableRuns(text: string): Generator<string> {
  for (const [run] of text.matchAll(RUN)) yield run;
  for (const [run] of text.matchAll(WIDE_RUN)) yield run.replaceAll("\0", "");
}

function isTelling(view: View, matcher: IdentifierMatcher): boolean {
  if (view.length < 3) return false;
  const { text } = view;
  const isWriting = isWritten(text);
  if (holdsKnown(view, matcher, LONG_ENOUGH, false)) return true;
  if (isWriting && holdsKnownWord(view, matcher)) return true;
  // "2 May 1960": what has only figures is found as it stands
  if (isWriting && findDates(view, matcher.dates, false).length > 0) return true;
  if (text.includes("@") && text.match(EMAIL)?.some((address) => !NOISE.test(address))) return true;
  if (!isWriting) return false;
  const isNumbered = findNumbers(view).findings.some(({ kind, start, end }) =>
    isTellingNumber(kind, text.slice(start, end), text[start - 1]),
  );
  return isNumbered || hasTitledStranger(view) || hasBirthDate(view);
}

/** Letters and digits that do not stand together by chance, whatever is around them. */
const LONG_ENOUGH = 5;
const WORD_EDGE = /^[ ,.^_:;=()/-]?$/;

/** A short name ("Doe") as a word of its own, among other letters. */
function holdsKnownWord(view: View, matcher: IdentifierMatcher): boolean {
  const { text, at, to } = view;
  return findHits(view, matcher).some(
    ({ pattern, ...hit }) =>
      pattern.strength === "strong" &&
      pattern.kind !== "date" &&
      hit.to - hit.from >= 3 &&
      WORD_EDGE.test(text.charAt(at[hit.from]! - 1)) &&
      WORD_EDGE.test(text.charAt(to[hit.to - 1]!)),
  );
}

/** Not every number that free text would lose: profiles and settings are full of versions and serial numbers. */
function isTellingNumber(kind: FindingKind, value: string, before: string | undefined): boolean {
  if (kind === "ssn") return true;
  const digits = value.replace(/[^0-9]/g, "").length;
  if (kind === "phone") return digits >= 7;
  // "MRN: 12345", not the letters M, R and N before a number
  return kind === "mrn" && digits >= 4 && before !== undefined && /[ :#=]/.test(before);
}

/** Share of letters, digits and spaces in a run that somebody wrote. */
const WRITTEN = 0.75;

/** Among pixels printable bytes stand together by chance, but seldom letters and spaces alone. */
function isWritten(run: string): boolean {
  let count = 0;
  for (let i = 0; i < run.length; i++) if (IS_WRITTEN[run.charCodeAt(i)] === 1) count++;
  return count >= WRITTEN * run.length;
}

const IS_WRITTEN = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9 ]/.test(String.fromCharCode(code)) ? 1 : 0,
);

const BIRTH = /^(?:dob|birthdate|birthday|born|geb|geboren|geburtsdatum)$/;

function hasBirthDate(view: View): boolean {
  if (!view.tokens.some(({ folded }) => BIRTH.test(folded))) return false;
  return findDates(view, [], true).length > 0;
}

/** "DR SMITHERS", "Mrs. Okonjo": a title and a word that is in no table, or in that of names. */
function hasTitledStranger(view: View): boolean {
  return view.tokens.some((token, i) => {
    const before = view.tokens[i - 1];
    if (before === undefined || !TITLES.has(before.folded) || token.digits || token.folded.length < 4)
      return false;
    if (view.tokens[i - 2]?.end === before.start || token.end === view.tokens[i + 1]?.start) return false;
    if (token.shape === "lower" || before.shape === "lower" || !/^(?:\. ?| )$/.test(gapBefore(view, i)))
      return false;
    if (isNameOnly(token.flags)) return true;
    if (isEponym(token.flags)) return !isEponymPhrase(view, i) && before.shape === "title";
    return token.flags === 0 && !isVocabulary(token.folded);
  });
}
