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

/** `depth` in quarters of the range: whole numbers, several times faster than fractions. */
export function thresholdsOf(ranges: Ranges, leastRange: number, depth: number): Thresholds {
  const n = ranges.low.length;
  const upper = new Int16Array(n);
  const lower = new Int16Array(n);
  const doubled = new Int16Array(n);
  const quarters = Math.round(4 * depth);
  const least = Math.ceil(leastRange);
  for (let i = 0; i < n; i++) {
    const low = ranges.low[i]!;
    const high = ranges.high[i]!;
    const range = high - low;
    if (range < least) {
      doubled[i] = -1;
      continue;
    }
    // Rounded down, and up.
    upper[i] = (4 * high - quarters * range) >> 2;
    lower[i] = (4 * low + quarters * range + 3) >> 2;
    doubled[i] = high + low;
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
  const whole = columns >> BLOCK_BITS;
  for (let y = 0, at = 0; y < rows; y++) {
    const base = (y >> BLOCK_BITS) * across;
    for (let block = base; block < base + whole; block++, at += BLOCK) {
      const [a, b, c, d] = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!, pixels[at + 3]!];
      low[block] = lesser(low[block]!, lesser(lesser(a, b), lesser(c, d)));
      high[block] = greater(high[block]!, greater(greater(a, b), greater(c, d)));
    }
    for (const block = base + whole; at < (y + 1) * columns; at++) {
      low[block] = lesser(low[block]!, pixels[at]!);
      high[block] = greater(high[block]!, pixels[at]!);
    }
  }
  widen(low, down, across, 0);
  widen(high, down, across, 255);
  return { columns: across, low, high };
}

// Without branches, which noise makes several times slower: of values from 0 to 255.
const lesser = (a: number, b: number): number => a + ((b - a) & ((b - a) >> 31));
const greater = (a: number, b: number): number => a - ((a - b) & ((a - b) >> 31));

/** Each block takes the least of three by three, first along the rows and then along the columns; of 255: the most. */
function widen(blocks: Uint8Array, down: number, across: number, flip: 0 | 255): void {
  const along = new Uint8Array(blocks.length);
  for (let y = 0, at = 0; y < down; y++) {
    let before = blocks[at]! ^ flip;
    let here = before;
    for (let x = 1; x <= across; x++, at++) {
      const after = x < across ? blocks[at + 1]! ^ flip : here;
      along[at] = lesser(lesser(before, here), after);
      before = here;
      here = after;
    }
  }
  for (let at = 0; at < blocks.length; at++) {
    const here = along[at]!;
    const above = at < across ? here : along[at - across]!;
    const below = at + across < blocks.length ? along[at + across]! : here;
    blocks[at] = lesser(lesser(above, here), below) ^ flip;
  }
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

/** Serves one search after the other: to allocate it anew costs as much as to fill it. */
let scratch = newRuns(0);

/** Valid until the next call. */
export function findRuns(plane: GreyPlane, thresholds: Thresholds): Runs {
  const { rows, columns } = plane;
  if (scratch.row.length < columns) scratch = newRuns(4096 + ((rows * columns) >> 3));
  let runs = scratch;
  runs.count = 0;
  let above = 0;
  for (let y = 0; y < rows; y++) {
    // A row has no more runs than pixels
    if (runs.count + columns > runs.row.length) runs = grown(runs);
    const first = runs.count;
    runsOfRow(plane, thresholds, y, runs);
    joinRows(runs, above, first);
    above = first;
  }
  if (runs.row.length <= MOST_KEPT) scratch = runs;
  return runs;
}

/** Of longer lists, 25 bytes a run, the memory is given back. */
const MOST_KEPT = 1 << 20;

function grown(runs: Runs): Runs {
  const next = newRuns(runs.row.length * 2);
  next.count = runs.count;
  for (const key of ["row", "start", "end", "side", "parent", "shared"] as const) next[key].set(runs[key]);
  return next;
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
      // 1 where it is brighter and 2 where it is darker, without branches: noise makes those several times slower.
      const now = ((bright - value) >>> 31) | (((value - dark) >>> 31) << 1);
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
  runs.shared[at] = 0;
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
