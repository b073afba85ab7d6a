import { type Random, randomInt } from "../../src/base/index.js";
import { type PlainDataSet, SopClass } from "../../src/dicom/index.js";

/** What a planted identifier is; where it is found says the rest. */
export type IdentifierClass = "name" | "number" | "date" | "other" | "uid";

/** Strings that one patient's files hold and no release may hold. */
export interface Planted {
  readonly value: string;
  readonly is: IdentifierClass;
}

/** Someone who never lived, and where and when they were scanned: one study of each. */
export interface BenchPatient {
  readonly surname: string;
  readonly given: string;
  readonly formerSurname: string;
  readonly sex: "F" | "M";
  readonly mrn: string;
  readonly otherId: string;
  readonly accession: string;
  readonly studyId: string;
  /** YYYYMMDD. */
  readonly birthDate: string;
  readonly studyDate: string;
  readonly priorDate: string;
  readonly phone: string;
  readonly street: string;
  readonly studyUid: string;
  readonly frameOfReference: string;
  readonly priorStudyUid: string;
}

const HOSPITAL = "Saltmarsh Infirmary";
const STREET = "4 Quayside Parade, Fennimore";
const STATION = "SALTMARSHCT2";
const SERIAL = "SN-77-40918";
const STAFF = {
  referring: "Winterholt",
  performing: "Ashgrovely",
  reading: "Pemberlake",
  operator: "Tollgatti",
};
/** Of the device, as its service engineer left them. */
const [CALIBRATION, INSTALLATION] = ["20231127", "20190416"];

const ONSETS = ["Bran", "Kel", "Mor", "Tar", "Vel"];
const ENDINGS = ["dovský", "hausen", "inquist", "wickley"];
const GIVEN = ["Ottoline", "Leopoldo", "Marigold", "Thaddeus", "Wilhelmina"];

/** A UID as a scanner of this maker forms it: root, serial number, date, counters. */
export function scannerUid(random: Random, date: string): string {
  return `1.3.12.2.1107.5.1.4.77409.${date}${randomInt(random, 100_000, 999_999)}.${randomInt(random, 1e9, 2e9)}`;
}

const day = (random: Random, from: number, to: number): string =>
  `${randomInt(random, from, to)}${String(randomInt(random, 1, 12)).padStart(2, "0")}${randomInt(random, 10, 28)}`;

export function benchPatient(random: Random, index: number): BenchPatient {
  const number = () => String(randomInt(random, 1_000_000, 9_999_999));
  const studyDate = day(random, 2022, 2024);
  return {
    surname: ONSETS[index % 5]! + ENDINGS[Math.floor(index / 5) % 4]!,
    given: GIVEN[(index * 3 + Math.floor(index / 5)) % 5]!,
    formerSurname: `Ex${ONSETS[(index + 2) % 5]!.toLowerCase()}${ENDINGS[(index + 1) % 4]}`,
    sex: index % 2 === 0 ? "F" : "M",
    mrn: `MRN${number()}`,
    otherId: `INS-${number()}`,
    accession: `ACC${number()}`,
    studyId: `ST${number()}`,
    birthDate: day(random, 1936, 1999),
    studyDate,
    priorDate: day(random, 2018, 2020),
    phone: `+1 202 555 01${String(40 + (index % 60)).padStart(2, "0")}`,
    street: `${index + 11} Lanternfish Row`,
    studyUid: scannerUid(random, studyDate),
    frameOfReference: scannerUid(random, studyDate),
    priorStudyUid: scannerUid(random, studyDate),
  };
}

const american = (date: string) => `${date.slice(4, 6)}/${date.slice(6)}/${date.slice(0, 4)}`;

/** Every string that may not be found in what comes out of this patient's files. */
export function plantedOf(patient: BenchPatient, uids: Iterable<string>): Planted[] {
  const as = (is: IdentifierClass, values: readonly string[]) => values.map((value) => ({ value, is }));
  const { birthDate, studyDate, priorDate } = patient;
  return [
    ...as("name", [patient.surname, patient.given, patient.formerSurname]),
    ...as("number", [patient.mrn, patient.mrn.slice(3), patient.otherId, patient.accession, patient.studyId]),
    ...as("date", [birthDate, studyDate, priorDate, american(studyDate), american(priorDate)]),
    ...as("date", [CALIBRATION, INSTALLATION]),
    ...as("other", [
      patient.phone,
      patient.street,
      HOSPITAL,
      STREET,
      STATION,
      SERIAL,
      ...Object.values(STAFF),
    ]),
    ...as("uid", [patient.studyUid, patient.frameOfReference, patient.priorStudyUid, ...uids]),
  ];
}

