import { ElpisError } from "../base/index.js";
import type { Frame, PixelFormat } from "../pixels/index.js";
import type { Rescale, SeriesFrame } from "./series-types.js";

type Padding = SeriesFrame["padding"];

/**
 * Values of frames as the series speaks of them, NaN where a frame says padding. One table from cells to values serves
 * all frames that are rescaled alike; PET has a slope of its own for each.
 */
export class FrameValues {
  #key = "";
  #table = new Float32Array(0);
  #values = new Float32Array(0);

  /** Row by row; valid until the next call. Throws what decoding throws, and PIXELS_UNSUPPORTED for colours. */
  of({ rescale, padding }: SeriesFrame, { format, samples }: Frame): Float32Array {
    if (format.samplesPerPixel !== 1)
      throw new ElpisError(
        "PIXELS_UNSUPPORTED",
        "(0028,0002) a frame of several samples a pixel is no slice",
      );
    if (this.#values.length !== samples.length) this.#values = new Float32Array(samples.length);
    const values = this.#values;
    if (samples instanceof Uint32Array) {
      const toValue = cellToValue(format, rescale, padding);
      for (let i = 0; i < values.length; i++) values[i] = toValue(samples[i]!);
      return values;
    }
    const table = this.#tableFor(format, samples instanceof Uint8Array ? 0x100 : 0x10000, rescale, padding);
    for (let i = 0; i < values.length; i++) values[i] = table[samples[i]!]!;
    return values;
  }

  #tableFor(format: PixelFormat, cells: number, rescale: Rescale, padding: Padding): Float32Array {
    const { bitsStored, highBit, isSigned } = format;
    const told = "slope" in rescale ? rescale : [rescale.first, ...rescale.values];
    const key = JSON.stringify([cells, bitsStored, highBit, isSigned, told, padding]);
    if (key !== this.#key) {
      const toValue = cellToValue(format, rescale, padding);
      this.#table = new Float32Array(cells);
      for (let cell = 0; cell < cells; cell++) this.#table[cell] = toValue(cell);
      this.#key = key;
    }
    return this.#table;
  }
}

/**
 * The value of a cell. Bits beyond Bits Stored are no part of it (PS3.5 8.1.1), but padding may be a number that only
 * all bits of the cell can hold.
 */
function cellToValue(format: PixelFormat, rescale: Rescale, padding: Padding): (cell: number) => number {
  const { bitsAllocated, bitsStored, highBit, isSigned } = format;
  const [low, high] = padding ?? [1, 0];
  const isPadding = (stored: number): boolean => stored >= low && stored <= high;
  return (cell) => {
    const stored = bitsOf(cell, highBit + 1 - bitsStored, bitsStored, isSigned);
    if (isPadding(stored) || isPadding(bitsOf(cell, 0, bitsAllocated, isSigned))) return Number.NaN;
    return rescaled(rescale, stored);
  };
}

/** `bits` bits of a cell from bit `first` on, as a number. */
function bitsOf(cell: number, first: number, bits: number, isSigned: boolean): number {
  const left = (cell >>> first) << (32 - bits);
  return isSigned ? left >> (32 - bits) : left >>> (32 - bits);
}

/** PS3.3 C.11.1: by slope and intercept, or by a table, whose first and last values serve all beyond. */
function rescaled(rescale: Rescale, stored: number): number {
  if ("slope" in rescale) return rescale.slope * stored + rescale.intercept;
  const { first, values } = rescale;
  return values[Math.max(0, Math.min(values.length - 1, stored - first))] ?? Number.NaN;
}
