import { describe, expect, it } from "vitest";
import { madeFrame, pixelFormat } from "../../test/support/codec-frames.js";
import { imageHeader, opened } from "../../test/support/pixel-files.js";
import { isElpisError } from "../base/index.js";
import { buildFile, type PlainDataSet } from "../dicom/index.js";
import { FrameRooms } from "./frame-room.js";
import { displayOf, renderings, toRgba } from "./render.js";
import type { Frame, GreyPlane, PixelFormat } from "./types.js";

const displayWith = (more: PlainDataSet = {}, format = pixelFormat()) =>
  displayOf(opened(buildFile({ ...imageHeader(format), ...more })));

/** A frame of one row. */
function row(kind: Partial<PixelFormat>, values: readonly number[]): Frame {
  const samplesPerPixel = kind.samplesPerPixel ?? 1;
  const format = pixelFormat({ rows: 1, columns: values.length / samplesPerPixel, ...kind });
  const frame = madeFrame(format, "areas");
  frame.samples.set(values);
  return frame;
}

const levels = (planes: readonly GreyPlane[]): number[][] => planes.map(({ pixels }) => [...pixels]);

describe("grey renderings", () => {
  const twelve = { bitsAllocated: 16, bitsStored: 12 } as const;
  // As few outliers as four do not count: each value stands five times.
  const five = (...values: number[]): number[] =>
    values.flatMap((value) => [value, value, value, value, value]);
  const each = (planes: readonly GreyPlane[]): number[][] =>
    levels(planes).map((all) => all.filter((_, i) => i % 5 === 0));

  it("show the window of the header and the full range", () => {
    const display = displayWith({ WindowCenter: 150.5, WindowWidth: 101 });
    const planes = renderings(row(twelve, five(0, 100, 150, 200, 1000)), display);
    expect(each(planes)).toEqual([
      [0, 0, 128, 255, 255],
      [0, 26, 38, 51, 255],
    ]);
  });

  it.each<[string, PlainDataSet, Partial<PixelFormat>, number[], number[]]>([
    [
      "MONOCHROME1 is white where it is low",
      {},
      { photometric: "MONOCHROME1" },
      [0, 100, 255],
      [255, 155, 0],
    ],
    [
      "INVERSE turns it around again",
      { PresentationLUTShape: "INVERSE" },
      { photometric: "MONOCHROME1" },
      [0, 100, 255],
      [0, 100, 255],
    ],
    ["a falling slope too", { RescaleSlope: -1, RescaleIntercept: 0 }, {}, [0, 100, 255], [255, 155, 0]],
    ["signed values start below 0", {}, { isSigned: true }, [0x80, 0, 0x7f], [0, 128, 255]],
    ["unused high bits are no part of it", {}, twelve, [0xf000, 0x1064, 0x30ff], [0, 100, 255]],
    [
      "low bits below Bits Stored neither",
      {},
      { ...twelve, highBit: 15 },
      [0x000f, 0x0641, 0x0ff2],
      [0, 100, 255],
    ],
    ["1 bit is black and white", {}, { bitsAllocated: 1 }, [0, 1, 0], [0, 255, 0]],
    [
      "padding does not widen the range",
      { "(0028,0120) US": 4000 },
      twelve,
      [0, 100, 255, 4000],
      [0, 100, 255, 255],
    ],
    [
      "nor does a range of padding",
      { "(0028,0120) SS": -2000, "(0028,0121) SS": -1500, PixelRepresentation: 1 },
      { ...twelve, isSigned: true },
      [-2000 & 0xfff, -1600 & 0xfff, 0, 100, 255],
      [0, 0, 0, 100, 255],
    ],
    ["32 bits are shown too", {}, { bitsAllocated: 32 }, [0, 1_000_000, 2_550_000], [0, 100, 255]],
    [
      "and 32 with a sign",
      {},
      { bitsAllocated: 32, isSigned: true },
      [-1_000_000 >>> 0, 0, 1_550_000],
      [0, 100, 255],
    ],
  ])("%s", (_, more, kind, values, shown) => {
    const planes = renderings(row(kind, five(...values)), displayWith(more));
    expect(planes).toHaveLength(1);
    for (const [i, level] of each(planes)[0]!.entries())
      expect(Math.abs(level - shown[i]!)).toBeLessThanOrEqual(1);
  });

  it("ignore a few outliers", () => {
    const values = [...Array.from({ length: 100 }, (_, i) => i % 50), 4095, 4095];
    const [plane] = renderings(row(twelve, values), displayWith());
    expect(plane!.pixels[49]).toBe(255);
    expect(plane!.pixels[100]).toBe(255);
  });

  it("show the middle too where the ends are far away and no window is given", () => {
    const values = Array.from({ length: 400 }, (_, i) => (i < 6 ? 4000 : i % 100));
    const planes = renderings(row(twelve, values), displayWith());
    expect(planes).toHaveLength(2);
    expect(planes[1]!.pixels[90]! - planes[1]!.pixels[10]!).toBeGreaterThan(200);
  });

  it("leave out what would look the same, and windows in which there is nothing", () => {
    const values = five(0, 100, 255);
    expect(renderings(row({}, values), displayWith({ WindowCenter: 128, WindowWidth: 256 }))).toHaveLength(1);
    expect(renderings(row({}, values), displayWith({ WindowCenter: 3000, WindowWidth: 10 }))).toHaveLength(1);
  });

  it("are two of several windows, and the full range", () => {
    const display = displayWith({ WindowCenter: [50, 200, 220], WindowWidth: [20, 20, 10] });
    expect(renderings(row({}, five(0, 45, 55, 195, 205, 255)), display)).toHaveLength(3);
  });

  it("go through a Modality LUT and a VOI LUT", () => {
    const lut = (first: number, values: number[]): PlainDataSet => ({
      "(0028,3002) US": [values.length, first, 8],
      "(0028,3006) US": values,
    });
    const display = displayWith({
      ModalityLUTSequence: [{ ...lut(10, [3, 2, 1, 0]), ModalityLUTType: "US" }],
      VOILUTSequence: [lut(0, [0, 50, 100, 255])],
    });
    const planes = renderings(row({}, five(0, 11, 12, 200)), display);
    expect(each(planes)[0]).toEqual([255, 100, 50, 0]);
  });

  it("take the window of the frame from the functional groups, else that of all frames", () => {
    const windowed = (center: number): PlainDataSet => ({
      FrameVOILUTSequence: [{ WindowCenter: center, WindowWidth: 2 }],
    });
    const slope = {
      PixelValueTransformationSequence: [{ RescaleIntercept: 100, RescaleSlope: 1, RescaleType: "US" }],
    };
    const display = displayWith({
      SharedFunctionalGroupsSequence: [{ ...windowed(150), ...slope }],
      PerFrameFunctionalGroupsSequence: [windowed(110), {}],
      WindowCenter: 1,
      WindowWidth: 2,
    });
    const frame = row({}, five(5, 20, 45, 60));
    expect(each(renderings(frame, display, 0))[0]).toEqual([0, 255, 255, 255]);
    expect(each(renderings(frame, display, 1))[0]).toEqual([0, 0, 0, 255]);
    expect(display.grey(1)).toBe(display.grey(1));
  });

  it("are of a frame of one value as well", () => {
    expect(levels(renderings(row({}, five(7)), displayWith()))).toHaveLength(1);
  });
});

