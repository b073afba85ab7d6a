import { describe, expect, it } from "vitest";
import type { Vector } from "../../../src/faces/types.js";
import { alreadyDefaced, BODIES, neckToVertex, skullStripped, wholeBody } from "./bodies.js";
import { type Head, makeHead } from "./head.js";
import { nearest, PERTURBATIONS, posed } from "./perturb.js";

const ct = makeHead(5, { kind: "CT", step: 3, noise: 0 });

const count = (mask: Uint8Array): number => mask.reduce((sum, bit) => sum + bit, 0);

/** Compared at once: the runner's own comparison takes seconds for as many numbers. */
const isSame = (a: Float32Array, b: Float32Array): boolean =>
  Buffer.from(a.buffer).equals(Buffer.from(b.buffer));

/** Whether the truth's face begins within `reach` mm behind a point on the skin. */
function meetsFace({ volume, truth }: Head, [x, y, z]: Vector, reach: number): boolean {
  for (let back = -reach; back <= reach; back += 1) {
    const at = nearest(volume, x, y + back, z);
    if (at >= 0 && truth.face[at]) return true;
  }
  return false;
}

describe("perturbations of synthetic heads", () => {
  it.each(PERTURBATIONS)("keeps the truth aligned with the values: $name", ({ name, apply }) => {
    const changed = apply(ct);
    const { volume, truth } = changed;
    expect(volume.values).toHaveLength(volume.size[0] * volume.size[1] * volume.size[2]);
    expect(truth.brain).toHaveLength(volume.values.length);
    let [brain, bone, air] = [0, 0, 0];
    for (let at = 0; at < truth.brain.length; at++) {
      if (truth.brain[at]) brain += volume.values[at]!;
      if (truth.skull[at]) bone += volume.values[at]!;
      if (!truth.head[at]) air += volume.values[at]!;
    }
    const outside = truth.head.length - count(truth.head);
    expect(brain / count(truth.brain)).toBeGreaterThan(15);
    expect(brain / count(truth.brain)).toBeLessThan(80);
    expect(bone / count(truth.skull)).toBeGreaterThan(400);
    expect(air / outside).toBeLessThan(-870);
    if (name === "cut at the brow") expect(count(truth.face)).toBeLessThan(0.2 * count(ct.truth.face));
    else expect(meetsFace(changed, truth.landmarks.eyes[0], 9)).toBe(true);
  });

  it("turns the head the way it says", () => {
    const nose = ct.truth.landmarks.nose;
    expect(posed(ct, { pitch: 20 }).truth.landmarks.nose[2]).toBeGreaterThan(nose[2] + 20);
    expect(posed(ct, { yaw: 15 }).truth.landmarks.nose[0]).toBeGreaterThan(nose[0] + 20);
    expect(posed(ct, { roll: 15 }).truth.landmarks.vertex[0]).toBeGreaterThan(20);
  });

  it("leaves the head that it was given as it was", () => {
    const before = ct.volume.values.slice();
    for (const { apply } of PERTURBATIONS) apply(ct);
    expect(isSame(ct.volume.values, before)).toBe(true);
  });
});

describe("bodies without a face", () => {
  it("strips all but the brain", () => {
    const { volume } = skullStripped(ct);
    const left = volume.values.filter((value, at) => value > -900 && !ct.truth.brain[at]);
    expect(left).toHaveLength(0);
    expect(count(ct.truth.brain)).toBeGreaterThan(20000);
  });

  it.each(["plane", "voxels"] as const)("takes the face but not the brain: by %s", (how) => {
    const { volume } = alreadyDefaced(ct, how);
    const { face, brain, landmarks } = ct.truth;
    const left = volume.values.filter((value, at) => face[at] && value > -500).length;
    expect(left).toBeLessThan(how === "plane" ? 0.5 * count(face) : 1);
    expect(volume.values.filter((value, at) => brain[at] && value === -1000)).toHaveLength(0);
    for (const point of [landmarks.nose, landmarks.mouth, ...landmarks.eyes]) {
      const at = nearest(volume, point[0], point[1] + 3, point[2]);
      expect(volume.values[at]).toBe(-1000);
    }
  });

  it.each(Object.keys(BODIES))("makes another of each seed: %s", (name) => {
    const make = BODIES[name]!;
    const [a, again, b] = [1, 1, 2].map((seed) => make(seed, { kind: "MR-T1", step: 4 }));
    expect(isSame(a!.volume.values, again!.volume.values)).toBe(true);
    expect(isSame(a!.volume.values, b!.volume.values)).toBe(false);
    expect(a!.volume.values.filter((value) => value > 80).length).toBeGreaterThan(5000);
  });

  it("has one person's head on neck and shoulders, and on a whole body", () => {
    const neck = neckToVertex(5, { kind: "CT", step: 4, noise: 0 });
    const whole = wholeBody(5, { kind: "CT" });
    expect(neck.truth.landmarks).toEqual(ct.truth.landmarks);
    expect(whole.truth.landmarks).toEqual(ct.truth.landmarks);
    const flesh = (at: Vector): number => whole.volume.values[nearest(whole.volume, ...at)]!;
    expect(flesh([0, 20, -560])).toBeGreaterThan(-200);
    expect(flesh([72, 30, -300])).toBeLessThan(-800);
  });
});
