import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/index.js";
import {
  adam,
  clipGradients,
  cosineRate,
  gradientNorm,
  heNormal,
  movingAverage,
  sgd,
  tensor,
  uniform,
  variable,
} from "./index.js";

describe("an optimiser", () => {
  it("keeps a share of the last step as momentum and takes weight decay as gradient", () => {
    const w = variable(Float64Array.of(1));
    const { step } = sgd([w], { rate: 0.1, momentum: 0.5, weightDecay: 0.2 });
    step([tensor(Float64Array.of(1))]);
    expect(w.item()).toBeCloseTo(1 - 0.1 * 1.2, 12);
    step([tensor(Float64Array.of(0))]);
    expect(w.item()).toBeCloseTo(0.88 - 0.1 * (0.5 * 1.2 + 0.2 * 0.88), 12);
  });

  it("moves each weight by about the rate in its first Adam step, whatever the gradient's size", () => {
    const w = variable(Float64Array.of(1, 1, 1));
    adam([w], { rate: 0.01 }).step([tensor(Float64Array.of(1e-3, -5, 200))]);
    expect([...w.data].map((v) => Math.round((v - 1) * 1e4) / 1e4)).toEqual([-0.01, 0.01, -0.01]);
  });

  it("takes AdamW's decay of the weight beside the step, and another rate for one step", () => {
    const w = variable(Float64Array.of(2));
    const { step } = adam([w], { rate: 0.1, weightDecay: 0.5 });
    step([tensor(Float64Array.of(0))]);
    expect(w.item()).toBeCloseTo(2 - 0.1 * 0.5 * 2, 12);
    step([tensor(Float64Array.of(0))], 0);
    expect(w.item()).toBeCloseTo(1.9, 12);
  });

  it("refuses gradients that do not fit", () => {
    const w = variable([1, 2]);
    for (const gradients of [[], [tensor([1])], [tensor([1, 2]), tensor([1, 2])]])
      expect(() => sgd([w], { rate: 1 }).step(gradients)).toThrow(
        expect.objectContaining({ code: "COMPUTE_BAD_SHAPE" }),
      );
  });
});

it.each([
  [0, 0.1],
  [9, 1],
  [10, 1],
  [60, 0.505],
  [110, 0.01],
  [500, 0.01],
])("at step %i the rate of the cosine schedule is %f", (step, rate) => {
  expect(cosineRate(step, { peak: 1, steps: 110, warmUp: 10, floor: 0.01 })).toBeCloseTo(rate, 12);
});

it("shortens gradients together, once each, and leaves short ones alone", () => {
  const shared = tensor(Float64Array.of(3, 0));
  const gradients = [shared, tensor(Float64Array.of(0, 4))];
  expect(gradientNorm(gradients)).toBe(5);
  expect(clipGradients(gradients, 1)).toBe(5);
  expect(gradients.map(({ data }) => [...data].map((v) => Math.round(v * 1e9) / 1e9))).toEqual([
    [0.6, 0],
    [0, 0.8],
  ]);
  clipGradients([shared, shared], 2);
  expect(shared.data[0]).toBeCloseTo(0.6, 12);
  clipGradients([shared, shared], 0.6);
  expect(shared.data[0]).toBeCloseTo(0.6 / Math.SQRT2, 12);
});

it("averages weights over time, at first over few steps", () => {
  const w = variable(Float64Array.of(0));
  const average = movingAverage([w], 0.5);
  w.data[0] = 10;
  average.update();
  expect(average.values[0]![0]).toBeCloseTo(9, 12);
  for (let i = 0; i < 8; i++) average.update();
  const before = average.values[0]![0]!;
  w.data[0] = 20;
  average.update();
  expect(average.values[0]![0]).toBeCloseTo((before + 20) / 2, 12);
});

describe("initial weights", () => {
  it("come from the seed and have the variance that keeps a signal's size", () => {
    const kernel = heNormal([64, 32, 3, 3], seededRandom(1));
    expect(heNormal([64, 32, 3, 3], seededRandom(1)).data).toEqual(kernel.data);
    expect(heNormal([64, 32, 3, 3], seededRandom(2)).data).not.toEqual(kernel.data);
    let [sum, squares] = [0, 0];
    for (const value of kernel.data) {
      sum += value;
      squares += value * value;
    }
    const count = kernel.data.length;
    expect(Math.abs(sum / count)).toBeLessThan(0.005);
    expect(squares / count / (2 / 288)).toBeCloseTo(1, 1);
  });

  it("spread evenly stay in their range and fill it", () => {
    const { data } = uniform([1000], -2, 3, seededRandom(1));
    expect(data.every((value: number) => value >= -2 && value < 3)).toBe(true);
    expect(data.some((value: number) => value < -1.9) && data.some((value: number) => value > 2.9)).toBe(
      true,
    );
  });
});
