import { createHash, createHmac, createSecretKey, type Hmac, type KeyObject } from "node:crypto";
import { readSync, writevSync } from "node:fs";
import { dirname, join } from "node:path";
import { isGenerated, type OutputPart, partBytes, type SourceRange } from "../../dicom/index.js";
import { FileSource } from "./file-source.js";
import { makeFolder, writeAll, writeWhole } from "./files.js";

/** Ranges of a file too large to hold are copied in blocks of this size. */
export const COPY_BLOCK = 1 << 20;

export interface Written {
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of what was written and HMAC of what was read, hexadecimal; absent without digests. */
  readonly sha256?: string;
  readonly input?: string;
}

/**
 * `PatientID/Study/Series/Instance.dcm`. The names are generated or checked UIDs, and yet no value decides
 * where a file lands: what is no letter, digit, dot, hyphen or underscore becomes an underscore, so does a
 * leading dot.
 */
export function releasePath(patientId: string, study: string, series: string, instance: string): string {
  const part = (name: string) => name.replace(/[^A-Za-z0-9._-]/g, "_").replace(/^(?=$)|^\./, "_");
  return `${part(patientId)}/${part(study)}/${part(series)}/${part(instance)}.dcm`;
}

/** Writes released files below one folder, each whole or not at all. */
export class ReleaseWriter {
  readonly #out: string;
  readonly #inputKey: KeyObject | undefined;
  readonly #made = new Set<string>();
  #block: Uint8Array | undefined;

  /** `inputKey` for the HMAC of originals; undefined makes no digests at all. */
  constructor(out: string, inputKey: Uint8Array | undefined) {
    this.#out = out;
    this.#inputKey = inputKey && createSecretKey(inputKey);
  }

  /** `source` is the original, still open. Throws OUTPUT_UNWRITABLE, or INPUT_UNREADABLE from a range. */
  write(path: string, parts: readonly OutputPart[], source: FileSource): Written {
    const absolute = join(this.#out, path);
    const folder = dirname(absolute);
    if (!this.#made.has(folder)) {
      makeFolder(folder);
      this.#made.add(folder);
    }
    const pieces = inMemory(parts, source);
    return writeWhole(absolute, 0o666, (fd) =>
      pieces ? this.#writePieces(fd, pieces, source.whole) : this.#copyParts(fd, parts, source),
    );
  }

  #writePieces(fd: number, pieces: Uint8Array[], original: Uint8Array | undefined): Written {
    const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const written = writevSync(fd, pieces);
    if (written !== size) writeRest(fd, pieces, written);
    if (!this.#inputKey || !original) return { size };
    const hash = createHash("sha256");
    for (const piece of pieces) hash.update(piece);
    const input = createHmac("sha256", this.#inputKey).update(original).digest("hex");
    return { size, sha256: hash.digest("hex"), input };
  }

  /** Block by block; the original's bytes go into its HMAC as they pass, so that each is read once. */
  #copyParts(fd: number, parts: readonly OutputPart[], source: FileSource): Written {
    this.#block ??= new Uint8Array(COPY_BLOCK);
    const hash = this.#inputKey && createHash("sha256");
    const seen = this.#inputKey && new PassingHmac(createHmac("sha256", this.#inputKey), source, this.#block);
    let size = 0;
    for (const part of parts) {
      for (const block of blocksOf(part, this.#block, seen)) {
        hash?.update(block);
        writeAll(fd, block);
        size += block.length;
      }
    }
    return hash && seen ? { size, sha256: hash.digest("hex"), input: seen.digest() } : { size };
  }
}

/** The parts as views where the original was read whole; undefined where a range lies on disk or has yet to be made. */
function inMemory(parts: readonly OutputPart[], source: FileSource): Uint8Array[] | undefined {
  if (!source.whole) return undefined;
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    if (isGenerated(part)) return undefined;
    pieces.push("source" in part ? part.source.read(part.start, part.end - part.start) : part);
  }
  return pieces;
}

/** The system took fewer bytes than all: a full disk will say so at the next write. */
function writeRest(fd: number, pieces: readonly Uint8Array[], written: number): void {
  let skip = written;
  for (const piece of pieces) {
    if (skip < piece.length) writeAll(fd, piece.subarray(skip));
    skip = Math.max(0, skip - piece.length);
  }
}

function* blocksOf(
  part: OutputPart,
  block: Uint8Array,
  seen: PassingHmac | undefined,
): Generator<Uint8Array> {
  if ("source" in part && part.source instanceof FileSource)
    yield* blocksOfFile(part, part.source, block, seen);
  else yield* partBytes(part, block.length);
}

function* blocksOfFile(
  range: SourceRange,
  source: FileSource,
  block: Uint8Array,
  seen: PassingHmac | undefined,
): Generator<Uint8Array> {
  seen?.catchUp(range.start);
  for (let at = range.start; at < range.end; at += block.length) {
    const bytes = block.subarray(0, Math.min(block.length, range.end - at));
    source.readInto(bytes, at);
    seen?.pass(at, bytes);
    yield bytes;
  }
}

/** HMAC of a file from blocks that come by in ascending order; what nobody passes it reads itself. */
class PassingHmac {
  readonly #hmac: Hmac;
  readonly #source: FileSource;
  readonly #block: Uint8Array;
  #at = 0;

  constructor(hmac: Hmac, source: FileSource, block: Uint8Array) {
    this.#hmac = hmac;
    this.#source = source;
    this.#block = block;
  }

  /** Overwrites the block. */
  catchUp(to: number): void {
    while (this.#at < to) {
      const bytes = this.#block.subarray(0, Math.min(this.#block.length, to - this.#at));
      this.#source.readInto(bytes, this.#at);
      this.pass(this.#at, bytes);
    }
  }

  pass(offset: number, bytes: Uint8Array): void {
    if (offset !== this.#at) return;
    this.#hmac.update(bytes);
    this.#at += bytes.length;
  }

  digest(): string {
    this.catchUp(this.#source.size);
    return this.#hmac.digest("hex");
  }
}

/** SHA-256 of an open file, hexadecimal, block by block. */
export function hashFile(fd: number, block: Uint8Array): { readonly size: number; readonly sha256: string } {
  const hash = createHash("sha256");
  let size = 0;
  for (let count: number; (count = readSync(fd, block, 0, block.length, size)) > 0; size += count) {
    hash.update(block.subarray(0, count));
  }
  return { size, sha256: hash.digest("hex") };
}
