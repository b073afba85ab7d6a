import { pick, seededRandom } from "../../../src/base/index.js";
import type { Point } from "./field.js";

export type Age = "adult" | "child" | "infant";

/**
 * What makes one head differ from the next. Lengths are in mm against the template of `place`, an adult of mean
 * measures (after Farkas, Anthropometry of the Head and Face, 1994: head 190 × 152, tragion to vertex 128, nasion to
 * gnathion 120, bizygomatic 138, nose 50 × 35, eyes 63 apart); scales are against 1.
 */
export interface Person {
  readonly age: Age;
  /** Of the head: breadth, length, height. */
  readonly cranium: Point;
  /** Of the face: breadth, depth, height from the eyes to below the nose, and from there to the chin. */
  /** Of single features (nose, lids, folds), against an adult's. */
  readonly feature: number;
  readonly faceBreadth: number;
  readonly faceDepth: number;
  readonly midface: number;
  readonly lowerFace: number;
  readonly forehead: { readonly forward: number; readonly bossing: number; readonly brow: number };
  readonly browHeight: number;
  readonly eye: {
    readonly apart: number;
    readonly up: number;
    readonly deep: number;
    readonly radius: number;
    readonly hollow: number;
    readonly lid: number;
    readonly slant: number;
    /** How far the lids stand open, mm. */
    readonly open: number;
  };
  readonly nose: {
    readonly scale: number;
    readonly wide: number;
    readonly bridge: number;
    readonly hump: number;
    readonly forward: number;
    readonly drop: number;
    readonly tip: number;
    readonly bend: number;
  };
  readonly mouth: {
    readonly wide: number;
    readonly full: number;
    readonly upper: number;
    readonly up: number;
    readonly forward: number;
    readonly open: number;
    readonly smile: number;
  };
  readonly cheek: {
    readonly bone: number;
    readonly high: number;
    readonly full: number;
    readonly fold: number;
  };
  readonly jaw: { readonly wide: number; readonly angle: number };
  readonly chin: {
    readonly forward: number;
    readonly wide: number;
    readonly drop: number;
    readonly cleft: number;
  };
  readonly ear: {
    readonly scale: number;
    readonly flare: number;
    readonly up: number;
    readonly lean: number;
    readonly lobe: number;
  };
  readonly neck: number;
  /** -1 lean to 1 heavy. */
  readonly weight: number;
  /** Of the fat under the skin, and of the skull at its roof. */
  readonly fat: number;
  readonly skull: number;
  readonly teeth: boolean;
  /** Of the soft triangle between the plates of an infant's skull: its half width; 0 when it has closed. */
  readonly fontanelle: number;
  /** How the left side (index 0) and the right side differ from the mean, about -1 to 1, for one use each. */
  readonly sides: readonly (readonly [left: number, right: number])[];
  /** Where the folds of the brain, the muscles' fibres and so on begin. */
  readonly phase: Point;
}

/** Mean measures of an age against an adult's. */
const GROWTH = {
  adult: { cranium: [1, 1, 1], face: [1, 1, 1, 1], feature: 1, eye: 12, fat: 4, skull: 6.5 },
  child: {
    cranium: [0.95, 0.95, 0.96],
    face: [0.87, 0.9, 0.83, 0.79],
    feature: 0.78,
    eye: 11.4,
    fat: 4,
    skull: 4,
  },
  infant: {
    cranium: [0.82, 0.81, 0.82],
    face: [0.72, 0.8, 0.63, 0.6],
    feature: 0.6,
    eye: 10.2,
    fat: 5,
    skull: 2.5,
  },
} as const;

