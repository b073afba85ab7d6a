import {
  type DicomFile,
  Edits,
  newElement,
  type OutputPart,
  ROOT,
  Tags,
  writeFile,
} from "../../src/dicom/index.js";
import { type Frames, framesOf } from "../../src/pixels/frames.js";
import type { Box } from "../../src/pixels/types.js";
import { blankedPixels } from "../../src/pixels/write-back.js";

/** The frames of a file that has some. */
export function framesIn(file: DicomFile): Frames {
  const frames = framesOf(file);
  if (frames.kind === "none") throw new Error(frames.reason);
  return frames;
}

/** The parts of the file with boxes blanked, in the transfer syntax that was chosen. */
export function blanked(file: DicomFile, boxes: Readonly<Record<number, readonly Box[]>>): OutputPart[] {
  const pixels = blankedPixels(file, framesIn(file), (frame) => boxes[frame] ?? []);
  const data = new Edits(file.data);
  pixels.apply(data);
  const meta = new Edits(file.meta);
  meta.set(ROOT, newElement(Tags.TransferSyntaxUID, pixels.transferSyntax));
  return writeFile(file, { data, meta });
}

export const box = (left: number, top: number, width: number, height: number): Box => ({
  left,
  top,
  width,
  height,
});
