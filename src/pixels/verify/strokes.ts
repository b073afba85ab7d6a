import { intersection } from "../rules/boxes.js";
import type { Box, GreyPlane, TextBox } from "../types.js";
import { type Chain, findChains } from "./chains.js";
import { findGlyphs } from "./glyphs.js";
import { localRanges } from "./runs.js";
import { halved } from "./scale.js";

export interface StrokeOptions {
  /** Chains of a lower score are left out, 0 to 1. */
  readonly leastScore?: number;
  /** Grey levels between text and background. */
  readonly leastContrast?: number;
  /** Share of their contrast that steps of the plane kept: what is asked of contrast shrinks with it. */
  readonly visibility?: number;
}

/** A line of glyphs, and what a reader wants to know of it. */
export interface Stroke extends TextBox {
  /** Median height of its glyphs in pixels. */
  readonly letterHeight: number;
  /** Components in the line. */
  readonly parts: number;
  /** Grey level of its glyphs, and how far it lies from what is around. */
  readonly level: number;
  readonly contrast: number;
  /** True where letters stand above each other or are turned by a quarter. */
  readonly isVertical: boolean;
}

/** See {@link findGlyphs}. */
const DEPTHS = [0.5, 0.25];

/** Where the detector is sure enough to speak of text. */
export const SURE = 0.5;

/**
 * Text of three glyphs or more as a classical detector sees it, without any net: components of nearly constant
 * intensity and stroke width in lines, bright or dark, horizontal, vertical or slanted up to 20°. Looks at the
 * plane and at halves of it, for letters of about 5 to 100 pixels. Boxes of different lines may overlap.
 */
export function findStrokes(plane: GreyPlane, options: StrokeOptions = {}): Stroke[] {
  const { leastScore = SURE, leastContrast = 32, visibility = 1 } = options;
  const found: Stroke[] = [];
  let level = plane;
  for (let scale = 1; ; scale *= 2) {
    const ranges = localRanges(level);
    for (const depth of DEPTHS) {
      const glyphs = findGlyphs(level, ranges, leastContrast * visibility, depth);
      for (const chain of findChains(glyphs, leastScore, visibility)) found.push(placed(chain, scale, plane));
    }
    if (Math.min(level.rows, level.columns) < 96 || scale === largestScale(plane)) break;
    level = halved(level);
  }
  return withoutContained(found);
}

/** Strokes of 6 pixels end the first level and those of 12 the second; large films have large letters. */
function largestScale(plane: GreyPlane): number {
  return Math.max(plane.rows, plane.columns) >= 1200 ? 4 : 2;
}

function placed(chain: Chain, scale: number, plane: GreyPlane): Stroke {
  const left = chain.left * scale;
  const top = chain.top * scale;
  return {
    left,
    top,
    width: Math.min(plane.columns, (chain.right + 1) * scale) - left,
    height: Math.min(plane.rows, (chain.bottom + 1) * scale) - top,
    score: chain.score,
    letterHeight: chain.height * scale,
    parts: chain.parts,
    level: chain.level,
    contrast: chain.contrast,
    isVertical: chain.isVertical,
  };
}

/** Leaves out what lies by four fifths within a box of at least its score. */
function withoutContained(boxes: Stroke[]): Stroke[] {
  const kept: Stroke[] = [];
  for (const box of boxes.sort((a, b) => b.score - a.score || b.width * b.height - a.width * a.height)) {
    if (!kept.some((other) => shareWithin(box, other) >= 0.8)) kept.push(box);
  }
  return kept;
}

/** Share of the pixels of the first box that lie in the other. */
export function shareWithin(box: Box, other: Box): number {
  const common = intersection(box, other);
  return common === undefined ? 0 : (common.width * common.height) / (box.width * box.height);
}