/** The same seed and age give the same person. */
export function makePerson(seed: number, age: Age = "adult"): Person {
  const random = seededRandom(
    Math.imul(seed + 1, 0x9e3779b1) ^ { adult: 0, child: 0x51ab, infant: 0xc0de }[age],
  );
  const { cranium, face, feature, eye, fat, skull } = GROWTH[age];
  const between = (low: number, high: number): number => low + (high - low) * random();
  const about = (mean: number, part: number): number => mean * between(1 - part, 1 + part);
  // Of a length that an adult's features have: a child's are smaller, and differ by less.
  const mm = (low: number, high: number): number => feature * between(low, high);
  const grown = age === "adult" ? 1 : age === "child" ? 0.45 : 0.1;
  const weight = between(-1, 1);
  return {
    age,
    weight,
    cranium: [about(cranium[0], 0.06), about(cranium[1], 0.06), about(cranium[2], 0.06)],
    feature,
    faceBreadth: about(face[0], 0.08),
    faceDepth: about(face[1], 0.05),
    midface: about(face[2], 0.1),
    lowerFace: about(face[3], 0.1),
    forehead: { forward: mm(-5, 5), bossing: mm(-2, 4) + 9 * (1 - feature), brow: grown * between(0.5, 7) },
    browHeight: mm(-4, 4),
    eye: {
      apart: mm(-4.5, 4.5),
      up: mm(-3, 3),
      deep: mm(-2.5, 3),
      radius: about(eye, 0.04),
      hollow: mm(1.5, 6.5),
      lid: mm(0, 2.4),
      slant: mm(-2.5, 3),
      open: pick(random, [0, 0, mm(5, 9)]),
    },
    nose: noseOf(between, mm, feature, age),
    mouth: {
      wide: about(1, 0.17),
      full: between(0.65, 1.4),
      upper: between(0.75, 1.25),
      up: mm(-4, 4),
      forward: mm(-3.5, 3.5),
      open: pick(random, [0, 0, mm(3, 8)]),
      smile: mm(-2.5, 3.5),
    },
    cheek: {
      bone: mm(-5, 6),
      high: mm(-5, 5),
      full: mm(-5, 4) + 4 * weight + 9 * (1 - feature),
      fold: mm(0.3, 2.6),
    },
    jaw: { wide: mm(-8, 8) + 5 * weight, angle: mm(-9, 8) },
    chin: { forward: mm(-7, 7), wide: between(0.7, 1.35), drop: mm(-6, 6), cleft: grown * between(-1, 1.8) },
    ear: {
      scale: (0.55 + 0.45 * feature) * between(0.84, 1.2),
      flare: between(14, 42),
      up: mm(-5, 5),
      lean: between(-4, 16),
      lobe: between(0.6, 1.4),
    },
    neck: about(age === "adult" ? 1 : age === "child" ? 0.7 : 0.62, 0.08) * (1 + 0.08 * weight),
    fat: about(fat, 0.45),
    skull: about(skull, 0.2),
    teeth: age !== "infant",
    fontanelle: age === "infant" ? between(8, 15) : 0,
    sides: Array.from({ length: 8 }, () => [between(-1, 1), between(-1, 1)] as const),
    phase: [between(0, 50), between(0, 50), between(0, 50)],
  };
}

function noseOf(
  between: (low: number, high: number) => number,
  mm: (low: number, high: number) => number,
  feature: number,
  age: Age,
): Person["nose"] {
  return {
    scale: 0.25 + 0.75 * feature,
    wide: between(0.78, 1.3),
    bridge: mm(-4, 4) - 9 * (1 - feature),
    hump: age === "adult" ? between(-3, 4.5) : between(-2, 0.5),
    forward: mm(-3.5, 8) - 7 * (1 - feature),
    drop: mm(-4.5, 5) - (age === "adult" ? 0 : 2),
    tip: between(0.82, 1.22),
    bend: mm(-1.6, 1.6),
  };
}

/** Levels of the template, mm above the ear canals: where the face's heights change their scale. */
export const EYE_LEVEL = 14;
export const NOSE_BASE = -28;
/** Depths of the template: forward of this line the face has a scale of its own. */
const FACE_FRONT = -30;

/** Carries points and sizes of the template into a person's head; the ear canals' middle stays the origin. */
export class Place {
  readonly person: Person;

  constructor(person: Person) {
    this.person = person;
  }

  /** A point of the face; above the eyes it follows the cranium. */
  face(x: number, y: number, z: number): Point {
    return [x * this.person.faceBreadth, this.depth(y), this.height(z)];
  }

  cranium(x: number, y: number, z: number): Point {
    const [breadth, length, height] = this.person.cranium;
    return [x * breadth, y * length, z * height];
  }

  depth(y: number): number {
    const { cranium, faceDepth } = this.person;
    return y > FACE_FRONT ? y * cranium[1] : FACE_FRONT * cranium[1] + (y - FACE_FRONT) * faceDepth;
  }

  height(z: number): number {
    const { cranium, midface, lowerFace } = this.person;
    if (z > EYE_LEVEL) return this.height(EYE_LEVEL) + (z - EYE_LEVEL) * cranium[2];
    if (z > NOSE_BASE) return EYE_LEVEL * midface + (z - EYE_LEVEL) * midface;
    return NOSE_BASE * midface + (z - NOSE_BASE) * lowerFace;
  }

  /** Radii of something at a height of the face. */
  radii(x: number, y: number, z: number, at: number): Point {
    const { faceBreadth, faceDepth, midface, lowerFace, cranium } = this.person;
    const up = at > EYE_LEVEL ? cranium[2] : at > NOSE_BASE ? midface : lowerFace;
    return [x * faceBreadth, y * faceDepth, z * up];
  }

  craniumRadii(x: number, y: number, z: number, grow = 0): Point {
    const [breadth, length, height] = this.person.cranium;
    return [x * breadth + grow, y * length + grow, z * height + grow];
  }
}
