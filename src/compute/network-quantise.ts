import { ElpisError } from "../base/index.js";
import {
  checkNetwork,
  MAX_SKIP_SHIFT,
  type QuantisedLayer,
  type QuantisedNetwork,
  type Skip,
} from "./network.js";
import { inputRange, isCeiling, largestSum, MAX_I16, MAX_I32, MIN_I16 } from "./network-bounds.js";
import { type FloatImage, type FloatLayer, type FloatNetwork, runFloatNetwork } from "./network-float.js";
import { prepareNetwork, runNetwork } from "./network-run.js";
import { hasTileShape, hasTileWeights } from "./network-tiles.js";

/** Largest magnitudes seen over typical inputs. */
export interface Calibration {
  readonly input: number;
  /** Of each layer's output, and of the sum before a skip is added to it. */
  readonly layers: readonly number[];
}

export interface QuantisedResult {
  readonly network: QuantisedNetwork;
  /** A power of two: i16 input = round(real input · inputScale). */
  readonly inputScale: number;
  /** A power of two: real output = i32 output · outputScale. */
  readonly outputScale: number;
}

export interface QuantisationError {
  readonly largest: number;
  readonly rootMeanSquare: number;
  /** Root mean square of the real network's outputs, to compare with. */
  readonly signal: number;
}

/** No scale is finer than 2⁻²⁴ (f32 holds no more), so that a dead channel or layer cannot ask for one. */
const FINEST = 24;

/** Largest exponent with which `magnitude` is at most `most`. */
function exponentFor(magnitude: number, most: number): number {
  return magnitude === 0 ? FINEST : Math.min(FINEST, Math.floor(Math.log2(most / magnitude)));
}

/** Octaves of magnitudes that binary32 has, subnormal ones in the first. */
const OCTAVES = 256;

/** How often values of each octave were seen, and the largest. */
class Magnitudes {
  readonly #counts = new Float64Array(OCTAVES);
  #all = 0;
  #largest = 0;

  add(values: Float32Array): void {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (let at = 0; at < bits.length; at++) {
      const octave = (bits[at]! >>> 23) & 0xff;
      this.#counts[octave] = this.#counts[octave]! + 1;
    }
    this.#all += values.length;
    this.#largest = largest(values, this.#largest);
  }

