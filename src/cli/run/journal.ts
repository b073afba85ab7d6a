import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readSync } from "node:fs";
import { canonicalJson, ElpisError, isElpisError, type Json } from "../../base/index.js";
import type { ActionCounts, HeldReason, KeptText } from "../../deid/index.js";
import type { PatientRow } from "./crosswalk.js";
import { unwritable, writeAll, writeTextDurably } from "./files.js";
import { errorCode } from "./list.js";

export const JOURNAL_FORMAT = "elpis-journal/2";

/** What a run depends on; a run resumes only where all of it is as it was. */
export interface JournalHeader {
  readonly format: typeof JOURNAL_FORMAT;
  readonly software: string;
  /** Fingerprint of the keys, which stand for project and recipient too. */
  readonly key: string;
  readonly profile: string;
  readonly tables: string;
  /** Digest of every input file's name, size and time. */
  readonly input: string;
  /** Digest of the first pass. */
  readonly survey: string;
  readonly digests: boolean;
}

/** One finished file. `id` is its place in the listing, which the header's `input` binds. */
export type JournalRecord = ReleasedRecord | HeldRecord;

export interface ReleasedRecord {
  readonly id: number;
  readonly path: string;
  readonly size: number;
  readonly sha256?: string;
  readonly input?: string;
  readonly sopClass: string;
  readonly counts: ActionCounts;
  readonly kept: readonly KeptText[];
  readonly patient: PatientRow;
  /** Original and new UIDs that this thread had not named before. */
  readonly uids: readonly (readonly [string, string])[];
}

export interface HeldRecord {
  readonly id: number;
  readonly held: readonly HeldReason[];
}

/** Why a run cannot go on, by the part of the header that differs. */
const DIFFERENCES: { readonly [part in keyof JournalHeader]: string } = {
  format: "the journal is of another version of this software",
  software: "the journal is of another version of this software",
  key: "the site key, project or recipient is another",
  profile: "the profile has changed",
  tables: "the tables of the standard have changed",
  input: "the input has changed: files were added, removed or written since",
  survey: "the input has changed: the first pass found other identifiers",
  digests: "the earlier run was made with another choice of --no-digests",
};

/**
 * The list of finished instances, on the secret side, one JSON record a line behind the header. Appended as
 * work is done, so that a killed run knows what it need not do again.
 */
export class Journal {
  readonly path: string;
  readonly #fd: number;
  /** Where the next line goes. */
  #end: number;

  private constructor(path: string, fd: number, end: number) {
    this.path = path;
    this.#fd = fd;
    this.#end = end;
  }

  /** Starts a new journal; its header is whole or not there at all. */
  static create(path: string, header: JournalHeader): Journal {
    const line = `${canonicalJson(header as unknown as Json)}\n`;
    writeTextDurably(path, 0o600, [line]);
    return new Journal(path, openSync(path, "r+"), Buffer.byteLength(line));
  }

  /**
   * Opens the journal of a killed run and hands each record to `each`, in order. A last line that was cut
   * short is cut off. Throws RESUME_MISMATCH where the run was another.
   */
  static resume(path: string, header: JournalHeader, each: (record: JournalRecord) => void): Journal {
    const fd = open(path);
    try {
      let first = true;
      let end = 0;
      for (const { text, after } of linesOf(fd)) {
        const parsed = parseLine(text);
        // A loss of power can leave zeros where a line was to be; nothing behind it is to be trusted.
        if (parsed === undefined) break;
        if (first) requireSame(parsed as JournalHeader, header);
        else each(parsed as JournalRecord);
        first = false;
        end = after;
      }
      if (first) throw new ElpisError("RESUME_MISMATCH", `${path} is no journal of a run`);
      ftruncateSync(fd, end);
      return new Journal(path, fd, end);
    } catch (error) {
      closeSync(fd);
      throw isElpisError(error) ? error : unwritable(path, error);
    }
  }

  static exists(path: string): boolean {
    return existsSync(path);
  }

  /** Whole lines, each with its newline. */
  append(lines: string): void {
    try {
      const bytes = Buffer.from(lines);
      writeAll(this.#fd, bytes, this.#end);
      this.#end += bytes.length;
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  /** Makes all lines so far durable. */
  sync(): void {
    fsyncSync(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function open(path: string): number {
  try {
    return openSync(path, "r+");
  } catch (error) {
    throw new ElpisError(
      "RESUME_MISMATCH",
      `${path} cannot be read (${errorCode(error)}): nothing to resume from`,
    );
  }
}

const READ_BLOCK = 1 << 20;
const NEWLINE = 0x0a;

/** Whole lines from the start of the file, each with the offset behind its newline. */
function* linesOf(fd: number): Generator<{ readonly text: string; readonly after: number }> {
  let rest = Buffer.alloc(0);
  let at = 0;
  for (;;) {
    const block = Buffer.allocUnsafe(READ_BLOCK);
    const count = readSync(fd, block, 0, block.length, at + rest.length);
    if (count === 0) return;
    const bytes = Buffer.concat([rest, block.subarray(0, count)]);
    let start = 0;
    for (let end: number; (end = bytes.indexOf(NEWLINE, start)) >= 0; start = end + 1) {
      yield { text: bytes.toString("utf8", start, end), after: at + end + 1 };
    }
    rest = bytes.subarray(start);
    at += start;
  }
}

function parseLine(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function requireSame(found: JournalHeader, expected: JournalHeader): void {
  for (const part of Object.keys(DIFFERENCES) as (keyof JournalHeader)[]) {
    if (found[part] === expected[part]) continue;
    const why = `${DIFFERENCES[part]}: give what the earlier run was given, or start anew in another folder`;
    throw new ElpisError("RESUME_MISMATCH", `the run cannot be resumed, because ${why}`);
  }
}
