import { record } from "./autograd.js";
import {
  allocate,
  badShape,
  type Floats,
  type Shape,
  sameShape,
  sizeOf,
  spell,
  stridesOf,
  type Tensor,
} from "./tensor.js";

/** out, filled in row-major order of `shape`, = source[start + Σ index·stride]. A stride may be 0. */
function stridedRead(
  source: Floats,
  start: number,
  strides: readonly number[],
  shape: Shape,
  out: Floats,
): void {
  const last = shape.length - 1;
  const run = last < 0 ? 1 : shape[last]!;
  const step = last < 0 ? 0 : strides[last]!;
  const walk = runStarts(start, strides, shape);
  for (let at = 0, r = 0; at < out.length; r++) {
    let from = walk[r]!;
    for (const end = at + run; at < end; at++, from += step) out[at] = source[from]!;
  }
}

/** The adjoint of stridedRead: out[start + Σ index·stride] += source, read in row-major order of `shape`. */
function stridedAdd(
  source: Floats,
  shape: Shape,
  out: Floats,
  start: number,
  strides: readonly number[],
): void {
  const last = shape.length - 1;
  const run = last < 0 ? 1 : shape[last]!;
  const step = last < 0 ? 0 : strides[last]!;
  const walk = runStarts(start, strides, shape);
  for (let at = 0, r = 0; at < source.length; r++) {
    let to = walk[r]!;
    for (const end = at + run; at < end; at++, to += step) out[to] = out[to]! + source[at]!;
  }
}

/** Offsets at which the runs along the last axis begin, in row-major order. */
function runStarts(start: number, strides: readonly number[], shape: Shape): Float64Array {
  const outer = shape.slice(0, -1);
  const starts = new Float64Array(sizeOf(outer));
  const index = new Int32Array(outer.length);
  let offset = start;
  for (let r = 0; r < starts.length; r++) {
    starts[r] = offset;
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      offset += strides[axis]!;
      index[axis] = index[axis]! + 1;
      if (index[axis]! < outer[axis]!) break;
      offset -= strides[axis]! * outer[axis]!;
      index[axis] = 0;
    }
  }
  return starts;
}

/** The same numbers in the same order under another shape; nothing is copied. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sizeOf(shape) !== x.data.length) throw badShape(`${spell(x.shape)} cannot become ${spell(shape)}`);
  if (sameShape(x.shape, shape)) return x;
  const before = x.shape;
  return record(x.data, shape, [x], [(gradient) => reshape(gradient, before)]);
}

/** Axis i of the result is axis axes[i] of x. */
export function permute(x: Tensor, axes: readonly number[]): Tensor {
  const inverse = x.shape.map((_, axis) => axes.indexOf(axis));
  if (axes.length !== x.shape.length || inverse.includes(-1))
    throw badShape(`no order of the axes of ${spell(x.shape)}: ${spell(axes)}`);
  const strides = stridesOf(x.shape);
  const shape = axes.map((axis) => x.shape[axis]!);
  const data = allocate(x.data, x.data.length);
  stridedRead(
    x.data,
    0,
    axes.map((axis) => strides[axis]!),
    shape,
    data,
  );
  return record(data, shape, [x], [(gradient) => permute(gradient, inverse)]);
}

/** The last two axes exchanged. */
export function transpose(x: Tensor): Tensor {
  const rank = x.shape.length;
  if (rank < 2) throw badShape(`nothing to transpose in ${spell(x.shape)}`);
  const axes = x.shape.map((_, axis) => axis);
  return permute(x, [...axes.slice(0, rank - 2), rank - 1, rank - 2]);
}

/** The shape both broadcast to, by the rule of NumPy: aligned at the end, 1 stretches. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const one = a[i - rank + a.length] ?? 1;
    const other = b[i - rank + b.length] ?? 1;
    if (one !== other && one !== 1 && other !== 1) throw badShape(`${spell(a)} does not match ${spell(b)}`);
    return Math.max(one, other);
  });
}

/** Strides that read a tensor of shape `from` as if it were `to`: 0 along stretched axes. */
function broadcastStrides(from: Shape, to: Shape): number[] {
  const padded = [...new Array<number>(to.length - from.length).fill(1), ...from];
  return stridesOf(padded).map((stride, axis) => (padded[axis] === 1 ? 0 : stride));
}

/**
 * How `from` repeats within `to`: element m of it stands for `inner` neighbours, and all of it comes again
 * after middle·inner. Undefined when it repeats in no such simple way. [C,1,1] in [N,C,H,W] is C, H·W.
 */
