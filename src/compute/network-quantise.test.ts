import { describe, expect, it } from "vitest";
import { pick, type Random, randomInt, seededRandom } from "../base/index.js";
import { conv2d } from "./convolution.js";
import { paddingBefore, type QuantisedLayer } from "./network.js";
import { inputRange, largestSum } from "./network-bounds.js";
import { type FloatImage, type FloatLayer, type FloatNetwork, runFloatNetwork } from "./network-float.js";
import { prepareLayer } from "./network-prepare.js";
import {
  calibrate,
  type QuantisedResult,
  quantisationError,
  quantise,
  quantiseInput,
} from "./network-quantise.js";
import { prepareNetwork, runNetwork } from "./network-run.js";
import { upsampleNearest2d } from "./operations-sampling.js";
import { slice } from "./operations-shape.js";
import { tensor } from "./tensor.js";

/** As a trained net has them: normal-like weights that keep the magnitude of activations. */
function floatLayer(
  random: Random,
  inChannels: number,
  outChannels: number,
  changes: Partial<FloatLayer>,
): FloatLayer {
  const kernel = changes.kernel ?? 3;
  const spread = Math.sqrt(2 / (inChannels * kernel * kernel));
  const normal = (): number => spread * (random() + random() + random() + random() - 2) * Math.sqrt(3);
  return {
    ...{ inChannels, outChannels, kernel, stride: 1, dilation: 1, relu: true },
    weights: Float32Array.from({ length: outChannels * inChannels * kernel * kernel }, normal),
    bias: Float32Array.from({ length: outChannels }, () => 0.2 * random() - 0.1),
    ...changes,
  };
}

function floatNetwork(random: Random): FloatNetwork {
  const channels = pick(random, [4, 8, 12]);
  return {
    inputChannels: 1,
    layers: [
      floatLayer(random, 1, channels, { kernel: 4, stride: 4 }),
      ...([1, 2, 4] as const).map((dilation) => floatLayer(random, channels, channels, { dilation })),
      floatLayer(random, channels, channels, { relu: random() < 0.5 }),
      floatLayer(random, channels, 1, { kernel: 1, relu: false }),
    ],
    skips: [
      { from: 0, to: 2 },
      { from: 2, to: 4 },
    ],
  };
}

/** With a skip into an enlarging layer's output. */
function enlargingNetwork(random: Random): FloatNetwork {
  return {
    inputChannels: 1,
    layers: [
      floatLayer(random, 1, 4, { stride: 2 }),
      floatLayer(random, 4, 8, { stride: 2 }),
      floatLayer(random, 8, 4, { kernel: 1 }),
      floatLayer(random, 4, 4, { enlarge: 2 }),
      floatLayer(random, 4, 1, { kernel: 1, relu: false }),
    ],
    skips: [{ from: 0, to: 3 }],
  };
}

function image(random: Random, rows = 48, columns = 40): FloatImage {
  const values = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i / 7) * random());
  return { rows, columns, channels: 1, values };
}

const seeds = Array.from({ length: 12 }, (_, seed) => ({ seed }));

