import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  applyStudy,
  createDeidentifier,
  deriveProjectKeys,
  explainInstance,
  type HeldReason,
  mergeSurvey,
  type PatientRecord,
  type Profile,
  type Survey,
  Surveyor,
} from "../../../src/deid/index.js";
import {
  type ByteSource,
  encodeFileMeta,
  joinParts,
  memorySource,
  readFile,
  Tags,
  writeDataSet,
} from "../../../src/dicom/index.js";

/** One file to de-identify. */
export interface Subject {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What became of a subject under one profile. */
export type Result =
  | { readonly kind: "held"; readonly reasons: readonly HeldReason[] }
  | { readonly kind: "released"; readonly bytes: Uint8Array; readonly patient: PatientRecord };

const keys = deriveProjectKeys(new Uint8Array(32).fill(7), "conformance", "judges");

/** The first pass over all subjects. */
export function surveyOf(subjects: readonly Subject[]): Survey {
  const surveyor = new Surveyor();
  for (const [id, { bytes }] of subjects.entries()) surveyor.add(id, memorySource(bytes));
  return mergeSurvey([surveyor.part()], keys);
}

/** The second pass. Duplicates are each de-identified: here every file is judged by itself. */
export function releaseAll(subjects: readonly Subject[], survey: Survey, profile: Profile): Result[] {
  const results: Result[] = [];
  for (const { id, reasons } of survey.held) results[id] = { kind: "held", reasons };
  for (const { id, why } of survey.other) {
    results[id] = { kind: "held", reasons: [{ code: "UNREADABLE", detail: why }] };
  }
  const deidentifier = createDeidentifier(profile, keys);
  for (const { patient, ids } of survey.studies) {
    const instances = ids.map((id) => ({ id, source: memorySource(subjects[id]!.bytes) }));
    for (const outcome of applyStudy({ patient, instances }, deidentifier)) {
      results[outcome.id] =
        outcome.kind === "held"
          ? { kind: "held", reasons: outcome.reasons }
          : { kind: "released", bytes: joinParts(outcome.parts), patient };
    }
  }
  return results;
}

/** Paths, without item numbers, of the elements that the profile decided to change, with the decision. */
export function changedPaths(
  subject: Subject,
  patient: PatientRecord,
  profile: Profile,
): Map<string, string> {
  const explanation = explainInstance(
    memorySource(subject.bytes),
    patient,
    createDeidentifier(profile, keys),
  );
  const changed = new Map<string, string>();
  for (const { path, action, why } of explanation.elements) {
    if (action !== "kept") changed.set(path.replaceAll(" > ", ""), `${action}: ${why}`);
  }
  return changed;
}

/** The subject with File Meta Information and otherwise as it is, for judges that cannot read it without. */
export function withFileMeta({ bytes }: Subject): Uint8Array {
  const source: ByteSource = memorySource(bytes);
  const file = readFile(source);
  const { encoding, data } = file;
  const syntax = encoding.bigEndian
    ? "1.2.840.10008.1.2.2"
    : encoding.explicit
      ? file.transferSyntax || "1.2.840.10008.1.2.1"
      : "1.2.840.10008.1.2";
  const meta = encodeFileMeta(data.string(Tags.SOPClassUID), data.string(Tags.SOPInstanceUID), syntax);
  return joinParts([meta, ...writeDataSet(file, undefined, false)]);
}

/** Writes results to a folder; the path of each, undefined where it is held. */
export function writeResults(
  folder: string,
  prefix: string,
  results: readonly Result[],
): (string | undefined)[] {
  return results.map((result, at) => {
    if (result.kind === "held") return undefined;
    const path = join(folder, `${prefix}-${at}.dcm`);
    writeFileSync(path, result.bytes);
    return path;
  });
}