describe("colour renderings", () => {
  const paint = (colours: readonly (readonly number[])[]): Frame =>
    row(
      { samplesPerPixel: 3 },
      colours.flatMap((colour) => Array(10).fill(colour).flat()),
    );
  const display = displayWith();
  /** The largest difference of two colours over all planes. */
  const contrast = (a: readonly number[], b: readonly number[]): number =>
    Math.max(...renderings(paint([a, b]), display).map(({ pixels }) => Math.abs(pixels[0]! - pixels[10]!)));

  it.each([
    ["yellow on white", [255, 255, 0], [255, 255, 255]],
    ["blue on black", [0, 0, 255], [0, 0, 0]],
    ["green on grey of the same luma", [0, 130, 0], [76, 76, 76]],
    ["red on green of the same luma", [200, 80, 80], [45, 165, 45]],
    ["red on olive of the same luma", [200, 80, 80], [130, 130, 10]],
    ["blue on green of the same luma", [76, 76, 196], [30, 130, 30]],
  ])("make text stand out: %s", (_, text, ground) => {
    expect(contrast(text, ground)).toBeGreaterThan(70);
  });

  it("are luma alone where all is grey, and where colour spells no word", () => {
    expect(
      renderings(
        paint([
          [9, 9, 9],
          [200, 200, 190],
        ]),
        display,
      ),
    ).toHaveLength(1);
    const specks = row({ samplesPerPixel: 3 }, [255, 0, 0, ...Array(300).fill(50)]);
    expect(renderings(specks, display)).toHaveLength(1);
  });

  it.each<[string, Partial<PixelFormat>, number[], number[]]>([
    ["RGB", {}, [1, 2, 3, 250, 251, 252], [1, 2, 3, 250, 251, 252]],
    ["RGB by planes", { planarConfiguration: 1 }, [1, 250, 2, 251, 3, 252], [1, 2, 3, 250, 251, 252]],
    [
      "RGB of 16 bits",
      { bitsAllocated: 16 },
      [0x0100, 0x02ff, 0, 0xffff, 0x8000, 0x7fff],
      [1, 2, 0, 255, 128, 127],
    ],
    ["RGB of 4 bits", { bitsStored: 4 }, [0, 15, 0xf1, 5, 10, 15], [0, 255, 17, 85, 170, 255]],
    ["YBR_FULL", { photometric: "YBR_FULL" }, [76, 85, 255, 0, 128, 128], [254, 0, 0, 0, 0, 0]],
    [
      "YBR_PARTIAL",
      { photometric: "YBR_PARTIAL_420" },
      [16, 128, 128, 235, 128, 128],
      [0, 0, 0, 255, 255, 255],
    ],
  ])("as a picture: %s", (_, kind, values, shown) => {
    const rgba = toRgba(row({ samplesPerPixel: 3, ...kind }, values), display);
    expect([...rgba]).toEqual([...shown.slice(0, 3), 255, ...shown.slice(3), 255]);
  });

  it.each(["HSV", "ARGB", "CMYK", "XYB"])("are refused with a typed error: %s", (photometric) => {
    const samplesPerPixel = photometric.length === 4 ? 4 : 3;
    const frame = row({ samplesPerPixel, photometric }, Array(12).fill(1));
    try {
      renderings(frame, display);
      expect.unreachable();
    } catch (error) {
      expect(isElpisError(error, "PIXELS_UNSUPPORTED")).toBe(true);
    }
  });
});

