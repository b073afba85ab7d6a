import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/base/index.js";
import { box, cone, ellipsoid, Field, intoBody, intoSpace, type Point, ring, rotation } from "./field.js";
import { withNoise } from "./noise.js";
import { makePerson, Place } from "./person.js";
import { skinParts } from "./skin.js";

const volumeOf = (value: number, side = 40) => ({
  size: [side, side, side] as const,
  step: 1,
  origin: [0, 0, 0] as const,
  values: new Float32Array(side ** 3).fill(value),
  known: new Uint8Array(side ** 3).fill(1),
});

function moments(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

describe("distance fields", () => {
  it.each([
    ["a ball", ellipsoid([1, 2, 3], [5, 5, 5]), [1, 2, 11], 3],
    ["an ellipsoid, before its end", ellipsoid([0, 0, 0], [4, 8, 2]), [0, 11, 0], 3],
    ["a cone, beside its middle", cone([0, 0, 0], [10, 0, 0], 2, 4), [5, 7, 0], 4],
    ["a box, off its corner", box([0, 0, 0], [1, 1, 1]), [4, 5, 1], 5],
    ["a ring, from its middle", ring([0, 0, 0], 6, 6, 1, rotation(0)), [0, 0.001, 0], 5],
  ] as const)("measures the distance to %s", (_name, shape, [x, y, z], expected) => {
    expect(shape(x, y, z)).toBeCloseTo(expected, 2);
  });

  it("turns into a body's axes and back", () => {
    const turn = rotation(20, -35, 10);
    const point: Point = [3, -7, 11];
    for (const [axis, value] of intoSpace(turn, intoBody(turn, point)).entries()) {
      expect(value).toBeCloseTo(point[axis]!, 9);
    }
  });

  it("reads the same in focus as from all parts, wherever that is told apart", () => {
    const random = seededRandom(5);
    const field = new Field(skinParts(new Place(makePerson(5))), 16, 9);
    let [told, worst] = [0, 0];
    for (let block = 0; block < 4000; block++) {
      const centre = [random() * 200 - 100, random() * 240 - 140, random() * 240 - 110] as const;
      field.focus(...centre, 6.1);
      for (let reading = 0; reading < 4; reading++) {
        const [x, y, z] = centre.map((at) => at + 7 * random() - 3.5) as [number, number, number];
        const whole = field.exactly(x, y, z);
        const seen = field.at(x, y, z);
        if (whole > -16 && whole < 9) told++;
        worst = Math.max(
          worst,
          Math.abs(Math.min(9, Math.max(-16, seen)) - Math.min(9, Math.max(-16, whole))),
        );
      }
    }
    expect(told).toBeGreaterThan(2000);
    expect(worst).toBeLessThan(0.05);
  });
});

describe("noise", () => {
  it("of CT has the deviation asked for and is alike in neighbours", () => {
    const { values } = withNoise(volumeOf(0), "CT", 20, 3);
    const inner = values.filter((_, at) => at % 40 > 1 && at % 40 < 38 && Math.floor(at / 40) % 40 > 1);
    const { mean, deviation } = moments(inner);
    expect(Math.abs(mean)).toBeLessThan(1);
    expect(deviation).toBeGreaterThan(18);
    expect(deviation).toBeLessThan(22);
    let product = 0;
    for (let at = 1; at < inner.length; at++) product += inner[at]! * inner[at - 1]!;
    expect(product / inner.length / deviation ** 2).toBeGreaterThan(0.4);
  });

  it("of MR is Rician: it lifts what has no signal by 1.25 deviations", () => {
    // Rayleigh, where there is no signal: mean √(π/2), deviation √(2 - π/2).
    const { mean, deviation } = moments(withNoise(volumeOf(0), "MR-T1", 0.05, 3).values);
    expect(mean / 35).toBeCloseTo(Math.sqrt(Math.PI / 2), 1);
    expect(deviation / 35).toBeCloseTo(Math.sqrt(2 - Math.PI / 2), 1);
  });

  it("repeats for the same seed and leaves what is not known", () => {
    const volume = volumeOf(100, 16);
    volume.known[7] = 0;
    const [a, b, c] = [1, 1, 2].map((seed) => withNoise(volume, "PET", 0.1, seed).values);
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    expect(a![7]).toBe(100);
  });
});
