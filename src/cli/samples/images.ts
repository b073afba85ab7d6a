import type { PlainDataSet } from "../../dicom/index.js";
import { TransferSyntax } from "../../dicom/index.js";
import { burnIn } from "./font.js";
import {
  code,
  identifiersOf,
  pixelModule,
  type Sample,
  type SampleStudy,
  sampleFile,
  sampleSeries,
  sampleUid,
  sopClassUid,
} from "./modules.js";
import { PEOPLE, STAFF } from "./people.js";
import { chest, headSlice, ultrasoundFan } from "./phantom.js";

/** An instance that other objects of the samples point to. */
export interface Reference {
  readonly sopClass: string;
  readonly sopInstance: string;
  readonly series: string;
}

/** A series of images: its files and how to point to them. */
export interface SampleImages {
  readonly samples: readonly Sample[];
  readonly references: readonly Reference[];
}

export const CT_SIZE = 256;
const CT_SLICES = 12;
/** Stored values are HU + 1024. */
const CT_VALUES = { air: 24, skin: 1074, bone: 1924, brain: 1059, fluid: 1029, lesion: 1089 };

/** Height of a slice in the phantom, from -1 to 1. */
export function sliceHeight(index: number, slices: number): number {
  return (2 * (index + 0.5)) / slices - 1;
}

/** Where a slice lies in the patient, in millimetres: the field of view is 240 mm, slices are 15 mm apart. */
export function slicePosition(index: number): readonly string[] {
  return ["-120", "-120", String(15 * index - 82.5)];
}

/** Image Plane module of one slice. */
function plane(study: SampleStudy, index: number, size: number): PlainDataSet {
  const spacing = String(240 / size);
  return {
    FrameOfReferenceUID: study.frameOfReference,
    PositionReferenceIndicator: "",
    ImagePositionPatient: slicePosition(index),
    ImageOrientationPatient: ["1", "0", "0", "0", "1", "0"],
    PixelSpacing: [spacing, spacing],
    SliceThickness: "15",
  };
}

/** Acquisition and content times, one second a slice: intervals that a release has to keep. */
function moments(study: SampleStudy, index: number): PlainDataSet {
  const time = String(Number(study.time) + index).padStart(6, "0");
  return {
    AcquisitionDate: study.date,
    AcquisitionTime: time,
    ContentDate: study.date,
    ContentTime: time,
    AcquisitionNumber: "1",
    InstanceNumber: String(index + 1),
  };
}

/** Makes a series of `count` files with the modules that `modulesOf` gives for each. */
function images(
  study: SampleStudy,
  series: PlainDataSet,
  options: {
    sopClass: string;
    count: number;
    path: (number: string) => string;
    about: string;
    transferSyntax?: string;
  },
  modulesOf: (index: number) => PlainDataSet,
): SampleImages {
  const samples: Sample[] = [];
  const references: Reference[] = [];
  for (let index = 0; index < options.count; index++) {
    const sopInstance = sampleUid(study.random);
    const modules = { ...series, ...modulesOf(index), SOPInstanceUID: sopInstance };
    samples.push({
      path: options.path(String(index + 1).padStart(2, "0")),
      bytes: sampleFile(study, options.sopClass, modules, options.transferSyntax),
      about: options.about,
      identifiers: [...identifiersOf(study), sopInstance],
    });
    const sopClass = sopClassUid(options.sopClass);
    references.push({ sopClass, sopInstance, series: String(series.SeriesInstanceUID) });
  }
  return { samples, references };
}

/** Original Attributes Sequence (PS3.3 C.12.1): an archive merged two records and kept the former name. */
function formerName(study: SampleStudy): PlainDataSet {
  const { formerName: PatientName, patientId: PatientID } = study.person;
  return {
    OriginalAttributesSequence: [
      {
        AttributeModificationDateTime: `${study.date}${study.time}`,
        ModifyingSystem: "NORTHGATE PACS",
        ReasonForTheAttributeModification: "CORRECT",
        SourceOfPreviousValues: "NORTHGATE RIS",
        ModifiedAttributesSequence: [{ PatientName, PatientID }],
      },
    ],
  };
}

export function headCt(study: SampleStudy): SampleImages {
  const series = {
    ...sampleSeries(study, { modality: "CT", number: 2, description: "Head axial 15 mm for Mrs Musterfrau" }),
    BodyPartExamined: "HEAD",
    PatientPosition: "HFS",
    ProtocolName: "Head routine",
    ...formerName(study),
  };
  const about = "CT head: name in descriptions, former name nested in Original Attributes Sequence";
  return images(
    study,
    series,
    { sopClass: "CT Image Storage", count: CT_SLICES, path: (number) => `HEADCT/CT${number}`, about },
    (index) => ({
      ...plane(study, index, CT_SIZE),
      ...moments(study, index),
      ImageType: ["ORIGINAL", "PRIMARY", "AXIAL"],
      ImageComments: "Compared with outside CT brought by the patient (MRN 47110815).",
      KVP: "120",
      RescaleIntercept: "-1024",
      RescaleSlope: "1",
      RescaleType: "HU",
      WindowCenter: "40",
      WindowWidth: "120",
      ...pixelModule(headSlice(study.random, CT_SIZE, sliceHeight(index, CT_SLICES), CT_VALUES, 8), {
        rows: CT_SIZE,
        columns: CT_SIZE,
        stored: 12,
      }),
    }),
  );
}

