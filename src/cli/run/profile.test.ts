import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scratchFolder } from "../../../test/support/scratch.js";
import { loadProfile } from "./profile.js";

/** Loads a profile that extends a file of this content, or the file itself. */
const extending = (content: string) => {
  const folder = scratchFolder();
  writeFileSync(join(folder, "base"), content);
  writeFileSync(join(folder, "own.yaml"), "name: own\nextends: base\n");
  return () => loadProfile(join(folder, "own.yaml"));
};
const messageOf = (load: () => unknown): string => {
  try {
    load();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};

describe("a profile's file", () => {
  it.each([
    "name: base\nextends: basic\n",
    "\uFEFFname: base\n",
    '{ "name" : base, extends: basic }\n',
    "# x\n'name': b",
  ])("may extend %j", (base) => {
    expect(extending(base)().name).toBe("own");
  });

  it.runIf(existsSync("/dev/zero"))("is no device, whose bytes never end, and no pipe", () => {
    const folder = scratchFolder();
    const pipe = join(folder, "pipe");
    spawnSync("mkfifo", [pipe]);
    for (const path of ["/dev/zero", pipe, folder]) {
      const own = join(folder, "own.yaml");
      writeFileSync(own, `name: own\nextends: ${path}\n`);
      for (const load of [() => loadProfile(own), () => loadProfile(path)]) {
        expect(load).toThrow(expect.objectContaining({ code: "PROFILE_INVALID" }));
        expect(load).toThrow("is no regular file");
      }
    }
  });

  it("is not larger than a megabyte", () => {
    expect(extending(`name: large\n#${"x".repeat(1 << 20)}`)).toThrow("has more than 1048576 bytes");
  });

  it.each([
    ["accounts", "root:$6$SECRET$xyz:19000:0:99999:7:::\ndaemon:*:SECRET:0:99999:7:::\n"],
    ["accounts that have a name", "name: x\nroot:$6$SECRET$xyz:19000:0:::\na: b\nSECRET word: x\n"],
    ["accounts with one line of words", "name: x\nroot:$6$SECRET$xyz:19000:::: yes\n"],
    ["a long key", `name: x\n${"SECRET".repeat(8)}: y\n`],
    ["an alias", "name: *SECRET\n"],
    ["a directive", "%SECRET\n---\nname: x\n"],
    ["a tag", "name: !SECRET x\n"],
    ["an attribute", "name: x\nattributes:\n  the SECRET: {action: keep, reason: x}\n"],
  ])("is not shown where it holds something else, such as %s", (_, content) => {
    const message = messageOf(extending(content));
    expect(message).toMatch(/^profile .*base: /);
    expect(message).not.toContain("SECRET");
  });

  it("has its wrong keys named, and what would be right", () => {
    const message = messageOf(
      extending("name: b\npixls: hold\nattributes:\n  (0010,1010): {action: kep, reason: x}\n"),
    );
    expect(message).toContain("line 2, pixls: no such key; did you mean pixels?");
    expect(message).toContain(
      "line 4, attributes.(0010,1010).action: not one of the choices; did you mean keep?",
    );
  });
});
