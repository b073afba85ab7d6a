import { ElpisError } from "../base/index.js";
import type { Frame } from "../pixels/index.js";
import { between, type Span } from "./sample-grid.js";
import { type BoxSize, BoxSums, type Slice, sliceOf } from "./sample-slice.js";
import { FrameValues } from "./sample-values.js";
import type { SeriesFrame, Stack } from "./series-types.js";
import type { FramePlane, Vector, Volume } from "./types.js";
import { add, norm, scale } from "./vectors.js";

export interface SampleOptions {
  /** Between voxels, mm; 2 unless told. */
  readonly step?: number;
  /** Only the slices from index `from` of the stack up to, not including, `to`. */
  readonly frames?: { readonly from: number; readonly to: number };
  /** Called with each frame as it is decoded, in the order of the stack; `decoded` is kept by nobody else. */
  readonly onFrame?: (frame: SeriesFrame, decoded: Frame) => void;
}

/** Half a gigabyte of values: a whole body at 2 mm has half as many. */
const MOST_VOXELS = 2 ** 27;
const SMALLEST_STEP = 0.1;

/**
 * The stack on a grid along the axes of patient space: linear between pixels and between slices, after means of boxes
 * of pixels and of neighbouring slices where those are finer than the grid. Each slice is taken to lie where it says, so
 * a tilted gantry or uneven steps need nothing else. No value is made up in a gap: what is farther than half a step from
 * a slice is not known there, nor is padding. Values are rescaled and never inverted: MONOCHROME1 tells how they are
 * shown, and values that stand for no tissue without being called padding (−2000 around a CT's circle) stay.
 *
 * One frame is decoded at a time and kept by nobody. Throws PIXELS_UNDECODABLE where a frame cannot be decoded,
 * COMPUTE_BAD_SHAPE for a step or a choice of frames that makes no grid, and for a grid of more than 2^27 voxels.
 */
export function sampleStack(stack: Stack, options: SampleOptions = {}): Volume {
  const { step = 2, onFrame } = options;
  const { from, to } = { from: 0, to: stack.frames.length, ...options.frames };
  if (!(step >= SMALLEST_STEP && Number.isFinite(step)))
    throw new ElpisError("COMPUTE_BAD_SHAPE", `a grid of ${step} mm: at least ${SMALLEST_STEP}`);
  if (
    !(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= stack.frames.length)
  )
    throw new ElpisError("COMPUTE_BAD_SHAPE", `frames ${from} to ${to} of a stack of ${stack.frames.length}`);
  const chosen = { stack, from, to };
  // One slice alone is as thick as the grid, so that a plane across it has no holes.
  const reach = (stack.step || step) / 2;
  const volume = emptyVolume(chosen, step, reach);
  const values = new FrameValues();
  let last: { readonly slice: Slice; readonly group: Group } | undefined;
  const beyond = (slice: Slice, { low, high }: Span): void =>
    between(volume, stack.normal, slice, slice, { low, high });
  for (const group of groupsOf(chosen, step)) {
    const slice = sliceFrom(stack, group, step, values, onFrame);
    const start = stack.heights[group.from]! - reach;
    if (last && !group.isAfterGap)
      between(volume, stack.normal, last.slice, slice, { low: last.slice.at, high: slice.at });
    else {
      if (last) beyond(last.slice, { low: last.slice.at, high: stack.heights[last.group.to - 1]! + reach });
      beyond(slice, { low: start, high: slice.at });
    }
    last = { slice, group };
  }
  if (last) beyond(last.slice, { low: last.slice.at, high: stack.heights[to - 1]! + reach });
  return volume;
}

interface Chosen {
  readonly stack: Stack;
  readonly from: number;
  readonly to: number;
}

/** Neighbouring slices that are averaged: `to` is not included. */
interface Group {
  readonly from: number;
  readonly to: number;
  readonly isAfterGap: boolean;
}

