import { TILE } from "./finder/tiles.js";
import type { View } from "./render.js";
import type { Evaluated } from "./rules/changes.js";
import type { Box } from "./types.js";

/**
 * What the finder saw in a view, in those of a long cine before anything was blanked: the tiles in which it does not
 * rule out text. A bit for each, so that the looks at a cine can be kept until its frames are looked at again.
 */
export class FinderLook {
  readonly #rows: number;
  readonly #columns: number;
  readonly #mapping: string;
  /** One bit a tile, row by row. */
  readonly #mayBeText: Uint8Array;

  /** `scales` as PlaneSearch has them; text is ruled out where all logits are below `noText`. */
  constructor(view: View, scales: readonly Evaluated[], noText: number) {
    this.#rows = view.rows;
    this.#columns = view.columns;
    this.#mapping = view.mapping;
    this.#mayBeText = tilesOfAtLeast(noText, scales);
  }

  /** True where a view of the blanked frame shows what this one showed, but for the boxes. */
  holdsFor(view: View): boolean {
    return view.rows === this.#rows && view.columns === this.#columns && view.mapping === this.#mapping;
  }

  /** True where another look saw the same. */
  isLike(other: FinderLook): boolean {
    return (
      this.#mapping === other.#mapping &&
      this.#mayBeText.length === other.#mayBeText.length &&
      this.#mayBeText.every((bits, at) => bits === other.#mayBeText[at])
    );
  }

  /** True where no tile that the box touches may be text. */
  rulesOut({ left, top, width, height }: Box): boolean {
    const [across, down] = [Math.ceil(this.#columns / TILE), Math.ceil(this.#rows / TILE)];
    const right = Math.min(across, Math.ceil((left + width) / TILE));
    const bottom = Math.min(down, Math.ceil((top + height) / TILE));
    for (let row = Math.max(0, Math.floor(top / TILE)); row < bottom; row++) {
      for (let column = Math.max(0, Math.floor(left / TILE)); column < right; column++) {
        const tile = row * across + column;
        if ((this.#mayBeText[tile >> 3]! >> (tile & 7)) & 1) return false;
      }
    }
    return true;
  }
}

/** A bit for each tile of the finest scale that lies in a tile of any scale whose logit is not below `least`. */
function tilesOfAtLeast(least: number, scales: readonly Evaluated[]): Uint8Array {
  const { rows, columns } = scales[0]!.heat;
  const bits = new Uint8Array(Math.ceil((rows * columns) / 8));
  for (const [depth, { heat }] of scales.entries()) {
    for (let row = 0; row < rows; row++) {
      // A last odd row or column is part of no coarser tile.
      if (row >> depth >= heat.rows) continue;
      const from = (row >> depth) * heat.columns;
      for (let column = 0; column < columns && column >> depth < heat.columns; column++) {
        if (heat.logits[from + (column >> depth)]! < least) continue;
        const tile = row * columns + column;
        bits[tile >> 3]! |= 1 << (tile & 7);
      }
    }
  }
  return bits;
}
