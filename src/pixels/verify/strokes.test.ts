import { readFileSync } from "node:fs";
import { createCanvas } from "@napi-rs/canvas";
import { describe, expect, it } from "vitest";
import { itWithCorpus } from "../../../test/support/corpus.js";
import {
  backgrounds,
  drawBackground,
  drawnFonts,
  drawWord,
  drawWords,
  type TextStyle,
} from "../../../test/support/drawn.js";
import { seededRandom } from "../../base/index.js";
import { memorySource, readFile } from "../../dicom/index.js";
import { framesOf } from "../frames.js";
import { displayOf, renderings } from "../render.js";
import type { Box, GreyPlane } from "../types.js";
import { findStrokes, shareWithin } from "./strokes.js";

function isFound(box: Box, strokes: readonly Box[]): boolean {
  return strokes.some((stroke) => shareWithin(box, stroke) >= 0.5);
}

function blank(rows: number, columns: number, grey = 0): GreyPlane {
  return { rows, columns, pixels: new Uint8Array(rows * columns).fill(grey) };
}

const styles: readonly (readonly [string, TextStyle])[] = [
  ["lines", {}],
  ["columns", { turns: 1 }],
  ["columns the other way", { turns: 3 }],
  ["lines that rise by 15°", { slant: -0.26 }],
  ["words of 9 pixels", { size: 9, contrast: 90 }],
  ["words of 40 pixels", { size: 40 }],
  ["words of little contrast", { contrast: 40, size: 18 }],
];

describe("findStrokes", () => {
  it.each(styles)("finds nine in ten of %s on every kind of background", (_, style) => {
    const random = seededRandom(21);
    let [found, all] = [0, 0];
    for (const kind of Array.from({ length: 8 }, () => backgrounds).flat()) {
      const { plane, words } = drawWords(drawBackground(kind, 384, 384, random), 6, random, style);
      const strokes = findStrokes(plane);
      found += words.filter(({ box }) => strokes.some((stroke) => shareWithin(box, stroke) >= 0.5)).length;
      all += words.length;
    }
    expect(all).toBeGreaterThan(160);
    expect(found / all).toBeGreaterThanOrEqual(0.85);
  });

  it("flags at most one in thirty drawn pictures without text", () => {
    const random = seededRandom(22);
    let flagged = 0;
    for (let k = 0; k < 60; k++) {
      const plane = drawBackground(backgrounds[k % backgrounds.length]!, 384, 384, random);
      if (findStrokes(plane).length > 0) flagged++;
    }
    expect(flagged).toBeLessThanOrEqual(2);
  });

  it.each(["bright", "dark"] as const)("places %s letters within two pixels", (tone) => {
    const plane = blank(120, 300, tone === "bright" ? 20 : 220);
    const box = drawWord(
      plane,
      "MN 4711",
      drawnFonts[0]!,
      24,
      0,
      { x: 150, y: 60 },
      [],
      tone === "bright" ? 150 : 60,
    )!;
    const [stroke] = findStrokes(plane);
    expect(Math.abs(stroke!.left - box.left)).toBeLessThanOrEqual(2);
    expect(Math.abs(stroke!.top - box.top)).toBeLessThanOrEqual(2);
    expect(Math.abs(stroke!.width - box.width)).toBeLessThanOrEqual(4);
    expect(Math.abs(stroke!.height - box.height)).toBeLessThanOrEqual(4);
  });

  it.each([
    ["a ruler", drawRuler],
    ["a grid", drawGrid],
    ["a trace", drawTrace],
    ["a row of dots", drawDots],
  ] as const)("takes %s for no text", (_, draw) => {
    const canvas = createCanvas(256, 256);
    const ink = canvas.getContext("2d");
    ink.fillStyle = "#000";
    ink.fillRect(0, 0, 256, 256);
    ink.strokeStyle = "#fff";
    ink.fillStyle = "#fff";
    draw(ink);
    const rgba = ink.getImageData(0, 0, 256, 256).data;
    const plane = {
      rows: 256,
      columns: 256,
      pixels: Uint8Array.from({ length: 65536 }, (_, i) => rgba[4 * i]!),
    };
    expect(findStrokes(plane)).toEqual([]);
  });

  it.each([
    [0, 0],
    [1, 1],
    [3, 1000],
    [700, 2],
  ])("finds nothing in an empty plane of %i × %i", (rows, columns) => {
    expect(findStrokes(blank(rows, columns, 7))).toEqual([]);
  });

  itWithCorpus(
    "flags at most one in thirty public CT and MR images, and finds the text of two that have it",
    (files) => {
      const planesOf = (path: string): GreyPlane[] => {
        const file = readFile(memorySource(readFileSync(path)));
        const frames = framesOf(file);
        return frames.kind === "none" ? [] : renderings(frames.frame(0), displayOf(file));
      };
      const clean = files.filter(({ path }) => path.startsWith("faces/mr-t1"));
      const flagged = clean.filter(({ absolute }) =>
        planesOf(absolute).some((plane) => findStrokes(plane).length > 0),
      );
      expect(clean.length).toBeGreaterThan(30);
      expect(flagged.length).toBeLessThanOrEqual(1);
      for (const name of ["burned-in/philips_exam_summary_I30.dcm", "burned-in/2_ORIGINAL.dcm"]) {
        const { absolute } = files.find(({ path }) => path === name)!;
        const strokes = planesOf(absolute).flatMap((plane) => findStrokes(plane));
        const box = name.includes("I30")
          ? { left: 329, top: 44, width: 60, height: 13 }
          : { left: 1, top: 1, width: 72, height: 11 };
        expect(isFound(box, strokes), name).toBe(true);
      }
    },
  );
});

