import { describe, expect, it } from "vitest";
import {
  AXIAL,
  CORONAL,
  type Field,
  type MadeFormat,
  type MadeGeometry,
  madeEnhanced,
  madeSlices,
  normalOf,
  originOf,
  SAGITTAL,
  shuffled,
} from "../../test/support/series.js";
import { seededRandom } from "../base/index.js";
import { maskOfFrame, type Stack, sampleStack, stacksOf, type Vector, type Volume } from "./index.js";

const plane: Field = (x, y, z) => 3 * x - 2 * y + 4 * z + 1500;
const GRADIENT = Math.hypot(3, 2, 4);

/** Turned about z, then about x: no axis of the scan is an axis of the patient. */
const OBLIQUE = (() => {
  const [c, s] = [Math.cos(0.4), Math.sin(0.4)];
  const [d, e] = [Math.cos(0.3), Math.sin(0.3)];
  return { along: [c, s * d, s * e], down: [-s, c * d, c * e] } as const;
})();

const mm = (size: number) => ({ rows: 64, columns: 64, spacing: [size, size] }) as const;

interface Case {
  readonly name: string;
  readonly geometry: MadeGeometry;
  readonly format?: MadeFormat;
  readonly arrange?: "shuffled" | "enhanced";
  /** Of `step` of the grid; 2 mm unless told. */
  readonly step?: number;
}

const cases: readonly Case[] = [
  { name: "axial", geometry: { ...AXIAL, ...mm(2), slices: 40, step: 3 } },
  { name: "coronal", geometry: { ...CORONAL, ...mm(2), slices: 40, step: 3 } },
  { name: "sagittal", geometry: { ...SAGITTAL, ...mm(2), slices: 40, step: 3 } },
  { name: "twice oblique", geometry: { ...OBLIQUE, ...mm(2), slices: 40, step: 3 } },
  { name: "a gantry tilted by 20°", geometry: { ...AXIAL, ...mm(2), slices: 40, step: 3, tilt: 20 } },
  { name: "a gantry tilted by −20°", geometry: { ...AXIAL, ...mm(2), slices: 40, step: 3, tilt: -20 } },
  { name: "against the normal", geometry: { ...AXIAL, ...mm(2), slices: 40, step: -3 } },
  { name: "shuffled files", geometry: { ...OBLIQUE, ...mm(2), slices: 40, step: 3 }, arrange: "shuffled" },
  { name: "pixels and slices of 0.5 mm", geometry: { ...OBLIQUE, ...mm(0.5), slices: 60, step: 0.5 } },
  {
    name: "pixels of 0.45 mm that fit no whole number of times",
    geometry: { ...AXIAL, rows: 101, columns: 67, spacing: [0.45, 0.7], slices: 33, step: 0.8 },
  },
  { name: "slices of 5 mm", geometry: { ...SAGITTAL, ...mm(1), slices: 16, step: 5 } },
  { name: "0.5 mm and a tilt", geometry: { ...AXIAL, ...mm(0.5), slices: 60, step: 0.5, tilt: 20 } },
  {
    name: "anisotropic pixels",
    geometry: { ...CORONAL, rows: 40, columns: 100, spacing: [2.5, 0.6], slices: 20, step: 2 },
  },
  {
    name: "a gap",
    geometry: { ...AXIAL, ...mm(2), slices: 40, step: 3, missing: [11, 12, 13] },
  },
  {
    name: "signed and rescaled",
    geometry: { ...AXIAL, ...mm(2), slices: 20, step: 3 },
    format: { isSigned: true, slope: 0.5, intercept: 700 },
  },
  {
    name: "12 bits stored, something else in the others",
    geometry: { ...AXIAL, ...mm(1), slices: 20, step: 3 },
    format: { bitsStored: 12, highBits: 0x5000, intercept: -200 },
  },
  {
    name: "an enhanced multi-frame",
    geometry: { ...OBLIQUE, ...mm(2), slices: 20, step: 3 },
    format: { slope: 2, intercept: -1024 },
    arrange: "enhanced",
  },
  { name: "a grid of 1 mm", geometry: { ...OBLIQUE, ...mm(1), slices: 20, step: 2 }, step: 1 },
];

function stackOf({ geometry, format, arrange }: Case, field: Field): Stack {
  if (arrange === "enhanced") return only(stacksOf([madeEnhanced(geometry, field, format)]).stacks);
  const files = madeSlices(geometry, field, format);
  return only(stacksOf(arrange === "shuffled" ? shuffled(files, seededRandom(7)) : files).stacks);
}

