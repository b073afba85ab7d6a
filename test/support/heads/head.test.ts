import { describe, expect, it } from "vitest";
import type { Vector, Volume } from "../../../src/faces/types.js";
import { type Age, type Head, type HeadKind, type Landmarks, MASKS, makeHead, type Truth } from "./index.js";
import { nearest } from "./perturb.js";

const KINDS: readonly HeadKind[] = ["CT", "MR-T1", "MR-T2", "PET"];
const AGES: readonly Age[] = ["adult", "child", "infant"];

const millilitres = (mask: Uint8Array, { step }: Volume): number =>
  (mask.reduce((sum, bit) => sum + bit, 0) * step ** 3) / 1000;

const points = (landmarks: Landmarks): Vector[] =>
  Object.values(landmarks).flatMap((value) =>
    typeof value[0] === "number" ? [value as unknown as Vector] : (value as readonly Vector[]),
  );

const between = (a: Vector, b: Vector): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** The middle value of a mask's voxels. */
function median({ volume }: Head, mask: Uint8Array): number {
  return volume.values.filter((_, at) => mask[at]).sort()[Math.floor(mask.reduce((a, b) => a + b, 0) / 2)]!;
}

/** Compared at once: the runner's own comparison takes seconds for as many numbers. */
const isSame = (a: Float32Array | Uint8Array, b: Float32Array | Uint8Array): boolean =>
  Buffer.from(a.buffer).equals(Buffer.from(b.buffer));

function expectSameTruth(a: Head, b: Head): void {
  for (const name of MASKS) expect(isSame(a.truth[name], b.truth[name])).toBe(true);
  expect(a.truth.landmarks).toEqual(b.truth.landmarks);
}

describe("synthetic heads", () => {
  it("makes the same head of the same seed", () => {
    const [a, b] = [1, 2].map(() => makeHead(7, { kind: "MR-T1", step: 4 })) as [Head, Head];
    expect(isSame(a.volume.values, b.volume.values)).toBe(true);
    expectSameTruth(a, b);
  });

  it("shows one person in every kind of picture", () => {
    const [ct, ...others] = KINDS.map((kind) => makeHead(7, { kind, step: 4 })) as [Head, ...Head[]];
    for (const other of others) {
      expectSameTruth(other, ct);
      expect(isSame(other.volume.values, ct.volume.values)).toBe(false);
    }
  });

  it.each(AGES)("tells any two of thirty seeds apart by their landmarks: %s", (age) => {
    const faces = Array.from({ length: 30 }, (_, seed) =>
      makeHead(seed, { kind: "CT", age, step: 16, noise: 0 }),
    ).map(({ truth }) => relative(truth.landmarks));
    let nearestPair = Infinity;
    for (const [i, a] of faces.entries()) {
      for (const b of faces.slice(0, i)) {
        const apart = Math.max(...a.map((point, at) => between(point, b[at]!)));
        nearestPair = Math.min(nearestPair, apart);
      }
    }
    expect(nearestPair).toBeGreaterThan({ adult: 4, child: 3, infant: 2.5 }[age]);
  });

  it.each(AGES)("keeps brain in skull in skin, and the face on the outside: %s", (age) => {
    for (const seed of [1, 2, 3, 4]) expectConsistent(makeHead(seed, { kind: "CT", age, step: 2, noise: 0 }));
  });

  it.each([
    ["adult", 1050, 1850],
    ["child", 900, 1650],
    ["infant", 520, 1100],
  ] as const)("has a brain of an %s's volume", (age, low, high) => {
    for (const seed of [4, 5, 6, 7, 8, 9]) {
      const { truth, volume } = makeHead(seed, { kind: "CT", age, step: 4, noise: 0 });
      const brain = millilitres(truth.brain, volume);
      expect(brain).toBeGreaterThan(low);
      expect(brain).toBeLessThan(high);
    }
  });

  it("gives children a larger braincase against the face, and smaller noses", () => {
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const of = (age: Age) => {
      const all = Array.from(
        { length: 12 },
        (_, seed) => makeHead(seed, { kind: "CT", age, step: 16 }).truth.landmarks,
      );
      return {
        faceToCranium: mean(
          all.map(({ nasion, chin, vertex }) => (nasion[2] - chin[2]) / (vertex[2] - nasion[2])),
        ),
        nose: mean(all.map(({ nose, subnasale }) => subnasale[1] - nose[1])),
      };
    };
    const [adult, child, infant] = AGES.map(of) as [ReturnType<typeof of>, ...ReturnType<typeof of>[]];
    expect(child!.faceToCranium).toBeLessThan(0.95 * adult.faceToCranium);
    expect(infant!.faceToCranium).toBeLessThan(0.95 * child!.faceToCranium);
    expect(adult.nose).toBeGreaterThan(12);
    expect(child!.nose).toBeLessThan(0.9 * adult.nose);
    expect(infant!.nose).toBeLessThan(0.95 * child!.nose);
  });

  it("leaves an infant's fontanelle open, and an adult's skull closed", () => {
    const gap = (age: Age): number => {
      const { volume, truth } = makeHead(4, { kind: "CT", age, step: 2, noise: 0 });
      const { vertex } = truth.landmarks;
      let open = 0;
      for (let y = vertex[1] - 60; y < vertex[1] + 20; y += 2) if (!boneAbove(volume, truth, y)) open++;
      return open;
    };
    expect(gap("adult")).toBe(0);
    expect(gap("infant")).toBeGreaterThan(4);
  });

  it.each([
    ["CT", [-1000, 5], [20, 45], [400, 2600]],
    ["MR-T1", [0, 30], [350, 750], [0, 600]],
    ["MR-T2", [0, 30], [350, 800], [0, 400]],
    ["PET", [0, 120], [2500, 9500], [200, 2500]],
  ] as const)("has the values of %s in air, brain and bone", (kind, air, brain, bone) => {
    const head = makeHead(2, { kind, step: 2 });
    const { truth, volume } = head;
    const outside = truth.head.map((bit, at) => (bit || volume.values[at] === undefined ? 0 : 1));
    const expectIn = (value: number, [low, high]: readonly [number, number]): void => {
      expect(value).toBeGreaterThanOrEqual(low - 1);
      expect(value).toBeLessThanOrEqual(high);
    };
    expectIn(median(head, outside), kind === "CT" ? [-1010, -990] : (air as readonly [number, number]));
    expectIn(median(head, truth.brain), brain);
    expectIn(median(head, truth.skull), bone);
  });

  it("shows the eyes' fluid bright in T2 and dark in T1", () => {
    const at = (kind: HeadKind): number => {
      const { volume, truth } = makeHead(2, { kind, step: 1, noise: 0, bias: 0, extent: [180, 240, 200] });
      const [x, y, z] = truth.landmarks.eyeballs[0];
      return volume.values[nearest(volume, x, y, z)]!;
    };
    expect(at("MR-T2")).toBeGreaterThan(900);
    expect(at("MR-T1")).toBeLessThan(200);
  });
});

