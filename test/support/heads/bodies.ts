import { seededRandom } from "../../../src/base/index.js";
import type { Vector, Volume } from "../../../src/faces/types.js";
import { box, cone, cut, ellipsoid, Field, join, type Part, type Shape } from "./field.js";
import { type Head, type HeadOptions, makeHead } from "./head.js";
import { type HeadKind, type Material, valuesOf } from "./materials.js";
import { USUAL_NOISE, withNoise } from "./noise.js";
import { eachPoint } from "./perturb.js";
import type { Scanned } from "./series.js";

/** What of a head must be left as it is: only the brain, as tools for research leave it. */
export function skullStripped(head: Head): Scanned {
  const air = emptiness(head.kind);
  const values = head.volume.values.map((value, at) => (head.truth.brain[at] ? value : air));
  return { seed: head.seed, kind: head.kind, volume: { ...head.volume, values } };
}

/**
 * A head whose face somebody has already taken. "plane" clears all before a plane from the brow to the jaw, "voxels" the
 * truth's face and what lies before it; ears go too, the brain stays.
 */
export function alreadyDefaced(head: Head, how: "plane" | "voxels"): Scanned {
  const { volume, truth, kind, seed } = head;
  const { glabella, chin } = truth.landmarks;
  const air = emptiness(kind);
  const values = volume.values.slice();
  const slope = (glabella[1] + 62 - (glabella[1] + 10)) / (chin[2] - glabella[2]);
  const isBefore = (y: number, z: number): boolean =>
    z < glabella[2] + 4 && y < glabella[1] + 10 + slope * (z - glabella[2]);
  eachPoint(volume, (at, _x, y, z) => {
    if (truth.brain[at]) return;
    const gone = how === "plane" ? isBefore(y, z) : truth.face[at] || (isBefore(y, z) && truth.head[at]);
    if (gone || truth.ears[at] || (!truth.head[at] && isBefore(y, z))) values[at] = air;
  });
  return { seed, kind, volume: { ...volume, values } };
}

function emptiness(kind: HeadKind): number {
  return kind === "CT" ? -1000 : 0;
}

interface BodyOptions {
  readonly kind: HeadKind;
  readonly step?: number;
}

/** Each covers what is before it. */
interface Layer {
  readonly parts: readonly Part[];
  readonly material: Material;
}

/** What is no head, by name. */
export const BODIES: Readonly<Record<string, (seed: number, options: BodyOptions) => Scanned>> = {
  fruit,
  cylinder,
  abdomen,
  knee,
};

/** A rind, flesh with seeds, and a core of air. */
export function fruit(seed: number, options: BodyOptions): Scanned {
  const random = seededRandom(seed);
  const [a, b] = [55 + 20 * random(), 60 + 25 * random()];
  const round = (radius: number, shrink: number): Shape =>
    ellipsoid([0, 0, 0], [radius - shrink, radius - shrink, b - shrink]);
  const seeds = Array.from({ length: 12 }, (_, i) => {
    const angle = (i * Math.PI) / 6;
    return join(ellipsoid([24 * Math.cos(angle), 24 * Math.sin(angle), 10 * random() - 5], [3, 4, 7]));
  });
  const dimple = cut(cone([0, 0, b + 4], [0, 0, b - 12], 14, 3), 8);
  return body(
    seed,
    options,
    [180, 180, 200],
    [
      { parts: [join(round(a, 0)), dimple], material: "skin" },
      { parts: [join(round(a, 4)), dimple], material: "fluid" },
      { parts: seeds, material: "white" },
      { parts: [join(ellipsoid([0, 0, 0], [9, 9, 25]))], material: "air" },
    ],
  );
}

/** A test object of quality control: water in a wall of plastic, with rods. */
export function cylinder(seed: number, options: BodyOptions): Scanned {
  const random = seededRandom(seed);
  const radius = 80 + 20 * random();
  const tube =
    (r: number, half: number): Shape =>
    (x, y, z) =>
      Math.max(Math.hypot(x, y) - r, Math.abs(z) - half);
  const materials: readonly Material[] = ["fat", "dentine", "air", "muscle"];
  const rods = materials.map((material, i): Layer => {
    const angle = (i * Math.PI) / 2 + random();
    const [x, y] = [50 * Math.cos(angle), 50 * Math.sin(angle)];
    return { material, parts: [join(cone([x, y, -70], [x, y, 70], 10, 10))] };
  });
  return body(
    seed,
    options,
    [220, 220, 200],
    [
      { parts: [join(tube(radius, 85))], material: "skin" },
      { parts: [join(tube(radius - 6, 79))], material: "fluid" },
      ...rods,
    ],
  );
}

export function abdomen(seed: number, options: BodyOptions): Scanned {
  const random = seededRandom(seed);
  const [wide, deep] = [150 + 25 * random(), 100 + 25 * random()];
  const trunk =
    (shrink: number): Shape =>
    (x, y) =>
      (Math.hypot(x / (wide - shrink), y / (deep - shrink)) - 1) * (deep - shrink);
  return body(
    seed,
    options,
    [380, 280, 220],
    [
      { parts: [join(trunk(0))], material: "skin" },
      { parts: [join(trunk(2.5))], material: "fat" },
      { parts: [join(trunk(22))], material: "muscle" },
      { parts: [join(trunk(36))], material: "fat" },
      {
        parts: [join(ellipsoid([-60, -10, 50], [62, 58, 60])), join(ellipsoid([70, 20, 50], [30, 38, 45]))],
        material: "muscle",
      },
      {
        parts: [join(ellipsoid([-48, 45, -30], [26, 26, 48])), join(ellipsoid([48, 45, -25], [26, 26, 48]))],
        material: "mucosa",
      },
      { parts: [join(ellipsoid([10, -50, -20], [40, 18, 22]))], material: "air" },
      { parts: [join(cone([0, 62, -120], [0, 62, 120], 22, 22))], material: "bone" },
      { parts: [join(cone([0, 62, -120], [0, 62, 120], 19, 19))], material: "diploe" },
      { parts: [join(cone([0, 88, -120], [0, 88, 120], 8, 8))], material: "fluid" },
    ],
  );
}

