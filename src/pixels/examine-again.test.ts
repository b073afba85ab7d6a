import { describe, expect, it } from "vitest";
import { pixelFormat } from "../../test/support/codec-frames.js";
import { drawnFonts, drawWord } from "../../test/support/drawn.js";
import { nativeFile, nativeValue, opened } from "../../test/support/pixel-files.js";
import { examinePixels } from "./examine.js";
import type { TextFinder } from "./finder/finder.js";
import type { Reader } from "./verify/index.js";

const side = 240;
const format = pixelFormat({ rows: side, columns: side, bitsAllocated: 16, bitsStored: 12 });
const banner = { left: 0, top: 0, width: side, height: 40 };

/** A banner of the brightest values, above a word that is so little brighter than its ground that none sees it beside it. */
function faintBelowBanner(): Uint16Array {
  const plane = { rows: side, columns: side, pixels: new Uint8Array(side * side) };
  drawWord(plane, "RAD", drawnFonts[0]!, 26, 0, { x: 120, y: 120 }, [], 255);
  const inBanner = (i: number) => Math.trunc(i / side) < banner.height;
  return Uint16Array.from(plane.pixels, (level, i) => (inBanner(i) ? 4095 : 100 + Math.round(level / 8)));
}

/** Takes the banner for text where it is bright, rules out text where all is one grey, and is in doubt where it is not. */
const finder: TextFinder = {
  engine: "js",
  heat({ rows, columns, pixels }) {
    const [high, wide] = [rows / 4, columns / 4];
    const logits = new Float32Array(high * wide);
    const below = pixels.subarray(banner.height * columns);
    const isEven = Math.max(...below) - Math.min(...below) < 20;
    for (let tile = 0; tile < logits.length; tile++) {
      const row = 4 * Math.trunc(tile / wide);
      const isBright = row < banner.height && pixels[row * columns]! > 200;
      logits[tile] = isBright ? 9 : row < banner.height || isEven ? -20 : -1;
    }
    return { rows: high, columns: wide, logits };
  },
};

/** So unsure of three letters that they count only where the finder does not rule them out. */
const reader: Reader = {
  read: (_, { box } = {}) => [{ text: "RAD", confidence: 0.7, box: box! }],
  close: () => {},
};

describe("text that only shows when the banner beside it is blanked", () => {
  it("is judged by what the finder sees then, not by its first look", () => {
    const file = opened(nativeFile(format, 1, nativeValue(format, [faintBelowBanner()])));
    const result = examinePixels(file, { finder, reader }, { devices: [], keepMarks: true, saysText: false });
    expect(result).toMatchObject({ kind: "held", reasons: [{ code: "TEXT_IN_PIXELS" }] });
  });
});
