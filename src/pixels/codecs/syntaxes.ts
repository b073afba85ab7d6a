import type { PixelFormat } from "../types.js";

const root = "1.2.840.10008.1.2";

/** JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14, Selection Value 1). */
const JPEG_LOSSLESS = `${root}.4.70`;

/** The transfer syntax in which a changed instance is written, and the bits allocated that it can hold. */
interface Target {
  readonly syntax: string;
  readonly least: number;
  readonly most: number;
}

function entries(ends: string, least: number, most: number, into?: string): (readonly [string, Target])[] {
  return ends.split(" ").map((end) => [root + end, { syntax: into ?? root + end, least, most }]);
}

const lossless: ReadonlyMap<string, Target> = new Map([
  [root, { syntax: root, least: 1, most: 32 }],
  ...entries(".1 .1.98 .1.99 .2 .5 .8.1", 1, 32),
  ...entries(".4.50 .4.51", 8, 16, JPEG_LOSSLESS),
  ...entries(".4.111", 8, 16, `${root}.4.110`),
  ...entries(".4.57 .4.70 .4.80 .4.81 .4.110 .4.112", 8, 16),
  ...entries(".4.90 .4.91 .4.201 .4.202 .4.203", 1, 16),
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
 * for JPEG baseline and extended, which cannot, and for frames that JPEG 2000 cannot hold here; JPEG XL Lossless
 * for recompressed JPEG. Undefined where no codec here writes such frames: the instance is held. JPEG-LS
 * near-lossless, JPEG 2000, HTJ2K and JPEG XL (81, 91, 203, 112) allow lossless streams too.
 */
export function losslessSyntaxFor(transferSyntax: string, format: PixelFormat): string | undefined {
  const target = lossless.get(transferSyntax);
  const bits = format.bitsAllocated;
  if (target === undefined || bits < target.least || bits > target.most) return undefined;
  if (!isBeyondJpeg2000(transferSyntax, format)) return target.syntax;
  return bits >= 8 ? JPEG_LOSSLESS : undefined;
}

/**
 * Photometric Interpretation of a decoded frame once it is written in a syntax that `losslessSyntaxFor` gave; `was` is
 * what the header said until now. RGB that is transformed in the stream, reversibly, is called YBR_RCT: of HTJ2K,
 * whose encoder here always does that (PS3.5 8.2.14), and of JPEG 2000 where it was there before (8.2.4). HTJ2K that
 * was called RGB stays so, since its other frames keep their bytes; a decoder goes by what the stream says.
 */
export function writtenPhotometric(transferSyntax: string, format: PixelFormat, was = ""): string {
  if (format.photometric !== "RGB" || format.samplesPerPixel !== 3) return format.photometric;
  if (/\.4\.9[01]$/.test(transferSyntax)) return was === "YBR_RCT" ? was : "RGB";
  return /\.4\.20[123]$/.test(transferSyntax) && was !== "RGB" ? "YBR_RCT" : "RGB";
}
