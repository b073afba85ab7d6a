import type { Extent } from "../rules/boxes.js";
import { clip } from "../rules/boxes.js";
import type { Box, HeatMap, TextBox } from "../types.js";

/** Pixels on each side of a tile of the heat map. */
export const TILE = 4;

/** From which logits on tiles are text. */
export interface Thresholds {
  /** A component that is NARROW needs one tile this sure. */
  readonly peak: number;
  /** A larger one this sure: small letters are seldom as sure as what large anatomy may look like. */
  readonly largePeak: number;
  /** It grows over the tiles around that are at least this sure. */
  readonly grow: number;
  /** Pixels added around each box: outlines and shadows reach beyond the ink. */
  readonly padding: number;
}

/** Pixels of the smallest letters that can be read. */
const [LETTER_ACROSS, LETTER_ALONG] = [3, 5];
/** Tiles across of a line of letters of up to some 20 pixels. */
const NARROW = 6;
/** Of the tiles in a box so many are text; below that the box is cut in two, so that slanted text stays narrow. */
const SOLID = 0.9;
/** Gaps of so many tiles within a component are text too: the middle of a large letter, a space between two. */
const [GAP_ALONG, GAP_ACROSS] = [4, 1];

/**
 * Components of the heat map (8-connected) as boxes in pixels, cut to the plane, from top to bottom. Slanted or
 * bent components give several boxes; all tiles of a component lie in them. The score is the component's peak. None in
 * a plane in which no letter has room.
 */
export function textComponents(map: HeatMap, plane: Extent, thresholds: Thresholds): TextBox[] {
  if (
    Math.min(plane.rows, plane.columns) < LETTER_ACROSS ||
    Math.max(plane.rows, plane.columns) < LETTER_ALONG
  )
    return [];
  if (!map.logits.some((logit) => logit >= thresholds.peak)) return [];
  const labels = new Int32Array(map.logits.length);
  const stack = new Int32Array(map.logits.length);
  const found: TextBox[] = [];
  let label = 0;
  for (let seed = 0; seed < labels.length; seed++) {
    if (labels[seed] !== 0 || map.logits[seed]! < thresholds.peak) continue;
    const grown = grow(map, seed, thresholds.grow, labels, stack, ++label);
    if (grown.peak < (isNarrow(grown, map) ? thresholds.peak : thresholds.largePeak)) continue;
    closeGaps(grown, labels, map.columns, label);
    for (const tiles of solidParts(grown, labels, map.columns, label)) {
      const box = clip(inPixels(tiles, thresholds.padding), plane);
      if (box) found.push({ ...box, score: grown.peak });
    }
  }
  return found.sort((a, b) => a.top - b.top || a.left - b.left);
}

/** The highest logit of the tiles, of `tile` pixels each, that a box touches. */
export function highestLogit({ rows, columns, logits }: HeatMap, box: Box, tile = TILE): number {
  const [left, top] = [Math.max(0, Math.floor(box.left / tile)), Math.max(0, Math.floor(box.top / tile))];
  const right = Math.min(columns, Math.ceil((box.left + box.width) / tile));
  const bottom = Math.min(rows, Math.ceil((box.top + box.height) / tile));
  let highest = Number.NEGATIVE_INFINITY;
  for (let row = top; row < bottom; row++) {
    for (let at = row * columns + left; at < row * columns + right; at++)
      highest = Math.max(highest, logits[at]!);
  }
  return highest;
}

