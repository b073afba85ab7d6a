import type { IdentifierMatcher } from "../../text/index.js";
import { clip, groupBoxes, hullOf, intersection, pad, rightOf } from "../rules/boxes.js";
import type { Box, GreyPlane, TextBox } from "../types.js";
import { mayBeKnown } from "./confusions.js";
import { resemblesMark } from "./marks.js";
import type { Reader, ReadWord } from "./reader.js";
import { findStrokes, type Stroke, shareWithin } from "./strokes.js";

export interface VerifyContext {
  readonly reader: Reader;
  /** What is known of the patient and everybody around; without it only residual text is found. */
  readonly known?: IdentifierMatcher;
  /** Marks that stay. They are not residual, but an identifier in one counts, and a word that is surely no mark. */
  readonly kept?: readonly Box[];
  /** Strokes of this score are read; default: all but noise. See `findStrokes`. */
  readonly leastScore?: number;
  /** See `findStrokes`. */
  readonly visibility?: number;
  /** Words of four letters and more that are read less surely, 0 to 1, count only where text is not ruled out; default: none. */
  readonly leastConfidence?: number;
  /** True where another detector is sure that a box holds no text. Asked only of strokes that are hardly legible. */
  readonly isRuledOut?: (box: Box) => boolean;
  /** True where it is enough to read a line in one way, since another detector is sure that it holds no text. */
  readonly isReadOnce?: (box: Box) => boolean;
}

export interface Residue {
  /** Where text is left; the score is that of the strokes. */
  readonly residual: readonly TextBox[];
  /** Places where a known identifier may be read. */
  readonly identifiers: number;
}

/** Strokes below this are noise; above, a reader decides. */
const ASKED = 0.12;
/**
 * Lines of so even glyphs are text in whatever script, since the reader knows Latin letters only; but speckle is as
 * even now and then.
 */
const CERTAIN = 0.985;
const CERTAIN_PARTS = 5;
/** Confidence from which a word is text: noise is read, too, but hardly ever three letters so surely. */
const CONFIDENT = 0.6;
/** Below this a word is noise, whatever it says. */
const LEGIBLE = 0.25;
/** Words so long are residual; shorter ones only when they are known. */
const LEAST_LETTERS = 3;
/** Words that short are doubtful unless they are read so surely: edges and grains make most of them. */
const SHORT = 3;
const SURE_OF_SHORT = 0.9;
/** So surely a word must be read to be no mark where a mark was read before. */
const SURE_OF_OTHER = 0.8;
/** Reads for one plane at most. Whatever would need more counts as text by its strokes alone. */
const MOST_READS = 96;

/**
 * Looks at a plane after blanking, with other eyes than those that blanked it: strokes find candidates, a reader
 * reads them. Empty where neither finds any text; a plane without a candidate is not read at all. What was read
 * does not leave this function.
 */
export function verify(plane: GreyPlane, context: VerifyContext): Residue {
  const { leastScore = ASKED, visibility = 1, leastConfidence = CONFIDENT } = context;
  const candidates = candidateLines(findStrokes(plane, { leastScore, visibility }));
  const residual: TextBox[] = [];
  let identifiers = 0;
  let reads = 0;
  for (const line of candidates) {
    const isKept = (context.kept ?? []).some((mark) => shareWithin(line, mark) > 0.6);
    const isEven = line.score >= CERTAIN && line.parts >= CERTAIN_PARTS;
    let isDoubtful = false;
    let isText = reads >= MOST_READS && line.score >= 0.5;
    if (reads < MOST_READS) {
      const words = readLine(plane, line, context, () => reads++);
      isText = words.some(
        (word) => isConfidentWord(word) && word.confidence >= leastFor(word, leastConfidence),
      );
      isDoubtful = !isText && words.some(isConfidentWord);
      if (context.known !== undefined && isKnown(words, context.known)) {
        identifiers++;
        isText = true;
        if (isKept) residual.push(boxOf(line));
      } else if (isKept && words.some(isNoMark)) residual.push(boxOf(line));
    }
    if (isKept) continue;
    if (isText || ((isEven || isDoubtful) && !context.isRuledOut?.(line))) residual.push(boxOf(line));
  }
  return { residual, identifiers };
}

function boxOf({ left, top, width, height, score }: TextBox): TextBox {
  return { left, top, width, height, score };
}

