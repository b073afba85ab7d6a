import { describe, expect, it } from "vitest";
import { randomInt, seededRandom } from "../../base/index.js";
import type { GreyPlane, HeatMap } from "../types.js";
import { areaOf, bottomOf, contains, rightOf, wholeFrame } from "./boxes.js";
import { changedTiles, type Evaluated, evaluateChanges, patchesFor, type Reach } from "./changes.js";

type Layer = { rows: number; columns: number; values: Float32Array };

/** 3 × 3 with zeros around, a bias and a bend: what convolutions do at the borders, and in a fixed order. */
function convolve({ rows, columns, values }: Layer, seed: number): Layer {
  const random = seededRandom(seed);
  const weights = Float32Array.from({ length: 10 }, () => random() - 0.4);
  const out = new Float32Array(values.length);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = weights[9]!;
      for (let k = 0; k < 9; k++) {
        const [r, c] = [y + Math.floor(k / 3) - 1, x + (k % 3) - 1];
        if (r >= 0 && r < rows && c >= 0 && c < columns) {
          sum = Math.fround(sum + Math.fround(weights[k]! * values[r * columns + c]!));
        }
      }
      out[y * columns + x] = Math.max(0.1 * sum, sum);
    }
  }
  return { rows, columns, values: out };
}

/** The largest of each square of cells; squares at the right and bottom may be cut off. */
function pool({ rows, columns, values }: Layer, side: number): Layer {
  const [down, across] = [Math.ceil(rows / side), Math.ceil(columns / side)];
  const out = new Float32Array(down * across).fill(-Infinity);
  for (let i = 0; i < values.length; i++) {
    const [y, x] = [Math.floor(i / columns), i % columns];
    const cell = Math.floor(y / side) * across + Math.floor(x / side);
    out[cell] = Math.max(out[cell]!, values[i]!);
  }
  return { rows: down, columns: across, values: out };
}

/** A net of three resolutions: a tile sees its block of 16 pixels, one block more, and one pixel more. */
function net(plane: GreyPlane): HeatMap {
  const full = convolve({ ...plane, values: Float32Array.from(plane.pixels, (value) => value / 255) }, 1);
  const quarter = pool(full, 4);
  const coarse = convolve(pool(full, 16), 2);
  const logits = quarter.values.map((value, i) => {
    const [y, x] = [Math.floor(i / quarter.columns), i % quarter.columns];
    return value - coarse.values[(y >> 2) * coarse.columns + (x >> 2)]!;
  });
  return { rows: quarter.rows, columns: quarter.columns, logits };
}
const REACH: Reach = { margin: 12 + 16 + 1, stride: 16 };

const planeOf = (rows: number, columns: number, random: () => number): GreyPlane => ({
  rows,
  columns,
  pixels: Uint8Array.from({ length: rows * columns }, () => randomInt(random, 0, 255)),
});

/** The plane with other pixels in some boxes, as a cine has them from frame to frame. */
function changedPlane(plane: GreyPlane, random: () => number, boxes: number, side: number): GreyPlane {
  const pixels = plane.pixels.slice();
  for (let n = 0; n < boxes; n++) {
    const [left, top] = [randomInt(random, 0, plane.columns - 1), randomInt(random, 0, plane.rows - 1)];
    for (let y = top; y < Math.min(plane.rows, top + randomInt(random, 1, side)); y++) {
      for (let x = left; x < Math.min(plane.columns, left + randomInt(random, 1, side)); x++) {
        pixels[y * plane.columns + x] = randomInt(random, 0, 255);
      }
    }
  }
  return { ...plane, pixels };
}

/** Rounds in which the map of changes alone differs from that of the whole frame. */
function wrongRounds(reach: Reach, rounds: number): number {
  const random = seededRandom(7);
  let wrong = 0;
  for (let round = 0; round < rounds; round++) {
    let plane = planeOf(randomInt(random, 40, 250), randomInt(random, 40, 250), random);
    let previous: Evaluated | undefined;
    let isWrong = false;
    for (let frame = 0; frame < 4; frame++) {
      previous = evaluateChanges(previous, plane, net, reach);
      const whole = net(plane);
      if (!whole.logits.every((logit, i) => Object.is(logit, previous!.heat.logits[i]))) isWrong = true;
      plane = changedPlane(plane, random, randomInt(random, 0, 3), 12);
    }
    if (isWrong) wrong++;
  }
  return wrong;
}

