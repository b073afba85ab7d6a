import { ElpisError } from "../base/index.js";
import { type DicomFile, Flag } from "../dicom/index.js";
import { bytesOf, cellBytes, cellCount, littleEndianMachine, newCells, swapBytes } from "./codecs/codec.js";
import { bitsOfFrame, isSubsampled } from "./format.js";
import type { FrameRoom } from "./frame-room.js";
import type { Frame, PixelFormat } from "./types.js";

/**
 * How native frames follow each other in the value of Pixel Data (PS3.5 8.1.1, 8.2). Offsets are from its start.
 *
 *     1 bit a pixel:   frame 0 ........|frame 1 ........|   stride in bits: frames need not begin with a byte
 *     8 bits and OW, big endian:  the two bytes of each word are exchanged, also across frames (PS3.5 7.3)
 */
export interface NativeLayout {
  readonly format: PixelFormat;
  readonly frames: number;
  /** Bits from the start of a frame to that of the next. */
  readonly strideBits: number;
  readonly bigEndian: boolean;
  readonly swappedPairs: boolean;
  /** Bytes of the value. */
  readonly length: number;
}

/**
 * The layout of native pixel data, checked against the length of the value. Throws PIXELS_UNDECODABLE where frames
 * are missing, cut off or more than the header announces.
 */
export function nativeLayout(
  file: DicomFile,
  token: number,
  format: PixelFormat,
  frames: number,
): NativeLayout {
  const { data } = file;
  const length = data.length(token);
  const actual = actualFormat(format, frames, length);
  const bits = bitsOfFrame(actual);
  const bytes = Math.ceil(bits / 8);
  // Frames follow each other without padding (PS3.5 8.1.1); some writers pad each to a byte or an even length.
  const strides = [bits, 8 * bytes, 8 * (bytes + (bytes % 2))];
  const needed = (stride: number): number => Math.ceil((stride * (frames - 1) + bits) / 8);
  const fits = strides.find((stride) => {
    const spare = length - needed(stride);
    return spare >= 0 && spare <= 1 + (stride > bits ? 1 : 0);
  });
  const strideBits = fits ?? bits;
  if (length < needed(strideBits)) throw wrongLength("cut off", length, frames, needed(strideBits));
  if (length >= needed(strideBits) + bytes) throw wrongLength("surplus", length, frames, needed(strideBits));
  const bigEndian = (data.tokens.flags[token]! & Flag.BigEndian) !== 0;
  const swappedPairs = bigEndian && actual.bitsAllocated <= 8 && data.vrAt(token) === "OW";
  return { format: actual, frames, strideBits, bigEndian, swappedPairs, length };
}

/** Writers leave YBR_FULL_422 in the header of full samples (PS3.5 8.2): their length tells. */
function actualFormat(format: PixelFormat, frames: number, length: number): PixelFormat {
  if (!isSubsampled(format.photometric)) return format;
  const photometric = format.photometric.slice(0, -"_422".length);
  const full = { ...format, photometric };
  const size = Math.ceil((bitsOfFrame(full) * frames) / 8);
  return length === size || length === size + 1 ? full : { ...format, planarConfiguration: 0 };
}

function wrongLength(what: string, length: number, frames: number, needed: number): ElpisError {
  const reason = `${length} bytes of native pixel data; ${frames} frames of this size have ${needed}`;
  return new ElpisError("PIXELS_UNDECODABLE", `(7FE0,0010) frames are ${what}: ${reason}`);
}

/** Bytes [start, end) of the value that hold a cell of frame `index`; with its whole words where pairs are swapped. */
export function bytesOfFrame(layout: NativeLayout, index: number): readonly [start: number, end: number] {
  const first = layout.strideBits * index;
  const start = Math.floor(first / 8);
  const end = Math.ceil((first + bitsOfFrame(layout.format)) / 8);
  if (!layout.swappedPairs) return [start, end];
  return [start - (start % 2), Math.min(end + (end % 2), layout.length)];
}

