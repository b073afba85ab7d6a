import { describe, expect, it } from "vitest";
import { pick, type Random, randomInt, seededRandom } from "../base/index.js";
import { instantiateKernels, PAGE } from "./kernels/wasm.js";
import type { QuantisedLayer, QuantisedNetwork } from "./network.js";
import { inputRange, largestSum } from "./network-bounds.js";
import { prepareLayer } from "./network-prepare.js";
import { prepareNetwork, runNetwork } from "./network-run.js";
import { hasTileWeights, TILE_CEILING } from "./network-tiles.js";

/** 3 × 3 of stride 1 unless `changes` says otherwise. */
function layer(
  inChannels: number,
  outChannels: number,
  weight: (at: number) => number,
  changes: Partial<QuantisedLayer> = {},
): QuantisedLayer {
  const kernel = changes.kernel ?? 3;
  return {
    ...{ kind: "convolution", padding: "same", inChannels, outChannels, kernel, stride: 1, dilation: 1 },
    weights: Int16Array.from({ length: outChannels * kernel ** 2 * inChannels }, (_, at) => weight(at)),
    bias: new Int32Array(outChannels),
    ...{ shift: 0, relu: false, ...changes },
  };
}

/** Gives its input as its output. */
const identity = (channels: number, changes: Partial<QuantisedLayer> = {}): QuantisedLayer =>
  layer(channels, channels, (at) => Number(at % (channels + 1) === 0), { kernel: 1, ...changes });

/** The layer by itself, between one that gives it inputs from 0 to `ceiling` and one that shows what it gives. */
function around(inner: QuantisedLayer, ceiling = TILE_CEILING): QuantisedNetwork {
  const { inChannels, outChannels } = inner;
  return {
    inputChannels: inChannels,
    layers: [identity(inChannels, { relu: true, ceiling }), inner, identity(outChannels)],
  };
}

const runsInTiles = (network: QuantisedNetwork, at = 1): boolean =>
  prepareLayer(network, at, true).tiles !== undefined;

/** What WASM gives, after it was compared with plain JS, which has no tiles. */
function sameBits(network: QuantisedNetwork, input: Int16Array, rows: number, columns: number): Int32Array {
  const [wasm, js] = (["wasm", "js"] as const).map((engine) =>
    runNetwork(prepareNetwork(network, engine), input, rows, columns),
  );
  expect(wasm).toEqual(js);
  return wasm!.values;
}

/** Weights as large as tiles allow: halved until they do. */
function fitting(random: Random, make: (weight: () => number) => QuantisedLayer): QuantisedLayer {
  const extreme = random() < 0.4;
  for (let size = 8191; ; size >>= 1) {
    const inner = make(extreme ? () => pick(random, [-size, size]) : () => randomInt(random, -size, size));
    if (hasTileWeights(inner, { relu: true, ceiling: TILE_CEILING })) return inner;
  }
}

function randomTiled(random: Random): QuantisedNetwork {
  const inChannels = pick(random, [1, 3, 8, 9, 24]);
  const dilation = pick(random, [1, 1, 2, 4, 8, 16] as const);
  const skip = random() < 0.5;
  const outChannels = skip ? inChannels : pick(random, [1, 5, 8, 17]);
  const relu = random() < 0.7;
  const cut = relu && random() < 0.6;
  const inner = fitting(random, (weight) => ({
    ...layer(inChannels, outChannels, weight, { dilation, relu, shift: pick(random, [0, 9, 13, 15, 29]) }),
    ...(cut && { ceiling: pick(random, [1, 700, 8191, 20_000]) }),
    bias: Int32Array.from({ length: outChannels }, () => randomInt(random, -100_000, 100_000)),
  }));
  const network = around(inner, pick(random, [TILE_CEILING, TILE_CEILING, 255]));
  const shift = random() < 0.5 ? randomInt(random, 1, 15) : 0;
  return { ...network, ...(skip && { skips: [{ from: 0, to: 1, ...(shift > 0 && { shift }) }] }) };
}

/** Also what makes V and its sums largest: all inputs at the end of their range, or every other one. */
function randomInput(random: Random, rows: number, columns: number, channels: number): Int16Array {
  const [down, right] = [randomInt(random, 0, 4), randomInt(random, 0, 4)];
  const stripes = (at: number): number => {
    const pixel = Math.floor(at / channels);
    return (((Math.floor(pixel / columns) >> down) + ((pixel % columns) >> right)) & 1) * 32_767;
  };
  const value = pick(random, [
    () => 32_767,
    stripes,
    () => pick(random, [-32_768, 0, 32_767]),
    () => randomInt(random, -2000, 12_000),
  ]);
  return Int16Array.from({ length: rows * columns * channels }, (_, at) => value(at));
}

