import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PLAIN } from "../../test/support/dicom-seeds.js";
import { scratchFolder } from "../../test/support/scratch.js";
import { itWithTool } from "../../test/support/tools.js";
import { latin1, toHex } from "../base/index.js";
import { buildFile, encodeNumbers, encodeText, newElement, newElements, padded } from "./build.js";
import { readFile } from "./file.js";
import { memorySource } from "./source.js";
import { makeTag } from "./tag.js";
import { Tags } from "./tags.js";
import { TransferSyntax } from "./uid.js";
import type { VR } from "./vr.js";
import { encodeElements } from "./write.js";

describe("values are encoded", () => {
  it.each<[VR, number[], string, string]>([
    ["US", [1, 65_535], "0100ffff", "0001ffff"],
    ["SS", [-2], "feff", "fffe"],
    ["UL", [0x01020304], "04030201", "01020304"],
    ["SL", [-1], "ffffffff", "ffffffff"],
    ["FL", [1.5], "0000c03f", "3fc00000"],
    ["FD", [-2], "00000000000000c0", "c000000000000000"],
    ["SV", [-1], "ffffffffffffffff", "ffffffffffffffff"],
    ["UV", [258], "0201000000000000", "0000000000000102"],
    ["AT", [0x00100020], "10002000", "00100020"],
  ])("%s %j in either byte order", (vr, values, little, big) => {
    expect(toHex(encodeNumbers(values, vr, false))).toBe(little);
    expect(toHex(encodeNumbers(values, vr, true))).toBe(big);
  });

  it.each<[VR, number]>([
    ["US", 65_536],
    ["US", -1],
    ["SS", 32_768],
    ["UL", 2 ** 32],
    ["SL", 1.5],
    ["UV", 2 ** 60],
    ["US", Number.NaN],
  ])("%s refuses %d", (vr, value) => {
    expect(() => encodeNumbers([value], vr, false)).toThrow(
      expect.objectContaining({ code: "DICOM_BAD_VALUE" }),
    );
  });

  it.each<[VR, string, string]>([
    ["PN", "A", "A "],
    ["UI", "1.2", "1.2\0"],
    ["LO", "ab", "ab"],
    ["UT", "", ""],
  ])("%s %j padded to even length as its VR demands", (vr, text, expected) => {
    expect(encodeText(text, vr)).toEqual(latin1(expected));
  });

  it("text that its character set cannot say is refused without being told", () => {
    expect(() => encodeText("Ωmega", "LO")).toThrow(
      expect.objectContaining({
        code: "DICOM_UNENCODABLE_TEXT",
        message: expect.not.stringContaining("mega"),
      }),
    );
    expect(() => encodeText("é", "CS")).toThrow(expect.objectContaining({ code: "DICOM_UNENCODABLE_TEXT" }));
  });

  it("bytes are padded with NUL, and left alone where they are even", () => {
    expect(padded(Uint8Array.of(1), "OB")).toEqual(Uint8Array.of(1, 0));
    const even = Uint8Array.of(1, 2);
    expect(padded(even, "OB")).toBe(even);
  });
});

describe("elements from plain objects", () => {
  it("stand in ascending order of tags, whatever the order of keywords", () => {
    const tags = newElements({ PatientID: "1", Modality: "CT", "(0009,0010) LO": "X" }).map(({ tag }) => tag);
    expect(tags).toEqual([0x00080060, 0x00090010, 0x00100020]);
  });

  it("a tag without a VR that the dictionary lacks is refused", () => {
    expect(() => newElement(makeTag(0x0009, 0x1001), "x")).toThrow(
      expect.objectContaining({ code: "DICOM_BAD_VALUE", message: expect.stringContaining("(0009,1001)") }),
    );
  });

  it("encode their sequences with defined lengths", () => {
    const elements = newElements({ ReferencedStudySequence: [{ StudyID: "1" }, {}] });
    const bytes = encodeElements(elements, { explicit: true, bigEndian: false });
    expect(toHex(bytes)).toBe(
      "080010115351000" + "01a000000" + "feff00e00a000000" + "2000100053480200" + "3120" + "feff00e000000000",
    );
  });
});

describe("a built file", () => {
  it.each(Object.values(TransferSyntax).slice(0, 5))(
    "names transfer syntax %s, and is read back",
    (syntax) => {
      const file = readFile(memorySource(buildFile(PLAIN, syntax)));
      expect(file.transferSyntax).toBe(syntax);
      expect(file.deviations).toEqual([]);
      expect(file.data.string(Tags.PatientName)).toBe(PLAIN.PatientName);
      expect(file.meta.string(makeTag(0x0002, 0x0003))).toBe(PLAIN.SOPInstanceUID);
    },
  );

  it("is refused for a transfer syntax that the standard does not have", () => {
    expect(() => buildFile(PLAIN, "1.2.3")).toThrow(
      expect.objectContaining({ code: "DICOM_UNSUPPORTED_SYNTAX" }),
    );
  });

  itWithTool(
    ["dcmdump", "pydicom"],
    "is read by dcmdump and pydicom without a warning",
    ({ dcmdump, pydicom }) => {
      const folder = scratchFolder();
      const strict =
        "import sys, warnings; warnings.simplefilter('error'); import pydicom\n" +
        "ds = pydicom.dcmread(sys.argv[1]); list(ds.iterall()); print(ascii(str(ds.PatientName)), ds.Rows)";
      for (const syntax of [
        "1.2.840.10008.1.2",
        "1.2.840.10008.1.2.1",
        "1.2.840.10008.1.2.2",
        "1.2.840.10008.1.2.1.99",
      ]) {
        const path = join(folder, syntax);
        writeFileSync(path, buildFile(PLAIN, syntax));
        const dump = spawnSync(dcmdump, [path], { encoding: "utf8" });
        expect([dump.status, dump.stderr], syntax).toEqual([0, ""]);
        const python = spawnSync(pydicom, ["-c", strict, path], { encoding: "utf8" });
        expect(python.stdout.trim(), python.stderr).toBe("'Yamada^Tar\\u014d' 2");
      }
    },
  );
});
