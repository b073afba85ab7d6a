import { describe, expect, it } from "vitest";
import { randomInt, seededRandom } from "../../base/index.js";
import { decodeNetwork, networkDigest } from "../../compute/index.js";
import { evaluateChanges, type Reach } from "../rules/changes.js";
import type { GreyPlane } from "../types.js";
import { findText, openTextFinder, REACH } from "./finder.js";
import { TEXT_FINDER_DIGEST, TEXT_FINDER_NETWORK } from "./weights.js";

const finder = openTextFinder();

/** Blocks of random levels: noise alone leaves a net unmoved. */
function blocks(rows: number, columns: number, seed: number): GreyPlane {
  const random = seededRandom(seed);
  const levels = Uint8Array.from({ length: 4096 }, () => random() * 256);
  const cell = randomInt(random, 2, 5);
  const pixels = new Uint8Array(rows * columns);
  for (let y = 0, at = 0; y < rows; y++)
    for (let x = 0; x < columns; x++, at++)
      pixels[at] = levels[(Math.floor(y / cell) * 131 + Math.floor(x / cell)) & 4095]!;
  return { rows, columns, pixels };
}

function withSpot({ rows, columns, pixels }: GreyPlane, left: number, top: number): GreyPlane {
  const changed = pixels.slice();
  for (let y = top; y < top + 3; y++)
    for (let x = left; x < left + 3; x++) changed[y * columns + x] = 255 - changed[y * columns + x]!;
  return { rows, columns, pixels: changed };
}

/** Tiles of which a frame after another, evaluated where it differs, gets another logit than by itself. */
function wrongTiles(reach: Reach): number {
  let wrong = 0;
  for (let round = 0; round < 6; round++) {
    const plane = blocks(640, 701, 60 + round);
    const heat = (part: GreyPlane) => finder.heat(part);
    const first = evaluateChanges(undefined, plane, heat, reach);
    const changed = withSpot(plane, 350 + 13 * round, 300 + 7 * round);
    const seen = evaluateChanges(first, changed, heat, reach).heat.logits;
    const whole = finder.heat(changed).logits;
    for (let i = 0; i < whole.length; i++) if (whole[i] !== seen[i]) wrong++;
  }
  return wrong;
}

describe("the text finder", () => {
  it("is the network that its digest names", () => {
    const bytes = Uint8Array.from(atob(TEXT_FINDER_NETWORK), (char) => char.charCodeAt(0));
    expect(networkDigest(decodeNetwork(bytes))).toBe(TEXT_FINDER_DIGEST);
  });

  it("says the same bit by bit with and without WebAssembly, whatever the size", () => {
    const js = openTextFinder("js");
    for (const [rows, columns] of [
      [61, 77],
      [1, 5],
      [8, 33],
    ] as const) {
      const plane = blocks(rows, columns, rows);
      expect(js.heat(plane).logits).toEqual(finder.heat(plane).logits);
    }
  });

  it("finds nothing in an empty plane", () => {
    for (const level of [0, 128, 255])
      expect(
        findText(finder, { rows: 200, columns: 300, pixels: new Uint8Array(60_000).fill(level) }),
      ).toEqual([]);
  });

  it("looks no further than it says", () => {
    expect(wrongTiles(REACH)).toBe(0);
  });

  it("would be wrong if it were said to look less far", () => {
    expect(wrongTiles({ ...REACH, margin: 48 })).toBeGreaterThan(0);
  });
});
