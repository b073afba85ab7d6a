import type { Random } from "../../src/base/index.js";
import {
  add,
  conv2d,
  type FloatNetwork,
  heNormal,
  relu,
  type Skip,
  type Tensor,
  tensor,
  zeroVariable,
} from "../../src/compute/index.js";

/** One convolution of the text finder; a residual one adds its input to its output. */
interface LayerPlan {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: 1 | 3;
  readonly stride: 1 | 2;
  readonly dilation: 1 | 2 | 4 | 8;
  readonly residual: boolean;
}

const FINE = 12;
const WIDE = 24;
const residual = (dilation: LayerPlan["dilation"]): LayerPlan => ({
  ...{ inChannels: WIDE, outChannels: WIDE, kernel: 3, stride: 1 },
  ...{ dilation, residual: true },
});

/**
 * Grey levels at full resolution, strokes at half, and text at a quarter, where dilations let each tile see
 * 143 pixels of its surroundings. The last layer says how likely text is: natural logarithm of the odds.
 */
export const PLAN: readonly LayerPlan[] = [
  { inChannels: 1, outChannels: FINE, kernel: 3, stride: 2, dilation: 1, residual: false },
  { inChannels: FINE, outChannels: WIDE, kernel: 3, stride: 2, dilation: 1, residual: false },
  ...[1, 2, 4, 8, 1, 1].map((dilation) => residual(dilation as LayerPlan["dilation"])),
  { inChannels: WIDE, outChannels: 1, kernel: 1, stride: 1, dilation: 1, residual: false },
];

/** Grey level g enters the net as g − MIDDLE, divided by SPREAD in training. */
export const MIDDLE = 128;
export const SPREAD = 64;

/** Kernels and biases by name, to be trained. */
export type Model = ReadonlyMap<string, Tensor>;

export function freshModel(random: Random): Map<string, Tensor> {
  const parameters = new Map<string, Tensor>();
  for (const [at, { inChannels, outChannels, kernel, residual }] of PLAN.entries()) {
    const weights = heNormal([outChannels, inChannels, kernel, kernel], random);
    // A chain of residual layers begins as what stands before it, a little changed: signals keep their size.
    if (residual) for (let i = 0; i < weights.data.length; i++) weights.data[i] = 0.5 * weights.data[i]!;
    parameters.set(`kernel${at}`, weights);
    parameters.set(`bias${at}`, zeroVariable([1, outChannels, 1, 1]));
  }
  return parameters;
}

/** Planes (N × 1 × rows × columns, scaled) to logits (N × 1 × rows/4 × columns/4). */
export function logitsOf(model: Model, planes: Tensor): Tensor {
  let signal = planes;
  for (const [at, { kernel, stride, dilation, residual }] of PLAN.entries()) {
    const padding = (dilation * (kernel - 1)) / 2;
    const sums = add(
      conv2d(signal, model.get(`kernel${at}`)!, { stride, dilation, padding }),
      model.get(`bias${at}`)!,
    );
    if (at === PLAN.length - 1) return sums;
    signal = relu(residual ? add(sums, signal) : sums);
  }
  throw new Error("a model without layers");
}

/** The model as the integer engine's quantiser takes it; its input is g − MIDDLE, undivided. */
export function asFloatNetwork(model: Model): FloatNetwork {
  const layers = PLAN.map(({ inChannels, outChannels, kernel, stride, dilation }, at) => {
    const weights = Float32Array.from(model.get(`kernel${at}`)!.data);
    if (at === 0) for (let i = 0; i < weights.length; i++) weights[i] = weights[i]! / SPREAD;
    const bias = Float32Array.from(model.get(`bias${at}`)!.data);
    const relu = at < PLAN.length - 1;
    return { inChannels, outChannels, kernel, stride, dilation, relu, weights, bias };
  });
  const skips: Skip[] = PLAN.flatMap((layer, at) => (layer.residual ? [{ from: at - 1, to: at }] : []));
  return { inputChannels: 1, layers, skips };
}

/** Planes of 8-bit grey levels as the model takes them. */
export function scaledPlanes(pixels: Uint8Array, count: number, rows: number, columns: number): Tensor {
  const scaled = Float32Array.from(pixels, (level) => (level - MIDDLE) / SPREAD);
  return tensor(scaled, [count, 1, rows, columns]);
}