const MR_VALUES = { air: 5, skin: 520, bone: 60, brain: 380, fluid: 140, lesion: 560 };

export function brainMr(study: SampleStudy): SampleImages {
  const size = 128;
  const series = {
    ...sampleSeries(study, { modality: "MR", number: 3, description: "T1 axial" }),
    BodyPartExamined: "BRAIN",
    PatientPosition: "HFS",
    // PS3.15 Table E.3.10-1 calls (0019,xx0C) and (0019,xx0E) of this creator safe; its other elements are not.
    "(0019,0010) LO": "SIEMENS MR HEADER",
    "(0019,100C) IS": "1000",
    "(0019,100E) FD": [0.577, 0.577, 0.577],
    "(0019,1008) CS": "IMAGE NUM 4",
    "(0009,0010) LO": "SAMPLE VENDOR PRIVATE",
    "(0009,1001) LO": "Yamada^Tarou, JP-77120",
    "(0009,1002) UN": new TextEncoder().encode("operator note: Mr Yamada, born 05.07.1964"),
  };
  const about =
    "MR head, implicit VR, Japanese name: diffusion values in a safe private block, a name in an unsafe one";
  const transferSyntax = TransferSyntax.ImplicitVRLittleEndian;
  return images(
    study,
    series,
    {
      sopClass: "MR Image Storage",
      count: 4,
      path: (number) => `brain-mr/mr-${number}.dcm`,
      about,
      transferSyntax,
    },
    (index) => ({
      ...plane(study, 3 * index, size),
      ...moments(study, index),
      ImageType: ["ORIGINAL", "PRIMARY", "M", "ND"],
      ScanningSequence: "SE",
      SequenceVariant: "NONE",
      ScanOptions: "",
      MRAcquisitionType: "2D",
      RepetitionTime: "500",
      EchoTime: "14",
      EchoTrainLength: "1",
      MagneticFieldStrength: "1.5",
      ...pixelModule(headSlice(study.random, size, sliceHeight(index, 4), MR_VALUES, 12), {
        rows: size,
        columns: size,
        stored: 12,
      }),
    }),
  );
}

const PET_VALUES = { air: 0, skin: 300, bone: 200, brain: 5200, fluid: 600, lesion: 9000 };

/** SUV needs the time between injection and acquisition, the dose and the weight: all must survive. */
function injection(study: SampleStudy): PlainDataSet {
  const start = String(Number(study.time) - 10_000).padStart(6, "0");
  return {
    RadiopharmaceuticalInformationSequence: [
      {
        Radiopharmaceutical: "Fluorodeoxyglucose",
        RadiopharmaceuticalRoute: "Intravenous",
        RadiopharmaceuticalStartTime: start,
        RadiopharmaceuticalStartDateTime: `${study.date}${start}`,
        RadionuclideTotalDose: "352000000",
        RadionuclideHalfLife: "6586.2",
        RadionuclidePositronFraction: "0.967",
        RadionuclideCodeSequence: [code("C-111A1", "SRT", "^18^Fluorine")],
        RadiopharmaceuticalCodeSequence: [code("C-B1031", "SRT", "Fluorodeoxyglucose F^18^")],
      },
    ],
    PatientOrientationCodeSequence: [
      {
        ...code("F-10450", "SRT", "recumbent"),
        PatientOrientationModifierCodeSequence: [code("F-10340", "SRT", "supine")],
      },
    ],
    PatientGantryRelationshipCodeSequence: [code("F-10470", "SRT", "headfirst")],
  };
}

export function headPet(study: SampleStudy): SampleImages {
  const size = 64;
  const series = {
    ...sampleSeries(study, { modality: "PT", number: 4, description: "FDG head" }),
    ...injection(study),
    Units: "BQML",
    CountsSource: "EMISSION",
    SeriesType: ["STATIC", "IMAGE"],
    NumberOfSlices: 4,
    DecayCorrection: "START",
    CorrectedImage: ["DECY", "ATTN"],
    CollimatorType: "NONE",
    BodyPartExamined: "HEAD",
  };
  const about = "PET: injection and scan must keep their distance in time, or SUV is wrong";
  return images(
    study,
    series,
    {
      sopClass: "Positron Emission Tomography Image Storage",
      count: 4,
      path: (number) => `head-pet/pet-${number}.dcm`,
      about,
    },
    (index) => ({
      ...plane(study, 3 * index, size),
      ...moments(study, 0),
      InstanceNumber: String(index + 1),
      ImageIndex: index + 1,
      ImageType: ["ORIGINAL", "PRIMARY"],
      FrameReferenceTime: "0",
      ActualFrameDuration: "600000",
      DecayFactor: "1",
      RescaleIntercept: "0",
      RescaleSlope: "2.5",
      ...pixelModule(headSlice(study.random, size, sliceHeight(index, 4), PET_VALUES, 40), {
        rows: size,
        columns: size,
        stored: 16,
      }),
    }),
  );
}

