import { join, resolve } from "node:path";
import { ElpisError, isElpisError } from "../base/index.js";
import { patientKeyOf, pseudonyms } from "../deid/index.js";
import type { ReleaseManifest } from "../ledger/index.js";
import { crosswalkRecords } from "./csv.js";
import { type Io, painterFor, plural, printable, printJson, table } from "./output.js";
import { keysOfRelease, readRelease } from "./release.js";
import { releasePath } from "./run/output.js";

export interface TraceOptions {
  readonly patientId: string;
  /** Issuer of Patient ID of the originals; where not told, none and those that crosswalks beside the releases know. */
  readonly issuer?: string;
  readonly siteKey: Uint8Array;
  /** Release folders. */
  readonly outs: readonly string[];
  readonly json: boolean;
}

/** What one release holds of the patient under one issuer. */
export interface Trace {
  readonly out: string;
  readonly project: string;
  readonly recipient: string;
  /** "another key": this site key did not make the release, so it can't be known. */
  readonly found: "present" | "absent" | "another key";
  /** Issuers of the ID that were looked for, "" for none; of a patient who is present, the one that it was. */
  readonly issuers: readonly string[];
  /** The patient's ID in this release; undefined under another key. */
  readonly patientId?: string;
  readonly studies: number;
  readonly series: number;
  readonly instances: number;
}

/**
 * Looks for a patient in each release. Throws USAGE for an empty ID, INPUT_UNREADABLE for a folder without a
 * manifest.
 */
export function traceIn(options: TraceOptions): Trace[] {
  const { outs, siteKey } = options;
  const id = options.patientId.trim();
  // Patients without an ID are told apart by their studies: an empty ID is nobody's.
  if (id === "") throw new ElpisError("USAGE", "the Patient ID is empty: name the ID of a patient");
  const issuers = options.issuer === undefined ? ["", ...issuersBeside(outs)] : [options.issuer];
  return outs.flatMap((out): Trace[] => {
    const release = readRelease(out);
    const { project, recipient } = release;
    const keys = keysOfRelease(release, siteKey);
    const none = { out, project, recipient, issuers, studies: 0, series: 0, instances: 0 };
    if (!keys) return [{ ...none, found: "another key" }];
    const present = issuers.flatMap((issuer): Trace[] => {
      const { patientId } = pseudonyms(patientKeyOf(issuer, id), release.profile, keys);
      const counts = countsOf(release, patientId);
      if (counts.instances === 0) return [];
      return [{ out, project, recipient, found: "present", issuers: [issuer], patientId, ...counts }];
    });
    return present.length > 0 ? present : [{ ...none, found: "absent" }];
  });
}

/** The issuers that the crosswalks beside the releases know, of whatever patient, in order. */
function issuersBeside(outs: readonly string[]): string[] {
  const known = new Set<string>();
  for (const out of outs) {
    try {
      const path = join(`${resolve(out)}.crosswalk`, "patients.csv");
      for (const { issuer } of crosswalkRecords(path)) if (issuer) known.add(issuer);
    } catch (error) {
      // Most releases have none beside them: a key holder keeps crosswalks elsewhere.
      if (!isElpisError(error, "INPUT_UNREADABLE")) throw error;
    }
  }
  return [...known].sort();
}

/** Paths are PatientID/Study/Series/Instance.dcm. */
function countsOf(
  { instances }: ReleaseManifest,
  patientId: string,
): Pick<Trace, "studies" | "series" | "instances"> {
  const folder = `${releasePath(patientId, "-", "-", "-").split("/")[0]}/`;
  const paths = instances.map(({ path }) => path).filter((path) => path.startsWith(folder));
  const upTo = (parts: number) =>
    new Set(paths.map((path) => path.split("/").slice(0, parts).join("/"))).size;
  return { studies: upTo(2), series: upTo(3), instances: paths.length };
}

/** Prints where the patient is. Returns 0, or 1 where another key made a release, so that it stays open. */
export function trace(options: TraceOptions, io: Io): number {
  const traces = traceIn(options);
  if (options.json) printJson(io, { releases: traces });
  else printTraces(traces, options.issuer !== undefined, io);
  return traces.some(({ found }) => found === "another key") ? 1 : 0;
}

function printTraces(traces: readonly Trace[], isIssuerTold: boolean, io: Io): void {
  const paint = painterFor(io.stdout, io.env);
  const rows = traces.map((one) => [
    one.out,
    one.project,
    one.recipient,
    one.found,
    one.found === "present" ? presence(one, isIssuerTold) : one.found === "absent" ? absence(one) : "",
  ]);
  const lines = table([["release", "project", "recipient", "patient", ""], ...rows], (cell, column, row) => {
    if (row === 0) return paint("dim", cell);
    if (column !== 3) return cell;
    return paint(cell === "present" ? "yellow" : cell === "absent" ? "green" : "red", cell);
  });
  io.stdout.write(`${lines.join("\n")}\n`);
  if (traces.some(({ found }) => found === "absent") && !isIssuerTold) {
    io.stderr.write(
      "If the originals carry an Issuer of Patient ID, name it with --issuer: it is part of who a patient is.\n",
    );
  }
  if (traces.some(({ found }) => found === "another key")) {
    io.stderr.write(
      "Of a release made with another site key nothing can be said: trace it with its own key.\n",
    );
  }
}

function presence(one: Trace, isIssuerTold: boolean): string {
  const counts = [
    plural(one.studies, "study"),
    plural(one.series, "series"),
    plural(one.instances, "instance"),
  ];
  const [issuer = ""] = one.issuers;
  const whose = isIssuerTold || issuer === "" ? "" : `; issuer ${printable(issuer)}`;
  return `as ${one.patientId}: ${counts.join(", ")}${whose}`;
}

/** Under what the patient was looked for: another issuer would be another patient. */
function absence({ issuers }: Trace): string {
  const named = issuers.filter((issuer) => issuer !== "");
  const none = issuers.length > named.length ? ["without issuer"] : [];
  const some =
    named.length === 0
      ? []
      : [`with ${named.length === 1 ? `issuer ${printable(named[0]!)}` : `${named.length} issuers`}`];
  return `under this ID ${[...none, ...some].join(" or ")}`;
}
