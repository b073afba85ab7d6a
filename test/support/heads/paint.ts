import type { Anatomy } from "./inside.js";
import { type HeadKind, type Material, valuesOf } from "./materials.js";
import type { Place } from "./person.js";
import { earFrame, eyeCentre, SIDES } from "./skin.js";

/** What a voxel belongs to: bits of `Painter.labels`. */
export const Label = {
  head: 1,
  brain: 2,
  face: 4,
  skin: 8,
  skull: 16,
  eyes: 32,
  nerves: 64,
  ears: 128,
} as const;

/** mm from the inner table to the brain: dura and fluid. */
const FLUID = 2.5;
/** Of the folds: how far apart they are and how deep, mm, and how thick the cortex is. */
const FOLD = (2 * Math.PI) / 24;
const FOLD_DEPTH = 16;
const CORTEX = 2.6;
/** How steep the folds' field is, per mm. */
const STEEP = 1.4 * FOLD;

/** Paints voxels from the outside in: each tissue covers the one before as far as it fills the voxel. */
export class Painter {
  /** Of the voxel painted last: bits of `Label`. */
  labels = 0;
  readonly #anatomy: Anatomy;
  readonly #place: Place;
  readonly #of: Readonly<Record<Material, number>>;
  readonly #width: number;
  readonly #hair: number;
  readonly #face: FaceRegion;
  readonly #brainBottom: number;
  readonly #falxBottom: number;

  constructor(place: Place, anatomy: Anatomy, kind: HeadKind, step: number) {
    this.#place = place;
    this.#anatomy = anatomy;
    this.#of = valuesOf(kind);
    // What a scanner blurs: a voxel and a half.
    this.#width = 1.5 * step;
    this.#hair = 1.5 + (place.person.phase[0] % 4);
    this.#face = new FaceRegion(place);
    this.#brainBottom = place.cranium(0, 0, -32)[2];
    this.#falxBottom = place.cranium(0, 0, 62)[2];
  }

  /** The next points lie in this ball. False: it is all air. */
  focus(x: number, y: number, z: number, radius: number): boolean {
    const { skin, ...rest } = this.#anatomy;
    skin.focus(x, y, z, radius);
    if ((skin.constant ?? 0) > 0) return false;
    for (const field of Object.values(rest)) field.focus(x, y, z, radius);
    return true;
  }

  paint(x: number, y: number, z: number): number {
    const of = this.#of;
    const depth = -this.#anatomy.skin.at(x, y, z);
    this.labels = 0;
    let value = of.air;
    if (depth < 2 && depth > -this.#hair - 2) value = this.#hairs(value, depth, x, y, z);
    const inside = this.#cover(-depth);
    if (inside <= 0) return value;
    value += inside * (of.skin - value);
    value = this.#under(value, depth, x, y, z);
    const cranial = this.#anatomy.cranial.at(x, y, z);
    value = this.#bones(value, depth, cranial, x, y, z);
    if (cranial < 1) value = this.#brain(value, cranial, x, y, z);
    if (cranial > -1) value = this.#eyes(value, depth, x, y, z);
    value = this.#cavities(value, depth, cranial, x, y, z);
    if (depth >= 0) this.#label(depth, cranial, x, y, z);
    else this.labels = 0;
    return value;
  }

  /** How much of a voxel lies inside a surface at this distance. */
  #cover(distance: number): number {
    return Math.min(1, Math.max(0, 0.5 - distance / this.#width));
  }

  #over(value: number, material: Material, distance: number): number {
    const share = this.#cover(distance);
    return share > 0 ? value + share * (this.#of[material] - value) : value;
  }

  /** A thin and uneven rim over the scalp: hair is mostly air. */
  #hairs(value: number, depth: number, x: number, y: number, z: number): number {
    const [, front, level] = this.#place.face(0, -88, 66);
    const scalp = z - level - (y - front) * 1.05 + Math.max(0, y) * 0.9;
    if (scalp < 0 && !(y > 20 && z > -30 - 0.4 * (y - 20))) return value;
    const tuft = 0.5 + 0.5 * Math.sin(1.9 * x + 2.3 * Math.sin(1.1 * y)) * Math.sin(1.7 * z + y);
    return this.#over(value, "hair", -depth - this.#hair * (0.6 + 0.6 * tuft));
  }

  /** Fat, then muscle with its fibres, down to wherever something else begins. */
  #under(value: number, depth: number, x: number, y: number, z: number): number {
    const { fat, phase } = this.#place.person;
    const cheek = y < -25 && z < 8 && z > -62 ? 1.5 : 1;
    const uneven =
      1 + 0.3 * Math.sin(0.11 * x + phase[0]) * Math.sin(0.13 * z + phase[1]) * Math.sin(0.1 * y);
    const subcutaneous = this.#over(value, "fat", 1.8 - depth);
    const flesh = this.#cover(1.8 + 0.7 * fat * cheek * uneven - depth);
    if (flesh <= 0) return subcutaneous;
    const fibre =
      0.5 + 0.5 * Math.sin(0.55 * x + 0.8 * Math.sin(0.3 * z + phase[2])) * Math.sin(0.5 * y + 0.2 * z);
    const seam = fibre > 0.85 ? (fibre - 0.85) * 3 : 0;
    const muscle = this.#of.muscle + seam * (this.#of.fat - this.#of.muscle);
    return subcutaneous + flesh * (muscle - subcutaneous);
  }

