import { concatBytes } from "../../src/base/index.js";
import {
  buildFile,
  type DicomFile,
  encodeElements,
  memorySource,
  newElements,
  type PlainDataSet,
  readFile,
  SopClass,
  TransferSyntax,
  transferSyntaxInfo,
} from "../../src/dicom/index.js";
import type { PixelFormat } from "../../src/pixels/types.js";
import { encapsulated, partTen } from "./dicom-seeds.js";

const SECONDARY_CAPTURE = SopClass["Secondary Capture Image Storage"]!;

/** The Image Pixel Module of a format, with what a data set needs around it. */
export function imageHeader(
  format: PixelFormat,
  frames = 1,
): PlainDataSet & { SOPClassUID: string; SOPInstanceUID: string } {
  return {
    SOPClassUID: SECONDARY_CAPTURE,
    SOPInstanceUID: "2.25.4242",
    StudyInstanceUID: "2.25.7701",
    SeriesInstanceUID: "2.25.7702",
    Modality: "OT",
    SamplesPerPixel: format.samplesPerPixel,
    PhotometricInterpretation: format.photometric,
    ...(format.samplesPerPixel > 1 ? { PlanarConfiguration: format.planarConfiguration } : {}),
    ...(frames === 1 ? {} : { NumberOfFrames: frames }),
    Rows: format.rows,
    Columns: format.columns,
    BitsAllocated: format.bitsAllocated,
    BitsStored: format.bitsStored,
    HighBit: format.highBit,
    PixelRepresentation: format.isSigned ? 1 : 0,
  };
}

/** `value` is Pixel Data as it stands in the file, of VR OW unless told. */
export function nativeFile(
  format: PixelFormat,
  frames: number,
  value: Uint8Array,
  more: PlainDataSet = {},
  transferSyntax: string = TransferSyntax.ExplicitVRLittleEndian,
  vr: "OB" | "OW" = "OW",
): Uint8Array {
  const plain = { ...imageHeader(format, frames), ...more, [`(7FE0,0010) ${vr}`]: value };
  return buildFile(plain, transferSyntax);
}

/** `fragments` begin with the Basic Offset Table. */
export function encapsulatedFile(
  format: PixelFormat,
  frames: number,
  fragments: readonly Uint8Array[],
  transferSyntax: string,
  more: PlainDataSet = {},
): Uint8Array {
  const encoding = transferSyntaxInfo(transferSyntax)!;
  const header = encodeElements(newElements({ ...imageHeader(format, frames), ...more }, encoding), encoding);
  return partTen(concatBytes([header, encapsulated(fragments)]), transferSyntax);
}

export function opened(bytes: Uint8Array): DicomFile {
  return readFile(memorySource(bytes));
}

/** Offsets of fragments as a table of 4 or 8 bytes each, little endian. */
export function offsetTable(offsets: readonly number[], bytes: 4 | 8 = 4): Uint8Array {
  const table = new Uint8Array(offsets.length * bytes);
  const view = new DataView(table.buffer);
  for (const [i, offset] of offsets.entries()) view.setUint32(i * bytes, offset, true);
  return table;
}

/**
 * Native bytes of frames, written sample by sample (PS3.5 8.1.1, 8.2): the slow and plain way, for tests. `pairs`
 * exchanges the bytes of each word, as OW of 8 bits in big endian has them.
 */
export function nativeValue(
  format: PixelFormat,
  frames: readonly ArrayLike<number>[],
  bigEndian = false,
  pairs = false,
): Uint8Array {
  const { bitsAllocated } = format;
  const samples = frames.flatMap((frame) => Array.from(frame));
  const bits = samples.length * bitsAllocated;
  const value = new Uint8Array(2 * Math.ceil(bits / 16));
  const view = new DataView(value.buffer);
  for (const [i, sample] of samples.entries()) {
    if (bitsAllocated === 1) value[i >> 3]! |= sample << (i & 7);
    else if (bitsAllocated === 8) value[i] = sample;
    else if (bitsAllocated === 16) view.setUint16(2 * i, sample, !bigEndian);
    else view.setUint32(4 * i, sample, !bigEndian);
  }
  return pairs ? value.map((_, i) => value[i ^ 1]!) : value;
}
