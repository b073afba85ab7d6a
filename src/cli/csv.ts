import { closeSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { ElpisError } from "../base/index.js";
import { errorCode } from "./run/list.js";

const BLOCK_BYTES = 1 << 16;

/**
 * Rows of a CSV text that comes in pieces (RFC 4180): fields in quotes may hold commas, line breaks and
 * doubled quotes. Empty lines give no row.
 */
export function* csvRows(pieces: Iterable<string>): Generator<string[]> {
  let row: string[] = [];
  let field = "";
  /** Where the field is: not quoted, inside quotes, or behind a quote that may close it or be the first of two. */
  let state: "plain" | "quoted" | "quote" = "plain";
  let empty = true;
  for (const piece of pieces) {
    for (const character of piece) {
      if (state === "quoted") {
        if (character === '"') state = "quote";
        else field += character;
        continue;
      }
      if (character === '"') {
        if (state === "quote") field += '"';
        state = "quoted";
        empty = false;
      } else if (character === "\n") {
        if (!empty) yield [...row, field];
        row = [];
        field = "";
        state = "plain";
        empty = true;
      } else if (character === ",") {
        row.push(field);
        field = "";
        state = "plain";
        empty = false;
      } else if (character !== "\r") {
        field += character;
        empty = false;
      }
    }
  }
  if (!empty) yield [...row, field];
}

/** A file as text in pieces, so that a crosswalk of millions of rows need not be held. */
function* textPieces(path: string): Generator<string> {
  const file = openSync(path, "r");
  try {
    const decoder = new StringDecoder("utf8");
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    for (let count: number; (count = readSync(file, block, 0, block.length, null)) > 0; ) {
      yield decoder.write(block.subarray(0, count));
    }
    yield decoder.end();
  } finally {
    closeSync(file);
  }
}

/** A row of a crosswalk. */
export interface CrosswalkRow {
  readonly old: string;
  readonly renamed: string;
  /** Issuer of the old Patient ID; undefined where the file has no such column. */
  readonly issuer: string | undefined;
  /** Study Instance UID of a patient without an ID; undefined where the file has no such column. */
  readonly study: string | undefined;
  /** What tells the people of that study apart; undefined where the file has no such column. */
  readonly person: string | undefined;
}

/** Old and new ID of each row of a crosswalk's file. Throws as `crosswalkRecords` does. */
export function* crosswalkRows(path: string): Generator<readonly [old: string, renamed: string]> {
  for (const { old, renamed } of crosswalkRecords(path)) yield [old, renamed];
}

/**
 * The rows of a crosswalk's file; columns of other names are ignored. Throws INPUT_UNREADABLE where it cannot
 * be read or is no crosswalk.
 */
export function* crosswalkRecords(path: string): Generator<CrosswalkRow> {
  try {
    let issuerAt: number | undefined;
    let studyAt: number | undefined;
    let personAt: number | undefined;
    let isHeader = true;
    for (const fields of csvRows(textPieces(path))) {
      const [old = "", renamed = ""] = fields;
      if (!isHeader) {
        const at = (column: number | undefined) =>
          column === undefined ? undefined : (fields[column] ?? "");
        if (fields.length > 1)
          yield { old, renamed, issuer: at(issuerAt), study: at(studyAt), person: at(personAt) };
        continue;
      }
      isHeader = false;
      if (old.replace("\ufeff", "") !== "id_old" || renamed !== "id_new") {
        throw new ElpisError(
          "INPUT_UNREADABLE",
          `${path} is no crosswalk: its columns are id_old and id_new`,
        );
      }
      issuerAt = columnOf(fields, "issuer_old");
      studyAt = columnOf(fields, "study_old");
      personAt = columnOf(fields, "person_old");
    }
  } catch (error) {
    if (error instanceof ElpisError) throw error;
    throw new ElpisError(
      "INPUT_UNREADABLE",
      `${path} cannot be read (${errorCode(error)}): name the crosswalk of a run`,
    );
  }
}

function columnOf(header: readonly string[], name: string): number | undefined {
  const at = header.indexOf(name);
  return at < 0 ? undefined : at;
}
