import { isElpisError } from "../base/index.js";
import { type DicomFile, makeTag, type Tag, Tags } from "../dicom/index.js";
import { type Display, displayOf, type Frames, framesOf } from "../pixels/index.js";
import { type FrameHeader, findInMacro, finiteNumbers, frameHeaders } from "./series-header.js";
import type { SeriesFrame, SeriesProblemCode } from "./series-types.js";
import type { FramePlane, Vector } from "./types.js";
import { dot, norm, scale, unit } from "./vectors.js";

/** Attributes, and the functional group macros that hold them (PS3.3 C.7.6.16.2.1, .2.3, .2.4). */
const PLANE_POSITION = makeTag(0x0020, 0x9113);
const IMAGE_POSITION = makeTag(0x0020, 0x0032);
const PLANE_ORIENTATION = makeTag(0x0020, 0x9116);
const IMAGE_ORIENTATION = makeTag(0x0020, 0x0037);
const PIXEL_MEASURES = makeTag(0x0028, 0x9110);
const PIXEL_SPACING = makeTag(0x0028, 0x0030);
const SLICE_THICKNESS = makeTag(0x0018, 0x0050);
const SPACING_BETWEEN_SLICES = makeTag(0x0018, 0x0088);

/** How far a direction's length may be from 1, and two of them from a right angle: files round to three digits. */
const DIRECTION_TOLERANCE = 5e-3;
/** Nothing in a hospital lies 10 m from the origin of a scanner, and no pixel is larger than 10 cm. */
const FARTHEST = 10_000;
const LARGEST_PIXEL = 100;

/** Why something of a file is of no use. */
export interface Refusal {
  readonly code: SeriesProblemCode;
  readonly reason: string;
  /** How many of the file's frames; undefined for the whole file. */
  readonly frames: number | undefined;
}

export interface FileFrames {
  readonly frames: readonly SeriesFrame[];
  readonly refusals: readonly Refusal[];
}

const refused = (code: SeriesProblemCode, reason: string): FileFrames => ({
  frames: [],
  refusals: [{ code, reason, frames: undefined }],
});

/** The frames of a file that have a place in space, and what the others lack. Throws what the source throws, nothing else. */
export function framesInSpace(file: DicomFile, fileIndex: number): FileFrames {
  if (file.isDicomdir) return refused("NOT_AN_IMAGE", "a directory of files");
  let pixels: ReturnType<typeof framesOf>;
  let display: Display;
  try {
    pixels = framesOf(file);
    if (pixels.kind === "none")
      return refused(hasFractions(file) ? "UNDECODABLE" : "NOT_AN_IMAGE", pixels.reason);
    // PS3.3 C.7.6.3.1.2: MONOCHROME1 tells how values are shown, not what they mean.
    if (!/^MONOCHROME[12]$/.test(pixels.format.photometric))
      return refused("NOT_GREY", `pixels are ${pixels.format.photometric}`);
    display = displayOf(file);
  } catch (error) {
    if (!isElpisError(error)) throw error;
    return refused("UNDECODABLE", error.message);
  }
  return placed(file, fileIndex, pixels, display);
}

/** Pixel data that are images, but that no codec reads. */
function hasFractions({ data }: DicomFile): boolean {
  return [Tags.FloatPixelData, Tags.DoubleFloatPixelData].some((tag) => data.find(tag) >= 0);
}

