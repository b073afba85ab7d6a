import { deflateSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import { madeFrame, pixelFormat } from "../../../test/support/codec-frames.js";
import { jpeg2000Stream, jpegStream, jpegXlStream } from "../../../test/support/codec-streams.js";
import type { PixelFormat } from "../types.js";
import { codecFor, openCodecs } from "./index.js";

const root = "1.2.840.10008.1.2";

/** `openCodecs` of a module with a memory, an empty `_initialize` and no codec: every call of one fails. */
const withoutCodecs = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  // Type, function, memory.
  ...[1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1],
  // Two exports.
  ...[7, 24, 2, 6, ...Buffer.from("memory"), 2, 0, 11, ...Buffer.from("_initialize"), 0, 0],
  // Code: nothing.
  ...[10, 4, 1, 2, 0, 0x0b],
]);

beforeAll(() => openCodecs(withoutCodecs));

/** The whole message, so that no other reason can stand in for the one that is meant. */
const refusal = (code: string, message: string) => expect.objectContaining({ code, message });

type Row = readonly [
  name: string,
  end: string,
  bytes: Uint8Array,
  format: Partial<PixelFormat>,
  message: string,
];

function refuses(rows: readonly Row[], size: Partial<PixelFormat>): void {
  it.each(rows)("%s: %s", (_, end, bytes, given, message) => {
    const decode = (): unknown => codecFor(root + end)!.decode(bytes, pixelFormat({ ...size, ...given }));
    expect(decode).toThrow(refusal("PIXELS_UNDECODABLE", message));
  });
}

const colour = { samplesPerPixel: 3 } as const;
const wide = { bitsAllocated: 16 } as const;
const longest = { bitsAllocated: 32 } as const;
const sof = (n: number, precision: number) => jpegStream({ marker: 0xc0 + n, precision });

describe("a JPEG stream whose header the data set or the process contradicts is refused", () => {
  refuses(
    [
      ["a row more", ".4.50", jpegStream(), { rows: 7 }, "JPEG: 6 × 7 pixels instead of 7 × 7"],
      ["a column more", ".4.50", jpegStream(), { columns: 8 }, "JPEG: 6 × 7 pixels instead of 6 × 8"],
      ["grey for colour", ".4.50", jpegStream(), colour, "JPEG: 1 components instead of 3"],
      ["colour for grey", ".4.70", jpegStream({ components: 3 }), {}, "JPEG: 3 components instead of 1"],
      ["arithmetic coding", ".4.51", sof(9, 8), wide, "JPEG: process SOF9 with 8 bits"],
      ["JPEG-LS", ".4.51", jpegStream({ marker: 0xf7 }), wide, "JPEG: process SOF55 with 8 bits"],
      ["baseline of 12 bits", ".4.50", sof(0, 12), wide, "JPEG: process SOF0 with 12 bits"],
      ["extended of 10 bits", ".4.51", sof(1, 10), wide, "JPEG: process SOF1 with 10 bits"],
      ["progressive of 16 bits", ".4.51", sof(2, 16), wide, "JPEG: process SOF2 with 16 bits"],
      ["lossless of 1 bit", ".4.70", sof(3, 1), wide, "JPEG: process SOF3 with 1 bits"],
      ["lossless of 17 bits", ".4.70", sof(3, 17), longest, "JPEG: process SOF3 with 17 bits"],
      ["progressive of 65 scans", ".4.51", jpegStream({ marker: 0xc2, scans: 65 }), {}, "JPEG: 65 scans"],
      ["no end", ".4.50", jpegStream({ end: [] }), {}, "JPEG: ends before its End Of Image marker"],
      ["12 bits in 8", ".4.51", sof(1, 12), {}, "JPEG: 12 bits a sample, 8 allocated"],
    ],
    { rows: 6, columns: 7 },
  );
});

