import { ElpisError } from "../../base/index.js";
import type { Box, GreyPlane, TextBox } from "../types.js";
import { clip, contains, type Extent, hullOf, overlapOf } from "./boxes.js";

export interface StillOptions {
  /** A pixel has changed where it differs by more than this from the frame before; noise of codecs is below. */
  readonly tolerance?: number;
  /** A pixel that changed in at most this share of the steps is still: a title may come, or go, once. */
  readonly movingShare?: number;
}

const TOLERANCE = 8;
const MOVING_SHARE = 0.1;
/** A stroke's edge in the mean of the frames: so many grey levels over so many pixels. Tissue that rests has none. */
const EDGE_LEVELS = 16;
const EDGE_PIXELS = 2;

/**
 * What stays in place over the frames of a cine, gathered frame by frame: 7 bytes a pixel, and 9 for more than 65,536 frames.
 * Strokes of an overlay keep their level while what lies under and around them moves.
 */
export class StillMap {
  readonly rows: number;
  readonly columns: number;
  readonly #tolerance: number;
  readonly #movingShare: number;
  readonly #last: Uint8Array;
  readonly #sum: Uint32Array;
  #changes: Uint16Array | Uint32Array;
  #frames = 0;

  constructor({ rows, columns }: Extent, options: StillOptions = {}) {
    this.rows = rows;
    this.columns = columns;
    this.#tolerance = options.tolerance ?? TOLERANCE;
    this.#movingShare = options.movingShare ?? MOVING_SHARE;
    const pixels = rows * columns;
    this.#last = new Uint8Array(pixels);
    this.#sum = new Uint32Array(pixels);
    this.#changes = new Uint16Array(pixels);
  }

  /** Frames seen so far. */
  get frames(): number {
    return this.#frames;
  }