export function chestRadiograph(study: SampleStudy): SampleImages {
  const size = 384;
  const series = {
    ...sampleSeries(study, { modality: "DX", number: 1, description: "Chest PA" }),
    BodyPartExamined: "CHEST",
    PresentationIntentType: "FOR PRESENTATION",
    ViewPosition: "PA",
    ImageLaterality: "U",
    AnatomicRegionSequence: [code("T-D3000", "SRT", "Chest")],
    ViewCodeSequence: [code("R-10214", "SRT", "postero-anterior")],
  };
  const about = "Digital chest X-ray, Cyrillic name (ISO_IR 144), free text by a physician";
  return images(
    study,
    series,
    {
      sopClass: "Digital X-Ray Image Storage - For Presentation",
      count: 1,
      path: (number) => `chest-xray/dx-${number}.dcm`,
      about,
    },
    (index) => ({
      ...moments(study, index),
      ImageType: ["ORIGINAL", "PRIMARY", ""],
      PatientOrientation: ["L", "F"],
      AdmittingDiagnosesDescription: "Cough. Seen by Dr. Placeholder, call +1 202 555 0177",
      PatientComments: "Образцова Вера, daughter will collect the images",
      PhysiciansOfRecord: STAFF.reading,
      PositionerType: "",
      DetectorType: "DIRECT",
      DetectorID: "DET-5512",
      DateOfLastDetectorCalibration: "20240110",
      PixelIntensityRelationship: "LOG",
      PixelIntensityRelationshipSign: -1,
      RescaleIntercept: "0",
      RescaleSlope: "1",
      RescaleType: "US",
      PresentationLUTShape: "IDENTITY",
      LossyImageCompression: "00",
      BurnedInAnnotation: "NO",
      ImagerPixelSpacing: ["0.9", "0.9"],
      AcquisitionContextSequence: [],
      WindowCenter: "2048",
      WindowWidth: "4096",
      ...pixelModule(chest(study.random, size), { rows: size, columns: size, stored: 12 }),
    }),
  );
}

/** Name, number and birth date stand in the pixels, and the header says that something does. */
export function ultrasound(study: SampleStudy): SampleImages {
  const [columns, rows] = [320, 240];
  const pixels = ultrasoundFan(study.random, columns, rows);
  burnIn(pixels, columns, "EXEMPLAR QUENTIN", { x: 6, y: 4, scale: 2 });
  burnIn(pixels, columns, `${PEOPLE.exemplar.patientId} 19.01.1932`, { x: 6, y: 224, scale: 1 });
  const series = sampleSeries(study, { modality: "US", number: 1, description: "Abdomen" });
  const about =
    "Ultrasound with name, number and birth date burned into the pixels: no rule for attributes removes them";
  return images(
    study,
    series,
    {
      sopClass: "Ultrasound Image Storage",
      count: 1,
      path: (number) => `ultrasound/us-${number}.dcm`,
      about,
    },
    (index) => ({
      ...moments(study, index),
      ImageType: ["ORIGINAL", "PRIMARY", "", "0001"],
      PatientOrientation: "",
      Laterality: "",
      BurnedInAnnotation: "YES",
      LossyImageCompression: "00",
      ...pixelModule(pixels, { rows, columns, stored: 8 }),
    }),
  );
}

/** A screen of another program, stored as an image; it does not say that text is burned in. */
export function screenshot(study: SampleStudy): SampleImages {
  const [columns, rows] = [256, 96];
  const pixels = new Uint8Array(columns * rows);
  burnIn(pixels, columns, "DOSE REPORT", { x: 8, y: 8, scale: 2 });
  burnIn(pixels, columns, "PATIENT: MUSTERFRAU", { x: 8, y: 40, scale: 1 });
  burnIn(pixels, columns, `ID: ${PEOPLE.musterfrau.patientId}`, { x: 8, y: 56, scale: 1 });
  const series = sampleSeries(study, { modality: "OT", number: 90, description: "Dose report" });
  const about = "Secondary capture of a dose report: its header claims nothing about the text in its pixels";
  return images(
    study,
    series,
    { sopClass: "Secondary Capture Image Storage", count: 1, path: () => "HEADCT/dose-report.dcm", about },
    (index) => ({
      InstanceNumber: String(index + 1),
      ContentDate: study.date,
      ContentTime: study.time,
      ImageType: ["DERIVED", "SECONDARY"],
      ConversionType: "WSD",
      PatientOrientation: "",
      Laterality: "",
      ...pixelModule(pixels, { rows, columns, stored: 8 }),
    }),
  );
}
