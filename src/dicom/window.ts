import type { ByteSource } from "./source.js";

/** How much is read at once, where the bytes before were read too. */
const WINDOW = 65_536;
/** And behind a value that was skipped: mostly a header or two are wanted there. */
const AFTER_SKIP = 1024;
/** The longest header of an element. */
const HEADER = 12;

/** Up to the next multiple of `WINDOW`: a caller who holds the head of a file is asked for no more than that. */
function windowAt(offset: number): number {
  const length = WINDOW - (offset % WINDOW);
  return length < AFTER_SKIP ? length + WINDOW : length;
}

/** A window over a source that moves along with the reader, and numbers of either byte order from it. */
export class ByteWindow {
  readonly source: ByteSource;
  bigEndian: boolean;
  buffer: Uint8Array;
  #base: number;
  /** Where a run of zeros was seen to end: so that it is not scanned again from each of its elements. */
  #notZero = -1;

  constructor(source: ByteSource, bigEndian: boolean, start: number) {
    this.source = source;
    this.bigEndian = bigEndian;
    this.#base = Math.min(start, source.size);
    this.buffer = source.read(this.#base, Math.min(source.size - this.#base, windowAt(this.#base)));
  }

  /** Index in `buffer` of a header at `offset`; the caller knows that eight bytes lie there. */
  at(offset: number): number {
    const index = offset - this.#base;
    return index >= 0 && index + HEADER <= this.buffer.length ? index : this.#move(offset);
  }

  #move(offset: number): number {
    const { size } = this.source;
    const bufferEnd = this.#base + this.buffer.length;
    if (offset >= this.#base && bufferEnd === size) return offset - this.#base;
    const goesOn = offset >= this.#base && offset <= bufferEnd;
    this.buffer = this.source.read(offset, Math.min(size - offset, goesOn ? windowAt(offset) : AFTER_SKIP));
    this.#base = offset;
    return 0;
  }

  u16(index: number): number {
    const { buffer } = this;
    return this.bigEndian
      ? (buffer[index]! << 8) | buffer[index + 1]!
      : buffer[index]! | (buffer[index + 1]! << 8);
  }

  u32(index: number): number {
    const { buffer } = this;
    const a = buffer[index]!;
    const b = buffer[index + 1]!;
    const c = buffer[index + 2]!;
    const d = buffer[index + 3]!;
    return (
      (this.bigEndian ? (a << 24) | (b << 16) | (c << 8) | d : (d << 24) | (c << 16) | (b << 8) | a) >>> 0
    );
  }

  tag(index: number): number {
    const { buffer } = this;
    const a = buffer[index]!;
    const b = buffer[index + 1]!;
    const c = buffer[index + 2]!;
    const d = buffer[index + 3]!;
    return (
      (this.bigEndian ? (a << 24) | (b << 16) | (c << 8) | d : (b << 24) | (a << 16) | (d << 8) | c) >>> 0
    );
  }

  /** True when [from, end) is nothing but zeros. */
  isZero(from: number, end: number): boolean {
    if (from <= this.#notZero) return false;
    for (let at = from; at < end; at += WINDOW) {
      const part = this.source.read(at, Math.min(WINDOW, end - at));
      let index = 0;
      while (index < part.length && part[index] === 0) index++;
      if (index < part.length) {
        this.#notZero = at + index;
        return false;
      }
    }
    return true;
  }
}
