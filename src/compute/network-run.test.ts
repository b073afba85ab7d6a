import { describe, expect, it } from "vitest";
import { pick, type Random, randomInt, seededRandom } from "../base/index.js";
import type { QuantisedLayer, QuantisedNetwork, Skip } from "./network.js";
import { type NetworkEngine, prepareNetwork, runNetwork } from "./network-run.js";

const ENGINES: readonly NetworkEngine[] = ["wasm", "js"];

type Activation = { rows: number; columns: number; channels: number; values: number[] };

const wrap = (sum: number): number => sum | 0;
const saturate = (value: number): number => Math.max(-32768, Math.min(32767, value));

/** Every pixel twice in both directions, then cut off at rows × columns. */
function repeated({ columns, channels, values }: Activation, rows: number, width: number): Activation {
  const larger: number[] = [];
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < width; x++) {
      const from = (Math.floor(y / 2) * columns + Math.floor(x / 2)) * channels;
      larger.push(...values.slice(from, from + channels));
    }
  return { rows, columns: width, channels, values: larger };
}

/** One layer straight from its definition; sums are exact in f64 and wrapped at the end. */
function plainLayer(
  layer: QuantisedLayer,
  input: Activation,
  last: boolean,
  skip?: (at: number) => number,
): Activation {
  const { kernel, stride, dilation, outChannels, inChannels, shift } = layer;
  const before = Math.max(0, Math.ceil((dilation * (kernel - 1) + 1 - stride) / 2));
  const [rows, columns] = [Math.ceil(input.rows / stride), Math.ceil(input.columns / stride)];
  const values: number[] = [];
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      for (let o = 0; o < outChannels; o++) {
        let sum = layer.bias[o]!;
        for (let i = 0; i < kernel; i++)
          for (let j = 0; j < kernel; j++) {
            const [row, column] = [y * stride - before + i * dilation, x * stride - before + j * dilation];
            if (row < 0 || column < 0 || row >= input.rows || column >= input.columns) continue;
            for (let c = 0; c < inChannels; c++) {
              const weight = layer.weights[((o * kernel + i) * kernel + j) * inChannels + c]!;
              sum += weight * input.values[(row * input.columns + column) * inChannels + c]!;
            }
          }
        let value = shift === 0 ? wrap(sum) : wrap(sum + 2 ** (shift - 1)) >> shift;
        if (!last) value = saturate(value);
        if (skip) value = saturate(value + skip(values.length));
        values.push(layer.relu ? Math.min(layer.ceiling ?? 2 ** 31, Math.max(0, value)) : value);
      }
  return { rows, columns, channels: outChannels, values };
}

/** Rounded to the nearest, halves upwards, after saturation. */
const shifted = (values: readonly number[], by: number) => (at: number) =>
  by === 0 ? values[at]! : saturate(values[at]! + 2 ** (by - 1)) >> by;

function plainNetwork(
  network: QuantisedNetwork,
  input: Int16Array,
  rows: number,
  columns: number,
): Activation {
  const outputs: Activation[] = [];
  let now: Activation = { rows, columns, channels: network.inputChannels, values: [...input] };
  let stride = 1;
  for (const [at, layer] of network.layers.entries()) {
    const skip = network.skips?.find((each) => each.to === at);
    stride *= layer.stride / (layer.enlarge ?? 1);
    const read = layer.enlarge ? repeated(now, Math.ceil(rows / stride), Math.ceil(columns / stride)) : now;
    const added = skip && shifted(outputs[skip.from]!.values, skip.shift ?? 0);
    now = plainLayer(layer, read, at === network.layers.length - 1, added);
    expect([now.rows, now.columns]).toEqual([Math.ceil(rows / stride), Math.ceil(columns / stride)]);
    outputs.push(now);
  }
  return now;
}

const small = (random: Random, size: number): number => Math.round((2 * random() - 1) * size);

function randomLayer(
  random: Random,
  inChannels: number,
  outChannels: number,
  resize: Pick<QuantisedLayer, "stride" | "enlarge">,
): QuantisedLayer {
  const kernel = pick(random, [1, 2, 3, 3, 4] as const);
  // Extremes in one layer of four: sums wrap, activations saturate, −32768 · −32768 + −32768 · −32768 occurs.
  const extreme = random() < 0.25;
  const weight = extreme ? () => pick(random, [-32768, 32767]) : () => small(random, 3000);
  return {
    ...{ kind: "convolution", padding: "same", inChannels, outChannels, kernel, ...resize },
    dilation: pick(random, [1, 1, 2, 4, 8, 16] as const),
    weights: Int16Array.from({ length: outChannels * kernel * kernel * inChannels }, weight),
    bias: Int32Array.from({ length: outChannels }, () => small(random, extreme ? 2 ** 31 - 1 : 1e6)),
    shift: pick(random, extreme ? [0, 1, 31] : [0, 8, 12, 13]),
    relu: random() < 0.5,
  };
}

