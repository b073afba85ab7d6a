import { createHash } from "node:crypto";
import {
  type HeldReason,
  mergeSurvey,
  type PatientRecord,
  type Profile,
  type ProjectKeys,
  pseudonyms,
  type Survey,
  type SurveyPart,
} from "../../deid/index.js";
import { Crosswalk } from "./crosswalk.js";
import type { HeldFile } from "./held.js";
import { compare, type InputFile, type Listing, shownPath } from "./list.js";
import type { Pool } from "./pool.js";
import type { Progress } from "./progress.js";
import type { Task } from "./tasks.js";

/** What the first pass has decided: every listed file is in a study, held, a duplicate, or other. */
export interface Plan {
  readonly surveyDigest: string;
  readonly studies: readonly PlannedStudy[];
  readonly held: readonly HeldFile[];
  /** By id of a file in a study, those equal to it: they share its fate. */
  readonly copies: ReadonlyMap<number, readonly InputFile[]>;
  readonly other: readonly OtherFile[];
  /** How many of the others are links that may lead to DICOM. */
  readonly links: number;
}

export interface PlannedStudy {
  readonly patient: PatientRecord;
  readonly files: readonly InputFile[];
}

export interface OtherFile {
  readonly path: string;
  readonly why: string;
}

const SURVEY_BATCH = 64;
const HASH_BATCH = 16;

/** Digest of name, size and time of every file: whether a resumed run has the same input. */
export function inputDigest(listing: Listing): string {
  const hash = createHash("sha256");
  for (const [i, { size, mtimeMs }] of listing.files.entries()) {
    hash.update(`${JSON.stringify([listing.names[i], size, mtimeMs])}\n`);
  }
  return hash.digest("hex");
}

/** Reads the heads of all files and puts together what they say of each patient. */
export async function surveyInput(
  pool: Pool,
  listing: Listing,
  keys: ProjectKeys,
  progress: Progress,
): Promise<{ readonly survey: Survey; readonly unreadable: ReadonlyMap<number, readonly HeldReason[]> }> {
  const unreadable = new Map<number, readonly HeldReason[]>();
  progress.begin("Reading headers", listing.files.length);
  await pool.run(surveyTasks(listing), (result, task) => {
    if (result.kind !== "surveyed" || task.kind !== "survey") return;
    for (const record of result.unreadable) unreadable.set(record.id, record.held);
    progress.advance(task.files.length);
  });
  const parts: SurveyPart[] = [];
  await pool.collect((result) => {
    if (result.kind === "collected") parts.push(result.part);
  });
  progress.end();
  return { survey: mergeSurvey(parts, keys), unreadable };
}

function* surveyTasks(listing: Listing): Generator<Task> {
  for (const files of batches(listing.files, SURVEY_BATCH)) yield { kind: "survey", files };
}

export function* batches<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** First pass. Throws UID_COLLISION where the profile's pseudonyms are too short for so many patients. */
export async function planRelease(
  pool: Pool,
  listing: Listing,
  profile: Profile,
  keys: ProjectKeys,
  progress: Progress,
): Promise<Plan> {
  const { survey, unreadable } = await surveyInput(pool, listing, keys, progress);
  requireDistinctPseudonyms(survey, profile, keys);
  const file = (id: number): InputFile => listing.files[id]!;
  const shown = (id: number): string => shownPath(file(id).path);
  const held = new Map<number, readonly HeldReason[]>(unreadable);
  for (const { id, reasons } of survey.held) held.set(id, reasons);
  const { copies, conflicting } = await compareDuplicates(pool, listing, survey.duplicates);
  for (const [id, reason] of conflicting) held.set(id, [...(held.get(id) ?? []), reason]);
  const surplus = new Set([...copies.values()].flat());
  const studies = survey.studies.map(({ patient, ids }) => ({
    patient,
    files: ids.filter((id) => !held.has(id) && !surplus.has(id)).map(file),
  }));
  return {
    surveyDigest: survey.digest,
    studies: studies.filter(({ files }) => files.length > 0),
    held: [
      ...[...held].map(([id, reasons]) => ({ path: shown(id), reasons })),
      ...listing.unreadable.map(({ path, why }) => ({
        path,
        reasons: [{ code: "UNREADABLE", detail: why } as const],
      })),
    ],
    copies: new Map([...copies].filter(([id]) => !held.has(id)).map(([id, ids]) => [id, ids.map(file)])),
    other: [
      ...survey.other.map(({ id, why }) => ({ path: shown(id), why })),
      ...listing.skipped,
      ...listing.links,
    ].sort((a, b) => compare(a.path, b.path)),
    links: listing.links.length,
  };
}

/** A collision found now costs minutes; found in the second pass it would cost the run. */
function requireDistinctPseudonyms(survey: Survey, profile: Profile, keys: ProjectKeys): void {
  const crosswalk = new Crosswalk();
  for (const key of new Set(survey.studies.map(({ patient }) => patient.key))) {
    crosswalk.addPatient(key, ["", pseudonyms(key, profile, keys).patientId, "", "", ""]);
  }
}

/**
 * Files that claim one SOP Instance UID: where all are equal, all but the first are copies of it; else none can
 * be believed.
 */
async function compareDuplicates(
  pool: Pool,
  listing: Listing,
  groups: Survey["duplicates"],
): Promise<{ copies: ReadonlyMap<number, readonly number[]>; conflicting: ReadonlyMap<number, HeldReason> }> {
  const sha256 = new Map<number, string>();
  const sameSize = (ids: readonly number[]) => new Set(ids.map((id) => listing.files[id]!.size)).size === 1;
  const toHash = groups.filter(sameSize).flat();
  await pool.run(hashTasks(listing, toHash), (result, task) => {
    if (result.kind !== "hashed" || task.kind !== "hash") return;
    for (const [i, { id }] of task.files.entries()) sha256.set(id, result.sha256[i]!);
  });
  const copies = new Map<number, readonly number[]>();
  const conflicting = new Map<number, HeldReason>();
  for (const ids of groups) {
    const contents = new Set(ids.map((id) => sha256.get(id) ?? ""));
    const equal = contents.size === 1 && !contents.has("");
    const [first, ...rest] = [...ids].sort((a, b) => a - b);
    if (equal) copies.set(first!, rest);
    else {
      const detail = `${ids.length} files that are not equal carry one SOP Instance UID (0008,0018)`;
      for (const id of ids) conflicting.set(id, { code: "CONFLICTING_DUPLICATE", detail });
    }
  }
  return { copies, conflicting };
}

function* hashTasks(listing: Listing, ids: readonly number[]): Generator<Task> {
  for (const batch of batches(ids, HASH_BATCH)) {
    yield { kind: "hash", files: batch.map((id) => listing.files[id]!) };
  }
}
