import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { scratchFolder } from "../../../test/support/scratch.js";
import { isElpisError } from "../../base/index.js";
import { Pool } from "./pool.js";
import type { Task } from "./tasks.js";

/** A pool of threads that run this script; `port` receives tasks, `n` counts them. */
function poolOf(size: number, script: string, limits?: { maxOldGenerationSizeMb: number }): Pool {
  const path = join(scratchFolder(), "thread.mjs");
  writeFileSync(
    path,
    `import { parentPort as port } from "node:worker_threads";
     let n = 0;
     port.on("message", (task) => { n++; ${script} });`,
  );
  return new Pool(size, () => new Worker(path, limits ? { resourceLimits: limits } : {}));
}

const answer = 'port.postMessage({ kind: "hashed", sha256: [String(task.files.length)] })';
const task = (files: number): Task => ({
  kind: "hash",
  files: Array.from({ length: files }, (_, id) => ({ id, path: "" as never, size: 0, digest: false })),
});
const died = (words: string) =>
  expect.toSatisfy((error: unknown) => isElpisError(error, "WORKER_DIED") && error.message.includes(words));

describe("a pool of threads", { timeout: 20_000 }, () => {
  it("runs every task once and gives each result with its task", async () => {
    const pool = poolOf(3, answer);
    const pairs: [string, number][] = [];
    await pool.run(
      Array.from({ length: 50 }, (_, i) => task(i)),
      (result, done) => {
        if (result.kind === "hashed" && done.kind === "hash")
          pairs.push([result.sha256[0]!, done.files.length]);
      },
    );
    await pool.close();
    expect(pairs.map(([, length]) => length).sort((a, b) => a - b)).toEqual([...Array(50).keys()]);
    expect(pairs.every(([said, length]) => said === String(length))).toBe(true);
  });

  it("takes no more tasks than its threads can have at hand", async () => {
    const pool = poolOf(2, answer);
    let taken = 0;
    let done = 0;
    let most = 0;
    function* tasks(): Generator<Task> {
      for (; taken < 40; taken++) {
        most = Math.max(most, taken - done);
        yield task(1);
      }
    }
    await pool.run(tasks(), () => done++);
    await pool.close();
    expect(most).toBeLessThanOrEqual(4);
  });

  it("asks every thread when it collects", async () => {
    const pool = poolOf(3, 'port.postMessage({ kind: "collected", part: task.kind })');
    const parts: unknown[] = [];
    await pool.collect((result) => parts.push(result));
    await pool.close();
    expect(parts).toHaveLength(3);
  });

  it("has nothing to do for no task", async () => {
    const pool = poolOf(1, answer);
    await pool.run([], () => {});
    await pool.close();
  });

  it.each([
    ["exits", "if (n === 3) process.exit(3);", "ended"],
    ["throws", 'if (n === 3) throw new TypeError("patient name");', "ended"],
    ["has exited before", "process.exit(0);", "ended"],
  ])("says WORKER_DIED when a thread %s, and how to go on", async (_, script, words) => {
    const pool = poolOf(2, `${script} ${answer}`);
    const run = pool.run(
      Array.from({ length: 20 }, () => task(1)),
      () => {},
    );
    await expect(run).rejects.toEqual(died(words));
    await expect(run).rejects.toEqual(died("--resume"));
    await expect(pool.run([task(1)], () => {})).rejects.toEqual(died(words));
    await pool.close();
  });

  it("says so when a thread runs out of memory", async () => {
    const script = "const all = []; for (;;) all.push(new Array(1000).fill(n));";
    const pool = poolOf(1, script, { maxOldGenerationSizeMb: 8 });
    await expect(pool.run([task(1)], () => {})).rejects.toEqual(died("memory"));
    await pool.close();
  });

  it("passes on the error that a thread reports, with its code", async () => {
    const pool = poolOf(
      2,
      'port.postMessage({ kind: "failed", code: "OUTPUT_UNWRITABLE", message: "full" })',
    );
    const full = expect.toSatisfy((error: unknown) => isElpisError(error, "OUTPUT_UNWRITABLE"));
    await expect(pool.run([task(1), task(1)], () => {})).rejects.toEqual(full);
    await pool.close();
  });

  it("stops at an error of the one who takes the results", async () => {
    const pool = poolOf(2, answer);
    const run = pool.run([task(1), task(1)], () => {
      throw new RangeError("no");
    });
    await expect(run).rejects.toThrow(RangeError);
    await pool.close();
  });
});