describe("a layer in tiles", () => {
  const seeds = Array.from({ length: 100 }, (_, seed) => ({ seed }));
  it.each(seeds)("gives the bits of its definition, seed $seed", ({ seed }) => {
    const random = seededRandom(1000 + seed);
    const network = randomTiled(random);
    expect(runsInTiles(network)).toBe(true);
    const [wasm, js] = (["wasm", "js"] as const).map((engine) => prepareNetwork(network, engine));
    // Several sizes with the same network: what one frame left behind must not show in the next.
    for (let frame = 0; frame < 3; frame++) {
      const [rows, columns] = [randomInt(random, 1, 40), randomInt(random, 1, 40)];
      const input = randomInput(random, rows, columns, network.inputChannels);
      expect(runNetwork(wasm!, input, rows, columns)).toEqual(runNetwork(js!, input, rows, columns));
    }
  });

  it("meets every number of rows and columns up to 40 with each dilation", () => {
    const random = seededRandom(7);
    for (const dilation of [1, 2, 4, 8] as const) {
      const network = around(layer(3, 3, () => randomInt(random, -900, 900), { dilation, shift: 8 }));
      expect(runsInTiles(network)).toBe(true);
      const [wasm, js] = (["wasm", "js"] as const).map((engine) => prepareNetwork(network, engine));
      for (let rows = 1; rows <= 40; rows++) {
        const columns = ((rows * 17) % 40) + 1;
        const input = randomInput(random, rows, columns, 3);
        expect(runNetwork(wasm!, input, rows, columns)).toEqual(runNetwork(js!, input, rows, columns));
      }
    }
  });

  it("reads and writes nothing outside its planes, and needs no clean scratch", () => {
    for (const [rows, columns, dilation] of [
      [1, 1, 1],
      [5, 7, 1],
      [6, 6, 4],
      [19, 9, 8],
      [3, 33, 2],
    ] as const) {
      const { memory, convolveTiles, tilesScratch } = instantiateKernels();
      memory.grow(4);
      const rowBytes = (columns + 2 * dilation) * 16;
      const planeBytes = (rows + 2 * dilation) * rowBytes;
      // The input ends where the memory ends; everywhere else lie marks. Weights of 0 give the bias alone.
      const input = memory.buffer.byteLength - planeBytes;
      const [weights, bias, out, scratch] = [64, 4096, 8192, PAGE];
      const outBytes = rows * columns * 16;
      const marked = new Uint8Array(memory.buffer, 0, input).fill(0xa5);
      marked.fill(0, weights, bias);
      new Int32Array(memory.buffer, bias, 8).fill(4 * 100);
      expect(scratch + tilesScratch(1)).toBeLessThan(input);
      convolveTiles(
        ...([input, rowBytes, 16, dilation, 1, weights, bias, 1, 2, 32_767, 0, 0, 0] as const),
        ...([out, columns * 16, 16, rows, columns, scratch] as const),
      );
      const untouched = (from: number, to: number): boolean =>
        marked.subarray(from, to).every((byte) => byte === 0xa5);
      expect(new Int16Array(memory.buffer, out, outBytes / 2).every((value) => value === 100)).toBe(true);
      expect(untouched(bias + 32, out)).toBe(true);
      expect(untouched(out + outBytes, scratch)).toBe(true);
      expect(untouched(scratch + tilesScratch(1), input)).toBe(true);
    }
  });

  it("keeps its weights once, and only where the engine has tiles", () => {
    const network = around(layer(9, 17, (at) => at % 100));
    const tiled = prepareLayer(network, 1, true);
    const direct = prepareLayer(network, 1, false);
    expect([tiled.packs, tiled.tiles!.length]).toEqual([[], 3 * 16 * 8 * 16]);
    expect([direct.packs.length, direct.tiles]).toEqual([1, undefined]);
  });
});

