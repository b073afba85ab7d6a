import { describe, expect, it } from "vitest";
import { nativeFile, opened } from "../../test/support/pixel-files.js";
import { BLIND, BLIND_READER, finderOf } from "../../test/support/pixel-tools.js";
import { displayOf, examinePixels, framesOf, type PixelExamination, textHeat } from "./index.js";
import type { GreyPlane, PixelFormat } from "./types.js";

const format = (rows: number, columns: number): PixelFormat => ({
  rows,
  columns,
  samplesPerPixel: 1,
  bitsAllocated: 8,
  bitsStored: 8,
  highBit: 7,
  isSigned: false,
  planarConfiguration: 0,
  photometric: "MONOCHROME2",
});
const POLICY = { devices: [], keepMarks: true, saysText: false };

describe("an observer of examinations", () => {
  const [rows, columns, frames] = [40, 64, 3];
  const ramp = Uint8Array.from({ length: frames * rows * columns }, (_, i) => i % 251);
  const file = opened(nativeFile(format(rows, columns), frames, ramp));

  it("hears of two looks at each frame, and not of frames that are decoded to be written", () => {
    const heard: (readonly [number, number])[] = [];
    const finder = finderOf({ left: 8, top: 8, width: 24, height: 8 });
    const observer = { look: (looks: number, of: number) => heard.push([looks, of]) };
    const examination = examinePixels(file, { finder, reader: BLIND_READER, observer }, POLICY);
    expect(examination).toMatchObject({ kind: "passed", pixels: { changedFrames: frames } });
    expect(heard).toEqual([1, 2, 3, 4, 5, 6].map((looks) => [looks, 6]));
  });

  it.each([
    ["passed", ramp],
    ["held", ramp.subarray(0, 2 * rows * columns)],
  ])("is shown an examination that ends as %s, with its file", (kind, value) => {
    const seen: [unknown, PixelExamination][] = [];
    const examined = opened(nativeFile(format(rows, columns), frames, value));
    const observer = {
      examined: (of: unknown, what: PixelExamination) => {
        seen.push([of, what]);
      },
    };
    const examination = examinePixels(examined, { ...BLIND, observer }, POLICY);
    expect(examination.kind).toBe(kind);
    expect(seen).toEqual([[examined, examination]]);
  });
});

describe("the heat map of a frame", () => {
  it("is in each tile the surest of all scales", () => {
    const [rows, columns] = [1028, 16];
    const ramp = Uint8Array.from({ length: rows * columns }, (_, i) => i % 251);
    const file = opened(nativeFile(format(rows, columns), 1, ramp));
    const frames = framesOf(file);
    if (frames.kind === "none") throw new Error("no frames");
    /** Sure of the first tile of the half size, and of the last of the whole. */
    const finder = {
      engine: "js" as const,
      heat(plane: GreyPlane) {
        const [high, wide] = [Math.ceil(plane.rows / 4), Math.ceil(plane.columns / 4)];
        const logits = new Float32Array(high * wide).fill(-9);
        logits[plane.rows === rows ? logits.length - 1 : 0] = plane.rows === rows ? 5 : 7;
        return { rows: high, columns: wide, logits };
      },
    };
    const heat = textHeat(frames.frame(0), displayOf(file), 0, finder);
    expect([heat.rows, heat.columns]).toEqual([257, 4]);
    const sure = [...heat.logits].flatMap((logit, at) => (logit > 0 ? [[at, logit]] : []));
    expect(sure).toEqual([...[0, 1, 4, 5].map((at) => [at, 7]), [257 * 4 - 1, 5]]);
  });
});
