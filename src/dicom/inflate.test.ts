import { inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/index.js";
import { DEFAULT_INFLATE_LIMIT, deflateParts, inflateSource } from "./inflate.js";
import { joinParts, memorySource } from "./source.js";

const random = seededRandom(5);
/** Half noise, half zeros: 3 MB in many pieces once inflated. */
const content = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i % 2000 < 1000 ? random() * 256 : 0));

describe("a deflated data set", () => {
  const pieces = deflateParts([
    content.subarray(0, 1000),
    { source: memorySource(content), start: 1000, end: content.length },
  ]);
  const deflated = joinParts(pieces);
  const source = inflateSource(memorySource(deflated), 0, DEFAULT_INFLATE_LIMIT);

  it("is of even length and inflates elsewhere", () => {
    expect(deflated.length % 2).toBe(0);
    expect(Buffer.compare(inflateRawSync(deflated), content)).toBe(0);
  });

  it("is the same however its bytes are parted", () => {
    const cuts = [0, 1, 5, 70_000, 70_000, 1_500_000, content.length];
    const parts = cuts.slice(1).map((cut, i) => content.subarray(cuts[i], cut));
    expect(Buffer.compare(joinParts(deflateParts(parts)), deflated)).toBe(0);
    expect(Buffer.compare(joinParts(deflateParts([content])), deflated)).toBe(0);
  });

  it("may be empty", () => {
    const nothing = joinParts(deflateParts([]));
    expect(inflateRawSync(nothing)).toHaveLength(0);
    expect(inflateSource(memorySource(nothing), 0, 10).size).toBe(0);
  });

  it("is read at any offset and length, across the borders of its pieces", () => {
    expect(source.size).toBe(content.length);
    for (let i = 0; i < 300; i++) {
      const offset = Math.floor(random() * content.length);
      const length = Math.floor(random() ** 4 * (content.length - offset));
      expect(Buffer.compare(source.read(offset, length), content.subarray(offset, offset + length))).toBe(0);
    }
    expect(source.read(content.length, 0)).toHaveLength(0);
    expect(Buffer.compare(source.read(0, content.length), content)).toBe(0);
  });

  it.each([
    [
      "the limit",
      () => inflateSource(memorySource(deflated), 0, content.length - 1),
      "DICOM_DEFLATE_TOO_LARGE",
    ],
    [
      "its end",
      () => inflateSource(memorySource(deflated.subarray(0, 5000)), 0, content.length),
      "DICOM_BAD_DEFLATE",
    ],
  ])("is refused beyond %s", (_, inflate, code) => {
    expect(inflate).toThrow(expect.objectContaining({ code }));
  });

  it("may be as large as the limit", () => {
    expect(inflateSource(memorySource(deflated), 0, content.length).size).toBe(content.length);
  });
});
