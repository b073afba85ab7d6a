import type { Frame, PixelFormat } from "../types.js";
import { packBits, unpackBits } from "./bits.js";
import {
  bytesOf,
  type Cells,
  type Codec,
  cellBytes,
  cellCount,
  cellsFromLittleEndian,
  checkFormat,
  checkFrame,
  littleEndianBytes,
  littleEndianMachine,
  newCells,
  swapBytes,
  undecodable,
} from "./codec.js";

/** Photometric interpretations in which two pixels of a row share their chroma (PS3.3 C.7.6.3.1.2). */
function isHalved(format: PixelFormat): boolean {
  return (
    format.samplesPerPixel === 3 &&
    format.bitsAllocated === 8 &&
    (format.photometric === "YBR_FULL_422" || format.photometric === "YBR_PARTIAL_422")
  );
}

/** Bytes of one native frame of this format; a frame of bits is rounded up to whole bytes. */
export function nativeFrameBytes(format: PixelFormat): number {
  checkFormat(format);
  if (format.bitsAllocated === 1) return Math.ceil(cellCount(format) / 8);
  if (isHalved(format)) return format.rows * 2 * 2 * Math.ceil(format.columns / 2);
  return cellCount(format) * cellBytes(format);
}

/**
 * Y1 Y2 Cb Cr Y3 Y4 … (PS3.3 C.7.6.3.1.2) as one Y Cb Cr for each pixel. Chroma is sited on the first of two
 * pixels; it is repeated, not smoothed, so that writing and reading again changes nothing.
 */
function decodeHalved(bytes: Uint8Array, format: PixelFormat): Frame {
  const samples = new Uint8Array(cellCount(format));
  let [from, to] = [0, 0];
  for (let row = 0; row < format.rows; row++) {
    for (let column = 0; column < format.columns; column += 2, from += 4) {
      const pixels = Math.min(2, format.columns - column);
      for (let i = 0; i < pixels; i++) {
        samples[to++] = bytes[from + i]!;
        samples[to++] = bytes[from + 2]!;
        samples[to++] = bytes[from + 3]!;
      }
    }
  }
  const photometric = format.photometric.replace("_422", "");
  return { format: { ...format, photometric, planarConfiguration: 0 }, samples };
}

function checkLength(bytes: Uint8Array, format: PixelFormat): void {
  const length = nativeFrameBytes(format);
  // One byte more makes the length of a whole value even (PS3.5 8.1.1).
  if (bytes.length === length || (length % 2 === 1 && bytes.length === length + 1)) return;
  throw undecodable(`native: ${bytes.length} bytes instead of ${length}`);
}

function decodeBits(bytes: Uint8Array, format: PixelFormat): Frame {
  const samples = new Uint8Array(cellCount(format));
  unpackBits(bytes, samples);
  return { format, samples };
}

/** Implicit and Explicit VR Little Endian, deflated or not: PS3.5 A.1, A.2, A.5. */
export const littleEndian: Codec = {
  decode(bytes, format) {
    checkLength(bytes, format);
    if (format.bitsAllocated === 1) return decodeBits(bytes, format);
    if (isHalved(format)) return decodeHalved(bytes, format);
    return { format, samples: cellsFromLittleEndian(bytes, format) };
  },
  encode(frame) {
    checkFrame(frame);
    if (frame.format.bitsAllocated === 1) return packBits(frame.samples);
    return littleEndianBytes(frame.samples).slice();
  },
};

/** Cells of 16 and 32 bits, most significant byte first; others are alike in both. */
function bigEndianCells(bytes: Uint8Array, format: PixelFormat): Cells {
  const cells = newCells(format);
  bytesOf(cells).set(bytes.subarray(0, cells.byteLength));
  if (littleEndianMachine) swapBytes(cells);
  return cells;
}

/**
 * Explicit VR Big Endian (retired; PS3.5-2016b A.3), for values of VR OW. Frames of 8 bits and fewer that lie
 * in OW have their bytes in pairs, the second first: the caller, who knows the VR, turns those.
 */
export const bigEndian: Codec = {
  decode(bytes, format) {
    if (cellBytes(format) === 1) return littleEndian.decode(bytes, format);
    checkLength(bytes, format);
    return { format, samples: bigEndianCells(bytes, format) };
  },
  encode(frame) {
    checkFrame(frame);
    if (cellBytes(frame.format) === 1) return littleEndian.encode!(frame);
    const cells = frame.samples.slice();
    if (littleEndianMachine) swapBytes(cells);
    return bytesOf(cells);
  },
};
