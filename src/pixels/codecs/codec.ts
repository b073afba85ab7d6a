import { ElpisError } from "../../base/index.js";
import type { Frame, PixelFormat } from "../types.js";

/** Compressed bytes of one frame to samples and back: one transfer syntax of PS3.5 Annex A. */
export interface Codec {
  /**
   * A frame's cells as they would lie in native pixel data (PS3.5 8.1.1). Photometric and planar configuration
   * of the returned format say how they came out. Throws PIXELS_UNDECODABLE for bytes that do not hold such a
   * frame, and PIXELS_BAD_FORMAT for a format that no frame can have.
   */
  decode(bytes: Uint8Array, format: PixelFormat): Frame;
  /**
   * Bytes that decode to exactly `frame`; absent where codec or transfer syntax has no lossless form. `photometric`
   * is what the header will say, where that names a transform inside the stream (`writtenPhotometric`). Throws
   * PIXELS_UNSUPPORTED for a frame that the syntax cannot hold, PIXELS_BAD_FORMAT for one that contradicts itself.
   */
  encode?(frame: Frame, photometric?: string): Uint8Array;
}

export type Cells = Frame["samples"];

/** `reason` names sizes and markers, never data. */
export function undecodable(reason: string): ElpisError {
  return new ElpisError("PIXELS_UNDECODABLE", reason);
}

/** Cells of a frame: rows × columns × samples. */
export function cellCount(format: PixelFormat): number {
  return format.rows * format.columns * format.samplesPerPixel;
}

/** Bytes of one cell in memory: that of a 1-bit image has a whole byte. */
export function cellBytes(format: PixelFormat): 1 | 2 | 4 {
  return format.bitsAllocated === 32 ? 4 : format.bitsAllocated === 16 ? 2 : 1;
}

// Rows and Columns are US (PS3.6), so 65,535 at most; a typed array of more bytes than this is refused by engines.
const MOST_BYTES = 2 ** 31 - 1;

/** Throws PIXELS_BAD_FORMAT unless a frame of this format can exist and be held in memory. */
export function checkFormat(format: PixelFormat): void {
  const { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, highBit } = format;
  const isSize = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 65535;
  const fits =
    isSize(rows) &&
    isSize(columns) &&
    (samplesPerPixel === 1 || samplesPerPixel === 3 || samplesPerPixel === 4) &&
    (bitsAllocated === 1 || bitsAllocated === 8 || bitsAllocated === 16 || bitsAllocated === 32) &&
    Number.isInteger(bitsStored) &&
    bitsStored >= 1 &&
    bitsStored <= bitsAllocated &&
    Number.isInteger(highBit) &&
    highBit >= bitsStored - 1 &&
    highBit < bitsAllocated;
  if (fits && cellCount(format) * cellBytes(format) <= MOST_BYTES) return;
  throw new ElpisError(
    "PIXELS_BAD_FORMAT",
    `no frame has ${rows} rows, ${columns} columns, ${samplesPerPixel} samples a pixel, ` +
      `${bitsAllocated} bits allocated, ${bitsStored} stored, high bit ${highBit}`,
  );
}

/** Throws PIXELS_BAD_FORMAT unless the samples are those that the format announces. */
export function checkFrame(frame: Frame): void {
  const { format, samples } = frame;
  checkFormat(format);
  if (samples.length === cellCount(format) && samples.BYTES_PER_ELEMENT === cellBytes(format)) return;
  throw new ElpisError(
    "PIXELS_BAD_FORMAT",
    `a frame of ${cellCount(format)} cells of ${cellBytes(format)} bytes has ` +
      `${samples.length} of ${samples.BYTES_PER_ELEMENT}`,
  );
}

/** In a buffer, which must be large enough, or one of its own. */
export function newCells(format: PixelFormat, buffer?: ArrayBuffer): Cells {
  const bytes = cellBytes(format);
  const Kind = bytes === 4 ? Uint32Array : bytes === 2 ? Uint16Array : Uint8Array;
  const count = cellCount(format);
  return buffer ? new Kind(buffer, 0, count) : new Kind(count);
}

/** The bytes of the cells as they lie in this machine's memory. */
export function bytesOf(cells: Cells): Uint8Array {
  return new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength);
}

/** True on every machine that people use; the code below asks, so that it is right on the others too. */
export const littleEndianMachine: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Reverses the bytes of every cell, in place. */
export function swapBytes(cells: Cells): void {
  if (cells instanceof Uint16Array) {
    for (let i = 0; i < cells.length; i++) cells[i] = (cells[i]! << 8) | (cells[i]! >>> 8);
  } else if (cells instanceof Uint32Array) {
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i]!;
      cells[i] = (cell << 24) | ((cell & 0xff00) << 8) | ((cell >>> 8) & 0xff00) | (cell >>> 24);
    }
  }
}

/** The cells with little-endian bytes of `bytes`, which holds as many as the format has. */
export function cellsFromLittleEndian(bytes: Uint8Array, format: PixelFormat): Cells {
  const cells = newCells(format);
  bytesOf(cells).set(bytes.subarray(0, cells.byteLength));
  if (!littleEndianMachine) swapBytes(cells);
  return cells;
}

/** The bytes of the cells, little endian: a view where the machine is, so not to be written to. */
export function littleEndianBytes(cells: Cells): Uint8Array {
  if (littleEndianMachine) return bytesOf(cells);
  const swapped = cells.slice();
  swapBytes(swapped);
  return bytesOf(swapped);
}
