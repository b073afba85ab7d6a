import type { PixelFormat } from "../types.js";

const root = "1.2.840.10008.1.2";

/** JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14, Selection Value 1). */
const JPEG_LOSSLESS = `${root}.4.70`;

/** The transfer syntax in which a changed instance is written, and the most bits allocated that it can hold. */
interface Target {
  readonly syntax: string;
  readonly most: number;
}

function entries(ends: string, most: number, into?: string): (readonly [string, Target])[] {
  return ends.split(" ").map((end) => [root + end, { syntax: into ?? root + end, most }]);
}

const lossless: ReadonlyMap<string, Target> = new Map([
  [root, { syntax: root, most: 32 }],
  ...entries(".1 .1.98 .1.99 .2 .5 .8.1", 32),
  ...entries(".4.50 .4.51", 16, JPEG_LOSSLESS),
  ...entries(".4.57 .4.70 .4.80 .4.81 .4.90 .4.91 .4.110 .4.112 .4.201 .4.202 .4.203", 16),
]);

/**
 * The transfer syntax in which a changed instance is written: its own where that can be lossless; JPEG Lossless
 * for JPEG baseline and extended, which cannot. Undefined where no codec here writes such frames: the instance
 * is held. JPEG-LS near-lossless, JPEG 2000, HTJ2K and JPEG XL (81, 91, 203, 112) allow lossless streams too.
 */
export function losslessSyntaxFor(transferSyntax: string, format: PixelFormat): string | undefined {
  const target = lossless.get(transferSyntax);
  return target !== undefined && format.bitsAllocated <= target.most ? target.syntax : undefined;
}