function randomResize(random: Random, cumulative: number): Pick<QuantisedLayer, "stride" | "enlarge"> {
  if (cumulative % 2 === 0 && random() < 0.4) return { stride: 1, enlarge: 2 };
  return { stride: random() < 0.6 ? 1 : pick(random, [2, 4] as const) };
}

function randomNetwork(random: Random): QuantisedNetwork {
  const inputChannels = pick(random, [1, 1, 2, 3, 8]);
  const inner = randomInt(random, 1, 9);
  const layers: QuantisedLayer[] = [];
  const skips: Skip[] = [];
  const strides: number[] = [];
  for (let at = randomInt(random, 1, 6), channels = inputChannels; at >= 0; at--) {
    const last = at === 0;
    const out = last ? randomInt(random, 1, 9) : random() < 0.7 ? inner : randomInt(random, 1, 17);
    const resize = randomResize(random, strides.at(-1) ?? 1);
    strides.push(((strides.at(-1) ?? 1) * resize.stride) / (resize.enlarge ?? 1));
    const plain = randomLayer(random, channels, out, resize);
    const cut = plain.relu && !last && random() < 0.6;
    layers.push({ ...plain, ...(cut && { ceiling: pick(random, [1, 900, 8191, 20_000, 32_766]) }) });
    channels = out;
    const to = layers.length - 1;
    const joined = layers.findIndex((each, i) => each.outChannels === out && strides[i] === strides[to]);
    const shift = random() < 0.5 ? pick(random, [1, 2, 5, 14, 15]) : 0;
    if (joined < to && !last) skips.push({ from: joined, to, ...(shift > 0 && { shift }) });
  }
  return { inputChannels, layers, skips };
}

function randomInput(random: Random, length: number): Int16Array {
  const value = pick(random, [
    () => randomInt(random, 0, 255),
    () => randomInt(random, -32768, 32767),
    () => pick(random, [-32768, 32767]),
    () => -32768,
  ]);
  return Int16Array.from({ length }, value);
}

