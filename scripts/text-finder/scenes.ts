import { pick, type Random, seededRandom } from "../../src/base/index.js";
import { colourPlanes } from "../../src/pixels/render-colour.js";
import type { GreyPlane } from "../../src/pixels/types.js";
import { background } from "./backgrounds/index.js";
import { degrade } from "./finish.js";
import type { Script, Split } from "./fonts.js";
import { drawNegatives } from "./hard-negatives.js";
import { type Picture, resampled, resampledInk } from "./image.js";
import { contrastOf, cornersOf, fillCorners, weakestOf } from "./measure.js";
import { newPage, type PlacedWord, write } from "./overlays/layouts.js";

/** One word of a scene, with where it stands. */
export interface SceneWord {
  readonly text: string;
  readonly script: Script;
  /** Height of capitals or ideographs in pixels, 8 to 40. */
  readonly size: number;
  /** The tight box of its ink: four points x, y, clockwise; pixel (x, y) reaches from x to x + 1. */
  readonly corners: readonly (readonly [number, number])[];
  /** Grey levels between its ink and the ring about it, measured in the finished plane: 0 where that has no such colours. */
  readonly contrast: number;
  /** The same of the faintest stretch of it, each about a letter's height long: 0 where part of it vanishes. */
  readonly weakest: number;
  /** Degrees, clockwise. */
  readonly angle: number;
  /** A mark is a lone laterality or position sign, which stays by default. */
  readonly kind: "burned-in" | "mark";
  readonly font: string;
  readonly variants: readonly string[];
}

/** A synthetic image, and what is text in it. */
export interface Scene {
  readonly plane: GreyPlane;
  /** Red, green and blue of each pixel, when the scene has colour. */
  readonly rgb?: Uint8Array;
  readonly words: readonly SceneWord[];
  /** 1 for every pixel whose centre lies in the box of a word. */
  readonly textMask: Uint8Array;
  /** The most that a word's ink covers of each pixel, 0 to 255. */
  readonly ink: Uint8Array;
  readonly background: string;
  readonly hardNegatives: readonly string[];
  /** What was done to the whole picture after the text was in it. */
  readonly effects: readonly string[];
}

export interface SceneOptions {
  readonly split: Split;
  readonly rows: number;
  readonly columns: number;
  readonly text: "none" | "some" | "much";
  /** Which plane of a scene in colour: its luma, or by chance any of those that a detector is shown. */
  readonly view?: "luma" | "any";
}

/**
 * Makes a scene. Ground, hard negatives, text and effects have a stream of random numbers each: the same seed
 * without text gives the same picture but for the text.
 */
export function makeScene(random: Random, options: SceneOptions): Scene {
  const streams = Array.from({ length: 6 }, () => seededRandom(random() * 4294967296));
  const [forGround, forText, forEffects, forSize, forNegatives, forView] = streams;
  const scaling = drawScaling(forSize!, options);
  const ground = background(forGround!, options.split, scaling.rows, scaling.columns);
  const picture = forGround!() < 0.2 ? inColour(ground.picture) : ground.picture;
  const heldOut = options.split === "held-out";
  // An uneven draw: most scenes have few and some have many.
  const count = Math.floor(forNegatives!() ** 1.5 * 6.5);
  const hardNegatives = drawNegatives(forNegatives!, picture, heldOut, count);
  const page = newPage(forText!, options.split, picture, scaling.factor);
  if (options.text !== "none") write(page, options.text);
  const finished = rescaled(picture, page.words, options, scaling);
  const effects = [...scaling.effects, ...degrade(forEffects!, finished.picture)];
  const pixels = options.view === "any" ? anyView(forView!, finished.picture) : lumaPlane(finished.picture);
  const about = { background: ground.name, hardNegatives, effects };
  return described(finished.picture, pixels, finished.words, about);
}

/** Grey anatomy in a colour image, as captures of a screen have it: its text may have colours. */
function inColour(picture: Picture): Picture {
  const [grey, green] = picture.planes;
  return green === undefined ? { ...picture, planes: [grey!, grey!.slice(), grey!.slice()] } : picture;
}

