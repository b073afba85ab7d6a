import type { PixelFormat } from "../types.js";
import { extendSign, maskedTo } from "./bits.js";
import { type Cells, cellBytes, littleEndianMachine, newCells, swapBytes, undecodable } from "./codec.js";

/** The number of bytes in which the compiled codecs hold a sample. */
export function sampleBytes(precision: number): 1 | 2 {
  return precision > 8 ? 2 : 1;
}

/** Throws unless samples of this precision lie in the cells of the format. */
export function checkPrecision(name: string, precision: number, format: PixelFormat): void {
  const most = Math.min(format.bitsAllocated, 16);
  if (precision >= 1 && precision <= most) return;
  throw undecodable(`${name}: ${precision} bits a sample, ${format.bitsAllocated} allocated`);
}

/**
 * A codec's unsigned little-endian samples as cells. Of signed data a codec for unsigned numbers has the lowest
 * bits only (PS3.5 8.2.1): the bits above the precision are filled as native pixel data would have them.
 */
export function cellsFromSamples(bytes: Uint8Array, precision: number, format: PixelFormat): Cells {
  const cells = newCells(format);
  if (sampleBytes(precision) === 1) cells.set(bytes);
  else {
    const wide = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
    if (!littleEndianMachine) swapBytes(wide);
    cells.set(wide);
  }
  extendSign(cells, precision, format.isSigned);
  return cells;
}

/** The lowest `precision` bits of the cells as a codec takes them: the inverse of `cellsFromSamples`. */
export function samplesFromCells(cells: Cells, precision: number, format: PixelFormat): Uint8Array {
  const masked = maskedTo(cells, precision);
  if (cellBytes(format) === 1) return new Uint8Array(masked);
  if (sampleBytes(precision) === 1) return Uint8Array.from(masked);
  const wide = Uint16Array.from(masked);
  if (!littleEndianMachine) swapBytes(wide);
  return new Uint8Array(wide.buffer);
}
