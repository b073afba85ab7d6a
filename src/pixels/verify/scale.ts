import { clip } from "../rules/boxes.js";
import type { Box, GreyPlane } from "../types.js";

/** What is cut out where the box lies outside the plane. */
const NOTHING: Box = { left: 0, top: 0, width: 1, height: 1 };

/** The mean of two by two pixels, into pixels of its own or those given; a last odd row or column goes with none. */
export function halved(plane: GreyPlane, into?: (length: number) => Uint8Array): GreyPlane {
  const rows = plane.rows >> 1;
  const columns = plane.columns >> 1;
  const pixels = into ? into(rows * columns) : new Uint8Array(rows * columns);
  for (let y = 0, at = 0; y < rows; y++) {
    let from = 2 * y * plane.columns;
    let below = from + plane.columns;
    for (let x = 0; x < columns; x++, from += 2, below += 2) {
      const sum =
        plane.pixels[from]! + plane.pixels[from + 1]! + plane.pixels[below]! + plane.pixels[below + 1]!;
      pixels[at++] = (sum + 2) >> 2;
    }
  }
  return { rows, columns, pixels };
}

/** The part of a plane within a box, cut off at its edges; at least one pixel. */
export function cropped(plane: GreyPlane, box: Box): GreyPlane {
  const { left, top, width: columns, height: rows } = clip(box, plane) ?? NOTHING;
  const pixels = new Uint8Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    const from = (top + y) * plane.columns + left;
    pixels.set(plane.pixels.subarray(from, from + columns), y * columns);
  }
  return { rows, columns, pixels };
}

/** Scaled by a factor: halved while it is below a half, then linear between pixels. */
export function scaled(plane: GreyPlane, factor: number): GreyPlane {
  if (factor <= 0.5 && Math.min(plane.rows, plane.columns) > 1) return scaled(halved(plane), factor * 2);
  if (Math.abs(factor - 1) < 0.1) return plane;
  const rows = Math.max(1, Math.round(plane.rows * factor));
  const columns = Math.max(1, Math.round(plane.columns * factor));
  const pixels = new Uint8Array(rows * columns);
  for (let y = 0, at = 0; y < rows; y++) {
    const v = clamp((y + 0.5) / factor - 0.5, plane.rows - 1);
    const upper = Math.floor(v) * plane.columns;
    const lower = Math.min(plane.rows - 1, Math.floor(v) + 1) * plane.columns;
    const down = v - Math.floor(v);
    for (let x = 0; x < columns; x++, at++) {
      const u = clamp((x + 0.5) / factor - 0.5, plane.columns - 1);
      const left = Math.floor(u);
      const right = Math.min(plane.columns - 1, left + 1);
      const across = u - left;
      const above = plane.pixels[upper + left]! * (1 - across) + plane.pixels[upper + right]! * across;
      const below = plane.pixels[lower + left]! * (1 - across) + plane.pixels[lower + right]! * across;
      pixels[at] = above * (1 - down) + below * down + 0.5;
    }
  }
  return { rows, columns, pixels };
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}

/** Turned by quarters counter-clockwise, and then mirrored left to right if wanted. */
export function turned(plane: GreyPlane, quarters: number, isMirrored = false): GreyPlane {
  const turn = ((quarters % 4) + 4) % 4;
  if (turn === 0 && !isMirrored) return plane;
  const { rows: height, columns: width } = plane;
  const rows = turn % 2 === 0 ? height : width;
  const columns = turn % 2 === 0 ? width : height;
  const pixels = new Uint8Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const u = isMirrored ? columns - 1 - x : x;
      const from = [
        y * width + u,
        u * width + width - 1 - y,
        (height - 1 - y) * width + width - 1 - u,
        (height - 1 - u) * width + y,
      ][turn]!;
      pixels[y * columns + x] = plane.pixels[from]!;
    }
  }
  return { rows, columns, pixels };
}

/** Grey levels between which a plane lies, and whether most of it is nearer the darker one. */
export interface Ground {
  /** Its darkest and brightest hundredth; `high` is more than `low`. */
  readonly low: number;
  readonly high: number;
  readonly isDark: boolean;
}

export function groundOf({ pixels }: GreyPlane): Ground {
  const counts = new Uint32Array(256);
  for (const value of pixels) counts[value] = counts[value]! + 1;
  const low = quantile(counts, 0.01 * pixels.length);
  const high = Math.max(low + 1, quantile(counts, 0.99 * pixels.length));
  return { low, high, isDark: quantile(counts, 0.5 * pixels.length) * 2 < low + high };
}

function quantile(counts: Uint32Array, rank: number): number {
  let sum = 0;
  for (let value = 0; value < 256; value++) {
    sum += counts[value]!;
    if (sum > rank) return value;
  }
  return 255;
}
