import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { itWithCorpus } from "../../test/support/corpus.js";
import { concatBytes, isElpisError, latin1 } from "../base/index.js";
import {
  buildFile,
  type DicomFile,
  encodeFileMeta,
  memorySource,
  type PlainDataSet,
  readFile,
  SopClass,
  TransferSyntax,
} from "../dicom/index.js";
import { bulkReasons } from "./bulk.js";

const NEED = latin1("Quibblewick MRN0045821");
const SOP = { SOPInstanceUID: "1.2.3.1" };
const IMAGE: PlainDataSet = {
  SamplesPerPixel: 1,
  PhotometricInterpretation: "MONOCHROME2",
  Rows: 4,
  Columns: 4,
  BitsAllocated: 16,
  "PixelData OW": new Uint8Array(32).fill(7),
};

const fileOf = (plain: PlainDataSet, name = "CT Image Storage", syntax?: string) =>
  readFile(memorySource(buildFile({ ...plain, ...SOP, SOPClassUID: SopClass[name]! }, syntax)));
const reasonsOf = (...args: Parameters<typeof fileOf>) => bulkReasons(fileOf(...args));
const codesOf = (...args: Parameters<typeof fileOf>) => reasonsOf(...args).map(({ code }) => code);
const MISMATCH = ["BULK_DATA_MISMATCH"];

/** Big-endian 16-bit numbers and bytes in one. */
function bytes(...parts: readonly (number | string | Uint8Array)[]): Uint8Array {
  return concatBytes(
    parts.map((part) => {
      if (typeof part === "number") return Uint8Array.of(part >> 8, part & 255);
      return typeof part === "string" ? latin1(part) : part;
    }),
  );
}
const segment = (marker: number, body: Uint8Array) => bytes(marker, body.length + 2, body);
const SCAN = bytes(segment(0xffda, new Uint8Array(8)), new Uint8Array(40).fill(0x55));
const jpeg = (...segments: Uint8Array[]) => bytes(0xffd8, ...segments, SCAN, 0xffd9);
const comment = (text: string) => segment(0xfffe, latin1(text));

/** A JPEG 2000 codestream of one tile-part with segments in its main header and in the tile-part's. */
function codestream(main: Uint8Array[], tile: Uint8Array[] = []): Uint8Array {
  const inside = bytes(...tile, 0xff93, new Uint8Array(20).fill(0x66));
  const psot = 12 + inside.length;
  const sot = segment(0xff90, bytes(0, psot >> 16, psot & 0xffff, 1));
  return bytes(0xff4f, segment(0xff51, new Uint8Array(36)), ...main, sot, inside, 0xffd9);
}
const comment2000 = (text: string) => segment(0xff64, bytes(1, text));
const box = (kind: string, content: Uint8Array) => bytes(0, content.length + 8, kind, content);

/** An image of these fragments, the Basic Offset Table first. */
function encapsulated(
  fragments: readonly Uint8Array[],
  table: Uint8Array = new Uint8Array(0),
  syntax: string = JPEG,
): DicomFile {
  const { "PixelData OW": _, ...plain } = IMAGE;
  const all = { ...plain, ...SOP, SOPClassUID: SopClass["CT Image Storage"]! };
  const base = readFile(memorySource(buildFile(all)));
  const head = base.source.read(base.dataStart, base.dataEnd - base.dataStart);
  const item = (value: Uint8Array) => {
    const even = concatBytes([value, new Uint8Array(value.length % 2)]);
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, even.length, true);
    return concatBytes([latin1("\xfe\xff\x00\xe0"), length, even]);
  };
  return readFile(
    memorySource(
      concatBytes([
        encodeFileMeta(all.SOPClassUID, all.SOPInstanceUID, syntax),
        head,
        latin1("\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff"),
        ...[table, ...fragments].map(item),
        latin1("\xfe\xff\xdd\xe0\0\0\0\0"),
      ]),
    ),
  );
}
const [JPEG, J2K] = ["1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.90"] as const;

