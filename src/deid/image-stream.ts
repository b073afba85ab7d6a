import type { DataSet } from "../dicom/index.js";

/** As much of an image as is looked into behind its last marker, and of a segment. */
export const MOST_READ = 1 << 16;
/** What is looked at where no end was found. */
export const MOST_TAIL = 1024;

/** Bytes of one image, which may lie in several fragments. */
export class ImageStream {
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

/** What a walk over an image came to: where it ends (-1: nowhere), or the text it met. */
export type Walked = { readonly end: number } | { readonly text: string };

/** End Of Image of JPEG and JPEG-LS, End Of Codestream of JPEG 2000. */
export const EOI = 0xffd9;
const FIRST_MARKER = 0xffc0;
/** Two bytes as a number, big-endian as the whole JPEG family is. */
export const word = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** The next marker that is no restart. Bytes of a scan that are FF are followed by less than 80 (T.81 F.1.2.3, T.87). */
export function nextMarker(stream: ImageStream, from: number): number {
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
