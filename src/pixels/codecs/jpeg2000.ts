import { ElpisError } from "../../base/index.js";
import type { Frame, PixelFormat } from "../types.js";
import { precisionOf } from "./bits.js";
import { checkPrecision } from "./cells.js";
import {
  type Cells,
  type Codec,
  checkFormat,
  checkFrame,
  littleEndianMachine,
  newCells,
  swapBytes,
  undecodable,
} from "./codec.js";
import { codestreamOf, type Jpeg2000Header, readJpeg2000Header } from "./jpeg2000-header.js";
import { withPlanarConfiguration } from "./planes.js";
import { decodeWith, encodeWith, type Method, type Settings } from "./wasm.js";

const NAME = "JPEG 2000";
const SIGN = 0x80;
const LRCP = 0;
const RPCL = 2;

/** Throws unless the codestream is the picture that the data set describes. */
function checkHeader(header: Jpeg2000Header, format: PixelFormat): void {
  const { rows, columns, components, precision } = header;
  if (rows !== format.rows || columns !== format.columns) {
    throw undecodable(`${NAME}: ${rows} × ${columns} pixels instead of ${format.rows} × ${format.columns}`);
  }
  if (components !== format.samplesPerPixel) {
    throw undecodable(`${NAME}: ${components} components instead of ${format.samplesPerPixel}`);
  }
  checkPrecision(NAME, precision, format);
  // The compiled codecs mix up the bytes of such samples.
  if (components > 1 && precision > 8)
    throw undecodable(`${NAME}: ${components} components of ${precision} bits`);
}

/**
 * A copy that says of all components how many bits they have and whether they are signed. A signed and an unsigned
 * stream differ in nothing else: the codec adds half of the range to unsigned samples (ISO/IEC 15444-1, G.1).
 */
function withSsiz(codestream: Uint8Array, header: Jpeg2000Header, ssiz: number): Uint8Array {
  const copy = codestream.slice();
  for (let i = 0; i < header.components; i++) copy[header.ssizAt + 3 * i] = ssiz;
  return copy;
}

/** Multiple component transforms are undone by the codec, so what they are named after is RGB again (PS3.5 8.2.4). */
function photometricOf(format: PixelFormat): string {
  if (format.photometric === "YBR_RCT" || format.photometric === "YBR_ICT") return "RGB";
  return format.photometric.replace(/_42[02]$/, "");
}

/** Unsigned samples of the codec as cells; of a signed stream the half of the range that was added goes again. */
function cellsOf(bytes: Uint8Array, header: Jpeg2000Header, format: PixelFormat): Cells {
  const cells = newCells(format);
  const wide = header.precision > 8;
  const samples = wide ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2) : bytes;
  if (wide && !littleEndianMachine) swapBytes(samples as Uint16Array);
  const half = 2 ** (header.precision - 1);
  if (header.isSigned) {
    for (let i = 0; i < cells.length; i++) cells[i] = samples[i]! - half;
    if (!format.isSigned) checkNoneNegative(samples, half);
  } else {
    cells.set(samples);
    // Some writers forget the sign: the bits are two's complement all the same.
    if (format.isSigned)
      for (let i = 0; i < cells.length; i++) if (samples[i]! >= half) cells[i] = samples[i]! - 2 * half;
  }
  return cells;
}

function checkNoneNegative(samples: Uint8Array | Uint16Array, half: number): void {
  for (let i = 0; i < samples.length; i++) {
    if (samples[i]! < half) throw undecodable(`${NAME}: negative samples where none may be`);
  }
}

function decodeBy(method: Method): Codec["decode"] {
  return (bytes, format) => {
    checkFormat(format);
    const codestream = codestreamOf(bytes);
    const header = readJpeg2000Header(codestream);
    checkHeader(header, format);
    const { rows, columns, components: samplesPerPixel, precision } = header;
    const unsigned = withSsiz(codestream, header, precision - 1);
    const decoded = decodeWith(method, unsigned, { rows, columns, samplesPerPixel, precision });
    if (decoded === undefined) throw undecodable(`${NAME}: the decoder refuses the stream`);
    return {
      format: { ...format, planarConfiguration: 0, photometric: photometricOf(format) },
      samples: cellsOf(decoded.bytes, header, format),
    };
  };
}

/**
 * The samples moved from the middle of their own range to that of 8 or 16 unsigned bits: the wavelet sees the
 * same numbers, and only the header, which is mended afterwards, says another precision.
 */
function centred(cells: Cells, precision: number, container: 8 | 16, isSigned: boolean): Uint8Array {
  const into = container === 8 ? new Uint8Array(cells.length) : new Uint16Array(cells.length);
  const middle = 2 ** (container - 1) - (isSigned ? 0 : 2 ** (precision - 1));
  const unused = 32 - precision;
  for (let i = 0; i < into.length; i++) {
    const left = cells[i]! << unused;
    into[i] = middle + (isSigned ? left >> unused : left >>> unused);
  }
  if (!littleEndianMachine) swapBytes(into);
  return new Uint8Array(into.buffer);
}

function encodeBy(method: Method, settings: Settings): NonNullable<Codec["encode"]> {
  return (frame: Frame, photometric = frame.format.photometric) => {
    checkFrame(frame);
    const { format, samples } = withPlanarConfiguration(frame, 0);
    const { rows, columns, samplesPerPixel, isSigned } = format;
    const precision = precisionOf(samples, format);
    // Two bytes a sample give the encoder the room that noise of few bits needs.
    const container = samplesPerPixel > 1 ? 8 : 16;
    if (precision > container) {
      throw new ElpisError("PIXELS_UNSUPPORTED", `${NAME}: ${samplesPerPixel} samples of ${precision} bits`);
    }
    const picture = { rows, columns, samplesPerPixel, precision: container };
    // The reversible component transform (ISO/IEC 15444-1, G.2), only where the header will name it (PS3.5 8.2.4).
    const transform = { AllowMct: Number(photometric === "YBR_RCT" && samplesPerPixel === 3) };
    const cells = centred(samples, precision, container, isSigned);
    const encoded = encodeWith(method, cells, picture, { ...settings, ...transform });
    if (encoded === undefined)
      throw new ElpisError("PIXELS_UNSUPPORTED", `${NAME}: the encoder refuses the frame`);
    const header = readJpeg2000Header(encoded);
    return withSsiz(encoded, header, (precision - 1) | (isSigned ? SIGN : 0));
  };
}

const reversible: Settings = { Lossy: 0, Rate: 0 };

/** JPEG 2000, 1.2.840.10008.1.2.4.90 and .91 (PS3.5 A.4.4); written reversibly. */
export const jpeg2000: Codec = {
  decode: decodeBy("Jpeg2000"),
  encode: encodeBy("Jpeg2000", { ...reversible, ProgressionOrder: LRCP }),
};

/** HTJ2K, 1.2.840.10008.1.2.4.201 and .203 (PS3.5 A.4.12). */
export const htj2k: Codec = {
  decode: decodeBy("HtJpeg2000"),
  encode: encodeBy("HtJpeg2000", { ...reversible, ProgressionOrder: LRCP }),
};

/** HTJ2K with RPCL, 1.2.840.10008.1.2.4.202: by resolution, with tile length markers (PS3.5 10.18). */
export const htj2kRpcl: Codec = {
  decode: decodeBy("HtJpeg2000"),
  encode: encodeBy("HtJpeg2000", { ...reversible, ProgressionOrder: RPCL }),
};
