import type { GreyDisplay, Modality, Window } from "./render-display.js";
import type { Lut } from "./render-lut.js";
import type { Frame, GreyPlane, PixelFormat } from "./types.js";

/**
 * The cells of a grey frame as bins: numbers that a table has an entry for. Up to 16 bits a bin is the stored
 * value's own bits; cells of 32 bits are divided into 65,536.
 */
export interface Bins {
  readonly cells: Uint8Array | Uint16Array;
  /** A cell's bin is (cell >>> shift) & (count − 1): unused high bits and embedded overlays fall away. */
  readonly shift: number;
  readonly count: number;
  /** The lowest value is in this bin, and from there upwards they go around: half of `count` for signed values. */
  readonly lowest: number;
  /** Stored value of a bin: base + step × its place, counted from `lowest` up. */
  readonly base: number;
  readonly step: number;
}

/** Stored value of the bin at a place, counted from the lowest value up. */
function valueAt(bins: Bins, place: number): number {
  return bins.base + bins.step * place;
}

export function binsOf({ format, samples }: Frame): Bins {
  if (samples instanceof Uint32Array) return wideBins(format, samples);
  const count = 2 ** format.bitsStored;
  const lowest = format.isSigned ? count / 2 : 0;
  const shift = format.highBit + 1 - format.bitsStored;
  return { cells: samples, shift, count, lowest, base: -lowest, step: 1 };
}

const WIDE = 0x10000;
const SAMPLE = 4096;

/** Bins between the values of the middle, with as much room again on either side: outliers fall into the last. */
function wideBins(format: PixelFormat, samples: Uint32Array): Bins {
  const values = new Float64Array(Math.min(SAMPLE, samples.length));
  const up = format.highBit + 1 - format.bitsStored;
  const left = 32 - format.bitsStored;
  const stored = (cell: number): number => {
    const bits = (cell >>> up) << left;
    return format.isSigned ? bits >> left : bits >>> left;
  };
  const stride = samples.length / values.length;
  for (let i = 0; i < values.length; i++) values[i] = stored(samples[Math.floor(i * stride)]!);
  values.sort();
  const room = Math.max(1, values.at(-1)! - values[0]!);
  const base = values[0]! - room;
  const step = Math.max(1, (3 * room) / (WIDE - 1));
  const cells = new Uint16Array(samples.length);
  for (let i = 0; i < cells.length; i++)
    cells[i] = Math.max(0, Math.min(WIDE - 1, Math.round((stored(samples[i]!) - base) / step)));
  return { cells, shift: 0, count: WIDE, lowest: 0, base, step };
}

/** How many pixels each bin has, and the places of the first and the last bin that has any. */
export interface Histogram {
  readonly counts: Uint32Array;
  readonly first: number;
  readonly last: number;
}

const scratch = new Uint32Array(0x10000);

/** Valid until the next call. */
export function histogramOf({ cells, shift, count, lowest }: Bins): Histogram {
  const counts = scratch.subarray(0, count).fill(0);
  const mask = count - 1;
  for (let i = 0; i < cells.length; i++) counts[(cells[i]! >>> shift) & mask]!++;
  let first = 0;
  let last = mask;
  while (first < last && counts[(first + lowest) & mask] === 0) first++;
  while (first < last && counts[(last + lowest) & mask] === 0) last--;
  return { counts, first, last };
}

/** Grey levels 0 to 255 by bin, with fractions: steps between neighbouring values are smaller than one level. */
export type Levels = Float32Array;

/** Grey levels 0 to 255 by bin. */
export type Table = Uint8Array;

const tableRoom = new Uint8Array(65_536);

/** Rounded; valid until the next call. By a loop: `Uint8Array.from` makes an object of every level. */
export function tableOf(levels: Levels): Table {
  const table = tableRoom.subarray(0, levels.length);
  for (let bin = 0; bin < table.length; bin++) table[bin] = Math.round(levels[bin]!);
  return table;
}

export function throughTable(
  bins: Bins,
  table: Table,
  rows: number,
  columns: number,
  pixels: Uint8Array = new Uint8Array(rows * columns),
): GreyPlane {
  const { cells, shift } = bins;
  const mask = bins.count - 1;
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[(cells[i]! >>> shift) & mask]!;
  return { rows, columns, pixels };
}

/** White is low: MONOCHROME1, or INVERSE by the presentation, or neither but both. */
function isReversed(format: PixelFormat, display: GreyDisplay): boolean {
  return (format.photometric === "MONOCHROME1") !== display.isInverse;
}

function modalityValue(modality: Modality, stored: number): number {
  return "slope" in modality ? stored * modality.slope + modality.intercept : lookup(modality, stored);
}

function lookup({ first, values }: Lut, value: number): number {
  const at = Math.round(value) - first;
  return values[Math.max(0, Math.min(values.length - 1, at))]!;
}

/** Share of white, 0 to 1, that a window gives a value (PS3.3 C.11.2.1.2, C.11.2.1.3). */
function windowed({ center, width, kind }: Window, value: number): number {
  if (kind === "SIGMOID") return 1 / (1 + Math.exp((-4 * (value - center)) / width));
  if (kind === "LINEAR_EXACT") return (value - center) / width + 0.5;
  if (width === 1) return value > center - 0.5 ? 1 : 0;
  return (value - (center - 0.5)) / (width - 1) + 0.5;
}

