import { fromLatin1 } from "../base/index.js";
import {
  type DataSet,
  type DicomFile,
  Flag,
  formatTag,
  ITEM,
  isPrivate,
  makeTag,
  numbersOf,
  ROOT,
  type Tag,
  Tags,
  transferSyntaxInfo,
  type VR,
} from "../dicom/index.js";
import { textInFragments } from "./bitstream.js";
import type { HeldReason } from "./types.js";

const WAVEFORM_SEQUENCE = makeTag(0x5400, 0x0100);
const WAVEFORM_BITS_ALLOCATED = makeTag(0x5400, 0x1004);
const WAVEFORM_DATA = makeTag(0x5400, 0x1010);
const WAVEFORM_CHANNELS = makeTag(0x003a, 0x0005);
const WAVEFORM_SAMPLES = makeTag(0x003a, 0x0010);
const SPECTROSCOPY_DATA = makeTag(0x5600, 0x0020);
const DATA_POINT_ROWS = makeTag(0x0028, 0x9001);
const DATA_POINT_COLUMNS = makeTag(0x0028, 0x9002);
const DATA_REPRESENTATION = makeTag(0x0028, 0x9108);
const ENCAPSULATED_TOTAL_LENGTH = makeTag(0x7fe0, 0x0003);
/** Thumbnails, and the images of a print job: removed, or held for their class. */
const IMAGES_INSIDE = new Set<number>([Tags.IconImageSequence, 0x20200110, 0x20200111, 0x20200130]);

/** JPEG, JPEG-LS, JPEG 2000, HTJ2K and JPEG XL (PS3.6 Table A-1). */
const JPEG_FAMILY = /^1\.2\.840\.10008\.1\.2\.4\./;
const STORAGE = "1.2.840.10008.5.1.4.1.1.";
const WAVEFORM_CLASS = /^9\./;
const SPECTROSCOPY_CLASS = "4.2";
/**
 * Classes without Pixel Data (PS3.3 A): reports, presentation states, waveforms, spectroscopy, registrations,
 * surfaces' relations, measurements of the eye, plans and records of radiotherapy, annotations, protocols.
 */
const NO_PIXELS =
  /^(?:88\.|9\.|11\.|131$|4\.2$|66\.[1236]$|67$|77\.1\.5\.3$|7[89]\.|90\.1$|91\.1$|200\.|481\.(?!1$|2$|23$|24$))/;

/**
 * Why bulk data are held: they stand where the class has none, are of another size than the header explains, or
 * hold text beside the picture. [] for a clean file, told by header and markers in one to two microseconds; the
 * pixels themselves are not looked at. Bytes that nobody decodes are bytes that nobody has judged (PS3.15 E.3.6).
 */
export function bulkReasons(file: DicomFile): HeldReason[] {
  const { data } = file;
  const { tag, count } = data.tokens;
  const reasons: HeldReason[] = [];
  const places = new Set<string>();
  let pixels = -1;
  for (let token = 0; token < count && reasons.length < MOST_REASONS; token++) {
    const found = tag[token]!;
    if (found < WAVEFORM_DATA || found > LAST_PIXEL_TAG) continue;
    const place = `${data.tokens.parent[token]} ${found}`;
    const why = places.has(place) ? "it stands twice" : whyMismatched(file, token, pixels);
    places.add(place);
    if (why !== undefined) {
      reasons.push({ code: "BULK_DATA_MISMATCH", detail: `${data.path(token)}: ${why}` });
    } else if (PIXEL_DATA.has(found) && data.tokens.parent[token] === ROOT) {
      const where =
        (data.tokens.flags[token]! & Flag.Encapsulated) !== 0 &&
        textInFragments(data, token, JPEG_FAMILY.test(file.transferSyntax));
      if (where)
        reasons.push({ code: "TEXT_IN_BITSTREAM", detail: `${formatTag(found as Tag)}: text in ${where}` });
    }
    if (PIXEL_DATA.has(found) && data.tokens.parent[token] === ROOT) pixels = token;
  }
  return reasons;
}

