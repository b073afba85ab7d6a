import type { Scene } from "../../scripts/text-finder/scenes.js";
import type { PixelPolicy, PixelReasonCode, PixelTools } from "../../src/pixels/examination.js";
import { examinePixels } from "../../src/pixels/examine.js";
import { findText } from "../../src/pixels/finder/finder.js";
import { pad } from "../../src/pixels/rules/boxes.js";
import type { Box, GreyPlane } from "../../src/pixels/types.js";
import { opened } from "../../test/support/pixel-files.js";
import { sceneFile } from "./scenes.js";
import { type Ocr, type OcrWord, PAGE_MODES } from "./tesseract.js";

/** What a detector would blank in a plane. */
export interface Found {
  readonly boxes: readonly Box[];
  /** Milliseconds of processor time. */
  readonly cpuMs: number;
  /** Of an OCR: what it read. */
  readonly words?: readonly OcrWord[];
}

export interface Detector {
  readonly name: string;
  find(plane: GreyPlane): Found;
}

/** Pixels added to boxes of peers, as our own boxes have them. */
export const PADDING = 3;

export const FINDER = "our finder";
export const EXAMINATION = "whole examination";

export function finderDetector({ finder }: PixelTools): Detector {
  return {
    name: FINDER,
    find(plane) {
      const [boxes, cpuMs] = timed(() => findText(finder, plane));
      return { boxes, cpuMs };
    },
  };
}

/** Each OCR in each mode of page segmentation, its boxes grown as ours are. */
export function ocrDetectors(ocr: Ocr): Detector[] {
  return PAGE_MODES.map((mode) => ({
    name: `${ocr.name}, PSM ${mode}`,
    find(plane) {
      const { words, cpuMs } = ocr.read(plane, mode);
      return { boxes: words.map(({ box }) => pad(box, PADDING)), cpuMs, words };
    },
  }));
}

/** The whole examination of a scene as a secondary capture. */
export interface Examined extends Found {
  readonly isHeld: boolean;
  readonly reasons: readonly PixelReasonCode[];
  /** Marks that stay. */
  readonly marks: readonly Box[];
}

/** A site's usual wishes; nothing is known of whom the pixels may name, and the header says nothing of text. */
export const POLICY: PixelPolicy = { devices: [], keepMarks: true, saysText: false };

export function examined(scene: Scene, tools: PixelTools): Examined {
  const file = opened(sceneFile(scene));
  const [result, cpuMs] = timed(() => examinePixels(file, tools, POLICY));
  if (result.kind === "no frames") throw new Error(result.reason);
  const [frame] = result.frames;
  return {
    boxes: frame?.blanked ?? [],
    marks: frame?.marks ?? [],
    cpuMs,
    isHeld: result.kind === "held",
    reasons: result.kind === "held" ? result.reasons.map(({ code }) => code) : [],
  };
}

/** What a call returns, and the milliseconds of processor time that it took. */
export function timed<T>(work: () => T): readonly [result: T, cpuMs: number] {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1000];
}