type Ink = ReturnType<ReturnType<typeof createCanvas>["getContext"]>;

function drawRuler(ink: Ink): void {
  for (let i = 0; i < 24; i++) ink.fillRect(230, 10 + i * 10, i % 5 === 0 ? 12 : 6, 1);
  for (let i = 0; i < 20; i++) ink.fillRect(10 + i * 10, 240, 1, i % 5 === 0 ? 12 : 6);
}

function drawGrid(ink: Ink): void {
  for (let i = 0; i < 16; i++) {
    ink.fillRect(i * 16, 0, 1, 256);
    ink.fillRect(0, i * 16, 256, 1);
  }
}

function drawTrace(ink: Ink): void {
  ink.beginPath();
  for (let x = 0; x < 256; x++) {
    const beat = x % 50;
    ink.lineTo(x, 128 - (beat < 3 ? beat * 20 : beat < 8 ? (8 - beat) * 12 : 4 * Math.sin(beat / 5)));
  }
  ink.stroke();
}

function drawDots(ink: Ink): void {
  for (let i = 0; i < 12; i++) ink.fillRect(20 + i * 12, 60, 4, 4);
}

describe("a line among grains", () => {
  it("is less sure to be text than the same line by itself, or in a block of text", () => {
    const scoreOf = (...others: readonly (readonly [text: string, size: number, y: number])[]): number => {
      const plane = { rows: 160, columns: 320, pixels: new Uint8Array(160 * 320) };
      for (const [text, size, y] of [["HAMLETON", 20, 80] as const, ...others])
        drawWord(plane, text, drawnFonts[0]!, size, 0, { x: 160, y }, [], 180);
      const lines = findStrokes(plane, { leastScore: 0 }).filter(
        ({ top, height }) => Math.abs(top + height / 2 - 80) < 5,
      );
      return Math.max(...lines.map(({ score }) => score));
    };
    const alone = scoreOf();
    expect(scoreOf(["KILBRIDE", 20, 56], ["MEADOWS", 20, 104])).toBeCloseTo(alone, 5);
    const logit = (score: number): number => Math.log(score / (1 - score));
    // Too far apart to be lines themselves
    const grains = [["n    o    e    a    s", 14, 67] as const, ["r    e    s    u    c", 14, 93] as const];
    expect(logit(scoreOf(...grains))).toBeLessThan(logit(alone) - 2);
  });

  it("is hardly ever certain where grains as even and sharp as letters fill the picture", () => {
    const random = seededRandom(23);
    let even = 0;
    for (let k = 0; k < 20; k++) even += findStrokes(drawGrains(384, random), { leastScore: 0.985 }).length;
    expect(even).toBeLessThanOrEqual(10);
  });
});

