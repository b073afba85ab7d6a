import { type DataSet, makeTag } from "../../dicom/index.js";
import type { Box } from "../types.js";
import { areaOf, boxBetween, clip, complementOf } from "./boxes.js";
import { wholeNumberAt } from "./values.js";

/** PS3.3 C.8.5.5: the attributes of US Region Calibration that are read here. */
const REGIONS = makeTag(0x0018, 0x6011);
const CORNERS = [
  makeTag(0x0018, 0x6018), // Region Location Min X0
  makeTag(0x0018, 0x601a), // Region Location Min Y0
  makeTag(0x0018, 0x601c), // Region Location Max X1
  makeTag(0x0018, 0x601e), // Region Location Max Y1
] as const;
const SPATIAL_FORMAT = makeTag(0x0018, 0x6012);
const DATA_TYPE = makeTag(0x0018, 0x6014);
const FLAGS = makeTag(0x0018, 0x6016);

/** A screen has a handful; a sequence with more describes no screen. */
const MOST_REGIONS = 64;
/** Regions that keep less of the frame would blank nearly everything: they are no description of it. */
const LEAST_SHARE = 0.02;

/** One region of an ultrasound frame, and what it says to show: the codes of PS3.3 C.8.5.5.1, undefined if unsaid. */
export interface UltrasoundRegion {
  readonly box: Box;
  /** (0018,6012) 0 none, 1 2D, 2 M-mode, 3 spectral, 4 wave form, 5 graphics. */
  readonly spatialFormat: number | undefined;
  /** (0018,6014) 0 none, 1 tissue, 2 colour flow, … */
  readonly dataType: number | undefined;
  /** (0018,6016) bit 0: opaque 0 or transparent 1, bit 1: scaling protected, … They change nothing here. */
  readonly flags: number | undefined;
}

/**
 * regions: what lies outside all regions is to be blanked, in boxes that do not overlap; what lies inside is
 * examined as any other picture, for names can stand there too.
 * none: no regions are given. unusable: they are, but do not describe this frame; the whole frame is examined.
 */
export type RegionRule =
  | {
      readonly kind: "regions";
      readonly blank: readonly Box[];
      readonly regions: readonly UltrasoundRegion[];
    }
  | { readonly kind: "none" }
  | { readonly kind: "unusable"; readonly reason: string };

const unusable = (reason: string): RegionRule => ({
  kind: "unusable",
  reason: `(0018,6011) Sequence of Ultrasound Regions: ${reason}`,
});

/**
 * The complement of the Sequence of Ultrasound Regions (PS3.3 C.8.5.5.1) for frames of `rows` × `columns`.
 * All regions are kept, whatever they show: colour scales and wave forms are the examination as well. One
 * region that cannot be believed makes all of them unusable: blanking around the others could take the image.
 */
export function regionsToBlank(data: DataSet, rows: number, columns: number): RegionRule {
  const sequence = data.find(REGIONS);
  if (sequence < 0) return { kind: "none" };
  if (!data.isSequence(sequence)) {
    return data.length(sequence) === 0 ? { kind: "none" } : unusable("is no sequence");
  }
  const items = data.items(sequence);
  if (items.length === 0) return { kind: "none" };
  if (items.length > MOST_REGIONS) return unusable(`has ${items.length} items, more than ${MOST_REGIONS}`);
  const regions: UltrasoundRegion[] = [];
  for (const [i, item] of items.entries()) {
    const region = readRegion(data, item, { rows, columns });
    if (typeof region === "string") return unusable(`item ${i + 1} ${region}`);
    regions.push(region);
  }
  const frame = { rows, columns };
  const kept = regions.map(({ box }) => box);
  const blank = complementOf(kept, frame);
  if (blank.length === 0) return unusable("the regions cover the whole frame");
  if (areaOf(kept) < LEAST_SHARE * rows * columns) {
    return unusable(`the regions cover less than ${100 * LEAST_SHARE} % of the frame`);
  }
  return { kind: "regions", blank, regions };
}

type Frame = { readonly rows: number; readonly columns: number };

/** The region of one item, or what is wrong with it. */
function readRegion(data: DataSet, item: number, frame: Frame): UltrasoundRegion | string {
  const corners = CORNERS.map((tag) => wholeNumberAt(data, tag, "UL", item));
  const [x0, y0, x1, y1] = corners;
  if (x0 === undefined || y0 === undefined || x1 === undefined || y1 === undefined) {
    return "has not one whole number for each of its four corners";
  }
  if (x0 < 0 || y0 < 0) return "begins outside the frame";
  if (x1 <= x0 || y1 <= y0) return "has no area";
  // Both corners are pixels of the region, from 0 on. Some devices give the first pixel behind it, so that X1
  // is Columns; anything beyond belongs to a frame of another size, cropped or scaled after the header was made.
  if (x1 > frame.columns || y1 > frame.rows) return "reaches out of the frame: it describes another size";
  const box = clip(boxBetween(x0, y0, x1 + 1, y1 + 1), frame);
  if (!box) return "lies outside the frame";
  return {
    box,
    spatialFormat: wholeNumberAt(data, SPATIAL_FORMAT, "US", item),
    dataType: wholeNumberAt(data, DATA_TYPE, "US", item),
    flags: wholeNumberAt(data, FLAGS, "UL", item),
  };
}
