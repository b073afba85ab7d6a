import { record, samePrecision } from "./autograd.js";
import { broadcastShapes, broadcastTo, repetition, sum, sumTo } from "./operations-shape.js";
import { allocate, type Floats, fullLike, sameShape, Tensor } from "./tensor.js";

/** A number stands for a constant scalar. */
export type Operand = Tensor | number;

/** out[i] of a and of the element of b that stands for it; b is as long as a, or repeats with runs of `inner`. */
type BinaryLoop = (a: Floats, b: Floats, inner: number, out: Floats) => void;

// The loops are written out one by one: a loop that calls a function handed in runs several times slower.
const addLoop: BinaryLoop = (a, b, inner, out) => {
  const size = out.length;
  if (b.length === size) for (let i = 0; i < size; i++) out[i] = a[i]! + b[i]!;
  else
    for (let i = 0, m = 0; i < size; m = m + 1 === b.length ? 0 : m + 1) {
      const y = b[m]!;
      for (const end = i + inner; i < end; i++) out[i] = a[i]! + y;
    }
};

const subtractLoop: BinaryLoop = (a, b, inner, out) => {
  const size = out.length;
  if (b.length === size) for (let i = 0; i < size; i++) out[i] = a[i]! - b[i]!;
  else
    for (let i = 0, m = 0; i < size; m = m + 1 === b.length ? 0 : m + 1) {
      const y = b[m]!;
      for (const end = i + inner; i < end; i++) out[i] = a[i]! - y;
    }
};

const multiplyLoop: BinaryLoop = (a, b, inner, out) => {
  const size = out.length;
  if (b.length === size) for (let i = 0; i < size; i++) out[i] = a[i]! * b[i]!;
  else
    for (let i = 0, m = 0; i < size; m = m + 1 === b.length ? 0 : m + 1) {
      const y = b[m]!;
      for (const end = i + inner; i < end; i++) out[i] = a[i]! * y;
    }
};

const divideLoop: BinaryLoop = (a, b, inner, out) => {
  const size = out.length;
  if (b.length === size) for (let i = 0; i < size; i++) out[i] = a[i]! / b[i]!;
  else
    for (let i = 0, m = 0; i < size; m = m + 1 === b.length ? 0 : m + 1) {
      const y = b[m]!;
      for (const end = i + inner; i < end; i++) out[i] = a[i]! / y;
    }
};

/** Both operands as tensors of one precision, the first stretched to the shape of the result. */
function operands(a: Operand, b: Operand): [Tensor, Tensor] {
  const first = a instanceof Tensor ? a : fullLike(b as Tensor, a, []);
  const second = b instanceof Tensor ? b : fullLike(first, b, []);
  samePrecision(first, second);
  return [first, second];
}

/** The loop over two tensors of any shapes that broadcast. */
function combine(
  loop: BinaryLoop,
  first: Tensor,
  second: Tensor,
): { data: Floats; shape: readonly number[] } {
  const shape = broadcastShapes(first.shape, second.shape);
  const a = broadcastTo(first.detach(), shape);
  const { inner } = repetition(second.shape, shape) ?? { inner: 0 };
  // Runs shorter than this cost more to go through than a stretched copy costs to make.
  const b = inner < 8 ? broadcastTo(second.detach(), shape) : second;
  const data = allocate(a.data, a.data.length);
  loop(a.data, b.data, inner, data);
  return { data, shape };
}

export function add(a: Operand, b: Operand): Tensor {
  let [first, second] = operands(a, b);
  // The second operand may repeat without being copied out; addition does not mind which is second.
  if (first.data.length < second.data.length) [first, second] = [second, first];
  const { data, shape } = combine(addLoop, first, second);
  const [one, other] = [first.shape, second.shape];
  return record(data, shape, [first, second], [(g) => sumTo(g, one), (g) => sumTo(g, other)]);
}

export function subtract(a: Operand, b: Operand): Tensor {
  const [first, second] = operands(a, b);
  const { data, shape } = combine(subtractLoop, first, second);
  const [one, other] = [first.shape, second.shape];
  return record(data, shape, [first, second], [(g) => sumTo(g, one), (g) => negate(sumTo(g, other))]);
}

export function multiply(a: Operand, b: Operand): Tensor {
  let [first, second] = operands(a, b);
  if (first.data.length < second.data.length) [first, second] = [second, first];
  const { data, shape } = combine(multiplyLoop, first, second);
  return record(
    data,
    shape,
    [first, second],
    [(g) => sumTo(multiply(g, second), first.shape), (g) => sumTo(multiply(g, first), second.shape)],
  );
}

export function divide(a: Operand, b: Operand): Tensor {
  const [first, second] = operands(a, b);
  const { data, shape } = combine(divideLoop, first, second);
  const quotient: Tensor = record(
    data,
    shape,
    [first, second],
    [
      (g) => sumTo(divide(g, second), first.shape),
      (g) => negate(sumTo(divide(multiply(g, quotient), second), second.shape)),
    ],
  );
  return quotient;
}

