import type { Random } from "../../src/base/index.js";
import {
  buildFile,
  type DicomFile,
  memorySource,
  type PlainDataSet,
  readFile,
  SopClass,
} from "../../src/dicom/index.js";
import type { Vector } from "../../src/faces/index.js";

/** Where the slices of a made series lie, about a centre. Directions are of length 1 and at right angles. */
export interface MadeGeometry {
  readonly along: Vector;
  readonly down: Vector;
  readonly rows: number;
  readonly columns: number;
  /** Between rows and between columns, mm. */
  readonly spacing: readonly [rows: number, columns: number];
  readonly slices: number;
  /** mm along the normal; below 0 the series runs against it. */
  readonly step: number;
  readonly centre?: Vector;
  /** Of the gantry, degrees: slices move along `down`. */
  readonly tilt?: number;
  /** Slices that are not made. */
  readonly missing?: readonly number[];
}

/** How values are stored. */
export interface MadeFormat {
  readonly isSigned?: boolean;
  readonly bitsStored?: number;
  readonly slope?: number;
  readonly intercept?: number;
  /** Stored for NaN, and announced as Pixel Padding Value. */
  readonly padding?: number;
  /** Or'ed into each cell: what stands in its unused high bits. */
  readonly highBits?: number;
}

/** A value at a place in patient space; NaN for padding. */
export type Field = (x: number, y: number, z: number) => number;

export const AXIAL = { along: [1, 0, 0], down: [0, 1, 0] } as const;
export const CORONAL = { along: [1, 0, 0], down: [0, 0, -1] } as const;
export const SAGITTAL = { along: [0, 1, 0], down: [0, 0, -1] } as const;

export function normalOf({ along: a, down: b }: Pick<MadeGeometry, "along" | "down">): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

const plus = (a: Vector, b: Vector, factor: number): Vector => [
  a[0] + b[0] * factor,
  a[1] + b[1] * factor,
  a[2] + b[2] * factor,
];

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** The centre of the first pixel of slice `index`. */
export function originOf(geometry: MadeGeometry, index: number): Vector {
  const { along, down, rows, columns, spacing, slices, step, centre = [0, 0, 0], tilt = 0 } = geometry;
  const from = (index - (slices - 1) / 2) * step;
  const shift = Math.tan((tilt * Math.PI) / 180) * from;
  const middle = plus(plus(centre, normalOf(geometry), from), down, shift);
  return plus(plus(middle, along, (-(columns - 1) / 2) * spacing[1]), down, (-(rows - 1) / 2) * spacing[0]);
}

/** The cells of a slice. */
export function cellsOf(
  geometry: MadeGeometry,
  index: number,
  field: Field,
  format: MadeFormat,
): Uint16Array {
  const { along, down, rows, columns, spacing } = geometry;
  const { slope = 1, intercept = 0, padding = 0, highBits = 0, bitsStored = 16 } = format;
  const origin = originOf(geometry, index);
  const cells = new Uint16Array(rows * columns);
  for (let i = 0; i < cells.length; i++) {
    const place = plus(
      plus(origin, along, (i % columns) * spacing[1]),
      down,
      Math.floor(i / columns) * spacing[0],
    );
    const value = field(...place);
    const stored = Number.isNaN(value) ? padding : Math.round((value - intercept) / slope);
    cells[i] = (stored & (2 ** bitsStored - 1)) | highBits;
  }
  return cells;
}

const bytesOf = (cells: Uint16Array): Uint8Array => new Uint8Array(cells.buffer);

function imageModule({ rows, columns }: MadeGeometry, format: MadeFormat): PlainDataSet {
  const { isSigned = false, bitsStored = 16, padding } = format;
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: "MONOCHROME2",
    Rows: rows,
    Columns: columns,
    BitsAllocated: 16,
    BitsStored: bitsStored,
    HighBit: bitsStored - 1,
    PixelRepresentation: isSigned ? 1 : 0,
    ...(padding === undefined ? {} : { [`(0028,0120) ${isSigned ? "SS" : "US"}`]: padding }),
  };
}

