import { BACKSLASH, unitsToString } from "./delimiters.js";
import { decodeCodes, isPrivateUse, once, UNASSIGNED } from "./graphic-sets.js";

/*
 * GB18030 and GBK (PS3.3 Table C.12-5): one byte 00-7F; two bytes 81-FE and 40-7E or 80-FE; GB18030 also
 * four bytes 81-FE 30-39 81-FE 30-39. A second byte may be 5C, so only a scan finds the real backslashes.
 */
const TRAILS = 190;
const FOUR_BYTE_BMP = 39420;
const FOUR_BYTE_SUPPLEMENTARY = 189000;

function twoBytes(index: number): [number, number] {
  const trail = index % TRAILS;
  return [0x81 + Math.floor(index / TRAILS), trail + (trail < 0x3f ? 0x40 : 0x41)];
}

function fourBytes(index: number): [number, number, number, number] {
  return [
    0x81 + Math.floor(index / 12600),
    0x30 + (Math.floor(index / 1260) % 10),
    0x81 + (Math.floor(index / 10) % 126),
    0x30 + (index % 10),
  ];
}

const twoByteCodes = () => Array.from({ length: 126 * TRAILS }, (_, i) => twoBytes(i));
const fourByteCodes = () => Array.from({ length: FOUR_BYTE_BMP }, (_, i) => fourBytes(i));
const twoByteTable = once(() => decodeCodes("gb18030", twoByteCodes()));
const fourByteTable = once(() => decodeCodes("gb18030", fourByteCodes()));

/** UTF-16 unit to code; where two codes mean one character, the shorter and lower one writes it. */
const codesOfUnits = once(() => {
  const codes = new Map<number, readonly number[]>();
  const add = (table: Uint16Array, bytes: readonly (readonly number[])[]) =>
    table.forEach((unit, i) => {
      if (unit !== UNASSIGNED && !codes.has(unit)) codes.set(unit, bytes[i]!);
    });
  add(twoByteTable(), twoByteCodes());
  add(fourByteTable(), fourByteCodes());
  return codes;
});

/** The index of a four-byte code at `at`, or -1. */
function fourByteIndex(bytes: Uint8Array, at: number): number {
  const [first, second, third, fourth] = bytes.subarray(at, at + 4);
  if (first === undefined || second === undefined || third === undefined || fourth === undefined) return -1;
  if (second < 0x30 || second > 0x39 || third < 0x81 || third > 0xfe || fourth < 0x30 || fourth > 0x39)
    return -1;
  return (first - 0x81) * 12600 + (second - 0x30) * 1260 + (third - 0x81) * 10 + fourth - 0x30;
}

/**
 * Decodes GB18030, and GBK as the part of it that it is. A byte that starts no character becomes U+FFFD;
 * `cuts`, when given, receives the offset of each byte 5C that is a backslash.
 */
export function decodeGb18030(bytes: Uint8Array, cuts?: number[]): string {
  const two = twoByteTable();
  const units = new Uint16Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const first = bytes[at]!;
    if (first < 0x80) {
      if (first === BACKSLASH) cuts?.push(at);
      units[length++] = first;
      continue;
    }
    const second = bytes[at + 1];
    const isLead = first >= 0x81 && first <= 0xfe && second !== undefined;
    if (isLead && second >= 0x40 && second !== 0x7f && second !== 0xff) {
      units[length++] = two[(first - 0x81) * TRAILS + second - (second < 0x7f ? 0x40 : 0x41)]!;
      at++;
      continue;
    }
    const index = isLead ? fourByteIndex(bytes, at) : -1;
    const codePoint = index - FOUR_BYTE_SUPPLEMENTARY + 0x10000;
    if (index >= 0 && index < FOUR_BYTE_BMP) units[length++] = fourByteTable()[index]!;
    else if (codePoint >= 0x10000 && codePoint <= 0x10ffff) {
      units[length++] = 0xd7c0 + (codePoint >> 10);
      units[length++] = 0xdc00 | (codePoint & 0x3ff);
    } else {
      units[length++] = UNASSIGNED;
      continue;
    }
    at += 3;
  }
  return unitsToString(units, length);
}

/** Cells that GB18030 filled after GBK: readers of GBK do not have them. */
function isLaterThanGbk(code: readonly number[]): boolean {
  const [first, second] = code as [number, number];
  if (first === 0xa2) return second === 0xe3;
  if (first === 0xa6)
    return (second >= 0xd9 && second <= 0xdf) || (second >= 0xec && second <= 0xed) || second === 0xf3;
  if (first === 0xa8) return second === 0xbc || second === 0xbf;
  if (first === 0xa9) return second >= 0x89 && second <= 0x95;
  return first === 0xfe && second >= 0x50;
}

/** Encodes as GB18030, or as its part GBK; null when a character is not in it or is half a surrogate pair. */
export function encodeGb18030(text: string, part: "GB18030" | "GBK"): Uint8Array | null {
  const out: number[] = [];
  for (const character of text) {
    const codePoint = character.codePointAt(0)!;
    if (codePoint < 0x80) {
      out.push(codePoint);
      continue;
    }
    const code =
      codePoint > 0xffff
        ? fourBytes(codePoint - 0x10000 + FOUR_BYTE_SUPPLEMENTARY)
        : codesOfUnits().get(codePoint);
    if (code === undefined) return null;
    if (part === "GBK" && (code.length === 4 || isLaterThanGbk(code) || isPrivateUse(codePoint))) return null;
    out.push(...code);
  }
  return Uint8Array.from(out);
}
