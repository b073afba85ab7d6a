import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createCanvas, GlobalFonts, type SKRSContext2D } from "@napi-rs/canvas";
import { pick, type Random, randomInt } from "../../src/base/index.js";
import type { Box, GreyPlane } from "../../src/pixels/types.js";

/** A word as it was drawn, and the box of its ink. */
export interface DrawnWord {
  readonly text: string;
  readonly box: Box;
  /** Height of the font in pixels. */
  readonly size: number;
  readonly font: string;
  /** Grey levels to nineteen in twenty pixels of what lies behind. */
  readonly contrast: number;
}

const require = createRequire(import.meta.url);

/** Free fonts of package.json, as the machines' own are not free: family and its file. */
const FONTS: readonly (readonly [family: string, weight: number])[] = [
  ["dejavu-sans", 400],
  ["roboto", 400],
  ["roboto", 700],
  ["cousine", 400],
  ["arimo", 400],
  ["arimo", 700],
  ["tinos", 400],
  ["vt323", 400],
  ["share-tech-mono", 400],
  ["ubuntu-mono", 400],
];

export const drawnFonts: readonly string[] = FONTS.map(([family, weight]) => {
  const name = `drawn ${family} ${weight}`;
  const folder = join(dirname(require.resolve(`@fontsource/${family}/package.json`)), "files");
  GlobalFonts.registerFromPath(join(folder, `${family}-latin-${weight}-normal.woff2`), name);
  return name;
});

export type Background = "flat" | "ct" | "mr" | "xr" | "us" | "noise";
export const backgrounds: readonly Background[] = ["flat", "ct", "mr", "xr", "us", "noise"];

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A field that varies over about `size` pixels: noise on a grid, smoothly interpolated; mean 0, about ± 1. */
function smoothField(rows: number, columns: number, size: number, random: Random): Float32Array {
  const across = Math.ceil(columns / size) + 2;
  const grid = Float32Array.from({ length: across * (Math.ceil(rows / size) + 2) }, () => gaussian(random));
  const field = new Float32Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    const v = Math.floor(y / size);
    const fy = ease(y / size - v);
    for (let x = 0; x < columns; x++) {
      const u = Math.floor(x / size);
      const fx = ease(x / size - u);
      const a = v * across + u;
      const upper = grid[a]! * (1 - fx) + grid[a + 1]! * fx;
      const lower = grid[a + across]! * (1 - fx) + grid[a + across + 1]! * fx;
      field[y * columns + x] = upper * (1 - fy) + lower * fy;
    }
  }
  return field;
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}

/** A picture of the kind of a modality, without text. */
export function drawBackground(kind: Background, rows: number, columns: number, random: Random): GreyPlane {
  const canvas = createCanvas(columns, rows);
  const ink = canvas.getContext("2d");
  ink.fillStyle = "#000";
  ink.fillRect(0, 0, columns, rows);
  painters[kind](ink, rows, columns, random);
  const rgba = ink.getImageData(0, 0, columns, rows).data;
  const sigma = { flat: 0, ct: 6, mr: 8, xr: 4, us: 0, noise: randomInt(random, 4, 20) }[kind];
  const coarse = smoothField(rows, columns, 24, random);
  const fine = smoothField(rows, columns, 3, random);
  const pixels = new Uint8Array(rows * columns);
  for (let i = 0; i < pixels.length; i++) {
    const level = rgba[4 * i]!;
    let value = level;
    if (kind === "us")
      value = level === 0 ? 0 : level * Math.max(0, 0.6 + 0.45 * fine[i]! + 0.3 * coarse[i]!);
    else if (level > 0) value += 12 * coarse[i]! + (kind === "mr" ? 10 * fine[i]! : 0);
    if (kind !== "flat") value += sigma * gaussian(random);
    pixels[i] = Math.max(0, Math.min(255, Math.round(value)));
  }
  return { rows, columns, pixels };
}

type Painter = (ink: SKRSContext2D, rows: number, columns: number, random: Random) => void;

function ellipse(
  ink: SKRSContext2D,
  x: number,
  y: number,
  a: number,
  b: number,
  grey: number,
  turn = 0,
): void {
  ink.fillStyle = `rgb(${grey},${grey},${grey})`;
  ink.beginPath();
  ink.ellipse(x, y, a, b, turn, 0, 2 * Math.PI);
  ink.fill();
}

