import { type DataSet, numbersOf, type Tag, Tags, tagOfKeyword } from "../dicom/index.js";
import { OLDEST_AGE, yearsPerUnit } from "./ages.js";
import type { Profile } from "./types.js";
import { isNumber } from "./values.js";

const tag = (keyword: string): Tag => tagOfKeyword(keyword)!;
const CONCEPT_NAME = tag("ConceptNameCodeSequence");
const LONG_CODE_VALUE = tag("LongCodeValue");
const NUMBERS = new Set<Tag>(
  ["NumericValue", "FloatingPointValue", "RationalNumeratorValue", "RationalDenominatorValue"].map(tag),
);
const UNITS = tag("MeasurementUnitsCodeSequence");
const [NUMERATOR, DENOMINATOR] = [tag("RationalNumeratorValue"), tag("RationalDenominatorValue")];

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

/** Of codes that are not listed, such as a site's own, the meaning says it in words. */
const SAID: readonly (readonly [RegExp, ContentMeaning])[] = [
  [
    /\b(?:birth ?date|date of birth|birthday|dob|geburtsdatum|date de naissance|fecha de nacimiento)\b/i,
    "birth-date",
  ],
  [
    /^(?:patient|subject|person|observer|physician|doctor|radiologist|technologist|operator|nurse|reader|(?:referring|performing|reading|requesting|attending) \w+)(?:'s)? (?:(?:full|last|first|family|given) )?(?:name|id|identifier|login)$/i,
    "person",
  ],
  [/(?<!\b(?:gestational|bone|skeletal|fetal|foetal|menstrual|conceptional|dental) )\bage\b(?! of)/i, "age"],
];

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
  const meaning = MEANINGS.get(`${data.string(Tags.CodingSchemeDesignator, code)}:${value}`);
  if (meaning !== undefined) return meaning;
  const words = data.string(Tags.CodeMeaning, code);
  return SAID.find(([pattern]) => pattern.test(words))?.[1];
}

/** Whether an option retains what such a value says. */
export function isRetained(meaning: ContentMeaning, { options }: Profile): boolean {
  if (meaning === "device") return options.has("retainDeviceIdentity");
  if (meaning === "institution") return options.has("retainInstitutionIdentity");
  if (meaning === "device-date") return options.has("retainFullDates");
  return false;
}

/** An age of a DS in the units of its measurement, at most 90 years; null for what is no number. */
export function cappedNumber(data: DataSet, token: number, value: string): string | null {
  if (!isNumber(value)) return null;
  const years = yearsPerUnit(...unitOf(data, data.tokens.parent[token]!));
  return Number(value) * years >= OLDEST_AGE ? String(Math.floor(OLDEST_AGE / years)) : value;
}

/** True for a second form of an age, as a fraction or in floating point, that is over 89 or no number. */
export function isOldAge(data: DataSet, token: number): boolean {
  const item = data.tokens.parent[token]!;
  const number = (of: number) => (of < 0 ? Number.NaN : (numbersOf(data, of)[0] ?? Number.NaN));
  const isFraction = [NUMERATOR, DENOMINATOR].includes(data.tagAt(token));
  const value = isFraction
    ? number(data.find(NUMERATOR, item)) / number(data.find(DENOMINATOR, item))
    : number(token);
  return !(value * yearsPerUnit(...unitOf(data, item)) < OLDEST_AGE);
}

/** Code and meaning of the units of a measurement; "" where it has none. */
function unitOf(data: DataSet, item: number): [code: string, meaning: string] {
  const sequence = data.find(UNITS, item);
  const unit = sequence < 0 ? undefined : data.items(sequence)[0];
  if (unit === undefined) return ["", ""];
  return [data.string(Tags.CodeValue, unit), data.string(Tags.CodeMeaning, unit)];
}
