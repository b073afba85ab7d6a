import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readSync } from "node:fs";
import { canonicalJson, ElpisError, isElpisError, type Json } from "../../base/index.js";
import type { ActionCounts, ExaminedPixels, HeldReason, KeptText } from "../../deid/index.js";
import type { PatientRow } from "./crosswalk.js";
import { unwritable, writeAll, writeTextDurably } from "./files.js";
import { errorCode } from "./list.js";

export const JOURNAL_FORMAT = "elpis-journal/4";

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
  readonly pixels?: ExaminedPixels;
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
 * work is done, so that a killed run knows what it need not do again. Behind each line stands a tab and its
 * HMAC: what the journal says reaches the release and the crosswalk, so only the holder of the key may say it.
 */
export class Journal {
  readonly path: string;
  readonly #fd: number;
  readonly #seal: Seal;
  /** Where the next line goes. */
  #end: number;

  private constructor(path: string, fd: number, seal: Seal, end: number) {
    this.path = path;
    this.#fd = fd;
    this.#seal = seal;
    this.#end = end;
  }

  /** Starts a new journal; its header is whole or not there at all. `key` is the project's for journals. */
  static create(path: string, header: JournalHeader, key: Uint8Array): Journal {
    const { seal, text } = sealOf(header, key);
    const line = seal.line(text);
    writeTextDurably(path, 0o600, [line]);
    return new Journal(path, openSync(path, "r+"), seal, Buffer.byteLength(line));
  }

  /**
   * Opens the journal of a killed run and hands each record to `each`, in order. A line that this software has
   * not written so, or that a loss of power has damaged, counts for nothing; the last of them are cut off.
   * Throws RESUME_MISMATCH where the run was another, or the header is damaged.
   */
  static resume(
    path: string,
    header: JournalHeader,
    key: Uint8Array,
    each: (record: JournalRecord) => void,
  ): Journal {
    const fd = open(path);
    const { seal } = sealOf(header, key);
    try {
      let first = true;
      let end = 0;
      for (const { text, after } of linesOf(fd)) {
        const content = seal.open(text);
        if (first) requireHeader(path, text, content, header);
        else if (content === undefined) continue;
        else each(JSON.parse(content) as JournalRecord);
        first = false;
        end = after;
      }
      if (first) throw new ElpisError("RESUME_MISMATCH", `${path} is no journal of a run`);
      ftruncateSync(fd, end);
      return new Journal(path, fd, seal, end);
    } catch (error) {
      closeSync(fd);
      throw isElpisError(error) ? error : unwritable(path, error);
    }
  }

  static exists(path: string): boolean {
    return existsSync(path);
  }

  /** JSON texts of records, each on one line. */
  append(records: readonly string[]): void {
    try {
      const bytes = Buffer.from(records.map((text) => this.#seal.line(text)).join(""));
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

/** Puts an HMAC behind each line, and believes none without it. */
class Seal {
  readonly #key: KeyObject;

  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
  }

  line(text: string): string {
    return `${text}\t${this.#mac(text).toString("hex")}\n`;
  }

  /** What stands before the HMAC, where that is right. */
  open(line: string): string | undefined {
    const text = contentOf(line);
    const found = Buffer.from(line.slice(text.length + 1), "hex");
    const right = this.#mac(text);
    return found.length === right.length && timingSafeEqual(found, right) ? text : undefined;
  }

  #mac(text: string): Buffer {
    return createHmac("sha256", this.#key).update(text).digest();
  }
}

/** JSON has its tabs escaped: the one that stands there parts content and HMAC. */
function contentOf(line: string): string {
  const tab = line.indexOf("\t");
  return tab < 0 ? line : line.slice(0, tab);
}

/** A key of this run alone: a line of another run's journal says nothing here. */
function sealOf(header: JournalHeader, key: Uint8Array): { readonly seal: Seal; readonly text: string } {
  const text = canonicalJson(header as unknown as Json);
  return { seal: new Seal(createHmac("sha256", key).update(text).digest()), text };
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

/** What differs is told first: with another site key no HMAC can be right. */
function requireHeader(
  path: string,
  line: string,
  content: string | undefined,
  expected: JournalHeader,
): void {
  const parsed = parseLine(contentOf(line));
  if (parsed === undefined) throw new ElpisError("RESUME_MISMATCH", `${path} is no journal of a run`);
  requireSame(parsed as JournalHeader, expected);
  if (content !== undefined) return;
  throw new ElpisError(
    "RESUME_MISMATCH",
    `the first line of ${path} was changed: restore the file from its backup, or start anew in another folder`,
  );
}

function requireSame(found: JournalHeader, expected: JournalHeader): void {
  for (const part of Object.keys(DIFFERENCES) as (keyof JournalHeader)[]) {
    if (found[part] === expected[part]) continue;
    const why = `${DIFFERENCES[part]}: give what the earlier run was given, or start anew in another folder`;
    throw new ElpisError("RESUME_MISMATCH", `the run cannot be resumed, because ${why}`);
  }
}