  /**
   * The largest magnitude, or what is just below the upper end of the octave above which at most a share `beyond` lies:
   * a ceiling of 8191 does not hold 8192.
   */
  reach(beyond: number): number {
    let above = 0;
    for (let octave = OCTAVES - 1; octave > 0; octave--) {
      above += this.#counts[octave]!;
      if (above > beyond * this.#all) return Math.min(this.#largest, (1 - 2 ** -12) * 2 ** (octave - 126));
    }
    return this.#largest;
  }
}

/**
 * Runs the real network over samples and notes the largest magnitudes; of a layer, where `beyond` is not 0, only
 * those that all but such a share of its activations keep to, since a few that are far larger would make the steps
 * of all others coarse. Those few saturate.
 */
export function calibrate(
  network: FloatNetwork,
  samples: readonly FloatImage[],
  { beyond = 0 }: { readonly beyond?: number } = {},
): Calibration {
  const layers = network.layers.map(() => ({ sums: new Magnitudes(), outputs: new Magnitudes() }));
  let input = 0;
  for (const sample of samples) {
    input = largest(sample.values, input);
    runFloatNetwork(network, sample, (layer, sums, outputs) => {
      layers[layer]!.outputs.add(outputs);
      if (network.skips?.some(({ to }) => to === layer)) layers[layer]!.sums.add(sums);
    });
  }
  return {
    input,
    layers: layers.map(({ sums, outputs }) => Math.max(sums.reach(beyond), outputs.reach(beyond))),
  };
}

function largest(values: Float32Array, start: number): number {
  let magnitude = start;
  for (const value of values) magnitude = Math.max(magnitude, Math.abs(value));
  return magnitude;
}

/**
 * Weights and activations in whole numbers, scaled by powers of two: each activation so that `headroom` times
 * the largest value seen still fits i16 (beyond that it saturates), each layer's weights as finely as i16 and
 * the bound of `largestSum` allow, whatever the input: no sum of the result can leave i32. What a skip
 * is added to is no finer than the skip. With a `ceiling`, 1 to 32766, inner layers with relu are cut at it, and the largest value
 * seen must fit that; with 8191 and less, 3 × 3 layers behind them take less than half the time (network-tiles.ts).
 * Throws COMPUTE_BAD_SHAPE for a network that cannot be run, and for one whose joined activations are so unequal
 * (2¹⁵ times and more) that nothing of the smaller would be left.
 */
export function quantise(
  network: FloatNetwork,
  calibration: Calibration,
  { headroom = 4, ceiling }: { readonly headroom?: number; readonly ceiling?: number } = {},
): QuantisedResult {
  checkCalibration(network, calibration);
  if (ceiling !== undefined && !isCeiling(ceiling)) {
    throw new ElpisError("COMPUTE_BAD_SHAPE", `quantising with a ceiling of ${ceiling}`);
  }
  const last = network.layers.length - 1;
  const cuts = network.layers.map(({ relu }, at) => (relu && at < last ? ceiling : undefined));
  const most = cuts.map((cut) => cut ?? MAX_I16);
  const scale = exponentFor(calibration.input * headroom, MAX_I16);
  const scales = calibration.layers.map((magnitude, at) => exponentFor(magnitude * headroom, most[at]!));
  // Below these nothing of a layer's outputs is left.
  const coarsest = calibration.layers.map((magnitude, at) =>
    magnitude === 0 ? -126 : scales[at]! - Math.floor(Math.log2(most[at]! + 1)),
  );
  // A layer whose sums are coarser than the wished output makes that output coarser, and with it those to which
  // skips lead from it; scales only fall, so this ends.
  for (;;) {
    orderSkips(network, scales);
    const isLost = ({ from, to }: Skip) => scales[from]! - scales[to]! > MAX_SKIP_SHIFT;
    if (network.skips?.some(isLost) || scales.some((each, at) => each < coarsest[at]!)) {
      throw new ElpisError("COMPUTE_BAD_SHAPE", "activations that a skip joins are too unequal");
    }
    const layers = network.layers.map((layer, at) => quantiseLayer(network, layer, at, scale, scales, cuts));
    const coarse = layers.findIndex(({ sums }, at) => at < last && sums < scales[at]!);
    if (coarse >= 0) scales[coarse] = layers[coarse]!.sums;
    else {
      const { inputChannels } = network;
      const skips = network.skips?.map(({ from, to }): Skip => {
        const shift = scales[from]! - scales[to]!;
        return { from, to, ...(shift > 0 && { shift }) };
      });
      const result = { inputChannels, layers: layers.map(({ layer }) => layer), ...(skips && { skips }) };
      checkNetwork(result);
      return { network: result, inputScale: 2 ** scale, outputScale: 2 ** -layers.at(-1)!.sums };
    }
  }
}

function checkCalibration({ layers }: FloatNetwork, { input, layers: seen }: Calibration): void {
  const usable = [input, ...seen].every((magnitude) => magnitude >= 0 && magnitude < 2 ** 100);
  const finite = layers.every(({ weights, bias }) =>
    [weights, bias].every((all) => all.every(Number.isFinite)),
  );
  if (usable && finite && seen.length === layers.length) return;
  throw new ElpisError(
    "COMPUTE_BAD_SHAPE",
    "quantising needs finite weights and one magnitude for each layer",
  );
}

/** What a skip is added to is no finer than the skip, which can only be shifted right. */
function orderSkips({ skips = [] }: FloatNetwork, scales: number[]): void {
  // As often as there are skips: a scale can travel along a chain of them.
  for (let round = 0; round < skips.length; round++) {
    for (const { from, to } of skips) scales[to] = Math.min(scales[to]!, scales[from]!);
  }
}

/** A layer, and the exponent of its sums: real sum = sum · 2^(−sums). */
function quantiseLayer(
  network: FloatNetwork,
  layer: FloatLayer,
  at: number,
  inputScale: number,
  scales: readonly number[],
  cuts: readonly (number | undefined)[],
): { layer: QuantisedLayer; sums: number } {
  const from = at === 0 ? inputScale : scales[at - 1]!;
  const last = at === network.layers.length - 1;
  const before = at === 0 ? undefined : withCeiling(network.layers[at - 1]!, cuts[at - 1]);
  const tiled = hasTileShape(layer, before, last);
  for (let exponent = exponentFor(largest(layer.weights, 0), MAX_I16); ; exponent--) {
    const sums = from + exponent;
    // The last layer's sums come out as they are.
    const shift = last ? 0 : Math.max(0, sums - scales[at]!);
    const rounded = withCeiling(roundLayer(layer, exponent, sums, shift), cuts[at]);
    if (shift > 31 || !fits(layer, sums) || largestSum(rounded, inputRange(before)) > MAX_I32) continue;
    if (!tiled || hasTileWeights(rounded, before)) return { layer: rounded, sums };
  }
}

const withCeiling = <Layer extends object>(
  layer: Layer,
  ceiling: number | undefined,
): Layer & { readonly ceiling?: number } => (ceiling === undefined ? layer : { ...layer, ceiling });

/** A bias beyond i32 would wrap before `largestSum` sees it. */
function fits({ bias }: FloatLayer, exponent: number): boolean {
  return Math.round(largest(bias, 0) * 2 ** exponent) <= MAX_I32;
}

function roundLayer(layer: FloatLayer, exponent: number, sums: number, shift: number): QuantisedLayer {
  const { inChannels, outChannels, kernel, stride, dilation, enlarge, relu } = layer;
  const taps = kernel * kernel;
  const weights = new Int16Array(layer.weights.length);
  for (let o = 0, from = 0; o < outChannels; o++) {
    for (let c = 0; c < inChannels; c++) {
      for (let tap = 0; tap < taps; tap++, from++) {
        weights[(o * taps + tap) * inChannels + c] = Math.round(layer.weights[from]! * 2 ** exponent);
      }
    }
  }
  const bias = Int32Array.from(layer.bias, (value) => Math.round(value * 2 ** sums));
  return {
    ...{ kind: "convolution", padding: "same", inChannels, outChannels, kernel, stride, dilation, relu },
    ...{ weights, bias, shift, ...(enlarge && { enlarge }) },
  };
}

/** i16 input for a network of this scale; what does not fit saturates. */
export function quantiseInput(values: Float32Array, inputScale: number): Int16Array {
  return Int16Array.from(values, (value) =>
    Math.max(MIN_I16, Math.min(MAX_I16, Math.round(value * inputScale))),
  );
}

/** How far the quantised network is from the real one over samples; at least one. */
export function quantisationError(
  network: FloatNetwork,
  { network: quantised, inputScale, outputScale }: QuantisedResult,
  samples: readonly FloatImage[],
): QuantisationError {
  const prepared = prepareNetwork(quantised);
  let [worst, squares, signal, count] = [0, 0, 0, 0];
  for (const sample of samples) {
    const exact = runFloatNetwork(network, sample).values;
    const input = quantiseInput(sample.values, inputScale);
    const { values } = runNetwork(prepared, input, sample.rows, sample.columns);
    for (let i = 0; i < exact.length; i++, count++) {
      const error = Math.abs(values[i]! * outputScale - exact[i]!);
      worst = Math.max(worst, error);
      squares += error ** 2;
      signal += exact[i]! ** 2;
    }
  }
  return {
    largest: worst,
    rootMeanSquare: Math.sqrt(squares / count),
    signal: Math.sqrt(signal / count),
  };
}
