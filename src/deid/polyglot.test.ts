import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { itWithCorpus } from "../../test/support/corpus.js";
import { scratchFolder } from "../../test/support/scratch.js";
import { itWithTool } from "../../test/support/tools.js";
import { concatBytes, isElpisError, latin1, utf8 } from "../base/index.js";
import { buildFile, memorySource, type PlainDataSet, readFile, TransferSyntax } from "../dicom/index.js";
import { findForeignContent, findForeignFraming } from "./polyglot.js";

const IDENTITY = { SOPClassUID: "1.2.840.10008.5.1.4.1.1.2", SOPInstanceUID: "2.25.3" };
const PIXELS = new Uint8Array(4096).map((_, i) => (i * 7) % 256);
const IMAGE: PlainDataSet = {
  PatientName: "MZ^PK",
  ImageComments: "MZ, PK, II* and <b>bold</b> are words",
  "(0009,0010) LO": "VENDOR",
  "(0009,1001) OB": new Uint8Array(200).fill(9),
  "PixelData OW": PIXELS,
};

const dicom = (plain: PlainDataSet = {}, syntax?: string) =>
  buildFile({ ...IMAGE, ...plain, ...IDENTITY }, syntax);
const search = (bytes: Uint8Array) => findForeignContent(readFile(memorySource(bytes)));
const kinds = (bytes: Uint8Array) => search(bytes).map(({ kind, where }) => `${kind} in ${where}`);

function withPreamble(preamble: Uint8Array, file = dicom()): Uint8Array {
  file.set(preamble.subarray(0, 128));
  return file;
}

/** DOS header whose word at 3C leads to "PE\0\0" at `at`. */
function pe(at = 128, length = at + 24): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(latin1("MZ"));
  new DataView(bytes.buffer).setUint32(60, at, true);
  bytes.set(latin1("PE\0\0\x64\x86"), at);
  return bytes;
}

/** TIFF with a directory at 8 whose entries are each one SHORT (3): Image Width (256) unless told. */
function tiff(little = true, tags = [256]): Uint8Array {
  const bytes = concatBytes([latin1(little ? "II*\0" : "MM\0*"), new Uint8Array(10 + 12 * tags.length)]);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, 8, little);
  view.setUint16(8, tags.length, little);
  for (const [i, tag] of tags.entries()) {
    view.setUint16(10 + 12 * i, tag, little);
    view.setUint16(12 + 12 * i, 3, little);
    view.setUint32(14 + 12 * i, 1, little);
  }
  return bytes;
}

const zip = zipSync({ "run.exe": pe(), "readme.txt": utf8("hello") });
const gzip = gzipSync(pe());
const elf = concatBytes([latin1("\x7fELF\x02\x01\x01"), new Uint8Array(57)]);
const text = (value: string) => utf8(value);
/** The same bytes, but the first is not what it was. */
const spoiled = (bytes: Uint8Array) => bytes.map((byte, i) => (i === 0 ? byte ^ 0x80 : byte));
const shifted = (bytes: Uint8Array) => concatBytes([Uint8Array.of(1), bytes]);

describe("a clean file", () => {
  it.each([
    ["explicit little endian", TransferSyntax.ExplicitVRLittleEndian],
    ["implicit little endian", TransferSyntax.ImplicitVRLittleEndian],
    ["explicit big endian", TransferSyntax.ExplicitVRBigEndian],
  ])("holds nothing foreign in %s", (_, syntax) => {
    expect(search(dicom({}, syntax))).toEqual([]);
  });

  it("may have a preamble that is neither zero nor the start of anything", () => {
    expect(search(withPreamble(text("written by some software, version 3")))).toEqual([]);
  });

  it("may be padded with zeros behind the last element and in trailing padding", () => {
    const padded = dicom({ "DataSetTrailingPadding OB": new Uint8Array(126) });
    expect(search(concatBytes([padded, new Uint8Array(512)]))).toEqual([]);
  });

  it("may hold a PDF or a ZIP as its encapsulated document, also within the first kilobyte", () => {
    for (const document of [text("%PDF-1.7 document"), zip]) {
      const plain = {
        ...IDENTITY,
        EncapsulatedDocument: concatBytes([document, new Uint8Array(document.length % 2)]),
      };
      expect(search(buildFile(plain))).toEqual([]);
    }
  });
});

