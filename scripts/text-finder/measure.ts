import type { Ink } from "./overlays/ink.js";
import type { PlacedWord } from "./overlays/layouts.js";

type Size = { readonly rows: number; readonly columns: number };
export type Corners = readonly [number, number][];

/** Ink below this share of 255 is the fringe of smoothing: no box is drawn for it. */
const INK = 64;

/**
 * The four corners of the tight box along a word's own direction, clockwise from where its reading starts;
 * pixel (x, y) reaches from x to x + 1. Null when the ink is too faint to have any.
 */
export function cornersOf(ink: Ink, angle: number): Corners | null {
  const level = Math.min(INK, Math.floor(strongest(ink) / 2));
  if (level === 0) return null;
  const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  let [left, right, top, bottom] = [1e9, -1e9, 1e9, -1e9];
  for (let row = 0, at = 0; row < ink.height; row++) {
    for (let column = 0; column < ink.width; column++, at++) {
      if (ink.coverage[at]! < level) continue;
      const [x, y] = [ink.left + column + 0.5, ink.top + row + 0.5];
      const [u, v] = [x * cos + y * sin, y * cos - x * sin];
      left = Math.min(left, u - 0.5);
      right = Math.max(right, u + 0.5);
      top = Math.min(top, v - 0.5);
      bottom = Math.max(bottom, v + 0.5);
    }
  }
  const point = (u: number, v: number): [number, number] => [u * cos - v * sin, u * sin + v * cos];
  return [point(left, top), point(right, top), point(right, bottom), point(left, bottom)];
}

function strongest(ink: Ink): number {
  let most = 0;
  for (const value of ink.coverage) if (value > most) most = value;
  return most;
}

/** Writes 1 wherever a pixel's centre lies in the box. */
export function fillCorners(mask: Uint8Array, size: Size, corners: Corners): void {
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  for (let y = Math.max(0, Math.floor(Math.min(...ys))); y < Math.min(size.rows, Math.max(...ys)); y++) {
    for (let x = Math.max(0, Math.floor(Math.min(...xs))); x < Math.min(size.columns, Math.max(...xs)); x++) {
      if (holds(corners, x + 0.5, y + 0.5)) mask[y * size.columns + x] = 1;
    }
  }
}

function holds(corners: Corners, x: number, y: number): boolean {
  for (let index = 0; index < 4; index++) {
    const [x0, y0] = corners[index]!;
    const [x1, y1] = corners[(index + 1) % 4]!;
    if ((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) < -1e-6) return false;
  }
  return true;
}

/**
 * Grey levels between the medians of a word's ink (its more covered pixels) and of a ring about it (pixels
 * without ink, 2 or 3 pixels from some), as the finished plane has them.
 */
export function contrastOf(pixels: Uint8Array, size: Size, word: Pick<PlacedWord, "ink">): number {
  return stretchesOf(pixels, size, word.ink, () => 0, 1)[0] ?? 0;
}

/** The least contrast of a word's stretches along its direction, each about as long as its letters are high. */
export function weakestOf(
  pixels: Uint8Array,
  size: Size,
  word: Pick<PlacedWord, "ink" | "angle" | "size">,
): number {
  const { ink, angle } = word;
  const level = Math.abs(angle) < 45 && ink.width >= ink.height;
  const long = level ? ink.width : ink.height;
  const count = Math.max(1, Math.min(12, Math.floor(long / (1.2 * word.size))));
  const stretch = (column: number, row: number) => Math.floor(((level ? column : row) * count) / long);
  return Math.min(...stretchesOf(pixels, size, ink, stretch, count));
}

/** The contrast of each stretch that has both ink and ring; `stretch` tells a pixel's from its place. */
function stretchesOf(
  pixels: Uint8Array,
  size: Size,
  ink: Ink,
  stretch: (column: number, row: number) => number,
  stretches: number,
): number[] {
  const [width, height] = [ink.width + 6, ink.height + 6];
  const level = Math.max(32, Math.floor(strongest(ink) * 0.6));
  const near = new Uint8Array(width * height);
  const [inside, around] = [new Uint32Array(256 * stretches), new Uint32Array(256 * stretches)];
  const clamped = (column: number, row: number) => Math.min(stretches - 1, Math.max(0, stretch(column, row)));
  for (let row = 0, at = 0; row < ink.height; row++) {
    for (let column = 0; column < ink.width; column++, at++) {
      if (ink.coverage[at]! < 26) continue;
      spread(near, width, column + 3, row + 3);
      if (ink.coverage[at]! < level) continue;
      count(inside, clamped(column, row), pixels, size, ink.left + column, ink.top + row);
    }
  }
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      if (near[at] !== 1) continue;
      count(around, clamped(column - 3, row - 3), pixels, size, ink.left + column - 3, ink.top + row - 3);
    }
  }
  const contrasts: number[] = [];
  for (let part = 0; part < stretches; part++) {
    const letters = median(inside.subarray(part * 256, part * 256 + 256));
    const ring = median(around.subarray(part * 256, part * 256 + 256));
    if (ring !== null && letters !== null) contrasts.push(Math.abs(letters - ring));
  }
  return contrasts.length > 0 ? contrasts : [0];
}

/** Marks what lies 3 pixels about as the ring (1), and what lies within 1 as the ink's own (2). */
function spread(near: Uint8Array, width: number, x: number, y: number): void {
  for (let dy = -3; dy <= 3; dy++) {
    const line = (y + dy) * width + x;
    for (let dx = -3; dx <= 3; dx++) {
      const close = dx * dx <= 1 && dy * dy <= 1;
      if (close) near[line + dx] = 2;
      else if (near[line + dx] === 0) near[line + dx] = 1;
    }
  }
}

function count(
  levels: Uint32Array,
  part: number,
  pixels: Uint8Array,
  size: Size,
  x: number,
  y: number,
): void {
  if (x < 0 || y < 0 || x >= size.columns || y >= size.rows) return;
  const value = pixels[y * size.columns + x]!;
  levels[part * 256 + value] = levels[part * 256 + value]! + 1;
}

function median(levels: Uint32Array): number | null {
  let total = 0;
  for (const each of levels) total += each;
  if (total === 0) return null;
  let below = 0;
  for (let value = 0; value < 256; value++) {
    below += levels[value]!;
    if (below * 2 >= total) return value;
  }
  return 255;
}