const BLOCK = ["John Kowalski", "born 12 Apr 1961", "Mercy Hospital", "Radiology 1234"];
const BLOCK_ORIGIN = 60;

interface BlockStyle {
  readonly font: string;
  readonly size: number;
  /** In degrees. */
  readonly slant: number;
  /** From line to line, by the size. */
  readonly pitch: number;
}

/** Of each line of a slanted block its score; of the lines that are not drawn 0. */
function scoresInBlock({ font, size, slant, pitch }: BlockStyle, drawn: readonly number[]): number[] {
  const [rows, columns, turn] = [300, 300, (slant * Math.PI) / 180];
  const canvas = createCanvas(columns, rows);
  const ink = canvas.getContext("2d");
  ink.fillStyle = "rgb(60,60,60)";
  ink.fillRect(0, 0, columns, rows);
  ink.fillStyle = "rgb(100,100,100)";
  ink.font = `${size}px "${font}"`;
  ink.translate(BLOCK_ORIGIN, BLOCK_ORIGIN);
  ink.rotate(turn);
  for (const k of drawn) ink.fillText(BLOCK[k]!, 0, k * size * pitch);
  const rgba = ink.getImageData(0, 0, columns, rows).data;
  const pixels = Uint8Array.from({ length: rows * columns }, (_, i) => rgba[4 * i]!);
  const scores = BLOCK.map(() => 0);
  for (const { left, top, width, height, score, isVertical } of findStrokes({ rows, columns, pixels })) {
    const [x, y] = [left + width / 2 - BLOCK_ORIGIN, top + height / 2 - BLOCK_ORIGIN];
    const k = Math.round(((y * Math.cos(turn) - x * Math.sin(turn)) / size + 0.3) / pitch);
    if (!isVertical && k in scores) scores[k] = Math.max(scores[k]!, score);
  }
  return scores;
}

describe("a line in a block of text", () => {
  const slants = [0, 6, 12, 20];
  const pitches = [1, 1.3, 2];
  const cells = slants.flatMap((slant) => pitches.map((pitch) => [slant, pitch] as const));
  it.each(cells)("is as sure as by itself: slanted by %i°, a line every %f of the size", (slant, pitch) => {
    const alone: number[] = [];
    const together: number[] = [];
    for (const font of drawnFonts.slice(0, 4)) {
      for (const size of [10, 14, 18]) {
        const style = { font, size, slant, pitch };
        alone.push(...BLOCK.map((_, k) => scoresInBlock(style, [k])[k]!));
        together.push(...scoresInBlock(style, [0, 1, 2, 3]));
      }
    }
    for (const least of [0.985, 0.5]) {
      const those = alone.flatMap((score, i) => (score >= least ? [i] : []));
      const kept = those.filter((i) => together[i]! >= least).length;
      expect(those.length).toBeGreaterThan(15);
      expect(kept / those.length, `of at least ${least}`).toBeGreaterThanOrEqual(0.85);
    }
  });
});

/** Noise, blurred twice over three pixels each way and cut to two levels: patches as even and sharp as letters. */
function drawGrains(side: number, random: () => number): GreyPlane {
  const blurred = [1, side, 1, side].reduce(
    (from, step) => from.map((v, i) => v + (from[i - step] ?? 0) + (from[i + step] ?? 0)),
    Float64Array.from({ length: side * side }, () => random() - 0.5),
  );
  const deviation = Math.sqrt(blurred.reduce((sum, v) => sum + v * v, 0) / blurred.length);
  const pixels = Uint8Array.from(blurred, (v) => 80 + 60 * Math.tanh((3 * v) / deviation));
  return { rows: side, columns: side, pixels };
}
