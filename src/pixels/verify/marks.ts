import { boxBetween, clip, hullOf, overlapOf, pad } from "../rules/boxes.js";
import type { Box, GreyPlane } from "../types.js";
import { findGlyphs, type Glyphs } from "./glyphs.js";
import type { Reader } from "./reader.js";
import { localRanges } from "./runs.js";
import { cropped, groundOf, scaled } from "./scale.js";
import { shareWithin } from "./strokes.js";

/**
 * Marks of side, projection and position that a technologist puts on an image, English and other European, without
 * accents: to blank one is a safety hazard. No digits, no initials, no names.
 */
const MARKS: ReadonlySet<string> = new Set(
  (
    "L R A P H F S I LT RT LFT RGT LEFT RIGHT AP PA LAT LATERAL LAO RAO LPO RPO LL RL LLAT RLAT OBL OBLIQUE AXIAL TANG " +
    "SUPINE PRONE UPRIGHT ERECT SEMIERECT SEMIUPRIGHT STANDING SITTING SEATED DECUB DECUBITUS LDECUB RDECUB " +
    "PORTABLE MOBILE WEIGHTBEARING NONWEIGHTBEARING INSP EXP INSPIRATION EXPIRATION FLEXION EXTENSION NEUTRAL " +
    "HEAD FEET ANT POST ANTERIOR POSTERIOR SUP INF CRANIAL CAUDAL MED MEDIAL INTERNAL EXTERNAL " +
    "LCC RCC LMLO RMLO CC MLO " +
    "LINKS RECHTS STEHEND SITZEND LIEGEND EINATMUNG AUSATMUNG SEITLICH BAUCHLAGE RUECKENLAGE " +
    "GAUCHE DROITE DROIT DEBOUT ASSIS COUCHE PROFIL FACE INSPI EXPI " +
    "IZQUIERDA DERECHA IZQ IZDA DCHA DECUBITO BIPEDESTACION SUPINO PRONO " +
    "SINISTRA DESTRA SINISTRO DESTRO DX SX ORTOSTATISMO CLINOSTATISMO " +
    "ESQUERDA DIREITA ESQ RECHT STAAND LIGGEND ZITTEND " +
    "VENSTRE HOYRE HOJRE VANSTER HOGER STAENDE LIGGANDE LEWA PRAWA LEWY PRAWY"
  ).split(" "),
);

/** Confidence of a word that stays. */
const CONFIDENT = 0.85;
/** Text heights around a mark in which there is no other text, along its line and above or below it. */
const CLEAR_ALONG = 2;
const CLEAR_ACROSS = 1.25;
/** Letters of the longest mark, with room: a longer box is a line of text. */
const MOST_LETTERS = 18;

/** Marks that may stand together, as an L above PORTABLE. */
const MOST_TOGETHER = 3;

/**
 * True where a found region is a mark of side or position with no other text around it but further marks, or one
 * glyph that stands alone. `others` are all text regions of the frame; the region itself may be among them. What is
 * not read surely is no mark; a lone one in four turns and mirrored, as lead markers often lie.
 */
export function isMark(plane: GreyPlane, box: Box, others: readonly Box[], reader: Reader): boolean {
  const region = clip(box, plane);
  if (region === undefined) return false;
  const around = neighboursOf(region, others);
  if (around.length === 0) return isLoneMark(plane, region, reader);
  const group = [region, ...around.flatMap((one) => clip(one, plane) ?? [])];
  if (group.length > MOST_TOGETHER) return false;
  const isWhole = group.every((one) =>
    neighboursOf(one, others).every((other) => group.some((mark) => overlapOf(other, mark) > 0.5)),
  );
  return isWhole && group.every((one) => isUprightMark(plane, one, reader));
}

/** Read as a mark as it stands: one of several is not guessed at in other turns. */
function isUprightMark(plane: GreyPlane, region: Box, reader: Reader): boolean {
  const [{ depth, byLevel }] = WAYS;
  const ink = inkWithin(plane, region, depth);
  if (ink.count === 0 || ink.count > MOST_LETTERS) return false;
  const reading = readOneWay(plane, region, ink, byLevel, reader, 0, false);
  return isSureMark(reading, ink, [reading]);
}