describe("native pixel data", () => {
  it.each<[string, PlainDataSet]>([
    ["as long as the header says", {}],
    ["with a byte of padding", { Rows: 3, Columns: 3, BitsAllocated: 8, "PixelData OB": new Uint8Array(9) }],
    ["padded with one byte over and over", { "PixelData OW": concatBytes([NEED, new Uint8Array(10 + 480)]) }],
    [
      "of single bits",
      { Rows: 3, Columns: 3, BitsAllocated: 1, NumberOfFrames: 2, "PixelData OB": new Uint8Array(3) },
    ],
    ["of several frames", { NumberOfFrames: 3, "PixelData OW": new Uint8Array(96) }],
    ["of one frame that is counted as none", { NumberOfFrames: 0 }],
    ["of one frame that is not counted", { NumberOfFrames: "" }],
    [
      "in frames of even length",
      { Rows: 3, Columns: 3, BitsAllocated: 8, NumberOfFrames: 4, "PixelData OB": new Uint8Array(40) },
    ],
    ["of 12 bits in words", { BitsAllocated: 12 }],
    ["of 12 bits packed", { BitsAllocated: 12, "PixelData OB": new Uint8Array(24) }],
    [
      "before what a buffer held",
      { "PixelData OW": concatBytes([new Uint8Array(32), latin1("Ab\xf6\x01Z9x\x02")]) },
    ],
    [
      "with half of the chrominance of an odd row",
      {
        SamplesPerPixel: 3,
        Columns: 5,
        PhotometricInterpretation: "YBR_FULL_422",
        BitsAllocated: 8,
        "PixelData OB": new Uint8Array(48),
      },
    ],
    [
      "with half of the chrominance",
      {
        SamplesPerPixel: 3,
        PhotometricInterpretation: "YBR_FULL_422",
        BitsAllocated: 8,
        "PixelData OB": new Uint8Array(32),
      },
    ],
  ])("pass %s", (_title, plain) => {
    const { "PixelData OW": pixels, ...rest } = { ...IMAGE, ...plain };
    expect(reasonsOf("PixelData OB" in plain ? rest : { ...rest, "PixelData OW": pixels! })).toEqual([]);
  });

  it.each([TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian])(
    "pass in %s",
    (syntax) => {
      expect(reasonsOf(IMAGE, undefined, syntax)).toEqual([]);
    },
  );

  it.each<[string, PlainDataSet, string?]>([
    ["text behind the last pixel", { "PixelData OW": concatBytes([new Uint8Array(32), NEED]) }],
    ["a short word behind it", { "PixelData OW": concatBytes([new Uint8Array(32), latin1("\0Smyth\0\0")]) }],
    [
      "several frames counted as none",
      { NumberOfFrames: 0, "PixelData OW": concatBytes([IMAGE["PixelData OW"] as Uint8Array, NEED]) },
    ],
    ["fewer bytes than pixels", { "PixelData OW": new Uint8Array(30) }],
    ["no rows", { Rows: 0 }],
    ["frames that are no number", { NumberOfFrames: "1A" }],
    ["two kinds of pixel data", { "FloatPixelData OF": new Uint8Array(64) }],
    ["pixels inside a sequence", { AcquisitionContextSequence: [{ "PixelData OW": NEED }] }],
    ["pixels in a report", {}, "Comprehensive SR Storage"],
    ["offsets without fragments", { "ExtendedOffsetTable OV": new Uint8Array(8) }],
    ["retired pixel data", { "(7F02,0010) OW": NEED }],
  ])("are held: %s", (_title, plain, name) => {
    expect(codesOf({ ...IMAGE, ...plain }, name)).toEqual(MISMATCH);
  });

  it.each(["RGB", "YBR_FULL"])(
    "pass in three colours that are not counted: %s",
    (PhotometricInterpretation) => {
      const { SamplesPerPixel: _, "PixelData OW": __, ...rest } = IMAGE;
      const image = { ...rest, PhotometricInterpretation, BitsAllocated: 8 };
      expect(reasonsOf({ ...image, "PixelData OB": new Uint8Array(48) })).toEqual([]);
      expect(reasonsOf({ ...image, "PixelData OB": new Uint8Array(16) })).not.toEqual([]);
    },
  );

  it("of a thumbnail are not judged: it goes", () => {
    expect(reasonsOf({ ...IMAGE, IconImageSequence: [{ "PixelData OW": NEED }] })).toEqual([]);
  });

  it("are held when they stand twice", () => {
    const file = fileOf(IMAGE);
    const end = file.source.read(0, file.source.size);
    const twice = concatBytes([end, latin1("\xe0\x7f\x10\x00OW\0\0\x16\0\0\0"), NEED]);
    expect(bulkReasons(readFile(memorySource(twice))).map(({ code }) => code)).toEqual(MISMATCH);
  });
});

