import { describe, expect, it } from "vitest";
import { type Random, seededRandom } from "../base/index.js";
import * as compute from "./index.js";
import { grad, multiply, sum, type Tensor, tensor, variable } from "./index.js";

type Call = (...x: Tensor[]) => Tensor;
/** Name, shapes of the operands, the call, and where its operands are taken from. */
type Case = readonly [string, readonly (readonly number[])[], Call, (readonly [number, number])?];

const positive = [0.3, 2] as const;
const images = [2, 4, 5, 6];
const strided = { stride: 2, dilation: 2, padding: 3, groups: 2 } as const;

const cases: readonly Case[] = [
  [
    "add",
    [
      [2, 3],
      [2, 3],
    ],
    (a, b) => compute.add(a!, b!),
  ],
  [
    "add of a channel's bias",
    [
      [2, 3, 2, 2],
      [3, 1, 1],
    ],
    (a, b) => compute.add(a!, b!),
  ],
  ["add with the smaller first", [[3], [2, 3]], (a, b) => compute.add(a!, b!)],
  [
    "add stretching both",
    [
      [3, 1],
      [1, 4],
    ],
    (a, b) => compute.add(a!, b!),
  ],
  [
    "add of outer and inner axis",
    [
      [2, 3, 4],
      [2, 1, 4],
    ],
    (a, b) => compute.add(a!, b!),
  ],
  ["add of a number", [[3]], (a) => compute.add(2, a!)],
  ["subtract", [[2, 3], [3]], (a, b) => compute.subtract(a!, b!)],
  ["subtract with the smaller first", [[3], [2, 3]], (a, b) => compute.subtract(a!, b!)],
  ["subtract from a number", [[3]], (a) => compute.subtract(2, a!)],
  [
    "multiply",
    [
      [2, 3],
      [2, 3],
    ],
    (a, b) => compute.multiply(a!, b!),
  ],
  ["multiply with itself", [[4]], (a) => compute.multiply(a!, a!)],
  [
    "multiply by channel",
    [
      [2, 3, 2],
      [3, 1],
    ],
    (a, b) => compute.multiply(b!, a!),
  ],
  [
    "divide",
    [
      [2, 3],
      [2, 3],
    ],
    (a, b) => compute.divide(a!, b!),
    positive,
  ],
  ["divide by a row", [[2, 3], [3]], (a, b) => compute.divide(a!, b!), positive],
  ["divide a row", [[3], [2, 3]], (a, b) => compute.divide(a!, b!), positive],
  ["negate", [[3]], (a) => compute.negate(a!)],
  ["square", [[3]], (a) => compute.square(a!)],
  ["exp", [[5]], (a) => compute.exp(a!)],
  ["log", [[5]], (a) => compute.log(a!), positive],
  ["sqrt", [[5]], (a) => compute.sqrt(a!), positive],
  ["sigmoid", [[5]], (a) => compute.sigmoid(a!)],
  ["tanh", [[5]], (a) => compute.tanh(a!)],
  ["softplus", [[5]], (a) => compute.softplus(a!)],
  ["relu", [[9]], (a) => compute.multiply(compute.relu(a!), a!)],
  ["abs", [[9]], (a) => compute.multiply(compute.abs(a!), a!)],
  ["maximum", [[3, 3], [3]], (a, b) => compute.square(compute.maximum(a!, b!))],
  ["mean over an axis", [[2, 3, 4]], (a) => compute.square(compute.mean(a!, [1]))],
  ["sum over outer axes, kept", [[2, 3, 4]], (a) => compute.square(compute.sum(a!, [0, 2], true))],
  ["sumTo", [[2, 3, 4]], (a) => compute.square(compute.sumTo(a!, [3, 1]))],
  ["broadcastTo", [[3, 1]], (a) => compute.square(compute.broadcastTo(a!, [2, 3, 4]))],
  ["reshape", [[2, 6]], (a) => compute.square(compute.reshape(a!, [3, 4]))],
  ["permute", [[2, 3, 4]], (a) => compute.square(compute.permute(a!, [2, 0, 1]))],
  ["transpose", [[2, 3]], (a) => compute.square(compute.transpose(a!))],
  ["slice", [[4, 5]], (a) => compute.square(compute.slice(a!, [1, 2], [2, 3]))],
  ["pad", [[2, 3]], (a) => compute.square(compute.pad(a!, [1, 0], [2, 3]))],
  [
    "concatenate",
    [
      [2, 2],
      [2, 3],
    ],
    (a, b) => compute.square(compute.concatenate([a!, b!, a!], 1)),
  ],
  ["gatherRows", [[3, 2]], (a) => compute.square(compute.gatherRows(a!, [2, 0, 2, 2]))],
  ["scatterAddRows", [[4, 2]], (a) => compute.square(compute.scatterAddRows(a!, [2, 0, 2, 2], 3))],
  [
    "matmul",
    [
      [2, 3],
      [3, 4],
    ],
    (a, b) => compute.matmul(a!, b!),
  ],
  [
    "matmul Aᵀ·B",
    [
      [3, 2],
      [3, 4],
    ],
    (a, b) => compute.matmul(a!, b!, { transposeA: true }),
  ],
  [
    "matmul A·Bᵀ",
    [
      [2, 3],
      [4, 3],
    ],
    (a, b) => compute.matmul(a!, b!, { transposeB: true }),
  ],
  [
    "matmul Aᵀ·Bᵀ",
    [
      [3, 2],
      [4, 3],
    ],
    (a, b) => compute.matmul(a!, b!, { transposeA: true, transposeB: true }),
  ],
  [
    "matmul of a batch",
    [
      [2, 2, 3],
      [2, 3, 2],
    ],
    (a, b) => compute.matmul(a!, b!),
  ],
  ["logSoftmax", [[2, 4]], (a) => compute.logSoftmax(a!)],
  ["crossEntropy", [[3, 4]], (a) => compute.crossEntropy(a!, [1, 3, 3])],
  [
    "binaryCrossEntropyWithLogits",
    [
      [3, 2],
      [3, 2],
    ],
    (a, b) => compute.binaryCrossEntropyWithLogits(a!, b!),
  ],
  [
    "binaryCrossEntropyWithLogits, weighted",
    [[6], [6], [6]],
    (a, b, w) => compute.binaryCrossEntropyWithLogits(a!, b!, w!),
    positive,
  ],
  ["conv2d", [images, [3, 4, 3, 3]], (x, w) => compute.conv2d(x!, w!, { padding: 1 })],
  ["conv2d 1 × 1", [images, [3, 4, 1, 1]], (x, w) => compute.conv2d(x!, w!)],
  ["conv2d, all options", [images, [6, 2, 3, 2]], (x, w) => compute.conv2d(x!, w!, strided)],
  ["conv2d, depthwise", [images, [4, 1, 3, 3]], (x, w) => compute.conv2d(x!, w!, { groups: 4 })],
  [
    "conv2dInputGradient",
    [
      [2, 6, 4, 5],
      [6, 2, 3, 2],
    ],
    (g, w) => compute.conv2dInputGradient(g!, w!, images, strided),
  ],
  [
    "conv2dWeightGradient",
    [images, [2, 6, 4, 5]],
    (x, g) => compute.conv2dWeightGradient(x!, g!, [6, 2, 3, 2], strided),
  ],
  ["avgPool2d", [images], (a) => compute.square(compute.avgPool2d(a!, 2))],
  ["avgPool2d, overlapping", [images], (a) => compute.square(compute.avgPool2d(a!, 3, 2))],
  ["avgPool2dAdjoint", [[1, 2, 2, 3]], (a) => compute.square(compute.avgPool2dAdjoint(a!, 2, 5, 6))],
  ["upsampleNearest2d", [[1, 2, 2, 3]], (a) => compute.square(compute.upsampleNearest2d(a!, 2))],
  ["resizeBilinear2d up", [[1, 2, 2, 3]], (a) => compute.square(compute.resizeBilinear2d(a!, 5, 6))],
  ["resizeBilinear2d down", [images], (a) => compute.square(compute.resizeBilinear2d(a!, 2, 4))],
  [
    "resizeBilinear2dAdjoint",
    [[1, 2, 5, 6]],
    (a) => compute.square(compute.resizeBilinear2dAdjoint(a!, 2, 3)),
  ],
  ["spaceToDepth", [[1, 2, 4, 6]], (a) => compute.square(compute.spaceToDepth(a!, 2))],
  ["depthToSpace", [[1, 8, 2, 3]], (a) => compute.square(compute.depthToSpace(a!, 2))],
];

