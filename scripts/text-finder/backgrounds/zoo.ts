import type { SKRSContext2D } from "@napi-rs/canvas";
import { pick, type Random, randomInt } from "../../../src/base/index.js";
import type { Picture } from "../image.js";
import type { Generator } from "./generator.js";
import { grey, overlay } from "./strokes.js";
import { addGrain, fractal, ramp } from "./texture.js";

/**
 * Textures of no organ and no machine: shapes, sizes, order and contrast at random. What they have in common is only
 * that they are no text, so that a net trained on them does not take the next unknown texture for any. Kinds of
 * pictures that the evaluation keeps for itself (tissue under a microscope, the retina, teeth) are not imitated.
 */
export const zoo: Generator = {
  name: "texture",
  trainOnly: true,
  weight: 3,
  make(random, size) {
    const picture = ground(random, size);
    for (let layers = randomInt(random, 1, 3); layers > 0; layers--) {
      const region = fractal(size, random, 40 + random() * 180, 0.5, 8);
      const least = random() < 0.4 ? -9 : (random() - 0.5) * 0.8;
      const texture = pick(random, TEXTURES);
      const opacity = 0.25 + 0.75 * random();
      const before = picture.planes.map((plane) => plane.slice());
      texture(picture, random, opacity);
      // A texture ends somewhere, softly or along an edge.
      const soft = random() < 0.5 ? 0.02 : 0.3;
      for (const [channel, plane] of picture.planes.entries()) {
        const old = before[channel]!;
        for (let at = 0; at < plane.length; at++)
          plane[at] = old[at]! + (plane[at]! - old[at]!) * ramp(region[at]!, least, least + soft);
      }
    }
    const grain = random() * 8;
    for (const plane of picture.planes) addGrain(plane, random, grain);
    return picture;
  },
};

function ground(random: Random, size: number): Picture {
  const coloured = random() < 0.4;
  const [cell, depth] = [8 + random() * 200, random() * 60];
  const cloud = fractal(size, random, cell, 0.4 + random() * 0.3, 2);
  const planes = Array.from({ length: coloured ? 3 : 1 }, () => {
    const level = randomInt(random, 0, 255);
    return Float32Array.from(cloud, (value) => level + depth * value);
  });
  return { rows: size, columns: size, planes };
}

type Texture = (to: Picture, random: Random, opacity: number) => void;

function ink(random: Random, opacity: number): string {
  if (random() < 0.5) return grey(randomInt(random, 0, 255), opacity);
  const [red, green, blue] = [0, 1, 2].map(() => randomInt(random, 0, 255));
  return `rgba(${red},${green},${blue},${opacity})`;
}

/** One closed shape about a point: ellipse, polygon, blob, half ring or cross. */
type Shape = (to: SKRSContext2D, random: Random, x: number, y: number, reach: number) => void;

const SHAPES: readonly Shape[] = [
  (to, random, x, y, reach) => to.ellipse(x, y, reach, reach * (0.3 + 0.7 * random()), random() * 3, 0, 6.3),
  (to, random, x, y, reach) => {
    const [corners, turn] = [randomInt(random, 3, 7), random() * 6.3];
    for (let corner = 0; corner < corners; corner++) {
      const at = turn + (corner / corners) * 6.283;
      to.lineTo(x + Math.cos(at) * reach, y + Math.sin(at) * reach);
    }
    to.closePath();
  },
  (to, random, x, y, reach) => {
    const turn = random() * 6.3;
    for (let corner = 0; corner <= 14; corner++) {
      const at = turn + (corner / 14) * 6.283;
      const far = reach * (0.6 + 0.4 * random());
      to.lineTo(x + Math.cos(at) * far, y + Math.sin(at) * far);
    }
  },
  (to, random, x, y, reach) => {
    const turn = random() * 6.3;
    to.arc(x, y, reach, turn, turn + 1.5 + 3 * random());
  },
  (to, random, x, y, reach) => {
    const turn = random() * 1.6;
    const [a, b] = [Math.cos(turn) * reach, Math.sin(turn) * reach];
    to.moveTo(x - a, y - b);
    to.lineTo(x + a, y + b);
    to.moveTo(x + b, y - a);
    to.lineTo(x - b, y + a);
  },
  (to, random, x, y, reach) => to.rect(x - reach, y - reach / 2, reach * 2, reach * (0.4 + random())),
];

