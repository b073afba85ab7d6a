import { ElpisError } from "../base/index.js";
import { instantiateKernels, type KernelMemory, Layout, simdIsAvailable } from "./kernels/wasm.js";
import { checkNetwork, paddingBefore, planeSizes, type QuantisedNetwork } from "./network.js";
import { MAX_I16 } from "./network-bounds.js";
import { type IntegerKernels, jsIntegerKernels } from "./network-js.js";
import { borderOf, ceil8, inputOf, type PreparedLayer, prepareLayer, segmentsOf } from "./network-prepare.js";

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

/** Where a pack's weights and offsets lie. */
interface PackAddresses {
  readonly weights: number;
  readonly offsets: number;
}

/** Where what a layer needs lies; packs as in PreparedLayer. */
interface LayerAddresses {
  readonly bias: number;
  readonly packs: readonly (readonly PackAddresses[])[];
  /** Of the weights of a layer that runs in tiles, and of what such layers share to work in. */
  readonly tiles: number;
  readonly scratch: number;
}

type KernelCall = () => void;
type DirectCall = Parameters<IntegerKernels["convolveIntegers"]>;

/** An activation: rows × columns × channels with the border of zeros that the next layer reads. */
interface Plane {
  readonly rows: number;
  readonly columns: number;
  readonly pixelBytes: number;
  readonly before: number;
  readonly rowBytes: number;
  readonly bytes: number;
}

interface Located extends Plane {
  readonly address: number;
}

/** The plane that is added to a layer's output, and by how much its values are shifted right before. */
interface Skipped extends Located {
  readonly shift: number;
}

interface FrameSize {
  readonly rows: number;
  readonly columns: number;
}

/** For a frame size: the planes (the input, then each layer's output) and their addresses. */
interface Plan extends FrameSize {
  readonly planes: readonly Plane[];
  readonly addresses: readonly number[];
  /** What makes each layer. */
  readonly calls: readonly (readonly KernelCall[])[];
}

/** Throws COMPUTE_BAD_SHAPE for a network that cannot be run. */
export function prepareNetwork(network: QuantisedNetwork, engine?: NetworkEngine): PreparedNetwork {
  checkNetwork(network);
  const chosen = engine ?? (simdIsAvailable() ? "wasm" : "js");
  const kernels: IntegerKernels = chosen === "wasm" ? instantiateKernels() : jsIntegerKernels();
  const layers = network.layers.map((_, at) =>
    prepareLayer(network, at, kernels.convolveTiles !== undefined),
  );
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
        plan = makePlan(network, layers, { rows, columns }, kernels);
      }
      return runPlan(network, plan, kernels, input);
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

/** The input's plane and each layer's, with the border that its reader reads: none behind the last. */
function planesOf(network: QuantisedNetwork, layers: readonly PreparedLayer[], frame: FrameSize): Plane[] {
  const rows = planeSizes(network.layers, frame.rows);
  const columns = planeSizes(network.layers, frame.columns);
  return rows.map((size, at) => {
    const width = columns[at]!;
    const reader = layers[at];
    const none = { before: 0, after: 0 };
    const { before, after: below } = reader ? borderOf(reader, size, rows[at + 1]!) : none;
    const { after: right } = reader ? borderOf(reader, width, columns[at + 1]!) : none;
    const channels = at === 0 ? network.inputChannels : ceil8(network.layers[at - 1]!.outChannels);
    const pixelBytes = (reader ? 2 : 4) * channels;
    const rowBytes = (before + width + right) * pixelBytes;
    const bytes = (before + size + below) * rowBytes;
    return { rows: size, columns: width, pixelBytes, before, rowBytes, bytes };
  });
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
  frame: FrameSize,
  kernels: IntegerKernels,
): Plan {
  const { memory } = kernels;
  const layout = new Layout();
  const weights = areasOf(layers, kernels, layout);
  const planes = planesOf(network, layers, frame);
  const { slots, sizes } = shareSlots(network, planes);
  const areas = sizes.map((bytes) => layout.area(bytes));
  layout.commit(memory);
  for (const [at, prepared] of layers.entries()) writeLayer(memory, prepared, planes[at]!, weights[at]!);
  const addresses = slots.map((slot) => areas[slot]!);
  const calls = layers.map((prepared, at) => {
    const skip = network.skips?.find(({ to }) => to === at);
    const located = (plane: number): Located => ({ ...planes[plane]!, address: addresses[plane]! });
    const [from, to] = [located(at), located(at + 1)];
    const skipped = skip && { ...located(skip.from + 1), shift: skip.shift ?? 0 };
    if (prepared.tiles) return [tilesCall(kernels, prepared, weights[at]!, from, skipped, to)];
    const direct = directCalls(prepared, weights[at]!, from, skipped, to, at === layers.length - 1);
    return direct.map((call) => () => kernels.convolveIntegers(...call));
  });
  return { ...frame, planes, addresses, calls };
}

