import { expect, it } from "vitest";
import { seededRandom } from "../base/index.js";
import { jsKernels } from "./index.js";

const random = seededRandom(31);
const floats = (size: number) => Float64Array.from({ length: size }, () => 2 * random() - 1);

const transposed = (data: Float64Array, rows: number, columns: number) =>
  Float64Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!);

/** Sizes on both sides of the panels of 4 and 2 and of the blocks of 96 and 256. */
const shapes = [
  [1, 1, 1],
  [4, 2, 3],
  [5, 3, 7],
  [3, 97, 255],
  [7, 96, 256],
  [9, 191, 257],
  [2, 1, 600],
] as const;

it.each(shapes)("multiplies %i × %i over %i, transposed or not, in place of or onto", (m, n, k) => {
  const [a, b, before] = [floats(m * k), floats(k * n), floats(m * n)];
  const wanted = before.map((_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let p = 0; p < k; p++) sum += a[i * k + p]! * b[p * n + j]!;
    return sum;
  });
  for (const transposeA of [false, true])
    for (const transposeB of [false, true])
      for (const accumulate of [false, true]) {
        const out = before.slice();
        const left = transposeA ? transposed(a, m, k) : a;
        const right = transposeB ? transposed(b, k, n) : b;
        jsKernels.matmul(m, n, k, left, right, out, { transposeA, transposeB, accumulate });
        const off = out.map((value, i) => Math.abs(value - wanted[i]! - (accumulate ? before[i]! : 0)));
        expect(Math.max(...off)).toBeLessThan(1e-12);
      }
});

it("lays out the columns of an image, and adds them back as their adjoint", () => {
  const geometry = {
    ...{ channels: 2, rows: 3, columns: 3, kernelRows: 2, kernelColumns: 2 },
    ...{ stride: 2, dilation: 1, padding: 1, outRows: 2, outColumns: 2 },
  };
  const image = Float64Array.from({ length: 18 }, (_, i) => i + 1);
  const columns = new Float64Array(8 * 4).fill(9);
  jsKernels.im2col(image, geometry, columns);
  // The four windows of the first channel begin at (−1, −1), (−1, 1), (1, −1) and (1, 1).
  expect([...columns.subarray(0, 16)]).toEqual([0, 0, 0, 5, 0, 0, 4, 6, 0, 2, 0, 8, 1, 3, 7, 9]);
  const other = floats(32);
  const back = new Float64Array(18).fill(1);
  jsKernels.col2im(other, geometry, back);
  const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  const ones = new Float64Array(18).fill(1);
  expect(dot(image, back) - dot(image, ones)).toBeCloseTo(dot(columns, other), 10);
});
