import { describe, expect, it } from "vitest";
import { type Random, randomInt, seededRandom } from "../base/index.js";
import {
  type ConvolutionOptions,
  conv2d,
  conv2dInputGradient,
  conv2dWeightGradient,
  jsKernels,
  type Kernels,
  type Shape,
  Tensor,
  tensor,
  useKernels,
  wasmKernels,
  zeros,
} from "./index.js";

interface Geometry {
  readonly input: Shape;
  readonly weights: Shape;
  readonly options: Required<ConvolutionOptions>;
}

/** Shapes and options that fit, anything from 1 × 1 to dilated, strided, grouped and overpadded. */
function geometry(random: Random): Geometry {
  const draw = (low: number, high: number) => randomInt(random, low, high);
  const groups = draw(1, 3);
  const [channels, outChannels] = [draw(1, 5), draw(1, 5)];
  const [kernelRows, kernelColumns] = [draw(1, 4), draw(1, 4)];
  const [stride, dilation, padding] = [draw(1, 3), draw(1, 3), draw(0, 4)];
  const least = (kernel: number) => Math.max(1, dilation * (kernel - 1) + 1 - 2 * padding);
  return {
    input: [draw(1, 2), channels * groups, least(kernelRows) + draw(0, 9), least(kernelColumns) + draw(0, 9)],
    weights: [outChannels * groups, channels, kernelRows, kernelColumns],
    options: { stride, dilation, padding, groups },
  };
}

/** Calls with the places of every product of a convolution, by its definition. */
function eachProduct({ input, weights, options }: Geometry, use: (x: number, w: number, y: number) => void) {
  const [images = 0, allChannels = 0, rows = 0, columns = 0] = input;
  const [allOut = 0, channels = 0, height = 0, width = 0] = weights;
  const [outRows, outColumns] = outSize({ input, weights, options });
  const { stride, dilation, padding, groups } = options;
  for (let n = 0; n < images; n++)
    for (let o = 0; o < allOut; o++)
      for (let y = 0; y < outRows; y++)
        for (let x = 0; x < outColumns; x++)
          for (let c = 0; c < channels; c++)
            for (let i = 0; i < height; i++)
              for (let j = 0; j < width; j++) {
                const row = y * stride - padding + i * dilation;
                const column = x * stride - padding + j * dilation;
                if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
                const channel = Math.floor(o / (allOut / groups)) * channels + c;
                use(
                  ((n * allChannels + channel) * rows + row) * columns + column,
                  ((o * channels + c) * height + i) * width + j,
                  ((n * allOut + o) * outRows + y) * outColumns + x,
                );
              }
}

function outSize({ input, weights, options }: Geometry): [number, number] {
  const { stride, dilation, padding } = options;
  const length = (axis: number) =>
    Math.floor((input[axis]! + 2 * padding - dilation * (weights[axis]! - 1) - 1) / stride) + 1;
  return [length(2), length(3)];
}

type Precision = Float32ArrayConstructor | Float64ArrayConstructor;

function filled(random: Random, shape: Shape, precision: Precision): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const data = new precision(size);
  for (let i = 0; i < size; i++) data[i] = 2 * random() - 1;
  return tensor(data, shape);
}

function withKernels<T>(kernels: Kernels, run: () => T): T {
  const before = useKernels(kernels);
  try {
    return run();
  } finally {
    useKernels(before);
  }
}

/** The greatest difference; both have one length. */
function worst(found: Tensor, wanted: Float64Array): number {
  expect(found.data.length).toBe(wanted.length);
  return wanted.reduce((max, value, i) => Math.max(max, Math.abs(value - found.data[i]!)), 0);
}

describe.each([
  ["plain JS in f64", jsKernels, Float64Array, 1e-12],
  ["plain JS in f32", jsKernels, Float32Array, 1e-4],
  ["WASM in f32", wasmKernels(), Float32Array, 1e-4],
] as const)("convolution with %s", (_, kernels, precision, tolerance) => {
  it("is its definition, and so are its gradients, over 150 geometries", () => {
    const random = seededRandom(21);
    for (let round = 0; round < 150; round++) {
      const one = geometry(random);
      const { input, weights, options } = one;
      const output = [input[0]!, weights[0]!, ...outSize(one)];
      const [x, w, g] = [input, weights, output].map((shape) => filled(random, shape, precision)) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      const y = new Float64Array(g.data.length);
      const dx = new Float64Array(x.data.length);
      const dw = new Float64Array(w.data.length);
      eachProduct(one, (atX, atW, atY) => {
        y[atY] = y[atY]! + x.data[atX]! * w.data[atW]!;
        dx[atX] = dx[atX]! + g.data[atY]! * w.data[atW]!;
        dw[atW] = dw[atW]! + x.data[atX]! * g.data[atY]!;
      });
      withKernels(kernels, () => {
        const forward = conv2d(x, w, options);
        expect(forward.shape).toEqual(output);
        const note = JSON.stringify(one);
        expect(worst(forward, y), note).toBeLessThan(tolerance);
        expect(worst(conv2dInputGradient(g, w, input, options), dx), note).toBeLessThan(tolerance);
        expect(worst(conv2dWeightGradient(x, g, weights, options), dw), note).toBeLessThan(tolerance);
      });
    }
  });
});

describe("convolution", () => {
  const x = zeros([1, 4, 5, 5]);

  it.each<[string, () => unknown]>([
    ["a kernel of other channels", () => conv2d(x, zeros([2, 3, 3, 3]))],
    ["groups that do not divide the outputs", () => conv2d(x, zeros([3, 2, 3, 3]), { groups: 2 })],
    ["a kernel larger than the image", () => conv2d(x, zeros([1, 4, 3, 3]), { dilation: 3 })],
    ["a stride of 0", () => conv2d(x, zeros([1, 4, 3, 3]), { stride: 0 })],
    ["half a pixel of padding", () => conv2d(x, zeros([1, 4, 3, 3]), { padding: 0.5 })],
    ["images without channels", () => conv2d(zeros([5, 5]), zeros([1, 4, 3, 3]))],
    ["another precision", () => conv2d(x, new Tensor(new Float64Array(36), [1, 4, 3, 3]))],
    ["a gradient of another size", () => conv2dInputGradient(x, zeros([4, 4, 3, 3]), [1, 4, 5, 5])],
    ["a kernel's gradient of another size", () => conv2dWeightGradient(x, x, [4, 4, 3, 3])],
  ])("refuses %s", (_, call) => {
    expect(call).toThrow(expect.objectContaining({ code: "COMPUTE_BAD_SHAPE" }));
  });
});
