import { type DicomFile, Tags } from "../dicom/index.js";
import { framesInSpace, type Refusal } from "./series-frames.js";
import { groupBy, headersOf, KINDS, said, volumesAmong } from "./series-split.js";
import { besideLine, type PlacedFrame, stackOf } from "./series-stack.js";
import type { Series, SeriesFrame, SeriesProblem, SeriesProblemCode, Stack } from "./series-types.js";
import type { FramePlane, Vector } from "./types.js";
import { cross, dot, norm, subtract, unit } from "./vectors.js";

/** Frames closer along the normal are at the same position, mm. */
const SAME_PLACE = 0.02;
/** Directions that differ by less, and spacings by a smaller share, are the same: 0.1 degrees, a pixel in 1000. */
const SAME_DIRECTION = 2e-3;
const SAME_SPACING = 1e-3;
/** A step may differ from the usual one by this share and this many mm, whichever is more: files round. */
const EVEN_SHARE = 0.1;
const EVEN_MM = 0.11;
/** How far a slice may lie beside the line of the others, mm. */
const BESIDE = 1;

/**
 * The volumes among the frames of a series, and what is wrong with it. A broken file is a problem and nothing is
 * thrown for it; only what the source throws passes through. Compressed pixels need their codecs open. The order of
 * `files` decides nothing but the order of stacks and which of two frames at one position is kept.
 */
export function stacksOf(files: readonly DicomFile[]): Series {
  const usable: SeriesFrame[] = [];
  const problems: SeriesProblem[] = [];
  const refusals: { readonly file: number; readonly refusal: Refusal }[] = [];
  for (const [index, file] of files.entries()) {
    const found = framesInSpace(file, index);
    for (const frame of found.frames) usable.push(frame);
    for (const refusal of found.refusals) refusals.push({ file: index, refusal });
  }
  for (const alike of groupBy(refusals, ({ refusal: { code, reason } }) => `${code} ${reason}`))
    problems.push(refusalProblem(alike));
  const stacks: Stack[] = [];
  for (const series of groupBy(usable, ({ file }) => file.data.string(Tags.SeriesInstanceUID))) {
    const grids = byGeometry(series);
    if (grids.length > 1) problems.push(mixedProblem(grids));
    for (const grid of grids) stacks.push(...stacksOfGrid(grid));
  }
  for (const [index, stack] of stacks.entries()) problems.push(...problemsOf(stack, index));
  return { stacks, problems };
}

function byGeometry(frames: readonly SeriesFrame[]): readonly (readonly SeriesFrame[])[] {
  const spaces = groupBy(frames, ({ file, plane }) => {
    return `${file.data.string(Tags.FrameOfReferenceUID)} ${plane.rows} ${plane.columns}`;
  });
  return spaces.flatMap((space) => {
    const grids: SeriesFrame[][] = [];
    let last: SeriesFrame[] | undefined;
    for (const frame of space) {
      const isOf = (grid: SeriesFrame[]): boolean => areParallel(grid[0]!.plane, frame.plane);
      if (!last || !isOf(last)) {
        last = grids.find(isOf);
        if (!last) grids.push((last = []));
      }
      last.push(frame);
    }
    return grids;
  });
}

function areParallel(a: FramePlane, b: FramePlane): boolean {
  const isSame = (one: Vector, other: Vector): boolean => {
    const [length, otherLength] = [norm(one), norm(other)];
    if (Math.abs(length - otherLength) > SAME_SPACING * length) return false;
    return norm(subtract(unit(one), unit(other))) <= SAME_DIRECTION;
  };
  return isSame(a.columnStep, b.columnStep) && isSame(a.rowStep, b.rowStep);
}

