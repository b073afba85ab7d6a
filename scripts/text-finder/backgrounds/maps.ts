import { pick, type Random, randomInt } from "../../../src/base/index.js";
import { type Picture, resampled } from "../image.js";
import { type Generator, greyPicture } from "./generator.js";
import { overlay, tree } from "./strokes.js";
import { addGrain, addNoise, fractal, ramp } from "./texture.js";

/** Red, green and blue of a share from 0 to 1. */
type Palette = (share: number) => readonly [number, number, number];

const PALETTES: readonly Palette[] = [
  (share) => [255 * share, 255 * share, 255 * share],
  // Hot: black, red, yellow, white.
  (share) => [share * 765, share * 765 - 255, share * 765 - 510],
  // Rainbow, from blue to red.
  (share) => [share * 1020 - 510, 510 - Math.abs(share * 1020 - 510), 510 - share * 1020],
  // Blue against red about a middle.
  (share) => [share * 510 - 200, 60, 310 - share * 510],
];

/**
 * A number computed for every pixel of a slice (perfusion, diffusion, flow of blood): coarse patches, and hard holes
 * where nothing could be computed; in greys or in colours, over black or over the slice itself.
 */
export const map: Generator = {
  name: "map",
  trainOnly: true,
  weight: 2,
  make(random, size) {
    // Computed on fewer pixels, then enlarged.
    const across = randomInt(random, Math.round(size / 4), size);
    const values = fractal(across, random, 6 + random() * 50, 0.5 + random() * 0.3, 2);
    const holes = fractal(across, random, 3 + random() * 30, 0.5 + random() * 0.3, 2);
    const body = fractal(across, random, 120, 0.4, 16);
    const [palette, levels, least] = [
      pick(random, PALETTES),
      pick(random, [4, 12, 64, 256]),
      -0.7 + random(),
    ];
    const [half, tall] = [0.25 + random() * 0.25, 0.3 + random() * 0.2];
    const [middle, gain, grain] = [random() * 0.8, 0.3 + random() * 0.7, random() * 0.3];
    const below = random() < 0.6 ? 0 : 30 + random() * 90;
    const small = [0, 1, 2].map(() => new Float32Array(across * across));
    for (let row = 0, at = 0; row < across; row++) {
      for (let column = 0; column < across; column++, at++) {
        const [x, y] = [(column / across - 0.5) / half, (row / across - 0.5) / tall];
        if (Math.hypot(x, y) + 0.08 * body[at]! > 1) continue;
        const value = middle + gain * values[at]! + grain * (random() - 0.5);
        const share = Math.round(Math.min(1, Math.max(0, value)) * levels) / levels;
        const colour = palette(share);
        const isHole = holes[at]! < least;
        for (let channel = 0; channel < 3; channel++)
          small[channel]![at] = isHole
            ? below * (1 + 0.3 * values[at]!)
            : Math.min(255, Math.max(0, colour[channel]!));
      }
    }
    const smooth = random() < 0.4;
    const scale = across / size;
    const from = { row: 0, column: 0, scaleY: scale, scaleX: scale };
    const whole = { rows: size, columns: size };
    const planes = small.map((plane) =>
      resampled(plane, { rows: across, columns: across }, whole, smooth, from),
    );
    return { ...whole, planes: palette === PALETTES[0] ? planes.slice(0, 1) : planes };
  },
};

