import { describe, expect, it } from "vitest";
import { encapsulated, item, partTen, SEQUENCE_END } from "../../test/support/dicom-seeds.js";
import { concatBytes } from "../base/index.js";
import { buildFile, encodeFileMeta, newElement, newElements } from "./build.js";
import { ROOT } from "./dataset.js";
import { Edits, type StreamedValue } from "./edit.js";
import { type DicomFile, readFile } from "./file.js";
import { deflateParts } from "./inflate.js";
import { type GeneratedPart, joinParts, memorySource, type OutputPart } from "./source.js";
import { Tags } from "./tags.js";
import { Flag } from "./tokens.js";
import { TransferSyntax } from "./uid.js";
import { encodeElements, writeFile } from "./write.js";

const IMAGE = {
  SOPClassUID: "1.2.840.10008.5.1.4.1.1.7",
  SOPInstanceUID: "2.25.7",
  PatientName: "Doe^Jane",
  PixelData: new Uint8Array(100_000).fill(7),
};
const read = (bytes: Uint8Array): DicomFile => readFile(memorySource(bytes));

function generated(pieces: readonly Uint8Array[], length?: number): GeneratedPart {
  return { length, produce: () => pieces };
}

/** The parts of the file with Pixel Data of these. */
function streamed(file: DicomFile, value: StreamedValue): OutputPart[] {
  const edits = new Edits(file.data);
  edits.set(ROOT, newElement(Tags.PatientID, "7"));
  edits.stream(file.data.find(Tags.PixelData), value);
  return writeFile(file, { data: edits });
}

describe("a value in parts", () => {
  const bytes = Uint8Array.from({ length: 6000 }, (_, i) => i & 0xff);

  it.each([
    TransferSyntax.ImplicitVRLittleEndian,
    TransferSyntax.ExplicitVRLittleEndian,
    TransferSyntax.ExplicitVRBigEndian,
    TransferSyntax.DeflatedExplicitVRLittleEndian,
  ])("is written as if it had been held: %s", (syntax) => {
    const file = read(buildFile(IMAGE, syntax));
    const token = file.data.find(Tags.PixelData);
    const value = file.data.tokens.value[token]!;
    const range = (start: number, end: number) => ({
      source: file.data.source,
      start: value + start,
      end: value + end,
    });
    const parts = [
      bytes.subarray(0, 10),
      range(10, 500),
      generated([bytes.subarray(0, 7), bytes.subarray(0, 3)], 10),
      range(510, 90_000),
      bytes,
    ];
    const after = read(joinParts(streamed(file, { vr: "OW", parts, length: 96_000 })));
    const written = after.data.bytes(after.data.find(Tags.PixelData));
    const sevens = (length: number): Uint8Array => new Uint8Array(length).fill(7);
    const expected = [
      bytes.subarray(0, 10),
      sevens(490),
      bytes.subarray(0, 7),
      bytes.subarray(0, 3),
      sevens(89_490),
      bytes,
    ];
    expect(Buffer.compare(written, concatBytes(expected))).toBe(0);
    expect(after.data.string(Tags.PatientID)).toBe("7");
  });

  it("of unknown length has a delimiter behind it", () => {
    const file = read(
      partTen(encapsulated([new Uint8Array(0), new Uint8Array(20)]), TransferSyntax.RLELossless),
    );
    const fragments = [item(0), item(4, Uint8Array.of(1, 2, 3, 4))];
    const out = joinParts(streamed(file, { vr: "OB", parts: [generated(fragments)], length: undefined }));
    expect(Buffer.from(out.subarray(-20))).toEqual(Buffer.from(concatBytes([fragments[1]!, SEQUENCE_END])));
    const after = read(out).data;
    const pixels = after.find(Tags.PixelData);
    expect(after.tokens.flags[pixels]! & Flag.Encapsulated).not.toBe(0);
    expect(after.length(pixels)).toBe(20);
  });

  it("is made when it is written, piece by piece, and again when asked", () => {
    let made = 0;
    const part: GeneratedPart = {
      length: 4000,
      *produce() {
        for (let i = 0; i < 4; i++) {
          made++;
          yield bytes.subarray(0, 1000);
        }
      },
    };
    const parts = streamed(read(buildFile(IMAGE)), { vr: "OW", parts: [part], length: 4000 });
    expect(made).toBe(0);
    expect(joinParts(parts)).toEqual(joinParts(parts));
    expect(made).toBe(8);
  });

  it("is forgotten when the element is replaced or removed after it", () => {
    const file = read(buildFile(IMAGE));
    const token = file.data.find(Tags.PixelData);
    const edits = new Edits(file.data);
    edits.stream(token, { vr: "OW", parts: [bytes], length: 6000 });
    edits.replace(token, "OW", Uint8Array.of(1, 2));
    const replaced = read(joinParts(writeFile(file, { data: edits }))).data;
    expect([...replaced.bytes(replaced.find(Tags.PixelData))]).toEqual([1, 2]);
    edits.stream(token, { vr: "OW", parts: [bytes], length: 6000 });
    edits.remove(token);
    expect(read(joinParts(writeFile(file, { data: edits }))).data.find(Tags.PixelData)).toBe(-1);
  });

  it.each<[string, StreamedValue]>([
    ["fewer bytes than told", { vr: "OW", parts: [bytes], length: 6002 }],
    ["an odd number", { vr: "OW", parts: [bytes.subarray(1)], length: 5999 }],
    ["a number that nobody knows", { vr: "OW", parts: [generated([bytes])], length: 6000 }],
    ["a VR of short values", { vr: "LO", parts: [bytes], length: 6000 }],
  ])("is refused: %s", (_, value) => {
    expect(() => streamed(read(buildFile(IMAGE)), value)).toThrow(
      expect.objectContaining({ code: "DICOM_BAD_EDIT" }),
    );
  });

  it("is refused inside a sequence", () => {
    const inner = newElements({ IconImageSequence: [{ PixelData: Uint8Array.of(1, 2) }] });
    const head = encodeFileMeta(IMAGE.SOPClassUID, "2.25.7", TransferSyntax.ExplicitVRLittleEndian);
    const file = read(concatBytes([head, encodeElements(inner, { explicit: true, bigEndian: false })]));
    const act = () => new Edits(file.data).stream(2, { vr: "OW", parts: [bytes], length: 6000 });
    expect(act).toThrow(expect.objectContaining({ code: "DICOM_BAD_EDIT" }));
  });
});

describe("deflating", () => {
  it("gives the same stream whether bytes are held or made", () => {
    const content = Uint8Array.from({ length: 2_500_000 }, (_, i) => (i * i) >> 7);
    const pieces = [
      content.subarray(0, 1 << 20),
      content.subarray(1 << 20, 2_000_000),
      content.subarray(2_000_000),
    ];
    const held = joinParts(deflateParts([content]));
    expect(Buffer.compare(joinParts(deflateParts([generated(pieces)])), held)).toBe(0);
  });
});
