import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { itWithCorpus } from "../../test/support/corpus.js";
import { concatBytes, isElpisError, latin1 } from "../base/index.js";
import {
  buildFile,
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

describe("native pixel data", () => {
  it.each<[string, PlainDataSet]>([
    ["as long as the header says", {}],
    ["with a byte of padding", { Rows: 3, Columns: 3, BitsAllocated: 8, "PixelData OB": new Uint8Array(9) }],
    ["padded with one byte over and over", { "PixelData OW": concatBytes([NEED, new Uint8Array(10 + 480)]) }],
    ["padded to a block", { "PixelData OW": new Uint8Array(32 + 4096) }],
    ["with one frame of nothing more", { Rows: 100, Columns: 100, "PixelData OW": new Uint8Array(40_000) }],
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
    ["so much padding that its length may say something", { "PixelData OW": new Uint8Array(32 + 4098) }],
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

  it("are held when they are native under a transfer syntax that has fragments", () => {
    const file = fileOf(IMAGE);
    expect(bulkReasons(file)).toEqual([]);
    const labelled = { ...file, transferSyntax: TransferSyntax.JPEGBaseline8Bit };
    expect(bulkReasons(labelled).map(({ code }) => code)).toEqual(MISMATCH);
  });

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
