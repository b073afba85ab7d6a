import { describe, expect, it } from "vitest";
import { randomInt, seededRandom } from "../../base/index.js";
import type { HeatMap } from "../types.js";
import { highestLogit, textComponents } from "./components.js";
import { TILE } from "./tiles.js";

/**
 * A map drawn with characters: "#" is sure, "+" is likely, "-" is possible, everything else is no text. Beside no text
 * what is sure or likely ends where its tiles do.
 */
function drawn(...lines: readonly string[]): HeatMap {
  const logits = new Map([
    ["#", 6],
    ["+", 4.9],
    ["-", -1],
  ]);
  const cells = lines.flatMap((line) => [...line].map((cell) => logits.get(cell) ?? -5));
  return { rows: lines.length, columns: lines[0]!.length, logits: Float32Array.from(cells) };
}
const extentOf = (map: HeatMap) => ({ rows: map.rows * TILE, columns: map.columns * TILE });
const thresholds = { peak: 5, largePeak: 5, core: 0, grow: -2, padding: 0 };

describe("components of a heat map", () => {
  it("become boxes in pixels, with the highest logit as their score", () => {
    const map = drawn("......", ".#++..", ".+++..", "......");
    expect(textComponents(map, extentOf(map), thresholds)).toEqual([
      { left: 4, top: 4, width: 12, height: 8, score: 6 },
    ]);
  });

  it("are left out where no tile is sure", () => {
    const map = drawn("++++", "++++");
    expect(textComponents(map, extentOf(map), thresholds)).toEqual([]);
  });

  it.each([
    [6, 2, 1],
    [7, 2, 0],
    [7, 4, 1],
  ])("%i tiles high with a peak of %i are %i box: what is large needs a surer tile", (high, peak, count) => {
    const logits = new Float32Array(20 * 30).fill(-9);
    for (let row = 3; row < 3 + high; row++)
      for (let column = 4; column < 24; column++) logits[row * 30 + column] = 1;
    logits[4 * 30 + 9] = peak;
    const map = { rows: 20, columns: 30, logits };
    expect(textComponents(map, extentOf(map), { ...thresholds, peak: 2, largePeak: 3 })).toHaveLength(count);
  });

  it.each([
    [2, 90, 0],
    [90, 2, 0],
    [4, 4, 0],
    [3, 5, 1],
    [5, 3, 1],
  ])("in a plane of %i × %i are %i: letters have room in it or have not", (rows, columns, count) => {
    const size = { rows: Math.ceil(rows / 4), columns: Math.ceil(columns / 4) };
    const map = { ...size, logits: new Float32Array(size.rows * size.columns).fill(9) };
    expect(textComponents(map, { rows, columns }, thresholds)).toHaveLength(count);
  });

  it.each([
    ["lying", false],
    ["standing", true],
  ])(
    "end up to five possible tiles beyond the core of a %s line, and at its borders across",
    (_, isTurned) => {
      const lines = ["-----------------", "-----------------", "-------#+#-------", "-----------------"];
      const turned = [...lines[0]!].map((_, at) => lines.map((line) => line[at]).join(""));
      const map = drawn(...(isTurned ? turned : lines));
      const [along, across] = [
        // Possible tiles end in their middle, and beside them what is sure reaches a little further.
        { at: 2 * TILE + 2, size: 13 * TILE - 4 },
        { at: 2 * TILE - 1, size: TILE + 2 },
      ];
      const [x, y] = isTurned ? [across, along] : [along, across];
      expect(textComponents(map, extentOf(map), thresholds)).toEqual([
        { left: x.at, top: y.at, width: x.size, height: y.size, score: 6 },
      ]);
    },
  );

  it("end where no tile is possible any more", () => {
    const map = drawn("..........", "..--#++.--", "..........");
    expect(textComponents(map, extentOf(map), thresholds)).toEqual([
      { left: 2 * TILE + 2, top: TILE, width: 5 * TILE - 2, height: TILE, score: 6 },
    ]);
  });

  it("are two lines where what joins them is only possible; one sure tile speaks for both", () => {
    const map = drawn("#++++++", "-------", "-------", "+++++++");
    expect(textComponents(map, extentOf(map), thresholds)).toEqual([
      { left: 0, top: 0, width: 7 * TILE, height: TILE + 1, score: 6 },
      { left: 0, top: 3 * TILE - 1, width: 7 * TILE, height: TILE + 1, score: 6 },
    ]);
    const apart = drawn("#++++++", ".......", ".......", "+++++++");
    expect(textComponents(apart, extentOf(apart), thresholds)).toHaveLength(1);
  });

  it("join over corners", () => {
    const map = drawn("#...", ".#..");
    expect(textComponents(map, extentOf(map), thresholds)).toHaveLength(1);
  });

  it("are padded, and cut to a plane that ends within a tile", () => {
    const map = drawn("...#", "....");
    expect(textComponents(map, { rows: 7, columns: 14 }, { ...thresholds, padding: 3 })).toEqual([
      { left: 9, top: 0, width: 5, height: 7, score: 6 },
    ]);
  });

  it("give several narrow boxes for a slanted line", () => {
    const size = 16;
    const lines = Array.from(
      { length: size },
      (_, row) => `${".".repeat(row)}#${".".repeat(size - 1 - row)}`,
    );
    const map = drawn(...lines);
    const boxes = textComponents(map, extentOf(map), thresholds);
    const area = boxes.reduce((sum, { width, height }) => sum + width * height, 0);
    expect(area).toBeLessThan(0.15 * (size * TILE) ** 2);
  });

  it("cover the middle of every sure tile, and no box is without one", () => {
    const random = seededRandom(20);
    const low = { ...thresholds, peak: 2, largePeak: 2 };
    for (let round = 0; round < 50; round++) {
      const [rows, columns] = [randomInt(random, 1, 20), randomInt(random, 1, 20)];
      const logits = Float32Array.from({ length: rows * columns }, () => 8 * random() - 5);
      const map = { rows, columns, logits };
      const boxes = textComponents(map, extentOf(map), low);
      const covered = (tile: number) => {
        const [x, y] = [(tile % columns) * TILE + TILE / 2, Math.trunc(tile / columns) * TILE + TILE / 2];
        return boxes.some(
          ({ left, top, width, height }) => x >= left && y >= top && x < left + width && y < top + height,
        );
      };
      for (const [tile, logit] of logits.entries()) if (logit >= low.peak) expect(covered(tile)).toBe(true);
      for (const { score } of boxes) expect(score).toBeGreaterThanOrEqual(low.peak);
    }
  });
});

