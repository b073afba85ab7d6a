import { describe, expect, it } from "vitest";
import { pixelFormat } from "../../test/support/codec-frames.js";
import { drawnFonts, drawWord } from "../../test/support/drawn.js";
import { nativeFile, nativeValue, opened } from "../../test/support/pixel-files.js";
import { randomInt, seededRandom } from "../base/index.js";
import { openTextFinder } from "./finder/finder.js";
import { framesOf } from "./frames.js";
import { displayOf, renderings } from "./render.js";
import { binsOf, histogramOf, type Levels } from "./render-grey.js";
import { mergedLevels } from "./render-merged.js";
import { areaOf, intersection, pad } from "./rules/boxes.js";
import { searchFrames } from "./search.js";
import type { Box } from "./types.js";
import { findStrokes } from "./verify/index.js";

const twelve = { bitsAllocated: 16, bitsStored: 12 } as const;

describe("mergedLevels", () => {
  const random = seededRandom(5);
  /** Values that occur, and a window from one to another as a view of them. */
  const values = Uint16Array.from({ length: 600 }, () => randomInt(random, 0, 4095));
  const bins = binsOf({ format: pixelFormat({ rows: 1, columns: 600, ...twelve }), samples: values });
  const histogram = histogramOf(bins);
  const ramp = (low: number, high: number, isFalling = false): Levels =>
    Float32Array.from({ length: 4096 }, (_, value) => {
      const level = Math.max(0, Math.min(255, (255 * (value - low)) / (high - low)));
      return isFalling ? 255 - level : level;
    });
  const sorted = [...new Set(values)].sort((a, b) => a - b);

  it.each([
    [400, 2800, false],
    [1000, 1400, false],
    [-500, 6000, false],
    [0, 2100, true],
  ])("keeps its share of each step of a window from %i to %i, falling: %s", (low, high, isFalling) => {
    const views = [ramp(low, high, isFalling), ramp(0, 4095, isFalling)];
    const { levels, visibility } = mergedLevels(bins, views, histogram)!;
    expect(visibility).toBeGreaterThanOrEqual(0.5);
    for (let i = 1; i < sorted.length; i++) {
      const [a, b] = [sorted[i - 1]!, sorted[i]!];
      const most = Math.max(...views.map((view) => Math.abs(view[b]! - view[a]!)));
      expect(Math.abs(levels[b]! - levels[a]!)).toBeGreaterThanOrEqual(visibility * most - 0.001);
    }
    expect(Math.min(...sorted.map((value) => levels[value]!))).toBeGreaterThan(-0.001);
    expect(Math.max(...sorted.map((value) => levels[value]!))).toBeLessThan(255.001);
  });

  it("does not join views of opposite directions", () => {
    expect(mergedLevels(bins, [ramp(0, 4095), ramp(0, 4095, true)], histogram)).toBeUndefined();
  });
});

describe("a word that one view alone shows", () => {
  const finder = openTextFinder();
  const side = 256;

  /** Waves between 300 and 2500 with a few brighter places, and a word drawn over an even field of some value. */
  function scene(field: number, ink: number): { samples: Uint16Array; box: Box } {
    const drawn = { rows: side, columns: side, pixels: new Uint8Array(side * side) };
    const box = drawWord(drawn, "WALTERS", drawnFonts[4]!, 24, 0, { x: 128, y: 128 }, [], 255)!;
    const samples = new Uint16Array(side * side);
    for (let y = 0, at = 0; y < side; y++) {
      for (let x = 0; x < side; x++, at++) {
        const wave = 1400 + 1100 * Math.sin(x / 40) * Math.cos(y / 55);
        const isField = Math.abs(y - 128) < 40;
        const share = drawn.pixels[at]! / 255;
        samples[at] = Math.round(isField ? field + share * (ink - field) : y < 20 ? 4000 * (x / side) : wave);
      }
    }
    return { samples, box };
  }

  it.each<[string, number, number, number, number, number]>([
    ["above the window", 3100, 3900, 400, 2800, 1],
    ["above a narrow window", 3100, 3900, 800, 1300, 2],
    ["below the window", 1000, 200, 1300, 3700, 1],
    ["in a narrow window, faint beyond it", 1000, 1250, 900, 1300, 2],
    ["in a wide window", 1000, 1700, 400, 2800, 1],
  ])("is seen by the finder and by strokes: %s", (_, field, ink, low, high, planes) => {
    const { samples, box } = scene(field, ink);
    const format = pixelFormat({ rows: side, columns: side, ...twelve });
    const window = { WindowCenter: (low + high) / 2, WindowWidth: high - low };
    const file = opened(nativeFile(format, 1, nativeValue(format, [samples]), window));
    const frames = framesOf(file);
    if (frames.kind === "none") throw new Error(frames.reason);
    const views = renderings(frames.frame(0), displayOf(file), 0, true);
    expect(views).toHaveLength(planes);
    const isFound = (boxes: readonly Box[]) =>
      areaOf(boxes.flatMap((one) => intersection(pad(one, 4), box) ?? [])) === box.width * box.height;
    expect(isFound(searchFrames(frames, displayOf(file), finder).byFrame[0]!)).toBe(true);
    const strokes = views.flatMap((view) => findStrokes(view, { visibility: view.visibility }));
    expect(isFound(strokes)).toBe(true);
  });
});
