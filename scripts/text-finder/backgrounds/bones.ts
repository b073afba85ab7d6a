import { pick } from "../../../src/base/index.js";
import { type Generator, greyPicture } from "./generator.js";
import { grey, overlay, tree, winding } from "./strokes.js";
import { addGrain, fractal, ramp, ranged } from "./texture.js";

/** One to four long bones with dense rims, trabeculae and a joint, in soft tissue; either polarity. */
export const limb: Generator = {
  name: "limb",
  weight: 1.2,
  make(random, size, heldOut) {
    const plane = new Float32Array(size * size);
    const bend = fractal(size, random, 128, 0.5, 32);
    const mesh = fractal(size, random, heldOut ? 9 : 12, 0.75, 3);
    const count = 1 + Math.floor(random() * (heldOut ? 5 : 4));
    const tissue = 0.44 * Math.min(1, 0.5 + count * 0.18);
    const width = (tissue * ranged(random, heldOut, [0.5, 0.75], [0.4, 0.9])) / count;
    const [soft, bone, rimGain] = [45 + random() * 40, 50 + random() * 50, 35 + random() * 50];
    const joint = 0.3 + random() * 0.4;
    const inverse = random() < 0.25;
    const turn = (random() - 0.5) * 0.7;
    for (let row = 0, at = 0; row < size; row++) {
      for (let column = 0; column < size; column++, at++) {
        const y = row / size;
        const x = column / size - 0.5 + (y - 0.5) * turn + bend[at]! * 0.02;
        let value = 10 + soft * Math.sqrt(Math.max(0, 1 - (x / tissue) ** 2));
        const end = Math.abs(y - joint - bend[at]! * 0.03);
        const flare = 1 + 0.6 * Math.exp(-((end / 0.12) ** 2));
        for (let index = 0; index < count; index++) {
          const middle = (index - (count - 1) / 2) * ((1.7 * tissue) / count);
          const across = Math.abs(x - middle) / ((width / 2) * flare);
          if (across > 1 || end < 0.012) continue;
          const rim =
            Math.exp(-(((across - 0.88) / 0.11) ** 2)) + 0.8 * Math.exp(-(((end - 0.02) / 0.01) ** 2));
          const web = ramp(Math.abs(mesh[at]!), 0.35, 0) * Math.exp(-end / 0.2);
          value += bone * Math.sqrt(1 - across * across) + rimGain * rim + 26 * web;
        }
        plane[at] = inverse ? 245 - value : value;
      }
    }
    addGrain(plane, random, ranged(random, heldOut, [1, 5], [2, 7]), 0.1);
    return greyPicture(size, plane);
  },
};

/** Contrast-filled vessels or a catheter before a soft ground, often in a round field. */
export const angiography: Generator = {
  name: "angiography",
  make(random, size, heldOut) {
    const plane = fractal(size, random, heldOut ? 192 : 256, heldOut ? 0.58 : 0.48, 8);
    const [base, depth] = [ranged(random, heldOut, [110, 190], [90, 210]), 18 + random() * 25];
    const round = random() < 0.6 ? 0.46 + random() * 0.06 : 9;
    const subtracted = random() < 0.4;
    for (let at = 0; at < plane.length; at++) plane[at] = base + (subtracted ? 4 : depth) * plane[at]!;
    const picture = greyPicture(size, plane);
    overlay(picture, (to) => {
      to.lineCap = "round";
      const level = random() < 0.8 ? base * 0.3 : 235;
      to.strokeStyle = grey(level, 0.55 + 0.35 * random());
      for (let count = 1 + Math.floor(random() * 3); count > 0; count--) {
        const at = {
          x: size * (0.2 + 0.6 * random()),
          y: size * pick(random, [0.05, 0.3, 0.9]),
          turn: random() * 6.28,
        };
        tree(
          to,
          random,
          {
            ...at,
            width: ranged(random, heldOut, [5, 11], [4, 14]),
            step: size * 0.028,
            bend: heldOut ? 0.9 : 0.6,
            branching: 0.2,
          },
          4,
        );
      }
      if (random() < 0.7) {
        to.strokeStyle = grey(40, 0.7);
        to.lineWidth = 2 + random() * 3;
        winding(to, random, size, size);
      }
    });
    addGrain(plane, random, ranged(random, heldOut, [3, 9], [4, 13]));
    for (let row = 0, at = 0; row < size; row++) {
      for (let column = 0; column < size; column++, at++) {
        if (Math.hypot(row / size - 0.5, column / size - 0.5) > round) plane[at] = 3;
      }
    }
    return picture;
  },
};

/** A breast from one side, with strands and dense islands, the rest of the plate black (or white). */
export const mammogram: Generator = {
  name: "mammogram",
  make(random, size, heldOut) {
    const plane = new Float32Array(size * size);
    const strands = fractal(size, random, heldOut ? 56 : 72, 0.62, 2);
    const islands = fractal(size, random, 128, 0.5, 16);
    const [reachX, reachY] = [0.4 + random() * 0.4, 0.3 + random() * 0.16];
    const inverse = random() < 0.15;
    for (let row = 0, at = 0; row < size; row++) {
      for (let column = 0; column < size; column++, at++) {
        const x = column / size / reachX;
        const y = (row / size - 0.5) / reachY;
        const inside = 1 - Math.hypot(x, y);
        const dense = ramp(islands[at]! * 0.6 + inside, 0.2, 0.9);
        const strand = 1 - ramp(Math.abs(strands[at]!), 0, 0.25);
        let value =
          4 + ramp(inside, -0.02, 0.1) * (60 + 55 * dense + 38 * strand * (0.35 + dense) + 10 * strands[at]!);
        if (inside > 0 && column / size + row / size < 0.28 + 0.05 * islands[at]!) value += 75;
        plane[at] = inverse ? 250 - value : value;
      }
    }
    addGrain(plane, random, ranged(random, heldOut, [1, 4], [1, 6]));
    return greyPicture(size, plane);
  },
};