  /** The next frame, in order. Throws PIXELS_BAD_FORMAT for one of another size. */
  add(plane: GreyPlane): void {
    if (plane.rows !== this.rows || plane.columns !== this.columns) {
      const sizes = `${plane.rows} × ${plane.columns} among frames of ${this.rows} × ${this.columns}`;
      throw new ElpisError("PIXELS_BAD_FORMAT", `a plane of ${sizes}`);
    }
    if (this.#frames === 0x10000) this.#changes = Uint32Array.from(this.#changes);
    const [last, sum, changes, { pixels }] = [this.#last, this.#sum, this.#changes, plane];
    // Before the first frame there is nothing to differ from.
    const tolerance = this.#frames === 0 ? 255 : this.#tolerance;
    for (let i = 0; i < last.length; i++) {
      const value = pixels[i]!;
      const step = value - last[i]!;
      sum[i]! += value;
      // Without a branch, which noise makes several times slower.
      changes[i]! += ((tolerance - step) >>> 31) + ((tolerance + step) >>> 31);
    }
    last.set(pixels);
    this.#frames++;
  }

  /** Changes up to which a pixel counts as still. */
  get #mostChanges(): number {
    return Math.round(this.#movingShare * (this.#frames - 1));
  }

  /** Tiles of 4 × 4 pixels, row by row: 1 where all pixels of the tile are still. */
  tiles(): Uint8Array {
    const across = Math.ceil(this.columns / 4);
    const still = new Uint8Array(Math.ceil(this.rows / 4) * across).fill(1);
    const most = this.#mostChanges;
    for (let y = 0, i = 0; y < this.rows; y++) {
      const row = (y >>> 2) * across;
      for (let x = 0; x < this.columns; x++, i++) if (this.#changes[i]! > most) still[row + (x >>> 2)] = 0;
    }
    return still;
  }

  /** Share of the box's pixels that are still, 0 to 1; 0 outside the frame. Smooth parts of an image are, too. */
  stillShare(box: Box): number {
    return this.#share(box, () => true);
  }

  /**
   * Share of the box's pixels that are still and at an edge of the mean of all frames, as strokes of letters are:
   * moving anatomy has still pixels where it is smooth, and edges where it is not still.
   */
  strokeShare(box: Box): number {
    const [sum, columns, step] = [this.#sum, this.columns, EDGE_LEVELS * this.#frames];
    const [down, right] = [EDGE_PIXELS * columns, EDGE_PIXELS];
    return this.#share(box, (i) => {
      const [level, x] = [sum[i]!, i % columns];
      return (
        (i >= down && Math.abs(level - sum[i - down]!) >= step) ||
        (i + down < sum.length && Math.abs(level - sum[i + down]!) >= step) ||
        (x >= right && Math.abs(level - sum[i - right]!) >= step) ||
        (x + right < columns && Math.abs(level - sum[i + right]!) >= step)
      );
    });
  }

  #share(box: Box, counts: (pixel: number) => boolean): number {
    const inside = clip(box, this);
    if (!inside) return 0;
    const most = this.#mostChanges;
    let found = 0;
    for (let y = 0; y < inside.height; y++) {
      const from = (inside.top + y) * this.columns + inside.left;
      for (let i = from; i < from + inside.width; i++) if (this.#changes[i]! <= most && counts(i)) found++;
    }
    return found / (inside.width * inside.height);
  }

  /**
   * The mean of all frames: what moves fades into grey and noise shrinks with the root of their number, so that a
   * detector sees what stays more clearly than in any one frame. Black before the first frame.
   */
  mean(): GreyPlane {
    const pixels = new Uint8Array(this.#sum.length);
    const frames = Math.max(1, this.#frames);
    for (let i = 0; i < pixels.length; i++) pixels[i] = Math.round(this.#sum[i]! / frames);
    return { rows: this.rows, columns: this.columns, pixels };
  }
}

export interface CarryOptions {
  /** `StillMap.strokeShare` from which a box stays: edges of letters are a tenth to a third of a padded box. */
  readonly strokeShare?: number;
  /** Share of the frames in which a box found at one place counts as still, whatever its pixels do: a clock. */
  readonly foundShare?: number;
}

const STROKE_SHARE = 0.04;
const FOUND_SHARE = 0.5;

/** What to blank in a cine: frame f loses `everywhere` and `byFrame[f]`. */
export interface CarriedBoxes {
  readonly everywhere: readonly TextBox[];
  readonly byFrame: readonly (readonly TextBox[])[];
}

/** Boxes found in one place, in whatever frames. */
interface Place {
  hull: TextBox;
  frames: number;
  lastFrame: number;
}

/**
 * Boxes that stay in place, in all frames; boxes that move, in theirs. A box stays where enough of its pixels are still
 * strokes, or where it was found in enough of the frames. `fromMean` are boxes found on `StillMap.mean`: what can be
 * read there stays.
 */
export function carryOver(
  boxesByFrame: readonly (readonly TextBox[])[],
  map: StillMap,
  fromMean: readonly TextBox[] = [],
  options: CarryOptions = {},
): CarriedBoxes {
  const { strokeShare = STROKE_SHARE, foundShare = FOUND_SHARE } = options;
  const places = new Places();
  const placeOf = boxesByFrame.map((boxes, frame) => boxes.map((box) => places.put(box, frame)));
  const stays = new Map<Place, boolean>();
  for (const place of places.all) {
    const often = place.frames >= 2 && place.frames >= foundShare * boxesByFrame.length;
    stays.set(place, often || map.strokeShare(place.hull) >= strokeShare);
  }
  const still = places.all.flatMap((place) => (stays.get(place) ? [place.hull] : []));
  return {
    everywhere: withoutContained([...still, ...fromMean]),
    byFrame: boxesByFrame.map((boxes, frame) => boxes.filter((_, i) => !stays.get(placeOf[frame]![i]!))),
  };
}

/** Side of the squares by whose centre places are found, and how many places a square holds. */
const SQUARE = 16;
const MOST_IN_SQUARE = 8;

/**
 * Places by the centre of their first box, so that a box is compared with few of them, however many frames and
 * boxes there are. Where a square is full, the nearest place grows instead: too much is covered then, never too little.
 */
class Places {
  readonly all: Place[] = [];
  readonly #squares = new Map<string, Place[]>();

  put(box: TextBox, frame: number): Place {
    const x = Math.floor((box.left + box.width / 2) / SQUARE);
    const y = Math.floor((box.top + box.height / 2) / SQUARE);
    const own = this.#squares.get(`${x},${y}`) ?? [];
    const known = this.#like(box, x, y) ?? (own.length < MOST_IN_SQUARE ? undefined : own.at(-1));
    if (!known) {
      const place = { hull: box, frames: 1, lastFrame: frame };
      this.#squares.set(`${x},${y}`, [...own, place]);
      this.all.push(place);
      return place;
    }
    if (known.lastFrame !== frame) known.frames++;
    known.lastFrame = frame;
    known.hull = { ...hullOf([known.hull, box])!, score: Math.max(known.hull.score, box.score) };
    return known;
  }

  /** The place nearby that covers the box, or shares at least half of the pixels with it. */
  #like(box: Box, x: number, y: number): Place | undefined {
    let best: Place | undefined;
    let most = 0.5;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        for (const place of this.#squares.get(`${x + dx},${y + dy}`) ?? []) {
          const share = contains(place.hull, box) ? 1 : overlapOf(place.hull, box);
          if (share >= most) [best, most] = [place, share];
        }
      }
    }
    return best;
  }
}

/** Without the boxes that another one covers, whose score it takes if that is higher; largest first. */
function withoutContained(boxes: readonly TextBox[]): TextBox[] {
  const bySize = [...boxes].sort((a, b) => b.width * b.height - a.width * a.height);
  const kept: TextBox[] = [];
  for (const box of bySize) {
    const around = kept.findIndex((one) => contains(one, box));
    if (around < 0) kept.push(box);
    else kept[around] = { ...kept[around]!, score: Math.max(kept[around]!.score, box.score) };
  }
  return kept;
}
