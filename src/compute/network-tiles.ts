import type { QuantisedLayer } from "./network.js";
import { inputRange, largestSum, MAX_I16, MAX_I32, MIN_I16 } from "./network-bounds.js";

/**
 * Inner layers with a kernel of 3 × 3 and stride 1 take 16 products for a tile of 2 × 2 outputs instead of 36
 * where that gives the same bits (assembly/integers.ts, `convolveTiles`): U = (2G) g (2G)ᵀ stands for the kernel
 * g, and the sums come out four times as large.
 */
const TILE = 4;
/** Sums of four inputs must fit i16. */
export const TILE_CEILING = Math.floor(MAX_I16 / 4);

type Before = Pick<QuantisedLayer, "relu" | "ceiling"> | undefined;

/** Whether the layer's shape and its input allow tiles; the last layer, whose outputs are i32, has none. */
export function hasTileShape(
  { kernel, stride, enlarge }: Pick<QuantisedLayer, "kernel" | "stride" | "enlarge">,
  before: Before,
  last: boolean,
): boolean {
  // A ceiling stands behind a relu, so nothing is negative either.
  return !last && kernel === 3 && stride === 1 && !enlarge && inputRange(before).highest <= TILE_CEILING;
}

/** Whether a layer of such a shape has weights that do: U within i16, and four times every sum within i32. */
export function hasTileWeights(layer: QuantisedLayer, before: Before): boolean {
  // Shifts go up to 31, and the sums are shifted by 2 more.
  if (layer.shift > 29 || 4 * largestSum(layer, inputRange(before)) > MAX_I32) return false;
  return transformWeights(layer).every((weight) => weight >= MIN_I16 && weight <= MAX_I16);
}

/** U as [block of 8 outputs][position, by rows][pair of inputs][output][2]; 0 where there is no such channel. */
export function packTiles(layer: QuantisedLayer): Int16Array {
  const { inChannels, outChannels } = layer;
  const pairs = 4 * Math.ceil(inChannels / 8);
  const transformed = transformWeights(layer);
  const packed = new Int16Array(Math.ceil(outChannels / 8) * TILE * TILE * pairs * 16);
  for (let o = 0, from = 0; o < outChannels; o++) {
    for (let position = 0; position < TILE * TILE; position++) {
      const start = ((o >> 3) * TILE * TILE + position) * pairs;
      for (let channel = 0; channel < inChannels; channel++, from++) {
        packed[((start + (channel >> 1)) * 8 + (o & 7)) * 2 + (channel & 1)] = transformed[from]!;
      }
    }
  }
  return packed;
}

/** U as outChannels × 4 × 4 × inChannels: the columns of each row of the kernel, then the rows of that. */
function transformWeights({ weights, inChannels, outChannels }: QuantisedLayer): Int32Array {
  const byColumns = transformAxis(Int32Array.from(weights), outChannels * 3, inChannels);
  return transformAxis(byColumns, outChannels, TILE * inChannels);
}

/** outer × 3 × inner to outer × 4 × inner: 2G is 2 0 0, 1 1 1, 1 −1 1, 0 0 2. */
function transformAxis(values: Int32Array, outer: number, inner: number): Int32Array {
  const result = new Int32Array(outer * TILE * inner);
  for (let i = 0; i < outer; i++) {
    for (let j = 0; j < inner; j++) {
      const from = i * 3 * inner + j;
      const [a, b, c] = [values[from]!, values[from + inner]!, values[from + 2 * inner]!];
      const to = i * TILE * inner + j;
      result[to] = 2 * a;
      result[to + inner] = a + b + c;
      result[to + 2 * inner] = a - b + c;
      result[to + 3 * inner] = 2 * c;
    }
  }
  return result;
}
