import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scratchFolder } from "../../../test/support/scratch.js";
import { isElpisError } from "../../base/index.js";
import { makeFolder, makeSecretFolder, removeEmptyFolders } from "./files.js";

const unwritable = expect.toSatisfy((error: unknown) => isElpisError(error, "OUTPUT_UNWRITABLE"));

describe("making folders", () => {
  it("makes each missing level, names it, and leaves those that are there", () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, "a"), { mode: 0o755 });
    const made: string[] = [];
    makeSecretFolder(join(folder, "a/b/c"), made);
    makeFolder(join(folder, "a/b/c"), 0o777, made);
    expect(made).toEqual([join(folder, "a/b"), join(folder, "a/b/c")]);
    expect(["a", "a/b", "a/b/c"].map((path) => statSync(join(folder, path)).mode & 0o777)).toEqual([
      0o755, 0o700, 0o700,
    ]);
  });

  it("removes what it has made, as far as it is empty", () => {
    const folder = scratchFolder();
    const made: string[] = [];
    makeFolder(join(folder, "a/b"), 0o777, made);
    makeFolder(join(folder, "c/d"), 0o777, made);
    writeFileSync(join(folder, "c/file"), "");
    removeEmptyFolders(made);
    expect(["a", "c", "c/d", "c/file"].map((path) => existsSync(join(folder, path)))).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  it("says so where a file is in the way", () => {
    const folder = scratchFolder();
    writeFileSync(join(folder, "file"), "");
    expect(() => makeFolder(join(folder, "file/a"))).toThrow(unwritable);
  });

  it.runIf(existsSync("/proc/self"))("ends where the system takes no folder", () => {
    expect(() => makeFolder("/proc/elpis/out")).toThrow(unwritable);
  });
});