/** Areas for what belongs to the layers whatever the frame, and one scratch. */
function areasOf(
  layers: readonly PreparedLayer[],
  { tilesScratch }: IntegerKernels,
  layout: Layout,
): LayerAddresses[] {
  const tiled = layers.filter(({ tiles }) => tiles);
  const groups = Math.max(0, ...tiled.map(({ layer }) => ceil8(layer.inChannels) / 8));
  const scratch = groups > 0 && tilesScratch ? layout.area(tilesScratch(groups)) : 0;
  return layers.map(({ packs, tiles, bias }) => ({
    bias: layout.area(bias.byteLength),
    packs: packs.map((row) =>
      row.map((pack) => ({
        weights: layout.area(pack.weights.byteLength),
        offsets: layout.area(4 * pack.runs.length),
      })),
    ),
    tiles: tiles ? layout.area(tiles.byteLength) : 0,
    scratch,
  }));
}

function writeLayer(
  { buffer }: KernelMemory,
  { packs, tiles, bias }: PreparedLayer,
  { rowBytes, pixelBytes }: Plane,
  to: LayerAddresses,
): void {
  new Int32Array(buffer, to.bias, bias.length).set(bias);
  if (tiles) new Int16Array(buffer, to.tiles, tiles.length).set(tiles);
  for (const [i, row] of packs.entries()) {
    for (const [j, { runs, weights }] of row.entries()) {
      const at = to.packs[i]![j]!;
      new Int16Array(buffer, at.weights, weights.length).set(weights);
      const offsets = runs.map(({ row, column }) => row * rowBytes + column * pixelBytes);
      new Int32Array(buffer, at.offsets, runs.length).set(offsets);
    }
  }
}

/** What the kernels take of a layer's relu and ceiling: 0 for neither. */
const cutOf = ({ layer: { relu, ceiling = MAX_I16 } }: PreparedLayer): number => (relu ? ceiling : 0);

function tilesCall(
  kernels: IntegerKernels,
  prepared: PreparedLayer,
  own: LayerAddresses,
  from: Located,
  skipped: Skipped | undefined,
  to: Located,
): KernelCall {
  const { layer, bias } = prepared;
  const before = paddingBefore(layer);
  const call = [
    ...([pixelAt(from, -before, -before), from.rowBytes, from.pixelBytes, layer.dilation] as const),
    ...([ceil8(layer.inChannels) / 8, own.tiles, own.bias, bias.length / 8, layer.shift + 2] as const),
    cutOf(prepared),
    ...(skipped
      ? ([pixelAt(skipped, 0, 0), skipped.rowBytes, skipped.shift] as const)
      : ([0, 0, 0] as const)),
    ...([pixelAt(to, 0, 0), to.rowBytes, to.pixelBytes, to.rows, to.columns, own.scratch] as const),
  ] as const;
  return () => kernels.convolveTiles!(...call);
}

/** One call for each way of reading rows and columns: a layer that does not enlarge has one. */
function directCalls(
  prepared: PreparedLayer,
  own: LayerAddresses,
  from: Located,
  skipped: Skipped | undefined,
  to: Located,
  wide: boolean,
): DirectCall[] {
  const { layer, step, packs, bias } = prepared;
  const columnSegments = segmentsOf(prepared, to.columns);
  return segmentsOf(prepared, to.rows).flatMap((rows) =>
    columnSegments.map((columns): DirectCall => {
      const { runs, quads } = packs[rows.reading]![columns.reading]!;
      const { offsets, weights } = own.packs[rows.reading]![columns.reading]!;
      const input = pixelAt(from, inputOf(prepared, rows.first), inputOf(prepared, columns.first));
      return [
        ...([input, layer.stride * from.rowBytes, layer.stride * from.pixelBytes] as const),
        ...([offsets, runs.length, quads, weights, own.bias, bias.length / 8] as const),
        ...([layer.shift, cutOf(prepared)] as const),
        ...(skipped
          ? ([pixelAt(skipped, rows.first, columns.first), step * skipped.rowBytes, skipped.shift] as const)
          : ([0, 0, 0] as const)),
        ...([pixelAt(to, rows.first, columns.first), step * to.rowBytes, step * to.pixelBytes] as const),
        ...([rows.count, columns.count, Number(wide)] as const),
      ];
    }),
  );
}

function runPlan(
  network: QuantisedNetwork,
  plan: Plan,
  kernels: IntegerKernels,
  input: Int16Array,
): NetworkOutput {
  const { planes, addresses, calls } = plan;
  clearBorder(kernels, planes[0]!, addresses[0]!);
  copyInput(kernels, planes[0]!, addresses[0]!, input);
  for (const [at, each] of calls.entries()) {
    if (at < calls.length - 1) clearBorder(kernels, planes[at + 1]!, addresses[at + 1]!);
    for (const call of each) call();
  }
  const { outChannels } = network.layers.at(-1)!;
  return readOutput(kernels, planes.at(-1)!, addresses.at(-1)!, outChannels);
}

/** Address of a pixel; the first behind the border is (0, 0). */
function pixelAt({ address, before, rowBytes, pixelBytes }: Located, row: number, column: number): number {
  return address + (before + row) * rowBytes + (before + column) * pixelBytes;
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
