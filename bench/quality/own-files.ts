import { pick, type Random, randomInt } from "../../src/base/index.js";
import {
  buildFile,
  type PlainDataSet,
  type PlainValue,
  parseCharacterSet,
  SopClass,
} from "../../src/dicom/index.js";
import { type Half, type Subject, subject } from "./compose.js";
import { da, uid } from "./identifiers.js";
import type { FileKey } from "./key.js";
import { hex, Planter } from "./planter.js";

/** Text attributes at the top level, with the longest text their VR takes. All have to stay under Clean Descriptors. */
const DESCRIPTOR_PLACES: readonly (readonly [keyword: string, max: number])[] = [
  ["StudyDescription", 64],
  ["SeriesDescription", 64],
  ["ProtocolName", 64],
  ["AdmittingDiagnosesDescription", 64],
  ["RequestedProcedureDescription", 64],
  ["PerformedProcedureStepDescription", 64],
  ["ContrastBolusAgent", 64],
  ["ReasonForStudy", 64],
  ["MedicalAlerts", 64],
  ["Allergies", 64],
  ["AcquisitionDeviceProcessingDescription", 64],
  ["ReasonForTheRequestedProcedure", 64],
  ["ServiceEpisodeDescription", 64],
  ["PatientState", 64],
  ["DischargeDiagnosisDescription", 64],
  ["Occupation", 16],
  ["CommentsOnThePerformedProcedureStep", 1024],
  ["DerivationDescription", 1024],
  ["ImageComments", 4096],
  ["PatientComments", 4096],
  ["AdditionalPatientHistory", 4096],
  ["AcquisitionProtocolDescription", 4096],
  ["AcquisitionComments", 4096],
  ["RequestedProcedureComments", 4096],
  ["StudyComments", 4096],
  ["FrameComments", 4096],
  ["ImagingServiceRequestComments", 4096],
  ["VisitComments", 4096],
  ["SpecimenDetailedDescription", 4096],
  ["LabelText", 4096],
];

/** Names, by who is meant. */
const PATIENT_NAMES = ["OtherPatientNames", "PatientBirthName"];
const STAFF_NAMES = `ReferringPhysicianName PerformingPhysicianName OperatorsName NameOfPhysiciansReadingStudy
  PhysiciansOfRecord RequestingPhysician ResponsiblePerson NamesOfIntendedRecipientsOfResults ConsultingPhysicianName`.split(
  /\s+/,
);

interface Study {
  readonly uid: string;
  readonly date: string;
  readonly frame: string;
  readonly random: Random;
  readonly of: Subject;
  readonly patient: string;
}

/** What every object of a study says of patient, people, place and visit. */
function common(plant: Planter, study: Study): Record<string, PlainValue> {
  const { of, random } = plant;
  const set: Record<string, PlainValue> = {
    PatientName: plant.name("PatientName", of.who),
    PatientID: plant.value("PatientID", "MRN", of.mrn),
    IssuerOfPatientID: plant.value("IssuerOfPatientID", "geographic", of.institution.text, {
      tokens: of.institution.tokens,
    }),
    PatientBirthDate: plant.value("PatientBirthDate", "dates", da(of.birth)),
    PatientSex: "F",
    PatientAge: "061Y",
    PatientWeight: "71.5",
    PatientSize: "1.74",
    PatientAddress: plant.value("PatientAddress", "geographic", of.address.text, {
      tokens: of.address.tokens,
    }),
    PatientTelephoneNumbers: plant.value("PatientTelephoneNumbers", "phone", of.phone),
    OtherPatientIDs: plant.value("OtherPatientIDs", "SSN", of.ssn),
    InsurancePlanIdentification: plant.value("InsurancePlanIdentification", "health plan", of.plan),
    AccessionNumber: plant.value("AccessionNumber", "other unique", of.accession),
    InstitutionName: plant.value("InstitutionName", "geographic", of.institution.text, {
      tokens: of.institution.tokens,
      keptBy: "retainInstitutionIdentity",
    }),
    DeviceSerialNumber: plant.value("DeviceSerialNumber", "device", of.serial, {
      keptBy: "retainDeviceIdentity",
    }),
    StudyInstanceUID: study.uid,
    SeriesInstanceUID: uid(random),
    StudyDate: plant.date("StudyDate", study.date),
    SeriesDate: plant.date("SeriesDate", study.date),
    ContentDate: plant.date("ContentDate", study.date),
    StudyTime: "101500",
    SeriesTime: "101730",
    ContentTime: "102000.125",
    Manufacturer: "ELPIS SAMPLES",
    Modality: "OT",
    SeriesNumber: "3",
    InstanceNumber: String(randomInt(random, 1, 400)),
  };
  for (const keyword of PATIENT_NAMES) set[keyword] = plant.name(keyword, of.who);
  STAFF_NAMES.forEach((keyword, i) => {
    set[keyword] = plant.name(keyword, i % 2 === 0 ? of.doctor : of.operator);
  });
  if (of.who.characterSet.length > 0) set.SpecificCharacterSet = of.who.characterSet;
  return set;
}

