import { beforeAll, describe, expect, it } from "vitest";
import { madeFrame, oddSizes, pixelFormat, textures } from "../../../test/support/codec-frames.js";
import { soaking } from "../../../test/support/soak.js";
import type { PixelFormat } from "../types.js";
import { codecFor, losslessSyntaxFor } from "./index.js";
import { openCodecsFromPackage } from "./load.node.js";

beforeAll(openCodecsFromPackage);

const root = "1.2.840.10008.1.2";

/** Every kind of cell; those of 1 and 32 bits only where a syntax holds them. */
const usual: readonly Partial<PixelFormat>[] = [
  { bitsAllocated: 8 },
  { bitsAllocated: 8, bitsStored: 7 },
  { bitsAllocated: 8, isSigned: true },
  { bitsAllocated: 8, samplesPerPixel: 3 },
  { bitsAllocated: 8, samplesPerPixel: 3, planarConfiguration: 1 },
  { bitsAllocated: 8, samplesPerPixel: 3, photometric: "YBR_FULL" },
  { bitsAllocated: 8, photometric: "PALETTE COLOR" },
  { bitsAllocated: 16, bitsStored: 8 },
  { bitsAllocated: 16, bitsStored: 10, isSigned: true },
  { bitsAllocated: 16, bitsStored: 12 },
  { bitsAllocated: 16, bitsStored: 12, isSigned: true },
  { bitsAllocated: 16, bitsStored: 12, photometric: "MONOCHROME1" },
  { bitsAllocated: 16, bitsStored: 15 },
  { bitsAllocated: 16 },
  { bitsAllocated: 16, isSigned: true },
  { bitsAllocated: 16, samplesPerPixel: 3 },
  { bitsAllocated: 16, bitsStored: 12, samplesPerPixel: 3, planarConfiguration: 1 },
];
const bits: readonly Partial<PixelFormat>[] = [{ bitsAllocated: 1 }];
const wide: readonly Partial<PixelFormat>[] = [
  { bitsAllocated: 32 },
  { bitsAllocated: 32, bitsStored: 20, isSigned: true },
  { bitsAllocated: 32, samplesPerPixel: 3, planarConfiguration: 1 },
];

const byJpeg2000 = usual.filter((format) => format.samplesPerPixel !== 3 || format.bitsAllocated === 8);

const writers = [
  { name: "Implicit VR Little Endian", end: "", formats: [...usual, ...bits, ...wide] },
  { name: "Explicit VR Big Endian", end: ".2", formats: [...usual, ...bits, ...wide] },
  { name: "Encapsulated Uncompressed", end: ".1.98", formats: [...usual, ...bits, ...wide] },
  { name: "Deflated Image Frame", end: ".8.1", formats: [...usual, ...bits, ...wide] },
  { name: "RLE Lossless", end: ".5", formats: [...usual, ...bits, ...wide] },
  { name: "JPEG Lossless 57", end: ".4.57", formats: usual },
  { name: "JPEG Lossless 70", end: ".4.70", formats: usual },
  { name: "JPEG-LS", end: ".4.80", formats: usual },
  { name: "JPEG 2000", end: ".4.90", formats: [...byJpeg2000, ...bits] },
  { name: "HTJ2K", end: ".4.201", formats: [...byJpeg2000, ...bits] },
  { name: "HTJ2K RPCL", end: ".4.202", formats: byJpeg2000 },
  { name: "JPEG XL", end: ".4.110", formats: usual },
];

const label = (format: PixelFormat): string =>
  `${format.bitsStored} of ${format.bitsAllocated} bits, ${format.isSigned ? "signed" : "unsigned"}, ` +
  `${format.samplesPerPixel} samples, planar ${format.planarConfiguration}`;

describe.each(writers)("$name", ({ end, formats }) => {
  const codec = codecFor(root + end)!;
  const cases = formats.map((given) => ({ format: pixelFormat(given), title: label(pixelFormat(given)) }));

  it.each(cases)("gives back every cell that it was given: $title", ({ format: given }) => {
    for (const [rows, columns] of oddSizes) {
      const format = { ...given, rows, columns };
      if (losslessSyntaxFor(root + end, format) !== root + end) continue;
      // The largest size costs as much as all others together.
      const shown = rows < 500 || soaking ? textures : (["waves"] as const);
      for (const texture of shown) {
        const frame = madeFrame(format, texture, rows + columns);
        const decoded = codec.decode(codec.encode!(frame), format);
        const planar = decoded.format.planarConfiguration;
        expect(decoded.format).toEqual({ ...format, planarConfiguration: planar });
        const expected = madeFrame(decoded.format, texture, rows + columns);
        expect(Buffer.from(decoded.samples.buffer).equals(Buffer.from(expected.samples.buffer))).toBe(true);
      }
    }
  });
});

describe("the codec of a transfer syntax", () => {
  it.each([
    ["JPEG 2000 Part 2", ".4.92"],
    ["JPEG 2000 Part 2, lossy", ".4.93"],
    ["JPIP Referenced", ".4.94"],
    ["MPEG2", ".4.100"],
    ["MPEG-4", ".4.102"],
    ["HEVC", ".4.107"],
  ])("is missing for %s", (_, end) => {
    expect(codecFor(root + end)).toBeUndefined();
    expect(losslessSyntaxFor(root + end, pixelFormat())).toBeUndefined();
  });
});
