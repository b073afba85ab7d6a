import { ElpisError } from "../base/index.js";
import { type DataSet, formatTag, makeTag, numbersOf, type Tag, Tags } from "../dicom/index.js";
import type { PixelFormat } from "./types.js";

const PLANAR_CONFIGURATION = makeTag(0x0028, 0x0006);

/** Samples of a pixel by Photometric Interpretation (PS3.3 C.7.6.3.1.2), the retired ones with them. */
const SAMPLES: Readonly<Record<string, number>> = {
  MONOCHROME1: 1,
  MONOCHROME2: 1,
  "PALETTE COLOR": 1,
  RGB: 3,
  HSV: 3,
  YBR_FULL: 3,
  YBR_FULL_422: 3,
  YBR_PARTIAL_422: 3,
  YBR_PARTIAL_420: 3,
  YBR_ICT: 3,
  YBR_RCT: 3,
  XYB: 3,
  ARGB: 4,
  CMYK: 4,
};

/** One byte per pair of pixels for each colour: half the bytes of a full image (PS3.3 C.7.6.3.1.2). */
export function isSubsampled(photometric: string): boolean {
  return photometric === "YBR_FULL_422" || photometric === "YBR_PARTIAL_422";
}

/** PIXELS_BAD_FORMAT: the tag and what is wrong with it. */
export function badFormat(tag: Tag, reason: string): ElpisError {
  return new ElpisError("PIXELS_BAD_FORMAT", `${formatTag(tag)} ${reason}`);
}

/**
 * The Image Pixel Module of a header (PS3.3 C.7.6.3), checked attribute by attribute. Throws PIXELS_BAD_FORMAT
 * with the tag, and PIXELS_UNSUPPORTED for samples of another size than 1, 8, 16 and 32 bits.
 */
export function pixelFormatOf(data: DataSet): PixelFormat {
  const rows = whole(data, Tags.Rows, 1, 0xffff);
  const columns = whole(data, Tags.Columns, 1, 0xffff);
  const photometric = data.string(Tags.PhotometricInterpretation).toUpperCase();
  const samplesPerPixel = whole(data, Tags.SamplesPerPixel, 1, 4, SAMPLES[photometric]);
  if (SAMPLES[photometric] === undefined)
    throw badFormat(Tags.PhotometricInterpretation, "names no Photometric Interpretation of the standard");
  if (SAMPLES[photometric] !== samplesPerPixel) {
    const reason = `is ${samplesPerPixel} where Photometric Interpretation needs ${SAMPLES[photometric]}`;
    throw badFormat(Tags.SamplesPerPixel, reason);
  }
  const bitsAllocated = whole(data, Tags.BitsAllocated, 1, 64);
  if (![1, 8, 16, 32].includes(bitsAllocated)) {
    const reason = `samples of ${bitsAllocated} bits: 1, 8, 16 and 32 are known`;
    throw new ElpisError("PIXELS_UNSUPPORTED", `${formatTag(Tags.BitsAllocated)} ${reason}`);
  }
  const bitsStored = whole(data, Tags.BitsStored, 1, bitsAllocated);
  const highBit = whole(data, Tags.HighBit, bitsStored - 1, bitsAllocated - 1, bitsStored - 1);
  const isSigned = whole(data, Tags.PixelRepresentation, 0, 1, 0) === 1;
  if (bitsAllocated === 1 && (samplesPerPixel !== 1 || isSigned))
    throw badFormat(Tags.BitsAllocated, "is 1 for samples that are several or signed");
  const planarConfiguration = samplesPerPixel === 1 ? 0 : whole(data, PLANAR_CONFIGURATION, 0, 1, 0);
  return {
    rows,
    columns,
    samplesPerPixel,
    bitsAllocated,
    bitsStored,
    highBit,
    isSigned,
    planarConfiguration: planarConfiguration === 1 ? 1 : 0,
    photometric,
  };
}

/** Number of Frames (0028,0008); 1 where it is absent or, as some write, 0. Throws PIXELS_BAD_FORMAT. */
export function frameCountOf(data: DataSet): number {
  return whole(data, Tags.NumberOfFrames, 0, 0x7fffffff, 1) || 1;
}

/** A whole number in [low, high]; `otherwise` where the element is absent or empty, unless that is undefined. */
function whole(data: DataSet, tag: Tag, low: number, high: number, otherwise?: number): number {
  const token = data.find(tag);
  const value = token < 0 ? undefined : numbersOf(data, token)[0];
  if (value === undefined) {
    const isAbsent = token < 0 || data.length(token) === 0;
    if (isAbsent && otherwise !== undefined) return otherwise;
    throw badFormat(tag, isAbsent ? "is missing" : "is no number");
  }
  if (!Number.isInteger(value) || value < low || value > high)
    throw badFormat(tag, `is ${value}, not a whole number from ${low} to ${high}`);
  return value;
}

/** Bits of a native frame (PS3.5 8.1.1), without padding. */
export function bitsOfFrame(format: PixelFormat): number {
  const { rows, columns, samplesPerPixel, bitsAllocated, photometric } = format;
  const samples = isSubsampled(photometric) ? 2 : samplesPerPixel;
  return rows * columns * samples * bitsAllocated;
}
