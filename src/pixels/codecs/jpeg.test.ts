import { beforeAll, describe, expect, it } from "vitest";
import { madeFrame, pixelFormat } from "../../../test/support/codec-frames.js";
import { concatBytes, latin1 } from "../../base/index.js";
import type { Frame, PixelFormat } from "../types.js";
import { codecFor } from "./index.js";
import { readJpegHeader } from "./jpeg-header.js";
import { openCodecsFromPackage } from "./load.node.js";
import { encodeWith } from "./wasm.js";

beforeAll(openCodecsFromPackage);

const baseline = codecFor("1.2.840.10008.1.2.4.50")!;
const lossless = codecFor("1.2.840.10008.1.2.4.70")!;
const colour = pixelFormat({ rows: 16, columns: 24, samplesPerPixel: 3 });
const undecodable = expect.objectContaining({ code: "PIXELS_UNDECODABLE" });

/** A baseline stream of the frame, YCbCr, with the segments between SOI and DQT replaced by `segments`. */
function stream({ format, samples }: Frame, segments: readonly Uint8Array[], ids?: string): Uint8Array {
  const { rows, columns, samplesPerPixel } = format;
  const picture = { rows, columns, samplesPerPixel, precision: 8 };
  const settings = {
    Lossy: 1,
    Quality: 95,
    SampleFactor: 0,
    SmoothingFactor: 0,
    Predictor: 0,
    PointTransform: 0,
  };
  const bytes = encodeWith("Jpeg", samples as Uint8Array, picture, settings)!;
  const tables = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xdb);
  const named = bytes.slice();
  if (ids !== undefined) {
    const frame = named.findIndex((byte, i) => byte === 0xff && named[i + 1] === 0xc0);
    const scan = named.findIndex((byte, i) => byte === 0xff && named[i + 1] === 0xda);
    for (let i = 0; i < 3; i++) {
      named[frame + 10 + 3 * i] = ids.charCodeAt(i);
      named[scan + 5 + 2 * i] = ids.charCodeAt(i);
    }
  }
  return concatBytes([bytes.subarray(0, 2), ...segments, named.subarray(tables)]);
}

const jfif = latin1("\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
const adobe = (transform: number): Uint8Array =>
  concatBytes([latin1("\xff\xee\0\x0eAdobe\0\x64\0\0\0\0"), Uint8Array.of(transform)]);

describe("the colours of a JPEG image", () => {
  const frame = madeFrame(colour, "areas");
  it.each([
    ["Adobe's marker says no transform", [adobe(0)], undefined, "YBR_FULL_422", "RGB"],
    ["Adobe's marker says YCbCr", [adobe(1)], undefined, "RGB", "YBR_FULL"],
    ["a JFIF marker", [jfif], undefined, "RGB", "YBR_FULL"],
    ["components named R, G and B", [], "RGB", "YBR_FULL", "RGB"],
    ["no marker, and the data set says RGB", [], undefined, "RGB", "RGB"],
    ["no marker, and the data set says YBR_FULL_422", [], undefined, "YBR_FULL_422", "YBR_FULL"],
    [
      "a marker 14 of someone else",
      [latin1("\xff\xee\0\x0eOther\0\x64\0\0\0\0\x01")],
      undefined,
      "RGB",
      "RGB",
    ],
  ] as const)("with %s", (_, segments, ids, photometric, expected) => {
    const bytes = stream(frame, segments, ids);
    const decoded = baseline.decode(bytes, { ...colour, photometric });
    expect(decoded.format.photometric).toBe(expected);
    // Whatever they are called, the samples are those of the stream.
    const plain = baseline.decode(stream(frame, [jfif]), colour);
    expect(decoded.samples).toEqual(plain.samples);
  });
});

describe("a JPEG stream", () => {
  const grey = pixelFormat({ rows: 16, columns: 24 });
  const whole = (): Uint8Array => stream(madeFrame(grey, "waves"), [jfif]);
  const refuses = (bytes: Uint8Array, format: PixelFormat = grey): void =>
    expect(() => baseline.decode(bytes, format)).toThrow(undecodable);

  it("may have fill bytes and comments between its segments", () => {
    const bytes = whole();
    const commented = concatBytes([
      bytes.subarray(0, 2),
      latin1("\xff\xff\xff\xfe\0\x06abcd"),
      bytes.subarray(2),
    ]);
    expect(baseline.decode(commented, grey).samples).toEqual(baseline.decode(bytes, grey).samples);
  });

  it("with a padding byte behind its end is read", () => {
    const bytes = concatBytes([whole(), Uint8Array.of(0)]);
    expect(baseline.decode(bytes, grey).samples).toHaveLength(16 * 24);
  });

  it("with more scans than components is refused: each costs the time of a whole image", () => {
    const bytes = whole();
    const scan = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xda);
    const header = bytes.subarray(scan, scan + 10);
    const crowded = concatBytes([bytes.subarray(0, scan), header, header, bytes.subarray(scan)]);
    expect(() => baseline.decode(crowded, grey)).toThrow("JPEG: 3 scans");
  });

  it("with two frame headers, without its end or cut in a segment is refused", () => {
    const bytes = whole();
    const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
    const header = bytes.subarray(frame, frame + 13);
    refuses(concatBytes([bytes.subarray(0, frame), header, bytes.subarray(frame)]));
    refuses(bytes.subarray(0, bytes.length - 2));
    refuses(bytes.subarray(0, frame + 5));
  });

  it("whose data stop before the image does is refused, though it has its end marker", () => {
    const bytes = whole();
    const scan = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xda);
    const middle = (scan + bytes.length) >> 1;
    refuses(concatBytes([bytes.subarray(0, middle), latin1("\xff\xd9")]));
  });

  it("of a process that DICOM does not have is refused: arithmetic coding, hierarchical", () => {
    for (const process of [5, 9, 11, 13]) {
      const bytes = whole();
      bytes[bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0) + 1] = 0xc0 + process;
      refuses(bytes);
    }
  });

  it("of signed samples with fewer bits than are allocated has their sign in all the bits above", () => {
    const unsigned = pixelFormat({ bitsAllocated: 16, bitsStored: 12 });
    const frame = madeFrame(unsigned, "noise");
    const bytes = lossless.encode!(frame);
    expect(readJpegHeader(bytes).precision).toBe(12);
    const cells = Array.from(frame.samples, (cell) => (cell < 0x800 ? cell : cell | 0xf000));
    expect([...lossless.decode(bytes, { ...unsigned, isSigned: true }).samples]).toEqual(cells);
  });

  it("says of itself what the frame is", () => {
    const signed = pixelFormat({ rows: 5, columns: 7, bitsAllocated: 16, bitsStored: 12, isSigned: true });
    const header = readJpegHeader(lossless.encode!(madeFrame(signed, "noise")));
    // Signed samples are written whole, since readers leave the bits above the precision at zero.
    expect(header).toMatchObject({ process: 3, precision: 16, rows: 5, columns: 7, scans: 1, ended: true });
    const unsigned = { ...signed, isSigned: false };
    expect(readJpegHeader(lossless.encode!(madeFrame(unsigned, "noise"))).precision).toBe(12);
  });
});
