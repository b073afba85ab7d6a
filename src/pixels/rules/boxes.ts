import type { Box, TextBox } from "../types.js";

/** The size of a frame, plane or map: whatever has rows and columns. */
export interface Extent {
  readonly rows: number;
  readonly columns: number;
}

/** First column right of the box. */
export const rightOf = (box: Box): number => box.left + box.width;
/** First row below the box. */
export const bottomOf = (box: Box): number => box.top + box.height;
/** True where the box has no pixel. Sizes that are no number count as none. */
export const isEmptyBox = (box: Box): boolean => !(box.width > 0 && box.height > 0);
/** The box of a whole frame. */
export const wholeFrame = ({ rows, columns }: Extent): Box => ({
  left: 0,
  top: 0,
  width: columns,
  height: rows,
});

/** The box from one column and row up to, without, another. */
export function boxBetween(left: number, top: number, right: number, bottom: number): Box {
  return { left, top, width: right - left, height: bottom - top };
}

/** The pixels that both have; undefined where there are none. */
export function intersection(a: Box, b: Box): Box | undefined {
  const left = Math.max(a.left, b.left);
  const top = Math.max(a.top, b.top);
  const common = boxBetween(left, top, Math.min(rightOf(a), rightOf(b)), Math.min(bottomOf(a), bottomOf(b)));
  return isEmptyBox(common) ? undefined : common;
}

/** True where every pixel of `inner` is one of `outer`. */
export function contains(outer: Box, inner: Box): boolean {
  return (
    inner.left >= outer.left &&
    inner.top >= outer.top &&
    rightOf(inner) <= rightOf(outer) &&
    bottomOf(inner) <= bottomOf(outer)
  );
}

/** What of the box lies in the frame, in whole pixels: fractions grow outward. Undefined where nothing does. */
export function clip(box: Box, frame: Extent): Box | undefined {
  const left = Math.floor(box.left);
  const top = Math.floor(box.top);
  const whole = boxBetween(left, top, Math.ceil(rightOf(box)), Math.ceil(bottomOf(box)));
  return isEmptyBox(whole) ? undefined : intersection(whole, wholeFrame(frame));
}

/** The boxes cut to the frame, without those outside it. */
export function clipAll(boxes: readonly Box[], frame: Extent): Box[] {
  return boxes.flatMap((box) => clip(box, frame) ?? []);
}

/** Grown by so many pixels on each side, or shrunk by a negative number; it may leave the frame or be empty. */
export function pad(box: Box, sides: number, above = sides): Box {
  return boxBetween(box.left - sides, box.top - above, rightOf(box) + sides, bottomOf(box) + above);
}

/** The smallest box around all; undefined for none. */
export function hullOf(boxes: readonly Box[]): Box | undefined {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const box of boxes) {
    if (isEmptyBox(box)) continue;
    left = Math.min(left, box.left);
    top = Math.min(top, box.top);
    right = Math.max(right, rightOf(box));
    bottom = Math.max(bottom, bottomOf(box));
  }
  return right > left ? boxBetween(left, top, right, bottom) : undefined;
}

