import type { GreyPlane } from "../types.js";
import { BLOCK_BITS, findRuns, type Ranges, type Runs, root, thresholdsOf } from "./runs.js";

/**
 * Connected pixels of one side of the local threshold, by columns of typed arrays: component i lies at
 * left[i] … right[i], top[i] … bottom[i], both inclusive.
 */
export interface Glyphs {
  readonly count: number;
  readonly left: Int32Array;
  readonly top: Int32Array;
  readonly right: Int32Array;
  readonly bottom: Int32Array;
  /** 1: brighter than around, 2: darker. */
  readonly side: Uint8Array;
  /** Mean over its runs of the most extreme grey level. */
  readonly peak: Float32Array;
  /** Grey levels between the peak and what lies around. */
  readonly contrast: Float32Array;
  /** Deviation of the runs' extremes, as a share of the contrast: 0 for a drawn glyph. */
  readonly unevenness: Float32Array;
  /** Share of the contrast that is crossed within two pixels at the ends of its runs: near 1 for a drawn glyph. */
  readonly sharpness: Float32Array;
  /** Width of its strokes in pixels: twice the area by the perimeter. */
  readonly stroke: Float32Array;
  /** Runs per row: how many strokes a row crosses. */
  readonly strands: Float32Array;
}

/** Sides of a component that is looked at, in pixels of the plane: up to a line of letters that touch. */
const SHORTEST = 4;
const LONGEST = 400;
const TALLEST = 48;
const LEAST_AREA = 5;

/**
 * The components that may be glyphs, at strokes of 1 to 6 pixels. A pixel is foreground where it comes within
 * `depth` of the local range of its end (Bernsen 1986): at a half a stroke is cut at half its height whatever
 * lies around; at a quarter it comes off a restless background, and letters that touch come apart. Where the
 * range is less than `leastRange` there is nothing.
 */
export function findGlyphs(plane: GreyPlane, ranges: Ranges, leastRange: number, depth: number): Glyphs {
  const runs = findRuns(plane, thresholdsOf(ranges, leastRange, depth));
  const shapes = shapesOf(runs);
  const chosen = chooseShapes(shapes);
  return glyphsOf(shapes, chosen, measureLevels(plane, ranges, runs, shapes, chosen));
}

/** Components by their outlines; `label` says of each run to which it belongs. */
interface Shapes {
  readonly count: number;
  readonly label: Int32Array;
  readonly left: Int32Array;
  readonly top: Int32Array;
  readonly right: Int32Array;
  readonly bottom: Int32Array;
  readonly side: Uint8Array;
  readonly runs: Int32Array;
  readonly area: Int32Array;
  readonly shared: Int32Array;
}

function shapesOf(runs: Runs): Shapes {
  const label = new Int32Array(runs.count);
  let count = 0;
  // The smallest run of a component is its root, so that it comes first.
  for (let i = 0; i < runs.count; i++) {
    const first = root(runs.parent, i);
    label[i] = first === i ? count++ : label[first]!;
  }
  const shapes: Shapes = {
    count,
    label,
    left: new Int32Array(count),
    top: new Int32Array(count),
    right: new Int32Array(count),
    bottom: new Int32Array(count),
    side: new Uint8Array(count),
    runs: new Int32Array(count),
    area: new Int32Array(count),
    shared: new Int32Array(count),
  };
  const { left, right, top, bottom, area, shared } = shapes;
  for (let i = 0; i < runs.count; i++) {
    const c = label[i]!;
    const start = runs.start[i]!;
    const end = runs.end[i]!;
    if (shapes.runs[c]!++ === 0) {
      left[c] = start;
      right[c] = end;
      top[c] = runs.row[i]!;
      shapes.side[c] = runs.side[i]!;
    }
    if (start < left[c]!) left[c] = start;
    if (end > right[c]!) right[c] = end;
    bottom[c] = runs.row[i]!;
    area[c]! += end - start + 1;
    shared[c]! += runs.shared[i]!;
  }
  return shapes;
}

/** Of each component its place among those that may be glyphs, or -1. */
function chooseShapes(shapes: Shapes): Int32Array {
  const chosen = new Int32Array(shapes.count).fill(-1);
  let count = 0;
  for (let c = 0; c < shapes.count; c++) {
    const width = shapes.right[c]! - shapes.left[c]! + 1;
    const height = shapes.bottom[c]! - shapes.top[c]! + 1;
    const long = Math.max(width, height);
    if (long < SHORTEST || long > LONGEST || Math.min(width, height) > TALLEST) continue;
    if (shapes.area[c]! >= LEAST_AREA) chosen[c] = count++;
  }
  return chosen;
}

