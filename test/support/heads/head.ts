import type { Vector, Volume } from "../../../src/faces/types.js";
import { Field, type Part, type Point } from "./field.js";
import { anatomyOf } from "./inside.js";
import type { HeadKind } from "./materials.js";
import { blurred, USUAL_NOISE, withBias, withNoise } from "./noise.js";
import { Label, Painter } from "./paint.js";
import { type Age, makePerson, Place } from "./person.js";
import {
  chinCentre,
  earFrame,
  eyeCentre,
  frontOf,
  mouthCentre,
  noseBase,
  noseTip,
  SIDES,
  skinParts,
} from "./skin.js";

/** 1 where a voxel of the volume belongs to it. */
export interface Truth {
  /** All within the skin. */
  readonly head: Uint8Array;
  /** Brain with its folds, ventricles and stem down to the foramen magnum. */
  readonly brain: Uint8Array;
  /** Soft tissue that a person is known by, 14 mm deep: brows, eyes, nose, cheeks, lips, chin, ears. */
  readonly face: Uint8Array;
  /** The outermost 2.5 mm. */
  readonly skin: Uint8Array;
  /** Bone and teeth. */
  readonly skull: Uint8Array;
  readonly eyes: Uint8Array;
  readonly nerves: Uint8Array;
  readonly ears: Uint8Array;
  readonly landmarks: Landmarks;
}

/** Points on the skin, named as anthropometry does; left before right. */
export interface Landmarks {
  /** Pronasale, the tip. */
  readonly nose: Vector;
  readonly nasion: Vector;
  readonly subnasale: Vector;
  /** Stomion. */
  readonly mouth: Vector;
  /** Pogonion, the foremost of the chin. */
  readonly chin: Vector;
  readonly glabella: Vector;
  readonly vertex: Vector;
  readonly occiput: Vector;
  /** The lids before the middles of the eyes. */
  readonly eyes: readonly [Vector, Vector];
  /** The middles of the eyeballs. */
  readonly eyeballs: readonly [Vector, Vector];
  /** The middles of the ears. */
  readonly ears: readonly [Vector, Vector];
  /** The corners of the jaw, on the skin. */
  readonly jaw: readonly [Vector, Vector];
}

export interface Head {
  readonly seed: number;
  readonly kind: HeadKind;
  readonly age: Age;
  readonly volume: Volume;
  readonly truth: Truth;
}

export interface HeadOptions {
  readonly kind: HeadKind;
  readonly age?: Age;
  /** mm a voxel. */
  readonly step?: number;
  /** As `withNoise` takes it; 0 for none. */
  readonly noise?: number;
  /** Strength of MR's bias field; 0 for none. */
  readonly bias?: number;
  /** mm along x, y and z, of a box that ends 12 mm above the vertex. */
  readonly extent?: Vector;
}

/** mm: the resolution of a PET scanner, full width at half maximum. */
const PET_WIDTH = 5;

/** A head with all it has inside; the same seed and age are the same person in every kind of picture. */
export function makeHead(seed: number, options: HeadOptions): Head {
  const { kind, age = "adult", step = 1, noise = USUAL_NOISE[kind], extent = [256, 256, 256] } = options;
  const place = new Place(makePerson(seed, age));
  const skin = skinParts(place);
  const landmarks = landmarksOf(place, skin);
  const size = extent.map((mm) => Math.round(mm / step)) as unknown as Volume["size"];
  const middle = (landmarks.nose[1] + landmarks.occiput[1]) / 2;
  const origin: Vector = [
    (-step * (size[0] - 1)) / 2,
    middle - (step * (size[1] - 1)) / 2,
    landmarks.vertex[2] + 12 - step * (size[2] - 1),
  ];
  const painter = new Painter(place, anatomyOf(place, skin), kind, step);
  const { values, labels } = painted(painter, size, step, origin, kind === "CT" ? -1000 : 0);
  const known = new Uint8Array(values.length).fill(1);
  let volume: Volume = { size, step, origin, values, known };
  if (kind === "PET") volume = blurred(volume, PET_WIDTH);
  const { bias = kind.startsWith("MR") ? 0.12 : 0 } = options;
  if (bias) volume = withBias(volume, bias, seed);
  if (noise) volume = withNoise(volume, kind, noise, seed);
  return { seed, kind, age, volume, truth: { ...masks(labels), landmarks } };
}

/** Voxels of a block's side: the parts that matter are chosen once for each. */
const BLOCK = 8;

