import type { PixelFormat } from "../types.js";

const root = "1.2.840.10008.1.2";

/** Whether an encoder here takes every frame of a format and gives it back without loss. */
type Holds = (format: PixelFormat) => boolean;

/** The compiled encoders but JPEG-LS refuse the four samples of ARGB and CMYK, which are retired. */
const isColourOrGrey: Holds = ({ samplesPerPixel }) => samplesPerPixel <= 3;
const inBytes: Holds = ({ bitsAllocated }) => bitsAllocated === 8 || bitsAllocated === 16;
const byJpeg: Holds = (format) => inBytes(format) && isColourOrGrey(format);
/** The compiled codec mixes up the bytes of several samples of more than 8 bits. */
const byHtj2k: Holds = ({ samplesPerPixel, bitsAllocated }) =>
  bitsAllocated <= (samplesPerPixel === 1 ? 16 : 8);
/** Written with one decomposition at least, which one row or column does not have. */
const byJpeg2000: Holds = (format) =>
  byHtj2k(format) && isColourOrGrey(format) && Math.min(format.rows, format.columns) > 1;
/** PS3.5 G.5: 15 segments, one for each byte of each sample. */
const byRle: Holds = ({ samplesPerPixel, bitsAllocated }) => (samplesPerPixel * bitsAllocated) / 8 <= 15;

/** By the ends of the transfer syntaxes whose codecs encode. */
const encoders: readonly (readonly [ends: string, holds: Holds])[] = [
  [" .1 .1.98 .1.99 .2 .8.1", () => true],
  [".5", byRle],
  [".4.57 .4.70 .4.110 .4.112", byJpeg],
  [".4.80 .4.81", inBytes],
  [".4.90 .4.91", byJpeg2000],
  [".4.201 .4.202 .4.203", byHtj2k],
];
const holders: ReadonlyMap<string, Holds> = new Map(
  encoders.flatMap(([ends, holds]) => ends.split(" ").map((end) => [root + end, holds] as const)),
);

/** JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14, Selection Value 1). */
const JPEG_LOSSLESS = `${root}.4.70`;

/** For what a syntax can write only with loss, or not at all here. */
const instead: ReadonlyMap<string, string> = new Map([
  ...[".4.50", ".4.51", ".4.90", ".4.91", ".4.201", ".4.202", ".4.203"].map(
    (end) => [root + end, JPEG_LOSSLESS] as const,
  ),
  [`${root}.4.111`, `${root}.4.110`],
]);

/**
 * The transfer syntax in which a changed instance is written: its own where that can be lossless; JPEG Lossless
 * for JPEG baseline and extended, which cannot, and for frames that JPEG 2000 cannot hold here; JPEG XL Lossless
 * for recompressed JPEG. Undefined where no codec here writes such frames: the instance is held. JPEG-LS
 * near-lossless, JPEG 2000, HTJ2K and JPEG XL (81, 91, 203, 112) allow lossless streams too.
 */
export function losslessSyntaxFor(transferSyntax: string, format: PixelFormat): string | undefined {
  return [transferSyntax, instead.get(transferSyntax)].find(
    (syntax) => syntax !== undefined && holders.get(syntax)?.(format),
  );
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