function only<T>(items: readonly T[]): T {
  expect(items).toHaveLength(1);
  return items[0]!;
}

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** How deep a place lies within what was scanned, mm, across the slice and along the normal; below 0 outside. */
function depthOf(geometry: MadeGeometry, place: Vector): { inPlane: number; alongNormal: number } {
  const { along, down, rows, columns, spacing, slices, step, tilt = 0, missing = [] } = geometry;
  const first = originOf(geometry, 0);
  const from: Vector = [place[0] - first[0], place[1] - first[1], place[2] - first[2]];
  const height = dot(from, normalOf(geometry)) / step;
  const column = dot(from, along) / spacing[1];
  const row = (dot(from, down) - Math.tan((tilt * Math.PI) / 180) * height * step) / spacing[0];
  const inside = (at: number, count: number, size: number): number => Math.min(at, count - 1 - at) * size;
  const gap =
    missing.length === 0 ? Infinity : Math.max(missing[0]! - 1 - height, height - missing.at(-1)! - 1);
  return {
    inPlane: Math.min(inside(column, columns, spacing[1]), inside(row, rows, spacing[0])),
    alongNormal: Math.min(inside(height, slices, Math.abs(step)), gap * Math.abs(step)),
  };
}

/** Calls back with every voxel's place. */
function eachVoxel({ size, step, origin }: Volume, visit: (place: Vector, index: number) => void): void {
  for (let index = 0; index < size[0] * size[1] * size[2]; index++) {
    const [i, j, k] = [
      index % size[0],
      Math.floor(index / size[0]) % size[1],
      Math.floor(index / size[0] / size[1]),
    ];
    visit([origin[0] + i * step, origin[1] + j * step, origin[2] + k * step], index);
  }
}

