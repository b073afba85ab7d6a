import { record } from "./autograd.js";
import { multiply } from "./operations.js";
import { permute, reshape } from "./operations-shape.js";
import { allocate, badShape, type Floats, type Shape, sizeOf, spell, type Tensor } from "./tensor.js";

/** [images·channels, rows, columns] of N × C × H × W. */
function planes(shape: Shape): [number, number, number] {
  const [images = 0, channels = 0, rows = 0, columns = 0] = shape;
  if (shape.length !== 4) throw badShape(`no images: ${spell(shape)}`);
  return [images * channels, rows, columns];
}

function resized(shape: Shape, rows: number, columns: number): Shape {
  return [shape[0]!, shape[1]!, rows, columns];
}

/** Windows of size × size, one every `stride`; those that do not fit are left out. */
function windows(length: number, size: number, stride: number): number {
  return Math.floor((length - size) / stride) + 1;
}

/** Adds up each window. */
function windowSum(x: Tensor, size: number, stride: number): Tensor {
  const [count, rows, columns] = planes(x.shape);
  const [outRows, outColumns] = [windows(rows, size, stride), windows(columns, size, stride)];
  if (![size, stride].every((n) => Number.isInteger(n) && n >= 1) || outRows < 1 || outColumns < 1)
    throw badShape(`no windows of ${size} every ${stride} in ${spell(x.shape)}`);
  const { data } = x;
  const out = allocate(data, count * outRows * outColumns);
  let to = 0;
  for (let p = 0; p < count; p++)
    for (let y = 0; y < outRows; y++)
      for (let u = 0; u < outColumns; u++, to++) {
        let total = 0;
        for (let i = 0; i < size; i++) {
          let from = (p * rows + y * stride + i) * columns + u * stride;
          for (const end = from + size; from < end; from++) total += data[from]!;
        }
        out[to] = total;
      }
  const back = (g: Tensor) => windowSpread(g, size, stride, rows, columns);
  return record(out, resized(x.shape, outRows, outColumns), [x], [back]);
}

/** Adds each value to all of its window: the adjoint of windowSum. */
function windowSpread(x: Tensor, size: number, stride: number, rows: number, columns: number): Tensor {
  const [count, inRows, inColumns] = planes(x.shape);
  const { data } = x;
  const out = allocate(data, count * rows * columns);
  let at = 0;
  for (let p = 0; p < count; p++)
    for (let y = 0; y < inRows; y++)
      for (let u = 0; u < inColumns; u++, at++) {
        const value = data[at]!;
        for (let i = 0; i < size; i++) {
          let to = (p * rows + y * stride + i) * columns + u * stride;
          for (const end = to + size; to < end; to++) out[to] = out[to]! + value;
        }
      }
  return record(out, resized(x.shape, rows, columns), [x], [(g) => windowSum(g, size, stride)]);
}

/** Mean of each size × size window of N × C × H × W, one window every `stride` (default size). */
export function avgPool2d(x: Tensor, size: number, stride = size): Tensor {
  return multiply(windowSum(x, size, stride), 1 / (size * size));
}

/** The adjoint of avgPool2d of images of rows × columns. */
export function avgPool2dAdjoint(
  x: Tensor,
  size: number,
  rows: number,
  columns: number,
  stride = size,
): Tensor {
  const [, inRows, inColumns] = planes(x.shape);
  if (windows(rows, size, stride) !== inRows || windows(columns, size, stride) !== inColumns)
    throw badShape(`${spell(x.shape)} is no pooling of ${rows} × ${columns}`);
  return multiply(windowSpread(x, size, stride, rows, columns), 1 / (size * size));
}

/** Each pixel becomes factor × factor equal ones. Its adjoint adds them up again. */
export function upsampleNearest2d(x: Tensor, factor: number): Tensor {
  const [, rows, columns] = planes(x.shape);
  if (!(Number.isInteger(factor) && factor >= 1)) throw badShape(`no upsampling by ${factor}`);
  return windowSpread(x, factor, factor, rows * factor, columns * factor);
}

