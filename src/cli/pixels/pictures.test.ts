import { describe, expect, it } from "vitest";
import { nativeFile, opened } from "../../../test/support/pixel-files.js";
import { finderOf } from "../../../test/support/pixel-tools.js";
import { GREEN, ORANGE, type Picture, type PixelFormat, SKY_BLUE } from "../../pixels/index.js";
import { legendStrip } from "./legend.js";
import { FramePainter } from "./pictures.js";

const pixel = ({ columns, rgba }: Picture, x: number, y: number) => [
  ...rgba.subarray(4 * (y * columns + x), 4 * (y * columns + x) + 4),
];
const shows = (picture: Picture, colour: readonly number[]): boolean => {
  for (let i = 0; i < picture.rgba.length; i += 4) {
    if (colour.every((level, at) => picture.rgba[i + at] === level)) return true;
  }
  return false;
};

const format = (rows: number, columns: number, samplesPerPixel = 1, planar: 0 | 1 = 0): PixelFormat => ({
  rows,
  columns,
  samplesPerPixel,
  bitsAllocated: 8,
  bitsStored: 8,
  highBit: 7,
  isSigned: false,
  planarConfiguration: planar,
  photometric: samplesPerPixel === 3 ? "RGB" : "MONOCHROME2",
});

describe("the picture of a frame", () => {
  const [rows, columns] = [260, 300];
  const box = { left: 40, top: 60, width: 50, height: 20 };
  const findings = {
    frame: 0,
    blanked: [
      { ...box, origin: "text" as const, score: 9 },
      { ...box, top: 120, origin: "device rule" as const },
    ],
    marks: [{ ...box, top: 180, score: 3 }],
    residual: [],
  };

  it.each([
    ["grey", format(rows, columns)],
    ["colour by pixel", format(rows, columns, 3)],
    ["colour by plane", format(rows, columns, 3, 1)],
  ])("has before, heat map and after beside each other, in %s", (_, of) => {
    const value = new Uint8Array(rows * columns * of.samplesPerPixel).map((_, i) => 60 + (i % 120));
    const painter = FramePainter.of(opened(nativeFile(of, 1, value)), finderOf(box))!;
    const picture = painter.draw(findings);
    expect(picture.columns).toBe(3 * columns + 16);
    const [middle, right] = [columns + 8, 2 * (columns + 8)];
    expect([pixel(picture, 39, 70), pixel(picture, 39, 130)]).toEqual([
      [...ORANGE, 255],
      [...SKY_BLUE, 255],
    ]);
    expect(pixel(picture, 42, 179)).toEqual([...GREEN, 255]);
    expect(pixel(picture, middle + 60, 70)).toEqual([255, 255, 255, 255]);
    expect(pixel(picture, middle + 60, 150)).toEqual([0, 0, 0, 255]);
    for (const y of [70, 130]) expect(pixel(picture, right + 60, y)).toEqual([0, 0, 0, 255]);
    for (const [x, y] of [
      [60, 190],
      [5, 5],
      [290, 250],
    ] as const) {
      expect(pixel(picture, right + x, y)).toEqual(pixel(picture, x, y));
    }
  });

  it("marks text that is left on the right side alone", () => {
    const painter = FramePainter.of(
      opened(nativeFile(format(rows, columns), 1, new Uint8Array(rows * columns))),
      finderOf(),
    )!;
    const left = { ...findings, blanked: [], marks: [], residual: [{ ...box, score: 0.9 }] };
    const picture = painter.draw(left);
    const right = 2 * (columns + 8);
    expect([pixel(picture, 41, 59), pixel(picture, right + 41, 59)]).toEqual([
      [0, 0, 0, 255],
      [204, 121, 167, 255],
    ]);
  });

  it("shows small frames larger and very large ones smaller", () => {
    const draw = (rows: number, columns: number) =>
      FramePainter.of(
        opened(nativeFile(format(rows, columns), 1, new Uint8Array(rows * columns))),
        finderOf(),
      )!.draw({
        frame: 0,
        blanked: [],
        marks: [],
        residual: [],
      });
    expect(draw(64, 64).columns).toBe(3 * 256 + 16);
    expect(draw(3000, 2400).columns).toBe(3 * 1200 + 16);
  });
});

describe("a legend", () => {
  const entries = [
    { text: "TEXT", outline: { colour: ORANGE, dashed: false } },
    { text: "SHOWS THE PATIENT" },
  ];

  it("has words in white and outlines in their colours", () => {
    const strip = legendStrip(entries, 480);
    expect(strip.columns).toBe(480);
    expect([shows(strip, ORANGE), shows(strip, [255, 255, 255]), shows(strip, GREEN)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("begins another line where there is no room, and grows with the picture", () => {
    expect(legendStrip(entries, 100).rows).toBeGreaterThan(legendStrip(entries, 480).rows);
    expect(legendStrip(entries, 3200).rows).toBe(4 * legendStrip(entries, 480).rows);
  });
});
