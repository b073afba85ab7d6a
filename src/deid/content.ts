import { type DataSet, type Tag, Tags, tagOfKeyword } from "../dicom/index.js";
import type { Profile } from "./types.js";

const tag = (keyword: string): Tag => tagOfKeyword(keyword)!;
const CONCEPT_NAME = tag("ConceptNameCodeSequence");
const NUMERIC_VALUE = tag("NumericValue");
const UNITS = tag("MeasurementUnitsCodeSequence");

/** Attributes that hold the value of a content item, of which the concept says what they mean (PS3.3 C.17.3). */
const VALUES = new Set<Tag>(
  ["TextValue", "DateTime", "Date", "Time", "NumericValue", "PersonName", "UID"].map(tag),
);

/** What a content item of a structured report says of a person or a device, by the code of its concept (DCM). */
export type ContentMeaning = "person" | "device" | "institution" | "birth-date" | "device-date" | "age";

const MEANINGS = new Map<string, ContentMeaning>();
const concepts: Readonly<Record<ContentMeaning, string>> = {
  // Person Observer, Subject, Person (PS3.16 TID 1003, 1006, 1007, 1020): names, IDs, logins; order numbers.
  person: "121008 121020 121021 121022 121029 121030 121036 113870 113871 113872 128774 128775",
  // Device Observer and Device (TID 1004, 1021): name, serial number, location.
  device: "121013 121016 121017 113877 113880",
  institution: "121009 113873",
  "birth-date": "121031",
  // Calibration of the dose meter (TID 10002): shared by all of its patients.
  "device-date": "113723",
  age: "121033",
};
for (const [meaning, codes] of Object.entries(concepts)) {
  for (const code of codes.split(" ")) MEANINGS.set(code, meaning as ContentMeaning);
}

/** The meaning of a content item's value that its attribute alone does not tell; undefined for all other values. */
export function contentMeaning(data: DataSet, token: number): ContentMeaning | undefined {
  const valueTag = data.tagAt(token);
  if (!VALUES.has(valueTag)) return undefined;
  const item = contentItem(data, token, valueTag);
  if (item === undefined) return undefined;
  const sequence = data.find(CONCEPT_NAME, item);
  const code = sequence < 0 ? undefined : data.items(sequence)[0];
  if (code === undefined || data.string(Tags.CodingSchemeDesignator, code) !== "DCM") return undefined;
  return MEANINGS.get(data.string(Tags.CodeValue, code));
}

/** The item that holds the concept: the value's own, or for a number that around its Measured Value Sequence. */
function contentItem(data: DataSet, token: number, valueTag: Tag): number | undefined {
  const { parent } = data.tokens;
  if (valueTag !== NUMERIC_VALUE) return parent[token]!;
  const measured = parent[token]!;
  return measured < 0 ? undefined : parent[parent[measured]!]!;
}

/** Whether an option retains what such a value says. */
export function isRetained(meaning: ContentMeaning, { options }: Profile): boolean {
  if (meaning === "device") return options.has("retainDeviceIdentity");
  if (meaning === "institution") return options.has("retainInstitutionIdentity");
  if (meaning === "device-date") return options.has("retainFullDates");
  return false;
}

const YEARS_PER_UNIT: Readonly<Record<string, number>> = {
  a: 1,
  Y: 1,
  mo: 1 / 12,
  wk: 1 / 52.18,
  d: 1 / 365.25,
};

/** The highest number that an age may have in the units of its measurement: 90 years. */
export function highestAge(data: DataSet, token: number): number {
  const sequence = data.find(UNITS, data.tokens.parent[token]!);
  const unit = sequence < 0 ? undefined : data.items(sequence)[0];
  const years = unit === undefined ? 1 : (YEARS_PER_UNIT[data.string(Tags.CodeValue, unit)] ?? 1);
  return Math.floor(90 / years);
}
