import {
  canonicalJson,
  ElpisError,
  fromLatin1,
  hmacFields,
  isElpisError,
  toHex,
  utf8,
} from "../base/index.js";
import {
  type ByteSource,
  type DataSet,
  type DicomFile,
  dictionaryEntry,
  dictionaryVrCode,
  looksLikeDicom,
  readFile,
  type Tag,
  Tags,
  tagOfKeyword,
  vrCode,
} from "../dicom/index.js";
import type { KnownIdentifiers } from "../text/index.js";
import { patientKeyOf } from "./identity.js";
import type { ProjectKeys } from "./keys.js";
import { unreadableReasons } from "./polyglot.js";
import type { HeldReason, PatientRecord } from "./types.js";

/** Which list of a patient's known identifiers an attribute's values belong to, at any nesting depth. */
type IdentifierKind = keyof KnownIdentifiers;

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
  InstitutionalDepartmentName RequestingService IssuerOfPatientID PatientBirthName CurrentPatientLocation
  PatientInstitutionResidence StationName DeviceSerialNumber RegionOfResidence ResponsibleOrganization`;
const NAME_KEYWORDS = "PatientMotherBirthName ResponsiblePerson NameToUse";

const KIND_BY_TAG = new Map<Tag, IdentifierKind>();
for (const [keywords, kind] of [
  [ID_KEYWORDS, "ids"],
  [OTHER_KEYWORDS, "other"],
  [NAME_KEYWORDS, "names"],
] as const) {
  for (const keyword of keywords.split(/\s+/)) {
    const tag = tagOfKeyword(keyword);
    if (tag !== undefined) KIND_BY_TAG.set(tag, kind);
  }
}
const [PN, DA, DT, UN] = [vrCode("PN"), vrCode("DA"), vrCode("DT"), vrCode("UN")];

interface Identifiers {
  names: Set<string>;
  ids: Set<string>;
  dates: Set<string>;
  other: Set<string>;
  /** Also among the dates. */
  births: Set<string>;
}

const LISTS = ["names", "ids", "dates", "other", "births"] as const;
const noIdentifiers = (): Identifiers => ({
  names: new Set(),
  ids: new Set(),
  dates: new Set(),
  other: new Set(),
  births: new Set(),
});
const BIRTH_DATES = new Set<Tag>(
  ["PatientBirthDate", "PatientBirthDateInAlternativeCalendar"].flatMap(
    (keyword) => tagOfKeyword(keyword) ?? [],
  ),
);

interface Instance {
  readonly id: number;
  readonly patient: string;
  readonly study: string;
  readonly sop: string;
}

/** What one worker found; plain data, so that it can be sent to another thread. */
export interface SurveyPart {
  readonly patients: ReadonlyMap<string, Readonly<Identifiers>>;
  readonly instances: readonly Instance[];
  readonly held: readonly { readonly id: number; readonly reasons: readonly HeldReason[] }[];
  readonly other: readonly { readonly id: number; readonly why: string }[];
}

/** The studies of one patient each, in an order that depends on the input's contents alone. */
export interface SurveyedStudy {
  readonly patient: PatientRecord;
  readonly studyUid: string;
  readonly ids: readonly number[];
}

export interface Survey {
  readonly studies: readonly SurveyedStudy[];
  /** Ids that share a SOP Instance UID. Equal bytes are one instance; different bytes are all held. */
  readonly duplicates: readonly (readonly number[])[];
  readonly held: SurveyPart["held"];
  readonly other: SurveyPart["other"];
  /** HMAC of all identifiers found, hexadecimal: what the second pass looked for, told to nobody. */
  readonly digest: string;
}

/**
 * The first pass: reads headers, and collects by patient what identifies the person, so that text anywhere
 * in the person's studies can be searched for it. One surveyor serves any number of files.
 */
export class Surveyor {
  readonly #patients = new Map<string, Identifiers>();
  readonly #instances: Instance[] = [];
  readonly #held: { id: number; reasons: HeldReason[] }[] = [];
  readonly #other: { id: number; why: string }[] = [];
  /** Elements already seen, as `kind of list, patient, raw bytes`: a series repeats nearly all of them. */
  #seen = new Set<string>();

  add(id: number, source: ByteSource): void {
    if (!looksLikeDicom(source)) {
      this.#other.push({ id, why: "not DICOM" });
      return;
    }
    try {
      const file = readFile(source);
      const reason = headReason(file);
      if (reason) this.#held.push({ id, reasons: [reason] });
      else this.#addInstance(id, file.data);
    } catch (error) {
      if (!isElpisError(error)) throw error;
      this.#held.push({ id, reasons: unreadableReasons(source, error) });
    }
  }

  part(): SurveyPart {
    return { patients: this.#patients, instances: this.#instances, held: this.#held, other: this.#other };
  }

  #addInstance(id: number, data: DataSet): void {
    const study = data.string(Tags.StudyInstanceUID);
    const patient = patientKeyOf(data.string(Tags.IssuerOfPatientID), data.string(Tags.PatientID), study);
    this.#instances.push({ id, patient, study, sop: data.string(Tags.SOPInstanceUID) });
    let known = this.#patients.get(patient);
    if (!known) {
      known = noIdentifiers();
      this.#patients.set(patient, known);
    }
    this.#collect(data, patient, known);
  }

  #collect(data: DataSet, patient: string, known: Identifiers): void {
    const { tag, vr, count } = data.tokens;
    for (let token = 0; token < count; token++) {
      const kind = kindOf(tag[token] as Tag, vr[token]!);
      if (!kind || data.isSequence(token)) continue;
      const length = data.length(token);
      if (length === 0 || length > 4096) continue;
      // A copy elsewhere, as vendors keep in private elements, does not say that it is the date of birth.
      const isBirth = BIRTH_DATES.has(tag[token] as Tag);
      const key = `${isBirth ? "births" : kind}|${patient}|${fromLatin1(data.bytes(token))}`;
      if (this.#seen.has(key)) continue;
      if (this.#seen.size > 500_000) this.#seen = new Set();
      this.#seen.add(key);
      const fileVr = dictionaryEntry(tag[token] as Tag)?.vr ?? data.vrAt(token);
      for (const value of data.strings(token, fileVr)) {
        const identifier = kind === "dates" ? value.slice(0, 8) : value.trim();
        if (identifier === "") continue;
        known[kind].add(identifier);
        if (isBirth) known.births.add(identifier);
      }
    }
  }
}

function kindOf(tag: Tag, fileVr: number): IdentifierKind | undefined {
  const vr = fileVr === UN ? dictionaryVrCode(tag) : fileVr;
  if (vr === PN) return "names";
  if (vr === DA || vr === DT) return "dates";
  return KIND_BY_TAG.get(tag);
}

/** Why a readable file is no instance that can be released. */
function headReason(file: DicomFile): HeldReason | undefined {
  if (file.isDicomdir) return { code: "DICOMDIR", detail: "an index of the medium's own paths" };
  const missing = [Tags.SOPClassUID, Tags.SOPInstanceUID, Tags.StudyInstanceUID, Tags.SeriesInstanceUID].find(
    (tag) => file.data.string(tag) === "",
  );
  if (missing === undefined) return undefined;
  return { code: "NO_IDENTITY", detail: `${dictionaryEntry(missing)?.name ?? "a UID"} is missing or empty` };
}

/** Joins the parts of all workers; what comes out does not depend on their number or order. */
export function mergeSurvey(parts: readonly SurveyPart[], keys: ProjectKeys): Survey {
  const records = mergePatients(parts);
  const instances = parts.flatMap((part) => part.instances);
  const studies = new Map<string, { patient: string; studyUid: string; ids: number[] }>();
  const bySop = new Map<string, number[]>();
  for (const { id, patient, study, sop } of instances) {
    const key = `${patient}\n${study}`;
    const entry = studies.get(key) ?? { patient, studyUid: study, ids: [] };
    entry.ids.push(id);
    studies.set(key, entry);
    const same = bySop.get(sop);
    if (same) same.push(id);
    else bySop.set(sop, [id]);
  }
  const ordered = [...studies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, study]) => study);
  return {
    studies: ordered.map(({ patient, studyUid, ids }) => ({
      patient: records.get(patient)!,
      studyUid,
      ids: ids.sort((a, b) => a - b),
    })),
    duplicates: [...bySop.values()].filter((ids) => ids.length > 1).map((ids) => ids.sort((a, b) => a - b)),
    held: parts.flatMap((part) => part.held).sort((a, b) => a.id - b.id),
    other: parts.flatMap((part) => part.other).sort((a, b) => a.id - b.id),
    digest: surveyDigest(records, [...bySop.keys()], keys),
  };
}

function mergePatients(parts: readonly SurveyPart[]): Map<string, PatientRecord> {
  const merged = new Map<string, Identifiers>();
  for (const part of parts) {
    for (const [key, found] of part.patients) {
      const known = merged.get(key) ?? noIdentifiers();
      for (const kind of LISTS) {
        for (const value of found[kind]) known[kind].add(value);
      }
      merged.set(key, known);
    }
  }
  const records = new Map<string, PatientRecord>();
  for (const key of [...merged.keys()].sort()) {
    const { names, ids, dates, other, births } = merged.get(key)!;
    const identifiers = {
      names: sorted(names),
      ids: sorted(ids),
      dates: sorted(dates),
      other: sorted(other),
    };
    records.set(key, { key, identifiers, birthDates: sorted(births) });
  }
  return records;
}

const sorted = (values: ReadonlySet<string>) => [...values].sort();

function surveyDigest(
  records: ReadonlyMap<string, PatientRecord>,
  sops: string[],
  keys: ProjectKeys,
): string {
  const patients = [...records.values()].map(({ key, identifiers }) => [key, { ...identifiers }] as const);
  const content = canonicalJson({
    patients: patients.map(([key, lists]) => ({ key, ...lists })),
    sops: sops.sort(),
  });
  return toHex(hmacFields(keys.survey, utf8(content)));
}

/** A record of one instance alone, for `inspect`, where there is no input around it. */
export function recordOfFile(source: ByteSource, keys: ProjectKeys): PatientRecord {
  const surveyor = new Surveyor();
  surveyor.add(0, source);
  const study = mergeSurvey([surveyor.part()], keys).studies[0];
  if (!study)
    throw new ElpisError("DICOM_NOT_DICOM", "no instance with a study, series and SOP Instance UID");
  return study.patient;
}
