import type { PixelFormat } from "../types.js";
import type { Cells } from "./codec.js";

/** One byte a bit, from bit `start` on: the first pixel is the least significant bit (PS3.5 8.1.1, D.3). */
export function unpackBits(bytes: Uint8Array, into: Uint8Array, start = 0): void {
  for (let i = 0; i < into.length; i++) {
    const at = start + i;
    into[i] = (bytes[at >>> 3]! >>> (at & 7)) & 1;
  }
}

/** Eight cells a byte, the last byte padded with zeros. */
export function packBits(cells: Cells): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(cells.length / 8));
  for (let i = 0; i < cells.length; i++) bytes[i >>> 3]! |= (cells[i]! & 1) << (i & 7);
  return bytes;
}

/**
 * Bits that a compressed sample needs: Bits Stored where every cell is such a number, otherwise Bits Allocated,
 * since something else (an overlay, PS3.5 8.1.2; padding) lies above and must come back too.
 */
export function precisionOf(cells: Cells, format: PixelFormat): number {
  const { bitsAllocated, bitsStored, isSigned } = format;
  if (bitsStored === bitsAllocated) return bitsAllocated;
  // What a cell may have above its sign bit: all zeros, or for a negative number all ones.
  const shift = isSigned ? bitsStored - 1 : bitsStored;
  const ones = 2 ** (bitsAllocated - shift) - 1;
  for (let i = 0; i < cells.length; i++) {
    const above = cells[i]! >>> shift;
    if (above !== 0 && !(isSigned && above === ones)) return bitsAllocated;
  }
  return bitsStored;
}

/** Fills the bits above `precision` as two's complement, or with zeros, in place. */
export function extendSign(cells: Cells, precision: number, isSigned: boolean): void {
  const width = 8 * cells.BYTES_PER_ELEMENT;
  if (precision >= width || !isSigned) return;
  const shift = 32 - precision;
  for (let i = 0; i < cells.length; i++) cells[i] = (cells[i]! << shift) >> shift;
}

/** The same cells with zeros above `precision`: what a codec for unsigned numbers takes. */
export function maskedTo(cells: Cells, precision: number): Cells {
  if (precision >= 8 * cells.BYTES_PER_ELEMENT) return cells;
  const masked = cells.slice();
  const mask = 2 ** precision - 1;
  for (let i = 0; i < masked.length; i++) masked[i]! &= mask;
  return masked;
}