function blobs(ink: SKRSContext2D, rows: number, columns: number, random: Random, count: number): void {
  for (let i = 0; i < count; i++) {
    const a = columns * (0.01 + 0.05 * random());
    const x = columns * (0.25 + 0.5 * random());
    const y = rows * (0.25 + 0.5 * random());
    ellipse(ink, x, y, a, a * (0.4 + random()), randomInt(random, 40, 220), 3 * random());
  }
}

const painters: Readonly<Record<Background, Painter>> = {
  flat(ink, rows, columns, random) {
    const grey = pick(random, [0, 0, 0, 40, 128, 230, 255]);
    ink.fillStyle = `rgb(${grey},${grey},${grey})`;
    ink.fillRect(0, 0, columns, rows);
  },
  ct(ink, rows, columns, random) {
    ellipse(ink, columns / 2, rows / 2, columns * 0.4, rows * 0.32, 120);
    ellipse(ink, columns * 0.35, rows * 0.45, columns * 0.12, rows * 0.16, 20);
    ellipse(ink, columns * 0.65, rows * 0.45, columns * 0.12, rows * 0.16, 20);
    for (let i = 0; i < 14; i++) {
      const turn = (i / 14) * 2 * Math.PI;
      const x = columns / 2 + columns * 0.36 * Math.cos(turn);
      ellipse(ink, x, rows / 2 + rows * 0.28 * Math.sin(turn), 14, 5, 240, turn + 1.5);
    }
    blobs(ink, rows, columns, random, 20);
  },
  mr(ink, rows, columns, random) {
    ellipse(ink, columns / 2, rows / 2, columns * 0.3, rows * 0.38, 210);
    ellipse(ink, columns / 2, rows / 2, columns * 0.28, rows * 0.36, 30);
    ellipse(ink, columns / 2, rows / 2, columns * 0.26, rows * 0.34, 110);
    ink.lineWidth = 3;
    for (let i = 0; i < 40; i++) {
      const x = columns * (0.3 + 0.4 * random());
      const y = rows * (0.25 + 0.5 * random());
      ink.strokeStyle = pick(random, ["#303030", "#989898"]);
      ink.beginPath();
      ink.moveTo(x, y);
      ink.bezierCurveTo(x + 30, y + 10, x - 20, y + 30, x + 40 * random(), y + 40 * random());
      ink.stroke();
    }
  },
  xr(ink, rows, columns, random) {
    const shade = ink.createLinearGradient(0, 0, columns, rows);
    shade.addColorStop(0, "#404040");
    shade.addColorStop(1, "#b0b0b0");
    ink.fillStyle = shade;
    ink.fillRect(0, 0, columns, rows);
    ink.lineWidth = columns / 40;
    for (let i = 0; i < 9; i++) {
      ink.strokeStyle = "rgba(255,255,255,0.25)";
      ink.beginPath();
      ink.ellipse(columns / 2, rows * (0.1 + 0.1 * i), columns * 0.35, rows * 0.12, 0, 0.1, 3);
      ink.stroke();
    }
    ink.lineWidth = 2;
    ink.strokeStyle = "#e0e0e0";
    ink.beginPath();
    ink.moveTo(columns * random(), 0);
    ink.bezierCurveTo(columns * 0.4, rows * 0.3, columns * 0.6, rows * 0.6, columns * random(), rows);
    ink.stroke();
  },
  us(ink, rows, columns, random) {
    const grey = randomInt(random, 70, 150);
    ink.fillStyle = `rgb(${grey},${grey},${grey})`;
    ink.beginPath();
    ink.moveTo(columns / 2, -rows * 0.1);
    ink.arc(columns / 2, -rows * 0.1, rows * 0.95, Math.PI * 0.28, Math.PI * 0.72);
    ink.fill();
    ink.fillStyle = "#fff";
    const step = rows / 25;
    for (let i = 1; i < 24; i++) ink.fillRect(columns - 20, i * step, i % 5 === 0 ? 8 : 4, 1);
  },
  noise(ink, rows, columns, random) {
    const grey = randomInt(random, 20, 200);
    ink.fillStyle = `rgb(${grey},${grey},${grey})`;
    ink.fillRect(0, 0, columns, rows);
    blobs(ink, rows, columns, random, 40);
  },
};

