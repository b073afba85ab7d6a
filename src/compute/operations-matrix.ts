import { record, samePrecision } from "./autograd.js";
import { kernelsFor } from "./kernels-js.js";
import { slice } from "./operations-shape.js";
import { allocate, badShape, type Shape, sameShape, sizeOf, spell, type Tensor } from "./tensor.js";

export interface TransposeOptions {
  /** The first operand is read with its last two axes exchanged. */
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** Matrix product over the last two axes; the axes before them must be the same and are gone through in turn. */
export function matmul(a: Tensor, b: Tensor, options: TransposeOptions = {}): Tensor {
  samePrecision(a, b);
  const { transposeA = false, transposeB = false } = options;
  const batch = a.shape.slice(0, -2);
  const [m = 0, k = 0] = lastTwo(a.shape, transposeA);
  const [depth = 0, n = 0] = lastTwo(b.shape, transposeB);
  if (!sameShape(batch, b.shape.slice(0, -2)) || k !== depth)
    throw badShape(`no product of ${spell(a.shape)} and ${spell(b.shape)}`);
  const kernels = kernelsFor(a.data);
  const out = allocate(a.data, sizeOf(batch) * m * n);
  for (let i = 0; i < sizeOf(batch); i++) {
    const left = a.data.subarray(i * m * k, (i + 1) * m * k);
    const right = b.data.subarray(i * k * n, (i + 1) * k * n);
    kernels.matmul(m, n, k, left, right, out.subarray(i * m * n, (i + 1) * m * n), {
      transposeA,
      transposeB,
    });
  }
  // With A' and B' the operands as read: dA' = g·B'ᵀ and dB' = A'ᵀ·g; dA is dA'ᵀ where A was transposed.
  return record(
    out,
    [...batch, m, n],
    [a, b],
    [
      (g) =>
        transposeA
          ? matmul(b, g, { transposeA: transposeB, transposeB: true })
          : matmul(g, b, { transposeB: !transposeB }),
      (g) =>
        transposeB
          ? matmul(g, a, { transposeA: true, transposeB: transposeA })
          : matmul(a, g, { transposeA: !transposeA }),
    ],
  );
}

function lastTwo(shape: Shape, exchanged: boolean): Shape {
  if (shape.length < 2) throw badShape(`no matrix: ${spell(shape)}`);
  const two = shape.slice(-2);
  return exchanged ? two.reverse() : two;
}

/** All of `tensors` one after another along `axis`; their other axes are the same. */
export function concatenate(tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors;
  if (first === undefined || first.shape[axis] === undefined) throw badShape("nothing to concatenate");
  const lengths = tensors.map((one) => one.shape[axis] ?? 0);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const shape = first.shape.map((length, i) => (i === axis ? total : length));
  for (const one of tensors) {
    samePrecision(first, one);
    if (
      !sameShape(
        first.shape,
        one.shape.map((length, i) => (i === axis ? first.shape[axis]! : length)),
      )
    )
      throw badShape(`${spell(one.shape)} does not continue ${spell(first.shape)}`);
  }
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis + 1));
  const out = allocate(first.data, sizeOf(shape));
  const starts: number[] = [];
  let start = 0;
  tensors.forEach((one, i) => {
    const run = lengths[i]! * inner;
    for (let o = 0; o < outer; o++)
      out.set(one.data.subarray(o * run, (o + 1) * run), (o * total + start) * inner);
    starts.push(start);
    start += lengths[i]!;
  });
  const shapes = tensors.map((one) => one.shape);
  const backward = shapes.map((part, i) => (g: Tensor) => {
    const from = shape.map((_, at) => (at === axis ? starts[i]! : 0));
    return slice(g, from, part);
  });
  return record(out, shape, tensors, backward);
}

type Indices = readonly number[] | Int32Array;

/** Rows (index along the first axis) of x, in the order of `indices`; a row may come several times. */
export function gatherRows(x: Tensor, indices: Indices): Tensor {
  const [rows = 0, ...rest] = x.shape;
  checkIndices(indices, rows, x.shape);
  const size = sizeOf(rest);
  const out = allocate(x.data, indices.length * size);
  for (let i = 0; i < indices.length; i++)
    out.set(x.data.subarray(indices[i]! * size, (indices[i]! + 1) * size), i * size);
  return record(out, [indices.length, ...rest], [x], [(g) => scatterAddRows(g, indices, rows)]);
}

/** Zeros of `rows` rows, to which row i of x is added at indices[i]: the adjoint of gatherRows. */
export function scatterAddRows(x: Tensor, indices: Indices, rows: number): Tensor {
  const [count = 0, ...rest] = x.shape;
  checkIndices(indices, rows, x.shape);
  if (count !== indices.length) throw badShape(`${indices.length} indices for ${spell(x.shape)}`);
  const size = sizeOf(rest);
  const out = allocate(x.data, rows * size);
  for (let i = 0, from = 0; i < count; i++) {
    let to = indices[i]! * size;
    for (let j = 0; j < size; j++, from++, to++) out[to] = out[to]! + x.data[from]!;
  }
  return record(out, [rows, ...rest], [x], [(g) => gatherRows(g, indices)]);
}

function checkIndices(indices: Indices, rows: number, shape: Shape): void {
  for (const index of indices)
    if (!(Number.isInteger(index) && index >= 0 && index < rows))
      throw badShape(`no row ${index} of ${rows}, shape ${spell(shape)}`);
}
