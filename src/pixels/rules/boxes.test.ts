import { describe, expect, it } from "vitest";
import { randomInt, seededRandom } from "../../base/index.js";
import type { Box } from "../types.js";
import {
  areaOf,
  clip,
  complementOf,
  contains,
  differenceOf,
  groupBoxes,
  hullOf,
  inOneLine,
  intersection,
  mergeNear,
  mergeText,
  near,
  overlapOf,
  pad,
  unionOf,
} from "./boxes.js";

const box = (left: number, top: number, width: number, height: number): Box => ({ left, top, width, height });

const FRAME = { rows: 23, columns: 31 };

/** The oracle: how often each pixel of the frame is covered. */
function painted(boxes: readonly Box[]): Uint8Array {
  const pixels = new Uint8Array(FRAME.rows * FRAME.columns);
  for (const { left, top, width, height } of boxes) {
    for (let y = Math.max(0, top); y < Math.min(FRAME.rows, top + height); y++) {
      for (let x = Math.max(0, left); x < Math.min(FRAME.columns, left + width); x++) {
        pixels[y * FRAME.columns + x]!++;
      }
    }
  }
  return pixels;
}

/** Boxes of every kind: inside, across the edge, outside, empty, equal and touching ones. */
function randomBoxes(seed: number): Box[] {
  const random = seededRandom(seed);
  const boxes = Array.from({ length: randomInt(random, 0, 9) }, () =>
    box(
      randomInt(random, -8, FRAME.columns + 4),
      randomInt(random, -8, FRAME.rows + 4),
      randomInt(random, -1, 17),
      randomInt(random, -1, 14),
    ),
  );
  return random() < 0.3 ? [...boxes, ...boxes] : boxes;
}

const seeds = Array.from({ length: 300 }, (_, seed) => seed);
const inFrame = (boxes: readonly Box[]) => boxes.flatMap((one) => clip(one, FRAME) ?? []);

describe("boxes as sets of pixels", () => {
  it("has the same pixels in the union, each once", () => {
    for (const seed of seeds) {
      const boxes = randomBoxes(seed);
      const wanted = painted(boxes).map((count) => Math.min(count, 1));
      expect(painted(unionOf(boxes)), `seed ${seed}`).toEqual(wanted);
    }
  });

  it("makes the frame of union and complement, each pixel once, and leaves the frame nowhere", () => {
    for (const seed of seeds) {
      const boxes = randomBoxes(seed);
      const rest = complementOf(boxes, FRAME);
      const both = painted([...unionOf(inFrame(boxes)), ...rest]);
      expect(
        both.every((count) => count === 1),
        `seed ${seed}`,
      ).toBe(true);
      expect(rest.every((one) => contains(box(0, 0, FRAME.columns, FRAME.rows), one))).toBe(true);
    }
  });

  it("takes away exactly what the other list has", () => {
    for (const seed of seeds) {
      const [boxes, without] = [inFrame(randomBoxes(seed)), randomBoxes(seed + 1000)];
      const [a, b] = [painted(boxes), painted(without)];
      const wanted = a.map((count, i) => (count > 0 && b[i] === 0 ? 1 : 0));
      expect(painted(differenceOf(boxes, without)), `seed ${seed}`).toEqual(wanted);
    }
  });

  it("counts the area of the union", () => {
    for (const seed of seeds) {
      const boxes = inFrame(randomBoxes(seed));
      expect(areaOf(boxes), `seed ${seed}`).toBe(painted(boxes).filter((count) => count > 0).length);
    }
  });

  it("intersects, contains and overlaps as the pixels do", () => {
    for (const seed of seeds) {
      const [a = box(0, 0, 3, 3), b = box(1, 1, 3, 3)] = inFrame(randomBoxes(seed));
      const both = painted([a, b]);
      const shared = both.filter((count) => count === 2).length;
      expect(areaOf([intersection(a, b)].flatMap((one) => one ?? []))).toBe(shared);
      expect(contains(a, b)).toBe(shared === b.width * b.height);
      expect(overlapOf(a, b)).toBeCloseTo(shared / both.filter((count) => count > 0).length, 12);
    }
  });
});

