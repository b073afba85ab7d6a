import { concatBytes } from "../../../src/base/index.js";
import {
  buildFile,
  type PlainDataSet,
  SopClass,
  TransferSyntax,
  tagOfKeyword,
} from "../../../src/dicom/index.js";
import type { Vector, Volume } from "../../../src/faces/types.js";
import type { Head } from "./head.js";
import { sampled } from "./render.js";

export type PatientPosition = "HFS" | "HFP" | "FFS" | "FFP";

/** The direction in which columns count up, and that in which rows do; unit vectors at a right angle. */
export interface Directions {
  readonly row: Vector;
  readonly column: Vector;
}

export interface SeriesOptions {
  readonly orientation?: "axial" | "sagittal" | "coronal" | Directions;
  /** Between rows and between columns, mm. */
  readonly pixelSpacing?: readonly [rows: number, columns: number];
  /** From one slice's middle to the next one's. */
  readonly sliceStep?: number;
  /** What a slice is the mean of; less than the step leaves gaps. */
  readonly sliceThickness?: number;
  readonly patientPosition?: PatientPosition;
  readonly modality?: "CT" | "MR" | "PT";
  readonly bits?: 12 | 16;
  readonly signed?: boolean;
  readonly rescale?: { readonly slope: number; readonly intercept: number };
  /** Stored where nothing was scanned, and declared as Pixel Padding Value; else the value of air. */
  readonly padding?: number;
  readonly transferSyntax?: string;
  /** One multi-frame instance instead of one for each slice. */
  readonly enhanced?: boolean;
  /** Tells series, studies and patients of one head apart. */
  readonly number?: number;
  readonly more?: PlainDataSet;
}

/** What `asSeries` needs of a head; bodies without a face have it too. */
export type Scanned = Pick<Head, "seed" | "kind" | "volume">;

/** Where the frames of a series lie, all of one size. */
export interface Stack extends Directions {
  readonly rows: number;
  readonly columns: number;
  readonly spacing: readonly [rows: number, columns: number];
  readonly normal: Vector;
  readonly origins: readonly Vector[];
}

/**
 * How a scanner whose rows run to its own right and whose columns run to the floor sees patients that lie in four ways
 * (PS3.3 C.7.3.1.1.2): Image Orientation (Patient) of its transverse slices.
 */
const LYING: Record<PatientPosition, Directions> = {
  HFS: { row: [1, 0, 0], column: [0, 1, 0] },
  HFP: { row: [-1, 0, 0], column: [0, -1, 0] },
  FFS: { row: [-1, 0, 0], column: [0, 1, 0] },
  FFP: { row: [1, 0, 0], column: [0, -1, 0] },
};

const UPRIGHT: Record<"sagittal" | "coronal", Directions> = {
  sagittal: { row: [0, 1, 0], column: [0, 0, -1] },
  coronal: { row: [1, 0, 0], column: [0, 0, -1] },
};

/** DICOM Part 10 files of a head that nobody ever had, slice by slice along the normal, or one enhanced instance. */
export function asSeries(head: Scanned, options: SeriesOptions = {}): Uint8Array[] {
  const stack = stackOf(head.volume, options);
  const frames = stack.origins.map((origin) =>
    storedFrame(head.volume, stack, origin, formatOf(head, options)),
  );
  if (options.enhanced) return [enhancedFile(head, options, stack, frames)];
  return frames.map((frame, index) => {
    const plain: PlainDataSet = {
      ...identity(head, options),
      ...imagePixel(head, options, stack),
      ...rescaleElements(head, options),
      ...MODULES[modalityOf(head, options)],
      ...(modalityOf(head, options) === "PT" ? { NumberOfSlices: frames.length, ImageIndex: index + 1 } : {}),
      SOPClassUID: SopClass[CLASSIC[modalityOf(head, options)]]!,
      SOPInstanceUID: uid(head, options, 10 + index),
      ImagePositionPatient: stack.origins[index]!.map(decimal),
      ImageOrientationPatient: orientation(stack),
      PixelSpacing: stack.spacing.map(decimal),
      SliceThickness: decimal(thickness(head.volume, options)),
      SpacingBetweenSlices: decimal(options.sliceStep ?? head.volume.step),
      InstanceNumber: String(index + 1),
      ...options.more,
      "(7FE0,0010) OW": bytesOf(frame),
    };
    return buildFile(plain as Whole, options.transferSyntax ?? TransferSyntax.ExplicitVRLittleEndian);
  });
}