export function repetition(from: Shape, to: Shape): { middle: number; inner: number } | undefined {
  const padded = [...new Array<number>(to.length - from.length).fill(1), ...from];
  const first = padded.findIndex((dimension) => dimension !== 1);
  if (first < 0) return { middle: 1, inner: sizeOf(to) };
  const end = padded.findLastIndex((dimension) => dimension !== 1) + 1;
  for (let axis = first; axis < end; axis++) if (padded[axis] !== to[axis]) return undefined;
  return { middle: sizeOf(padded.slice(first, end)), inner: sizeOf(to.slice(end)) };
}

export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (!sameShape(broadcastShapes(x.shape, shape), shape))
    throw badShape(`${spell(x.shape)} does not broadcast to ${spell(shape)}`);
  const before = x.shape;
  const data = allocate(x.data, sizeOf(shape));
  stridedRead(x.data, 0, broadcastStrides(x.shape, shape), shape, data);
  return record(data, shape, [x], [(gradient) => sumTo(gradient, before)]);
}

/** Sums over the axes along which `shape` would be stretched to become that of x: the adjoint of broadcastTo. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (!sameShape(broadcastShapes(x.shape, shape), x.shape))
    throw badShape(`${spell(x.shape)} does not sum to ${spell(shape)}`);
  const before = x.shape;
  // Summed in f64: a million f32 terms would lose three digits.
  const sums = new Float64Array(sizeOf(shape));
  const simple = repetition(shape, x.shape);
  if (simple === undefined) stridedAdd(x.data, x.shape, sums, 0, broadcastStrides(shape, x.shape));
  else sumRuns(x.data, sums, simple.inner);
  const data = allocate(x.data, sums.length);
  data.set(sums);
  return record(data, shape, [x], [(gradient) => broadcastTo(gradient, before)]);
}

function sumRuns(source: Floats, sums: Float64Array, inner: number): void {
  if (inner === 1) {
    for (let at = 0; at < source.length; )
      for (let m = 0; m < sums.length; m++, at++) sums[m] = sums[m]! + source[at]!;
    return;
  }
  for (let at = 0; at < source.length; ) {
    for (let m = 0; m < sums.length; m++) {
      let sum = 0;
      for (const end = at + inner; at < end; at++) sum += source[at]!;
      sums[m] = sums[m]! + sum;
    }
  }
}

/** Sum over `axes` (default all, giving a scalar); `keep` leaves them as axes of length 1. */
export function sum(x: Tensor, axes?: readonly number[], keep = false): Tensor {
  const gone = new Set(axes ?? x.shape.map((_, axis) => axis));
  for (const axis of gone)
    if (x.shape[axis] === undefined) throw badShape(`${spell(x.shape)} has no axis ${axis}`);
  const kept = x.shape.map((dimension, axis) => (gone.has(axis) ? 1 : dimension));
  const total = sumTo(x, kept);
  return keep
    ? total
    : reshape(
        total,
        x.shape.filter((_, axis) => !gone.has(axis)),
      );
}

/** The part of x that begins at `starts` and has the shape `sizes`. */
export function slice(x: Tensor, starts: readonly number[], sizes: Shape): Tensor {
  const fits = x.shape.every((length, axis) => {
    const start = starts[axis] ?? -1;
    return Number.isInteger(start) && start >= 0 && start + (sizes[axis] ?? length + 1) <= length;
  });
  if (!fits || starts.length !== x.shape.length || sizes.length !== x.shape.length)
    throw badShape(`no part of ${spell(x.shape)}: ${spell(sizes)} from ${spell(starts)}`);
  const strides = stridesOf(x.shape);
  const data = allocate(x.data, sizeOf(sizes));
  stridedRead(x.data, offsetOf(starts, strides), strides, sizes, data);
  const after = x.shape.map((length, axis) => length - starts[axis]! - sizes[axis]!);
  return record(data, sizes, [x], [(gradient) => pad(gradient, starts, after)]);
}

/** Zeros around x: before[axis] ahead of it and after[axis] behind it. The adjoint of slice. */
export function pad(x: Tensor, before: readonly number[], after: readonly number[]): Tensor {
  const counts = [...before, ...after];
  if (
    before.length !== x.shape.length ||
    counts.length !== 2 * before.length ||
    counts.some((n) => !(Number.isInteger(n) && n >= 0))
  )
    throw badShape(`${spell(x.shape)} cannot be padded by ${spell(before)} and ${spell(after)}`);
  const shape = x.shape.map((length, axis) => before[axis]! + length + after[axis]!);
  const strides = stridesOf(shape);
  const data = allocate(x.data, sizeOf(shape));
  stridedAdd(x.data, x.shape, data, offsetOf(before, strides), strides);
  const inside = x.shape;
  return record(data, shape, [x], [(gradient) => slice(gradient, before, inside)]);
}

function offsetOf(index: readonly number[], strides: readonly number[]): number {
  return index.reduce((offset, at, axis) => offset + at * strides[axis]!, 0);
}
