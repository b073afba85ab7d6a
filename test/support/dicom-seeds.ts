import { concatBytes, latin1 } from "../../src/base/index.js";
import { buildFile, encodeFileMeta, type PlainDataSet, TransferSyntax } from "../../src/dicom/index.js";

const SOP_CLASS = "1.2.840.10008.5.1.4.1.1.7";
const INSTANCE = "2.25.4242";

/** A data set with one of most kinds of value, nested three deep, with private blocks. */
export const PLAIN = {
  SpecificCharacterSet: "ISO_IR 192",
  SOPClassUID: SOP_CLASS,
  SOPInstanceUID: INSTANCE,
  StudyDate: "20260102",
  AccessionNumber: "A1",
  ReferencedStudySequence: [
    { ReferencedSOPClassUID: SOP_CLASS, ReferencedSOPInstanceUID: "2.25.1" },
    {
      RequestAttributesSequence: [{ StudyDescription: "deep", ReferencedImageSequence: [{ StudyID: "5" }] }],
    },
    {},
  ],
  PatientName: "Yamada^Tarō",
  PatientID: "P-1",
  PatientComments: "line\r\nline",
  "(0009,0010) LO": "ELPIS TEST",
  "(0009,1001) UN": Uint8Array.of(1, 2, 3, 4),
  "(0009,1002) SQ": [{ "(0009,0010) LO": "ELPIS TEST", "(0009,1003) LO": "inside" }],
  Rows: 2,
  Columns: 2,
  PixelSpacing: ["0.5", "0.5"],
  RealWorldValueSlope: 1.5,
  PixelData: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7),
} as const satisfies PlainDataSet;

const little = (value: number, bytes: number) =>
  Uint8Array.from({ length: bytes }, (_, i) => (value / 256 ** i) & 0xff);

export const UNDEFINED = 0xffffffff;
const NOTHING = new Uint8Array(0);

/** An explicit little endian element with a 32-bit length that may be any number. */
export function longElement(
  group: number,
  element: number,
  vr: string,
  length: number,
  value: Uint8Array = NOTHING,
) {
  return concatBytes([
    little(group, 2),
    little(element, 2),
    latin1(vr),
    new Uint8Array(2),
    little(length, 4),
    value,
  ]);
}

/** An explicit little endian element with a 16-bit length. */
export function shortElement(
  group: number,
  element: number,
  vr: string,
  value: Uint8Array,
  length = value.length,
) {
  return concatBytes([little(group, 2), little(element, 2), latin1(vr), little(length, 2), value]);
}

/** An implicit little endian element. */
export function implicitElement(group: number, element: number, value: Uint8Array, length = value.length) {
  return concatBytes([little(group, 2), little(element, 2), little(length, 4), value]);
}

export function item(length: number, content: Uint8Array = NOTHING): Uint8Array {
  return implicitElement(0xfffe, 0xe000, content, length);
}

export const ITEM_END = implicitElement(0xfffe, 0xe00d, new Uint8Array(0));
export const SEQUENCE_END = implicitElement(0xfffe, 0xe0dd, new Uint8Array(0));

/** A Part 10 file of raw data set bytes. */
export function partTen(
  data: Uint8Array,
  transferSyntax: string = TransferSyntax.ExplicitVRLittleEndian,
): Uint8Array {
  return concatBytes([encodeFileMeta(SOP_CLASS, INSTANCE, transferSyntax), data]);
}

/** Encapsulated pixel data of given fragments, the first of them the basic offset table. */
export function encapsulated(fragments: readonly Uint8Array[]): Uint8Array {
  const items = fragments.map((fragment) => item(fragment.length, fragment));
  return concatBytes([longElement(0x7fe0, 0x0010, "OB", UNDEFINED), ...items, SEQUENCE_END]);
}

/** UN of undefined length: a sequence in implicit VR whatever surrounds it (PS3.5 6.2.2). */
export const UNKNOWN_SEQUENCE = concatBytes([
  longElement(0x0029, 0x1010, "UN", UNDEFINED),
  item(UNDEFINED, implicitElement(0x0008, 0x103e, latin1("in UN "))),
  ITEM_END,
  item(14, implicitElement(0x0008, 0x1030, latin1("second"))),
  SEQUENCE_END,
]);

/** One small file of every encoding, by name. */
export function seedFiles(): ReadonlyMap<string, Uint8Array> {
  const head = shortElement(0x0008, 0x0060, "CS", latin1("OT"));
  const native = buildFile(PLAIN);
  return new Map<string, Uint8Array>([
    ["explicit little endian", native],
    ["implicit little endian", buildFile(PLAIN, TransferSyntax.ImplicitVRLittleEndian)],
    ["big endian", buildFile(PLAIN, TransferSyntax.ExplicitVRBigEndian)],
    ["deflated", buildFile(PLAIN, TransferSyntax.DeflatedExplicitVRLittleEndian)],
    [
      "encapsulated, basic offset table",
      partTen(
        concatBytes([head, encapsulated([little(0, 4), Uint8Array.of(1, 2), Uint8Array.of(3, 4)])]),
        TransferSyntax.JPEGBaseline8Bit,
      ),
    ],
    [
      "encapsulated, extended offset table",
      partTen(
        concatBytes([
          head,
          longElement(0x7fe0, 0x0001, "OV", 8, new Uint8Array(8)),
          longElement(0x7fe0, 0x0002, "OV", 8, little(2, 8)),
          encapsulated([new Uint8Array(0), Uint8Array.of(1, 2)]),
        ]),
        TransferSyntax.JPEG2000Lossless,
      ),
    ],
    ["UN of undefined length", partTen(concatBytes([head, UNKNOWN_SEQUENCE]))],
    ["no preamble", native.subarray(128)],
    [
      "no file meta",
      native.subarray(encodeFileMeta(SOP_CLASS, INSTANCE, TransferSyntax.ExplicitVRLittleEndian).length),
    ],
    ["zeros behind the last element", concatBytes([native, new Uint8Array(513)])],
  ]);
}
