import { describe, expect, it } from "vitest";
import { randomInt, seededRandom } from "../../base/index.js";
import type { Box, GreyPlane, TextBox } from "../types.js";
import { contains } from "./boxes.js";
import { carryOver, StillMap } from "./stills.js";

const FRAME = { rows: 48, columns: 64 };
const at = (left: number, top: number, width = 16, height = 8): Box => ({ left, top, width, height });
const scored = (box: Box, score = 1): TextBox => ({ ...box, score });

/** Columns of a box that are strokes of letters: every fourth one. */
function write(plane: GreyPlane, { left, top, width, height }: Box, level: number): void {
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x += 4) plane.pixels[y * plane.columns + x] = level;
  }
}

/** Frames of noise in every pixel, so strong that hardly one stays; `draw` puts something on top. */
function* noisyFrames(count: number, draw: (plane: GreyPlane, frame: number) => void, seed = 1) {
  const random = seededRandom(seed);
  for (let frame = 0; frame < count; frame++) {
    const pixels = Uint8Array.from({ length: FRAME.rows * FRAME.columns }, () => randomInt(random, 0, 200));
    const plane = { ...FRAME, pixels };
    draw(plane, frame);
    yield plane;
  }
}

function mapOf(frames: Iterable<GreyPlane>): StillMap {
  const map = new StillMap(FRAME);
  for (const plane of frames) map.add(plane);
  return map;
}

const NAME = at(8, 8);

describe("what stays in place over frames", () => {
  it("are the strokes of text over a moving picture, and nothing beside them", () => {
    const map = mapOf(noisyFrames(40, (plane) => write(plane, NAME, 255)));
    expect(map.frames).toBe(40);
    expect(map.stillShare(NAME)).toBeCloseTo(0.25, 5);
    expect(map.stillShare(at(32, 24))).toBe(0);
    expect(map.stillShare(at(100, 100))).toBe(0);
  });

  it("counts what changes in more frames than 16 bits can tell", () => {
    const map = new StillMap({ rows: 1, columns: 2 });
    for (let frame = 0; frame < 66_000; frame++)
      map.add({ rows: 1, columns: 2, pixels: Uint8Array.of(frame % 2 === 0 ? 0 : 200, 90) });
    expect([0, 1].map((x) => map.stillShare(at(x, 0, 1, 1)))).toEqual([0, 1]);
  });

  it("bears noise below the tolerance, and a title that comes once", () => {
    const random = seededRandom(3);
    const steady = (level: () => number) =>
      mapOf(Array.from({ length: 20 }, () => ({ ...FRAME, pixels: new Uint8Array(48 * 64).map(level) })));
    expect(steady(() => 100 + randomInt(random, -4, 4)).stillShare(NAME)).toBe(1);
    expect(steady(() => 100 + randomInt(random, -40, 40)).stillShare(NAME)).toBe(0);
    const late = mapOf(noisyFrames(40, (plane, frame) => frame >= 20 && write(plane, NAME, 255)));
    expect(late.stillShare(NAME)).toBe(0);
    const black = mapOf(
      Array.from({ length: 40 }, (_, frame) => {
        const plane = { ...FRAME, pixels: new Uint8Array(48 * 64) };
        if (frame >= 20) write(plane, NAME, 255);
        return plane;
      }),
    );
    expect(black.stillShare(NAME)).toBe(1);
  });

  it("are tiles of which every pixel is still", () => {
    const map = mapOf(
      Array.from({ length: 10 }, (_, frame) => {
        const plane = { rows: 6, columns: 10, pixels: new Uint8Array(60) };
        plane.pixels[5 * 10 + 9] = frame % 2 === 0 ? 255 : 0;
        return plane;
      }).map((plane) => ({ ...FRAME, pixels: padded(plane) })),
    );
    const tiles = map.tiles();
    expect(tiles).toHaveLength(12 * 16);
    expect([...tiles].flatMap((still, i) => (still === 1 ? [] : [i]))).toEqual([1 * 16 + 2]);
  });

  it("is everything in a single frame, and black before the first", () => {
    const map = new StillMap(FRAME);
    expect(map.mean().pixels.every((value) => value === 0)).toBe(true);
    map.add({ ...FRAME, pixels: new Uint8Array(48 * 64).fill(200) });
    expect(map.stillShare(NAME)).toBe(1);
  });

  it("stands out in the mean of the frames as in no single one", () => {
    const faint = (plane: GreyPlane) => {
      for (let y = 8; y < 16; y++) {
        for (let x = 8; x < 24; x += 4)
          plane.pixels[y * 64 + x] = Math.min(255, plane.pixels[y * 64 + x]! + 40);
      }
    };
    const frames = [...noisyFrames(100, faint)];
    const [one, all] = [contrast(frames[0]!), contrast(mapOf(frames).mean())];
    expect(one).toBeLessThan(1);
    expect(all).toBeGreaterThan(5);
  });

  it("refuses a frame of another size", () => {
    const map = new StillMap(FRAME);
    expect(() => map.add({ rows: 64, columns: 48, pixels: new Uint8Array(48 * 64) })).toThrow(
      expect.objectContaining({ code: "PIXELS_BAD_FORMAT" }),
    );
  });
});

