import { clip, type Extent } from "../rules/boxes.js";
import type { Box, HeatMap } from "../types.js";
import type { Picture } from "./png.js";

export type Colour = readonly [red: number, green: number, blue: number];

/** Told apart by colour-blind eyes too (Okabe and Ito 2008). */
export const ORANGE: Colour = [230, 159, 0];
export const SKY_BLUE: Colour = [86, 180, 233];
export const GREEN: Colour = [0, 158, 115];
const BLACK: Colour = [0, 0, 0];
const WHITE: Colour = [255, 255, 255];

/** How a box is outlined; a dashed one is told apart without colour. */
export interface Outline {
  readonly colour: Colour;
  readonly dashed: boolean;
}

/** A copy with the boxes outlined: a line of the colour, and a black one around it that shows on bright ground. */
export function withBoxes(
  picture: Picture,
  boxes: readonly { readonly box: Box; readonly outline: Outline }[],
): Picture {
  const copy: Picture = { ...picture, rgba: picture.rgba.slice() };
  for (const { box, outline } of boxes) {
    outlineBox(copy, grown(box, 2), { colour: BLACK, dashed: false });
    outlineBox(copy, grown(box, 1), outline);
  }
  return copy;
}

const grown = ({ left, top, width, height }: Box, by: number): Box => ({
  left: left - by,
  top: top - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

const DASH = 4;

function outlineBox(picture: Picture, box: Box, { colour, dashed }: Outline): void {
  const inside = clip(box, picture);
  if (!inside) return;
  const right = inside.left + inside.width - 1;
  const bottom = inside.top + inside.height - 1;
  const isDrawn = (at: number) => !dashed || Math.trunc(at / DASH) % 2 === 0;
  for (let x = inside.left; x <= right; x++) {
    if (!isDrawn(x)) continue;
    paint(picture, x, inside.top, colour);
    paint(picture, x, bottom, colour);
  }
  for (let y = inside.top; y <= bottom; y++) {
    if (!isDrawn(y)) continue;
    paint(picture, inside.left, y, colour);
    paint(picture, right, y, colour);
  }
}

function paint({ columns, rgba }: Picture, x: number, y: number, [red, green, blue]: Colour): void {
  const at = 4 * (y * columns + x);
  rgba[at] = red;
  rgba[at + 1] = green;
  rgba[at + 2] = blue;
  rgba[at + 3] = 255;
}

/** Logits at and below which a heat map is black, and at and above which it is white. */
const [COLD, HOT] = [-6, 6];

/** The heat map as large as its plane: black, violet, orange, white, each brighter than the last. */
export function heatPicture(map: HeatMap, { rows, columns }: Extent, tile: number): Picture {
  const picture: Picture = { rows, columns, rgba: new Uint8Array(4 * rows * columns) };
  for (let y = 0; y < rows; y++) {
    const line = Math.trunc(y / tile) * map.columns;
    for (let x = 0; x < columns; x++) {
      paint(picture, x, y, heatColour(map.logits[line + Math.trunc(x / tile)]!));
    }
  }
  return picture;
}

const HEAT: readonly Colour[] = [BLACK, [87, 16, 110], [188, 55, 84], [249, 142, 9], WHITE];

function heatColour(logit: number): Colour {
  const share = Math.min(1, Math.max(0, (logit - COLD) / (HOT - COLD)));
  const place = share * (HEAT.length - 1);
  const from = Math.min(HEAT.length - 2, Math.trunc(place));
  const [a, b] = [HEAT[from]!, HEAT[from + 1]!];
  const mix = (i: 0 | 1 | 2) => Math.round(a[i] + (place - from) * (b[i] - a[i]));
  return [mix(0), mix(1), mix(2)];
}

const GAP = 8;

/** Pictures beside each other on grey ground, aligned at the top. */
export function besideEachOther(pictures: readonly Picture[]): Picture {
  const rows = Math.max(...pictures.map((one) => one.rows));
  const columns = pictures.reduce((sum, one) => sum + one.columns + GAP, -GAP);
  const all: Picture = { rows, columns, rgba: new Uint8Array(4 * rows * columns).fill(128) };
  for (let i = 3; i < all.rgba.length; i += 4) all.rgba[i] = 255;
  let left = 0;
  for (const one of pictures) {
    for (let row = 0; row < one.rows; row++) {
      const line = one.rgba.subarray(4 * row * one.columns, 4 * (row + 1) * one.columns);
      all.rgba.set(line, 4 * (row * columns + left));
    }
    left += one.columns + GAP;
  }
  return all;
}
