import { jsKernels } from "../kernels-js.js";
import type { ConvolutionGeometry, DirectConvolutions, Kernels, MatmulOptions } from "./types.js";
import { instantiateKernels, type KernelExports, Layout, simdIsAvailable } from "./wasm.js";

/** Terms of one inner sum of a matrix product; longer sums are made block by block, so that panels stay in cache. */
const BLOCK = 256;

const ceilTo = (count: number, multiple: number): number => Math.ceil(count / multiple) * multiple;

/**
 * The f32 kernels over WASM SIMD. Data are copied into the module's memory and back; the memory is as large as
 * the largest call needed. Order of summation: matmul adds ascending k within blocks of 256, then the blocks;
 * convolutions add ascending (channel, kernel row, kernel column); the weights' gradient adds pixels in four
 * partial sums (column modulo 4). The same bits on every machine, other bits than plain JS.
 */
export function wasmKernels(): Kernels {
  const kernels = instantiateKernels();
  return {
    name: "wasm",
    matmul: (m, n, k, a, b, out, options = {}) => matmul(kernels, m, n, k, a, b, out, options),
    // Nothing to compute, only memory to move: plain JS needs no copy into the module.
    im2col: jsKernels.im2col,
    col2im: jsKernels.col2im,
    direct: directConvolutions(kernels),
  };
}

/** WASM SIMD where the engine has it, else plain JS. */
export function fastestKernels(): Kernels {
  return simdIsAvailable() ? wasmKernels() : jsKernels;
}

/** A view of `length` floats at `address`; stale once the memory grows. */
const floats = (kernels: KernelExports, address: number, length: number): Float32Array =>
  new Float32Array(kernels.memory.buffer, address, length);

function matmul(
  kernels: KernelExports,
  m: number,
  n: number,
  k: number,
  a: Float32Array,
  b: Float32Array,
  out: Float32Array,
  { transposeA = false, transposeB = false, accumulate = false }: MatmulOptions,
): void {
  const layout = new Layout();
  const [toA, toB, toOut] = [layout.area(4 * m * k), layout.area(4 * k * n), layout.area(4 * m * n)];
  const block = Math.min(k, BLOCK);
  const [packA, packB] = [layout.area(4 * ceilTo(m, 4) * block), layout.area(4 * 64 * block)];
  const tile = layout.area(4 * 32);
  layout.commit(kernels.memory);
  floats(kernels, toA, m * k).set(a.subarray(0, m * k));
  floats(kernels, toB, k * n).set(b.subarray(0, k * n));
  const result = floats(kernels, toOut, m * n);
  if (accumulate) result.set(out.subarray(0, m * n));
  const [aStride, bStride] = [transposeA ? m : k, transposeB ? k : n];
  for (let first = 0; first < k; first += block) {
    const fromA = toA + 4 * first * (transposeA ? m : 1);
    const fromB = toB + 4 * first * (transposeB ? 1 : n);
    kernels.matmulBlock(
      ...([m, n, Math.min(block, k - first)] as const),
      ...([fromA, aStride, Number(transposeA)] as const),
      ...([fromB, bStride, Number(transposeB)] as const),
      ...([toOut, Number(accumulate || first > 0)] as const),
      ...([packA, packB, tile] as const),
    );
  }
  out.set(result);
}

/** An image with its border of zeros, as the direct kernels want it. */
interface Padded {
  readonly rows: number;
  /** Floats from one row to the next. */
  readonly stride: number;
  readonly padding: number;
}

function padded(rows: number, columns: number, padding: number): Padded {
  return { rows: rows + 2 * padding, stride: columns + 2 * padding, padding };
}

/** Clears the area, slack included, and copies the planes of `image` into it. */
function copyPadded(
  kernels: KernelExports,
  address: number,
  shape: Padded,
  image: Float32Array,
  geometry: { readonly channels: number; readonly rows: number; readonly columns: number },
): void {
  const { channels, rows, columns } = geometry;
  const area = floats(kernels, address, channels * shape.rows * shape.stride + 16).fill(0);
  let from = 0;
  for (let channel = 0; channel < channels; channel++) {
    let to = (channel * shape.rows + shape.padding) * shape.stride + shape.padding;
    for (let row = 0; row < rows; row++, from += columns, to += shape.stride) {
      area.set(image.subarray(from, from + columns), to);
    }
  }
}

/** Byte offsets of the taps in a padded image: channel, then kernel row, then kernel column. */
function tapOffsets(geometry: ConvolutionGeometry, shape: Padded): Int32Array {
  const { channels, kernelRows, kernelColumns, dilation } = geometry;
  const offsets = new Int32Array(channels * kernelRows * kernelColumns);
  let at = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < kernelRows; row++) {
      for (let column = 0; column < kernelColumns; column++) {
        const y = channel * shape.rows + row * dilation;
        offsets[at++] = 4 * (y * shape.stride + column * dilation);
      }
    }
  }
  return offsets;
}