/** A small plane in the corner of a frame. */
function padded({ rows, columns, pixels }: GreyPlane): Uint8Array {
  const whole = new Uint8Array(FRAME.rows * FRAME.columns);
  for (let y = 0; y < rows; y++)
    whole.set(pixels.subarray(y * columns, (y + 1) * columns), y * FRAME.columns);
  return whole;
}

/** Strokes of NAME against what is between them, in standard deviations of the latter. */
function contrast({ pixels }: GreyPlane): number {
  const [strokes, between]: [number[], number[]] = [[], []];
  for (let y = 8; y < 16; y++) {
    for (let x = 8; x < 24; x++) (x % 4 === 0 ? strokes : between).push(pixels[y * 64 + x]!);
  }
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const centre = mean(between);
  const spread = Math.sqrt(mean(between.map((value) => (value - centre) ** 2)));
  return (mean(strokes) - centre) / spread;
}

describe("boxes carried over the frames", () => {
  const still = mapOf(noisyFrames(30, (plane) => write(plane, NAME, 255)));
  const moving = mapOf(noisyFrames(30, (plane, frame) => write(plane, at(frame, 8), 255)));
  const nothing = Array.from({ length: 30 }, (): TextBox[] => []);
  const inFrames = (box: (frame: number) => TextBox[]) => nothing.map((_, frame) => box(frame));

  it("blanks text that stays in all frames though it was found in one", () => {
    const found = inFrames((frame) => (frame === 17 ? [scored(NAME, 3)] : []));
    expect(carryOver(found, still)).toEqual({ everywhere: [scored(NAME, 3)], byFrame: nothing });
  });

  it("leaves text that moves to its frame", () => {
    const found = inFrames((frame) => (frame % 10 === 0 ? [scored(at(frame, 8))] : []));
    expect(carryOver(found, moving)).toEqual({ everywhere: [], byFrame: found });
  });

  it("blanks a clock, whose digits change, where it was found in half of the frames", () => {
    const found = (share: number) => inFrames((frame) => (frame < 30 * share ? [scored(NAME)] : []));
    expect(carryOver(found(0.5), moving).everywhere).toEqual([scored(NAME)]);
    expect(carryOver(found(0.4), moving)).toEqual({ everywhere: [], byFrame: found(0.4) });
  });

  it("covers every box of a place, with the best score", () => {
    const found = inFrames((frame) => [scored({ ...NAME, left: 8 + (frame % 2), width: 15 }, frame)]);
    const { everywhere, byFrame } = carryOver(found, still);
    expect(everywhere).toEqual([scored(NAME, 29)]);
    expect(byFrame).toEqual(nothing);
  });

  it("takes in what the detector saw in the mean", () => {
    expect(carryOver(nothing, still, [scored(NAME)]).everywhere).toEqual([scored(NAME)]);
  });

  it("leaves smooth tissue that rests to its frame: still pixels without strokes", () => {
    const tissue = mapOf(noisyFrames(30, (plane) => plane.pixels.fill(120, 64 * 4, 64 * 40)));
    expect([tissue.stillShare(NAME), tissue.strokeShare(NAME)]).toEqual([1, 0]);
    const found = inFrames((frame) => (frame === 3 ? [scored(NAME)] : []));
    expect(carryOver(found, tissue)).toEqual({ everywhere: [], byFrame: found });
  });

  it.each<[string, Box, number]>([
    ["the left edge", at(0, 20, 8, 8), 0.25],
    ["the right edge", at(56, 20, 8, 8), 0.25],
    ["the top", at(20, 0, 8, 8), 0.25],
    ["the bottom", at(20, 40, 8, 8), 0.25],
  ])("sees strokes at %s of the frame", (_, place, share) => {
    expect(mapOf(noisyFrames(60, (plane) => write(plane, place, 255))).strokeShare(place)).toBeCloseTo(
      share,
      5,
    );
  });

  it("sees no edge between the end of a row and the beginning of the next", () => {
    const halves = mapOf(
      Array.from({ length: 3 }, () => ({
        ...FRAME,
        pixels: Uint8Array.from({ length: 48 * 64 }, (_, i) => (i % 64 < 32 ? 0 : 255)),
      })),
    );
    expect(halves.strokeShare(at(0, 0, 30, 48))).toBe(0);
    expect(halves.strokeShare(at(34, 0, 30, 48))).toBe(0);
    expect(halves.strokeShare(at(30, 0, 4, 48))).toBe(1);
  });

  it("blanks the only frame's boxes as they are", () => {
    const map = mapOf(noisyFrames(1, (plane) => write(plane, NAME, 255)));
    expect(carryOver([[scored(NAME)]], map)).toEqual({ everywhere: [scored(NAME)], byFrame: [[]] });
  });

  it("covers in each frame at least what was found in it, however many boxes there are", () => {
    const random = seededRandom(5);
    for (const map of [still, moving]) {
      const found = inFrames(() =>
        Array.from({ length: 200 }, () =>
          scored(
            at(
              randomInt(random, -9, 60),
              randomInt(random, -9, 44),
              randomInt(random, 1, 30),
              randomInt(random, 1, 12),
            ),
          ),
        ),
      );
      const { everywhere, byFrame } = carryOver(found, map);
      for (const [frame, boxes] of found.entries()) {
        const blanked = [...everywhere, ...byFrame[frame]!];
        expect(boxes.every((box) => blanked.some((around) => contains(around, box)))).toBe(true);
      }
    }
  });
});
