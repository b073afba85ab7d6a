import { ElpisError } from "../base/index.js";
import { type FrameRoom, roomFor } from "./frame-room.js";
import { colourPlanes, paletteTable, rgbOf } from "./render-colour.js";
import type { Display } from "./render-display.js";
import {
  areAlike,
  type Bins,
  binsOf,
  histogramOf,
  isBlank,
  type Levels,
  rangeView,
  type Table,
  tableOf,
  throughTable,
  viewsOfHeader,
} from "./render-grey.js";
import type { Palette } from "./render-lut.js";
import { type Merged, mergedLevels } from "./render-merged.js";
import type { Frame, GreyPlane } from "./types.js";

export { type Display, displayOf, type GreyDisplay, type Window } from "./render-display.js";

/** A plane for a detector to look at. */
export interface View extends GreyPlane {
  /** Steps of grey are at least this share of what a display could show of them: below 1 where views were merged. */
  readonly visibility: number;
  /** Two views of one kind of frame with the same mapping show equal values as equal greys. */
  readonly mapping: string;
}

/**
 * What a person could see of a frame, as one to three planes for a detector. Grey: as the header's windows or VOI
 * LUTs show it, and over the full range of its values, since text can hide outside a window. Colour: luma, and
 * where there is colour, planes in which it stands out from grey and from other colours of the same luma. Planes
 * that would show the same are given once. With `mayMerge` those of grey come in one where that shows everything
 * well enough; its levels depend on the values that occur, so that frames of a cine are not to be compared by it.
 * In a room, where one is given, they are valid until its next frame. Throws PIXELS_UNSUPPORTED for HSV, ARGB, CMYK
 * and XYB.
 */
export function renderings(
  frame: Frame,
  display: Display,
  index = 0,
  mayMerge = false,
  room?: FrameRoom,
): View[] {
  const { rows, columns, photometric } = frame.format;
  if (!photometric.startsWith("MONOCHROME")) {
    const rgb = photometric === "PALETTE COLOR" ? throughPalette(frame, display, room) : rgbOf(frame, room);
    const planes = colourPlanes(rgb, rows, columns, room);
    return planes.map((plane, kind) => ({ ...plane, visibility: 1, mapping: `colour ${kind}` }));
  }
  const bins = binsOf(frame);
  return greyViews(frame, display, index, bins, mayMerge).map(({ levels, visibility }, view) => {
    const table = tableOf(levels);
    const plane = throughTable(bins, table, rows, columns, roomFor(room, `view ${view}`, rows * columns));
    return { ...plane, visibility, mapping: mappingOf(bins, table) };
  });
}

/** What values are shown as, in a few letters. */
function mappingOf({ base, step }: Bins, table: Table): string {
  // FNV-1a, 32 bits.
  let hash = 0x811c9dc5;
  for (let bin = 0; bin < table.length; bin++) hash = Math.imul(hash ^ table[bin]!, 0x01000193);
  return `${base} ${step} ${table.length} ${hash}`;
}

/** Middle of the values that the view is of where the full range has room for eight of it. */
const [MIDDLE, NARROW] = [1 / 50, 1 / 8];
/**
 * Views are merged where each step keeps so much of its contrast, as under a window over 0.6 of the range or more: one
 * plane is looked at instead of two, and what was faint is little fainter. Below, each is looked at by itself.
 */
const LEAST_VISIBILITY = 0.7;

function greyViews(frame: Frame, display: Display, index: number, bins: Bins, mayMerge: boolean): Merged[] {
  const { format } = frame;
  const grey = display.grey(index);
  const histogram = histogramOf(bins);
  const views: Levels[] = [];
  const add = (levels: Levels): void => {
    if (isBlank(bins, levels, histogram) || views.some((other) => areAlike(bins, other, levels, histogram)))
      return;
    views.push(levels);
  };
  const full = rangeView(bins, histogram, format, grey);
  for (const levels of viewsOfHeader(bins, format, grey)) add(levels);
  const hasView = views.length > 0;
  add(full.levels);
  if (!hasView) {
    const middle = rangeView(bins, histogram, format, grey, MIDDLE);
    if (middle.high - middle.low < NARROW * (full.high - full.low)) add(middle.levels);
  }
  const merged = mayMerge && views.length > 1 ? mergedLevels(bins, views, histogram) : undefined;
  if (merged && merged.visibility >= LEAST_VISIBILITY) return [merged];
  return (views.length > 0 ? views : [full.levels]).map((levels) => ({ levels, visibility: 1 }));
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
  const [own] = viewsOfHeader(bins, frame.format, grey);
  const levels = own ?? rangeView(bins, histogramOf(bins), frame.format, grey).levels;
  const { pixels } = throughTable(bins, tableOf(levels), rows, columns);
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

function throughPalette(frame: Frame, display: Display, room?: FrameRoom): Uint8Array {
  const { palette } = display;
  if (!palette || frame.format.bitsAllocated > 16)
    throw new ElpisError("PIXELS_UNSUPPORTED", "(0028,0004) PALETTE COLOR without a palette, or of 32 bits");
  const bins = binsOf(frame);
  const table = tableOfPalette(palette, bins);
  const { cells, shift, count } = bins;
  const rgb = roomFor(room, "rgb", 3 * cells.length);
  for (let i = 0, to = 0; i < cells.length; i++, to += 3) {
    const at = 3 * ((cells[i]! >>> shift) & (count - 1));
    rgb[to] = table[at]!;
    rgb[to + 1] = table[at + 1]!;
    rgb[to + 2] = table[at + 2]!;
  }
  return rgb;
}
