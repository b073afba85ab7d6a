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
  /** Encapsulated pixel data: fragments, which are no tokens. */
  Encapsulated: 16,
} as const;

/** Offsets in bytes; 32 bits are enough but for files beyond 4 GiB. */
export type Offsets = Uint32Array | Float64Array;

/** Most images have fewer: they never grow. */
const INITIAL_CAPACITY = 512;
/** Bytes of one token in all columns with 32-bit offsets. */
const TOKEN_BYTES = 31;
const LARGEST_32_BIT = 0xffff_fff0;

/**
 * The elements and items of a data set in file order, as columns: no object per element, so that a file
 * of hundreds of elements costs a few microseconds. Token i owns the tokens i+1 … next[i]-1.
 *
 *     start        value        valueEnd    end
 *       │ tag VR len │  value …    │ delimiter │
 */
export class Tokens {
  count = 0;
  tag: Uint32Array;
  /** Two characters as one number (`vrCode`), 0 for items and for unknown tags in implicit VR. */
  vr: Uint16Array;
  flags: Uint8Array;
  start: Offsets;
  value: Offsets;
  valueEnd: Offsets;
  end: Offsets;
  /** Index of the next sibling, or where it would be. */
  next: Uint32Array;
  /** Index of the enclosing item (for an element) or sequence (for an item); -1 at the top. */
  parent: Int32Array;

  /** For a source of `size` bytes. */
  constructor(size = 0, capacity = INITIAL_CAPACITY) {
    // One buffer for all columns: nine allocations would cost a third of reading a small file.
    const bytes = new ArrayBuffer(capacity * TOKEN_BYTES);
    const column = (place: number) => new Uint32Array(bytes, place * 4 * capacity, capacity);
    const wide = size > LARGEST_32_BIT;
    this.tag = column(0);
    this.start = wide ? new Float64Array(capacity) : column(1);
    this.value = wide ? new Float64Array(capacity) : column(2);
    this.valueEnd = wide ? new Float64Array(capacity) : column(3);
    this.end = wide ? new Float64Array(capacity) : column(4);
    this.next = column(5);
    this.parent = new Int32Array(bytes, 24 * capacity, capacity);
    this.vr = new Uint16Array(bytes, 28 * capacity, capacity);
    this.flags = new Uint8Array(bytes, 30 * capacity, capacity);
  }

  get capacity(): number {
    return this.tag.length;
  }

  /** Appends a token and returns its index. `valueEnd`, `end` and `next` follow once they are known. */
  push(tag: number, vr: number, flags: number, start: number, value: number, parent: number): number {
    const at = this.count;
    if (at === this.tag.length) this.grow();
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

  /** Makes room for four times as many tokens, or `limit`: what is outgrown then adds only a third to the peak. */
  grow(limit = Number.MAX_SAFE_INTEGER): void {
    const capacity = Math.min(this.tag.length * 4, limit);
    this.tag = grown(this.tag, new Uint32Array(capacity));
    this.vr = grown(this.vr, new Uint16Array(capacity));
    this.flags = grown(this.flags, new Uint8Array(capacity));
    this.start = grownOffsets(this.start, capacity);
    this.value = grownOffsets(this.value, capacity);
    this.valueEnd = grownOffsets(this.valueEnd, capacity);
    this.end = grownOffsets(this.end, capacity);
    this.next = grown(this.next, new Uint32Array(capacity));
    this.parent = grown(this.parent, new Int32Array(capacity));
  }
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}

function grownOffsets(from: Offsets, capacity: number): Offsets {
  const to = from instanceof Uint32Array ? new Uint32Array(capacity) : new Float64Array(capacity);
  to.set(from);
  return to;
}
