import { isElpisError } from "../base/index.js";
import {
  type DataSet,
  type DicomFile,
  makeTag,
  numbersOf,
  ROOT,
  type Tag,
  Tags,
  type VR,
} from "../dicom/index.js";
import { type Lut, lutOf, type Palette, paletteOf } from "./render-lut.js";

/** One Window Center and Width (PS3.3 C.11.2.1.2), and how it is to be taken. */
export interface Window {
  readonly center: number;
  readonly width: number;
  readonly kind: "LINEAR" | "LINEAR_EXACT" | "SIGMOID";
}

/** From stored values to those that windows speak of: a table, or slope and intercept (PS3.3 C.11.1). */
export type Modality = Lut | { readonly slope: number; readonly intercept: number };

/** How the grey values of one frame are to be shown. */
export interface GreyDisplay {
  readonly modality: Modality;
  readonly windows: readonly Window[];
  readonly voiLuts: readonly Lut[];
  /** Stored values, both ends inclusive, that are no part of the image (PS3.3 C.7.5.1.1.2). */
  readonly padding: readonly [low: number, high: number] | undefined;
  /** Presentation LUT Shape INVERSE (PS3.3 C.11.6.1.2). */
  readonly isInverse: boolean;
}

/** What a header says about how its pixels are to be shown. */
export interface Display {
  /** Of PALETTE COLOR alone. */
  readonly palette: Palette | undefined;
  /** Of frame `frame`, from 0 on. The same object comes back where frames are shown the same way. */
  grey(frame: number): GreyDisplay;
}

const WINDOW_CENTER = makeTag(0x0028, 0x1050);
const WINDOW_WIDTH = makeTag(0x0028, 0x1051);
const RESCALE_INTERCEPT = makeTag(0x0028, 0x1052);
const RESCALE_SLOPE = makeTag(0x0028, 0x1053);
const VOI_LUT_FUNCTION = makeTag(0x0028, 0x1056);
const MODALITY_LUT_SEQUENCE = makeTag(0x0028, 0x3000);
const VOI_LUT_SEQUENCE = makeTag(0x0028, 0x3010);
const PIXEL_PADDING_VALUE = makeTag(0x0028, 0x0120);
const PIXEL_PADDING_RANGE_LIMIT = makeTag(0x0028, 0x0121);
const PRESENTATION_LUT_SHAPE = makeTag(0x2050, 0x0020);
/** Macros of the functional groups (PS3.3 C.7.6.16.2.9, C.7.6.16.2.10). */
const PIXEL_VALUE_TRANSFORMATION_SEQUENCE = makeTag(0x0028, 0x9145);
const FRAME_VOI_LUT_SEQUENCE = makeTag(0x0028, 0x9132);

const MOST_WINDOWS = 8;

/** Reads how the pixels of a file are to be shown. Throws PIXELS_BAD_FORMAT for a palette that is missing or broken. */
export function displayOf(file: DicomFile): Display {
  const { data } = file;
  const isPalette = data.string(Tags.PhotometricInterpretation).toUpperCase() === "PALETTE COLOR";
  const shared = firstItem(data, Tags.SharedFunctionalGroupsSequence, ROOT);
  const perFrame = data.find(Tags.PerFrameFunctionalGroupsSequence);
  const groups = perFrame < 0 ? [] : data.items(perFrame);
  const padding = paddingOf(data);
  const isInverse = data.string(PRESENTATION_LUT_SHAPE).toUpperCase() === "INVERSE";
  let last: { readonly key: string; readonly display: GreyDisplay } | undefined;
  const grey = (frame: number): GreyDisplay => {
    const around = [groups[frame] ?? -1, shared].filter((item) => item >= 0);
    const transformed = macroOf(data, around, PIXEL_VALUE_TRANSFORMATION_SEQUENCE);
    const modality = modalityOf(data, transformed);
    const voi = macroOf(data, around, FRAME_VOI_LUT_SEQUENCE);
    const windows = windowsOf(data, voi);
    const key = JSON.stringify([windows, "slope" in modality ? modality : transformed, voi === ROOT]);
    if (last?.key !== key) {
      const voiLuts = voiLutsOf(data, modality);
      last = { key, display: { modality, windows, voiLuts, padding, isInverse } };
    }
    return last.display;
  };
  return { palette: isPalette ? paletteOf(data) : undefined, grey };
}

