import { describe, expect, it } from "vitest";
import {
  encapsulated,
  ITEM_END,
  implicitElement,
  item,
  longElement,
  PLAIN,
  partTen,
  SEQUENCE_END,
  seedFiles,
  shortElement,
  UNDEFINED,
  UNKNOWN_SEQUENCE,
} from "../../test/support/dicom-seeds.js";
import { concatBytes, latin1 } from "../base/index.js";
import { buildFile, encodeFileMeta, newElements } from "./build.js";
import { type DataSet, ROOT } from "./dataset.js";
import { type DicomFile, looksLikeDicom, readFile } from "./file.js";
import { joinParts, memorySource } from "./source.js";
import { makeTag, parseTag, type Tag } from "./tag.js";
import { Tags } from "./tags.js";
import { IMPLICIT_LITTLE } from "./tokenise.js";
import { TransferSyntax } from "./uid.js";
import { encodeElements, writeFile } from "./write.js";

const read = (bytes: Uint8Array) => readFile(memorySource(bytes));
const modality = shortElement(0x0008, 0x0060, "CS", latin1("CT"));

/** The token at the end of a path of tags, through the first item of each sequence. */
function at(data: DataSet, ...tags: string[]): number {
  let holder = ROOT;
  let token = -1;
  for (const [i, text] of tags.entries()) {
    token = data.find(parseTag(text), holder);
    if (i + 1 < tags.length) holder = data.items(token)[0]!;
  }
  return token;
}

function expectIdentity(bytes: Uint8Array, file: DicomFile): void {
  expect(Buffer.compare(joinParts(writeFile(file)), bytes)).toBe(0);
}

