import { ElpisError, isElpisError } from "../../base/index.js";
import { type DataSet, Flag, groupOf, makeTag, type Tag } from "../../dicom/index.js";
import { frameCountOf, pixelFormatOf } from "../format.js";
import type { Frame, GreyPlane, PixelFormat } from "../types.js";
import { numbersAt, wholeNumberAt } from "./values.js";

/** Elements of an overlay, behind its group 60xx (PS3.3 C.9.2). */
const Element = {
  Rows: 0x0010,
  Columns: 0x0011,
  NumberOfFrames: 0x0015,
  Type: 0x0040,
  Origin: 0x0050,
  ImageFrameOrigin: 0x0051,
  BitsAllocated: 0x0100,
  BitPosition: 0x0102,
  Data: 0x3000,
} as const;

/** Pixels of one overlay frame that are examined at most: 11,585 × 11,585, or 128 MiB as a plane. */
const MOST_PIXELS = 1 << 27;

/** An overlay with data of its own. */
export interface SeparateOverlay {
  readonly kind: "separate";
  readonly group: number;
  readonly rows: number;
  readonly columns: number;
  /** Number of Frames in Overlay; frame 0 belongs to the image's frame `imageFrame`, counted from 0. */
  readonly frames: number;
  readonly imageFrame: number;
  /** Where its first pixel lies on the image, from 1; it may lie outside. */
  readonly origin: { readonly row: number; readonly column: number };
  readonly type: "graphics" | "region" | undefined;
  /** Set bits as 255, others as 0. Throws RangeError for a frame that it does not have. */
  plane(frame: number): GreyPlane;
}

/** The retired form (PS3.3 C.9.2, 2004 and before): a bit of each pixel that the image itself does not use. */
export interface EmbeddedOverlay {
  readonly kind: "embedded";
  readonly group: number;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  /** Position of the bit in the pixel's cell, from the least significant, 0. */
  readonly bit: number;
  /** The bit in a decoded frame of this image, as 255 and 0. */
  plane(frame: Frame): GreyPlane;
}

/** An overlay that cannot be examined; what it shows is unknown. */
export interface UnreadableOverlay {
  readonly kind: "unreadable";
  readonly group: number;
  readonly reason: string;
}

export type OverlayPlane = SeparateOverlay | EmbeddedOverlay | UnreadableOverlay;

/**
 * The overlays of an object, by group: every even group 6000 to 60FE at the top level. The standard stops at
 * 601E; an overlay behind that is no less readable.
 */
export function overlaysOf(data: DataSet): OverlayPlane[] {
  return groupsOf(data).map((group) => {
    const read = readOverlay(data, group);
    if (typeof read !== "string") return read;
    return { kind: "unreadable", group, reason: `(${hex(group)},xxxx) overlay ${read}` };
  });
}

/** Every element of an overlay's group at the top level, as tokens for `Edits.remove`. */
export function overlayElements(data: DataSet, group: number): number[] {
  return topLevel(data).filter((token) => groupOf(data.tagAt(token)) === group);
}

function topLevel(data: DataSet): number[] {
  const tokens: number[] = [];
  for (let token = 0; token < data.tokens.count; token = data.tokens.next[token]!) tokens.push(token);
  return tokens;
}

function groupsOf(data: DataSet): number[] {
  const groups = topLevel(data).map((token) => groupOf(data.tagAt(token)));
  return [...new Set(groups)].filter((group) => (group & 0xff01) === 0x6000).sort((a, b) => a - b);
}

const hex = (group: number): string => group.toString(16).toUpperCase().padStart(4, "0");
const at = (group: number, element: number): Tag => makeTag(group, element);

/** The overlay of a group, or what is wrong with it. */
function readOverlay(data: DataSet, group: number): OverlayPlane | string {
  const dataToken = data.find(at(group, Element.Data));
  const hasData = dataToken >= 0 && data.length(dataToken) > 0;
  const bit = wholeNumberAt(data, at(group, Element.BitPosition), "US") ?? 0;
  const bits = wholeNumberAt(data, at(group, Element.BitsAllocated), "US") ?? 1;
  if (!hasData) return readEmbedded(data, group, bit, bits);
  if (bit > 0 || bits !== 1) return "has data of its own and claims bits of Pixel Data as well";
  return readSeparate(data, group, dataToken);
}

