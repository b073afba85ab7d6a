import { crc32, inflateRawSync } from "node:zlib";
import { type ElpisError, fromLatin1 } from "../base/index.js";
import {
  type ByteSource,
  type DataSet,
  type DicomFile,
  Flag,
  ITEM,
  isPrivate,
  type Tag,
  Tags,
  type VR,
  vrCode,
} from "../dicom/index.js";
import { type ForeignKind, leadsToPe, mayBegin, type Place, recognise } from "./signatures.js";
import type { HeldReason } from "./types.js";

/** Another file that hides in a DICOM file. `offset` is in the file, or for a deflated data set in what it holds. */
export interface ForeignContent {
  readonly kind: ForeignKind;
  /** "preamble", "private element (0029,1010)", "behind the last element" … Tags and numbers, never a value. */
  readonly where: string;
  readonly offset: number;
}

const PREAMBLE = 128;
/** Readers of PDF accept the header within the first 1024 bytes (PDF Reference, implementation note 13). */
const PDF_HEAD = 1024;
/** The end record of a ZIP and its longest comment (APPNOTE 4.3.16): as far back as unpackers search. */
const ZIP_TAIL = 22 + 65_535;
const WINDOW = 32_768;
const SCAN_STEP = 1 << 20;

/**
 * Looks where other programs look, in a file that need not be readable as DICOM: its start (a loader, a browser,
 * a TIFF viewer), its first kilobyte (PDF), its end (ZIP), and the fixed places of tar and ISO 9660.
 * A preamble that is not zero and begins nothing known is no finding: it is zeroed on the way out.
 */
export function findForeignFraming(source: ByteSource): ForeignContent[] {
  const found: ForeignContent[] = [];
  const head = source.read(0, Math.min(source.size, PDF_HEAD));
  if (head.length > PREAMBLE && !isZero(head.subarray(0, PREAMBLE))) {
    const kind = recognise(source, 0, source.size, "open") ?? kindWithin(head.subarray(0, PREAMBLE));
    if (kind) found.push({ kind, where: "preamble", offset: 0 });
    if (isTar(source)) found.push({ kind: "archive", where: "preamble", offset: 0 });
  }
  const pdf = indexOf(head.subarray(Math.min(PREAMBLE, head.length)), PDF_MARK);
  if (pdf >= 0) found.push({ kind: "pdf", where: "first 1024 bytes", offset: PREAMBLE + pdf });
  if (isIso9660(source)) found.push({ kind: "archive", where: "sector 16", offset: 32_768 });
  const zip = findZipEnd(source, 0, source.size);
  if (zip >= 0) found.push({ kind: "archive", where: "end of the file", offset: zip });
  return found;
}

/**
 * Other files hidden in a DICOM file: in the preamble, in values, in fragments, in the padding and behind the
 * last element. [] for a clean file, which is looked through in about two microseconds; values are read, not
 * decoded. Whoever finds something holds the file and treats it as an incident.
 */
export function findForeignContent(file: DicomFile): ForeignContent[] {
  const found = findForeignFraming(file.source).filter((content) => !isDocument(file, content));
  const privateInformation = file.meta.find(Tags.PrivateInformation);
  if (privateInformation >= 0) searchValue(file.meta, privateInformation, "value", found);
  searchElements(file.data, found);
  searchRest(file.data.source, file.dataEnd, "behind the last element", found);
  if (file.deflated) searchBehindStream(file, found);
  return found;
}

/** Why a file that cannot be read is held: the error, and what other programs would find in it. */
export function unreadableReasons(source: ByteSource, error: ElpisError): HeldReason[] {
  return [
    { code: "UNREADABLE", detail: `${error.code}: ${error.message}` },
    ...findForeignFraming(source).map(asReason),
  ];
}

export function asReason({ kind, where }: ForeignContent): HeldReason {
  return { code: "POLYGLOT", detail: `${kind} in ${where}` };
}

/** PS3.3 C.24.2: an encapsulated document is a PDF or, as 3MF, a ZIP by its own right. */
const hasOwnRight = (tag: Tag, kind: ForeignKind): boolean =>
  tag === Tags.EncapsulatedDocument && (kind === "pdf" || kind === "archive");

function isDocument({ data, source }: DicomFile, { kind, offset }: ForeignContent): boolean {
  if (data.source !== source || !hasOwnRight(Tags.EncapsulatedDocument, kind)) return false;
  const document = data.find(Tags.EncapsulatedDocument);
  const { value, valueEnd } = data.tokens;
  return document >= 0 && value[document]! <= offset && offset < valueEnd[document]!;
}

