import type { FramePlane, Vector } from "./types.js";
import { add, cross, dot, scale } from "./vectors.js";

/** A slice brought near the resolution of the grid: means of boxes of pixels, and of neighbouring frames. */
export interface Slice {
  /** Boxes, the last ones perhaps cut off by the edge of the frame. */
  readonly columns: number;
  readonly rows: number;
  /** The frame's size in boxes. */
  readonly width: number;
  readonly height: number;
  /** Centre of the first box. */
  readonly origin: Vector;
  /** From a place in patient space to columns and rows: `across · (place − origin)`, `down · (place − origin)`. */
  readonly across: Vector;
  readonly down: Vector;
  /** Along the normal, mm. */
  readonly at: number;
  /** NaN where nothing is known. */
  readonly values: Float32Array;
}

/** How many pixels of a frame go into a box, across and down: as many as a step of the grid holds. */
export interface BoxSize {
  readonly across: number;
  readonly down: number;
}

const boxes = (length: number, size: number): number => Math.ceil(length / size);

/** A slice from the mean plane of its frames and the means of their boxes. */
export function sliceOf(
  plane: FramePlane,
  box: BoxSize,
  normal: Vector,
  at: number,
  values: Float32Array,
): Slice {
  const columnStep = scale(plane.columnStep, box.across);
  const rowStep = scale(plane.rowStep, box.down);
  const toCentre = add(
    scale(plane.columnStep, (box.across - 1) / 2),
    scale(plane.rowStep, (box.down - 1) / 2),
  );
  // The dual basis: directions that files rounded are not quite at right angles.
  const [across, down] = [cross(rowStep, normal), cross(normal, columnStep)];
  return {
    columns: boxes(plane.columns, box.across),
    rows: boxes(plane.rows, box.down),
    width: plane.columns / box.across,
    height: plane.rows / box.down,
    origin: add(plane.origin, toCentre),
    across: scale(across, 1 / dot(across, columnStep)),
    down: scale(down, 1 / dot(down, rowStep)),
    at,
    values,
  };
}

/** Sums of boxes of several frames of one size. */
export class BoxSums {
  readonly #plane: FramePlane;
  readonly #box: BoxSize;
  readonly #sums: Float32Array;
  readonly #counts: Uint32Array;

  constructor(plane: FramePlane, box: BoxSize) {
    this.#plane = plane;
    this.#box = box;
    const size = boxes(plane.columns, box.across) * boxes(plane.rows, box.down);
    this.#sums = new Float32Array(size);
    this.#counts = new Uint32Array(size);
  }

  /** Adds a frame's values, row by row; NaN is not counted. */
  add(values: Float32Array): void {
    const { columns, rows } = this.#plane;
    const { across, down } = this.#box;
    let box = 0;
    for (let top = 0; top < rows; top += down) {
      const bottom = Math.min(rows, top + down);
      for (let left = 0; left < columns; left += across, box++) {
        const right = Math.min(columns, left + across);
        let sum = 0;
        for (let row = top; row < bottom; row++) {
          const end = row * columns + right;
          for (let i = row * columns + left; i < end; i++) sum += values[i]!;
        }
        if (Number.isNaN(sum)) this.#addKnown(values, box, top, bottom, left, right);
        else {
          this.#sums[box]! += sum;
          this.#counts[box]! += (bottom - top) * (right - left);
        }
      }
    }
  }

  #addKnown(
    values: Float32Array,
    box: number,
    top: number,
    bottom: number,
    left: number,
    right: number,
  ): void {
    const { columns } = this.#plane;
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const value = values[row * columns + column]!;
        if (Number.isNaN(value)) continue;
        this.#sums[box]! += value;
        this.#counts[box]!++;
      }
    }
  }

  /** The means after `frames` frames; NaN where less than half of a box is known. */
  means(frames: number): Float32Array {
    const { columns, rows } = this.#plane;
    const { across, down } = this.#box;
    const means = new Float32Array(this.#sums.length);
    const perRow = boxes(columns, across);
    for (let i = 0; i < means.length; i++) {
      const right = Math.min(across, columns - (i % perRow) * across);
      const bottom = Math.min(down, rows - Math.floor(i / perRow) * down);
      const count = this.#counts[i]!;
      means[i] = 2 * count >= frames * right * bottom ? this.#sums[i]! / count : Number.NaN;
    }
    return means;
  }
}

/** How far beyond an edge a place may lie, in boxes, by rounding. */
const ROUNDING = 1e-6;

/** The value at a column and row between boxes; NaN outside the frame, and where less than half is known. */
export function valueAt(slice: Slice, column: number, row: number): number {
  if (!(column >= -0.5 - ROUNDING && row >= -0.5 - ROUNDING)) return Number.NaN;
  if (column > slice.width - 0.5 + ROUNDING || row > slice.height - 0.5 + ROUNDING) return Number.NaN;
  const { columns, values } = slice;
  const lastColumn = columns - 1;
  const lastRow = slice.rows - 1;
  const x = column < 0 ? 0 : column > lastColumn ? lastColumn : column;
  const y = row < 0 ? 0 : row > lastRow ? lastRow : row;
  const x0 = x | 0;
  const y0 = y | 0;
  const fx = x - x0;
  const fy = y - y0;
  const a = y0 * columns + x0;
  const right = x0 < lastColumn ? 1 : 0;
  const below = y0 < lastRow ? columns : 0;
  const top = values[a]! + (values[a + right]! - values[a]!) * fx;
  const bottom = values[a + below]! + (values[a + below + right]! - values[a + below]!) * fx;
  const value = top + (bottom - top) * fy;
  return Number.isNaN(value) ? knownAt(values, a, right, below, fx, fy) : value;
}

/** Of the four corners those that are known, by their weights. */
function knownAt(
  values: Float32Array,
  at: number,
  right: number,
  below: number,
  fx: number,
  fy: number,
): number {
  let [sum, known] = [0, 0];
  for (let corner = 0; corner < 4; corner++) {
    const [isRight, isBelow] = [(corner & 1) === 1, corner > 1];
    const value = values[at + (isRight ? right : 0) + (isBelow ? below : 0)]!;
    if (Number.isNaN(value)) continue;
    const weight = (isRight ? fx : 1 - fx) * (isBelow ? fy : 1 - fy);
    sum += weight * value;
    known += weight;
  }
  return known >= 0.5 ? sum / known : Number.NaN;
}