describe("a stack on a grid", () => {
  it.each(cases)("gives back a linear function of place: $name", (made) => {
    const { geometry, format } = made;
    const volume = sampleStack(stackOf(made, plane), made.step === undefined ? {} : { step: made.step });
    const step = Math.abs(geometry.step);
    const quantum = (format?.slope ?? 1) / 2 + 0.01;
    // Boxes and groups reach a step of the grid, or one of the source where that is larger.
    const edge = {
      inPlane: Math.max(volume.step, ...geometry.spacing),
      alongNormal: Math.max(volume.step, step),
    };
    const shear = Math.abs(Math.tan(((geometry.tilt ?? 0) * Math.PI) / 180)) * step;
    let [inner, worst, worstAtEdge, unknownWithin, knownOutside] = [0, 0, 0, 0, 0];
    eachVoxel(volume, (place, index) => {
      const depth = depthOf(geometry, place);
      const isCovered = depth.inPlane >= shear + 0.01 - Math.min(...geometry.spacing) / 2;
      if (isCovered && depth.alongNormal >= 0.01 - step / 2) unknownWithin += 1 - volume.known[index]!;
      const error = Math.abs(volume.values[index]! - plane(...place));
      if (depth.inPlane >= edge.inPlane + shear && depth.alongNormal >= edge.alongNormal) {
        inner++;
        worst = Math.max(worst, error);
      } else if (volume.known[index] === 1) {
        worstAtEdge = Math.max(worstAtEdge, error);
        const beyond = Math.max(...geometry.spacing, volume.step) / 2 + shear + 0.01;
        if (depth.inPlane < -beyond || depth.alongNormal < -step / 2 - 0.01) knownOutside++;
      }
    });
    expect(inner).toBeGreaterThan(500);
    expect(unknownWithin).toBe(0);
    expect(knownOutside).toBe(0);
    expect(worst).toBeLessThan(quantum);
    expect(worstAtEdge).toBeLessThan(GRADIENT * (edge.inPlane + edge.alongNormal));
  });

  const bump: Field = (x, y, z) => 1000 / (1 + Math.exp(Math.hypot(x, y, z) - 12) / 2);

  it.each(cases)("shows a soft ball where it is: $name", (made) => {
    const volume = sampleStack(stackOf(made, bump), made.step === undefined ? {} : { step: made.step });
    let [sum, mass, missing] = [[0, 0, 0] as [number, number, number], 0, 0];
    eachVoxel(volume, (place, index) => {
      if (depthOf(made.geometry, place).inPlane < 0) return;
      const value = volume.values[index]!;
      mass += value * volume.step ** 3;
      for (const axis of [0, 1, 2] as const) sum[axis] += value * volume.step ** 3 * place[axis];
      if (volume.known[index] === 0) missing++;
    });
    if (made.geometry.missing) return void expect(missing).toBeGreaterThan(0);
    const truth = massOf(made.geometry, bump);
    // A slice of 5 mm blurs a ball of 12 mm a little.
    expect(Math.abs(mass / truth - 1)).toBeLessThan(0.03);
    for (const axis of [0, 1, 2] as const) expect(Math.abs(sum[axis] / mass)).toBeLessThan(0.25);
  });

  /** The integral of a field over what a series covers, from points of 1 mm. */
  function massOf(geometry: MadeGeometry, field: Field): number {
    let mass = 0;
    for (let z = -60; z <= 60; z++)
      for (let y = -60; y <= 60; y++)
        for (let x = -60; x <= 60; x++) {
          const { inPlane, alongNormal } = depthOf(geometry, [x, y, z]);
          if (inPlane >= -Math.max(...geometry.spacing) / 2 && alongNormal >= -Math.abs(geometry.step) / 2)
            mass += field(x, y, z);
        }
    return mass;
  }

  it.each([
    // Means of 4 × 4 pixels, of 4 slices, of both: a fourth, a half, an eighth of the noise, or less.
    ["pixels", { ...AXIAL, ...mm(0.5), slices: 16, step: 2 }, 0.26],
    ["slices", { ...AXIAL, ...mm(2), slices: 64, step: 0.5 }, 0.52],
    ["pixels and slices", { ...OBLIQUE, ...mm(0.5), slices: 64, step: 0.5 }, 0.126],
  ] as const)("averages %s that are finer than the grid", (_, geometry, share) => {
    const random = seededRandom(5);
    const { values, known } = sampleStack(only(stacksOf(madeSlices(geometry, () => 2000 * random())).stacks));
    const inside = values.filter((_, i) => known[i] === 1);
    expect(inside.length).toBeGreaterThan(2000);
    const mean = inside.reduce((sum, value) => sum + value, 0) / inside.length;
    const variance = inside.reduce((sum, value) => sum + (value - mean) ** 2, 0) / inside.length;
    expect(mean).toBeCloseTo(1000, -2);
    expect(Math.sqrt(variance)).toBeLessThan((share * 2000) / Math.sqrt(12));
  });

  it("averages nothing across a gap", () => {
    const geometry = { ...AXIAL, ...mm(2), slices: 30, step: 0.5, missing: [13] };
    const border = originOf(geometry, 13)[2];
    const field: Field = (_x, _y, z) => (z < border ? 10 : 1000);
    const { values, known } = sampleStack(only(stacksOf(madeSlices(geometry, field)).stacks));
    expect(new Set(values.filter((_, i) => known[i] === 1))).toEqual(new Set([10, 1000]));
  });

  it("does not know what only few pixels of a box say, nor what lies farther than half a pixel from a known one", () => {
    const sparse: Field = (x, y) =>
      Math.round(2 * x) % 8 === 0 && Math.round(2 * y) % 8 === 0 ? 5 : Number.NaN;
    const fine = { ...AXIAL, ...mm(0.5), slices: 4, step: 2 };
    expect(
      sampleStack(only(stacksOf(madeSlices(fine, sparse, { padding: 9 })).stacks)).known.includes(1),
    ).toBe(false);
    const half: Field = (x) => (x > 0 ? Number.NaN : 5);
    const coarse = sampleStack(
      only(stacksOf(madeSlices({ ...AXIAL, ...mm(3), slices: 4, step: 2 }, half, { padding: 9 })).stacks),
    );
    // Centres of pixels lie 1.5 mm on either side of 0.
    eachVoxel(coarse, ([x], index) => expect(coarse.known[index]).toBe(x <= 1e-6 ? 1 : 0));
  });

  it("knows the nearer half between a slice and one of padding", () => {
    const geometry = { ...AXIAL, ...mm(2), slices: 9, step: 5 };
    const middle = originOf(geometry, 4)[2];
    const field: Field = (_x, _y, z) => (Math.abs(z - middle) < 1 ? Number.NaN : 5);
    const volume = sampleStack(only(stacksOf(madeSlices(geometry, field, { padding: 9 })).stacks));
    eachVoxel(volume, ([, , z], index) => {
      const away = Math.abs(z - middle);
      if (Math.abs(away - 2.5) > 1e-6) expect(volume.known[index], `${away}`).toBe(away > 2.5 ? 1 : 0);
    });
  });

  it.each([
    ["unsigned", {}, 63_000],
    ["signed", { isSigned: true }, -2000],
    ["beyond Bits Stored", { bitsStored: 12, isSigned: true, highBits: 0 }, -2048],
  ] as const)("does not know padding, and mixes it into nothing: %s", (_, format, padding) => {
    const geometry = { ...AXIAL, ...mm(1), slices: 12, step: 2 };
    const field: Field = (x) => (x > 4 ? Number.NaN : 100);
    const volume = sampleStack(only(stacksOf(madeSlices(geometry, field, { ...format, padding })).stacks));
    let [known, unknown] = [0, 0];
    eachVoxel(volume, ([x], index) => {
      if (volume.known[index] === 1) {
        expect(volume.values[index]).toBe(100);
        known++;
        expect(x).toBeLessThan(5.5);
      } else {
        unknown++;
        expect(x).toBeGreaterThan(3.5);
      }
    });
    expect(Math.min(known, unknown)).toBeGreaterThan(1000);
  });

  it("takes a range of padding where Pixel Padding Range Limit names one", () => {
    const geometry = { ...AXIAL, ...mm(2), slices: 6, step: 2 };
    const field: Field = (x) => (x > 0 ? 50 + Math.round(x) : 1000);
    const more = () => ({ "(0028,0120) US": 40, "(0028,0121) US": 200 });
    const volume = sampleStack(only(stacksOf(madeSlices(geometry, field, {}, more)).stacks));
    const seen = new Set(volume.values.filter((_, i) => volume.known[i] === 1));
    expect([...seen]).toEqual([1000]);
  });

  it("rescales each slice by its own slope, as PET needs", () => {
    const geometry = { ...AXIAL, ...mm(2), slices: 20, step: 2 };
    const slopes = Array.from({ length: 20 }, (_, i) => 0.5 + i / 10);
    const files = slopes.map(
      (slope, i) =>
        madeSlices(
          geometry,
          () => 300,
          { slope },
          () => ({ RescaleSlope: slope }),
        )[i]!,
    );
    const { values, known } = sampleStack(only(stacksOf(files).stacks));
    const error = values.reduce(
      (most, value, i) => (known[i] === 1 ? Math.max(most, Math.abs(value - 300)) : most),
      0,
    );
    expect(error).toBeLessThan(1.3);
    expect(known.includes(1)).toBe(true);
  });

  it("does not invert MONOCHROME1", () => {
    const more = () => ({ PhotometricInterpretation: "MONOCHROME1" });
    const files = madeSlices({ ...AXIAL, ...mm(2), slices: 4, step: 2 }, () => 70, {}, more);
    expect(new Set(sampleStack(only(stacksOf(files).stacks)).values)).toEqual(new Set([70]));
  });

  it("knows nothing in a gap, beyond half a step from the slices beside it", () => {
    const geometry = { ...AXIAL, ...mm(2), slices: 30, step: 2, missing: [10, 11, 12, 13] };
    const volume = sampleStack(only(stacksOf(madeSlices(geometry, () => 9)).stacks));
    const [low, high] = [originOf(geometry, 9)[2], originOf(geometry, 14)[2]];
    let unknown = 0;
    eachVoxel(volume, ([, , z], index) => {
      const isGap = z > low + 1.01 && z < high - 1.01;
      if (isGap) unknown++;
      expect(volume.known[index], `at ${z}`).toBe(isGap ? 0 : 1);
    });
    expect(unknown).toBeGreaterThan(0);
  });

  it("makes a slab of one slice, and of a part of the slices", () => {
    const files = madeSlices({ ...AXIAL, ...mm(2), slices: 10, step: 4 }, plane);
    const single = sampleStack(only(stacksOf(files.slice(0, 1)).stacks));
    expect(single.size).toEqual([64, 64, 1]);
    expect(single.known.every((known) => known === 1)).toBe(true);
    const seen: number[] = [];
    const part = sampleStack(only(stacksOf(files).stacks), {
      frames: { from: 2, to: 5 },
      onFrame: ({ fileIndex }) => seen.push(fileIndex),
    });
    expect(part.size).toEqual([64, 64, 6]);
    expect(seen).toEqual([2, 3, 4]);
  });

  it.each([
    ["a step of nothing", { step: 0 }],
    ["a step that is no number", { step: Number.NaN }],
    ["no frames", { frames: { from: 3, to: 3 } }],
    ["frames that are not there", { frames: { from: 0, to: 99 } }],
    ["a grid that no machine holds", { step: 0.1 }],
  ])("refuses %s", (_, options) => {
    const stack = only(stacksOf(madeSlices({ ...AXIAL, ...mm(3), slices: 10, step: 9 }, plane)).stacks);
    expect(() => sampleStack(stack, options)).toThrow(expect.objectContaining({ code: "COMPUTE_BAD_SHAPE" }));
  });
});

