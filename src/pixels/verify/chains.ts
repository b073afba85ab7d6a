import type { Glyphs } from "./glyphs.js";
import { unite } from "./runs.js";

/** Glyphs in a line, in pixels of the plane, `right` and `bottom` inclusive. */
export interface Chain {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** 0 to 1. */
  readonly score: number;
  /** Median height of its glyphs. */
  readonly height: number;
  readonly parts: number;
  /** Grey level of the glyphs, and how far it lies from what is around. */
  readonly level: number;
  readonly contrast: number;
  readonly isVertical: boolean;
}

/** The two sides of the boxes along and across a line: the same code reads lines and columns of text. */
interface Axes {
  readonly near: Int32Array;
  readonly far: Int32Array;
  readonly top: Int32Array;
  readonly bottom: Int32Array;
}

const CELL_BITS = 5;
/** Glyphs of one line have levels that differ by at most this share of their contrast. */
const ALIKE = 0.3;
const LEAST_HEIGHT = 4;
const MOST_HEIGHT = 48;

/** Lines of three glyphs or more, horizontal and vertical, of at least a score. `visibility`: see StrokeOptions. */
export function findChains(glyphs: Glyphs, leastScore: number, visibility = 1): Chain[] {
  const { left, right, top, bottom } = glyphs;
  const inRows: Axes = { near: left, far: right, top, bottom };
  const inColumns: Axes = { near: top, far: bottom, top: left, bottom: right };
  const lines = chainsAlong(glyphs, inRows, leastScore, visibility);
  const columns = chainsAlong(glyphs, inColumns, leastScore, visibility);
  return [
    ...lines.map(({ box, ...line }) => ({
      ...line,
      left: box.near,
      right: box.far,
      top: box.top,
      bottom: box.bottom,
      isVertical: false,
    })),
    ...columns.map(({ box, ...line }) => ({
      ...line,
      left: box.top,
      right: box.bottom,
      top: box.near,
      bottom: box.far,
      isVertical: true,
    })),
  ];
}

interface Line extends Pick<Chain, "score" | "height" | "parts" | "level" | "contrast"> {
  readonly box: AlongBox;
}

interface AlongBox {
  readonly near: number;
  readonly far: number;
  readonly top: number;
  readonly bottom: number;
}

function chainsAlong(glyphs: Glyphs, axes: Axes, leastScore: number, visibility: number): Line[] {
  const members = eligible(glyphs, axes);
  const parent = linked(glyphs, axes, members);
  // Most chains are grains in any case: only of the others it is asked what lies around them.
  const candidates: Features[] = [];
  const inGood = new Uint8Array(glyphs.count);
  for (const group of groups(members, parent)) {
    const features = describe(glyphs, axes, group);
    if (features === undefined) continue;
    const alone = score(features, visibility, 0);
    if (alone >= leastScore) candidates.push(features);
    if (alone >= GOOD) for (const i of group) inGood[i] = 1;
  }
  const lines: Line[] = [];
  for (const features of candidates) {
    const { box, height, parts, level, contrast } = features;
    const certainty = score(features, visibility, crowding(glyphs, axes, features, inGood));
    if (certainty >= leastScore) lines.push({ box, height, parts, level, contrast, score: certainty });
  }
  return lines;
}

/** Letters, and letters that touch: a low contrast of its own or a soft edge makes no glyph. */
function eligible(glyphs: Glyphs, axes: Axes): Int32Array {
  const chosen = new Int32Array(glyphs.count);
  let count = 0;
  for (let i = 0; i < glyphs.count; i++) {
    const height = axes.bottom[i]! - axes.top[i]! + 1;
    const width = axes.far[i]! - axes.near[i]! + 1;
    if (height < LEAST_HEIGHT || height > MOST_HEIGHT || width > 14 * height) continue;
    if (glyphs.sharpness[i]! < 0.4 || glyphs.unevenness[i]! > 0.3) continue;
    if (glyphs.stroke[i]! > 0.45 * height && height > 8) continue;
    chosen[count++] = i;
  }
  return chosen.subarray(0, count);
}

