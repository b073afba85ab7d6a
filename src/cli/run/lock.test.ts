import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { scratchFolder } from "../../../test/support/scratch.js";
import { isElpisError } from "../../base/index.js";
import { requireUnlocked, takeLock } from "./lock.js";

const lockIn = (folder: string) => join(folder, "run.lock");
const NAMESPACE = "/proc/self/ns/pid";
const namespace = existsSync(NAMESPACE) ? readlinkSync(NAMESPACE) : "";
const heldBy = (pid: number, host = hostname(), space = namespace) =>
  JSON.stringify({ host, pid, namespace: space });
const refused = expect.toSatisfy((error: unknown) => isElpisError(error, "OUTPUT_EXISTS"));

/** The number of a process that runs until the test ends. */
function runningProcess(): number {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  onTestFinished(() => void child.kill());
  return child.pid!;
}

describe("the lock of a run", () => {
  it("is for one alone, and free again once it was given back", () => {
    const path = lockIn(scratchFolder());
    const release = takeLock(path);
    expect(() => takeLock(path)).toThrow(refused);
    expect(() => requireUnlocked(path)).toThrow(
      `another run is writing there (process ${process.pid}, since `,
    );
    release();
    expect(existsSync(path)).toBe(false);
    requireUnlocked(path);
    takeLock(path)();
  });

  it("is held by a process that runs, and no more by one that has died", () => {
    const path = lockIn(scratchFolder());
    const running = runningProcess();
    writeFileSync(path, heldBy(running));
    expect(() => takeLock(path)).toThrow(`(process ${running}): wait for it to end`);
    expect(readFileSync(path, "utf8")).toBe(heldBy(running));
    writeFileSync(path, heldBy(spawnSync(process.execPath, ["--version"]).pid));
    requireUnlocked(path);
    takeLock(path)();
  });

  it("is not held by a process that only has the number of one that died", () => {
    const path = lockIn(scratchFolder());
    const running = runningProcess();
    const release = takeLock(path);
    const own = JSON.parse(readFileSync(path, "utf8"));
    release();
    // As taken by an earlier process of that number, and before the machine was started anew.
    for (const birth of [own.birth.replace(/\d+$/, "1"), own.birth.replace(/^.*\//, "another/")]) {
      writeFileSync(path, JSON.stringify({ ...own, pid: running, birth }));
      const attempt = expect(() => takeLock(path)());
      // Where the system does not tell when a process began, any of the number counts.
      if (own.birth === "") attempt.toThrow(refused);
      else attempt.not.toThrow();
    }
    writeFileSync(path, JSON.stringify({ ...own, pid: running, birth: "" }));
    expect(() => requireUnlocked(path)).toThrow(refused);
  });

  it("of another machine of the same name is refused, and the refusal says since when and what to remove", () => {
    const path = lockIn(scratchFolder());
    const since = "2026-11-20T08:30:00.000Z";
    const other = { host: hostname(), machine: "0000", pid: 1, birth: "x/1", namespace, since };
    writeFileSync(path, JSON.stringify(other));
    expect(() => takeLock(path)).toThrow(
      `(process 1 on ${hostname()}, since ${since}): wait for it to end; if there is no such run, ` +
        `which cannot be seen from here, remove ${path}`,
    );
  });

  it("repeats nothing of a lock that is no time and no name", () => {
    const path = lockIn(scratchFolder());
    writeFileSync(path, JSON.stringify({ host: "a\nb\u001b[31m", pid: 3, namespace, since: "yes; rm" }));
    expect(() => takeLock(path)).toThrow("(process 3 on a?b??31m): wait");
  });

  it("is not held by an earlier process with the same number", () => {
    const path = lockIn(scratchFolder());
    writeFileSync(path, heldBy(process.pid));
    takeLock(path)();
  });

  it.each([
    ["another machine", heldBy(1, "elsewhere"), "on elsewhere"],
    ["another container", heldBy(process.pid, hostname(), "pid:[1]"), "in another container"],
    ["a file too long for a lock", heldBy(2 ** 31).padEnd(5000), "another run is writing there: "],
    ["nobody who can be read", "", "another run is writing there: "],
    ["something else", '{"pid":"x"}', "remove"],
  ])("counts as held by %s, and says what to do", (_, content, words) => {
    const path = lockIn(scratchFolder());
    writeFileSync(path, content);
    expect(() => takeLock(path)).toThrow(words);
    expect(() => takeLock(path)).toThrow(`remove ${path}`);
    expect(readFileSync(path, "utf8")).toBe(content);
  });

  it.each<[string, (path: string) => void]>([
    ["a pipe", (path) => void spawnSync("mkfifo", [path])],
    [
      "a link to a file",
      (path) => {
        writeFileSync(`${path}.target`, heldBy(spawnSync(process.execPath, ["--version"]).pid));
        symlinkSync(`${path}.target`, path);
      },
    ],
    ["a link to nothing", (path) => symlinkSync(`${path}.nothing`, path)],
    ["a folder", (path) => mkdirSync(path)],
  ])("is refused where %s has its name, which stays", (_, put) => {
    const path = lockIn(scratchFolder());
    put(path);
    const before = lstatSync(path).ino;
    expect(() => requireUnlocked(path)).toThrow(refused);
    expect(() => takeLock(path)).toThrow(`${path} is no regular file`);
    expect(lstatSync(path).ino).toBe(before);
  });

  it("says where its process has its number, and since when it holds", () => {
    const path = lockIn(scratchFolder());
    const release = takeLock(path);
    const said = JSON.parse(readFileSync(path, "utf8"));
    expect(said).toMatchObject(JSON.parse(heldBy(process.pid)));
    expect(Math.abs(Date.parse(said.since) - Date.now())).toBeLessThan(60_000);
    release();
  });

  it("goes to one of several processes that find a dead one's at once", async () => {
    const folder = scratchFolder();
    const path = lockIn(folder);
    const dead = spawnSync(process.execPath, ["--version"]).pid;
    writeFileSync(path, heldBy(dead));
    const tsx = import.meta.resolve("tsx");
    const module = new URL("./lock.ts", import.meta.url).href;
    const start = Date.now() + 1500;
    const script = `
      const { takeLock } = await import("${module}");
      while (Date.now() < ${start});
      try { takeLock(${JSON.stringify(path)}); console.log("taken"); } catch { console.log("refused"); }
      await new Promise((resolve) => setTimeout(resolve, 1500));`;
    const said = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(process.execPath, ["--import", tsx, "--input-type=module", "-e", script]);
        let text = "";
        child.stdout.on("data", (data) => (text += data));
        await new Promise((resolve) => child.on("exit", resolve));
        return text.trim();
      }),
    );
    expect(said.sort()).toEqual(["refused", "refused", "refused", "taken"]);
    expect(readdirSync(folder)).toEqual(["run.lock"]);
  });
});
