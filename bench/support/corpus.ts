import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Random, seededRandom } from "../../src/base/index.js";
import {
  buildFile,
  groupOf,
  ITEM,
  memorySource,
  type PlainDataSet,
  parseCharacterSet,
  readFile,
  TransferSyntax,
} from "../../src/dicom/index.js";
import {
  type BenchPatient,
  benchPatient,
  CT_CLASS,
  nested,
  type Planted,
  plantedOf,
  privateBlocks,
  scannerUid,
  subject,
} from "./header.js";

const PATIENTS = 20;
const SERIES = 4;
const SIZE = 512;
const SEED = 20260;
/** Different noise images; files take turns. */
const NOISES = 8;

/** Synthetic CT files in a folder: PATIENT/SERIES/IMAGE, names that tell nothing. */
export interface Corpus {
  readonly folder: string;
  readonly count: number;
  readonly patients: number;
  readonly series: number;
  /** Of one file, items not counted: all elements at any depth, and those of private groups. */
  readonly elements: number;
  readonly privateElements: number;
  readonly bytesPerFile: number;
  /** Every string that a file holds and what comes out of it may not. By the number in its pixels. */
  planted(file: number): readonly Planted[];
  /** Pixel Data of a file as it went in. */
  pixels(file: number): Uint8Array;
}

/**
 * Pixel Data: a phantom's slice with noise in 12 of 16 bits. The first two pixels carry the number of the
 * file, so that what came out can be matched with what went in, whatever a tool did to names and UIDs.
 */
function noise(random: Random): Uint16Array {
  const pixels = new Uint16Array(SIZE * SIZE);
  for (let i = 0; i < pixels.length; i++) {
    const [x, y] = [(i % SIZE) - SIZE / 2, Math.floor(i / SIZE) - SIZE / 2];
    const inside = (x / 220) ** 2 + (y / 160) ** 2 < 1;
    pixels[i] = (inside ? 1060 : 24) + Math.floor(random() * 40);
  }
  return pixels;
}

export function numberInPixels(pixels: Uint8Array): number {
  return pixels[0]! | (pixels[1]! << 8) | (pixels[2]! << 16);
}

interface Series {
  readonly patient: BenchPatient;
  readonly number: number;
  readonly uid: string;
  readonly folder: string;
}

/** Everything that is drawn by chance, in a fixed order, so that a kept corpus can be described again. */
function draw(count: number) {
  const random = seededRandom(SEED);
  const patients = Array.from({ length: PATIENTS }, (_, i) => benchPatient(random, i));
  const series: Series[] = patients.flatMap((patient, p) =>
    Array.from({ length: SERIES }, (_, s) => ({
      patient,
      number: s + 1,
      uid: scannerUid(random, patient.studyDate),
      folder: join(`P${String(p + 1).padStart(2, "0")}`, `S${s + 1}`),
    })),
  );
  const localizers = new Map(patients.map((patient) => [patient, scannerUid(random, patient.studyDate)]));
  const files = Array.from({ length: count }, (_, i) => {
    const of = series[i % series.length]!;
    return {
      series: of,
      uid: scannerUid(random, of.patient.studyDate),
      slice: Math.floor(i / series.length),
    };
  });
  const noises = Array.from({ length: NOISES }, () => noise(random));
  return { localizers, files, noises };
}

/** What changes from slice to slice, and the modules of a CT image. */
function image(uid: string, slice: number) {
  const z = (-300 + slice * 2.5).toFixed(2);
  const time = `1415${String(10 + (slice % 45)).padStart(2, "0")}.${String(125 + slice).padStart(6, "0")}`;
  return {
    ...EQUIPMENT,
    SOPClassUID: CT_CLASS,
    SOPInstanceUID: uid,
    InstanceNumber: String(slice + 1),
    AcquisitionNumber: "2",
    InstanceCreationTime: time,
    StudyTime: "141455.000",
    SeriesTime: "141502.125",
    AcquisitionTime: time,
    ContentTime: time,
    ImagePositionPatient: ["-180.3", "-171.9", z],
    SliceLocation: z,
    TableHeight: "152.5",
    XRayTubeCurrent: String(180 + (slice % 60)),
    ExposureTime: "500",
    CTDIvol: 7.25,
    WindowCenter: ["40", "-600"],
    WindowWidth: ["400", "1200"],
    SmallestImagePixelValue: 24,
    LargestImagePixelValue: 1099,
  };
}