describe("waveforms and spectra", () => {
  const ECG = "12-lead ECG Waveform Storage";
  const waveform = (data: Uint8Array): PlainDataSet => ({
    WaveformSequence: [
      {
        NumberOfWaveformChannels: 2,
        NumberOfWaveformSamples: 8,
        WaveformBitsAllocated: 16,
        "WaveformData OW": data,
      },
    ],
  });
  const SPECTRUM = {
    Rows: 1,
    Columns: 2,
    DataPointRows: 1,
    DataPointColumns: 4,
    DataRepresentation: "COMPLEX",
  };

  it("pass in their own classes", () => {
    expect(reasonsOf(waveform(new Uint8Array(32)), ECG)).toEqual([]);
    const spectrum = { ...SPECTRUM, "SpectroscopyData OF": new Uint8Array(64) };
    expect(reasonsOf(spectrum, "MR Spectroscopy Storage")).toEqual([]);
  });

  it("pass beside an image", () => {
    const both = { ...IMAGE, ...waveform(new Uint8Array(32)) };
    expect(reasonsOf(both, "X-Ray Angiographic Image Storage")).toEqual([]);
  });

  it.each<[string, PlainDataSet, string]>([
    ["a waveform in a report", waveform(new Uint8Array(32)), "Comprehensive SR Storage"],
    [
      "text behind the waveform of an image",
      { ...IMAGE, ...waveform(NEED) },
      "X-Ray Angiographic Image Storage",
    ],
    ["a waveform out of its sequence", { "WaveformData OW": NEED }, ECG],
    ["text behind a waveform", waveform(concatBytes([new Uint8Array(32), NEED])), ECG],
    ["a spectrum in a CT", { ...IMAGE, "SpectroscopyData OF": new Uint8Array(64) }, "CT Image Storage"],
    [
      "text behind a spectrum",
      { ...SPECTRUM, "SpectroscopyData OF": concatBytes([new Uint8Array(64), NEED]) },
      "MR Spectroscopy Storage",
    ],
  ])("are held: %s", (_title, plain, name) => {
    expect(codesOf(plain, name)).toEqual(MISMATCH);
  });
});

