import { ElpisError } from "../../base/index.js";
import type { Frame, PixelFormat } from "../types.js";
import { cellsFromSamples, checkPrecision, samplesFromCells } from "./cells.js";
import { type Codec, checkFormat, checkFrame, undecodable } from "./codec.js";
import { JPEG_LS, readJpegHeader } from "./jpeg-header.js";
import { withPlanarConfiguration } from "./planes.js";
import { decodeWith, encodeWith } from "./wasm.js";

function decode(bytes: Uint8Array, format: PixelFormat): Frame {
  checkFormat(format);
  const { process, precision, rows, columns, components, scans, ended } = readJpegHeader(bytes);
  if (process !== JPEG_LS) throw undecodable("JPEG-LS: the stream is of another kind");
  if (rows !== format.rows || columns !== format.columns) {
    throw undecodable(`JPEG-LS: ${rows} × ${columns} pixels instead of ${format.rows} × ${format.columns}`);
  }
  if (components.length !== format.samplesPerPixel || (scans > 1 && scans !== components.length)) {
    throw undecodable(
      `JPEG-LS: ${components.length} components, ${scans} scans; ${format.samplesPerPixel} samples`,
    );
  }
  if (!ended) throw undecodable("JPEG-LS: ends before its End Of Image marker");
  checkPrecision("JPEG-LS", precision, format);
  const picture = { rows, columns, samplesPerPixel: components.length, precision };
  const decoded = decodeWith("JpegLs", bytes, picture);
  if (decoded === undefined) throw undecodable("JPEG-LS: the decoder refuses the stream");
  // A scan for each component: the decoder puts one behind the other.
  const planarConfiguration = scans > 1 ? 1 : 0;
  const photometric = format.photometric.replace(/_42[02]$/, "");
  const samples = cellsFromSamples(decoded.bytes, precision, format);
  return withPlanarConfiguration({ format: { ...format, planarConfiguration, photometric }, samples }, 0);
}

/** NEAR 0, so every cell comes back, with all the bits that are allocated. */
function encode(frame: Frame): Uint8Array {
  checkFrame(frame);
  const { format, samples } = withPlanarConfiguration(frame, 0);
  const { rows, columns, samplesPerPixel, bitsAllocated: precision } = format;
  if (precision !== 8 && precision !== 16) {
    throw new ElpisError("PIXELS_UNSUPPORTED", `JPEG-LS holds 8 or 16 bits, not ${precision}`);
  }
  const encoded = encodeWith(
    "JpegLs",
    samplesFromCells(samples, precision, format),
    { rows, columns, samplesPerPixel, precision },
    { Lossy: 0, AllowedLossyError: 0 },
  );
  if (encoded === undefined)
    throw new ElpisError("PIXELS_UNSUPPORTED", "JPEG-LS: the encoder refuses the frame");
  return encoded;
}

/** JPEG-LS, 1.2.840.10008.1.2.4.80 and .81 (PS3.5 A.4.3); near-lossless streams are read, never written. */
export const jpegLs: Codec = { decode, encode };