/** Constant over the corpus. */
const EQUIPMENT: PlainDataSet = {
  ImageType: ["ORIGINAL", "PRIMARY", "AXIAL", "CT_SOM5 SPI"],
  BodyPartExamined: "CHEST",
  ScanOptions: "HELICAL MODE",
  SliceThickness: "2.5",
  KVP: "120",
  DataCollectionDiameter: "500",
  ReconstructionDiameter: "360",
  DistanceSourceToDetector: "1085.6",
  DistanceSourceToPatient: "595",
  GantryDetectorTilt: "0",
  RotationDirection: "CW",
  Exposure: "110",
  FilterType: "FLAT",
  GeneratorPower: "27",
  FocalSpots: "1.2",
  ConvolutionKernel: "B30f",
  PatientPosition: "HFS",
  SingleCollimationWidth: 0.6,
  TotalCollimationWidth: 38.4,
  TableSpeed: 46,
  TableFeedPerRotation: 23,
  SpiralPitchFactor: 0.6,
  ExposureModulationType: "XYZ_EC",
  EstimatedDoseSaving: 26.5,
  ContrastBolusAgent: "Iohexol 350",
  ContrastBolusRoute: "IV",
  ContrastBolusVolume: "90",
  ContrastFlowRate: "3",
  ContrastBolusIngredient: "IODINE",
  ContrastBolusIngredientConcentration: "350",
  ImageOrientationPatient: ["1", "0", "0", "0", "1", "0"],
  PositionReferenceIndicator: "SN",
  SamplesPerPixel: 1,
  PhotometricInterpretation: "MONOCHROME2",
  Rows: SIZE,
  Columns: SIZE,
  PixelSpacing: ["0.703125", "0.703125"],
  BitsAllocated: 16,
  BitsStored: 12,
  HighBit: 11,
  PixelRepresentation: 0,
  PixelPaddingValue: 0,
  BurnedInAnnotation: "NO",
  LossyImageCompression: "00",
  RescaleIntercept: "-1024",
  RescaleSlope: "1",
  RescaleType: "HU",
  WindowCenterWidthExplanation: ["SOFT", "LUNG"],
  PresentationLUTShape: "IDENTITY",
  PatientState: "alert",
  PregnancyStatus: 4,
  SmokingStatus: "UNKNOWN",
};

/** Makes the files, or describes the ones that an earlier run with as many has left in the folder. */
export function makeCorpus(folder: string, count: number): Corpus {
  const { localizers, files, noises } = draw(count);
  const pixels = (file: number): Uint8Array => {
    const bytes = new Uint8Array(noises[file % NOISES]!.slice().buffer);
    bytes.set([file & 255, (file >> 8) & 255, file >> 16], 0);
    return bytes;
  };
  const path = (file: number) =>
    join(folder, files[file]!.series.folder, `I${String(file + 1).padStart(5, "0")}.dcm`);
  const bytes = (file: number): Uint8Array => {
    const { series, uid, slice } = files[file]!;
    const plain = {
      ...subject(series.patient, series.number, series.uid),
      ...nested(series.patient, localizers.get(series.patient)!),
      ...privateBlocks(series.patient, uid),
      ...image(uid, slice),
      "(7FE0,0010) OW": pixels(file),
    };
    return buildFile(plain, TransferSyntax.ExplicitVRLittleEndian, parseCharacterSet(["ISO_IR 100"]));
  };
  const isThere = existsSync(path(count - 1)) && readFileSync(path(0)).equals(bytes(0));
  if (!isThere) {
    for (const { series } of files) mkdirSync(join(folder, series.folder), { recursive: true });
    for (let file = 0; file < count; file++) writeFileSync(path(file), bytes(file));
  }
  const first = readFileSync(path(0));
  return {
    folder,
    count,
    patients: Math.min(PATIENTS, count),
    series: Math.min(PATIENTS * SERIES, count),
    ...countElements(first),
    bytesPerFile: first.length,
    planted(file) {
      const { series, uid } = files[file]!;
      return plantedOf(series.patient, [series.uid, localizers.get(series.patient)!, uid]);
    },
    pixels,
  };
}

function countElements(bytes: Uint8Array): { readonly elements: number; readonly privateElements: number } {
  const { meta, data } = readFile(memorySource(bytes));
  const tags = [meta, data].flatMap(({ tokens }) => [...tokens.tag.subarray(0, tokens.count)]);
  const elements = tags.filter((tag) => tag !== ITEM);
  const isOdd = (tag: number) => groupOf(tag as never) % 2 === 1;
  return { elements: elements.length, privateElements: elements.filter(isOdd).length };
}
