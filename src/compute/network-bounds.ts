import type { QuantisedLayer } from "./network.js";

export const MIN_I16 = -32768;
export const MAX_I16 = 32767;
export const MAX_I32 = 2 ** 31 - 1;

/** 1 to 32766; 32767 is what a layer without one has, so that a network has one form. */
export const isCeiling = (value: number): boolean => Number.isInteger(value) && value >= 1 && value < MAX_I16;

/** What a layer can be given: by the inner layer before it, or as the network's input where there is none. */
export interface InputRange {
  readonly lowest: number;
  readonly highest: number;
}

export function inputRange(before?: Pick<QuantisedLayer, "relu" | "ceiling">): InputRange {
  return { lowest: before?.relu ? 0 : MIN_I16, highest: before?.ceiling ?? MAX_I16 };
}

/**
 * The largest magnitude that a sum of this layer can reach, bias and rounding included, for inputs from `lowest`
 * (at most 0) to `highest`: each input is then at the end of its range that its weight's sign favours. While it
 * is below 2³¹ nothing wraps, in whatever order the products are added: a partial sum that wraps comes back,
 * because addition modulo 2³² does not mind the order.
 */
export function largestSum(layer: QuantisedLayer, { lowest, highest }: InputRange): number {
  const { outChannels, weights, bias, shift } = layer;
  const rounding = shift === 0 ? 0 : 2 ** (shift - 1);
  const length = weights.length / outChannels;
  let worst = 0;
  for (let o = 0; o < outChannels; o++) {
    let [positive, negative] = [0, 0];
    for (const weight of weights.subarray(o * length, (o + 1) * length)) {
      if (weight > 0) positive += weight;
      else negative -= weight;
    }
    const start = bias[o]! + rounding;
    const most = start + positive * highest - negative * lowest;
    const least = start + positive * lowest - negative * highest;
    worst = Math.max(worst, most, -least);
  }
  return worst;
}
