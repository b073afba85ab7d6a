import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { join, resolve } from "node:path";
import { ElpisError } from "../base/index.js";
import { deriveProjectKeys, type ProjectKeys, patientKeyOf, pseudonyms, UidMap } from "../deid/index.js";
import { type CrosswalkRow, crosswalkRecords } from "./csv.js";
import { type Io, printable, printJson } from "./output.js";
import { readRelease } from "./release.js";

export interface ReidentifyOptions {
  /** The new Patient ID or UID. */
  readonly id: string;
  readonly siteKey: Uint8Array;
  readonly crosswalk: string;
  /** Of the run; where not told, those in the release.json beside the crosswalk, else `default`. */
  readonly project?: string;
  readonly recipient?: string;
  /** Issuer of Patient ID of the original; where not told, the one in the crosswalk. */
  readonly issuer?: string;
  readonly json: boolean;
}

export interface Reidentified {
  readonly kind: "patient" | "uid";
  /** "" for a patient without an ID: see `study`. */
  readonly old: string;
  readonly new: string;
  /** Issuer of the old Patient ID, where the crosswalk or the user tells one. */
  readonly issuer?: string;
  /** Study Instance UID of a patient without an ID, where the crosswalk tells it. */
  readonly study?: string;
  /** The key leads from the old value to the new one. */
  readonly confirmed: boolean;
}

/**
 * Looks a new ID up in the crosswalk and recomputes it from the old one. Throws NOT_FOUND for an unknown ID,
 * SITE_KEY_MISMATCH where the key did not make the row.
 */
export function findOriginal(options: ReidentifyOptions): Reidentified {
  const { id, crosswalk } = options;
  refuseRelease(crosswalk);
  const context = contextOf(options);
  const patients = rowsOf(crosswalk, "patients.csv", id);
  if (patients.length > 0) return patientOf(patients, options, context);
  const [uid] = rowsOf(crosswalk, "uids.csv", id);
  if (!uid)
    throw new ElpisError(
      "NOT_FOUND",
      `${crosswalk} has no such new ID: is it the crosswalk of that release?`,
    );
  // The part before the last point is the root under which the profile made new UIDs.
  const root = id.slice(0, id.lastIndexOf("."));
  if (uid.old !== id && new UidMap(context.keys, root).map(uid.old) !== id) throw mismatch(crosswalk);
  return { kind: "uid", old: uid.old, new: id, confirmed: true };
}

/** The release's own folder is the likeliest to be named in place of its crosswalk. */
function refuseRelease(crosswalk: string): void {
  const beside = `${resolve(crosswalk)}.crosswalk`;
  if (existsSync(join(crosswalk, "patients.csv")) || !existsSync(join(beside, "patients.csv"))) return;
  const meant = `${crosswalk.replace(/[\\/]+$/, "")}.crosswalk`;
  throw new ElpisError("USAGE", `${crosswalk} is no crosswalk; did you mean ${meant}?`);
}

/** The original of a new Patient ID. It may have several rows: the same ID, written in several ways. */
function patientOf(
  rows: readonly CrosswalkRow[],
  { id, crosswalk, issuer: named }: ReidentifyOptions,
  context: Context,
): Reidentified {
  const isGenuine = (row: CrosswalkRow) =>
    isPseudonymOf(patientKeyOf(named ?? row.issuer ?? "", row.old, row.study, row.person), id, context.keys);
  const genuine = rows.find(isGenuine);
  const row = genuine ?? rows[0]!;
  const isTold = named !== undefined || row.issuer !== undefined;
  // Without the issuer an ID alone does not lead to its pseudonym; the fingerprint has shown the key is right.
  if (!genuine && (isTold || !context.known)) throw mismatch(crosswalk);
  const issuer = named ?? row.issuer ?? "";
  return {
    kind: "patient",
    old: row.old,
    new: id,
    ...(issuer !== "" && { issuer }),
    ...(row.old === "" && row.study !== undefined && { study: row.study }),
    confirmed: genuine !== undefined,
  };
}

