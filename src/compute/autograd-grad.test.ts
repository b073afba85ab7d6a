import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/index.js";
import {
  add,
  avgPool2d,
  binaryCrossEntropyWithLogits,
  broadcastTo,
  concatenate,
  conv2d,
  crossEntropy,
  exp,
  gatherRows,
  grad,
  matmul,
  multiply,
  pad,
  permute,
  relu,
  reshape,
  resizeBilinear2d,
  slice,
  softplus,
  spaceToDepth,
  square,
  sum,
  Tensor,
  tensor,
  variable,
  withoutGradient,
  zeros,
} from "./index.js";

const random = seededRandom(41);

function wide(shape: readonly number[]): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return variable(
    Float64Array.from({ length: size }, () => 2 * random() - 1),
    shape,
  );
}

/** A small net with a dilated, a strided depthwise and a pointwise convolution; its loss for images x. */
function netLoss(x: Tensor, weights: readonly Tensor[], targets: Tensor): Tensor {
  const [first, depthwise, pointwise, bias] = weights as [Tensor, Tensor, Tensor, Tensor];
  const one = softplus(conv2d(x, first, { padding: 2, dilation: 2 }));
  const two = relu(conv2d(one, depthwise, { stride: 2, padding: 1, groups: 4 }));
  const logits = add(avgPool2d(conv2d(two, pointwise), 2), bias);
  return binaryCrossEntropyWithLogits(logits, targets);
}

describe("the gradient of a gradient", () => {
  // What an attacker minimises who wants the images back from a gradient he was shown.
  it("of a convolutional net's loss agrees with differences of its gradient", () => {
    const weights = [wide([4, 2, 3, 3]), wide([4, 1, 3, 3]), wide([1, 4, 1, 1]), wide([1])];
    const targets = tensor(Float64Array.of(0, 1, 1, 0, 1, 0, 0, 1), [2, 1, 2, 2]);
    const shown = weights.map(({ shape }) => wide(shape).detach());
    const distance = (x: Tensor) =>
      grad(netLoss(x, weights, targets), weights, { createGraph: true })
        .map((gradient, i) => sum(square(add(gradient, shown[i]!))))
        .reduce((total, part) => add(total, part));
    const images = wide([2, 2, 8, 8]);
    const [found] = grad(distance(images), [images]);
    expect(found!.shape).toEqual(images.shape);
    expect(Math.max(...found!.data.map(Math.abs))).toBeGreaterThan(1e-3);
    const h = 1e-5;
    for (let i = 0; i < images.data.length; i++) {
      const moved = (by: number) => {
        const data = images.data.slice();
        data[i] = data[i]! + by;
        return distance(variable(data, images.shape)).item();
      };
      expect(found!.data[i]!).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 7);
    }
  });

  it("goes on to any order: the first five derivatives of eˣ·x at 0.5", () => {
    const x = variable(Float64Array.of(0.5));
    let y = multiply(exp(x), x);
    for (let order = 1; order <= 5; order++) {
      [y] = grad(y, [x], { createGraph: true }) as [Tensor];
      expect(y.item()).toBeCloseTo(Math.exp(0.5) * (0.5 + order), 10);
    }
  });

  it("is a constant unless a graph was asked for", () => {
    const x = variable([2]);
    const y = multiply(square(x), x);
    expect(grad(y, [x])[0]!.requiresGradient).toBe(false);
    expect(grad(y, [x], { createGraph: true })[0]!.requiresGradient).toBe(true);
  });
});