describe("the bound of sums in tiles", () => {
  /** Three channels to one; each input at the end that the weights of the middle output favour. */
  function favoured(sign: 1 | -1, dilation: 1 | 2 | 4, past: number) {
    const random = seededRandom(11);
    const inner = layer(3, 1, () => pick(random, [-1, 1]) * randomInt(random, 500, 2000), {
      ...{ dilation, shift: 15 },
    });
    const without = largestSum({ ...inner, bias: Int32Array.of(0) }, { lowest: 0, highest: 0 });
    const reach = { positive: 0, negative: 0 };
    for (const weight of inner.weights)
      reach[weight > 0 ? "positive" : "negative"] += Math.abs(weight) * 8191;
    const limit = 2 ** 29 - 1 + past;
    const bias = sign > 0 ? limit - reach.positive - without : -limit + reach.negative - without;
    const size = 2 * dilation + 1;
    const input = new Int16Array(size * size * 3);
    for (let tap = 0; tap < 9; tap++) {
      const pixel = Math.floor(tap / 3) * dilation * size + (tap % 3) * dilation;
      for (let c = 0; c < 3; c++) {
        if (inner.weights[tap * 3 + c]! * sign > 0) input[pixel * 3 + c] = 8191;
      }
    }
    const network = around({ ...inner, bias: Int32Array.of(bias) });
    return { network, input, size, sum: sign * limit, middle: dilation * size + dilation };
  }

  const cases = ([1, -1] as const).flatMap((sign) =>
    ([1, 2, 4] as const).map((dilation) => ({ sign, dilation })),
  );
  it.each(cases)("holds at its very edge, sign $sign, dilation $dilation", ({ sign, dilation }) => {
    const { network, input, size, sum, middle } = favoured(sign, dilation, 0);
    const inner = network.layers[1]!;
    expect(largestSum(inner, inputRange(network.layers[0]))).toBe(2 ** 29 - 1);
    expect(runsInTiles(network)).toBe(true);
    expect(sameBits(network, input, size, size)[middle]).toBe(sum >> 15);
  });

  it.each(cases)(
    "keeps from tiles a layer one beyond it, where wrapping would show, sign $sign, dilation $dilation",
    ({ sign, dilation }) => {
      // −2³¹ is still an i32: one more below.
      const { network, input, size, sum, middle } = favoured(sign, dilation, sign > 0 ? 1 : 2);
      expect((4 * sum) | 0).not.toBe(4 * sum);
      expect(((4 * sum) | 0) >> 17).not.toBe(sum >> 15);
      expect(runsInTiles(network)).toBe(false);
      expect(sameBits(network, input, size, size)[middle]).toBe(sum >> 15);
    },
  );

  it.each([
    { shift: 29, tiled: true },
    { shift: 30, tiled: false },
    { shift: 31, tiled: false },
  ])("keeps from tiles what they cannot shift: $shift gives $tiled", ({ shift, tiled }) => {
    // This bias takes the rounding away, which alone would be beyond the bound.
    const network = around(layer(1, 1, () => 900, { shift, bias: Int32Array.of(-(2 ** (shift - 1))) }));
    expect(runsInTiles(network)).toBe(tiled);
    sameBits(network, new Int16Array(36).fill(8191), 6, 6);
  });

  it.each([
    { name: "8191 in a corner", at: [0], weight: 8191, tiled: true },
    { name: "8192 in a corner", at: [0], weight: 8192, tiled: false },
    { name: "-8192 in a corner", at: [8], weight: -8192, tiled: true },
    { name: "-8193 in a corner", at: [8], weight: -8193, tiled: false },
    { name: "a sum of 32764", at: [0, 1, 2, 3, 4, 5, 6, 7, 8], weight: 3640, tiled: true },
    { name: "a sum of 32769", at: [0, 1, 2, 3, 4, 5, 6, 7, 8], weight: 3641, tiled: false },
    { name: "a sum of -32769", at: [0, 1, 2, 3, 4, 5, 6, 7, 8], weight: -3641, tiled: false },
  ])("keeps from tiles weights that leave 16 bits there: $name", ({ at, weight, tiled }) => {
    const network = around(layer(1, 1, (tap) => (at.includes(tap) ? weight : 0), { shift: 13 }));
    expect(runsInTiles(network)).toBe(tiled);
    const random = seededRandom(3);
    for (let frame = 0; frame < 10; frame++) sameBits(network, randomInput(random, 9, 8, 1), 9, 8);
    expect(sameBits(network, new Int16Array(25).fill(8191), 5, 5).some((value) => value !== 0)).toBe(true);
  });

  const any = (at: number): number => (at % 23) - 11;
  const cut = { relu: true, ceiling: TILE_CEILING } as const;
  it.each([
    { name: "a layer of that shape", layers: [identity(2, cut), layer(2, 2, any)], tiled: true },
    {
      name: "inputs up to 8192",
      layers: [identity(2, { relu: true, ceiling: 8192 }), layer(2, 2, any)],
      tiled: false,
    },
    {
      name: "inputs without a ceiling",
      layers: [identity(2, { relu: true }), layer(2, 2, any)],
      tiled: false,
    },
    { name: "negative inputs", layers: [identity(2), layer(2, 2, any)], tiled: false },
    {
      name: "a stride of 2",
      layers: [identity(2, cut), layer(2, 2, any, { stride: 2 })],
      tiled: false,
    },
    { name: "a kernel of 4", layers: [identity(2, cut), layer(2, 2, any, { kernel: 4 })], tiled: false },
    {
      name: "an enlarging layer",
      layers: [identity(2, { ...cut, stride: 2 }), layer(2, 2, any, { enlarge: 2 })],
      tiled: false,
    },
  ])("gives $name tiles: $tiled", ({ layers, tiled }) => {
    const network = { inputChannels: 2, layers: [...layers, identity(2)] };
    expect(runsInTiles(network)).toBe(tiled);
    sameBits(network, new Int16Array(98).fill(8192), 7, 7);
    sameBits(
      network,
      Int16Array.from({ length: 98 }, (_, at) => 9000 * (at % 3) - 7000),
      7,
      7,
    );
    // The first has no layer before it, and the last gives i32.
    expect(runsInTiles({ inputChannels: 2, layers: layers.slice(1) }, 0)).toBe(false);
    expect(runsInTiles({ inputChannels: 2, layers })).toBe(false);
  });
});