/** The volumes of frames that are parallel and of the same spacing and matrix. */
function stacksOfGrid(grid: readonly SeriesFrame[]): readonly Stack[] {
  const { origin, columnStep, rowStep } = grid[0]!.plane;
  const [along, down] = [unit(columnStep), unit(rowStep)];
  const normal = unit(cross(along, down));
  const placed = placedAlong(grid, normal);
  const inPlane = ({ plane }: SeriesFrame): string => {
    const from = subtract(plane.origin, origin);
    return `${Math.round(dot(from, along) / 5)} ${Math.round(dot(from, down) / 5)}`;
  };
  const headerOf = headersOf();
  const kindOf = (frame: SeriesFrame): string => {
    const modality = frame.file.data.string(Tags.Modality).toUpperCase();
    return JSON.stringify([modality, ...KINDS.map((tag) => said(headerOf(frame), tag))]);
  };
  const kinds = groupBy(grid, kindOf);
  const volumes = kinds.flatMap((kind) => volumesAmong(kind, (frame) => placed.get(frame)!.place, inPlane));
  return volumes.map((volume) =>
    stackOf(
      volume.map((frame) => placed.get(frame)!),
      normal,
    ),
  );
}

function placedAlong(frames: readonly SeriesFrame[], normal: Vector): ReadonlyMap<SeriesFrame, PlacedFrame> {
  const heights = frames.map((frame) => ({ frame, height: dot(frame.plane.origin, normal) }));
  heights.sort((a, b) => a.height - b.height);
  const placed = new Map<SeriesFrame, PlacedFrame>();
  let place = 0;
  let start = heights[0]!.height;
  for (const { frame, height } of heights) {
    if (height - start > SAME_PLACE) {
      place++;
      start = height;
    }
    placed.set(frame, { frame, height, place });
  }
  return placed;
}

const filesOf = (frames: readonly SeriesFrame[]): number[] =>
  [...new Set(frames.map(({ fileIndex }) => fileIndex))].sort((a, b) => a - b);

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

function refusalProblem(
  alike: readonly { readonly file: number; readonly refusal: Refusal }[],
): SeriesProblem {
  const { code, reason } = alike[0]!.refusal;
  const files = alike.map(({ file }) => file);
  const frames = alike.reduce((sum, { refusal }) => sum + (refusal.frames ?? 0), 0);
  const what =
    frames > files.length
      ? `${counted(frames, "frame")} of ${counted(files.length, "file")}`
      : counted(files.length, "file");
  return { code, message: `${what}: ${reason}`, files, stack: undefined };
}

function mixedProblem(grids: readonly (readonly SeriesFrame[])[]): SeriesProblem {
  const largest = grids.reduce((most, grid) => (grid.length > most.length ? grid : most));
  const others = grids.filter((grid) => grid !== largest).flat();
  const message = `frames of ${grids.length} frames of reference, orientations, spacings or sizes in one series`;
  return { code: "MIXED_GEOMETRY", message, files: filesOf(others), stack: undefined };
}

function problemsOf(stack: Stack, index: number): readonly SeriesProblem[] {
  const { frames, gaps, duplicates, unevenness, step } = stack;
  const problems: SeriesProblem[] = [];
  const say = (code: SeriesProblemCode, message: string, those: readonly SeriesFrame[]): void => {
    problems.push({ code, message, files: filesOf(those), stack: index });
  };
  if (frames.length === 1) say("ONE_SLICE", "a single slice is no volume", frames);
  if (gaps.length > 0) {
    const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
    const beside = gaps.flatMap(({ after }) => [frames[after]!, frames[after + 1]!]);
    say(
      "MISSING_SLICES",
      `${counted(missing, "slice")} missing, in ${counted(gaps.length, "place")}`,
      beside,
    );
  }
  if (duplicates.length > 0) {
    const same = duplicates.filter(({ samePixels }) => samePixels === true).length;
    const message = `${counted(duplicates.length, "frame")} at the position of another, ${same} of them with the same pixels`;
    say(
      "DUPLICATE_POSITIONS",
      message,
      duplicates.flatMap(({ of, frame }) => [frames[of]!, frame]),
    );
  }
  if (unevenness > Math.max(EVEN_MM, EVEN_SHARE * step)) {
    const message = `steps differ from the usual ${step.toFixed(2)} mm by up to ${unevenness.toFixed(2)} mm`;
    say("UNEVEN_STEPS", message, frames);
  }
  const beside = besideLine(stack, BESIDE);
  if (beside.length > 0) {
    const message = `${counted(beside.length, "slice")} beside the line of the others`;
    say(
      "MIXED_GEOMETRY",
      message,
      beside.map((i) => frames[i]!),
    );
  }
  return problems;
}
