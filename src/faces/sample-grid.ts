import { type Slice, valueAt } from "./sample-slice.js";
import type { Vector, Volume } from "./types.js";
import { add, cross, dot, scale, subtract } from "./vectors.js";

/** Heights along the normal, mm. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

/** Rounding of an index, in voxels: a voxel on the border of two spans is written twice rather than not at all. */
const ROUNDING = 1e-6;

/**
 * Fills the voxels of a span from the slice at either side of it, linearly along the normal; from one slice alone where
 * the other one does not reach to, for the half nearer to it. With the same slice twice: its values.
 */
export function between(volume: Volume, normal: Vector, a: Slice, b: Slice, span: Span): void {
  const { size, step, origin } = volume;
  const [low, high] = bounds(volume, normal, [a, b], span);
  const perVoxel = normal[0] * step;
  for (let k = low[2]; k <= high[2]; k++) {
    for (let j = low[1]; j <= high[1]; j++) {
      const start: Vector = [origin[0], origin[1] + j * step, origin[2] + k * step];
      const height = dot(normal, start);
      let [first, last] = [low[0], high[0]];
      if (Math.abs(perVoxel) > 1e-9) {
        const [one, other] = [(span.low - height) / perVoxel, (span.high - height) / perVoxel];
        first = Math.max(first, Math.ceil(Math.min(one, other) - ROUNDING));
        last = Math.min(last, Math.floor(Math.max(one, other) + ROUNDING));
      } else if (height < span.low - ROUNDING * step || height > span.high + ROUNDING * step) continue;
      if (first <= last)
        fillRow(volume, (k * size[1] + j) * size[0], start, height, perVoxel, first, last, a, b);
    }
  }
}

/** Voxels `first` to `last` of the row that begins at `start`, index `row` of the grid. */
function fillRow(
  { step, values, known }: Volume,
  row: number,
  start: Vector,
  height: number,
  perVoxel: number,
  first: number,
  last: number,
  a: Slice,
  b: Slice,
): void {
  const [fromA, fromB] = [subtract(start, a.origin), subtract(start, b.origin)];
  const [columnA, rowA] = [dot(a.across, fromA), dot(a.down, fromA)];
  const [columnB, rowB] = [dot(b.across, fromB), dot(b.down, fromB)];
  const [columns, rows] = [a.across[0] * step, a.down[0] * step];
  const [columnsB, rowsB] = [b.across[0] * step, b.down[0] * step];
  const isOne = a === b;
  const width = isOne ? 1 : b.at - a.at;
  for (let i = first; i <= last; i++) {
    let value = valueAt(a, columnA + i * columns, rowA + i * rows);
    if (!isOne) {
      const share = Math.max(0, Math.min(1, (height + i * perVoxel - a.at) / width));
      const other = valueAt(b, columnB + i * columnsB, rowB + i * rowsB);
      const both = value + (other - value) * share;
      if (Number.isNaN(both)) value = share < 0.5 ? value : other;
      else value = both;
    }
    if (Number.isNaN(value)) continue;
    values[row + i] = value;
    known[row + i] = 1;
  }
}

type Index = readonly [i: number, j: number, k: number];

/** The voxels that may lie in the span before or behind the slices: a box around them, both ends included. */
function bounds(
  { size, step, origin }: Volume,
  normal: Vector,
  slices: readonly Slice[],
  span: Span,
): readonly [low: Index, high: Index] {
  const low = [Infinity, Infinity, Infinity] as [number, number, number];
  const high = [-Infinity, -Infinity, -Infinity] as [number, number, number];
  for (const slice of slices) {
    // Back from the dual basis to the steps between boxes.
    const [across, down] = [cross(slice.down, normal), cross(normal, slice.across)];
    const columnStep = scale(across, 1 / dot(across, slice.across));
    const rowStep = scale(down, 1 / dot(down, slice.down));
    for (const column of [-0.5, slice.width - 0.5]) {
      for (const row of [-0.5, slice.height - 0.5]) {
        const corner = add(slice.origin, add(scale(columnStep, column), scale(rowStep, row)));
        for (const height of [span.low, span.high]) {
          const place = add(corner, scale(normal, height - slice.at));
          for (const axis of [0, 1, 2] as const) {
            const index = (place[axis] - origin[axis]) / step;
            low[axis] = Math.min(low[axis], index);
            high[axis] = Math.max(high[axis], index);
          }
        }
      }
    }
  }
  for (const axis of [0, 1, 2] as const) {
    low[axis] = Math.max(0, Math.ceil(low[axis] - ROUNDING));
    high[axis] = Math.min(size[axis] - 1, Math.floor(high[axis] + ROUNDING));
  }
  return [low, high];
}
