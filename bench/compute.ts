// Heavy loops of the room compute and a training step, in plain JS and in WASM, beside what the machine can do:
//   npx tsx bench/compute.ts [--seconds N]
// --seconds: time for each measurement, default 1.5. Times are of the processor, garbage collection included,
// and the best run counts: a shared machine only ever adds.
import { parseArgs } from "node:util";
import { type Random, seededRandom } from "../src/base/index.js";
import {
  adam,
  add,
  binaryCrossEntropyWithLogits,
  conv2d,
  conv2dInputGradient,
  conv2dWeightGradient,
  fastestKernels,
  grad,
  heNormal,
  jsKernels,
  type Kernels,
  matmul,
  relu,
  type Tensor,
  tensor,
  useKernels,
  withoutGradient,
  zeroVariable,
} from "../src/compute/index.js";

const { values: options } = parseArgs({ options: { seconds: { type: "string", default: "1.5" } } });
const budget = Number(options.seconds) * 1000;
const say = (text: string) => void process.stdout.write(`${text}\n`);

const processorTime = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Milliseconds of one call: the best within the time, at least three of them after one to warm up. */
function milliseconds(call: () => unknown): number {
  call();
  let best = Number.POSITIVE_INFINITY;
  const until = performance.now() + budget;
  for (let runs = 0; runs < 3 || performance.now() < until; runs++) {
    const start = processorTime();
    call();
    best = Math.min(best, processorTime() - start);
  }
  return best;
}

/** GFLOP/s of multiply-adds on numbers in registers: about as fast as plain JS can be. */
function floor(): number {
  const rounds = 1e6;
  let kept = 0;
  const time = milliseconds(() => {
    kept += multiplyAdd(rounds, 0.999);
  });
  if (!(kept > 0)) throw new Error("the loop was optimised away");
  return (16 * rounds) / time / 1e6;
}

/** Eight independent chains, sixteen operations a round. */
function multiplyAdd(rounds: number, factor: number): number {
  let a = 1;
  let b = 2;
  let c = 3;
  let d = 4;
  let e = 5;
  let f = 6;
  let g = 7;
  let h = 8;
  for (let i = 0; i < rounds; i++) {
    a = a * factor + 1e-3;
    b = b * factor + 1e-3;
    c = c * factor + 1e-3;
    d = d * factor + 1e-3;
    e = e * factor + 1e-3;
    f = f * factor + 1e-3;
    g = g * factor + 1e-3;
    h = h * factor + 1e-3;
  }
  return a + b + c + d + e + f + g + h;
}

const random = seededRandom(1);
const filled = (shape: readonly number[], source: Random = random): Tensor =>
  tensor(
    Float32Array.from(
      { length: shape.reduce((product, length) => product * length, 1) },
      () => source() - 0.5,
    ),
    shape,
  );

function reportMatmul(size: number): void {
  const [a, b] = [filled([size, size]), filled([size, size])];
  const time = milliseconds(() => matmul(a, b));
  say(`  matmul ${size}³: ${(2e-6 * (size ** 3 / time)).toFixed(1)} GFLOP/s`);
}

/** Forward, gradient of the images and gradient of the kernels, of 3 × 3 convolutions of `side` × `side` maps. */
function reportConvolution(channels: number, side: number, dilation: number): void {
  const shape = [2, channels, side, side];
  const [x, w] = [filled(shape), filled([channels, channels, 3, 3])];
  const how = { padding: dilation, dilation };
  const work = 2e-6 * shape.reduce((product, length) => product * length, 1) * channels * 9;
  const speed = (call: () => unknown) => (work / milliseconds(call)).toFixed(1);
  const forward = speed(() => conv2d(x, w, how));
  const input = speed(() => conv2dInputGradient(x, w, shape, how));
  const weights = speed(() => conv2dWeightGradient(x, x, [channels, channels, 3, 3], how));
  say(
    `  conv 3×3, ${channels} channels, ${side}², dilation ${dilation}: ` +
      `forward ${forward}, image gradient ${input}, kernel gradient ${weights} GFLOP/s`,
  );
}

/** A step of a fully convolutional net: five 3 × 3 layers, some dilated, on maps of 128 × 128. */
function reportTraining(channels: number, batch: number): void {
  const seeded = seededRandom(2);
  const dilations = [1, 1, 2, 4, 1];
  const widths = [8, channels, channels, channels, channels, 1];
  const kernels = dilations.map((_, i) => heNormal([widths[i + 1]!, widths[i]!, 3, 3], seeded));
  const biases = kernels.map(({ shape }) => zeroVariable([shape[0]!, 1, 1]));
  const images = filled([batch, 8, 128, 128], seeded);
  const targets = tensor(
    images.data.slice(0, batch * 128 * 128).map((v: number) => (v > 0.4 ? 1 : 0)),
    [batch, 1, 128, 128],
  );
  const net = () =>
    kernels.reduce((map, kernel, i) => {
      const dilation = dilations[i]!;
      const out = add(conv2d(map, kernel, { padding: dilation, dilation }), biases[i]!);
      return i === kernels.length - 1 ? out : relu(out);
    }, images);
  const parameters = [...kernels, ...biases];
  const { step } = adam(parameters, { rate: 1e-3 });
  const train = () => step(grad(binaryCrossEntropyWithLogits(net(), targets), parameters));
  const forward = milliseconds(() => withoutGradient(net));
  const whole = milliseconds(train);
  const taps = kernels.reduce((total, { data }) => total + data.length, 0);
  // Forward, kernel gradient, and image gradient of all layers but the first.
  const work = 2e-6 * batch * 128 * 128 * (3 * taps - kernels[0]!.data.length);
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
  say(
    `  net, ${channels} channels, batch ${batch} of 128²: forward ${forward.toFixed(0)} ms, ` +
      `step ${whole.toFixed(0)} ms (${(work / whole).toFixed(1)} GFLOP/s), resident ${memory} MB`,
  );
}

function report(kernels: Kernels): void {
  useKernels(kernels);
  say(`${kernels.name}:`);
  for (const size of [64, 256]) reportMatmul(size);
  reportConvolution(16, 128, 1);
  reportConvolution(32, 128, 2);
  reportTraining(16, 8);
  reportTraining(32, 8);
}

say(`multiply-add in registers, plain JS: ${floor().toFixed(1)} GFLOP/s`);
const fastest = fastestKernels();
for (const kernels of new Set<Kernels>([jsKernels, fastest])) report(kernels);
if (fastest === jsKernels) say("no WASM SIMD on this machine");
