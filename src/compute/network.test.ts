import { describe, expect, it } from "vitest";
import { concatBytes } from "../base/index.js";
import {
  checkNetwork,
  paddingBefore,
  planeSizes,
  type QuantisedLayer,
  type QuantisedNetwork,
} from "./network.js";
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

/** Down by 2 and 2, up by 2: the skip joins the plane before the second stride with the enlarged one. */
const enlarging: QuantisedNetwork = {
  inputChannels: 1,
  layers: [
    layer({ inChannels: 1, stride: 2 }),
    layer({ stride: 2 }),
    layer({ enlarge: 2 }),
    layer({ outChannels: 1, kernel: 1, shift: 0 }),
  ],
  skips: [{ from: 0, to: 2 }],
};

/** Cut layers, one of which enlarges, and a shifted skip; the second has the shape of those that run in tiles. */
const cut: QuantisedNetwork = {
  inputChannels: 1,
  layers: [
    layer({ inChannels: 1, stride: 2, ceiling: 8191 }),
    layer({ ceiling: 300 }),
    layer({ enlarge: 2, relu: false }),
    layer({ outChannels: 1, kernel: 1, shift: 0 }),
  ],
  skips: [{ from: 0, to: 1, shift: 4 }],
};

/** Of `network` and `enlarging`, as version 1 and 2 gave them before there was a version 3. */
const DIGESTS = [
  "8eaa6c7da7849cc46593a77a00769d3dfd7afbfb628b419d279617c0854d9a48",
  "2e4f84b8d8a6c6c35f925133df8c4ca83e53c80442d42eb9d82ca216e15095f8",
];

const refused = expect.objectContaining({ code: "COMPUTE_BAD_SHAPE" });

/** The network with one layer changed after its weights were made. */
const withLayer = (at: number, changes: object): QuantisedNetwork => ({
  ...network,
  layers: network.layers.map((each, i) => (i === at ? { ...each, ...changes } : each)),
});

