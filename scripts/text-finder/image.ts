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

/** Where the first pixel of a resampled plane lies in its source, and how many source pixels one is. */
export interface Step {
  readonly row: number;
  readonly column: number;
  readonly scaleY: number;
  readonly scaleX: number;
}

type Plane = Float32Array | Uint8Array | Uint8ClampedArray;
type Size = { readonly rows: number; readonly columns: number };

/** Resamples a plane: nearest, or bilinear with 2 × 2 places a pixel when it shrinks. */
export function resampled(from: Plane, size: Size, to: Size, smooth: boolean, at: Step): Float32Array {
  const out = new Float32Array(to.rows * to.columns);
  const taps = smooth && Math.max(at.scaleX, at.scaleY) > 1.3 ? 2 : 1;
  const across = placesOf(to.columns * taps, at.column, at.scaleX / taps, size.columns, smooth);
  const down = placesOf(to.rows * taps, at.row, at.scaleY / taps, size.rows, smooth);
  const part = 1 / (taps * taps);
  for (let row = 0; row < to.rows * taps; row++) {
    const upper = down.first[row]! * size.columns;
    const lower = down.second[row]! * size.columns;
    const fy = down.share[row]!;
    const line = (taps === 1 ? row : row >> 1) * to.columns;
    for (let column = 0; column < to.columns * taps; column++) {
      const x0 = across.first[column]!;
      const x1 = across.second[column]!;
      const fx = across.share[column]!;
      const above = from[upper + x0]! + (from[upper + x1]! - from[upper + x0]!) * fx;
      const below = from[lower + x0]! + (from[lower + x1]! - from[lower + x0]!) * fx;
      const put = line + (taps === 1 ? column : column >> 1);
      out[put] = out[put]! + (above + (below - above) * fy) * part;
    }
  }
  return out;
}

/** For each place along one direction: the two source pixels about it, and the second one's share. */
function placesOf(count: number, start: number, step: number, length: number, smooth: boolean) {
  const first = new Int32Array(count);
  const second = new Int32Array(count);
  const share = new Float32Array(count);
  for (let index = 0; index < count; index++) {
    const place = Math.min(Math.max(start + (index + 0.5) * step - 0.5, 0), length - 1);
    const whole = smooth ? Math.floor(place) : Math.round(place);
    first[index] = whole;
    second[index] = Math.min(whole + 1, length - 1);
    share[index] = smooth ? place - whole : 0;
  }
  return { first, second, share };
}

/** The ink of a word after its whole picture was resampled by `scaleY`, `scaleX` (source pixels a pixel). */
export function resampledInk(ink: Ink, to: Size, smooth: boolean, scaleY: number, scaleX: number): Ink {
  const left = Math.max(Math.floor(ink.left / scaleX) - 1, 0);
  const top = Math.max(Math.floor(ink.top / scaleY) - 1, 0);
  const width = Math.min(Math.ceil((ink.left + ink.width) / scaleX) + 1, to.columns) - left;
  const height = Math.min(Math.ceil((ink.top + ink.height) / scaleY) + 1, to.rows) - top;
  const padded = pad(ink);
  const values = resampled(
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
  const coverage = Uint8Array.from(values, Math.round);
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
