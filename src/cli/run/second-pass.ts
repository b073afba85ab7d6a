import { join } from "node:path";
import type { Journal, JournalRecord, ReleasedRecord } from "./journal.js";
import { type InputFile, rawPath } from "./list.js";
import { batches, type Plan, type PlannedStudy } from "./plan.js";
import type { Pool } from "./pool.js";
import type { Progress } from "./progress.js";
import type { Release } from "./release.js";
import type { HashedFile, Slice, Task } from "./tasks.js";

/** Instances and bytes per message between threads; a larger instance goes alone. */
export const BATCH = 32;
export const BATCH_BYTES = 64 * 1024 * 1024;
/** Messages per thread at least, where there are enough files: so that none waits long for the last one. */
const ROUNDS = 4;

/**
 * The records of an earlier run that still hold: those of released files whose file is there, to the byte; without
 * digests nobody can tell, and all are made again. Held files stay held, except those that could not be read: the
 * medium may be back.
 */
export async function verifyRecords(
  pool: Pool,
  out: string,
  records: readonly JournalRecord[],
  progress: Progress,
): Promise<JournalRecord[]> {
  const holding: JournalRecord[] = [];
  const byId = new Map<number, ReleasedRecord>();
  const toCheck: HashedFile[] = [];
  for (const record of records) {
    if ("held" in record) {
      if (!record.held.some(({ detail }) => detail.startsWith("INPUT_UNREADABLE"))) holding.push(record);
      continue;
    }
    if (record.sha256 === undefined) continue;
    byId.set(record.id, record);
    toCheck.push({ id: record.id, path: rawPath(join(out, record.path)), size: record.size });
  }
  if (toCheck.length > 0) progress.begin("Checking what is done", toCheck.length);
  await pool.run(hashTasks(toCheck), (result, task) => {
    if (result.kind !== "hashed" || task.kind !== "hash") return;
    progress.advance(task.files.length);
    for (const [i, { id }] of task.files.entries()) {
      const record = byId.get(id)!;
      if (record.sha256 === result.sha256[i]) holding.push(record);
    }
  });
  if (toCheck.length > 0) progress.end();
  return holding;
}

function* hashTasks(files: readonly HashedFile[]): Generator<Task> {
  for (const batch of batches(files, BATCH)) yield { kind: "hash", files: batch };
}

/** De-identifies every file that the release still waits for; each is in the journal once it is written. */
export async function finishInstances(
  pool: Pool,
  plan: Plan,
  release: Release,
  journal: Journal,
  progress: Progress,
): Promise<void> {
  const total = plan.studies.reduce((sum, study) => sum + study.files.length, 0);
  const left = release.pending.size;
  const size = Math.max(1, Math.min(BATCH, Math.ceil(left / (pool.size * ROUNDS))));
  progress.begin("De-identifying", total, total - left);
  await pool.run(applyTasks(plan.studies, new Set(release.pending.keys()), size), (result) => {
    if (result.kind !== "applied") return;
    journal.append(result.records);
    for (const text of result.records) release.add(JSON.parse(text) as JournalRecord);
    progress.advance(result.records.length);
  });
  progress.end();
}

/** Slices of large studies, and small studies put together, up to `size` instances a task. */
export function* applyTasks(
  studies: readonly PlannedStudy[],
  pending: ReadonlySet<number>,
  size: number,
): Generator<Task> {
  let slices: Slice[] = [];
  let count = 0;
  let bytes = 0;
  for (const { patient, files } of studies) {
    let slice: InputFile[] = [];
    for (const file of files) {
      if (!pending.has(file.id)) continue;
      if (count > 0 && (count === size || bytes + file.size > BATCH_BYTES)) {
        if (slice.length > 0) slices.push({ patient, files: slice });
        yield { kind: "apply", slices };
        slices = [];
        slice = [];
        count = bytes = 0;
      }
      slice.push(file);
      count++;
      bytes += file.size;
    }
    if (slice.length > 0) slices.push({ patient, files: slice });
  }
  if (slices.length > 0) yield { kind: "apply", slices };
}