/** Union of neighbours along the line; a grid of cells keeps it from comparing all with all. */
function linked(glyphs: Glyphs, axes: Axes, members: Int32Array): Int32Array {
  const parent = new Int32Array(glyphs.count);
  for (let i = 0; i < parent.length; i++) parent[i] = i;
  const grid = gridOf(axes, members);
  for (const i of members) {
    const height = axes.bottom[i]! - axes.top[i]! + 1;
    const reach = Math.max(6, Math.ceil(1.3 * height));
    const middle = (axes.top[i]! + axes.bottom[i]!) >> 1;
    const lastColumn = Math.min(grid.columns - 1, (axes.far[i]! + reach) >> CELL_BITS);
    const lastRow = Math.min(grid.rows - 1, (middle + height) >> CELL_BITS);
    for (let v = Math.max(0, middle - height) >> CELL_BITS; v <= lastRow; v++) {
      for (let u = axes.near[i]! >> CELL_BITS; u <= lastColumn; u++) {
        for (let j = grid.first[v * grid.columns + u]!; j >= 0; j = grid.next[j]!) {
          if (i !== j && follows(glyphs, axes, i, j)) unite(parent, i, j);
        }
      }
    }
  }
  return parent;
}

/** Glyphs by cells of 32 × 32 pixels, by where they begin along the line and their middle across. */
interface Grid {
  readonly rows: number;
  readonly columns: number;
  /** Of each cell a glyph, of each glyph the next one of its cell; -1 ends the list. */
  readonly first: Int32Array;
  readonly next: Int32Array;
}

function gridOf(axes: Axes, members: Int32Array): Grid {
  let [columns, rows] = [0, 0];
  for (const i of members) {
    columns = Math.max(columns, (axes.near[i]! >> CELL_BITS) + 1);
    rows = Math.max(rows, (axes.bottom[i]! >> CELL_BITS) + 1);
  }
  const first = new Int32Array(rows * columns).fill(-1);
  const next = new Int32Array(axes.near.length);
  for (const i of members) {
    const row = ((axes.top[i]! + axes.bottom[i]!) >> 1) >> CELL_BITS;
    const cell = row * columns + (axes.near[i]! >> CELL_BITS);
    next[i] = first[cell]!;
    first[cell] = i;
  }
  return { rows, columns, first, next };
}

/** True where j may be the glyph after i: beside it, about as tall, of the same level and stroke. */
function follows(glyphs: Glyphs, axes: Axes, i: number, j: number): boolean {
  if (glyphs.side[i] !== glyphs.side[j]) return false;
  const tall = axes.bottom[i]! - axes.top[i]! + 1;
  const other = axes.bottom[j]! - axes.top[j]! + 1;
  const high = Math.max(tall, other);
  const low = Math.min(tall, other);
  if (high > 1.75 * low + 1) return false;
  const gap = axes.near[j]! - axes.far[i]!;
  if (axes.near[j]! < axes.near[i]! || gap < -0.35 * high || gap > Math.max(4, 0.9 * high)) return false;
  const common = Math.min(axes.bottom[i]!, axes.bottom[j]!) - Math.max(axes.top[i]!, axes.top[j]!) + 1;
  if (common < 0.55 * low) return false;
  const contrast = Math.max(glyphs.contrast[i]!, glyphs.contrast[j]!);
  if (Math.abs(glyphs.peak[i]! - glyphs.peak[j]!) > ALIKE * contrast) return false;
  const strokes = glyphs.stroke[i]! / glyphs.stroke[j]!;
  return strokes < 2 && strokes > 0.5;
}

function groups(members: Int32Array, parent: Int32Array): number[][] {
  const byRoot = new Map<number, number[]>();
  for (const i of members) {
    let top = i;
    while (parent[top] !== top) top = parent[top]!;
    const group = byRoot.get(top);
    if (group === undefined) byRoot.set(top, [i]);
    else group.push(i);
  }
  return [...byRoot.values()];
}

