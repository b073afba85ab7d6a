import type { Extent } from "../rules/boxes.js";
import { boxBetween, clip } from "../rules/boxes.js";
import type { Box, HeatMap, TextBox } from "../types.js";
import { endsOf } from "./ends.js";
import { closeGaps, solidParts, TILE, type Tiles } from "./tiles.js";

/** From which logits on tiles are text: peaks above `core`, and that above `grow`. */
export interface Thresholds {
  /** A component that is NARROW needs one tile this sure. */
  readonly peak: number;
  /** A larger one this sure: small letters are seldom as sure as what large anatomy may look like. */
  readonly largePeak: number;
  /** What of a component is this sure is text. */
  readonly core: number;
  /** A component reaches over all tiles around that are at least this sure; a line may end in them. */
  readonly grow: number;
  /** Pixels added around each box: outlines and shadows reach beyond the ink. */
  readonly padding: number;
}

/** Pixels of the smallest letters that can be read. */
const [LETTER_ACROSS, LETTER_ALONG] = [3, 5];
/** Tiles across of a line of letters of up to some 20 pixels. */
const NARROW = 6;
/** A line is so many times as long as it is high. */
const ELONGATED = 1.3;
/** A line may end so many tiles beyond its core: letters at its ends are less sure than those between others. */
const ALONG = 5;

/**
 * Lines of text as boxes in pixels, cut to the plane, from top to bottom. A component of the heat map (8-connected) is
 * text where it has a tile that is sure enough; its cores are lines, which reach a little further along themselves, and
 * never across, where letters are seen best; they end between tiles, where the logits say so. Slanted or bent lines give
 * several boxes. The score is the component's peak. None in a plane in which no letter has room.
 */
export function textComponents(map: HeatMap, plane: Extent, thresholds: Thresholds): TextBox[] {
  if (
    Math.min(plane.rows, plane.columns) < LETTER_ACROSS ||
    Math.max(plane.rows, plane.columns) < LETTER_ALONG
  )
    return [];
  const { peak, largePeak, core, grow } = thresholds;
  if (!map.logits.some((logit) => logit >= peak)) return [];
  const [components, lines] = [new Labels(map), new Labels(map)];
  const found: TextBox[] = [];
  for (let seed = 0; seed < map.logits.length; seed++) {
    if (components.of[seed] !== 0 || map.logits[seed]! < peak) continue;
    const component = components.flood(seed, grow);
    if (component.peak < (isNarrow(component, map) ? peak : largePeak)) continue;
    for (const at of components.tilesOf(component)) {
      if (lines.of[at] !== 0 || map.logits[at]! < core) continue;
      for (const tiles of partsOf(lines.flood(at, core), lines, map, grow)) {
        const box = clip(inPixels(tiles, map, thresholds), plane);
        if (box) found.push({ ...box, score: component.peak });
      }
    }
  }
  return found.sort((a, b) => a.top - b.top || a.left - b.left);
}

/** The highest logit of the tiles that a box touches. */
export function highestLogit({ rows, columns, logits }: HeatMap, box: Box): number {
  const [left, top] = [Math.max(0, Math.floor(box.left / TILE)), Math.max(0, Math.floor(box.top / TILE))];
  const right = Math.min(columns, Math.ceil((box.left + box.width) / TILE));
  const bottom = Math.min(rows, Math.ceil((box.top + box.height) / TILE));
  let highest = Number.NEGATIVE_INFINITY;
  for (let row = top; row < bottom; row++) {
    for (let at = row * columns + left; at < row * columns + right; at++)
      highest = Math.max(highest, logits[at]!);
  }
  return highest;
}

interface Component extends Tiles {
  readonly label: number;
  /** Its tiles stand from here on, up to `end`, in the order of all that were flooded. */
  readonly first: number;
  readonly end: number;
  /** The highest logit in it. */
  readonly peak: number;
}

/** Which component each tile of a map belongs to; 0 for none. */
class Labels {
  readonly of: Int32Array;
  readonly #map: HeatMap;
  readonly #flooded: Int32Array;
  #count = 0;
  #last = 0;