describe("a JPEG-LS stream whose header the data set contradicts is refused", () => {
  const stream = (parts = {}) => jpegStream({ marker: 0xf7, ...parts });
  const scans = stream({ components: 3, scans: 2 });
  refuses(
    [
      ["lossless JPEG", ".4.80", sof(3, 8), {}, "JPEG-LS: the stream is of another kind"],
      ["a row more", ".4.80", stream(), { rows: 7 }, "JPEG-LS: 6 × 7 pixels instead of 7 × 7"],
      ["a column more", ".4.80", stream(), { columns: 8 }, "JPEG-LS: 6 × 7 pixels instead of 6 × 8"],
      ["grey for colour", ".4.80", stream(), colour, "JPEG-LS: 1 components, 1 scans; 3 samples"],
      ["two scans of three", ".4.80", scans, colour, "JPEG-LS: 3 components, 2 scans; 3 samples"],
      ["no end", ".4.81", stream({ end: [] }), {}, "JPEG-LS: ends before its End Of Image marker"],
      ["no bits", ".4.80", stream({ precision: 0 }), {}, "JPEG-LS: 0 bits a sample, 8 allocated"],
      ["12 bits in 8", ".4.80", stream({ precision: 12 }), {}, "JPEG-LS: 12 bits a sample, 8 allocated"],
    ],
    { rows: 6, columns: 7 },
  );
});

describe("a JPEG 2000 stream whose header the data set contradicts is refused", () => {
  const of = (count: number, precision: number) =>
    jpeg2000Stream({ components: Array.from({ length: count }, () => [precision - 1, 1, 1] as const) });
  const deep = { ...colour, ...wide };
  refuses(
    [
      ["a row more", ".4.90", of(1, 8), { rows: 7 }, "JPEG 2000: 6 × 7 pixels instead of 7 × 7"],
      ["a column more", ".4.201", of(1, 8), { columns: 8 }, "JPEG 2000: 6 × 7 pixels instead of 6 × 8"],
      ["grey for colour", ".4.90", of(1, 8), colour, "JPEG 2000: 1 components instead of 3"],
      ["colour for grey", ".4.91", of(3, 8), {}, "JPEG 2000: 3 components instead of 1"],
      ["12 bits in 8", ".4.90", of(1, 12), {}, "JPEG 2000: 12 bits a sample, 8 allocated"],
      ["20 bits in 32", ".4.90", of(1, 20), longest, "JPEG 2000: 20 bits a sample, 32 allocated"],
      ["colour of 9 bits", ".4.90", of(3, 9), deep, "JPEG 2000: 3 components of 9 bits"],
    ],
    { rows: 6, columns: 7 },
  );
});

describe("a JPEG XL stream whose header the data set contradicts is refused", () => {
  const rgb = jpegXlStream({ components: 3 });
  const deep = jpegXlStream({ precision: 12 });
  refuses(
    [
      ["a row more", ".4.110", jpegXlStream(), { rows: 9 }, "JPEG XL: 8 × 16 pixels instead of 9 × 16"],
      [
        "a column more",
        ".4.112",
        jpegXlStream(),
        { columns: 17 },
        "JPEG XL: 8 × 16 pixels instead of 8 × 17",
      ],
      ["grey for colour", ".4.110", jpegXlStream(), colour, "JPEG XL: 1 components instead of 3"],
      ["colour for grey", ".4.111", rgb, {}, "JPEG XL: 3 components instead of 1"],
      ["12 bits in 8", ".4.110", deep, {}, "JPEG XL: 12 bits a sample, 8 allocated"],
    ],
    { rows: 8, columns: 16 },
  );
});

describe("a deflated frame of another length is refused", () => {
  const deflate = (length: number): Uint8Array => deflateSync(new Uint8Array(length).fill(7));
  refuses(
    [
      [
        "for which the bytes cannot do",
        ".8.1",
        new Uint8Array(1),
        { rows: 1033 },
        "deflated: 1 bytes hold no 1033",
      ],
      ["two bytes more", ".8.1", deflate(53), { rows: 51 }, "deflated: more than 51 bytes"],
      ["one byte more, of even length", ".8.1", deflate(53), { rows: 52 }, "deflated: more than 52 bytes"],
      ["one byte less", ".8.1", deflate(50), { rows: 51 }, "deflated: 50 bytes instead of 51"],
      ["no stream", ".8.1", new Uint8Array(20).fill(7), { rows: 9 }, "deflated: no valid stream of 9 bytes"],
    ],
    { columns: 1 },
  );
});

