import {
  canonicalJson,
  ElpisError,
  equalBytes,
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
  looksLikeDicom,
  readFile,
  type Tag,
  Tags,
  trimPadding,
} from "../dicom/index.js";
import { statesTwoPeople } from "./conflict.js";
import {
  addAll,
  BIRTH_DATES,
  collectDates,
  collectText,
  type Identifiers,
  kindAt,
  noIdentifiers,
  oversizedReasons,
  statementOf,
} from "./identifiers.js";
import { MAX_IDENTIFYING_LENGTH, recordKeyOf } from "./identity.js";
import type { ProjectKeys } from "./keys.js";
import { unreadableReasons } from "./polyglot.js";
import { isPlain } from "./readings.js";
import type { HeldReason, PatientRecord } from "./types.js";

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
  /** Keys of the patients to whom the files of a study belong, those of held files among them. */
  readonly patientsOfStudy: ReadonlyMap<string, ReadonlySet<string>>;
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

/** Characters of values that a surveyor remembers to have seen. */
const MOST_SEEN = 1 << 25;

/**
 * The first pass: reads headers, and collects by patient what identifies the person, so that text anywhere
 * in the person's studies can be searched for it. One surveyor serves any number of files.
 */
export class Surveyor {
  readonly #patients = new Map<string, Identifiers>();
  readonly #instances: Instance[] = [];
  readonly #patientsOfStudy = new Map<string, Set<string>>();
  readonly #held: { id: number; reasons: HeldReason[] }[] = [];
  readonly #other: { id: number; why: string }[] = [];
  /** Elements already seen, as `kind of list, patient, raw bytes`: a series repeats nearly all of them. */
  readonly #seen = new Set<string>();
  #seenLength = 0;
  /** The last plain value of each attribute, and whose: mostly the next file has the same. */
  readonly #last = new Map<
    Tag,
    { readonly kind: string; readonly patient: string; readonly bytes: Uint8Array }
  >();

  add(id: number, source: ByteSource): void {
    if (!looksLikeDicom(source)) {
      this.#other.push({ id, why: "not DICOM" });
      return;
    }
    try {
      const file = readFile(source);
      if (file.isDicomdir) {
        this.#held.push({
          id,
          reasons: [{ code: "DICOMDIR", detail: "an index of the medium's own paths" }],
        });
      } else this.#addFile(id, file);
    } catch (error) {
      if (!isElpisError(error)) throw error;
      this.#held.push({ id, reasons: unreadableReasons(source, error) });
    }
  }

  part(): SurveyPart {
    return {
      patients: this.#patients,
      instances: this.#instances,
      patientsOfStudy: this.#patientsOfStudy,
      held: this.#held,
      other: this.#other,
    };
  }

  /** A file that is held tells whom it is about all the same: its siblings may not. */
  #addFile(id: number, file: DicomFile): void {
    const { data } = file;
    const reasons = [...missingIdentity(data), ...oversizedReasons(data)];
    const study = data.string(Tags.StudyInstanceUID);
    const patient = recordKeyOf(data);
    let known = this.#patients.get(patient);
    if (!known) {
      known = noIdentifiers();
      this.#patients.set(patient, known);
    }
    this.#collect(data, patient, known);
    const statement = statementOf(data);
    if (statement !== undefined) known.stated.add(statement);
    if (study !== "") this.#link(study, patient);
    if (reasons.length > 0) this.#held.push({ id, reasons });
    else this.#instances.push({ id, patient, study, sop: data.string(Tags.SOPInstanceUID) });
  }

  #link(study: string, patient: string): void {
    const patients = this.#patientsOfStudy.get(study);
    if (patients) patients.add(patient);
    else this.#patientsOfStudy.set(study, new Set([patient]));
  }

  #collect(data: DataSet, patient: string, known: Identifiers): void {
    const { count } = data.tokens;
    for (let token = 0; token < count; token++) {
      const kind = kindAt(data, token);
      if (!kind || data.isSequence(token)) continue;
      const length = data.length(token);
      if (length === 0 || length > MAX_IDENTIFYING_LENGTH) continue;
      const tag = data.tagAt(token);
      const bytes = data.bytes(token);
      const last = this.#last.get(tag);
      if (last?.patient === patient && last.kind === kind && equalBytes(last.bytes, bytes)) continue;
      // A copy elsewhere, as vendors keep in private elements, does not say that it is the date of birth.
      const isBirth = BIRTH_DATES.has(tag);
      const raw = trimPadding(fromLatin1(bytes));
      const plain = isPlain(raw);
      const label = plain ? "" : data.characterSet(token).terms.join("\\");
      if (plain) this.#last.set(tag, { kind, patient, bytes: bytes.slice() });
      if (!this.#isNew(`${isBirth ? "births" : kind}|${label}|${patient}|${raw}`)) continue;
      if (kind === "dates") collectDates(raw, isBirth, known);
      else collectText(data, token, kind, known);
    }
  }

  #isNew(key: string): boolean {
    if (this.#seen.has(key)) return false;
    this.#seenLength += key.length;
    if (this.#seenLength > MOST_SEEN) {
      this.#seen.clear();
      this.#seenLength = key.length;
    }
    this.#seen.add(key);
    return true;
  }
}

