import { seededRandom } from "../../../src/base/index.js";
import type { Volume } from "../../../src/faces/types.js";
import type { HeadKind } from "./materials.js";

const TABLE = 1 << 16;

/** Normally distributed numbers from a table read at random places: quick, and the same for the same seed. */
export function normalSource(seed: number): () => number {
  const random = seededRandom(seed);
  const table = new Float32Array(TABLE);
  for (let i = 0; i < TABLE; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    table[i] = radius * Math.cos(angle);
    table[i + 1] = radius * Math.sin(angle);
  }
  let state = (seed ^ 0x2545f491) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return table[(state >>> 8) & (TABLE - 1)]!;
  };
}

/** What `withNoise` takes for pictures of good quality. */
export const USUAL_NOISE: Record<HeadKind, number> = { CT: 12, "MR-T1": 0.02, "MR-T2": 0.02, PET: 0.04 };

/** What MR noise is a part of: about the brightness of white matter and fat, the middle of what is seen. */
const MR_SIGNAL = 700;

/**
 * A copy with the noise of its kind. CT: normal, correlated in the slice as after a smooth kernel, `level` its deviation
 * in HU. MR: Rician, `level` the deviation as a part of the signal (0.08 is 8 %). PET: normal, growing with the root of
 * the uptake, `level` its part at the brain's uptake.
 */
export function withNoise(volume: Volume, kind: HeadKind, level: number, seed = 1): Volume {
  const normal = normalSource(seed);
  const values = volume.values.slice();
  if (kind === "CT") addCorrelated(values, volume.size, level, normal);
  else if (kind === "PET") {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      values[i] = Math.max(0, value + level * normal() * Math.sqrt(9000 * (value + 100)));
    }
  } else {
    const deviation = level * MR_SIGNAL;
    for (let i = 0; i < values.length; i++) {
      const real = values[i]! + deviation * normal();
      const imaginary = deviation * normal();
      values[i] = Math.sqrt(real * real + imaginary * imaginary);
    }
  }
  for (let i = 0; i < values.length; i++) if (!volume.known[i]) values[i] = volume.values[i]!;
  return { ...volume, values };
}

/** Each noise value is the mean of its neighbours' in row and column, weighted 1 2 1. */
function addCorrelated(
  values: Float32Array,
  [nx, ny, nz]: Volume["size"],
  deviation: number,
  normal: () => number,
): void {
  // The weights leave 3/8 of the variance along each of two axes.
  const gain = deviation / (3 / 8) / 16;
  const slice = new Float32Array(nx * ny);
  for (let k = 0; k < nz; k++) {
    for (let i = 0; i < slice.length; i++) slice[i] = gain * normal();
    const base = k * nx * ny;
    for (let j = 1; j < ny - 1; j++) {
      for (let i = 1; i < nx - 1; i++) {
        const at = j * nx + i;
        const row = (from: number): number => slice[from - 1]! + 2 * slice[from]! + slice[from + 1]!;
        values[base + at] = values[base + at]! + row(at - nx) + 2 * row(at) + row(at + nx);
      }
    }
  }
}

/** A copy with each value multiplied by a smooth field between 1 - strength and 1 + strength (receive coils of MR). */
export function withBias(volume: Volume, strength: number, seed = 1): Volume {
  const random = seededRandom(seed);
  const [a, b, c] = [random() * 2 - 1, random() * 2 - 1, random() * 2 - 1];
  const [u, v, w] = [random() * 6, random() * 6, random() * 6];
  const { size, step, origin } = volume;
  const [nx, ny, nz] = size;
  const values = volume.values.slice();
  for (let k = 0, at = 0; k < nz; k++) {
    const z = 0.011 * (origin[2] + k * step);
    for (let j = 0; j < ny; j++) {
      const y = 0.013 * (origin[1] + j * step);
      const plane = c * Math.sin(z + w) + b * Math.sin(y + v);
      for (let i = 0; i < nx; i++, at++) {
        const x = 0.012 * (origin[0] + i * step);
        values[at] = values[at]! * (1 + 0.5 * strength * (plane + a * Math.sin(x + u + 0.5 * y)));
      }
    }
  }
  return { ...volume, values };
}

/** A copy blurred about as a Gaussian of this full width at half maximum (mm): three box means along each axis. */
export function blurred(volume: Volume, width: number): Volume {
  const { size, step } = volume;
  const [nx, ny, nz] = size;
  const reach = Math.max(0, Math.round((width / 2.355 / step - 0.2) * 0.9));
  const values = volume.values.slice();
  if (reach === 0) return { ...volume, values };
  const strides = [1, nx, nx * ny] as const;
  for (let pass = 0; pass < 3; pass++) {
    boxMean(values, nx, strides[0], ny, strides[1], nz, strides[2], reach);
    boxMean(values, ny, strides[1], nx, strides[0], nz, strides[2], reach);
    boxMean(values, nz, strides[2], nx, strides[0], ny, strides[1], reach);
  }
  return { ...volume, values };
}

function boxMean(
  values: Float32Array,
  length: number,
  stride: number,
  across: number,
  acrossStride: number,
  deep: number,
  deepStride: number,
  reach: number,
): void {
  const line = new Float32Array(length + 2 * reach);
  const scale = 1 / (2 * reach + 1);
  for (let d = 0; d < deep; d++) {
    for (let a = 0; a < across; a++) {
      const from = d * deepStride + a * acrossStride;
      for (let i = 0; i < line.length; i++) {
        const inside = Math.min(length - 1, Math.max(0, i - reach));
        line[i] = values[from + inside * stride]!;
      }
      let sum = 0;
      for (let i = 0; i < 2 * reach; i++) sum += line[i]!;
      for (let i = 0; i < length; i++) {
        sum += line[i + 2 * reach]!;
        values[from + i * stride] = sum * scale;
        sum -= line[i]!;
      }
    }
  }
}