describe("an RLE or native frame of another length is refused", () => {
  const header = (...words: number[]): number[] => {
    const view = new DataView(new ArrayBuffer(64));
    for (const [i, word] of words.entries()) view.setUint32(4 * i, word, true);
    return [...new Uint8Array(view.buffer)];
  };
  const pair = (first: number, second: number) =>
    Uint8Array.of(...header(2, first, second), 1, 5, 5, 1, 5, 5);
  const single = Uint8Array.of(...header(1, 64), 1, 5, 5);
  const bits = { bitsAllocated: 1, columns: 25 };
  refuses(
    [
      ["half a header", ".5", single.subarray(0, 63), {}, "RLE: 63 bytes hold no header of 64"],
      ["a segment too few", ".5", single, wide, "RLE: 1 segments instead of 2"],
      ["a segment too many", ".5", pair(64, 67), {}, "RLE: 2 segments instead of 1"],
      ["a segment in the header", ".5", pair(63, 67), wide, "RLE: segment 1 lies from byte 63 to 67 of 70"],
      [
        "a segment before its start",
        ".5",
        pair(68, 67),
        wide,
        "RLE: segment 1 lies from byte 68 to 67 of 70",
      ],
      ["a segment behind the end", ".5", pair(64, 71), wide, "RLE: segment 1 lies from byte 64 to 71 of 70"],
      ["a byte too few", ".5", single, { columns: 3 }, "RLE: segment 1 holds 2 bytes of 3"],
      ["bits for fewer pixels", ".5", single, bits, "RLE: segment 1 holds 2 bytes of 4"],
      ["big endian of odd length", ".2", new Uint8Array(3), wide, "native: 3 bytes instead of 4"],
    ],
    { rows: 1, columns: 2 },
  );
});

describe("a frame that a syntax cannot hold is refused by its encoder", () => {
  it.each([
    ["JPEG", ".4.70", longest, "JPEG holds 8 or 16 bits, not 32"],
    ["JPEG", ".4.57", { bitsAllocated: 1 }, "JPEG holds 8 or 16 bits, not 1"],
    ["JPEG-LS", ".4.80", longest, "JPEG-LS holds 8 or 16 bits, not 32"],
    ["JPEG-LS", ".4.81", { bitsAllocated: 1 }, "JPEG-LS holds 8 or 16 bits, not 1"],
    ["JPEG 2000", ".4.90", longest, "JPEG 2000: 1 samples of 32 bits"],
    ["HTJ2K", ".4.201", { ...colour, ...wide }, "JPEG 2000: 3 samples of 16 bits"],
    ["JPEG XL", ".4.110", longest, "JPEG XL: 1 samples of 32 bits"],
    ["JPEG XL", ".4.112", { samplesPerPixel: 4 }, "JPEG XL: 4 samples of 8 bits"],
  ])("%s: %s, %j", (_, end, given, message) => {
    const frame = madeFrame(pixelFormat({ rows: 6, columns: 7, ...given }), "noise");
    expect(() => codecFor(root + end)!.encode!(frame)).toThrow(refusal("PIXELS_UNSUPPORTED", message));
  });
});

describe("a frame of a format that no frame has", () => {
  it.each(["", ".2", ".5", ".8.1", ".4.70", ".4.80", ".4.90", ".4.201", ".4.110"])(
    "is refused by the encoder, though it has as many samples: %s",
    (end) => {
      const frame = madeFrame(pixelFormat({ rows: 6, columns: 7, ...wide, highBit: 16 }), "noise");
      const message =
        "no frame has 6 rows, 7 columns, 1 samples a pixel, 16 bits allocated, 16 stored, high bit 16";
      expect(() => codecFor(root + end)!.encode!(frame)).toThrow(refusal("PIXELS_BAD_FORMAT", message));
    },
  );
});

describe("a call that fails within the compiled codecs", () => {
  it.each([
    ["JPEG", ".4.70", jpegStream({ marker: 0xc3 })],
    ["JPEG-LS", ".4.80", jpegStream({ marker: 0xf7 })],
    ["JPEG 2000", ".4.90", jpeg2000Stream()],
    ["JPEG 2000", ".4.202", jpeg2000Stream()],
    ["JPEG XL", ".4.110", jpegXlStream()],
  ])("is a refusal of the stream or of the frame: %s, %s", (name, end, bytes) => {
    const codec = codecFor(root + end)!;
    const format = pixelFormat(name === "JPEG XL" ? { rows: 8, columns: 16 } : { rows: 6, columns: 7 });
    const stream = refusal("PIXELS_UNDECODABLE", `${name}: the decoder refuses the stream`);
    expect(() => codec.decode(bytes, format)).toThrow(stream);
    const frame = refusal("PIXELS_UNSUPPORTED", `${name}: the encoder refuses the frame`);
    expect(() => codec.encode!(madeFrame(format, "noise"))).toThrow(frame);
  });
});
