import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { itNeeding } from "../../test/support/needs.js";
import { repository } from "../../test/support/standard.js";
import { sha256, toHex, utf8 } from "../base/index.js";
import { TABLE_DIGESTS } from "./dictionary.js";
import * as attributeTypes from "./tables/attribute-types.js";
import * as confidentiality from "./tables/confidentiality.js";
import * as dictionary from "./tables/dictionary.js";
import * as safePrivate from "./tables/safe-private.js";
import * as sopClasses from "./tables/sop-classes.js";

const tables = join(repository, "src/dicom/tables");
const shared = join(repository, "../shared");
const names = readdirSync(tables);

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), "elpis-tables-"));
  cpSync(tables, out, { recursive: true });
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

function runTables(...args: string[]) {
  const command = ["--import", "tsx", "scripts/tables.ts", "--out", out, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: repository,
    encoding: "utf8",
  });
  return { status, text: stdout + stderr };
}

/** Changes one bit of the byte in the middle of a file. */
function flipByte(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(file, bytes);
}

function itWithSources(title: string, run: () => void): void {
  const there = existsSync(join(shared, "standard")) && existsSync(join(shared, "corpus/standard"));
  const reason = "needs the source tables in ../shared";
  itNeeding(title, () => (there ? { kind: "run", given: undefined } : { kind: "skip", reason }), run);
}

describe("npm run tables -- --check", () => {
  it("passes without the source tables and says that they are missing", () => {
    const { status, text } = runTables("--check", "--shared", join(out, "nowhere"));
    expect(text).toContain("the source tables are not at");
    expect(status).toBe(0);
  });

  it.each(names)("names %s when one byte of it was flipped, without the source tables", (name) => {
    flipByte(join(out, name));
    const { status, text } = runTables("--check", "--shared", join(out, "nowhere"));
    expect(status).toBe(1);
    expect(text.trim().split("\n")).toEqual([expect.stringContaining(`${name}: is missing or differs`)]);
  });

  itWithSources("passes against the source tables", () => {
    expect(runTables("--check", "--shared", shared)).toMatchObject({ status: 0 });
  });

  itWithSources("names a file that is stale, missing or a stranger", () => {
    flipByte(join(out, "dictionary.ts"));
    rmSync(join(out, "sop-classes.ts"));
    writeFileSync(join(out, "by-hand.ts"), "");
    const { status, text } = runTables("--check", "--shared", shared);
    expect(status).toBe(1);
    expect(text).toMatch(/by-hand\.ts: is not made/);
    expect(text).toMatch(/dictionary\.ts: is stale/);
    expect(text).toMatch(/sop-classes\.ts: is stale/);
  });

  itWithSources("writes the same bytes again", () => {
    for (const name of names) rmSync(join(out, name));
    expect(runTables("--shared", shared)).toMatchObject({ status: 0 });
    for (const name of names) expect(readFileSync(join(out, name))).toEqual(readFileSync(join(tables, name)));
  });

  it("refuses to write without the source tables", () => {
    const { status, text } = runTables("--shared", join(out, "nowhere"));
    expect(status).toBe(1);
    expect(text).toContain("cannot be made without");
  });
});

it.each([
  ["attribute-types", attributeTypes],
  ["confidentiality", confidentiality],
  ["dictionary", dictionary],
  ["safe-private", safePrivate],
  ["sop-classes", sopClasses],
] as const)("states the digest of the %s table as compiled in", (name, { content, edition }) => {
  expect(TABLE_DIGESTS[name]).toEqual({ edition, sha256: toHex(sha256(utf8(content))) });
  expect(Object.keys(TABLE_DIGESTS)).toHaveLength(5);
});
