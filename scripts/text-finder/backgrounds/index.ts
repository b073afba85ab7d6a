import { type Random, randomInt, seededRandom } from "../../../src/base/index.js";
import type { Split } from "../fonts.js";
import type { Picture } from "../image.js";
import { resampled } from "../image.js";
import { angiography, limb, mammogram } from "./bones.js";
import { endoscopy, pathology, photograph } from "./colour.js";
import { ct } from "./ct.js";
import type { Generator } from "./generator.js";
import { brain } from "./magnetic.js";
import { bodySlice, flow, map, montage } from "./maps.js";
import { nuclear } from "./nuclear.js";
import { plain } from "./plain.js";
import { chest } from "./radiograph.js";
import { dental, retina, screen } from "./screens.js";
import { doppler, ultrasound } from "./ultrasound.js";
import { zoo } from "./zoo.js";

export const GENERATORS: readonly Generator[] = [
  plain,
  ct,
  brain,
  ultrasound,
  doppler,
  chest,
  limb,
  angiography,
  mammogram,
  nuclear,
  endoscopy,
  photograph,
  screen,
  pathology,
  retina,
  dental,
  zoo,
  map,
  flow,
  montage,
  bodySlice,
];

/** Pictures that a split draws from. Each follows from its number alone, so scenes do not depend on history. */
const POOL: Readonly<Record<Split, number>> = { train: 1600, "held-out": 120 };
const SIZE = 512;

interface Stored {
  readonly name: string;
  readonly planes: readonly Uint8ClampedArray[];
}

const stored = new Map<string, Stored>();

function picked(random: Random, split: Split): Generator {
  const usable = GENERATORS.filter((each) => (split === "held-out" ? !each.trainOnly : !each.heldOutOnly));
  let left = random() * usable.reduce((sum, each) => sum + (each.weight ?? 1), 0);
  return usable.find((each) => (left -= each.weight ?? 1) < 0) ?? usable[0]!;
}

function fromPool(split: Split, index: number): Stored {
  const key = `${split} ${index}`;
  const known = stored.get(key);
  if (known !== undefined) return known;
  const random = seededRandom((split === "train" ? 0x51ce5eed : 0x0ddba115) + index * 7919);
  const generator = picked(random, split);
  const picture = generator.make(random, SIZE, split === "held-out");
  const made = { name: generator.name, planes: picture.planes.map((plane) => new Uint8ClampedArray(plane)) };
  stored.set(key, made);
  return made;
}

/** A picture of the pool, cut out at some place and scale, turned over or not, with its own grey scale. */
export function background(
  random: Random,
  split: Split,
  rows: number,
  columns: number,
): { readonly name: string; readonly picture: Picture } {
  const source = fromPool(split, Math.floor(random() * POOL[split]));
  const picture = { rows, columns, planes: cutOut(random, source, rows, columns) };
  // Windows into other pictures: a machine's screen has them, and textures learn to end anywhere.
  if (split === "train" && random() < 0.3) {
    for (let left = randomInt(random, 1, 3); left > 0; left--) insertWindow(random, picture);
  }
  return { name: source.name, picture };
}

function cutOut(random: Random, source: Stored, rows: number, columns: number): Float32Array[] {
  const largest = Math.min(SIZE / rows, SIZE / columns);
  const whole = random() < 0.35;
  const step = whole ? largest : Math.min(largest, Math.max(largest * 0.45, 0.6 + random() * 0.9));
  const at = {
    row: random() * Math.max(0, SIZE - rows * step),
    column: random() * Math.max(0, SIZE - columns * step),
    scaleY: step,
    scaleX: step,
  };
  const [mirror, gain, shift] = [
    random() < 0.4,
    0.75 + random() * 0.45,
    random() < 0.5 ? 0 : (random() - 0.4) * 50,
  ];
  return source.planes.map((plane) => {
    const cut = resampled(plane, { rows: SIZE, columns: SIZE }, { rows, columns }, true, at);
    if (mirror)
      for (let row = 0; row < rows; row++) cut.subarray(row * columns, (row + 1) * columns).reverse();
    for (let index = 0; index < cut.length; index++)
      cut[index] = Math.min(255, Math.max(0, cut[index]! * gain + shift));
    return cut;
  });
}

/** Puts a rectangle of another picture of the training's pool into the picture. */
function insertWindow(random: Random, picture: Picture): void {
  const length = (of: number) => randomInt(random, Math.min(of, 12), Math.max(13, Math.round(of * 0.45)));
  const [height, width] = [length(picture.rows), length(picture.columns)];
  const [top, left] = [
    randomInt(random, 0, picture.rows - height),
    randomInt(random, 0, picture.columns - width),
  ];
  const planes = cutOut(random, fromPool("train", Math.floor(random() * POOL.train)), height, width);
  for (const [channel, plane] of picture.planes.entries()) {
    const from = planes[Math.min(channel, planes.length - 1)]!;
    for (let row = 0; row < height; row++) {
      const line = from.subarray(row * width, (row + 1) * width);
      plane.set(line, (top + row) * picture.columns + left);
    }
  }
}
