import { gaussian } from "../image.js";
import { type Generator, greyPicture } from "./generator.js";
import { ranged } from "./texture.js";

/** Counts of few pixels, enlarged: a body of faint uptake with hot spots; black on white half the time. */
export const nuclear: Generator = {
  name: "nuclear",
  make(random, size, heldOut) {
    const cells = Math.round(ranged(random, heldOut, [96, 170], [72, 230]));
    const small = new Float32Array(cells * cells);
    const spots = Array.from({ length: 4 + Math.floor(random() * 9) }, () => ({
      x: 0.5 + (random() - 0.5) * 0.4,
      y: 0.1 + random() * 0.8,
      width: 0.012 + random() * 0.06,
      gain: 20 + 200 * random(),
    }));
    const [body, wide, counts] = [
      25 + random() * 40,
      0.13 + random() * 0.2,
      ranged(random, heldOut, [0.5, 1.6], [0.4, 2.4]),
    ];
    for (let row = 0, at = 0; row < cells; row++) {
      for (let column = 0; column < cells; column++, at++) {
        const [x, y] = [column / cells, row / cells];
        let value = Math.hypot((x - 0.5) / wide, (y - 0.5) / 0.46) < 1 ? body : 3;
        for (const spot of spots) {
          const away = ((x - spot.x) ** 2 + (y - spot.y) ** 2) / spot.width ** 2;
          if (away < 9) value += spot.gain * Math.exp(-away);
        }
        small[at] = Math.max(0, value + gaussian(random) * counts * Math.sqrt(value));
      }
    }
    const inverse = random() < 0.5;
    const plane = new Float32Array(size * size);
    for (let row = 0, at = 0; row < size; row++) {
      for (let column = 0; column < size; column++, at++) {
        const value = small[Math.floor((row * cells) / size) * cells + Math.floor((column * cells) / size)]!;
        plane[at] = inverse ? 255 - value : value;
      }
    }
    return greyPicture(size, plane);
  },
};