export function knee(seed: number, options: BodyOptions): Scanned {
  const random = seededRandom(seed);
  const wide = 58 + 10 * random();
  const leg = (shrink: number): Part[] => [
    join(cone([0, 12, 130], [0, 6, 0], wide + 10 - shrink, wide - shrink)),
    join(cone([0, 6, 0], [0, 16, -130], wide - shrink, wide - 8 - shrink), 20),
  ];
  const bones = (shrink: number): Part[] => [
    join(cone([0, 0, 140], [0, 0, 40], 15 - shrink, 17 - shrink)),
    join(ellipsoid([-20, 2, 16], [21 - shrink, 28 - shrink, 22 - shrink]), 14),
    join(ellipsoid([20, 2, 16], [21 - shrink, 28 - shrink, 22 - shrink]), 14),
    join(ellipsoid([0, 0, -22], [38 - shrink, 25 - shrink, 15 - shrink])),
    join(cone([0, 4, -30], [0, 6, -140], 17 - shrink, 13 - shrink), 10),
    join(ellipsoid([0, -40, 24], [19 - shrink, 9 - Math.min(6, shrink), 20 - shrink])),
  ];
  return body(
    seed,
    options,
    [190, 190, 240],
    [
      { parts: leg(0), material: "skin" },
      { parts: leg(2), material: "fat" },
      { parts: leg(14), material: "muscle" },
      { parts: bones(0), material: "bone" },
      { parts: bones(3), material: "diploe" },
    ],
  );
}

/** From the shoulders to the vertex, with its truth. */
export function neckToVertex(seed: number, options: HeadOptions): Head {
  return makeHead(seed, { ...options, extent: [400, 270, 320] });
}

/** Arms at the sides, lungs, and a head of few voxels on top: as of a PET or a CT of the whole body. */
export function wholeBody(seed: number, options: Omit<HeadOptions, "extent">): Head {
  const { kind, step = 4 } = options;
  const head = makeHead(seed, { ...options, step, noise: 0, extent: [500, 330, 860] });
  const torso: readonly Layer[] = [
    { parts: torsoParts(0), material: "skin" },
    { parts: torsoParts(3), material: "fat" },
    { parts: torsoParts(16), material: "muscle" },
    {
      parts: [-1, 1].map((side) => join(ellipsoid([side * 72, 30, -300], [52, 68, 110]))),
      material: kind === "CT" ? "foam" : "air",
    },
    { parts: [join(cone([0, 88, -190], [0, 88, -760], 20, 24))], material: "bone" },
  ];
  const values = head.volume.values.slice();
  const layer = painter(torso, kind, step);
  eachPoint(head.volume, (at, x, y, z) => {
    if (!head.truth.head[at]) values[at] = layer(values[at]!, x, y, z);
  });
  const volume: Volume = { ...head.volume, values };
  return { ...head, volume: withNoise(volume, kind, USUAL_NOISE[kind], seed) };
}

function torsoParts(shrink: number): Part[] {
  const arm = (side: number): Part =>
    join(cone([side * 190, 35, -235], [side * 215, 20, -720], 46 - shrink, 32 - shrink), 16);
  return [
    join(ellipsoid([0, 32, -330], [170 - shrink, 112 - shrink, 190 - shrink])),
    join(ellipsoid([0, 30, -600], [165 - shrink, 115 - shrink, 240 - shrink]), 60),
    arm(-1),
    arm(1),
    cut(box([0, 0, 400], [400, 400, 560])),
  ];
}

/** Covers a value with the layers that a point lies in. */
function painter(layers: readonly Layer[], kind: HeadKind, step: number) {
  const of = valuesOf(kind);
  const fields = layers.map(({ parts, material }) => ({
    field: new Field(parts, 3, 3),
    value: of[material],
  }));
  return (value: number, x: number, y: number, z: number): number => {
    let painted = value;
    for (const { field, value: own } of fields) {
      const share = Math.min(1, Math.max(0, 0.5 - field.exactly(x, y, z) / (1.5 * step)));
      painted += share * (own - painted);
    }
    return painted;
  };
}

function body(
  seed: number,
  { kind, step = 2 }: BodyOptions,
  extent: Vector,
  layers: readonly Layer[],
): Scanned {
  const size = extent.map((mm) => Math.round(mm / step)) as unknown as Volume["size"];
  const count = size[0] * size[1] * size[2];
  const volume: Volume = {
    size,
    step,
    origin: size.map((voxels) => (-step * (voxels - 1)) / 2) as unknown as Vector,
    values: new Float32Array(count),
    known: new Uint8Array(count).fill(1),
  };
  const layer = painter(layers, kind, step);
  const air = emptiness(kind);
  eachPoint(volume, (at, x, y, z) => {
    volume.values[at] = layer(air, x, y, z);
  });
  return { seed, kind, volume: withNoise(volume, kind, USUAL_NOISE[kind], seed) };
}