/** Free text at a random choice of places; several of a kind in one file. */
function descriptors(plant: Planter, count: number): Record<string, PlainValue> {
  const set: Record<string, PlainValue> = {};
  const places = [...DESCRIPTOR_PLACES];
  for (let i = 0; i < count; i++) {
    const [keyword, max] = places.splice(randomInt(plant.random, 0, places.length - 1), 1)[0]!;
    set[keyword] = plant.text(keyword, "descriptor", max);
  }
  return set;
}

/** Requests, visits and former values: identifiers down to the fifth sequence. */
function nested(plant: Planter, study: Study): Record<string, PlainValue> {
  const { of } = plant;
  const deep = (level: number): PlainDataSet => {
    const inner: Record<string, PlainValue> = {
      ConceptNameCodeSequence: [
        { CodeValue: "121071", CodingSchemeDesignator: "DCM", CodeMeaning: "Finding" },
      ],
      ValueType: "TEXT",
      TextValue: plant.text("TextValue", "descriptor", 4096),
    };
    if (level < 5)
      inner.ContentItemModifierSequence = plant.items("ContentItemModifierSequence", () => deep(level + 1));
    return inner;
  };
  return {
    RequestAttributesSequence: plant.items("RequestAttributesSequence", () => ({
      ScheduledProcedureStepDescription: plant.text("ScheduledProcedureStepDescription", "descriptor", 64),
      RequestedProcedureID: plant.value("RequestedProcedureID", "other unique", of.accession),
      ScheduledProtocolCodeSequence: plant.items("ScheduledProtocolCodeSequence", () => ({
        CodeValue: "P5-08100",
        CodingSchemeDesignator: "SRT",
        CodeMeaning: "Magnetic resonance imaging",
        ProtocolContextSequence: plant.items("ProtocolContextSequence", () => deep(4)),
      })),
    })),
    OriginalAttributesSequence: plant.items("OriginalAttributesSequence", () => ({
      AttributeModificationDateTime: `${study.date}101500`,
      ModifyingSystem: "ARCHIVE",
      ReasonForTheAttributeModification: "CORRECT",
      SourceOfPreviousValues: plant.value("SourceOfPreviousValues", "geographic", of.institution.text, {
        tokens: of.institution.tokens,
      }),
      ModifiedAttributesSequence: plant.items("ModifiedAttributesSequence", () => ({
        PatientName: plant.name("PatientName", of.who, true),
        PatientID: plant.value("PatientID", "MRN", of.mrn, { mustGo: true }),
        OtherPatientIDsSequence: plant.items("OtherPatientIDsSequence", () => ({
          PatientID: plant.value("PatientID", "SSN", of.ssn, { mustGo: true }),
        })),
      })),
    })),
    ReferencedPatientSequence: plant.items("ReferencedPatientSequence", () => ({
      ReferencedSOPClassUID: "1.2.840.10008.3.1.2.1.1",
      ReferencedSOPInstanceUID: uid(plant.random),
    })),
  };
}

/** Private elements: of unknown creators, of known ones that no list calls safe, in sequences, as UN; and safe ones. */
function privates(plant: Planter): Record<string, PlainValue> {
  const { of } = plant;
  const gone = { mustGo: true };
  const latin = { ...of.who, native: "" };
  return {
    "(0009,0010) LO": "ELPIS TEST VENDOR",
    "(0009,1001) LO": plant.value("(0009,1001)", "MRN", of.mrn, gone),
    "(0009,1002) PN": plant.name("(0009,1002)", of.who, true),
    "(0009,1003) UN": latin1Bytes(
      plant.value(
        "(0009,1003)",
        "names",
        `${latin.family}^${latin.given}`.normalize("NFD").replace(/[^ -~]/g, ""),
        { ...gone, tokens: [] },
      ),
    ),
    "(0009,1004) DA": plant.value("(0009,1004)", "dates", da(of.birth), gone),
    "(0009,1005) SQ": plant.items("(0009,1005)", () => ({
      PatientAddress: plant.value("PatientAddress", "geographic", of.address.text, {
        ...gone,
        tokens: of.address.tokens,
      }),
      "(0009,0010) LO": "ELPIS TEST VENDOR",
      "(0009,1006) SH": plant.value("(0009,1006)", "other unique", of.accession, gone),
      "(0009,1007) UI": plant.value("(0009,1007)", "other unique", uid(plant.random), gone),
    })),
    "(0043,0010) LO": "GEMS_PARM_01",
    "(0043,1027) SH": "/1.0:1",
    "(0043,1028) LO": plant.value("(0043,1028)", "phone", of.phone, gone),
    "(2001,0011) LO": "Philips Imaging DD 001",
    "(2001,1103) FL": 0.5,
    "(2001,1150) LO": plant.text("(2001,1150)", "safe private", 64),
    "(2001,115D) ST": plant.text("(2001,115D)", "safe private", 1024),
    "(2001,1164) SH": plant.text("(2001,1164)", "safe private", 16),
    // The element number is that of a safe attribute; the creator is another.
    "(2001,0012) LO": "ELPIS TEST VENDOR",
    "(2001,1250) LO": plant.value("(2001,1250)", "account", "4411-290317", gone),
  };
}

