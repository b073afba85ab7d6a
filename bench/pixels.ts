/**
 * `npm run bench:pixels [-- --quick --only NAME --seed N --json --verbose --out FILE]`: everything that finding and
 * blanking burned-in text must show, each number with its 95 % interval (Wilson for shares, bootstrap over images
 * for areas) and its verdict. --quick takes a tenth of the images. Exit status 1 where a requirement is missed.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { PixelTools } from "../src/pixels/examination.js";
import { TEXT_FINDER_DIGEST } from "../src/pixels/finder/weights.js";
import { openPixelTools } from "../src/pixels/node.js";
import { reportBurnedIn } from "./pixels/burned-in.js";
import { reportCorpus } from "./pixels/corpus.js";
import { reportFaults } from "./pixels/faults.js";
import { measureHeldOut } from "./pixels/held-out.js";
import { reportHeldOut } from "./pixels/held-out-report.js";
import { Report, type Run } from "./pixels/report.js";
import { reportSpeed } from "./pixels/speed.js";
import { reportUntouched } from "./pixels/untouched.js";

type Section = (run: Run, tools: PixelTools) => Promise<void> | void;

const SECTIONS: Readonly<Record<string, Section>> = {
  "held-out": async (run, tools) => reportHeldOut(run, await measureHeldOut(run, tools)),
  "burned-in": reportBurnedIn,
  corpus: reportCorpus,
  speed: reportSpeed,
  untouched: reportUntouched,
  faults: reportFaults,
  ours: async (run, tools) => reportHeldOut(run, await measureHeldOut(run, tools, false)),
};
/** What a part of another section repeats. */
const ON_DEMAND: ReadonlySet<string> = new Set(["ours"]);

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    seed: { type: "string", default: "20261" },
    json: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
    out: { type: "string" },
  },
});

async function main(): Promise<number> {
  const names = values.only?.split(",") ?? Object.keys(SECTIONS).filter((name) => !ON_DEMAND.has(name));
  const unknown = names.find((name) => !(name in SECTIONS));
  if (unknown !== undefined)
    throw new RangeError(`--only ${unknown}: one of ${Object.keys(SECTIONS).join(", ")}`);
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError("--seed is a number from 0");
  const report = new Report();
  const progress = (text: string) => void process.stderr.write(`${text}\n`);
  const run: Run = { seed, scale: values.quick ? 0.1 : 1, verbose: values.verbose, report, progress };
  const only = values.only === undefined ? "" : ` --only ${values.only}`;
  report.say(
    `weights ${TEXT_FINDER_DIGEST.slice(0, 16)}…; again: npm run bench:pixels -- --seed ${seed}${values.quick ? " --quick" : ""}${only}`,
  );
  const tools = await openPixelTools();
  for (const name of names) await SECTIONS[name]!(run, tools);
  tools.reader.close();
  return print(report);
}

function print({ lines, verdicts, numbers }: Report): number {
  const missed = verdicts.filter(({ passed }) => !passed);
  const text = values.json
    ? JSON.stringify({ verdicts, numbers }, undefined, 1)
    : [...lines, "", `${verdicts.length - missed.length} of ${verdicts.length} requirements met`].join("\n");
  if (values.out === undefined) process.stdout.write(`${text}\n`);
  else writeFileSync(values.out, `${text}\n`);
  return missed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
