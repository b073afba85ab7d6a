import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { ElpisError, isElpisError } from "../../base/index.js";
import {
  filesBelow,
  makeFolder,
  makeSecretFolder,
  namesIn,
  partialPath,
  removeEmptyFolders,
  sweep,
} from "./files.js";
import { canonicalPath, inputRoots, isInside } from "./list.js";
import { requireUnlocked, takeLock } from "./lock.js";

/** Where a run reads and writes; canonical paths. */
export interface Folders {
  readonly inputs: readonly string[];
  readonly out: string;
  readonly crosswalk: string;
  readonly held: string;
}

export const journalPath = (folders: Folders): string => join(folders.crosswalk, "journal.jsonl");
export const patientsPath = (folders: Folders): string => join(folders.crosswalk, "patients.csv");
export const uidsPath = (folders: Folders): string => join(folders.crosswalk, "uids.csv");
const lockPath = (folders: Folders): string => join(folders.crosswalk, "run.lock");
export const heldPath = (folders: Folders): string => join(folders.held, "held.jsonl");
export const keptTextPath = (folders: Folders): string => join(folders.held, "kept-text.csv");
export const manifestPath = (folders: Folders): string => join(folders.out, "release.json");

/**
 * Of two runs with crosswalks of their own, one may write to the output folder. That is to be shared and holds no
 * lock: it lies beside, or where nobody may write there, as around a mounted folder, among temporary files.
 */
function outLockPaths({ out }: Folders): readonly [beside: string, temporary: string] {
  const name = createHash("sha256").update(out).digest("hex").slice(0, 32);
  return [`${out}.lock`, join(tmpdir(), `elpis-${name}.lock`)];
}

function lockOut(folders: Folders): () => void {
  const [beside, temporary] = outLockPaths(folders);
  try {
    return takeLock(beside);
  } catch (error) {
    if (isElpisError(error, "OUTPUT_UNWRITABLE")) return takeLock(temporary);
    throw error;
  }
}

/**
 * Resolves the folders and refuses arrangements in which a release would hold originals or a crosswalk, or
 * a run would change its own input: USAGE, INPUT_UNREADABLE.
 */
export function resolveFolders(options: {
  readonly inputs: readonly string[];
  readonly out: string;
  readonly crosswalk: string;
  readonly held: string;
}): Folders {
  if (options.inputs.length === 0) throw new ElpisError("USAGE", "name at least one file or folder to read");
  const inputs = inputRoots(options.inputs);
  const out = canonicalPath(options.out);
  const crosswalk = canonicalPath(options.crosswalk);
  const held = canonicalPath(options.held);
  for (const input of inputs) {
    if (isInside(input, out)) refuse(`the input ${input} lies inside the output folder ${out}`);
    for (const folder of [out, crosswalk, held]) {
      if (isInside(folder, input)) refuse(`${folder} lies inside the input ${input}, which is never changed`);
    }
  }
  for (const secret of [crosswalk, held]) {
    if (isInside(secret, out))
      refuse(`${secret} is not to be shared, but lies inside the output folder ${out}`);
    if (isInside(out, secret))
      refuse(`the output folder ${out} lies inside ${secret}, which is not to be shared`);
  }
  requireOutsideReleases(out, dirname(out));
  for (const secret of [crosswalk, held]) requireOutsideReleases(secret);
  return { inputs, out, crosswalk, held };
}

/**
 * What lies inside the folder of an earlier release would be shared with it: USAGE. A release has its release.json
 * once it is complete, and before that the journal beside it. `nearest` is the first folder that may be one.
 */
export function requireOutsideReleases(path: string, nearest = path): void {
  for (let at = nearest; ; at = dirname(at)) {
    if (existsSync(join(at, "release.json")) || existsSync(`${at}.crosswalk/journal.jsonl`)) {
      refuse(`${path} lies inside the release ${at}, whose folder is shared`);
    }
    if (at === dirname(at)) return;
  }
}

function refuse(why: string): never {
  throw new ElpisError("USAGE", `${why}: name another folder`);
}

/**
 * Makes the folders, locks them, and does `work`. Throws OUTPUT_EXISTS where they hold an earlier run that is not
 * to be resumed, what is of no run, or another run is at work, USAGE where there is nothing to resume. Where
 * `work` fails before it has begun a journal, nothing is left behind.
 */