function latin1Bytes(text: string): Uint8Array {
  const bytes = Buffer.from(text, "latin1");
  return new Uint8Array(bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([0x20])]));
}

/** Image Pixel and geometry, which must come through as they are. */
const TECHNIQUE: Record<string, PlainValue> = {
  KVP: "120",
  SliceThickness: "1.5",
  ExposureTime: "500",
  XRayTubeCurrent: "210",
  ConvolutionKernel: "Br40",
  PatientPosition: "HFS",
  BodyPartExamined: "CHEST",
  ImageType: ["ORIGINAL", "PRIMARY", "AXIAL"],
  ImagePositionPatient: ["-120", "-120", "-82.5"],
  ImageOrientationPatient: ["1", "0", "0", "0", "1", "0"],
  PixelSpacing: ["0.9375", "0.9375"],
  SamplesPerPixel: 1,
  PhotometricInterpretation: "MONOCHROME2",
  Rows: 16,
  Columns: 16,
  BitsAllocated: 16,
  BitsStored: 12,
  HighBit: 11,
  PixelRepresentation: 0,
  WindowCenter: "40",
  WindowWidth: "400",
  RescaleIntercept: "-1024",
  RescaleSlope: "1",
};
const RETAINED = Object.keys(TECHNIQUE).map(hex);
const CHARACTERISTICS = ["PatientSex", "PatientAge", "PatientWeight", "PatientSize"].map(hex);
const SYNTAXES = ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"];

/** Pixels of noise, and a reference to the instance before. */
function image(
  plant: Planter,
  study: Study,
  sopClass: string,
  previous: FileKey | undefined,
): [PlainDataSet, string] {
  const { random } = plant;
  const pixels = Uint8Array.from({ length: 512 }, (_, i) =>
    i % 2 === 0 ? randomInt(random, 0, 255) : randomInt(random, 0, 15),
  );
  const sop = uid(random);
  const set: Record<string, PlainValue> = {
    ...common(plant, study),
    ...descriptors(plant, 12),
    ...nested(plant, study),
    ...privates(plant),
    ...TECHNIQUE,
    AcquisitionDate: plant.date("AcquisitionDate", study.date),
    AcquisitionDateTime: plant.date("AcquisitionDateTime", `${study.date}101801.250000`),
    DateOfLastCalibration: "20110101",
    FrameOfReferenceUID: study.frame,
    IrradiationEventUID: [uid(random), uid(random)],
    SOPClassUID: SopClass[sopClass]!,
    SOPInstanceUID: sop,
    "(7FE0,0010) OW": pixels,
  };
  if (previous) {
    set.ReferencedImageSequence = [
      { ReferencedSOPClassUID: SopClass["CT Image Storage"]!, ReferencedSOPInstanceUID: sopOf(previous) },
    ];
  }
  return [set, sop];
}

const sops = new WeakMap<FileKey, string>();
const sopOf = (file: FileKey) => sops.get(file)!;