describe("quantising a network", () => {
  it.each(seeds)(
    "keeps its outputs to 1 % of their size on inputs it was not calibrated with, seed $seed",
    ({ seed }) => {
      const random = seededRandom(seed);
      const network = floatNetwork(random);
      const result = quantise(network, calibrate(network, [image(random), image(random)]));
      const { rootMeanSquare, largest, signal } = quantisationError(network, result, [image(random)]);
      expect(signal).toBeGreaterThan(0.01);
      expect(rootMeanSquare).toBeLessThan(0.01 * signal);
      expect(largest).toBeLessThan(0.05 * signal);
    },
  );

  it.each(seeds)("keeps the outputs of one that enlarges as well, at odd sizes, seed $seed", ({ seed }) => {
    const random = seededRandom(300 + seed);
    const network = enlargingNetwork(random);
    const result = quantise(network, calibrate(network, [image(random)]));
    expect(result.network.layers.map(({ enlarge }) => enlarge)).toEqual([
      undefined,
      undefined,
      undefined,
      2,
      undefined,
    ]);
    for (const size of [47, 41, 38]) {
      const { rootMeanSquare, signal } = quantisationError(network, result, [image(random, size, size + 3)]);
      expect(signal).toBeGreaterThan(0.01);
      expect(rootMeanSquare).toBeLessThan(0.01 * signal);
    }
  });

  it.each(seeds)("gives finer steps to all but a few activations where it may, seed $seed", ({ seed }) => {
    const random = seededRandom(500 + seed);
    const network = floatNetwork(random);
    const outlier = image(random);
    outlier.values[20 * 40 + 20] = 3000;
    const errorWith = (beyond: number): number => {
      const calibration = { ...calibrate(network, [image(random), outlier], { beyond }), input: 1 };
      return quantisationError(network, quantise(network, calibration), [image(random)]).rootMeanSquare;
    };
    expect(errorWith(0.1)).toBeLessThan(0.3 * errorWith(0));
  });

  it.each(seeds)(
    "loses little to a ceiling, and gives each 3 × 3 layer behind one tiles, seed $seed",
    ({ seed }) => {
      const random = seededRandom(700 + seed);
      const network = floatNetwork(random);
      const calibration = calibrate(network, [image(random), image(random)]);
      const samples = [image(random), image(random)];
      const [plain, cut] = [{}, { ceiling: 8191 }].map((options) => quantise(network, calibration, options));
      const { layers } = cut!.network;
      const last = layers.length - 1;
      expect(layers.map(({ ceiling }) => ceiling)).toEqual(
        layers.map(({ relu }, at) => (relu && at < last ? 8191 : undefined)),
      );
      for (const [at, { kernel, stride }] of layers.entries()) {
        const shaped = at > 0 && kernel === 3 && stride === 1 && layers[at - 1]!.relu;
        expect(prepareLayer(cut!.network, at, true).tiles !== undefined).toBe(shaped);
      }
      const [without, withCeiling] = [plain!, cut!].map((each) => quantisationError(network, each, samples));
      // Two bits fewer of each activation, and as many of each weight.
      expect(withCeiling!.rootMeanSquare).toBeLessThan(4.5 * without!.rootMeanSquare);
      expect(withCeiling!.rootMeanSquare).toBeLessThan(0.005 * withCeiling!.signal);
    },
  );

  it("leaves weights as fine behind a ceiling as without one", () => {
    const random = seededRandom(2);
    const wide = (changes: Partial<FloatLayer>): FloatLayer => floatLayer(random, 48, 48, changes);
    const network: FloatNetwork = {
      inputChannels: 48,
      layers: [wide({ kernel: 1 }), wide({}), wide({ kernel: 1, relu: false })],
    };
    const calibration = { input: 1, layers: [1, 1, 1] };
    const [plain, cut] = [{}, { ceiling: 8191 }].map(
      (options) => quantise(network, calibration, options).network,
    );
    expect(cut!.layers[1]!.weights).toEqual(plain!.layers[1]!.weights);
    expect(prepareLayer(cut!, 1, true).tiles).toBeDefined();
  });

  it.each([0, -1, 8191.5, 32_767, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses a ceiling of %d",
    (ceiling) => {
      const network = floatNetwork(seededRandom(7));
      expect(() => quantise(network, calibrate(network, [image(seededRandom(7))]), { ceiling })).toThrow(
        expect.objectContaining({ code: "COMPUTE_BAD_SHAPE" }),
      );
    },
  );

  it.each([1, 2, 100])("ends with a ceiling of %d, within it and within 32 bits", (ceiling) => {
    const network = floatNetwork(seededRandom(7));
    const result = quantise(network, calibrate(network, [image(seededRandom(7))]), { ceiling });
    for (const [at, layer] of result.network.layers.entries()) {
      expect(largestSum(layer, inputRange(result.network.layers[at - 1]))).toBeLessThan(2 ** 31);
    }
  });

  it("measures an error that is really there", () => {
    const random = seededRandom(1);
    const network = floatNetwork(random);
    const result = quantise(network, calibrate(network, [image(random)]));
    const twice: QuantisedResult = { ...result, outputScale: result.outputScale * 2 };
    const { rootMeanSquare, signal } = quantisationError(network, twice, [image(random)]);
    expect(rootMeanSquare).toBeGreaterThan(0.9 * signal);
  });

  it.each(seeds)(
    "leaves no sum that can leave 32 bits, and none needlessly small, seed $seed",
    ({ seed }) => {
      const random = seededRandom(100 + seed);
      const network = floatNetwork(random);
      const { layers } = quantise(network, calibrate(network, [image(random)])).network;
      for (const [at, layer] of layers.entries()) {
        const bound = largestSum(layer, inputRange(layers[at - 1]));
        expect(bound).toBeLessThan(2 ** 31);
        const finest = Math.max(...layer.weights.map(Math.abs));
        expect(bound >= 2 ** 30 || finest >= 2 ** 14).toBe(true);
      }
    },
  );

  it.each([0, 1e-12, 1e-4, 1e6, 1e12])(
    "stays within 32 bits when a layer's weights are %d times as large",
    (factor) => {
      const random = seededRandom(5);
      const network: FloatNetwork = { ...floatNetwork(random), skips: [] };
      for (const array of [network.layers[2]!.weights, network.layers[2]!.bias]) {
        for (let i = 0; i < array.length; i++) array[i]! *= factor;
      }
      const result = quantise(network, calibrate(network, [image(random)]));
      const { layers } = result.network;
      for (const [at, layer] of layers.entries()) {
        expect(largestSum(layer, inputRange(layers[at - 1]))).toBeLessThan(2 ** 31);
      }
      const { rootMeanSquare, signal } = quantisationError(network, result, [image(random)]);
      expect(rootMeanSquare).toBeLessThan(0.01 * signal);
    },
  );

  it("refuses activations joined by a skip that are too unequal for one scale", () => {
    const random = seededRandom(5);
    const network = floatNetwork(random);
    for (let i = 0; i < network.layers[2]!.weights.length; i++) network.layers[2]!.weights[i]! *= 1e12;
    const calibration = calibrate(network, [image(random)]);
    expect(() => quantise(network, calibration)).toThrow(
      expect.objectContaining({ code: "COMPUTE_BAD_SHAPE" }),
    );
  });

  it.each([
    ["a hundred times larger than", 100],
    ["as large as", 1],
    ["a hundred times smaller than", 0.01],
  ])("adds a skip %s its target in the scale of their sum", (_, times) => {
    const random = seededRandom(6);
    const network = floatNetwork(random);
    for (let i = 0; i < 16; i++) network.layers[0]!.weights[i]! *= times;
    const result = quantise(network, calibrate(network, [image(random)]));
    const { rootMeanSquare, signal } = quantisationError(network, result, [image(random)]);
    expect(rootMeanSquare).toBeLessThan(0.02 * signal);
  });

  it("keeps what is small in a chain of skips beside what is a thousand times larger", () => {
    const random = seededRandom(7);
    const network = floatNetwork(random);
    for (let i = 0; i < network.layers[2]!.weights.length; i++) network.layers[2]!.weights[i]! *= 1000;
    const result = quantise(network, calibrate(network, [image(random)]), { ceiling: 8191 });
    expect(result.network.skips![0]!.shift).toBeGreaterThan(5);
    const { rootMeanSquare, signal } = quantisationError(network, result, [image(random)]);
    expect(rootMeanSquare).toBeLessThan(0.01 * signal);
  });

  it("keeps the scale of an output that is far smaller than the terms that cancel in it", () => {
    const random = seededRandom(10);
    const pointwise = { kernel: 1, relu: false } as const;
    const weights = Float32Array.of(30000, -30000);
    const network: FloatNetwork = {
      inputChannels: 2,
      layers: [
        floatLayer(random, 2, 1, { ...pointwise, weights, bias: Float32Array.of(0.05) }),
        floatLayer(random, 1, 1, { ...pointwise, weights: Float32Array.of(3), bias: Float32Array.of(0) }),
      ],
    };
    const same: FloatImage = { rows: 1, columns: 1, channels: 2, values: Float32Array.of(0.7, 0.7) };
    const { largest, signal } = quantisationError(network, quantise(network, calibrate(network, [same])), [
      same,
    ]);
    expect(signal).toBeCloseTo(0.15, 5);
    expect(largest).toBeLessThan(0.01 * signal);
  });

  it("saturates input beyond the calibrated range instead of wrapping", () => {
    expect([...quantiseInput(Float32Array.of(1, -1, 40, -40, 0.5004), 1024)]).toEqual([
      1024, -1024, 32767, -32768, 512,
    ]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])("refuses a calibration of %d", (magnitude) => {
    const network = floatNetwork(seededRandom(7));
    const layers = network.layers.map(() => 1);
    const refused = expect.objectContaining({ code: "COMPUTE_BAD_SHAPE" });
    expect(() => quantise(network, { input: magnitude, layers })).toThrow(refused);
    expect(() => quantise(network, { input: 1, layers: layers.with(2, magnitude) })).toThrow(refused);
    expect(() => quantise(network, { input: 1, layers: layers.slice(1) })).toThrow(refused);
  });
});

describe("the bound of a layer's sums", () => {
  it.each(seeds)(
    "is reached by the input that favours each weight, and not exceeded, seed $seed",
    ({ seed }) => {
      const random = seededRandom(200 + seed);
      const inChannels = randomInt(random, 1, 30);
      const layer: QuantisedLayer = {
        ...{
          kind: "convolution",
          padding: "same",
          inChannels,
          outChannels: 1,
          kernel: 1,
          stride: 1,
          dilation: 1,
        },
        weights: Int16Array.from({ length: inChannels }, () => randomInt(random, -2000, 2000)),
        bias: Int32Array.of(randomInt(random, -1000, 1000)),
        ...{ shift: 0, relu: false },
      };
      const prepared = prepareNetwork({ inputChannels: inChannels, layers: [layer] });
      for (const [lowest, highest] of [
        [0, 32767],
        [-32768, 32767],
        [0, 8191],
      ] as const) {
        const favour = (sign: number): number => {
          const input = layer.weights.map((weight) => (weight * sign > 0 ? highest : lowest));
          return Math.abs(runNetwork(prepared, input, 1, 1).values[0]!);
        };
        expect(Math.max(favour(1), favour(-1))).toBe(largestSum(layer, { lowest, highest }));
      }
    },
  );

  it("counts bias and rounding", () => {
    const layer: QuantisedLayer = {
      ...{
        kind: "convolution",
        padding: "same",
        inChannels: 1,
        outChannels: 1,
        kernel: 1,
        stride: 1,
        dilation: 1,
      },
      ...{ weights: Int16Array.of(2), bias: Int32Array.of(100), shift: 4, relu: false },
    };
    const range = { lowest: 0, highest: 32767 };
    expect(largestSum(layer, range)).toBe(2 * 32767 + 100 + 8);
    const negative = { ...layer, weights: Int16Array.of(-2), bias: Int32Array.of(-100) };
    expect(largestSum(negative, range)).toBe(2 * 32767 + 100 - 8);
  });
});

describe("the real network", () => {
  it.each([
    { kernel: 3, stride: 1, dilation: 4 },
    { kernel: 3, stride: 2, dilation: 1 },
    { kernel: 4, stride: 4, dilation: 1 },
    { kernel: 4, stride: 2, dilation: 1 },
    { kernel: 1, stride: 1, dilation: 1 },
  ] as const)(
    "is what training computes with kernel $kernel, stride $stride, dilation $dilation",
    (shape) => {
      const random = seededRandom(8);
      const layer = floatLayer(random, 1, 3, { ...shape, relu: false, bias: new Float32Array(3) });
      const sample = image(random, 16, 24);
      const trained = conv2d(
        tensor(sample.values, [1, 1, 16, 24]),
        tensor(layer.weights, [3, 1, shape.kernel, shape.kernel]),
        { stride: shape.stride, dilation: shape.dilation, padding: paddingBefore(shape) },
      );
      const { values, rows, columns } = runFloatNetwork({ inputChannels: 1, layers: [layer] }, sample);
      expect(trained.shape).toEqual([1, 3, rows, columns]);
      for (let pixel = 0; pixel < rows * columns; pixel++) {
        for (let o = 0; o < 3; o++) {
          expect(values[3 * pixel + o]).toBeCloseTo(trained.data[o * rows * columns + pixel]!, 5);
        }
      }
    },
  );

  it.each([
    { kernel: 3, dilation: 1 },
    { kernel: 3, dilation: 4 },
    { kernel: 1, dilation: 1 },
  ] as const)(
    "enlarges as training does, cut off at the frame's size, with kernel $kernel and dilation $dilation",
    (shape) => {
      const random = seededRandom(9);
      const layers = [
        floatLayer(random, 1, 2, { stride: 2, relu: false, bias: new Float32Array(2) }),
        floatLayer(random, 2, 3, { ...shape, enlarge: 2, relu: false, bias: new Float32Array(3) }),
      ];
      const sample = image(random, 15, 22);
      const halved = conv2d(tensor(sample.values, [1, 1, 15, 22]), tensor(layers[0]!.weights, [2, 1, 3, 3]), {
        ...{ stride: 2, dilation: 1, padding: 1 },
      });
      const whole = slice(upsampleNearest2d(halved, 2), [0, 0, 0, 0], [1, 2, 15, 22]);
      const trained = conv2d(whole, tensor(layers[1]!.weights, [3, 2, shape.kernel, shape.kernel]), {
        ...{ stride: 1, dilation: shape.dilation, padding: (shape.dilation * (shape.kernel - 1)) / 2 },
      });
      const { values, rows, columns } = runFloatNetwork({ inputChannels: 1, layers }, sample);
      expect([rows, columns]).toEqual([15, 22]);
      for (let pixel = 0; pixel < rows * columns; pixel++) {
        for (let o = 0; o < 3; o++) {
          expect(values[3 * pixel + o]).toBeCloseTo(trained.data[o * rows * columns + pixel]!, 5);
        }
      }
    },
  );
});
