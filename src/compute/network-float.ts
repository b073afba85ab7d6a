import { paddingBefore, planeSizes, type QuantisedLayer, type Skip } from "./network.js";

/** A layer as training leaves it; shape and padding as in QuantisedLayer. */
export interface FloatLayer
  extends Pick<
    QuantisedLayer,
    "inChannels" | "outChannels" | "kernel" | "stride" | "dilation" | "enlarge" | "relu"
  > {
  /** outChannels × inChannels × kernel × kernel, the order of training. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

export interface FloatNetwork {
  readonly inputChannels: number;
  readonly layers: readonly FloatLayer[];
  readonly skips?: readonly Pick<Skip, "from" | "to">[];
}

/** rows × columns × channels. */
export interface FloatImage {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly values: Float32Array;
}

/**
 * The real network, in plain loops: what a quantised one is measured against. `observe` gets each layer's
 * outputs before skip and relu, and after them.
 */
export function runFloatNetwork(
  { layers, skips = [] }: FloatNetwork,
  input: FloatImage,
  observe?: (layer: number, sums: Float32Array, outputs: Float32Array) => void,
): FloatImage {
  const outputs: FloatImage[] = [];
  const [rows, columns] = [planeSizes(layers, input.rows), planeSizes(layers, input.columns)];
  let now = input;
  for (const [at, layer] of layers.entries()) {
    const sums = convolve(layer, now, rows[at + 1]!, columns[at + 1]!);
    const skip = skips.find((each) => each.to === at);
    const skipped = skip && outputs[skip.from]!.values;
    const values = sums.values.map((sum, i) => {
      const value = sum + (skipped?.[i] ?? 0);
      return layer.relu ? Math.max(0, value) : value;
    });
    observe?.(at, sums.values, values);
    now = { ...sums, values };
    outputs.push(now);
  }
  return now;
}

function convolve(layer: FloatLayer, small: FloatImage, rows: number, columns: number): FloatImage {
  const { outChannels, stride } = layer;
  // The stride is 1 where the layer enlarges, so what it reads is as large as what it writes.
  const image = layer.enlarge ? enlarged(small, rows, columns) : small;
  const values = new Float32Array(rows * columns * outChannels);
  const before = paddingBefore(layer);
  let to = 0;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      for (let o = 0; o < outChannels; o++) {
        values[to++] = layer.bias[o]! + sumTaps(layer, image, o, y * stride - before, x * stride - before);
      }
    }
  }
  return { rows, columns, channels: outChannels, values };
}

/** Every pixel twice in both directions, cut off at rows × columns. */
function enlarged(image: FloatImage, rows: number, columns: number): FloatImage {
  const { channels } = image;
  const values = new Float32Array(rows * columns * channels);
  let to = 0;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, to += channels) {
      const from = ((y >> 1) * image.columns + (x >> 1)) * channels;
      values.set(image.values.subarray(from, from + channels), to);
    }
  }
  return { rows, columns, channels, values };
}

/** Σ weight · input of output channel `o` whose first tap is at (top, left). */
function sumTaps(
  { kernel, dilation, inChannels, weights }: FloatLayer,
  { rows, columns, values }: FloatImage,
  o: number,
  top: number,
  left: number,
): number {
  const taps = kernel * kernel;
  let sum = 0;
  for (let tap = 0; tap < taps; tap++) {
    const row = top + Math.floor(tap / kernel) * dilation;
    const column = left + (tap % kernel) * dilation;
    if (row < 0 || column < 0 || row >= rows || column >= columns) continue;
    let from = (row * columns + column) * inChannels;
    let weight = o * inChannels * taps + tap;
    for (let c = 0; c < inChannels; c++, weight += taps) sum += weights[weight]! * values[from++]!;
  }
  return sum;
}