describe("the highest logit in a box", () => {
  /** Tiles of 4 pixels, each with its own logit: 0 to 3, 10 to 13, 20 to 23. */
  const map: HeatMap = {
    rows: 3,
    columns: 4,
    logits: Float32Array.from({ length: 12 }, (_, at) => 10 * Math.trunc(at / 4) + (at % 4)),
  };

  it.each([
    ["lies in one tile", { left: 5, top: 5, width: 2, height: 2 }, 11],
    ["fills one tile", { left: 4, top: 4, width: 4, height: 4 }, 11],
    ["reaches one pixel to the right of it", { left: 4, top: 4, width: 5, height: 4 }, 12],
    ["reaches one pixel below it", { left: 4, top: 4, width: 4, height: 5 }, 21],
    ["begins a pixel before the plane", { left: -1, top: -1, width: 2, height: 2 }, 0],
    ["ends beyond the plane", { left: 14, top: 10, width: 9, height: 9 }, 23],
    ["touches no tile", { left: 16, top: 0, width: 4, height: 4 }, Number.NEGATIVE_INFINITY],
  ])("is that of every tile it touches: a box that %s", (_, box, logit) => {
    expect(highestLogit(map, box)).toBe(logit);
  });

  it("is the highest, not the last, and below zero where all are", () => {
    const falling: HeatMap = { rows: 1, columns: 3, logits: Float32Array.of(-6, -3, -9) };
    expect(highestLogit(falling, { left: 0, top: 0, width: 12, height: 4 })).toBe(-3);
  });
});
