import { beforeAll, describe, expect, it } from "vitest";
import { madeFrame, pixelFormat } from "../../../test/support/codec-frames.js";
import { concatBytes, latin1 } from "../../base/index.js";
import type { PixelFormat } from "../types.js";
import { codecFor, nativeFrameBytes, withPlanarConfiguration } from "./index.js";
import { openCodecsFromPackage } from "./load.node.js";

beforeAll(openCodecsFromPackage);

const root = "1.2.840.10008.1.2";
const badFormat = expect.objectContaining({ code: "PIXELS_BAD_FORMAT" });

describe("native frames", () => {
  it("give each pixel of 4:2:2 its own chroma, repeated from the first of the pair", () => {
    const format = pixelFormat({ rows: 1, columns: 4, samplesPerPixel: 3, photometric: "YBR_FULL_422" });
    const decoded = codecFor(root)!.decode(Uint8Array.of(10, 11, 50, 60, 12, 13, 51, 61), format);
    expect([...decoded.samples]).toEqual([10, 50, 60, 11, 50, 60, 12, 51, 61, 13, 51, 61]);
    expect(decoded.format.photometric).toBe("YBR_FULL");
    expect(nativeFrameBytes(format)).toBe(8);
  });

  it("of big endian have their bytes turned, and no other", () => {
    const big = codecFor(`${root}.2`)!;
    const wide = pixelFormat({ rows: 1, columns: 2, bitsAllocated: 16 });
    expect([...big.decode(Uint8Array.of(1, 2, 3, 4), wide).samples]).toEqual([0x0102, 0x0304]);
    const longest = pixelFormat({ rows: 1, columns: 1, bitsAllocated: 32 });
    expect([...big.decode(Uint8Array.of(0xf1, 2, 3, 4), longest).samples]).toEqual([0xf1020304]);
    const narrow = pixelFormat({ rows: 1, columns: 2 });
    expect([...big.decode(Uint8Array.of(1, 2), narrow).samples]).toEqual([1, 2]);
  });

  it("may have the one byte that makes their length even, but none more", () => {
    const format = pixelFormat({ rows: 1, columns: 3 });
    expect([...codecFor(root)!.decode(Uint8Array.of(1, 2, 3, 0), format).samples]).toEqual([1, 2, 3]);
    for (const length of [2, 5]) {
      expect(() => codecFor(root)!.decode(new Uint8Array(length), format)).toThrow(
        expect.objectContaining({ code: "PIXELS_UNDECODABLE" }),
      );
    }
  });
});

describe("a format that no frame has", () => {
  it.each([
    [{ rows: 0 }],
    [{ columns: 70000 }],
    [{ rows: 1.5 }],
    [{ samplesPerPixel: 2 }],
    [{ bitsAllocated: 12 }],
    [{ bitsStored: 9 }],
    [{ bitsStored: 0 }],
    [{ highBit: 8 }],
    [{ bitsStored: 8, highBit: 6 }],
    [{ rows: 65535, columns: 65535 }],
  ] as readonly [Partial<PixelFormat>][])("is refused by every codec: %j", (given) => {
    const format = { ...pixelFormat(), ...given };
    for (const end of ["", ".2", ".5", ".8.1", ".4.50", ".4.70", ".4.80", ".4.90", ".4.201", ".4.110"]) {
      expect(() => codecFor(root + end)!.decode(new Uint8Array(100), format)).toThrow(badFormat);
    }
  });

  it("is refused with samples of another number or width", () => {
    for (const samples of [new Uint8Array(3), new Uint16Array(64 * 61)]) {
      for (const end of ["", ".2", ".5", ".8.1", ".4.70", ".4.80", ".4.90", ".4.201", ".4.110"]) {
        expect(() => codecFor(root + end)!.encode!({ format: pixelFormat(), samples })).toThrow(badFormat);
      }
    }
  });
});

describe("a frame for which the bytes cannot be enough", () => {
  const huge = pixelFormat({ rows: 20000, columns: 30000 });
  const tiny = madeFrame(pixelFormat(), "noise");

  it.each([
    ["RLE", ".5", "too short for the frame"],
    ["deflated", ".8.1", "hold no 600000000"],
    ["native", "", "instead of 600000000"],
    ["JPEG", ".4.70", "pixels instead of 20000"],
    ["JPEG-LS", ".4.80", "pixels instead of 20000"],
    ["JPEG 2000", ".4.90", "pixels instead of 20000"],
    ["HTJ2K", ".4.201", "pixels instead of 20000"],
    ["JPEG XL", ".4.110", "pixels instead of 20000"],
  ])("is refused before room is made for it: %s", (_, end, reason) => {
    const codec = codecFor(root + end)!;
    expect(() => codec.decode(codec.encode!(tiny), huge)).toThrow(reason);
  });
});

