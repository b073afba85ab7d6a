import type { SceneWord } from "../../scripts/text-finder/scenes.js";
import type { Extent } from "../../src/pixels/rules/boxes.js";
import type { Box } from "../../src/pixels/types.js";

/** 1 for pixels that are in a set, row by row. */
export type Mask = Uint8Array;

/** A rectangle along a direction: u runs along the reading, v across it; both in pixels. */
interface Slanted {
  /** Degrees, clockwise. */
  readonly angle: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function maskOf(boxes: readonly Box[], { rows, columns }: Extent): Mask {
  const mask = new Uint8Array(rows * columns);
  for (const { left, top, width, height } of boxes) {
    const [from, to] = [Math.max(0, left), Math.min(columns, left + width)];
    if (to <= from) continue;
    for (let row = Math.max(0, top); row < Math.min(rows, top + height); row++)
      mask.fill(1, row * columns + from, row * columns + to);
  }
  return mask;
}

/** How much of a word's tight box, turned as it may be, lies in the mask; 1 where none of it is in the image. */
export function coveredShare(word: Pick<SceneWord, "corners" | "angle">, mask: Mask, size: Extent): number {
  let [all, covered] = [0, 0];
  forSlanted(slantedOf(word), size, (at) => {
    all++;
    covered += mask[at]!;
  });
  return all === 0 ? 1 : covered / all;
}

/**
 * What blanking may take without being counted as waste: the words' boxes grown by `padding`, and between words of
 * one line the gap: a gap is no picture that anybody would miss.
 */
export function allowanceOf(words: readonly SceneWord[], size: Extent, padding: number): Mask {
  const mask = new Uint8Array(size.rows * size.columns);
  const fill = (area: Slanted): void => forSlanted(area, size, (at) => void (mask[at] = 1));
  const boxes = words.map((word) => ({ word, area: slantedOf(word, directionOf(word)) }));
  for (const { area } of boxes) fill(grown(area, padding));
  for (const [i, { word, area }] of boxes.entries()) {
    for (let j = i + 1; j < boxes.length; j++) {
      const other = boxes[j]!;
      if (other.word.angle !== word.angle || !inOneLine(area, other.area)) continue;
      fill(grown(gapBetween(area, other.area), padding));
    }
  }
  return mask;
}

/** Pixels of the first mask that are not in the second, as a share of the image. */
export function shareBeyond(mask: Mask, allowed: Mask): number {
  let beyond = 0;
  for (let at = 0; at < mask.length; at++) beyond += mask[at]! & (allowed[at]! ^ 1);
  return beyond / mask.length;
}

/** Stacked ideographs are read downward. */
function directionOf({ angle, variants }: SceneWord): number {
  return variants.includes("stacked") ? angle + 90 : angle;
}

function slantedOf({ corners, angle }: Pick<SceneWord, "corners" | "angle">, direction = angle): Slanted {
  const [cos, sin] = turnOf(direction);
  const us = corners.map(([x, y]) => x * cos + y * sin);
  const vs = corners.map(([x, y]) => y * cos - x * sin);
  const [left, right, top, bottom] = [Math.min(...us), Math.max(...us), Math.min(...vs), Math.max(...vs)];
  return { angle: direction, left, right, top, bottom };
}

function turnOf(degrees: number): readonly [cos: number, sin: number] {
  return [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
}

function grown(area: Slanted, by: number): Slanted {
  const { angle, left, right, top, bottom } = area;
  return { angle, left: left - by, right: right + by, top: top - by, bottom: bottom + by };
}

/** Half of the lower one's height in common, and at most one and a half heights between them. */
function inOneLine(a: Slanted, b: Slanted): boolean {
  const low = Math.min(a.bottom - a.top, b.bottom - b.top);
  const high = Math.max(a.bottom - a.top, b.bottom - b.top);
  const common = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  const gap = Math.max(a.left, b.left) - Math.min(a.right, b.right);
  return gap >= 0 && gap <= 1.5 * high && common >= 0.5 * low;
}

function gapBetween(a: Slanted, b: Slanted): Slanted {
  return {
    angle: a.angle,
    left: Math.min(a.right, b.right),
    right: Math.max(a.left, b.left),
    top: Math.min(a.top, b.top),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/** Visits every pixel whose centre lies in the rectangle. */
function forSlanted(area: Slanted, { rows, columns }: Extent, visit: (at: number) => void): void {
  const [cos, sin] = turnOf(area.angle);
  const { left, right, top, bottom } = area;
  const points = [left, right].flatMap((u) =>
    [top, bottom].map((v) => [u * cos - v * sin, u * sin + v * cos] as const),
  );
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const lastRow = Math.min(rows - 1, Math.ceil(Math.max(...ys)));
  const lastColumn = Math.min(columns - 1, Math.ceil(Math.max(...xs)));
  for (let row = Math.max(0, Math.floor(Math.min(...ys))); row <= lastRow; row++) {
    for (let column = Math.max(0, Math.floor(Math.min(...xs))); column <= lastColumn; column++) {
      const [x, y] = [column + 0.5, row + 0.5];
      const [u, v] = [x * cos + y * sin, y * cos - x * sin];
      const within = u >= left - 1e-6 && u <= right + 1e-6 && v >= top - 1e-6 && v <= bottom + 1e-6;
      if (within) visit(row * columns + column);
    }
  }
}