/** Why a readable file is no instance that can be released. */
function missingIdentity(data: DataSet): HeldReason[] {
  const missing = [Tags.SOPClassUID, Tags.SOPInstanceUID, Tags.StudyInstanceUID, Tags.SeriesInstanceUID].find(
    (tag) => data.string(tag) === "",
  );
  if (missing === undefined) return [];
  const detail = `${dictionaryEntry(missing)?.name ?? "a UID"} is missing or empty`;
  return [{ code: "NO_IDENTITY", detail }];
}

/** Joins the parts of all workers; what comes out does not depend on their number or order. */
export function mergeSurvey(parts: readonly SurveyPart[], keys: ProjectKeys): Survey {
  const patients = mergePatients(parts);
  const records = recordsOf(patients, parts);
  const refused = new Map<string, HeldReason>();
  for (const [key, known] of patients) {
    if (isTooMany(records.get(key)!)) refused.set(key, TOO_MANY_IDENTIFIERS);
    if (isConflicting(known)) refused.set(key, CONFLICTING_IDENTITY);
  }
  const instances = parts.flatMap((part) => part.instances);
  const held = parts.flatMap((part) => part.held);
  const studies = new Map<string, { patient: string; studyUid: string; ids: number[] }>();
  const bySop = new Map<string, number[]>();
  for (const { id, patient, study, sop } of instances) {
    const same = bySop.get(sop);
    if (same) same.push(id);
    else bySop.set(sop, [id]);
    const reason = refused.get(patient);
    if (reason) {
      held.push({ id, reasons: [reason] });
      continue;
    }
    const key = `${patient}\n${study}`;
    const entry = studies.get(key) ?? { patient, studyUid: study, ids: [] };
    entry.ids.push(id);
    studies.set(key, entry);
  }
  const ordered = [...studies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, study]) => study);
  return {
    studies: ordered.map(({ patient, studyUid, ids }) => ({
      patient: records.get(patient)!,
      studyUid,
      ids: ids.sort((a, b) => a - b),
    })),
    duplicates: [...bySop.values()].filter((ids) => ids.length > 1).map((ids) => ids.sort((a, b) => a - b)),
    held: held.sort((a, b) => a.id - b.id),
    other: parts.flatMap((part) => part.other).sort((a, b) => a.id - b.id),
    digest: surveyDigest(records, [...bySop.keys()], keys),
  };
}

const CONFLICTING_IDENTITY: HeldReason = {
  code: "CONFLICTING_IDENTITY",
  detail: "(0010,0020): files with this ID state names and birth dates of two people",
};

/**
 * All the staff of many years is fewer, and to search for so many takes less than 100 MB. A file that names more was
 * made to exhaust whoever reads it.
 */
const [MOST_NAMES, MOST_OTHERS] = [2000, 10_000];

const TOO_MANY_IDENTIFIERS: HeldReason = {
  code: "UNINTELLIGIBLE_VALUE",
  detail: "(0010,0020): files with this ID name more people, numbers and dates than text can be searched for",
};