/** The first line of a journal is shorter. */
const HEADER_BYTES = 4096;

interface Context {
  readonly keys: ProjectKeys;
  /** A fingerprint beside the crosswalk has shown that these are its keys. */
  readonly known: boolean;
}

/** Project and recipient of the crosswalk's run. Throws SITE_KEY_MISMATCH when a fingerprint says otherwise. */
function contextOf(options: ReidentifyOptions): Context {
  const release = releaseBeside(options.crosswalk);
  const project = options.project ?? release?.project ?? "default";
  const recipient = options.recipient ?? release?.recipient ?? "default";
  const keys = deriveProjectKeys(options.siteKey, project, recipient);
  const fingerprint = journalFingerprint(options.crosswalk) ?? release?.key;
  if (fingerprint !== undefined && fingerprint !== keys.fingerprint) throw mismatch(options.crosswalk);
  return { keys, known: fingerprint !== undefined };
}

/** OUT.crosswalk lies beside OUT unless the user chose otherwise. */
function releaseBeside(crosswalk: string): { project: string; recipient: string; key: string } | undefined {
  const folder = resolve(crosswalk);
  if (!folder.endsWith(".crosswalk")) return undefined;
  try {
    return readRelease(folder.slice(0, -".crosswalk".length));
  } catch {
    return undefined;
  }
}

/** The key's fingerprint in the first line of the run's journal, where the journal is still there. */
function journalFingerprint(crosswalk: string): string | undefined {
  try {
    const file = openSync(join(crosswalk, "journal.jsonl"), "r");
    try {
      const block = Buffer.alloc(HEADER_BYTES);
      // Behind a tab follows the line's HMAC, which only the right key could confirm.
      const [header = ""] = block.toString("utf8", 0, readSync(file, block)).split(/[\t\n]/, 1);
      const { key } = JSON.parse(header) as { key?: unknown };
      return typeof key === "string" ? key : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

function mismatch(crosswalk: string): ElpisError {
  return new ElpisError(
    "SITE_KEY_MISMATCH",
    `this site key did not make ${crosswalk} for this project, recipient and issuer (--project, --recipient, --issuer)`,
  );
}

function rowsOf(crosswalk: string, name: string, id: string): CrosswalkRow[] {
  const found: CrosswalkRow[] = [];
  for (const row of crosswalkRecords(join(crosswalk, name))) if (row.renamed === id) found.push(row);
  return found;
}

/** Shorter runs of the hash could stand in an ID by chance. */
const SHORTEST_HASH = 6;

/**
 * Whether the key leads from a patient to this ID. The profile's shape is not known here, so the ID has to
 * hold the beginning of the keyed hash anywhere.
 */
function isPseudonymOf(patientKey: string, id: string, keys: ProjectKeys): boolean {
  const shape = { patientId: `{${SHORTEST_HASH}}`, patientName: "" };
  const { patientId: hash } = pseudonyms(patientKey, shape, keys);
  return id.includes(hash);
}

/** Prints the original ID, or of a patient without one the study. Returns 0. */
export function reidentify(options: ReidentifyOptions, io: Io): number {
  const found = findOriginal(options);
  if (options.json) {
    printJson(io, found);
    return 0;
  }
  io.stdout.write(`${printable(found.old || found.study || "")}\n`);
  if (found.study !== undefined)
    io.stderr.write("The originals carry no Patient ID: this is their Study Instance UID.\n");
  else if (found.old === "")
    io.stderr.write("The originals carry no Patient ID: look their Study Instance UID up instead.\n");
  else if (!found.confirmed) {
    io.stderr.write(
      "The key is right, but this row was not recomputed: name the originals' Issuer of Patient ID with --issuer.\n",
    );
  }
  return 0;
}
