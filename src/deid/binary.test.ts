import { describe, expect, it } from "vitest";
import { applyToFiles, PATIENT } from "../../test/support/patient.js";
import { concatBytes, latin1, utf8 } from "../base/index.js";
import { buildFile, encodeFileMeta, memorySource, type PlainDataSet, readFile } from "../dicom/index.js";

const codesOf = (files: readonly Uint8Array[]) =>
  applyToFiles(files).flatMap((outcome) =>
    outcome.kind === "held" ? outcome.reasons.map(({ code }) => code) : ["released"],
  );
/** Of "Quimbleton^Zephyrine^Maud", MRN-4471902, born on 5 April 1931, unless said otherwise. */
const verdict = (plain: PlainDataSet) => codesOf([buildFile({ ...PATIENT, ...plain })]);
const somebodyElse = { PatientName: "Zarquon^Ilse", PatientID: "X-998877", PatientBirthDate: "19710203" };
const HELD = ["IDENTIFIER_IN_BINARY"];

const utf16 = (text: string) => latin1([...text].map((c) => `\0${c}`).join(""));
const view = (length: number, write: (view: DataView) => void) => {
  const made = new DataView(new ArrayBuffer(length));
  write(made);
  return new Uint8Array(made.buffer);
};
const BIRTH = 19310405;
const table = (inside: Uint8Array) => {
  const bytes = new Uint8Array(1_500_000).fill(1);
  // Across the end of a step in which large values are read
  bytes.set(inside, (1 << 20) - 5);
  return bytes;
};
const ST80I = { "(0025,0010) LO": "Philips ST80i" };

describe("bytes that would stay", () => {
  it.each<[string, PlainDataSet]>([
    ["a surname between NULs in a table", { "(0028,1201) OW": latin1("\0Quimbleton\0\0\0") }],
    ["a given name of four letters", { "(0028,1201) OW": latin1("\0\0MAUD\0\0") }],
    [
      "a name in UTF-16 in a table, one byte off",
      { "(0028,1201) OW": concatBytes([utf16("Maud"), latin1("\0")]) },
    ],
    ["a name far behind in a large table", { "(0028,1201) OW": table(latin1("Quimbleton")) }],
    ["a name in UTF-16 far behind", { "(0028,1201) OW": table(utf16("Quimbleton")) }],
    [
      "a number in a safe private attribute",
      { ...ST80I, "(0025,1001) OW": table(latin1("\0" + "4471902\0")) },
    ],
    ["the birth date as an integer", { "(0018,9461) SL": view(4, (v) => v.setInt32(0, BIRTH, true)) }],
    ["the birth date as floating point", { "(0018,9461) FD": view(8, (v) => v.setFloat64(0, BIRTH, true)) }],
    [
      "the birth date as two words",
      {
        "(0018,9461) US": view(4, (v) => {
          v.setUint16(0, BIRTH >>> 16, true);
          v.setUint16(2, BIRTH & 0xffff, true);
        }),
      },
    ],
    ["the ID as an integer", { "(0018,9461) UL": view(8, (v) => v.setUint32(4, 4471902, true)) }],
    ["a date in words among bytes", { ICCProfile: latin1("\0\0acsp 5 April 1931\0") }],
    ["a surname that is an eponym", { PatientName: "Wilson^Maud", ICCProfile: latin1("\0Wilson\0") }],
    [
      "an accented name in UTF-8",
      { PatientName: "Müllar^A", SpecificCharacterSet: "ISO_IR 100", "(0028,1201) OW": utf8("..Müllar..") },
    ],
  ])("are held with %s", (_, plain) => {
    expect(verdict(plain)).toEqual(HELD);
    // Nobody knows of these: the attribute is no reason to hold anything.
    expect(verdict({ ...plain, ...somebodyElse })).toEqual(["released"]);
  });
});

describe("compressed pixels", () => {
  const JPEG = "1.2.840.10008.1.2.4.50";
  const RLE = "1.2.840.10008.1.2.5";
  const item = (value: Uint8Array) =>
    concatBytes([latin1("\xfe\xff\x00\xe0"), view(4, (v) => v.setUint32(0, value.length, true)), value]);
  const scan = (text: string) =>
    concatBytes([
      latin1("\xff\xd8\xff\xda\0\x08\x01\x01\0\0\x3f\0"),
      new Uint8Array(5001).fill(0x55),
      latin1(text),
      new Uint8Array(4000).fill(0x99),
      latin1("\xff\xd9"),
    ]);
  function encapsulated(fragment: Uint8Array, syntax: string): Uint8Array {
    const { PixelData: _, ...rest } = PATIENT;
    const file = readFile(memorySource(buildFile({ ...rest, BitsAllocated: 8 })));
    const even = concatBytes([fragment, new Uint8Array(fragment.length % 2)]);
    return concatBytes([
      encodeFileMeta(PATIENT.SOPClassUID, PATIENT.SOPInstanceUID, syntax),
      file.source.read(file.dataStart, file.dataEnd - file.dataStart),
      latin1("\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff"),
      item(new Uint8Array(0)),
      item(even),
      latin1("\xfe\xff\xdd\xe0\0\0\0\0"),
    ]);
  }
  const rle = (text: string) =>
    concatBytes([latin1("\x01\0\0\0\x40\0\0\0"), new Uint8Array(56), latin1(`\x03${text}`)]);

  it.each(["Quimbleton", "4471902", "19310405"])("are held with %s among the bytes of a scan", (text) => {
    expect(codesOf([encapsulated(scan(text), JPEG)])).toEqual(HELD);
    expect(codesOf([encapsulated(scan(text.replace(/./, "~")), JPEG)])).toEqual(["released"]);
  });

  it("are held with a name among runs", () => {
    expect(codesOf([encapsulated(rle("Quimbleton"), RLE)])).toContain("IDENTIFIER_IN_BINARY");
  });
});
