import { patientKeyOf, pseudonyms } from "../deid/index.js";
import type { ReleaseManifest } from "../ledger/index.js";
import { type Io, painterFor, plural, printJson, table } from "./output.js";
import { keysOfRelease, readRelease } from "./release.js";
import { releasePath } from "./run/output.js";

export interface TraceOptions {
  readonly patientId: string;
  /** Issuer of Patient ID of the originals; "" where they have none. */
  readonly issuer: string;
  readonly siteKey: Uint8Array;
  /** Release folders. */
  readonly outs: readonly string[];
  readonly json: boolean;
}

/** What one release holds of the patient. */
export interface Trace {
  readonly out: string;
  readonly project: string;
  readonly recipient: string;
  /** "another key": this site key did not make the release, so it can't be known. */
  readonly found: "present" | "absent" | "another key";
  /** The patient's ID in this release; undefined under another key. */
  readonly patientId?: string;
  readonly studies: number;
  readonly series: number;
  readonly instances: number;
}

/** Looks for a patient in each release. Throws INPUT_UNREADABLE for a folder without a manifest. */
export function traceIn(options: TraceOptions): Trace[] {
  const patientKey = patientKeyOf(options.issuer, options.patientId);
  return options.outs.map((out) => {
    const release = readRelease(out);
    const { project, recipient } = release;
    const keys = keysOfRelease(release, options.siteKey);
    const none = { studies: 0, series: 0, instances: 0 };
    if (!keys) return { out, project, recipient, found: "another key", ...none };
    const { patientId } = pseudonyms(patientKey, release.profile, keys);
    const counts = countsOf(release, patientId);
    const found = counts.instances > 0 ? "present" : "absent";
    return { out, project, recipient, found, patientId, ...counts };
  });
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
  else printTraces(traces, options.issuer, io);
  return traces.some(({ found }) => found === "another key") ? 1 : 0;
}

function printTraces(traces: readonly Trace[], issuer: string, io: Io): void {
  const paint = painterFor(io.stdout, io.env);
  const rows = traces.map((one) => [
    one.out,
    one.project,
    one.recipient,
    one.found,
    one.found === "present"
      ? `as ${one.patientId}: ${[plural(one.studies, "study"), plural(one.series, "series"), plural(one.instances, "instance")].join(", ")}`
      : "",
  ]);
  const lines = table([["release", "project", "recipient", "patient", ""], ...rows], (cell, column, row) => {
    if (row === 0) return paint("dim", cell);
    if (column !== 3) return cell;
    return paint(cell === "present" ? "yellow" : cell === "absent" ? "green" : "red", cell);
  });
  io.stdout.write(`${lines.join("\n")}\n`);
  if (traces.some(({ found }) => found === "absent") && issuer === "") {
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
