import { existsSync, readFileSync } from "node:fs";
import { ElpisError } from "../base/index.js";
import { deriveProjectKeys } from "../deid/index.js";
import type { TextSink } from "./output.js";
import { removeIfThere, sweep } from "./run/files.js";
import {
  type Folders,
  journalPath,
  manifestPath,
  patientsPath,
  prepareFolders,
  resolveFolders,
  uidsPath,
} from "./run/folders.js";
import { Journal, type JournalHeader, type JournalRecord } from "./run/journal.js";
import { type Listing, listInputs } from "./run/list.js";
import { inputDigest, type Plan, planRelease } from "./run/plan.js";
import { openPool, type Pool } from "./run/pool.js";
import { loadProfile } from "./run/profile.js";
import { Progress } from "./run/progress.js";
import { Release, tablesDigest } from "./run/release.js";
import { printSummary, summaryJson } from "./run/report.js";
import { finishInstances, verifyRecords } from "./run/second-pass.js";
import type { RunSettings } from "./run/tasks.js";

export interface DeidentifyOptions {
  /** Files and folders to read. */
  readonly inputs: readonly string[];
  readonly out: string;
  /** Name of a profile that came along, or path of a file. */
  readonly profile: string;
  readonly project: string;
  readonly recipient: string;
  /** The site's secret, 32 bytes. */
  readonly siteKey: Uint8Array;
  readonly crosswalk: string;
  readonly held: string;
  /** Worker threads; 1 works in the main thread. */
  readonly jobs: number;
  readonly resume: boolean;
  readonly json: boolean;
  /** False leaves SHA-256 and HMAC out of release.json. */
  readonly digests: boolean;
}

export interface DeidentifyIo {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** Whether stderr is a terminal, for the progress bar. */
  readonly isTTY: boolean;
}

export const EXIT_RELEASED = 0;
export const EXIT_SOME_HELD = 3;

/** Files that make a thread worth its start. */
const FILES_PER_THREAD = 64;

/**
 * De-identifies the inputs into a folder that may be shared. Returns the exit code: 0 when every DICOM file
 * came out, 3 when some are held. Throws ElpisError for anything that ends the run before it is complete; a
 * run that began to write can then be resumed.
 */
export async function deidentify(options: DeidentifyOptions, io: DeidentifyIo): Promise<number> {
  const profile = loadProfile(options.profile);
  const keys = deriveProjectKeys(options.siteKey, options.project, options.recipient);
  const folders = resolveFolders(options);
  const listing = listInputs(folders.inputs);
  const present = prepareFolders(folders, options.resume);
  const settings: RunSettings = { profile, keys, out: folders.out, digests: options.digests };
  const progress = new Progress(io.stderr, options.json ? "none" : io.isTTY ? "bar" : "lines", () =>
    performance.now(),
  );
  const pool = openPool(Math.min(options.jobs, Math.ceil(listing.files.length / FILES_PER_THREAD)), settings);
  try {
    const plan = await planRelease(pool, listing, profile, keys, progress);
    const release = await secondPass(
      pool,
      plan,
      folders,
      headerOf(settings, listing, plan),
      present,
      progress,
    );
    const manifest = release.manifest({ software: software(), profile, keys });
    requireNothingForeign(
      folders,
      present,
      manifest.instances.map(({ path }) => path),
    );
    release.publish(folders, manifest);
    const outcome = { manifest, patients: release.crosswalk.patientCount, folders, other: plan.other };
    const exitCode = manifest.counts.held > 0 ? EXIT_SOME_HELD : EXIT_RELEASED;
    if (options.json) io.stdout.write(summaryJson(outcome, exitCode));
    else printSummary(io.stdout, outcome);
    return exitCode;
  } catch (error) {
    progress.abort();
    await pool.close();
    sweepAfterFailure(folders.out);
    throw error;
  } finally {
    await pool.close();
  }
}

/** Threads that were stopped in the middle of a file have left its half; what can't be removed now goes on --resume. */
function sweepAfterFailure(out: string): void {
  try {
    sweep(out);
  } catch {
    // The failure that ended the run is the one to tell.
  }
}

/** De-identifies what the journal does not name as finished, and returns everything finished. */
async function secondPass(
  pool: Pool,
  plan: Plan,
  folders: Folders,
  header: JournalHeader,
  present: readonly string[],
  progress: Progress,
): Promise<Release> {
  const earlier = new Map<number, JournalRecord>();
  const journal = openJournal(folders, header, present, (record) => earlier.set(record.id, record));
  try {
    const release = new Release(plan);
    for (const record of await verifyRecords(
      pool,
      folders.out,
      [...earlier.values()],
      header.digests,
      progress,
    )) {
      release.add(record);
    }
    if (release.pending.size > 0) removeIfThere(manifestPath(folders));
    await finishInstances(pool, plan, release, journal, progress);
    journal.sync();
    return release;
  } finally {
    journal.close();
  }
}

/** Starts a journal, or goes on with the one that is there: `prepareFolders` has refused it without --resume. */
function openJournal(
  folders: Folders,
  header: JournalHeader,
  present: readonly string[],
  each: (record: JournalRecord) => void,
): Journal {
  const path = journalPath(folders);
  if (Journal.exists(path)) return Journal.resume(path, header, each);
  if (present.length > 0 || [patientsPath, uidsPath].some((of) => existsSync(of(folders)))) {
    throw new ElpisError(
      "RESUME_MISMATCH",
      `there is an earlier run, but ${path} is missing: name the crosswalk folder of that run`,
    );
  }
  return Journal.create(path, header);
}

function headerOf({ profile, keys, digests }: RunSettings, listing: Listing, plan: Plan): JournalHeader {
  const { name, version } = software();
  return {
    format: "elpis-journal/1",
    software: `${name} ${version}`,
    key: keys.fingerprint,
    profile: `${profile.name} ${profile.digest}`,
    tables: tablesDigest(),
    input: inputDigest(listing),
    survey: plan.surveyDigest,
    digests,
  };
}

/** Name and version, from the package itself. */
function software(): { readonly name: string; readonly version: string } {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { name, version } = JSON.parse(text) as { name: string; version: string };
  return { name, version };
}

/** What was in the output folder before a resumed run must be of this release, or it would be shared with it. */
function requireNothingForeign(
  folders: Folders,
  present: readonly string[],
  released: readonly string[],
): void {
  const own = new Set([...released, "release.json"]);
  const foreign = present.filter((path) => !own.has(path));
  if (foreign.length === 0) return;
  throw new ElpisError(
    "OUTPUT_EXISTS",
    `${folders.out} holds ${foreign.length} files that are not of this release, ${foreign[0]} first: remove them, then --resume`,
  );
}