/** A convolution of stride 1 over `image`, with weights outChannels × channels × kernelRows × kernelColumns. */
function convolve(
  kernels: KernelExports,
  image: Float32Array,
  weights: Float32Array,
  outChannels: number,
  geometry: ConvolutionGeometry,
  out: Float32Array,
): void {
  const { channels, rows, columns, outRows, outColumns } = geometry;
  const shape = padded(rows, columns, geometry.padding);
  const offsets = tapOffsets(geometry, shape);
  const outStride = ceilTo(outColumns, 8);
  const layout = new Layout();
  const toImage = layout.area(4 * channels * shape.rows * shape.stride);
  const toOffsets = layout.area(4 * offsets.length);
  const toWeights = layout.area(4 * outChannels * offsets.length);
  const packed = layout.area(4 * ceilTo(outChannels, 4) * offsets.length);
  const toOut = layout.area(4 * ceilTo(outChannels, 4) * outRows * outStride);
  layout.commit(kernels.memory);
  copyPadded(kernels, toImage, shape, image, geometry);
  new Int32Array(kernels.memory.buffer, toOffsets, offsets.length).set(offsets);
  const used = outChannels * offsets.length;
  floats(kernels, toWeights, used).set(weights.subarray(0, used));
  kernels.packWeights(toWeights, outChannels, offsets.length, packed);
  kernels.convolve(
    ...([toImage, shape.stride, toOffsets, offsets.length] as const),
    ...([packed, outChannels, toOut, outRows, outStride] as const),
  );
  copyRows(floats(kernels, toOut, outChannels * outRows * outStride), outStride, out, outColumns);
}

/** Copies every row of `from` without what lies past its end. */
function copyRows(from: Float32Array, stride: number, to: Float32Array, columns: number): void {
  if (stride === columns) return to.set(from);
  for (let at = 0, row = 0; at < from.length; at += stride, row += columns) {
    to.set(from.subarray(at, at + columns), row);
  }
}

/** Weights of the adjoint convolution: channels × outChannels, kernels turned by 180°. */
function turned(weights: Float32Array, outChannels: number, channels: number, taps: number): Float32Array {
  const result = new Float32Array(outChannels * channels * taps);
  for (let o = 0; o < outChannels; o++) {
    for (let c = 0; c < channels; c++) {
      const from = (o * channels + c) * taps;
      const to = (c * outChannels + o) * taps;
      for (let tap = 0; tap < taps; tap++) result[to + taps - 1 - tap] = weights[from + tap]!;
    }
  }
  return result;
}

function inputGradient(
  kernels: KernelExports,
  outGradient: Float32Array,
  weights: Float32Array,
  outChannels: number,
  geometry: ConvolutionGeometry,
  imageGradient: Float32Array,
): void {
  const { channels, kernelRows, kernelColumns, dilation, padding } = geometry;
  const adjoint: ConvolutionGeometry = {
    ...geometry,
    channels: outChannels,
    rows: geometry.outRows,
    columns: geometry.outColumns,
    padding: dilation * (kernelRows - 1) - padding,
    outRows: geometry.rows,
    outColumns: geometry.columns,
  };
  const taps = kernelRows * kernelColumns;
  convolve(
    kernels,
    outGradient,
    turned(weights, outChannels, channels, taps),
    channels,
    adjoint,
    imageGradient,
  );
}

function weightGradient(
  kernels: KernelExports,
  image: Float32Array,
  outGradient: Float32Array,
  outChannels: number,
  geometry: ConvolutionGeometry,
  gradient: Float32Array,
): void {
  const { channels, rows, columns, outRows, outColumns } = geometry;
  const shape = padded(rows, columns, geometry.padding);
  const offsets = tapOffsets(geometry, shape);
  const [taps, used] = [ceilTo(offsets.length, 2), outChannels * offsets.length];
  const stride = ceilTo(outColumns, 4);
  const outPlanes = ceilTo(outChannels, 4);
  const layout = new Layout();
  const toImage = layout.area(4 * channels * shape.rows * shape.stride);
  const toOffsets = layout.area(4 * taps);
  const toOut = layout.area(4 * outPlanes * outRows * stride);
  const sums = layout.area(16 * outPlanes * taps);
  const toGradient = layout.area(4 * used);
  layout.commit(kernels.memory);
  copyPadded(kernels, toImage, shape, image, geometry);
  const table = new Int32Array(kernels.memory.buffer, toOffsets, taps);
  table.set(offsets);
  table.fill(offsets.at(-1)!, offsets.length);
  const copied = floats(kernels, toOut, outPlanes * outRows * stride).fill(0);
  for (let row = 0; row < outChannels * outRows; row++) {
    copied.set(outGradient.subarray(row * outColumns, (row + 1) * outColumns), row * stride);
  }
  const result = floats(kernels, toGradient, used);
  result.set(gradient.subarray(0, used));
  kernels.weightGradient(
    ...([toImage, shape.stride, toOffsets, taps, offsets.length] as const),
    ...([toOut, outRows, stride, outChannels, sums, toGradient] as const),
  );
  gradient.set(result);
}

/** Only stride 1: with another one a row of outputs does not read a row of neighbours. */
function directConvolutions(kernels: KernelExports): DirectConvolutions {
  return {
    forward(image, weights, outChannels, geometry, out) {
      if (geometry.stride !== 1) return false;
      convolve(kernels, image, weights, outChannels, geometry, out);
      return true;
    },
    inputGradient(outGradient, weights, outChannels, geometry, imageGradient) {
      const { stride, dilation, padding, kernelRows, kernelColumns } = geometry;
      // The adjoint has one padding for both axes too, and it cannot be negative.
      if (stride !== 1 || kernelRows !== kernelColumns || padding > dilation * (kernelRows - 1)) return false;
      inputGradient(kernels, outGradient, weights, outChannels, geometry, imageGradient);
      return true;
    },
    weightGradient(image, outGradient, outChannels, geometry, gradient) {
      if (geometry.stride !== 1) return false;
      weightGradient(kernels, image, outGradient, outChannels, geometry, gradient);
      return true;
    },
  };
}