describe("few boxes", () => {
  const frame = { rows: 100, columns: 200 };
  it.each([
    ["nothing kept", [], 1],
    ["all kept", [box(0, 0, 200, 100)], 0],
    ["more than all kept", [box(-5, -5, 300, 300)], 0],
    ["one region in the middle", [box(50, 20, 100, 60)], 4],
    ["one region along the left edge", [box(0, 0, 150, 100)], 1],
    ["a region below a header", [box(0, 12, 200, 88)], 1],
    ["two regions above one another", [box(10, 10, 100, 30), box(10, 60, 100, 30)], 5],
    ["two regions side by side", [box(10, 10, 50, 80), box(100, 10, 50, 80)], 5],
    ["a region inside another", [box(50, 20, 100, 60), box(60, 30, 10, 10)], 4],
  ])("blanks the complement of %s in %s boxes", (_, kept, count) => {
    expect(complementOf(kept, frame)).toHaveLength(count);
  });

  it("makes one box of two halves", () => {
    expect(unionOf([box(0, 0, 4, 8), box(4, 0, 6, 8)])).toEqual([box(0, 0, 10, 8)]);
    expect(unionOf([box(0, 0, 4, 8), box(0, 8, 4, 3)])).toEqual([box(0, 0, 4, 11)]);
  });

  it("has nothing to blank in a frame of no size", () => {
    expect(complementOf([box(0, 0, 1, 1)], { rows: 0, columns: 5 })).toEqual([]);
  });
});

describe("clip", () => {
  it.each([
    ["inside", box(2, 3, 4, 5), box(2, 3, 4, 5)],
    ["over the edge", box(-2, -3, 10, 5), box(0, 0, 8, 2)],
    ["over the far edge", box(25, 20, 100, 100), box(25, 20, 6, 3)],
    ["fractions, outward", box(1.2, 1.9, 2.1, 0.2), box(1, 1, 3, 2)],
    ["outside", box(31, 0, 4, 4), undefined],
    ["empty", box(3, 3, 0, 4), undefined],
    ["of negative size", box(3, 3, -2, 4), undefined],
    ["no number", box(Number.NaN, 3, 2, 4), undefined],
    ["without end", box(-Infinity, -Infinity, Infinity, Infinity), undefined],
  ])("cuts a box %s", (_, given, wanted) => {
    expect(clip(given, FRAME)).toEqual(wanted);
  });
});

describe("grown and merged boxes", () => {
  it("pads each side, and above and below apart", () => {
    expect(pad(box(5, 5, 4, 2), 2)).toEqual(box(3, 3, 8, 6));
    expect(pad(box(5, 5, 4, 2), 1, 3)).toEqual(box(4, 2, 6, 8));
  });

  it("has a hull around all that is not empty", () => {
    expect(hullOf([box(3, 4, 2, 2), box(10, 1, 1, 1), box(-50, 0, 0, 9)])).toEqual(box(3, 1, 8, 5));
    expect(hullOf([])).toBeUndefined();
    expect(hullOf([box(0, 0, 0, 0)])).toBeUndefined();
  });

  it("merges near boxes until none is near another, and loses no pixel", () => {
    for (const seed of seeds) {
      const boxes = inFrame(randomBoxes(seed));
      const gap = seed % 4;
      const merged = mergeNear(boxes, gap);
      for (const one of boxes) expect(merged.some((whole) => contains(whole, one))).toBe(true);
      const touching = merged.flatMap((a, i) => merged.slice(i + 1).filter((b) => near(gap)(a, b)));
      expect(touching, `seed ${seed}`).toEqual([]);
    }
  });

  it("counts pixels between boxes as their gap", () => {
    expect(near(2)(box(0, 0, 4, 4), box(6, 0, 4, 4))).toBe(true);
    expect(near(1)(box(0, 0, 4, 4), box(6, 0, 4, 4))).toBe(false);
    expect(near(0)(box(0, 0, 4, 4), box(4, 4, 4, 4))).toBe(true);
  });

  it.each([
    ["words of a line", box(0, 10, 40, 12), box(50, 11, 30, 12), true],
    ["a comma behind a word", box(0, 10, 40, 12), box(41, 20, 3, 4), false],
    ["words far apart", box(0, 10, 40, 12), box(60, 10, 30, 12), false],
    ["two lines", box(0, 10, 40, 12), box(0, 24, 40, 12), false],
    ["a heading beside small print", box(0, 0, 40, 40), box(45, 10, 30, 12), false],
  ])("tells %s", (_, a, b, together) => {
    expect(inOneLine()(a, b)).toBe(together);
    expect(inOneLine()(b, a)).toBe(together);
  });

  it("merges the words of each line, with the best score, in reading order", () => {
    const words = [
      { ...box(0, 30, 20, 10), score: 3 },
      { ...box(50, 0, 20, 10), score: 2 },
      { ...box(25, 1, 20, 10), score: 5 },
      { ...box(0, 0, 20, 10), score: 1 },
    ];
    expect(mergeText(words)).toEqual([
      { ...box(0, 0, 70, 11), score: 5 },
      { ...box(0, 30, 20, 10), score: 3 },
    ]);
  });

  it("groups through neighbours and keeps the order given", () => {
    const chain = [box(0, 0, 5, 5), box(100, 0, 5, 5), box(10, 0, 5, 5), box(5, 0, 5, 5)];
    expect(groupBoxes(chain, near(0))).toEqual([[chain[0], chain[2], chain[3]], [chain[1]]]);
  });
});
