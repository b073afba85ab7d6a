import { ElpisError } from "../base/index.js";
import { isCeiling } from "./network-bounds.js";

/**
 * A fully convolutional net in whole numbers: i16 activations and weights, i32 sums. As plain data, so that it
 * can be stored, hashed and run with the same bits on every machine (network-run.ts).
 *
 * Layer: sum = bias + Σ weight · input; ⌊(sum + 2^(shift−1)) / 2^shift⌋ (the sum itself for shift 0); all sums
 * modulo 2³², to i32. Inner layers: saturated to i16, the skip to this layer, shifted and rounded alike, added with saturation,
 * then max(0, ·) when `relu`, and min(`ceiling`, ·) where there is one. Last layer: max(0, ·) when `relu`, i32.
 */
export interface QuantisedNetwork {
  readonly inputChannels: number;
  /** At least one; each takes the output of the one before. */
  readonly layers: readonly QuantisedLayer[];
  readonly skips?: readonly Skip[];
}

export interface QuantisedLayer {
  readonly kind: "convolution";
  readonly inChannels: number;
  readonly outChannels: number;
  /** Rows and columns of the kernel. */
  readonly kernel: 1 | 2 | 3 | 4;
  readonly stride: 1 | 2 | 4;
  readonly dilation: 1 | 2 | 4 | 8 | 16;
  /**
   * Reads its input with every pixel repeated twice in both directions (nearest neighbour), zeros around that;
   * only with stride 1 and behind an even cumulative stride. See `planeSizes`.
   */
  readonly enlarge?: 2;
  /** See `planeSizes` and `paddingBefore`. */
  readonly padding: "same";
  /** outChannels × kernel × kernel × inChannels. */
  readonly weights: Int16Array;
  /** One for each output channel, in the scale of the sums. */
  readonly bias: Int32Array;
  /** 0 to 31. */
  readonly shift: number;
  readonly relu: boolean;
  /** What outputs are cut at, 1 to 32766; only in an inner layer with relu. Without one they go up to 32767. */
  readonly ceiling?: number;
}

/**
 * Adds the output of layer `from` to that of a later inner layer `to` (indices) of the same channels and
 * cumulative stride; at most one to a layer.
 */
export interface Skip {
  readonly from: number;
  readonly to: number;
  /** 1 to 15 where the activations of `from` are so many powers of two finer than those of `to`; none for equal ones. */
  readonly shift?: number;
}

export type LayerShape = Pick<QuantisedLayer, "kernel" | "stride" | "dilation">;

/**
 * Zeros above the first row, and left of the first column alike: ⌈(dilation·(kernel − 1) + 1 − stride) / 2⌉, at
 * least 0. It does not depend on the image's size, and is the symmetrical padding with which 3 × 3 kernels of
 * any dilation, of stride 1 or 2, and 4 × 4 of stride 2 are trained; a kernel as large as its stride has none.
 * Behind the last row are as many zeros as the last output reads.
 */
export function paddingBefore({ kernel, stride, dilation }: LayerShape): number {
  return Math.max(0, Math.ceil((dilation * (kernel - 1) + 1 - stride) / 2));
}

/** Of the input and of each layer's output: how far apart its pixels are in the frame. */
export function cumulativeStrides(layers: readonly Pick<QuantisedLayer, "stride" | "enlarge">[]): number[] {
  const strides = [1];
  for (const { stride, enlarge = 1 } of layers) strides.push((strides.at(-1)! * stride) / enlarge);
  return strides;
}

/**
 * Rows (or columns) of the input and of each layer's output: ⌈size / cumulative stride⌉. So planes of one
 * cumulative stride are of one size, whatever the frame: ⌈⌈n / 4⌉ / 2⌉ = ⌈n / 8⌉, and of the pixels that an
 * enlarging layer repeats the last ones are cut off where there would be one too many.
 */
export function planeSizes(
  layers: readonly Pick<QuantisedLayer, "stride" | "enlarge">[],
  size: number,
): number[] {
  return cumulativeStrides(layers).map((stride) => Math.ceil(size / stride));
}

