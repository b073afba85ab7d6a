import type { Tag } from "./tag.js";

/** The item tag (FFFE,E000); a token with it is an item of the sequence that encloses it. */
export const ITEM = 0xfffee000 as Tag;
export const ITEM_DELIMITER = 0xfffee00d as Tag;
export const SEQUENCE_DELIMITER = 0xfffee0dd as Tag;

/** What a token's `flags` say, as bits. */
export const Flag = {
  /** The header has no VR (implicit VR): so it is written anew the same way. */
  Implicit: 1,
  BigEndian: 2,
  /** Length FFFFFFFF: the value ends at a delimiter, which lies between `valueEnd` and `end`. */
  UndefinedLength: 4,
  /** A sequence whose items follow as tokens. */
  Sequence: 8,
  /** Encapsulated pixel data: fragments, which are no tokens (`fragmentsOf` reads them). */
  Encapsulated: 16,
} as const;

/**
 * The elements and items of a data set in file order, as columns: no object per element, so that a file
 * of hundreds of elements costs a few microseconds. Token i owns the tokens i+1 … next[i]-1.
 *
 *     start        value        valueEnd    end
 *       │ tag VR len │  value …    │ delimiter │
 */
export class Tokens {
  count = 0;
  tag = new Uint32Array(512);
  /** Two characters as one number (`vrCode`), 0 for items and for unknown tags in implicit VR. */
  vr = new Uint16Array(512);
  flags = new Uint8Array(512);
  start = new Float64Array(512);
  value = new Float64Array(512);
  valueEnd = new Float64Array(512);
  end = new Float64Array(512);
  /** Index of the next sibling, or where it would be. */
  next = new Uint32Array(512);
  /** Index of the enclosing item (for an element) or sequence (for an item); -1 at the top. */
  parent = new Int32Array(512);

  /** Appends a token and returns its index. `valueEnd`, `end` and `next` follow once they are known. */
  push(tag: number, vr: number, flags: number, start: number, value: number, parent: number): number {
    const at = this.count;
    if (at === this.tag.length) this.#grow();
    this.count = at + 1;
    this.tag[at] = tag;
    this.vr[at] = vr;
    this.flags[at] = flags;
    this.start[at] = start;
    this.value[at] = value;
    this.parent[at] = parent;
    return at;
  }

  /** Forgets the tokens from `count` on: an attempt to read a value as a sequence has failed. */
  truncate(count: number): void {
    this.count = count;
  }

  #grow(): void {
    const capacity = this.tag.length * 2;
    this.tag = grown(this.tag, new Uint32Array(capacity));
    this.vr = grown(this.vr, new Uint16Array(capacity));
    this.flags = grown(this.flags, new Uint8Array(capacity));
    this.start = grown(this.start, new Float64Array(capacity));
    this.value = grown(this.value, new Float64Array(capacity));
    this.valueEnd = grown(this.valueEnd, new Float64Array(capacity));
    this.end = grown(this.end, new Float64Array(capacity));
    this.next = grown(this.next, new Uint32Array(capacity));
    this.parent = grown(this.parent, new Int32Array(capacity));
  }
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
