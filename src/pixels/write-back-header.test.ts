import { describe, expect, it } from "vitest";
import { blanked, box } from "../../test/support/blanked.js";
import { pixelFormat } from "../../test/support/codec-frames.js";
import { nativeFile, nativeValue, opened } from "../../test/support/pixel-files.js";
import { joinParts, makeTag, numbersOf, TransferSyntax } from "../dicom/index.js";

describe("Smallest and Largest Pixel Value", () => {
  const statistics = {
    "(0028,0106) US": 3,
    "(0028,0107) US": 9,
    "(0028,0108) US": 1,
    "(0028,0109) US": 99,
    "(0028,0110) US": 1,
    "(0028,0111) US": 99,
  };
  const format = pixelFormat({ rows: 1, columns: 4, bitsAllocated: 16, bitsStored: 12 });
  const value = nativeValue(format, [[3, 9, 5, 4]]);
  const found = (bytes: Uint8Array): number[][] => {
    const { data } = opened(bytes);
    return [0x0106, 0x0107, 0x0108, 0x0109, 0x0110, 0x0111].map((element) => {
      const token = data.find(makeTag(0x0028, element));
      return token < 0 ? [] : numbersOf(data, token);
    });
  };
  const edited = (bytes: Uint8Array): number[][] =>
    found(joinParts(blanked(opened(bytes), { 0: [box(1, 0, 1, 1)] })));

  it("follow a single frame", () => {
    expect(edited(nativeFile(format, 1, value, statistics))).toEqual([[0], [5], [], [], [], []]);
  });

  it("follow a single frame of signed values in big endian", () => {
    const signed = { ...format, isSigned: true };
    const bytes = nativeFile(
      signed,
      1,
      nativeValue(signed, [[0xffff, 9, 5, 4]], true),
      { "(0028,0106) SS": -1, "(0028,0107) SS": 9 },
      TransferSyntax.ExplicitVRBigEndian,
    );
    expect(edited(bytes).slice(0, 2)).toEqual([[-1], [5]]);
  });

  it.each<[string, () => Uint8Array]>([
    [
      "of several frames",
      () =>
        nativeFile(
          format,
          2,
          nativeValue(format, [
            [3, 9, 5, 4],
            [3, 9, 5, 4],
          ]),
          statistics,
        ),
    ],
    ["beside padding", () => nativeFile(format, 1, value, { ...statistics, "(0028,0120) US": 0 })],
  ])("are removed where nobody has counted: %s", (_, make) => {
    expect(edited(make())).toEqual([[], [], [], [], [], []]);
  });

  it("are not invented", () => {
    expect(edited(nativeFile(format, 1, value))).toEqual([[], [], [], [], [], []]);
  });
});
