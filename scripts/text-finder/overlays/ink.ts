import { type Canvas, createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { type FontFile, isSquare } from "../fonts.js";

/** How much of each pixel of a rectangle the ink of one word covers: 0 to 255, row by row. */
export interface Ink {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly coverage: Uint8Array;
  /** The same for the letters with their outline, where they have one. */
  readonly halo: Uint8Array | null;
}

/** Letters of one word that one font file draws. */
export interface Run {
  readonly text: string;
  readonly family: string;
}

/** How letters are formed. Lengths in pixels of the plane. */
export interface Pen {
  readonly fontPixels: number;
  readonly letterSpacing: number;
  /** Width of a letter in relation to the font's: .7 is condensed. */
  readonly stretch: number;
  /** Degrees, clockwise. */
  readonly angle: number;
  /** Letters below each other, as CJK is set. */
  readonly stacked: boolean;
  readonly aliased: boolean;
  /** Half the width of the outline, 0 for none. */
  readonly outline: number;
  /** Drawn small and enlarged by this whole number without smoothing: a bitmap font. 1 for none. */
  readonly dot: number;
}

const scratch = { canvas: createCanvas(512, 512) as Canvas, size: 512 };

function context(size: number): SKRSContext2D {
  if (size > scratch.size) {
    scratch.size = 2 ** Math.ceil(Math.log2(size));
    scratch.canvas = createCanvas(scratch.size, scratch.size);
  }
  return scratch.canvas.getContext("2d");
}

/** Splits a word by the file that has each letter; letters that no file has are left out. */
export function runsOf(word: string, files: readonly FontFile[]): Run[] {
  const runs: Run[] = [];
  for (const letter of word) {
    const file = files.find((each) => each.covers.has(letter.codePointAt(0)!));
    if (file === undefined) continue;
    const last = runs.at(-1);
    if (last?.family === file.family) runs[runs.length - 1] = { ...last, text: last.text + letter };
    else runs.push({ text: letter, family: file.family });
  }
  return files[0]?.script === "arabic" ? runs.reverse() : runs;
}

/** Distance from the start of a word to its end along its line, before stretching by nothing else. */
export function advanceOf(runs: readonly Run[], pen: Pen): number {
  if (pen.stacked) return runs.reduce((sum, run) => sum + [...run.text].length, 0) * stackStep(pen);
  return runs.reduce((sum, run) => sum + runWidth(run, pen), 0) * pen.stretch;
}

const widths = new Map<string, number>();

/** Width of a run before stretching; measured once for all sizes, since outlines scale. */
function runWidth(run: Run, pen: Pen): number {
  const key = `${run.family} ${run.text}`;
  let width = widths.get(key);
  if (width === undefined) {
    const to = context(1);
    to.font = `100px "${run.family}"`;
    to.letterSpacing = "0px";
    width = to.measureText(run.text).width / 100;
    if (widths.size > 50_000) widths.clear();
    widths.set(key, width);
  }
  return width * pen.fontPixels + pen.letterSpacing * [...run.text].length;
}

function stackStep(pen: Pen): number {
  return pen.fontPixels * 1.04 + pen.letterSpacing;
}

function setFont(to: SKRSContext2D, run: Run, pen: Pen, scale: number): void {
  to.font = `${(pen.fontPixels / scale).toFixed(3)}px "${run.family}"`;
  to.letterSpacing = `${(pen.letterSpacing / scale).toFixed(2)}px`;
}

/**
 * Draws a word with its baseline starting at (x, y) (stacked: its column's left end of the first baseline).
 * What lies outside of rows × columns is cut off; returns null when nothing is left.
 */
export function drawInk(
  runs: readonly Run[],
  pen: Pen,
  x: number,
  y: number,
  plane: { readonly rows: number; readonly columns: number },
): Ink | null {
  const scale = pen.dot;
  const reach = { along: advanceOf(runs, pen) / scale, em: pen.fontPixels / scale };
  const turn = (pen.stacked ? pen.angle + 90 : pen.angle) * (Math.PI / 180);
  const margin = 1.3 * reach.em + pen.outline + 2;
  const end = [x / scale + Math.cos(turn) * reach.along, y / scale + Math.sin(turn) * reach.along];
  const left = Math.max(Math.floor(Math.min(x / scale, end[0]!) - margin), 0);
  const top = Math.max(Math.floor(Math.min(y / scale, end[1]!) - margin), 0);
  const width =
    Math.min(Math.ceil(Math.max(x / scale, end[0]!) + margin), Math.ceil(plane.columns / scale)) - left;
  const height =
    Math.min(Math.ceil(Math.max(y / scale, end[1]!) + margin), Math.ceil(plane.rows / scale)) - top;
  if (width <= 0 || height <= 0) return null;
  const to = context(Math.max(width, height));
  const read = (stroke: boolean) => {
    to.resetTransform();
    to.clearRect(0, 0, width, height);
    to.translate(x / scale - left, y / scale - top);
    to.rotate((pen.angle * Math.PI) / 180);
    to.scale(pen.stretch, 1);
    write(to, runs, pen, scale, stroke);
    return alphaOf(to.getImageData(0, 0, width, height).data, pen.aliased || scale > 1);
  };
  const coverage = read(false);
  const halo = pen.outline > 0 ? read(true) : null;
  return cropped(enlarged({ left, top, width, height, coverage, halo }, scale, plane));
}

function write(to: SKRSContext2D, runs: readonly Run[], pen: Pen, scale: number, stroke: boolean): void {
  to.fillStyle = to.strokeStyle = "#fff";
  to.lineWidth = 2 * pen.outline;
  to.lineJoin = "round";
  let [x, y] = [0, 0];
  for (const run of runs) {
    setFont(to, run, pen, scale);
    for (const part of pen.stacked ? [...run.text] : [run.text]) {
      to.fillText(part, x, y);
      if (stroke) to.strokeText(part, x, y);
      if (pen.stacked) y += stackStep(pen) / scale;
      else x += runWidth(run, pen) / scale;
    }
  }
}

function alphaOf(rgba: Uint8ClampedArray, aliased: boolean): Uint8Array {
  const alpha = new Uint8Array(rgba.length / 4);
  for (let at = 0; at < alpha.length; at++) {
    const value = rgba[at * 4 + 3]!;
    alpha[at] = aliased ? (value > 110 ? 255 : 0) : value;
  }
  return alpha;
}

function enlarged(ink: Ink, scale: number, plane: { readonly rows: number; readonly columns: number }): Ink {
  if (scale === 1) return ink;
  const width = Math.min(ink.width * scale, plane.columns - ink.left * scale);
  const height = Math.min(ink.height * scale, plane.rows - ink.top * scale);
  const repeat = (from: Uint8Array) => {
    const out = new Uint8Array(width * height);
    for (let row = 0, at = 0; row < height; row++) {
      const line = Math.floor(row / scale) * ink.width;
      for (let column = 0; column < width; column++) out[at++] = from[line + Math.floor(column / scale)]!;
    }
    return out;
  };
  const halo = ink.halo === null ? null : repeat(ink.halo);
  return {
    left: ink.left * scale,
    top: ink.top * scale,
    width,
    height,
    coverage: repeat(ink.coverage),
    halo,
  };
}

/** Takes away the empty margins, so that later steps look at few pixels; null when there is no ink at all. */
export function cropped(ink: Ink): Ink | null {
  const { width, height } = ink;
  const full = ink.halo ?? ink.coverage;
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      if (full[at]! === 0) continue;
      if (column < left) left = column;
      if (column > right) right = column;
      if (row < top) top = row;
      bottom = row;
    }
  }
  if (right < 0) return null;
  const size = { width: right - left + 1, height: bottom - top + 1 };
  const cut = (from: Uint8Array) => {
    const out = new Uint8Array(size.width * size.height);
    for (let row = 0; row < size.height; row++) {
      const start = (row + top) * width + left;
      out.set(from.subarray(start, start + size.width), row * size.width);
    }
    return out;
  };
  const halo = ink.halo === null ? null : cut(ink.halo);
  return { left: ink.left + left, top: ink.top + top, ...size, coverage: cut(ink.coverage), halo };
}

/** Font size at which capitals of a file are `size` pixels high. */
export function fontPixelsFor(file: FontFile, size: number): number {
  return size / (isSquare(file.script) ? Math.max(file.capHeight, 0.75) : file.capHeight);
}