/** What a line of text has, and a row of vessels, cells or grains seldom. */
interface Features extends Fit {
  readonly box: AlongBox;
  readonly members: readonly number[];
  /** Of all of its glyphs: see Glyphs. */
  readonly side: number;
  /** Components. */
  readonly parts: number;
  /** Median height in pixels. */
  readonly height: number;
  /** Mean grey level and contrast. */
  readonly level: number;
  readonly contrast: number;
  /** Deviation of the glyphs' peaks, as a share of the contrast. */
  readonly peaks: number;
  /** Mean unevenness within a glyph. */
  readonly unevenness: number;
  readonly sharpness: number;
  /** Share of glyphs of the height of most. */
  readonly sameHeight: number;
  /** Deviation of the gaps by the height. */
  readonly gaps: number;
  /** Mean of the strokes that a row of a glyph crosses, and their deviation: letters differ, grains do not. */
  readonly strands: number;
  readonly variety: number;
  /** True where the peaks are black or white: levels that a window cuts off are even without being drawn. */
  readonly isCut: boolean;
  /** True where all glyphs are one and the same simple shape: the squares of a grid, the ticks of a ruler. */
  readonly isRepeated: boolean;
}

/** How the glyphs stand on a line that may rise or fall. */
interface Fit {
  /** Share of glyphs whose foot or head stands on the common line. */
  readonly aligned: number;
  /** Of that line, across by along. */
  readonly slope: number;
  /** Its highest head and lowest foot, moved along the slope to where the plane begins. */
  readonly above: number;
  readonly below: number;
}

function describe(glyphs: Glyphs, axes: Axes, group: number[]): Features | undefined {
  group.sort((a, b) => axes.near[a]! - axes.near[b]!);
  const heights = group.map((i) => axes.bottom[i]! - axes.top[i]! + 1);
  const height = median(heights);
  // Letters that touch count by their width
  let letters = 0;
  for (const i of group)
    letters += Math.max(1, Math.round((axes.far[i]! - axes.near[i]! + 1) / Math.max(3, 0.75 * height)));
  if (letters < 3 || group.length < 2) return undefined;
  const contrast = mean(group.map((i) => glyphs.contrast[i]!));
  const peaks = group.map((i) => glyphs.peak[i]!);
  const strands = group.map((i) => glyphs.strands[i]!);
  const gaps = group.slice(1).map((i, k) => axes.near[i]! - axes.far[group[k]!]!);
  return {
    box: {
      near: axes.near[group[0]!]!,
      far: group.reduce((most, i) => Math.max(most, axes.far[i]!), 0),
      top: group.reduce((least, i) => Math.min(least, axes.top[i]!), Number.POSITIVE_INFINITY),
      bottom: group.reduce((most, i) => Math.max(most, axes.bottom[i]!), 0),
    },
    members: group,
    side: glyphs.side[group[0]!]!,
    parts: group.length,
    height,
    level: mean(peaks),
    contrast,
    peaks: deviation(peaks) / contrast,
    unevenness: mean(group.map((i) => glyphs.unevenness[i]!)),
    sharpness: mean(group.map((i) => glyphs.sharpness[i]!)),
    ...fitOf(axes, group, height),
    sameHeight:
      heights.filter((h) => Math.abs(h - height) <= Math.max(1, 0.12 * height)).length / group.length,
    gaps: deviation(gaps) / height,
    strands: mean(strands),
    variety: deviation(strands),
    isCut: mean(peaks) >= 253 || mean(peaks) <= 2,
    isRepeated: mean(strands) < 1.6 && repeatedShare(glyphs, axes, group) >= 0.75,
  };
}

/** Share of the glyphs that have the size, stroke and strands of the one in the middle. */
function repeatedShare(glyphs: Glyphs, axes: Axes, group: readonly number[]): number {
  const model = group[group.length >> 1]!;
  const isAlike = (i: number): boolean =>
    Math.abs(axes.far[i]! - axes.near[i]! - axes.far[model]! + axes.near[model]!) <= 1 &&
    Math.abs(axes.bottom[i]! - axes.top[i]! - axes.bottom[model]! + axes.top[model]!) <= 1 &&
    Math.abs(glyphs.stroke[i]! / glyphs.stroke[model]! - 1) < 0.05 &&
    Math.abs(glyphs.strands[i]! - glyphs.strands[model]!) < 0.02;
  return group.filter(isAlike).length / group.length;
}

