import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { sampleStudies } from "../../src/cli/samples/index.js";
import { type BuiltinProfile, builtinProfile, type Profile } from "../../src/deid/index.js";
import { type CorpusFile, corpusFiles, corpusFolder } from "../support/corpus.js";
import { itNeeding } from "../support/needs.js";
import { scratchFolder } from "../support/scratch.js";
import { soaking } from "../support/soak.js";
import { itWithTool, requirement } from "../support/tools.js";
import { objectsOfEveryClass } from "./support/every-class.js";
import { JUDGES, type JudgePaths } from "./support/judges.js";
import { COMBINED_OPTIONS, SINGLE_OPTIONS } from "./support/option-profiles.js";
import type { Subject } from "./support/release.js";
import { summarise } from "./support/summary.js";
import { trials } from "./support/trial.js";

const BUILTIN: readonly BuiltinProfile[] = ["research", "basic", "limited"];
const vetted = (name: BuiltinProfile): Profile => ({ ...builtinProfile(name), pixels: "vetted" });

/** Warnings that follow from PS3.15 itself: Table E.1-1 empties what a DICOMDIR would be built from. */
const EXPECTED_WARNING =
  /^dciodvfy: Warning - Missing attribute or value that would be needed to build DICOMDIR - Study (Date|Time|ID)$/;
/** A code of which only the form may stay is no term of a scheme any more. */
const DUMMY_CODE =
  /^dciodvfy: Warning - Unrecognized defined term <> for value # of attribute <Coding Scheme Designator>$/;

/** Two files of every SOP class, transfer syntax and folder: the slice that `npm test` takes. */
function slice(files: readonly CorpusFile[]): readonly CorpusFile[] {
  const taken = new Map<string, number>();
  const isNew = (key: string, most: number) => {
    const count = (taken.get(key) ?? 0) + 1;
    taken.set(key, count);
    return count <= most;
  };
  return files.filter(({ path, sopClass, transferSyntax }) => {
    const keys = [isNew(`class ${sopClass}`, 2), isNew(`syntax ${transferSyntax}`, 1)];
    return keys.includes(true) || isNew(`folder ${path.split("/").slice(0, 2).join("/")}`, 1);
  });
}

const read = ({ path, absolute }: CorpusFile): Subject => ({
  name: path,
  bytes: new Uint8Array(readFileSync(absolute)),
});

async function expectValid(
  subjects: readonly Subject[],
  profiles: readonly Profile[],
  paths: JudgePaths,
): Promise<void> {
  const all = await trials(subjects, profiles, scratchFolder(), paths);
  const { released, unreadable, newErrors, newWarnings, undecided } = summarise(all);
  expect({ unreadable, newErrors, undecided }).toEqual({ unreadable: [], newErrors: [], undecided: [] });
  expect(newWarnings.filter(({ kind }) => !EXPECTED_WARNING.test(kind) && !DUMMY_CODE.test(kind))).toEqual(
    [],
  );
  expect(released).toBeGreaterThan(all.length / 2);
}

/** A test that needs the judges and the corpus; it is handed both. */
function itNeedingCorpus(title: string, run: (paths: JudgePaths, folder: string) => Promise<void>): void {
  const folder = corpusFolder();
  itNeeding(
    title,
    () =>
      folder === undefined
        ? { kind: "skip", reason: "needs the public corpus in ../shared/corpus or ELPIS_CORPUS" }
        : requirement(JUDGES),
    (paths) => run(paths, folder!),
    soaking ? undefined : 300_000,
  );
}

itNeedingCorpus(
  "what is made of public files has no error that they had not, and is read by whoever read them",
  async (paths) => {
    const files = soaking ? corpusFiles() : slice(corpusFiles());
    await expectValid(files.map(read), (soaking ? BUILTIN : BUILTIN.slice(0, 2)).map(vetted), paths);
  },
);

itWithTool(
  JUDGES,
  "every option alone, and options together, leave the sample studies valid",
  async (paths) => {
    const samples = [...sampleStudies()].map(({ path, bytes }) => ({ name: path, bytes }));
    // One slice of each series; their names differ in a number.
    const first = new Map(samples.reverse().map((sample) => [sample.name.replace(/\d+/, ""), sample]));
    const subjects = soaking ? samples : [...first.values()];
    const combined = soaking ? COMBINED_OPTIONS : COMBINED_OPTIONS.slice(-2);
    await expectValid(subjects, [...SINGLE_OPTIONS, ...combined], paths);
  },
  soaking ? undefined : 300_000,
);

itNeedingCorpus(
  "what the modules of each class demand is still there, in an object that has all of it",
  async (paths, folder) => {
    const all = objectsOfEveryClass(folder, soaking);
    const subjects = soaking ? all : all.filter((_, at) => at % 8 === 0);
    await expectValid(subjects, [vetted("research"), vetted("basic")], paths);
  },
);
