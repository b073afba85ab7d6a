import { ElpisError } from "../../base/index.js";
import { TILE } from "../finder/tiles.js";
import type { Box, GreyPlane, HeatMap } from "../types.js";
import {
  bottomOf,
  boxBetween,
  clip,
  type Extent,
  hullOf,
  pad,
  rightOf,
  unionOf,
  wholeFrame,
} from "./boxes.js";

/** Tiles of 4 × 4 pixels, row by row: 1 where something changed. */
export interface TileMap {
  readonly rows: number;
  readonly columns: number;
  readonly changed: Uint8Array;
}

/**
 * How far a net looks. For results that are exactly those of the whole frame:
 * - it is a function of the pixels within `margin` of a tile (its receptive field) and of nothing else: no mean,
 *   maximum or normalisation over the whole plane;
 * - it pads at the borders of what it is given in the same way whatever the size is;
 * - its grids begin at the top left, with cells of `stride` pixels: its largest step, a multiple of 4;
 * - it sums in an order that does not depend on the size of the plane: one kind of kernel for every size.
 */
export interface Reach {
  /** Pixels beyond the tile's own, on each side, that its logit depends on; rather too many than too few. */
  readonly margin: number;
  readonly stride: number;
}

/** Part of a plane to evaluate, and the tiles of it whose logits are those of the whole plane. */
export interface Patch {
  /** In pixels of the plane; begins and, but at the edge of the plane, ends at multiples of the stride. */
  readonly input: Box;
  /** In tiles of the plane. */
  readonly tiles: Box;
}

const tileExtent = ({ rows, columns }: Extent): Extent => ({
  rows: Math.ceil(rows / TILE),
  columns: Math.ceil(columns / TILE),
});

export function haveSamePixels({ pixels: a }: GreyPlane, { pixels: b }: GreyPlane): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The tiles in which any pixel differs. Throws PIXELS_BAD_FORMAT for planes of different sizes. */
export function changedTiles(previous: GreyPlane, current: GreyPlane): TileMap {
  if (previous.rows !== current.rows || previous.columns !== current.columns) {
    throw new ElpisError("PIXELS_BAD_FORMAT", "planes of different sizes cannot be compared");
  }
  const tiles = tileExtent(current);
  const changed = new Uint8Array(tiles.rows * tiles.columns);
  const [a, b] = [previous.pixels, current.pixels];
  for (let y = 0, i = 0; y < current.rows; y++) {
    const row = (y >>> 2) * tiles.columns;
    for (let x = 0; x < current.columns; x++, i++) if (a[i] !== b[i]) changed[row + (x >>> 2)] = 1;
  }
  return { ...tiles, changed };
}

/** Side of the blocks by which changes are gathered, in tiles; smaller ones make more patches and no less work. */
const BLOCK = 8;
/** With more pieces than this, one patch around all is found faster than the best division. */
const MOST_PIECES = 48;

/** What must be evaluated anew so that every tile that may differ is among some patch's tiles; [] for no change. */
export function patchesFor(map: TileMap, plane: Extent, reach: Reach): Patch[] {
  if (!(reach.margin >= 0) || !(reach.stride >= TILE) || reach.stride % TILE !== 0) {
    throw new RangeError("a margin of 0 or more and a stride that is a multiple of 4 are needed");
  }
  let pieces = unionOf(changedBlocks(map));
  if (pieces.length > MOST_PIECES) pieces = [hullOf(pieces)!];
  const patches = cheapest(pieces.map((tiles) => patchAround(tiles, plane, reach)));
  return patches.reduce((sum, { input }) => sum + areaOfBox(input), 0) < plane.rows * plane.columns
    ? patches
    : [{ input: wholeFrame(plane), tiles: wholeFrame(map) }];
}

const areaOfBox = ({ width, height }: Box): number => width * height;

/** Boxes of tiles around what changed in each block of 8 × 8. */
function changedBlocks(map: TileMap): Box[] {
  const boxes: Box[] = [];
  for (let top = 0; top < map.rows; top += BLOCK) {
    for (let left = 0; left < map.columns; left += BLOCK) {
      const box = clip({ left, top, width: BLOCK, height: BLOCK }, map)!;
      if (hasChange(map, box)) boxes.push(box);
    }
  }
  return boxes;
}

