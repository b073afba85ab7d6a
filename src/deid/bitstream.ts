import { fromLatin1 } from "../base/index.js";
import { type DataSet, Flag, numbersOf, Tags } from "../dicom/index.js";
import { unsignedTexts } from "./icc-profile.js";

/**
 * What encoders sign with, whole: a comment of nothing else names nobody. Versions and build dates differ.
 * Kakadu adds a table of distortion by layer, JasPer its version, Photoshop and Intel theirs.
 */
const ENCODERS = [
  /(?:CREATOR: )?gd-jpeg v[\d.]+ \(using IJG JPEG v\d+\)(?:, (?:default )?quality(?: = \d+)?)?/,
  /(?:Created by|Compressed with) (?:GDCM\/)?OpenJPEG(?: version [\d.]+)?|OpenJPEG(?: version)? ?[\d.]*/,
  /OpenJPH(?: Ver)? ?[\d.]*|Grok(?: JPEG 2000)?(?: version)? ?[\d.]*|nvJPEG(?:2000)? ?[\d.]*/,
  /Kakadu-v?[\d.]+/,
  /Kdu-Layer-Info: log_2\{Delta-D\((?:squared-error|MSE)\)\/\[?(?:2\^16\*)?Delta-L\(bytes\)\]?\}, L\(bytes\)/,
  /-?\d{1,4}\.\d, {1,3}\d\.\de[+-]\d\d\s/,
  /(?:Creator: )?JasPer(?: Version)? [\d.]+/,
  /LEAD Technologies,? Inc\.?(?: V[\d.]+)?/,
  /Intel\(R\) (?:JPEG Library|IPP JPEG encoder),?(?: version)? ?\[?[\d.]+\]?(?: - [A-Z][a-z]{2} [ \d]\d \d{4})?/,
  /File written by Adobe Photoshop.? ?[\d.]+/,
  /Lavc[\d.]+|Lossless JPEG|Independent JPEG Group|libjpeg(?:-turbo)?(?: version)? ?[\d.]*/,
  /Pegasus Imaging Corp(?:oration|\.)?(?: JPEG ?2000)?|PICTools(?: JPEG ?2000)?|Accusoft(?: Corporation)?/,
  /Aware(?:,? Inc\.?)?(?: (?:JPEG ?2000|Motion ?J2K))?|LuraWave(?:\.jp2)?|LuraTech|J2K-Codec ?[\d.]*|CharLS ?[\d.]*/i,
  /MITRA_DICOM_STANDARD/,
  /ACD Systems Digital Imaging|AppleMark|Optimized by JPEGmini[\d. ]*|HP-JPEG-?LS|MATLAB JPEG-?LS/,
] as const;
const SIGNED = new RegExp(`(?:${ENCODERS.map(({ source }) => source).join("|")})`, "gi");