const WORDS =
  "SMITH JOHNSON Maria KOWALSKI Schmidt PATIENT Hospital Okonkwo General 12345678 MRN004711 1976-06-16 16.06.1976 03/09/2012 Anna OMALLEY GARCIA 0815 DOB: Name: Radiology Nguyen F 061Y A2024-1187 Dr.Weber".split(
    " ",
  );

export interface DrawnText {
  readonly plane: GreyPlane;
  readonly words: readonly DrawnWord[];
}

export interface TextStyle {
  readonly size?: number;
  readonly font?: string;
  readonly contrast?: number;
  /** In quarter turns. */
  readonly turns?: 0 | 1 | 3;
  /** In radians. */
  readonly slant?: number;
  readonly words?: readonly string[];
}

/** Draws lines of words over a plane, each word in one grey level at least `contrast` from what lies behind it. */
export function drawWords(under: GreyPlane, count: number, random: Random, style: TextStyle = {}): DrawnText {
  const plane = { ...under, pixels: Uint8Array.from(under.pixels) };
  const words: DrawnWord[] = [];
  const vocabulary = (style.words ?? WORDS).filter((w) => w.length >= 3 || style.words !== undefined);
  for (let tries = 0; words.length < count && tries < count * 20; tries++) {
    const text = pick(random, vocabulary);
    const size = style.size ?? randomInt(random, 9, 36);
    const font = style.font ?? pick(random, drawnFonts);
    const slant = (style.slant ?? 0) + ((style.turns ?? 0) * Math.PI) / 2;
    const at = { x: random() * plane.columns, y: random() * plane.rows };
    const contrast = style.contrast ?? randomInt(random, 40, 200);
    const box = drawWord(plane, text, font, size, slant, at, words, contrast);
    if (box !== undefined) words.push({ text, box, size, font, contrast });
  }
  return { plane, words };
}

/** Draws a word where it fits and overlaps no other; nineteen in twenty pixels behind it are `contrast` grey levels off. */
export function drawWord(
  plane: GreyPlane,
  text: string,
  font: string,
  size: number,
  slant: number,
  at: { readonly x: number; readonly y: number },
  others: readonly DrawnWord[],
  contrast: number,
): Box | undefined {
  const side = Math.ceil(size * (text.length + 2));
  const canvas = createCanvas(side * 2, side * 2);
  const ink = canvas.getContext("2d");
  ink.translate(side, side);
  ink.rotate(slant);
  ink.font = `${size}px "${font}"`;
  ink.textAlign = "center";
  ink.textBaseline = "middle";
  ink.fillStyle = "#fff";
  ink.fillText(text, 0, 0);
  const alpha = ink.getImageData(0, 0, 2 * side, 2 * side).data;
  const inked = inkBox(alpha, 2 * side);
  const left = Math.round(at.x) + inked.left - side;
  const top = Math.round(at.y) + inked.top - side;
  const box = { left, top, width: inked.width, height: inked.height };
  if (left < 1 || top < 1 || left + box.width >= plane.columns || top + box.height >= plane.rows) return;
  if (others.some((word) => touches(word.box, box, size))) return;
  const behind: number[] = [];
  forBox(box, (x, y) => {
    behind.push(plane.pixels[y * plane.columns + x]!);
  });
  behind.sort((a, b) => a - b);
  const bright = behind[Math.floor(0.95 * behind.length)]! + contrast;
  const dark = behind[Math.floor(0.05 * behind.length)]! - contrast;
  if (bright > 255 && dark < 0) return;
  const grey = bright <= 255 ? bright : dark;
  forBox(box, (x, y) => {
    const cover = alpha[4 * ((y - top + inked.top) * 2 * side + x - left + inked.left) + 3]! / 255;
    const i = y * plane.columns + x;
    plane.pixels[i] = Math.round(plane.pixels[i]! * (1 - cover) + grey * cover);
  });
  return box;
}

function forBox(box: Box, visit: (x: number, y: number) => void): void {
  for (let y = box.top; y < box.top + box.height; y++)
    for (let x = box.left; x < box.left + box.width; x++) visit(x, y);
}

function touches(a: Box, b: Box, margin: number): boolean {
  return (
    a.left < b.left + b.width + margin &&
    b.left < a.left + a.width + margin &&
    a.top < b.top + b.height + margin &&
    b.top < a.top + a.height + margin
  );
}

function inkBox(rgba: Uint8ClampedArray, side: number): Box {
  let [left, top, right, bottom] = [side, side, -1, -1];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (rgba[4 * (y * side + x) + 3]! < 64) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}