/** Landmarks as seen from their own middle. */
function relative(landmarks: Landmarks): Vector[] {
  const all = points(landmarks);
  const mean = [0, 1, 2].map((axis) => all.reduce((sum, point) => sum + point[axis]!, 0) / all.length);
  return all.map(([x, y, z]) => [x - mean[0]!, y - mean[1]!, z - mean[2]!]);
}

function boneAbove(volume: Volume, truth: Truth, y: number): boolean {
  for (let z = 0; z < truth.landmarks.vertex[2]; z += 1) {
    const at = nearest(volume, 0, y, z);
    if (z > 40 && truth.skull[at]) return true;
  }
  return false;
}

function expectConsistent({ volume, truth }: Head): void {
  const { size } = volume;
  const beside = [1, size[0], size[0] * size[1]].flatMap((stride) => [stride, -stride]);
  const touches = (at: number, mask: Uint8Array, bit: number): boolean =>
    beside.some((stride) => mask[at + stride] === bit);
  const wrong = { outside: 0, both: 0, brainAtAir: 0, brainAtFace: 0, boneAtAir: 0 };
  let faceAtAir = 0;
  for (let at = 0; at < truth.head.length; at++) {
    const [brain, face] = [truth.brain[at]!, truth.face[at]!];
    if (!truth.head[at] && MASKS.some((name) => truth[name][at])) wrong.outside++;
    if (brain && (face || truth.skull[at] || truth.skin[at] || truth.eyes[at])) wrong.both++;
    if (brain && touches(at, truth.head, 0)) wrong.brainAtAir++;
    if (brain && touches(at, truth.face, 1)) wrong.brainAtFace++;
    if (truth.skull[at] && touches(at, truth.head, 0)) wrong.boneAtAir++;
    if (face && touches(at, truth.head, 0)) faceAtAir++;
  }
  expect(wrong).toEqual({ outside: 0, both: 0, brainAtAir: 0, brainAtFace: 0, boneAtAir: 0 });
  expect(faceAtAir).toBeGreaterThan(2000);
  const { nose, mouth, chin, eyes, ears } = truth.landmarks;
  const back = (point: Vector): Vector => [point[0], point[1] + 4, point[2]];
  for (const point of [nose, chin, ...eyes, back(mouth)]) {
    const at = nearest(volume, point[0], point[1] + 2, point[2]);
    expect(truth.face[at] || truth.face[at + size[0] * 1]).toBe(1);
    expect(truth.head[nearest(volume, point[0], point[1] - 8, point[2])]).toBe(0);
  }
  for (const [x, y, z] of ears) {
    const near = [-4, 0, 4, 8, 12].some(
      (out) => truth.ears[nearest(volume, x + Math.sign(x) * out, y + 6, z)],
    );
    expect(near).toBe(true);
  }
}