type Whole = PlainDataSet & { readonly SOPClassUID: string; readonly SOPInstanceUID: string };

const CLASSIC = {
  CT: "CT Image Storage",
  MR: "MR Image Storage",
  PT: "Positron Emission Tomography Image Storage",
} as const;

const ENHANCED = {
  CT: "Enhanced CT Image Storage",
  MR: "Enhanced MR Image Storage",
  PT: "Enhanced PET Image Storage",
} as const;

function modalityOf({ kind }: Scanned, { modality }: SeriesOptions): "CT" | "MR" | "PT" {
  return modality ?? (kind === "CT" ? "CT" : kind === "PET" ? "PT" : "MR");
}

function thickness({ step }: Volume, { sliceStep, sliceThickness }: SeriesOptions): number {
  return sliceThickness ?? sliceStep ?? step;
}

/** The planes that cover a volume. */
export function stackOf(volume: Volume, options: SeriesOptions = {}): Stack {
  const { orientation: named = "axial", patientPosition = "HFS" } = options;
  const { row, column } =
    typeof named === "object" ? named : named === "axial" ? LYING[patientPosition] : UPRIGHT[named];
  const normal = cross(row, column);
  const spacing = options.pixelSpacing ?? [volume.step, volume.step];
  const across = spread(volume, row, spacing[1]);
  const down = spread(volume, column, spacing[0]);
  const deep = spread(volume, normal, options.sliceStep ?? volume.step);
  const origins = Array.from({ length: deep.count }, (_, index): Vector => {
    const along = deep.first + index * deep.step;
    const at = (axis: 0 | 1 | 2): number =>
      across.first * row[axis] + down.first * column[axis] + along * normal[axis];
    return [at(0), at(1), at(2)];
  });
  return { rows: down.count, columns: across.count, row, column, normal, spacing, origins };
}

/** Places at equal steps along a direction that lie within a volume, as many before its middle as after. */
function spread({ origin, size, step }: Volume, direction: Vector, every: number) {
  let [low, high] = [0, 0];
  for (const axis of [0, 1, 2] as const) {
    const ends = [origin[axis], origin[axis] + (size[axis] - 1) * step].map((at) => at * direction[axis]);
    low += Math.min(...ends);
    high += Math.max(...ends);
  }
  const count = Math.max(1, Math.floor((high - low) / every + 1e-6) + 1);
  return { first: (low + high - (count - 1) * every) / 2, count, step: every };
}

interface StoredFormat {
  readonly slope: number;
  readonly intercept: number;
  readonly low: number;
  readonly high: number;
  /** A value, before rescaling, of what was not scanned. */
  readonly outside: number;
  /** mm beside the plane that are averaged. */
  readonly offsets: readonly number[];
}

function formatOf(head: Scanned, options: SeriesOptions): StoredFormat {
  const bits = options.bits ?? 16;
  const { slope, intercept } = rescaleOf(head, options);
  const thick = thickness(head.volume, options);
  const samples = Math.max(1, Math.round(thick / head.volume.step));
  const air = head.kind === "CT" ? -1024 : 0;
  return {
    slope,
    intercept,
    low: options.signed ? -(2 ** (bits - 1)) : 0,
    high: (options.signed ? 2 ** (bits - 1) : 2 ** bits) - 1,
    outside: options.padding === undefined ? air : options.padding * slope + intercept,
    offsets: Array.from({ length: samples }, (_, i) => ((i + 0.5) / samples - 0.5) * thick),
  };
}

function rescaleOf(head: Scanned, options: SeriesOptions): { slope: number; intercept: number } {
  return (
    options.rescale ?? (head.kind === "CT" ? { slope: 1, intercept: -1024 } : { slope: 1, intercept: 0 })
  );
}