/** The line is that of Theil and Sen over neighbours, through feet or heads: one descender moves it little. */
function fitOf(axes: Axes, group: readonly number[], height: number): Fit {
  const middles = group.map((i) => (axes.near[i]! + axes.far[i]!) / 2);
  const through = (edge: Int32Array): Pick<Fit, "aligned" | "slope"> => {
    const half = group.length >> 1;
    const slopes: number[] = [];
    for (let k = 0; k + half < group.length && half > 0; k++) {
      const run = middles[k + half]! - middles[k]!;
      if (run > 0) slopes.push((edge[group[k + half]!]! - edge[group[k]!]!) / run);
    }
    const slope = slopes.length === 0 ? 0 : median(slopes);
    const feet = group.map((i, k) => edge[i]! - slope * middles[k]!);
    const level = median(feet);
    const standing = feet.filter((foot) => Math.abs(foot - level) <= Math.max(0.8, 0.1 * height)).length;
    return { aligned: standing / group.length, slope };
  };
  const [feet, heads] = [through(axes.bottom), through(axes.top)];
  const { aligned, slope } = heads.aligned > feet.aligned ? heads : feet;
  let [above, below] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [k, i] of group.entries()) {
    above = Math.min(above, axes.top[i]! - slope * middles[k]!);
    below = Math.max(below, axes.bottom[i]! - slope * middles[k]!);
  }
  return { aligned, slope, above, below };
}

/** Above and below a line, as a share of its height: less than the room that most lines of a text leave. */
const MARGIN = 0.6;
/** Smaller components, as a share of the height, are dots, accents and commas. */
const LEAST_PART = 0.4;
/** As many larger ones a line may have for each of its own: accents, and letters that no chain takes up. */
const STRAY = 0.1;
/** Chains of that score by themselves are lines of text to others, and crowd none: text may be set solid. */
const GOOD = 0.9;

/**
 * Components like those of the line that lie between and right beside them and in no good line, for each of its own: a
 * line of text stands alone or among lines, even on speckle; a row of grains lies in a field of others.
 */
function crowding(glyphs: Glyphs, axes: Axes, line: Features, inGood: Uint8Array): number {
  const { members, height, level, contrast, side } = line;
  let count = 0;
  for (const i of members) if (inGood[i] === 0) count--;
  const margin = MARGIN * height;
  for (let i = 0; i < glyphs.count; i++) {
    if (inGood[i] === 1 || glyphs.side[i] !== side) continue;
    if (Math.abs(glyphs.peak[i]! - level) > ALIKE * contrast) continue;
    if (!isBeside(axes, i, line, margin)) continue;
    const long = Math.max(axes.far[i]! - axes.near[i]!, axes.bottom[i]! - axes.top[i]!) + 1;
    if (long >= LEAST_PART * height) count++;
  }
  return Math.max(0, count / members.length - STRAY);
}

/** True where the middle of a component lies between the ends of a line, and at most `margin` above or below it. */
function isBeside(axes: Axes, i: number, { box, slope, above, below }: Features, margin: number): boolean {
  const along = (axes.near[i]! + axes.far[i]!) / 2;
  if (along < box.near || along > box.far) return false;
  const across = (axes.top[i]! + axes.bottom[i]!) / 2 - slope * along;
  return across >= above - margin && across <= below + margin;
}

/** Rows of grains cross one stroke; of 1,440 drawn words one in fifty does. Such a line needs a reader to count. */
const SIMPLE_STRANDS = 1.2;

/**
 * Logistic regression, rounded: 2,880 drawn words against the lines found in drawn and in public images without
 * text. Its middle lies where one image in fifty without text is flagged.
 */
function score(line: Features, visibility: number, crowding: number): number {
  const logit =
    -27.75 +
    3.2 * Math.log2(Math.min(line.parts, 16)) -
    1.2 * (Math.log2(line.height) - 3) +
    0.045 * Math.min(line.contrast / visibility, 120) -
    6.4 * Math.min(line.peaks, 0.3) -
    17.6 * line.unevenness +
    14.4 * Math.min(line.sharpness, 1.05) +
    3.7 * line.aligned +
    1.8 * line.sameHeight -
    5.2 * Math.min(line.gaps, 0.4) +
    2.8 * Math.min(line.strands, 3) +
    0.8 * Math.min(line.variety, 1.5) -
    (line.isCut ? 1.45 : 0) -
    (line.strands < SIMPLE_STRANDS ? 5 : 0) -
    // Two components, one of them long, are a line only where letters touch
    (line.parts === 2 ? 3 : 0) -
    (line.isRepeated ? 15 : 0) -
    5 * Math.min(crowding, 1);
  return 1 / (1 + Math.exp(-logit));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
