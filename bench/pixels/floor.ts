import { instantiateKernels } from "../../src/compute/kernels/wasm.js";
import type { QuantisedNetwork } from "../../src/compute/network.js";

/** Multiply-adds that the network's layers take for a plane of so many pixels. */
export function multiplyAdds({ layers }: QuantisedNetwork, pixels: number): number {
  let sum = 0;
  for (const { stride, weights } of layers) sum += (pixels /= stride ** 2) * weights.length;
  return sum;
}

/** Multiply-adds a second of the bare integer kernel over one tile that never leaves the first cache. */
export function kernelRate(): number {
  const { memory, convolveIntegers } = instantiateKernels();
  memory.grow(4);
  const [runs, groups, columns, rows] = [1, 36, 8, 2000];
  // Row steps of 0: every row reads and writes the same few pixels.
  const call = () =>
    convolveIntegers(65536, 0, 64, 64, runs, groups, 1024, 512, 1, 10, 1, 0, 0, 131072, 0, rows, columns, 0);
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    call();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return (runs * groups * 8 * 8 * columns * rows) / (fastest / 1000);
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