/** A report: text, persons, dates and references in a tree of content. */
function report(plant: Planter, study: Study, image: FileKey): [PlainDataSet, string] {
  const { of, random } = plant;
  const concept = [{ CodeValue: "121071", CodingSchemeDesignator: "DCM", CodeMeaning: "Finding" }];
  const text = (): PlainDataSet => ({
    RelationshipType: "CONTAINS",
    ValueType: "TEXT",
    ConceptNameCodeSequence: concept,
    TextValue: plant.text("TextValue", "structured content", 4096),
  });
  const container = (depth: number): PlainDataSet => ({
    RelationshipType: "CONTAINS",
    ValueType: "CONTAINER",
    ConceptNameCodeSequence: concept,
    ContinuityOfContent: "SEPARATE",
    ContentSequence: plant.items("ContentSequence", text, ...(depth < 5 ? [() => container(depth + 1)] : [])),
  });
  const sop = uid(random);
  const set: Record<string, PlainValue> = {
    ...common(plant, study),
    ...descriptors(plant, 4),
    SOPClassUID: SopClass["Comprehensive SR Storage"]!,
    SOPInstanceUID: sop,
    ValueType: "CONTAINER",
    ConceptNameCodeSequence: concept,
    ContinuityOfContent: "SEPARATE",
    CompletionFlag: "COMPLETE",
    VerificationFlag: "VERIFIED",
    ContentSequence: plant.items(
      "ContentSequence",
      text,
      text,
      () => container(2),
      () => ({
        RelationshipType: "HAS OBS CONTEXT",
        ValueType: "PNAME",
        ConceptNameCodeSequence: concept,
        PersonName: plant.name("PersonName", of.doctor),
      }),
      () => ({
        RelationshipType: "CONTAINS",
        ValueType: "DATETIME",
        ConceptNameCodeSequence: concept,
        DateTime: plant.date("DateTime", `${study.date}143000`),
      }),
      () => ({
        RelationshipType: "CONTAINS",
        ValueType: "IMAGE",
        ReferencedSOPSequence: [
          { ReferencedSOPClassUID: SopClass["CT Image Storage"]!, ReferencedSOPInstanceUID: sopOf(image) },
        ],
      }),
    ),
  };
  return [set, sop];
}

/** A presentation state: what was drawn and written on an image. */
function annotation(plant: Planter, study: Study, image: FileKey): [PlainDataSet, string] {
  const sop = uid(plant.random);
  const text = (): PlainDataSet => ({
    BoundingBoxAnnotationUnits: "PIXEL",
    UnformattedTextValue: plant.text("UnformattedTextValue", "graphics", 1024),
    BoundingBoxTopLeftHandCorner: [1, 1],
    BoundingBoxBottomRightHandCorner: [9, 9],
  });
  const set: Record<string, PlainValue> = {
    ...common(plant, study),
    ...descriptors(plant, 4),
    SOPClassUID: SopClass["Grayscale Softcopy Presentation State Storage"]!,
    SOPInstanceUID: sop,
    ContentLabel: "NOTES",
    ContentCreatorName: plant.name("ContentCreatorName", plant.of.doctor),
    PresentationCreationDate: plant.date("PresentationCreationDate", study.date),
    GraphicAnnotationSequence: plant.items("GraphicAnnotationSequence", () => ({
      GraphicLayer: "NOTES",
      TextObjectSequence: plant.items("TextObjectSequence", text, text),
    })),
    ReferencedSeriesSequence: [
      {
        SeriesInstanceUID: uid(plant.random),
        ReferencedImageSequence: [
          { ReferencedSOPClassUID: SopClass["CT Image Storage"]!, ReferencedSOPInstanceUID: sopOf(image) },
        ],
      },
    ],
  };
  return [set, sop];
}

type Maker = (plant: Planter, study: Study, image: FileKey) => [PlainDataSet, string];

/** Studies of the project's own: two per patient, each with images, a report and an annotation. */
export function ownFiles(random: Random, patients: number, half: Half): FileKey[] {
  const files: FileKey[] = [];
  for (let i = 0; i < patients; i++) {
    const of = subject(random, half, "own");
    const first = da(of.study);
    for (const date of [first, da({ ...of.study, year: of.study.year + 1 })]) {
      const study: Study = {
        uid: uid(random),
        date,
        frame: uid(random),
        random,
        of,
        patient: `${half} ${i}`,
      };
      const ct = ownFile(
        study,
        "CT",
        (plant) => image(plant, study, "CT Image Storage", undefined),
        undefined,
      );
      files.push(ct, ...secondary.map(([name, maker]) => ownFile(study, name, maker, ct)));
    }
  }
  return files;
}

const secondary: readonly (readonly [string, Maker])[] = [
  ["MR", (plant, study, ct) => image(plant, study, "MR Image Storage", ct)],
  ["SR", report],
  ["PR", annotation],
];

function ownFile(study: Study, name: string, maker: Maker, ct: FileKey | undefined): FileKey {
  const plant = new Planter(study.random, study.of);
  const [set, sop] = maker(plant, study, ct as FileKey);
  const syntax = pick(study.random, SYNTAXES);
  const isImage = name === "CT" || name === "MR";
  const key: FileKey = {
    name: `own/${study.patient}/${study.date}/${name}`,
    bytes: buildFile(
      set as Parameters<typeof buildFile>[0],
      syntax,
      parseCharacterSet(study.of.who.characterSet),
    ),
    subject: study.of,
    patient: `own ${study.patient}`,
    texts: plant.texts,
    values: plant.values,
    retained: isImage ? RETAINED : [],
    characteristics: CHARACTERISTICS,
    dates: plant.dates,
    mayBeHeld: false,
  };
  sops.set(key, sop);
  return key;
}
