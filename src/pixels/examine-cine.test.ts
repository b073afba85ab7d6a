import { describe, expect, it } from "vitest";
import { pixelFormat } from "../../test/support/codec-frames.js";
import { drawnFonts, drawWord } from "../../test/support/drawn.js";
import { nativeFile, opened } from "../../test/support/pixel-files.js";
import { concatBytes } from "../base/index.js";
import { examinePixels } from "./examine.js";
import type { TextFinder } from "./finder/finder.js";
import type { Reader } from "./verify/index.js";

const side = 240;
const format = pixelFormat({ rows: side, columns: side });

function frameWith(text: string): Uint8Array {
  const plane = { rows: side, columns: side, pixels: new Uint8Array(side * side).fill(30) };
  drawWord(plane, text, drawnFonts[0]!, 26, 0, { x: 120, y: 120 }, [], 180);
  return plane.pixels;
}

const [empty, written] = [new Uint8Array(side * side).fill(30), frameWith("Radiology")];

/** As sure everywhere, and of too little to blank anything. */
const finderAt = (logit: number): TextFinder => ({
  engine: "js",
  heat({ rows, columns }) {
    const [high, wide] = [Math.ceil(rows / 4), Math.ceil(columns / 4)];
    return { rows: high, columns: wide, logits: new Float32Array(high * wide).fill(logit) };
  },
});

const readerAt = (confidence: number): Reader => ({
  read: (_, { box } = {}) => (confidence === 0 ? [] : [{ text: "Radiology", confidence, box: box! }]),
  close: () => {},
});

function outcomeOf(frames: readonly Uint8Array[], confidence: number, logit: number): string {
  const file = opened(nativeFile(format, frames.length, concatBytes(frames), {}, undefined, "OB"));
  const tools = { finder: finderAt(logit), reader: readerAt(confidence) };
  return examinePixels(file, tools, { devices: [], keepMarks: true, saysText: false }).kind;
}

describe("text that the finder misses", () => {
  it.each<[string, confidence: number, logit: number, image: string, oneFrameOfMany: string]>([
    ["surely read, and ruled out by the finder", 0.9, -20, "held", "held"],
    ["hardly read, and ruled out", 0.65, -20, "held", "passed"],
    ["hardly read, and not quite ruled out", 0.65, -0.5, "held", "held"],
    ["unread, as even as letters, and ruled out", 0, -20, "passed", "passed"],
    ["unread, as even as letters, and nearly ruled out", 0, -1.8, "held", "passed"],
    ["unread, as even as letters, and not quite ruled out", 0, -0.5, "held", "held"],
  ])("%s", (_, confidence, logit, image, oneFrameOfMany) => {
    expect(outcomeOf([written], confidence, logit)).toBe(image);
    const cine = Array.from({ length: 24 }, (_, frame) => (frame === 13 ? written : empty));
    expect(outcomeOf(cine, confidence, logit)).toBe(oneFrameOfMany);
  });

  it.each([2, 8, 15])("in one of %i frames is judged as that of an image", (count) => {
    const frames = Array.from({ length: count }, (_, frame) => (frame === 1 ? written : empty));
    expect(outcomeOf(frames, 0, -1.8)).toBe("held");
    expect(outcomeOf(frames, 0.65, -20)).toBe("held");
    expect(outcomeOf(frames, 0, -20)).toBe("passed");
  });

  it("holds a cine where it stays, however faintly the finder sees it: the mean is judged as an image", () => {
    const cine = Array.from({ length: 24 }, () => written);
    expect(outcomeOf(cine, 0.65, -20)).toBe("held");
    expect(outcomeOf(cine, 0, -1.8)).toBe("held");
  });

  it.each([
    ["once, ruled out in a long cine", 24, -20, 2],
    ["twice, in doubt in a long cine", 24, -0.5, 4],
    ["twice, ruled out in an image", 1, -20, 4],
    ["twice, ruled out in a short cine, of which the mean shows it as well", 8, -20, 6],
  ])("has each of its two pieces read %s", (_, count, logit, most) => {
    let reads = 0;
    const reader: Reader = {
      read() {
        reads++;
        return [];
      },
      close: () => {},
    };
    const frames = Array.from({ length: count }, (_, frame) => (frame === 0 ? written : empty));
    const file = opened(nativeFile(format, count, concatBytes(frames), {}, undefined, "OB"));
    const tools = { finder: finderAt(logit), reader };
    examinePixels(file, tools, { devices: [], keepMarks: true, saysText: false });
    expect(reads).toBe(most);
  });
});