const reference = (sopClass: string, uid: string): PlainDataSet => ({
  ReferencedSOPClassUID: sopClass,
  ReferencedSOPInstanceUID: uid,
});

const code = (value: string, scheme: string, meaning: string): PlainDataSet => ({
  CodeValue: value,
  CodingSchemeDesignator: scheme,
  CodeMeaning: meaning,
});

export const CT_CLASS = SopClass["CT Image Storage"]!;
const STUDY_COMPONENT = "1.2.840.10008.3.1.2.3.1";

/** Patient, study and series of one file. */
export function subject(patient: BenchPatient, series: number, seriesUid: string): PlainDataSet {
  const { surname, given, mrn, studyDate } = patient;
  return {
    SpecificCharacterSet: "ISO_IR 100",
    StudyDate: studyDate,
    SeriesDate: studyDate,
    AcquisitionDate: studyDate,
    ContentDate: studyDate,
    InstanceCreationDate: studyDate,
    AccessionNumber: patient.accession,
    Modality: "CT",
    Manufacturer: "SIEMENS",
    InstitutionName: HOSPITAL,
    InstitutionAddress: STREET,
    InstitutionalDepartmentName: "Radiology",
    ReferringPhysicianName: `${STAFF.referring}^Agatha^^Dr.`,
    PerformingPhysicianName: `${STAFF.performing}^Basil`,
    NameOfPhysiciansReadingStudy: `${STAFF.reading}^Clemence`,
    OperatorsName: `${STAFF.operator}^Dunstan`,
    StationName: STATION,
    StudyDescription: `CT thorax and abdomen, ${patient.sex === "F" ? "Mrs." : "Mr."} ${surname}`,
    SeriesDescription: `Series ${series} soft tissue B30f, compared with ${american(patient.priorDate)}`,
    AdmittingDiagnosesDescription: `Pulmonary nodule; seen by Dr. ${STAFF.referring} ${american(studyDate)}`,
    ManufacturerModelName: "SOMATOM Definition AS",
    PatientName: `${surname}^${given}`,
    PatientID: mrn,
    IssuerOfPatientID: "SALTMARSH",
    PatientBirthDate: patient.birthDate,
    PatientBirthTime: "0412",
    PatientSex: patient.sex,
    OtherPatientIDs: patient.otherId,
    OtherPatientNames: `${patient.formerSurname}^${given}`,
    PatientAge: "061Y",
    PatientSize: "1.74",
    PatientWeight: "71.5",
    PatientAddress: patient.street,
    PatientTelephoneNumbers: patient.phone,
    EthnicGroup: "Unknown",
    Occupation: "Lamp keeper",
    AdditionalPatientHistory: `${surname}, ${given}, MRN ${mrn}: cough for six weeks, call ${patient.phone}`,
    PatientComments: `Former name ${patient.formerSurname}; insurance ${patient.otherId}`,
    ImageComments: `Nodule in the right upper lobe, ID ${mrn.slice(3)}`,
    DeviceSerialNumber: SERIAL,
    SoftwareVersions: "syngo CT VA48A",
    ProtocolName: "ThorAbd_Routine",
    DateOfLastCalibration: CALIBRATION,
    TimeOfLastCalibration: "063000",
    DateOfInstallation: INSTALLATION,
    StudyInstanceUID: patient.studyUid,
    SeriesInstanceUID: seriesUid,
    StudyID: patient.studyId,
    SeriesNumber: String(series),
    FrameOfReferenceUID: patient.frameOfReference,
    RequestingPhysician: `${STAFF.referring}^Agatha^^Dr.`,
    RequestingService: "Pulmonology",
    RequestedProcedureDescription: "CT thorax and abdomen with contrast",
    CurrentPatientLocation: "Ward 7",
    PerformedProcedureStepStartDate: studyDate,
    PerformedProcedureStepStartTime: "141502.125",
    PerformedProcedureStepEndDate: studyDate,
    PerformedProcedureStepEndTime: "142210.875",
    PerformedProcedureStepID: patient.accession,
    PerformedProcedureStepDescription: "CT thorax and abdomen with contrast",
    FillerOrderNumberImagingServiceRequest: patient.accession,
  };
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** What hides one level down or deeper: earlier names, orders, references. */
export function nested(patient: BenchPatient, earlierUid: string): PlainDataSet {
  const { accession, priorDate, studyDate } = patient;
  const wholeName = `${patient.formerSurname}^${patient.given}`;
  return {
    ProcedureCodeSequence: [code("CTTHABD", "99SALT", "CT thorax and abdomen")],
    ReferencedStudySequence: [reference(STUDY_COMPONENT, patient.priorStudyUid)],
    ReferencedImageSequence: numbers(4).map((i) => ({
      ...reference(CT_CLASS, `${earlierUid}.${i}`),
      PurposeOfReferenceCodeSequence: [code("121311", "DCM", "Localizer")],
    })),
    SourceImageSequence: numbers(9).map((i) => reference(CT_CLASS, `${earlierUid}.${i}`)),
    OtherPatientIDsSequence: [
      { PatientID: patient.otherId, IssuerOfPatientID: "INSURER", TypeOfPatientID: "TEXT" },
    ],
    RequestAttributesSequence: [
      {
        AccessionNumber: accession,
        RequestedProcedureID: accession,
        RequestedProcedureDescription: `CT thorax for ${patient.surname}`,
        ScheduledProcedureStepID: accession,
        ScheduledProcedureStepDescription: "CT thorax and abdomen",
        ScheduledProtocolCodeSequence: [code("CTTHABD", "99SALT", "CT thorax and abdomen")],
        ReasonForTheRequestedProcedure: `Follow-up of ${american(priorDate)}`,
      },
    ],
    OriginalAttributesSequence: [
      {
        SourceOfPreviousValues: "SALTMARSH PACS",
        AttributeModificationDateTime: `${studyDate}151500.000000`,
        ModifyingSystem: STATION,
        ReasonForTheAttributeModification: "CORRECT",
        ModifiedAttributesSequence: [
          {
            PatientName: wholeName,
            PatientID: patient.otherId,
            OtherPatientIDsSequence: [{ PatientID: patient.otherId, TypeOfPatientID: "TEXT" }],
          },
        ],
      },
    ],
    AnatomicRegionSequence: [code("51185008", "SCT", "Chest")],
  };
}

/** 40 elements in four blocks, as consoles, archives and routers leave them. */
export function privateBlocks(patient: BenchPatient, uid: string): PlainDataSet {
  const { surname, given, mrn, accession, studyDate } = patient;
  const blocks: Record<string, string | Uint8Array> = {
    "(0009,0010) LO": "SALTMARSH ROUTER 2.1",
    "(0019,0010) LO": "GEMS_ACQU_01",
    "(0029,0010) LO": "SIEMENS CSA HEADER",
    "(0043,0010) LO": "GEMS_PARM_01",
  };
  const telling: readonly [string, string][] = [
    ["LO", `${surname}, ${given}`],
    ["LO", mrn],
    ["SH", accession],
    ["DA", studyDate],
    ["DT", `${studyDate}141502.125000`],
    ["PN", `${surname}^${given}`],
    ["UI", uid],
    ["LT", `Routed for Dr. ${STAFF.referring}: ${surname} ${mrn}`],
    ["ST", patient.street],
  ];
  for (const [i, [vr, value]] of telling.entries()) blocks[`(0009,10${hex(i + 1)}) ${vr}`] = value;
  for (let i = 0; i < 9; i++) blocks[`(0019,10${hex(0x20 + i)}) DS`] = `${i}.25`;
  for (const [i, [vr, value]] of telling.entries()) {
    blocks[`(0029,10${hex(8 + i)}) ${vr === "UI" ? "UI" : "OB"}`] =
      vr === "UI" ? value : new TextEncoder().encode(`CSA\u0001${value}`);
  }
  for (let i = 0; i < 8; i++) blocks[`(0043,10${hex(0x20 + i)}) SH`] = `/1.${i}:1`;
  blocks["(0043,1039) IS"] = "1000";
  return blocks;
}

const hex = (value: number) => value.toString(16).toUpperCase().padStart(2, "0");