function isConfidentWord({ text, confidence }: ReadWord): boolean {
  return confidence >= CONFIDENT && lettersOf(text).length >= LEAST_LETTERS;
}

/** How surely a word must be read to count whatever another detector says. */
function leastFor({ text }: ReadWord, least: number): number {
  const letters = lettersOf(text);
  // Gratings and grains are read as "000" and "iiii", as surely as may be.
  if (new Set(letters).size === 1) return Number.POSITIVE_INFINITY;
  return letters.length <= SHORT ? Math.max(SURE_OF_SHORT, least) : least;
}

/** A word in what was taken for a mark: whoever took it looked at something else in the same box. */
function isNoMark(word: ReadWord): boolean {
  return isConfidentWord(word) && word.confidence >= SURE_OF_OTHER && !resemblesMark(word.text);
}

function lettersOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}]/gu) ?? [];
}

function isKnown(words: readonly ReadWord[], known: IdentifierMatcher): boolean {
  const legible = words.filter(({ confidence }) => confidence >= LEGIBLE);
  return legible.length > 0 && mayBeKnown(legible.map(({ text }) => text).join(" "), known);
}

/** The most certain reading of a line: by the level of its letters, else as it is; a column by both its turns. */
function readLine(
  plane: GreyPlane,
  line: Stroke,
  { reader, isReadOnce }: VerifyContext,
  count: () => void,
): ReadWord[] {
  const box = clip(pad(line, Math.max(2, Math.round(line.letterHeight / 4))), plane);
  if (box === undefined) return [];
  const { letterHeight, level, contrast } = line;
  let best: ReadWord[] = [];
  const byLevel = { level, contrast };
  for (const how of isReadOnce?.(line) ? [byLevel] : [byLevel, {}]) {
    for (const turns of line.isVertical ? [1, 3] : [0]) {
      count();
      const words = reader.read(plane, { box, purpose: "line", turns, letterHeight, ...how });
      if (weightOf(words) > weightOf(best)) best = words;
    }
    if (best.some(isConfidentWord)) break;
  }
  return best;
}

function weightOf(words: readonly ReadWord[]): number {
  return words.reduce((sum, { text, confidence }) => sum + confidence * lettersOf(text).length, 0);
}

/**
 * Strokes of one line as one candidate, since a name may come in pieces; columns only where no line explains them:
 * letters above each other in a block of text look like one.
 */
function candidateLines(strokes: readonly Stroke[]): Stroke[] {
  const lines = joined(strokes.filter(({ isVertical }) => !isVertical));
  const columns = joined(strokes.filter(({ isVertical }) => isVertical));
  const own = columns.filter((column) => {
    const within = lines.filter((line) => line.score >= 0.5 && intersection(line, column) !== undefined);
    return within.length < 2 && !within.some((line) => shareWithin(column, line) > 0.5);
  });
  const hidden = (line: Stroke): boolean =>
    own.some((column) => column.score > line.score && shareWithin(line, column) > 0.8);
  return [...lines.filter((line) => !hidden(line)), ...own].sort((a, b) => b.score - a.score);
}

function joined(strokes: readonly Stroke[]): Stroke[] {
  return groupBoxes(strokes, (a, b) => continues(a as Stroke, b as Stroke)).map((group) => {
    const best = group.reduce((most, stroke) => (stroke.score > most.score ? stroke : most));
    return { ...best, ...hullOf(group) };
  });
}

function continues(a: Stroke, b: Stroke): boolean {
  const height = Math.min(a.letterHeight, b.letterHeight);
  if (Math.max(a.letterHeight, b.letterHeight) > 1.6 * height) return false;
  if (Math.abs(a.level - b.level) > 0.3 * Math.max(a.contrast, b.contrast)) return false;
  const [one, other] = a.isVertical ? [upright(a), upright(b)] : [a, b];
  const common = Math.min(one.top + one.height, other.top + other.height) - Math.max(one.top, other.top);
  const gap = Math.max(one.left, other.left) - Math.min(rightOf(one), rightOf(other));
  return (
    common >= 0.6 * Math.min(one.height, other.height) &&
    common >= 0.45 * Math.max(one.height, other.height) &&
    gap <= 1.6 * height
  );
}

function upright({ left, top, width, height }: Box): Box {
  return { left: top, top: left, width: height, height: width };
}
