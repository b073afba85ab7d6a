import { type Generator, greyPicture } from "./generator.js";
import { addGrain, fractal, ramp, ranged } from "./texture.js";

/** A projection of a chest: lungs, ribs with bright rims, spine, heart, clavicles, vessels, collimator. */
export const chest: Generator = {
  name: "chest",
  weight: 1.2,
  make(random, size, heldOut) {
    const plane = new Float32Array(size * size);
    const cloud = fractal(size, random, 128, 0.5, 8);
    const fine = fractal(size, random, heldOut ? 16 : 24, 0.65, 2);
    const pitch = ranged(random, heldOut, [0.075, 0.1], [0.06, 0.12]);
    const slant = ranged(random, heldOut, [0.5, 0.9], [0.25, 1.2]);
    const [air, bone] = [
      ranged(random, heldOut, [35, 70], [25, 90]),
      ranged(random, heldOut, [22, 40], [15, 50]),
    ];
    const [shiftX, inverse] = [(random() - 0.5) * 0.08, random() < 0.2];
    const blades = random() < 0.55 ? 0.02 + random() * 0.07 : 0;
    for (let row = 0, at = 0; row < size; row++) {
      for (let column = 0; column < size; column++, at++) {
        const x = column / size - 0.5 + shiftX;
        const y = row / size - 0.5;
        const side = Math.abs(x);
        const trunk = ramp(0.47 - side - 0.25 * Math.max(0, -y - 0.3), 0, 0.05);
        const u = (side - 0.2) / 0.145;
        const v = (y + 0.03) / 0.36;
        const lung = ramp(1 - (u * u + v * v), 0, 0.35);
        let value = 18 + trunk * (165 - lung * (165 - air - 60)) + cloud[at]! * 12 + fine[at]! * 9 * lung;
        const phase = ((y + slant * side * side * 2 - (x > 0 ? 0.01 : 0)) / pitch) % 1;
        const rib = Math.abs(phase < 0 ? phase + 1 : phase) - 0.5;
        const rim = Math.exp(-(((Math.abs(rib) - 0.21) / 0.045) ** 2));
        if (side > 0.05 && side < 0.42)
          value += trunk * bone * (0.45 * ramp(0.24 - Math.abs(rib), 0, 0.05) + 0.6 * rim);
        const disc = Math.sin((y / 0.075) * Math.PI);
        value += 38 * ramp(0.055 - side, 0, 0.02) * (0.75 + 0.25 * ramp(disc, -0.2, 0.2));
        value += 34 * ramp(1 - Math.hypot((x - 0.06) / 0.16, (y - 0.17) / 0.17), 0, 0.25);
        value +=
          45 *
          ramp(0.018 - Math.abs(y + 0.33 - 0.3 * side), 0, 0.008) *
          ramp(0.36 - side, 0, 0.02) *
          ramp(side - 0.04, 0, 0.02);
        value += 60 * ramp(y - 0.27 - 0.5 * (side - 0.2) ** 2, 0, 0.04) * lung;
        const open = Math.min(column, row, size - column, size - row) / size > blades;
        plane[at] = open ? value : 4;
        if (inverse) plane[at] = 255 - plane[at]!;
      }
    }
    addGrain(plane, random, ranged(random, heldOut, [1, 5], [2, 8]), 0.15);
    return greyPicture(size, plane);
  },
};