/** For each output: the two inputs it lies between and the share of the second. */
interface Taps {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly share: Float64Array;
}

/** Pixel centres at half-integers, edges repeated: what PyTorch calls align_corners=False. */
function taps(length: number, outLength: number): Taps {
  const low = new Int32Array(outLength);
  const high = new Int32Array(outLength);
  const share = new Float64Array(outLength);
  for (let i = 0; i < outLength; i++) {
    const at = Math.max(0, ((i + 0.5) * length) / outLength - 0.5);
    low[i] = Math.min(Math.floor(at), length - 1);
    high[i] = Math.min(low[i]! + 1, length - 1);
    share[i] = at - low[i]!;
  }
  return { low, high, share };
}

/** Images of inner size to outer size; with `back` the adjoint, from outer to inner. */
function resample(data: Floats, count: number, inner: Shape, outer: Shape, back: boolean): Floats {
  const [rows = 0, columns = 0] = inner;
  const [outRows = 0, outColumns = 0] = outer;
  const down = taps(rows, outRows);
  const right = taps(columns, outColumns);
  const out = allocate(data, count * (back ? rows * columns : outRows * outColumns));
  let at = 0;
  for (let p = 0; p < count; p++)
    for (let y = 0; y < outRows; y++) {
      const top = (p * rows + down.low[y]!) * columns;
      const bottom = (p * rows + down.high[y]!) * columns;
      const v = down.share[y]!;
      for (let u = 0; u < outColumns; u++, at++) {
        const [left, end, w] = [right.low[u]!, right.high[u]!, right.share[u]!];
        if (back) {
          const value = data[at]!;
          out[top + left] = out[top + left]! + (1 - v) * (1 - w) * value;
          out[top + end] = out[top + end]! + (1 - v) * w * value;
          out[bottom + left] = out[bottom + left]! + v * (1 - w) * value;
          out[bottom + end] = out[bottom + end]! + v * w * value;
        } else {
          const above = (1 - w) * data[top + left]! + w * data[top + end]!;
          const below = (1 - w) * data[bottom + left]! + w * data[bottom + end]!;
          out[at] = (1 - v) * above + v * below;
        }
      }
    }
  return out;
}

/** N × C × H × W to rows × columns, between the nearest four pixels in proportion; edges are repeated. */
export function resizeBilinear2d(x: Tensor, rows: number, columns: number): Tensor {
  const [count, inRows, inColumns] = planes(x.shape);
  const shape = resized(x.shape, rows, columns);
  sizeOf(shape);
  const out = resample(x.data, count, [inRows, inColumns], [rows, columns], false);
  return record(out, shape, [x], [(g) => resizeBilinear2dAdjoint(g, inRows, inColumns)]);
}

/** The adjoint of resizeBilinear2d of images of rows × columns. */
export function resizeBilinear2dAdjoint(x: Tensor, rows: number, columns: number): Tensor {
  const [count, outRows, outColumns] = planes(x.shape);
  const shape = resized(x.shape, rows, columns);
  sizeOf(shape);
  const out = resample(x.data, count, [rows, columns], [outRows, outColumns], true);
  return record(out, shape, [x], [(g) => resizeBilinear2d(g, outRows, outColumns)]);
}

/** N × C × H × W to N × C·block² × H/block × W/block: pixel (i, j) of each block becomes channel (c·block + i)·block + j. */
export function spaceToDepth(x: Tensor, block: number): Tensor {
  planes(x.shape);
  const [n = 0, c = 0, h = 0, w = 0] = x.shape;
  const split = reshape(x, [n, c, h / block, block, w / block, block]);
  return reshape(permute(split, [0, 1, 3, 5, 2, 4]), [n, c * block * block, h / block, w / block]);
}

/** The inverse of spaceToDepth. */
export function depthToSpace(x: Tensor, block: number): Tensor {
  planes(x.shape);
  const [n = 0, c = 0, h = 0, w = 0] = x.shape;
  const split = reshape(x, [n, c / (block * block), block, block, h, w]);
  return reshape(permute(split, [0, 1, 4, 2, 5, 3]), [n, c / (block * block), h * block, w * block]);
}
