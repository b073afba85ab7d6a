import { ElpisError } from "../../base/index.js";
import type { Frame, PixelFormat } from "../types.js";
import { precisionOf } from "./bits.js";
import { cellsFromSamples, checkPrecision, samplesFromCells } from "./cells.js";
import { type Cells, type Codec, checkFormat, checkFrame, undecodable } from "./codec.js";
import { type JpegHeader, readJpegHeader } from "./jpeg-header.js";
import { withPlanarConfiguration } from "./planes.js";
import { decodeWith, encodeWith, type Picture } from "./wasm.js";

const BASELINE = 0;
const EXTENDED = 1;
const PROGRESSIVE = 2;
export const LOSSLESS = 3;

/** A sequential stream has a scan for each component at most; a progressive one in practice ten, of ten bytes. */
function mostScans(header: JpegHeader): number {
  return header.process === PROGRESSIVE ? 64 : header.components.length;
}

function isKnown(header: JpegHeader): boolean {
  const { process, precision } = header;
  if (process === LOSSLESS) return precision >= 2 && precision <= 16;
  if (process === BASELINE) return precision === 8;
  return (process === EXTENDED || process === PROGRESSIVE) && (precision === 8 || precision === 12);
}

/** Throws unless the stream is the picture that the data set describes, in a process that is decoded here. */
function checkHeader(header: JpegHeader, format: PixelFormat): void {
  const { process, precision, rows, columns, components, scans } = header;
  if (rows !== format.rows || columns !== format.columns) {
    throw undecodable(`JPEG: ${rows} × ${columns} pixels instead of ${format.rows} × ${format.columns}`);
  }
  if (components.length !== format.samplesPerPixel) {
    throw undecodable(`JPEG: ${components.length} components instead of ${format.samplesPerPixel}`);
  }
  if (!isKnown(header)) throw undecodable(`JPEG: process SOF${process} with ${precision} bits`);
  if (scans > mostScans(header)) throw undecodable(`JPEG: ${scans} scans`);
  if (!header.ended) throw undecodable("JPEG: ends before its End Of Image marker");
  checkPrecision("JPEG", precision, format);
}

/**
 * What the three components are. A lossless stream holds what the data set says. Otherwise the stream's own
 * word comes first, since writers change the colours and forget the attribute: Adobe's marker, components named
 * R, G and B, JFIF, which is always YCbCr, chroma of fewer samples; at last Photometric Interpretation.
 */
function photometricOf(header: JpegHeader, format: PixelFormat): string {
  const { process, adobe, jfif, components } = header;
  if (components.length !== 3 || process === LOSSLESS) return withoutHalving(format.photometric);
  if (adobe === 0) return "RGB";
  if (adobe !== undefined) return "YBR_FULL";
  if (components.map(({ id }) => String.fromCharCode(id)).join("") === "RGB") return "RGB";
  if (jfif || components.some(({ sampling }) => sampling !== components[0]!.sampling)) return "YBR_FULL";
  return format.photometric.startsWith("YBR") ? "YBR_FULL" : format.photometric;
}

/** Every sample is there after decoding, so no name for shared chroma may stay. */
function withoutHalving(photometric: string): string {
  return photometric.replace(/_42[02]$/, "");
}

/** Warnings of the decoder after which samples are invented; extra bytes between segments are harmless. */
const BROKEN = /premature end|bad huffman|found marker|inconsistent|corrupt jpeg data(?!.*extraneous)/i;

function decode(bytes: Uint8Array, format: PixelFormat): Frame {
  checkFormat(format);
  const header = readJpegHeader(bytes);
  checkHeader(header, format);
  const { rows, columns, precision } = header;
  const picture: Picture = { rows, columns, samplesPerPixel: format.samplesPerPixel, precision };
  const decoded = decodeWith("Jpeg", bytes, picture);
  if (decoded === undefined) throw undecodable("JPEG: the decoder refuses the stream");
  if (decoded.said.some((line) => BROKEN.test(line))) throw undecodable("JPEG: broken entropy-coded data");
  return {
    format: { ...format, planarConfiguration: 0, photometric: photometricOf(header, format) },
    samples: cellsFromSamples(decoded.bytes, precision, format),
  };
}

/**
 * The encoder is compiled for these. Signed samples are written with every bit allocated, since readers leave
 * those above the precision at zero.
 */
function writtenPrecision(samples: Cells, format: PixelFormat): number {
  if (format.isSigned) return format.bitsAllocated;
  const needed = precisionOf(samples, format);
  return needed <= 8 ? 8 : needed <= 12 ? 12 : 16;
}

/** Process 14, selection value 1: the left neighbour predicts. Samples by pixel (PS3.5 8.2.1). */
function encode(frame: Frame): Uint8Array {
  checkFrame(frame);
  const { format, samples } = withPlanarConfiguration(frame, 0);
  const precision = writtenPrecision(samples, format);
  const { rows, columns, samplesPerPixel } = format;
  if (format.bitsAllocated !== 8 && format.bitsAllocated !== 16) {
    throw new ElpisError("PIXELS_UNSUPPORTED", `JPEG holds 8 or 16 bits, not ${format.bitsAllocated}`);
  }
  const encoded = encodeWith(
    "Jpeg",
    samplesFromCells(samples, precision, format),
    { rows, columns, samplesPerPixel, precision },
    { Lossy: 0, Predictor: 1, PointTransform: 0, SampleFactor: 0, SmoothingFactor: 0, Quality: 100 },
  );
  if (encoded === undefined)
    throw new ElpisError("PIXELS_UNSUPPORTED", "JPEG: the encoder refuses the frame");
  return encoded;
}

/** JPEG baseline and extended, 1.2.840.10008.1.2.4.50 and .51 (PS3.5 A.4.1): lossy, so decoded only. */
export const jpeg: Codec = { decode };

/** JPEG lossless, 1.2.840.10008.1.2.4.57 and .70 (PS3.5 A.4.1): read with every predictor, written with the first. */
export const jpegLossless: Codec = { decode, encode };
