import { concatBytes, ElpisError, latin1 } from "../base/index.js";
import { type CharacterSet, DEFAULT_CHARACTER_SET, parseCharacterSet } from "./charset/index.js";
import { dictionaryEntry, tagOfKeyword } from "./dictionary.js";
import type { NewElement } from "./edit.js";
import { deflateParts } from "./inflate.js";
import { formatTag, makeTag, parseTag, type Tag } from "./tag.js";
import { type Encoding, EXPLICIT_LITTLE } from "./tokenise.js";
import { transferSyntaxInfo } from "./uid.js";
import { CHARSET_TEXT, paddingByte, SINGLE_VALUED, type VR } from "./vr.js";
import { encodeElements } from "./write.js";

/** Values as people write them: text, numbers, bytes, or for SQ one object per item. */
export type PlainValue =
  | string
  | number
  | readonly (string | number)[]
  | Uint8Array
  | readonly PlainDataSet[];
/** A data set by keyword (`PatientName`) or tag (`(0009,1001) LO`, the VR for tags the dictionary lacks). */
export interface PlainDataSet {
  readonly [keywordOrTag: string]: PlainValue;
}

const NUMBER_SIZES: Partial<Record<VR, number>> = {
  AT: 4,
  FD: 8,
  FL: 4,
  SL: 4,
  SS: 2,
  SV: 8,
  UL: 4,
  US: 2,
  UV: 8,
};

/** Range of the VRs of whole numbers; 64-bit ones as far as a number can tell one from the next. */
const WHOLE_NUMBERS: Partial<Record<VR, readonly [number, number]>> = {
  AT: [0, 0xffffffff],
  SL: [-0x80000000, 0x7fffffff],
  SS: [-0x8000, 0x7fff],
  SV: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  UL: [0, 0xffffffff],
  US: [0, 0xffff],
  UV: [0, Number.MAX_SAFE_INTEGER],
};

/** A text value as padded bytes; throws DICOM_UNENCODABLE_TEXT when the character set cannot say it. */
export function encodeText(
  text: string,
  vr: VR,
  characterSet: CharacterSet = DEFAULT_CHARACTER_SET,
): Uint8Array {
  let bytes: Uint8Array | null;
  if (CHARSET_TEXT.has(vr)) {
    bytes = characterSet.encode(text, vr === "PN" ? "PN" : SINGLE_VALUED.has(vr) ? "single" : "text");
  } else bytes = /^[\0-\x7f]*$/.test(text) ? latin1(text) : null;
  if (!bytes)
    throw new ElpisError("DICOM_UNENCODABLE_TEXT", `a ${vr} has characters outside its character set`);
  return padded(bytes, vr);
}

/** Bytes of even length, padded as the VR demands (PS3.5 6.2). */
export function padded(bytes: Uint8Array, vr: VR): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  const even = new Uint8Array(bytes.length + 1);
  even.set(bytes);
  even[bytes.length] = paddingByte(vr);
  return even;
}

/** Numbers in the byte order of the data set. AT values are tags. */
export function encodeNumbers(values: readonly number[], vr: VR, bigEndian: boolean): Uint8Array {
  const size = NUMBER_SIZES[vr];
  if (!size) throw new ElpisError("DICOM_BAD_VALUE", `${vr} holds no numbers`);
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) {
    const [low, high] = WHOLE_NUMBERS[vr] ?? [-Infinity, Infinity];
    if (!(value >= low && value <= high) || (WHOLE_NUMBERS[vr] && !Number.isInteger(value))) {
      throw new ElpisError("DICOM_BAD_VALUE", `a number that ${vr} cannot hold`);
    }
    setNumber(view, i * size, vr, value, !bigEndian);
  }
  return bytes;
}

function setNumber(view: DataView, at: number, vr: VR, value: number, little: boolean): void {
  if (vr === "US") view.setUint16(at, value, little);
  else if (vr === "SS") view.setInt16(at, value, little);
  else if (vr === "UL") view.setUint32(at, value, little);
  else if (vr === "SL") view.setInt32(at, value, little);
  else if (vr === "FL") view.setFloat32(at, value, little);
  else if (vr === "FD") view.setFloat64(at, value, little);
  else if (vr === "SV") view.setBigInt64(at, BigInt(value), little);
  else if (vr === "UV") view.setBigUint64(at, BigInt(value), little);
  else {
    view.setUint16(at, value >>> 16, little);
    view.setUint16(at + 2, value & 0xffff, little);
  }
}

