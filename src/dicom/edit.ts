import { ElpisError } from "../base/index.js";
import { type DataSet, ROOT } from "./dataset.js";
import { type OutputPart, partLength } from "./source.js";
import { elementOf, formatTag, groupOf, type Tag } from "./tag.js";
import { ITEM } from "./tokens.js";
import { LONG_HEADER, type VR } from "./vr.js";

/**
 * An element to write: `value` is its bytes, padded to even length and in the byte order of the data set,
 * or for SQ the elements of each item, in ascending order of tags.
 */
export interface NewElement {
  readonly tag: Tag;
  readonly vr: VR;
  readonly value: Uint8Array | readonly (readonly NewElement[])[];
}

/** A value too large to hold, handed out in parts: pixel data. */
export interface StreamedValue {
  readonly vr: VR;
  readonly parts: readonly OutputPart[];
  /** Bytes of all parts; undefined: an undefined length, the parts being items (PS3.5 A.4) without their delimiter. */
  readonly length: number | undefined;
}

/** What happens to a token. Dirty: something inside it changes, so that its length may change too. */
export const Change = { None: 0, Remove: 1, Replace: 2, Dirty: 3 } as const;

/**
 * Changes to one data set, collected before anything is written. Everything not named here is copied
 * byte for byte. Editing the same element twice keeps the last edit.
 */
export class Edits {
  readonly data: DataSet;
  /** A `Change` per token. */
  readonly changes: Uint8Array;
  readonly replacements = new Map<number, NewElement>();
  /** Replacements in parts; a token is in one of the two maps. */
  readonly streams = new Map<number, StreamedValue>();
  /** New elements by the item (or ROOT) that receives them. */
  readonly insertions = new Map<number, NewElement[]>();
  #edited = false;

  constructor(data: DataSet) {
    this.data = data;
    this.changes = new Uint8Array(data.tokens.count);
  }

  get isEmpty(): boolean {
    return !this.#edited;
  }

  isRemoved(token: number): boolean {
    return this.changes[token] === Change.Remove;
  }

  /** Removes an element, or an item of a sequence. */
  remove(token: number): void {
    this.replacements.delete(token);
    this.streams.delete(token);
    this.#mark(token, Change.Remove);
  }

  /** Replaces an element's value, and its VR where the data set is explicit. */
  replace(token: number, vr: VR, value: NewElement["value"]): void {
    const tag = this.data.tagAt(token);
    if (tag === ITEM) throw new ElpisError("DICOM_BAD_EDIT", "an item has no value: replace its elements");
    this.streams.delete(token);
    this.replacements.set(token, { tag, vr, value });
    this.#mark(token, Change.Replace);
  }

  /** Replaces the value of an element at the root by parts, which are read or made when the file is written. */
  stream(token: number, value: StreamedValue): void {
    const tag = this.data.tagAt(token);
    if (this.data.tokens.parent[token] !== ROOT)
      throw new ElpisError(
        "DICOM_BAD_EDIT",
        `${formatTag(tag)}: only an element at the root is written in parts`,
      );
    checkParts(tag, value);
    this.replacements.delete(token);
    this.streams.set(token, value);
    this.#mark(token, Change.Replace);
  }

  /** Sets an element of an item or of the root: replaces it, or inserts it where it belongs. */
  set(item: number, element: NewElement): void {
    const token = this.data.find(element.tag, item);
    if (token >= 0) {
      this.replace(token, element.vr, element.value);
      return;
    }
    const inserted = (this.insertions.get(item) ?? []).filter(({ tag }) => tag !== element.tag);
    inserted.push(element);
    inserted.sort((a, b) => a.tag - b.tag);
    this.insertions.set(item, inserted);
    this.#edited = true;
    if (item !== ROOT) this.#markDirty(item);
  }

  /** Removes the group lengths (gggg,0000): retired, and wrong after any edit (PS3.5 7.2). */
  removeGroupLengths(): void {
    const { tag, count } = this.data.tokens;
    for (let token = 0; token < count; token++) {
      if (elementOf(tag[token] as Tag) === 0 && groupOf(tag[token] as Tag) !== 0xfffe) this.remove(token);
    }
  }

  #mark(token: number, change: number): void {
    if (token < 0 || token >= this.changes.length) {
      throw new ElpisError("DICOM_BAD_EDIT", "an edit names a token that the data set does not have");
    }
    this.#edited = true;
    this.changes[token] = change;
    this.#markDirty(this.data.tokens.parent[token]!);
  }

  #markDirty(token: number): void {
    const { parent } = this.data.tokens;
    for (let i = token; i >= 0 && this.changes[i] === Change.None; i = parent[i]!)
      this.changes[i] = Change.Dirty;
  }
}

/** Refuses parts that are more or fewer bytes than told, and more than a 32-bit length can tell. */
function checkParts(tag: Tag, { vr, parts, length }: StreamedValue): void {
  if (!LONG_HEADER.has(vr))
    throw new ElpisError("DICOM_BAD_EDIT", `${formatTag(tag)}: ${vr} is not written in parts`);
  if (length === undefined) return;
  const total = parts.reduce((sum, part) => sum + (partLength(part) ?? Number.NaN), 0);
  if (total !== length || length % 2 === 1 || length > 0xfffffffe)
    throw new ElpisError(
      "DICOM_BAD_EDIT",
      `${formatTag(tag)}: parts of ${total} bytes for a value of ${length}`,
    );
}

/** Refuses a value whose bytes cannot stand behind a 16-bit length or are of odd number. */
export function checkLength(element: NewElement, length: number, longHeader: boolean): void {
  if (length % 2 === 1)
    throw new ElpisError("DICOM_BAD_EDIT", `${formatTag(element.tag)}: a value of odd length`);
  if (length > (longHeader ? 0xfffffffe : 0xfffe)) {
    throw new ElpisError(
      "DICOM_BAD_EDIT",
      `${formatTag(element.tag)} ${element.vr}: ${length} bytes do not fit`,
    );
  }
}
