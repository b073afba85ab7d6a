import { ElpisError } from "../../base/index.js";
import type { Frame, PixelFormat } from "../types.js";
import { cellsFromSamples, checkPrecision, samplesFromCells } from "./cells.js";
import { type Codec, checkFormat, checkFrame, littleEndianMachine, swapBytes, undecodable } from "./codec.js";
import { type JpegXlHeader, readJpegXlHeader } from "./jpeg-xl-header.js";
import { withPlanarConfiguration } from "./planes.js";
import { decodeWith, encodeWith } from "./wasm.js";

function checkHeader(header: JpegXlHeader, format: PixelFormat): void {
  const { rows, columns, components, precision } = header;
  if (rows !== format.rows || columns !== format.columns) {
    throw undecodable(`JPEG XL: ${rows} × ${columns} pixels instead of ${format.rows} × ${format.columns}`);
  }
  if (components !== format.samplesPerPixel) {
    throw undecodable(`JPEG XL: ${components} components instead of ${format.samplesPerPixel}`);
  }
  checkPrecision("JPEG XL", precision, format);
}

/**
 * The decoder spreads samples of fewer bits over the whole range of 8 or 16; this takes it back, exactly, since
 * the steps of the wider range are finer.
 */
function narrow(bytes: Uint8Array, precision: number): void {
  if (precision === 8 || precision === 16) return;
  const wide = precision > 8;
  const samples = wide ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2) : bytes;
  const factor = (2 ** precision - 1) / (wide ? 65535 : 255);
  if (wide && !littleEndianMachine) swapBytes(samples as Uint16Array);
  for (let i = 0; i < samples.length; i++) samples[i] = Math.round(samples[i]! * factor);
  if (wide && !littleEndianMachine) swapBytes(samples as Uint16Array);
}

/** The decoder gives RGB for XYB, and for the YCbCr of a recompressed JPEG image. */
function photometricOf(header: JpegXlHeader, format: PixelFormat, isRecompressed: boolean): string {
  const { photometric } = format;
  const isTransformed = header.isXyb || photometric === "XYB" || /^YBR_(RCT|ICT)$/.test(photometric);
  if (isTransformed || (isRecompressed && photometric.startsWith("YBR"))) {
    return header.components === 1 ? photometric : "RGB";
  }
  return photometric.replace(/_42[02]$/, "");
}

function decodeBy(isRecompressed: boolean): Codec["decode"] {
  return (bytes, format) => {
    checkFormat(format);
    const header = readJpegXlHeader(bytes);
    checkHeader(header, format);
    const { rows, columns, components: samplesPerPixel, precision } = header;
    const decoded = decodeWith("JpegXl", bytes, { rows, columns, samplesPerPixel, precision });
    if (decoded === undefined) throw undecodable("JPEG XL: the decoder refuses the stream");
    narrow(decoded.bytes, precision);
    const photometric = photometricOf(header, format, isRecompressed);
    return {
      format: { ...format, planarConfiguration: 0, photometric },
      samples: cellsFromSamples(decoded.bytes, precision, format),
    };
  };
}

/** Modular and lossless, with all the bits that are allocated. */
function encode(frame: Frame): Uint8Array {
  checkFrame(frame);
  const { format, samples } = withPlanarConfiguration(frame, 0);
  const { rows, columns, samplesPerPixel, bitsAllocated: precision } = format;
  if ((precision !== 8 && precision !== 16) || samplesPerPixel === 4) {
    throw new ElpisError("PIXELS_UNSUPPORTED", `JPEG XL: ${samplesPerPixel} samples of ${precision} bits`);
  }
  const encoded = encodeWith(
    "JpegXl",
    samplesFromCells(samples, precision, format),
    { rows, columns, samplesPerPixel, precision },
    { Lossy: 0 },
  );
  if (encoded === undefined)
    throw new ElpisError("PIXELS_UNSUPPORTED", "JPEG XL: the encoder refuses the frame");
  return encoded;
}

/** JPEG XL, 1.2.840.10008.1.2.4.110 and .112 (PS3.5 A.4.14). */
export const jpegXl: Codec = { decode: decodeBy(false), encode };

/** JPEG XL JPEG Recompression, 1.2.840.10008.1.2.4.111: a JPEG image in other words, so decoded only. */
export const jpegXlRecompressed: Codec = { decode: decodeBy(true) };
