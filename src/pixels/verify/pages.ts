import { areaOf, clipAll, groupBoxes, inOneLine, pad, unionOf } from "../rules/boxes.js";
import type { Box, GreyPlane } from "../types.js";
import { findStrokes, type Stroke, type StrokeOptions } from "./strokes.js";

/** How much of a frame is text. */
export interface TextShare {
  /** Share of the pixels in text boxes, 0 to 1. */
  readonly coverage: number;
  /** Lines of strokes; 0 where coverage and ground already say that it is no page. */
  readonly lines: number;
  /** Share of the pixels outside the boxes that have one of the three commonest levels, give or take. */
  readonly plain: number;
  /** True for a dose sheet, a screen save, a scanned letter, a protocol: nothing of it is a picture. */
  readonly isPage: boolean;
}

const LEAST_LINES = 5;
const LEAST_COVERAGE = 0.02;
const LEAST_PLAIN = 0.975;
/** Grey levels around a common level: scans are noisy, and compression leaves ripples. */
const TOLERANCE = 12;

/** Says whether a frame is nearly all text, of its text boxes and of what lies between them. */
export function textShare(
  plane: GreyPlane & Pick<StrokeOptions, "visibility">,
  boxes: readonly Box[],
): TextShare {
  const within = clipAll(boxes, plane);
  const coverage = areaOf(within) / (plane.rows * plane.columns);
  const plain = plainShare(
    plane,
    clipAll(
      within.map((box) => pad(box, 3)),
      plane,
    ),
  );
  const mayBePage = coverage >= LEAST_COVERAGE && plain >= LEAST_PLAIN;
  // Boxes are no lines: one may hold several, or a piece of one. Strokes are asked only where it matters.
  const lines = mayBePage ? countLines(findStrokes(plane, { visibility: plane.visibility ?? 1 })) : 0;
  return { coverage, lines, plain, isPage: lines >= LEAST_LINES };
}

/** Lines of the direction that has more of them: columns of a table stand above each other, too. */
function countLines(strokes: readonly Stroke[]): number {
  const across = strokes.filter(({ isVertical }) => !isVertical);
  return Math.max(groupBoxes(across, inOneLine(3)).length, strokes.length - across.length);
}

function plainShare({ columns, pixels }: GreyPlane, boxes: readonly Box[]): number {
  const counts = new Uint32Array(256);
  for (let i = 0; i < pixels.length; i++) counts[pixels[i]!]!++;
  for (const { left, top, width, height } of unionOf(boxes)) {
    for (let y = top; y < top + height; y++) {
      for (let at = y * columns + left; at < y * columns + left + width; at++) counts[pixels[at]!]!--;
    }
  }
  const all = counts.reduce((sum, count) => sum + count, 0);
  let plain = 0;
  for (let k = 0; k < 3; k++) {
    const common = counts.indexOf(Math.max(...counts));
    const from = Math.max(0, common - TOLERANCE);
    for (let level = from; level <= Math.min(255, common + TOLERANCE); level++) {
      plain += counts[level]!;
      counts[level] = 0;
    }
  }
  return all === 0 ? 1 : plain / all;
}
