import { describe, expect, it } from "vitest";
import { concatBytes } from "../base/index.js";
import { checkNetwork, paddingBefore, type QuantisedLayer, type QuantisedNetwork } from "./network.js";
import { decodeNetwork, encodeNetwork, networkDigest } from "./network-bytes.js";

function layer(changes: Partial<QuantisedLayer>): QuantisedLayer {
  const shape = { inChannels: 2, outChannels: 2, kernel: 3, ...changes } as const;
  return {
    ...{ kind: "convolution", padding: "same", stride: 1, dilation: 1, shift: 5, relu: true },
    weights: Int16Array.from(
      { length: shape.outChannels * shape.kernel ** 2 * shape.inChannels },
      (_, i) => i - 9,
    ),
    bias: Int32Array.from({ length: shape.outChannels }, (_, i) => -7 * i),
    ...shape,
  };
}

const network: QuantisedNetwork = {
  inputChannels: 1,
  layers: [
    layer({ inChannels: 1, kernel: 4, stride: 4 }),
    layer({ dilation: 2 }),
    layer({ dilation: 8, relu: false }),
    layer({ outChannels: 1, kernel: 1, shift: 0 }),
  ],
  skips: [{ from: 0, to: 2 }],
};

const refused = expect.objectContaining({ code: "COMPUTE_BAD_SHAPE" });

/** The network with one layer changed after its weights were made. */
const withLayer = (at: number, changes: object): QuantisedNetwork => ({
  ...network,
  layers: network.layers.map((each, i) => (i === at ? { ...each, ...changes } : each)),
});

describe("the check of a network", () => {
  it("accepts a good one", () => {
    expect(() => checkNetwork(network)).not.toThrow();
  });

  const faults: readonly (readonly [string, QuantisedNetwork])[] = [
    ["no layers", { inputChannels: 1, layers: [] }],
    ["no input channels", { ...network, inputChannels: 0 }],
    ["another number of input channels", { ...network, inputChannels: 2 }],
    ["layers that do not follow", withLayer(1, { inChannels: 1 })],
    [
      "no output channels",
      withLayer(3, { outChannels: 0, weights: new Int16Array(0), bias: new Int32Array(0) }),
    ],
    ["a kernel of 5", withLayer(1, { kernel: 5, weights: new Int16Array(100) })],
    ["a stride of 3", withLayer(1, { stride: 3 })],
    ["a dilation of 3", withLayer(1, { dilation: 3 })],
    ["a shift of 32", withLayer(1, { shift: 32 })],
    ["a broken shift", withLayer(1, { shift: 1.5 })],
    ["a weight too few", withLayer(1, { weights: new Int16Array(35) })],
    ["a bias too many", withLayer(1, { bias: new Int32Array(3) })],
    ["a skip backwards", { ...network, skips: [{ from: 1, to: 1 }] }],
    ["a skip to the last layer", { ...network, skips: [{ from: 1, to: 3 }] }],
    ["a skip past the end", { ...network, skips: [{ from: 1, to: 4 }] }],
    ["a skip from before the first", { ...network, skips: [{ from: -1, to: 2 }] }],
    ["two skips to one layer", { ...network, skips: [0, 1].map((from) => ({ from, to: 2 })) }],
    ["a skip over a stride", { ...withLayer(2, { stride: 2 }), skips: [{ from: 1, to: 2 }] }],
    [
      "a skip between different channels",
      {
        inputChannels: 1,
        layers: [layer({ inChannels: 1, outChannels: 3 }), layer({ inChannels: 3 }), layer({})],
        skips: [{ from: 0, to: 1 }],
      },
    ],
  ];
  it.each(faults)("refuses %s", (_, faulty) => {
    expect(() => checkNetwork(faulty)).toThrow(refused);
  });

  it.each([
    [1, 1, 16, 0],
    [3, 1, 1, 1],
    [3, 1, 8, 8],
    [3, 2, 1, 1],
    [2, 2, 1, 0],
    [4, 4, 1, 0],
    [4, 2, 1, 1],
    [2, 4, 1, 0],
  ] as const)(
    "pads a kernel of %i with stride %i and dilation %i by %i before",
    (kernel, stride, dilation, pad) => {
      expect(paddingBefore({ kernel, stride, dilation })).toBe(pad);
    },
  );
});

describe("the bytes of a network", () => {
  const bytes = encodeNetwork(network);

  it("give the network back", () => {
    expect(decodeNetwork(bytes)).toEqual(network);
    // Also from the middle of a larger buffer, at an odd offset.
    expect(decodeNetwork(concatBytes([new Uint8Array(3), bytes]).subarray(3))).toEqual(network);
  });

  it("begin as documented", () => {
    const start = "656c7069736e6574 0100 0100 0400 0100 0100 0200 04 04 01 05 0100 00000000 f9ffffff f7ff";
    expect(Buffer.from(bytes).toString("hex").startsWith(start.replaceAll(" ", ""))).toBe(true);
  });

  it("have a digest that changes with any weight and with nothing else", () => {
    const changed = Int16Array.from(network.layers[1]!.weights);
    changed[35]! += 1;
    expect(networkDigest(withLayer(1, { weights: changed }))).not.toBe(networkDigest(network));
    expect(networkDigest(decodeNetwork(bytes))).toBe(networkDigest(network));
  });

  it("are refused when cut short anywhere, or longer", () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeNetwork(bytes.subarray(0, length))).toThrow(refused);
    }
    expect(() => decodeNetwork(concatBytes([bytes, new Uint8Array(1)]))).toThrow(refused);
  });

  it("are refused or give a network that can be run, whatever byte is changed", () => {
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0, 1, 127, 255]) {
        const changed = bytes.slice();
        changed[at] = value;
        try {
          checkNetwork(decodeNetwork(changed));
        } catch (error) {
          expect(error).toEqual(refused);
        }
      }
    }
  });
});
