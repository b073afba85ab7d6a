import type { Vector, Volume } from "../../../src/faces/types.js";
import { intoBody, intoSpace, type Point, rotation } from "./field.js";
import { type Head, type Landmarks, MASKS, type Truth } from "./head.js";
import { valuesOf } from "./materials.js";
import { withBias, withNoise } from "./noise.js";
import { sampled } from "./render.js";
import type { SeriesOptions } from "./series.js";

/** Degrees: nod up, turn to the head's left, tilt to its left shoulder. */
export interface Pose {
  readonly pitch?: number;
  readonly yaw?: number;
  readonly roll?: number;
}

/** The same head turned about the middle between its ears, on the same grid; what turns in from outside is air. */
export function posed(head: Head, { pitch = 0, yaw = 0, roll = 0 }: Pose): Head {
  const turn = rotation(yaw, -pitch, roll);
  const { volume, truth } = head;
  const air = head.kind === "CT" ? -1000 : 0;
  const values = new Float32Array(volume.values.length);
  const known = new Uint8Array(values.length).fill(1);
  const masks = MASKS.map((name) => ({ from: truth[name], to: new Uint8Array(values.length) }));
  const { size, step, origin } = volume;
  const [nx, ny, nz] = size;
  let at = 0;
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, at++) {
        const point: Point = [origin[0] + i * step, origin[1] + j * step, origin[2] + k * step];
        const [x, y, z] = intoBody(turn, point);
        const from = nearest(volume, x, y, z);
        values[at] = from < 0 ? air : sampled(volume, x, y, z);
        if (from < 0) continue;
        known[at] = volume.known[from]!;
        for (const { from: mask, to } of masks) to[at] = mask[from]!;
      }
    }
  }
  const moved = (point: Vector): Vector => intoSpace(turn, point);
  const named = Object.fromEntries(MASKS.map((name, index) => [name, masks[index]!.to]));
  return {
    ...head,
    volume: { ...volume, values, known },
    truth: { ...named, landmarks: mapLandmarks(truth.landmarks, moved) } as Truth,
  };
}

/** The index of the voxel nearest to a point in patient space, or -1 outside the volume. */
export function nearest({ size, step, origin }: Volume, x: number, y: number, z: number): number {
  const i = Math.round((x - origin[0]) / step);
  const j = Math.round((y - origin[1]) / step);
  const k = Math.round((z - origin[2]) / step);
  if (i < 0 || j < 0 || k < 0 || i >= size[0] || j >= size[1] || k >= size[2]) return -1;
  return (k * size[1] + j) * size[0] + i;
}

function mapLandmarks(landmarks: Landmarks, move: (point: Vector) => Vector): Landmarks {
  const isPoint = (value: unknown): value is Vector => Array.isArray(value) && typeof value[0] === "number";
  const entries = Object.entries(landmarks).map(([name, value]) => [
    name,
    isPoint(value) ? move(value) : (value as readonly Vector[]).map(move),
  ]);
  return Object.fromEntries(entries) as Landmarks;
}