describe("compressed pixel data", () => {
  const codes = (fragments: readonly Uint8Array[], table?: Uint8Array, syntax?: string) =>
    bulkReasons(encapsulated(fragments, table, syntax)).map(({ code }) => code);
  const exif = segment(0xffe1, bytes("Exif\0\0", "MM\0*\0\0\0\x08", "Q\0u\0i\0b\0b\0l\0e\0"));
  const name = "Quibblewick MRN0045821";

  it.each<[string, Uint8Array[]]>([
    ["nothing but pixels", [jpeg()]],
    ["a JFIF header", [jpeg(segment(0xffe0, latin1("JFIF\0\x01\x01\0\0\x01\0\x01\0\0")))]],
    ["an Adobe marker", [jpeg(segment(0xffee, latin1("Adobe\0d\0\0\0\0\x01")))]],
    ["the signature of LEAD", [jpeg(comment("LEAD Technologies Inc. V1.01\0"))]],
    [
      "the signature of libjpeg",
      [jpeg(comment("CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90\n"))],
    ],
    ["the signature of OpenJPEG", [codestream([comment2000("Created by OpenJPEG version 2.5.2")])]],
    [
      "the signature and table of Kakadu",
      [
        codestream([
          comment2000("Kakadu-v7.3.3"),
          comment2000(
            "Kdu-Layer-Info: log_2{Delta-D(MSE)/[2^16*Delta-L(bytes)]}, L(bytes)\n-192.0,  8.4e+06\n",
          ),
        ]),
      ],
    ],
    ["what a buffer held before, behind the end", [bytes(jpeg(), "\x51\xf6\x57\xfe")]],
    ["an image in pieces", [jpeg().subarray(0, 20), jpeg().subarray(20)]],
  ])("pass with %s", (_title, fragments) => {
    expect(codes(fragments)).toEqual([]);
    expect(codes(fragments, new Uint8Array(4))).toEqual([]);
  });

  it.each<[string, Uint8Array[]]>([
    ["a name in a comment", [jpeg(comment(name))]],
    ["a number in a comment", [jpeg(comment("0045821"))]],
    ["a short name in a comment", [jpeg(comment("Ng^Bo"))]],
    [
      "a name behind an encoder's signature",
      [jpeg(comment("LEAD Technologies Inc. V1.01 for Doe"), comment("x"))].map((image) => image),
    ],
    ["a name behind Kakadu's", [codestream([comment2000("Kdu-Layer-Info: Quibblewick")])]],
    ["a name behind Intel's", [jpeg(comment("Intel(R) JPEG Library, version [2.0.16.48] Quibblewick"))]],
    ["Exif in UTF-16", [jpeg(exif)]],
    ["a name in the second frame", [jpeg(), jpeg(comment(name))]],
    [
      "a comment that goes on in the next fragment",
      [jpeg(comment(name)).subarray(0, 8), jpeg(comment(name)).subarray(8)],
    ],
    ["a name in a Photoshop segment", [jpeg(segment(0xffed, latin1(`Photoshop 3.0\x008BIM${name}`)))]],
    ["a name behind the end", [bytes(jpeg(), name)]],
    ["a fragment of words", [jpeg(), latin1(name)]],
    ["words instead of an image", [latin1(name)]],
    ["a name in the main header", [codestream([comment2000(name)])]],
    ["a name in the header of a tile", [codestream([], [comment2000(name)])]],
    [
      "XML in a box",
      [
        bytes(
          box("jP  ", bytes(0x0d0a, 0x870a)),
          box("xml ", latin1("<a>Quibblewick</a>")),
          box("jp2c", codestream([])),
        ),
      ],
    ],
  ])("are held: %s", (_title, fragments) => {
    expect(codes(fragments)).toEqual(["TEXT_IN_BITSTREAM"]);
  });

  it("are held with a name in the Basic Offset Table, whatever the syntax", () => {
    expect(codes([new Uint8Array(64)], NEED, TransferSyntax.RLELossless)).toEqual(["TEXT_IN_BITSTREAM"]);
    expect(codes([codestream([])], NEED, J2K)).toEqual(["TEXT_IN_BITSTREAM"]);
  });

  it("tell where the text is, and not what", () => {
    const [reason] = bulkReasons(encapsulated([jpeg(), jpeg(comment(name))]));
    expect(reason!.detail).toBe("(7FE0,0010): text in a comment of frame 2");
  });
});

itWithCorpus("no sound file of the corpus is held for its bulk data", (files) => {
  const held: string[] = [];
  for (const { absolute, path } of files) {
    try {
      for (const { code } of bulkReasons(readFile(memorySource(readFileSync(absolute)))))
        held.push(`${path} ${code}`);
    } catch (error) {
      if (!isElpisError(error)) throw error;
    }
  }
  // Its Number of Frames is "1A".
  expect(held).toEqual(["dicom/pydicom/badVR.dcm BULK_DATA_MISMATCH"]);
});
