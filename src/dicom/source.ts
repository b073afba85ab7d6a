import { concatBytes } from "../base/index.js";

/**
 * Where the bytes of a file come from: a buffer, or ranges read from a file too large to hold.
 * `read` returns exactly `length` bytes, which stay valid and are not to be changed.
 */
export interface ByteSource {
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
  /** Fills `target` from `offset` on, where the source can do so without a buffer of its own. */
  readInto?(target: Uint8Array, offset: number): void;
}

export function memorySource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** A run of bytes of the source, passed on without being read. Offsets in bytes, `end` exclusive. */
export interface SourceRange {
  readonly source: ByteSource;
  readonly start: number;
  readonly end: number;
}

/**
 * Bytes that are made while they are written, so that nobody holds them all: frames that are decoded, changed and
 * encoded one after the other. `produce` may be called again and makes the same bytes; pieces stay as they are.
 */
export interface GeneratedPart {
  /** How many bytes come; undefined where only their end tells. */
  readonly length: number | undefined;
  produce(): Iterable<Uint8Array>;
}

/** What a writer hands out, in order: bytes, a range of the input to copy as it is, or bytes to be made. */
export type OutputPart = Uint8Array | SourceRange | GeneratedPart;

export function isGenerated(part: OutputPart): part is GeneratedPart {
  return "produce" in part;
}

/** Bytes of a part; undefined where they must be made to be counted. */
export function partLength(part: OutputPart): number | undefined {
  return "source" in part ? part.end - part.start : part.length;
}

/** The bytes of a part in order, ranges of the input in steps of `step` bytes. */
export function* partBytes(part: OutputPart, step: number): Generator<Uint8Array> {
  if (isGenerated(part)) yield* part.produce();
  else if (part instanceof Uint8Array) yield part;
  else {
    for (let at = part.start; at < part.end; at += step)
      yield part.source.read(at, Math.min(step, part.end - at));
  }
}

/** All parts as one buffer; for files that fit into memory. */
export function joinParts(parts: readonly OutputPart[]): Uint8Array {
  return concatBytes(parts.flatMap((part) => [...partBytes(part, Number.POSITIVE_INFINITY)]));
}
