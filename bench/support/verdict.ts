import { availableParallelism } from "node:os";
import type { ContestantName } from "./contestants.js";
import { type Findings, LEAK_KINDS, type LeakKind } from "./leaks.js";

/** One contestant's medians over the repetitions, and what its last output held. */
export interface Result {
  readonly name: ContestantName;
  /** Milliseconds of processor time a file, user and kernel mode, start of the program included. */
  readonly cpuMs: number;
  /** By the clock, median and best round. */
  readonly filesPerSecond: number;
  readonly bestFilesPerSecond: number;
  /** Lowest and highest CPU of the repetitions, ms a file. */
  readonly spread: readonly [number, number];
  readonly findings: Findings;
}

export interface Check {
  readonly what: string;
  readonly passed: boolean;
}

/** The limits: so many ms of CPU a file, or so many times what `cp` needs on this machine. */
const LIMITS = [
  { name: "ours without digests", ms: 1.0, timesCp: 4 },
  { name: "ours", ms: 1.6, timesCp: 6.5 },
] as const;
const SPEED_UP = 1.7;

export function isClean({ findings }: Result): boolean {
  return findings.filesWithLeaks === 0 && findings.attributes.size === 0;
}

export function verdicts(results: readonly Result[], files: number): Check[] {
  const result = (name: ContestantName) => results.find((one) => one.name === name)!;
  const [cp, ours, two] = [result("cp -r"), result("ours"), result("ours with 2 jobs")];
  const checks: Check[] = LIMITS.map(({ name, ms, timesCp }) => {
    const { cpuMs } = result(name);
    const ratio = cpuMs / cp.cpuMs;
    return {
      what: `${name}: ${cpuMs.toFixed(2)} ms CPU a file, ${ratio.toFixed(1)} times cp (at most ${ms.toFixed(1)} ms or ${timesCp} times)`,
      passed: cpuMs <= ms || ratio <= timesCp,
    };
  });
  const peers = results.filter(({ name }) => name !== "cp -r" && !name.startsWith("ours"));
  const clean = peers.filter(isClean);
  const names = clean.length === 0 ? "none of them does" : clean.map(({ name }) => name).join(", ");
  checks.push({
    what: `faster than every peer that leaves nothing in (${names})`,
    passed: clean.every(({ cpuMs }) => cpuMs > ours.cpuMs),
  });
  const apart = result("ours as 2 processes");
  // Of the best rounds: whatever else the machine does in a round slows two threads more than one.
  const speedUp = two.bestFilesPerSecond / ours.bestFilesPerSecond;
  // One job keeps more than one processor busy, since V8 compiles and collects beside it: dividing its processor
  // time among all processors, with nothing lost, would be the most that any number of jobs can gain.
  const busy = (ours.cpuMs / 1000) * ours.bestFilesPerSecond;
  const limits = [
    `two processes that share nothing reach ${(apart.bestFilesPerSecond / ours.bestFilesPerSecond).toFixed(2)}`,
    `${availableParallelism()} processors allow ${(availableParallelism() / busy).toFixed(2)}`,
  ];
  checks.push({
    what: `two jobs ${speedUp.toFixed(2)} times as fast as one by the clock, best rounds (at least ${SPEED_UP}; ${limits.join("; ")})`,
    passed: speedUp >= SPEED_UP,
  });
  checks.push({
    what: "the search finds something in every plain copy",
    passed: cp.findings.filesWithLeaks === files,
  });
  for (const { name, findings, ...rest } of [ours, result("ours without digests"), two, apart]) {
    const whole = findings.files === files && findings.pixelsChanged === 0 && findings.unreadable === 0;
    checks.push({
      what: `${name}: all ${files} files, pixels untouched, nothing left in`,
      passed: whole && isClean({ name, findings, ...rest }),
    });
  }
  return checks;
}

/** The tables of a run as Markdown. */
export function tables(results: readonly Result[]): string {
  const against = (name: ContestantName, cpuMs: number, digits: number) => {
    const other = results.find((one) => one.name === name);
    return other ? (cpuMs / other.cpuMs).toFixed(digits) : "–";
  };
  const speed = results.map((one) => [
    one.name,
    one.cpuMs.toFixed(2),
    `${one.spread[0].toFixed(2)} to ${one.spread[1].toFixed(2)}`,
    against("cp -r", one.cpuMs, 1),
    against("ours", one.cpuMs, 2),
    one.filesPerSecond.toFixed(0),
  ]);
  const left = results
    .filter(({ name }) => name !== "cp -r")
    .map(({ name, findings }) => [
      name,
      `${findings.filesWithLeaks} of ${findings.files}`,
      ...LEAK_KINDS.map((kind) => count(findings, kind)),
      `${findings.studies} / ${findings.series}`,
      String(findings.pixelsChanged + findings.unreadable),
    ]);
  return [
    table(["", "CPU ms a file", "spread", "× cp", "× ours", "files/s"], speed),
    table(["left in", "files", ...LEAK_KINDS, "studies / series", "pixels changed"], left),
  ].join("\n\n");
}

const count = (findings: Findings, kind: LeakKind): string =>
  String(findings.attributes.get(kind)?.size ?? 0);

/** A Markdown table whose columns line up in a terminal too; all but the first stand right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}