/** Slices that fit together into one step of the grid, never across a gap. */
function groupsOf({ stack, from, to }: Chosen, step: number): readonly Group[] {
  const { heights } = stack;
  const gaps = new Set(stack.gaps.map(({ after }) => after + 1));
  const most = step * (1 + 1e-6) - stack.step;
  const groups: Group[] = [];
  for (let start = from; start < to; ) {
    let end = start + 1;
    while (end < to && !gaps.has(end) && heights[end]! - heights[start]! <= most) end++;
    groups.push({ from: start, to: end, isAfterGap: gaps.has(start) });
    start = end;
  }
  return groups;
}

function sliceFrom(
  stack: Stack,
  { from, to }: Group,
  step: number,
  values: FrameValues,
  onFrame: SampleOptions["onFrame"],
): Slice {
  const frames = stack.frames.slice(from, to);
  const { plane } = frames[0]!;
  const perStep = (pixel: Vector): number => Math.max(1, Math.floor(step / norm(pixel) + 1e-6));
  const box: BoxSize = { across: perStep(plane.columnStep), down: perStep(plane.rowStep) };
  const sums = new BoxSums(plane, box);
  for (const frame of frames) {
    const decoded = frame.pixels.frame(frame.frame);
    if (decoded.format.rows !== plane.rows || decoded.format.columns !== plane.columns)
      throw new ElpisError("PIXELS_UNDECODABLE", "a frame of another size than the header says");
    onFrame?.(frame, decoded);
    sums.add(values.of(frame, decoded));
  }
  // The mean of planes, and of their heights: a linear course of values stays what it is.
  const mean = (of: (plane: FramePlane) => Vector): Vector =>
    scale(frames.map(({ plane }) => of(plane)).reduce(add), 1 / frames.length);
  const at = stack.heights.slice(from, to).reduce((sum, height) => sum + height, 0) / frames.length;
  const meanPlane = { ...plane, origin: mean(({ origin }) => origin) };
  return sliceOf(meanPlane, box, stack.normal, at, sums.means(frames.length));
}

/** The smallest grid around all pixels of the chosen frames, and `reach` mm beyond the first and the last. */
function emptyVolume({ stack, from, to }: Chosen, step: number, reach: number): Volume {
  const low = [Infinity, Infinity, Infinity] as [number, number, number];
  const high = [-Infinity, -Infinity, -Infinity] as [number, number, number];
  for (const { plane } of stack.frames.slice(from, to)) {
    for (const corner of cornersOf(plane)) {
      for (const along of [-reach, reach]) {
        const place = add(corner, scale(stack.normal, along));
        for (const axis of [0, 1, 2] as const) {
          low[axis] = Math.min(low[axis], place[axis]);
          high[axis] = Math.max(high[axis], place[axis]);
        }
      }
    }
  }
  const voxels = ([0, 1, 2] as const).map((axis) =>
    Math.max(1, Math.ceil((high[axis] - low[axis]) / step - 1e-6)),
  );
  const size = voxels as [number, number, number];
  const count = size[0] * size[1] * size[2];
  if (!(count <= MOST_VOXELS))
    throw new ElpisError(
      "COMPUTE_BAD_SHAPE",
      `a grid of ${size.join(" × ")} voxels: take a larger step or fewer frames`,
    );
  const origin = ([0, 1, 2] as const).map((axis) => (low[axis] + high[axis] - (size[axis] - 1) * step) / 2);
  return {
    size,
    step,
    origin: origin as unknown as Vector,
    values: new Float32Array(count),
    known: new Uint8Array(count),
  };
}

/** The outer corners of the pixels at the corners. */
function cornersOf({ rows, columns, origin, columnStep, rowStep }: FramePlane): readonly Vector[] {
  return [-0.5, columns - 0.5].flatMap((column) =>
    [-0.5, rows - 0.5].map((row) => add(origin, add(scale(columnStep, column), scale(rowStep, row)))),
  );
}
