import { canonicalJson, fromUtf8, type Json, utf8 } from "../base/index.js";
import { badShape, sizeOf, type Tensor, variable } from "./tensor.js";

/** Eight bytes for the header's length. */
const PREFIX = 8;

/**
 * Named parameters as bytes, in the safetensors format (github.com/huggingface/safetensors), which other
 * programs read too; the same names, shapes and numbers give the same bytes, in whatever order they come:
 *     header length (u64 LE) | header: JSON, padded with spaces to 8 bytes | numbers, little-endian
 *     {"kernel1":{"data_offsets":[0,1152],"dtype":"F32","shape":[32,1,3,3]}}
 */
export function writeParameters(parameters: ReadonlyMap<string, Tensor>): Uint8Array {
  // f64 first, so that every number lies at a multiple of its own size.
  const wide = (x: Tensor) => (x.data instanceof Float64Array ? 0 : 1);
  const entries = [...parameters].sort(([a, x], [b, y]) => wide(x) - wide(y) || (a < b ? -1 : a > b ? 1 : 0));
  let size = 0;
  const described = entries.map(([name, { data, shape }]): [string, Json] => {
    const start = size;
    size += data.byteLength;
    const dtype = data instanceof Float64Array ? "F64" : "F32";
    return [name, { data_offsets: [start, size], dtype, shape: [...shape] }];
  });
  const text = utf8(canonicalJson(Object.fromEntries(described)));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(PREFIX + length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.fill(0x20, PREFIX, PREFIX + length).set(text, PREFIX);
  let at = PREFIX + length;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** The inverse of writeParameters: variables by name. Throws COMPUTE_BAD_SHAPE for anything else. */
export function readParameters(bytes: Uint8Array): Map<string, Tensor> {
  const { header, data } = split(bytes);
  const found = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => ({ name, ...checked(entry) }))
    .sort((a, b) => a.start - b.start);
  let at = 0;
  const parameters = new Map<string, Tensor>();
  for (const { name, dtype, shape, start, end } of found) {
    const width = dtype === "F64" ? 8 : 4;
    // Neither gaps nor overlaps: every byte belongs to one parameter.
    if (start !== at || end !== start + sizeOf(shape) * width || end > data.length)
      throw badShape("parameters whose places do not follow one another");
    // A copy: what is handed in may be a Buffer, whose slices are views.
    const part = new Uint8Array(data.subarray(start, end)).buffer;
    parameters.set(name, variable(width === 8 ? new Float64Array(part) : new Float32Array(part), shape));
    at = end;
  }
  if (at !== data.length) throw badShape(`parameters end at ${at} of ${data.length} bytes`);
  return parameters;
}

function split(bytes: Uint8Array): { header: object; data: Uint8Array } {
  if (bytes.length < PREFIX) throw badShape("parameters cut off before their header");
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - PREFIX) throw badShape("parameters cut off within their header");
  let header: unknown;
  try {
    header = JSON.parse(fromUtf8(bytes.subarray(PREFIX, PREFIX + length)));
  } catch {
    throw badShape("parameters without a header");
  }
  if (typeof header !== "object" || header === null) throw badShape("parameters without a header");
  return { header, data: bytes.subarray(PREFIX + length) };
}

interface Entry {
  readonly dtype: "F32" | "F64";
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** One entry of the header; the bytes may come from anyone. */
function checked(entry: unknown): Entry {
  const { dtype, shape, data_offsets: places } = (entry ?? {}) as Record<string, unknown>;
  if (dtype !== "F32" && dtype !== "F64") throw badShape("parameters of another type than F32 and F64");
  if (!isCounts(shape) || !isCounts(places) || places.length !== 2)
    throw badShape("a parameter without shape or place");
  return { dtype, shape, start: places[0]!, end: places[1]! };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
