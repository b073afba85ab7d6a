import { ElpisError } from "../base/index.js";
import { instantiateKernels, Layout, simdIsAvailable } from "./kernels/wasm.js";
import {
  checkNetwork,
  outputSize,
  paddingBefore,
  type QuantisedLayer,
  type QuantisedNetwork,
} from "./network.js";
import { type IntegerKernels, jsIntegerKernels } from "./network-js.js";

/** Both give the same bits; "wasm" needs SIMD. */
export type NetworkEngine = "wasm" | "js";

/** A network with its weights in an engine's memory, ready for frames. Of no use to two callers at once. */
export interface PreparedNetwork {
  readonly network: QuantisedNetwork;
  readonly engine: NetworkEngine;
  /** Of weights and activations: grows to what the largest frame so far needed, and stays. */
  readonly memoryBytes: number;
  /** See runNetwork. */
  run(input: Int16Array, rows: number, columns: number): NetworkOutput;
}

/** rows × columns × channels. */
export interface NetworkOutput {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly values: Int32Array;
}

/** One layer as the kernel wants it. */
interface PreparedLayer {
  readonly layer: QuantisedLayer;
  /** Stretches of neighbouring inputs that an output pixel reads, each of `groups` · 8 values. */
  readonly runs: number;
  readonly groups: number;
  /** [block of 8 outputs][run][pair of inputs][output][2]; 0 where there is no such input or output. */
  readonly weights: Int16Array;
  /** ⌈outChannels / 8⌉ · 8, rounding included. */
  readonly bias: Int32Array;
}

/** Where weights and biases of a layer lie. */
interface LayerAddresses {
  readonly weights: number;
  readonly bias: number;
  readonly offsets: number;
}

/** An activation: rows × columns × channels with the border of zeros that the next layer reads. */
interface Plane {
  readonly rows: number;
  readonly columns: number;
  readonly pixelBytes: number;
  readonly before: number;
  readonly rowBytes: number;
  readonly bytes: number;
}

/** A frame size: its planes (the input, then each layer's output) and their addresses. */
interface Plan {
  readonly rows: number;
  readonly columns: number;
  readonly planes: readonly Plane[];
  readonly addresses: readonly number[];
  readonly layers: readonly LayerAddresses[];
}

const ceil8 = (count: number): number => Math.ceil(count / 8) * 8;

/** Throws COMPUTE_BAD_SHAPE for a network that cannot be run. */
export function prepareNetwork(network: QuantisedNetwork, engine?: NetworkEngine): PreparedNetwork {
  checkNetwork(network);
  const chosen = engine ?? (simdIsAvailable() ? "wasm" : "js");
  const kernels: IntegerKernels = chosen === "wasm" ? instantiateKernels() : jsIntegerKernels();
  const layers = network.layers.map((layer, at) => prepareLayer(layer, at === 0));
  let plan: Plan | undefined;
  return {
    network,
    engine: chosen,
    get memoryBytes() {
      return kernels.memory.buffer.byteLength;
    },
    run(input, rows, columns) {
      checkInput(network, input, rows, columns);
      if (plan?.rows !== rows || plan.columns !== columns) {
        plan = makePlan(network, layers, rows, columns, kernels);
      }
      return runPlan(network, layers, plan, kernels, input);
    },
  };
}

/**
 * Runs the network on one frame of rows × columns × inputChannels. Frames of one size in succession are cheapest:
 * only a new size is planned. Throws COMPUTE_BAD_SHAPE for a wrong length or a frame beyond 2 GiB of activations.
 */
export function runNetwork(
  prepared: PreparedNetwork,
  input: Int16Array,
  rows: number,
  columns: number,
): NetworkOutput {
  return prepared.run(input, rows, columns);
}

function checkInput(network: QuantisedNetwork, input: Int16Array, rows: number, columns: number): void {
  const whole = Number.isInteger(rows) && Number.isInteger(columns) && rows >= 1 && columns >= 1;
  if (whole && input.length === rows * columns * network.inputChannels) return;
  const shape = `${rows} × ${columns} × ${network.inputChannels}`;
  throw new ElpisError("COMPUTE_BAD_SHAPE", `${input.length} values for a frame of ${shape}`);
}

/** The network's input has its channels side by side; later planes have room for a multiple of 8. */
const channelsInPlane = (layer: QuantisedLayer, first: boolean): number =>
  first ? layer.inChannels : ceil8(layer.inChannels);

