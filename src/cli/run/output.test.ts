import { createHash, createHmac } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scratchFolder } from "../../../test/support/scratch.js";
import { concatBytes, isElpisError } from "../../base/index.js";
import { joinParts, memorySource, type OutputPart, partBytes } from "../../dicom/index.js";
import { InputReader, WHOLE_LIMIT } from "./file-source.js";
import { filesBelow, partialPath, sweep } from "./files.js";
import { rawPath } from "./list.js";
import { ReleaseWriter, releasePath } from "./output.js";

const key = new Uint8Array(32).fill(7);
const bytesOf = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 37) % 253);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const hmac = (bytes: Uint8Array) => createHmac("sha256", key).update(bytes).digest("hex");

function original(folder: string, bytes: Uint8Array, size = bytes.length) {
  const path = join(folder, "original");
  writeFileSync(path, bytes);
  truncateSync(path, size);
  const file = { id: 0, path: rawPath(path), size, mtimeMs: statSync(path).mtimeMs };
  return new InputReader().openWhole(file);
}

/** 300,000 bytes, of unknown number until they are made. */
const generated: OutputPart = {
  length: undefined,
  *produce() {
    for (let i = 0; i < 3; i++) yield bytesOf(100_000);
  },
};

describe("a released file", () => {
  it("may have parts that are made while it is written", () => {
    const folder = scratchFolder();
    const bytes = bytesOf(1000);
    const source = original(folder, bytes);
    const parts = [Uint8Array.of(1), generated, { source, start: 0, end: 1000 }];
    const written = new ReleaseWriter(folder, key).write("a.dcm", parts, source);
    const expected = joinParts(parts);
    expect(Buffer.compare(readFileSync(join(folder, "a.dcm")), expected)).toBe(0);
    expect(written).toEqual({ size: 301_001, sha256: sha256(expected), input: hmac(bytes) });
    source.close();
  });

  it("is its parts one after the other, with both digests", () => {
    const folder = scratchFolder();
    const bytes = bytesOf(100_000);
    const source = original(folder, bytes);
    const parts: OutputPart[] = [
      Uint8Array.of(1, 2, 3),
      { source, start: 500, end: 90_000 },
      Uint8Array.of(9),
    ];
    const written = new ReleaseWriter(folder, key).write("P/1/2/3.dcm", parts, source);
    const expected = concatBytes([Uint8Array.of(1, 2, 3), bytes.subarray(500, 90_000), Uint8Array.of(9)]);
    expect(Buffer.compare(readFileSync(join(folder, "P/1/2/3.dcm")), expected)).toBe(0);
    expect(written).toEqual({ size: expected.length, sha256: sha256(expected), input: hmac(bytes) });
    source.close();
  });

  it("has no digests when none are wanted", () => {
    const folder = scratchFolder();
    const source = original(folder, bytesOf(10));
    const written = new ReleaseWriter(folder, undefined).write("a.dcm", [Uint8Array.of(1)], source);
    expect(written).toEqual({ size: 1 });
    source.close();
  });

  it.each<[string, (source: ReturnType<typeof original>) => OutputPart[]]>([
    ["in order", (source) => [Uint8Array.of(1), { source, start: 10, end: 3_000_000 }, Uint8Array.of(2)]],
    [
      "with gaps",
      (source) => [
        { source, start: 5, end: 70 },
        { source, start: WHOLE_LIMIT, end: source.size },
      ],
    ],
    [
      "out of order and twice",
      (source) => [
        { source, start: 2_000_000, end: 4_500_000 },
        { source, start: 0, end: 2_500_000 },
      ],
    ],
    ["not at all", () => [Uint8Array.of(1)]],
    ["and made while it is written", (source) => [{ source, start: 5, end: 70 }, generated]],
    ["and from memory", () => [{ source: memorySource(bytesOf(70_000)), start: 1, end: 69_999 }]],
  ])("has the digests of a file too large to hold, copied %s", (_, make) => {
    const folder = scratchFolder();
    const source = original(folder, bytesOf(5_000_000), WHOLE_LIMIT + 3_000_001);
    const parts = make(source);
    const written = new ReleaseWriter(folder, key).write("a.dcm", parts, source);
    const expected = concatBytes(parts.flatMap((part) => [...partBytes(part, 1 << 20)]));
    expect(written.sha256).toBe(sha256(expected));
    expect(sha256(readFileSync(join(folder, "a.dcm")))).toBe(sha256(expected));
    expect(written.input).toBe(hmac(readFileSync(join(folder, "original"))));
    source.close();
  });

  it("leaves nothing behind when a part cannot be read", () => {
    const folder = scratchFolder();
    const source = original(folder, bytesOf(100), WHOLE_LIMIT + 10);
    truncateSync(join(folder, "original"), 200_000);
    const write = () =>
      new ReleaseWriter(folder, key).write("a/b.dcm", [{ source, start: 0, end: source.size }], source);
    expect(write).toThrow(expect.toSatisfy((error: unknown) => isElpisError(error, "INPUT_UNREADABLE")));
    expect(readdirSync(join(folder, "a"))).toEqual([]);
    source.close();
  });

  it("is not written over a folder, and says what failed", () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, "a.dcm/x"), { recursive: true });
    const source = original(folder, bytesOf(10));
    const write = () => new ReleaseWriter(folder, key).write("a.dcm", [Uint8Array.of(1)], source);
    expect(write).toThrow(expect.toSatisfy((error: unknown) => isElpisError(error, "OUTPUT_UNWRITABLE")));
    expect(existsSync(partialPath(join(folder, "a.dcm")))).toBe(false);
    source.close();
  });
});

describe("the path of a released file", () => {
  it.each([
    [["ELPIS-ABC", "1.2", "1.3", "1.4"], "ELPIS-ABC/1.2/1.3/1.4.dcm"],
    [["../..", "..", ".", "/etc/passwd"], "_._../_./_/_etc_passwd.dcm"],
    [["", "a\\b", "a\0b", "ü"], "_/a_b/a_b/_.dcm"],
    [[".hidden.part", "1", "2", "3"], "_hidden.part/1/2/3.dcm"],
  ] as const)("%j is %s", ([patient, study, series, instance], path) => {
    expect(releasePath(patient, study, series, instance)).toBe(path);
  });
});

describe("sweeping a folder", () => {
  it("removes half-written files at any depth and nothing else", () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, "a/b"), { recursive: true });
    for (const name of ["a/b/.1.dcm.part", "a/b/1.dcm", ".release.json.part", ".other"]) {
      writeFileSync(join(folder, name), "x");
    }
    sweep(folder);
    expect(filesBelow(folder).files.sort()).toEqual([".other", "a/b/1.dcm"]);
    expect(existsSync(join(folder, "a/b/.1.dcm.part"))).toBe(false);
    expect(existsSync(join(folder, ".other"))).toBe(true);
  });
});