/** Sums over the runs of each chosen component. */
interface Levels {
  readonly extreme: Float64Array;
  readonly extremeSquared: Float64Array;
  /** Darkest plus brightest around. */
  readonly middle: Float64Array;
  /** Grey levels crossed at the two ends. */
  readonly step: Float64Array;
}

function measureLevels(
  plane: GreyPlane,
  ranges: Ranges,
  runs: Runs,
  shapes: Shapes,
  chosen: Int32Array,
): Levels {
  let count = 0;
  for (let c = 0; c < chosen.length; c++) if (chosen[c]! >= 0) count++;
  const extremes = new Float64Array(count);
  const extremeSquared = new Float64Array(count);
  const middles = new Float64Array(count);
  const steps = new Float64Array(count);
  for (let i = 0; i < runs.count; i++) {
    const at = chosen[shapes.label[i]!]!;
    if (at < 0) continue;
    const start = runs.start[i]!;
    const end = runs.end[i]!;
    const row = runs.row[i]!;
    const sign = runs.side[i] === 1 ? 1 : -1;
    const extreme = sign * extremeOf(plane, row, start, end, sign);
    const block = (row >> BLOCK_BITS) * ranges.columns + (((start + end) >> 1) >> BLOCK_BITS);
    extremes[at] = extremes[at]! + extreme;
    extremeSquared[at] = extremeSquared[at]! + extreme * extreme;
    middles[at] = middles[at]! + ranges.low[block]! + ranges.high[block]!;
    steps[at] = steps[at]! + stepAt(plane, row, start, end, sign);
  }
  return { extreme: extremes, extremeSquared, middle: middles, step: steps };
}

/** The largest grey level times `sign` from `start` to `end`. */
function extremeOf(plane: GreyPlane, row: number, start: number, end: number, sign: number): number {
  const offset = row * plane.columns;
  let extreme = -256;
  for (let x = start; x <= end; x++) {
    const value = plane.pixels[offset + x]! * sign;
    if (value > extreme) extreme = value;
  }
  return extreme;
}

/** Grey levels between the first two pixels of a run and the two before, and likewise at its end. */
function stepAt(
  { columns, pixels }: GreyPlane,
  row: number,
  start: number,
  end: number,
  sign: number,
): number {
  const offset = row * columns;
  const before = offset + Math.max(0, start - 1);
  const beyond = offset + Math.max(0, start - 2);
  const after = offset + Math.min(columns - 1, end + 1);
  const farther = offset + Math.min(columns - 1, end + 2);
  const first = Math.max(pixels[offset + start]! * sign, pixels[offset + Math.min(end, start + 1)]! * sign);
  const last = Math.max(pixels[offset + end]! * sign, pixels[offset + Math.max(start, end - 1)]! * sign);
  const left = first - Math.min(pixels[before]! * sign, pixels[beyond]! * sign);
  const right = last - Math.min(pixels[after]! * sign, pixels[farther]! * sign);
  return Math.max(0, left) + Math.max(0, right);
}

function glyphsOf(shapes: Shapes, chosen: Int32Array, levels: Levels): Glyphs {
  const count = levels.extreme.length;
  const glyphs: Glyphs = {
    count,
    left: new Int32Array(count),
    top: new Int32Array(count),
    right: new Int32Array(count),
    bottom: new Int32Array(count),
    side: new Uint8Array(count),
    peak: new Float32Array(count),
    contrast: new Float32Array(count),
    unevenness: new Float32Array(count),
    sharpness: new Float32Array(count),
    stroke: new Float32Array(count),
    strands: new Float32Array(count),
  };
  for (let c = 0; c < shapes.count; c++) {
    const at = chosen[c]!;
    if (at < 0) continue;
    const runs = shapes.runs[c]!;
    const area = shapes.area[c]!;
    const peak = levels.extreme[at]! / runs;
    const contrast = Math.max(1, Math.abs(2 * peak - levels.middle[at]! / runs));
    glyphs.left[at] = shapes.left[c]!;
    glyphs.top[at] = shapes.top[c]!;
    glyphs.right[at] = shapes.right[c]!;
    glyphs.bottom[at] = shapes.bottom[c]!;
    glyphs.side[at] = shapes.side[c]!;
    glyphs.peak[at] = peak;
    glyphs.contrast[at] = contrast;
    glyphs.unevenness[at] =
      Math.sqrt(Math.max(0, levels.extremeSquared[at]! / runs - peak * peak)) / contrast;
    glyphs.sharpness[at] = levels.step[at]! / (2 * runs * contrast);
    glyphs.stroke[at] = (2 * area) / (2 * runs + 2 * (area - shapes.shared[c]!));
    glyphs.strands[at] = runs / (shapes.bottom[c]! - shapes.top[c]! + 1);
  }
  return glyphs;
}