const rows = cases.map(([title, shapes, call, range = [-2, 2] as const]) => ({ title, shapes, call, range }));

const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

/** Numbers away from 0 by at least 0.05, where relu and abs have no kink. */
function draw(random: Random, shape: readonly number[], [low, high]: readonly [number, number]): Tensor {
  const value = () => {
    const v = low + (high - low) * random();
    return Math.abs(v) < 0.05 ? v + Math.sign(v || 1) * 0.05 : v;
  };
  return variable(Float64Array.from({ length: size(shape) }, value), shape);
}

const constant = (random: Random, like: Tensor) =>
  tensor(
    Float64Array.from(like.data, () => 2 * random() - 1),
    like.shape,
  );

/** Central differences of a function of several tensors, element by element, in double precision. */
function differences(f: (x: readonly Tensor[]) => number, x: readonly Tensor[], h: number): Float64Array[] {
  return x.map((one, which) =>
    Float64Array.from(one.data, (_: number, i: number) => {
      const moved = (by: number) => {
        const data = one.data.slice();
        data[i] = data[i]! + by;
        return f(x.map((other, at) => (at === which ? variable(data, one.shape) : other)));
      };
      return (moved(h) - moved(-h)) / (2 * h);
    }),
  );
}

function expectClose(found: readonly Tensor[], wanted: readonly Float64Array[], tolerance: number): void {
  found.forEach((one, i) => {
    let worst = 0;
    for (let at = 0; at < one.data.length; at++) {
      const right = wanted[i]![at]!;
      worst = Math.max(worst, Math.abs(one.data[at]! - right) / (1 + Math.abs(right)));
    }
    expect(worst, `operand ${i}`).toBeLessThan(tolerance);
  });
}

