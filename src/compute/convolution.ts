import { record, samePrecision } from "./autograd.js";
import type { ConvolutionGeometry } from "./kernels/types.js";
import { kernelsFor, type WideKernels } from "./kernels-js.js";
import { allocate, badShape, type Floats, type Shape, spell, type Tensor } from "./tensor.js";

export interface ConvolutionOptions {
  /** Default 1. */
  readonly stride?: number;
  /** Distance between the taps of the kernel. Default 1. */
  readonly dilation?: number;
  /** Zeros on each side. Default 0. */
  readonly padding?: number;
  /** Channels are divided into so many parts that do not see each other; as many as channels is depthwise. Default 1. */
  readonly groups?: number;
}

/** The whole batch: `groups` times the one-group geometry for each of `images`. */
interface Plan {
  readonly images: number;
  readonly groups: number;
  /** Output channels of one group. */
  readonly outChannels: number;
  readonly geometry: ConvolutionGeometry;
  readonly input: Shape;
  readonly weights: Shape;
  readonly output: Shape;
}

function plan(input: Shape, weights: Shape, options: ConvolutionOptions): Plan {
  const { stride = 1, dilation = 1, padding = 0, groups = 1 } = options;
  const [images = 0, allChannels = 0, rows = 0, columns = 0] = input;
  const [allOut = 0, channels = 0, kernelRows = 0, kernelColumns = 0] = weights;
  const positive = [stride, dilation, groups].every((n) => Number.isInteger(n) && n >= 1);
  if (!positive || !Number.isInteger(padding) || padding < 0) throw badShape("no such convolution");
  if (
    input.length !== 4 ||
    weights.length !== 4 ||
    channels * groups !== allChannels ||
    allOut % groups !== 0
  )
    throw badShape(`kernel ${spell(weights)} in ${groups} groups for images ${spell(input)}`);
  const outRows = outLength(rows, kernelRows, stride, dilation, padding);
  const outColumns = outLength(columns, kernelColumns, stride, dilation, padding);
  if (outRows < 1 || outColumns < 1)
    throw badShape(`kernel ${spell(weights)} is larger than images ${spell(input)}`);
  return {
    images,
    groups,
    outChannels: allOut / groups,
    geometry: {
      channels,
      rows,
      columns,
      kernelRows,
      kernelColumns,
      stride,
      dilation,
      padding,
      outRows,
      outColumns,
    },
    input,
    weights,
    output: [images, allOut, outRows, outColumns],
  };
}

