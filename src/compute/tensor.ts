import { ElpisError } from "../base/index.js";

/** f32 for work; f64 where a result must be exact to many digits. One graph uses one of the two. */
export type Floats = Float32Array | Float64Array;
export type Shape = readonly number[];

/**
 * How a tensor came to be: for each input its node (undefined: a constant) and the function that turns the
 * gradient of the result into the gradient of that input. Nodes hold no data but what those functions need,
 * and only later nodes point to earlier ones: a graph is collected as soon as nobody holds its end.
 */
export interface Node {
  readonly inputs: readonly (Node | undefined)[];
  readonly backward: readonly ((gradient: Tensor) => Tensor)[];
}

/** Row-major numbers and their shape; [] is a scalar. Operations never change a tensor, optimisers do. */
export class Tensor {
  readonly data: Floats;
  readonly shape: Shape;
  /** Undefined for a constant, for which no gradient is followed. */
  readonly node: Node | undefined;

  constructor(data: Floats, shape: Shape, node?: Node) {
    if (sizeOf(shape) !== data.length) throw badShape(`${data.length} numbers for ${spell(shape)}`);
    this.data = data;
    this.shape = shape;
    this.node = node;
  }

  get requiresGradient(): boolean {
    return this.node !== undefined;
  }

  /** The one number of a tensor of size 1; else COMPUTE_BAD_SHAPE. */
  item(): number {
    if (this.data.length !== 1) throw badShape(`one number wanted, shape is ${spell(this.shape)}`);
    return this.data[0]!;
  }

  /** The same numbers, followed no further back. */
  detach(): Tensor {
    return new Tensor(this.data, this.shape);
  }
}

export function badShape(message: string): ElpisError {
  return new ElpisError("COMPUTE_BAD_SHAPE", message);
}

export function spell(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Number of elements; COMPUTE_BAD_SHAPE when a dimension is no whole number of at least 1. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const dimension of shape) {
    if (!Number.isSafeInteger(dimension) || dimension < 1) throw badShape(`no shape: ${spell(shape)}`);
    size *= dimension;
  }
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

/** Elements from one index to the next along each axis. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

/** A constant. An array of plain numbers becomes f32; typed arrays are taken as they are, not copied. */
export function tensor(values: Floats | readonly number[], shape?: Shape): Tensor {
  const data = isFloats(values) ? values : Float32Array.from(values);
  return new Tensor(data, shape ?? [data.length]);
}

/** Like `tensor`, but gradients are followed to it. */
export function variable(values: Floats | readonly number[], shape?: Shape): Tensor {
  const { data, shape: checked } = tensor(values, shape);
  return new Tensor(data, checked, { inputs: [], backward: [] });
}

export function full(shape: Shape, value: number): Tensor {
  return new Tensor(new Float32Array(sizeOf(shape)).fill(value), shape);
}

export function zeros(shape: Shape): Tensor {
  return new Tensor(new Float32Array(sizeOf(shape)), shape);
}

/** A constant of the same shape and precision, all `value`. */
export function fullLike(like: Tensor, value: number, shape: Shape = like.shape): Tensor {
  return new Tensor(allocate(like.data, sizeOf(shape)).fill(value), shape);
}

function isFloats(values: Floats | readonly number[]): values is Floats {
  return values instanceof Float32Array || values instanceof Float64Array;
}

/** Zeros in the precision of `like`. */
export function allocate(like: Floats, size: number): Floats {
  return like instanceof Float64Array ? new Float64Array(size) : new Float32Array(size);
}