/** One is enough to hold a file. */
const MOST_REASONS = 8;
/** Group 7FFE is the last of the retired repeating group (7Fxx,0010) Variable Pixel Data. */
const LAST_PIXEL_TAG = 0x7fffffff;
/** Bits of a sample that the tag tells; 0: Bits Allocated does. */
const PIXEL_DATA = new Map<number, number>([
  [Tags.PixelData, 0],
  [Tags.FloatPixelData, 32],
  [Tags.DoubleFloatPixelData, 64],
]);
const OFFSETS = new Set<number>([
  Tags.ExtendedOffsetTable,
  Tags.ExtendedOffsetTableLengths,
  ENCAPSULATED_TOTAL_LENGTH,
]);

function whyMismatched(file: DicomFile, token: number, pixels: number): string | undefined {
  const { data } = file;
  const tag = data.tagAt(token);
  if (PIXEL_DATA.has(tag)) return whyPixels(file, token, pixels);
  if (tag === WAVEFORM_DATA) return whyWaveform(data, token);
  if (tag === SPECTROSCOPY_DATA) return whySpectroscopy(data, token);
  if (OFFSETS.has(tag)) return whyOffsets(data, token);
  const isRetired = tag >>> 24 === 0x7f && !isPrivate(tag) && (tag & 0xffff) !== 0;
  return isRetired && data.length(token) > 0 ? "retired pixel data, which no viewer shows" : undefined;
}

/** SOP Class UID under the root of the storage classes, else "". */
function classOf(data: DataSet): string {
  const uid = data.string(Tags.SOPClassUID);
  return uid.startsWith(STORAGE) ? uid.slice(STORAGE.length) : "";
}

function whyPixels({ data, transferSyntax }: DicomFile, token: number, pixels: number): string | undefined {
  const { flags, parent } = data.tokens;
  if (parent[token] !== ROOT) return isThumbnail(data, token) ? undefined : "pixels inside a sequence";
  if (pixels >= 0) return "pixel data of two kinds";
  if (NO_PIXELS.test(classOf(data))) return "the class has no pixel data";
  const isEncapsulated = (flags[token]! & Flag.Encapsulated) !== 0;
  if (!isEncapsulated && data.length(token) > 2 && transferSyntaxInfo(transferSyntax)?.encapsulated) {
    return "native pixel data under a transfer syntax that has fragments";
  }
  // Two bytes spell no name.
  if (isEncapsulated || data.length(token) <= 2) return undefined;
  const image = imageSize(data);
  const bits = PIXEL_DATA.get(data.tagAt(token)) || image.bitsAllocated;
  if (!(image.rows * image.columns * bits * image.frames * image.samples > 0))
    return "no size in the header explains them";
  const length = data.length(token);
  const sizes = pixelSizes(data, image, bits);
  if (sizes.some((size) => length === size || length === size + 1)) return undefined;
  const size = sizes.filter((one) => one < length).sort((a, b) => b - a)[0];
  if (size === undefined) return "shorter than rows, columns, samples, bits and frames make them";
  const isFrameMore = length - size === Math.floor(size / image.frames) && isUniform(data, token, size);
  return isFrameMore || isPadding(data, token, size)
    ? undefined
    : "longer than rows, columns, samples, bits and frames make them";
}

interface ImageSize {
  rows: number;
  columns: number;
  samples: number;
  bitsAllocated: number;
  frames: number;
}