describe("grad", () => {
  it("adds up all ways from an input to the output", () => {
    const x = variable([3]);
    const y = square(x);
    const [byX, byY] = grad(add(multiply(y, x), y), [x, y]);
    expect([byX!.item(), byY!.item()]).toEqual([27 + 6, 4]);
  });

  it("gives zeros for an input that plays no part", () => {
    const [x, other] = [variable([3]), variable([1, 2, 3, 4], [2, 2])];
    expect(grad(square(x), [other, x])[0]).toEqual(zeros([2, 2]));
  });

  it("begins with the gradient that it is given", () => {
    const x = variable([1, 2, 3]);
    expect([...grad(square(x), [x], { gradient: tensor([1, 10, 100]) })[0]!.data]).toEqual([2, 40, 600]);
  });

  it("walks only the ways that lead to the inputs", () => {
    const [x, w] = [variable([1]), variable([2])];
    let passed = 0;
    const spied = new Tensor(x.data, x.shape, {
      inputs: [x.node],
      backward: [
        (g) => {
          passed++;
          return g;
        },
      ],
    });
    const y = multiply(spied, w);
    grad(y, [w]);
    expect(passed).toBe(0);
    grad(y, [x]);
    expect(passed).toBe(1);
  });

  it("finds its way back over 30,000 steps", () => {
    const x = variable(Float64Array.of(1));
    let y = x;
    for (let i = 0; i < 30_000; i++) y = add(y, x);
    expect(grad(y, [x])[0]!.item()).toBe(30_001);
  });

  it.each<[string, () => unknown]>([
    ["many outputs without a gradient", () => grad(square(variable([1, 2])), [variable([1])])],
    ["a constant as input", () => grad(variable([1]), [tensor([1])])],
    ["a gradient of another shape", () => grad(variable([1, 2]), [variable([1])], { gradient: tensor([1]) })],
  ])("refuses %s", (_, call) => {
    expect(call).toThrow(expect.objectContaining({ code: "COMPUTE_BAD_SHAPE" }));
  });
});

describe("a graph", () => {
  it("is not built without gradients, also not after an error inside", () => {
    const x = variable([1]);
    expect(withoutGradient(() => square(x)).requiresGradient).toBe(false);
    expect(() =>
      withoutGradient(() => {
        throw new RangeError("no");
      }),
    ).toThrow(RangeError);
    expect(square(x).requiresGradient).toBe(true);
    expect(square(x.detach()).requiresGradient).toBe(false);
  });

  it("is let go after each step: 200 steps over 4 GB in all stay below 0.8 GB", () => {
    const w = variable(new Float32Array(64).fill(0.5), [64]);
    const x = tensor(new Float32Array(2 ** 20).fill(0.1), [2 ** 14, 64]);
    let most = 0;
    for (let i = 0; i < 200; i++) {
      const [gradient] = grad(sum(multiply(multiply(x, w), multiply(x, w))), [w]);
      w.data[0] = w.data[0]! - 1e-6 * gradient!.data[0]!;
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    expect(most).toBeLessThan(0.8e9);
  });
});

describe("shapes that do not fit are refused:", () => {
  const [row, matrix] = [tensor([1, 2, 3]), zeros([2, 3])];
  it.each<[string, () => unknown]>([
    ["data and shape", () => tensor([1, 2], [3])],
    ["a dimension of 0", () => zeros([0])],
    ["sums of other lengths", () => add(row, tensor([1, 2]))],
    ["two precisions", () => add(row, tensor(Float64Array.of(1)))],
    ["a reshape to another size", () => reshape(row, [2, 2])],
    ["matrices", () => matmul(matrix, matrix)],
    ["one number of many", () => row.item()],
    ["half a zero on each side", () => pad(row, [0.5], [0.5])],
    ["a part that reaches beyond", () => slice(row, [2], [2])],
    ["axes named twice", () => permute(matrix, [0, 0])],
    ["an axis that is not there", () => sum(row, [1])],
    ["a row that is not there", () => gatherRows(matrix, [2])],
    ["a class that is not there", () => crossEntropy(matrix, [0, 3])],
    ["parts of other widths", () => concatenate([matrix, zeros([2, 4])], 0)],
    ["a stretch to fewer", () => broadcastTo(matrix, [3])],
    ["images of −1 row", () => resizeBilinear2d(zeros([1, 1, 2, 2]), -1, 2)],
    ["blocks that do not divide", () => spaceToDepth(zeros([1, 1, 3, 3]), 2)],
    ["windows larger than the image", () => avgPool2d(zeros([1, 1, 3, 3]), 4)],
    ["targets of another shape", () => binaryCrossEntropyWithLogits(row, matrix)],
  ])("%s", (_, call) => {
    expect(call).toThrow(expect.objectContaining({ code: "COMPUTE_BAD_SHAPE" }));
  });
});
