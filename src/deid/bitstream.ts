import { fromLatin1 } from "../base/index.js";
import { type DataSet, Flag } from "../dicom/index.js";

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
  readonly #pieces: { readonly at: number; readonly length: number }[] = [];
  length = 0;

  constructor(data: DataSet) {
    this.#data = data;
  }

  append(at: number, length: number): void {
    this.#pieces.push({ at, length });
    this.length += length;
  }

  /** Up to `length` bytes from `offset` on; fewer at the end. */
  read(offset: number, length: number): Uint8Array {
    const { source } = this.#data;
    const [first] = this.#pieces;
    if (first && offset + length <= first.length) return source.read(first.at + offset, length);
    const found = new Uint8Array(Math.max(0, Math.min(length, this.length - offset)));
    let start = 0;
    for (const { at, length: size } of this.#pieces) {
      const from = Math.max(offset, start);
      const to = Math.min(offset + found.length, start + size);
      if (from < to) found.set(source.read(at + from - start, to - from), from - offset);
      start += size;
    }
    return found;
  }
}

/**
 * Where compressed pixel data hold text: "a comment of frame 1" …; undefined where they hold none. Of syntaxes other
 * than those of the JPEG family, only the Basic Offset Table has a place for it that is told from pixels.
 */
export function textInFragments(data: DataSet, token: number, isJpeg: boolean): string | undefined {
  const { source, tokens } = data;
  const little = (tokens.flags[token]! & Flag.BigEndian) === 0;
  const end = tokens.valueEnd[token]!;
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
      if (isJpeg) continue;
      return undefined;
    }
    if (!stream || beginsImage(header)) {
      const found = stream && textInImage(stream);
      if (found) return `${found} of frame ${frame}`;
      stream = new Stream(data);
      frame++;
    }
    stream.append(start, length);
  }
  const found = stream && textInImage(stream);
  return found && `${found} of frame ${frame}`;
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

function textInImage(stream: Stream): string | undefined {
  const head = stream.read(0, 4);
  const start = word(head, 0);
  if (start === SOI) return textInJpeg(stream) ?? textBehind(stream);
  if (start === SOC) return textInCodestream(stream, 0) ?? textBehind(stream);
  if (start === 0 && word(head, 2) === JP2) return textInBoxes(stream);
  return holdsRun(stream.read(0, MOST_TAIL), RUN_ANYWHERE) ? "bytes that begin no image" : undefined;
}

const APP = 0xffe0;
const COM = 0xfffe;
const SOS = 0xffda;
const EOI = 0xffd9;
/** Application segments that have no room for words (T.871, Adobe TN 5116, HP's and SPIFF's for JPEG-LS). */
const KNOWN_APPLICATIONS = /^(?:[JL][FJ]IF\0|Adobe|mrfx|SPIFF\0|AVI1)/;
/** A colour profile names its maker; it is judged as the ICC Profile attribute is. */
const ICC = /^ICC_PROFILE\0/;

/** Segments before the first scan (ITU-T T.81 B.2.1); JPEG-LS has the same (T.87). */
function textInJpeg(stream: Stream): string | undefined {
  for (let at = 2; at + 4 <= stream.length; ) {
    const header = stream.read(at, 4);
    const marker = word(header, 0);
    if (marker === 0xffff) {
      at++; // B.1.1.2: a marker may be preceded by fill bytes
      continue;
    }
    if (marker < 0xff01 || marker === SOS || marker === EOI) return undefined;
    const length = word(header, 2);
    const isApplication = marker >= APP && marker <= 0xffef;
    if (marker === COM || isApplication) {
      const body = stream.read(at + 4, length - 2);
      const name = fromLatin1(body, 0, Math.min(16, body.length));
      const isKnown = isApplication && ((KNOWN_APPLICATIONS.test(name) && length <= 64) || ICC.test(name));
      if (!isKnown && holdsText(body)) {
        return marker === COM ? "a comment" : `application segment ${marker - APP}`;
      }
    }
    at += 2 + Math.max(2, length);
  }
  return undefined;
}

const CODESTREAM_COM = 0xff64;
const SOT = 0xff90;
const SOD = 0xff93;

/** Main header and tile-part headers of a JPEG 2000 codestream (ITU-T T.800 A.2, A.4.2, A.9.2). */
function textInCodestream(stream: Stream, from: number): string | undefined {
  let tile = -1;
  let nextTile = 0;
  for (let at = from + 2; at + 4 <= stream.length; ) {
    const header = stream.read(at, 4);
    const marker = word(header, 0);
    if (marker < 0xff01 || marker === EOI) return undefined;
    if (marker === SOD) {
      // Psot 0: the tile-part runs to the end of the codestream.
      if (nextTile <= tile) return undefined;
      at = nextTile;
      continue;
    }
    const length = word(header, 2);
    if (marker === SOT) {
      const body = stream.read(at + 6, 4);
      tile = at;
      nextTile = at + ((body[0] ?? 0) * 0x1000000 + ((body[1] ?? 0) << 16) + word(body, 2));
    } else if (marker === CODESTREAM_COM && holdsText(stream.read(at + 6, length - 4))) return "a comment";
    at += 2 + Math.max(2, length);
  }
  return undefined;
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
      const found = textInCodestream(stream, start);
      if (found) return found;
    }
    if (length === 0) return undefined;
    at += Math.max(8, length);
  }
  return undefined;
}

/** Fewer bytes behind the end are what a writer's buffer held before, and spell no name. */
const SHORT_TAIL = 8;
/** ASCII characters in a row that are words rather than chance: behind an end that was found, and where none was. */
const [RUN_BEHIND, RUN_ANYWHERE] = [/[ -~]{6,}/g, /[ -~]{16,}/g];

/** Behind the end of the image: one NUL of padding makes it even (PS3.5 A.4), and some writers leave more. */
function textBehind(stream: Stream): string | undefined {
  const { length } = stream;
  const tail = stream.read(Math.max(0, length - SHORT_TAIL - 2), Math.min(SHORT_TAIL + 2, length));
  if (endOfImage(tail) >= 0) return undefined;
  const step = Math.min(MOST_READ, length);
  const bytes = stream.read(length - step, step);
  const end = endOfImage(bytes);
  const found =
    end >= 0 ? holdsRun(bytes.subarray(end), RUN_BEHIND) : holdsRun(bytes.subarray(-MOST_TAIL), RUN_ANYWHERE);
  return found ? "bytes behind the end" : undefined;
}

/** What is looked at where no end was found. */
const MOST_TAIL = 1024;

/** One past the last end marker, or -1. */
function endOfImage(bytes: Uint8Array): number {
  for (let at = bytes.length - 2; at >= 0; at--) if (word(bytes, at) === EOI) return at + 2;
  return -1;
}

function holdsRun(bytes: Uint8Array, run: RegExp): boolean {
  return (fromLatin1(bytes).match(run) ?? []).some((text) => TELLING.test(text.replace(SIGNED, "\0")));
}
