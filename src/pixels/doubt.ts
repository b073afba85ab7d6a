import { MANY } from "./rules/stills.js";
import { SURE } from "./verify/index.js";

/** How much doubt the second look allows. */
export interface Doubt {
  /** See VerifyContext. */
  readonly leastScore?: number;
  readonly leastConfidence?: number;
  /** Where all logits of a box are below this, the finder rules out that there is text. */
  readonly noText: number;
}

/**
 * An image, or the mean of a cine. One in some four hundred words on training scenes has no surer tile, as
 * scripts/text-finder/thresholds.ts prints; below, even strokes were never found to be one of them, but speckle often.
 */
export const ALONE: Doubt = { noText: -1.5 };
/** One of MANY frames: what one of them shows by chance would have every cine held. */
const ONE_OF_MANY: Doubt = { leastScore: SURE, leastConfidence: 0.75, noText: -1 };

/**
 * Of an image of so many frames. Speckle looks like strokes, now here and now there: where it fades, in the mean of all
 * frames, everything is read, and in each frame what is surely a line of strokes.
 */
export function doubtOver(frames: number): Doubt {
  if (frames === 1) return ALONE;
  return frames < MANY ? { ...ALONE, leastScore: SURE } : ONE_OF_MANY;
}
