import { describe, expect, it } from "vitest";
import {
  ITEM_END,
  implicitElement,
  item,
  longElement,
  partTen,
  SEQUENCE_END,
  shortElement,
  UNDEFINED,
  UNKNOWN_SEQUENCE,
} from "../../test/support/dicom-seeds.js";
import { concatBytes, latin1 } from "../base/index.js";
import { buildFile, encodeText, newElement, newElements, type PlainDataSet } from "./build.js";
import { type DataSet, ROOT } from "./dataset.js";
import { Edits } from "./edit.js";
import { type DicomFile, readFile } from "./file.js";
import { joinParts, memorySource, type OutputPart } from "./source.js";
import { makeTag, parseTag } from "./tag.js";
import { Tags } from "./tags.js";
import type { Encoding } from "./tokenise.js";
import { Flag } from "./tokens.js";
import { TransferSyntax } from "./uid.js";
import { encodeElements, writeDataSet, writeFile } from "./write.js";

const read = (bytes: Uint8Array) => readFile(memorySource(bytes));
const DESCRIPTION = makeTag(0x0008, 0x1030);
const SEQUENCE = makeTag(0x0008, 0x1110);

const five = (leaf: PlainDataSet): PlainDataSet => ({
  ReferencedStudySequence: [
    {
      StudyID: "1",
      ReferencedStudySequence: [
        {
          ReferencedStudySequence: [
            { ReferencedStudySequence: [{ ReferencedStudySequence: [leaf, { StudyID: "z" }] }] },
          ],
        },
      ],
    },
  ],
});
const NESTED = {
  SOPClassUID: "1.2.840.10008.5.1.4.1.1.7",
  SOPInstanceUID: "2.25.7",
  StudyDescription: "root",
  ...five({ StudyDescription: "leaf", StudyID: "y" }),
  PatientName: "Doe^Jane",
  Rows: 16,
};

/** The item five sequences deep. */
function deepest(data: DataSet): number {
  let holder = ROOT;
  for (let depth = 0; depth < 5; depth++) holder = data.items(data.find(SEQUENCE, holder))[0]!;
  return holder;
}

/** Every element as `path VR flags = bytes`, items as their index: what a change must leave as it was. */
function listing({ data }: DicomFile): string[] {
  const { tokens } = data;
  return Array.from({ length: tokens.count }, (_, i) => {
    const bytes = data.isSequence(i) || tokens.vr[i] === 0 ? "" : Buffer.from(data.bytes(i)).toString("hex");
    return `${data.path(i)} ${tokens.vr[i]} ${tokens.flags[i]} ${bytes}`;
  });
}

function edited(bytes: Uint8Array, change: (edits: Edits, encoding: Encoding) => void): DicomFile {
  const file = read(bytes);
  const edits = new Edits(file.data);
  change(edits, file.encoding);
  return read(joinParts(writeFile(file, { data: edits })));
}

const SYNTAXES = {
  "implicit little endian": TransferSyntax.ImplicitVRLittleEndian,
  "explicit little endian": TransferSyntax.ExplicitVRLittleEndian,
  "big endian": TransferSyntax.ExplicitVRBigEndian,
  deflated: TransferSyntax.DeflatedExplicitVRLittleEndian,
};

/** The same data set with all sequences and items of undefined length; explicit VR little endian. */
function withUndefinedLengths(plain: PlainDataSet): Uint8Array {
  const parts = newElements(plain).map((element) => {
    const [group, number] = [element.tag >>> 16, element.tag & 0xffff] as const;
    if (element.value instanceof Uint8Array) return shortElement(group, number, element.vr, element.value);
    const inner = (Object.entries(plain).find(([, value]) => Array.isArray(value))?.[1] ??
      []) as PlainDataSet[];
    const items = inner.map((one) => concatBytes([item(UNDEFINED), withUndefinedLengths(one), ITEM_END]));
    return concatBytes([longElement(group, number, "SQ", UNDEFINED), ...items, SEQUENCE_END]);
  });
  return concatBytes(parts);
}

