import { type Random, randomInt } from "../../../src/base/index.js";
import type { Picture } from "../image.js";
import type { Generator } from "./generator.js";
import { overlay, tree } from "./strokes.js";
import { addGrain, fractal, ramp, ranged } from "./texture.js";

/** Mucosa: folds in pink and red, a dark lumen, glints, fine vessels, and a round or cut-off field. */
export const endoscopy: Generator = {
  name: "endoscopy",
  make(random, size, heldOut) {
    const planes = [0, 1, 2].map(() => new Float32Array(size * size));
    const folds = fractal(size, random, heldOut ? 72 : 110, 0.5, 4);
    const sheen = fractal(size, random, 48, 0.5, 6);
    const [lumenX, lumenY] = [0.3 + random() * 0.4, 0.3 + random() * 0.4];
    const tint = heldOut
      ? [0.85, 0.62 + random() * 0.1, 0.45]
      : [1, 0.55 + random() * 0.15, 0.5 + random() * 0.15];
    const rings = ranged(random, heldOut, [18, 34], [30, 50]);
    const field = random() < 0.7 ? 0.47 + random() * 0.04 : 9;
    for (let row = 0, at = 0; row < size; row++) {
      for (let column = 0; column < size; column++, at++) {
        const [x, y] = [column / size, row / size];
        const away = Math.hypot(x - lumenX, y - lumenY);
        const light =
          200 *
          ramp(away + folds[at]! * 0.05, 0.02, 0.4) *
          (0.8 + 0.16 * Math.sin(away * rings + folds[at]! * 3));
        const glint = 230 * ramp(sheen[at]!, 1.02, 1.12);
        const open = Math.hypot(x - 0.5, y - 0.5) < field;
        for (let channel = 0; channel < 3; channel++) {
          planes[channel]![at] = open ? light * tint[channel]! * (1 + 0.12 * folds[at]!) + glint : 6;
        }
      }
    }
    const picture: Picture = { rows: size, columns: size, planes };
    overlay(picture, (to) => {
      to.strokeStyle = "rgba(150,30,30,0.35)";
      for (let count = 0; count < 5; count++) {
        const at = { x: random() * size, y: random() * size, turn: random() * 6 };
        tree(to, random, { ...at, width: 3, step: size * 0.02, bend: 0.8, branching: 0.15 }, 2);
      }
    });
    for (const plane of planes) addGrain(plane, random, 1 + random() * 4);
    return picture;
  },
};

/** A colour of cloth, wall or skin: some grey level with a tint. */
function muted(random: Random): readonly number[] {
  const level = randomInt(random, 40, 215);
  return [
    level + randomInt(random, -10, 40),
    level + randomInt(random, -20, 20),
    level + randomInt(random, -40, 15),
  ];
}

/** A photograph: a lit surface of soft patches before a cloth or wall, out of focus here and there. */
export const photograph: Generator = {
  name: "photograph",
  weight: 0.7,
  make(random, size, heldOut) {
    const shape = fractal(size, random, heldOut ? 140 : 180, 0.45, 8);
    const skin = fractal(size, random, heldOut ? 10 : 16, 0.7, 2);
    const [front, back] = [0, 1].map(() => muted(random));
    const weave = random() < 0.4 ? ranged(random, heldOut, [0.5, 0.9], [0.3, 1.2]) : 0;
    const depth = 6 + random() * 14;
    const planes = [0, 1, 2].map((channel) => {
      const plane = new Float32Array(size * size);
      for (let row = 0, at = 0; row < size; row++) {
        for (let column = 0; column < size; column++, at++) {
          const share = ramp(shape[at]!, -0.1, 0.15);
          const cloth = weave === 0 ? 0 : 9 * Math.sin(row * weave) * Math.sin(column * weave);
          const light = 1 + 0.3 * (column / size - 0.5) + 0.15 * shape[at]!;
          plane[at] =
            (back![channel]! + cloth + share * (front![channel]! - back![channel]! - cloth)) * light +
            depth * skin[at]! * share;
        }
      }
      addGrain(plane, random, 1 + random() * 3);
      return plane;
    });
    return { rows: size, columns: size, planes };
  },
};

/** Stained tissue under a microscope: cells with dark nuclei, glands and white clefts. */
export const pathology: Generator = {
  name: "pathology",
  heldOutOnly: true,
  make(random, size) {
    const tissue = fractal(size, random, 90, 0.6, 4);
    const grain = fractal(size, random, 8, 0.8, 2);
    const planes = [226, 150, 195].map((level, channel) => {
      const plane = new Float32Array(size * size);
      for (let at = 0; at < plane.length; at++) {
        const cleft = ramp(tissue[at]!, 0.55, 0.7);
        const value = level - 25 * tissue[at]! + grain[at]! * (channel === 1 ? 22 : 12);
        plane[at] = value + (242 - value) * cleft;
      }
      return plane;
    });
    const picture: Picture = { rows: size, columns: size, planes };
    overlay(picture, (to) => {
      for (let count = 0; count < 1400; count++) {
        const [x, y, radius] = [random() * size, random() * size, 1.8 + random() * 3.4];
        if (tissue[Math.floor(y) * size + Math.floor(x)]! > 0.5) continue;
        to.fillStyle = `rgba(${randomInt(random, 70, 120)},${randomInt(random, 40, 80)},${randomInt(random, 120, 165)},0.8)`;
        to.beginPath();
        to.ellipse(x, y, radius, radius * (0.5 + random() * 0.5), random() * 3, 0, 6.3);
        to.fill();
      }
    });
    return picture;
  },
};
