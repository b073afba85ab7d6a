import { describe, expect, it } from "vitest";
import { madeFrame, pixelFormat } from "../../test/support/codec-frames.js";
import { randomInt, seededRandom } from "../base/index.js";
import { blank } from "./blank.js";
import type { Box, Frame, PixelFormat } from "./types.js";

const copyOf = ({ format, samples }: Frame): Frame => ({ format, samples: samples.slice() });

/** Cell index of a sample of a pixel. */
function cellAt(format: PixelFormat, row: number, column: number, sample: number): number {
  const { rows, columns, samplesPerPixel, planarConfiguration } = format;
  const pixel = row * columns + column;
  return planarConfiguration === 1 && samplesPerPixel > 1
    ? sample * rows * columns + pixel
    : pixel * samplesPerPixel + sample;
}

const isInside = (boxes: readonly Box[], row: number, column: number): boolean =>
  boxes.some(
    ({ left, top, width, height }) =>
      column >= left && column < left + width && row >= top && row < top + height,
  );

describe("blanking", () => {
  it.each<[string, Partial<PixelFormat>, number[]]>([
    ["1 bit", { bitsAllocated: 1 }, [0]],
    ["MONOCHROME2", {}, [0]],
    ["MONOCHROME2 of 12 bits", { bitsAllocated: 16, bitsStored: 12 }, [0]],
    ["RGB", { samplesPerPixel: 3 }, [0, 0, 0]],
    ["RGB by planes", { samplesPerPixel: 3, planarConfiguration: 1 }, [0, 0, 0]],
    ["YBR_FULL", { samplesPerPixel: 3, photometric: "YBR_FULL" }, [0, 128, 128]],
    [
      "YBR_FULL by planes",
      { samplesPerPixel: 3, photometric: "YBR_FULL", planarConfiguration: 1 },
      [0, 128, 128],
    ],
    [
      "YBR_FULL of 16 bits",
      { samplesPerPixel: 3, photometric: "YBR_FULL", bitsAllocated: 16 },
      [0, 32768, 32768],
    ],
    ["YBR_PARTIAL", { samplesPerPixel: 3, photometric: "YBR_PARTIAL_420" }, [16, 128, 128]],
    ["CMYK", { samplesPerPixel: 4, photometric: "CMYK" }, [0, 0, 0, 255]],
    ["32 bits", { bitsAllocated: 32 }, [0]],
  ])("fills boxes with black and touches no cell beside them: %s", (_, kind, black) => {
    const random = seededRandom(11);
    for (let round = 0; round < 20; round++) {
      const format = pixelFormat({
        rows: randomInt(random, 1, 30),
        columns: randomInt(random, 1, 30),
        ...kind,
      });
      const frame = madeFrame(format, "noise", round);
      const before = copyOf(frame);
      const boxes = Array.from({ length: 3 }, () => ({
        left: randomInt(random, -5, 30),
        top: randomInt(random, -5, 30),
        width: randomInt(random, 0, 12),
        height: randomInt(random, 0, 12),
      }));
      blank(frame, boxes);
      for (let row = 0; row < format.rows; row++) {
        for (let column = 0; column < format.columns; column++) {
          for (let sample = 0; sample < format.samplesPerPixel; sample++) {
            const at = cellAt(format, row, column, sample);
            const expected = isInside(boxes, row, column) ? black[sample] : before.samples[at];
            if (frame.samples[at] !== expected)
              expect([row, column, sample, frame.samples[at]]).toEqual(expected);
          }
        }
      }
    }
  });

  const whole: Box = { left: 0, top: 0, width: 1, height: 1 };
  it.each<[string, Partial<PixelFormat>, number[], number]>([
    ["the largest value of MONOCHROME1", { photometric: "MONOCHROME1" }, [7, 9, 200], 200],
    ["0 where all signed values are above", { isSigned: true }, [7, 9, 20], 0],
    ["the smallest signed value", { isSigned: true }, [7, 0xf0, 0xfe], 0xf0],
    [
      "the largest signed value of MONOCHROME1",
      { isSigned: true, photometric: "MONOCHROME1" },
      [0xfe, 0xf0, 3],
      3,
    ],
    [
      "the largest below 0 of MONOCHROME1",
      { isSigned: true, photometric: "MONOCHROME1" },
      [0xfe, 0xf0, 0x80],
      0xfe,
    ],
    [
      "a sign in all bits where the frame has it there",
      { bitsAllocated: 16, bitsStored: 12, isSigned: true },
      [5, 0xfffe, 0xf800],
      0xf800,
    ],
    [
      "a sign within Bits Stored where an overlay lies above",
      { bitsAllocated: 16, bitsStored: 12, isSigned: true },
      [5, 0x1ffe, 0xf800],
      0x0800,
    ],
    [
      "no bit of an overlay",
      { bitsAllocated: 16, bitsStored: 12, photometric: "MONOCHROME1" },
      [5, 0xf00e, 3],
      0x00e,
    ],
    [
      "values that end above bit 0",
      { bitsAllocated: 16, bitsStored: 12, highBit: 15, photometric: "MONOCHROME1" },
      [0x123f, 0xab3f, 3],
      0xab30,
    ],
    ["the smallest of 32 signed bits", { bitsAllocated: 32, isSigned: true }, [5, 0x80000001, 7], 0x80000001],
  ])("fills with %s", (_, kind, values, black) => {
    const format = pixelFormat({ rows: 1, columns: 3, ...kind });
    const frame = madeFrame(format, "areas");
    frame.samples.set(values);
    blank(frame, [whole]);
    expect([...frame.samples]).toEqual([black, ...values.slice(1)]);
  });

  it("fills with the darkest entry of a palette", () => {
    const format = pixelFormat({ rows: 1, columns: 3, photometric: "PALETTE COLOR" });
    const frame: Frame = { format, samples: Uint8Array.of(0, 1, 2) };
    const palette = {
      first: 0,
      red: Uint8Array.of(250, 9, 1),
      green: Uint8Array.of(250, 9, 0),
      blue: Uint8Array.of(250, 9, 3),
    };
    blank(frame, [whole], { palette });
    expect([...frame.samples]).toEqual([2, 1, 2]);
  });

  it("takes both pixels of a 4:2:2 pair", () => {
    const format = pixelFormat({ rows: 1, columns: 8, samplesPerPixel: 3, photometric: "YBR_FULL_422" });
    const frame: Frame = { format, samples: new Uint8Array(24).fill(99) };
    blank(frame, [{ left: 3, top: 0, width: 2, height: 1 }]);
    const black = [0, 128, 128];
    const kept = [99, 99, 99];
    expect([...frame.samples]).toEqual([kept, kept, black, black, black, black, kept, kept].flat());
  });

  it("does nothing without a box in the image", () => {
    const frame = madeFrame(pixelFormat({ photometric: "MONOCHROME1" }), "noise");
    const before = copyOf(frame);
    blank(frame, [
      { left: 61, top: 0, width: 9, height: 9 },
      { left: 3, top: 3, width: 0, height: 5 },
    ]);
    expect(frame).toEqual(before);
  });
});
