import { describe, expect, it } from "vitest";
import { madeFrame, pixelFormat } from "../../test/support/codec-frames.js";
import { imageHeader, nativeFile, nativeValue, opened } from "../../test/support/pixel-files.js";
import { isElpisError } from "../base/index.js";
import {
  type ByteSource,
  buildFile,
  memorySource,
  type PlainDataSet,
  readFile,
  TransferSyntax,
} from "../dicom/index.js";
import { bitsOfFrame } from "./format.js";
import { FrameRoom } from "./frame-room.js";
import { type Frames, framesOf } from "./frames.js";
import type { PixelFormat } from "./types.js";

function framesIn(bytes: Uint8Array): Frames {
  const frames = framesOf(opened(bytes));
  if (frames.kind === "none") throw new Error(frames.reason);
  return frames;
}

/** The error of `act`, as "CODE message". */
function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isElpisError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return "no error";
}

const {
  ExplicitVRLittleEndian,
  ImplicitVRLittleEndian,
  ExplicitVRBigEndian,
  DeflatedExplicitVRLittleEndian,
} = TransferSyntax;
const kinds: readonly Partial<PixelFormat>[] = [
  { bitsAllocated: 1 },
  { bitsAllocated: 8 },
  { bitsAllocated: 8, isSigned: true },
  { bitsAllocated: 8, samplesPerPixel: 3 },
  { bitsAllocated: 8, samplesPerPixel: 3, planarConfiguration: 1 },
  { bitsAllocated: 8, photometric: "PALETTE COLOR" },
  { bitsAllocated: 16, bitsStored: 12 },
  { bitsAllocated: 16, bitsStored: 12, highBit: 15 },
  { bitsAllocated: 16, isSigned: true, photometric: "MONOCHROME1" },
  { bitsAllocated: 16, samplesPerPixel: 3, planarConfiguration: 1 },
  { bitsAllocated: 32, isSigned: true },
];
const layouts = [
  { name: "explicit little endian", syntax: ExplicitVRLittleEndian, vr: "OW" },
  { name: "bytes of explicit little endian", syntax: ExplicitVRLittleEndian, vr: "OB" },
  { name: "implicit little endian", syntax: ImplicitVRLittleEndian, vr: "OW" },
  { name: "words of big endian", syntax: ExplicitVRBigEndian, vr: "OW" },
  { name: "bytes of big endian", syntax: ExplicitVRBigEndian, vr: "OB" },
  { name: "deflated", syntax: DeflatedExplicitVRLittleEndian, vr: "OW" },
] as const;
const cases = layouts.flatMap(({ name, syntax, vr }) =>
  kinds.map((kind) => {
    const format = pixelFormat({ rows: 5, columns: 7, ...kind });
    const { bitsStored, bitsAllocated, samplesPerPixel, planarConfiguration } = format;
    const title = `${bitsStored} of ${bitsAllocated} bits, ${samplesPerPixel} samples, planar ${planarConfiguration}`;
    return { name, syntax, vr, format, title };
  }),
);

