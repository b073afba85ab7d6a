import { describe, expect, it } from "vitest";
import {
  item,
  longElement,
  PLAIN,
  seedFiles,
  shortElement,
  UNDEFINED,
} from "../../test/support/dicom-seeds.js";
import { concatBytes, latin1 } from "../base/index.js";
import { buildFile } from "./build.js";
import { readFile } from "./file.js";
import { type ByteSource, memorySource } from "./source.js";
import { Tags } from "./tags.js";
import { EXPLICIT_LITTLE, tokenise } from "./tokenise.js";
import { Tokens } from "./tokens.js";

/** A source that fails the test when it is asked for bytes that it does not have, and counts what it gives. */
class StrictSource implements ByteSource {
  bytesRead = 0;
  readonly #bytes: Uint8Array;
  readonly size: number;
  constructor(bytes: Uint8Array, size = bytes.length) {
    this.#bytes = bytes;
    this.size = size;
  }
  read(offset: number, length: number): Uint8Array {
    if (offset < 0 || length < 0 || offset + length > this.size) throw new RangeError(`${offset}+${length}`);
    this.bytesRead += length;
    const bytes = new Uint8Array(length);
    bytes.set(this.#bytes.subarray(offset, offset + length));
    return bytes;
  }
}

const modality = shortElement(0x0008, 0x0060, "CS", latin1("CT"));
const columns = ({ tokens }: { tokens: Tokens }) =>
  Array.from({ length: tokens.count }, (_, i) => [
    tokens.tag[i],
    tokens.vr[i],
    tokens.flags[i],
    tokens.start[i],
    tokens.value[i],
    tokens.valueEnd[i],
    tokens.end[i],
    tokens.next[i],
    tokens.parent[i],
  ]);

describe("the tokeniser", () => {
  it("gives header, value, delimiter, next sibling and parent of each element and item", () => {
    const bytes = concatBytes([
      longElement(0x0008, 0x1115, "SQ", UNDEFINED),
      item(10, modality),
      item(UNDEFINED, modality),
      Uint8Array.of(0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0),
      modality,
    ]);
    const [SQ, CS, ITEM] = [0x5351, 0x4353, 0xfffee000];
    expect(columns(tokenise(memorySource(bytes), 0, bytes.length, EXPLICIT_LITTLE))).toEqual([
      [0x00081115, SQ, 12, 0, 12, 56, 64, 5, -1],
      [ITEM, 0, 0, 12, 20, 30, 30, 3, 0],
      [0x00080060, CS, 0, 20, 28, 30, 30, 3, 1],
      [ITEM, 0, 4, 30, 38, 48, 56, 5, 0],
      [0x00080060, CS, 0, 38, 46, 48, 48, 5, 3],
      [0x00080060, CS, 0, 64, 72, 74, 74, 6, -1],
    ]);
  });

  it.each([...seedFiles()])("asks for no byte outside the file: %s, whole and cut anywhere", (_, bytes) => {
    for (let end = 0; end <= bytes.length; end += end < bytes.length - 40 ? 7 : 1) {
      try {
        readFile(new StrictSource(bytes.subarray(0, end)));
      } catch (error) {
        expect(error).toHaveProperty("code", expect.stringMatching(/^DICOM_/));
      }
    }
  });

  it("finds the same through a window of ranges as in one buffer", () => {
    const many = Array.from({ length: 20_000 }, (_, i) =>
      shortElement(0x0009, i, "LO", latin1("ab".repeat(i % 40))),
    );
    const bytes = concatBytes([
      ...many,
      longElement(0x7fe0, 0x0010, "OW", 300_000, new Uint8Array(300_000)),
      modality,
    ]);
    const source = new StrictSource(bytes);
    const throughRanges = columns(tokenise(source, 0, bytes.length, EXPLICIT_LITTLE));
    expect(throughRanges).toEqual(columns(tokenise(memorySource(bytes), 0, bytes.length, EXPLICIT_LITTLE)));
    expect(throughRanges).toHaveLength(20_002);
    expect(source.bytesRead).toBeLessThan(bytes.length - 200_000);
  });

  it("reads hardly more than the headers of large values", () => {
    const large = longElement(0x0009, 0x1001, "OB", 1 << 20, new Uint8Array(1 << 20));
    const source = new StrictSource(concatBytes(Array.from({ length: 20 }, () => large)));
    tokenise(source, 0, source.size, EXPLICIT_LITTLE);
    expect(source.bytesRead).toBeLessThan(65_536 + 20 * 2048);
  });

  it("asks for nothing behind the first 64 KiB of a file whose elements all start there", () => {
    const slice = buildFile({ ...PLAIN, PixelData: new Uint8Array(500_000) });
    const source = new StrictSource(slice.subarray(0, 65_536), slice.length);
    let furthest = 0;
    const watched: ByteSource = {
      size: source.size,
      read: (offset, length) => {
        furthest = Math.max(furthest, offset + length);
        return source.read(offset, length);
      },
    };
    expect(readFile(watched).data.string(Tags.PatientID)).toBe(PLAIN.PatientID);
    expect(furthest).toBe(65_536);
  });

  it("keeps offsets beyond 4 GiB apart", () => {
    const size = 5 * 2 ** 30;
    const source: ByteSource = {
      size,
      read: (offset, length) => {
        const bytes = new Uint8Array(length);
        if (offset === 0) bytes.set(longElement(0x7fe0, 0x0010, "OW", 0xfffffff0));
        return bytes;
      },
    };
    const { tokens, end } = tokenise(source, 0, size, EXPLICIT_LITTLE);
    expect([tokens.count, tokens.end[0], end]).toEqual([1, 0xfffffff0 + 12, 0xfffffff0 + 12]);
  });

  it("refuses more elements than it may", () => {
    const bytes = concatBytes(Array.from({ length: 3000 }, () => modality));
    expect(() => tokenise(memorySource(bytes), 0, bytes.length, EXPLICIT_LITTLE, undefined, 1024)).toThrow(
      expect.objectContaining({
        code: "DICOM_TOO_MANY_ELEMENTS",
        message: "more than 1024 elements, at offset 10240",
      }),
    );
    expect(tokenise(memorySource(bytes), 0, 10_240, EXPLICIT_LITTLE, undefined, 1024).tokens.count).toBe(
      1024,
    );
  });
});

describe("Tokens", () => {
  it.each([
    ["32-bit", 1000],
    ["64-bit", 2 ** 33],
  ])("keep their columns while they grow, with %s offsets", (_, size) => {
    const tokens = new Tokens(size, 2);
    for (let i = 0; i < 1000; i++) expect(tokens.push(i, i % 7, i % 5, i, i + size / 2, i - 1)).toBe(i);
    expect(tokens.capacity).toBeGreaterThanOrEqual(1000);
    expect([
      tokens.tag[999],
      tokens.vr[999],
      tokens.flags[999],
      tokens.value[999],
      tokens.parent[999],
    ]).toEqual([999, 999 % 7, 999 % 5, 999 + size / 2, 998]);
  });
});