function readSeparate(data: DataSet, group: number, token: number): SeparateOverlay | string {
  const rows = wholeNumberAt(data, at(group, Element.Rows), "US") ?? 0;
  const columns = wholeNumberAt(data, at(group, Element.Columns), "US") ?? 0;
  if (rows < 1 || columns < 1) return "names no rows and columns";
  const pixels = rows * columns;
  if (pixels > MOST_PIXELS) return `of ${rows} × ${columns} pixels is too large to examine`;
  const framesTag = at(group, Element.NumberOfFrames);
  const frames = data.string(framesTag) === "" ? 1 : (wholeNumberAt(data, framesTag, "IS") ?? 0);
  if (frames < 1) return "has no whole number of frames";
  const read = bitReader(data, token);
  if (typeof read === "string") return read;
  const needed = Math.ceil((pixels * frames) / 8);
  const length = data.length(token);
  if (length < needed) return `holds ${length} bytes where its size needs ${needed}`;
  // One byte of padding at most (PS3.5 8.1.2); what lies further behind would not be examined.
  if (length > needed + 1) return `holds ${length} bytes, more than the ${needed} of its size`;
  const [row = 1, column = 1] = numbersAt(data, at(group, Element.Origin), "SS") ?? [];
  return {
    kind: "separate",
    group,
    rows,
    columns,
    frames,
    imageFrame: (wholeNumberAt(data, at(group, Element.ImageFrameOrigin), "US") ?? 1) - 1,
    origin: { row, column },
    type: TYPES[data.string(at(group, Element.Type))],
    plane(frame) {
      if (!(Number.isInteger(frame) && frame >= 0 && frame < frames)) {
        throw new RangeError(`overlay frame ${frame} of ${frames}`);
      }
      return { rows, columns, pixels: read(frame * pixels, pixels) };
    },
  };
}

const TYPES: Readonly<Record<string, SeparateOverlay["type"]>> = { G: "graphics", R: "region" };

/**
 * Reads runs of bits, as 255 and 0. Bits follow one another from the least significant of each byte on, frames
 * without padding between them (PS3.5 8.1.2). In big endian OW the least significant byte of a word is its second.
 */
function bitReader(data: DataSet, token: number): ((from: number, count: number) => Uint8Array) | string {
  const { flags, value } = data.tokens;
  if (data.isSequence(token) || (flags[token]! & Flag.Encapsulated) !== 0) return "has data in no plain form";
  const isBigEndian = (flags[token]! & Flag.BigEndian) !== 0;
  const vr = data.vrAt(token) ?? "OW";
  if (vr !== "OW" && vr !== "OB" && (vr !== "UN" || isBigEndian)) return `has data of the VR ${vr}`;
  const swap = isBigEndian && vr === "OW" ? 1 : 0;
  if (swap === 1 && data.length(token) % 2 === 1) return "has words of one byte";
  return (from, count) => {
    // Whole words, so that a swapped byte is always among those read.
    const start = Math.floor(from / 16) * 2;
    const end = Math.min(data.length(token), Math.ceil((from + count) / 16) * 2);
    const bytes = data.source.read(value[token]! + start, end - start);
    const pixels = new Uint8Array(count);
    const first = from - 8 * start;
    for (let i = 0; i < count; i++) {
      const position = first + i;
      pixels[i] = -((bytes[(position >>> 3) ^ swap]! >>> (position & 7)) & 1);
    }
    return pixels;
  };
}

