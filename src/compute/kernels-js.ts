import type { ConvolutionGeometry, Kernels, MatmulOptions } from "./kernels/types.js";
import type { Floats } from "./tensor.js";

// Blocks of matmul: of B, DEPTH × WIDE fits the second-level cache beside A's DEPTH × rows.
const DEPTH = 256;
const WIDE = 96;
let packedA = new Float64Array(0);
const packedB = new Float64Array(DEPTH * WIDE);

/**
 * See Kernels.matmul; f64 too. Packs both operands as f64 in panels of 4 rows of A and 2 columns of B, so that
 * the inner loop reads both in order and keeps its eight sums in registers (V8 multiplies in f64 anyway).
 */
function matmul(
  m: number,
  n: number,
  k: number,
  a: Floats,
  b: Floats,
  out: Floats,
  options: MatmulOptions = {},
): void {
  if (options.accumulate !== true) out.fill(0, 0, m * n);
  const rows = Math.ceil(m / 4) * 4;
  if (packedA.length < rows * Math.min(k, DEPTH)) packedA = new Float64Array(rows * DEPTH);
  for (let p = 0; p < k; p += DEPTH) {
    const depth = Math.min(DEPTH, k - p);
    packRows(a, m, k, p, depth, options.transposeA === true);
    for (let j = 0; j < n; j += WIDE) {
      const wide = Math.min(WIDE, n - j);
      packColumns(b, n, k, p, depth, j, wide, options.transposeB === true);
      multiplyBlock(m, n, depth, j, wide, out);
    }
  }
}

/** Panel of rows i … i+3: for each p the four values; rows beyond m are 0. */
function packRows(a: Floats, m: number, k: number, from: number, depth: number, transposed: boolean): void {
  const [rowStep, depthStep] = transposed ? [1, m] : [k, 1];
  for (let i = 0; i < m; i += 4) {
    for (let r = 0; r < 4; r++) {
      let to = i * depth + r;
      if (i + r >= m) for (let p = 0; p < depth; p++, to += 4) packedA[to] = 0;
      else {
        let at = (i + r) * rowStep + from * depthStep;
        for (let p = 0; p < depth; p++, to += 4, at += depthStep) packedA[to] = a[at]!;
      }
    }
  }
}

/** Panels of columns j, j+1: for each p the two values; a column beyond the last is 0. */
function packColumns(
  b: Floats,
  n: number,
  k: number,
  from: number,
  depth: number,
  first: number,
  wide: number,
  transposed: boolean,
): void {
  const [columnStep, depthStep] = transposed ? [k, 1] : [1, n];
  for (let p = 0; p < depth; p++) {
    let at = (from + p) * depthStep + first * columnStep;
    let to = 2 * p;
    for (let j = 0; j < wide; j += 2, to += 2 * depth) {
      packedB[to] = b[at]!;
      packedB[to + 1] = j + 1 < wide ? b[at + columnStep]! : 0;
      at += 2 * columnStep;
    }
  }
}

function multiplyBlock(m: number, n: number, depth: number, first: number, wide: number, out: Floats): void {
  for (let j = 0; j < wide; j += 2) {
    for (let i = 0; i < m; i += 4) {
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      let s20 = 0;
      let s21 = 0;
      let s30 = 0;
      let s31 = 0;
      let at = i * depth;
      let bt = j * depth;
      for (const end = bt + 2 * depth; bt < end; bt += 2, at += 4) {
        const b0 = packedB[bt]!;
        const b1 = packedB[bt + 1]!;
        const a0 = packedA[at]!;
        s00 += a0 * b0;
        s01 += a0 * b1;
        const a1 = packedA[at + 1]!;
        s10 += a1 * b0;
        s11 += a1 * b1;
        const a2 = packedA[at + 2]!;
        s20 += a2 * b0;
        s21 += a2 * b1;
        const a3 = packedA[at + 3]!;
        s30 += a3 * b0;
        s31 += a3 * b1;
      }
      const to = i * n + first + j;
      const two = j + 1 < wide;
      addPair(out, to, s00, s01, two);
      if (i + 1 < m) addPair(out, to + n, s10, s11, two);
      if (i + 2 < m) addPair(out, to + 2 * n, s20, s21, two);
      if (i + 3 < m) addPair(out, to + 3 * n, s30, s31, two);
    }
  }
}

function addPair(out: Floats, at: number, first: number, second: number, two: boolean): void {
  out[at] = out[at]! + first;
  if (two) out[at + 1] = out[at + 1]! + second;
}

/** Of 0 … count−1, the outputs whose tap at `shift` falls inside 0 … length−1: [first, end). */
function inside(shift: number, stride: number, length: number, count: number): [number, number] {
  const first = Math.min(count, Math.max(0, Math.ceil(-shift / stride)));
  const end = Math.min(count, Math.floor((length - 1 - shift) / stride) + 1);
  return [first, Math.max(first, end)];
}

/** See Kernels.im2col; f64 too. */
function im2col(image: Floats, g: ConvolutionGeometry, columns: Floats): void {
  let row = 0;
  for (let c = 0; c < g.channels; c++) {
    for (let i = 0; i < g.kernelRows; i++) {
      const down = i * g.dilation - g.padding;
      const [top, bottom] = inside(down, g.stride, g.rows, g.outRows);
      for (let j = 0; j < g.kernelColumns; j++, row += g.outRows * g.outColumns) {
        const right = j * g.dilation - g.padding;
        const [left, end] = inside(right, g.stride, g.columns, g.outColumns);
        columns.fill(0, row, row + g.outRows * g.outColumns);
        for (let y = top; y < bottom; y++) {
          let from = (c * g.rows + y * g.stride + down) * g.columns + left * g.stride + right;
          let to = row + y * g.outColumns + left;
          for (const stop = to + end - left; to < stop; to++, from += g.stride) columns[to] = image[from]!;
        }
      }
    }
  }
}

/** See Kernels.col2im; f64 too. */
function col2im(columns: Floats, g: ConvolutionGeometry, image: Floats): void {
  let row = 0;
  for (let c = 0; c < g.channels; c++) {
    for (let i = 0; i < g.kernelRows; i++) {
      const down = i * g.dilation - g.padding;
      const [top, bottom] = inside(down, g.stride, g.rows, g.outRows);
      for (let j = 0; j < g.kernelColumns; j++, row += g.outRows * g.outColumns) {
        const right = j * g.dilation - g.padding;
        const [left, end] = inside(right, g.stride, g.columns, g.outColumns);
        for (let y = top; y < bottom; y++) {
          let to = (c * g.rows + y * g.stride + down) * g.columns + left * g.stride + right;
          let from = row + y * g.outColumns + left;
          for (const stop = from + end - left; from < stop; from++, to += g.stride)
            image[to] = image[to]! + columns[from]!;
        }
      }
    }
  }
}

/** Plain loops: the default, for f32 and f64 alike. */
export const jsKernels = { name: "js", matmul, im2col, col2im } as const satisfies Kernels;

/** Kernels that take both precisions. */
export type WideKernels = Omit<typeof jsKernels, "name"> & Pick<Kernels, "direct">;

let chosen: Kernels = jsKernels;

/** From now on f32 tensors are worked on by these; f64 ones always by plain JS. Returns those used before. */
export function useKernels(kernels: Kernels): Kernels {
  const before = chosen;
  chosen = kernels;
  return before;
}

export function kernelsFor(data: Floats): WideKernels {
  // The chosen ones see f32 alone, as their interface asks.
  return data instanceof Float64Array ? jsKernels : (chosen as WideKernels);
}