function painted(
  painter: Painter,
  [nx, ny, nz]: Volume["size"],
  step: number,
  origin: Vector,
  air: number,
): { values: Float32Array; labels: Uint8Array } {
  const values = new Float32Array(nx * ny * nz).fill(air);
  const labels = new Uint8Array(values.length);
  const half = ((BLOCK - 1) / 2) * step;
  for (let k = 0; k < nz; k += BLOCK) {
    for (let j = 0; j < ny; j += BLOCK) {
      for (let i = 0; i < nx; i += BLOCK) {
        const at: Point = [origin[0] + i * step, origin[1] + j * step, origin[2] + k * step];
        const seen = painter.focus(at[0] + half, at[1] + half, at[2] + half, half * 1.7321);
        if (seen) paintBlock(painter, [nx, ny, nz], [i, j, k], at, step, values, labels);
      }
    }
  }
  return { values, labels };
}

function paintBlock(
  painter: Painter,
  [nx, ny, nz]: Volume["size"],
  [left, front, low]: Point,
  [x, y, z]: Point,
  step: number,
  values: Float32Array,
  labels: Uint8Array,
): void {
  const [wide, deep, high] = [
    Math.min(BLOCK, nx - left),
    Math.min(BLOCK, ny - front),
    Math.min(BLOCK, nz - low),
  ];
  for (let k = 0; k < high; k++) {
    for (let j = 0; j < deep; j++) {
      const row = ((low + k) * ny + front + j) * nx + left;
      for (let i = 0; i < wide; i++) {
        values[row + i] = painter.paint(x + i * step, y + j * step, z + k * step);
        labels[row + i] = painter.labels;
      }
    }
  }
}

function masks(labels: Uint8Array): Omit<Truth, "landmarks"> {
  const of = (bit: number): Uint8Array => {
    const mask = new Uint8Array(labels.length);
    for (let i = 0; i < mask.length; i++) if (labels[i]! & bit) mask[i] = 1;
    return mask;
  };
  return {
    head: of(Label.head),
    brain: of(Label.brain),
    face: of(Label.face),
    skin: of(Label.skin),
    skull: of(Label.skull),
    eyes: of(Label.eyes),
    nerves: of(Label.nerves),
    ears: of(Label.ears),
  };
}

/** All names of `Truth` that are masks. */
export const MASKS = ["head", "brain", "face", "skin", "skull", "eyes", "nerves", "ears"] as const;

export function landmarksOf(place: Place, parts: readonly Part[]): Landmarks {
  const skin = new Field(parts, 1, 1);
  const on = ([x, , z]: Point): Vector => [x, frontOf(skin, x, z), z];
  const pair = <T>(one: (side: (typeof SIDES)[number]) => T): readonly [T, T] => [
    one(SIDES[0]),
    one(SIDES[1]),
  ];
  const tip = noseTip(place);
  const chin = chinCentre(place);
  return {
    nose: foremost(on, tip, 8),
    nasion: on(place.face(0, 0, 22)),
    subnasale: on([0, 0, noseBase(place) - 5 * place.person.nose.scale]),
    mouth: on(mouthCentre(place)),
    chin: foremost(on, chin, 8),
    glabella: on(place.face(0, 0, 34)),
    vertex: along(skin, place.cranium(0, 5, 60), [0, 0, 1]),
    occiput: along(skin, place.cranium(0, 0, 60), [0, 1, 0]),
    eyes: pair((side) => on(eyeCentre(place, side))),
    eyeballs: pair((side) => eyeCentre(place, side)),
    ears: pair((side) => earFrame(place, side).centre),
    jaw: pair(({ sign }) => along(skin, place.face(0, -18, -60), [sign, 0, 0])),
  };
}

/** Among the heights around a point, where the skin is foremost. */
function foremost(on: (at: Point) => Vector, [x, y, z]: Point, reach: number): Vector {
  let best = on([x, y, z]);
  for (let up = -reach; up <= reach; up += 0.5) {
    const next = on([x, y, z + up]);
    if (next[1] < best[1]) best = next;
  }
  return best;
}

/** Where a ray from within leaves the head. */
function along(skin: Field, from: Point, direction: Point): Vector {
  let way = 0;
  const at = (): Point => [
    from[0] + way * direction[0],
    from[1] + way * direction[1],
    from[2] + way * direction[2],
  ];
  for (let steps = 0; steps < 400; steps++) {
    const gap = skin.exactly(...at());
    if (gap > -0.02) break;
    way += Math.max(0.05, -0.6 * gap);
  }
  return at();
}