  #bones(value: number, depth: number, cranial: number, x: number, y: number, z: number): number {
    const { skull } = this.#place.person;
    let roof = Math.max(cranial - skull, -cranial);
    const open = this.#anatomy.fontanelle.constant !== 3 ? this.#anatomy.fontanelle.at(x, y, z) : 3;
    if (open < 3) roof = Math.max(roof, -open);
    const face = Math.max(this.#anatomy.faceBone.at(x, y, z), -cranial);
    const bone = Math.max(Math.min(roof, face), 2.8 - depth);
    if (bone >= this.#width) return value;
    const cortical = this.#over(value, "bone", bone);
    if (bone < 0) this.labels |= Label.skull;
    const table = Math.min(1.9, 0.3 * skull);
    return this.#over(cortical, "diploe", bone + table);
  }

  #brain(value: number, cranial: number, x: number, y: number, z: number): number {
    const { cerebellum, stem, ventricles, deepGrey, cord } = this.#anatomy;
    value = this.#over(value, "fluid", cranial);
    if (z < this.#brainBottom + 4) value = this.#over(value, "cord", cord.at(x, y, z));
    const hull = cranial + FLUID;
    if (hull > this.#width || z < this.#brainBottom) return value;
    const trunk = stem.at(x, y, z);
    const behind = cerebellum.at(x, y, z);
    if (behind < 2.5 && behind < trunk + 3) value = this.#folia(value, Math.max(hull, behind), y, z);
    else value = this.#cerebrum(value, hull, x, y, z);
    value = this.#over(value, "white", Math.max(hull, trunk));
    value = this.#over(value, "grey", Math.max(hull, deepGrey.at(x, y, z)));
    value = this.#over(value, "fluid", ventricles.at(x, y, z));
    if (hull < 0) this.labels |= Label.brain;
    return value;
  }

  #folia(value: number, surface: number, y: number, z: number): number {
    const grey = this.#over(value, "grey", surface);
    const leaf = Math.sin(1.1 * z + 0.5 * y) * 1.6;
    return this.#over(grey, "white", surface + 6 + leaf);
  }

  /** Cortex that follows the folds: valleys of a gyroid, open to the surface and closing in the depth. */
  #cerebrum(value: number, hull: number, x: number, y: number, z: number): number {
    const { phase } = this.#place.person;
    const u = FOLD * x + phase[0] + 0.5 * Math.sin(0.09 * y);
    const v = FOLD * 0.8 * y + phase[1] + 0.6 * Math.sin(0.08 * z + phase[2]);
    const w = FOLD * z + phase[2] + 0.5 * Math.sin(0.07 * x);
    const gyroid = Math.abs(
      Math.sin(u) * Math.cos(v) + Math.sin(v) * Math.cos(w) + Math.sin(w) * Math.cos(u),
    );
    const fading = Math.max(0, 1 + hull / FOLD_DEPTH);
    const falx = z > this.#falxBottom ? Math.abs(x) - 1.2 : 9;
    const valley = Math.min(falx, fading > 0 ? gyroid / STEEP - 1.1 * fading : 9);
    const surface = Math.max(hull, -valley);
    const thick = CORTEX * (fading > 0 ? 1 : 0);
    const grey = this.#over(value, "grey", surface);
    return this.#over(grey, "white", Math.max(hull + CORTEX, thick - valley));
  }