export async function withFolders<T>(folders: Folders, resume: boolean, work: () => Promise<T>): Promise<T> {
  for (const folder of [folders.out, folders.crosswalk, folders.held]) requireFolder(folder);
  for (const lock of [...outLockPaths(folders), lockPath(folders)]) requireUnlocked(lock);
  requireFit(folders, resume);
  const made: string[] = [];
  const unlocks: (() => void)[] = [];
  try {
    // The lock comes before the folder: who is refused has made nothing that another run writes to.
    makeFolder(dirname(folders.out), 0o777, made);
    unlocks.push(lockOut(folders));
    makeFolder(folders.out, 0o777, made);
    makeSecretFolder(folders.crosswalk, made);
    unlocks.push(takeLock(lockPath(folders)));
    makeSecretFolder(folders.held, made);
    // Another run may have come and gone since.
    requireFit(folders, resume);
    sweep(folders.out);
    return await work();
  } finally {
    for (const unlock of unlocks.reverse()) unlock();
    if (!existsSync(journalPath(folders))) removeEmptyFolders(made);
  }
}

/** Changes nothing. */
function requireFit(folders: Folders, resume: boolean): void {
  if (resume) requireEarlierRun(folders);
  else requireNoEarlierRun(folders);
  for (const secret of [folders.crosswalk, folders.held]) requireOfRun(secret, folders);
  if (!existsSync(folders.out)) return;
  const [link] = filesBelow(folders.out).links;
  if (link === undefined) return;
  throw new ElpisError(
    "OUTPUT_EXISTS",
    `${join(folders.out, link)} is a link or no regular file, by which a release would go elsewhere: remove it`,
  );
}

/** Crosswalk and held list get a folder for their owner alone: it must be new, empty or of a run already. */
function requireOfRun(secret: string, folders: Folders): void {
  const own = [journalPath, patientsPath, uidsPath, lockPath, heldPath, keptTextPath].map((of) =>
    of(folders),
  );
  const isOwn = (path: string): boolean => own.includes(path) || own.some((of) => partialPath(of) === path);
  const paths = namesIn(secret)
    .map((name) => join(secret, name))
    .filter((path) => ![folders.crosswalk, folders.held].some((folder) => isInside(folder, path)));
  if (paths.length === 0 || paths.some(isOwn)) return;
  throw new ElpisError(
    "OUTPUT_EXISTS",
    `${secret} holds other files, ${basename(paths[0]!)} first: name a new or empty folder, which will be for you alone`,
  );
}

function requireNoEarlierRun(folders: Folders): void {
  if (namesIn(folders.out).length > 0) {
    throw new ElpisError(
      "OUTPUT_EXISTS",
      `${folders.out} is not empty: name another folder, or --resume to finish the run that began there`,
    );
  }
  const ofRun = [journalPath, patientsPath, uidsPath, heldPath, keptTextPath];
  const earlier = ofRun.map((of) => of(folders)).find((path) => existsSync(path));
  if (earlier === undefined) return;
  throw new ElpisError(
    "OUTPUT_EXISTS",
    `${earlier} is of an earlier run and would be lost: name another folder, or --resume to finish that run`,
  );
}

/** A mistyped --out must not begin a run of its own. */
function requireEarlierRun(folders: Folders): void {
  if (!existsSync(folders.out)) {
    throw new ElpisError(
      "USAGE",
      `there is no run to resume: ${folders.out} does not exist: mend --out, or begin a run without --resume`,
    );
  }
  if (existsSync(journalPath(folders))) return;
  if (namesIn(folders.out).length > 0) {
    throw new ElpisError(
      "RESUME_MISMATCH",
      `there is an earlier run, but ${journalPath(folders)} is missing: name the crosswalk folder of that run`,
    );
  }
  throw new ElpisError(
    "USAGE",
    `there is no run to resume: ${journalPath(folders)} is missing: name the crosswalk folder of that run, or begin one without --resume`,
  );
}

function requireFolder(path: string): void {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info && !info.isDirectory()) throw new ElpisError("OUTPUT_EXISTS", `${path} is a file: name a folder`);
}
