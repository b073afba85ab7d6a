import { ElpisError } from "../base/index.js";

declare const tagBrand: unique symbol;
/** A data element tag as one unsigned 32-bit number: group × 65536 + element. Only this file makes one. */
export type Tag = number & { readonly [tagBrand]: true };

export function makeTag(group: number, element: number): Tag {
  return (((group << 16) | element) >>> 0) as Tag;
}

export function groupOf(tag: Tag): number {
  return tag >>> 16;
}

export function elementOf(tag: Tag): number {
  return tag & 0xffff;
}

/** Private groups are odd, from 0009 on (PS3.5 7.1, 7.8). */
export function isPrivate(tag: Tag): boolean {
  return (tag & 0x10000) !== 0;
}

/** (gggg,0010) to (gggg,00FF) of a private group: names the owner of a block of elements (PS3.5 7.8.1). */
export function isPrivateCreator(tag: Tag): boolean {
  const element = tag & 0xffff;
  return isPrivate(tag) && element >= 0x0010 && element <= 0x00ff;
}

/** `(0010,0010)`, upper-case. */
export function formatTag(tag: Tag): string {
  const hex = tag.toString(16).toUpperCase().padStart(8, "0");
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}

/** Reads `(0010,0010)`, `0010,0010` or `00100010`; throws DICOM_BAD_VALUE for anything else. */
export function parseTag(text: string): Tag {
  const match = /^\(?([0-9a-f]{4}),?([0-9a-f]{4})\)?$/i.exec(text.trim());
  if (!match) throw new ElpisError("DICOM_BAD_VALUE", "a tag looks like (0010,0020) or 00100020");
  return makeTag(Number.parseInt(match[1]!, 16), Number.parseInt(match[2]!, 16));
}
