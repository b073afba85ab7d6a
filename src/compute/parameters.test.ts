import { describe, expect, it } from "vitest";
import { fromHex, fromUtf8, toHex, utf8 } from "../base/index.js";
import { readParameters, type Tensor, variable, writeParameters } from "./index.js";

const parameters = new Map<string, Tensor>([
  ["w", variable([1, -2.5, 3, 0.1], [2, 2])],
  ["bias", variable(Float64Array.of(Math.PI))],
  ["__proto__", variable([7], [])],
]);

/** A file with this header and so many bytes of numbers. */
function file(header: unknown, size: number): Uint8Array {
  const text = typeof header === "string" ? header : JSON.stringify(header);
  const bytes = new Uint8Array(8 + text.length + size);
  bytes[0] = text.length;
  bytes.set(utf8(text), 8);
  return bytes;
}

const entry = { dtype: "F32", shape: [1], data_offsets: [0, 4] };

describe("parameters", () => {
  it("come back from bytes with name, shape, precision and every bit, from any place in memory", () => {
    const bytes = writeParameters(parameters);
    const moved = new Uint8Array(bytes.length + 3);
    moved.set(bytes, 3);
    // A Buffer's slices are views: what is read must not be the memory around it.
    for (const place of [moved.subarray(3), Buffer.concat([Buffer.alloc(5), bytes]).subarray(5)]) {
      const back = readParameters(place);
      expect(back.size).toBe(3);
      for (const [name, { data, shape }] of parameters) {
        expect(back.get(name)).toMatchObject({ data, shape });
        expect(back.get(name)!.requiresGradient).toBe(true);
      }
    }
  });

  it("are the same bytes in whatever order they come, in the safetensors layout", () => {
    const bytes = writeParameters(
      new Map([
        ["b", variable([1])],
        ["a", variable([-2, 0.5])],
      ]),
    );
    expect(
      writeParameters(
        new Map([
          ["a", variable([-2, 0.5])],
          ["b", variable([1])],
        ]),
      ),
    ).toEqual(bytes);
    const length = bytes[0]!;
    expect(length % 8).toBe(0);
    expect(JSON.parse(fromUtf8(bytes.subarray(8, 8 + length)))).toEqual({
      a: { data_offsets: [0, 8], dtype: "F32", shape: [2] },
      b: { data_offsets: [8, 12], dtype: "F32", shape: [1] },
    });
    expect(toHex(bytes.subarray(8 + length))).toBe("000000c0" + "0000003f" + "0000803f");
  });

  it("may carry metadata of another program", () => {
    const bytes = file({ __metadata__: { format: "pt" }, x: entry }, 4);
    bytes.set(fromHex("0000803f"), bytes.length - 4);
    expect([...readParameters(bytes).get("x")!.data]).toEqual([1]);
  });

  it.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array(0)],
    ["less than the header's length", file({ x: entry }, 4).subarray(0, 7)],
    ["less than the header", file({ x: entry }, 4).subarray(0, 30)],
    ["less than the numbers", file({ x: entry }, 3)],
    ["more than the numbers", file({ x: entry }, 5)],
    ["no JSON", file("{x", 0)],
    ["no object", file("7", 0)],
    ["no entry", file({ x: null }, 0)],
    ["another type", file({ x: { ...entry, dtype: "BF16" } }, 4)],
    ["a negative length", file({ x: { ...entry, shape: [-1] } }, 4)],
    ["no shape", file({ x: { ...entry, shape: "1" } }, 4)],
    ["a shape of another size", file({ x: { ...entry, shape: [2] } }, 4)],
    ["a gap", file({ x: { ...entry, data_offsets: [4, 8] } }, 8)],
    ["an overlap", file({ x: entry, y: entry }, 4)],
    ["a length beyond all bytes", new Uint8Array(16).fill(255)],
  ])("are refused from %s", (_, bytes) => {
    expect(() => readParameters(bytes)).toThrow(expect.objectContaining({ code: "COMPUTE_BAD_SHAPE" }));
  });
});
