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

/**
 * Old and new ID of each row of a crosswalk's file; further columns are ignored. Throws INPUT_UNREADABLE
 * where it cannot be read or is no crosswalk.
 */
export function* crosswalkRows(path: string): Generator<readonly [old: string, renamed: string]> {
  try {
    let header: string | undefined;
    for (const [old = "", renamed] of csvRows(textPieces(path))) {
      if (header !== undefined && renamed !== undefined) yield [old, renamed];
      else if (header === undefined && old.replace("\ufeff", "") === "id_old" && renamed === "id_new")
        header = old;
      else
        throw new ElpisError(
          "INPUT_UNREADABLE",
          `${path} is no crosswalk: its columns are id_old and id_new`,
        );
    }
  } catch (error) {
    if (error instanceof ElpisError) throw error;
    throw new ElpisError(
      "INPUT_UNREADABLE",
      `${path} cannot be read (${errorCode(error)}): name the crosswalk of a run`,
    );
  }
}