const files: [string, Uint8Array][] = [
  ...Object.entries(SYNTAXES).map(([name, syntax]): [string, Uint8Array] => [
    name,
    buildFile(NESTED, syntax),
  ]),
  ["undefined lengths", partTen(withUndefinedLengths(NESTED))],
];
const depths: [string, (data: DataSet) => number][] = [
  ["the root", () => ROOT],
  ["depth 5", deepest],
];
const cases = files.flatMap(([name, bytes]) =>
  depths.map(([where, find]) => [name, where, bytes, find] as const),
);

describe.each(cases)("in %s, at %s, an edit", (_name, _where, bytes, find) => {
  const before = read(bytes);
  const target = (data: DataSet) => data.find(DESCRIPTION, find(data));
  const without = listing(before).filter((_, token) => token !== target(before.data));

  it("replaces a value by a longer one and leaves every other element as it was", () => {
    const text = "a value much longer than the one that was there before it";
    const after = edited(bytes, (edits) => edits.replace(target(edits.data), "LO", encodeText(text, "LO")));
    const token = target(after.data);
    expect(after.data.text(token)).toBe(text);
    expect(listing(after).filter((_, i) => i !== token)).toEqual(without);
  });

  it("removes an element and leaves every other as it was", () => {
    const after = edited(bytes, (edits) => edits.remove(target(edits.data)));
    expect(target(after.data)).toBe(-1);
    expect(listing(after)).toEqual(without);
  });

  it("inserts elements where their tags belong, sequences too", () => {
    const after = edited(bytes, (edits, encoding) => {
      for (const element of newElements(
        { Modality: "OT", Columns: 3, ReferencedImageSequence: [{ Rows: 5 }] },
        encoding,
      )) {
        edits.set(find(edits.data), element);
      }
    });
    const { data } = after;
    const holder = find(data);
    const rows = data.bytes(data.find(Tags.Rows, data.items(data.find(makeTag(0x0008, 0x1140), holder))[0]!));
    expect([...rows]).toEqual(after.encoding.bigEndian ? [0, 5] : [5, 0]);
    expect(data.string(makeTag(0x0008, 0x0060), holder)).toBe("OT");
    const tags: number[] = [];
    for (let i = data.first(holder); i < data.after(holder); i = data.tokens.next[i]!)
      tags.push(data.tagAt(i));
    expect(tags).toEqual(tags.toSorted((a, b) => a - b));
    const untouched = new Set(listing(after));
    expect(listing(before).filter((line) => !untouched.has(line))).toEqual([]);
  });
});

