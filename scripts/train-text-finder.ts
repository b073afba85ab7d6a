// Trains the text finder on synthetic scenes and writes its weights, quantised, into src/pixels/finder/weights.ts:
//   npm run train:text-finder -- --out FILE [--seed N] [--steps N,N,N] [--phase N --start FILE]
//   npm run train:text-finder -- --finish FILE
// The first trains with Debian's torch (text-finder/train.py, some two hours) and keeps the parameters in FILE
// (safetensors; those of each phase in FILE.1, FILE.2 …), --phase and --start go on from such a file, --finish only quantises one.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readParameters } from "../src/compute/index.js";
import { requirement } from "../test/support/tools.js";
import { weightsModule } from "./text-finder/weights.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const WEIGHTS = join(root, "src/pixels/finder/weights.ts");

function train(options: readonly string[]): string {
  const need = requirement(["torch"]);
  if (need.kind !== "run") throw new Error(need.reason);
  const script = join(root, "scripts/text-finder/train.py");
  const { status } = spawnSync(need.given.torch, [script, ...options], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`the training ended with ${status}`);
  return options[options.indexOf("--out") + 1]!;
}

const [first, file, ...rest] = process.argv.slice(2);
const isFinished = first === "--finish" && file !== undefined && rest.length === 0;
const parameters = isFinished ? file : train(process.argv.slice(2));
const { source, report } = weightsModule(readParameters(readFileSync(parameters)));
writeFileSync(WEIGHTS, source);
process.stderr.write(`${report}\n`);