/** Vessels in the colours of flow over grey tissue, in a window or not, as power Doppler and overlays of angiography show. */
export const flow: Generator = {
  name: "flow",
  trainOnly: true,
  weight: 1.5,
  make(random, size) {
    const tissue = fractal(size, random, 20 + random() * 100, 0.6, 2);
    const grain = fractal(size, random, 4, 0.7, 2);
    const [level, rough] = [20 + random() * 90, 8 + random() * 40];
    const planes = [0, 1, 2].map(() => {
      const plane = new Float32Array(size * size);
      for (let at = 0; at < plane.length; at++)
        plane[at] = Math.max(0, level + 30 * tissue[at]! + rough * grain[at]!);
      return plane;
    });
    const picture: Picture = { rows: size, columns: size, planes };
    const palette = pick(random, PALETTES);
    const [left, top] = [random() * size * 0.5, random() * size * 0.5];
    const [width, height] = [size * (0.2 + random() * 0.6), size * (0.15 + random() * 0.6)];
    overlay(picture, (to) => {
      to.beginPath();
      to.rect(left, top, width, height);
      if (random() < 0.7) {
        to.strokeStyle = "#eee";
        to.stroke();
      }
      to.clip();
      const [step, bend, branching] = [3 + random() * 9, 0.3 + random(), 0.05 + random() * 0.3];
      for (let trees = randomInt(random, 1, 30); trees > 0; trees--) {
        const [red, green, blue] = palette(0.4 + 0.6 * random());
        to.strokeStyle = to.fillStyle = `rgb(${red},${green},${blue})`;
        const [x, y] = [left + random() * width, top + random() * height];
        const root = { x, y, turn: random() * 6.3, width: 1 + random() * 8, step, bend, branching };
        tree(to, random, root, randomInt(random, 0, 3));
      }
    });
    if (random() < 0.5) speckleColours(picture, random, palette);
    return picture;
  },
};

/** Colours of single pixels and small groups of them where flow is about the threshold. */
function speckleColours(picture: Picture, random: Random, palette: Palette): void {
  const size = picture.rows;
  const where = fractal(size, random, 60 + random() * 80, 0.4, 16);
  const what = fractal(size, random, 4 + random() * 12, 0.6, 2);
  const [least, fine] = [random() * 0.5, random() * 0.6];
  for (let at = 0; at < what.length; at++) {
    if (where[at]! < least || what[at]! < fine) continue;
    const colour = palette(Math.min(1, 0.3 + what[at]!));
    for (const [channel, plane] of picture.planes.entries())
      plane[at] = Math.min(255, Math.max(0, colour[channel]!));
  }
}

/** Many small slices side by side, each of as few pixels as nuclear medicine and scouts have. */
export const montage: Generator = {
  name: "montage",
  trainOnly: true,
  weight: 1.5,
  make(random, size) {
    const plane = new Float32Array(size * size);
    const cell = randomInt(random, 32, 128);
    const [empty, noise, rind] = [random() * 20, random() * 30, random() < 0.5];
    const inverse = random() < 0.3;
    for (let top = 0; top < size; top += cell) {
      for (let left = 0; left < size; left += cell) {
        const slice = smallSlice(random, cell, noise, rind);
        for (let row = 0; row < cell && top + row < size; row++) {
          for (let column = 0; column < cell && left + column < size; column++) {
            const value = Math.max(empty, slice[row * cell + column]!);
            plane[(top + row) * size + left + column] = inverse ? 255 - value : value;
          }
        }
      }
    }
    return greyPicture(size, plane);
  },
};

/** An oval of tissue with spots, a bright rind or none, folds and noise, cell × cell pixels. */
function smallSlice(random: Random, cell: number, noise: number, rind: boolean): Float32Array {
  const out = fractal(cell, random, 4 + random() * cell, 0.6, 2);
  const spots = Array.from({ length: randomInt(random, 0, 7) }, () => [
    random(),
    random(),
    0.02 + random() * 0.1,
  ]);
  const [half, tall, level, depth] = [
    0.2 + random() * 0.3,
    0.25 + random() * 0.25,
    30 + random() * 150,
    random() * 90,
  ];
  for (let row = 0, at = 0; row < cell; row++) {
    for (let column = 0; column < cell; column++, at++) {
      const [x, y] = [column / cell, row / cell];
      const reach = Math.hypot((x - 0.5) / half, (y - 0.5) / tall);
      let value = reach < 1 ? level + depth * out[at]! : 0;
      if (rind && reach > 0.88 && reach < 1) value += 110;
      for (const [sx, sy, wide] of spots) {
        const away = ((x - sx!) ** 2 + (y - sy!) ** 2) / wide! ** 2;
        if (away < 6) value += 200 * Math.exp(-away);
      }
      out[at] = value + noise * (random() + random() - 1);
    }
  }
  return out;
}