function prepareLayer(layer: QuantisedLayer, first: boolean): PreparedLayer {
  const { kernel, dilation, inChannels, outChannels, shift } = layer;
  const stored = channelsInPlane(layer, first);
  // Without dilation a kernel row is one stretch, else each tap is one.
  const tapsInRun = dilation === 1 ? kernel : 1;
  const runs = (kernel * kernel) / tapsInRun;
  const groups = Math.ceil((tapsInRun * stored) / 8);
  const blockLength = runs * groups * 64;
  const weights = new Int16Array((ceil8(outChannels) / 8) * blockLength);
  for (let o = 0, from = 0; o < outChannels; o++) {
    for (let tap = 0; tap < kernel * kernel; tap++) {
      const run = Math.floor(tap / tapsInRun);
      for (let channel = 0; channel < inChannels; channel++, from++) {
        const at = run * groups * 8 + (tap % tapsInRun) * stored + channel;
        const pair = at >> 1;
        weights[(o >> 3) * blockLength + (pair * 8 + (o & 7)) * 2 + (at & 1)] = layer.weights[from]!;
      }
    }
  }
  const bias = new Int32Array(ceil8(outChannels));
  const rounding = shift === 0 ? 0 : 2 ** (shift - 1);
  for (let o = 0; o < outChannels; o++) bias[o] = layer.bias[o]! + rounding;
  return { layer, runs, groups, weights, bias };
}

/** Rows (or columns) of zeros behind an axis of `size` that the layer's last output reads. */
function paddingAfter(layer: QuantisedLayer, size: number): number {
  const last = (outputSize(layer, size) - 1) * layer.stride - paddingBefore(layer);
  return Math.max(0, last + layer.dilation * (layer.kernel - 1) - (size - 1));
}

/** The input's plane and each layer's; `consumer` is the layer that reads it, undefined behind the last. */
function planeOf(
  rows: number,
  columns: number,
  pixelBytes: number,
  consumer: QuantisedLayer | undefined,
): Plane {
  const before = consumer === undefined ? 0 : paddingBefore(consumer);
  const below = consumer === undefined ? 0 : paddingAfter(consumer, rows);
  const right = consumer === undefined ? 0 : paddingAfter(consumer, columns);
  const rowBytes = (before + columns + right) * pixelBytes;
  return { rows, columns, pixelBytes, before, rowBytes, bytes: (before + rows + below) * rowBytes };
}

function planesOf(network: QuantisedNetwork, rows: number, columns: number): Plane[] {
  const planes = [planeOf(rows, columns, 2 * network.inputChannels, network.layers[0])];
  for (const [at, layer] of network.layers.entries()) {
    rows = outputSize(layer, rows);
    columns = outputSize(layer, columns);
    const consumer = network.layers[at + 1];
    planes.push(planeOf(rows, columns, (consumer ? 2 : 4) * ceil8(layer.outChannels), consumer));
  }
  return planes;
}

/** Gives planes that are not needed at the same time one slot; slot of each plane, and bytes of each slot. */
function shareSlots(
  network: QuantisedNetwork,
  planes: readonly Plane[],
): { slots: number[]; sizes: number[] } {
  const lastUse = planes.map((_, at) => at);
  for (const { from, to } of network.skips ?? []) lastUse[from + 1] = Math.max(lastUse[from + 1]!, to);
  const busyUntil: number[] = [];
  const sizes: number[] = [];
  // Plane p is written by layer p − 1, read by layer p and by the layers it skips to.
  const slots = planes.map((plane, at) => {
    const free = busyUntil.findIndex((layer) => layer < at - 1);
    const slot = free < 0 ? sizes.length : free;
    busyUntil[slot] = lastUse[at]!;
    sizes[slot] = Math.max(sizes[slot] ?? 0, plane.bytes);
    return slot;
  });
  return { slots, sizes };
}

/** Lays out a frame size and writes what depends on it; the weights lie first, at the same place in every plan. */
function makePlan(
  network: QuantisedNetwork,
  layers: readonly PreparedLayer[],
  rows: number,
  columns: number,
  { memory }: IntegerKernels,
): Plan {
  const layout = new Layout();
  const addresses = layers.map(({ weights, bias, runs }) => ({
    weights: layout.area(weights.byteLength),
    bias: layout.area(bias.byteLength),
    offsets: layout.area(4 * runs),
  }));
  const planes = planesOf(network, rows, columns);
  const { slots, sizes } = shareSlots(network, planes);
  const areas = sizes.map((bytes) => layout.area(bytes));
  layout.commit(memory);
  for (const [at, prepared] of layers.entries()) {
    const to = addresses[at]!;
    new Int16Array(memory.buffer, to.weights, prepared.weights.length).set(prepared.weights);
    new Int32Array(memory.buffer, to.bias, prepared.bias.length).set(prepared.bias);
    new Int32Array(memory.buffer, to.offsets, prepared.runs).set(runOffsets(prepared, planes[at]!));
  }
  return { rows, columns, planes, addresses: slots.map((slot) => areas[slot]!), layers: addresses };
}