const KERNELS: readonly number[] = [1, 2, 3, 4];
const STRIDES: readonly number[] = [1, 2, 4];
const DILATIONS: readonly number[] = [1, 2, 4, 8, 16];
/** More than any net of this kind has; keeps every size far inside 32 bits. */
const MAX_CHANNELS = 1024;
/** Beyond this nothing of an i16 is left. */
export const MAX_SKIP_SHIFT = 15;
/** Of the whole net: larger than any frame. */
const MAX_STRIDE = 2 ** 30;

const isCount = (value: number, max: number): boolean =>
  Number.isInteger(value) && value >= 1 && value <= max;

/** Why the layer cannot follow `channels` channels of a cumulative stride, or undefined. */
function layerFault(layer: QuantisedLayer, channels: number, before: number): string | undefined {
  const { inChannels, outChannels, kernel, stride, dilation, enlarge, weights, bias, shift } = layer;
  if (inChannels !== channels) return `takes ${inChannels} channels and is given ${channels}`;
  if (!isCount(outChannels, MAX_CHANNELS)) return `has ${outChannels} output channels`;
  if (!KERNELS.includes(kernel)) return `has a kernel of ${kernel}`;
  if (!STRIDES.includes(stride)) return `has a stride of ${stride}`;
  if (!DILATIONS.includes(dilation)) return `has a dilation of ${dilation}`;
  if (before * stride > MAX_STRIDE) return `comes to a cumulative stride of ${before * stride}`;
  if (enlarge !== undefined) {
    if (enlarge !== 2) return `enlarges by ${enlarge}`;
    if (stride !== 1) return `enlarges and has a stride of ${stride}`;
    if (before % 2 !== 0) return `enlarges behind a cumulative stride of ${before}`;
  }
  if (!Number.isInteger(shift) || shift < 0 || shift > 31) return `has a shift of ${shift}`;
  if (weights.length !== outChannels * kernel * kernel * inChannels) return `has ${weights.length} weights`;
  return bias.length === outChannels ? undefined : `has ${bias.length} biases`;
}

/** Why the skip cannot be added, or undefined. */
function skipFault({ from, to, shift }: Skip, layers: readonly QuantisedLayer[]): string | undefined {
  if (shift !== undefined && !isCount(shift, MAX_SKIP_SHIFT)) return `has a shift of ${shift}`;
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to <= from)
    return "does not go forward";
  if (to >= layers.length - 1) return "does not end at an inner layer";
  if (layers[from]!.outChannels !== layers[to]!.outChannels) return "joins different numbers of channels";
  const strides = cumulativeStrides(layers);
  return strides[from + 1] === strides[to + 1] ? undefined : "joins different resolutions";
}

/** Why the layer cannot have this ceiling, or undefined. */
function ceilingFault({ relu, ceiling }: QuantisedLayer, last: boolean): string | undefined {
  if (ceiling === undefined) return undefined;
  if (!isCeiling(ceiling)) return `has a ceiling of ${ceiling}`;
  if (last) return "is the last and has a ceiling";
  return relu ? undefined : "has a ceiling and no relu";
}

/** Throws COMPUTE_BAD_SHAPE for a network that cannot be run. */
export function checkNetwork({ inputChannels, layers, skips = [] }: QuantisedNetwork): void {
  const fail = (what: string): never => {
    throw new ElpisError("COMPUTE_BAD_SHAPE", what);
  };
  if (!isCount(inputChannels, MAX_CHANNELS)) fail(`a network of ${inputChannels} input channels`);
  if (layers.length === 0) fail("a network without layers");
  let channels = inputChannels;
  const strides = cumulativeStrides(layers);
  for (const [at, layer] of layers.entries()) {
    const last = at === layers.length - 1;
    const fault = layerFault(layer, channels, strides[at]!) ?? ceilingFault(layer, last);
    if (fault !== undefined) fail(`layer ${at} ${fault}`);
    channels = layer.outChannels;
  }
  for (const [at, skip] of skips.entries()) {
    const fault = skipFault(skip, layers);
    if (fault !== undefined) fail(`skip ${at} ${fault}`);
  }
  if (new Set(skips.map((skip) => skip.to)).size !== skips.length) fail("two skips end at one layer");
}