function paint(to: SKRSContext2D, filled: boolean): void {
  if (filled) to.fill();
  else to.stroke();
}

/** Shapes of about one size anywhere, with or without a kernel of another level. */
const scattered: Texture = (picture, random, opacity) => {
  const size = picture.rows;
  const [shape, reach, spread] = [pick(random, SHAPES), 1.2 + random() ** 2 * 16, 0.1 + 0.7 * random()];
  const [filled, kernel, mixed] = [random() < 0.6, random() < 0.3, random() < 0.4];
  const count = Math.min(6000, (size * size * (0.05 + 0.4 * random())) / (4 * reach * reach + 10));
  overlay(picture, (to) => {
    const [one, other] = [ink(random, opacity), ink(random, opacity)];
    to.lineWidth = 0.8 + random() * 2;
    for (let left = count; left > 0; left--) {
      const [x, y, far] = [random() * size, random() * size, reach * (1 + spread * (random() * 2 - 1))];
      to.fillStyle = to.strokeStyle = mixed ? ink(random, opacity) : one;
      to.beginPath();
      shape(to, random, x, y, far);
      paint(to, filled);
      if (!kernel) continue;
      to.fillStyle = other;
      to.beginPath();
      to.arc(x, y, far * 0.35, 0, 6.3);
      to.fill();
    }
  });
};

/** The same shape in rows and columns, each a little off its place, some left out. */
const lattice: Texture = (picture, random, opacity) => {
  const size = picture.rows;
  const [shape, step, filled] = [pick(random, SHAPES), 4 + random() ** 2 * 34, random() < 0.6];
  const [tall, off, gaps] = [0.6 + random() * 0.8, random() ** 2 * 0.4, random() < 0.5 ? 0 : random() * 0.5];
  const [reach, shifted, turn] = [step * (0.12 + 0.35 * random()), random() < 0.4, (random() - 0.5) * 0.6];
  overlay(picture, (to) => {
    to.fillStyle = to.strokeStyle = ink(random, opacity);
    to.lineWidth = 0.8 + random() * 2;
    to.translate(size / 2, size / 2);
    if (random() < 0.5) to.rotate(turn);
    for (let row = -size * 0.7, odd = false; row < size * 0.7; row += step * tall, odd = !odd) {
      for (let column = -size * 0.7; column < size * 0.7; column += step) {
        if (random() < gaps) continue;
        const x = column + (shifted && odd ? step / 2 : 0) + step * off * (random() - 0.5);
        to.beginPath();
        shape(to, random, x, row + step * off * (random() - 0.5), reach);
        paint(to, filled);
      }
    }
  });
};

/** Stripes, straight or bent by a cloud: wood, prints of fingers, fringes, folds. */
const stripes: Texture = (picture, random, opacity) => {
  const size = picture.rows;
  const bend = random() < 0.35 ? 0 : random() * 40;
  const cloud = fractal(size, random, 30 + random() * 150, 0.5, 8);
  const [turn, period, sharp] = [random() * 3.2, 3 + random() ** 2 * 28, random() < 0.5 ? 6 : 1];
  const [gain, rings] = [(30 + random() * 120) * opacity, random() < 0.25];
  const [cos, sin, centre] = [Math.cos(turn), Math.sin(turn), [random() * size, random() * size] as const];
  for (let row = 0, at = 0; row < size; row++) {
    for (let column = 0; column < size; column++, at++) {
      const along = rings ? Math.hypot(column - centre[0], row - centre[1]) : column * cos + row * sin;
      const wave = Math.sin(((along + bend * cloud[at]!) * 6.283) / period);
      const light = gain * Math.max(-1, Math.min(1, wave * sharp));
      for (const plane of picture.planes) plane[at] = plane[at]! + light;
    }
  }
};

/** Patches of two levels with hard borders: where a cloud is above some height. */
const patches: Texture = (picture, random, opacity) => {
  const size = picture.rows;
  const cloud = fractal(size, random, 4 + random() ** 2 * 60, 0.3 + random() * 0.5, 2);
  const [least, soft, line] = [(random() - 0.5) * 0.8, random() * 0.15 + 0.01, random() < 0.4];
  const level = randomInt(random, 0, 255);
  for (const plane of picture.planes) {
    for (let at = 0; at < plane.length; at++) {
      const height = line ? 0.1 - Math.abs(cloud[at]! - least) : cloud[at]! - least;
      plane[at] = plane[at]! + (level - plane[at]!) * opacity * ramp(height, 0, soft);
    }
  }
};