export function negate(x: Tensor): Tensor {
  return multiply(x, -1);
}

/** x·x. */
export function square(x: Tensor): Tensor {
  return multiply(x, x);
}

/** For functions so dear that the call does not matter. */
function mapped(x: Tensor, value: (x: number) => number): Floats {
  const { data } = x;
  const out = allocate(data, data.length);
  for (let i = 0; i < out.length; i++) out[i] = value(data[i]!);
  return out;
}

export function exp(x: Tensor): Tensor {
  const out: Tensor = record(mapped(x, Math.exp), x.shape, [x], [(g) => multiply(g, out)]);
  return out;
}

export function log(x: Tensor): Tensor {
  return record(mapped(x, Math.log), x.shape, [x], [(g) => divide(g, x)]);
}

export function sqrt(x: Tensor): Tensor {
  const out: Tensor = record(mapped(x, Math.sqrt), x.shape, [x], [(g) => divide(multiply(g, 0.5), out)]);
  return out;
}

function logistic(x: number): number {
  const small = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + small) : small / (1 + small);
}

export function sigmoid(x: Tensor): Tensor {
  const out: Tensor = record(
    mapped(x, logistic),
    x.shape,
    [x],
    [(g) => multiply(g, multiply(out, add(negate(out), 1)))],
  );
  return out;
}

export function tanh(x: Tensor): Tensor {
  const out: Tensor = record(
    mapped(x, Math.tanh),
    x.shape,
    [x],
    [(g) => multiply(g, add(negate(square(out)), 1))],
  );
  return out;
}

/** log(1 + eˣ), for any x without overflow; its derivative is the sigmoid. */
export function softplus(x: Tensor): Tensor {
  const stable = (v: number) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
  return record(mapped(x, stable), x.shape, [x], [(g) => multiply(g, sigmoid(x))]);
}

/** x where positive, else 0. At 0 the derivative is taken as 0. */
export function relu(x: Tensor): Tensor {
  const { data } = x;
  const out = allocate(data, data.length);
  if (data instanceof Float32Array) reluBits(bitsOf(data), bitsOf(out));
  else for (let i = 0; i < out.length; i++) out[i] = data[i]! > 0 ? data[i]! : 0;
  return record(out, x.shape, [x], [(g) => passWhere(g, out)]);
}

/** x where `mask`, of the same size and nowhere negative, is not 0; else 0. The mask is a constant. */
function passWhere(x: Tensor, mask: Floats): Tensor {
  const { data } = x;
  const out = allocate(data, data.length);
  if (data instanceof Float32Array) passBits(bitsOf(data), bitsOf(mask), bitsOf(out));
  else for (let i = 0; i < out.length; i++) out[i] = mask[i]! > 0 ? data[i]! : 0;
  return record(out, x.shape, [x], [(g) => passWhere(g, mask)]);
}

// In f32 by the bits: signs come in no order, and a branch that guesses wrong costs five times the work.
function bitsOf(data: Floats): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset, data.length);
}

function reluBits(x: Int32Array, out: Int32Array): void {
  for (let i = 0; i < out.length; i++) {
    const bits = x[i]!;
    out[i] = bits & ~(bits >> 31);
  }
}

function passBits(x: Int32Array, mask: Int32Array, out: Int32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = x[i]! & (-mask[i]! >> 31);
}

/** At 0 the derivative is taken as 0. */
export function abs(x: Tensor): Tensor {
  const signs = () => new Tensor(mapped(x, Math.sign), x.shape);
  return record(mapped(x, Math.abs), x.shape, [x], [(g) => multiply(g, signs())]);
}

/** The greater of the two; where they are equal each gets half of the gradient. */
export function maximum(a: Operand, b: Operand): Tensor {
  const [given, other] = operands(a, b);
  const shape = broadcastShapes(given.shape, other.shape);
  const [first, second] = [broadcastTo(given, shape), broadcastTo(other, shape)];
  const [x, y] = [first.data, second.data];
  const out = allocate(x, x.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.max(x[i]!, y[i]!);
  const share = (one: Floats, two: Floats) => {
    const part = allocate(one, one.length);
    for (let i = 0; i < part.length; i++) part[i] = one[i]! > two[i]! ? 1 : one[i] === two[i] ? 0.5 : 0;
    return new Tensor(part, shape);
  };
  return record(
    out,
    shape,
    [first, second],
    [(g) => multiply(g, share(x, y)), (g) => multiply(g, share(y, x))],
  );
}

/** Mean over `axes` (default all, giving a scalar); `keep` leaves them as axes of length 1. */
export function mean(x: Tensor, axes?: readonly number[], keep = false): Tensor {
  const total = sum(x, axes, keep);
  return multiply(total, total.data.length / x.data.length);
}

/** True when both have one shape and no element differs by more than `tolerance`; NaN differs from all. */
export function close(a: Tensor, b: Tensor, tolerance: number): boolean {
  if (!sameShape(a.shape, b.shape)) return false;
  return a.data.every((value: number, i: number) => Math.abs(value - b.data[i]!) <= tolerance);
}
