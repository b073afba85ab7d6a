import type { Random } from "../../src/base/index.js";
import { addGrain } from "./backgrounds/texture.js";
import type { Picture } from "./image.js";
import { jpegRoundTrip } from "./jpeg.js";

/** What happens to a picture after the text is in it; names what was done. */
export function degrade(random: Random, picture: Picture): string[] {
  const done: string[] = [];
  const chance = (name: string, share: number) => {
    const holds = random() < share;
    if (holds) done.push(name);
    return holds;
  };
  if (chance("blurred", 0.12)) for (const plane of picture.planes) blur(plane, picture, 0.4 + 0.7 * random());
  else if (chance("sharpened", 0.08)) sharpen(picture, 0.4 + random());
  if (chance("noise-over-text", 0.35)) {
    const deviation = 2 + random() * random() * 14;
    for (const plane of picture.planes) addGrain(plane, random, deviation);
  }
  if (chance("inverted", 0.12)) invert(picture);
  if (chance("narrow-window", 0.1)) squash(picture, random);
  clamp(picture);
  if (chance("jpeg", 0.4)) {
    jpegRoundTrip(picture, 30 + Math.floor(random() * 66));
    clamp(picture);
  }
  return done;
}

/** The other photometric polarity: MONOCHROME1 samples taken as they lie (PS3.3 C.7.6.3.1.2). */
function invert(picture: Picture): void {
  for (const plane of picture.planes) for (let at = 0; at < plane.length; at++) plane[at] = 255 - plane[at]!;
}

/** 16-bit values through a window far too wide: all grey levels lie close together. */
function squash(picture: Picture, random: Random): void {
  const range = 80 + random() * 120;
  const low = random() * (255 - range);
  for (const plane of picture.planes) {
    for (let at = 0; at < plane.length; at++) plane[at] = low + (plane[at]! * range) / 255;
  }
}

function clamp(picture: Picture): void {
  for (const plane of picture.planes) {
    for (let at = 0; at < plane.length; at++) plane[at] = Math.min(255, Math.max(0, plane[at]!));
  }
}

/** A 3 × 3 kernel, rows and then columns; sigma up to about 1.1. */
function blur(plane: Float32Array, size: { rows: number; columns: number }, sigma: number): void {
  const side = Math.exp(-1 / (2 * sigma * sigma));
  const [centre, edge] = [1 / (1 + 2 * side), side / (1 + 2 * side)];
  const { rows, columns } = size;
  for (let row = 0; row < rows; row++) {
    let before = plane[row * columns]!;
    for (let column = 0, at = row * columns; column < columns; column++, at++) {
      const here = plane[at]!;
      plane[at] = here * centre + (before + plane[column + 1 < columns ? at + 1 : at]!) * edge;
      before = here;
    }
  }
  const above = plane.slice(0, columns);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const here = plane[at]!;
      plane[at] = here * centre + (above[column]! + plane[row + 1 < rows ? at + columns : at]!) * edge;
      above[column] = here;
    }
  }
}

function sharpen(picture: Picture, gain: number): void {
  for (const plane of picture.planes) {
    const soft = Float32Array.from(plane);
    blur(soft, picture, 1);
    for (let at = 0; at < plane.length; at++) plane[at] = plane[at]! + gain * (plane[at]! - soft[at]!);
  }
}