  #eyes(value: number, depth: number, x: number, y: number, z: number): number {
    const { orbit, eyeball, eyeMuscle, lens, nerve } = this.#anatomy;
    const socket = Math.max(orbit.at(x, y, z), 4 - depth);
    const ball = eyeball.at(x, y, z);
    const optic = nerve.at(x, y, z);
    if (Math.min(socket, ball, optic) > 2) return value;
    value = this.#over(value, "fat", socket);
    value = this.#over(value, "muscle", Math.max(eyeMuscle.at(x, y, z), 3 - depth));
    value = this.#over(value, "nerve", optic);
    value = this.#over(value, "sclera", ball);
    value = this.#over(value, "vitreous", ball + 1.2);
    value = this.#over(value, "lens", lens.at(x, y, z));
    if (Math.min(socket, ball) < 0) this.labels &= ~Label.skull;
    if (ball < 0) this.labels |= Label.eyes;
    if (optic < 0) this.labels |= Label.nerves;
    return value;
  }

  /** Air behind its mucosa; teeth; the cord within the spine. */
  #cavities(value: number, depth: number, cranial: number, x: number, y: number, z: number): number {
    const { air, teeth, cord } = this.#anatomy;
    const hollow = Math.max(air.at(x, y, z), 1.5 - cranial);
    if (hollow < 1.5 + this.#width) {
      value = this.#over(value, "mucosa", Math.max(hollow - 1.2, 1 - depth));
      value = this.#over(value, "air", hollow);
      if (hollow < 0) this.labels &= ~(Label.skull | Label.nerves);
    }
    const crown = Math.max(teeth.at(x, y, z), 2.8 - depth);
    if (crown < this.#width) {
      value = this.#over(value, "enamel", crown);
      value = this.#over(value, "dentine", crown + 1.6);
      if (crown < 0) this.labels |= Label.skull;
    }
    return cranial > 0 ? this.#over(value, "cord", cord.at(x, y, z)) : value;
  }

  #label(depth: number, cranial: number, x: number, y: number, z: number): void {
    this.labels |= Label.head;
    if (depth < 2.5) this.labels |= Label.skin;
    if (cranial < 3 || this.labels & Label.skull) return;
    if (this.#face.isEar(x, y, z)) this.labels |= Label.ears | Label.face;
    else if (this.labels & Label.eyes || (depth < 14 && this.#face.isFront(y, z))) this.labels |= Label.face;
  }
}

/** Where the soft tissue is that people are known by. */
class FaceRegion {
  readonly #top: number;
  readonly #bottom: number;
  readonly #behind: number;
  readonly #ears: readonly { x: number; y: number; z: number; reach: number; from: number }[];

  constructor(place: Place) {
    const { browHeight, chin } = place.person;
    this.#top = Math.max(place.height(42) + browHeight, eyeCentre(place, SIDES[0])[2] + 20);
    this.#bottom = place.height(-102) - chin.drop;
    this.#behind = place.depth(-30);
    this.#ears = SIDES.map((side) => {
      const { centre, scale } = earFrame(place, side);
      const [x, y, z] = centre;
      return { x, y: y + 7 * scale, z, reach: 36 * scale, from: Math.abs(place.cranium(66, 0, 0)[0]) };
    });
  }

  isFront(y: number, z: number): boolean {
    return y < this.#behind && z < this.#top && z > this.#bottom;
  }

  isEar(x: number, y: number, z: number): boolean {
    for (const ear of this.#ears) {
      if (x * ear.x < 0 || Math.abs(x) < ear.from + 0.08 * Math.abs(y - ear.y)) continue;
      const [dx, dy, dz] = [x - ear.x, y - ear.y, z - ear.z];
      if (dx * dx + dy * dy + dz * dz < ear.reach * ear.reach) return true;
    }
    return false;
  }
}