describe("native frames", () => {
  it.each(cases)("come out cell by cell: $title, $name", ({ format, syntax, vr }) => {
    const made = [1, 2, 3].map((seed) => madeFrame(format, "noise", seed).samples);
    const bigEndian = syntax === ExplicitVRBigEndian;
    const pairs = bigEndian && vr === "OW" && format.bitsAllocated <= 8;
    const value = nativeValue(format, made, bigEndian, pairs);
    const frames = framesIn(nativeFile(format, 3, value, {}, syntax, vr));
    expect(frames.count).toBe(3);
    expect(frames.format).toEqual(format);
    expect([0, 1, 2].map((i) => frames.frame(i).samples)).toEqual(made);
  });

  it("of 4:2:2 give both pixels of a pair their colour", () => {
    const format = pixelFormat({ rows: 1, columns: 4, samplesPerPixel: 3, photometric: "YBR_FULL_422" });
    const value = Uint8Array.of(1, 2, 80, 90, 3, 4, 81, 91);
    const { samples } = framesIn(nativeFile(format, 1, value)).frame(0);
    expect([...samples]).toEqual([1, 80, 90, 2, 80, 90, 3, 81, 91, 4, 81, 91]);
  });

  it("that have all their colour are not of 4:2:2, whatever the header says", () => {
    const format = pixelFormat({ rows: 1, columns: 4, samplesPerPixel: 3, photometric: "YBR_FULL_422" });
    const value = Uint8Array.from({ length: 12 }, (_, i) => i);
    const frame = framesIn(nativeFile(format, 1, value)).frame(0);
    expect(frame.format.photometric).toBe("YBR_FULL");
    expect(frame.samples).toEqual(value);
  });

  it("of one bit may each begin with a byte, as some writers have them", () => {
    const format = pixelFormat({ rows: 3, columns: 3, bitsAllocated: 1 });
    const frames = framesIn(nativeFile(format, 4, Uint8Array.of(1, 0, 2, 0, 4, 0, 8, 1)));
    expect(frames.frame(3).samples).toEqual(Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0, 1));
  });

  it("are cells of their own: a change reaches neither the file nor the next call", () => {
    const format = pixelFormat({ rows: 2, columns: 2, bitsAllocated: 16 });
    const bytes = nativeFile(format, 1, Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0));
    const before = bytes.slice();
    const frames = framesIn(bytes);
    frames.frame(0).samples.fill(9);
    expect([...frames.frame(0).samples]).toEqual([1, 2, 3, 4]);
    expect(bytes).toEqual(before);
  });

  it.each([...kinds, { photometric: "YBR_FULL_422", samplesPerPixel: 3 }])(
    "are the same in a room, where the next one takes their place: %o",
    (kind) => {
      const format = pixelFormat({ rows: 4, columns: 6, ...kind });
      const value = Uint8Array.from({ length: (3 * bitsOfFrame(format)) / 8 }, (_, i) => (37 * i) % 251);
      const source = memorySource(nativeFile(format, 3, value));
      const readInto = (target: Uint8Array, offset: number) => target.set(source.read(offset, target.length));
      const frames = framesOf(readFile({ ...source, readInto })) as Frames;
      const room = new FrameRoom();
      const buffers = [0, 1, 2].map((index) => {
        const { samples } = frames.frame(index, room);
        expect(samples).toEqual(frames.frame(index).samples);
        return samples.buffer;
      });
      expect(new Set(buffers).size).toBe(1);
    },
  );

  it("are read one at a time from a file of 2.5 GB", () => {
    const format = pixelFormat({ rows: 1000, columns: 1000, bitsAllocated: 16 });
    const [frameBytes, count] = [2_000_000, 1250];
    const head = nativeFile(format, count, new Uint8Array(0));
    new DataView(head.buffer).setUint32(head.length - 4, frameBytes * count, true);
    const { source, longest } = fakeSource(head, frameBytes * count);
    const frames = framesOf(readFile(source)) as Frames;
    expect(frames.frame(count - 1).samples[999_999]).toBe(0x0707);
    expect(longest()).toBe(frameBytes);
  });
});

/** `head`, then `length` bytes of 7 that are made when they are read. */
function fakeSource(head: Uint8Array, length: number): { source: ByteSource; longest: () => number } {
  let longest = 0;
  const read = (offset: number, count: number): Uint8Array => {
    longest = Math.max(longest, count);
    const bytes = new Uint8Array(count).fill(7);
    if (offset < head.length) bytes.set(head.subarray(offset, offset + count));
    return bytes;
  };
  return { source: { size: head.length + length, read }, longest: () => longest };
}

