import { describe, expect, it } from "vitest";
import { pixelFormat } from "../../test/support/codec-frames.js";
import { encapsulatedFile, offsetTable, opened } from "../../test/support/pixel-files.js";
import { isElpisError } from "../base/index.js";
import { type PlainDataSet, Tags, TransferSyntax } from "../dicom/index.js";
import { assignFragments, frameBytes, readFragments } from "./fragments.js";

const NO_TABLE = new Uint8Array(0);
/** Beginnings of a JPEG and of a JPEG 2000 codestream, and bytes that go on. */
const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xc3);
const J2K = Uint8Array.of(0xff, 0x4f, 0xff, 0x51);
const more = (byte: number): Uint8Array => new Uint8Array(6).fill(byte);

interface Given {
  readonly frames: number;
  readonly fragments: readonly Uint8Array[];
  readonly table?: Uint8Array;
  readonly extended?: PlainDataSet;
  readonly isJpeg?: boolean;
}

/** The bytes of each frame, or the error as "CODE message". */
function framesIn({ frames, fragments, table = NO_TABLE, extended = {}, isJpeg = true }: Given) {
  const format = pixelFormat({ rows: 8, columns: 8 });
  const syntax = isJpeg ? TransferSyntax.JPEGLosslessSV1 : TransferSyntax.RLELossless;
  const { data } = opened(encapsulatedFile(format, frames, [table, ...fragments], syntax, extended));
  try {
    const found = readFragments(data, data.find(Tags.PixelData));
    const firsts = assignFragments(found, frames, isJpeg);
    return Array.from({ length: frames }, (_, i) => Array.from(frameBytes(found, firsts, i)));
  } catch (error) {
    if (isElpisError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
}

const eot = (offsets: readonly number[], lengths: readonly number[]): PlainDataSet => ({
  ExtendedOffsetTable: offsetTable(offsets, 8),
  ExtendedOffsetTableLengths: offsetTable(lengths, 8),
});
const two = [[...JPEG, ...more(1)], [...JPEG]];

describe("fragments", () => {
  it.each<[string, Given, number[][]]>([
    ["one for each frame", { frames: 2, fragments: [Uint8Array.from(two[0]!), JPEG] }, two],
    [
      "told by the Basic Offset Table",
      { frames: 2, fragments: [JPEG, more(1), JPEG], table: offsetTable([0, 26]) },
      two,
    ],
    ["told by the beginnings of JPEG images", { frames: 2, fragments: [JPEG, more(1), JPEG] }, two],
    [
      "told by the beginnings of JPEG 2000 codestreams",
      { frames: 2, fragments: [J2K, J2K, more(2)] },
      [[...J2K], [...J2K, ...more(2)]],
    ],
    [
      "all of a single frame",
      { frames: 1, fragments: [JPEG, more(1), more(2)] },
      [[...JPEG, ...more(1), ...more(2)]],
    ],
    [
      "told by the Extended Offset Table",
      { frames: 2, fragments: [Uint8Array.from(two[0]!), JPEG], extended: eot([0, 18], [9, 4]) },
      two,
    ],
    [
      "one of RLE for each frame",
      { frames: 2, fragments: [more(1), more(2)], isJpeg: false },
      [[...more(1)], [...more(2)]],
    ],
  ])("make frames: %s", (_, given, frames) => {
    expect(framesIn(given)).toEqual(frames);
  });

  it.each<[string, Given, string]>([
    [
      "fewer than frames",
      { frames: 3, fragments: [JPEG, more(1)] },
      "frames are missing: 2 fragments for 3 frames",
    ],
    ["none at all", { frames: 1, fragments: [] }, "frames are missing"],
    [
      "fewer images than frames",
      { frames: 2, fragments: [JPEG, more(1), more(2)] },
      "3 fragments, of which 1 begin",
    ],
    [
      "more images than frames",
      { frames: 2, fragments: [JPEG, JPEG, JPEG] },
      "3 fragments, of which 3 begin",
    ],
    [
      "a second image of a single frame",
      { frames: 1, fragments: [JPEG, JPEG] },
      "frame 1 has a surplus image",
    ],
    [
      "more of RLE than frames",
      { frames: 2, fragments: [more(1), more(2), more(3)], isJpeg: false },
      "3 fragments, for 2",
    ],
    [
      "two of RLE for a frame",
      { frames: 1, fragments: [more(1), more(2)], isJpeg: false },
      "surplus fragments",
    ],
    [
      "a table of fewer frames",
      { frames: 2, fragments: [JPEG, JPEG], table: offsetTable([0]) },
      "names 1 frames",
    ],
    [
      "a table into a fragment",
      { frames: 2, fragments: [JPEG, JPEG], table: offsetTable([0, 11]) },
      "where no fragment",
    ],
    [
      "a table beyond the end",
      { frames: 2, fragments: [JPEG, JPEG], table: offsetTable([0, 99]) },
      "where no fragment",
    ],
    [
      "a table that stands still",
      { frames: 2, fragments: [JPEG, JPEG], table: offsetTable([0, 0]) },
      "not in order",
    ],
    [
      "a table that skips the first",
      { frames: 1, fragments: [JPEG, JPEG], table: offsetTable([12]) },
      "not in order",
    ],
    [
      "a table of half numbers",
      { frames: 1, fragments: [JPEG], table: new Uint8Array(6) },
      "not of whole numbers",
    ],
    [
      "a table that hides an image",
      { frames: 2, fragments: [JPEG, JPEG, JPEG], table: offsetTable([0, 12]) },
      "frame 2 has a surplus image",
    ],
    [
      "lengths that differ",
      { frames: 2, fragments: [JPEG, JPEG], extended: eot([0, 12], [4, 2]) },
      "tells frame 2 otherwise",
    ],
    [
      "several in a frame of the Extended Offset Table",
      { frames: 1, fragments: [JPEG, more(1)], extended: eot([0], [4]) },
      "tells frame 1 otherwise",
    ],
  ])("are refused with the reason: %s", (_, given, reason) => {
    expect(framesIn(given)).toMatch(/^PIXELS_UNDECODABLE \(7FE0,0010\)/);
    expect(framesIn(given)).toContain(reason);
  });
});
