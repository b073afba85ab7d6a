import { createHash, createHmac } from "node:crypto";
import { pick, type Random, randomInt } from "../../src/base/index.js";
import { type Profile, type ProjectKeys, patientKeyOf } from "../../src/deid/index.js";
import { buildFile, SopClass } from "../../src/dicom/index.js";
import { subject } from "./compose.js";
import { calendarDay, da, mrn, uid } from "./identifiers.js";
import type { FileKey } from "./key.js";
import { pnOf } from "./people.js";
import { type Flat, flatten } from "./read.js";
import { run } from "./run.js";

/** Dates on which this site examines nobody. Known to everyone who lives there. */
const HOLIDAYS = new Set(["0101", "0704", "1225", "1226"]);

/** A patient as the site knows the person. `studies` are true dates, YYYYMMDD. */
export interface SitePatient {
  readonly mrn: string;
  readonly issuer: string;
  readonly key: string;
  readonly studies: readonly string[];
  readonly uids: readonly string[];
}

/** A hospital with patients, some of whom were released; and every record number it ever gave. */
export interface Site {
  readonly patients: readonly SitePatient[];
  readonly files: readonly FileKey[];
  readonly allMrns: readonly string[];
}

/** What a recipient holds: files, and of release.json the digests. */
export interface Release {
  readonly files: readonly {
    readonly owner: number;
    readonly flat: Flat;
    readonly sha256: string;
    readonly input: string;
  }[];
}

/** The date of the scanner's last calibration: one for all patients, and known to the attacker. */
export const CALIBRATION = "20110614";
/** Version of a context group, as PS3.16 prints it. */
export const CONTEXT_GROUP_VERSION = "20020904";

/** Patients on working days alone, `studies` examinations each. */
export function site(random: Random, count: number, studies: number): Site {
  const patients: SitePatient[] = [];
  const files: FileKey[] = [];
  for (let index = 0; index < count; index++) {
    const of = { ...subject(random, "development", "ascii"), mrn: `${mrn(random)}${index}` };
    const dates = Array.from({ length: studies }, () => workingDay(random));
    const uids: string[] = [];
    for (const date of dates) {
      const [study, series, sop] = [uid(random), uid(random), uid(random)];
      uids.push(study, series, sop);
      files.push(studyFile(random, of, index, date, study, series, sop));
    }
    const issuer = "SITE";
    patients.push({ mrn: of.mrn, issuer, key: patientKeyOf(issuer, of.mrn), studies: dates, uids });
  }
  const others = Array.from({ length: count * 9 }, () => mrn(random));
  return { patients, files, allMrns: [...patients.map((patient) => patient.mrn), ...others] };
}

function workingDay(random: Random): string {
  for (;;) {
    const day = calendarDay(random, 2014, 2023);
    const weekday = new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay();
    if (weekday > 0 && weekday < 6 && !HOLIDAYS.has(da(day).slice(4))) return da(day);
  }
}

function studyFile(
  random: Random,
  of: ReturnType<typeof subject>,
  index: number,
  date: string,
  study: string,
  series: string,
  sop: string,
): FileKey {
  const bytes = buildFile({
    SOPClassUID: SopClass["CT Image Storage"]!,
    SOPInstanceUID: sop,
    StudyInstanceUID: study,
    SeriesInstanceUID: series,
    FrameOfReferenceUID: uid(random),
    PatientName: pnOf(of.who),
    PatientID: of.mrn,
    IssuerOfPatientID: "SITE",
    PatientBirthDate: da(of.birth),
    AccessionNumber: of.accession,
    StudyDate: date,
    ContentDate: date,
    AcquisitionDateTime: `${date}${String(randomInt(random, 8, 17)).padStart(2, "0")}3015`,
    DateOfLastCalibration: CALIBRATION,
    StudyDescription: pick(random, ["CT CHEST", "CT HEAD", "CT ABDOMEN PELVIS"]),
    ProcedureCodeSequence: [
      {
        CodeValue: "P5-08000",
        CodingSchemeDesignator: "SRT",
        CodeMeaning: "CT",
        MappingResource: "DCMR",
        ContextGroupVersion: CONTEXT_GROUP_VERSION,
        ContextIdentifier: "100",
      },
    ],
    Rows: 4,
    Columns: 4,
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    SamplesPerPixel: 1,
    PhotometricInterpretation: "MONOCHROME2",
    "(7FE0,0010) OW": Uint8Array.from({ length: 32 }, () => randomInt(random, 0, 255)),
  });
  return {
    name: `site/${index}/${date}`,
    bytes,
    subject: of,
    patient: String(index),
    texts: [],
    values: [],
    retained: [],
    characteristics: [],
    dates: [],
    mayBeHeld: false,
  };
}

/** What one recipient is given. */
export function release(from: Site, profile: Profile, keys: ProjectKeys): Release {
  const outcomes = run(from.files, profile, keys);
  return {
    files: from.files.map(({ bytes, patient }, id) => {
      const outcome = outcomes.get(id);
      if (outcome?.kind !== "released") throw new Error(`file ${id} was not released`);
      return {
        owner: Number(patient),
        flat: flatten(outcome.bytes),
        sha256: createHash("sha256").update(outcome.bytes).digest("hex"),
        input: createHmac("sha256", keys.input).update(bytes).digest("hex"),
      };
    }),
  };
}

export function textAt(flat: Flat, path: string): string {
  return (flat.elements.get(path)?.text ?? "").replace(/[\0 ]+$/, "");
}
