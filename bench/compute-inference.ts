/**
 * `npx tsx bench/compute-inference.ts`: milliseconds a frame of three kinds of quantised network, on one core, in
 * WASM and in plain JS: tiles (4 × 4 of stride 4 from one channel, five 3 × 3, 1 × 1 to one), a chain of residual
 * layers, and the text finder's, which goes down and enlarges again; in WASM also with inner layers cut at 8191, so
 * that 3 × 3 layers of stride 1 take 16 products instead of 36. Beside it what multiplications and
 * additions alone would take as the definition counts them, and the memory after 1,000 frames.
 * Then the f32 kernels that training stands on.
 */
import { PLAN } from "../scripts/text-finder/model.js";
import { randomInt, seededRandom } from "../src/base/index.js";
import { wasmKernels } from "../src/compute/kernels/f32.js";
import type { ConvolutionGeometry } from "../src/compute/kernels/types.js";
import type { QuantisedLayer, QuantisedNetwork } from "../src/compute/network.js";
import { type NetworkEngine, prepareNetwork, runNetwork } from "../src/compute/network-run.js";
import { kernelRate, multiplyAdds } from "./support/floor.js";
import { timings } from "./support/measure.js";

const random = seededRandom(1);

type Shape = Partial<Pick<QuantisedLayer, "kernel" | "stride" | "dilation" | "enlarge" | "relu">>;

/** As 3 × 3 of stride 1 with relu unless `changes` says otherwise. */
function layer(inChannels: number, outChannels: number, changes: Shape = {}): QuantisedLayer {
  const shape = { kernel: 3, stride: 1, dilation: 1, relu: true, ...changes } as const;
  const length = outChannels * shape.kernel ** 2 * inChannels;
  return {
    ...{ kind: "convolution", padding: "same", inChannels, outChannels, ...shape, shift: 10 },
    weights: Int16Array.from({ length }, () => randomInt(random, -200, 200)),
    bias: new Int32Array(outChannels),
  };
}

function tiles(channels: number): QuantisedNetwork {
  const dilations = [1, 2, 4, 8, 1] as const;
  return {
    inputChannels: 1,
    layers: [
      layer(1, channels, { kernel: 4, stride: 4 }),
      ...dilations.map((dilation) => layer(channels, channels, { dilation })),
      layer(channels, 1, { kernel: 1 }),
    ],
  };
}

/** 3 × 3 of stride 2 twice, six residual layers at a quarter of the frame, one output channel. */
function chain(): QuantisedNetwork {
  const dilations = [1, 2, 4, 8, 1, 1] as const;
  return {
    inputChannels: 1,
    layers: [
      layer(1, 12, { stride: 2 }),
      layer(12, 24, { stride: 2 }),
      ...dilations.map((dilation) => layer(24, 24, { dilation })),
      layer(24, 1, { kernel: 1 }),
    ],
    skips: dilations.map((_, i) => ({ from: i + 1, to: i + 2 })),
  };
}

/** As the text finder that is shipped: down to an eighth of the frame, and back up to a quarter. */
function textFinder(): QuantisedNetwork {
  return {
    inputChannels: 1,
    layers: PLAN.map(({ inChannels, outChannels, skipFrom: _, ...shape }) =>
      layer(inChannels, outChannels, shape),
    ),
    skips: PLAN.flatMap(({ skipFrom }, to) => (skipFrom === undefined ? [] : [{ from: skipFrom, to }])),
  };
}

/** Inner layers that cut what is negative cut at 8191 as well; the layers behind them run in tiles. */
function cut(network: QuantisedNetwork): QuantisedNetwork {
  const layers = network.layers.map((each, at) =>
    each.relu && at < network.layers.length - 1 ? { ...each, ceiling: 8191 } : each,
  );
  return { ...network, layers };
}

const FRAMES = [
  [512, 512],
  [640, 480],
  [1024, 768],
] as const;

function inference(): void {
  const peak = kernelRate();
  console.log(`peak of the integer kernel: ${(peak / 1e9).toFixed(1)} G multiply-adds/s`);
  const networks: readonly (readonly [string, QuantisedNetwork])[] = [
    ...[16, 24, 32].map((channels) => [`tiles of ${channels} channels`, tiles(channels)] as const),
    ["chain", chain()],
    ["text finder", textFinder()],
  ];
  for (const [name, net] of networks) {
    for (const [columns, rows] of FRAMES) {
      const input = Int16Array.from({ length: rows * columns }, () => randomInt(random, 0, 255) * 64);
      const time = (each: QuantisedNetwork, engine: NetworkEngine, times: number): string => {
        const prepared = prepareNetwork(each, engine);
        const { fastest, middle } = timings(times, () => runNetwork(prepared, input, rows, columns));
        return `${fastest.toFixed(2)} ms (median ${middle.toFixed(2)})`;
      };
      const floor = (1000 * multiplyAdds(net, rows, columns)) / peak;
      const [direct, tiles] = [time(net, "wasm", 31), time(cut(net), "wasm", 31)];
      const wasm = `wasm ${direct}, in tiles ${tiles}`;
      const js = `js ${time(net, "js", 3)}`;
      console.log(`${name}, ${columns} × ${rows}: ${wasm}, ${js}, floor ${floor.toFixed(2)} ms`);
    }
  }
}

function memory(): void {
  const prepared = prepareNetwork(tiles(16), "wasm");
  const input = new Int16Array(512 * 512);
  const measure = (): string => {
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
    const inMiB = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
    return `module ${inMiB(prepared.memoryBytes)}, heap ${inMiB(heapUsed)}, arrays ${inMiB(arrayBuffers)}, resident ${inMiB(rss)} MiB`;
  };
  for (let frame = 1; frame <= 1000; frame++) {
    runNetwork(prepared, input, 512, 512);
    if (frame === 100 || frame === 1000) console.log(`after ${frame} frames: ${measure()}`);
  }
}

function training(): void {
  const kernels = wasmKernels();
  const floats = (length: number): Float32Array => Float32Array.from({ length }, () => random() - 0.5);
  const rate = (operations: number, call: () => void): string =>
    `${(operations / timings(15, call).fastest / 1e6).toFixed(1)} GFLOP/s`;
  for (const channels of [16, 32]) {
    const [size, taps] = [128, channels * 9];
    const [pixels, operations] = [size * size, 2 * channels * taps * size * size];
    const [a, b, out] = [floats(channels * taps), floats(taps * pixels), floats(channels * pixels)];
    const product = rate(operations, () => kernels.matmul(channels, pixels, taps, a, b, out));
    console.log(`f32 product ${channels} × ${taps} × ${pixels}: ${product}`);
    const geometry: ConvolutionGeometry = {
      ...{ channels, rows: size, columns: size, kernelRows: 3, kernelColumns: 3, stride: 1, dilation: 2 },
      ...{ padding: 2, outRows: size, outColumns: size },
    };
    const image = floats(channels * pixels);
    const { forward, inputGradient, weightGradient } = kernels.direct!;
    const rates = [
      rate(operations, () => forward(image, a, channels, geometry, out)),
      rate(operations, () => inputGradient(out, a, channels, geometry, image)),
      rate(operations, () => weightGradient(image, out, channels, geometry, a)),
    ];
    console.log(`f32 3 × 3 of ${channels} channels: ${rates.join(", ")} (output, input and weight gradient)`);
  }
}

inference();
memory();
training();
