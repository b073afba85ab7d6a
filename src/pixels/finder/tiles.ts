/** Pixels on each side of a tile of the heat map. */
export const TILE = 4;

/** A rectangle of tiles of a heat map; `right` and `bottom` exclusive. */
export interface Tiles {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Of the tiles in a box so many are text; below that the box is cut in two, so that slanted text stays narrow. */
const SOLID = 0.9;
/** Gaps of so many tiles within a component are text too: the middle of a large letter, a space between two. */
const [GAP_ALONG, GAP_ACROSS] = [4, 1];

/** Marks the tiles between two of the component in one row, and in one column, that are near each other. */
export function closeGaps(tiles: Tiles, labels: Int32Array, columns: number, label: number): void {
  const { left, top, right, bottom } = tiles;
  for (let row = top; row < bottom; row++)
    closeRun(labels, row * columns + left, row * columns + right, 1, GAP_ALONG, label);
  for (let column = left; column < right; column++)
    closeRun(labels, top * columns + column, bottom * columns + column, columns, GAP_ACROSS, label);
}

function closeRun(
  labels: Int32Array,
  from: number,
  to: number,
  step: number,
  gap: number,
  label: number,
): void {
  let last = Number.NEGATIVE_INFINITY;
  for (let at = from; at < to; at += step) {
    if (labels[at] !== label) continue;
    if (at - last <= (gap + 1) * step) {
      // Another component's tiles stay its own.
      for (let between = last + step; between < at; between += step)
        if (labels[between] === 0) labels[between] = label;
    }
    last = at;
  }
}

/** The rectangle, cut in halves along its longer side until its parts are mostly text. */
export function solidParts(tiles: Tiles, labels: Int32Array, columns: number, label: number): Tiles[] {
  const tight = shrunk(tiles, labels, columns, label);
  if (!tight) return [];
  const { left, top, right, bottom, count } = tight;
  const [width, height] = [right - left, bottom - top];
  if (count >= SOLID * width * height || width * height <= 4) return [tight];
  const halves: readonly [Tiles, Tiles] =
    width >= height
      ? [
          { left, top, bottom, right: left + (width >> 1) },
          { left: left + (width >> 1), top, bottom, right },
        ]
      : [
          { left, top, right, bottom: top + (height >> 1) },
          { left, top: top + (height >> 1), right, bottom },
        ];
  return halves.flatMap((half) => solidParts(half, labels, columns, label));
}

/** The smallest rectangle around the component's tiles in this one, and how many they are; undefined for none. */
function shrunk(tiles: Tiles, labels: Int32Array, columns: number, label: number) {
  let [left, top, right, bottom, count] = [tiles.right, tiles.bottom, tiles.left, tiles.top, 0];
  for (let row = tiles.top; row < tiles.bottom; row++) {
    for (let column = tiles.left; column < tiles.right; column++) {
      if (labels[row * columns + column] !== label) continue;
      count++;
      left = Math.min(left, column);
      right = Math.max(right, column + 1);
      top = Math.min(top, row);
      bottom = Math.max(bottom, row + 1);
    }
  }
  return count === 0 ? undefined : { left, top, right, bottom, count };
}
