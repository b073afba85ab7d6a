import { ElpisError } from "../../base/index.js";
import type { Frame, PixelFormat } from "../types.js";
import { packBits, unpackBits } from "./bits.js";
import {
  bytesOf,
  type Cells,
  type Codec,
  cellBytes,
  cellCount,
  checkFormat,
  checkFrame,
  littleEndianMachine,
  newCells,
  undecodable,
} from "./codec.js";

/** PS3.5 G.5: number of segments, then the offsets of up to 15. */
const HEADER = 64;
const MOST_SEGMENTS = 15;

/** Segments of a frame: one for each byte of each sample, the most significant first (PS3.5 G.2). */
function segmentCount(format: PixelFormat): number {
  return format.samplesPerPixel * cellBytes(format);
}

/**
 * Fills `into[at], into[at + step] …` with `count` bytes of one PackBits segment (PS3.5 G.3.2). Returns how many
 * there were, `count` at most: what follows is padding. The encoder is sender-controlled.
 */
function decodeSegment(
  segment: Uint8Array,
  into: Uint8Array,
  at: number,
  step: number,
  count: number,
): number {
  const end = at + count * step;
  let to = at;
  let from = 0;
  while (to < end && from < segment.length) {
    const control = segment[from++]!;
    if (control < 128) {
      const stop = Math.min(from + control + 1, segment.length);
      for (; from < stop && to < end; to += step) into[to] = segment[from++]!;
    } else if (control > 128) {
      if (from === segment.length) break;
      const value = segment[from++]!;
      const stop = Math.min(to + (257 - control) * step, end);
      for (; to < stop; to += step) into[to] = value;
    }
  }
  return (to - at) / step;
}

/** The segments of a frame, each to the start of the next, the last to the end. */
function segmentsOf(bytes: Uint8Array, expected: number): readonly Uint8Array[] {
  if (bytes.length < HEADER) throw undecodable(`RLE: ${bytes.length} bytes hold no header of 64`);
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER);
  const count = header.getUint32(0, true);
  if (count !== expected) throw undecodable(`RLE: ${count} segments instead of ${expected}`);
  const offsets = Array.from({ length: count }, (_, i) => header.getUint32(4 + 4 * i, true));
  return offsets.map((start, i) => {
    const end = offsets[i + 1] ?? bytes.length;
    if (start < HEADER || end < start || end > bytes.length) {
      throw undecodable(`RLE: segment ${i + 1} lies from byte ${start} to ${end} of ${bytes.length}`);
    }
    return bytes.subarray(start, end);
  });
}

/** Where byte `index` of a sample, the most significant being 0, lies in a cell of `size` bytes. */
function byteInCell(index: number, size: number): number {
  return littleEndianMachine ? size - 1 - index : index;
}

/** Where sample `sample` begins in the cells, and how many cells on its next one lies. */
function layout(format: PixelFormat, sample: number): { first: number; stride: number } {
  if (format.planarConfiguration === 0) return { first: sample, stride: format.samplesPerPixel };
  return { first: sample * format.rows * format.columns, stride: 1 };
}

function decodeBits(bytes: Uint8Array, format: PixelFormat): Frame {
  const packed = new Uint8Array(Math.ceil(cellCount(format) / 8));
  const [segment] = segmentsOf(bytes, 1);
  const got = decodeSegment(segment!, packed, 0, 1, packed.length);
  if (got < packed.length) throw undecodable(`RLE: segment 1 holds ${got} bytes of ${packed.length}`);
  const samples = new Uint8Array(cellCount(format));
  unpackBits(packed, samples);
  return { format, samples };
}

