import { fromLatin1, latin1 } from "../base/index.js";
import type { ByteSource } from "../dicom/index.js";

/** What kind of file the bytes would be to another program. */
export type ForeignKind =
  /** Runs: PE, ELF, Mach-O, Java class, Windows shortcut. */
  | "executable"
  /** Unpacks or mounts: ZIP, RAR, 7z, gzip, bzip2, xz, Zstandard, cabinet, ar, tar, ISO 9660, OLE compound. */
  | "archive"
  | "tiff"
  | "pdf"
  | "html"
  | "script"
  /** A picture that a viewer opens by itself: JPEG, PNG, GIF. */
  | "image"
  /** Bytes that belong to nothing. */
  | "unknown";

/**
 * Where bytes stand decides how little suffices. "open": no DICOM reader gives the bytes a meaning, a file could
 * begin here. "value": the value of an element, where letters may be text and numbers numbers. "pixels": image
 * data, where only what cannot be chance counts.
 */
export type Place = "open" | "value" | "pixels";

interface Signature {
  readonly kind: ForeignKind;
  readonly magic: Uint8Array;
  readonly places: readonly Place[];
  /** A further look beyond the first bytes, so that two letters of a text are not an executable. */
  readonly holds?: (source: ByteSource, start: number, end: number, place: Place) => boolean;
}

const everywhere: readonly Place[] = ["open", "value", "pixels"];
const notInPixels: readonly Place[] = ["open", "value"];

/** `\xHH` escapes and letters to bytes: magic numbers as their formats' own documents print them. */
const magic = (text: string): Uint8Array => latin1(text);