describe("the preamble", () => {
  it.each([
    ["executable", "a DOS program", latin1("MZ")],
    ["executable", "an ELF program", elf],
    ["executable", "a Mach-O program", latin1("\xcf\xfa\xed\xfe\x07\0\0\x01")],
    ["executable", "a Java class", latin1("\xca\xfe\xba\xbe\0\0\0\x34")],
    ["script", "a shell script", text("#!/bin/sh\nrm -r .\n")],
    ["script", "a batch file", text("@ECHO off\r\n")],
    ["script", "PHP", text("<?PHP system();")],
    ["html", "a page", text("<!DOCTYPE HTML><p>")],
    ["archive", "a ZIP", zip.subarray(0, 40)],
    ["archive", "a RAR", latin1("Rar!\x1a\x07\x01\0")],
    ["archive", "a 7z", latin1("7z\xbc\xaf\x27\x1c\0\x04")],
    ["archive", "a gzip", gzip.subarray(0, 40)],
    ["pdf", "a PDF", text("%PDF-1.7\n")],
    ["tiff", "a little-endian TIFF", tiff()],
    ["tiff", "a big-endian TIFF", tiff(false)],
    ["tiff", "a TIFF whose entries are out of order", tiff(true, [259, 257, 256])],
    ["tiff", "a BigTIFF", latin1("II+\0\x08\0\0\0")],
    ["image", "a JPEG", latin1("\xff\xd8\xff\xe0")],
  ])("is %s when it begins as %s", (kind, _, bytes) => {
    expect(kinds(withPreamble(bytes))).toEqual([`${kind} in preamble`]);
    expect(kinds(withPreamble(spoiled(bytes)))).not.toContain(`${kind} in preamble`);
  });

  it("is no finding when it is the header of a TIFF whose directory is gone", () => {
    expect(kinds(withPreamble(tiff(true, [257, 259])))).toEqual([]);
    expect(kinds(withPreamble(latin1("II*\0\xff\xff\xff\0")))).toEqual([]);
    expect(kinds(withPreamble(concatBytes([latin1("II*\0\x08\0\0\0\x02\0"), new Uint8Array(24)])))).toEqual(
      [],
    );
  });

  it.each([
    ["archive", zip.subarray(0, 100)],
    ["pdf", text("%PDF-1.4")],
    ["script", text("<script>alert(1)")],
    ["html", text("\r\n<html>")],
  ])("is %s also when that begins further on", (kind, bytes) => {
    expect(kinds(withPreamble(shifted(bytes)))).toEqual([`${kind} in preamble`]);
  });

  it("is an archive as the header of a tar whose checksum is right, and only then", () => {
    const bytes = dicom({ "(0009,1001) OB": new Uint8Array(300) });
    bytes.set(text("run.exe"));
    bytes.set(text("ustar"), 257);
    const sum = bytes
      .subarray(0, 512)
      .reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
    bytes.set(text(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
    expect(findForeignFraming(memorySource(bytes)).map(({ kind }) => kind)).toEqual(["archive"]);
    bytes[0]! += 1;
    expect(findForeignFraming(memorySource(bytes))).toEqual([]);
  });
});

describe("a value", () => {
  const long = (bytes: Uint8Array, before = 0, after = 0) => {
    const odd = (bytes.length + before + after) % 2;
    return concatBytes([new Uint8Array(before).fill(1), bytes, new Uint8Array(after + odd).fill(1)]);
  };
  it.each([
    ["executable", "a PE", pe()],
    ["executable", "a PE further on", long(pe(), 1000, 50)],
    ["executable", "a PE across the step of the search", long(pe(), (1 << 20) - 1, 50)],
    ["executable", "an ELF", elf],
    ["archive", "a ZIP", long(zip)],
    ["archive", "a ZIP behind other bytes", long(zip, 500)],
    ["archive", "a gzip", long(gzip)],
    ["tiff", "a TIFF", tiff()],
    ["pdf", "a PDF", text("%PDF-1.7\n\n")],
    ["script", "a script", text("#! /bin/sh\n.")],
  ])("of a private element that is %s (%s) is found with its tag", (kind, _, bytes) => {
    const element = "(0009,1001)";
    const found = kinds(dicom({ [`${element} OB`]: long(bytes) }));
    // A whole PDF or ZIP near the ends of the file is found there as well.
    expect(found).toContain(`${kind} in private element ${element}`);
    const implicit = kinds(dicom({ [`${element} UN`]: long(bytes) }, TransferSyntax.ImplicitVRLittleEndian));
    expect(implicit).toContain(`${kind} in private element ${element}`);
  });

  it.each([
    ["MZ without a PE header", concatBytes([latin1("MZ"), new Uint8Array(200)])],
    ["MZ that leads beyond the value", pe(128).subarray(0, 120)],
    ["a TIFF whose directory lies beyond", latin1("II*\0\xff\xff\0\0\0\0\0\0\0\0")],
    ["a TIFF whose directory is its header", latin1("II*\0\0\0\0\0\x01\0\0\0\0\0")],
    ["a TIFF whose directory is empty", latin1("II*\0\x08\0\0\0\0\0\0\0\0\0")],
    ["a TIFF whose directory runs over the end", latin1("II*\0\x08\0\0\0\x02\0\0\0\0\0")],
    ["the mark of a ZIP's end without a directory", concatBytes([latin1("PK\x05\x06"), new Uint8Array(40)])],
    [
      "three bytes of a gzip with reserved flags",
      concatBytes([latin1("\x1f\x8b\x08\xff"), new Uint8Array(40)]),
    ],
    ["a shebang that names no program", text("#!comment ")],
  ])("of a private element may be %s", (_, bytes) => {
    expect(search(dicom({ "(0009,1001) OB": bytes }))).toEqual([]);
  });

  it.each([
    ["private text", "(0009,1002) UT", "private element (0009,1002)"],
    ["public text", "ImageComments", "element (0020,4000)"],
  ])("of %s is found when it is a script", (_, key, where) => {
    expect(kinds(dicom({ [key]: "<script>alert(1)</script>" }))).toEqual([`script in ${where}`]);
    expect(kinds(dicom({ [key]: "(script) alert(1) (script)" }))).toEqual([]);
  });

  it("may lead to a PE header in another element", () => {
    const dos = pe(100).subarray(0, 88);
    expect(search(dicom({ "(0009,1001) OB": dos, "(0009,1002) OB": latin1("PE\0\0\x64\x86\0\0") }))).toEqual(
      [],
    );
    const together = concatBytes([dos, new Uint8Array(12), latin1("PE\0\0\x64\x86\0\0")]);
    expect(kinds(dicom({ "(0009,1001) OB": together }))).toHaveLength(1);
  });

  it("of text within the first kilobyte is found to hold a PDF header anywhere, as PDF readers do", () => {
    const found = search(dicom({ StudyDescription: "a %PDF-1.4" }));
    expect(found.map(({ kind, where }) => [kind, where])).toEqual([["pdf", "first 1024 bytes"]]);
    expect(search(dicom({ StudyDescription: "a %pdf-1.4" }))).toEqual([]);
  });

  it("is found within nested sequences", () => {
    const inner = { "(0009,0010) LO": "VENDOR", "(0009,1001) OB": pe() };
    const file = dicom({ ReferencedStudySequence: [{ ReferencedSeriesSequence: [inner] }] });
    expect(kinds(file)).toEqual(["executable in private element (0008,1110) > (0008,1115) > (0009,1001)"]);
  });

  it("of a public element of bytes is found", () => {
    expect(kinds(dicom({ ICCProfile: pe() }))).toEqual(["executable in element (0028,2000)"]);
  });

  it("of an encapsulated document is found when it runs", () => {
    const plain = { ...IDENTITY, EncapsulatedDocument: pe() };
    expect(kinds(buildFile(plain))).toEqual(["executable in element (0042,0011)"]);
  });

  it("of Private Information in the file meta is found", () => {
    const clean = dicom();
    const element = concatBytes([latin1("\x02\0\x02\x01OB\0\0"), Uint8Array.of(152, 0, 0, 0), pe()]);
    const metaEnd = 132 + 12 + new DataView(clean.buffer).getUint32(140, true);
    const file = concatBytes([clean.subarray(0, metaEnd), element, clean.subarray(metaEnd)]);
    new DataView(file.buffer).setUint32(140, metaEnd - 144 + element.length, true);
    expect(kinds(file)).toEqual(["executable in element (0002,0102)"]);
  });
});

describe("pixel data", () => {
  it("may begin with any bytes that chance can bring", () => {
    for (const start of [latin1("MZ"), tiff(), gzip.subarray(0, 20), text("<script>")]) {
      expect(search(dicom({ "PixelData OW": concatBytes([start, PIXELS]) }))).toEqual([]);
    }
  });

  it("is found to be an executable", () => {
    expect(kinds(dicom({ "PixelData OW": concatBytes([pe(), PIXELS]) }))).toEqual([
      "executable in element (7FE0,0010)",
    ]);
  });

  it("is searched fragment by fragment when encapsulated", () => {
    const fragment = (bytes: Uint8Array) => {
      const header = new Uint8Array(8);
      header.set(latin1("\xfe\xff\0\xe0"));
      new DataView(header.buffer).setUint32(4, bytes.length, true);
      return concatBytes([header, bytes]);
    };
    const file = (third: Uint8Array) => {
      const head = buildFile({ ...IDENTITY, PatientName: "A" }, TransferSyntax.JPEGBaseline8Bit);
      const pixels = [latin1("\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff"), fragment(new Uint8Array(0))];
      const frames = [fragment(latin1("\xff\xd8\xff\xe0frame.")), fragment(third)];
      return concatBytes([head, ...pixels, ...frames, latin1("\xfe\xff\xdd\xe0\0\0\0\0")]);
    };
    expect(kinds(file(elf))).toEqual(["executable in fragment 2 of element (7FE0,0010)"]);
    expect(kinds(file(spoiled(elf)))).toEqual([]);
  });
});

describe("behind the last element", () => {
  /** The tokeniser lets zeros stand there alone, so the foreign bytes come after it has read the file. */
  function searchWithTail(tail: Uint8Array, at = 0): string[] {
    const bytes = concatBytes([dicom(), new Uint8Array(at + tail.length)]);
    const file = readFile(memorySource(bytes));
    bytes.set(tail, bytes.length - tail.length);
    return findForeignContent(file).map(({ kind, where }) => `${kind} in ${where}`);
  }

  it.each([
    ["executable", pe(), 0],
    ["executable", elf, 64],
    ["html", text("<html><script>"), 2],
    ["image", latin1("\x89PNG\r\n\x1a\n"), 0],
    ["unknown", text("what is this"), 0],
  ])("%s is found", (kind, tail, at) => {
    expect(searchWithTail(tail, at)).toEqual([`${kind} in behind the last element`]);
  });

  it("a ZIP is found even where the file cannot be read as DICOM any more", () => {
    const appended = concatBytes([dicom(), zip]);
    expect(isElpisError(errorOf(() => readFile(memorySource(appended))))).toBe(true);
    expect(findForeignFraming(memorySource(appended))).toEqual([
      { kind: "archive", where: "end of the file", offset: appended.length - 22 },
    ]);
    expect(findForeignFraming(memorySource(concatBytes([dicom(), spoiled(zip.subarray(-22))])))).toEqual([]);
  });

  it("a ZIP is found in trailing padding, an executable too", () => {
    const padding = (bytes: Uint8Array) =>
      kinds(
        dicom({ "DataSetTrailingPadding OB": concatBytes([new Uint8Array(10 + (bytes.length % 2)), bytes]) }),
      );
    expect(padding(zip)).toContain("archive in data set trailing padding");
    expect(padding(zip)).toContain("archive in end of the file");
    expect(padding(pe())).toEqual(["executable in data set trailing padding"]);
    expect(padding(latin1("\xff\xd8\xff\xe0"))).toEqual(["image in data set trailing padding"]);
    expect(padding(new Uint8Array(100))).toEqual([]);
  });

  it("anything behind a deflated data set is found; the end of a gzip stream is none", () => {
    const file = deflate(dicom());
    const trailer = new Uint8Array(gzipSync(file.body)).slice(-8);
    expect(kinds(file.with())).toEqual([]);
    expect(kinds(file.with(trailer))).toEqual([]);
    expect(kinds(file.with(spoiled(trailer)))).toEqual(["unknown in behind the deflated data set"]);
    expect(kinds(file.with(elf))).toEqual(["executable in behind the deflated data set"]);
  });
});

/** A file of deflated syntax with the data set of another, made by a compressor that is not ours. */
function deflate(plain: Uint8Array) {
  const metaEnd = 144 + new DataView(plain.buffer).getUint32(140, true);
  const body = plain.slice(metaEnd);
  const empty = dicom({}, TransferSyntax.DeflatedExplicitVRLittleEndian);
  const meta = empty.slice(0, 144 + new DataView(empty.buffer).getUint32(140, true));
  const stream = gzipSync(body).slice(10, -8);
  return { body, with: (...tail: Uint8Array[]) => concatBytes([meta, stream, ...tail]) };
}

function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("a disk image", () => {
  it("is found by the descriptor in its sector 16", () => {
    const bytes = dicom({ "(0009,1001) OB": new Uint8Array(60_000) });
    bytes.set(latin1("\x01CD001\x01"), 32_768);
    expect(findForeignFraming(memorySource(bytes)).map(({ kind }) => kind)).toEqual(["archive"]);
    bytes[32_769] = 0x44;
    expect(findForeignFraming(memorySource(bytes))).toEqual([]);
  });
});

describe("in the eyes of others", () => {
  itWithTool("pydicom", "the polyglot that is found is a DICOM file and a ZIP at once", ({ pydicom }) => {
    const folder = scratchFolder();
    const file = join(folder, "polyglot.dcm");
    const bytes = dicom({
      "DataSetTrailingPadding OB": concatBytes([zip, new Uint8Array(zip.length % 2)]),
    });
    writeFileSync(file, bytes);
    const script = [
      "import sys, zipfile, pydicom",
      "print(pydicom.dcmread(sys.argv[1]).PatientName, zipfile.ZipFile(sys.argv[1]).namelist())",
    ].join("\n");
    const run = spawnSync(pydicom, ["-c", script, file]);
    expect(run.stdout.toString()).toBe("MZ^PK ['run.exe', 'readme.txt']\n");
    expect(kinds(bytes)).toContain("archive in end of the file");
  });

  itWithCorpus("no file of the corpus hides anything but the TIFF of a preamble", (files) => {
    const others = files.flatMap(({ absolute, path }) => {
      const source = memorySource(new Uint8Array(readFileSync(absolute)));
      let found = findForeignFraming(source);
      try {
        found = findForeignContent(readFile(source));
      } catch (error) {
        // What cannot be read is held for that; its frame has been looked at all the same.
        if (!isElpisError(error)) throw error;
      }
      return found
        .filter(({ kind, where }) => kind !== "tiff" || where !== "preamble")
        .map((content) => ({ path, content }));
    });
    expect(others).toEqual([]);
  });
});
