import type { FloatNetwork, Skip, Tensor } from "../../src/compute/index.js";

/** One convolution of the text finder. */
interface LayerPlan {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: 1 | 3;
  readonly stride: 1 | 2;
  readonly dilation: 1 | 2 | 4 | 8;
  /** Reads its input with every pixel twice in both directions. */
  readonly enlarge?: 2;
  /** The layer whose output is added to this one's. */
  readonly skipFrom?: number;
  /** What is negative becomes 0; true unless told. */
  readonly relu?: boolean;
}

const FIRST = 16;
const FINE = 24;
const WIDE = 48;
const layer = (inChannels: number, outChannels: number, more: Partial<LayerPlan> = {}): LayerPlan => ({
  ...{ inChannels, outChannels, kernel: 3, stride: 1, dilation: 1 },
  ...more,
});
const residual = (at: number, dilation: LayerPlan["dilation"]): LayerPlan =>
  layer(WIDE, WIDE, { dilation, skipFrom: at - 1 });

/**
 * Strokes at half of the resolution and letters at a quarter; at an eighth, where dilations let each place see some
 * 200 pixels of its surroundings, what is text and what only looks like it; from there back to a quarter, where text
 * ends. The last layer says how likely text is in each tile of 4 × 4 pixels: the logarithm of the odds, and of
 * how much more a missed tile cost in the training than one too many.
 */
export const PLAN: readonly LayerPlan[] = [
  layer(1, FIRST, { stride: 2 }),
  layer(FIRST, FINE, { stride: 2 }),
  layer(FINE, FINE, { skipFrom: 1 }),
  layer(FINE, WIDE, { stride: 2 }),
  residual(4, 1),
  residual(5, 2),
  residual(6, 4),
  residual(7, 2),
  residual(8, 1),
  layer(WIDE, FINE, { kernel: 1, relu: false }),
  layer(FINE, FINE, { enlarge: 2, skipFrom: 2 }),
  layer(FINE, FINE, { skipFrom: 10 }),
  layer(FINE, 1, { kernel: 1, relu: false }),
];

/** Grey level g enters the net as g − MIDDLE, divided by SPREAD in training. */
export const MIDDLE = 128;
export const SPREAD = 64;

/** Trained kernels (out × in × kernel × kernel) and biases by name: kernel0, bias0, kernel1 … */
export type Model = ReadonlyMap<string, Tensor>;

/** The model as the integer engine's quantiser takes it; its input is g − MIDDLE, undivided. */
export function asFloatNetwork(model: Model): FloatNetwork {
  const layers = PLAN.map(({ skipFrom: _, relu = true, ...shape }, at) => {
    const weights = Float32Array.from(model.get(`kernel${at}`)!.data);
    if (at === 0) for (let i = 0; i < weights.length; i++) weights[i] = weights[i]! / SPREAD;
    const bias = Float32Array.from(model.get(`bias${at}`)!.data);
    return { ...shape, relu, weights, bias };
  });
  const skips: Skip[] = PLAN.flatMap(({ skipFrom }, to) =>
    skipFrom === undefined ? [] : [{ from: skipFrom, to }],
  );
  return { inputChannels: 1, layers, skips };
}