const text = (values: readonly number[]): string[] => values.map((value) => String(Number(value.toFixed(9))));

const seriesModule = (modality: string): PlainDataSet => ({
  Modality: modality,
  StudyInstanceUID: "2.25.7701",
  SeriesInstanceUID: "2.25.7702",
  FrameOfReferenceUID: "2.25.7703",
  PatientPosition: "HFS",
});

function sliceIndices({ slices, missing = [] }: MadeGeometry): number[] {
  return Array.from({ length: slices }, (_, i) => i).filter((i) => !missing.includes(i));
}

/** A series of one file per slice, as data sets; `more` is added to slice `index`, or takes something's place. */
export function plainSlices(
  geometry: MadeGeometry,
  field: Field,
  format: MadeFormat = {},
  more: (index: number) => PlainDataSet = () => ({}),
): (PlainDataSet & { SOPClassUID: string; SOPInstanceUID: string })[] {
  return sliceIndices(geometry).map((index) => ({
    SOPClassUID: SopClass["CT Image Storage"]!,
    SOPInstanceUID: `2.25.9${String(index).padStart(4, "0")}`,
    ...seriesModule("CT"),
    InstanceNumber: index + 1,
    ImagePositionPatient: text(originOf(geometry, index)),
    ImageOrientationPatient: text([...geometry.along, ...geometry.down]),
    PixelSpacing: text(geometry.spacing),
    SliceThickness: text([Math.abs(geometry.step)]),
    ...imageModule(geometry, format),
    RescaleSlope: format.slope ?? 1,
    RescaleIntercept: format.intercept ?? 0,
    "(7FE0,0010) OW": bytesOf(cellsOf(geometry, index, field, format)),
    ...more(index),
  }));
}

export function madeSlices(
  geometry: MadeGeometry,
  field: Field,
  format: MadeFormat = {},
  more?: (index: number) => PlainDataSet,
): DicomFile[] {
  return plainSlices(geometry, field, format, more).map(fileOf);
}

export function fileOf(plain: PlainDataSet & { SOPClassUID: string; SOPInstanceUID: string }): DicomFile {
  return readFile(memorySource(buildFile(plain)));
}

/** One enhanced multi-frame file: positions per frame, the rest for all frames; `groups` is added to a frame's groups. */
export function madeEnhanced(
  geometry: MadeGeometry,
  field: Field,
  format: MadeFormat = {},
  groups: (index: number) => PlainDataSet = () => ({}),
  more: PlainDataSet = {},
): DicomFile {
  const indices = sliceIndices(geometry);
  const value = new Uint8Array(indices.length * geometry.rows * geometry.columns * 2);
  for (const [i, index] of indices.entries())
    value.set(bytesOf(cellsOf(geometry, index, field, format)), i * geometry.rows * geometry.columns * 2);
  const transformation = { RescaleSlope: format.slope ?? 1, RescaleIntercept: format.intercept ?? 0 };
  return fileOf({
    SOPClassUID: SopClass["Enhanced CT Image Storage"]!,
    SOPInstanceUID: "2.25.8001",
    ...seriesModule("CT"),
    InstanceNumber: 1,
    NumberOfFrames: indices.length,
    ...imageModule(geometry, format),
    SharedFunctionalGroupsSequence: [
      {
        PlaneOrientationSequence: [{ ImageOrientationPatient: text([...geometry.along, ...geometry.down]) }],
        PixelMeasuresSequence: [
          { PixelSpacing: text(geometry.spacing), SliceThickness: text([Math.abs(geometry.step)]) },
        ],
        PixelValueTransformationSequence: [transformation],
      },
    ],
    PerFrameFunctionalGroupsSequence: indices.map((index) => ({
      PlanePositionSequence: [{ ImagePositionPatient: text(originOf(geometry, index)) }],
      ...groups(index),
    })),
    "(7FE0,0010) OW": value,
    ...more,
  });
}
