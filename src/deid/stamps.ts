import {
  type CharacterSet,
  type ConfidentialityOption,
  type Encoding,
  type NewElement,
  newElement,
  Tags,
} from "../dicom/index.js";
import type { Profile } from "./types.js";

/** CID 7050 De-identification Method: one code per profile or option that was really applied. */
const METHOD_CODES: readonly (readonly [
  option: ConfidentialityOption | "basic",
  code: string,
  meaning: string,
])[] = [
  ["basic", "113100", "Basic Application Confidentiality Profile"],
  ["cleanGraphics", "113103", "Clean Graphics Option"],
  ["cleanStructuredContent", "113104", "Clean Structured Content Option"],
  ["cleanDescriptors", "113105", "Clean Descriptors Option"],
  ["retainFullDates", "113106", "Retain Longitudinal Temporal Information Full Dates Option"],
  ["modifiedDates", "113107", "Retain Longitudinal Temporal Information Modified Dates Option"],
  ["retainPatientCharacteristics", "113108", "Retain Patient Characteristics Option"],
  ["retainDeviceIdentity", "113109", "Retain Device Identity Option"],
  ["retainUids", "113110", "Retain UIDs Option"],
  ["retainSafePrivate", "113111", "Retain Safe Private Option"],
  ["retainInstitutionIdentity", "113112", "Retain Institution Identity Option"],
];

const CLEAN_PIXEL_DATA = ["113101", "Clean Pixel Data Option"] as const;

/**
 * What the release says of itself (PS3.15 E.1.1 step 6 and E.3.6): nothing that was not done. `pixelsExamined`:
 * this instance's frames were looked at, and nothing was left.
 */
export function stamps(
  profile: Profile,
  encoding: Encoding,
  pixelsExamined = false,
  characterSet?: CharacterSet,
): NewElement[] {
  const options = { encoding, ...(characterSet ? { characterSet } : {}) };
  const applied = METHOD_CODES.filter(([option]) => option === "basic" || profile.options.has(option));
  const codes = applied.map(([, code, meaning]) => [code, meaning] as const);
  if (pixelsExamined) codes.splice(1, 0, CLEAN_PIXEL_DATA);
  const dates = profile.options.has("retainFullDates")
    ? "UNMODIFIED"
    : profile.options.has("modifiedDates")
      ? "MODIFIED"
      : "REMOVED";
  return [
    newElement(Tags.PatientIdentityRemoved, "YES", options),
    newElement(Tags.DeidentificationMethod, ["Elpis", "PS3.15 2026d"], options),
    newElement(
      Tags.DeidentificationMethodCodeSequence,
      codes.map(([CodeValue, CodeMeaning]) => ({ CodeValue, CodingSchemeDesignator: "DCM", CodeMeaning })),
      options,
    ),
    newElement(Tags.LongitudinalTemporalInformationModified, dates, options),
    ...(pixelsExamined ? [newElement(Tags.BurnedInAnnotation, "NO", options)] : []),
  ];
}
