import { instantiateKernels } from "../../src/compute/kernels/wasm.js";
import { planeSizes, type QuantisedNetwork } from "../../src/compute/network.js";
import { timings } from "./measure.js";

/** Multiply-adds of one frame as the network's definition counts them. */
export function multiplyAdds({ layers }: QuantisedNetwork, rows: number, columns: number): number {
  const [heights, widths] = [planeSizes(layers, rows), planeSizes(layers, columns)];
  return layers.reduce(
    (sum, { weights }, at) => sum + heights[at + 1]! * widths[at + 1]! * weights.length,
    0,
  );
}

/** Multiply-adds a second of the bare integer kernel over one tile that never leaves the first cache. */
export function kernelRate(): number {
  const { memory, convolveIntegers } = instantiateKernels();
  memory.grow(4);
  const [runs, quads, columns, rows] = [1, 72, 8, 2000];
  // Row steps of 0: every row reads and writes the same few pixels. Many runs: other work only ever slows one down.
  const { fastest } = timings(100, () =>
    convolveIntegers(
      65536,
      0,
      64,
      64,
      runs,
      quads,
      1024,
      512,
      1,
      10,
      0,
      0,
      0,
      0,
      131072,
      0,
      16,
      rows,
      columns,
      0,
    ),
  );
  return (runs * quads * 4 * 8 * columns * rows) / (fastest / 1000);
}

/** Milliseconds that copying so many bytes takes. */
export function copyMs(bytes: number): number {
  const [from, to] = [new Uint8Array(bytes).fill(1), new Uint8Array(bytes)];
  return timings(20, () => to.set(from)).fastest;
}
