import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { ElpisError } from "../../base/index.js";
import type { ByteSource } from "../../dicom/index.js";
import { errorCode, fsPath, type InputFile, type RawPath } from "./list.js";

/**
 * The first pass reads this much of a file, and more only where elements lie beyond it: the reader's window
 * of 64 KiB, and the file meta information before it.
 */
export const HEAD_BYTES = 65_536 + 4096;
/** Files up to this size are read whole before they are de-identified; larger ones stay ranges. */
export const WHOLE_LIMIT = 64 * 1024 * 1024;

/**
 * An input file, open for reading by ranges. The first bytes lie in the reader's buffer: views of them stay
 * valid until that reader opens its next file.
 */
export class FileSource implements ByteSource {
  readonly size: number;
  readonly #fd: number;
  readonly #head: Uint8Array;

  constructor(fd: number, size: number, head: Uint8Array) {
    this.size = size;
    this.#fd = fd;
    this.#head = head;
  }

  /** The whole file, where it was read whole. */
  get whole(): Uint8Array | undefined {
    return this.#head.length === this.size ? this.#head : undefined;
  }

  /** Throws INPUT_UNREADABLE where the file has become shorter or the medium fails. */
  read(offset: number, length: number): Uint8Array {
    if (offset + length <= this.#head.length) return this.#head.subarray(offset, offset + length);
    const bytes = new Uint8Array(length);
    this.readInto(bytes, offset);
    return bytes;
  }

  /** Fills `target` from `offset` on, without a buffer of its own; what was read before is not read again. */
  readInto(target: Uint8Array, offset: number): void {
    const end = offset + target.length;
    if (end <= this.#head.length) target.set(this.#head.subarray(offset, end));
    else readFully(this.#fd, target, offset);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Opens input files one after the other and reuses one buffer for them all. */
export class InputReader {
  #buffer = new Uint8Array(HEAD_BYTES);

  /** With the first `HEAD_BYTES` read. Throws INPUT_UNREADABLE, also where the file has changed. */
  openHead(file: InputFile): FileSource {
    return this.#open(file, Math.min(file.size, HEAD_BYTES));
  }

  /** Read whole up to `WHOLE_LIMIT`, else as `openHead`. */
  openWhole(file: InputFile): FileSource {
    return this.#open(file, file.size <= WHOLE_LIMIT ? file.size : HEAD_BYTES);
  }

  #open(file: InputFile, headLength: number): FileSource {
    const fd = openForReading(file.path);
    try {
      const { size, mtimeMs } = fstatSync(fd);
      if (size !== file.size || mtimeMs !== file.mtimeMs) {
        throw new ElpisError("INPUT_UNREADABLE", "the file has changed since the run began");
      }
      const head = this.#room(headLength);
      readFully(fd, head, 0);
      return new FileSource(fd, size, head);
    } catch (error) {
      closeSync(fd);
      throw unreadable(error);
    }
  }

  /** The first `length` bytes of the buffer, which grows by halves so that a series costs one growth. */
  #room(length: number): Uint8Array {
    if (length > this.#buffer.length) {
      this.#buffer = new Uint8Array(Math.min(Math.max(WHOLE_LIMIT, length), Math.ceil(length * 1.5)));
    }
    return this.#buffer.subarray(0, length);
  }
}

/** The file as given, never a link put in its place since. Throws INPUT_UNREADABLE. */
export function openForReading(path: RawPath): number {
  try {
    return openSync(fsPath(path), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    throw unreadable(error);
  }
}

function readFully(fd: number, target: Uint8Array, offset: number): void {
  let done = 0;
  while (done < target.length) {
    let count: number;
    try {
      count = readSync(fd, target, done, target.length - done, offset + done);
    } catch (error) {
      throw unreadable(error);
    }
    if (count === 0)
      throw new ElpisError("INPUT_UNREADABLE", "the file has become shorter while it was read");
    done += count;
  }
}

function unreadable(error: unknown): ElpisError {
  if (error instanceof ElpisError) return error;
  return new ElpisError("INPUT_UNREADABLE", `the file cannot be read (${errorCode(error)})`);
}