function isTooMany({ identifiers: { names, ids, dates, other } }: PatientRecord): boolean {
  return names.length > MOST_NAMES || ids.length + dates.length + other.length > MOST_OTHERS;
}

function isConflicting({ stated }: Identifiers): boolean {
  if (stated.size < 2) return false;
  return statesTwoPeople(
    sorted(stated).map((statement) => ({ birthDate: statement.slice(0, 8), name: statement.slice(9) })),
  );
}

function mergePatients(parts: readonly SurveyPart[]): Map<string, Identifiers> {
  const merged = new Map<string, Identifiers>();
  for (const part of parts) {
    for (const [key, found] of part.patients) {
      const known = merged.get(key) ?? noIdentifiers();
      addAll(known, found);
      merged.set(key, known);
    }
  }
  return merged;
}

/** A record for every patient, with what the files of the same studies tell under other keys. */
function recordsOf(
  patients: ReadonlyMap<string, Identifiers>,
  parts: readonly SurveyPart[],
): Map<string, PatientRecord> {
  const records = new Map<string, PatientRecord>();
  for (const group of searchedTogether([...patients.keys()].sort(), parts)) {
    const all = noIdentifiers();
    for (const key of group.known) addAll(all, patients.get(key)!);
    const identifiers = {
      names: sorted(all.names),
      ids: sorted(all.ids),
      dates: sorted(all.dates),
      other: sorted(all.other),
    };
    const birthDates = sorted(all.births);
    for (const key of group.keys) records.set(key, { key, identifiers, birthDates });
  }
  return records;
}

/** A study that more patients share than this says nothing of them: software that gives all studies one UID. */
const MOST_TOGETHER = 8;

interface SearchGroup {
  /** Patients who get one list. */
  readonly keys: readonly string[];
  /** Those whose identifiers are on it. */
  readonly known: readonly string[];
}

/**
 * Patients of one study are mostly one person, whose ID is blank, in lower case or of another issuer in some files:
 * text is searched for what any of them tells. Pseudonyms and dates stay apart. Chains of shared studies are
 * followed as long as all of them together are few; else a patient is searched with those of the own studies alone.
 */
function searchedTogether(keys: readonly string[], parts: readonly SurveyPart[]): SearchGroup[] {
  const neighbours = neighboursOf(parts);
  const groups: SearchGroup[] = [];
  const done = new Set<string>();
  for (const key of keys) {
    if (done.has(key)) continue;
    const chain = new Set([key]);
    for (const member of chain) for (const other of neighbours.get(member) ?? []) chain.add(other);
    const members = [...chain].sort();
    for (const member of members) done.add(member);
    if (members.length <= MOST_TOGETHER) {
      groups.push({ keys: members, known: members });
      continue;
    }
    for (const member of members) {
      const near = [member, ...(neighbours.get(member) ?? [])];
      groups.push({ keys: [member], known: near.length <= MOST_TOGETHER ? near : [member] });
    }
  }
  return groups;
}

/** By patient, the other patients of the own studies. */
function neighboursOf(parts: readonly SurveyPart[]): Map<string, Set<string>> {
  const patientsOfStudy = new Map<string, Set<string>>();
  for (const part of parts) {
    for (const [study, found] of part.patientsOfStudy) {
      const patients = patientsOfStudy.get(study) ?? new Set();
      for (const patient of found) patients.add(patient);
      patientsOfStudy.set(study, patients);
    }
  }
  const neighbours = new Map<string, Set<string>>();
  for (const patients of patientsOfStudy.values()) {
    if (patients.size < 2 || patients.size > MOST_TOGETHER) continue;
    for (const patient of patients) {
      const near = neighbours.get(patient) ?? new Set();
      for (const other of patients) if (other !== patient) near.add(other);
      neighbours.set(patient, near);
    }
  }
  return neighbours;
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
export function recordOfFile(source: ByteSource): PatientRecord {
  const surveyor = new Surveyor();
  surveyor.add(0, source);
  const part = surveyor.part();
  const [record] = recordsOf(mergePatients([part]), [part]).values();
  if (!record) throw new ElpisError("DICOM_NOT_DICOM", "no data set that tells of a patient");
  return record;
}
