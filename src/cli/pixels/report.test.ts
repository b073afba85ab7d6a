import { describe, expect, it } from "vitest";
import { pixelFormat } from "../../../test/support/codec-frames.js";
import type { BlankedBox, FrameFindings, TextBox } from "../../pixels/index.js";
import { painterFor } from "../output.js";
import { blankedShare, type FileReport, type Finding, foldFindings } from "./report.js";
import { fileLines, totalsLine } from "./text.js";

const format = pixelFormat({ rows: 100, columns: 200 });
const text = (left: number, score: number): BlankedBox => ({
  left,
  top: 10,
  width: 20,
  height: 10,
  origin: "text",
  score,
});
const frame = (
  number: number,
  blanked: readonly BlankedBox[],
  marks: readonly TextBox[] = [],
  residual: readonly TextBox[] = [],
): FrameFindings => ({ frame: number - 1, blanked, marks, residual });

describe("findings of many frames", () => {
  it("are told once for a place, with runs of frames and the surest score", () => {
    const frames = [1, 2, 3, 7, 8, 10].map((number) => frame(number, [text(5, 2 + number / 7)]));
    expect(foldFindings(frames, format)).toEqual([
      {
        kind: "text",
        left: 5,
        top: 10,
        width: 20,
        height: 10,
        frames: [
          [1, 3],
          [7, 8],
          [10, 10],
        ],
        score: 3.4,
      },
    ]);
  });

  it("stay apart where place or kind differ, in the order of frames", () => {
    const { score: _, ...ruled } = text(5, 0);
    const mark = { left: 5, top: 10, width: 20, height: 10, score: 1.25 };
    const frames = [
      frame(2, [text(5, 9), { ...ruled, origin: "device rule" }]),
      frame(1, [text(6, -1.06)], [mark], [{ ...mark, score: 0.875 }]),
    ];
    const told = foldFindings(frames, format).map(({ kind, left, frames, score }) => [
      frames[0]![0],
      kind,
      left,
      score,
    ]);
    expect(told).toEqual([
      [1, "residual text", 5, 0.9],
      [1, "text", 6, -1.1],
      [1, "mark", 5, 1.3],
      [2, "text", 5, 9],
      [2, "device rule", 5, null],
    ]);
  });

  it("have boxes as they would be blanked: cut to the image, and whole pairs of subsampled colour", () => {
    const outside: BlankedBox = { left: -3, top: 95, width: 10, height: 20, origin: "text", score: 1 };
    expect(foldFindings([frame(1, [outside])], format)).toMatchObject([
      { left: 0, top: 95, width: 7, height: 5 },
    ]);
    const pairs = { ...format, photometric: "YBR_FULL_422", samplesPerPixel: 3 };
    expect(foldFindings([frame(1, [outside])], pairs)).toMatchObject([{ left: 0, width: 8 }]);
  });

  it("cost a frame its pixels once, where boxes overlap; the frame that loses most is told", () => {
    const frames = [frame(1, [text(0, 1)]), frame(2, [text(0, 1), text(10, 1)]), frame(3, [])];
    expect(blankedShare(frames, format)).toBe(0.015);
    expect(blankedShare([], format)).toBe(0);
  });
});

describe("the lines of a file", () => {
  const paint = painterFor({ write: () => {} }, {});
  const report = (findings: readonly Finding[], more: Partial<FileReport> = {}): FileReport => ({
    file: "a.dcm",
    verdict: "blanked",
    examined: true,
    why: null,
    sopClass: null,
    transferSyntax: "1.2.840.10008.1.2.4.50",
    writtenAs: "1.2.840.10008.1.2.4.90",
    rows: 100,
    columns: 200,
    frames: 30,
    reasons: [],
    findings,
    blankedShare: 0.0004,
    pictures: [],
    ...more,
  });
  const finding = (more: Partial<Finding>): Finding => ({
    kind: "text",
    left: 1,
    top: 2,
    width: 30,
    height: 4,
    frames: [[1, 30]],
    score: 5,
    ...more,
  });

  it.each([
    [{}, "all 30  text     1  2  30  4   5.0 sure"],
    [{ score: 4.9, frames: [[2, 30]] as const }, "2–30    text     1  2  30  4   4.9 likely"],
    [{ score: -0.4, frames: [[7, 7]] as const }, "7       text     1  2  30  4  -0.4 doubtful"],
    [{ kind: "residual text" as const, score: 0.6 }, "all 30  text that is left     1  2  30  4  0.6 of 1"],
    [{ kind: "outside regions" as const, score: null }, "all 30  outside regions     1  2  30  4  –"],
    [
      { kind: "mark" as const, frames: [1, 3, 5, 7, 9].map((at) => [at, at] as const) },
      "1, 3, 5, 7, …  mark, stays     1  2  30  4   5.0 sure",
    ],
  ])("tell place, frames and certainty: %o", (more, line) => {
    const lines = fileLines(report([finding(more)]), paint);
    const squeezed = (row: string) => row.trim().replace(/ +/g, " ");
    expect(lines.map(squeezed)).toContain(squeezed(line));
  });

  it("say how much would be blanked, and in what it would be written", () => {
    expect(fileLines(report([finding({})]), paint)).toContain(
      "would be blanked: 1 place, under 0.1 % of the frame that loses most, written as JPEG 2000 Image Compression (Lossless Only)",
    );
  });

  it("tell boxes that meet, of one certainty in the same frames, as one place", () => {
    const pieces = [
      {},
      { left: 29, top: 4 },
      { left: 90 },
      { left: 29, score: 4 },
      { left: 29, kind: "mark" as const },
    ];
    const lines = fileLines(report(pieces.map(finding)), paint).map((line) =>
      line.trim().replace(/ +/g, " "),
    );
    expect(lines).toContain("all 30 text, 2 boxes 1 2 58 6 5.0 sure");
    expect(lines.filter((line) => line.startsWith("all 30"))).toHaveLength(4);
    expect(lines.some((line) => line.startsWith("would be blanked: 3 places"))).toBe(true);
  });

  it("end after forty places with how many more there are", () => {
    const many = Array.from({ length: 52 }, (_, left) => finding({ left: 40 * left }));
    const lines = fileLines(report(many), paint);
    expect(lines.filter((line) => line.startsWith("  all 30"))).toHaveLength(40);
    expect(lines).toContain("  and 12 more; --json has them all");
  });

  it("let no name of a file drive the terminal", () => {
    expect(fileLines(report([], { file: "a\u001b[31m.dcm" }), paint)[0]).toBe("a·[31m.dcm");
  });

  it("add up to a line", () => {
    const counts = new Map([
      ["blanked", 2],
      ["held", 1],
    ] as const);
    expect(totalsLine(counts)).toBe("3 files: 2 to be blanked, 1 held");
  });
});
