import { ElpisError } from "../base/index.js";
import { colourPlanes, paletteTable, rgbOf } from "./render-colour.js";
import type { Display } from "./render-display.js";
import {
  areAlike,
  type Bins,
  binsOf,
  histogramOf,
  isBlank,
  rangeTable,
  type Table,
  tablesOfHeader,
  throughTable,
} from "./render-grey.js";
import type { Palette } from "./render-lut.js";
import type { Frame, GreyPlane } from "./types.js";

export { type Display, displayOf, type GreyDisplay, type Window } from "./render-display.js";

/**
 * What a person could see of a frame, as one to three planes for a detector. Grey: as the header's windows or VOI
 * LUTs show it, and over the full range of its values, since text can hide outside a window. Colour: luma, and
 * where there is colour, planes in which it stands out from grey and from other colours of the same luma. Planes
 * that would show the same are given once. Throws PIXELS_UNSUPPORTED for HSV, ARGB, CMYK and XYB.
 */
export function renderings(frame: Frame, display: Display, index = 0): GreyPlane[] {
  const { rows, columns, photometric } = frame.format;
  if (photometric === "PALETTE COLOR") return colourPlanes(throughPalette(frame, display), rows, columns);
  if (!photometric.startsWith("MONOCHROME")) return colourPlanes(rgbOf(frame), rows, columns);
  const bins = binsOf(frame);
  return greyTables(frame, display, index, bins).map((table) => throughTable(bins, table, rows, columns));
}

/** Middle of the values that the view is of where the full range has room for eight of it. */
const [MIDDLE, NARROW] = [1 / 50, 1 / 8];

function greyTables(frame: Frame, display: Display, index: number, bins: Bins): Table[] {
  const { format } = frame;
  const grey = display.grey(index);
  const histogram = histogramOf(bins);
  const tables: Table[] = [];
  const add = (table: Table): void => {
    if (isBlank(bins, table, histogram) || tables.some((other) => areAlike(bins, other, table, histogram)))
      return;
    tables.push(table);
  };
  const full = rangeTable(bins, histogram, format, grey);
  for (const table of tablesOfHeader(bins, format, grey)) add(table);
  const hasView = tables.length > 0;
  add(full.table);
  if (!hasView) {
    const middle = rangeTable(bins, histogram, format, grey, MIDDLE);
    if (middle.high - middle.low < NARROW * (full.high - full.low)) add(middle.table);
  }
  return tables.length > 0 ? tables : [full.table];
}

/** A picture for people: red, green, blue, 255 of every pixel, as the header's first window shows it. */
export function toRgba(frame: Frame, display: Display, index = 0): Uint8ClampedArray {
  const { rows, columns, photometric } = frame.format;
  const rgba = new Uint8ClampedArray(4 * rows * columns).fill(255);
  if (!photometric.startsWith("MONOCHROME")) {
    const rgb = photometric === "PALETTE COLOR" ? throughPalette(frame, display) : rgbOf(frame);
    for (let from = 0, to = 0; to < rgba.length; from += 3, to += 4) {
      rgba[to] = rgb[from]!;
      rgba[to + 1] = rgb[from + 1]!;
      rgba[to + 2] = rgb[from + 2]!;
    }
    return rgba;
  }
  const bins = binsOf(frame);
  const grey = display.grey(index);
  const [own] = tablesOfHeader(bins, frame.format, grey);
  const table = own ?? rangeTable(bins, histogramOf(bins), frame.format, grey).table;
  const { pixels } = throughTable(bins, table, rows, columns);
  for (let i = 0; i < pixels.length; i++) rgba[4 * i] = rgba[4 * i + 1] = rgba[4 * i + 2] = pixels[i]!;
  return rgba;
}

/** Tables of palettes by their bins: frames of a file share them. */
const tablesOfPalettes = new WeakMap<Palette, Uint8Array>();

/** Three bytes by bin. */
export function tableOfPalette(palette: Palette, bins: Pick<Bins, "count" | "lowest">): Uint8Array {
  const known = tablesOfPalettes.get(palette);
  if (known?.length === 3 * bins.count) return known;
  const table = paletteTable(palette, bins.count, bins.lowest);
  tablesOfPalettes.set(palette, table);
  return table;
}

function throughPalette(frame: Frame, display: Display): Uint8Array {
  const { palette } = display;
  if (!palette || frame.format.bitsAllocated > 16)
    throw new ElpisError("PIXELS_UNSUPPORTED", "(0028,0004) PALETTE COLOR without a palette, or of 32 bits");
  const bins = binsOf(frame);
  const table = tableOfPalette(palette, bins);
  const { cells, shift, count } = bins;
  const rgb = new Uint8Array(3 * cells.length);
  for (let i = 0, to = 0; i < cells.length; i++, to += 3) {
    const at = 3 * ((cells[i]! >>> shift) & (count - 1));
    rgb[to] = table[at]!;
    rgb[to + 1] = table[at + 1]!;
    rgb[to + 2] = table[at + 2]!;
  }
  return rgb;
}
