import {
  AND,
  BY,
  type CueStrength,
  DONE_BY,
  isAmbiguousTitle,
  isIdCue,
  personCueBefore,
  TITLES,
} from "./cues.js";
import { isEponym, isNameOnly, isVocabulary, Word } from "./lexicon.js";
import { isEponymPhrase } from "./resolve.js";
import type { Finding, Suspicion } from "./types.js";
import { gapBefore, type Token, type View } from "./view.js";

/**
 * How far the name tables are used: not at all, only after a cue, for pairs of names anywhere, or where no person has
 * any business for every name, and for two words in a row that no table knows.
 */
export type DictionaryUse = "off" | "cued" | "on" | "strict";

/** Findings and lone names that were kept. */
export interface PersonsFound {
  readonly findings: Finding[];
  readonly suspicious: Suspicion[];
}

/** Words of a text after which it is clear that it is one. */
const PROSE_LENGTH = 8;
const PARTICLES = new Set(
  "van von der den de del della di da dos du la le el al bin ibn ben ten ter zu mc mac st o d".split(" "),
);
const CONTINUES = /^(?:[ \t]{1,2}|\.[ \t]?|[-'’`^_]|, ?)$/;
const MAX_PARTS = 5;

/** People nobody told us about: after a cue ("Dr.", "read by"), and with `use` "on" pairs of names. */
export function findPersons(view: View, use: DictionaryUse): PersonsFound {
  const findings: Finding[] = [];
  const suspicious: Suspicion[] = [];
  const mixedCase = view.tokens.some((t) => t.shape === "lower" && t.folded.length > 2);
  const prose = use === "strict" && isProse(view);
  for (let i = 0; i < view.tokens.length; i++) {
    const token = view.tokens[i]!;
    if (token.digits) continue;
    const end =
      cuedName(view, i, use, mixedCase) ??
      (use === "on" || use === "strict" ? namePair(view, i) : undefined) ??
      (use === "strict" ? unexpectedName(view, i, prose) : undefined);
    if (end !== undefined) {
      findings.push({ kind: "person", start: token.start, end: view.tokens[end - 1]!.end });
      i = end - 1;
    } else if (use !== "off" && isLoneName(view, i)) {
      suspicious.push({ start: token.start, end: token.end, why: "name-like" });
    }
  }
  return { findings, suspicious };
}

/** A name of the tables, in small letters where no other words stand, or two capitalised words that none of them knows. */
function unexpectedName(view: View, i: number, isProse: boolean): number | undefined {
  const token = view.tokens[i]!;
  if (isLoneName(view, i)) return i + 1;
  if (!isProse && token.folded.length > 2 && isNameOnly(token.flags)) return i + 1;
  const next = view.tokens[i + 1];
  const isPair = next !== undefined && isUnknownName(token) && isUnknownName(next);
  return isPair && /^(?: |, ?|\^)$/.test(gapBefore(view, i + 1)) && isApart(view, i, i + 1)
    ? i + 2
    : undefined;
}

/** Some word is neither a name nor unknown, as in a sentence. */
function isProse(view: View): boolean {
  return view.tokens.slice(0, PROSE_LENGTH).some(({ folded, digits }) => !digits && isVocabulary(folded));
}

/** No letter or figure is joined to the words from one token to another: "Quibble_3" is a setting. */
function isApart(view: View, from: number, to: number): boolean {
  const [before, after] = [view.tokens[from - 1], view.tokens[to + 1]];
  return before?.end !== view.tokens[from]!.start && after?.start !== view.tokens[to]!.end;
}

function isLoneName(view: View, i: number): boolean {
  const token = view.tokens[i]!;
  return (
    token.shape !== "lower" && token.folded.length > 2 && isNameOnly(token.flags) && !isEponymPhrase(view, i)
  );
}

/** Index behind the name that a cue before token `i` announces, or undefined. */
function cuedName(view: View, i: number, use: DictionaryUse, mixedCase: boolean): number | undefined {
  const cue = personCueBefore(view, i);
  if (cue === "none" || isCueItself(view, i)) return undefined;
  if (!startsName(view, i, cue, use, mixedCase)) return undefined;
  return endOfName(view, i, mixedCase);
}

/** "seen by Dr. Smith": the name starts behind the title. */
function isCueItself(view: View, i: number): boolean {
  const { folded } = view.tokens[i]!;
  return TITLES.has(folded) || (BY.has(folded) && DONE_BY.has(view.tokens[i - 1]?.folded ?? ""));
}

function startsName(
  view: View,
  i: number,
  cue: CueStrength,
  use: DictionaryUse,
  mixedCase: boolean,
): boolean {
  const token = view.tokens[i]!;
  const { flags, shape, folded } = token;
  const before = view.tokens[i - 1]!;
  const gap = gapBefore(view, i);
  if (folded.length === 1)
    return (cue === "strong" || before.folded === "by") && shape === "upper" && startsAfterInitial(view, i);
  const listed = use !== "off" && isNameOnly(flags);
  if (isAmbiguousTitle(before, gap) && !/[:=]/.test(gap))
    return folded.length > 2 && (listed || isBorne(view, i));
  if (listed) return cue === "strong" || shape !== "lower";
  const name = (flags & (Word.given | Word.surname)) !== 0;
  const capital = shape === "title" || shape === "upper";
  if (isEponym(flags)) return cue === "strong" && !isEponymPhrase(view, i, true);
  if (PARTICLES.has(folded) && folded.length > 1) return cue === "strong" && particlesThenName(view, i);
  // "Dr. Long", "Name: Rose": a word that is a name too, written as one where most words are not
  if (isVocabulary(folded)) {
    const titled = TITLES.has(before.folded) || /[:=]/.test(gap);
    if (cue !== "strong" || !titled || (flags & Word.function) !== 0 || isEponymPhrase(view, i)) return false;
    const dotted = gap.startsWith(".");
    if (shape === "title")
      return (
        (name && (mixedCase || (before.shape === "title" && dotted))) ||
        (dotted && mixedCase && (flags & (Word.clinical | Word.english)) === Word.clinical)
      );
    // "READ BY: DR. LONG"
    return name && dotted && shape === "upper" && ((view.tokens[i + 1]?.flags ?? 0) & Word.clinical) === 0;
  }
  if (cue === "strong") return capital || folded.length > 2 || /[:=]/.test(gap);
  // "by ROSSINIX^ANNA", "by KOWALCZUK"
  if (before.folded === "by" && shape === "upper" && folded.length > 4) return true;
  if (isHeadline(view, i)) return false;
  return shape === "title" ? folded.length > 2 : shape === "upper" && isSignedInitials(token, before);
}

// Radiographic projections named after people: "DR Caldwell" is an X-ray of the sinuses.
const PROJECTIONS = new Set(
  "caldwell stenvers schuller towne townes grashey merchant judet hughston lauenstein garth stryker rosenberg holmblad fuchs ferguson danelius miller arcelin mayer owen law taylor".split(
    " ",
  ),
);

/** After "MR" or "DR" in capitals: a surname that is also an eponym, without its noun. */
function isBorne(view: View, i: number): boolean {
  const { flags, folded } = view.tokens[i]!;
  return (
    isEponym(flags) && (flags & Word.surname) !== 0 && !PROJECTIONS.has(folded) && !isEponymPhrase(view, i)
  );
}

/** "Patient Breed Description": where every word is capitalised, a capital says nothing. */
function isHeadline(view: View, i: number): boolean {
  const [before, after] = [view.tokens[i - 1]!, view.tokens[i + 1]];
  if (before.shape !== "title" || after?.shape !== "title" || gapBefore(view, i + 1) !== " ") return false;
  return !isNameOnly(after.flags) && isVocabulary(after.folded);
}

/** "van den Berg", "de la Cruz": up to three particles, then a capitalised word. */
function particlesThenName(view: View, i: number): boolean {
  let k = i;
  while (k < i + 3 && PARTICLES.has(view.tokens[k]?.folded ?? "") && gapBefore(view, k + 1) === " ") k++;
  const name = view.tokens[k];
  return isCapital(name) && !PARTICLES.has(name?.folded ?? "");
}

/** "by KP": two or three capitals in the place of a name. */
function isSignedInitials(token: Token, before: Token): boolean {
  return token.folded.length <= 3 && token.folded.length > 1 && BY.has(before.folded);
}

/** "Dr. J. Smith", "Dr. J Smith". */
function startsAfterInitial(view: View, i: number): boolean {
  const next = view.tokens[i + 1];
  return (
    next !== undefined &&
    isCapital(next) &&
    next.folded.length > 1 &&
    /^(\. ?| )$/.test(gapBefore(view, i + 1)) &&
    !isPlainWord(next)
  );
}

function isCapital(token: Token | undefined): boolean {
  return token !== undefined && (token.shape === "title" || token.shape === "upper");
}

/** A vocabulary word that is no eponym and no listed name. */
function isPlainWord(token: Token): boolean {
  return !isNameOnly(token.flags) && !isEponym(token.flags) && isVocabulary(token.folded);
}

/** Index behind the last part of a name that starts at `i`. */
function endOfName(view: View, i: number, mixedCase: boolean): number {
  let end = i + 1;
  for (let k = i + 1; k < view.tokens.length && k < i + 2 * MAX_PARTS; k++) {
    const gap = gapBefore(view, k);
    const token = view.tokens[k]!;
    if (
      AND.has(token.folded) &&
      gap === " " &&
      isCapital(view.tokens[k + 1]) &&
      continuesName(view, k + 1, view.tokens[i]!, mixedCase)
    )
      continue;
    if (token.digits && gap !== "") break;
    if (token.digits) break;
    if (!CONTINUES.test(gap) && gap !== "" && !(gap === " " && AND.has(view.tokens[k - 1]!.folded))) break;
    if (gap.startsWith(",") && !isGivenOrInitial(token) && !isUnknownName(token)) break;
    // In PN notation the next component is the same person's, whatever it reads
    if (gap === "^" && !token.digits) {
      end = k + 1;
      continue;
    }
    if (PARTICLES.has(token.folded) && particlesThenName(view, k)) continue;
    if (gap === "'" || gap === "’" ? token.folded === "s" : false) break;
    if (!continuesName(view, k, view.tokens[i]!, mixedCase)) break;
    end = k + 1;
  }
  return end;
}

function isGivenOrInitial(token: Token): boolean {
  return (
    isNameOnly(token.flags) ||
    (token.flags & Word.given) !== 0 ||
    (token.to - token.from === 1 && token.shape === "upper")
  );
}

/** A capitalised word that no table knows: behind "Surname," a given name rather than the next thought. */
function isUnknownName(token: Token): boolean {
  return token.flags === 0 && isCapital(token) && token.folded.length > 2 && !isVocabulary(token.folded);
}

/** "MRN", "DOB": the next field has begun. */
function isNextField(folded: string): boolean {
  return isIdCue(folded) || /^(dob|born|geb|geboren|nee|ne|mrn|tel|fax|phone|age|sex)$/.test(folded);
}

/** A number or a Roman numeral behind a word, as grades and types have. */
function isGrade(view: View, k: number): boolean {
  const token = view.tokens[k];
  if (token === undefined || gapBefore(view, k) !== " ") return false;
  if (token.digits) return token.folded.length < 3;
  // "Weber B", but not "Weber, B."
  const numeral = /^(i{2,3}|iv|vi{0,3}|ix|[abcd])$/.test(token.folded);
  return token.shape === "upper" && numeral && view.text[token.end] !== ".";
}

function continuesName(view: View, k: number, first: Token, mixedCase: boolean): boolean {
  const token = view.tokens[k]!;
  const capital = isCapital(token);
  if (isNextField(token.folded)) return false;
  const next = view.tokens[k + 1];
  // "Smith F-18 PET": a letter joined to a number is no initial
  if (token.to - token.from === 1)
    return (
      token.shape === "upper" &&
      !(next?.digits === true && /^-?$/.test(gapBefore(view, k + 1))) &&
      next?.start !== token.end
    );
  // "Dr. Smith Gleason 3+4", "Schatzker IV": a grade
  if (isEponym(token.flags) && isGrade(view, k + 1)) return false;
  if (isNameOnly(token.flags)) return capital || first.shape === "lower";
  // "gonçalves rené": a given name that is an organ elsewhere ("rene" is a kidney in Italian)
  const isGiven =
    (token.flags & Word.given) !== 0 && (token.flags & (Word.ordinary | Word.function | Word.english)) === 0;
  const hasty = first.shape === "lower" && (isNameOnly(first.flags) || first.flags === 0);
  if (hasty && isGiven && view.tokens[k - 1] === first) return true;
  // "dr john abernathykov": in lower case one unknown word behind a name, or behind another after a cue, is its other part
  if (
    !capital &&
    first.shape === "lower" &&
    (isNameOnly(first.flags) || first.flags === 0) &&
    view.tokens[k - 1] === first
  ) {
    return token.flags === 0 && token.folded.length > 3 && !isVocabulary(token.folded);
  }
  if (!capital || TITLES.has(token.folded)) return false;
  // "seen by Smith. Baker cyst unchanged": a period behind a whole word ends the sentence
  if (gapBefore(view, k).startsWith(".") && view.tokens[k - 1]!.folded.length > 1) return false;
  // "B. Mitchell MUGA": nobody changes to capitals behind a surname; "Jean DUPONT" does behind a given name
  const before = view.tokens[k - 1]!;
  if (
    token.shape === "upper" &&
    before.shape === "title" &&
    before.folded.length > 1 &&
    (before.flags & Word.given) === 0
  )
    return false;
  if (isEponym(token.flags)) return !isEponymPhrase(view, k, true);
  if (
    (token.flags & Word.surname) !== 0 &&
    (token.flags & Word.function) === 0 &&
    mixedCase &&
    token.shape === "title"
  )
    return true;
  return (
    !isVocabulary(token.folded) &&
    token.folded.length > 1 &&
    (token.shape === "title" || !mixedCase || (first.shape === "upper" && first.folded.length > 2))
  );
}

const PAIR_GAP = /^(?:[ _^-]|, ?|\. ?)$/;

/** Index behind a given and a family name that stand together, in either order; undefined when they do not. */
function namePair(view: View, i: number): number | undefined {
  const a = view.tokens[i]!;
  const b = view.tokens[i + 1];
  if (
    b === undefined ||
    b.digits ||
    ((a.flags & (Word.given | Word.surname)) === 0 && isVocabulary(a.folded))
  )
    return undefined;
  const c = view.tokens[i + 2];
  if (
    !isNameOnly(a.flags) &&
    !isNameOnly(b.flags) &&
    !(b.to - b.from === 1 && c !== undefined && isNameOnly(c.flags))
  )
    return undefined;
  const gap = gapBefore(view, i + 1);
  const joined = gap === "" && b.shape === "title" && a.shape === "title";
  if (!joined && !PAIR_GAP.test(gap)) return undefined;
  // "Maria J. Lopez": the initial between them
  const initial =
    b.to - b.from === 1 &&
    b.shape === "upper" &&
    c !== undefined &&
    /^(\. ?| )$/.test(gapBefore(view, i + 2));
  const second = initial ? c : b;
  const behind = initial ? i + 3 : i + 2;
  if (!isPair(view, a, second, gap, behind - 1)) return undefined;
  return Math.max(behind, endOfName(view, behind - 1, true));
}

function isPair(view: View, a: Token, b: Token, gap: string, bIndex: number): boolean {
  const aGiven = (a.flags & Word.given) !== 0;
  const aOnly = isNameOnly(a.flags);
  const bOnly = isNameOnly(b.flags);
  const lower = a.shape === "lower" || b.shape === "lower";
  if (isEponymPhrase(view, bIndex)) return false;
  if (lower)
    return (
      a.shape === b.shape &&
      aOnly &&
      bOnly &&
      aGiven !== ((b.flags & Word.given) !== 0 && (b.flags & Word.surname) === 0)
    );
  const list = gap.startsWith(",") || gap === "^";
  const bGiven = (b.flags & Word.given) !== 0;
  const aUnknown = !isVocabulary(a.folded) && a.flags === 0 && a.folded.length > 2;
  const bUnknown = !isVocabulary(b.folded) && b.flags === 0 && b.folded.length > 2;
  if ((aOnly || isSurname(a)) && bOnly && (aOnly || bGiven)) return true;
  if (aOnly && aGiven) return gap !== ", " && (bUnknown || isSurname(b));
  if (bOnly && bGiven && (list ? aUnknown || isSurname(a) : false)) return true;
  // "Mark Fernandez", "Rose Nguyen"; in a list "Long, Maria"
  return aGiven && bOnly && (b.flags & Word.surname) !== 0 && (a.flags & Word.function) === 0 && gap !== ", ";
}

function isSurname(token: Token): boolean {
  return (token.flags & Word.surname) !== 0 && (token.flags & Word.function) === 0;
}
