import {
  applyStudy,
  createDeidentifier,
  deriveProjectKeys,
  type HeldReason,
  mergeSurvey,
  type Profile,
  type ProjectKeys,
  parseProfile,
  type ReleasedInstance,
  Surveyor,
} from "../../src/deid/index.js";
import { joinParts, memorySource } from "../../src/dicom/index.js";
import type { FileKey } from "./key.js";

/** What became of one file. */
export type Outcome =
  | { readonly kind: "released"; readonly bytes: Uint8Array; readonly instance: ReleasedInstance<number> }
  | { readonly kind: "held"; readonly reasons: readonly HeldReason[] };

export function keysFor(recipient: string, secretByte = 7): ProjectKeys {
  return deriveProjectKeys(new Uint8Array(32).fill(secretByte), "quality", recipient);
}

/** Options as a profile's YAML names them. */
export const ADDED_OPTIONS = [
  "retain-device-identity",
  "retain-institution-identity",
  "retain-uids",
  "retain-full-dates",
] as const;
const ALL_OPTIONS = [
  ...ADDED_OPTIONS,
  "retain-safe-private",
  "retain-patient-characteristics",
  "modified-dates",
  "clean-descriptors",
  "clean-structured-content",
  "clean-graphics",
] as const;

/** A profile that comes along with options added; pixels are taken as vetted, for this is about metadata. */
export function profileWith(base: string, add: readonly string[] = []): Profile {
  const remove =
    add.includes("retain-full-dates") && base === "research" ? "  remove: [modified-dates]\n" : "";
  const options = add.length === 0 ? "" : `options:\n  add: [${add.join(", ")}]\n${remove}`;
  const name = [base, ...add].join("-with-");
  return parseProfile(`name: measured-${name}\nextends: ${base}\n${options}pixels: vetted\n`, `${base}.yaml`);
}

/** Every profile that is measured: the main one first. */
export function measuredProfiles(): Profile[] {
  return [
    profileWith("research"),
    profileWith("basic"),
    profileWith("limited"),
    ...ADDED_OPTIONS.map((option) => profileWith("research", [option])),
    ...ALL_OPTIONS.map((option) => profileWith("basic", [option])),
  ];
}

/** De-identifies all files as one input: both passes, study by study. */
export function run(files: readonly FileKey[], profile: Profile, keys: ProjectKeys): Map<number, Outcome> {
  const surveyor = new Surveyor();
  files.forEach(({ bytes }, id) => {
    surveyor.add(id, memorySource(bytes));
  });
  const survey = mergeSurvey([surveyor.part()], keys);
  const outcomes = new Map<number, Outcome>();
  for (const { id, reasons } of survey.held) outcomes.set(id, { kind: "held", reasons });
  const deidentifier = createDeidentifier(profile, keys);
  for (const { patient, ids } of survey.studies) {
    const instances = ids.map((id) => ({ id, source: memorySource(files[id]!.bytes) }));
    for (const outcome of applyStudy({ patient, instances }, deidentifier)) {
      if (outcome.kind === "held") outcomes.set(outcome.id, { kind: "held", reasons: outcome.reasons });
      else outcomes.set(outcome.id, { kind: "released", bytes: joinParts(outcome.parts), instance: outcome });
    }
  }
  return outcomes;
}