describe("planar configuration", () => {
  it("changes the order of samples and nothing else", () => {
    const format = pixelFormat({ rows: 1, columns: 2, samplesPerPixel: 3 });
    const frame = { format, samples: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    const planes = withPlanarConfiguration(frame, 1);
    expect([...planes.samples]).toEqual([1, 4, 2, 5, 3, 6]);
    expect(withPlanarConfiguration(planes, 0)).toEqual(frame);
    expect(withPlanarConfiguration(frame, 0)).toBe(frame);
  });
});

describe("bits above those stored", () => {
  const written = [".5", ".8.1", ".4.57", ".4.70", ".4.80", ".4.90", ".4.201", ".4.110"];

  it.each(written)("come back where an overlay or padding lies in them: %s", (end) => {
    for (const isSigned of [false, true]) {
      const format = pixelFormat({ bitsAllocated: 16, bitsStored: 12, isSigned });
      const frame = madeFrame(format, "waves");
      for (let i = 0; i < frame.samples.length; i += 7) frame.samples[i]! ^= 0x8000;
      const codec = codecFor(root + end)!;
      expect(codec.decode(codec.encode!(frame), format).samples).toEqual(frame.samples);
    }
  });
});

describe("colours of lossless JPEG, JPEG-LS and JPEG 2000", () => {
  it.each([
    [".4.70", "YBR_FULL", "YBR_FULL"],
    [".4.70", "YBR_FULL_422", "YBR_FULL"],
    [".4.80", "YBR_FULL", "YBR_FULL"],
    [".4.90", "YBR_RCT", "RGB"],
    [".4.91", "YBR_ICT", "RGB"],
    [".4.90", "YBR_FULL", "YBR_FULL"],
    [".4.201", "YBR_RCT", "RGB"],
    [".4.110", "YBR_FULL", "YBR_FULL"],
    [".4.112", "XYB", "RGB"],
  ])("in %s, %s in the data set is %s of the samples", (end, photometric, expected) => {
    const frame = madeFrame(pixelFormat({ samplesPerPixel: 3 }), "waves");
    const codec = codecFor(root + end)!;
    const decoded = codec.decode(codec.encode!(frame), { ...frame.format, photometric });
    expect(decoded.format.photometric).toBe(expected);
    expect(decoded.samples).toEqual(frame.samples);
  });
});

describe("JPEG 2000 in the boxes of a file", () => {
  it("is found, and its boxes are not believed", () => {
    const frame = madeFrame(pixelFormat(), "waves");
    const codec = codecFor(`${root}.4.90`)!;
    const codestream = codec.encode!(frame);
    const box = (type: string, body: Uint8Array): Uint8Array => {
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, 8 + body.length);
      return concatBytes([length, latin1(type), body]);
    };
    const file = concatBytes([
      box("jP  ", latin1("\r\n\x87\n")),
      box("ftyp", latin1("jp2 \0\0\0\0jp2 ")),
      box("jp2h", new Uint8Array(20)),
      box("jp2c", codestream),
    ]);
    expect(codec.decode(file, frame.format).samples).toEqual(frame.samples);
  });
});

describe("a JPEG 2000 codestream", () => {
  const codec = () => codecFor(`${root}.4.90`)!;
  const format = pixelFormat();
  const whole = (): Uint8Array => codec().encode!(madeFrame(format, "noise"));
  const markerAt = (bytes: Uint8Array, code: number): number =>
    bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === code);

  it("without one of its tiles is refused", () => {
    const bytes = whole();
    bytes.set([0, 0, 0, 31], 24);
    expect(() => codec().decode(bytes, format)).toThrow("1 tiles instead of 2");
  });

  it("of more layers or precincts than it has bytes for is refused: they would only take time", () => {
    const layers = whole();
    layers.fill(0xff, markerAt(layers, 0x52) + 6, markerAt(layers, 0x52) + 8);
    expect(() => codec().decode(layers, format)).toThrow("packets in");
  });

  it("of more tiles than it has bytes for is refused", () => {
    const bytes = whole();
    for (const at of [24, 28]) bytes.set([0, 0, 0, 1], at);
    expect(() => codec().decode(bytes, format)).toThrow("3904 tiles");
  });
});

describe("JPEG 2000 whose sign differs from the data set's", () => {
  const codec = () => codecFor(`${root}.4.90`)!;
  const unsigned = pixelFormat({ bitsAllocated: 16, bitsStored: 13 });
  const signed = { ...unsigned, isSigned: true };

  it("is two's complement where the stream forgot the sign", () => {
    const frame = madeFrame(unsigned, "waves");
    const cells = Array.from(frame.samples, (cell) => (cell < 0x1000 ? cell : cell | 0xe000));
    expect([...codec().decode(codec().encode!(frame), signed).samples]).toEqual(cells);
  });

  it("is refused where negative samples have nowhere to go, and else as it is", () => {
    const negative = madeFrame(signed, "waves");
    expect(() => codec().decode(codec().encode!(negative), unsigned)).toThrow(
      expect.objectContaining({ code: "PIXELS_UNDECODABLE" }),
    );
    const positive = { format: signed, samples: negative.samples.map((cell) => cell & 0xfff) };
    expect(codec().decode(codec().encode!(positive), unsigned).samples).toEqual(positive.samples);
  });
});