describe("evaluating what changed", () => {
  it("gives exactly what evaluating the whole frame gives", () => {
    expect(wrongRounds(REACH, 40)).toBe(0);
    expect(wrongRounds({ margin: 33, stride: 32 }, 10)).toBe(0);
  });

  it.each<[string, Reach]>([
    ["too small a margin", { ...REACH, margin: 8 }],
    ["no margin", { ...REACH, margin: 0 }],
    ["too small a stride", { margin: 33, stride: 4 }],
  ])("does not with %s", (_, reach) => {
    expect(wrongRounds(reach, 20)).toBeGreaterThan(0);
  });

  it("sees few pixels where little changes, none where nothing does, and all where all does", () => {
    const random = seededRandom(9);
    const plane = planeOf(480, 640, random);
    const heat = { rows: 120, columns: 160, logits: new Float32Array(120 * 160) };
    const blank = (part: GreyPlane): HeatMap => {
      const [rows, columns] = [Math.ceil(part.rows / 4), Math.ceil(part.columns / 4)];
      return { rows, columns, logits: new Float32Array(rows * columns) };
    };
    const clock = changedPlane(plane, random, 1, 12);
    const seen = (next: GreyPlane) =>
      evaluateChanges({ plane, heat }, next, blank, { margin: 40, stride: 16 }).evaluated;
    expect(seen({ ...plane, pixels: plane.pixels.slice() })).toBe(0);
    expect(seen(clock)).toBeGreaterThan(80 * 80);
    expect(seen(clock)).toBeLessThan(0.2 * 480 * 640);
    expect(seen(planeOf(480, 640, random))).toBe(480 * 640);
  });

  it("sees the whole of a first frame, and of one of another size", () => {
    const random = seededRandom(4);
    const [small, large] = [planeOf(40, 50, random), planeOf(50, 40, random)];
    const first = evaluateChanges(undefined, small, net, REACH);
    expect(first.evaluated).toBe(2000);
    const other = evaluateChanges(first, large, net, REACH);
    expect(other.evaluated).toBe(2000);
    expect(other.heat).toEqual(net(large));
  });

  it("leaves the frame before as it was", () => {
    const random = seededRandom(6);
    const plane = planeOf(64, 64, random);
    const first = evaluateChanges(undefined, plane, net, REACH);
    const logits = first.heat.logits.slice();
    evaluateChanges(first, changedPlane(plane, random, 3, 20), net, REACH);
    expect(first.heat.logits).toEqual(logits);
  });
});

describe("changed tiles", () => {
  it("are those of the pixels that differ, by however little", () => {
    const a: GreyPlane = { rows: 9, columns: 14, pixels: new Uint8Array(9 * 14) };
    const b = { ...a, pixels: a.pixels.slice() };
    b.pixels[8 * 14 + 13] = 1;
    b.pixels[4] = 255;
    const { rows, columns, changed } = changedTiles(a, b);
    expect([rows, columns]).toEqual([3, 4]);
    expect([...changed].flatMap((one, i) => (one ? [i] : []))).toEqual([1, 11]);
  });

  it("are refused for planes of different sizes", () => {
    const plane = (rows: number, columns: number) => ({ rows, columns, pixels: new Uint8Array(24) });
    expect(() => changedTiles(plane(4, 6), plane(6, 4))).toThrow(
      expect.objectContaining({ code: "PIXELS_BAD_FORMAT" }),
    );
  });

  it("are each in a patch with room around, on the grid, inside the plane, at no more work than the whole", () => {
    const random = seededRandom(8);
    for (let round = 0; round < 60; round++) {
      const extent = { rows: randomInt(random, 4, 500), columns: randomInt(random, 4, 500) };
      const [rows, columns] = [Math.ceil(extent.rows / 4), Math.ceil(extent.columns / 4)];
      const density = 10 ** -randomInt(random, 1, 4);
      const changed = Uint8Array.from({ length: rows * columns }, () => (random() < density ? 1 : 0));
      const patches = patchesFor({ rows, columns, changed }, extent, { margin: 21, stride: 16 });
      for (const { input } of patches) {
        expect([input.left % 16, input.top % 16]).toEqual([0, 0]);
        const [right, bottom] = [rightOf(input), bottomOf(input)];
        expect(right % 16 === 0 || right === extent.columns).toBe(true);
        expect(bottom % 16 === 0 || bottom === extent.rows).toBe(true);
        expect(contains(wholeFrame(extent), input)).toBe(true);
      }
      const missed = [...changed].filter((one, i) => {
        const tile = { left: i % columns, top: Math.floor(i / columns), width: 1, height: 1 };
        return one === 1 && !patches.some(({ tiles }) => contains(tiles, tile));
      });
      expect(missed).toEqual([]);
      expect(areaOf(patches.map(({ input }) => input))).toBeLessThanOrEqual(extent.rows * extent.columns);
    }
  });

  it.each([
    [-1, 4],
    [Number.NaN, 4],
    [8, 0],
    [8, 6],
  ])("cannot be divided for a margin of %s and a stride of %s", (margin, stride) => {
    const map = { rows: 1, columns: 1, changed: Uint8Array.of(1) };
    expect(() => patchesFor(map, { rows: 4, columns: 4 }, { margin, stride })).toThrow(RangeError);
  });
});
