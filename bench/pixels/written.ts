import {
  type DicomFile,
  Edits,
  joinParts,
  newElement,
  ROOT,
  Tags,
  writeFile,
} from "../../src/dicom/index.js";
import type { BlankedPixels } from "../../src/pixels/write-back.js";

/** A file with its pixels blanked and all else as it was. Throws PIXELS_* where a frame cannot be written. */
export function written(file: DicomFile, pixels: BlankedPixels): Uint8Array {
  const data = new Edits(file.data);
  pixels.apply(data);
  const meta = new Edits(file.meta);
  meta.set(ROOT, newElement(Tags.TransferSyntaxUID, pixels.transferSyntax));
  return joinParts(writeFile(file, { data, meta }));
}

/** Pixel Data as it lies in the file, items and all. */
export function pixelBytes({ data }: DicomFile): Uint8Array {
  const token = data.find(Tags.PixelData);
  if (token < 0) return new Uint8Array(0);
  const start = data.tokens.value[token]!;
  return data.source.read(start, data.tokens.valueEnd[token]! - start);
}