describe("a quantised network", () => {
  const seeds = Array.from({ length: 200 }, (_, seed) => ({ seed }));
  it.each(seeds)("gives in WASM and in plain JS the bits of its definition, seed $seed", ({ seed }) => {
    const random = seededRandom(seed);
    const network = randomNetwork(random);
    const prepared = ENGINES.map((engine) => prepareNetwork(network, engine));
    // Several sizes with the same network: what one frame left behind must not show in the next.
    for (let frame = 0; frame < 4; frame++) {
      const [rows, columns] = pick(random, [
        [1, 1],
        [1, randomInt(random, 2, 40)],
        [randomInt(random, 2, 40), 1],
        [randomInt(random, 2, 40), randomInt(random, 2, 40)],
        [16, 32],
      ] as const);
      const input = randomInput(random, rows * columns * network.inputChannels);
      const { values, ...shape } = plainNetwork(network, input, rows, columns);
      for (const each of prepared) {
        const output = runNetwork(each, input, rows, columns);
        expect(output).toMatchObject(shape);
        expect([...output.values]).toEqual(values);
      }
    }
  });

  it("meets every kernel, stride, dilation and ceiling, enlarged or not, and skips of all kinds, in these cases", () => {
    const seen = new Set<string>();
    for (const { seed } of seeds) {
      const { layers, skips = [] } = randomNetwork(seededRandom(seed));
      for (const { from, to, shift } of skips) {
        if (shift !== undefined) seen.add("shifted skip");
        const between = layers.slice(from + 1, to + 1);
        seen.add(between.some(({ enlarge }) => enlarge) ? "skip over an enlarging layer" : "skip");
        if (layers[to]!.enlarge) seen.add("skip to an enlarging layer");
      }
      for (const { kernel, stride, dilation, enlarge = 1, ceiling } of layers) {
        for (const word of [`kernel ${kernel}`, `dilation ${dilation}`])
          seen.add(`${word}, enlarged ${enlarge}`);
        seen.add(`stride ${stride}`);
        seen.add(`ceiling ${ceiling}`);
      }
    }
    expect(seen.size).toBe(4 + 2 * (4 + 5) + 3 + 6);
  });

  describe("of the shape of a U", () => {
    const random = seededRandom(4);
    const layer = (
      inChannels: number,
      outChannels: number,
      changes: Partial<QuantisedLayer>,
    ): QuantisedLayer => ({
      ...randomLayer(random, inChannels, outChannels, { stride: 1 }),
      ...{ kernel: 3, dilation: 1, shift: 9, relu: true, ...changes },
      weights: Int16Array.from({ length: outChannels * (changes.kernel ?? 3) ** 2 * inChannels }, () =>
        small(random, 300),
      ),
    });
    const network: QuantisedNetwork = {
      inputChannels: 1,
      layers: [
        layer(1, 3, { stride: 2 }),
        layer(3, 5, { stride: 2 }),
        layer(5, 10, { stride: 2 }),
        layer(10, 5, { kernel: 1 }),
        layer(5, 5, { enlarge: 2 }),
        layer(5, 3, { enlarge: 2, kernel: 4 }),
        layer(3, 1, { enlarge: 2, kernel: 2, relu: false }),
      ],
      skips: [
        { from: 1, to: 4 },
        { from: 0, to: 5 },
      ],
    };
    const prepared = ENGINES.map((engine) => prepareNetwork(network, engine));

    it.each(Array.from({ length: 40 }, (_, i) => ({ rows: i + 1, columns: ((i * 17) % 40) + 1 })))(
      "comes back to the frame's own size for $rows × $columns, with the bits of its definition",
      ({ rows, columns }) => {
        const input = randomInput(random, rows * columns);
        const { values } = plainNetwork(network, input, rows, columns);
        for (const each of prepared) {
          const output = runNetwork(each, input, rows, columns);
          expect(output).toMatchObject({ rows, columns, channels: 1 });
          expect([...output.values]).toEqual(values);
        }
      },
    );
  });

  it.each(ENGINES)("enlarges with weights whose sums are beyond 16 bits, in %s", (engine) => {
    const shape = {
      kind: "convolution",
      padding: "same",
      inChannels: 1,
      outChannels: 1,
      relu: false,
    } as const;
    const plain = { ...shape, dilation: 1, bias: new Int32Array(1), shift: 0 } as const;
    for (const weight of [-32768, -16384, -8192, 8191, 8192, 16384, 32767]) {
      const network: QuantisedNetwork = {
        inputChannels: 1,
        layers: [
          { ...plain, kernel: 1, stride: 2, weights: Int16Array.of(1) },
          { ...plain, kernel: 3, stride: 1, enlarge: 2, weights: new Int16Array(9).fill(weight) },
        ],
      };
      const input = Int16Array.from({ length: 49 }, (_, i) => 37 * i - 900);
      const { values } = runNetwork(prepareNetwork(network, engine), input, 7, 7);
      expect([...values]).toEqual(plainNetwork(network, input, 7, 7).values);
    }
  });

  it.each(ENGINES)("wraps and saturates as defined at the very extremes, in %s", (engine) => {
    const layer = (relu: boolean, shift: number, outChannels = 1): QuantisedLayer => ({
      ...{
        kind: "convolution",
        padding: "same",
        inChannels: 2,
        outChannels,
        kernel: 1,
        stride: 1,
        dilation: 1,
      },
      ...{
        weights: new Int16Array(2 * outChannels).fill(-32768),
        bias: new Int32Array(outChannels),
        shift,
        relu,
      },
    });
    const minimum = new Int16Array(2).fill(-32768);
    const run = (...layers: QuantisedLayer[]): number[] => [
      ...runNetwork(prepareNetwork({ inputChannels: 2, layers }, engine), minimum, 1, 1).values,
    ];
    // −32768 · −32768 twice is 2³¹, which wraps to −2³¹.
    expect(run(layer(false, 0))).toEqual([-(2 ** 31)]);
    expect(run(layer(true, 0))).toEqual([0]);
    expect(run(layer(false, 31))).toEqual([-1]);
    // Inner layer: saturated to −32768 again, so the second does the same.
    expect(run(layer(false, 0, 2), layer(false, 0))).toEqual([-(2 ** 31)]);
    expect(run(layer(false, 16, 2), layer(false, 16))).toEqual([-32768]);
  });

  it("needs no more memory after 1,000 frames than after the first", () => {
    const random = seededRandom(9);
    const network = randomNetwork(random);
    for (const engine of ENGINES) {
      const prepared = prepareNetwork(network, engine);
      const input = randomInput(random, 24 * 24 * network.inputChannels);
      runNetwork(prepared, input, 24, 24);
      const { memoryBytes } = prepared;
      for (let frame = 0; frame < 1000; frame++) runNetwork(prepared, input, 24, 24);
      expect(prepared.memoryBytes).toBe(memoryBytes);
    }
  });

  it.each([
    { rows: 4, columns: 4, length: 15 },
    { rows: 4, columns: 4, length: 17 },
    { rows: 0, columns: 4, length: 0 },
    { rows: 2.5, columns: 4, length: 10 },
    { rows: Number.NaN, columns: 4, length: 16 },
  ])("refuses $length values for $rows × $columns", ({ rows, columns, length }) => {
    const layers: QuantisedLayer[] = [
      {
        ...{ kind: "convolution", padding: "same", inChannels: 1, outChannels: 1, kernel: 1, stride: 1 },
        ...{ dilation: 1, weights: new Int16Array(1), bias: new Int32Array(1), shift: 0, relu: false },
      },
    ];
    const prepared = prepareNetwork({ inputChannels: 1, layers });
    expect(() => runNetwork(prepared, new Int16Array(length), rows, columns)).toThrow(
      expect.objectContaining({ code: "COMPUTE_BAD_SHAPE" }),
    );
  });
});
