import { describe, expect, it } from "vitest";
import { pixelFormat } from "../../test/support/codec-frames.js";
import { nativeFile, opened } from "../../test/support/pixel-files.js";
import { examinePixels } from "./examine.js";
import type { TextFinder } from "./finder/finder.js";

const side = 320;

/** Sure by `logit` of text in the upper rows of tiles, so that they take about `share` of the frame. */
const finderOf = (share: number, logit: number): TextFinder => ({
  engine: "js",
  heat({ rows, columns }) {
    const [high, wide] = [Math.ceil(rows / 4), Math.ceil(columns / 4)];
    const logits = new Float32Array(high * wide).fill(-20);
    return { rows: high, columns: wide, logits: logits.fill(logit, 0, Math.round(share * high) * wide) };
  },
});

describe("text over much of a frame", () => {
  it.each([
    ["sure, over a third", 0.33, 12, []],
    ["sure, over half", 0.5, 12, ["PAGE_OF_TEXT"]],
    ["doubtful, over a twentieth", 0.05, 5, []],
    ["doubtful, over a sixth", 0.17, 5, ["PAGE_OF_TEXT"]],
  ])("%s", (_, share, logit, codes) => {
    const file = opened(
      nativeFile(
        pixelFormat({ rows: side, columns: side }),
        1,
        new Uint8Array(side * side).fill(30),
        {},
        undefined,
        "OB",
      ),
    );
    const tools = { finder: finderOf(share, logit), reader: { read: () => [], close: () => {} } };
    const result = examinePixels(file, tools, { devices: [], keepMarks: true, saysText: false });
    expect(result.kind === "held" ? result.reasons.map(({ code }) => code) : []).toEqual(codes);
  });
});
