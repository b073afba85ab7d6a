import type { GreyPlane } from "../types.js";

/** Side of the square for which one threshold holds; its window is three by three of them. */
export const BLOCK = 4;
export const BLOCK_BITS = 2;

/** The darkest and the brightest grey level of 12 × 12 pixels around each block of 4 × 4. */
export interface Ranges {
  /** Blocks in a row. */
  readonly columns: number;
  readonly low: Uint8Array;
  readonly high: Uint8Array;
}

export interface Thresholds {
  /** Blocks in a row. */
  readonly columns: number;
  /** Foreground is brighter than `upper` or darker than `lower`. */
  readonly upper: Int16Array;
  readonly lower: Int16Array;
  /** Darkest plus brightest, or -1 where they are too close. */
  readonly doubled: Int16Array;
}

export function thresholdsOf(ranges: Ranges, leastRange: number, depth: number): Thresholds {
  const n = ranges.low.length;
  const upper = new Int16Array(n);
  const lower = new Int16Array(n);
  const doubled = new Int16Array(n);
  for (let i = 0; i < n; i++) {
    const low = ranges.low[i]!;
    const high = ranges.high[i]!;
    const deep = (high - low) * depth;
    upper[i] = Math.floor(high - deep);
    lower[i] = Math.ceil(low + deep);
    doubled[i] = high - low < leastRange ? -1 : high + low;
  }
  return { columns: ranges.columns, upper, lower, doubled };
}

/** The local ranges, which several depths share. */
export function localRanges(plane: GreyPlane): Ranges {
  const { rows, columns, pixels } = plane;
  const across = (columns + BLOCK - 1) >> BLOCK_BITS;
  const down = (rows + BLOCK - 1) >> BLOCK_BITS;
  const low = new Uint8Array(across * down).fill(255);
  const high = new Uint8Array(across * down);
  for (let y = 0; y < rows; y++) {
    const base = (y >> BLOCK_BITS) * across;
    const offset = y * columns;
    for (let from = 0, block = base; from < columns; from += BLOCK, block++) {
      const to = offset + Math.min(columns, from + BLOCK);
      let least = low[block]!;
      let most = high[block]!;
      for (let at = offset + from; at < to; at++) {
        const value = pixels[at]!;
        if (value < least) least = value;
        if (value > most) most = value;
      }
      low[block] = least;
      high[block] = most;
    }
  }
  const widened = { columns: across, low: new Uint8Array(low.length), high: new Uint8Array(low.length) };
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      let least = 255;
      let most = 0;
      for (let v = Math.max(0, y - 1); v <= Math.min(down - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(across - 1, x + 1); u++) {
          const block = v * across + u;
          if (low[block]! < least) least = low[block]!;
          if (high[block]! > most) most = high[block]!;
        }
      }
      widened.low[y * across + x] = least;
      widened.high[y * across + x] = most;
    }
  }
  return widened;
}

/** Runs of pixels on one side of the threshold, joined (8-connected) by `parent`; `end` is inclusive. */
export interface Runs {
  count: number;
  row: Int32Array;
  start: Int32Array;
  end: Int32Array;
  side: Uint8Array;
  parent: Int32Array;
  /** Pixels that it shares with runs of its component in the row above. */
  shared: Int32Array;
}

function newRuns(capacity: number): Runs {
  return {
    count: 0,
    row: new Int32Array(capacity),
    start: new Int32Array(capacity),
    end: new Int32Array(capacity),
    side: new Uint8Array(capacity),
    parent: new Int32Array(capacity),
    shared: new Int32Array(capacity),
  };
}

function grown(runs: Runs): Runs {
  const next = newRuns(runs.row.length * 2);
  next.count = runs.count;
  for (const key of ["row", "start", "end", "side", "parent", "shared"] as const) next[key].set(runs[key]);
  return next;
}

export function findRuns(plane: GreyPlane, thresholds: Thresholds): Runs {
  const { rows, columns } = plane;
  let runs = newRuns(4096 + ((rows * columns) >> 3));
  let above = 0;
  for (let y = 0; y < rows; y++) {
    // A row has no more runs than pixels
    while (runs.count + columns > runs.row.length) runs = grown(runs);
    const first = runs.count;
    runsOfRow(plane, thresholds, y, runs);
    joinRows(runs, above, first);
    above = first;
  }
  return runs;
}

function runsOfRow(plane: GreyPlane, thresholds: Thresholds, y: number, runs: Runs): void {
  const { columns, pixels } = plane;
  const { doubled, upper, lower } = thresholds;
  const base = (y >> BLOCK_BITS) * thresholds.columns;
  const offset = y * columns;
  let side = 0;
  let start = 0;
  for (let from = 0, block = base; from < columns; from += BLOCK, block++) {
    if (doubled[block]! < 0) {
      if (side !== 0) pushRun(runs, y, start, from - 1, side);
      side = 0;
      continue;
    }
    const bright = upper[block]!;
    const dark = lower[block]!;
    const to = Math.min(columns, from + BLOCK);
    for (let x = from; x < to; x++) {
      const value = pixels[offset + x]!;
      const now = value > bright ? 1 : value < dark ? 2 : 0;
      if (now === side) continue;
      if (side !== 0) pushRun(runs, y, start, x - 1, side);
      side = now;
      start = x;
    }
  }
  if (side !== 0) pushRun(runs, y, start, columns - 1, side);
}

function pushRun(runs: Runs, row: number, start: number, end: number, side: number): void {
  const at = runs.count++;
  runs.row[at] = row;
  runs.start[at] = start;
  runs.end[at] = end;
  runs.side[at] = side;
  runs.parent[at] = at;
}

/** Joins the runs from `first` on with those of the row above, from `above` to `first`. */
function joinRows(runs: Runs, above: number, first: number): void {
  const { row, start, end, side, shared } = runs;
  if (above === first || row[above]! + 1 !== row[first]) return;
  let low = above;
  for (let i = first; i < runs.count; i++) {
    while (low < first && end[low]! + 1 < start[i]!) low++;
    for (let j = low; j < first && start[j]! <= end[i]! + 1; j++) {
      if (side[j] !== side[i]) continue;
      const common = Math.min(end[i]!, end[j]!) - Math.max(start[i]!, start[j]!) + 1;
      if (common > 0) shared[i] = shared[i]! + common;
      unite(runs.parent, i, j);
    }
  }
}

export function root(parent: Int32Array, at: number): number {
  let i = at;
  while (parent[i] !== i) {
    parent[i] = parent[parent[i]!]!;
    i = parent[i]!;
  }
  return i;
}

/** Joins two sets; the smaller index stays the root. */
export function unite(parent: Int32Array, a: number, b: number): void {
  const one = root(parent, a);
  const other = root(parent, b);
  if (one < other) parent[other] = one;
  else parent[one] = other;
}