/** Bytes of the native pixels in every way that writers lay them out. */
function pixelSizes(data: DataSet, image: ImageSize, bits: number): number[] {
  const { rows, columns, samples, frames } = image;
  const values = rows * columns * samples;
  const frame = Math.ceil((values * bits) / 8);
  // Frames follow each other without padding (PS3.5 8.1.1); some writers pad each to a byte, or to an even length.
  const sizes = [Math.ceil((values * bits * frames) / 8), frames * frame, frames * (frame + (frame % 2))];
  // PS3.5 8.1.1 packs 12 bits; most writers give each a word of its own.
  if (bits > 1 && bits % 8 !== 0) sizes.push(frames * values * Math.ceil(bits / 8));
  if (samples === 3) sizes.push(...subsampled(data, image, frames * Math.ceil(bits / 8)));
  return sizes;
}

/**
 * What the top level says of an image's size; 0 where it says nothing, but for frames and samples, which many
 * writers leave out or write as zero. In one pass, as most files are clean.
 */
function imageSize(data: DataSet): ImageSize {
  const { tag, next, count } = data.tokens;
  const size = { rows: 0, columns: 0, samples: 0, bitsAllocated: 0, frames: 1 };
  for (let token = 0; token < count; token = next[token]!) {
    const found = tag[token]!;
    if (found === Tags.Rows) size.rows = wordAt(data, token);
    else if (found === Tags.Columns) size.columns = wordAt(data, token);
    else if (found === Tags.SamplesPerPixel) size.samples = wordAt(data, token);
    else if (found === Tags.BitsAllocated) size.bitsAllocated = wordAt(data, token);
    else if (found === Tags.NumberOfFrames) size.frames = framesAt(data, token);
  }
  if (size.samples === 0) size.samples = COLOUR.test(data.string(Tags.PhotometricInterpretation)) ? 3 : 1;
  return size;
}

/** Photometric Interpretations of three samples (PS3.3 C.7.6.3.1.2). */
const COLOUR = /^(?:RGB|HSV|YBR_)/;

/** Number of Frames; NaN where it is no number. A single frame is also written as "0" or nothing. */
function framesAt(data: DataSet, token: number): number {
  const frames = Number(data.strings(token, "IS")[0] || "1");
  return frames === 0 ? 1 : frames;
}

/** A US value. */
function wordAt(data: DataSet, token: number): number {
  if (data.length(token) < 2) return 0;
  const { source, tokens } = data;
  const [first = 0, second = 0] = source.read(tokens.value[token]!, 2);
  return (tokens.flags[token]! & Flag.BigEndian) !== 0 ? first * 256 + second : second * 256 + first;
}

/**
 * PS3.3 C.7.6.3.1.2: chrominance of every second pixel, or of every second in both directions. Of an odd number of
 * columns or rows the last has its own.
 */
function subsampled(data: DataSet, { rows, columns }: ImageSize, perSample: number): number[] {
  const photometric = data.string(Tags.PhotometricInterpretation);
  const [area, pairs] = [rows * columns, Math.ceil(columns / 2)];
  if (/422$/.test(photometric)) return [2 * area * perSample, 4 * rows * pairs * perSample];
  if (!/420$/.test(photometric)) return [];
  return [Math.ceil(1.5 * area * perSample), 6 * Math.ceil(rows / 2) * pairs * perSample];
}

function isThumbnail(data: DataSet, token: number): boolean {
  const { parent, tag } = data.tokens;
  for (let around = parent[token]!; around !== ROOT; around = parent[around]!) {
    // What is inside a private sequence goes with it.
    if (tag[around] !== ITEM && (IMAGES_INSIDE.has(tag[around]!) || isPrivate(tag[around] as Tag)))
      return true;
  }
  return false;
}

/**
 * PS3.3 C.10.9: only in an item of Waveform Sequence, as many samples as the item says. Angiography and ultrasound
 * carry the ECG and pressures beside their images.
 */