function hasChange(map: TileMap, box: Box): boolean {
  for (let y = box.top; y < bottomOf(box); y++) {
    const row = y * map.columns;
    if (map.changed.subarray(row + box.left, row + rightOf(box)).includes(1)) return true;
  }
  return false;
}

/** The tiles that see a change in `changed`, and the pixels that these tiles see. */
function patchAround(changed: Box, plane: Extent, reach: Reach): Patch {
  const tiles = clip(pad(changed, Math.ceil(reach.margin / TILE)), tileExtent(plane))!;
  const seen = pad(
    boxBetween(tiles.left * TILE, tiles.top * TILE, rightOf(tiles) * TILE, bottomOf(tiles) * TILE),
    reach.margin,
  );
  const { stride } = reach;
  const down = (value: number) => Math.floor(value / stride) * stride;
  const up = (value: number) => Math.ceil(value / stride) * stride;
  const onGrid = boxBetween(down(seen.left), down(seen.top), up(rightOf(seen)), up(bottomOf(seen)));
  return { input: clip(onGrid, plane)!, tiles };
}

/** Joins two patches wherever that is no more work than both, until there is no such pair. */
function cheapest(patches: Patch[]): Patch[] {
  for (const [i, a] of patches.entries()) {
    for (const b of patches.slice(i + 1)) {
      const input = hullOf([a.input, b.input])!;
      if (areaOfBox(input) > areaOfBox(a.input) + areaOfBox(b.input)) continue;
      const joined = { input, tiles: hullOf([a.tiles, b.tiles])! };
      return cheapest([...patches.filter((one) => one !== a && one !== b), joined]);
    }
  }
  return patches;
}

/** A plane and what a net said of it. The next frame is compared with it: its pixels must not be written to. */
export interface Evaluated {
  readonly plane: GreyPlane;
  readonly heat: HeatMap;
}

/**
 * The heat map of a frame, evaluated only where it differs from the frame before; exactly that of the whole frame
 * if `reach` is true of the net. `evaluated` counts the pixels that the net saw.
 */
export function evaluateChanges(
  previous: Evaluated | undefined,
  plane: GreyPlane,
  evaluate: (plane: GreyPlane) => HeatMap,
  reach: Reach,
): Evaluated & { readonly evaluated: number } {
  const isSameSize = previous?.plane.rows === plane.rows && previous.plane.columns === plane.columns;
  if (!previous || !isSameSize || differMostly(previous.plane, plane)) {
    return { plane, heat: evaluate(plane), evaluated: plane.rows * plane.columns };
  }
  if (haveSamePixels(previous.plane, plane)) return { plane, heat: previous.heat, evaluated: 0 };
  const patches = patchesFor(changedTiles(previous.plane, plane), plane, reach);
  const logits = previous.heat.logits.slice();
  let evaluated = 0;
  for (const { input, tiles } of patches) {
    const part = evaluate(partOf(plane, input));
    copyTiles(part, input, logits, previous.heat.columns, tiles);
    evaluated += areaOfBox(input);
  }
  return { plane, heat: { rows: previous.heat.rows, columns: previous.heat.columns, logits }, evaluated };
}

/** Pixels from one that is compared to the next; should it divide the columns, a few of them speak for all. */
const SAMPLED = 61;

/** Whether more than half of some pixels differ: patches would be most of the plane, as of speckle that moves. */
function differMostly({ pixels: a }: GreyPlane, { pixels: b }: GreyPlane): boolean {
  let differing = 0;
  for (let i = 0; i < a.length; i += SAMPLED) if (a[i] !== b[i]) differing++;
  return 2 * SAMPLED * differing > a.length;
}

/** The pixels of a box inside the plane, as a plane. */
export function partOf(plane: GreyPlane, box: Box): GreyPlane {
  const pixels = new Uint8Array(areaOfBox(box));
  for (let y = 0; y < box.height; y++) {
    const from = (box.top + y) * plane.columns + box.left;
    pixels.set(plane.pixels.subarray(from, from + box.width), y * box.width);
  }
  return { rows: box.height, columns: box.width, pixels };
}

function copyTiles(part: HeatMap, input: Box, logits: Float32Array, columns: number, tiles: Box): void {
  const [left, top] = [tiles.left - input.left / TILE, tiles.top - input.top / TILE];
  for (let y = 0; y < tiles.height; y++) {
    const from = (top + y) * part.columns + left;
    logits.set(part.logits.subarray(from, from + tiles.width), (tiles.top + y) * columns + tiles.left);
  }
}