/** Short strokes: hair, straw, scratches; in all directions or mostly in one, straight or bent. */
const fibres: Texture = (picture, random, opacity) => {
  const size = picture.rows;
  const [main, stray, length] = [random() * 3.2, random() < 0.5 ? 3.2 : random(), 4 + random() ** 2 * 60];
  const [bend, count, mixed] = [random() ** 2, randomInt(random, 60, 2600), random() < 0.5];
  overlay(picture, (to) => {
    to.strokeStyle = ink(random, opacity);
    to.lineWidth = 0.7 + random() * 2.4;
    for (let left = Math.min(count, 60_000 / length); left > 0; left--) {
      const turn = main + stray * (random() * 2 - 1);
      const [x, y, far] = [random() * size, random() * size, length * (0.4 + random())];
      const [dx, dy, off] = [Math.cos(turn) * far, Math.sin(turn) * far, (random() - 0.5) * bend];
      if (mixed) to.strokeStyle = ink(random, opacity);
      to.beginPath();
      to.moveTo(x, y);
      to.quadraticCurveTo(x + dx / 2 - dy * off, y + dy / 2 + dx * off, x + dx, y + dy);
      to.stroke();
    }
  });
};

/** Cells of a net: each pixel takes the level of the nearest of many points, or only the borders between are drawn. */
const mosaic: Texture = (picture, random, opacity) => {
  const size = picture.rows;
  const cell = 5 + random() ** 2 * 45;
  const across = Math.ceil(size / cell) + 2;
  const points = Float32Array.from({ length: across * across * 3 }, () => random());
  const [square, borders, width] = [random() < 0.35, random() < 0.5, 0.6 + random() * 2];
  const [gain, line] = [160 * opacity, (random() - 0.5) * 300 * opacity];
  for (let row = 0, at = 0; row < size; row++) {
    for (let column = 0; column < size; column++, at++) {
      const [cx, cy] = [Math.floor(column / cell), Math.floor(row / cell)];
      let [nearest, second, level] = [1e9, 1e9, 0];
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const from = ((cy + dy + 1) * across + cx + dx + 1) * 3;
          if (from < 0 || from + 2 >= points.length) continue;
          const x = (cx + dx + (square ? 0.5 : points[from]!)) * cell - column;
          const y = (cy + dy + (square ? 0.5 : points[from + 1]!)) * cell - row;
          const far = square ? Math.max(Math.abs(x), Math.abs(y)) : Math.hypot(x, y);
          if (far < nearest) [nearest, second, level] = [far, nearest, points[from + 2]! - 0.5];
          else if (far < second) second = far;
        }
      }
      const light = borders ? (second - nearest < width ? line : 0) : gain * level;
      for (const plane of picture.planes) plane[at] = plane[at]! + light;
    }
  }
};

/** Lines across each other: cloth, grids, bars, fences. */
const woven: Texture = (picture, random, opacity) => {
  const size = picture.rows;
  const kinds = randomInt(random, 1, 3);
  overlay(picture, (to) => {
    for (let kind = 0; kind < kinds; kind++) {
      const [step, turn, groups] = [3 + random() ** 2 * 40, random() * 3.2, random() < 0.3];
      to.save();
      to.translate(size / 2, size / 2);
      to.rotate(random() < 0.5 ? pick(random, [0, 1.5708]) : turn);
      to.strokeStyle = ink(random, opacity);
      to.lineWidth = 0.7 + random() * Math.min(6, step * 0.5);
      for (let at = -size, index = 0; at < size; at += step, index++) {
        if (groups && index % 7 > 3) continue;
        to.beginPath();
        to.moveTo(-size, at);
        to.lineTo(size, at);
        to.stroke();
      }
      to.restore();
    }
  });
};

const TEXTURES: readonly Texture[] = [
  scattered,
  scattered,
  lattice,
  lattice,
  stripes,
  patches,
  fibres,
  mosaic,
  woven,
];
