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
 * JPEG 2000 is written with one decomposition at least, which one row or column does not have; and its samples
 * of several components have 8 bits at most.
 */
function isBeyondJpeg2000(transferSyntax: string, format: PixelFormat): boolean {
  const isHighThroughput = /\.4\.20[123]$/.test(transferSyntax);
  if (!isHighThroughput && !/\.4\.9[01]$/.test(transferSyntax)) return false;
  const isNarrow = !isHighThroughput && Math.min(format.rows, format.columns) === 1;
  return isNarrow || (format.samplesPerPixel > 1 && format.bitsAllocated > 8);
}

/**
 * The transfer syntax in which a changed instance is written: its own where that can be lossless; JPEG Lossless
 * for JPEG baseline and extended, which cannot, and for frames that JPEG 2000 cannot hold here. Undefined where no codec here writes such frames: the instance
 * is held. JPEG-LS near-lossless, JPEG 2000, HTJ2K and JPEG XL (81, 91, 203, 112) allow lossless streams too.
 */
export function losslessSyntaxFor(transferSyntax: string, format: PixelFormat): string | undefined {
  const target = lossless.get(transferSyntax);
  if (target === undefined || format.bitsAllocated > target.most) return undefined;
  return isBeyondJpeg2000(transferSyntax, format) ? JPEG_LOSSLESS : target.syntax;
}
