import { beforeAll, describe, expect, it, vi } from "vitest";
import { blanked, box, framesIn } from "../../test/support/blanked.js";
import { madeFrame, pixelFormat } from "../../test/support/codec-frames.js";
import {
  encapsulatedFile,
  nativeFile,
  nativeValue,
  offsetTable,
  opened,
} from "../../test/support/pixel-files.js";
import { concatBytes, isElpisError } from "../base/index.js";
import {
  type ByteSource,
  Edits,
  isGenerated,
  joinParts,
  makeTag,
  type PlainDataSet,
  partBytes,
  readFile,
  Tags,
  TransferSyntax,
  writeFile,
} from "../dicom/index.js";
import { blank } from "./blank.js";
import { type Codec, codecFor } from "./codecs/index.js";
import { readJpegHeader } from "./codecs/jpeg-header.js";
import { openCodecsFromPackage } from "./codecs/load.node.js";
import { frameBytes } from "./fragments.js";
import type { EncapsulatedLayout, Frames } from "./frames.js";
import type { Frame, PixelFormat } from "./types.js";
import { blankedPixels } from "./write-back.js";

beforeAll(openCodecsFromPackage);

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isElpisError(error)) return error.code;
    throw error;
  }
  return "no error";
}

const {
  ExplicitVRLittleEndian,
  ExplicitVRBigEndian,
  ImplicitVRLittleEndian,
  DeflatedExplicitVRLittleEndian,
} = TransferSyntax;

const kinds: readonly Partial<PixelFormat>[] = [
  { bitsAllocated: 1 },
  { bitsAllocated: 8 },
  { bitsAllocated: 8, samplesPerPixel: 3 },
  { bitsAllocated: 8, samplesPerPixel: 3, planarConfiguration: 1 },
  { bitsAllocated: 8, samplesPerPixel: 3, photometric: "YBR_FULL" },
  { bitsAllocated: 16, bitsStored: 12, isSigned: true },
  { bitsAllocated: 16, photometric: "MONOCHROME1" },
  { bitsAllocated: 16, samplesPerPixel: 3, planarConfiguration: 1 },
  { bitsAllocated: 32 },
];
const syntaxes = [
  { name: "explicit", syntax: ExplicitVRLittleEndian, vr: "OW" },
  { name: "implicit", syntax: ImplicitVRLittleEndian, vr: "OW" },
  { name: "big endian words", syntax: ExplicitVRBigEndian, vr: "OW" },
  { name: "big endian bytes", syntax: ExplicitVRBigEndian, vr: "OB" },
  { name: "deflated", syntax: DeflatedExplicitVRLittleEndian, vr: "OB" },
] as const;
const nativeCases = syntaxes.flatMap(({ name, syntax, vr }) =>
  kinds.map((kind) => {
    const format = pixelFormat({ rows: 9, columns: 7, ...kind });
    const { bitsAllocated, samplesPerPixel, planarConfiguration, photometric } = format;
    const title = `${bitsAllocated} bits ${photometric}, ${samplesPerPixel} samples, planar ${planarConfiguration}`;
    return { name, syntax, vr, format, title };
  }),
);