function isLoneMark(plane: GreyPlane, region: Box, reader: Reader): boolean {
  for (const { depth, byLevel } of WAYS) {
    const ink = inkWithin(plane, region, depth);
    if (ink.count === 0 || ink.count > MOST_LETTERS) continue;
    const readings = readAllWays(plane, region, ink, byLevel, reader);
    const isOne = ink.isSingle
      ? ink.fillsRegion && !readings.some(isWord)
      : readings.some((reading) => isSureMark(reading, ink, readings));
    if (isOne) return true;
    if (readings.some(isOtherWord)) return false;
  }
  return false;
}

/** Over an even ground the middle cuts letters best; over a restless one their own level tells them apart. */
const WAYS = [
  { depth: 0.5, byLevel: true },
  { depth: 0.25, byLevel: true },
  { depth: 0.5, byLevel: false },
] as const;

/** Two letters or more, read surely. */
function isWord({ letters, confidence }: Reading): boolean {
  return confidence >= CONFIDENT && letters.length > 1;
}

/** A mark, or up to three as "L LAT" or "AP UPRIGHT"; of single letters one at most: two may be initials. */
function saysMark({ letters, words }: Reading): boolean {
  if (MARKS.has(letters)) return true;
  const isFew = words.length <= MOST_TOGETHER && words.filter((word) => word.length === 1).length <= 1;
  return isFew && words.length > 0 && words.every((word) => MARKS.has(word));
}

/** So many letters, read surely, were never a mark of which the reader saw some letters wrong. */
const LEAST_OTHER = 4;

/** A word read surely that no mark resembles: another look would not make a mark of it. */
function isOtherWord(reading: Reading): boolean {
  const { letters, words } = reading;
  if (!isWord(reading) || letters.length < LEAST_OTHER) return false;
  return ![letters, ...words].some(resembles);
}

/** Whether what was read may be a mark, of which the reader may have seen some letters wrong. */
export function resemblesMark(text: string): boolean {
  return resembles(lettersOf(text));
}

function resembles(word: string): boolean {
  return [...MARKS].some((mark) => sharedLetters(mark, word) > Math.max(mark.length, word.length) / 2);
}

/** Letters that both have at the same distance from their start or from their end. */
function sharedLetters(a: string, b: string): number {
  let [fromStart, fromEnd] = [0, 0];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] === b[i]) fromStart++;
    if (a[a.length - 1 - i] === b[b.length - 1 - i]) fromEnd++;
  }
  return Math.max(fromStart, fromEnd);
}

/** Exactly a mark: no more glyphs, no longer than its letters, and no other word read more surely. */
function isSureMark(reading: Reading, ink: Ink, all: readonly Reading[]): boolean {
  const { letters, words, confidence } = reading;
  if (!saysMark(reading) || confidence < CONFIDENT) return false;
  const room = letters.length + words.length - 1;
  if (ink.count > letters.length || ink.length > 1.25 * room + 0.35) return false;
  return !all.some((other) => other.letters.length > letters.length && other.confidence > confidence);
}

/** Other text so near that a region is part of it. */
function neighboursOf(region: Box, others: readonly Box[]): readonly Box[] {
  const height = Math.min(region.width, region.height);
  const isTall = region.height > region.width;
  const along = CLEAR_ALONG * height;
  const across = CLEAR_ACROSS * height;
  const around = isTall ? pad(region, across, along) : pad(region, along, across);
  return others.filter(
    (other) =>
      overlapOf(other, region) <= 0.5 && shareWithin(other, region) <= 0.9 && shareWithin(other, around) > 0,
  );
}

/** What stands out from the ground of a region. */
interface Ink {
  /** Glyphs at least half as high as the highest. */
  readonly count: number;
  /** Pixels of the plane of the longer side of most. */
  readonly height: number;
  /** Longer side of all ink by the shorter one. */
  readonly length: number;
  /** True where the longer side is the upright one. */
  readonly isTall: boolean;
  /** True for one glyph that cannot be a word whose letters touch: not long, or long and solid like I. */
  readonly isSingle: boolean;
  /** True where there is no room in the region for as much again, beside it or above and below. */
  readonly fillsRegion: boolean;
  readonly level: number;
  readonly contrast: number;
}

/** A region's sides may be so much longer than the ink's: tiles are 4 pixels, and boxes are padded. */
const ROUNDING = 12;
const FILLED = 0.5;