/** Bytes from the first input of an output pixel to each of its stretches. */
function runOffsets({ layer, runs }: PreparedLayer, { rowBytes, pixelBytes }: Plane): number[] {
  const { kernel, dilation } = layer;
  return Array.from({ length: runs }, (_, run) =>
    dilation === 1
      ? run * rowBytes
      : dilation * (Math.floor(run / kernel) * rowBytes + (run % kernel) * pixelBytes),
  );
}

function runPlan(
  network: QuantisedNetwork,
  layers: readonly PreparedLayer[],
  plan: Plan,
  kernels: IntegerKernels,
  input: Int16Array,
): NetworkOutput {
  const { planes, addresses } = plan;
  clearBorder(kernels, planes[0]!, addresses[0]!);
  copyInput(kernels, planes[0]!, addresses[0]!, input);
  for (const [at, { layer, runs, groups, bias }] of layers.entries()) {
    const [from, to] = [planes[at]!, planes[at + 1]!];
    const wide = at === layers.length - 1;
    if (!wide) clearBorder(kernels, to, addresses[at + 1]!);
    const skip = network.skips?.find((each) => each.to === at);
    const skipped = skip && planes[skip.from + 1]!;
    const own = plan.layers[at]!;
    kernels.convolveIntegers(
      ...([addresses[at]!, layer.stride * from.rowBytes, layer.stride * from.pixelBytes] as const),
      ...([own.offsets, runs, groups, own.weights, own.bias, bias.length / 8] as const),
      ...([layer.shift, Number(layer.relu)] as const),
      ...(skip && skipped
        ? ([inside(skipped, addresses[skip.from + 1]!), skipped.rowBytes] as const)
        : ([0, 0] as const)),
      ...([inside(to, addresses[at + 1]!), to.rowBytes, to.rows, to.columns, Number(wide)] as const),
    );
  }
  const { outChannels } = layers.at(-1)!.layer;
  return readOutput(kernels, planes.at(-1)!, addresses.at(-1)!, outChannels);
}

/** Address of the first pixel behind the border. */
function inside({ before, rowBytes, pixelBytes }: Plane, address: number): number {
  return address + before * (rowBytes + pixelBytes);
}

/** Planes share memory, so what an earlier one left where this one has its border is cleared each time. */
function clearBorder({ memory }: IntegerKernels, plane: Plane, address: number): void {
  const bytes = new Uint8Array(memory.buffer, address, plane.bytes);
  const width = plane.columns * plane.pixelBytes;
  if (plane.bytes === plane.rows * width) return;
  let end = 0;
  let at = plane.before * (plane.rowBytes + plane.pixelBytes);
  for (let row = 0; row < plane.rows; row++, at += plane.rowBytes) {
    bytes.fill(0, end, at);
    end = at + width;
  }
  bytes.fill(0, end);
}

function copyInput({ memory }: IntegerKernels, plane: Plane, address: number, input: Int16Array): void {
  const values = new Int16Array(memory.buffer, address, plane.bytes / 2);
  if (values.length === input.length) return values.set(input);
  const width = input.length / plane.rows;
  let to = (plane.before * (plane.rowBytes + plane.pixelBytes)) / 2;
  for (let from = 0; from < input.length; from += width, to += plane.rowBytes / 2) {
    values.set(input.subarray(from, from + width), to);
  }
}

function readOutput(
  { memory }: IntegerKernels,
  { rows, columns, bytes }: Plane,
  address: number,
  channels: number,
): NetworkOutput {
  const stored = new Int32Array(memory.buffer, address, bytes / 4);
  const stride = ceil8(channels);
  if (stride === channels) return { rows, columns, channels, values: stored.slice() };
  const values = new Int32Array(rows * columns * channels);
  for (let from = 0, to = 0; to < values.length; from += stride) {
    for (let channel = 0; channel < channels; channel++) values[to++] = stored[from + channel]!;
  }
  return { rows, columns, channels, values };
}