/** Four letters that only separators divide ("Ng^Bo"), or five digits: enough for a name or a number. */
const TELLING = /(?:\p{L}[ ^.,'=_-]{0,2}){4}|(?:\d[ ./-]?){5}/u;

/** True of bytes that hold words or numbers beyond the signature of an encoder, in one byte or two a character. */
export function holdsText(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const text = fromLatin1(bytes);
  // In UTF-16, as Exif has it, a NUL stands beside every letter. Controls stay, and divide.
  return [text, text.replaceAll("\0", "")].some((form) => TELLING.test(form.replace(SIGNED, "\0")));
}

/** As much of an image as is looked into behind its last marker, and of a segment. */
const MOST_READ = 1 << 16;

/** Bytes of one image, which may lie in several fragments. */
class Stream {
  readonly #data: DataSet;
  readonly #pieces: { readonly at: number; readonly length: number; readonly start: number }[] = [];
  length = 0;

  constructor(data: DataSet) {
    this.#data = data;
  }

  append(at: number, length: number): void {
    this.#pieces.push({ at, length, start: this.length });
    this.length += length;
  }

  /** Up to `length` bytes from `offset` on; fewer at the end. */
  read(offset: number, length: number): Uint8Array {
    const { source } = this.#data;
    const [first] = this.#pieces;
    if (first && offset + length <= first.length) return source.read(first.at + offset, length);
    const found = new Uint8Array(Math.max(0, Math.min(length, this.length - offset)));
    // The last piece that begins at or before the offset: images of many fragments are read in many places.
    let piece = 0;
    for (let above = this.#pieces.length; above - piece > 1; ) {
      const middle = (piece + above) >> 1;
      if (this.#pieces[middle]!.start <= offset) piece = middle;
      else above = middle;
    }
    for (; piece < this.#pieces.length; piece++) {
      const { at, length: size, start } = this.#pieces[piece]!;
      if (start >= offset + found.length) break;
      const from = Math.max(offset, start);
      const to = Math.min(offset + found.length, start + size);
      if (from < to) found.set(source.read(at + from - start, to - from), from - offset);
    }
    return found;
  }
}

/**
 * Where compressed pixel data hold text: "a comment of frame 1" …; undefined where they hold none. Of syntaxes
 * other than those of the JPEG family, every fragment of RLE is an image of its own (PS3.5 A.4.2).
 */
export function textInFragments(data: DataSet, token: number, isJpeg: boolean): string | undefined {
  const { source, tokens } = data;
  const little = (tokens.flags[token]! & Flag.BigEndian) === 0;
  const end = tokens.valueEnd[token]!;
  const pixels = isJpeg ? 0 : numberOf(data, Tags.Rows) * numberOf(data, Tags.Columns);
  const textIn = (image: Stream) => (isJpeg ? textInImage(image) : textInRle(image, pixels));
  let stream: Stream | undefined;
  let frame = 0;
  for (let at = tokens.value[token]!, index = 0; at + 8 <= end; index++) {
    const header = source.read(at, Math.min(20, end - at));
    const length = new DataView(header.buffer, header.byteOffset).getUint32(4, little);
    const start = at + 8;
    at = start + length;
    // The first item is the Basic Offset Table (PS3.5 A.4), empty or of ascending offsets.
    if (index === 0) {
      if (length > 0 && !isOffsetTable(source.read(start, length), little)) return "the Basic Offset Table";
      continue;
    }
    if (!stream || !isJpeg || beginsImage(header)) {
      const found = stream && textIn(stream);
      if (found) return `${found} of frame ${frame}`;
      stream = new Stream(data);
      frame++;
    }
    stream.append(start, length);
  }
  const found = stream && textIn(stream);
  return found && `${found} of frame ${frame}`;
}

function numberOf(data: DataSet, tag: typeof Tags.Rows): number {
  const token = data.find(tag);
  return token < 0 ? 0 : (numbersOf(data, token)[0] ?? 0);
}

/** Words in four bytes each make offsets of more than 0x20202020, which do not begin with 0. */
function isOffsetTable(table: Uint8Array, little: boolean): boolean {
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  let last = -1;
  for (let at = 0; at + 4 <= table.length; at += 4) {
    const offset = view.getUint32(at, little);
    if (offset <= last) return !holdsText(table.subarray(at));
    last = offset;
  }
  return view.byteLength < 4 || view.getUint32(0, little) === 0 || !holdsText(table);
}

const [SOI, SOC, JP2] = [0xffd8, 0xff4f, 0x0000000c];
const word = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** An item header and the first bytes of a JPEG, a JPEG 2000 codestream, or a box that says what follows. */
function beginsImage(header: Uint8Array): boolean {
  const start = word(header, 8);
  return start === SOI || start === SOC || (start === 0 && word(header, 10) === JP2);
}

/** True when the first fragment begins an image of the JPEG family, whose bytes are as good as noise; RLE's are not. */
export function beginsCodestream({ source, tokens }: DataSet, token: number): boolean {
  const [from, end] = [tokens.value[token]!, tokens.valueEnd[token]!];
  const little = (tokens.flags[token]! & Flag.BigEndian) === 0;
  if (end - from < 8) return false;
  const table = source.read(from, 8);
  const first = from + 8 + new DataView(table.buffer, table.byteOffset).getUint32(4, little);
  return end - first >= 20 && beginsImage(source.read(first, 20));
}

/** What a walk over an image came to: where it ends (-1: nowhere), or the text it met. */
type Walked = { readonly end: number } | { readonly text: string };

/** The image, and those that follow it in the same bytes: then what stands behind the last. */
function textInImage(stream: Stream): string | undefined {
  for (let at = 0; ; ) {
    const head = stream.read(at, 4);
    const start = word(head, 0);
    if (at === 0 && start === 0 && word(head, 2) === JP2) return textInBoxes(stream);
    if (start !== SOI && start !== SOC) {
      if (at > 0) return textBehind(stream, at);
      return holdsRun(stream.read(0, MOST_TAIL), RUN_ANYWHERE) ? "bytes that begin no image" : undefined;
    }
    const walked = start === SOI ? walkJpeg(stream, at) : walkCodestream(stream, at);
    if ("text" in walked) return walked.text;
    if (walked.end < 0) {
      const last = stream.read(Math.max(0, stream.length - MOST_TAIL), Math.min(MOST_TAIL, stream.length));
      return holdsRun(last, RUN_ANYWHERE) ? "bytes behind the end" : undefined;
    }
    at = walked.end;
  }
}

const APP = 0xffe0;
const COM = 0xfffe;
const SOS = 0xffda;
const EOI = 0xffd9;
/** Stand alone, without a length (T.81 B.1.1.3): TEM, RST0 to RST7, another SOI. */
const standsAlone = (marker: number): boolean => marker === 0xff01 || (marker >= 0xffd0 && marker <= 0xffd8);
const FIRST_MARKER = 0xffc0;

/** Application segments by name, and the length of their fields (T.871, Adobe TN 5116, T.87, HP's for JPEG-LS). */
const APPLICATIONS: readonly (readonly [name: RegExp, fields: number])[] = [
  [/^[JL][FJ]IF\0/, 14],
  [/^Adobe/, 12],
  [/^AVI1/, 14],
  [/^SPIFF\0/, 30],
  [/^mrfx/, 5],
];
const ICC = /^ICC_PROFILE\0/;

/** All segments of an image (ITU-T T.81 B.2.1), before the first scan and between scans; JPEG-LS has the same (T.87). */
function walkJpeg(stream: Stream, from: number): Walked {
  for (let at = from + 2; at + 2 <= stream.length; ) {
    const header = stream.read(at, 4);
    const marker = word(header, 0);
    if (marker === EOI) return { end: at + 2 };
    if (marker === 0xffff)
      at++; // B.1.1.2: a marker may be preceded by fill bytes
    else if (standsAlone(marker)) at += 2;
    else if (marker < FIRST_MARKER) {
      // What is no segment, decoders skip up to the next marker.
      const next = nextMarker(stream, at);
      if (holdsText(stream.read(at, Math.min(MOST_READ, next - at))))
        return { text: "bytes between segments" };
      at = next;
    } else {
      const length = Math.max(2, word(header, 2));
      const body = stream.read(at + 4, length - 2);
      if (segmentHoldsText(marker, body)) return { text: nameOf(marker) };
      at += 2 + length;
      if (marker === SOS) at = nextMarker(stream, at);
    }
  }
  return { end: -1 };
}

function nameOf(marker: number): string {
  if (marker === COM) return "a comment";
  return marker >= APP && marker <= 0xffef
    ? `application segment ${marker - APP}`
    : `a segment ${marker.toString(16)}`;
}

/** The next marker that is no restart. Bytes of a scan that are FF are followed by less than 80 (T.81 F.1.2.3, T.87). */
function nextMarker(stream: Stream, from: number): number {
  for (let start = from; start + 1 < stream.length; start += MOST_READ - 1) {
    const bytes = stream.read(start, MOST_READ);
    for (let at = bytes.indexOf(0xff); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at + 1)) {
      const marker = word(bytes, at);
      if (marker >= FIRST_MARKER && marker !== 0xffff && !(marker >= 0xffd0 && marker <= 0xffd7))
        return start + at;
    }
  }
  return stream.length;
}

function segmentHoldsText(marker: number, body: Uint8Array): boolean {
  if (marker < APP || marker > 0xffef) return holdsText(body.subarray(fieldsOf(marker, body)));
  const name = fromLatin1(body, 0, Math.min(16, body.length));
  if (ICC.test(name)) return unsignedTexts(body.subarray(14)).some((text) => TELLING.test(text));
  const known = APPLICATIONS.find(([pattern]) => pattern.test(name));
  if (!known) return holdsText(body);
  // A JFIF thumbnail is of 3 bytes a pixel (T.871 10.1).
  const [, fields] = known;
  const thumbnail = fields === 14 && name.includes("IF") ? 3 * (body[12] ?? 0) * (body[13] ?? 0) : 0;
  return (
    holdsRun(body.subarray(5, fields), RUN_SHORT) ||
    holdsRun(body.subarray(fields, fields + thumbnail), RUN_ANYWHERE) ||
    holdsText(body.subarray(fields + thumbnail))
  );
}

/** Bytes of a segment that are its fields (T.81 B.2): numbers. Of a marker that is not known, none. */
function fieldsOf(marker: number, body: Uint8Array): number {
  let end = 0;
  switch (marker) {
    case SOS:
      return 4 + 2 * (body[0] ?? 0);
    case 0xffc4: // DHT: counts of 16 lengths, and as many values
      while (end + 17 <= body.length) {
        const counts = body.subarray(end + 1, end + 17);
        end += 17 + counts.reduce((sum, count) => sum + count, 0);
      }
      return end;
    case 0xffdb: // DQT: 64 numbers of one or two bytes
      while (end < body.length && body[end]! < 0x20) end += body[end]! < 0x10 ? 65 : 129;
      return end;
    case 0xffdd: // DRI; of up to 4 bytes in JPEG-LS
      return 4;
    case 0xffdc: // DNL
      return 4;
    case 0xfff8: // LSE: the thresholds of JPEG-LS (T.87 C.2.4.1.1)
      return body[0] === 1 ? 11 : 0;
    case 0xffc8:
    case 0xffcc:
      return 0;
    default: // SOF
      return marker <= 0xffcf || marker === 0xfff7 ? 6 + 3 * (body[5] ?? 0) : 0;
  }
}

const CODESTREAM_COM = 0xff64;
const SOT = 0xff90;
const SOD = 0xff93;

/** Main header and tile-part headers of a JPEG 2000 codestream (ITU-T T.800 A.2, A.4.2, A.9.2). */
function walkCodestream(stream: Stream, from: number): Walked {
  let tile = -1;
  let data = -1;
  let nextTile = 0;
  for (let at = from + 2; at + 2 <= stream.length; ) {
    const header = stream.read(at, 4);
    const marker = word(header, 0);
    if (marker === EOI) return { end: at + 2 };
    if (marker < 0xff01) break;
    if (marker === SOD) {
      data = at + 2;
      // Psot 0: the tile-part runs to the end of the codestream.
      if (nextTile <= tile) break;
      at = nextTile;
      continue;
    }
    const length = word(header, 2);
    if (marker === SOT) {
      const body = stream.read(at + 6, 4);
      tile = at;
      nextTile = at + ((body[0] ?? 0) * 0x1000000 + ((body[1] ?? 0) << 16) + word(body, 2));
    } else if (marker === CODESTREAM_COM) {
      if (holdsText(stream.read(at + 6, length - 4))) return { text: "a comment" };
    } else if (marker < 0xff50 || marker > CODESTREAM_COM) {
      if (holdsText(stream.read(at + 4, length - 2))) return { text: nameOf(marker) };
    }
    at += 2 + Math.max(2, length);
  }
  if (data < 0) return { end: -1 };
  // No two bytes of packets are more than FF8F (B.10.1), so that the first end marker is the end.
  const end = nextMarker(stream, data);
  return { end: word(stream.read(end, 2), 0) === EOI ? end + 2 : -1 };
}

/** With the bytes of each that are no content: an identifier, an offset. What is compressed inside is not seen. */
const BOXES_WITH_TEXT = new Map([
  ["xml ", 0],
  ["uuid", 16],
  ["uinf", 0],
  ["Exif", 4],
  ["jumb", 0],
]);
const MOST_BOXES = 1000;

/** Boxes around a codestream, as files of JPEG 2000 and JPEG XL have them (T.800 I.4); DICOM does without. */
function textInBoxes(stream: Stream): string | undefined {
  for (let at = 0, boxes = 0; at + 8 <= stream.length && boxes < MOST_BOXES; boxes++) {
    const header = stream.read(at, 16);
    const view = new DataView(header.buffer, header.byteOffset, header.length);
    const kind = fromLatin1(header, 4, 8);
    const isLong = view.getUint32(0) === 1 && header.length === 16;
    const length = isLong ? Number(view.getBigUint64(8)) : view.getUint32(0);
    const start = at + (isLong ? 16 : 8);
    const skipped = BOXES_WITH_TEXT.get(kind);
    const end = length === 0 ? stream.length : at + length;
    const isTelling =
      skipped !== undefined &&
      holdsText(stream.read(start + skipped, Math.min(MOST_READ, end - start - skipped)));
    if (isTelling || kind === "brob") return `a box ${kind.trim()}`;
    if (kind === "jp2c") {
      const walked = walkCodestream(stream, start);
      if ("text" in walked) return walked.text;
    }
    if (length === 0) return undefined;
    at += Math.max(8, length);
  }
  return undefined;
}

const RLE_HEADER = 64;

/** An image of RLE: words behind the offsets of its header, and bytes behind each segment (PS3.5 G.3 to G.5). */
function textInRle(stream: Stream, pixels: number): string | undefined {
  const head = stream.read(0, RLE_HEADER);
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const count = head.length < RLE_HEADER ? 0 : view.getUint32(0, true);
  const offsets =
    count > 15 ? [] : Array.from({ length: count }, (_, at) => view.getUint32(4 + 4 * at, true));
  const isAscending = offsets.every((offset, at) => offset > (at === 0 ? RLE_HEADER - 1 : offsets[at - 1]!));
  if (offsets.length === 0 || !isAscending) {
    return holdsRun(stream.read(0, MOST_TAIL), RUN_ANYWHERE) ? "bytes that begin no image" : undefined;
  }
  // G.5: the offsets that are not used are zero.
  if (head.subarray(4 + 4 * count).some((byte) => byte !== 0)) return "the unused offsets of the RLE header";
  if (holdsText(stream.read(RLE_HEADER, Math.min(MOST_READ, offsets[0]! - RLE_HEADER))))
    return "bytes before RLE";
  if (pixels === 0) return undefined;
  for (const [index, offset] of offsets.entries()) {
    const end = offsets[index + 1] ?? stream.length;
    const bytes = stream.read(offset, end - offset);
    if (holdsRunBehind(bytes.subarray(endOfSegment(bytes, pixels))))
      return `bytes behind RLE segment ${index + 1}`;
  }
  return undefined;
}

/** Where as many bytes as pixels are decoded: runs of one byte or of bytes as they are (G.3.1). */
function endOfSegment(bytes: Uint8Array, pixels: number): number {
  let at = 0;
  for (let decoded = 0; decoded < pixels && at < bytes.length; ) {
    const control = bytes[at]!;
    at += control < 128 ? control + 2 : control === 128 ? 1 : 2;
    decoded += control < 128 ? control + 1 : control === 128 ? 0 : 257 - control;
  }
  return at;
}

/** So few bytes behind the end are what a writer's buffer held before: in them four letters may be chance. */
const SHORT_TAIL = 8;
/** ASCII characters in a row that are words rather than chance: behind an end that was found, and where none was. */
const [RUN_BEHIND, RUN_SHORT, RUN_ANYWHERE] = [/[ -~]{4,}/g, /[ -~]{6,}/g, /[ -~]{16,}/g];
/** What is looked at where no end was found. */
const MOST_TAIL = 1024;

/** Behind the end of the image: one NUL of padding makes it even (PS3.5 A.4), and some writers leave more. */
function textBehind(stream: Stream, end: number): string | undefined {
  for (let at = end; at < stream.length; at += MOST_READ - MOST_TAIL) {
    const bytes = stream.read(at, MOST_READ);
    if (holdsRunBehind(bytes)) return "bytes behind the end";
  }
  return undefined;
}

function holdsRunBehind(tail: Uint8Array): boolean {
  const run = tail.length > SHORT_TAIL ? RUN_BEHIND : RUN_SHORT;
  return (
    holdsRun(tail, run) ||
    holdsRun(
      tail.filter((byte) => byte !== 0),
      run,
    )
  ); // UTF-16
}

function holdsRun(bytes: Uint8Array, run: RegExp): boolean {
  return (fromLatin1(bytes).match(run) ?? []).some((text) => TELLING.test(text.replace(SIGNED, "\0")));
}
