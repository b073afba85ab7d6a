import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A program and its arguments. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** Seconds of one run, its start included, and of all processes that it started. */
export interface Timing {
  readonly wall: number;
  readonly user: number;
  readonly system: number;
}

/**
 * Runs a command and measures it from outside, with the shell's `time`: wall time, and the processor time of
 * all its processes in user and kernel mode, as the kernel counts them. Throws with the end of what the
 * command said when it fails.
 */
export function measure(command: CommandLine, scratch: string, status: readonly number[] = [0]): Timing {
  const said = join(scratch, "said.txt");
  const script = `TIMEFORMAT="%3R %3U %3S"; time "$@" >"$SAID" 2>&1`;
  const ran = spawnSync("bash", ["-c", script, "bench", ...command], {
    encoding: "utf8",
    env: { ...process.env, SAID: said, LC_ALL: "C.UTF-8" },
  });
  if (ran.status === null || !status.includes(ran.status)) {
    const words = readFileSync(said, "utf8").slice(-2000);
    throw new Error(`${command.slice(0, 3).join(" ")} … exits ${ran.status}\n${words}`);
  }
  const [wall, user, system] = ran.stderr.trim().split("\n").at(-1)!.split(" ").map(Number);
  return { wall: wall!, user: user!, system: system! };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Milliseconds of `times` calls, after a few to warm up; the fastest is what other work on the machine disturbs least. */
export function timings(times: number, call: () => void): { fastest: number; middle: number } {
  for (let i = 0; i < 3; i++) call();
  const samples = Array.from({ length: times }, () => {
    const start = performance.now();
    call();
    return performance.now() - start;
  });
  return { fastest: Math.min(...samples), middle: median(samples) };
}
