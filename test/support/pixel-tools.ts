import type { PixelTools, Reader, TextFinder } from "../../src/pixels/index.js";
import { openPixelTools } from "../../src/pixels/node.js";
import type { Box } from "../../src/pixels/types.js";

let opened: Promise<PixelTools> | undefined;

/** The finder and the reader as they are released, opened once for a test file. */
export function realTools(): Promise<PixelTools> {
  return (opened ??= openPixelTools());
}

/** Pixels on each side of a tile of a heat map. */
const TILE = 4;

/** A finder that takes boxes of every plane for text, whatever they show; without a box it sees nothing. */
export function finderOf(...boxes: readonly Box[]): TextFinder {
  return {
    engine: "js",
    heat(plane) {
      const [rows, columns] = [Math.ceil(plane.rows / TILE), Math.ceil(plane.columns / TILE)];
      const logits = new Float32Array(rows * columns).fill(-9);
      for (const { left, top, width, height } of boxes) {
        for (let i = 0; i < logits.length; i++) {
          const [x, y] = [(i % columns) * TILE, Math.floor(i / columns) * TILE];
          if (x >= left && x < left + width && y >= top && y < top + height) logits[i] = 9;
        }
      }
      return { rows, columns, logits };
    },
  };
}

/** A reader that cannot read. */
export const BLIND_READER: Reader = { read: () => [], close: () => {} };

/** Both detectors switched off: what an attack needs to succeed. */
export const BLIND: PixelTools = { finder: finderOf(), reader: BLIND_READER };