function placed(file: DicomFile, fileIndex: number, pixels: Frames, display: Display): FileFrames {
  const headers = frameHeaders(file.data);
  // Positions of a classic image are those of its one frame; more frames need groups of their own.
  const placedCount = headers.count > 0 || pixels.count > 1 ? headers.count : 1;
  const count = Math.min(pixels.count, placedCount);
  const frames: SeriesFrame[] = [];
  const refusals = new Map<string, Refusal>();
  const refuse = (code: SeriesProblemCode, reason: string, number: number): void => {
    const before = refusals.get(reason)?.frames ?? 0;
    refusals.set(reason, { code, reason, frames: before + number });
  };
  for (let frame = 0; frame < count; frame++) {
    const header = headers.at(frame);
    const plane = planeOf(header, pixels.format);
    if ("code" in plane) refuse(plane.code, plane.reason, 1);
    else {
      const { modality: rescale, padding } = display.grey(frame);
      const thickness = lengthAt(header, SLICE_THICKNESS);
      const spacing = lengthAt(header, SPACING_BETWEEN_SLICES);
      frames.push({ file, fileIndex, frame, pixels, plane, rescale, padding, thickness, spacing });
    }
  }
  if (count < pixels.count)
    refuse("NO_GEOMETRY", "no functional groups of their own say where they lie", pixels.count - count);
  return { frames, refusals: [...refusals.values()] };
}

interface NoPlane {
  readonly code: SeriesProblemCode;
  readonly reason: string;
}

/** PS3.3 C.7.6.2.1.1: rows run along the first direction of Image Orientation, columns along the second. */
function planeOf(header: FrameHeader, size: { rows: number; columns: number }): FramePlane | NoPlane {
  const position = numbersAt(header, PLANE_POSITION, IMAGE_POSITION);
  const orientation = numbersAt(header, PLANE_ORIENTATION, IMAGE_ORIENTATION);
  const spacing = numbersAt(header, PIXEL_MEASURES, PIXEL_SPACING);
  if (!position) return { code: "NO_GEOMETRY", reason: "no Image Position (Patient)" };
  if (!orientation) return { code: "NO_GEOMETRY", reason: "no Image Orientation (Patient)" };
  if (!spacing) return { code: "NO_GEOMETRY", reason: "no Pixel Spacing" };
  const bad = (reason: string): NoPlane => ({ code: "BAD_GEOMETRY", reason });
  if (position.length !== 3 || !position.every((value) => Math.abs(value) <= FARTHEST))
    return bad("Image Position (Patient) is no place in a scanner");
  const directions = directionsOf(orientation);
  if (!directions) return bad("Image Orientation (Patient) is not two unit vectors at right angles");
  if (spacing.length !== 2 || !spacing.every((value) => value > 1e-3 && value <= LARGEST_PIXEL))
    return bad("Pixel Spacing is no size of a pixel");
  // PS3.3 10.7.1.3: the first spacing is between rows, the second between columns.
  const [betweenRows, betweenColumns] = spacing as [number, number];
  return {
    rows: size.rows,
    columns: size.columns,
    origin: position as unknown as Vector,
    columnStep: scale(directions[0], betweenColumns),
    rowStep: scale(directions[1], betweenRows),
  };
}

function directionsOf(values: readonly number[]): readonly [Vector, Vector] | undefined {
  if (values.length !== 6 || !values.every(Number.isFinite)) return undefined;
  const along = values.slice(0, 3) as unknown as Vector;
  const down = values.slice(3) as unknown as Vector;
  const isUnit = (vector: Vector): boolean => Math.abs(norm(vector) - 1) <= DIRECTION_TOLERANCE;
  if (!isUnit(along) || !isUnit(down) || Math.abs(dot(along, down)) > DIRECTION_TOLERANCE) return undefined;
  return [unit(along), unit(down)];
}

function lengthAt(header: FrameHeader, tag: Tag): number | undefined {
  const [length] = numbersAt(header, PIXEL_MEASURES, tag) ?? [];
  return length !== undefined && length > 0 && length <= FARTHEST ? length : undefined;
}

/** Undefined where the attribute is missing or empty. */
function numbersAt(header: FrameHeader, macro: Tag, tag: Tag): number[] | undefined {
  const token = findInMacro(header, macro, tag);
  if (token < 0 || header.data.length(token) === 0) return undefined;
  return finiteNumbers(header.data, token);
}
