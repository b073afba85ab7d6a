import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { pick, type Random, randomInt, seededRandom } from "../../src/base/index.js";
import { encodeSiteKey } from "../../src/deid/index.js";
import { scratchFolder } from "../support/scratch.js";
import { rounds } from "../support/soak.js";
import { readTree, writeHoldProfile, writeInput } from "./input.js";

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const main = join(repository, "src/cli/main.ts");

/** Starts `elpis deidentify` in a process of its own. */
function start(folder: string, out: string, jobs: number, resume: boolean, profile = "research") {
  const options = [
    "--out",
    join(folder, out),
    "--site-key",
    join(folder, "site.key"),
    "--jobs",
    String(jobs),
    "--profile",
    profile,
  ];
  const args = ["deidentify", join(folder, "in"), ...options, ...(resume ? ["--resume"] : [])];
  const child = spawn(process.execPath, ["--import", "tsx", main, ...args], {
    cwd: repository,
    stdio: "pipe",
  });
  let stderr = "";
  child.stderr.on("data", (data) => (stderr += data));
  const exited = once(child, "exit") as Promise<[number | null, string | null]>;
  return { child, exited, errors: () => stderr };
}

function result(folder: string, out: string) {
  const crosswalk = readTree(join(folder, `${out}.crosswalk`));
  crosswalk.delete("journal.jsonl");
  return {
    release: readTree(join(folder, out)),
    crosswalk,
    held: readTree(join(folder, `${out}.held`)),
  };
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** Waits for a random moment of the run: by the clock, or by how far the journal has come. */
async function randomMoment(
  run: ReturnType<typeof start>,
  random: Random,
  wholeMs: number,
  journal: string,
  journalSize: number,
) {
  if (random() < 0.25) return sleep(random() * wholeMs);
  const enough = sizeOf(journal) + random() * (journalSize - sizeOf(journal));
  // No deadline: with other work on the machine a part takes longer than the whole did before.
  while (sizeOf(journal) < enough && run.child.exitCode === null) await sleep(1);
}

describe("a run that is killed at random moments", () => {
  it("leaves whole files or none, and gives the same bytes once it is resumed", async () => {
    const folder = scratchFolder();
    writeInput(join(folder, "in"), { patients: 6, studies: 3, instances: 20, pixels: 8192 });
    writeFileSync(join(folder, "site.key"), encodeSiteKey(new Uint8Array(32).fill(9)), { mode: 0o600 });
    const profile = writeHoldProfile(folder);
    const input = readTree(join(folder, "in"));
    const began = performance.now();
    const whole = start(folder, "whole", 1, false, profile);
    expect((await whole.exited)[0], whole.errors()).toBe(3);
    const wholeMs = performance.now() - began;
    const expected = result(folder, "whole");
    const journalSize = sizeOf(join(folder, "whole.crosswalk/journal.jsonl"));
    const random = seededRandom(20_261_120);
    const kills = rounds(4, 100);
    let killed = 0;
    let midway = 0;
    while (killed < kills) {
      const journal = join(folder, "out.crosswalk/journal.jsonl");
      for (const name of ["out", "out.crosswalk", "out.held"])
        rmSync(join(folder, name), { recursive: true, force: true });
      mkdirSync(join(folder, "out"));
      let code: number | null = null;
      while (code === null) {
        const run = start(folder, "out", pick(random, [1, 2, 3]), sizeOf(journal) > 0, profile);
        // The last start of a round is left alone, and so finishes.
        if (killed < kills && randomInt(random, 0, 5) > 0) {
          await Promise.race([randomMoment(run, random, wholeMs, journal, journalSize), run.exited]);
          run.child.kill("SIGKILL");
        }
        const [exit, signal] = await run.exited;
        code = exit;
        if (signal === "SIGKILL") {
          killed++;
          if (sizeOf(journal) > 2000) midway++;
          requireWhole(folder, expected.release);
        } else expect(exit, run.errors()).toBe(3);
      }
      expect(result(folder, "out")).toEqual(expected);
    }
    expect(readTree(join(folder, "in"))).toEqual(input);
    expect(midway).toBeGreaterThan(kills / 4);
  });
});

describe.skipIf(process.platform === "win32")("a run that is stopped by hand", () => {
  it.each([1, 3])("with %i jobs says how to go on, leaves no half file, and is resumed", async (jobs) => {
    const folder = scratchFolder();
    writeInput(join(folder, "in"), { patients: 6, studies: 3, instances: 12, pixels: 2048 });
    writeFileSync(join(folder, "site.key"), encodeSiteKey(new Uint8Array(32).fill(9)), { mode: 0o600 });
    const run = start(folder, "out", jobs, false);
    const journal = join(folder, "out.crosswalk/journal.jsonl");
    while (sizeOf(journal) < 2000 && run.child.exitCode === null) await sleep(1);
    run.child.kill("SIGINT");
    expect(await run.exited).toEqual([130, null]);
    expect(run.errors()).toMatch(/^elpis: stopped; continue with the same command and --resume$/m);
    expect(existsSync(join(folder, "out/release.json"))).toBe(false);
    const paths = ["out", "out.crosswalk"].flatMap((name) => [...readTree(join(folder, name)).keys()]);
    expect(paths.filter((path) => /\.(?:part|lock)$/.test(path))).toEqual([]);
    const resumed = start(folder, "out", jobs, true);
    expect((await resumed.exited)[0], resumed.errors()).toBe(3);
    const whole = start(folder, "whole", jobs, false);
    expect((await whole.exited)[0], whole.errors()).toBe(3);
    expect(result(folder, "out")).toEqual(result(folder, "whole"));
  });

  it("before it has begun to write leaves nothing", async () => {
    const folder = scratchFolder();
    writeInput(join(folder, "in"), { patients: 6, studies: 3, instances: 60, pixels: 64 });
    writeFileSync(join(folder, "site.key"), encodeSiteKey(new Uint8Array(32).fill(9)), { mode: 0o600 });
    const before = readdirSync(folder);
    const run = start(folder, "out", 1, false);
    while (!existsSync(join(folder, "out.crosswalk/run.lock"))) await sleep(1);
    run.child.kill("SIGTERM");
    expect(await run.exited).toEqual([130, null]);
    expect(run.errors()).toContain("elpis: stopped; nothing was written");
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe("a run whose disk is full", () => {
  it.skipIf(process.platform === "win32")(
    "ends with OUTPUT_UNWRITABLE, leaves no half file, and is resumed",
    async () => {
      const folder = scratchFolder();
      writeInput(join(folder, "in"), { patients: 2, studies: 2, instances: 20, pixels: 8192 });
      writeFileSync(join(folder, "site.key"), encodeSiteKey(new Uint8Array(32).fill(9)), { mode: 0o600 });
      const profile = writeHoldProfile(folder);
      const options = (out: string) => [
        ...["--out", join(folder, out), "--site-key", join(folder, "site.key"), "--profile", profile],
      ];
      const elpis = (out: string, more: readonly string[], limit = "unlimited") => {
        const args = ["--import", "tsx", main, "deidentify", join(folder, "in"), ...options(out), ...more];
        // No file may grow beyond `limit` blocks: neither images nor the journal, whichever comes first.
        const script = `ulimit -f ${limit}; exec "$@"`;
        return spawnSync("sh", ["-c", script, "sh", process.execPath, ...args], {
          cwd: repository,
          encoding: "utf8",
        });
      };
      expect(elpis("whole", []).status).toBe(3);
      for (const blocks of ["8", "32"]) {
        const failed = elpis(
          "out",
          existsSync(join(folder, "out.crosswalk/journal.jsonl")) ? ["--resume"] : [],
          blocks,
        );
        expect(failed.status, failed.stderr).toBe(1);
        expect(failed.stderr).toContain("cannot be written (EFBIG)");
        expect([...readTree(join(folder, "out")).keys()].filter((path) => path.endsWith(".part"))).toEqual(
          [],
        );
        requireWhole(folder, readTree(join(folder, "whole")));
      }
      const resumed = elpis("out", ["--resume"]);
      expect(resumed.status, resumed.stderr).toBe(3);
      expect(result(folder, "out")).toEqual(result(folder, "whole"));
    },
  );
});

/** Every file under its own name has all its bytes, whatever the moment at which the run was killed. */
function requireWhole(folder: string, release: ReadonlyMap<string, string>): void {
  for (const [path, text] of readTree(join(folder, "out"))) {
    if (path.endsWith(".part")) continue;
    expect(release.get(path) === text, `${path} is whole`).toBe(true);
  }
}