/** Grey levels of the bins at places `first` to `last`. */
function levelsOf(
  bins: Bins,
  isFlipped: boolean,
  share: (stored: number) => number,
  first = 0,
  last = bins.count - 1,
  levels: Levels = new Float32Array(bins.count),
): Levels {
  const mask = bins.count - 1;
  for (let place = first; place <= last; place++) {
    const level = Math.max(0, Math.min(255, 255 * share(valueAt(bins, place))));
    levels[(place + bins.lowest) & mask] = isFlipped ? 255 - level : level;
  }
  return levels;
}

/** The header's own views, by how they are shown: frames of a series share them. */
const headerLevels = new WeakMap<GreyDisplay, { readonly key: string; readonly views: readonly Levels[] }>();
const MOST_HEADER_VIEWS = 2;

/** What the header asks for: its first windows, or VOI LUTs where it has no window. */
export function viewsOfHeader(bins: Bins, format: PixelFormat, display: GreyDisplay): readonly Levels[] {
  const { count, lowest, base, step } = bins;
  const key = `${count} ${lowest} ${base} ${step} ${format.photometric}`;
  const known = headerLevels.get(display);
  if (known?.key === key) return known.views;
  const isFlipped = isReversed(format, display);
  const { modality } = display;
  const shares: ((value: number) => number)[] = display.windows.map(
    (window) => (value) => windowed(window, value),
  );
  for (const lut of display.voiLuts) shares.push((value) => lookup(lut, value) / (2 ** lut.bits - 1));
  const views = shares
    .slice(0, MOST_HEADER_VIEWS)
    .map((share) => levelsOf(bins, isFlipped, (stored) => share(modalityValue(modality, stored))));
  headerLevels.set(display, { key, views });
  return views;
}

/** Pixels at either end that do not count: 52 of 512 × 512, fewer than a short word has. */
const OUTLIERS = 1 / 5000;
const FEWEST_OUTLIERS = 4;

/**
 * From black to white between the values that all but `outliers` of the pixels at either end lie between. The levels are
 * valid until the next call for as many outliers.
 */
export function rangeView(
  bins: Bins,
  histogram: Histogram,
  format: PixelFormat,
  display: GreyDisplay,
  outliers = OUTLIERS,
): { readonly levels: Levels; readonly low: number; readonly high: number } {
  const [low, high] = rangeOf(bins, histogram, display.padding, outliers);
  const { modality } = display;
  const isFalling = "slope" in modality ? modality.slope < 0 : modality.values[0]! > modality.values.at(-1)!;
  const isFlipped = isReversed(format, display) !== isFalling;
  const width = Math.max(high - low, 1);
  const share = (stored: number): number => (stored - low) / width;
  const room = (outliers === OUTLIERS ? fullRoom : middleRoom).subarray(0, bins.count).fill(0);
  const levels = levelsOf(bins, isFlipped, share, histogram.first, histogram.last, room);
  return { levels, low, high };
}

/** A quarter of a megabyte a frame would wait for the collector: the next full, or middle, view takes the same. */
const [fullRoom, middleRoom] = [new Float32Array(65_536), new Float32Array(65_536)];

/** Stored values; the whole image is padding where nothing else is left. */
function rangeOf(
  bins: Bins,
  histogram: Histogram,
  padding: GreyDisplay["padding"],
  outliers: number,
): readonly [low: number, high: number] {
  const { counts, first, last } = histogram;
  const mask = bins.count - 1;
  const [from, to] = padding ?? [1, 0];
  const countAt = (place: number): number => {
    const value = valueAt(bins, place);
    return value >= from && value <= to ? 0 : counts[(place + bins.lowest) & mask]!;
  };
  let total = 0;
  for (let place = first; place <= last; place++) total += countAt(place);
  if (total === 0) return [valueAt(bins, first), valueAt(bins, last)];
  const most = Math.min(Math.max(FEWEST_OUTLIERS, total * outliers), total / 4);
  let low = first;
  for (let seen = countAt(low); seen <= most; seen += countAt(low)) low++;
  let high = last;
  for (let seen = countAt(high); seen <= most; seen += countAt(high)) high--;
  return [valueAt(bins, low), valueAt(bins, high)];
}

/** Grey levels by which two views may differ everywhere and still show the same. */
const ALIKE = 8;

/** True where the views give all values that occur nearly the same grey level. */
export function areAlike(bins: Bins, a: Levels, b: Levels, { counts, first, last }: Histogram): boolean {
  for (let place = first; place <= last; place++) {
    const bin = (place + bins.lowest) & (bins.count - 1);
    if (counts[bin]! > 0 && Math.abs(a[bin]! - b[bin]!) > ALIKE) return false;
  }
  return true;
}

/** True where a view gives all values that occur the same grey level: nothing is to be seen. */
export function isBlank(bins: Bins, levels: Levels, { counts, first, last }: Histogram): boolean {
  const level = Math.round(levels[(first + bins.lowest) & (bins.count - 1)]!);
  for (let place = first + 1; place <= last; place++) {
    const bin = (place + bins.lowest) & (bins.count - 1);
    if (counts[bin]! > 0 && Math.round(levels[bin]!) !== level) return false;
  }
  return true;
}
