import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scratchFolder } from "../../../test/support/scratch.js";
import { isElpisError } from "../../base/index.js";
import { JOURNAL_FORMAT, Journal, type JournalHeader, type JournalRecord } from "./journal.js";

const header: JournalHeader = {
  format: JOURNAL_FORMAT,
  software: "elpis 0.1.0",
  key: "k",
  profile: "p",
  tables: "t",
  input: "i",
  survey: "s",
  digests: true,
};
const record = (id: number): JournalRecord => ({ id, held: [{ code: "POLYGLOT", detail: "PE" }] });
const text = (id: number) => JSON.stringify(record(id));
const key = new Uint8Array(32).fill(5);
/** Of a line: text, tab, 64 hexadecimal digits, newline. */
const lineLength = (id: number) => text(id).length + 66;

function resumed(path: string, expected = header): JournalRecord[] {
  const records: JournalRecord[] = [];
  Journal.resume(path, expected, key, (found) => records.push(found)).close();
  return records;
}

function written(...ids: number[]): string {
  const path = join(scratchFolder(), "journal.jsonl");
  const journal = Journal.create(path, header, key);
  journal.append(ids.map(text));
  journal.sync();
  journal.close();
  return path;
}

/** The line of record 2 in another journal. */
function foreignLine(of: JournalHeader, otherKey: Uint8Array): string {
  const path = join(scratchFolder(), "journal.jsonl");
  const journal = Journal.create(path, of, otherKey);
  journal.append([text(2)]);
  journal.close();
  return readFileSync(path, "utf8").split("\n")[1]!;
}

describe("the journal", () => {
  it("gives back every record in order, and is for its owner alone", () => {
    const path = written(3, 1, 2);
    expect(resumed(path)).toEqual([3, 1, 2].map(record));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("reads records that cross the boundaries of its blocks", () => {
    const many = Array.from({ length: 60_000 }, (_, id) => id);
    const path = written(...many);
    expect(resumed(path)).toEqual(many.map(record));
  });

  it("cuts off a last line at whatever byte it was cut short, and goes on behind the one before", () => {
    const whole = written(1, 2);
    const size = statSync(whole).size;
    for (let cut = 1; cut <= lineLength(2); cut++) {
      const path = join(scratchFolder(), "journal.jsonl");
      writeFileSync(path, readFileSync(whole).subarray(0, size - cut), { mode: 0o600 });
      const journal = Journal.resume(path, header, key, () => {});
      journal.append([text(7)]);
      journal.close();
      expect(resumed(path)).toEqual([1, 7].map(record));
    }
  });

  it("cuts off a run of zeros, which a loss of power can leave", () => {
    const path = written(1);
    appendFileSync(path, Buffer.concat([Buffer.alloc(40), Buffer.from("\n")]));
    expect(resumed(path)).toEqual([record(1)]);
    expect(readFileSync(path).includes(0)).toBe(false);
  });

  it.each([
    ["changed", (lines: string[]) => (lines[2] = lines[2]!.replace("PE", "XX"))],
    ["without an HMAC", (lines: string[]) => (lines[2] = text(2))],
    [
      "of a journal of another key",
      (lines: string[]) =>
        (lines[2] = foreignLine(
          header,
          key.map(() => 6),
        )),
    ],
    [
      "of a journal of another run",
      (lines: string[]) => (lines[2] = foreignLine({ ...header, input: "j" }, key)),
    ],
    ["that is no JSON", (lines: string[]) => (lines[2] = "x")],
  ])("believes no line %s, and all others", (_, change) => {
    const path = written(1, 2, 3);
    const lines = readFileSync(path, "utf8").split("\n");
    change(lines);
    writeFileSync(path, lines.join("\n"));
    expect(resumed(path)).toEqual([1, 3].map(record));
  });

  it("refuses to resume where the header says what it should, but is not its writer's", () => {
    const path = written(1);
    const [first, ...rest] = readFileSync(path, "utf8").split("\n");
    for (const changed of [first!.slice(0, -64) + "0".repeat(64), first!.split("\t")[0]]) {
      writeFileSync(path, [changed, ...rest].join("\n"));
      expect(() => resumed(path)).toThrow("was changed");
    }
  });

  it.each([
    ["key", "the site key, project or recipient"],
    ["profile", "the profile"],
    ["input", "files were added, removed or written"],
    ["survey", "other identifiers"],
    ["tables", "the tables of the standard"],
    ["software", "another version"],
    ["digests", "--no-digests"],
  ] as const)("refuses to resume with another %s and says so", (part, words) => {
    const path = written(1);
    const other = { ...header, [part]: part === "digests" ? false : "other" };
    expect(() => resumed(path, other)).toThrow(words);
    expect(() => resumed(path, other)).toThrow(
      expect.toSatisfy((error: unknown) => isElpisError(error, "RESUME_MISMATCH")),
    );
    expect(resumed(path)).toEqual([record(1)]);
  });

  it("refuses an empty file and one that is not there", () => {
    const path = written();
    truncateSync(path, 0);
    for (const at of [path, `${path}2`]) {
      expect(() => resumed(at)).toThrow(
        expect.toSatisfy((error: unknown) => isElpisError(error, "RESUME_MISMATCH")),
      );
    }
  });
});
