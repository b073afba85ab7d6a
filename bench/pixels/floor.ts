import { instantiateKernels } from "../../src/compute/kernels/wasm.js";
import type { QuantisedNetwork } from "../../src/compute/network.js";

/** Multiply-adds that the network's layers take for a plane of so many pixels. */
export function multiplyAdds({ layers }: QuantisedNetwork, pixels: number): number {
  let sum = 0;
  for (const { stride, enlarge = 1, weights } of layers) {
    pixels *= (enlarge / stride) ** 2;
    sum += pixels * weights.length;
  }
  return sum;
}

/** Multiply-adds a second of the bare integer kernel over one tile that never leaves the first cache. */
export function kernelRate(): number {
  const { memory, convolveIntegers } = instantiateKernels();
  memory.grow(4);
  const [runs, quads, columns, rows] = [1, 72, 8, 2000];
  // Row steps of 0: every row reads and writes the same few pixels.
  const call = () =>
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
      1,
      0,
      0,
      131072,
      0,
      16,
      rows,
      columns,
      0,
    );
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    call();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return (runs * quads * 4 * 8 * columns * rows) / (fastest / 1000);
}

/** Milliseconds that copying so many bytes takes. */
export function copyMs(bytes: number): number {
  const [from, to] = [new Uint8Array(bytes).fill(1), new Uint8Array(bytes)];
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    to.set(from);
    fastest = Math.min(fastest, performance.now() - start);
  }
  return fastest;
}