const SIGNATURES: readonly Signature[] = [
  { kind: "executable", magic: magic("MZ"), places: everywhere, holds: isPortableExecutable },
  { kind: "executable", magic: magic("\x7fELF"), places: everywhere, holds: isElf },
  { kind: "executable", magic: magic("\xfe\xed\xfa\xce"), places: everywhere },
  { kind: "executable", magic: magic("\xfe\xed\xfa\xcf"), places: everywhere },
  { kind: "executable", magic: magic("\xce\xfa\xed\xfe"), places: everywhere },
  { kind: "executable", magic: magic("\xcf\xfa\xed\xfe"), places: everywhere },
  // A Java class, and a Mach-O for several processors.
  { kind: "executable", magic: magic("\xca\xfe\xba\xbe"), places: everywhere },
  { kind: "executable", magic: magic("L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0"), places: everywhere },
  { kind: "archive", magic: magic("PK\x03\x04"), places: everywhere },
  { kind: "archive", magic: magic("PK\x07\x08"), places: everywhere },
  { kind: "archive", magic: magic("Rar!\x1a\x07"), places: everywhere },
  { kind: "archive", magic: magic("7z\xbc\xaf\x27\x1c"), places: everywhere },
  { kind: "archive", magic: magic("\x1f\x8b\x08"), places: notInPixels, holds: isGzip },
  { kind: "archive", magic: magic("BZh"), places: notInPixels, holds: isBzip2 },
  { kind: "archive", magic: magic("\xfd7zXZ\0"), places: everywhere },
  { kind: "archive", magic: magic("\x28\xb5\x2f\xfd"), places: notInPixels },
  { kind: "archive", magic: magic("MSCF\0\0\0\0"), places: everywhere },
  { kind: "archive", magic: magic("!<arch>\n"), places: everywhere },
  { kind: "archive", magic: magic("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), places: everywhere },
  { kind: "tiff", magic: magic("II*\0"), places: notInPixels, holds: isTiff },
  { kind: "tiff", magic: magic("MM\0*"), places: notInPixels, holds: isTiff },
  { kind: "tiff", magic: magic("II+\0\x08\0\0\0"), places: notInPixels },
  { kind: "tiff", magic: magic("MM\0+\0\x08\0\0"), places: notInPixels },
  { kind: "pdf", magic: magic("%PDF-"), places: notInPixels },
  { kind: "script", magic: magic("%!PS"), places: notInPixels },
  { kind: "script", magic: magic("#!"), places: notInPixels, holds: isShebang },
  { kind: "script", magic: magic("<?php"), places: notInPixels },
  { kind: "script", magic: magic("<script"), places: notInPixels },
  { kind: "script", magic: magic("@echo"), places: ["open"] },
  { kind: "html", magic: magic("<!doctype html"), places: ["open"] },
  { kind: "html", magic: magic("<html"), places: ["open"] },
  { kind: "html", magic: magic("<body"), places: ["open"] },
  { kind: "html", magic: magic("<hta:"), places: ["open"] },
  { kind: "image", magic: magic("\xff\xd8\xff"), places: ["open"] },
  { kind: "image", magic: magic("\x89PNG\r\n\x1a\n"), places: ["open"] },
  { kind: "image", magic: magic("GIF8"), places: ["open"] },
];

const isLetter = (byte: number): boolean => byte >= 0x61 && byte <= 0x7a;
/** Upper case where HTML and scripts do not care; elsewhere the byte itself. */
const upper = (byte: number): number => (isLetter(byte) ? byte - 0x20 : byte);
/** Markup and batch commands are read without regard to case; binary magic is not. */
const isCaseless = ({ magic }: Signature): boolean => magic[0] === 0x3c || magic[0] === 0x40;

/** By the first two bytes, as one number: the signatures that may follow. One look-up clears most values. */
const byPair = new Map<number, Signature[]>();
const PAIRS = new Uint8Array(65_536);
for (const signature of SIGNATURES) {
  const [first = 0, second = 0] = signature.magic;
  for (const next of isCaseless(signature) ? new Set([second, upper(second)]) : [second]) {
    const pair = (first << 8) | next;
    PAIRS[pair] = 1;
    byPair.set(pair, [...(byPair.get(pair) ?? []), signature]);
  }
}

/** False when no signature begins with these two bytes. */
export function mayBegin(first: number, second: number): boolean {
  return PAIRS[(first << 8) | second] === 1;
}

/** The kind of file that begins at `start`; undefined when none that is known does. `end` is exclusive. */
export function recognise(
  source: ByteSource,
  start: number,
  end: number,
  place: Place,
): ForeignKind | undefined {
  const head = source.read(start, Math.min(16, end - start));
  if (head.length < 4) return undefined;
  const candidates = byPair.get((head[0]! << 8) | head[1]!) ?? [];
  return candidates.find(
    (signature) =>
      signature.places.includes(place) &&
      matches(head, signature) &&
      (signature.holds?.(source, start, end, place) ?? true),
  )?.kind;
}

function matches(head: Uint8Array, signature: Signature): boolean {
  const caseless = isCaseless(signature);
  return signature.magic.every((byte, i) => {
    const found = head[i] ?? -1;
    return found === byte || (caseless && isLetter(byte) && found === byte - 0x20);
  });
}

function numberAt(source: ByteSource, offset: number, length: 2 | 4, little: boolean): number {
  const bytes = source.read(offset, length);
  let value = 0;
  for (let i = 0; i < length; i++) value = value * 256 + bytes[little ? length - 1 - i : i]!;
  return value;
}

/** "MZ" alone is an executable where a file begins: a DOS program. Elsewhere its header must lead to "PE". */
function isPortableExecutable(source: ByteSource, start: number, end: number, place: Place): boolean {
  return place === "open" || leadsToPe(source, start, end);
}

/** The word at 3C is the offset of "PE\0\0" (PE format, "MS-DOS Stub"), which may lie anywhere behind it. */
export function leadsToPe(source: ByteSource, start: number, end: number): boolean {
  if (end - start < 68) return false;
  const at = start + numberAt(source, start + 60, 4, true);
  return at + 4 <= end && fromLatin1(source.read(at, 4)) === "PE\0\0";
}

/** EI_CLASS and EI_DATA are 1 or 2 (ELF, "ELF Identification"). */
function isElf(source: ByteSource, start: number, end: number): boolean {
  if (end - start < 6) return false;
  const [bits = 0, order = 0] = source.read(start + 4, 2);
  return (bits === 1 || bits === 2) && (order === 1 || order === 2);
}

/** RFC 1952 2.3: no reserved flag; extra flags 0, 2 or 4; an operating system of the list. */
function isGzip(source: ByteSource, start: number, end: number): boolean {
  if (end - start < 18) return false;
  const header = source.read(start, 10);
  const system = header[9]!;
  return (header[3]! & 0xe0) === 0 && [0, 2, 4].includes(header[8]!) && (system <= 13 || system === 255);
}

/** A level, then the first block's magic, the digits of pi. */
function isBzip2(source: ByteSource, start: number, end: number): boolean {
  return end - start >= 10 && /^[1-9]1AY&SY$/.test(fromLatin1(source.read(start + 3, 7)));
}

/** As many as libtiff reads. */
const MOST_ENTRIES = 4096;
const IMAGE_WIDTH = 256;
/** Types of directory entries, BigTIFF's included (TIFF 6.0 section 2). */
const LAST_ENTRY_TYPE = 18;

/**
 * A header that leads to a directory with one Image Width, without which no viewer shows anything. Entries should
 * ascend (TIFF 6.0 section 2), but viewers bear it when they do not, and a forger knows. Many scanners leave the
 * header of a TIFF in the preamble of files that have no directory any more: those open nowhere.
 */
function isTiff(source: ByteSource, start: number, end: number): boolean {
  if (end - start < 14) return false;
  const little = source.read(start, 1)[0] === 0x49;
  const directory = start + numberAt(source, start + 4, 4, little);
  if (directory < start + 8 || directory + 2 > end) return false;
  const entries = numberAt(source, directory, 2, little);
  if (entries > MOST_ENTRIES || directory + 2 + 12 * entries > end) return false;
  for (let entry = directory + 2; entry < directory + 2 + 12 * entries; entry += 12) {
    if (numberAt(source, entry, 2, little) !== IMAGE_WIDTH) continue;
    const type = numberAt(source, entry + 2, 2, little);
    if (type >= 1 && type <= LAST_ENTRY_TYPE && numberAt(source, entry + 4, 4, little) === 1) return true;
  }
  return false;
}

function isShebang(source: ByteSource, start: number, end: number): boolean {
  return /^#![ \t]*\//.test(fromLatin1(source.read(start, Math.min(16, end - start))));
}
