import { type Generator, greyPicture } from "./generator.js";
import { addGrain, fractal, ramp, ranged } from "./texture.js";

/** A head: scalp, skull, folded cortex, white matter, ventricles, an uneven coil and Rician-like noise. */
export const brain: Generator = {
  name: "mr-brain",
  weight: 1.3,
  make(random, size, heldOut) {
    const plane = new Float32Array(size * size);
    const warp = fractal(size, random, 96, 0.5, 16);
    const folds = fractal(size, random, heldOut ? 40 : 30, 0.55, 4);
    const bias = fractal(size, random, 256, 0.4, 128);
    const [scalp, bone, fluid, cortex, white] = heldOut
      ? [150 + random() * 60, 25, 30 + random() * 30, 85 + random() * 20, 125 + random() * 30]
      : [180 + random() * 50, 15, random() < 0.5 ? 235 : 20, 100 + random() * 40, 70 + random() * 90];
    const radius = [
      ranged(random, heldOut, [0.3, 0.38], [0.26, 0.42]),
      ranged(random, heldOut, [0.36, 0.45], [0.32, 0.47]),
    ] as const;
    for (let row = 0, at = 0; row < size; row++) {
      for (let column = 0; column < size; column++, at++) {
        const x = (column / size - 0.5) / radius[0];
        const y = (row / size - 0.5) / radius[1];
        const reach = Math.hypot(x, y) + warp[at]! * 0.02;
        const horn =
          Math.hypot((Math.abs(x) - 0.16 - 0.12 * y * y) / 0.1, (y + 0.02) / 0.36) + folds[at]! * 0.1;
        let value = 2;
        if (reach < 1) value = scalp * (0.8 + 0.2 * warp[at]!);
        if (reach < 0.94) value = bone;
        if (reach < 0.88) value = fluid;
        if (reach < 0.85) {
          const ridge = Math.abs(folds[at]!);
          const deep = ramp(0.85 - reach, 0.05, 0.3);
          const sulcus = 1 - ramp(ridge, 0.06, 0.14);
          value = cortex + (white - cortex) * ramp(ridge + deep * 0.6, 0.35, 0.5);
          value += (fluid - value) * sulcus * (1 - deep * 0.9);
          if (Math.abs(x) < 0.015) value = fluid;
          value += (fluid - value) * (1 - ramp(horn, 0.85, 1.1));
        }
        plane[at] = value * (1 + 0.22 * bias[at]!);
      }
    }
    addGrain(plane, random, ranged(random, heldOut, [2, 8], [3, 13]));
    for (let at = 0; at < plane.length; at++) plane[at] = Math.abs(plane[at]!);
    return greyPicture(size, plane);
  },
};