describe("a mask on the grid", () => {
  const RADIUS = 14;

  it.each(cases)("comes back to each frame: $name", (made) => {
    const stack = stackOf(made, plane);
    const volume = sampleStack(stack, made.step === undefined ? {} : { step: made.step });
    const mask = new Uint8Array(volume.values.length);
    eachVoxel(volume, (place, index) => {
      if (Math.hypot(...place) <= RADIUS) mask[index] = 1;
    });
    let [both, either] = [0, 0];
    for (const { plane: frame } of stack.frames) {
      const pixels = maskOfFrame(volume, mask, frame);
      const { columns, origin, columnStep, rowStep } = frame;
      for (const [i, marked] of pixels.entries()) {
        const [c, r] = [i % columns, Math.floor(i / columns)];
        const place = ([0, 1, 2] as const).map(
          (axis) => origin[axis] + c * columnStep[axis] + r * rowStep[axis],
        );
        const truth = Math.hypot(...place) <= RADIUS ? 1 : 0;
        both += truth & marked;
        either += truth + marked;
      }
    }
    expect(either).toBeGreaterThan(200);
    expect((2 * both) / either).toBeGreaterThan(0.95);
  });

  it("is trilinear to the pixel, also at the edges of the grid and outside", () => {
    const random = seededRandom(3);
    const volume = { size: [7, 6, 5], step: 2, origin: [-3, 1, 2] } as const;
    const mask = Uint8Array.from({ length: 210 }, () => (random() < 0.6 ? 1 : 0));
    const clamped = (value: number, last: number): number => Math.max(0, Math.min(last, value));
    const at = (i: number, j: number, k: number): number =>
      mask[(clamped(k, 4) * 6 + clamped(j, 5)) * 7 + clamped(i, 6)]!;
    const [columnStep, rowStep] = [
      [0.31, 0.11, 0.05],
      [-0.07, 0.29, 0.13],
    ] as const;
    const frame = { rows: 60, columns: 70, origin: [-6, -3, -1] as const, columnStep, rowStep };
    const pixels = maskOfFrame(volume, mask, frame);
    let [marked, outside] = [0, 0];
    for (const [index, pixel] of pixels.entries()) {
      const [c, r] = [index % 70, Math.floor(index / 70)];
      const q = ([0, 1, 2] as const).map(
        (axis) => (frame.origin[axis] + c * columnStep[axis] + r * rowStep[axis] - volume.origin[axis]) / 2,
      );
      const isOutside = q.some((value, axis) => value < -0.5 || value >= volume.size[axis]! - 0.5);
      let sum = isOutside ? -1 : 0;
      const [i, j, k] = q.map(Math.floor) as [number, number, number];
      for (const [a, b, d] of [0, 1, 2, 3, 4, 5, 6, 7].map((n) => [n & 1, (n >> 1) & 1, n >> 2] as const)) {
        const weight = [a, b, d].reduce((product, far, axis) => {
          const part = q[axis]! - Math.floor(q[axis]!);
          return product * (far === 1 ? part : 1 - part);
        }, 1);
        sum += weight * at(i + a, j + b, k + d);
      }
      if (Math.abs(sum - 0.5) > 1e-9) expect(pixel, `pixel ${index}`).toBe(sum > 0.5 ? 1 : 0);
      if (isOutside) outside++;
      marked += pixel;
    }
    expect(marked).toBeGreaterThan(300);
    expect(outside).toBeGreaterThan(300);
  });

  it("covers every pixel of every frame where it covers the grid", () => {
    for (const made of cases) {
      const stack = stackOf(made, plane);
      const volume = sampleStack(stack);
      const all = new Uint8Array(volume.values.length).fill(1);
      const isCovered = stack.frames.every((frame) => maskOfFrame(volume, all, frame.plane).every(Boolean));
      expect(isCovered, made.name).toBe(true);
    }
  });

  it("is refused where it is of another size", () => {
    const volume = { size: [2, 2, 2], step: 1, origin: [0, 0, 0] } as const;
    const frame = {
      rows: 1,
      columns: 1,
      origin: [0, 0, 0],
      columnStep: [1, 0, 0],
      rowStep: [0, 1, 0],
    } as const;
    expect(() => maskOfFrame(volume, new Uint8Array(7), frame)).toThrow(
      expect.objectContaining({ code: "COMPUTE_BAD_SHAPE" }),
    );
  });
});
