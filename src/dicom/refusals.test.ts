import { describe, expect, it } from "vitest";
import {
  encapsulated,
  item,
  longElement,
  PLAIN,
  partTen,
  SEQUENCE_END,
  shortElement,
  UNDEFINED,
} from "../../test/support/dicom-seeds.js";
import { concatBytes, latin1 } from "../base/index.js";
import { buildFile } from "./build.js";
import { readFile } from "./file.js";
import { deflateParts } from "./inflate.js";
import { joinParts, memorySource } from "./source.js";
import { TransferSyntax } from "./uid.js";

const read = (bytes: Uint8Array) => readFile(memorySource(bytes));
const modality = shortElement(0x0008, 0x0060, "CS", latin1("CT"));
const head = concatBytes([new Uint8Array(128), latin1("DICM")]);
const DATA = partTen(new Uint8Array(0)).length;
const SECRET = latin1("SECRET");
const name = (length: number) => shortElement(0x0010, 0x0010, "PN", SECRET, length);
const inSequence = (content: Uint8Array) => longElement(0x0008, 0x1115, "SQ", content.length, content);
const deep = concatBytes(
  Array.from({ length: 65 }, () =>
    concatBytes([longElement(0x0008, 0x1115, "SQ", UNDEFINED), item(UNDEFINED)]),
  ),
);

