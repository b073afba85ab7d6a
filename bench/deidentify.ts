// How fast folders of CT files are de-identified, ours and others, and what each leaves in them:
//   npm run bench -- [--files N] [--rounds N] [--only NAME,...] [--in FOLDER] [--keep FOLDER] [--json]
// --in names the folder for inputs and outputs, --keep one in which the inputs stay for the next run.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync, statfsSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Contestant, contestants, copy } from "./support/contestants.js";
import { type Corpus, makeCorpus } from "./support/corpus.js";
import { type Findings, searchLeaks } from "./support/leaks.js";
import { measure, median, type Timing } from "./support/measure.js";
import { type Result, tables, verdicts } from "./support/verdict.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values: options } = parseArgs({
  options: {
    files: { type: "string", default: "2000" },
    rounds: { type: "string", default: "3" },
    only: { type: "string" },
    in: { type: "string" },
    keep: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const say = (text: string) => void process.stderr.write(`${text}\n`);

interface Measured {
  readonly timings: Timing[];
  findings: Findings | undefined;
}

/**
 * Every contestant once a round, each round beginning with the next one, so that no one always meets the
 * same neighbour. The output of the last round is searched. Outputs are removed at once.
 */
function compete(present: readonly Contestant[], corpus: Corpus, rounds: number, scratch: string) {
  const measured = new Map<Contestant, Measured>(
    present.map((one) => [one, { timings: [], findings: undefined }]),
  );
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < present.length; turn++) {
      const one = present[(turn + round) % present.length]!;
      const into = measured.get(one)!;
      const work = mkdtempSync(join(scratch, "run-"));
      const out = join(work, "out");
      const timing = measure(one.command(corpus.folder, out), work);
      into.timings.push(timing);
      const cpu = ((timing.user + timing.system) * 1000) / corpus.count;
      say(
        `round ${round + 1}: ${one.name.padEnd(20)} ${cpu.toFixed(2)} ms CPU a file, ${timing.wall.toFixed(1)} s`,
      );
      if (round === rounds - 1) into.findings = searchLeaks(out, corpus);
      rmSync(work, { recursive: true });
    }
  }
  return measured;
}

function resultOf({ name }: Contestant, { timings, findings }: Measured, files: number): Result {
  const cpu = timings.map(({ user, system }) => ((user + system) * 1000) / files);
  const wall = timings.map((timing) => timing.wall);
  return {
    name,
    cpuMs: median(cpu),
    filesPerSecond: files / median(wall),
    bestFilesPerSecond: files / Math.min(...wall),
    spread: [Math.min(...cpu), Math.max(...cpu)],
    findings: findings!,
  };
}

function positive(text: string, option: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new RangeError(`--${option} is a number from 1`);
  return Number(text);
}

function run(scratch: string): boolean {
  const built = spawnSync(process.execPath, [join(root, "scripts/build.mjs")], { stdio: "inherit" });
  if (built.status !== 0) throw new Error("the project does not compile");
  const folder = options.keep ?? join(scratch, "corpus");
  const corpus = makeCorpus(folder, positive(options.files, "files"));
  const processors = `${cpus().length} × ${cpus()[0]!.model.trim()}, files ${place === MEMORY ? "in memory" : "on disk"}`;
  const machine = `${processors}, Node ${process.versions.node}, load average ${loadavg()[0]!.toFixed(1)} at the start`;
  const described = `${corpus.count} CT files of ${Math.round(corpus.bytesPerFile / 1000)} kB, ${corpus.elements} elements of which ${corpus.privateElements} private, ${corpus.patients} patients, ${corpus.series} series`;
  say(`${described}\n${machine}`);
  const { present, missing } = contestants(scratch);
  for (const { name, reason } of missing) say(`${name} does not take part: ${reason}`);
  const chosen = present.filter(
    ({ name }) => options.only === undefined || options.only.split(",").includes(name),
  );
  // Once unmeasured: memory that the system has not handed out for long costs whoever comes first.
  measure(copy.command(corpus.folder, join(scratch, "warm-up")), scratch);
  rmSync(join(scratch, "warm-up"), { recursive: true });
  const measured = compete(chosen, corpus, positive(options.rounds, "rounds"), scratch);
  const results = chosen.map((one) => resultOf(one, measured.get(one)!, corpus.count));
  const checks = options.only === undefined ? verdicts(results, corpus.count) : [];
  report({
    corpus: described,
    machine: `${machine}, ${loadavg()[0]!.toFixed(1)} at the end`,
    missing,
    results,
    checks,
  });
  return checks.every(({ passed }) => passed);
}

interface Report {
  readonly corpus: string;
  readonly machine: string;
  readonly missing: readonly { readonly name: string; readonly reason: string }[];
  readonly results: readonly Result[];
  readonly checks: ReturnType<typeof verdicts>;
}

function report(of: Report): void {
  if (options.json) {
    const plain = (_: string, value: unknown) =>
      value instanceof Map ? Object.fromEntries(value) : value instanceof Set ? [...value].toSorted() : value;
    process.stdout.write(`${JSON.stringify(of, plain, 2)}\n`);
    return;
  }
  const lines = of.checks.map(({ what, passed }) => `${passed ? "pass" : "FAIL"}  ${what}`);
  process.stdout.write(
    `\n${of.corpus}\n${of.machine}\n\n${tables(of.results)}\n\n${lines.join("\n")}${lines.length > 0 ? "\n" : ""}`,
  );
}

/** Linux's folder in memory, where it has room. */
const MEMORY = "/dev/shm";
/** Bytes of a file with what is made beside it; inputs and one contestant's outputs are there at a time. */
const ROOM_PER_FILE = 600_000;

/**
 * Where to work: in memory if possible. Processor time is what is compared, and on a disk it depends on what
 * the disk just did: ext4 takes several times as long to make files where others were removed a moment ago.
 */
function workplace(): string {
  if (options.in !== undefined) return options.in;
  if (!existsSync(MEMORY)) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize > 4 * ROOM_PER_FILE * positive(options.files, "files") ? MEMORY : tmpdir();
}

// Everything here waits for its children: an interrupt ends the child, `measure` throws, and what follows cleans up.
process.on("SIGINT", () => {});
const place = workplace();
const scratch = mkdtempSync(join(realpathSync(place), "elpis-bench-"));
try {
  process.exitCode = run(scratch) ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