function readEmbedded(data: DataSet, group: number, bit: number, bits: number): EmbeddedOverlay | string {
  const isDescribed = data.find(at(group, Element.BitPosition)) >= 0;
  if (!isDescribed || (bit === 0 && bits === 1)) return "has no data";
  const image = imageOf(data);
  if (typeof image === "string") return image;
  const { format, frames } = image;
  if (bit >= format.bitsAllocated) return `claims bit ${bit} of pixels of ${format.bitsAllocated} bits`;
  if ((unusedBits(format) & (1 << bit)) === 0) return `claims bit ${bit}, which the image itself uses`;
  const { rows, columns } = format;
  return { kind: "embedded", group, rows, columns, frames, bit, plane: (frame) => bitPlane(frame, bit) };
}

function imageOf(data: DataSet): { format: PixelFormat; frames: number } | string {
  try {
    return { format: pixelFormatOf(data), frames: frameCountOf(data) };
  } catch (error) {
    if (isElpisError(error)) return `lies in pixels that cannot be read: ${error.message}`;
    throw error;
  }
}

/** The bits of a cell that hold no image: outside Bits Stored, which end at High Bit (PS3.5 8.1.1). As a mask. */
export function unusedBits({ bitsAllocated, bitsStored, highBit }: PixelFormat): number {
  const ones = (count: number) => (count >= 32 ? 0xffffffff : 2 ** count - 1);
  const used = ones(highBit + 1) & ~ones(highBit + 1 - bitsStored);
  return (ones(bitsAllocated) & ~used) >>> 0;
}

/** One bit of each pixel as 255 and 0; of several samples, 255 where any has it. */
export function bitPlane({ format, samples }: Frame, bit: number): GreyPlane {
  const { rows, columns, samplesPerPixel, planarConfiguration } = format;
  const count = rows * columns;
  const [next, apart] = planarConfiguration === 1 ? [1, count] : [samplesPerPixel, 1];
  if (samples.length < count * samplesPerPixel) {
    throw new ElpisError("PIXELS_BAD_FORMAT", "a frame with fewer samples than its rows and columns");
  }
  const pixels = new Uint8Array(count);
  for (let sample = 0; sample < samplesPerPixel; sample++) {
    for (let i = 0, cell = sample * apart; i < count; i++, cell += next) {
      pixels[i]! |= -((samples[cell]! >>> bit) & 1);
    }
  }
  return { rows, columns, pixels };
}

/** A plane of an unused bit, declared as an overlay or not. */
export interface BitPlane {
  readonly bit: number;
  readonly plane: GreyPlane;
}

/**
 * Every bit outside Bits Stored that is not the same in all pixels: an embedded overlay, whether group 60xx tells
 * of it or not. Not the copies of the sign that two's complement leaves above High Bit.
 */
export function unusedBitPlanes(frame: Frame): BitPlane[] {
  const { format, samples } = frame;
  const mask = unusedBits(format);
  if (mask === 0) return [];
  const sign = format.isSigned ? format.highBit : -1;
  const above = (mask & ~(2 ** (format.highBit + 1) - 1)) >>> 0;
  let [any, all, notSign] = [0, -1, 0];
  for (let i = 0; i < samples.length; i++) {
    const cell = samples[i]!;
    any |= cell;
    all &= cell;
    if (sign >= 0) notSign |= cell ^ -((cell >>> sign) & 1);
  }
  const varies = (any & ~all & mask) >>> 0;
  const wanted = sign >= 0 ? (varies & (~above | notSign)) >>> 0 : varies;
  const planes: BitPlane[] = [];
  for (let bit = 0; bit < format.bitsAllocated; bit++) {
    if (((wanted >>> bit) & 1) === 1) planes.push({ bit, plane: bitPlane(frame, bit) });
  }
  return planes;
}

/** The frame with these bits at 0 in every sample; the bits that hold the image cannot be among them (RangeError). */
export function withoutBits(frame: Frame, bits: readonly number[]): Frame {
  const unused = unusedBits(frame.format);
  let mask = 0;
  for (const bit of bits) {
    if (bit < 0 || bit > 31 || ((unused >>> bit) & 1) === 0)
      throw new RangeError(`bit ${bit} holds the image`);
    mask |= 1 << bit;
  }
  const samples = frame.samples.slice();
  for (let i = 0; i < samples.length; i++) samples[i]! &= ~mask;
  return { format: frame.format, samples };
}