describe("a malformed file is refused with code, tag and offset, and without a value", () => {
  const deflateSyntax = TransferSyntax.DeflatedExplicitVRLittleEndian;
  it.each<[string, Uint8Array, string, RegExp]>([
    ["an empty file", new Uint8Array(0), "DICOM_NOT_DICOM", /byte 128/],
    ["text", latin1("SECRET ".repeat(40)), "DICOM_NOT_DICOM", /byte 128/],
    [
      "a PNG",
      concatBytes([Uint8Array.of(0x89), latin1("PNG\r\n\x1a\n"), new Uint8Array(200)]),
      "DICOM_NOT_DICOM",
      /byte 128/,
    ],
    ["DICM and nothing else", head, "DICOM_NOT_DICOM", /no element/],
    [
      "an unknown transfer syntax",
      partTen(modality, "1.2.3.4"),
      "DICOM_UNSUPPORTED_SYNTAX",
      /\(0002,0010\) .* at offset \d+/,
    ],
    [
      "a value that ends too early",
      partTen(name(90)),
      "DICOM_TRUNCATED",
      /\(0010,0010\) claims 90 bytes, 6 are left, at offset DATA/,
    ],
    [
      "a header that ends too early",
      partTen(concatBytes([modality, latin1("\x10\0\x10\0PN")])),
      "DICOM_TRUNCATED",
      /6 bytes left .* at offset DATA\+10/,
    ],
    [
      "a long header that ends too early",
      partTen(longElement(0x0010, 0x4000, "UT", 4).subarray(0, 10)),
      "DICOM_TRUNCATED",
      /\(0010,4000\) ends within its header, at offset DATA/,
    ],
    [
      "letters that are no VR",
      partTen(shortElement(0x0010, 0x0010, "pn", SECRET)),
      "DICOM_TRUNCATED",
      /\(0010,0010\)/,
    ],
    [
      "no VR behind a first element that has one",
      partTen(concatBytes([modality, shortElement(0x0010, 0x0010, "\0\0", SECRET)])),
      "DICOM_BAD_VR",
      /\(0010,0010\) has no valid VR, at offset DATA\+10/,
    ],
    [
      "a value longer than its item",
      partTen(concatBytes([inSequence(item(14, name(7))), modality])),
      "DICOM_BAD_LENGTH",
      /\(0010,0010\) claims 7 bytes, 6 are left in \(0008,1115\), at offset DATA\+20/,
    ],
    [
      "a sequence longer than its item",
      partTen(concatBytes([inSequence(item(12, longElement(0x0008, 0x1140, "SQ", 9))), modality])),
      "DICOM_BAD_LENGTH",
      /\(0008,1140\) claims 9 bytes, 0 are left in \(0008,1115\)/,
    ],
    [
      "an element where an item should start",
      partTen(inSequence(name(6))),
      "DICOM_BAD_ITEM",
      /\(0010,0010\) where an item should start in \(0008,1115\), at offset DATA\+12/,
    ],
    [
      "an item where an element should start",
      partTen(concatBytes([modality, item(6, SECRET)])),
      "DICOM_BAD_ITEM",
      /\(FFFE,E000\) where an element should start, at offset DATA\+10/,
    ],
    [
      "no item delimiter",
      partTen(concatBytes([longElement(0x0008, 0x1115, "SQ", UNDEFINED), item(UNDEFINED, name(6))])),
      "DICOM_TRUNCATED",
      /item delimiter is missing in \(0008,1115\)/,
    ],
    [
      "no sequence delimiter",
      partTen(concatBytes([longElement(0x0008, 0x1115, "SQ", UNDEFINED), item(14, name(6))])),
      "DICOM_TRUNCATED",
      /sequence delimiter is missing in \(0008,1115\)/,
    ],
    [
      "an item cut off",
      partTen(inSequence(item(0).subarray(0, 5))),
      "DICOM_TRUNCATED",
      /item ends within its header in \(0008,1115\)/,
    ],
    [
      "an item too long in a sequence of undefined length",
      partTen(concatBytes([longElement(0x0008, 0x1115, "SQ", UNDEFINED), item(90, name(6)), SEQUENCE_END])),
      "DICOM_BAD_LENGTH",
      /an item claims 90 bytes, 22 are left in \(0008,1115\)/,
    ],
    [
      "no delimiter behind fragments",
      partTen(encapsulated([SECRET]).subarray(0, -8), TransferSyntax.RLELossless),
      "DICOM_TRUNCATED",
      /no delimiter in \(7FE0,0010\), at offset/,
    ],
    [
      "a fragment too long",
      partTen(concatBytes([longElement(0x7fe0, 0x0010, "OB", UNDEFINED), item(90, SECRET)])),
      "DICOM_TRUNCATED",
      /a fragment claims 90 bytes, 6 are left in \(7FE0,0010\), at offset DATA\+12/,
    ],
    [
      "a fragment of undefined length",
      partTen(concatBytes([longElement(0x7fe0, 0x0010, "OB", UNDEFINED), item(UNDEFINED, SECRET)])),
      "DICOM_BAD_LENGTH",
      /a fragment of undefined length in \(7FE0,0010\)/,
    ],
    [
      "an element among fragments",
      partTen(concatBytes([longElement(0x7fe0, 0x0010, "OB", UNDEFINED), name(6)])),
      "DICOM_BAD_ITEM",
      /\(0010,0010\) where a fragment should start in \(7FE0,0010\)/,
    ],
    [
      "sequences nested too deep",
      partTen(deep),
      "DICOM_TOO_DEEP",
      /more than 64 nested sequences in \(0008,1115\) > /,
    ],
    [
      "bytes that do not inflate",
      partTen(latin1("\xff\xffSECRET"), deflateSyntax),
      "DICOM_BAD_DEFLATE",
      /data set from offset \d+ is damaged/,
    ],
    [
      "a deflated stream that ends too early",
      partTen(joinParts(deflateParts([modality])).subarray(0, 6), deflateSyntax),
      "DICOM_BAD_DEFLATE",
      /data set from offset \d+ is damaged/,
    ],
  ])("%s", (_, bytes, code, message) => {
    const expected = new RegExp(
      message.source.replace(/DATA(?:\\\+(\d+))?/, (_all, more = "0") => String(DATA + Number(more))),
    );
    expect(() => read(bytes)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(expected) }),
    );
    expect(() => read(bytes)).not.toThrow(/SECRET/);
  });

  it("refuses a deflated data set that grows beyond the limit", () => {
    const source = memorySource(buildFile(PLAIN, TransferSyntax.DeflatedExplicitVRLittleEndian));
    expect(() => readFile(source, { inflateLimit: 100 })).toThrow(
      expect.objectContaining({ code: "DICOM_DEFLATE_TOO_LARGE" }),
    );
  });
});