describe("reading", () => {
  it.each([...seedFiles()])("%s: every element is found, and written back bit for bit", (name, bytes) => {
    const file = read(bytes);
    expectIdentity(bytes, file);
    if (!/encapsulated|UN of/.test(name)) {
      const deep = ["(0008,1110)", "(0008,0050)"];
      expect(file.data.string(Tags.PatientName)).toBe("Yamada^Tarō");
      expect(file.data.items(file.data.find(makeTag(0x0008, 0x1110)))).toHaveLength(3);
      expect(at(file.data, ...deep)).toBe(-1);
    }
  });

  it.each(["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"])(
    "finds the same nested values in transfer syntax %s",
    (syntax) => {
      const { data, encoding, deflated } = read(buildFile(PLAIN, syntax));
      const second = data.items(data.find(makeTag(0x0008, 0x1110)))[1]!;
      const request = data.items(data.find(makeTag(0x0040, 0x0275), second))[0]!;
      const image = data.items(data.find(makeTag(0x0008, 0x1140), request))[0]!;
      expect(data.string(Tags.StudyID, image)).toBe("5");
      expect(data.path(data.find(Tags.StudyID, image))).toBe(
        "(0008,1110) > (0040,0275) > (0008,1140) > (0020,0010)",
      );
      const rows = data.bytes(data.find(Tags.Rows));
      expect([...rows]).toEqual(encoding.bigEndian ? [0, 2] : [2, 0]);
      expect(deflated).toBe(syntax.endsWith(".99"));
    },
  );

  it("reads a private sequence in implicit VR, where only its first bytes show what it is", () => {
    const { data } = read(buildFile(PLAIN, TransferSyntax.ImplicitVRLittleEndian));
    const token = data.find(makeTag(0x0009, 0x1002));
    expect(data.isSequence(token)).toBe(true);
    expect(data.text(at(data, "(0009,1002)", "(0009,1003)"), "LO")).toBe("inside");
  });

  it("reads UN of undefined length as a sequence in implicit VR (PS3.5 6.2.2)", () => {
    const { data } = read(partTen(concatBytes([modality, UNKNOWN_SEQUENCE])));
    const token = data.find(makeTag(0x0029, 0x1010));
    expect(data.items(token)).toHaveLength(2);
    expect(data.text(at(data, "(0029,1010)", "(0008,103E)"))).toBe("in UN");
  });

  it("reads UN of undefined length in explicit VR too, as some writers leave it", () => {
    const inner = shortElement(0x0008, 0x103e, "LO", latin1("in UN "));
    const unknown = [
      longElement(0x0029, 0x1010, "UN", UNDEFINED),
      item(UNDEFINED, inner),
      ITEM_END,
      SEQUENCE_END,
    ];
    const { data } = read(partTen(concatBytes([modality, ...unknown])));
    expect(data.text(at(data, "(0029,1010)", "(0008,103E)"))).toBe("in UN");
  });

  it.each([
    ["implicit", implicitElement(0x0008, 0x103e, latin1("nested"))],
    ["explicit", shortElement(0x0008, 0x103e, "LO", latin1("nested"))],
  ])("reads a data set in %s VR inside UN of defined length", (_, inner) => {
    const value = item(inner.length, inner);
    const { data } = read(
      partTen(concatBytes([modality, longElement(0x0029, 0x1010, "UN", value.length, value)])),
    );
    expect(data.text(at(data, "(0029,1010)", "(0008,103E)"))).toBe("nested");
  });

  it("keeps a UN value that begins like an item, and is none, as one value", () => {
    const value = concatBytes([item(6, latin1("binary")), latin1("!!")]);
    const { data } = read(partTen(longElement(0x0029, 0x1010, "UN", value.length, value)));
    expect(data.tokens.count).toBe(1);
    expect(data.isSequence(0)).toBe(false);
  });

  it("mixes defined and undefined lengths of sequences and items", () => {
    const leaf = shortElement(0x0020, 0x0010, "SH", latin1("X "));
    const defined = concatBytes([item(leaf.length, leaf), item(UNDEFINED, leaf), ITEM_END]);
    const inner = longElement(0x0008, 0x1140, "SQ", defined.length, defined);
    const outer = [
      longElement(0x0008, 0x1115, "SQ", UNDEFINED),
      item(inner.length, inner),
      item(0),
      SEQUENCE_END,
    ];
    const { data } = read(partTen(concatBytes([...outer, modality])));
    expect(data.items(0)).toHaveLength(2);
    expect(data.items(at(data, "(0008,1115)", "(0008,1140)"))).toHaveLength(2);
    expect(data.string(makeTag(0x0008, 0x0060))).toBe("CT");
  });

  it("takes fragments as one value, with or without offset tables", () => {
    const bytes = partTen(
      concatBytes([modality, encapsulated([new Uint8Array(0), latin1("ab"), latin1("cdef")])]),
      TransferSyntax.RLELossless,
    );
    const { data } = read(bytes);
    const pixels = data.find(Tags.PixelData);
    expect(data.tokens.count).toBe(2);
    expect(data.length(pixels)).toBe(8 + 8 + 2 + 8 + 4);
  });

  it("gives a VR of a later edition the long header", () => {
    const { data } = read(
      partTen(concatBytes([longElement(0x0008, 0x0001, "QQ", 4, latin1("abcd")), modality])),
    );
    expect(data.vrAt(0)).toBeUndefined();
    expect(data.string(makeTag(0x0008, 0x0060))).toBe("CT");
  });

  it("keeps the VR that the file gives, even where the dictionary has another", () => {
    const { data } = read(partTen(shortElement(0x0010, 0x0010, "LO", latin1("AB"))));
    expect(data.vrAt(0)).toBe("LO");
  });

  it("leaves Data Set Trailing Padding an element, and zeros behind the last one out", () => {
    const padding = longElement(0xfffc, 0xfffc, "OB", 6, new Uint8Array(6));
    const bytes = partTen(concatBytes([modality, padding, new Uint8Array(11)]));
    const file = read(bytes);
    expect(file.data.tokens.count).toBe(2);
    expect(file.source.size - file.dataEnd).toBe(11);
    expectIdentity(bytes, file);
  });

  it("recognises a DICOMDIR by its Media Storage SOP Class", () => {
    const head = encodeFileMeta("1.2.840.10008.1.3.10", "2.25.1", TransferSyntax.ExplicitVRLittleEndian);
    expect(read(concatBytes([head, modality])).isDicomdir).toBe(true);
    expect(read(partTen(modality)).isDicomdir).toBe(false);
  });
});

