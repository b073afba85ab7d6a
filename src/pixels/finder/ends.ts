import type { HeatMap } from "../types.js";
import { TILE, type Tiles } from "./tiles.js";

/** Pixels by which something reaches beyond the borders of its tiles; less than 0 where it ends before them. */
export interface Ends {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Where a rectangle of tiles ends, finer than tiles: on each side where the logits, taken as those of the tiles'
 * middles, fall to `least` on the way to the next tile, there where they do so last. At most half a tile from the border.
 */
export function endsOf({ left, top, right, bottom }: Tiles, map: HeatMap, least: number): Ends {
  const { rows, columns } = map;
  const [width, height] = [right - left, bottom - top];
  const [first, below, beside] = [
    top * columns + left,
    (bottom - 1) * columns + left,
    top * columns + right - 1,
  ];
  const side = (from: number, step: number, count: number, outward: number, isOutside: boolean): number =>
    isOutside ? TILE / 2 : reach(map, { from, step, count, outward }, least);
  return {
    left: side(first, columns, height, -1, left === 0),
    right: side(beside, columns, height, 1, right === columns),
    top: side(first, 1, width, -columns, top === 0),
    bottom: side(below, 1, width, columns, bottom === rows),
  };
}

/** Tiles along one side, and from each to the one outside of it. */
interface Side {
  readonly from: number;
  readonly step: number;
  readonly count: number;
  readonly outward: number;
}

function reach({ logits }: HeatMap, { from, step, count, outward }: Side, least: number): number {
  let furthest = 0;
  for (let i = 0, at = from; i < count; i++, at += step) {
    const [inner, outer] = [logits[at]!, logits[at + outward]!];
    if (inner < least) continue;
    furthest = Math.max(furthest, outer >= least ? 1 : (inner - least) / (inner - outer));
  }
  return Math.round(TILE * (furthest - 0.5));
}
