import { areMany, doubtOver } from "./doubt.js";
import { textComponents } from "./finder/components.js";
import { REACH, type TextFinder, THRESHOLDS } from "./finder/finder.js";
import { FinderLook } from "./finder-look.js";
import { FrameRooms } from "./frame-room.js";
import type { Frames } from "./frames.js";
import { type Display, renderings } from "./render.js";
import { contains, wholeFrame } from "./rules/boxes.js";
import { type Evaluated, evaluateChanges } from "./rules/changes.js";
import { unusedBitPlanes } from "./rules/overlays.js";
import { type CarriedBoxes, carryOver, StillMap } from "./rules/stills.js";
import type { Frame, GreyPlane, HeatMap, TextBox } from "./types.js";
import { textShare } from "./verify/index.js";
import { halved } from "./verify/scale.js";

/** Text in all frames of an instance. */
export interface SearchResult extends CarriedBoxes {
  /** A plane in which what stays in all frames shows: the frame itself, or the mean of a cine. */
  readonly still: GreyPlane;
  /** Of each frame of a long cine, what the finder saw in each view; none of other images. */
  readonly looks: readonly (readonly FinderLook[])[];
  /** The first frame that is nearly all text; -1 for none. */
  readonly page: number;
  /** The first frame with text in bits that the image does not use; -1 for none. */
  readonly hiddenText: number;
}

/** Runs the finder over every frame; frames that differ little from the one before cost little. */
export function searchFrames(
  frames: Frames,
  display: Display,
  finder: TextFinder,
  rooms = new FrameRooms(),
): SearchResult {
  const byFrame: TextBox[][] = [];
  const looks: FinderLook[][] = [];
  const isLong = areMany(frames.count);
  const { noText } = doubtOver(frames.count);
  const eyes: PlaneSearch[] = [];
  let stills: StillMap | undefined;
  let first: GreyPlane | undefined;
  let [page, hiddenText] = [-1, -1];
  for (let index = 0; index < frames.count; index++) {
    const frame = frames.frame(index, rooms.cells);
    const planes = renderings(frame, display, index, frames.count === 1, rooms.nextViews());
    const seen = planes.map((plane, view) => (eyes[view] ??= new PlaneSearch(finder)).scales(plane));
    const boxes = withoutInner(seen.flatMap(textIn));
    byFrame.push(boxes);
    if (isLong) looks.push(planes.map((plane, view) => new FinderLook(plane, seen[view]!, noText)));
    first ??= planes[0]!;
    if (frames.count > 1) (stills ??= new StillMap(first)).add(planes[0]!);
    if (page < 0 && textShare(planes[0]!, boxes).isPage) page = index;
    if (hiddenText < 0 && hasHiddenText(frame, finder)) hiddenText = index;
  }
  if (!stills) return { everywhere: [], byFrame, still: first!, looks, page, hiddenText };
  const still = stills.mean();
  const fromMean = new PlaneSearch(finder).search(still);
  return { ...carryOver(byFrame, stills, fromMean), still, looks, page, hiddenText };
}

/** No picture has so many pieces of text: noise that looks like it. It would take minutes to sort them. */
const MOST_BOXES = 4000;

/** Letters on film and on large detectors are larger than any the net has seen: it looks from further away, too. */
const LARGE = 1024;

/** Looks for text in one rendering of the frames, one after the other, at each scale. */
export class PlaneSearch {
  readonly #finder: TextFinder;
  /** By scale, what was seen of the frame before. */
  readonly #previous: Evaluated[] = [];
  readonly #rooms = new FrameRooms();

  constructor(finder: TextFinder) {
    this.#finder = finder;
  }

  /** Text in the plane. */
  search(plane: GreyPlane): TextBox[] {
    return textIn(this.scales(plane));
  }

  /** The plane and its heat map, then the same at half the size, and so on. */
  scales(plane: GreyPlane): readonly Evaluated[] {
    const scales: Evaluated[] = [];
    const room = this.#rooms.nextViews();
    // A copy of its own: the next plane is compared with it, and comes whenever a frame has this view again.
    let level: GreyPlane = { ...plane, pixels: room.copy("level 0", plane.pixels) };
    for (let depth = 0; ; depth++) {
      const seen = evaluateChanges(this.#previous[depth], level, (part) => this.#finder.heat(part), REACH);
      this.#previous[depth] = seen;
      scales.push(seen);
      if (Math.max(level.rows, level.columns) < LARGE) return scales;
      level = halved(level, (length) => room.bytes(`level ${depth + 1}`, length));
    }
  }
}

/** Boxes in pixels of the largest scale; one around all of it where there are too many to be text. */
function textIn(scales: readonly Evaluated[]): TextBox[] {
  const found = scales.flatMap(({ heat, plane }, depth) =>
    textComponents(heat, plane, THRESHOLDS).map((box) => enlarged(box, 2 ** depth)),
  );
  return found.length > MOST_BOXES ? [{ ...wholeFrame(scales[0]!.plane), score: highest(found) }] : found;
}

/** How likely text is in each tile of a frame: the surest of its renderings and scales. */
export function textHeat(frame: Frame, display: Display, index: number, finder: TextFinder): HeatMap {
  const views = renderings(frame, display, index).map((plane) => new PlaneSearch(finder).scales(plane));
  const { rows, columns, logits: first } = views[0]![0]!.heat;
  const logits = first.slice();
  for (const scales of views) {
    for (const [depth, { heat }] of scales.entries()) {
      for (let i = 0; i < logits.length; i++) {
        // A last odd row or column is part of no coarser tile.
        const row = Math.min(heat.rows - 1, Math.trunc(i / columns) >> depth);
        const column = Math.min(heat.columns - 1, (i % columns) >> depth);
        logits[i] = Math.max(logits[i]!, heat.logits[row * heat.columns + column]!);
      }
    }
  }
  return { rows, columns, logits };
}

function enlarged({ left, top, width, height, score }: TextBox, times: number): TextBox {
  return { left: left * times, top: top * times, width: width * times, height: height * times, score };
}

function highest(boxes: readonly TextBox[]): number {
  return boxes.reduce((most, { score }) => Math.max(most, score), Number.NEGATIVE_INFINITY);
}

function withoutInner(boxes: readonly TextBox[]): TextBox[] {
  const isInner = (box: TextBox, i: number) =>
    boxes.some((other, j) => i !== j && contains(other, box) && !(j > i && contains(box, other)));
  return boxes.filter((box, i) => !isInner(box, i));
}

function hasHiddenText(frame: Frame, finder: TextFinder): boolean {
  return unusedBitPlanes(frame).some(({ plane }) => new PlaneSearch(finder).search(plane).length > 0);
}