describe("an edit", () => {
  const bytes = buildFile(NESTED);

  it("inside UN of undefined length writes implicit VR, in an explicit file", () => {
    const after = edited(partTen(UNKNOWN_SEQUENCE), (edits) => {
      const [first, second] = edits.data.items(0);
      edits.set(first!, newElement(Tags.PatientID, "NEW"));
      edits.replace(edits.data.find(DESCRIPTION, second), "LO", encodeText("a longer text", "LO"));
    });
    const [first, second] = after.data.items(0);
    expect(after.data.string(Tags.PatientID, first)).toBe("NEW");
    expect(after.data.tokens.flags[after.data.find(Tags.PatientID, first)]! & Flag.Implicit).toBe(
      Flag.Implicit,
    );
    expect(after.data.string(DESCRIPTION, second)).toBe("a longer text");
  });

  it("inside UN of defined length corrects its length and leaves its VR", () => {
    const value = item(14, implicitElement(0x0008, 0x1030, latin1("second")));
    const unknown = partTen(longElement(0x0029, 0x1010, "UN", value.length, value));
    const after = edited(unknown, (edits) => edits.remove(2));
    expect(after.data.vrAt(0)).toBe("UN");
    expect(after.data.length(0)).toBe(8);
    expect(after.data.items(0)).toEqual([1]);
  });

  it("removes an item of a sequence", () => {
    const after = edited(bytes, (edits) => {
      const holder = edits.data.tokens.parent[deepest(edits.data)]!;
      edits.remove(edits.data.items(holder)[0]!);
    });
    expect(after.data.string(Tags.StudyID, deepest(after.data))).toBe("z");
  });

  it("empties a sequence", () => {
    const after = edited(bytes, (edits) => edits.replace(edits.data.find(SEQUENCE), "SQ", []));
    expect(after.data.length(after.data.find(SEQUENCE))).toBe(0);
    expect(after.data.string(Tags.PatientName)).toBe("Doe^Jane");
  });

  it("corrects the length of an item that was longer than its sequence", () => {
    const long = item(0x20, shortElement(0x0008, 0x1030, "LO", latin1("text")));
    const file = partTen(longElement(0x0008, 0x1110, "SQ", long.length, long));
    const after = edited(file, (edits) => edits.replace(2, "LO", encodeText("other text", "LO")));
    expect(after.deviations).toEqual([]);
    expect(after.data.string(DESCRIPTION, 1)).toBe("other text");
  });

  it("of one element twice keeps the last, and a removed sequence takes its inner edits along", () => {
    const after = edited(bytes, (edits) => {
      const name = edits.data.find(Tags.PatientName);
      edits.remove(name);
      edits.replace(name, "PN", latin1("Last"));
      edits.set(deepest(edits.data), newElement(Tags.PatientID, "lost"));
      edits.remove(edits.data.find(SEQUENCE));
      edits.set(ROOT, newElement(Tags.PatientID, "1"));
      edits.set(ROOT, newElement(Tags.PatientID, "2"));
    });
    expect(after.data.string(Tags.PatientName)).toBe("Last");
    expect(after.data.find(SEQUENCE)).toBe(-1);
    expect(after.data.string(Tags.PatientID)).toBe("2");
  });

  it("of file meta information corrects (0002,0000)", () => {
    const file = read(bytes);
    const meta = new Edits(file.meta);
    meta.set(ROOT, newElement(makeTag(0x0002, 0x0016), "SOME_AE_TITLE"));
    meta.replace(file.meta.find(makeTag(0x0002, 0x0003)), "UI", encodeText("2.25.123456789", "UI"));
    const after = read(joinParts(writeFile(file, { meta })));
    const length = Buffer.from(after.meta.bytes(0)).readUInt32LE();
    expect(length).toBe(after.dataStart - 132 - 12);
    expect(after.meta.string(makeTag(0x0002, 0x0016))).toBe("SOME_AE_TITLE");
    expect(listing(after)).toEqual(listing(file));
  });

  it("of a group length in file meta is made good: it cannot be removed", () => {
    const file = read(bytes);
    const meta = new Edits(file.meta);
    meta.removeGroupLengths();
    const after = joinParts(writeFile(file, { meta }));
    expect(Buffer.compare(after, bytes)).toBe(0);
  });

  it("of file meta information in implicit VR stays in implicit VR", () => {
    const implicit = { explicit: false, bigEndian: false };
    const groupLength = { FileMetaInformationGroupLength: 0 };
    const head = newElements({ ...groupLength, TransferSyntaxUID: TransferSyntax.ImplicitVRLittleEndian });
    const data = implicitElement(0x0008, 0x0060, latin1("CT"));
    const marker = concatBytes([new Uint8Array(128), latin1("DICM")]);
    const file = read(concatBytes([marker, encodeElements(head, implicit), data]));
    const meta = new Edits(file.meta);
    meta.set(ROOT, newElement(makeTag(0x0002, 0x0003), "2.25.1"));
    const after = read(joinParts(writeFile(file, { meta })));
    expect(after.meta.string(makeTag(0x0002, 0x0003))).toBe("2.25.1");
    expect(Buffer.from(after.meta.bytes(0)).readUInt32LE()).toBe(after.dataStart - 132 - 12);
    expect([...after.meta.tokens.flags.subarray(0, 3)]).toEqual([1, 1, 1]);
    expect(after.deviations).toEqual(["implicit-file-meta"]);
  });

  it("inside UN in a big endian file writes little endian lengths there, and big endian ones around", () => {
    const inner = item(14, implicitElement(0x0008, 0x1030, latin1("second")));
    const unknown = newElements({ "(0009,1001) UN": inner, PatientID: "1" });
    const head = partTen(new Uint8Array(0), TransferSyntax.ExplicitVRBigEndian);
    const bigEndian = concatBytes([head, encodeElements(unknown, { explicit: true, bigEndian: true })]);
    const after = edited(bigEndian, (edits) => edits.set(1, newElement(Tags.PatientID, "INNER1")));
    expect(after.data.string(Tags.PatientID, 1)).toBe("INNER1");
    expect(after.data.string(Tags.PatientID)).toBe("1");
    expect(after.data.length(0)).toBe(8 + 14 + 14);
  });

  it("removes group lengths at every depth", () => {
    const groupLength = shortElement(0x0008, 0x0000, "UL", Uint8Array.of(1, 0, 0, 0));
    const inside = item(groupLength.length, groupLength);
    const file = partTen(
      concatBytes([groupLength, longElement(0x0008, 0x1110, "SQ", inside.length, inside)]),
    );
    const after = edited(file, (edits) => edits.removeGroupLengths());
    expect(listing(after).join()).not.toContain("(0008,0000)");
    expect(after.data.tokens.count).toBe(2);
  });

  it("drops what lies behind the last element when told, and keeps it otherwise", () => {
    const padded = concatBytes([bytes, new Uint8Array(64)]);
    const file = read(padded);
    const lengthOf = (parts: readonly OutputPart[]) => joinParts(parts).length;
    expect(lengthOf(writeFile(file))).toBe(padded.length);
    expect(lengthOf(writeFile(file, {}, false))).toBe(bytes.length);
    expect(lengthOf(writeDataSet(file, new Edits(file.data), false))).toBe(bytes.length - file.dataStart);
  });

  it("passes a long value on as a range of the input", () => {
    const pixels = new Uint8Array(100_000).fill(7);
    const file = read(buildFile({ ...NESTED, PixelData: pixels }));
    const edits = new Edits(file.data);
    edits.remove(edits.data.find(Tags.PatientName));
    const ranges = writeFile(file, { data: edits }).filter((part) => !(part instanceof Uint8Array));
    expect(ranges).toHaveLength(1);
    expect(ranges[0]).toMatchObject({ source: file.source, end: file.source.size });
  });
});

