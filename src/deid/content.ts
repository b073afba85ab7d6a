import { type DataSet, type Tag, Tags, tagOfKeyword } from "../dicom/index.js";
import type { Profile } from "./types.js";

const tag = (keyword: string): Tag => tagOfKeyword(keyword)!;
const CONCEPT_NAME = tag("ConceptNameCodeSequence");
const LONG_CODE_VALUE = tag("LongCodeValue");
const NUMBERS = new Set<Tag>(
  ["NumericValue", "FloatingPointValue", "RationalNumeratorValue", "RationalDenominatorValue"].map(tag),
);
const UNITS = tag("MeasurementUnitsCodeSequence");

/** Attributes that hold the value of a content item, of which the concept says what they mean (PS3.3 C.17.3). */
const VALUES = new Set<Tag>(
  [
    ...["TextValue", "DateTime", "Date", "Time", "PersonName", "UID"],
    ...["NumericValue", "FloatingPointValue", "RationalNumeratorValue", "RationalDenominatorValue"],
  ].map(tag),
);

/** What a content item of a structured report says of a person or a device, by the code of its concept. */
export type ContentMeaning = "person" | "device" | "institution" | "birth-date" | "device-date" | "age";

const MEANINGS = new Map<string, ContentMeaning>();
const concepts: Readonly<Record<ContentMeaning, string>> = {
  // Person Observer, Subject, Person (PS3.16 TID 1003, 1006, 1007, 1020): names, IDs, logins; order numbers.
  person: `DCM:121008 DCM:121020 DCM:121021 DCM:121022 DCM:121029 DCM:121030 DCM:121036 DCM:113870 DCM:113871
    DCM:113872 DCM:128774 DCM:128775 LN:54125-0 LN:45401-7 LN:76435-7 SCT:371484003 SCT:422549004`,
  // Device Observer and Device (TID 1004, 1021): name, serial number, location.
  device: "DCM:121013 DCM:121016 DCM:121017 DCM:113877 DCM:113880",
  institution: "DCM:121009 DCM:113873",
  "birth-date": "DCM:121031 LN:21112-8 SCT:184099003",
  // Calibration of the dose meter (TID 10002): shared by all of its patients.
  "device-date": "DCM:113723",
  age: "DCM:121033 LN:30525-0 LN:21612-7 LN:29553-5 SCT:424144002 SCT:397669002",
};
for (const [meaning, codes] of Object.entries(concepts)) {
  for (const code of codes.split(/\s+/)) MEANINGS.set(code, meaning as ContentMeaning);
}

/** The meaning of a content item's value that its attribute alone does not tell; undefined for all other values. */
export function contentMeaning(data: DataSet, token: number): ContentMeaning | undefined {
  const valueTag = data.tagAt(token);
  if (!VALUES.has(valueTag)) return undefined;
  const own = data.tokens.parent[token]!;
  const meaning = meaningOfItem(data, own);
  if (meaning !== undefined || !NUMBERS.has(valueTag) || own < 0) return meaning;
  // A number stands in a Measured Value Sequence, the concept in the item around it.
  return meaningOfItem(data, data.tokens.parent[data.tokens.parent[own]!]!);
}

function meaningOfItem(data: DataSet, item: number): ContentMeaning | undefined {
  const sequence = data.find(CONCEPT_NAME, item);
  const code = sequence < 0 ? undefined : data.items(sequence)[0];
  if (code === undefined) return undefined;
  const value = data.string(Tags.CodeValue, code) || data.string(LONG_CODE_VALUE, code);
  return MEANINGS.get(`${data.string(Tags.CodingSchemeDesignator, code)}:${value}`);
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
