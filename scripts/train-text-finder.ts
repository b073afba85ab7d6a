// Trains the text finder on synthetic scenes and writes its weights, quantised, into src/pixels/finder/weights.ts:
//   npm run train:text-finder -- --out FILE [--seed N] [--steps N,N,N,N,N] [--phase N --start FILE]
//   npm run train:text-finder -- --finish FILE
// The first trains with Debian's torch (text-finder/train.py, hours) and keeps the parameters in FILE
// (safetensors; those of each phase in FILE.1, FILE.2 …), --phase and --start go on from such a file, --finish only quantises one.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readParameters } from "../src/compute/index.js";
import { requirement } from "../test/support/tools.js";
import { weightsModule } from "./text-finder/weights.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const WEIGHTS = join(root, "src/pixels/finder/weights.ts");

/** What a command line asks for. */
export interface Task {
  /** Where the parameters lie, or will lie after a training. */
  readonly parameters: string;
  /** What train.py is told; undefined where nothing is trained. */
  readonly training?: readonly string[];
}

/** Files are taken from the folder of the caller. Throws an error that says what to write instead. */
export function taskOf(args: readonly string[]): Task {
  const given = optionsOf(args);
  const { out, finish, start, phase } = given;
  const empty = Object.keys(given).find((name) => given[name as keyof typeof given] === "");
  if (empty)
    throw new Error(
      `--${empty} says nothing: parameters go to --out FILE, and are quantised from --finish FILE`,
    );
  if (finish !== undefined) {
    if (Object.keys(given).length > 1)
      throw new Error("--finish FILE only quantises FILE: leave out the other options");
    return { parameters: resolve(finish) };
  }
  if (out === undefined)
    throw new Error("say where the parameters go, with --out FILE, or which to quantise, with --finish FILE");
  if ((phase === undefined) !== (start === undefined))
    throw new Error("--phase N goes on from the parameters of --start FILE: give both or neither");
  const parameters = resolve(out);
  const files = { out: parameters, ...(start && { start: resolve(start) }) };
  const training = Object.entries({ ...given, ...files }).map(([name, value]) => `--${name}=${value}`);
  return { parameters, training };
}

const NUMBERS = [
  ["seed", /^\d+$/, "a whole number"],
  ["steps", /^\d+(,\d+){4}$/, "the steps of each phase, as 35000,32000,40000,45000,100000"],
  ["phase", /^[2-5]$/, "2 to 5, with which the training goes on"],
] as const;

function optionsOf(args: readonly string[]) {
  const text = { type: "string" } as const;
  const options = { out: text, seed: text, steps: text, phase: text, start: text, finish: text };
  const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
  for (const [name, form, wanted] of NUMBERS) {
    if (!form.test(values[name] ?? "") && values[name] !== undefined)
      throw new Error(`--${name} takes ${wanted}`);
  }
  return values;
}

function train(options: readonly string[]): void {
  const need = requirement(["torch"]);
  if (need.kind !== "run") throw new Error(need.reason);
  const script = join(root, "scripts/text-finder/train.py");
  const { status } = spawnSync(need.given.torch, [script, ...options], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`the training ended with ${status}`);
}

function main(): void {
  const { parameters, training } = taskOf(process.argv.slice(2));
  if (training) train(training);
  const { source, report } = weightsModule(readParameters(readFileSync(parameters)));
  writeFileSync(WEIGHTS, source);
  process.stderr.write(`${report}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
