import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createCanvas } from "@napi-rs/canvas";
import { seededRandom } from "../../src/base/index.js";
import type { Split } from "./fonts.js";
import { makeScene, type Scene, type SceneOptions } from "./scenes.js";

/** Scenes as files for training, or as contact sheets for the eye. */

/** Words fainter than this are no fair question: their tiles are to be ignored. */
export const FAINT = 30;
/** How text is spread over scenes, in turn: a quarter has none. */
const AMOUNTS: readonly SceneOptions["text"][] = ["none", "some", "some", "much"];

/** Scene number `index` of a series; any of them can be made without the others. */
export function sceneOf(
  split: Split,
  seed: number,
  index: number,
  rows: number,
  columns: number,
  amounts = AMOUNTS,
  view: SceneOptions["view"] = "luma",
): Scene {
  const salt = split === "train" ? 0 : 0x5bd1e995;
  const random = seededRandom(salt ^ Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  return makeScene(random, { split, rows, columns, text: amounts[index % amounts.length]!, view });
}

/** What a tile is: within a word's box, beside one, of a word too faint to ask for, or without text (0). */
export const TILE_IS = { text: 255, rim: 64, faint: 128 } as const;

/** Targets by tiles of 4 × 4 pixels, as in TILE_IS; a tile is within a box where its centre is. */
export function tileMask(scene: Scene): Uint8Array {
  const { rows, columns } = scene.plane;
  const [down, across] = [Math.ceil(rows / 4), Math.ceil(columns / 4)];
  const mask = new Uint8Array(down * across);
  const text = (row: number, column: number) =>
    row < rows && column < columns && scene.textMask[row * columns + column] === 1;
  for (let row = 0, at = 0; row < down; row++) {
    for (let column = 0; column < across; column++, at++) {
      const [y, x] = [row * 4, column * 4];
      // The centre lies between four pixels.
      if (text(y + 1, x + 1) || text(y + 2, x + 2) || text(y + 1, x + 2) || text(y + 2, x + 1))
        mask[at] = TILE_IS.text;
    }
  }
  for (let row = 0, at = 0; row < down; row++) {
    for (let column = 0; column < across; column++, at++) {
      if (mask[at] === 0 && touches(mask, down, across, row, column)) mask[at] = TILE_IS.rim;
    }
  }
  return withoutFaint(mask, scene, across);
}

function touches(mask: Uint8Array, down: number, across: number, row: number, column: number): boolean {
  for (let y = Math.max(0, row - 1); y <= Math.min(down - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(across - 1, column + 1); x++) {
      if (mask[y * across + x] === TILE_IS.text) return true;
    }
  }
  return false;
}

function withoutFaint(mask: Uint8Array, scene: Scene, across: number): Uint8Array {
  for (const word of scene.words) {
    if (word.contrast >= FAINT) continue;
    const xs = word.corners.map(([x]) => x / 4);
    const ys = word.corners.map(([, y]) => y / 4);
    for (
      let y = Math.max(0, Math.floor(Math.min(...ys)));
      y < Math.min(mask.length / across, Math.max(...ys));
      y++
    ) {
      for (let x = Math.max(0, Math.floor(Math.min(...xs))); x < Math.min(across, Math.max(...xs)); x++)
        mask[y * across + x] = TILE_IS.faint;
    }
  }
  return mask;
}

/** Six scenes a row, with boxes: green for words, orange for marks, red for those too faint. */
export function contactSheet(scenes: readonly Scene[], boxes: boolean): Buffer {
  const { rows, columns } = scenes[0]!.plane;
  const across = Math.min(scenes.length, columns > 320 ? 3 : 6);
  const sheet = createCanvas(across * (columns + 4), Math.ceil(scenes.length / across) * (rows + 4));
  const to = sheet.getContext("2d");
  scenes.forEach((scene, index) => {
    const [left, top] = [(index % across) * (columns + 4), Math.floor(index / across) * (rows + 4)];
    const image = to.createImageData(columns, rows);
    for (let at = 0; at < rows * columns; at++) {
      for (let channel = 0; channel < 3; channel++) {
        image.data[at * 4 + channel] =
          scene.rgb === undefined ? scene.plane.pixels[at]! : scene.rgb[at * 3 + channel]!;
      }
      image.data[at * 4 + 3] = 255;
    }
    to.putImageData(image, left, top);
    for (const word of boxes ? scene.words : []) {
      to.strokeStyle = word.contrast < FAINT ? "#f00" : word.kind === "mark" ? "#f80" : "#0f0";
      to.beginPath();
      for (const [x, y] of word.corners) to.lineTo(left + x, top + y);
      to.closePath();
      to.stroke();
    }
  });
  return sheet.encodeSync("png");
}

function dump(split: Split, seed: number, count: number, size: number, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const planes = openSync(join(folder, "planes.u8"), "w");
  const masks = openSync(join(folder, "masks.u8"), "w");
  const words = [];
  for (let index = 0; index < count; index++) {
    const scene = sceneOf(split, seed, index, size, size);
    writeSync(planes, scene.plane.pixels);
    writeSync(masks, tileMask(scene));
    words.push({
      background: scene.background,
      hardNegatives: scene.hardNegatives,
      effects: scene.effects,
      words: scene.words,
    });
  }
  closeSync(planes);
  closeSync(masks);
  writeFileSync(join(folder, "words.json"), JSON.stringify({ split, seed, count, size, scenes: words }));
}

function sheets(
  split: Split,
  seed: number,
  count: number,
  size: number,
  folder: string,
  boxes: boolean,
): void {
  mkdirSync(folder, { recursive: true });
  const each = size > 320 ? 6 : 24;
  for (let start = 0; start < count; start += each) {
    const scenes = Array.from({ length: Math.min(each, count - start) }, (_, index) =>
      sceneOf(split, seed, start + index, size, size),
    );
    writeFileSync(
      join(folder, `${split}-${String(start / each).padStart(3, "0")}.png`),
      contactSheet(scenes, boxes),
    );
  }
}

function main(): void {
  const { values } = parseArgs({
    options: {
      split: { type: "string", default: "train" },
      count: { type: "string", default: "24" },
      size: { type: "string", default: "256" },
      seed: { type: "string", default: "1" },
      out: { type: "string" },
      png: { type: "string" },
      boxes: { type: "boolean", default: false },
    },
  });
  const split: Split = values.split === "held-out" ? "held-out" : "train";
  const [seed, count, size] = [Number(values.seed), Number(values.count), Number(values.size)];
  const started = performance.now();
  if (values.out !== undefined) dump(split, seed, count, size, values.out);
  if (values.png !== undefined) sheets(split, seed, count, size, values.png, values.boxes);
  process.stdout.write(`${count} scenes, ${((performance.now() - started) / count).toFixed(1)} ms each\n`);
}

if (process.argv[1]?.endsWith("dump.ts")) main();
