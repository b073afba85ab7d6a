import type { DicomFile } from "../dicom/index.js";
import type { Display, Frames } from "../pixels/index.js";
import type { FramePlane, Vector } from "./types.js";

/** From stored values to those that the series speaks of: slope and intercept, or a table (PS3.3 C.11.1). */
export type Rescale = ReturnType<Display["grey"]>["modality"];

/** One frame of a series, and where it lies. Its pixels are decoded when they are asked for. */
export interface SeriesFrame {
  readonly file: DicomFile;
  /** Index of the file in what was handed in. */
  readonly fileIndex: number;
  /** Frame of the file, from 0 on. */
  readonly frame: number;
  /** Decodes: `pixels.frame(frame)`. The source of the file must stay open as long. */
  readonly pixels: Frames;
  readonly plane: FramePlane;
  readonly rescale: Rescale;
  /** Stored values, both ends inclusive, that are no part of the image (PS3.3 C.7.5.1.1.2). */
  readonly padding: readonly [low: number, high: number] | undefined;
  /** Slice Thickness, mm; undefined where it is not told, or not above 0. */
  readonly thickness: number | undefined;
  /** Spacing Between Slices, mm; undefined where it is not told, or not above 0. */
  readonly spacing: number | undefined;
}

/** Where slices are missing. */
export interface Gap {
  /** Index in `frames` of the slice before. */
  readonly after: number;
  /** From that slice to the next, mm. */
  readonly width: number;
  /** How many slices would fit between. */
  readonly missing: number;
}

/** A frame at the position of another one. */
export interface Duplicate {
  /** Index in `frames` of the frame that was kept. */
  readonly of: number;
  readonly frame: SeriesFrame;
  /** True where both hold the same values; undefined where one of them cannot be decoded. */
  readonly samePixels: boolean | undefined;
}

/**
 * Frames of one series that are slices of one volume: of the same frame of reference, orientation, spacing and matrix,
 * and of the same echo, phase, time, reconstruction …, each at another position.
 */
export interface Stack {
  /** Modality (0008,0060), upper case. */
  readonly modality: string;
  /** Frame of Reference UID, "" where none is told. Stacks share a space where it is the same. */
  readonly frameOfReference: string;
  /** Patient Position (0018,5100), "HFS": changes nothing in patient space. "" where none is told. */
  readonly patientPosition: string;
  /** One per position, in the order of their positions along `normal`. */
  readonly frames: readonly SeriesFrame[];
  /** Across columns and rows (columnStep × rowStep), of length 1. */
  readonly normal: Vector;
  /** Of each frame: its origin along `normal`, mm, ascending. */
  readonly heights: readonly number[];
  /**
   * From one slice to the next along `normal`, mm: the median; or Spacing Between Slices where that says that most
   * slices are missing. 0 of one slice.
   */
  readonly step: number;
  /** From the first origin to the last one, of length 1; `normal` for one slice. */
  readonly direction: Vector;
  /** Between `normal` and `direction`, degrees: the gantry's tilt where slices were not sheared. */
  readonly tilt: number;
  /** Median Slice Thickness, mm; undefined where none is told. */
  readonly thickness: number | undefined;
  /** By how much a slice reaches into the next one, mm: thickness − step where above 0. */
  readonly overlap: number;
  /** The largest difference of a step from the one expected, mm; gaps do not count. */
  readonly unevenness: number;
  readonly gaps: readonly Gap[];
  readonly duplicates: readonly Duplicate[];
}

export type SeriesProblemCode =
  /** No pixels, or a directory of files. */
  | "NOT_AN_IMAGE"
  /** Colour, palette: values that are no measurement. */
  | "NOT_GREY"
  /** Pixels that do not fit their header, or for which there is no codec; numbers with fractions. */
  | "UNDECODABLE"
  /** Image Position, Image Orientation (Patient) or Pixel Spacing is missing. */
  | "NO_GEOMETRY"
  /** They are there and cannot be: no numbers, no unit vectors at right angles, no size, out of this world. */
  | "BAD_GEOMETRY"
  /** Frames of several grids in space; or slices that do not lie behind each other. */
  | "MIXED_GEOMETRY"
  | "ONE_SLICE"
  | "MISSING_SLICES"
  | "DUPLICATE_POSITIONS"
  | "UNEVEN_STEPS";

/** What is wrong with a series, or with a part of it. */
export interface SeriesProblem {
  readonly code: SeriesProblemCode;
  /** A sentence without a value of the patient. */
  readonly message: string;
  /** Indices of the files concerned, ascending. */
  readonly files: readonly number[];
  /** Index of the stack concerned; undefined where the files are in none, or in several. */
  readonly stack: number | undefined;
}

export interface Series {
  /** In the order in which their first frames were handed in. */
  readonly stacks: readonly Stack[];
  readonly problems: readonly SeriesProblem[];
}
