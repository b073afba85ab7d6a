import { ElpisError, fromLatin1, latin1, sha256, toHex } from "../base/index.js";
import { checkNetwork, type QuantisedLayer, type QuantisedNetwork, type Skip } from "./network.js";

/*
 * A network as bytes, little-endian, nothing between the parts:
 *   "elpisnet"  u16 version  u16 inputChannels  u16 layers  u16 skips
 *   each layer  u16 inChannels  u16 outChannels  u8 kernel  u8 stride  u8 dilation  u8 shift
 *               u8 relu (0 or 1)  u8 enlarge (2, or 0 for none; in version 1 always 0)
 *               only in version 3: u16 ceiling (0 for none)
 *               i32 × outChannels biases  i16 × outChannels·kernel²·inChannels weights
 *   each skip   u16 from  u16 to  only in version 3: u16 shift (0 for none)
 * The version is 3 where a layer has a ceiling or a skip a shift, else 2 where one enlarges, else 1: a network keeps the bytes and
 * the digest that it had before there was a later version.
 */
const MAGIC = "elpisnet";
const ENLARGING = 2;
const CUT = 3;
const HEADER = 16;
const SKIP = 4;
const SHIFTED_SKIP = 6;

function versionFor({ layers, skips = [] }: QuantisedNetwork): number {
  const isShifted = skips.some(({ shift }) => shift !== undefined);
  if (isShifted || layers.some(({ ceiling }) => ceiling !== undefined)) return CUT;
  return layers.some(({ enlarge }) => enlarge) ? ENLARGING : 1;
}

/** Bytes of a layer before its biases. */
const layerHeader = (version: number): number => (version === CUT ? 12 : 10);
const skipBytes = (version: number): number => (version === CUT ? SHIFTED_SKIP : SKIP);
const layerBytes = (version: number, outChannels: number, weights: number): number =>
  layerHeader(version) + 4 * outChannels + 2 * weights;

/** Equal networks give equal bytes. Throws COMPUTE_BAD_SHAPE for a network that cannot be run. */
export function encodeNetwork(network: QuantisedNetwork): Uint8Array {
  checkNetwork(network);
  const { layers, skips = [] } = network;
  const version = versionFor(network);
  let length = HEADER + skipBytes(version) * skips.length;
  for (const layer of layers) length += layerBytes(version, layer.outChannels, layer.weights.length);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes.set(latin1(MAGIC));
  let at = MAGIC.length;
  const u16 = (value: number): void => {
    view.setUint16(at, value, true);
    at += 2;
  };
  for (const value of [version, network.inputChannels, layers.length, skips.length]) u16(value);
  for (const { inChannels, outChannels, kernel, stride, dilation, shift, relu, enlarge, ...each } of layers) {
    u16(inChannels);
    u16(outChannels);
    for (const value of [kernel, stride, dilation, shift, Number(relu), enlarge ?? 0]) {
      view.setUint8(at++, value);
    }
    if (version === CUT) u16(each.ceiling ?? 0);
    for (const value of each.bias) {
      view.setInt32(at, value, true);
      at += 4;
    }
    for (const value of each.weights) u16(value);
  }
  for (const { from, to, shift = 0 } of [...skips].sort((a, b) => a.to - b.to)) {
    u16(from);
    u16(to);
    if (version === CUT) u16(shift);
  }
  return bytes;
}

/** The inverse of `encodeNetwork`; throws COMPUTE_BAD_SHAPE for any other bytes. */
export function decodeNetwork(bytes: Uint8Array): QuantisedNetwork {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = MAGIC.length;
  const need = (length: number): void => {
    if (at + length > bytes.length) throw new ElpisError("COMPUTE_BAD_SHAPE", "a network's bytes end early");
  };
  const u16 = (): number => {
    at += 2;
    return view.getUint16(at - 2, true);
  };
  need(HEADER - at);
  const version = fromLatin1(bytes, 0, MAGIC.length) === MAGIC ? u16() : 0;
  if (version < 1 || version > CUT) {
    throw new ElpisError("COMPUTE_BAD_SHAPE", "not the bytes of a network of version 1, 2 or 3");
  }
  const [inputChannels, layerCount, skipCount] = [u16(), u16(), u16()];
  const layers: QuantisedLayer[] = [];
  const skips: Skip[] = [];
  for (let i = 0; i < layerCount; i++) {
    need(layerHeader(version));
    const layer = decodeLayer(view, version, at, need);
    layers.push(layer);
    at += layerBytes(version, layer.outChannels, layer.weights.length);
  }
  need(skipBytes(version) * skipCount);
  for (let i = 0; i < skipCount; i++) {
    const [from, to, shift] = [u16(), u16(), version === CUT ? u16() : 0];
    skips.push({ from, to, ...(shift !== 0 && { shift }) });
  }
  if (at !== bytes.length) throw new ElpisError("COMPUTE_BAD_SHAPE", "bytes behind the end of a network");
  const network = { inputChannels, layers, skips };
  if (version !== versionFor(network)) {
    throw new ElpisError("COMPUTE_BAD_SHAPE", "a network's version does not fit its layers");
  }
  checkNetwork(network);
  return network;
}

function decodeLayer(
  view: DataView,
  version: number,
  start: number,
  need: (length: number) => void,
): QuantisedLayer {
  const [inChannels, outChannels] = [view.getUint16(start, true), view.getUint16(start + 2, true)];
  const [kernel, stride, dilation, shift] = [4, 5, 6, 7].map((byte) => view.getUint8(start + byte));
  const [relu, enlarge] = [view.getUint8(start + 8), view.getUint8(start + 9)];
  if (relu > 1) throw new ElpisError("COMPUTE_BAD_SHAPE", "a layer's relu is neither 0 nor 1");
  const weightCount = outChannels * kernel! * kernel! * inChannels;
  need(layerBytes(version, outChannels, weightCount));
  const ceiling = version === CUT ? view.getUint16(start + 10, true) : 0;
  const biasAt = start + layerHeader(version);
  const weightsAt = biasAt + 4 * outChannels;
  // Kernel, stride, dilation, enlarging and ceiling are checked with the whole network, before anyone relies on their types.
  return {
    ...{ kind: "convolution", padding: "same", inChannels, outChannels, shift: shift!, relu: relu === 1 },
    kernel: kernel as QuantisedLayer["kernel"],
    stride: stride as QuantisedLayer["stride"],
    dilation: dilation as QuantisedLayer["dilation"],
    ...(enlarge !== 0 && { enlarge: enlarge as 2 }),
    ...(ceiling !== 0 && { ceiling }),
    bias: Int32Array.from({ length: outChannels }, (_, i) => view.getInt32(biasAt + 4 * i, true)),
    weights: Int16Array.from({ length: weightCount }, (_, i) => view.getInt16(weightsAt + 2 * i, true)),
  };
}

/** SHA-256 of the bytes, in hexadecimal: what a report states about the network that it used. */
export function networkDigest(network: QuantisedNetwork): string {
  return toHex(sha256(encodeNetwork(network)));
}
