import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isElpisError } from "../../../src/base/index.js";
import type { HeldReason, Profile } from "../../../src/deid/index.js";
import { type Findings, newFindings } from "./findings.js";
import { JUDGES, type Judgement, type JudgeName, type JudgePaths, judgeFiles } from "./judges.js";
import {
  changedPaths,
  type Result,
  releaseAll,
  type Subject,
  surveyOf,
  withFileMeta,
  writeResults,
} from "./release.js";

/** What the judges find in what was made of one subject that they did not find in the subject. */
export interface Trial {
  readonly subject: string;
  readonly profile: string;
  /** Why it was held; undefined when it was released, and then the rest is empty. */
  readonly held?: readonly HeldReason[];
  /** Judges that could read the subject and cannot read what was made of it. */
  readonly unreadable: readonly JudgeName[];
  readonly newErrors: Findings;
  readonly newWarnings: Findings;
  /** Paths of values that changed, came or went without a decision to change them. */
  readonly undecided: readonly string[];
}

const PIXELS = /^\((7FE0,00(08|09|10)|5400,1010)\)$/;

/**
 * De-identifies all subjects under each profile in one first pass each, and has every judge compare what
 * came out with what went in. `folder` receives the files.
 */
export async function trials(
  subjects: readonly Subject[],
  profiles: readonly Profile[],
  folder: string,
  paths: JudgePaths,
): Promise<Trial[]> {
  mkdirSync(folder, { recursive: true });
  const survey = surveyOf(subjects);
  const before = await judgeSubjects(subjects, folder, paths);
  const all: Trial[] = [];
  for (const profile of profiles) {
    const results = releaseAll(subjects, survey, profile);
    const files = writeResults(folder, profile.name, results);
    const judged = files.flatMap((file, at) => (file === undefined ? [] : [{ file, at }]));
    const judgements = await judgeFiles(
      paths,
      judged.map(({ file }) => file),
    );
    const after = new Map(judged.map(({ at }, index) => [at, judgements[index]!]));
    for (const [at, subject] of subjects.entries())
      all.push(compare(subject, profile, results[at]!, before[at]!, after.get(at)));
  }
  return all;
}

/** Each subject as it is; where dciodvfy cannot read it so, with File Meta Information added. */
async function judgeSubjects(
  subjects: readonly Subject[],
  folder: string,
  paths: JudgePaths,
): Promise<Judgement[]> {
  const files = subjects.map(({ bytes }, at) => {
    const file = join(folder, `original-${at}.dcm`);
    writeFileSync(file, bytes);
    return file;
  });
  const first = await judgeFiles(paths, files);
  const again: { at: number; file: string }[] = [];
  for (const [at, { verdicts }] of first.entries()) {
    const copy = verdicts.dciodvfy.readable ? undefined : copyWithFileMeta(subjects[at]!);
    if (!copy) continue;
    const file = join(folder, `original-with-meta-${at}.dcm`);
    writeFileSync(file, copy);
    again.push({ at, file });
  }
  const second = await judgeFiles(
    paths,
    again.map(({ file }) => file),
  );
  for (const [index, { at }] of again.entries()) {
    const { verdicts, elements } = first[at]!;
    first[at] = { verdicts: { ...verdicts, dciodvfy: second[index]!.verdicts.dciodvfy }, elements };
  }
  return first;
}

function copyWithFileMeta(subject: Subject): Uint8Array | undefined {
  try {
    return withFileMeta(subject);
  } catch (error) {
    if (isElpisError(error)) return undefined;
    throw error;
  }
}

function compare(
  subject: Subject,
  profile: Profile,
  result: Result,
  before: Judgement,
  after: Judgement | undefined,
): Trial {
  const trial = { subject: subject.name, profile: profile.name };
  const none = { unreadable: [], newErrors: new Map(), newWarnings: new Map(), undecided: [] };
  if (result.kind === "held" || !after)
    return { ...trial, ...none, held: result.kind === "held" ? result.reasons : [] };
  const newErrors = new Map<string, number>();
  const newWarnings = new Map<string, number>();
  for (const judge of JUDGES) {
    const [was, is] = [before.verdicts[judge], after.verdicts[judge]];
    // Where a judge could not read the subject, it has nothing to compare with.
    if (!was.readable) continue;
    for (const [kind, count] of newFindings(was.errors, is.errors)) newErrors.set(`${judge}: ${kind}`, count);
    for (const [kind, count] of newFindings(was.warnings, is.warnings))
      newWarnings.set(`${judge}: ${kind}`, count);
  }
  const unreadable = JUDGES.filter(
    (judge) => before.verdicts[judge].readable && !after.verdicts[judge].readable,
  );
  const changed = changedPaths(subject, result.patient, profile);
  const undecided = before.verdicts.pydicom.readable ? undecidedChanges(before, after, changed) : [];
  return { ...trial, unreadable, newErrors, newWarnings, undecided };
}

/** Compares values as pydicom finds them with the decisions. Item numbers do not matter to a decision. */
function undecidedChanges(
  before: Judgement,
  after: Judgement,
  changed: ReadonlyMap<string, string>,
): string[] {
  const isDecided = (path: string) => {
    const place = path.replace(/\[\d+\]/g, "");
    // A sequence that goes takes what is in it along.
    for (let end = place.length; end > 0; end -= 11) if (changed.has(place.slice(0, end))) return true;
    return false;
  };
  const isStamp = (path: string) => /^\((0010,00[12]0|0012,006[234]|0028,0303|0400,0500)\)/.test(path);
  const undecided: string[] = [];
  for (const [path, digest] of before.elements) {
    if (after.elements.get(path) === digest) continue;
    if (PIXELS.test(path) || !isDecided(path)) undecided.push(path);
  }
  for (const path of after.elements.keys()) {
    if (!before.elements.has(path) && !isDecided(path) && !isStamp(path)) undecided.push(path);
  }
  return undecided;
}