function whyWaveform(data: DataSet, token: number): string | undefined {
  const { parent, tag } = data.tokens;
  const item = parent[token]!;
  const isPlace = item !== ROOT && tag[parent[item]!] === WAVEFORM_SEQUENCE && parent[parent[item]!] === ROOT;
  const sopClass = classOf(data);
  const isImage = sopClass !== "" && !NO_PIXELS.test(sopClass);
  if (!isPlace || !(isImage || WAVEFORM_CLASS.test(sopClass)))
    return "waveform data where the class has none";
  const samples =
    numberAt(data, WAVEFORM_CHANNELS, "US", item) * numberAt(data, WAVEFORM_SAMPLES, "UL", item);
  const size = (samples * numberAt(data, WAVEFORM_BITS_ALLOCATED, "US", item)) / 8;
  return whySize(data, token, size, "channels, samples and bits");
}

/** PS3.3 C.8.14.4.1: 32-bit numbers, two of them for one complex value. */
function whySpectroscopy(data: DataSet, token: number): string | undefined {
  if (data.tokens.parent[token] !== ROOT || classOf(data) !== SPECTROSCOPY_CLASS) {
    return "spectroscopy data where the class has none";
  }
  const points = numberAt(data, DATA_POINT_ROWS, "UL") * numberAt(data, DATA_POINT_COLUMNS, "UL");
  const { rows, columns, frames } = imageSize(data);
  const area = rows * columns;
  const parts = data.string(DATA_REPRESENTATION) === "COMPLEX" ? 2 : 1;
  return whySize(data, token, 4 * points * area * frames * parts, "rows, columns, points and frames");
}

function whySize(data: DataSet, token: number, size: number, of: string): string | undefined {
  const length = data.length(token);
  if (length === size || length === size + 1) return undefined;
  if (!(length > size)) return `shorter than ${of} make them`;
  return size > 0 && isPadding(data, token, size) ? undefined : `longer than ${of} make them`;
}

/** PS3.3 C.7.6.3.1.8: 64-bit numbers within the pixel data; eight letters are far beyond. */
function whyOffsets(data: DataSet, token: number): string | undefined {
  const pixels = data.find(Tags.PixelData);
  if (
    pixels < 0 ||
    data.tokens.parent[token] !== ROOT ||
    (data.tokens.flags[pixels]! & Flag.Encapsulated) === 0
  ) {
    return "offsets of no fragments";
  }
  const limit = data.length(pixels);
  const isWithin =
    data.length(token) % 8 === 0 && numbersOf(data, token, "UV").every((offset) => offset <= limit);
  return isWithin ? undefined : "offsets that lie outside the pixel data";
}

function numberAt(data: DataSet, tag: Tag, vr: VR, item = ROOT): number {
  const token = data.find(tag, item);
  return token < 0 || data.length(token) > 64 ? 0 : (numbersOf(data, token, vr)[0] ?? 0);
}

/** Padding to a word or to two, with what the buffer held before: too short for a name, unless it is spelled. */
const LONGEST_REST = 8;
/** Padding to a block of some medium. More of it says something by its length alone. */
const LONGEST_PADDING = 4096;
const SPELLED = /[\x20-\x7e]{5}/;

function isPadding(data: DataSet, token: number, from: number): boolean {
  const { source, tokens } = data;
  const length = data.length(token) - from;
  if (length <= LONGEST_REST && !SPELLED.test(fromLatin1(source.read(tokens.value[token]! + from, length))))
    return true;
  return length <= LONGEST_PADDING && isUniform(data, token, from);
}

/** How much of what lies behind the image is read at once. */
const STEP = 1 << 16;

/** Nothing but one byte over and over from `from` on: padding to some block, which says nothing. */
function isUniform(data: DataSet, token: number, from: number): boolean {
  const { source, tokens } = data;
  const end = tokens.valueEnd[token]!;
  const start = tokens.value[token]! + from;
  const first = source.read(start, 1)[0];
  for (let at = start; at < end; at += STEP) {
    if (source.read(at, Math.min(STEP, end - at)).some((byte) => byte !== first)) return false;
  }
  return true;
}
