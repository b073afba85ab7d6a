import type { Random } from "../../base/index.js";

/** An ellipsoid in units of half the field of view; later ones cover earlier ones. */
interface Ellipsoid {
  readonly centre: readonly [x: number, y: number, z: number];
  readonly radii: readonly [x: number, y: number, z: number];
  readonly tissue: Tissue;
}

export type Tissue = "skin" | "bone" | "brain" | "fluid" | "lesion";

const HEAD: readonly Ellipsoid[] = [
  { centre: [0, 0, 0], radii: [0.72, 0.9, 0.98], tissue: "skin" },
  { centre: [0, 0, 0], radii: [0.68, 0.86, 0.94], tissue: "bone" },
  { centre: [0, 0, 0], radii: [0.62, 0.8, 0.88], tissue: "brain" },
  { centre: [-0.16, -0.05, 0.1], radii: [0.08, 0.28, 0.3], tissue: "fluid" },
  { centre: [0.16, -0.05, 0.1], radii: [0.08, 0.28, 0.3], tissue: "fluid" },
  { centre: [0.36, 0.3, 0.15], radii: [0.12, 0.1, 0.2], tissue: "lesion" },
];

/** What lies at a point of the head; undefined in air. */
function tissueAt(x: number, y: number, z: number): Tissue | undefined {
  let found: Tissue | undefined;
  for (const { centre, radii, tissue } of HEAD) {
    const [dx, dy, dz] = [(x - centre[0]) / radii[0], (y - centre[1]) / radii[1], (z - centre[2]) / radii[2]];
    if (dx * dx + dy * dy + dz * dz <= 1) found = tissue;
  }
  return found;
}

/**
 * One axial slice of the head at height z (-1 chin, 1 crown), `size` × `size`, row by row. `values` gives
 * the stored value of air and of each tissue; `noise` is the largest amount added or taken.
 */
export function headSlice(
  random: Random,
  size: number,
  z: number,
  values: Readonly<Record<Tissue | "air", number>>,
  noise: number,
): Uint16Array {
  const pixels = new Uint16Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const tissue = tissueAt((2 * column + 1) / size - 1, (2 * row + 1) / size - 1, z) ?? "air";
      pixels[row * size + column] = Math.max(0, values[tissue] + Math.round((random() - 0.5) * 2 * noise));
    }
  }
  return pixels;
}

/** One bit a pixel, packed from the low bit on (PS3.5 8.1.1): where the lesion of `headSlice` is. */
export function lesionMask(size: number, z: number): Uint8Array {
  const bits = new Uint8Array((size * size) / 8);
  for (let at = 0; at < size * size; at++) {
    const x = (2 * (at % size) + 1) / size - 1;
    const y = (2 * Math.floor(at / size) + 1) / size - 1;
    if (tissueAt(x, y, z) === "lesion") bits[at >> 3]! |= 1 << (at & 7);
  }
  return bits;
}

/** A chest from the front, `size` × `size`, 12 bits: lungs, heart, ribs. */
export function chest(random: Random, size: number): Uint16Array {
  const pixels = new Uint16Array(size * size);
  const inside = (x: number, y: number, cx: number, cy: number, rx: number, ry: number) =>
    ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;
  for (let at = 0; at < pixels.length; at++) {
    const x = (2 * (at % size) + 1) / size - 1;
    const y = (2 * Math.floor(at / size) + 1) / size - 1;
    let value = inside(x, y, 0, 0.1, 0.95, 1.2) ? 2600 : 300;
    if (inside(x, y, -0.42, -0.05, 0.32, 0.62) || inside(x, y, 0.42, -0.05, 0.32, 0.62)) {
      value = 1100 + (Math.sin(22 * (y + 0.35 * x * x)) > 0.72 ? 420 : 0);
    }
    if (inside(x, y, 0.12, 0.28, 0.3, 0.34)) value = 2300;
    if (Math.abs(x) < 0.07 && value > 300) value = 3100;
    pixels[at] = value + Math.round((random() - 0.5) * 60);
  }
  return pixels;
}

/** The fan of an ultrasound probe with speckle, 8 bits. */
export function ultrasoundFan(random: Random, columns: number, rows: number): Uint8Array {
  const pixels = new Uint8Array(columns * rows);
  for (let at = 0; at < pixels.length; at++) {
    const x = (at % columns) - columns / 2;
    const y = Math.floor(at / columns) - 20;
    const depth = Math.hypot(x, y);
    if (y <= 0 || depth > rows - 30 || Math.abs(Math.atan2(x, y)) > 0.62) continue;
    const cyst = Math.hypot(x - 20, y - rows / 2) < rows / 9 ? 0.12 : 1;
    pixels[at] = Math.min(
      255,
      Math.round(cyst * (40 + 150 * random() * random()) * (1 - depth / (rows * 1.6))),
    );
  }
  return pixels;
}
