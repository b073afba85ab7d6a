import { ElpisError } from "../../base/index.js";
import { KERNEL_MODULE } from "./module.js";

/** The exports of assembly/*.ts; pointers are byte addresses in `memory`. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  matmulBlock(
    m: number,
    n: number,
    k: number,
    a: number,
    aStride: number,
    transposeA: number,
    b: number,
    bStride: number,
    transposeB: number,
    out: number,
    accumulate: number,
    packA: number,
    packB: number,
    tile: number,
  ): void;
  packWeights(weights: number, outChannels: number, taps: number, packed: number): void;
  convolve(
    image: number,
    imageStride: number,
    offsets: number,
    taps: number,
    packed: number,
    outChannels: number,
    out: number,
    outRows: number,
    outStride: number,
  ): void;
  weightGradient(
    image: number,
    imageStride: number,
    offsets: number,
    taps: number,
    writtenTaps: number,
    gradient: number,
    rows: number,
    gradientStride: number,
    outChannels: number,
    sums: number,
    out: number,
  ): void;
  convolveIntegers(
    input: number,
    inputRowStep: number,
    pixelStep: number,
    offsets: number,
    runs: number,
    quads: number,
    weights: number,
    bias: number,
    blocks: number,
    shift: number,
    ceiling: number,
    skip: number,
    skipRowStep: number,
    skipShift: number,
    out: number,
    outRowStep: number,
    outPixelStep: number,
    rows: number,
    columns: number,
    wide: number,
  ): void;
  tilesScratch(groups: number): number;
  convolveTiles(
    input: number,
    inputRowStep: number,
    pixelStep: number,
    dilation: number,
    groups: number,
    weights: number,
    bias: number,
    blocks: number,
    shift: number,
    ceiling: number,
    skip: number,
    skipRowStep: number,
    skipShift: number,
    out: number,
    outRowStep: number,
    outPixelStep: number,
    rows: number,
    columns: number,
    scratch: number,
  ): void;
}

/** A WebAssembly.Memory, or what stands in for one. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  /** By pages of 64 KiB; earlier views of the buffer are stale afterwards. */
  grow(pages: number): number;
}

/** A module of one function that uses one SIMD instruction: `(func (drop (v128.const …)))`. */
const SIMD_PROBE = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // magic, version
  ...[1, 4, 1, 0x60, 0, 0], // one type: [] → []
  ...[3, 2, 1, 0], // one function of it
  ...[10, 23, 1, 21, 0, 0xfd, 12, ...new Array<number>(16).fill(0), 0x1a, 0x0b], // its body
]);

/** Whether this machine's engine runs 128-bit WASM SIMD. */
export function simdIsAvailable(): boolean {
  return typeof WebAssembly === "object" && WebAssembly.validate(SIMD_PROBE);
}

let compiled: WebAssembly.Module | undefined;

/**
 * A fresh instance of the kernels with an empty memory of its own. Synchronous: the module is a few kilobytes.
 * Only call where `simdIsAvailable()`.
 */
export function instantiateKernels(): KernelExports {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(KERNEL_MODULE), (char) => char.charCodeAt(0)));
  return new WebAssembly.Instance(compiled).exports as unknown as KernelExports;
}

export const PAGE = 65536;
/** Addresses stay below 2³¹, so that plain JS may shift them. */
const MAX_BYTES = 2 ** 31 - PAGE;
/** Kernels may read up to this many bytes past the end of an area; what they read there is multiplied by 0 or dropped. */
const SLACK = 64;

/**
 * Lays areas one after another into a kernel memory, each at a multiple of 64 bytes with slack behind it. Call
 * `area` for each, then `commit`; only then take views. The next layout starts over: nothing is ever freed, and
 * the memory stays as large as its largest layout.
 */
export class Layout {
  // Address 0 stays unused, so that no area is mistaken for a missing one.
  #end = SLACK;

  /** Address of an area of `bytes`. */
  area(bytes: number): number {
    const at = this.#end;
    this.#end = at + Math.ceil((bytes + SLACK) / 64) * 64;
    return at;
  }

  /** Grows the memory to hold every area; throws COMPUTE_BAD_SHAPE where it would not fit. */
  commit(memory: KernelMemory): void {
    const missing = this.#end - memory.buffer.byteLength;
    if (missing <= 0) return;
    const tooLarge = `the arrays of one call need ${Math.ceil(this.#end / 2 ** 20)} MiB`;
    if (this.#end > MAX_BYTES) throw new ElpisError("COMPUTE_BAD_SHAPE", tooLarge);
    try {
      memory.grow(Math.ceil(missing / PAGE));
    } catch (cause) {
      throw new ElpisError("COMPUTE_BAD_SHAPE", `${tooLarge}, more than this machine gives`, { cause });
    }
  }
}
