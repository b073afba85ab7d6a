import { Deflate, Inflate } from "fflate";
import { ElpisError } from "../base/index.js";
import { type ByteSource, type OutputPart, partBytes, partLength } from "./source.js";

export const DEFAULT_INFLATE_LIMIT = 64 * 1024 * 1024;
/** Deflate makes a thousand bytes of one: a step of input grows to 1 MB at most. */
const STEP = 1024;
const COPY_STEP = 1 << 20;

/**
 * Inflates the rest of a file (PS3.5 A.5), stopping as soon as it grows beyond `limit` bytes. What comes out
 * stays in the pieces in which it came, so that it is in memory once.
 * Throws DICOM_BAD_DEFLATE and DICOM_DEFLATE_TOO_LARGE.
 */
export function inflateSource(source: ByteSource, start: number, limit: number): ByteSource {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const stream = new Inflate((piece) => {
    size += piece.length;
    if (size > limit) {
      const reason = `the deflated data set from offset ${start} grows beyond ${limit} bytes`;
      throw new ElpisError("DICOM_DEFLATE_TOO_LARGE", reason);
    }
    if (piece.length > 0) pieces.push(piece);
  });
  try {
    for (let at = start; at < source.size; at += STEP) {
      const length = Math.min(STEP, source.size - at);
      stream.push(source.read(at, length), at + length >= source.size);
    }
  } catch (error) {
    if (error instanceof ElpisError) throw error;
    const reason = `the deflated data set from offset ${start} is damaged`;
    throw new ElpisError("DICOM_BAD_DEFLATE", reason, { cause: error });
  }
  return new PieceSource(pieces, size);
}

/** Bytes in pieces; what lies across their borders is copied when it is read. */
class PieceSource implements ByteSource {
  readonly size: number;
  readonly #pieces: readonly Uint8Array[];
  readonly #starts: readonly number[];

  constructor(pieces: readonly Uint8Array[], size: number) {
    this.size = size;
    this.#pieces = pieces;
    let at = 0;
    this.#starts = pieces.map((piece) => (at += piece.length) - piece.length);
  }

  read(offset: number, length: number): Uint8Array {
    let index = this.#pieceAt(offset);
    const piece = this.#pieces[index];
    if (!piece) return new Uint8Array(0);
    const from = offset - this.#starts[index]!;
    if (from + length <= piece.length) return piece.subarray(from, from + length);
    const bytes = new Uint8Array(length);
    let done = piece.length - from;
    bytes.set(piece.subarray(from));
    while (done < length) {
      const part = this.#pieces[++index]!.subarray(0, length - done);
      bytes.set(part, done);
      done += part.length;
    }
    return bytes;
  }

  /** Index of the last piece that starts at or before `offset`. */
  #pieceAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/**
 * The parts as one raw deflate stream, padded with a NUL to even length (PS3.5 A.5). What comes out depends on
 * the bytes alone, not on how they are parted: the stream ends a block where a push ends.
 */
export function deflateParts(parts: readonly OutputPart[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const stream = new Deflate({ level: 6 }, (piece) => pieces.push(piece));
  const total = parts.reduce((sum, part) => sum + (partLength(part) ?? COPY_STEP), 0);
  let step = new Uint8Array(Math.min(COPY_STEP, total));
  let used = 0;
  for (const part of parts) {
    for (const bytes of partBytes(part, COPY_STEP)) {
      for (let from = 0; from < bytes.length; ) {
        // A full step waits for the byte behind it: the last push is the one that ends the stream.
        if (used === step.length) {
          stream.push(step, false);
          step = new Uint8Array(COPY_STEP);
          used = 0;
        }
        const length = Math.min(bytes.length - from, step.length - used);
        step.set(bytes.subarray(from, from + length), used);
        from += length;
        used += length;
      }
    }
  }
  stream.push(step.subarray(0, used), true);
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length % 2 === 1) pieces.push(new Uint8Array(1));
  return pieces;
}
