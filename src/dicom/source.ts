/**
 * Where the bytes of a file come from: a buffer, or ranges read from a file too large to hold.
 * `read` returns exactly `length` bytes, which stay valid and are not to be changed.
 */
export interface ByteSource {
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
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

/** What a writer hands out, in order: bytes, or a range of the input to copy as it is. */
export type OutputPart = Uint8Array | SourceRange;

export function partLength(part: OutputPart): number {
  return part instanceof Uint8Array ? part.length : part.end - part.start;
}

/** All parts as one buffer; for files that fit into memory. */
export function joinParts(parts: readonly OutputPart[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + partLength(part), 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part instanceof Uint8Array ? part : part.source.read(part.start, part.end - part.start), at);
    at += partLength(part);
  }
  return joined;
}
