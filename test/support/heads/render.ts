import type { Vector, Volume } from "../../../src/faces/types.js";
import { intoBody, intoSpace, type Point, rotation } from "./field.js";

/** Grey of 8 bits, row by row; 0 where nothing was hit. */
export interface Picture {
  readonly rows: number;
  readonly columns: number;
  readonly grey: Uint8Array;
}

export interface View {
  /** Pixels a side. */
  readonly size?: number;
  /** mm a side that the picture shows. */
  readonly field?: number;
  /** What it is centred on; else the middle of the volume. */
  readonly centre?: Vector;
  /** mm over which the surface's slope is smoothed. */
  readonly smooth?: number;
}

/**
 * The first crossing of `threshold` along parallel rays, shaded by its slope (Lambert) under a lamp above the viewer:
 * a quick look at a head, from the front at 0°, 0°. The viewer walks to the head's left by `yaw` and rises by `pitch`,
 * degrees.
 */
export function renderSkin(
  volume: Volume,
  yaw: number,
  pitch: number,
  threshold: number,
  { size = 256, field = 260, centre = middleOf(volume), smooth = 1.5 }: View = {},
): Picture {
  const turn = rotation(yaw, -pitch);
  const inward = intoSpace(turn, [0, 1, 0]);
  const lamp = unit(intoSpace(turn, [-0.25, -1, 0.55]));
  const depth = new Float32Array(size * size).fill(Number.NaN);
  const from = intoBody(turn, centre);
  const half = volume.step * Math.hypot(...volume.size) * 0.5;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const across = from[0] + ((column + 0.5) / size - 0.5) * field;
      const up = from[2] - ((row + 0.5) / size - 0.5) * field;
      const start = intoSpace(turn, [across, from[1] - half, up]);
      depth[row * size + column] = crossing(volume, start, inward, 2 * half, threshold);
    }
  }
  const grey = new Uint8Array(size * size);
  for (let pixel = 0; pixel < grey.length; pixel++) {
    const reached = depth[pixel]!;
    if (Number.isNaN(reached)) continue;
    const across = from[0] + (((pixel % size) + 0.5) / size - 0.5) * field;
    const up = from[2] - ((Math.floor(pixel / size) + 0.5) / size - 0.5) * field;
    const hit = intoSpace(turn, [across, from[1] - half + reached, up]);
    grey[pixel] = 25 + 225 * Math.max(0, facing(volume, hit, lamp, smooth, threshold));
  }
  return { rows: size, columns: size, grey };
}

function middleOf({ origin, size, step }: Volume): Vector {
  const at = (axis: 0 | 1 | 2): number => origin[axis] + ((size[axis] - 1) / 2) * step;
  return [at(0), at(1), at(2)];
}

/** mm along the ray, or NaN. */
function crossing(volume: Volume, start: Point, direction: Point, far: number, threshold: number): number {
  const stride = volume.step;
  let before = Number.NEGATIVE_INFINITY;
  for (let along = 0; along < far; along += stride) {
    const x = start[0] + along * direction[0];
    const y = start[1] + along * direction[1];
    const z = start[2] + along * direction[2];
    const value = isWithin(volume, x, y, z) ? sampled(volume, x, y, z) : Number.NEGATIVE_INFINITY;
    if (value >= threshold) {
      const part = Number.isFinite(before) ? (threshold - before) / (value - before) : 1;
      return along - stride * (1 - part);
    }
    before = value;
  }
  return Number.NaN;
}

function isWithin({ size, step, origin }: Volume, x: number, y: number, z: number): boolean {
  const [u, v, w] = [(x - origin[0]) / step, (y - origin[1]) / step, (z - origin[2]) / step];
  return u >= 0 && v >= 0 && w >= 0 && u <= size[0] - 1 && v <= size[1] - 1 && w <= size[2] - 1;
}

/** Directions spread evenly over the sphere, along a spiral. */
const AROUND: readonly Point[] = Array.from({ length: 48 }, (_, i) => {
  const z = 1 - (2 * i + 1) / 48;
  const angle = i * Math.PI * (3 - Math.sqrt(5));
  const flat = Math.sqrt(1 - z * z);
  return [flat * Math.cos(angle), flat * Math.sin(angle), z];
});

/**
 * Cosine between the surface's outward slope and the lamp. The slope is where on two spheres around the point most
 * lies beneath the threshold; what lies further from the threshold than `span` counts no more than that.
 */
function facing(volume: Volume, at: Point, lamp: Point, reach: number, threshold: number): number {
  const span = Math.max(40, Math.abs(threshold) / 2);
  let [sx, sy, sz] = [0, 0, 0];
  for (const radius of [reach, 2 * reach]) {
    for (let i = 0; i < AROUND.length; i++) {
      const [dx, dy, dz] = AROUND[i]!;
      const value = sampled(volume, at[0] + radius * dx, at[1] + radius * dy, at[2] + radius * dz);
      const beneath = Math.min(span, Math.max(-span, threshold - value));
      sx += beneath * dx;
      sy += beneath * dy;
      sz += beneath * dz;
    }
  }
  const normal = unit([sx, sy, sz]);
  return normal[0] * lamp[0] + normal[1] * lamp[1] + normal[2] * lamp[2];
}

function unit([x, y, z]: Point): Point {
  const size = Math.hypot(x, y, z) || 1;
  return [x / size, y / size, z / size];
}

/** Between the voxels around a point in patient space; the nearest ones' value outside the volume. */
export function sampled({ values, size, step, origin }: Volume, x: number, y: number, z: number): number {
  const [nx, ny, nz] = size;
  const u = Math.min(nx - 1.001, Math.max(0, (x - origin[0]) / step));
  const v = Math.min(ny - 1.001, Math.max(0, (y - origin[1]) / step));
  const w = Math.min(nz - 1.001, Math.max(0, (z - origin[2]) / step));
  const i = Math.floor(u);
  const j = Math.floor(v);
  const k = Math.floor(w);
  const at = (k * ny + j) * nx + i;
  const fx = u - i;
  const fy = v - j;
  const up = at + nx * ny;
  const a = values[at]! + fx * (values[at + 1]! - values[at]!);
  const b = values[at + nx]! + fx * (values[at + nx + 1]! - values[at + nx]!);
  const c = values[up]! + fx * (values[up + 1]! - values[up]!);
  const d = values[up + nx]! + fx * (values[up + nx + 1]! - values[up + nx]!);
  const low = a + fy * (b - a);
  return low + (w - k) * (c + fy * (d - c) - low);
}
