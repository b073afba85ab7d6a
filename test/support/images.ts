import { type PlainDataSet, TransferSyntax } from "../../src/dicom/index.js";
import { encodeWith } from "../../src/pixels/codecs/wasm.js";
import type { GreyPlane } from "../../src/pixels/types.js";
import { pixelFormat } from "./codec-frames.js";
import { PATIENT } from "./patient.js";
import { encapsulatedFile, nativeFile } from "./pixel-files.js";

/** PATIENT with grey frames of 8 bits, as native pixel data; `more` may name another class. */
export function greyImage(planes: readonly GreyPlane[], more: PlainDataSet = {}): Uint8Array {
  const { rows, columns } = planes[0]!;
  const value = new Uint8Array(2 * Math.ceil((planes.length * rows * columns) / 2));
  for (const [i, { pixels }] of planes.entries()) value.set(pixels, i * rows * columns);
  const { PixelData: _, ...patient } = PATIENT;
  return nativeFile(pixelFormat({ rows, columns }), planes.length, value, {
    ...patient,
    ...format(planes),
    ...more,
  });
}

/** The same as JPEG baseline (1.2.840.10008.1.2.4.50), which loses information. Needs codecs that are open. */
export function baselineImage(planes: readonly GreyPlane[], more: PlainDataSet = {}): Uint8Array {
  const { rows, columns } = planes[0]!;
  const settings = {
    Lossy: 1,
    Quality: 95,
    SampleFactor: 0,
    SmoothingFactor: 0,
    Predictor: 0,
    PointTransform: 0,
  };
  const streams = planes.map(({ pixels }) => {
    const stream = encodeWith("Jpeg", pixels, { rows, columns, samplesPerPixel: 1, precision: 8 }, settings)!;
    return stream.length % 2 === 0 ? stream : Uint8Array.of(...stream, 0);
  });
  const { PixelData: _, ...patient } = PATIENT;
  return encapsulatedFile(
    pixelFormat({ rows, columns }),
    planes.length,
    [new Uint8Array(0), ...streams],
    TransferSyntax.JPEGBaseline8Bit,
    { ...patient, ...format(planes), ...more },
  );
}

function format(planes: readonly GreyPlane[]): PlainDataSet {
  const { rows, columns } = planes[0]!;
  const frames = planes.length === 1 ? {} : { NumberOfFrames: planes.length };
  return { Rows: rows, Columns: columns, BitsAllocated: 8, BitsStored: 8, HighBit: 7, ...frames };
}
