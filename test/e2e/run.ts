import { join } from "node:path";
import { type DeidentifyOptions, deidentify } from "../../src/cli/deidentify.js";

export const siteKey = new Uint8Array(32).fill(42);

/** Of a run from `in` to `out` within the folder. */
export function optionsIn(folder: string, more: Partial<DeidentifyOptions> = {}): DeidentifyOptions {
  return {
    inputs: [join(folder, "in")],
    out: join(folder, "out"),
    profile: "research",
    project: "p",
    recipient: "r",
    siteKey,
    crosswalk: join(folder, "out.crosswalk"),
    held: join(folder, "out.held"),
    jobs: 1,
    resume: false,
    json: false,
    digests: true,
    ...more,
  };
}

/** Runs, and returns what it printed. */
export async function run(options: DeidentifyOptions, isTTY = false) {
  const printed = { stdout: "", stderr: "" };
  const code = await deidentify(options, {
    stdout: { write: (text: string) => (printed.stdout += text) },
    stderr: { write: (text: string) => (printed.stderr += text) },
    isTTY,
  });
  return { code, ...printed };
}
