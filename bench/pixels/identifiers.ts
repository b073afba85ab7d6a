import type { SceneWord } from "../../scripts/text-finder/scenes.js";
import { intersection } from "../../src/pixels/rules/boxes.js";
import type { Box, GreyPlane } from "../../src/pixels/types.js";
import { maskOf } from "./raster.js";
import type { OcrWord } from "./tesseract.js";

/** Shorter words say nobody's name, and noise reads like them. */
const LEAST_LETTERS = 4;

/** Planted words that an OCR with Latin letters could read at all. */
export function plantedIdentifiers(words: readonly SceneWord[]): SceneWord[] {
  return words.filter(({ kind, script, text }) => {
    return kind === "burned-in" && script === "latin" && letters(text).length >= LEAST_LETTERS;
  });
}

/** Those that are read where they stand: a reading that holds all letters and digits of the word in their order. */
export function stillRead(planted: readonly SceneWord[], readings: readonly OcrWord[]): SceneWord[] {
  return planted.filter((word) => {
    const wanted = letters(word.text);
    const place = aroundCorners(word.corners);
    return readings.some(({ text, box }) => letters(text).includes(wanted) && intersection(box, place));
  });
}

/** The plane with the boxes black. */
export function blankedPlane(plane: GreyPlane, boxes: readonly Box[]): GreyPlane {
  const mask = maskOf(boxes, plane);
  return { ...plane, pixels: plane.pixels.map((level, at) => (mask[at] === 1 ? 0 : level)) };
}

/** Capitals without accents, and digits: what differs beyond that is a reader's whim. */
export function letters(text: string): string {
  return text
    .normalize("NFKD")
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}

function aroundCorners(corners: SceneWord["corners"]): Box {
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const [left, top] = [Math.floor(Math.min(...xs)), Math.floor(Math.min(...ys))];
  return { left, top, width: Math.ceil(Math.max(...xs)) - left, height: Math.ceil(Math.max(...ys)) - top };
}
