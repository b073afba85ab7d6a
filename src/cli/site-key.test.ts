import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSiteKey, defaultSiteKeyPath, readSiteKey, siteKeyFor } from "./site-key.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "elpis-key-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: "SITE_KEY_INVALID", message: expect.stringMatching(message) });

describe("the key of a command", () => {
  const io = (env: Record<string, string>) => {
    const told: string[] = [];
    const sink = { write: (text: string) => told.push(text) };
    return { stdout: sink, stderr: sink, env, told };
  };

  it("is made on first use in the configuration folder, for its owner alone, and stays", () => {
    const session = io({ XDG_CONFIG_HOME: join(folder, "config") });
    const made = siteKeyFor(undefined, session);
    const path = join(folder, "config/elpis/site.key");
    expect(session.told.join("")).toContain("Back it up");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "config/elpis")).mode & 0o777).toBe(0o700);
    expect(siteKeyFor(undefined, session)).toEqual(made);
    expect(session.told.length).toBe(1);
  });

  it("is not made where the user has named a file: a mistyped path would give every patient new numbers", () => {
    expect(() => siteKeyFor(join(folder, "typo.key"), io({}))).toThrow(
      invalid(/does not exist.*elpis key new/),
    );
  });

  it.each([0o640, 0o604, 0o660, 0o644])("is refused with mode %o, with the command that helps", (mode) => {
    const path = join(folder, "site.key");
    createSiteKey(path);
    chmodSync(path, mode);
    expect(() => readSiteKey(path)).toThrow(invalid(/chmod 600/));
  });

  it("is refused where it is a folder or much too large", () => {
    mkdirSync(join(folder, "dir.key"));
    expect(() => readSiteKey(join(folder, "dir.key"))).toThrow(invalid(/no site key|cannot be read/));
    writeFileSync(join(folder, "large.key"), "x".repeat(5000), { mode: 0o600 });
    expect(() => readSiteKey(join(folder, "large.key"))).toThrow(invalid(/no site key/));
  });

  it("is never overwritten", () => {
    const path = join(folder, "site.key");
    createSiteKey(path);
    const before = readFileSync(path, "utf8");
    expect(() => createSiteKey(path)).toThrow(expect.objectContaining({ code: "OUTPUT_EXISTS" }));
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  it.runIf(existsSync("/proc/self"))("is not made where the system takes no folder", () => {
    expect(() => createSiteKey("/proc/elpis/site.key")).toThrow(
      expect.objectContaining({ code: "OUTPUT_UNWRITABLE" }),
    );
  });

  it("differs from key to key", () => {
    expect(createSiteKey(join(folder, "a"))).not.toEqual(createSiteKey(join(folder, "b")));
  });
});

it.each([
  [{ XDG_CONFIG_HOME: "/etc/xdg" }, /^\/etc\/xdg\/elpis\/site\.key$/],
  [{ XDG_CONFIG_HOME: "relative" }, /\.config\/elpis\/site\.key$/],
  [{}, /\.config\/elpis\/site\.key$/],
])("with %j the default path is %s", (env, path) => {
  expect(defaultSiteKeyPath(env)).toMatch(path);
});
