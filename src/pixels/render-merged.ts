import type { Bins, Histogram, Levels } from "./render-grey.js";

/** Several views in one. */
export interface Merged {
  readonly levels: Levels;
  /** Of each step of grey that one of the views shows, this one shows at least this share: 1/n to 1 of n views. */
  readonly visibility: number;
}

/**
 * One view for several: each step from one value that occurs to the next is as large as in the view that shows
 * it best, and all of them together are made to fit between black and white. So no step is lost, and all lose the
 * same share: a window over half of the range and the full range keep two thirds. Undefined where a view rises
 * and falls, or one rises and another one falls: steps of such views do not add up.
 */
export function mergedLevels(bins: Bins, views: readonly Levels[], histogram: Histogram): Merged | undefined {
  const { count, lowest } = bins;
  const { counts, first, last } = histogram;
  const mask = count - 1;
  const levels = new Float32Array(count);
  const from = (first + lowest) & mask;
  let sum = 0;
  let direction = 0;
  let before = from;
  for (let place = first + 1; place <= last; place++) {
    const bin = (place + lowest) & mask;
    if (counts[bin] === 0) continue;
    let most = 0;
    for (let v = 0; v < views.length; v++) {
      const step = views[v]![bin]! - views[v]![before]!;
      if (step * direction < 0) return undefined;
      if (step !== 0) direction = step;
      if (Math.abs(step) > most) most = Math.abs(step);
    }
    sum += most;
    levels[bin] = sum;
    before = bin;
  }
  if (sum === 0) return undefined;
  const visibility = Math.min(1, 255 / sum);
  for (let bin = 0; bin < count; bin++)
    if (counts[bin]! > 0)
      levels[bin] = direction > 0 ? levels[bin]! * visibility : 255 - levels[bin]! * visibility;
  return { levels, visibility };
}
