import { type KernelExports, type KernelMemory, PAGE } from "./kernels/wasm.js";

/** Without those for tiles, every layer runs directly. */
export type IntegerKernels = Pick<KernelExports, "convolveIntegers"> &
  Partial<Pick<KernelExports, "convolveTiles" | "tilesScratch">> & { readonly memory: KernelMemory };

/** The direct kernel in plain JS, over a memory laid out as the WASM one: same arguments, same bits. */
export function jsIntegerKernels(): IntegerKernels {
  let buffer = new ArrayBuffer(0);
  const memory: KernelMemory = {
    get buffer() {
      return buffer;
    },
    grow(pages) {
      const before = buffer.byteLength;
      const larger = new ArrayBuffer(before + pages * PAGE);
      new Uint8Array(larger).set(new Uint8Array(buffer));
      buffer = larger;
      return before / PAGE;
    },
  };
  return { memory, convolveIntegers: (...args) => convolveIntegers(buffer, ...args) };
}

/** Views of one memory, made once for each layer. */
interface Views {
  readonly i16: Int16Array;
  readonly i32: Int32Array;
}

/** What a block of eight output channels does with its sums. */
interface Finish {
  readonly shift: number;
  /** 0 without relu, else what a narrow value is cut at. */
  readonly ceiling: number;
  readonly skipShift: number;
  readonly wide: boolean;
}

/** See assembly/integers.ts; all addresses in bytes. */
function convolveIntegers(
  buffer: ArrayBuffer,
  ...[
    input,
    inputRowStep,
    pixelStep,
    offsets,
    runs,
    quads,
    weights,
    bias,
    blocks,
    shift,
    ceiling,
    skip,
    skipRowStep,
    skipShift,
    out,
    outRowStep,
    outPixelStep,
    rows,
    columns,
    wide,
  ]: Parameters<KernelExports["convolveIntegers"]>
): void {
  const views: Views = { i16: new Int16Array(buffer), i32: new Int32Array(buffer) };
  const finish: Finish = { shift, ceiling, skipShift, wide: wide !== 0 };
  const starts = views.i32.subarray(offsets >> 2, (offsets >> 2) + runs).map((bytes) => bytes >> 1);
  const blockStep = finish.wide ? 32 : 16;
  const sums = new Int32Array(8);
  for (let y = 0; y < rows; y++) {
    for (let block = 0; block < blocks; block++) {
      const blockWeights = (weights + block * runs * quads * 64) >> 1;
      let from = (input + y * inputRowStep) >> 1;
      let to = out + y * outRowStep + block * blockStep;
      let add = skip === 0 ? 0 : skip + y * skipRowStep + block * 16;
      for (let x = 0; x < columns; x++) {
        sumPixel(views, from, starts, quads, blockWeights, (bias >> 2) + 8 * block, sums);
        store(views, sums, finish, add, to);
        from += pixelStep >> 1;
        to += outPixelStep;
        if (add !== 0) add += outPixelStep;
      }
    }
  }
}

/** Sums of eight output channels of one pixel; positions count elements here. */
function sumPixel(
  { i16, i32 }: Views,
  from: number,
  starts: Int32Array,
  quads: number,
  weights: number,
  bias: number,
  sums: Int32Array,
): void {
  let s0 = i32[bias]!;
  let s1 = i32[bias + 1]!;
  let s2 = i32[bias + 2]!;
  let s3 = i32[bias + 3]!;
  let s4 = i32[bias + 4]!;
  let s5 = i32[bias + 5]!;
  let s6 = i32[bias + 6]!;
  let s7 = i32[bias + 7]!;
  let w = weights;
  for (let run = 0; run < starts.length; run++) {
    let at = from + starts[run]!;
    for (const end = at + 4 * quads; at < end; at += 2, w += 16) {
      const a = i16[at]!;
      const b = i16[at + 1]!;
      s0 = (s0 + Math.imul(a, i16[w]!) + Math.imul(b, i16[w + 1]!)) | 0;
      s1 = (s1 + Math.imul(a, i16[w + 2]!) + Math.imul(b, i16[w + 3]!)) | 0;
      s2 = (s2 + Math.imul(a, i16[w + 4]!) + Math.imul(b, i16[w + 5]!)) | 0;
      s3 = (s3 + Math.imul(a, i16[w + 6]!) + Math.imul(b, i16[w + 7]!)) | 0;
      s4 = (s4 + Math.imul(a, i16[w + 8]!) + Math.imul(b, i16[w + 9]!)) | 0;
      s5 = (s5 + Math.imul(a, i16[w + 10]!) + Math.imul(b, i16[w + 11]!)) | 0;
      s6 = (s6 + Math.imul(a, i16[w + 12]!) + Math.imul(b, i16[w + 13]!)) | 0;
      s7 = (s7 + Math.imul(a, i16[w + 14]!) + Math.imul(b, i16[w + 15]!)) | 0;
    }
  }
  sums[0] = s0;
  sums[1] = s1;
  sums[2] = s2;
  sums[3] = s3;
  sums[4] = s4;
  sums[5] = s5;
  sums[6] = s6;
  sums[7] = s7;
}

function store({ i16, i32 }: Views, sums: Int32Array, finish: Finish, skip: number, out: number): void {
  const { shift, ceiling, skipShift, wide } = finish;
  const half = skipShift === 0 ? 0 : 1 << (skipShift - 1);
  for (let i = 0; i < 8; i++) {
    let value = sums[i]! >> shift;
    if (!wide) {
      value = saturate(value);
      if (skip !== 0) value = saturate(value + (saturate(i16[(skip >> 1) + i]! + half) >> skipShift));
    }
    if (ceiling !== 0 && value < 0) value = 0;
    else if (ceiling !== 0 && !wide && value > ceiling) value = ceiling;
    if (wide) i32[(out >> 2) + i] = value;
    else i16[(out >> 1) + i] = value;
  }
}

function saturate(value: number): number {
  return value > 32767 ? 32767 : value < -32768 ? -32768 : value;
}