function outLength(
  length: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding: number,
): number {
  return Math.floor((length + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** Parts of the three arrays that belong to one group of one image. */
type GroupWork = (input: Floats, weights: Floats, output: Floats) => void;

function eachGroup(p: Plan, input: Floats, weights: Floats, output: Floats, work: GroupWork): void {
  const g = p.geometry;
  const inSize = g.channels * g.rows * g.columns;
  const kernelSize = p.outChannels * g.channels * g.kernelRows * g.kernelColumns;
  const outSize = p.outChannels * g.outRows * g.outColumns;
  for (let image = 0; image < p.images; image++) {
    for (let group = 0; group < p.groups; group++) {
      const at = image * p.groups + group;
      work(
        input.subarray(at * inSize, (at + 1) * inSize),
        weights.subarray(group * kernelSize, (group + 1) * kernelSize),
        output.subarray(at * outSize, (at + 1) * outSize),
      );
    }
  }
}

/** One buffer for the columns of all convolutions of a precision, as large as the largest so far. */
const columnBuffers = { narrow: new Float32Array(0), wide: new Float64Array(0) };

function columnBuffer(like: Floats, size: number): Floats {
  if (like instanceof Float64Array) {
    if (columnBuffers.wide.length < size) columnBuffers.wide = new Float64Array(size);
    return columnBuffers.wide.subarray(0, size);
  }
  if (columnBuffers.narrow.length < size) columnBuffers.narrow = new Float32Array(size);
  return columnBuffers.narrow.subarray(0, size);
}

/** A 1 × 1 kernel that visits every pixel once: the image is its own columns. */
function isPointwise(g: ConvolutionGeometry): boolean {
  return g.kernelRows === 1 && g.kernelColumns === 1 && g.stride === 1 && g.padding === 0;
}

function sizes(g: ConvolutionGeometry): { taps: number; places: number } {
  return { taps: g.channels * g.kernelRows * g.kernelColumns, places: g.outRows * g.outColumns };
}

function toColumns(kernels: WideKernels, image: Floats, g: ConvolutionGeometry): Floats {
  if (isPointwise(g)) return image;
  const { taps, places } = sizes(g);
  const columns = columnBuffer(image, taps * places);
  kernels.im2col(image, g, columns);
  return columns;
}

/** What the direct convolutions are given: f32 whenever the chosen kernels have them. */
const narrow = (data: Floats) => data as Float32Array;

function forwardData(p: Plan, input: Floats, weights: Floats): Floats {
  const kernels = kernelsFor(input);
  const output = allocate(input, p.images * p.groups * p.outChannels * sizes(p.geometry).places);
  const { taps, places } = sizes(p.geometry);
  eachGroup(p, input, weights, output, (x, w, y) => {
    if (kernels.direct?.forward(narrow(x), narrow(w), p.outChannels, p.geometry, narrow(y))) return;
    kernels.matmul(p.outChannels, places, taps, w, toColumns(kernels, x, p.geometry), y);
  });
  return output;
}

function inputGradientData(p: Plan, gradient: Floats, weights: Floats): Floats {
  const kernels = kernelsFor(gradient);
  const g = p.geometry;
  const { taps, places } = sizes(g);
  const input = allocate(gradient, p.images * p.groups * g.channels * g.rows * g.columns);
  eachGroup(p, input, weights, gradient, (x, w, y) => {
    if (kernels.direct?.inputGradient(narrow(y), narrow(w), p.outChannels, g, narrow(x))) return;
    const columns = isPointwise(g) ? x : columnBuffer(gradient, taps * places);
    kernels.matmul(taps, places, p.outChannels, w, y, columns, { transposeA: true });
    if (columns !== x) kernels.col2im(columns, g, x);
  });
  return input;
}

function weightGradientData(p: Plan, input: Floats, gradient: Floats): Floats {
  const kernels = kernelsFor(input);
  const { taps, places } = sizes(p.geometry);
  const weights = allocate(input, p.groups * p.outChannels * taps);
  eachGroup(p, input, weights, gradient, (x, w, y) => {
    if (kernels.direct?.weightGradient(narrow(x), narrow(y), p.outChannels, p.geometry, narrow(w))) return;
    const columns = toColumns(kernels, x, p.geometry);
    kernels.matmul(p.outChannels, taps, places, y, columns, w, { transposeB: true, accumulate: true });
  });
  return weights;
}

/**
 * Cross-correlation of images (N × C × H × W) with kernels (O × C/groups × h × w), giving N × O × H' × W'.
 * It and the two below are linear in each operand, and each is the adjoint of the others: the gradients of
 * the three are the three, to any order. Throws COMPUTE_BAD_SHAPE when kernel, groups and images do not fit.
 */
export function conv2d(input: Tensor, weights: Tensor, options: ConvolutionOptions = {}): Tensor {
  samePrecision(input, weights);
  const p = plan(input.shape, weights.shape, options);
  return record(
    forwardData(p, input.data, weights.data),
    p.output,
    [input, weights],
    [
      (g) => conv2dInputGradient(g, weights, p.input, options),
      (g) => conv2dWeightGradient(input, g, p.weights, options),
    ],
  );
}

/** The gradient of conv2d with respect to images of `shape`, where that of its result is `gradient`. */
export function conv2dInputGradient(
  gradient: Tensor,
  weights: Tensor,
  shape: Shape,
  options: ConvolutionOptions = {},
): Tensor {
  samePrecision(gradient, weights);
  const p = plan(shape, weights.shape, options);
  expectOutput(p, gradient);
  return record(
    inputGradientData(p, gradient.data, weights.data),
    p.input,
    [gradient, weights],
    [(u) => conv2d(u, weights, options), (u) => conv2dWeightGradient(u, gradient, p.weights, options)],
  );
}

/** The gradient of conv2d with respect to kernels of `shape`, where that of its result is `gradient`. */
export function conv2dWeightGradient(
  input: Tensor,
  gradient: Tensor,
  shape: Shape,
  options: ConvolutionOptions = {},
): Tensor {
  samePrecision(input, gradient);
  const p = plan(input.shape, shape, options);
  expectOutput(p, gradient);
  return record(
    weightGradientData(p, input.data, gradient.data),
    p.weights,
    [input, gradient],
    [(u) => conv2dInputGradient(gradient, u, p.input, options), (u) => conv2d(input, u, options)],
  );
}

function expectOutput(p: Plan, gradient: Tensor): void {
  if (gradient.shape.length !== 4 || gradient.shape.some((length, axis) => length !== p.output[axis]))
    throw badShape(`gradient ${spell(gradient.shape)} for a convolution to ${spell(p.output)}`);
}