  constructor(map: HeatMap) {
    this.of = new Int32Array(map.logits.length);
    this.#map = map;
    this.#flooded = new Int32Array(map.logits.length);
  }

  /** Floods from `seed` over all tiles of at least `least` that belong to none. */
  flood(seed: number, least: number): Component {
    const { logits, rows, columns } = this.#map;
    const [labels, flooded, label, first] = [this.of, this.#flooded, ++this.#last, this.#count];
    let [left, top, right, bottom, peak] = [columns, rows, 0, 0, Number.NEGATIVE_INFINITY];
    let end = first;
    flooded[end++] = seed;
    labels[seed] = label;
    for (let at = first; at < end; at++) {
      const tile = flooded[at]!;
      const row = Math.trunc(tile / columns);
      const column = tile - row * columns;
      left = Math.min(left, column);
      right = Math.max(right, column + 1);
      top = Math.min(top, row);
      bottom = Math.max(bottom, row + 1);
      peak = Math.max(peak, logits[tile]!);
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
          const next = y * columns + x;
          if (labels[next] !== 0 || logits[next]! < least) continue;
          labels[next] = label;
          flooded[end++] = next;
        }
      }
    }
    this.#count = end;
    return { label, first, end, left, top, right, bottom, peak };
  }

  tilesOf({ first, end }: Component): Int32Array {
    return this.#flooded.subarray(first, end);
  }
}

/** Like a line of letters in a picture, and not most of a very small picture. */
function isNarrow({ left, top, right, bottom }: Tiles, { rows, columns }: HeatMap): boolean {
  const across = Math.min(right - left, bottom - top);
  return across <= NARROW && 2 * across <= Math.min(rows, columns);
}

/** The rectangles of a core, lengthened along itself. */
function partsOf(core: Component, labels: Labels, map: HeatMap, least: number): Tiles[] {
  const { left, top, right, bottom, label } = core;
  const [width, height] = [right - left, bottom - top];
  if (height < ELONGATED * width) lengthen(core, labels.of, map, least, true);
  if (width < ELONGATED * height) lengthen(core, labels.of, map, least, false);
  const reached = {
    left: Math.max(0, left - ALONG),
    top: Math.max(0, top - ALONG),
    right: Math.min(map.columns, right + ALONG),
    bottom: Math.min(map.rows, bottom + ALONG),
  };
  closeGaps(reached, labels.of, map.columns, label);
  return solidParts(reached, labels.of, map.columns, label);
}

/** Marks the tiles beyond both ends of each row of a core, or of each column, that are sure enough. */
function lengthen(core: Component, labels: Int32Array, map: HeatMap, least: number, isLying: boolean): void {
  const { columns, rows, logits } = map;
  const { left, top, right, bottom, label } = core;
  const [first, last, from, to] = isLying ? [top, bottom, left, right] : [left, right, top, bottom];
  const [step, across, size] = isLying ? [1, columns, columns] : [columns, 1, rows];
  for (let line = first; line < last; line++) {
    const start = line * across;
    const isOwn = (at: number) => labels[start + at * step] === label;
    const reach = (at: number, by: 1 | -1): void => {
      for (let next = at + by, left = ALONG; left > 0 && next >= 0 && next < size; next += by, left--) {
        const tile = start + next * step;
        if (labels[tile] !== 0 || logits[tile]! < least) return;
        labels[tile] = label;
      }
    };
    let [begin, end] = [from, to - 1];
    while (begin < to && !isOwn(begin)) begin++;
    if (begin === to) continue;
    while (!isOwn(end)) end--;
    reach(begin, -1);
    reach(end, 1);
  }
}

function inPixels(tiles: Tiles, map: HeatMap, { core, padding }: Thresholds): Box {
  const ends = endsOf(tiles, map, core);
  return boxBetween(
    tiles.left * TILE - ends.left - padding,
    tiles.top * TILE - ends.top - padding,
    tiles.right * TILE + ends.right + padding,
    tiles.bottom * TILE + ends.bottom + padding,
  );
}