/** The item of a macro in the frame's functional groups, else in those of all frames, else the data set itself. */
function macroOf(data: DataSet, groups: readonly number[], macro: Tag): number {
  for (const group of groups) {
    const item = firstItem(data, macro, group);
    if (item >= 0) return item;
  }
  return ROOT;
}

function firstItem(data: DataSet, sequence: Tag, around: number): number {
  const token = data.find(sequence, around);
  return token < 0 ? -1 : (data.items(token)[0] ?? -1);
}

function numbersAt(data: DataSet, tag: Tag, item: number): number[] {
  const token = data.find(tag, item);
  return token < 0 ? [] : numbersOf(data, token);
}

function isSigned(data: DataSet): boolean {
  return numbersAt(data, Tags.PixelRepresentation, ROOT)[0] === 1;
}

function modalityOf(data: DataSet, item: number): Modality {
  const lut = item === ROOT ? firstItem(data, MODALITY_LUT_SEQUENCE, ROOT) : -1;
  const table = lut < 0 ? undefined : readable(() => lutOf(data, lut, isSigned(data)));
  if (table) return table;
  const slope = numbersAt(data, RESCALE_SLOPE, item)[0] ?? 1;
  return { slope: slope === 0 ? 1 : slope, intercept: numbersAt(data, RESCALE_INTERCEPT, item)[0] ?? 0 };
}

/** A table that is broken shows nothing: the full range is looked at in any case. */
function readable(read: () => Lut): Lut | undefined {
  try {
    return read();
  } catch (error) {
    if (isElpisError(error, "PIXELS_BAD_FORMAT")) return undefined;
    throw error;
  }
}

function windowsOf(data: DataSet, item: number): Window[] {
  const centers = numbersAt(data, WINDOW_CENTER, item);
  const widths = numbersAt(data, WINDOW_WIDTH, item);
  const name = data.string(VOI_LUT_FUNCTION, item).toUpperCase();
  const kind = name === "SIGMOID" || name === "LINEAR_EXACT" ? name : "LINEAR";
  const windows = centers
    .slice(0, MOST_WINDOWS)
    .map((center, i) => ({ center, width: widths[i] ?? 0, kind }));
  // PS3.3 C.11.2.1.2: at least 1 for LINEAR, more than 0 for the others.
  return windows.filter(({ width }) => (kind === "LINEAR" ? width >= 1 : width > 0)) as Window[];
}

function voiLutsOf(data: DataSet, modality: Modality): Lut[] {
  const token = data.find(VOI_LUT_SEQUENCE);
  if (token < 0) return [];
  const isBelowZero = "slope" in modality && (isSigned(data) || modality.intercept < 0);
  const items = data.items(token).slice(0, MOST_WINDOWS);
  return items.flatMap((item) => readable(() => lutOf(data, item, isBelowZero)) ?? []);
}

function paddingOf(data: DataSet): GreyDisplay["padding"] {
  // US or SS by Pixel Representation (PS3.5 6.2); some writers take the other one.
  const vr: VR = isSigned(data) ? "SS" : "US";
  const [value, limit] = [PIXEL_PADDING_VALUE, PIXEL_PADDING_RANGE_LIMIT].map((tag) => {
    const token = data.find(tag);
    return token < 0 ? undefined : numbersOf(data, token, vr)[0];
  });
  if (value === undefined) return undefined;
  return [Math.min(value, limit ?? value), Math.max(value, limit ?? value)];
}