/** What lies between two corners in patient space, as if no more had been scanned. */
export function cropped(head: Head, low: Partial<Corner>, high: Partial<Corner>): Head {
  const { volume, truth } = head;
  const { step, origin, size } = volume;
  const range = (axis: 0 | 1 | 2, from = -Infinity, to = Infinity): readonly [number, number] => [
    Math.min(size[axis] - 1, Math.max(0, Math.ceil((from - origin[axis]) / step))),
    Math.min(size[axis] - 1, Math.max(0, Math.floor((to - origin[axis]) / step))),
  ];
  const [i0, i1] = range(0, low.x, high.x);
  const [j0, j1] = range(1, low.y, high.y);
  const [k0, k1] = range(2, low.z, high.z);
  const smaller = [i1 - i0 + 1, j1 - j0 + 1, k1 - k0 + 1] as const;
  const part = <T extends Float32Array | Uint8Array>(from: T, to: T): T => {
    for (let k = 0, at = 0; k < smaller[2]; k++) {
      for (let j = 0; j < smaller[1]; j++, at += smaller[0]) {
        const start = ((k + k0) * size[1] + j + j0) * size[0] + i0;
        to.set(from.subarray(start, start + smaller[0]), at);
      }
    }
    return to;
  };
  const count = smaller[0] * smaller[1] * smaller[2];
  const masks = MASKS.map((name) => [name, part(truth[name], new Uint8Array(count))] as const);
  return {
    ...head,
    volume: {
      size: smaller,
      step,
      origin: [origin[0] + i0 * step, origin[1] + j0 * step, origin[2] + k0 * step],
      values: part(volume.values, new Float32Array(count)),
      known: part(volume.known, new Uint8Array(count)),
    },
    truth: { ...Object.fromEntries(masks), landmarks: truth.landmarks } as Truth,
  };
}

interface Corner {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** The field of view ends `mm` beneath the vertex: the brain is open at the top. */
export function cutVertex(head: Head, mm = 25): Head {
  return cropped(head, {}, { z: head.truth.landmarks.vertex[2] - mm });
}

/** The field of view ends at the brow and above (as of many a brain study), or behind the tip of the nose. */
export function cutFace(head: Head, where: "brow" | "nose"): Head {
  const { glabella, nose } = head.truth.landmarks;
  return where === "brow" ? cropped(head, { z: glabella[2] }, {}) : cropped(head, { y: nose[1] + 14 }, {});
}

/** Of CT: nothing is known outside the circle that was reconstructed. */
export function inCircle(head: Head): Head {
  const { volume, kind } = head;
  const { size, step, origin } = volume;
  const radius = (step * (Math.min(size[0], size[1]) - 1)) / 2;
  const middle = [origin[0] + (step * (size[0] - 1)) / 2, origin[1] + (step * (size[1] - 1)) / 2] as const;
  const known = volume.known.slice();
  const values = volume.values.slice();
  eachPoint(volume, (at, x, y) => {
    if (Math.hypot(x - middle[0], y - middle[1]) <= radius) return;
    known[at] = 0;
    values[at] = kind === "CT" ? -1000 : 0;
  });
  return { ...head, volume: { ...volume, values, known } };
}

/** Of CT: what it looks like at a tenth of the dose or less. */
export function lowDose(head: Head, seed = 1): Head {
  return { ...head, volume: withNoise(head.volume, "CT", 70, seed) };
}

export function noisier(head: Head, level: number, seed = 1): Head {
  return { ...head, volume: withNoise(head.volume, head.kind, level, seed) };
}

export function biased(head: Head, strength: number, seed = 1): Head {
  return { ...head, volume: withBias(head.volume, strength, seed) };
}

/** Of CT: two fillings between the teeth and the bright and dark rays that they throw across their slices. */
export function withStreaks(head: Head, rays = 9): Head {
  const [x, y, z] = head.truth.landmarks.mouth;
  const metals: readonly Point[] = [
    [x - 21, y + 36, z + 4],
    [x + 20, y + 33, z - 4],
  ];
  const values = head.volume.values.slice();
  eachPoint(head.volume, (at, px, py, pz) => {
    for (const metal of metals) {
      const up = Math.abs(pz - metal[2]);
      if (up > 7) continue;
      const [dx, dy] = [px - metal[0], py - metal[1]];
      const far = Math.hypot(dx, dy);
      if (far < 4 && up < 4) values[at] = 3071;
      else {
        const ray = Math.cos(rays * Math.atan2(dy, dx) + head.seed) + 0.5 * Math.cos(23 * Math.atan2(dy, dx));
        values[at] = values[at]! + ((420 * ray) / (1 + far / 22)) * (1 - up / 7);
      }
    }
  });
  return { ...head, volume: { ...head.volume, values } };
}

/** Of CT: the table's curved shell behind the head with foam between them. */
export function withHolder(head: Head): Head {
  const { occiput, ears } = head.truth.landmarks;
  const of = valuesOf(head.kind);
  const values = head.volume.values.slice();
  const wide = Math.abs(ears[0][0]) + 32;
  const deep = occiput[1] + 11;
  eachPoint(head.volume, (at, x, y) => {
    if (head.truth.head[at] || y < 15) return;
    const ring = Math.hypot(x / wide, y / deep);
    if (ring > 1.035) return;
    const material = ring > 1 ? "table" : ring > 0.86 ? "foam" : "air";
    if (material !== "air") values[at] = values[at]! + of[material] - of.air;
  });
  return { ...head, volume: { ...head.volume, values } };
}

/** Every voxel with its place in patient space. */
export function eachPoint(
  { size, step, origin }: Volume,
  visit: (index: number, x: number, y: number, z: number) => void,
): void {
  for (let k = 0, at = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++) {
      for (let i = 0; i < size[0]; i++, at++) {
        visit(at, origin[0] + i * step, origin[1] + j * step, origin[2] + k * step);
      }
    }
  }
}

