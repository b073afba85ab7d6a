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
const line = (id: number) => `${JSON.stringify(record(id))}\n`;

function resumed(path: string, expected = header): JournalRecord[] {
  const records: JournalRecord[] = [];
  Journal.resume(path, expected, (found) => records.push(found)).close();
  return records;
}

function written(...ids: number[]): string {
  const path = join(scratchFolder(), "journal.jsonl");
  const journal = Journal.create(path, header);
  for (const id of ids) journal.append(line(id));
  journal.sync();
  journal.close();
  return path;
}

describe("the journal", () => {
  it("gives back every record in order, and is for its owner alone", () => {
    const path = written(3, 1, 2);
    expect(resumed(path)).toEqual([3, 1, 2].map(record));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("reads records that cross the boundaries of its blocks", () => {
    const path = written();
    const many = Array.from({ length: 60_000 }, (_, id) => id);
    appendFileSync(path, many.map(line).join(""));
    expect(resumed(path)).toEqual(many.map(record));
  });

  it("cuts off a last line at whatever byte it was cut short, and goes on behind the one before", () => {
    const whole = written(1, 2);
    const size = statSync(whole).size;
    for (let cut = 1; cut <= line(2).length; cut++) {
      const path = join(scratchFolder(), "journal.jsonl");
      writeFileSync(path, readFileSync(whole).subarray(0, size - cut), { mode: 0o600 });
      const journal = Journal.resume(path, header, () => {});
      journal.append(line(7));
      journal.close();
      expect(resumed(path)).toEqual([1, 7].map(record));
    }
  });

  it("trusts nothing behind a run of zeros, which a loss of power can leave", () => {
    const path = written(1);
    appendFileSync(path, Buffer.concat([Buffer.alloc(40), Buffer.from(`\n${line(2)}`)]));
    expect(resumed(path)).toEqual([record(1)]);
    expect(readFileSync(path).includes(0)).toBe(false);
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
