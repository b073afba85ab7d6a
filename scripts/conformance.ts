/**
 * De-identifies every DICOM file of the public corpus under the profiles that come along and has dciodvfy,
 * dcmtk, gdcm and pydicom compare what came out with what went in:
 *   npm run conformance -- [--profile NAME]... [--only PART-OF-PATH] [--list]
 * Prints what was held and why, new errors and new warnings by kind; --list adds the files. Exits 1 when there
 * is a new error, a file that a judge can no longer read, or a value that changed without a decision.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type BuiltinProfile, builtinProfile, type Profile } from "../src/deid/index.js";
import { JUDGES } from "../test/conformance/support/judges.js";
import { type Row, summarise } from "../test/conformance/support/summary.js";
import { type Trial, trials } from "../test/conformance/support/trial.js";
import { corpusFiles } from "../test/support/corpus.js";
import { requirement } from "../test/support/tools.js";

const { values: options } = parseArgs({
  options: {
    profile: { type: "string", multiple: true, default: ["research", "basic", "limited"] },
    only: { type: "string", default: "" },
    list: { type: "boolean", default: false },
  },
});

function print(title: string, rows: readonly Row[]): void {
  console.log(`  ${title}: ${rows.length === 0 ? "none" : ""}`);
  for (const { kind, files, example } of rows)
    console.log(`    ${String(files).padStart(4)}  ${kind}  (${example})`);
}

function report(profile: string, of: readonly Trial[]): boolean {
  const sum = summarise(of);
  console.log(`\n${profile}: ${sum.subjects} files, ${sum.released} released`);
  print("held", sum.held);
  print("can no longer be read by", sum.unreadable);
  print("new errors", sum.newErrors);
  print("new warnings", sum.newWarnings);
  print("values changed without a decision", sum.undecided);
  if (options.list) {
    for (const { subject, held, newErrors, newWarnings } of of) {
      const what = held
        ? `held ${[...new Set(held.map(({ code }) => code))].join(" ")}`
        : `released, ${newErrors.size} new kinds of error, ${newWarnings.size} of warning`;
      console.log(`    ${subject}: ${what}`);
    }
  }
  return sum.newErrors.length + sum.unreadable.length + sum.undecided.length === 0;
}

const need = requirement(JUDGES);
if (need.kind !== "run") throw new Error(need.reason);
const subjects = corpusFiles()
  .filter(({ path }) => path.includes(options.only))
  .map(({ path, absolute }) => ({ name: path, bytes: new Uint8Array(readFileSync(absolute)) }));
const profiles = options.profile.map(
  (name): Profile => ({ ...builtinProfile(name as BuiltinProfile), pixels: "vetted" }),
);
const folder = mkdtempSync(join(tmpdir(), "elpis-conformance-"));
try {
  const all = await trials(subjects, profiles, folder, need.given);
  const fine = profiles.map(({ name }) =>
    report(
      name,
      all.filter((trial) => trial.profile === name),
    ),
  );
  process.exitCode = fine.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
