import type { Random } from "../../src/base/index.js";
import type { Ink } from "./overlays/ink.js";

/** A picture that is being made: one plane of grey or three of colour, values about 0 to 255. */
export interface Picture {
  readonly rows: number;
  readonly columns: number;
  readonly planes: readonly Float32Array[];
}

/** Grey level, or red, green and blue. */
export type Colour = readonly [number, number, number];

/** ITU-R BT.601 luma, as PS3.3 C.7.6.3.1.2 has it for YBR_FULL. */
export function lumaOf(colour: Colour): number {
  return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
}

/** Lays a colour over a picture where a mask of 0 to 255 says so. */
export function blend(
  picture: Picture,
  mask: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
  coverage: Uint8Array,
  colour: Colour,
  opacity: number,
): void {
  const grey = lumaOf(colour);
  picture.planes.forEach((plane, channel) => {
    const value = picture.planes.length === 1 ? grey : colour[channel]!;
    for (let row = 0, from = 0; row < mask.height; row++) {
      const y = row + mask.top;
      let at = y * picture.columns + mask.left;
      for (let column = 0; column < mask.width; column++, from++, at++) {
        const x = column + mask.left;
        if (coverage[from] === 0 || x < 0 || y < 0 || x >= picture.columns || y >= picture.rows) continue;
        const share = (coverage[from]! / 255) * opacity;
        plane[at] = plane[at]! + (value - plane[at]!) * share;
      }
    }
  });
}

/** Resamples a plane of bytes or floats: nearest, or bilinear (with an average when it shrinks). */
export function resampled<T extends Float32Array | Uint8Array>(
  from: T,
  size: { readonly rows: number; readonly columns: number },
  to: { readonly rows: number; readonly columns: number },
  smooth: boolean,
  at: { readonly row: number; readonly column: number; readonly scaleY: number; readonly scaleX: number },
): T {
  const out = (
    from instanceof Float32Array
      ? new Float32Array(to.rows * to.columns)
      : new Uint8Array(to.rows * to.columns)
  ) as T;
  const taps = smooth && Math.max(at.scaleX, at.scaleY) > 1.3 ? 2 : 1;
  for (let row = 0, put = 0; row < to.rows; row++) {
    for (let column = 0; column < to.columns; column++, put++) {
      let sum = 0;
      for (let tap = 0; tap < taps * taps; tap++) {
        const y = at.row + (row + offset(tap >> 1, taps)) * at.scaleY - 0.5;
        const x = at.column + (column + offset(tap & 1, taps)) * at.scaleX - 0.5;
        sum += smooth ? bilinear(from, size, x, y) : nearest(from, size, x, y);
      }
      out[put] = sum / (taps * taps) + (from instanceof Float32Array ? 0 : 0.5);
    }
  }
  return out;
}

function offset(tap: number, taps: number): number {
  return taps === 1 ? 0.5 : 0.25 + 0.5 * tap;
}

type Size = { readonly rows: number; readonly columns: number };

function nearest(from: Float32Array | Uint8Array, size: Size, x: number, y: number): number {
  const column = Math.min(Math.max(Math.round(x), 0), size.columns - 1);
  return from[Math.min(Math.max(Math.round(y), 0), size.rows - 1) * size.columns + column]!;
}

function bilinear(from: Float32Array | Uint8Array, size: Size, x: number, y: number): number {
  const column = Math.min(Math.max(x, 0), size.columns - 1);
  const row = Math.min(Math.max(y, 0), size.rows - 1);
  const [x0, y0] = [Math.floor(column), Math.floor(row)];
  const [fx, fy] = [column - x0, row - y0];
  const right = x0 + 1 < size.columns ? 1 : 0;
  const down = y0 + 1 < size.rows ? size.columns : 0;
  const here = y0 * size.columns + x0;
  const upper = from[here]! * (1 - fx) + from[here + right]! * fx;
  const lower = from[here + down]! * (1 - fx) + from[here + down + right]! * fx;
  return upper * (1 - fy) + lower * fy;
}

/** The ink of a word after its whole picture was resampled by `scaleY`, `scaleX` (source pixels a pixel). */
export function resampledInk(ink: Ink, to: Size, smooth: boolean, scaleY: number, scaleX: number): Ink {
  const left = Math.max(Math.floor(ink.left / scaleX) - 1, 0);
  const top = Math.max(Math.floor(ink.top / scaleY) - 1, 0);
  const width = Math.min(Math.ceil((ink.left + ink.width) / scaleX) + 1, to.columns) - left;
  const height = Math.min(Math.ceil((ink.top + ink.height) / scaleY) + 1, to.rows) - top;
  const padded = pad(ink);
  const coverage = resampled(
    padded,
    { rows: ink.height + 2, columns: ink.width + 2 },
    { rows: height, columns: width },
    smooth,
    {
      row: top * scaleY - ink.top + 1,
      column: left * scaleX - ink.left + 1,
      scaleY,
      scaleX,
    },
  );
  return { left, top, width, height, coverage, halo: null };
}

/** A rim of one empty pixel: past the patch there is no ink. */
function pad(ink: Ink): Uint8Array {
  const out = new Uint8Array((ink.width + 2) * (ink.height + 2));
  for (let row = 0; row < ink.height; row++) {
    const start = row * ink.width;
    out.set(ink.coverage.subarray(start, start + ink.width), (row + 1) * (ink.width + 2) + 1);
  }
  return out;
}

/** About normally distributed, mean 0 and deviation 1: the sum of three uniform numbers. */
export function gaussian(random: Random): number {
  return (random() + random() + random() - 1.5) * 2;
}