describe("native pixel data", () => {
  const boxes = {
    0: [box(2, 0, 3, 2), box(0, 7, 2, 9)],
    1: [box(-3, 3, 99, 1)],
    3: [box(0, 0, 7, 9)],
    4: [box(6, 8, 1, 1), box(0, 0, 1, 1), box(3, 4, 2, 2)],
  };

  it.each(nativeCases)("is the file that has the blanked frames, byte for byte: $title, $name", (given) => {
    const { format, syntax, vr } = given;
    const made = Array.from({ length: 6 }, (_, i): Frame => madeFrame(format, "noise", i + 1));
    const bigEndian = syntax === ExplicitVRBigEndian;
    const pairs = bigEndian && vr === "OW" && format.bitsAllocated <= 8;
    const fileOf = () =>
      nativeFile(
        format,
        6,
        nativeValue(
          format,
          made.map(({ samples }) => samples),
          bigEndian,
          pairs,
        ),
        {},
        syntax,
        vr,
      );
    const before = opened(fileOf());
    const after = joinParts(blanked(before, boxes));
    for (const [i, frame] of made.entries()) blank(frame, boxes[i as keyof typeof boxes] ?? []);
    expect(Buffer.compare(after, fileOf())).toBe(0);
  });

  it("of 4:2:2 keeps the bytes of all other pairs", () => {
    const format = pixelFormat({ rows: 3, columns: 6, samplesPerPixel: 3, photometric: "YBR_FULL_422" });
    const value = Uint8Array.from({ length: 36 }, (_, i) => i + 1);
    const bytes = nativeFile(format, 1, value);
    const expected = value.slice();
    expected.set([0, 0, 128, 128], 12 + 4);
    const after = joinParts(blanked(opened(bytes), { 0: [box(3, 1, 1, 1)] }));
    expect(after).toEqual(nativeFile(format, 1, expected));
  });

  it("without a box is not touched", () => {
    const file = opened(nativeFile(pixelFormat({ rows: 4, columns: 4 }), 2, new Uint8Array(32)));
    const pixels = blankedPixels(file, framesIn(file), () => [box(4, 0, 3, 3)]);
    const edits = new Edits(file.data);
    pixels.apply(edits);
    expect(pixels).toMatchObject({ changedFrames: 0, transferSyntax: ExplicitVRLittleEndian });
    expect(edits.isEmpty).toBe(true);
  });

  it("loses group lengths, which nobody keeps right", () => {
    const lengths = { "(0028,0000) UL": 100, "(7FE0,0000) UL": 28 };
    const bytes = nativeFile(pixelFormat({ rows: 4, columns: 4 }), 1, new Uint8Array(16), lengths);
    const { data } = opened(joinParts(blanked(opened(bytes), { 0: [box(0, 0, 1, 1)] })));
    expect([data.find(makeTag(0x0028, 0)), data.find(makeTag(0x7fe0, 0))]).toEqual([-1, -1]);
  });

  it("of 2.5 GB stays ranges of the file, but for the rows that change", () => {
    const format = pixelFormat({ rows: 1000, columns: 1000, bitsAllocated: 16 });
    const [frameBytes, count] = [2_000_000, 1250];
    const head = nativeFile(format, count, new Uint8Array(0));
    new DataView(head.buffer).setUint32(head.length - 4, frameBytes * count, true);
    let read = 0;
    const source: ByteSource = {
      size: head.length + frameBytes * count,
      read: (offset, length) => {
        read += length;
        const bytes = new Uint8Array(length).fill(7);
        if (offset < head.length) bytes.set(head.subarray(offset, offset + length));
        return bytes;
      },
    };
    const parts = blanked(readFile(source), { 1249: [box(10, 20, 30, 5)], 700: [box(0, 990, 9, 9)] });
    // The tokeniser reads through a window.
    expect(read).toBeLessThan(200_000);
    expect(parts.filter(isGenerated).map(({ length }) => length)).toEqual([18_000, 10_000]);
    const rows = joinParts(parts.filter(isGenerated));
    expect(rows.subarray(0, 20)).toEqual(Uint8Array.of(...Array(18).fill(0), 7, 7));
    expect(read).toBeLessThan(200_000 + 2 * frameBytes + 28_000);
  });
});

const lossless = [
  TransferSyntax.RLELossless,
  TransferSyntax.JPEGLossless,
  TransferSyntax.JPEGLosslessSV1,
  TransferSyntax.JPEGLSLossless,
  TransferSyntax.JPEG2000Lossless,
  TransferSyntax.HTJ2KLossless,
  TransferSyntax.DeflatedImageFrameCompression,
  TransferSyntax.EncapsulatedUncompressedExplicitVRLittleEndian,
];
const evened = (bytes: Uint8Array): Uint8Array =>
  bytes.length % 2 === 0 ? bytes : concatBytes([bytes, new Uint8Array(1)]);

/** An encapsulated file of five made frames, each of one fragment. */
function compressed(
  format: PixelFormat,
  transferSyntax: string,
  more: PlainDataSet = {},
  table: Uint8Array = new Uint8Array(0),
) {
  const made = Array.from({ length: 5 }, (_, i) => madeFrame(format, i % 2 === 0 ? "waves" : "areas", i + 1));
  const photometric = (more.PhotometricInterpretation as string | undefined) ?? format.photometric;
  const encoded = made.map((frame) => evened(codecFor(transferSyntax)!.encode!(frame, photometric)));
  return { made, encoded, bytes: encapsulatedFile(format, 5, [table, ...encoded], transferSyntax, more) };
}