/** A change of the head, or of how it is scanned, that must not help a face to stay. */
export interface Perturbation {
  readonly name: string;
  readonly apply: (head: Head) => Head;
  readonly series?: SeriesOptions;
}

const same = (head: Head): Head => head;
/** Noise where the kind has its own: heavy for each. */
const heavy = (head: Head): Head =>
  head.kind === "CT" ? lowDose(head) : noisier(head, head.kind === "PET" ? 0.12 : 0.08);

export const PERTURBATIONS: readonly Perturbation[] = [
  { name: "as it is", apply: same },
  { name: "pitch +20°", apply: (head) => posed(head, { pitch: 20 }) },
  { name: "pitch -20°", apply: (head) => posed(head, { pitch: -20 }) },
  { name: "yaw +15°", apply: (head) => posed(head, { yaw: 15 }) },
  { name: "yaw -15°", apply: (head) => posed(head, { yaw: -15 }) },
  { name: "roll +12°", apply: (head) => posed(head, { roll: 12 }) },
  { name: "pitch, yaw and roll", apply: (head) => posed(head, { pitch: 12, yaw: -10, roll: 8 }) },
  { name: "slices of 3 mm", apply: same, series: { sliceStep: 3 } },
  { name: "slices of 5 mm", apply: same, series: { sliceStep: 5 } },
  { name: "slices of 3 mm, 2 mm between", apply: same, series: { sliceStep: 5, sliceThickness: 3 } },
  { name: "sagittal", apply: same, series: { orientation: "sagittal" } },
  { name: "coronal, 4 mm", apply: same, series: { orientation: "coronal", sliceStep: 4 } },
  {
    name: "oblique",
    apply: same,
    series: { orientation: { row: [1, 0, 0], column: [0, Math.cos(0.3), Math.sin(0.3)] } },
  },
  { name: "bias field", apply: (head) => biased(head, head.kind === "CT" ? 0 : 0.5) },
  { name: "noise", apply: heavy },
  { name: "vertex cut", apply: (head) => cutVertex(head) },
  { name: "cut at the brow", apply: (head) => cutFace(head, "brow") },
  { name: "cut behind the nose's tip", apply: (head) => cutFace(head, "nose") },
  { name: "prone", apply: same, series: { patientPosition: "HFP" } },
  { name: "feet first", apply: same, series: { patientPosition: "FFS" } },
  { name: "feet first, prone", apply: same, series: { patientPosition: "FFP" } },
  { name: "circle, padded", apply: inCircle, series: { signed: true, padding: -2000 } },
  { name: "metal", apply: (head) => (head.kind === "CT" ? withStreaks(head) : head) },
  { name: "holder", apply: (head) => (head.kind === "CT" ? withHolder(head) : head) },
];
