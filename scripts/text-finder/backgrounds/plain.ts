import { type Generator, greyPicture } from "./generator.js";
import { addGrain, fractal, ranged } from "./texture.js";

/** Even grounds, gradients and faint clouds: what lies around the anatomy. */
export const plain: Generator = {
  name: "plain",
  weight: 1.2,
  make(random, size, heldOut) {
    const plane = new Float32Array(size * size);
    const dark = random() < 0.55;
    const base = dark ? random() * 25 : ranged(random, heldOut, [25, 235], [20, 245]);
    const turn = random() * 2 * Math.PI;
    const slope = random() < 0.5 ? 0 : ranged(random, heldOut, [20, 120], [60, 170]);
    const cloud = fractal(size, random, heldOut ? 96 : 128, heldOut ? 0.62 : 0.5, 4);
    const depth = random() < 0.4 ? 0 : 4 + random() * 24;
    for (let row = 0, at = 0; row < size; row++) {
      for (let column = 0; column < size; column++, at++) {
        const share = ((column - size / 2) * Math.cos(turn) + (row - size / 2) * Math.sin(turn)) / size;
        plane[at] = base + slope * share + depth * cloud[at]!;
      }
    }
    if (random() < 0.7) addGrain(plane, random, ranged(random, heldOut, [0.5, 9], [2, 12]));
    return greyPicture(size, plane);
  },
};