function inkWithin(plane: GreyPlane, region: Box, depth: number): Ink {
  const crop = cropped(plane, pad(region, 2));
  const scale = Math.min(1, 32 / Math.min(crop.rows, crop.columns));
  const small = scaled(crop, scale);
  const glyphs = findGlyphs(small, localRanges(small), 24, depth);
  const side = groundOf(small).isDark ? 1 : 2;
  const chosen = [...glyphs.side.keys()].filter((i) => glyphs.side[i] === side && !fills(glyphs, i, small));
  const most = chosen.reduce((length, i) => Math.max(length, longSide(glyphs, i)), 0);
  const high = chosen.filter((i) => longSide(glyphs, i) >= most / 2);
  const hull = hullOf(high.map((i) => boxOfGlyph(glyphs, i))) ?? region;
  const middle = high.sort((a, b) => longSide(glyphs, a) - longSide(glyphs, b))[high.length >> 1] ?? 0;
  return {
    count: high.length,
    height: longSide(glyphs, middle) / scale,
    length: Math.max(hull.width, hull.height) / Math.min(hull.width, hull.height),
    isTall: hull.height > hull.width,
    isSingle:
      chosen.filter((i) => longSide(glyphs, i) >= most / 4).length === 1 && isOneLetter(glyphs, middle),
    fillsRegion:
      hull.width >= scale * FILLED * (region.width - ROUNDING) &&
      hull.height >= scale * FILLED * (region.height - ROUNDING),
    level: glyphs.peak[middle] ?? 0,
    contrast: glyphs.contrast[middle] ?? 1,
  };
}

function boxOfGlyph({ left, right, top, bottom }: Glyphs, i: number): Box {
  return boxBetween(left[i]!, top[i]!, right[i]! + 1, bottom[i]! + 1);
}

/** A frame around the mark, or what is left of the ground. */
function fills(glyphs: Glyphs, i: number, plane: GreyPlane): boolean {
  const width = glyphs.right[i]! - glyphs.left[i]! + 1;
  return width >= plane.columns - 2 && glyphs.bottom[i]! - glyphs.top[i]! + 1 >= plane.rows - 2;
}

function longSide(glyphs: Glyphs, i: number): number {
  return Math.max(glyphs.right[i]! - glyphs.left[i]!, glyphs.bottom[i]! - glyphs.top[i]!) + 1;
}

function isOneLetter(glyphs: Glyphs, i: number): boolean {
  const long = longSide(glyphs, i);
  const short = Math.min(glyphs.right[i]! - glyphs.left[i]!, glyphs.bottom[i]! - glyphs.top[i]!) + 1;
  return long >= 7 && (long <= 1.6 * short || glyphs.stroke[i]! >= 0.6 * short);
}

interface Reading {
  /** All of it, and word by word; see {@link lettersOf}. */
  readonly letters: string;
  readonly words: readonly string[];
  readonly confidence: number;
}

/** From here on ink is a line of letters, which a reader is shown along and never across. */
const ELONGATED = 2;

function turnsOf({ length, isTall, isSingle }: Ink): readonly number[] {
  if (isSingle || length < ELONGATED) return [0, 1, 3, 2];
  return isTall ? [1, 3] : [0, 2];
}

/** The readings in all turns, and, where none of them is a sure mark, those mirrored; none after a word that is no mark. */
function readAllWays(
  plane: GreyPlane,
  region: Box,
  ink: Ink,
  byLevel: boolean,
  reader: Reader,
): readonly Reading[] {
  const readings: Reading[] = [];
  for (const isMirrored of [false, true]) {
    for (const turns of turnsOf(ink)) {
      const reading = readOneWay(plane, region, ink, byLevel, reader, turns, isMirrored);
      readings.push(reading);
      if (isOtherWord(reading)) return readings;
    }
    if (
      readings.some(isWord) ||
      readings.some((reading) => saysMark(reading) && reading.confidence > CONFIDENT)
    )
      break;
  }
  return readings;
}

function readOneWay(
  plane: GreyPlane,
  region: Box,
  { level, contrast, height }: Ink,
  byLevel: boolean,
  reader: Reader,
  turns: number,
  isMirrored: boolean,
): Reading {
  const read = reader.read(plane, {
    ...{ box: pad(region, 2), turns, isMirrored, purpose: "line", letterHeight: height },
    ...(byLevel ? { level, contrast } : {}),
  });
  return {
    letters: lettersOf(read.map(({ text }) => text).join(" ")),
    words: read.map(({ text }) => lettersOf(text)),
    confidence: Math.min(1, ...read.map(({ confidence }) => confidence)),
  };
}

/** Capitals without accents, hyphens and full stops; anything else stays and is in no list. */
function lettersOf(text: string): string {
  return text
    .normalize("NFD")
    .replace(/[\p{M}\s.\-–—_]/gu, "")
    .toUpperCase();
}
