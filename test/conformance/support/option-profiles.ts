import { builtinProfile, type Profile } from "../../../src/deid/index.js";
import { CONFIDENTIALITY_OPTIONS, type ConfidentialityOption } from "../../../src/dicom/index.js";

/** The Basic Profile with these options; somebody has looked at the pixels. */
export function profileWith(name: string, ...options: readonly ConfidentialityOption[]): Profile {
  return { ...builtinProfile("basic"), name, options: new Set(options), pixels: "vetted" };
}

/** Each option of PS3.15 E.3 alone. */
export const SINGLE_OPTIONS: readonly Profile[] = CONFIDENTIALITY_OPTIONS.map((option) =>
  profileWith(option, option),
);

/** Combinations that sites use, and all options at once. */
export const COMBINED_OPTIONS: readonly Profile[] = [
  profileWith("cleaning", "cleanDescriptors", "cleanStructuredContent", "cleanGraphics"),
  profileWith("characteristics-dates", "retainPatientCharacteristics", "modifiedDates"),
  profileWith("device-institution", "retainDeviceIdentity", "retainInstitutionIdentity"),
  profileWith("device-dates", "retainDeviceIdentity", "retainFullDates"),
  profileWith("device-shifted", "retainDeviceIdentity", "modifiedDates"),
  profileWith("uids-private", "retainUids", "retainSafePrivate"),
  profileWith("content-without-text", "cleanStructuredContent", "modifiedDates"),
  profileWith(
    "everything-shifted",
    ...CONFIDENTIALITY_OPTIONS.filter((option) => option !== "retainFullDates"),
  ),
  profileWith("everything-full", ...CONFIDENTIALITY_OPTIONS.filter((option) => option !== "modifiedDates")),
];