/** One element from a plain value; the VR is the dictionary's unless told. */
export function newElement(
  tag: Tag,
  value: PlainValue,
  options: { vr?: VR; encoding?: Encoding; characterSet?: CharacterSet } = {},
): NewElement {
  const vr = options.vr ?? dictionaryEntry(tag)?.vr;
  if (!vr) throw new ElpisError("DICOM_BAD_VALUE", `${formatTag(tag)} is not in the dictionary: name its VR`);
  const encoding = options.encoding ?? EXPLICIT_LITTLE;
  if (value instanceof Uint8Array) return { tag, vr, value: padded(value, vr) };
  if (vr === "SQ") {
    const items = value as readonly PlainDataSet[];
    return { tag, vr, value: items.map((item) => newElements(item, encoding, options.characterSet)) };
  }
  const values = (Array.isArray(value) ? value : [value]) as readonly (string | number)[];
  if (NUMBER_SIZES[vr]) return { tag, vr, value: encodeNumbers(values.map(Number), vr, encoding.bigEndian) };
  return { tag, vr, value: encodeText(values.join("\\"), vr, options.characterSet) };
}

/**
 * The elements of a plain data set, in ascending order of tags. Text is encoded as its Specific Character
 * Set says; where it names none, in `around`.
 */
export function newElements(
  plain: PlainDataSet,
  encoding: Encoding = EXPLICIT_LITTLE,
  around?: CharacterSet,
): NewElement[] {
  const declared = plain.SpecificCharacterSet;
  const characterSet = declared === undefined ? around : parseCharacterSet([declared].flat().map(String));
  const elements = Object.entries(plain).map(([key, value]) => {
    const [name = "", vr] = key.split(" ") as [string, VR | undefined];
    const tag = tagOfKeyword(name) ?? parseTag(name);
    return newElement(tag, value, {
      ...(vr ? { vr } : {}),
      encoding,
      ...(characterSet ? { characterSet } : {}),
    });
  });
  return elements.sort((a, b) => a.tag - b.tag);
}

/** Identifies this software as the writer of a file (PS3.10 7.1); a UUID of its own under 2.25. */
export const IMPLEMENTATION_CLASS_UID = "2.25.221938188460394462107034389178562853421";
export const IMPLEMENTATION_VERSION_NAME = "ELPIS_1";

/** What stands before and after the instance's UID in file meta information, by class and syntax. */
interface MetaFrame {
  readonly sopClass: string;
  readonly transferSyntax: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** The one last used: the files of a series differ in the UID alone. */
let lastFrame: MetaFrame | undefined;

function metaFrame(sopClass: string, transferSyntax: string): MetaFrame {
  if (lastFrame?.sopClass === sopClass && lastFrame.transferSyntax === transferSyntax) return lastFrame;
  const before = newElements({
    FileMetaInformationVersion: Uint8Array.of(0, 1),
    MediaStorageSOPClassUID: sopClass,
  });
  const after = newElements({
    TransferSyntaxUID: transferSyntax,
    ImplementationClassUID: IMPLEMENTATION_CLASS_UID,
    ImplementationVersionName: IMPLEMENTATION_VERSION_NAME,
  });
  lastFrame = {
    sopClass,
    transferSyntax,
    before: encodeElements(before, EXPLICIT_LITTLE),
    after: encodeElements(after, EXPLICIT_LITTLE),
  };
  return lastFrame;
}

const PREAMBLE_AND_PREFIX = concatBytes([new Uint8Array(128), latin1("DICM")]);

/** Preamble of zeros, "DICM" and file meta information (PS3.10 7.1), for what this software writes. */
export function encodeFileMeta(sopClass: string, sopInstance: string, transferSyntax: string): Uint8Array {
  const { before, after } = metaFrame(sopClass, transferSyntax);
  const uid = newElement(makeTag(0x0002, 0x0003), sopInstance);
  const instance = encodeElements([uid], EXPLICIT_LITTLE);
  const groupLength = newElement(makeTag(0x0002, 0x0000), before.length + instance.length + after.length);
  const head = encodeElements([groupLength], EXPLICIT_LITTLE);
  return concatBytes([PREAMBLE_AND_PREFIX, head, before, instance, after]);
}

/** A whole Part 10 file from a plain data set: for samples and tests. Native pixel data only. */
export function buildFile(
  plain: PlainDataSet & { readonly SOPClassUID: string; readonly SOPInstanceUID: string },
  transferSyntax = "1.2.840.10008.1.2.1",
  characterSet?: CharacterSet,
): Uint8Array {
  const info = transferSyntaxInfo(transferSyntax);
  if (!info) throw new ElpisError("DICOM_UNSUPPORTED_SYNTAX", "not a transfer syntax of the standard");
  const head = encodeFileMeta(plain.SOPClassUID, plain.SOPInstanceUID, transferSyntax);
  const body = encodeElements(newElements(plain, info, characterSet), info);
  return concatBytes([head, ...(info.deflated ? deflateParts([body]) : [body])]);
}
