import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scratchFolder } from "../../../test/support/scratch.js";
import { isElpisError } from "../../base/index.js";
import { canonicalPath, fsPath, inputRoots, isInside, listInputs, rawPath, shownPath } from "./list.js";

/** Root may list everything: it steps down for a moment. */
function withoutPrivileges<T>(run: () => T): T {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.("nobody");
  try {
    return run();
  } finally {
    if (root) process.seteuid?.(0);
  }
}

describe("listing the input", () => {
  it("names every file below the folders, sorted, with its size", () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, "b/deep"), { recursive: true });
    for (const [name, text] of [
      ["z", "1"],
      ["b/deep/y", "22"],
      ["b/x", ""],
      ["a", "333"],
    ] as const) {
      writeFileSync(join(folder, name), text);
    }
    const listing = listInputs(inputRoots([folder]));
    expect(listing.names).toEqual(["0/a", "0/b/deep/y", "0/b/x", "0/z"]);
    expect(listing.files.map(({ id, size }) => [id, size])).toEqual([
      [0, 3],
      [1, 2],
      [2, 0],
      [3, 1],
    ]);
  });

  it("lists a file once when inputs overlap, and in the same order however they are given", () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, "a/inner"), { recursive: true });
    mkdirSync(join(folder, "b"));
    writeFileSync(join(folder, "a/inner/1"), "1");
    writeFileSync(join(folder, "b/2"), "2");
    const [a, inner, b] = [join(folder, "a"), join(folder, "a/inner"), join(folder, "b")];
    const one = listInputs(inputRoots([a, inner, b, join(folder, "a/inner/1")]));
    const other = listInputs(inputRoots([b, inner, a]));
    expect(one).toEqual(other);
    expect(one.names).toEqual(["0/inner/1", "1/2"]);
  });

  it("follows no link, and tells those that lead out of the input from those that do not", () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, "in/a"), { recursive: true });
    mkdirSync(join(folder, "other"));
    for (const name of ["outside", "other/1", "in/a/1"]) writeFileSync(join(folder, name), "x");
    const links = {
      "in/file-out": "outside",
      "in/folder-out": "other",
      "in/up": ".",
      "in/lost": "nowhere",
      "in/file-in": "in/a/1",
      "in/folder-in": "in/a",
    };
    for (const [link, target] of Object.entries(links)) symlinkSync(join(folder, target), join(folder, link));
    const listing = listInputs(inputRoots([join(folder, "in")]));
    expect(listing.names).toEqual(["0/a/1"]);
    const names = (list: readonly { path: string }[]) =>
      list.map(({ path }) => path.slice(folder.length + 1));
    expect(names(listing.links)).toEqual(["in/file-out", "in/folder-out", "in/lost", "in/up"]);
    expect(names(listing.skipped)).toEqual(["in/file-in", "in/folder-in"]);
    const both = listInputs(inputRoots([join(folder, "in"), join(folder, "in/folder-out")]));
    expect(both.names).toEqual(["0/a/1", "1/1"]);
    expect(names(both.links)).toEqual(["in/file-out", "in/lost", "in/up"]);
  });

  it.runIf(process.platform === "linux")("opens no pipe", () => {
    const folder = scratchFolder();
    execFileSync("mkfifo", [join(folder, "pipe")]);
    expect(listInputs([folder]).skipped).toEqual([{ path: join(folder, "pipe"), why: "not a regular file" }]);
  });

  it.runIf(process.platform === "linux")("keeps names that are no UTF-8, as old media carry them", () => {
    const folder = scratchFolder();
    const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x4d, 0xfc, 0x6c])]);
    writeFileSync(path, "x");
    const [file] = listInputs([folder]).files;
    expect(fsPath(file!.path).equals(path)).toBe(true);
    expect(shownPath(file!.path)).toBe(`${folder}/M\ufffdl`);
    expect(shownPath(rawPath("/ä/日本"))).toBe("/ä/日本");
  });

  it.skipIf(process.platform === "win32")("tells of a folder that it may not list", () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, "closed"), { mode: 0 });
    chmodSync(folder, 0o755);
    const listing = withoutPrivileges(() => listInputs([folder]));
    expect(listing.unreadable).toEqual([
      { path: join(folder, "closed"), why: "the folder cannot be listed (EACCES)" },
    ]);
  });

  it("refuses an input that is not there", () => {
    const missing = () => inputRoots([join(scratchFolder(), "missing")]);
    expect(missing).toThrow(expect.toSatisfy((error: unknown) => isElpisError(error, "INPUT_UNREADABLE")));
  });
});

describe("paths", () => {
  it.each([
    ["/a/b", "/a", true],
    ["/a", "/a", true],
    ["/ab", "/a", false],
    ["/a", "/a/b", false],
    ["/a/..b", "/a", true],
    ["/b", "/", true],
  ])("%s inside %s: %s", (path, folder, inside) => {
    expect(isInside(path, folder)).toBe(inside);
  });

  it("resolves links in the part that exists", () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, "real"));
    symlinkSync(join(folder, "real"), join(folder, "link"));
    expect(canonicalPath(join(folder, "link/new/out"))).toBe(join(folder, "real/new/out"));
  });
});
