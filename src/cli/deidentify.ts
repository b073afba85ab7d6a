import { ElpisError } from "../base/index.js";
import { deriveProjectKeys } from "../deid/index.js";
import type { ReleaseManifest } from "../ledger/index.js";
import { grouped, plural, type TextSink } from "./output.js";
import { software } from "./package.js";
import { filesBelow, removeIfThere, sweep } from "./run/files.js";
import { type Folders, journalPath, manifestPath, resolveFolders, withFolders } from "./run/folders.js";
import { JOURNAL_FORMAT, Journal, type JournalHeader, type JournalRecord } from "./run/journal.js";
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
/** Some DICOM files are held, or behind links that were not followed. */
export const EXIT_SOME_HELD = 3;

/** Files that make a thread worth its start. */
const FILES_PER_THREAD = 64;

/**
 * De-identifies the inputs into a folder that may be shared. Returns the exit code: 0 when every DICOM file
 * came out, 3 when some are held or links were not followed. Throws ElpisError for anything that ends the run
 * before it is complete; a run that began to write can then be resumed.
 */
export async function deidentify(options: DeidentifyOptions, io: DeidentifyIo): Promise<number> {
  const profile = loadProfile(options.profile);
  const keys = deriveProjectKeys(options.siteKey, options.project, options.recipient);
  const folders = resolveFolders(options);
  const listing = listInputs(folders.inputs);
  const settings: RunSettings = { profile, keys, out: folders.out, digests: options.digests };
  const stop = new AbortController();
  const ignoreSignals = onStopSignals(() => stop.abort());
  try {
    const job: Job = { options, io, folders, listing, settings, stop: stop.signal };
    return await withFolders(folders, options.resume, () => runIn(job));
  } finally {
    ignoreSignals();
  }
}

/** What a run is given; nothing of it changes. */
interface Job {
  readonly options: DeidentifyOptions;
  readonly io: DeidentifyIo;
  readonly folders: Folders;
  readonly listing: Listing;
  readonly settings: RunSettings;
  readonly stop: AbortSignal;
}

/** Both passes and the results, in folders that are made and locked. */
async function runIn(job: Job): Promise<number> {
  const { options, io, folders, listing, settings, stop } = job;
  const { profile, keys } = settings;
  const progress = new Progress(io.stderr, options.json ? "none" : io.isTTY ? "bar" : "lines", () =>
    performance.now(),
  );
  const pool = await openPool(
    Math.min(options.jobs, Math.ceil(listing.files.length / FILES_PER_THREAD)),
    settings,
  );
  const end = (): void => pool.fail(stopped(folders));
  // What is signalled while the threads open waits for nobody.
  if (stop.aborted) end();
  else stop.addEventListener("abort", end);
  try {
    const plan = await planRelease(pool, listing, profile, keys, progress);
    requireDicom(plan, listing);
    const releasable = plan.studies.reduce((sum, { files }) => sum + files.length, 0);
    progress.tell(`${grouped(releasable)} of ${plural(listing.files.length, "file")} may be released`);
    const header = headerOf(settings, listing, plan);
    const release = await secondPass(pool, plan, job, header, progress);
    const manifest = release.manifest({ software: software(), profile, keys });
    requireNothingForeign(folders, options.resume, manifest);
    release.publish(folders, manifest);
    const { other, links } = plan;
    const outcome = { manifest, release, folders, other, links };
    const exitCode = manifest.counts.held + links > 0 ? EXIT_SOME_HELD : EXIT_RELEASED;
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

const STOP_SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Calls `stop` at the first of these signals; the second one ends the process as it does elsewhere. Returns what
 * leaves them alone again.
 */
function onStopSignals(stop: () => void): () => void {
  const off = (): void => {
    for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
  };
  const onSignal = (): void => {
    off();
    stop();
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  return off;
}

function stopped(folders: Folders): ElpisError {
  const next = Journal.exists(journalPath(folders))
    ? "continue with the same command and --resume"
    : "nothing was written";
  return new ElpisError("INTERRUPTED", `stopped; ${next}`);
}

/** An empty release would look like a finished one; more likely the input was another than was meant. */
function requireDicom(plan: Plan, listing: Listing): void {
  if (plan.studies.length > 0 || plan.held.length > 0) return;
  const next =
    plan.links > 0
      ? `${plural(plan.links, "symbolic link")} not followed: name what they lead to as an input`
      : "name the folder that holds the images";
  throw new ElpisError(
    "NOT_FOUND",
    `no DICOM among the ${plural(listing.files.length, "file")} of the input, and nothing was written; ${next}`,
  );
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
  { folders, settings, options }: Job,
  header: JournalHeader,
  progress: Progress,
): Promise<Release> {
  const release = new Release(plan);
  const earlier = new Map<number, JournalRecord>();
  const path = journalPath(folders);
  const key = settings.keys.journal;
  const journal = options.resume
    ? Journal.resume(path, header, key, (record) => {
        // The medium may show a copy today that it did not show then.
        if (release.pending.has(record.id)) earlier.set(record.id, record);
      })
    : Journal.create(path, header, key);
  try {
    const holding = await verifyRecords(pool, folders.out, [...earlier.values()], progress);
    for (const record of holding) release.add(record);
    if (options.resume && release.pending.size > 0) removeIfThere(manifestPath(folders));
    await finishInstances(pool, plan, release, journal, progress);
    journal.sync();
    return release;
  } finally {
    journal.close();
  }
}

function headerOf({ profile, keys, digests }: RunSettings, listing: Listing, plan: Plan): JournalHeader {
  const { name, version } = software();
  return {
    format: JOURNAL_FORMAT,
    software: `${name} ${version}`,
    key: keys.fingerprint,
    profile: `${profile.name} ${profile.digest}`,
    tables: tablesDigest(),
    input: inputDigest(listing),
    survey: plan.surveyDigest,
    digests,
  };
}

/**
 * What is in the output folder now must be of this release, or it would be shared with it: whether it was there
 * before a resumed run, or came while this one was at work.
 */
function requireNothingForeign(folders: Folders, resume: boolean, manifest: ReleaseManifest): void {
  const own = new Set(manifest.instances.map(({ path }) => path));
  if (resume) own.add("release.json");
  const { files, links } = filesBelow(folders.out);
  const foreign = [...links, ...files.filter((path) => !own.has(path))];
  if (foreign.length === 0) return;
  throw new ElpisError(
    "OUTPUT_EXISTS",
    `${folders.out} holds ${plural(foreign.length, "file")} not of this release, ${foreign[0]} first: remove what is foreign, then --resume`,
  );
}