interface Scaling {
  readonly rows: number;
  readonly columns: number;
  /** Pixels drawn on for one of the finished plane. */
  readonly factor: number;
  readonly smooth: boolean;
  readonly effects: readonly string[];
}

/** A sixth of the scenes is drawn at another size and then brought to the one asked for. */
function drawScaling(random: Random, options: SceneOptions): Scaling {
  const { rows, columns } = options;
  if (random() >= 0.17) return { rows, columns, factor: 1, smooth: false, effects: [] };
  const smooth = random() < 0.65;
  const factor = 0.6 + random() * random() * 1.2;
  const size = { rows: Math.round(rows * factor), columns: Math.round(columns * factor) };
  return { ...size, factor, smooth, effects: [smooth ? "rescaled-smooth" : "rescaled-nearest"] };
}

function rescaled(
  picture: Picture,
  words: readonly PlacedWord[],
  to: { readonly rows: number; readonly columns: number },
  scaling: Scaling,
): { readonly picture: Picture; readonly words: readonly PlacedWord[] } {
  if (scaling.factor === 1) return { picture, words };
  const at = { row: 0, column: 0, scaleY: picture.rows / to.rows, scaleX: picture.columns / to.columns };
  const planes = picture.planes.map((plane) => resampled(plane, picture, to, scaling.smooth, at));
  const moved = words.map((word) => ({
    ...word,
    ink: resampledInk(word.ink, to, scaling.smooth, at.scaleY, at.scaleX),
  }));
  return { picture: { rows: to.rows, columns: to.columns, planes }, words: moved };
}

function described(
  picture: Picture,
  pixels: Uint8Array,
  placed: readonly PlacedWord[],
  about: Pick<Scene, "background" | "hardNegatives" | "effects">,
): Scene {
  const { rows, columns } = picture;
  const textMask = new Uint8Array(rows * columns);
  const inkPlane = new Uint8Array(rows * columns);
  const words: SceneWord[] = [];
  for (const word of placed) {
    const corners = cornersOf(word.ink, word.angle);
    if (corners === null) continue;
    fillCorners(textMask, picture, corners);
    addInk(inkPlane, columns, word);
    const { ink: _, ...rest } = word;
    words.push({
      ...rest,
      corners,
      contrast: contrastOf(pixels, picture, word),
      weakest: weakestOf(pixels, picture, word),
    });
  }
  const colour = picture.planes.length === 3 ? { rgb: interleaved(picture) } : {};
  return { plane: { rows, columns, pixels }, ...colour, words, textMask, ink: inkPlane, ...about };
}

function addInk(plane: Uint8Array, columns: number, word: PlacedWord): void {
  const { ink } = word;
  for (let row = 0, from = 0; row < ink.height; row++) {
    for (let column = 0; column < ink.width; column++, from++) {
      const at = (ink.top + row) * columns + ink.left + column;
      plane[at] = Math.max(plane[at]!, ink.coverage[from]!);
    }
  }
}

/** Luma half of the time, else one of the planes in which colours stand out from each other. */
function anyView(random: Random, picture: Picture): Uint8Array {
  if (picture.planes.length === 1 || random() < 0.5) return lumaPlane(picture);
  return pick(random, colourPlanes(interleaved(picture), picture.rows, picture.columns)).pixels;
}

function lumaPlane(picture: Picture): Uint8Array {
  const out = new Uint8ClampedArray(picture.rows * picture.columns);
  const [red, green, blue] = picture.planes;
  for (let at = 0; at < out.length; at++) {
    out[at] = green === undefined ? red![at]! : 0.299 * red![at]! + 0.587 * green[at]! + 0.114 * blue![at]!;
  }
  return new Uint8Array(out.buffer);
}

function interleaved(picture: Picture): Uint8Array {
  const out = new Uint8ClampedArray(picture.rows * picture.columns * 3);
  picture.planes.forEach((plane, channel) => {
    for (let at = 0; at < plane.length; at++) out[at * 3 + channel] = plane[at]!;
  });
  return new Uint8Array(out.buffer);
}
