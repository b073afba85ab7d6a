import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { elpisInProcess, type Ran } from "../../test/support/cli.js";
import { createSiteKey } from "./site-key.js";

const here = dirname(fileURLToPath(import.meta.url));
const entry = join(here, "main.ts");
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const nodeArgs = ["--import", tsx, entry];

let work: string;
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), "elpis-cli-"));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Runs the command line in the test's folder, with a configuration folder of its own. */
function elpis(args: readonly string[], env: Readonly<Record<string, string>> = {}): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeArgs, ...args], {
    cwd: work,
    encoding: "utf8",
    env: { ...process.env, HOME: work, XDG_CONFIG_HOME: join(work, "config"), ...env },
  });
  return { status, stdout, stderr };
}

/** The same without a process of its own, where the folder does not matter. */
const inProcess = (args: readonly string[]) =>
  elpisInProcess(args, { XDG_CONFIG_HOME: join(work, "config") });

describe("elpis", () => {
  it("tells its version", () => {
    const { version } = JSON.parse(readFileSync(join(here, "../../package.json"), "utf8"));
    expect(elpis(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("shows its commands when asked, and on stderr when called with nothing", () => {
    const help = elpis(["--help"]);
    expect(help.status).toBe(0);
    for (const name of ["deidentify", "inspect", "reidentify", "trace", "key", "demo", "samples"]) {
      expect(help.stdout).toMatch(new RegExp(`^  ${name} `, "m"));
    }
    expect(elpis([])).toEqual({ status: 2, stdout: "", stderr: help.stdout });
  });

  it("explains a command", async () => {
    const { status, stdout } = await inProcess(["deidentify", "--help"]);
    expect(status).toBe(0);
    for (const option of [
      "out",
      "profile",
      "project",
      "recipient",
      "site-key",
      "crosswalk",
      "held",
      "jobs",
      "resume",
      "no-digests",
      "json",
    ]) {
      expect(stdout).toContain(`  --${option}`);
    }
  });

  it.each([
    [["deidentfy"], /no such command; did you mean deidentify\?/],
    [["--colour"], /no option --colour/],
    [["deidentify", "in", "--prject", "p"], /did you mean --project\?/],
    [["deidentify", "in"], /--out is missing/],
    [["deidentify", "--out", "out"], /too few arguments/],
    [["deidentify", "nowhere", "--out", "out"], /nowhere does not exist/],
    [["deidentify", ".", "--out", "out", "--jobs", "0"], /--jobs is a number from 1/],
    [["deidentify", ".", "--out", "out", "--profile", "resarch"], /did you mean research\?/],
    [["deidentify", ".", "--out", "out", "--site-key", "typo.key"], /typo\.key does not exist/],
    [["inspect", "."], /is a folder/],
    [["inspect", "nowhere"], /nowhere does not exist/],
    [["reidentify", "X"], /--crosswalk is missing/],
    [["trace", "4711"], /too few arguments/],
    [["key", "burn"], /show or new/],
  ])("%j is wrong usage: exit 2, one line and what to do next", async (args, message) => {
    const { status, stdout, stderr } = await inProcess(args);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^elpis: .*\n/);
    expect(stderr.split("\n").length).toBeLessThanOrEqual(3);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(existsSync("out"), "nothing was written").toBe(false);
    expect(existsSync(join(work, "config/elpis/site.key")), "no key was made").toBe(false);
  });

  it("tells errors as JSON to a program, and the stack only for debugging", () => {
    const { status, stdout, stderr } = elpis(["inspect", "nowhere", "--json"]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      error: { code: "INPUT_UNREADABLE", message: expect.stringContaining("nowhere") },
    });
    expect(elpis(["inspect", "nowhere"], { ELPIS_DEBUG: "1" }).stderr).toMatch(/\n {4}at /);
  });
});

describe("a run over the sample studies", () => {
  const released = () =>
    JSON.parse(readFileSync(join(work, "out/release.json"), "utf8")) as {
      key: string;
      counts: { released: number; held: number; duplicates: number; other: number };
      instances: { path: string }[];
    };
  const run = ["samples", "--out", "out", "--project", "p1", "--recipient", "r1", "--jobs", "1"];
  const key = () => join(work, "config/elpis/site.key");

  beforeAll(() => {
    expect(elpis(["samples", "samples"])).toMatchObject({ status: 0, stderr: "" });
    const ran = elpis(["deidentify", ...run]);
    expect(ran.stderr).toContain("Made a new site key");
    expect(ran.status, ran.stderr).toBe(3);
  });

  it("leaves the default key, the crosswalk and the held list to their owner alone", () => {
    const mode = (path: string) => (statSync(join(work, path)).mode & 0o777).toString(8);
    expect(["config/elpis", "out.crosswalk", "out.held"].map(mode)).toEqual(["700", "700", "700"]);
    expect(
      ["config/elpis/site.key", "out.crosswalk/patients.csv", "out.crosswalk/uids.csv"].map(mode),
    ).toEqual(["600", "600", "600"]);
  });

  it("accounts for every file", () => {
    const { counts } = released();
    expect(counts).toMatchObject({ duplicates: 1, other: 1 });
    const files = readdirSync(join(work, "samples"), { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile(),
    );
    expect(counts.released + counts.held + counts.duplicates + counts.other).toBe(files.length);
  });

  it("refuses the same output again, unless it is to be finished with the same key", () => {
    expect(elpis(["deidentify", ...run])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("--resume"),
    });
    expect(elpis(["deidentify", ...run, "--resume"]).status).toBe(3);
    createSiteKey(join(work, "second.key"));
    const ran = elpis(["deidentify", ...run, "--resume", "--site-key", "second.key"]);
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringMatching(/site key/) });
  });

  it("refuses a key that would be shared, and one that others can read", () => {
    mkdirSync(join(work, "other"));
    cpSync(key(), join(work, "other/site.key"));
    expect(elpis(["deidentify", "samples", "--out", "other", "--site-key", "other/site.key"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("lies inside the output folder"),
    });
    chmodSync(join(work, "other/site.key"), 0o644);
    expect(elpis(["key", "show", "--site-key", "other/site.key"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("chmod 600"),
    });
  });

  it("takes a closed pipe for an end, not for a failure", () => {
    const command = `"$0" "$@" | head -c 20 >/dev/null; echo "\${PIPESTATUS[0]}"`;
    const args = [...nodeArgs, "inspect", "samples/HEADCT/report.dcm", "--json"];
    const { stdout, stderr } = spawnSync("bash", ["-c", command, process.execPath, ...args], {
      cwd: work,
      encoding: "utf8",
    });
    expect({ stdout, stderr }).toEqual({ stdout: "0\n", stderr: "" });
  });
});

describe("the demo", () => {
  it("shows before and after, what was held and where to look next, and runs twice", {
    timeout: 300_000,
  }, () => {
    const started = performance.now();
    const first = elpis(["demo", "--dir", "demo"]);
    const seconds = (performance.now() - started) / 1000;
    expect(first.stderr).toBe("");
    expect(first.status).toBe(0);
    expect(seconds).toBeLessThan(60);
    expect(first.stdout).toMatch(/Patient's Name +Musterfrau\^Jördis\^Anna +\S+/);
    expect(first.stdout).toMatch(/KVP +120 +120/);
    expect(first.stdout).toMatch(/^Pixel data: identical, byte for byte, in [45] of these 5$/m);
    expect(first.stdout).toMatch(/letter\.dcm +CLASS_HELD/);
    expect(first.stdout).toMatch(/\d+ frames examined, text blanked in \d/);
    expect(first.stdout).not.toContain("\u001b");
    const commands = [...first.stdout.matchAll(/^ {3}npx elpis (.*)$/gm)].map(([, text = ""]) => text);
    expect(commands.length).toBeGreaterThanOrEqual(3);
    for (const text of commands) {
      const args = [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
      expect(elpis(args).status, text).toBe(0);
    }
    const again = elpis(["demo", "--dir", "demo"]);
    const untimed = (text: string) => text.replace(/in [\d.]+ s/, "");
    expect(untimed(again.stdout)).toBe(untimed(first.stdout));
    expect(existsSync(join(work, "demo/site.key"))).toBe(true);
  });

  it("touches no folder that holds something else", () => {
    mkdirSync(join(work, "mine"));
    writeFileSync(join(work, "mine/letter.txt"), "mine");
    for (const args of [
      ["demo", "--dir", "mine"],
      ["samples", "mine"],
    ]) {
      expect(elpis(args)).toMatchObject({ status: 2, stderr: expect.stringContaining("mine") });
    }
    expect(readdirSync(join(work, "mine"))).toEqual(["letter.txt"]);
  });
});