/** Frame `index` from the bytes that `bytesOfFrame` names, which stay as they are; in the room, where one is given. */
export function decodeNative(
  layout: NativeLayout,
  index: number,
  bytes: Uint8Array,
  room?: FrameRoom,
): Frame {
  const { format, strideBits } = layout;
  const [from] = bytesOfFrame(layout, index);
  const firstBit = strideBits * index - 8 * from;
  const ordered = layout.swappedPairs ? withSwappedPairs(bytes) : bytes;
  const samples = newCells(format, room?.buffer("cells", cellCount(format) * cellBytes(format)));
  if (format.bitsAllocated === 1) {
    // PS3.5 8.1.1: the first pixel is the least significant bit.
    for (let i = 0; i < samples.length; i++) {
      const at = firstBit + i;
      samples[i] = (ordered[at >>> 3]! >>> (at & 7)) & 1;
    }
    return { format, samples };
  }
  const start = firstBit / 8;
  if (isSubsampled(format.photometric))
    return upsampled(samples, format, cellsOf(layout, ordered.subarray(start)));
  const own = bytesOf(samples);
  own.set(ordered.subarray(start, start + own.length));
  if (layout.bigEndian === littleEndianMachine) swapBytes(samples);
  return { format, samples };
}

/** Two thirds of the cells: Y1 Y2 CB CR for a pair of pixels (PS3.3 C.7.6.3.1.2). */
function cellsOf(layout: NativeLayout, bytes: Uint8Array): Frame["samples"] {
  const { rows, columns } = layout.format;
  const packed = newCells({ ...layout.format, rows, columns, samplesPerPixel: 2 });
  const own = bytesOf(packed);
  own.set(bytes.subarray(0, own.length));
  if (layout.bigEndian === littleEndianMachine) swapBytes(packed);
  return packed;
}

/** Three cells a pixel; both pixels of a pair have its colour, and the label stays, so that they keep it together. */
function upsampled(samples: Frame["samples"], format: PixelFormat, packed: Frame["samples"]): Frame {
  for (let from = 0, to = 0; from < packed.length; from += 4, to += 6) {
    samples[to] = packed[from]!;
    samples[to + 3] = packed[from + 1]!;
    samples[to + 1] = samples[to + 4] = packed[from + 2]!;
    samples[to + 2] = samples[to + 5] = packed[from + 3]!;
  }
  return { format, samples };
}

function withSwappedPairs(bytes: Uint8Array): Uint8Array {
  const swapped = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) swapped[i] = bytes[i ^ 1] ?? 0;
  return swapped;
}

/** A frame's bytes in the order of the file, before pairs are swapped; of 1-bit frames a byte each. */
export function nativeBytes(layout: NativeLayout, { format, samples }: Frame): Uint8Array {
  let cells = samples;
  if (isSubsampled(format.photometric)) {
    cells = newCells({ ...format, samplesPerPixel: 2 });
    for (let to = 0, at = 0; to < cells.length; to += 4, at += 6) {
      cells[to] = samples[at]!;
      cells[to + 1] = samples[at + 3]!;
      cells[to + 2] = samples[at + 1]!;
      cells[to + 3] = samples[at + 2]!;
    }
  }
  if (layout.bigEndian !== littleEndianMachine || cells instanceof Uint8Array) return bytesOf(cells);
  const swapped = cells.slice();
  swapBytes(swapped);
  return bytesOf(swapped);
}

/**
 * Writes `bytes` of frame `index`, from `nativeBytes`, over `target`, which holds the value from `start` on: all of
 * the frame that lies there, and no bit beside it.
 */
export function spliceNative(
  layout: NativeLayout,
  index: number,
  bytes: Uint8Array,
  target: Uint8Array,
  start: number,
): void {
  if (layout.format.bitsAllocated === 1) return spliceBits(layout, index, bytes, target, start);
  const first = (layout.strideBits * index) / 8;
  const low = Math.max(first, start);
  const high = Math.min(first + bytes.length, start + target.length);
  if (low >= high) return;
  if (!layout.swappedPairs) {
    target.set(bytes.subarray(low - first, high - first), low - start);
    return;
  }
  for (let at = low; at < high; at++) target[other(at) - start] = bytes[at - first]!;
}

/** The other byte of a pair. */
const other = (at: number): number => (at % 2 === 0 ? at + 1 : at - 1);

function spliceBits(
  layout: NativeLayout,
  index: number,
  bits: Uint8Array,
  target: Uint8Array,
  start: number,
): void {
  const first = layout.strideBits * index - 8 * start;
  const from = Math.max(0, -first);
  const to = Math.min(bits.length, 8 * target.length - first);
  for (let i = from; i < to; i++) {
    const bit = first + i;
    const at = layout.swappedPairs ? other(bit >>> 3) : bit >>> 3;
    const mask = 1 << (bit & 7);
    target[at] = bits[i]! === 0 ? target[at]! & ~mask : target[at]! | mask;
  }
}