const implicitMeta = encodeElements(newElements({ TransferSyntaxUID: "1.2.840.10008.1.2" }), IMPLICIT_LITTLE);
const metaWithoutSyntax = encodeElements(newElements({ MediaStorageSOPInstanceUID: "2.25.1" }), {
  explicit: true,
  bigEndian: false,
});
const head = concatBytes([new Uint8Array(128), latin1("DICM")]);
const implicitModality = implicitElement(0x0008, 0x0060, latin1("CT"));
const overrun = item(0x20, shortElement(0x0008, 0x0060, "CS", latin1("MR")));

describe("departures from the standard", () => {
  it.each<[string, Uint8Array, DicomFile["deviations"], string]>([
    ["no preamble", partTen(modality).subarray(128), ["no-preamble"], "1.2.840.10008.1.2.1"],
    ["an explicit data set alone", modality, ["no-preamble", "no-file-meta"], "1.2.840.10008.1.2.1"],
    ["an implicit data set alone", implicitModality, ["no-preamble", "no-file-meta"], "1.2.840.10008.1.2"],
    ["a preamble without file meta", concatBytes([head, modality]), ["no-file-meta"], "1.2.840.10008.1.2.1"],
    [
      "no transfer syntax",
      concatBytes([head, metaWithoutSyntax, implicitModality]),
      ["no-transfer-syntax"],
      "1.2.840.10008.1.2",
    ],
    [
      "file meta in implicit VR",
      concatBytes([head, implicitMeta, implicitModality]),
      ["implicit-file-meta"],
      "1.2.840.10008.1.2",
    ],
    [
      "explicit VR under an implicit transfer syntax",
      partTen(modality, TransferSyntax.ImplicitVRLittleEndian),
      ["transfer-syntax-mislabelled"],
      "1.2.840.10008.1.2",
    ],
    [
      "implicit VR under an explicit transfer syntax",
      partTen(implicitModality),
      ["transfer-syntax-mislabelled"],
      "1.2.840.10008.1.2.1",
    ],
    [
      "an item that is longer than its sequence",
      partTen(concatBytes([longElement(0x0008, 0x1115, "SQ", overrun.length, overrun), modality])),
      ["item-overrun"],
      "1.2.840.10008.1.2.1",
    ],
  ])("%s: read, named and written back bit for bit", (_, bytes, deviations, transferSyntax) => {
    const file = read(bytes);
    expect(file.deviations).toEqual(deviations);
    expect(file.transferSyntax).toBe(transferSyntax);
    expect(file.data.string(makeTag(0x0008, 0x0060))).toBe("CT");
    expectIdentity(bytes, file);
  });
});

describe("looksLikeDicom", () => {
  it.each<[string, Uint8Array, boolean]>([
    ["a Part 10 file", partTen(modality), true],
    ["a bare data set", modality, true],
    ["a big endian data set", Uint8Array.of(0, 8, 0, 0x60, 0x43, 0x53, 0, 2, 0x43, 0x54), true],
    ["text", latin1("not a study"), false],
    ["nothing", new Uint8Array(0), false],
  ])("%s", (_, bytes, expected) => {
    expect(looksLikeDicom(memorySource(bytes))).toBe(expected);
  });
});

describe("values", () => {
  const element = (tag: Tag) => {
    const { data } = read(buildFile(PLAIN));
    return data.strings(data.find(tag));
  };

  it("are split at backslashes and freed of padding, but for text of one value", () => {
    expect(element(makeTag(0x0028, 0x0030))).toEqual(["0.5", "0.5"]);
    expect(element(makeTag(0x0010, 0x4000))).toEqual(["line\r\nline"]);
    expect(element(Tags.SOPInstanceUID)).toEqual(["2.25.4242"]);
  });

  it("inside an item follow the character set of the item, else of what encloses it", () => {
    const plain = {
      ...PLAIN,
      SpecificCharacterSet: "ISO_IR 100",
      PatientName: "Jérôme",
      ReferencedStudySequence: [
        { StudyDescription: "né" },
        { SpecificCharacterSet: "ISO_IR 144", StudyDescription: "рентген" },
      ],
    };
    const { data } = read(buildFile(plain));
    const items = data.items(data.find(makeTag(0x0008, 0x1110)));
    expect(items.map((token) => data.string(Tags.StudyDescription, token))).toEqual(["né", "рентген"]);
    expect(data.string(Tags.PatientName)).toBe("Jérôme");
  });
});