/** A slice through a body as MR shows it: fat, muscles, organs, bones, vessels; an uneven coil, ghosts, noise. */
export const bodySlice: Generator = {
  name: "mr-body",
  trainOnly: true,
  weight: 1.5,
  make(random, size) {
    const plane = new Float32Array(size * size);
    const warp = fractal(size, random, 60 + random() * 100, 0.5, 4);
    const fine = fractal(size, random, 4 + random() * 20, 0.6, 2);
    const coil = fractal(size, random, 256, 0.4, 128);
    const [half, tall, skin] = [0.3 + random() * 0.4, 0.25 + random() * 0.4, 120 + random() * 120];
    const muscle = 20 + random() * 90;
    for (let row = 0, at = 0; row < size; row++) {
      for (let column = 0; column < size; column++, at++) {
        const reach = Math.hypot((column / size - 0.5) / half, (row / size - 0.5) / tall) + 0.05 * warp[at]!;
        if (reach < 1) plane[at] = reach > 0.86 ? skin : muscle + 30 * fine[at]!;
      }
    }
    for (let organs = randomInt(random, 6, 40); organs > 0; organs--) {
      const [left, top] = [
        size * (0.5 + half * (random() * 1.6 - 0.8)),
        size * (0.5 + tall * (random() * 1.6 - 0.8)),
      ];
      const reach = { across: size * half * (0.02 + random() ** 2 * 0.4), flat: 0.4 + random() };
      const tissue = { level: random() * 230, rough: random() * 50, soft: 0.02 + random() * 0.3 };
      addOrgan(plane, size, { left, top, ...reach, ...tissue }, warp, fine);
    }
    for (let at = 0; at < plane.length; at++) plane[at] = plane[at]! * (1 + 0.35 * coil[at]!);
    if (random() < 0.4) addGhosts(plane, size, random);
    addGrain(plane, random, random() * 14);
    for (let at = 0; at < plane.length; at++) plane[at] = Math.abs(plane[at]!);
    return greyPicture(size, plane);
  },
};

interface Organ {
  readonly left: number;
  readonly top: number;
  /** Half of its width in pixels; `flat` times its height is its width. */
  readonly across: number;
  readonly flat: number;
  readonly level: number;
  readonly rough: number;
  readonly soft: number;
}

/** A bent oval of one tissue over what is there. */
function addOrgan(
  plane: Float32Array,
  size: number,
  organ: Organ,
  warp: Float32Array,
  fine: Float32Array,
): void {
  const { left, top, across, flat, level, rough, soft } = organ;
  // The cloud bends its border outward by half of it at most.
  const [wide, high] = [1.5 * across, (1.5 * across) / flat];
  for (let row = Math.max(0, Math.floor(top - high)); row < Math.min(size, top + high); row++) {
    for (let column = Math.max(0, Math.floor(left - wide)); column < Math.min(size, left + wide); column++) {
      const at = row * size + column;
      const inside = 1 - Math.hypot(column - left, (row - top) * flat) / across + 0.25 * warp[at]!;
      if (inside > 0)
        plane[at] = plane[at]! + (level + rough * fine[at]! - plane[at]!) * ramp(inside, 0, soft);
    }
  }
}

/** What moved while it was measured stands again, fainter, further along. */
function addGhosts(plane: Float32Array, size: number, random: Random): void {
  const source = plane.slice();
  const [shift, strength] = [randomInt(random, 6, size >> 2), 0.05 + random() * 0.2];
  for (let copy = 1; copy <= 3; copy++) {
    for (let at = 0; at < plane.length; at++) {
      const from = at - copy * shift * size;
      if (from >= 0) plane[at] = plane[at]! + (source[from]! * strength) / copy;
    }
  }
  addNoise(plane, size, random, 30, 10);
}