/** A scalar of the result that depends on all of its elements alike. */
const weigh = (result: Tensor, weights: Tensor) => sum(multiply(result, weights));

describe("derivatives agree with central differences:", () => {
  it.each(rows)("$title, first and second", ({ shapes, call, range }) => {
    const random = seededRandom(7);
    const x = shapes.map((shape) => draw(random, shape, range));
    const weights = constant(random, call(...x));
    const value = (at: readonly Tensor[]) => weigh(call(...at), weights);
    expectClose(
      grad(value(x), x),
      differences((at) => value(at).item(), x, 1e-5),
      1e-8,
    );
    const directions = x.map((one) => constant(random, one));
    const slope = (at: readonly Tensor[]) =>
      grad(value(at), at, { createGraph: true })
        .map((gradient, i) => weigh(gradient, directions[i]!))
        .reduce((total, part) => compute.add(total, part));
    const second = slope(x);
    const found = grad(second, x);
    expectClose(
      found,
      differences((at) => slope(at).item(), x, 1e-5),
      1e-7,
    );
  });

  it.each(rows)("$title in f32 is near f64", ({ shapes, call, range }) => {
    const random = seededRandom(11);
    const wide = shapes.map((shape) => draw(random, shape, range));
    const narrow = wide.map((x) => variable(Float32Array.from(x.data), x.shape));
    const [exact, found] = [call(...wide), call(...narrow)];
    expect(found.data).toBeInstanceOf(Float32Array);
    expect(compute.close(tensor(Float64Array.from(found.data), found.shape), exact, 1e-4)).toBe(true);
    const exactGradients = grad(sum(exact), wide);
    grad(sum(found), narrow).forEach((gradient, i) => {
      expect(gradient.data).toBeInstanceOf(Float32Array);
      expectClose([gradient], [Float64Array.from(exactGradients[i]!.data)], 1e-4);
    });
  });
});