function storedFrame(volume: Volume, stack: Stack, origin: Vector, format: StoredFormat): Int32Array {
  const { row, column, normal, rows, columns, spacing } = stack;
  const { slope, intercept, low, high, outside, offsets } = format;
  const frame = new Int32Array(rows * columns);
  for (let r = 0, at = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++, at++) {
      const [u, v] = [c * spacing[1], r * spacing[0]];
      let sum = 0;
      for (const w of offsets) {
        const x = origin[0] + u * row[0] + v * column[0] + w * normal[0];
        const y = origin[1] + u * row[1] + v * column[1] + w * normal[1];
        const z = origin[2] + u * row[2] + v * column[2] + w * normal[2];
        sum += isKnown(volume, x, y, z) ? sampled(volume, x, y, z) : outside;
      }
      const stored = Math.round((sum / offsets.length - intercept) / slope);
      frame[at] = Math.min(high, Math.max(low, stored));
    }
  }
  return frame;
}

/** Whether the voxel nearest to a point was scanned; a slice may be thicker than the volume's end. */
function isKnown({ size, step, origin, known }: Volume, x: number, y: number, z: number): boolean {
  const i = Math.round((x - origin[0]) / step);
  const j = Math.round((y - origin[1]) / step);
  const k = Math.round((z - origin[2]) / step);
  if (i < 0 || j < 0 || k < 0 || i >= size[0] || j >= size[1] || k >= size[2]) return false;
  return known[(k * size[1] + j) * size[0] + i] === 1;
}

/** Two bytes a sample, little endian. */
function bytesOf(frame: Int32Array): Uint8Array {
  const bytes = new Uint8Array(2 * frame.length);
  for (let i = 0; i < frame.length; i++) {
    bytes[2 * i] = frame[i]! & 255;
    bytes[2 * i + 1] = (frame[i]! >> 8) & 255;
  }
  return bytes;
}

function uid({ seed }: Scanned, { number = 1 }: SeriesOptions, last: number): string {
  return `2.25.70${1000 + seed}${1000 + number}${10000 + last}`;
}

function identity(head: Scanned, options: SeriesOptions): PlainDataSet {
  const { number = 1 } = options;
  const study = { ...options, number: 0 };
  return {
    PatientName: `Phantom^Seed ${head.seed}`,
    PatientID: `PHANTOM-${head.seed}`,
    PatientBirthDate: "19700101",
    PatientSex: "O",
    StudyDate: "20240105",
    StudyTime: "120000",
    AccessionNumber: "",
    ReferringPhysicianName: "",
    StudyID: "1",
    StudyInstanceUID: uid(head, study, 1),
    SeriesInstanceUID: uid(head, options, 2),
    FrameOfReferenceUID: uid(head, study, 3),
    PositionReferenceIndicator: "",
    Laterality: "",
    Modality: modalityOf(head, options),
    Manufacturer: "Synthetic",
    SeriesNumber: String(number),
    // PET says by codes how the patient lies, and then must not say it so too (PS3.3 C.7.3.1).
    ...(modalityOf(head, options) === "PT" ? {} : { PatientPosition: options.patientPosition ?? "HFS" }),
    AcquisitionNumber: "1",
  };
}

/** What the modules of a modality ask for besides (PS3.3 C.8.2.1, C.8.3.1, C.8.9.1 to C.8.9.4). */
const MODULES: Record<"CT" | "MR" | "PT", PlainDataSet> = {
  CT: { ImageType: ["ORIGINAL", "PRIMARY", "AXIAL"], KVP: "120" },
  MR: {
    ImageType: ["ORIGINAL", "PRIMARY", "OTHER"],
    ScanningSequence: "SE",
    SequenceVariant: "NONE",
    ScanOptions: "",
    MRAcquisitionType: "2D",
    RepetitionTime: "500",
    EchoTime: "15",
    EchoTrainLength: "1",
  },
  PT: {
    ImageType: ["ORIGINAL", "PRIMARY"],
    SeriesDate: "20240105",
    SeriesTime: "120000",
    AcquisitionDate: "20240105",
    AcquisitionTime: "120000",
    Units: "GML",
    CountsSource: "EMISSION",
    SeriesType: ["STATIC", "IMAGE"],
    CorrectedImage: "ATTN",
    DecayCorrection: "START",
    DecayFactor: "1",
    CollimatorType: "",
    RadiopharmaceuticalInformationSequence: [],
    PatientOrientationCodeSequence: [],
    PatientGantryRelationshipCodeSequence: [],
    FrameReferenceTime: "0",
    ActualFrameDuration: "600000",
  },
};