describe("the check of a network", () => {
  it.each([
    ["a good one", network],
    ["one with a skip across an enlarging layer", enlarging],
    ["one with ceilings", cut],
  ])("accepts %s", (_, good) => {
    expect(() => checkNetwork(good)).not.toThrow();
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
  it.each([
    [withLayer(1, { enlarge: 2, stride: 2 }), "layer 1 enlarges and has a stride of 2"],
    [withLayer(1, { enlarge: 3 }), "layer 1 enlarges by 3"],
    [withLayer(1, { enlarge: 1 }), "layer 1 enlarges by 1"],
    [withLayer(0, { enlarge: 2, stride: 1 }), "layer 0 enlarges behind a cumulative stride of 1"],
    [
      { ...enlarging, layers: enlarging.layers.map((each) => ({ ...each, stride: 1 as const })) },
      "layer 2 enlarges behind a cumulative stride of 1",
    ],
    ...[0, -1, 1.5, 32_767, 65_536, Number.NaN].map(
      (ceiling) => [withLayer(1, { ceiling }), `layer 1 has a ceiling of ${ceiling}`] as const,
    ),
    [withLayer(2, { ceiling: 8191 }), "layer 2 has a ceiling and no relu"],
    [withLayer(3, { ceiling: 8191 }), "layer 3 is the last and has a ceiling"],
    [{ ...enlarging, skips: [{ from: 1, to: 2 }] }, "skip 0 joins different resolutions"],
    ...[0, -1, 1.5, 16, Number.NaN].map(
      (shift) =>
        [{ ...network, skips: [{ from: 0, to: 2, shift }] }, `skip 0 has a shift of ${shift}`] as const,
    ),
    [
      { inputChannels: 2, layers: new Array<QuantisedLayer>(16).fill(layer({ stride: 4 })) },
      "layer 15 comes to a cumulative stride of 4294967296",
    ],
  ] as const)("says what is wrong: %#", (faulty, message) => {
    expect(() => checkNetwork(faulty)).toThrow(
      expect.objectContaining({ code: "COMPUTE_BAD_SHAPE", message }),
    );
  });

  it("gives planes of one cumulative stride one size", () => {
    for (let size = 1; size <= 40; size++) {
      const [whole, half, quarter, halfAgain] = planeSizes(enlarging.layers, size);
      expect([whole, half]).toEqual([size, halfAgain]);
      expect([half, quarter]).toEqual([Math.ceil(size / 2), Math.ceil(Math.ceil(size / 2) / 2)]);
    }
  });

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

const bytesOfShift = (shift: number): Uint8Array =>
  encodeNetwork({ ...cut, skips: [{ from: 0, to: 1, shift }] }).slice(-2);

describe("the bytes of a network", () => {
  const bytes = encodeNetwork(network);
  const versions = [
    { version: 1, network, bytes },
    { version: 2, network: enlarging, bytes: encodeNetwork(enlarging) },
    { version: 3, network: cut, bytes: encodeNetwork(cut) },
  ];

  it.each(versions)("give the network back, version $version", ({ network, bytes }) => {
    expect(decodeNetwork(bytes)).toEqual(network);
    // Also from the middle of a larger buffer, at an odd offset.
    expect(decodeNetwork(concatBytes([new Uint8Array(3), bytes]).subarray(3))).toEqual(network);
  });

  it.each(versions)("say version $version, and are refused under any other", ({ version, bytes }) => {
    expect(bytes[8]).toBe(version);
    for (const other of [0, 1, 2, 3, 4, 255].filter((value) => value !== version)) {
      expect(() => decodeNetwork(bytes.with(8, other))).toThrow(refused);
    }
  });

  it("state enlarging behind relu, and are another network's without it", () => {
    const { bytes } = versions[1]!;
    // Header, two layers of 10 bytes with biases and weights, and the third's channels, shape and relu.
    const at = 16 + (10 + 8 + 2 * 18) + (10 + 8 + 2 * 36) + 9;
    expect([...bytes.subarray(at - 5, at + 1)]).toEqual([3, 1, 1, 5, 1, 2]);
    const { layers } = enlarging;
    const without = { ...enlarging, layers: layers.map(({ enlarge: _, ...each }) => each), skips: [] };
    expect(networkDigest({ ...enlarging, skips: [] })).not.toBe(networkDigest(without));
  });

  it("state each layer's ceiling in version 3, and are another network's without them", () => {
    const { bytes } = versions[2]!;
    const at = [16, 16 + (12 + 8 + 2 * 18)];
    const ceilings = at.map((start) => bytes[start + 10]! + 256 * bytes[start + 11]!);
    expect(ceilings).toEqual([8191, 300]);
    const uncut = { ...cut, layers: cut.layers.map(({ ceiling: _, ...rest }) => rest) };
    expect(networkDigest(uncut)).not.toBe(networkDigest(cut));
    const plain = { ...uncut, skips: [{ from: 0, to: 1 }] };
    expect(encodeNetwork(plain)[8]).toBe(2);
    // Version 3 for a network that needs none would give one network two digests.
    const without = bytes.slice();
    for (const start of at) without.fill(0, start + 10, start + 12);
    expect(decodeNetwork(without)).toEqual(uncut);
    without.fill(0, without.length - 2);
    expect(() => decodeNetwork(without)).toThrow(refused);
  });

  it("state the shift of a skip at its end in version 3, which such a skip alone makes it", () => {
    expect([...bytesOfShift(4)]).toEqual([4, 0]);
    const alone = { ...network, skips: [{ from: 0, to: 2, shift: 15 }] };
    expect(encodeNetwork(alone)[8]).toBe(3);
    expect(decodeNetwork(encodeNetwork(alone))).toEqual(alone);
    expect(networkDigest(alone)).not.toBe(networkDigest(network));
  });

  it("keep the digests that networks had before there were ceilings", () => {
    expect([network, enlarging].map(networkDigest)).toEqual(DIGESTS);
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

  it.each(versions)("are refused when cut short anywhere, or longer, version $version", ({ bytes }) => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeNetwork(bytes.subarray(0, length))).toThrow(refused);
    }
    expect(() => decodeNetwork(concatBytes([bytes, new Uint8Array(1)]))).toThrow(refused);
  });

  it.each(versions)(
    "are refused or give a network that can be run, whatever byte of version $version is changed",
    ({ bytes }) => {
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
    },
  );
});
