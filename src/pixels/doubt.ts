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
 * An image, or the mean of a cine. Higher, and speckle would hold fewer images; but of the words that the finder misses
 * a quarter have no tile of −1.5, a twelfth none of −3, and one day they may be written as evenly as it takes.
 */
export const ALONE: Doubt = { noText: -2 };
/** One of MANY frames: what one of them shows by chance would have every cine held. */
const ONE_OF_MANY: Doubt = { leastScore: SURE, leastConfidence: 0.75, noText: -1.5 };

/** Of fewer frames the mean shows no better what one of them says. */
const MANY = 16;
export const areMany = (frames: number): boolean => frames >= MANY;

/**
 * Of an image of so many frames. Speckle looks like strokes, now here and now there: where it fades, in the mean of all
 * frames, everything is read, and in each frame what is surely a line of strokes.
 */
export function doubtOver(frames: number): Doubt {
  if (frames === 1) return ALONE;
  return areMany(frames) ? ONE_OF_MANY : { ...ALONE, leastScore: SURE };
}