describe("a file whose header and pixel data disagree", () => {
  const format = pixelFormat({ rows: 4, columns: 4, bitsAllocated: 8 });
  const file = (more: PlainDataSet, bytes = 16): Uint8Array =>
    nativeFile(format, 1, new Uint8Array(bytes), more);
  const colour = pixelFormat({ rows: 4, columns: 4, samplesPerPixel: 3 });

  it.each<[string, () => Uint8Array, string]>([
    ["no rows", () => file({ Rows: 0 }), "PIXELS_BAD_FORMAT (0028,0010) is 0"],
    [
      "rows of no number",
      () => file({ Rows: new Uint8Array(0) }),
      "PIXELS_BAD_FORMAT (0028,0010) is missing",
    ],
    ["columns too many", () => file({ Columns: 5 }), "PIXELS_UNDECODABLE (7FE0,0010) frames are cut off"],
    ["two samples", () => file({ SamplesPerPixel: 2 }), "PIXELS_BAD_FORMAT (0028,0002) is 2"],
    ["three grey samples", () => file({ SamplesPerPixel: 3 }), "PIXELS_BAD_FORMAT (0028,0002) is 3"],
    ["an unknown colour", () => file({ PhotometricInterpretation: "GREY" }), "PIXELS_BAD_FORMAT (0028,0004)"],
    ["12 bits packed", () => file({ BitsAllocated: 12 }), "PIXELS_UNSUPPORTED (0028,0100)"],
    ["more bits stored than allocated", () => file({ BitsStored: 9 }), "PIXELS_BAD_FORMAT (0028,0101) is 9"],
    ["a high bit outside", () => file({ HighBit: 8 }), "PIXELS_BAD_FORMAT (0028,0102) is 8"],
    ["a high bit below", () => file({ HighBit: 3 }), "PIXELS_BAD_FORMAT (0028,0102) is 3"],
    ["a strange sign", () => file({ PixelRepresentation: 2 }), "PIXELS_BAD_FORMAT (0028,0103) is 2"],
    ["less than no frames", () => file({ NumberOfFrames: -1 }), "PIXELS_BAD_FORMAT (0028,0008) is -1"],
    ["half a frame", () => file({ NumberOfFrames: "1.5" }), "PIXELS_BAD_FORMAT (0028,0008) is 1.5"],
    [
      "a missing frame",
      () => file({ NumberOfFrames: 2 }),
      "PIXELS_UNDECODABLE (7FE0,0010) frames are cut off",
    ],
    ["a surplus frame", () => file({}, 32), "PIXELS_UNDECODABLE (7FE0,0010) frames are surplus"],
    ["a frame cut off", () => file({}, 14), "PIXELS_UNDECODABLE (7FE0,0010) frames are cut off"],
    [
      "strange planes",
      () => nativeFile(colour, 1, new Uint8Array(48), { PlanarConfiguration: 2 }),
      "(0028,0006) is 2",
    ],
    [
      "odd pairs",
      () => nativeFile({ ...colour, columns: 3, photometric: "YBR_FULL_422" }, 1, new Uint8Array(24)),
      "PIXELS_BAD_FORMAT (0028,0011) is odd",
    ],
    [
      "a frame larger than memory",
      () => nativeFile({ ...format, rows: 65_535, columns: 65_535 }, 1, new Uint8Array(2)),
      "PIXELS_BAD_FORMAT",
    ],
  ])("is refused with the reason: %s", (_, make, reason) => {
    expect(refusal(() => framesIn(make()))).toContain(reason);
  });

  it("is refused where native pixels stand under a transfer syntax of fragments", () => {
    const bytes = nativeFile(format, 1, new Uint8Array(16), {}, TransferSyntax.RLELossless);
    expect(refusal(() => framesIn(bytes))).toMatch(/^PIXELS_BAD_FORMAT .*native/);
  });

  it.each([-1, 1, 0.5])("has no frame %s", (index) => {
    expect(refusal(() => framesIn(file({})).frame(index))).toMatch(/^PIXELS_UNDECODABLE no frame/);
  });
});

describe("a file without frames to look at", () => {
  const { SOPClassUID, SOPInstanceUID } = imageHeader(pixelFormat());

  it.each<[string, PlainDataSet, string]>([
    ["no pixel data", {}, "no (7FE0,0010) Pixel Data"],
    ["floats", { FloatPixelData: new Uint8Array(4) }, "(7FE0,0008) numbers with fractions"],
    ["doubles", { DoubleFloatPixelData: new Uint8Array(8) }, "(7FE0,0009) numbers with fractions"],
  ])("says why: %s", (_, more, reason) => {
    const file = opened(buildFile({ SOPClassUID, SOPInstanceUID, ...more }));
    expect(framesOf(file)).toEqual({ kind: "none", reason });
  });
});