describe("an edit that cannot be written is refused", () => {
  const refused = (change: (edits: Edits) => void, bytes = buildFile(NESTED)) => {
    const file = read(bytes);
    const edits = new Edits(file.data);
    change(edits);
    writeFile(file, { data: edits });
  };
  const name = parseTag("(0010,0010)");

  it.each<[string, (edits: Edits) => void, RegExp]>([
    [
      "a value too long for a 16-bit length",
      (edits) => edits.set(ROOT, { tag: name, vr: "PN", value: new Uint8Array(65_536) }),
      /\(0010,0010\) PN: 65536 bytes/,
    ],
    [
      "a value of odd length",
      (edits) => edits.set(ROOT, { tag: name, vr: "PN", value: new Uint8Array(3) }),
      /\(0010,0010\).* odd length/,
    ],
    ["a token that is not there", (edits) => edits.remove(4711), /token/],
    [
      "the value of an item",
      (edits) => edits.replace(edits.data.items(edits.data.find(SEQUENCE))[0]!, "UN", new Uint8Array(0)),
      /item/,
    ],
  ])("%s", (_, change, message) => {
    expect(() => refused(change)).toThrow(
      expect.objectContaining({ code: "DICOM_BAD_EDIT", message: expect.stringMatching(message) }),
    );
  });

  it("but not where the length has 32 bits, as in implicit VR", () => {
    const long = (edits: Edits) => edits.set(ROOT, { tag: name, vr: "PN", value: new Uint8Array(65_536) });
    expect(() => refused(long, buildFile(NESTED, TransferSyntax.ImplicitVRLittleEndian))).not.toThrow();
  });
});
