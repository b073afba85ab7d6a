import { paddingBefore, type QuantisedLayer, type QuantisedNetwork } from "./network.js";
import { hasTileShape, hasTileWeights, packTiles } from "./network-tiles.js";

/** One layer as the integer kernel wants it. */
export interface PreparedLayer {
  readonly layer: QuantisedLayer;
  /** From one output to the next that reads its input alike: 2 in a layer that enlarges, else 1. */
  readonly step: 1 | 2;
  /** Ways in which the outputs of one axis read it: the first `step` by an output's remainder, then cut ones. */
  readonly readings: readonly Reading[];
  /** [reading of the rows][reading of the columns]; empty where the layer runs in tiles. */
  readonly packs: readonly (readonly WeightPack[])[];
  /** The weights of a layer that runs in tiles, see packTiles. */
  readonly tiles?: Int16Array;
  /** ⌈outChannels / 8⌉ · 8, rounding included; four times that where the layer runs in tiles. */
  readonly bias: Int32Array;
}

/** How outputs of one axis read their input. */
interface Reading {
  readonly taps: readonly AxisTap[];
  /** Only the output that lies this far before the end of an axis of odd size reads so. */
  readonly fromEnd?: number;
}

/** Row (or column) `index` of the kernel, read `at` inputs behind the output's own. */
interface AxisTap {
  readonly index: number;
  readonly at: number;
}

/** The weights for outputs that read rows in one way and columns in one. */
export interface WeightPack {
  /** Where each stretch of neighbouring inputs begins, counted from the output's own. */
  readonly runs: readonly { readonly row: number; readonly column: number }[];
  /** Length of every stretch, in fours of values. */
  readonly quads: number;
  /** [block of 8 outputs][run][pair of inputs][output][2]; 0 where there is no such input or output. */
  readonly weights: Int16Array;
}

/** Neighbouring outputs (by `step`) of an axis that read their input alike. */
export interface Segment {
  readonly reading: number;
  readonly first: number;
  readonly count: number;
}

/** Some of a kernel's taps that read the same input pixel; weights are outChannels × inChannels. */
interface Tap {
  readonly row: number;
  readonly column: number;
  readonly weights: Int32Array;
}

/** What a stretch costs beside its values, in fours of them; measured with 9 stretches of 6 against 3 of 18. */
const RUN_COST = 0.5;

export const ceil8 = (count: number): number => Math.ceil(count / 8) * 8;

/** The network's input has its channels side by side; later planes have room for a multiple of 8. */
const channelsInPlane = (layer: QuantisedLayer, first: boolean): number =>
  first ? layer.inChannels : ceil8(layer.inChannels);

/** Layer `at`: in tiles where the engine has kernels for them and the outputs are the same bits, else directly. */
export function prepareLayer({ layers }: QuantisedNetwork, at: number, hasTiles: boolean): PreparedLayer {
  const [before, layer] = [layers[at - 1], layers[at]!];
  const { enlarge = 1 } = layer;
  const readings = readingsOf(layer);
  const last = at === layers.length - 1;
  if (hasTiles && hasTileShape(layer, before, last) && hasTileWeights(layer, before)) {
    return { layer, step: enlarge, readings, packs: [], tiles: packTiles(layer), bias: startOf(layer, 4) };
  }
  const stored = channelsInPlane(layer, at === 0);
  const packs = readings.map((rows) =>
    readings.map((columns) => packTaps(layer, stored, mergeTaps(layer, rows.taps, columns.taps))),
  );
  return { layer, step: enlarge, readings, packs, bias: startOf(layer, 1) };
}

/** What sums that come out `times` as large start with: bias and rounding. */
function startOf({ outChannels, bias, shift }: QuantisedLayer, times: 1 | 4): Int32Array {
  const rounding = shift === 0 ? 0 : 2 ** (shift - 1);
  const start = new Int32Array(ceil8(outChannels));
  for (let o = 0; o < outChannels; o++) start[o] = times * (bias[o]! + rounding);
  return start;
}

/**
 * An enlarging layer never makes the enlarged plane: what output y would read of it at y + offset is input
 * ⌊(y + offset) / 2⌋, so even and odd outputs read their inputs in two ways. Where the size is odd, the enlarged
 * plane ends before the last input is repeated: the output whose tap would meet that repetition goes without it.
 */
function readingsOf(layer: QuantisedLayer): Reading[] {
  const { kernel, dilation, enlarge } = layer;
  const before = paddingBefore(layer);
  const offsets = Array.from({ length: kernel }, (_, index) => index * dilation - before);
  if (!enlarge) return [{ taps: offsets.map((at, index) => ({ index, at })) }];
  const taps = (remainder: number): AxisTap[] =>
    offsets.map((offset, index) => ({ index, at: Math.floor((remainder + offset) / 2) }));
  const cut = offsets.flatMap((offset, index) =>
    offset < 1
      ? []
      : [{ fromEnd: offset, taps: taps((offset + 1) % 2).filter((tap) => tap.index !== index) }],
  );
  return [{ taps: taps(0) }, { taps: taps(1) }, ...cut];
}