/** A rectangle of tiles; `right` and `bottom` exclusive. */
interface Tiles {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface Component extends Tiles {
  /** The highest logit in it. */
  readonly peak: number;
}

/** Like a line of letters in a picture, and not most of a very small picture. */
function isNarrow({ left, top, right, bottom }: Tiles, { rows, columns }: HeatMap): boolean {
  const across = Math.min(right - left, bottom - top);
  return across <= NARROW && 2 * across <= Math.min(rows, columns);
}

function inPixels({ left, top, right, bottom }: Tiles, padding: number) {
  return {
    left: left * TILE - padding,
    top: top * TILE - padding,
    width: (right - left) * TILE + 2 * padding,
    height: (bottom - top) * TILE + 2 * padding,
  };
}

/** Floods from `seed` over all tiles of at least `least`; marks them with `label` and tells their rectangle. */
function grow(
  { logits, rows, columns }: HeatMap,
  seed: number,
  least: number,
  labels: Int32Array,
  stack: Int32Array,
  label: number,
): Component {
  let [left, top, right, bottom, peak] = [columns, rows, 0, 0, Number.NEGATIVE_INFINITY];
  let waiting = 0;
  stack[waiting++] = seed;
  labels[seed] = label;
  while (waiting > 0) {
    const tile = stack[--waiting]!;
    const row = Math.trunc(tile / columns);
    const column = tile - row * columns;
    left = Math.min(left, column);
    right = Math.max(right, column + 1);
    top = Math.min(top, row);
    bottom = Math.max(bottom, row + 1);
    peak = Math.max(peak, logits[tile]!);
    for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
      for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
        const next = y * columns + x;
        if (labels[next] !== 0 || logits[next]! < least) continue;
        labels[next] = label;
        stack[waiting++] = next;
      }
    }
  }
  return { left, top, right, bottom, peak };
}

/** Marks the tiles between two of the component in one row, and in one column, that are near each other. */
function closeGaps(tiles: Tiles, labels: Int32Array, columns: number, label: number): void {
  const { left, top, right, bottom } = tiles;
  for (let row = top; row < bottom; row++)
    closeRun(labels, row * columns + left, row * columns + right, 1, GAP_ALONG, label);
  for (let column = left; column < right; column++)
    closeRun(labels, top * columns + column, bottom * columns + column, columns, GAP_ACROSS, label);
}

function closeRun(
  labels: Int32Array,
  from: number,
  to: number,
  step: number,
  gap: number,
  label: number,
): void {
  let last = Number.NEGATIVE_INFINITY;
  for (let at = from; at < to; at += step) {
    if (labels[at] !== label) continue;
    if (at - last <= (gap + 1) * step) {
      // Another component's tiles stay its own.
      for (let between = last + step; between < at; between += step)
        if (labels[between] === 0) labels[between] = label;
    }
    last = at;
  }
}

/** The rectangle, cut in halves along its longer side until its parts are mostly text. */
function solidParts(tiles: Tiles, labels: Int32Array, columns: number, label: number): Tiles[] {
  const tight = shrunk(tiles, labels, columns, label);
  if (!tight) return [];
  const { left, top, right, bottom, count } = tight;
  const [width, height] = [right - left, bottom - top];
  if (count >= SOLID * width * height || width * height <= 4) return [tight];
  const halves: readonly [Tiles, Tiles] =
    width >= height
      ? [
          { left, top, bottom, right: left + (width >> 1) },
          { left: left + (width >> 1), top, bottom, right },
        ]
      : [
          { left, top, right, bottom: top + (height >> 1) },
          { left, top: top + (height >> 1), right, bottom },
        ];
  return halves.flatMap((half) => solidParts(half, labels, columns, label));
}

/** The smallest rectangle around the component's tiles in this one, and how many they are; undefined for none. */
function shrunk(tiles: Tiles, labels: Int32Array, columns: number, label: number) {
  let [left, top, right, bottom, count] = [tiles.right, tiles.bottom, tiles.left, tiles.top, 0];
  for (let row = tiles.top; row < tiles.bottom; row++) {
    for (let column = tiles.left; column < tiles.right; column++) {
      if (labels[row * columns + column] !== label) continue;
      count++;
      left = Math.min(left, column);
      right = Math.max(right, column + 1);
      top = Math.min(top, row);
      bottom = Math.max(bottom, row + 1);
    }
  }
  return count === 0 ? undefined : { left, top, right, bottom, count };
}