const [TEXT, BINARY] = [1, 2];
const CLASS_OF_VR = (() => {
  const classes = new Uint8Array(65_536);
  const put = (kind: number, ...vrs: VR[]) => {
    for (const vr of vrs) classes[vrCode(vr)] = kind;
  };
  put(TEXT, "LO", "LT", "SH", "ST", "UC", "UR", "UT");
  put(BINARY, "OB", "OD", "OF", "OL", "OV", "OW", "UN");
  classes[0] = BINARY; // implicit VR, unknown to the dictionary
  return classes;
})();
const BULK_PIXELS: ReadonlySet<number> = new Set<number>([
  Tags.PixelData,
  Tags.FloatPixelData,
  Tags.DoubleFloatPixelData,
]);

/** Every element with bytes or free text, at any depth. The loop is what a clean file costs. */
function searchElements(data: DataSet, found: ForeignContent[]): void {
  const { source, tokens } = data;
  const { count, tag, vr, flags, value, valueEnd } = tokens;
  let window = source.read(0, 0);
  let base = 0;
  for (let i = 0; i < count; i++) {
    const vrClass = CLASS_OF_VR[vr[i]!]!;
    const start = value[i]!;
    if (vrClass === 0 || valueEnd[i]! - start < 8 || tag[i] === ITEM) continue;
    const flag = flags[i]!;
    if ((flag & Flag.Sequence) !== 0) continue;
    if ((flag & Flag.Encapsulated) !== 0) {
      searchFragments(data, i, found);
      continue;
    }
    if (vrClass === BINARY) {
      searchValue(data, i, BULK_PIXELS.has(tag[i]!) ? "pixels" : "value", found);
      continue;
    }
    if (start < base || start + 2 > base + window.length) {
      window = source.read(start, Math.min(WINDOW, source.size - start));
      base = start;
    }
    if (!mayBegin(window[start - base]!, window[start - base + 1]!)) continue;
    const kind = recognise(source, start, valueEnd[i]!, "value");
    if (kind) found.push({ kind, where: placeOf(data, i), offset: start });
  }
}

/** A value of bytes: what begins it, a ZIP that ends it, and an executable anywhere in it. */
function searchValue(data: DataSet, token: number, place: Place, found: ForeignContent[]): void {
  const { source, tokens } = data;
  const tag = tokens.tag[token] as Tag;
  const start = tokens.value[token]!;
  const end = tokens.valueEnd[token]!;
  const where = placeOf(data, token);
  const report = (kind: ForeignKind, offset: number) => found.push({ kind, where, offset });
  const padding = tag === Tags.DataSetTrailingPadding;
  const from = padding ? firstNonZero(source, start, end) : start;
  if (end - from < 4) return;
  const head = source.read(from, 2);
  const kind = mayBegin(head[0]!, head[1]!)
    ? recognise(source, from, end, padding ? "open" : place)
    : undefined;
  if (kind && !hasOwnRight(tag, kind)) report(kind, from);
  if (place === "pixels") return;
  const zip = kind || tag === Tags.EncapsulatedDocument ? -1 : findZipEnd(source, from, end);
  if (zip >= 0) report("archive", zip);
  const executable = kind === "executable" ? -1 : findExecutable(source, from, end);
  if (executable >= 0) report("executable", executable);
}

/** Each fragment of encapsulated pixel data (PS3.5 A.4), by its first bytes. The headers are known to be whole. */
function searchFragments(data: DataSet, token: number, found: ForeignContent[]): void {
  const { source, tokens } = data;
  const little = (tokens.flags[token]! & Flag.BigEndian) === 0;
  const end = tokens.valueEnd[token]!;
  for (let at = tokens.value[token]!, index = 0; at + 8 <= end; index++) {
    const header = source.read(at, Math.min(10, end - at));
    const length = new DataView(header.buffer, header.byteOffset).getUint32(4, little);
    const start = at + 8;
    at = start + length;
    if (length < 4 || !mayBegin(header[8]!, header[9]!)) continue;
    const kind = recognise(source, start, at, "pixels");
    if (kind) found.push({ kind, where: `fragment ${index} of ${placeOf(data, token)}`, offset: start });
  }
}

/** Bytes that no element owns: zeros are padding, anything else is somebody's. */
function searchRest(source: ByteSource, from: number, where: string, found: ForeignContent[]): void {
  const start = firstNonZero(source, from, source.size);
  if (start === source.size) return;
  found.push({ kind: recognise(source, start, source.size, "open") ?? "unknown", where, offset: start });
}

function placeOf(data: DataSet, token: number): string {
  const tag = data.tagAt(token);
  if (tag === Tags.DataSetTrailingPadding) return "data set trailing padding";
  return `${isPrivate(tag) ? "private element" : "element"} ${data.path(token)}`;
}

