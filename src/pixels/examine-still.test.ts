import { describe, expect, it } from "vitest";
import { pixelFormat } from "../../test/support/codec-frames.js";
import { drawnFonts, drawWord } from "../../test/support/drawn.js";
import { nativeFile, opened } from "../../test/support/pixel-files.js";
import { concatBytes } from "../base/index.js";
import { examinePixels } from "./examine.js";
import type { TextFinder } from "./finder/finder.js";
import type { Reader } from "./verify/index.js";

const side = 160;

/** A frame with a word, which this finder does not see. */
function frameWith(word: string, y: number): Uint8Array {
  const plane = { rows: side, columns: side, pixels: new Uint8Array(side * side).fill(30) };
  drawWord(plane, word, drawnFonts[4]!, 20, 0, { x: 80, y }, [], 200);
  return plane.pixels;
}

const blind: TextFinder = {
  engine: "js",
  heat: ({ rows, columns }) => ({
    rows: Math.ceil(rows / 4),
    columns: Math.ceil(columns / 4),
    logits: new Float32Array(Math.ceil(rows / 4) * Math.ceil(columns / 4)).fill(-20),
  }),
};

function examined(frames: readonly Uint8Array[]) {
  let reads = 0;
  const reader: Reader = {
    read: (_, { box } = {}) => {
      reads++;
      return [{ text: "WALTERS", confidence: 0.9, box: box! }];
    },
    close: () => {},
  };
  const format = pixelFormat({ rows: side, columns: side });
  const file = opened(nativeFile(format, frames.length, concatBytes(frames), {}, undefined, "OB"));
  const policy = { devices: [], keepMarks: true, saysText: false };
  const result = examinePixels(file, { finder: blind, reader }, policy);
  if (result.kind !== "held") throw new Error(`${result.kind}, where text is left`);
  return { reads, tops: result.frames.map(({ residual }) => residual.map(({ top }) => top)) };
}

describe("after blanking", () => {
  const [upper, lower] = [frameWith("WALTERS", 40), frameWith("WALTERS", 110)];

  it("frames that are all the same are read once, and text is reported in each", () => {
    const { reads, tops } = examined([upper, upper, upper, upper]);
    expect(reads).toBe(examined([upper, upper]).reads);
    expect(tops.slice(1)).toEqual([tops[1], tops[1], tops[1]]);
    expect(tops[1]).toHaveLength(1);
  });

  it("a frame that differs from the one before is read, and its own text reported", () => {
    const { tops } = examined([upper, upper, lower, upper]);
    expect(tops[2]).not.toEqual(tops[1]);
    expect(tops[3]).toEqual(tops[1]);
  });
});