/** Pixels of both over pixels of either (intersection over union), 0 to 1. */
export function overlapOf(a: Box, b: Box): number {
  const common = intersection(a, b);
  if (!common) return 0;
  const shared = common.width * common.height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

/** Pixels in any of the boxes, each counted once. */
export function areaOf(boxes: readonly Box[]): number {
  let area = 0;
  for (const { width, height } of unionOf(boxes)) area += width * height;
  return area;
}

/** The same pixels in boxes that do not overlap, few of them. */
export function unionOf(boxes: readonly Box[]): Box[] {
  return fewest(boxes, (solid) => inBands(solid, undefined));
}

/** The pixels of the frame that are in none of the boxes, in boxes that do not overlap, few of them. */
export function complementOf(boxes: readonly Box[], frame: Extent): Box[] {
  const whole = wholeFrame(frame);
  if (isEmptyBox(whole)) return [];
  return fewest([whole, ...clipAll(boxes, frame)], ([around, ...solid]) => inBands(solid, around));
}

/** The pixels of one list that are in none of the other, in boxes that do not overlap. */
export function differenceOf(boxes: readonly Box[], without: readonly Box[]): Box[] {
  return unionOf(boxes).flatMap((box) =>
    fewest([box, ...without], ([around, ...cut]) => inBands(cut, around)),
  );
}

/** Bands of rows or bands of columns, whichever needs fewer boxes. */
function fewest(boxes: readonly Box[], cut: (boxes: Box[]) => Box[]): Box[] {
  const byRows = cut([...boxes]);
  if (byRows.length <= 1) return byRows;
  const byColumns = cut(boxes.map(transposed));
  return byRows.length <= byColumns.length ? byRows : byColumns.map(transposed);
}

const transposed = ({ left, top, width, height }: Box): Box => ({
  left: top,
  top: left,
  width: height,
  height: width,
});

/**
 * The union of the boxes, or with `around` what of that is outside them, cut where an edge begins or ends a
 * band of rows; a run of columns that continues in the next band stays one box. n boxes cost n² log n.
 */
function inBands(boxes: readonly Box[], around: Box | undefined): Box[] {
  const solid = boxes.filter((box) => !isEmptyBox(box)).sort((a, b) => a.left - b.left);
  const edges = solid.flatMap((box) => [box.top, bottomOf(box)]);
  if (around) edges.push(around.top, bottomOf(around));
  const cuts = [...new Set(edges)].sort((a, b) => a - b);
  const done: Box[] = [];
  let open: Box[] = [];
  for (let i = 1; i < cuts.length; i++) {
    const [top, bottom] = [cuts[i - 1]!, cuts[i]!];
    if (around && (top < around.top || bottom > bottomOf(around))) continue;
    const runs = runsAt(solid, top);
    const wanted = around ? gapsBetween(runs, around.left, rightOf(around)) : runs;
    const next: Box[] = [];
    for (const [left, right] of wanted) {
      const above = open.find((box) => box.left === left && rightOf(box) === right);
      next.push(boxBetween(left, above?.top ?? top, right, bottom));
    }
    done.push(
      ...open.filter((box) => !next.some((grown) => grown.left === box.left && grown.top === box.top)),
    );
    open = next;
  }
  return [...done, ...open].sort((a, b) => a.top - b.top || a.left - b.left);
}

type Run = readonly [left: number, right: number];

/** Runs of columns covered in one row, ascending and apart; the boxes are sorted by their left side. */
function runsAt(boxes: readonly Box[], row: number): Run[] {
  const runs: Run[] = [];
  for (const box of boxes) {
    if (row < box.top || row >= bottomOf(box)) continue;
    const last = runs.at(-1);
    if (last && box.left <= last[1]) runs[runs.length - 1] = [last[0], Math.max(last[1], rightOf(box))];
    else runs.push([box.left, rightOf(box)]);
  }
  return runs;
}

function gapsBetween(runs: readonly Run[], left: number, right: number): Run[] {
  const gaps: Run[] = [];
  let from = left;
  for (const [start, end] of runs) {
    if (start >= right) break;
    if (start > from) gaps.push([from, start]);
    from = Math.max(from, end);
  }
  if (from < right) gaps.push([from, right]);
  return gaps;
}

/** Whether two boxes belong together; asked in either order. */
export type Belongs = (a: Box, b: Box) => boolean;

/** Boxes with at most `gap` pixels between them in both directions; 0: they overlap or touch. */
export function near(gap = 0): Belongs {
  return (a, b) =>
    Math.max(a.left, b.left) - Math.min(rightOf(a), rightOf(b)) <= gap &&
    Math.max(a.top, b.top) - Math.min(bottomOf(a), bottomOf(b)) <= gap;
}

/**
 * Words of one line: at least half the height of the lower one is common, neither is more than twice as high
 * as the other, and at most `gap` heights of the lower one are between them.
 */
export function inOneLine(gap = 1): Belongs {
  return (a, b) => {
    const low = Math.min(a.height, b.height);
    if (Math.max(a.height, b.height) > 2 * low) return false;
    const common = Math.min(bottomOf(a), bottomOf(b)) - Math.max(a.top, b.top);
    const between = Math.max(a.left, b.left) - Math.min(rightOf(a), rightOf(b));
    return 2 * common >= low && between <= gap * low;
  };
}

/** Groups of boxes in which each belongs to another one, each group in the order given; n boxes cost n². */
export function groupBoxes<T extends Box>(boxes: readonly T[], belongs: Belongs): T[][] {
  const waiting = boxes.map((box, index) => ({ box, index }));
  const groups: T[][] = [];
  while (waiting.length > 0) {
    const group = [waiting.shift()!];
    for (let i = 0; i < group.length; i++) {
      for (let j = waiting.length - 1; j >= 0; j--) {
        if (belongs(group[i]!.box, waiting[j]!.box)) group.push(...waiting.splice(j, 1));
      }
    }
    groups.push(group.sort((a, b) => a.index - b.index).map(({ box }) => box));
  }
  return groups;
}

/** Sets what lies in the boxes of a plane, row by row, to a value. */
export function fillBoxes(plane: Uint8Array, frame: Extent, boxes: readonly Box[], value: number): void {
  for (const { left, top, width, height } of clipAll(boxes, frame)) {
    for (let row = top; row < top + height; row++) {
      const from = row * frame.columns + left;
      plane.fill(value, from, from + width);
    }
  }
}

/** One box around each group, with the highest score in it, from top to bottom and left to right. */
export function mergeText(boxes: readonly TextBox[], belongs: Belongs = inOneLine()): TextBox[] {
  const merged = groupBoxes(boxes, belongs).flatMap((group) => {
    const hull = hullOf(group);
    return hull ? [{ ...hull, score: Math.max(...group.map(({ score }) => score)) }] : [];
  });
  return merged.sort((a, b) => a.top - b.top || a.left - b.left);
}

/**
 * One box around boxes at most `gap` pixels apart, again and again until none is near another: the result
 * never overlaps, and covers at least what went in.
 */
export function mergeNear(boxes: readonly Box[], gap = 0): Box[] {
  let merged: Box[] = boxes.filter((box) => !isEmptyBox(box));
  for (let before = Infinity; merged.length < before; ) {
    before = merged.length;
    merged = groupBoxes(merged, near(gap)).flatMap((group) => hullOf(group) ?? []);
  }
  return merged.sort((a, b) => a.top - b.top || a.left - b.left);
}
