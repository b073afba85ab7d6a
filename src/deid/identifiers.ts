import { fromLatin1 } from "../base/index.js";
import {
  type DataSet,
  dictionaryEntry,
  dictionaryVrCode,
  Flag,
  isPrivate,
  type Tag,
  Tags,
  tagOfKeyword,
  trimPadding,
  vrCode,
} from "../dicom/index.js";
import type { KnownIdentifiers } from "../text/index.js";
import { MAX_IDENTIFYING_LENGTH } from "./identity.js";
import { datesMeant, readingsOf } from "./readings.js";
import type { HeldReason } from "./types.js";

/** Which list of a patient's known identifiers an attribute's values belong to, at any nesting depth. */
export type IdentifierKind = keyof KnownIdentifiers;

/** Beside these, every PN is a name and every DA a date. */
const ID_KEYWORDS = `PatientID OtherPatientIDs AccessionNumber StudyID AdmissionID ServiceEpisodeID
  MedicalRecordLocator InsurancePlanIdentification PatientTelephoneNumbers PersonTelephoneNumbers
  ReferringPhysicianTelephoneNumbers PatientTelecomInformation PersonTelecomInformation OrderCallbackPhoneNumber
  RequestedProcedureID ScheduledProcedureStepID PerformedProcedureStepID
  PlacerOrderNumberImagingServiceRequest FillerOrderNumberImagingServiceRequest FillerOrderNumberProcedure
  PlacerOrderNumberProcedure
  ClinicalTrialSubjectID ClinicalTrialSubjectReadingID
  ContainerIdentifier SpecimenIdentifier CaseIdentifier`;
const OTHER_KEYWORDS = `PatientAddress ReferringPhysicianAddress PersonAddress InstitutionName InstitutionAddress
  InstitutionalDepartmentName RequestingService IssuerOfPatientID CurrentPatientLocation
  PatientInstitutionResidence StationName DeviceSerialNumber RegionOfResidence ResponsibleOrganization`;
const NAME_KEYWORDS = "PatientMotherBirthName ResponsiblePerson NameToUse";
const DATE_KEYWORDS = "PatientBirthDateInAlternativeCalendar PatientDeathDateInAlternativeCalendar";

const KIND_BY_TAG = new Map<Tag, IdentifierKind>();
for (const [keywords, kind] of [
  [ID_KEYWORDS, "ids"],
  [OTHER_KEYWORDS, "other"],
  [NAME_KEYWORDS, "names"],
  [DATE_KEYWORDS, "dates"],
] as const) {
  for (const keyword of keywords.split(/\s+/)) {
    const tag = tagOfKeyword(keyword);
    if (tag !== undefined) KIND_BY_TAG.set(tag, kind);
  }
}
const [PN, DA, DT] = [vrCode("PN"), vrCode("DA"), vrCode("DT")];

/** What identifies one person, as far as files tell. */
export interface Identifiers {
  names: Set<string>;
  ids: Set<string>;
  dates: Set<string>;
  other: Set<string>;
  /** Also among the dates. */
  births: Set<string>;
  /** "YYYYMMDD name" of each file that states both at its top level. */
  stated: Set<string>;
}

const LISTS = ["names", "ids", "dates", "other", "births", "stated"] as const;
export const noIdentifiers = (): Identifiers => ({
  names: new Set(),
  ids: new Set(),
  dates: new Set(),
  other: new Set(),
  births: new Set(),
  stated: new Set(),
});
export const BIRTH_DATES = new Set<Tag>(
  ["PatientBirthDate", "PatientBirthDateInAlternativeCalendar"].flatMap(
    (keyword) => tagOfKeyword(keyword) ?? [],
  ),
);

export function addAll(known: Identifiers, found: Readonly<Identifiers>): void {
  for (const list of LISTS) for (const value of found[list]) known[list].add(value);
}

export function collectDates(raw: string, isBirth: boolean, known: Identifiers): void {
  for (const value of raw.split("\\").map((one) => one.trim())) {
    const dates = datesMeant(value);
    for (const date of dates) known.dates.add(date);
    if (!isBirth) continue;
    for (const date of dates) known.births.add(date);
    // A form that is nobody's, or another calendar's: to be looked for as it stands.
    if (dates.length === 0 && /\d/.test(value) && value.length >= 4) known.ids.add(value);
  }
}

export function collectText(
  data: DataSet,
  token: number,
  kind: Exclude<IdentifierKind, "dates">,
  known: Identifiers,
): void {
  const vr = kind === "names" ? "PN" : (dictionaryEntry(data.tagAt(token))?.vr ?? "LO");
  const { meant, garbled } = readingsOf(data, token, vr);
  for (const value of meant) if (value !== "") known[kind].add(value);
  // Pieces of a garbled name are no names: whole components are looked for as phrases are.
  for (const value of garbled.flatMap((whole) => whole.split(/[\^=]+/))) {
    if (value !== "") known.other.add(value);
  }
}

/** By its tag, whatever the VR in the file; else by the dictionary's VR, or the file's. */
export function kindAt(data: DataSet, token: number): IdentifierKind | undefined {
  const { vr, flags } = data.tokens;
  const tag = data.tagAt(token);
  const kind = KIND_BY_TAG.get(tag) ?? kindOfVr(vr[token]!);
  // In implicit VR the dictionary has told the file's.
  if (kind || isPrivate(tag) || (flags[token]! & Flag.Implicit) !== 0) return kind;
  return kindOfVr(dictionaryVrCode(tag));
}

function kindOfVr(vr: number): IdentifierKind | undefined {
  if (vr === PN) return "names";
  return vr === DA || vr === DT ? "dates" : undefined;
}

/** Name and birth date of the file's own patient; undefined unless it states both. */
export function statementOf(data: DataSet): string | undefined {
  const [name, birth] = [data.find(Tags.PatientName), data.find(Tags.PatientBirthDate)];
  for (const token of [name, birth]) {
    if (token < 0 || data.isSequence(token) || data.length(token) > MAX_IDENTIFYING_LENGTH) return undefined;
  }
  const [date] = datesMeant(trimPadding(fromLatin1(data.bytes(birth))).trim());
  const text = readingsOf(data, name, "PN").meant.find((value) => value !== "");
  return date === undefined || text === undefined ? undefined : `${date} ${text}`;
}

/** Identifying values that are too long to be searched for: the file is held, as PS3.15 E.3.6 cannot be obeyed. */
export function oversizedReasons(data: DataSet): HeldReason[] {
  const { value, valueEnd, count } = data.tokens;
  const reasons: HeldReason[] = [];
  for (let token = 0; token < count; token++) {
    if (valueEnd[token]! - value[token]! <= MAX_IDENTIFYING_LENGTH) continue;
    if (data.isSequence(token) || !kindAt(data, token)) continue;
    const detail = `${data.path(token)}: an identifying value of more than 64 KB`;
    reasons.push({ code: "UNINTELLIGIBLE_VALUE", detail });
  }
  return reasons;
}