const fragmentsOf = (frames: Frames): Uint8Array[] => {
  const { fragments, firsts } = frames.layout as EncapsulatedLayout;
  return Array.from({ length: frames.count }, (_, i) => frameBytes(fragments, firsts, i));
};

describe("compressed pixel data", () => {
  const boxes = { 1: [box(3, 4, 20, 9)], 2: [box(0, 0, 64, 2)], 4: [box(50, 60, 30, 30)] };
  const cases = lossless.flatMap((syntax) =>
    [
      { bitsAllocated: 8 },
      { bitsAllocated: 16, bitsStored: 12, isSigned: true },
      { bitsAllocated: 8, samplesPerPixel: 3 },
    ].map((kind) => ({ syntax, format: pixelFormat(kind), title: `${kind.bitsAllocated} bits ${syntax}` })),
  );

  it.each(cases)("keeps the bytes of frames that do not change: $title", ({ syntax, format }) => {
    const { made, encoded, bytes } = compressed(format, syntax);
    const before = opened(bytes);
    const after = opened(joinParts(blanked(before, boxes)));
    const frames = framesIn(after);
    expect(after.transferSyntax).toBe(syntax);
    expect(frames.format).toEqual(format);
    for (const i of [0, 3]) expect(Buffer.compare(fragmentsOf(frames)[i]!, encoded[i]!)).toBe(0);
    for (const [i, frame] of made.entries()) {
      blank(frame, boxes[i as keyof typeof boxes] ?? []);
      expect(frames.frame(i).samples).toEqual(frame.samples);
    }
  });

  const format = pixelFormat({ bitsAllocated: 8 });
  const { RLELossless } = TransferSyntax;

  it("empties the Basic Offset Table and removes the extended ones, which would be wrong", () => {
    const { encoded } = compressed(format, RLELossless);
    let at = 0;
    const offsets = encoded.map(({ length }) => (at += length + 8) - length - 8);
    const extended = {
      ExtendedOffsetTable: offsetTable(offsets, 8),
      ExtendedOffsetTableLengths: offsetTable(
        encoded.map(({ length }) => length),
        8,
      ),
      "(7FE0,0003) UV": at,
    };
    for (const given of [
      compressed(format, RLELossless, extended),
      compressed(format, RLELossless, {}, offsetTable(offsets)),
    ]) {
      const after = opened(joinParts(blanked(opened(given.bytes), boxes)));
      expect(after.data.find(Tags.ExtendedOffsetTable)).toBe(-1);
      expect(after.data.find(Tags.ExtendedOffsetTableLengths)).toBe(-1);
      expect(after.data.find(makeTag(0x7fe0, 0x0003))).toBe(-1);
      const { fragments } = framesIn(after).layout as EncapsulatedLayout;
      expect(fragments.basicOffsets).toEqual([]);
      expect(fragments.lengths).toHaveLength(5);
      expect([...fragments.lengths].every((length) => length % 2 === 0)).toBe(true);
    }
  });

  it("joins the fragments of a frame that does not change", () => {
    const syntax = TransferSyntax.JPEGLSLossless;
    const { encoded } = compressed(format, syntax);
    const parted = encoded.flatMap((bytes) => [bytes.subarray(0, 100), bytes.subarray(100)]);
    const bytes = encapsulatedFile(format, 5, [new Uint8Array(0), ...parted], syntax);
    const frames = framesIn(opened(joinParts(blanked(opened(bytes), boxes))));
    expect((frames.layout as EncapsulatedLayout).fragments.lengths).toHaveLength(5);
    for (const i of [0, 3]) expect(Buffer.compare(fragmentsOf(frames)[i]!, encoded[i]!)).toBe(0);
  });

  it.each([
    [TransferSyntax.JPEG2000Lossless, "YBR_RCT"],
    [TransferSyntax.JPEG2000, "YBR_RCT"],
    [TransferSyntax.JPEG2000Lossless, "RGB"],
    [TransferSyntax.HTJ2KLossless, "YBR_RCT"],
  ])("in %s keeps its %s, and with it the bytes of frames without a box", (syntax, photometric) => {
    const colour = pixelFormat({ samplesPerPixel: 3 });
    const given = compressed(colour, syntax, { PhotometricInterpretation: photometric });
    const after = opened(joinParts(blanked(opened(given.bytes), { 2: [box(1, 1, 9, 9)] })));
    expect(after.data.string(Tags.PhotometricInterpretation)).toBe(photometric);
    const frames = framesIn(after);
    for (const i of [0, 1, 3, 4]) expect(Buffer.compare(fragmentsOf(frames)[i]!, given.encoded[i]!)).toBe(0);
    blank(given.made[2]!, [box(1, 1, 9, 9)]);
    for (const [i, frame] of given.made.entries()) expect(frames.frame(i).samples).toEqual(frame.samples);
  });

  it("is encoded anew as a whole where the colours can no longer be what the header says", () => {
    const syntax = TransferSyntax.JPEG2000;
    const colour = pixelFormat({ samplesPerPixel: 3 });
    const given = compressed(colour, syntax, { PhotometricInterpretation: "YBR_ICT" });
    const after = opened(joinParts(blanked(opened(given.bytes), { 2: [box(1, 1, 9, 9)] })));
    expect(after.data.string(Tags.PhotometricInterpretation)).toBe("RGB");
    blank(given.made[2]!, [box(1, 1, 9, 9)]);
    const frames = framesIn(after);
    for (const [i, frame] of given.made.entries()) expect(frames.frame(i).samples).toEqual(frame.samples);
  });

  it("has one precision in all its streams, since readers take that of the first", () => {
    const syntax = TransferSyntax.JPEGLosslessSV1;
    const twelve = pixelFormat({ bitsAllocated: 16, bitsStored: 12 });
    const made = [1, 2, 3].map((seed) => madeFrame(twelve, "waves", seed));
    // As writers do that give a stream all the bits that are allocated.
    const wide = made.map(({ samples }) => {
      const format = pixelFormat({ bitsAllocated: 16 });
      return evened(codecFor(syntax)!.encode!({ format, samples }));
    });
    const bytes = encapsulatedFile(twelve, 3, [new Uint8Array(0), ...wide], syntax);
    const frames = framesIn(opened(joinParts(blanked(opened(bytes), { 1: [box(1, 1, 9, 9)] }))));
    const precisions = fragmentsOf(frames).map((fragment) => readJpegHeader(fragment).precision);
    expect(precisions).toEqual([12, 12, 12]);
    expect(frames.frame(0).samples).toEqual(made[0]!.samples);
  });

  it("is decoded and encoded while it is written, one frame after the other", () => {
    const { bytes } = compressed(format, RLELossless);
    const file = opened(bytes);
    const frames = framesIn(file);
    const decoded: number[] = [];
    const frame = (i: number): Frame => {
      decoded.push(i);
      return frames.frame(i);
    };
    const watched: Frames = { ...frames, frame };
    const pixels = blankedPixels(file, watched, (i) => (i === 0 ? [] : [box(0, 0, 9, 9)]));
    const edits = new Edits(file.data);
    pixels.apply(edits);
    const parts = writeFile(file, { data: edits });
    expect(decoded).toEqual([1]);
    const seen: string[] = [];
    for (const part of parts.filter(isGenerated))
      for (const _ of partBytes(part, 1)) seen.push(decoded.join(""));
    expect(new Set(seen)).toEqual(new Set(["1", "12", "123", "1234"]));
  });

  it("throws where a codec does not give back what it was given", () => {
    const { bytes, made } = compressed(format, RLELossless);
    const codec = codecFor(RLELossless)!;
    const encode = codec.encode!;
    const broken = vi.spyOn(codec as Required<Codec>, "encode");
    broken.mockImplementation(({ format }) => encode({ format, samples: made[0]!.samples }));
    const parts = blanked(opened(bytes), boxes);
    expect(codeOf(() => joinParts(parts))).toBe("PIXELS_UNSUPPORTED");
    broken.mockRestore();
    expect(codeOf(() => joinParts(parts))).toBe("no error");
  });

  it("is refused where no codec writes such frames without loss", () => {
    const wide = pixelFormat({ bitsAllocated: 32 });
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);
    const file = opened(encapsulatedFile(wide, 1, [new Uint8Array(0), jpeg], TransferSyntax.JPEGLosslessSV1));
    expect(codeOf(() => blankedPixels(file, framesIn(file), () => [box(0, 0, 1, 1)]))).toBe(
      "PIXELS_UNSUPPORTED",
    );
  });
});