function decode(bytes: Uint8Array, format: PixelFormat): Frame {
  checkFormat(format);
  if (segmentCount(format) > MOST_SEGMENTS) throw unsupported(format);
  if (format.bitsAllocated === 1) return decodeBits(bytes, format);
  const segments = segmentsOf(bytes, segmentCount(format));
  // Two bytes stand for 128 at most: a frame that cannot be there is not made room for.
  const most = 64 * Math.min(...segments.map((segment) => segment.length));
  if (format.rows * format.columns > most) throw undecodable("RLE: a segment is too short for the frame");
  const samples = newCells(format);
  const into = bytesOf(samples);
  const size = cellBytes(format);
  const pixels = format.rows * format.columns;
  for (const [i, segment] of segments.entries()) {
    const { first, stride } = layout(format, Math.floor(i / size));
    const at = first * size + byteInCell(i % size, size);
    const got = decodeSegment(segment, into, at, stride * size, pixels);
    if (got < pixels) throw undecodable(`RLE: segment ${i + 1} holds ${got} bytes of ${pixels}`);
  }
  return { format, samples };
}

function unsupported(format: PixelFormat): ElpisError {
  return new ElpisError(
    "PIXELS_UNSUPPORTED",
    `RLE has ${MOST_SEGMENTS} segments; ${format.samplesPerPixel} samples of ${format.bitsAllocated} bits need more`,
  );
}

/** Length of the run that begins at `at`: 128 at most, and not beyond `end`. */
function runLength(row: Uint8Array, at: number, end: number): number {
  const value = row[at];
  const stop = Math.min(end, at + 128);
  let to = at + 1;
  while (to < stop && row[to] === value) to++;
  return to - at;
}

/**
 * PackBits of one row from `at` to `end`, written to `into` from `to` on; returns the end. A run of two goes
 * into a literal that is under way, which costs nothing; a replicate run may not cross the row (PS3.5 G.3.1).
 */
function encodeRow(row: Uint8Array, at: number, end: number, into: Uint8Array, to: number): number {
  let from = at;
  let out = to;
  while (from < end) {
    const run = runLength(row, from, end);
    if (run > 1) {
      into[out++] = 257 - run;
      into[out++] = row[from]!;
      from += run;
      continue;
    }
    const start = from;
    while (from < end && from - start < 128) {
      if (from + 1 < end && row[from] === row[from + 1] && (from + 2 >= end || row[from] === row[from + 2]))
        break;
      from++;
    }
    into[out++] = from - start - 1;
    for (let i = start; i < from; i++) into[out++] = row[i]!;
  }
  return out;
}

/** Every byte plane of the frame, each `width` bytes a row. */
function planesOf(cells: Cells, format: PixelFormat): { planes: Uint8Array[]; width: number } {
  if (format.bitsAllocated === 1) {
    const packed = packBits(cells);
    return { planes: [packed], width: packed.length };
  }
  const size = cellBytes(format);
  const bytes = bytesOf(cells);
  const pixels = format.rows * format.columns;
  const planes = Array.from({ length: segmentCount(format) }, (_, i) => {
    const { first, stride } = layout(format, Math.floor(i / size));
    const plane = new Uint8Array(pixels);
    let from = first * size + byteInCell(i % size, size);
    for (let to = 0; to < pixels; to++, from += stride * size) plane[to] = bytes[from]!;
    return plane;
  });
  return { planes, width: format.columns };
}

function encode(frame: Frame): Uint8Array {
  checkFrame(frame);
  const { format, samples } = frame;
  if (segmentCount(format) > MOST_SEGMENTS) throw unsupported(format);
  const { planes, width } = planesOf(samples, format);
  // At worst a control byte for every 128 of a row, and one to make the segment even (PS3.5 G.3.1).
  const worst = planes.reduce(
    (sum, plane) => sum + plane.length + Math.ceil(width / 128) * (plane.length / width) + 1,
    0,
  );
  const bytes = new Uint8Array(HEADER + worst);
  const header = new DataView(bytes.buffer);
  header.setUint32(0, planes.length, true);
  let to = HEADER;
  for (const [i, plane] of planes.entries()) {
    header.setUint32(4 + 4 * i, to, true);
    for (let at = 0; at < plane.length; at += width) to = encodeRow(plane, at, at + width, bytes, to);
    to += to % 2;
  }
  return bytes.slice(0, to);
}

/** RLE Lossless, 1.2.840.10008.1.2.5 (PS3.5 Annex G). */
export const rle: Codec = { decode, encode };
