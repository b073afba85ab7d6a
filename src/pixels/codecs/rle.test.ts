import { describe, expect, it } from "vitest";
import { pixelFormat } from "../../../test/support/codec-frames.js";
import { concatBytes } from "../../base/index.js";
import type { Frame } from "../types.js";
import { rle } from "./rle.js";

/** A frame of RLE from its segments, with the header of PS3.5 G.5. */
function packed(segments: readonly (readonly number[])[], count = segments.length): Uint8Array {
  const header = new DataView(new ArrayBuffer(64));
  header.setUint32(0, count, true);
  let at = 64;
  for (const [i, segment] of segments.entries()) {
    header.setUint32(4 + 4 * i, at, true);
    at += segment.length;
  }
  return concatBytes([new Uint8Array(header.buffer), ...segments.map((segment) => Uint8Array.from(segment))]);
}

/** Two segments of two literals each. */
const two = () =>
  packed([
    [1, 1, 2],
    [1, 1, 2],
  ]);
const row = (columns: number, given = {}) => pixelFormat({ rows: 1, columns, ...given });
const read = (bytes: Uint8Array, format: Frame["format"]): number[] => [...rle.decode(bytes, format).samples];

describe("RLE", () => {
  it.each([
    ["literals: n + 1 bytes as they are", [2, 7, 8, 9], [7, 8, 9]],
    ["replicates: 1 − n times the next byte", [254, 5], [5, 5, 5]],
    ["−128, which stands for nothing", [128, 0, 7, 128, 255, 9], [7, 9, 9]],
    ["padding behind the last byte", [1, 7, 8, 0], [7, 8]],
    ["a run that is longer than the frame", [129, 3], [3, 3]],
  ])("reads %s (PS3.5 G.3)", (_, segment, samples) => {
    expect(read(packed([segment]), row(samples.length))).toEqual(samples);
  });

  it("takes the most significant byte first, and samples one after the other (PS3.5 G.2)", () => {
    const wide = row(2, { bitsAllocated: 16 });
    expect(
      read(
        packed([
          [1, 0x12, 0x34],
          [1, 0x56, 0x78],
        ]),
        wide,
      ),
    ).toEqual([0x1256, 0x3478]);
    const colour = packed([
      [1, 1, 2],
      [1, 3, 4],
      [1, 5, 6],
    ]);
    expect(read(colour, row(2, { samplesPerPixel: 3 }))).toEqual([1, 3, 5, 2, 4, 6]);
    expect(read(colour, row(2, { samplesPerPixel: 3, planarConfiguration: 1 }))).toEqual([1, 2, 3, 4, 5, 6]);
    const longest = row(1, { bitsAllocated: 32 });
    expect(
      read(
        packed([
          [0, 1],
          [0, 2],
          [0, 3],
          [0, 4],
        ]),
        longest,
      ),
    ).toEqual([0x01020304]);
  });

  it("reads bits eight to a byte, the first pixel lowest", () => {
    const bits = row(10, { bitsAllocated: 1 });
    expect(read(packed([[1, 0b10000101, 0b10]]), bits)).toEqual([1, 0, 1, 0, 0, 0, 0, 1, 0, 1]);
  });

  it.each([
    ["a segment too few", packed([[1, 1, 2]])],
    [
      "a segment too many",
      packed([
        [1, 1, 2],
        [1, 1, 2],
        [1, 1, 2],
      ]),
    ],
    [
      "four thousand million segments",
      packed(
        [
          [1, 1, 2],
          [1, 1, 2],
        ],
        0xffffffff,
      ),
    ],
    [
      "a segment that is too short",
      packed(
        [
          [1, 1, 2],
          [0, 1, 0, 0],
        ].map((s, i) => (i === 1 ? [0, 1] : s)),
      ),
    ],
    ["a segment before the header's end", two().fill(0, 4, 8)],
    ["a segment behind the end", two().fill(0xff, 8, 12)],
    ["segments in the wrong order", two().fill(90, 4, 5)],
    ["no header", two().subarray(0, 40)],
  ])("refuses %s", (_, bytes) => {
    expect(() => rle.decode(bytes, row(2, { bitsAllocated: 16 }))).toThrow(
      expect.objectContaining({ code: "PIXELS_UNDECODABLE" }),
    );
  });

  it("writes each row for itself, and segments of even length (PS3.5 G.3.1)", () => {
    const format = pixelFormat({ rows: 2, columns: 3 });
    const bytes = rle.encode!({ format, samples: Uint8Array.of(4, 4, 4, 4, 4, 9) });
    expect([...bytes.subarray(64)]).toEqual([254, 4, 255, 4, 0, 9]);
    expect(bytes.length % 2).toBe(0);
    const odd = rle.encode!({ format: row(4), samples: Uint8Array.of(1, 2, 3, 4) });
    expect([...odd.subarray(64)]).toEqual([3, 1, 2, 3, 4, 0]);
  });

  it("has no more than 15 segments, so four samples of 32 bits are refused", () => {
    const format = pixelFormat({ rows: 1, columns: 1, samplesPerPixel: 4, bitsAllocated: 32 });
    const unsupported = expect.objectContaining({ code: "PIXELS_UNSUPPORTED" });
    expect(() => rle.encode!({ format, samples: new Uint32Array(4) })).toThrow(unsupported);
    expect(() => rle.decode(new Uint8Array(100), format)).toThrow(unsupported);
  });
});
