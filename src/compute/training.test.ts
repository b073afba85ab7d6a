import { describe, expect, it } from "vitest";
import { type Random, randomInt, seededRandom } from "../base/index.js";
import {
  adam,
  add,
  binaryCrossEntropyWithLogits,
  clipGradients,
  conv2d,
  cosineRate,
  grad,
  heNormal,
  matmul,
  type Optimiser,
  relu,
  sgd,
  type Tensor,
  tensor,
  withoutGradient,
  zeroVariable,
} from "./index.js";

const xorInputs = tensor([0, 0, 0, 1, 1, 0, 1, 1], [4, 2]);
const xorTargets = tensor([0, 1, 1, 0], [4, 1]);

/** Two layers trained for 400 steps; the logits of the four inputs afterwards. */
function learnXor(seed: number, optimiser: (parameters: readonly Tensor[]) => Optimiser): readonly number[] {
  const random = seededRandom(seed);
  const [w1, b1] = [heNormal([8, 2], random), zeroVariable([8])];
  const [w2, b2] = [heNormal([1, 8], random), zeroVariable([1])];
  const net = () => {
    const hidden = relu(add(matmul(xorInputs, w1, { transposeB: true }), b1));
    return add(matmul(hidden, w2, { transposeB: true }), b2);
  };
  const parameters = [w1, b1, w2, b2];
  const { step } = optimiser(parameters);
  for (let i = 0; i < 400; i++) step(grad(binaryCrossEntropyWithLogits(net(), xorTargets), parameters));
  return [...withoutGradient(net).data];
}

/** Images of noise with one bright square each, and where it is. */
function squares(random: Random, count: number, side: number): { images: Tensor; targets: Tensor } {
  const images = new Float32Array(count * side * side);
  const targets = new Float32Array(count * side * side);
  for (let image = 0; image < count; image++) {
    const [top, left] = [randomInt(random, 0, side - 5), randomInt(random, 0, side - 5)];
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const at = (image * side + y) * side + x;
        const inside = y >= top && y < top + 5 && x >= left && x < left + 5;
        // Bright pixels alone are everywhere; only together do they make a square.
        images[at] = random() < (inside ? 0.9 : 0.3) ? 1 : 0;
        targets[at] = inside ? 1 : 0;
      }
  }
  const shape = [count, 1, side, side];
  return { images: tensor(images, shape), targets: tensor(targets, shape) };
}

/** Trains three convolutions on squares from `seed`; the share of unseen pixels told rightly, and all weights. */
function learnSquares(seed: number): { right: number; weights: readonly number[] } {
  const random = seededRandom(seed);
  const layers = [
    heNormal([8, 1, 3, 3], random),
    heNormal([8, 8, 3, 3], random),
    heNormal([1, 8, 3, 3], random),
  ];
  const biases = layers.map((kernel) => zeroVariable([kernel.shape[0]!, 1, 1]));
  const net = (x: Tensor) =>
    layers.reduce((map, kernel, i) => {
      const dilation = i === 1 ? 2 : 1;
      const out = add(conv2d(map, kernel, { padding: dilation, dilation }), biases[i]!);
      return i === layers.length - 1 ? out : relu(out);
    }, x);
  const parameters = [...layers, ...biases];
  const { step } = adam(parameters, { rate: 0.01, weightDecay: 1e-4 });
  const steps = 120;
  for (let i = 0; i < steps; i++) {
    const { images, targets } = squares(random, 4, 16);
    const gradients = grad(binaryCrossEntropyWithLogits(net(images), targets), parameters);
    clipGradients(gradients, 1);
    step(gradients, cosineRate(i, { peak: 0.02, steps, warmUp: 5 }));
  }
  const { images, targets } = squares(seededRandom(seed + 1000), 16, 16);
  const logits = withoutGradient(() => net(images)).data;
  const right = logits.filter((logit: number, i: number) => logit > 0 === targets.data[i]! > 0.5).length;
  return { right: right / logits.length, weights: parameters.flatMap(({ data }) => [...data]) };
}

describe("training", () => {
  it.each([
    ["Adam", (parameters: readonly Tensor[]) => adam(parameters, { rate: 0.03 })],
    ["SGD with momentum", (parameters: readonly Tensor[]) => sgd(parameters, { rate: 0.1, momentum: 0.9 })],
  ])("learns XOR with %s, the same way from the same seed", (_, optimiser) => {
    const logits = learnXor(3, optimiser);
    expect(logits.map((logit) => (logit > 0 ? 1 : 0))).toEqual([...xorTargets.data]);
    expect(Math.min(...logits.map(Math.abs))).toBeGreaterThan(2);
    expect(learnXor(3, optimiser)).toEqual(logits);
    expect(learnXor(4, optimiser)).not.toEqual(logits);
  });

  it("learns to find squares in noise, the same way from the same seed", () => {
    const first = learnSquares(5);
    expect(first.right).toBeGreaterThan(0.96);
    expect(learnSquares(5).weights).toEqual(first.weights);
  });
});
