import { describe, expect, it } from "vitest";
import { type Random, randomInt, seededRandom } from "../../base/index.js";
import { wasmKernels } from "./f32.js";
import type { ConvolutionGeometry } from "./types.js";

const kernels = wasmKernels();
const direct = kernels.direct!;

const randomFloats = (random: Random, length: number): Float32Array =>
  Float32Array.from({ length }, () => 2 * random() - 1);

/** Relative to the sum of the terms' magnitudes, which is what an order of summation can change. */
function expectClose(actual: Float32Array, exact: Float64Array, magnitude: Float64Array): void {
  expect(actual.length).toBe(exact.length);
  let worst = 0;
  for (let i = 0; i < exact.length; i++) {
    const error = Math.abs(actual[i]! - exact[i]!);
    // NaN must count as an error too.
    if (!(error <= 1e-5 * magnitude[i]!)) worst = Number.isNaN(error) ? 1 / 0 : Math.max(worst, error);
  }
  expect(worst).toBe(0);
}

/** Every product that a result is the sum of, one call each. */
type Terms = (add: (to: number, product: number) => void) => void;

function sumTerms(start: Float32Array, terms: Terms): { exact: Float64Array; magnitude: Float64Array } {
  const exact = Float64Array.from(start);
  const magnitude = exact.map(Math.abs);
  terms((to, product) => {
    exact[to]! += product;
    magnitude[to]! += Math.abs(product);
  });
  return { exact, magnitude };
}

function geometryOf(random: Random, stride = 1): ConvolutionGeometry {
  const [dilation, kernelRows, kernelColumns] = [
    randomInt(random, 1, 4),
    randomInt(random, 1, 4),
    randomInt(random, 1, 4),
  ];
  const padding = randomInt(random, 0, dilation * 3);
  const smallest = Math.max(1, dilation * 3 + 1 - 2 * padding);
  const [rows, columns] = [smallest + randomInt(random, 0, 20), smallest + randomInt(random, 0, 20)];
  const out = (size: number, kernel: number): number =>
    Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
  return {
    ...{
      channels: randomInt(random, 1, 6),
      rows,
      columns,
      kernelRows,
      kernelColumns,
      stride,
      dilation,
      padding,
    },
    ...{ outRows: out(rows, kernelRows), outColumns: out(columns, kernelColumns) },
  };
}

/** Calls back with index of output, weight and image for each product of a convolution, borders left out. */
function eachProduct(
  g: ConvolutionGeometry,
  outChannels: number,
  visit: (out: number, weight: number, image: number) => void,
): void {
  const taps = g.kernelRows * g.kernelColumns;
  for (let o = 0; o < outChannels; o++) {
    for (let y = 0; y < g.outRows; y++) {
      for (let x = 0; x < g.outColumns; x++) {
        for (let tap = 0; tap < g.channels * taps; tap++) {
          const c = Math.floor(tap / taps);
          const row = y - g.padding + (Math.floor(tap / g.kernelColumns) % g.kernelRows) * g.dilation;
          const column = x - g.padding + (tap % g.kernelColumns) * g.dilation;
          if (row < 0 || column < 0 || row >= g.rows || column >= g.columns) continue;
          const out = (o * g.outRows + y) * g.outColumns + x;
          visit(out, o * g.channels * taps + tap, (c * g.rows + row) * g.columns + column);
        }
      }
    }
  }
}

describe("matrix products over WASM", () => {
  const random = seededRandom(1);
  const cases = Array.from({ length: 60 }, (_, i) => ({
    ...{
      m: randomInt(random, 1, 40),
      n: randomInt(random, 1, 150),
      k: randomInt(random, 1, i < 50 ? 60 : 700),
    },
    transposeA: (i & 1) > 0,
    transposeB: (i & 2) > 0,
    accumulate: (i & 4) > 0,
  }));
  it.each(cases)("$m × $k × $n, transposed $transposeA $transposeB, accumulating $accumulate", (options) => {
    const { m, n, k, transposeA, transposeB, accumulate } = options;
    const a = randomFloats(random, m * k);
    // A view at an offset, and longer than needed: both are allowed.
    const b = randomFloats(random, k * n + 9).subarray(3);
    const out = randomFloats(random, m * n);
    const { exact, magnitude } = sumTerms(accumulate ? out : new Float32Array(m * n), (add) => {
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++)
          for (let p = 0; p < k; p++)
            add(i * n + j, a[transposeA ? p * m + i : i * k + p]! * b[transposeB ? j * k + p : p * n + j]!);
    });
    kernels.matmul(m, n, k, a, b, out, options);
    expectClose(out, exact, magnitude);
  });
});