describe("palettes", () => {
  const format = pixelFormat({ photometric: "PALETTE COLOR" });
  const colours = ["Red", "Green", "Blue"];
  /** The same table for all three colours. */
  const palette = (descriptor: number[], data: PlainDataSet[string], kind = ""): PlainDataSet =>
    Object.fromEntries(
      colours.flatMap((_, i) => [
        [`(0028,110${i + 1}) US`, descriptor],
        [`(0028,${kind === "segmented" ? "122" : "120"}${i + 1}) OW`, data],
      ]),
    ) as PlainDataSet;
  const words = (...values: number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer);
  const shown = (more: PlainDataSet, indices: number[], kind: Partial<PixelFormat> = {}): number[] => {
    const rgba = toRgba(row({ photometric: "PALETTE COLOR", ...kind }, indices), displayWith(more, format));
    return [...rgba].filter((_, i) => i % 4 === 0);
  };

  it.each<[string, PlainDataSet, number[], number[]]>([
    ["of 16 bits", palette([3, 0, 16], words(0, 0x8000, 0xff00)), [0, 1, 2], [0, 128, 255]],
    ["of 8 bits in words", palette([3, 0, 8], words(0, 128, 255)), [0, 1, 2], [0, 128, 255]],
    ["of 8 bits in bytes", palette([4, 0, 8], Uint8Array.of(0, 128, 255, 9)), [0, 1, 2, 3], [0, 128, 255, 9]],
    ["of 16 bits that are 8", palette([3, 0, 16], words(0, 128, 255)), [0, 1, 2], [0, 128, 255]],
    [
      "beyond their ends",
      palette([3, 10, 16], words(0x100, 0x8000, 0xff00)),
      [0, 10, 12, 99],
      [1, 1, 255, 255],
    ],
    [
      "in segments",
      // Three entries, a ramp of four, then both again.
      palette([14, 0, 16], words(0, 3, 0x100, 0x200, 0x1000, 1, 4, 0x5000, 2, 2, 0, 0), "segmented"),
      [0, 1, 2, 3, 6, 7, 9, 13],
      [1, 2, 16, 32, 80, 1, 16, 80],
    ],
    [
      "in segments of bytes",
      palette([5, 0, 8], Uint8Array.of(0, 2, 10, 20, 1, 3, 80, 0), "segmented"),
      [0, 1, 2, 4],
      [10, 20, 40, 80],
    ],
  ])("are followed: %s", (_, more, indices, expected) => {
    expect(shown(more, indices)).toEqual(expected);
  });

  it.each<[string, PlainDataSet]>([
    ["missing", {}],
    ["too short", palette([300, 0, 16], words(1, 2))],
    ["a descriptor of two numbers", palette([3, 0], words(0, 1, 2))],
    ["a segment that repeats itself", palette([9, 0, 16], words(2, 1, 0, 0), "segmented")],
    ["a segment of no known kind", palette([9, 0, 16], words(7, 1, 0, 0), "segmented")],
    ["segments that end early", palette([9, 0, 16], words(0, 3, 1), "segmented")],
    ["segments of too many entries", palette([2, 0, 16], words(0, 3, 1, 2, 3), "segmented")],
  ])("that are broken are refused: %s", (_, more) => {
    try {
      displayWith(more, format);
      expect.unreachable();
    } catch (error) {
      expect(isElpisError(error, "PIXELS_BAD_FORMAT")).toBe(true);
    }
  });
});

describe("renderings in a room", () => {
  it.each<[string, Partial<PixelFormat>]>([
    ["grey", { bitsAllocated: 16, bitsStored: 12 }],
    ["colour", { samplesPerPixel: 3 }],
    ["luma and chroma", { samplesPerPixel: 3, photometric: "YBR_FULL" }],
  ])("are those of frames without one, whatever stood there before: %s", (_, kind) => {
    const format = pixelFormat({ rows: 24, columns: 32, ...kind });
    const display = displayWith({ WindowCenter: 300, WindowWidth: 101 }, format);
    const rooms = new FrameRooms();
    let before: { readonly seen: readonly GreyPlane[]; readonly copy: number[][] } | undefined;
    for (const [index, pattern] of (["areas", "noise", "waves", "areas"] as const).entries()) {
      const frame = madeFrame(format, pattern, index);
      const seen = renderings(frame, display, 0, false, rooms.nextViews());
      expect(levels(seen)).toEqual(levels(renderings(frame, display)));
      // What was seen of the frame before can still be compared with it.
      if (before) expect(levels(before.seen)).toEqual(before.copy);
      before = { seen, copy: levels(seen) };
    }
  });
});