function isZero(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** Offset of the first byte in [start, end) that is not zero; `end` when all are. */
function firstNonZero(source: ByteSource, start: number, end: number): number {
  for (let from = start; from < end; from += SCAN_STEP) {
    const bytes = source.read(from, Math.min(SCAN_STEP, end - from));
    for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return from + i;
  }
  return end;
}

const PDF_MARK = Buffer.from("%PDF-");
const EXECUTABLE_MARK = Buffer.from("MZ");
const ZIP_END = Buffer.from("PK\x05\x06", "latin1");

/** The platform's search, which is many times faster than a loop here. */
function indexOf(bytes: Uint8Array, mark: Buffer, from = 0): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(mark, from);
}

/** Formats whose readers do not insist on the first byte. */
function kindWithin(preamble: Uint8Array): ForeignKind | undefined {
  const text = fromLatin1(preamble).toLowerCase();
  if (text.includes("pk\x03\x04")) return "archive";
  if (text.includes("%pdf-")) return "pdf";
  if (text.includes("<?php") || text.includes("<script")) return "script";
  return /<!doctype html|<html|<body|<hta:/.test(text) ? "html" : undefined;
}

/**
 * Offset of a ZIP's end of central directory record in [start, end), or -1. The record must lead back to a
 * central directory (APPNOTE 4.3.12, 4.3.16), as unpackers find it; four bytes alone may be chance.
 */
function findZipEnd(source: ByteSource, start: number, end: number): number {
  const from = Math.max(start, end - ZIP_TAIL);
  const tail = source.read(from, end - from);
  for (let at = indexOf(tail, ZIP_END); at >= 0; at = indexOf(tail, ZIP_END, at + 1)) {
    if (at + 22 > tail.length) return -1;
    const size = new DataView(tail.buffer, tail.byteOffset).getUint32(at + 12, true);
    const directory = from + at - size;
    const zip64 = size === 0xffffffff && from + at - 20 >= start;
    const mark = zip64 ? "PK\x06\x07" : "PK\x01\x02";
    const markAt = zip64 ? from + at - 20 : directory;
    if (markAt >= start && fromLatin1(source.read(markAt, 4)) === mark) return from + at;
  }
  return -1;
}

/** Offset of "MZ" that leads to "PE" within [start, end), or -1. */
function findExecutable(source: ByteSource, start: number, end: number): number {
  if (end - start < 68) return -1;
  for (let from = start; from < end; from += SCAN_STEP) {
    // One byte more than the step, so that a mark across two steps is seen.
    const bytes = source.read(from, Math.min(SCAN_STEP + 1, end - from));
    for (let at = indexOf(bytes, EXECUTABLE_MARK); at >= 0; at = indexOf(bytes, EXECUTABLE_MARK, at + 1)) {
      if (leadsToPe(source, from + at, end)) return from + at;
    }
  }
  return -1;
}

/** "ustar" at 257 (POSIX 1003.1 pax), and a header checksum that is right. */
function isTar(source: ByteSource): boolean {
  if (source.size < 512) return false;
  const header = source.read(0, 512);
  if (fromLatin1(header, 257, 262) !== "ustar") return false;
  let sum = 8 * 0x20;
  for (let i = 0; i < 512; i++) if (i < 148 || i >= 156) sum += header[i]!;
  return Number.parseInt(fromLatin1(header, 148, 156), 8) === sum;
}

/** A volume descriptor in sector 16 (ECMA-119 8.1): type, "CD001", version 1. The sectors before it are free. */
function isIso9660(source: ByteSource): boolean {
  return source.size > 34_816 && fromLatin1(source.read(32_769, 6)) === "CD001\x01";
}

/**
 * Behind a deflate stream stands at most the NUL that makes it even (PS3.5 A.5). Some writers leave the end of a
 * gzip file there, CRC-32 and length of the data (RFC 1952 2.3.1): those eight bytes are accounted for as well.
 */
function searchBehindStream(file: DicomFile, found: ForeignContent[]): void {
  const { data, source } = file;
  const start = endOfMeta(file);
  const compressed = source.read(start, source.size - start);
  const options = { info: true, maxOutputLength: Math.max(1, data.source.size) };
  const { engine } = inflateRawSync(compressed, options) as unknown as { engine: { bytesWritten: number } };
  const end = start + engine.bytesWritten;
  const trailer = source.size - end >= 8 ? source.read(end, 8) : new Uint8Array(8);
  const fields = new DataView(trailer.buffer, trailer.byteOffset);
  const isTrailer =
    fields.getUint32(4, true) === data.source.size &&
    fields.getUint32(0, true) === crc32(data.source.read(0, data.source.size));
  searchRest(source, isTrailer ? end + 8 : end, "behind the deflated data set", found);
}

function endOfMeta({ meta, headLength }: DicomFile): number {
  const { count, next, end } = meta.tokens;
  let at = headLength;
  for (let i = 0; i < count; i = next[i]!) at = end[i]!;
  return at;
}
