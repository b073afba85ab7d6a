import { isElpisError } from "../base/index.js";
import { type DataSet, makeTag, Tags } from "../dicom/index.js";
import type { Duplicate, Gap, SeriesFrame, Stack } from "./series-types.js";
import type { Vector } from "./types.js";
import { add, dot, median, norm, scale, subtract, unit } from "./vectors.js";

const PATIENT_POSITION = makeTag(0x0018, 0x5100);

/** A step this many times the usual one leaves room for a slice that is not there. */
const GAP = 1.5;

export interface PlacedFrame {
  readonly frame: SeriesFrame;
  /** Its origin along the normal, mm. */
  readonly height: number;
  /** The same number for frames at the same height. */
  readonly place: number;
}

/** The facts of one volume's frames, in any order, at least one. Throws what the source throws. */
export function stackOf(placed: readonly PlacedFrame[], normal: Vector): Stack {
  const ordered = placed.toSorted((a, b) => a.height - b.height || a.frame.fileIndex - b.frame.fileIndex);
  const kept = ordered.filter(({ place }, i) => i === 0 || ordered[i - 1]!.place !== place);
  const frames = kept.map(({ frame }) => frame);
  const heights = kept.map(({ height }) => height);
  const steps = heights.slice(1).map((height, i) => height - heights[i]!);
  const thickness = medianOf(frames.map((frame) => frame.thickness));
  const step = usualStep(steps, thickness, medianOf(frames.map(({ spacing }) => spacing)));
  const expected = steps.map((_, i) => expectedStep(steps[i]!, step, frames[i]!, frames[i + 1]!, thickness));
  const isGap = (i: number): boolean => steps[i]! > GAP * expected[i]!;
  const gaps = steps.flatMap((width, i): Gap[] =>
    isGap(i) ? [{ after: i, width, missing: Math.max(1, Math.round(width / expected[i]!) - 1) }] : [],
  );
  const differences = steps.map((width, i) => (isGap(i) ? 0 : Math.abs(width - expected[i]!)));
  const direction = directionOf(frames, normal);
  const { data } = frames[0]!.file;
  return {
    modality: data.string(Tags.Modality).toUpperCase(),
    frameOfReference: data.string(Tags.FrameOfReferenceUID),
    patientPosition: patientPosition(data),
    frames,
    normal,
    heights,
    step,
    direction,
    tilt: (Math.acos(Math.min(1, dot(direction, normal))) * 180) / Math.PI,
    thickness,
    overlap: thickness === undefined || frames.length === 1 ? 0 : Math.max(0, thickness - step),
    unevenness: differences.reduce((most, difference) => Math.max(most, difference), 0),
    gaps,
    duplicates: duplicatesOf(ordered, kept),
  };
}

/** A code such as HFS; anything else that stands there is not passed on. */
function patientPosition(data: DataSet): string {
  const code = data.string(PATIENT_POSITION).toUpperCase();
  return /^[HFLRAP]F(P|S|DR|DL)$/.test(code) ? code : "";
}

function medianOf(values: readonly (number | undefined)[]): number | undefined {
  const told = values.filter((value) => value !== undefined);
  return told.length === 0 ? undefined : median(told);
}

/**
 * The median is fooled where most slices are missing; Spacing Between Slices is not, unless it tells the room between
 * slices as some writers do, which is less than their thickness.
 */
function usualStep(
  steps: readonly number[],
  thickness: number | undefined,
  told: number | undefined,
): number {
  const middle = median(steps);
  const isBelievable = told !== undefined && (thickness === undefined || told >= 0.9 * thickness);
  return isBelievable && middle > GAP * told ? told : middle;
}

/**
 * Thicker slices lie farther apart, as where a head is scanned finely at its base and coarsely above: the usual step, or
 * that in proportion to thickness, whichever comes nearer to the step that is there.
 */
function expectedStep(
  width: number,
  step: number,
  a: SeriesFrame,
  b: SeriesFrame,
  usual: number | undefined,
): number {
  if (usual === undefined || a.thickness === undefined || b.thickness === undefined) return step;
  const scaled = (step * (a.thickness + b.thickness)) / 2 / usual;
  return Math.abs(scaled - width) < Math.abs(step - width) ? scaled : step;
}

function directionOf(frames: readonly SeriesFrame[], normal: Vector): Vector {
  return frames.length === 1 ? normal : unit(subtract(frames.at(-1)!.plane.origin, frames[0]!.plane.origin));
}

/** Indices of the slices that lie more than `tolerance` mm beside the line from the first origin to the last. */
export function besideLine(
  { frames, heights, normal, direction }: Stack,
  tolerance: number,
): readonly number[] {
  const first = frames[0]!.plane.origin;
  return frames.flatMap(({ plane }, i) => {
    const along = (heights[i]! - heights[0]!) / dot(direction, normal);
    const beside = norm(subtract(plane.origin, add(first, scale(direction, along))));
    return beside > tolerance ? [i] : [];
  });
}

function duplicatesOf(ordered: readonly PlacedFrame[], kept: readonly PlacedFrame[]): readonly Duplicate[] {
  const duplicates: Duplicate[] = [];
  let of = -1;
  for (const placed of ordered) {
    if (kept[of + 1] === placed) of++;
    else
      duplicates.push({ of, frame: placed.frame, samePixels: haveSamePixels(kept[of]!.frame, placed.frame) });
  }
  return duplicates;
}

function haveSamePixels(a: SeriesFrame, b: SeriesFrame): boolean | undefined {
  if (JSON.stringify(a.rescale) !== JSON.stringify(b.rescale)) return false;
  try {
    const [one, other] = [a.pixels.frame(a.frame).samples, b.pixels.frame(b.frame).samples];
    return one.length === other.length && one.every((value, i) => value === other[i]);
  } catch (error) {
    if (!isElpisError(error)) throw error;
    return undefined;
  }
}