describe("direct convolutions over WASM", () => {
  const random = seededRandom(2);
  const cases = Array.from({ length: 40 }, (_, at) => ({ at, geometry: geometryOf(random) }));
  it.each(cases)("agree with plain loops, geometry $at", ({ geometry }) => {
    const outChannels = randomInt(random, 1, 9);
    const { channels, rows, columns, kernelRows, kernelColumns } = geometry;
    const image = randomFloats(random, channels * rows * columns);
    const weights = randomFloats(random, outChannels * channels * kernelRows * kernelColumns);
    const out = randomFloats(random, outChannels * geometry.outRows * geometry.outColumns);
    const forward = sumTerms(new Float32Array(out.length), (add) =>
      eachProduct(geometry, outChannels, (o, w, i) => add(o, weights[w]! * image[i]!)),
    );
    const toWeights = randomFloats(random, weights.length);
    const backToWeights = sumTerms(toWeights, (add) =>
      eachProduct(geometry, outChannels, (o, w, i) => add(w, out[o]! * image[i]!)),
    );
    const backToImage = sumTerms(new Float32Array(image.length), (add) =>
      eachProduct(geometry, outChannels, (o, w, i) => add(i, out[o]! * weights[w]!)),
    );
    expect(direct.weightGradient(image, out, outChannels, geometry, toWeights)).toBe(true);
    expectClose(toWeights, backToWeights.exact, backToWeights.magnitude);
    const toImage = randomFloats(random, image.length);
    if (direct.inputGradient(out, weights, outChannels, geometry, toImage)) {
      expectClose(toImage, backToImage.exact, backToImage.magnitude);
    }
    expect(direct.forward(image, weights, outChannels, geometry, out)).toBe(true);
    expectClose(out, forward.exact, forward.magnitude);
  });

  it("take the input gradient of every square kernel with the padding that keeps the size", () => {
    const geometry: ConvolutionGeometry = {
      ...{ channels: 2, rows: 5, columns: 7, kernelRows: 3, kernelColumns: 3, stride: 1 },
      ...{ dilation: 2, padding: 2, outRows: 5, outColumns: 7 },
    };
    const taken = direct.inputGradient(
      new Float32Array(35),
      new Float32Array(18),
      1,
      geometry,
      new Float32Array(70),
    );
    expect(taken).toBe(true);
  });

  it("refuse other strides and write nothing", () => {
    const geometry = geometryOf(seededRandom(3), 2);
    const out = new Float32Array(geometry.outRows * geometry.outColumns).fill(7);
    const image = new Float32Array(geometry.channels * geometry.rows * geometry.columns).fill(7);
    const weights = new Float32Array(geometry.channels * 16).fill(7);
    expect(direct.forward(image, weights, 1, geometry, out)).toBe(false);
    expect(direct.inputGradient(out, weights, 1, geometry, image)).toBe(false);
    expect(direct.weightGradient(image, out, 1, geometry, weights)).toBe(false);
    for (const array of [out, image, weights]) expect(new Set(array)).toEqual(new Set([7]));
  });

  it("does not let what an earlier, larger call left in the memory into a result", () => {
    const geometry: ConvolutionGeometry = {
      ...{ channels: 1, rows: 3, columns: 3, kernelRows: 3, kernelColumns: 3, stride: 1 },
      ...{ dilation: 1, padding: 1, outRows: 3, outColumns: 3 },
    };
    const nothing = new Float32Array(100_000).fill(Number.NaN);
    kernels.matmul(100, 100, 100, nothing, nothing, new Float32Array(10_000));
    const ones = new Float32Array(9).fill(1);
    const out = new Float32Array(9);
    direct.forward(ones, ones, 1, geometry, out);
    expect([...out]).toEqual([4, 6, 4, 6, 9, 6, 4, 6, 4]);
    kernels.matmul(100, 100, 100, nothing, nothing, new Float32Array(10_000));
    const gradient = new Float32Array(9);
    direct.weightGradient(ones, ones, 1, geometry, gradient);
    expect([...gradient]).toEqual([4, 6, 4, 6, 9, 6, 4, 6, 4]);
  });
});