/** All outputs of an axis of `size` of them. */
export function segmentsOf({ step, readings }: PreparedLayer, size: number): Segment[] {
  const segments: { reading: number; first: number; count: number }[] = [];
  const open: (typeof segments)[number][] = [];
  for (let at = 0; at < size; at++) {
    const cut = size % 2 === 0 ? -1 : readings.findIndex(({ fromEnd }) => fromEnd === size - at);
    const reading = cut < 0 ? at % step : cut;
    const last = open[at % step];
    if (last?.reading === reading) last.count++;
    else segments.push((open[at % step] = { reading, first: at, count: 1 }));
  }
  return segments;
}

/** The input (row or column) that an output calls its own. */
export function inputOf({ layer, step }: PreparedLayer, output: number): number {
  return Math.floor((output * layer.stride) / step);
}

/** Rows (or columns) of zeros that a layer of `outputs` reads around an axis of `inputs`. */
export function borderOf(
  prepared: PreparedLayer,
  inputs: number,
  outputs: number,
): { before: number; after: number } {
  const { readings, step } = prepared;
  const all = readings.flatMap(({ taps }) => taps.map(({ at }) => at));
  const after = segmentsOf(prepared, outputs).map(({ reading, first, count }) => {
    const last = inputOf(prepared, first + (count - 1) * step);
    return last + Math.max(...readings[reading]!.taps.map(({ at }) => at)) - (inputs - 1);
  });
  return { before: Math.max(0, -Math.min(...all)), after: Math.max(0, ...after) };
}

/** Taps that read the same input become one of their summed weights, as far as the sums are i16. */
function mergeTaps(layer: QuantisedLayer, rows: readonly AxisTap[], columns: readonly AxisTap[]): Tap[] {
  const merged: Tap[] = [];
  for (const { index: i, at: row } of rows) {
    for (const { index: j, at: column } of columns) {
      const weights = tapWeights(layer, i * layer.kernel + j);
      const same = merged.find(
        (tap) => tap.row === row && tap.column === column && addsUp(tap.weights, weights),
      );
      if (same) for (let at = 0; at < weights.length; at++) same.weights[at]! += weights[at]!;
      else merged.push({ row, column, weights });
    }
  }
  return merged;
}

function tapWeights({ kernel, inChannels, outChannels, weights }: QuantisedLayer, tap: number): Int32Array {
  const own = new Int32Array(outChannels * inChannels);
  for (let o = 0; o < outChannels; o++) {
    const from = (o * kernel * kernel + tap) * inChannels;
    own.set(weights.subarray(from, from + inChannels), o * inChannels);
  }
  return own;
}

const addsUp = (a: Int32Array, b: Int32Array): boolean =>
  a.every((weight, at) => Math.abs(weight + b[at]! + 0.5) < 32768);

function packTaps(
  { inChannels, outChannels }: QuantisedLayer,
  stored: number,
  taps: readonly Tap[],
): WeightPack {
  const quadsOf = (length: number): number => Math.ceil(((length - 1) * stored + inChannels) / 4);
  const joined = stretchesOf(taps);
  const cost = (stretches: readonly (readonly Tap[])[]): number =>
    stretches.length * (quadsOf(stretches[0]!.length) + RUN_COST);
  const single = taps.map((tap) => [tap]);
  const stretches = cost(joined) <= cost(single) ? joined : single;
  const quads = quadsOf(stretches[0]!.length);
  const blockLength = stretches.length * quads * 32;
  const packed = new Int16Array((ceil8(outChannels) / 8) * blockLength);
  for (const [run, stretch] of stretches.entries()) {
    for (const [tap, { weights }] of stretch.entries()) {
      for (let o = 0, from = 0; o < outChannels; o++) {
        for (let channel = 0; channel < inChannels; channel++, from++) {
          const at = run * quads * 4 + tap * stored + channel;
          packed[(o >> 3) * blockLength + ((at >> 1) * 8 + (o & 7)) * 2 + (at & 1)] = weights[from]!;
        }
      }
    }
  }
  return { runs: stretches.map(([tap]) => ({ row: tap!.row, column: tap!.column })), quads, weights: packed };
}

/** Taps of neighbouring columns side by side; single ones unless that gives stretches of one length. */
function stretchesOf(taps: readonly Tap[]): readonly (readonly Tap[])[] {
  const stretches: Tap[][] = [];
  for (const tap of taps) {
    const open = stretches.at(-1);
    const last = open?.at(-1);
    if (open && last?.row === tap.row && last.column + 1 === tap.column) open.push(tap);
    else stretches.push([tap]);
  }
  const even = stretches.every(({ length }) => length === stretches[0]!.length);
  return even ? stretches : taps.map((tap) => [tap]);
}