function imagePixel(head: Scanned, options: SeriesOptions, stack: Stack): PlainDataSet {
  const bits = options.bits ?? 16;
  const [centre, width] = head.kind === "CT" ? [40, 400] : head.kind === "PET" ? [5000, 10000] : [400, 800];
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: "MONOCHROME2",
    Rows: stack.rows,
    Columns: stack.columns,
    BitsAllocated: 16,
    BitsStored: bits,
    HighBit: bits - 1,
    PixelRepresentation: options.signed ? 1 : 0,
    ...(options.padding === undefined
      ? {}
      : { [`(0028,0120) ${options.signed ? "SS" : "US"}`]: options.padding }),
    WindowCenter: String(centre),
    WindowWidth: String(width),
  };
}

/** CT and PET say how stored values become units; MR says so only where told (PS3.3 C.11.1, C.8.2.1, C.8.9.4). */
function rescaleElements(head: Scanned, options: SeriesOptions): PlainDataSet {
  if (modalityOf(head, options) === "MR" && !options.rescale) return {};
  const { slope, intercept } = rescaleOf(head, options);
  return {
    RescaleIntercept: decimal(intercept),
    RescaleSlope: decimal(slope),
    ...(modalityOf(head, options) === "CT" ? { RescaleType: "HU" } : {}),
  };
}

function orientation({ row, column }: Directions): string[] {
  return [...row, ...column].map(decimal);
}

/** A decimal string of at most 16 characters (PS3.5 6.2, DS). */
function decimal(value: number): string {
  return String(Number(value.toFixed(9)) + 0).slice(0, 16);
}

/**
 * Functional groups: what all frames share, and each frame's place (PS3.3 C.7.6.16). Of the macros only those of the
 * geometry and of the values are there.
 */
function enhancedFile(
  head: Scanned,
  options: SeriesOptions,
  stack: Stack,
  frames: readonly Int32Array[],
): Uint8Array {
  const { slope, intercept } = rescaleOf(head, options);
  const dimension = uid(head, options, 4);
  const type = modalityOf(head, options) === "CT" ? "HU" : "US";
  const shared: PlainDataSet = {
    PixelMeasuresSequence: [
      {
        SliceThickness: decimal(thickness(head.volume, options)),
        PixelSpacing: stack.spacing.map(decimal),
        SpacingBetweenSlices: decimal(options.sliceStep ?? head.volume.step),
      },
    ],
    PlaneOrientationSequence: [{ ImageOrientationPatient: orientation(stack) }],
    PixelValueTransformationSequence: [
      { RescaleIntercept: decimal(intercept), RescaleSlope: decimal(slope), RescaleType: type },
    ],
  };
  const perFrame = stack.origins.map(
    (origin, index): PlainDataSet => ({
      FrameContentSequence: [
        { StackID: "1", InStackPositionNumber: index + 1, DimensionIndexValues: [1, index + 1] },
      ],
      PlanePositionSequence: [{ ImagePositionPatient: origin.map(decimal) }],
    }),
  );
  const plain: PlainDataSet = {
    ...identity(head, options),
    ...imagePixel(head, options, stack),
    SOPClassUID: SopClass[ENHANCED[modalityOf(head, options)]]!,
    SOPInstanceUID: uid(head, options, 10),
    InstanceNumber: "1",
    ImageType: ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"],
    ContentDate: "20240105",
    ContentTime: "120000",
    NumberOfFrames: String(frames.length),
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: dimension }],
    // By stack and by place in it: Stack ID and In-Stack Position Number of Frame Content Sequence.
    DimensionIndexSequence: ["StackID", "InStackPositionNumber"].map((keyword) => ({
      DimensionOrganizationUID: dimension,
      DimensionIndexPointer: tagOfKeyword(keyword)!,
      FunctionalGroupPointer: tagOfKeyword("FrameContentSequence")!,
    })),
    SharedFunctionalGroupsSequence: [shared],
    PerFrameFunctionalGroupsSequence: perFrame,
    ...options.more,
    "(7FE0,0010) OW": concatBytes(frames.map(bytesOf)),
  };
  return buildFile(plain as Whole, options.transferSyntax ?? TransferSyntax.ExplicitVRLittleEndian);
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
