import { type DicomFile, type Edits, makeTag } from "../dicom/index.js";
import { blank, clipped } from "./blank.js";
import { type Frames, isNative } from "./frames.js";
import { displayOf } from "./render-display.js";
import type { Box, Frame } from "./types.js";
import { encapsulatedPixels } from "./write-back-encapsulated.js";
import { removeElement, removeStatistics, setStatistics } from "./write-back-header.js";
import { nativePixels } from "./write-back-native.js";

/** What must change in a file so that boxes of its frames are black. */
export interface BlankedPixels {
  /** In which the data set is to be written: its own, or a lossless one where its own loses information. */
  readonly transferSyntax: string;
  /** How many frames have a box; 0 changes nothing. */
  readonly changedFrames: number;
  /**
   * Adds the changes to those of the data set. Pixel Data come in parts that are decoded, blanked and encoded while
   * the file is written, one frame at a time: what fails then throws PIXELS_*. The source must stay open until then.
   */
  apply(edits: Edits): void;
}

/** Of the groups that change: retired, and wrong after an edit (PS3.5 7.2). */
const GROUP_LENGTHS = [makeTag(0x0028, 0x0000), makeTag(0x7fe0, 0x0000)];

/** Frames with their boxes filled, the last one kept: runs of the same frame ask for it again. */
export interface Blanker {
  /** The boxes of a frame, cut to it; none where it does not change. */
  readonly boxes: ReadonlyMap<number, readonly Box[]>;
  frame(index: number): Frame;
}

function blankerOf(file: DicomFile, frames: Frames, boxesOf: (frame: number) => readonly Box[]): Blanker {
  const boxes = new Map<number, readonly Box[]>();
  // Pairs that share their colour are the frame's own affair: compressed ones have none once they are decoded.
  const whole = { ...frames.format, photometric: "" };
  for (let index = 0; index < frames.count; index++) {
    const areas = boxesOf(index).map((box) => clipped(box, whole));
    const seen = areas.filter(({ width, height }) => width > 0 && height > 0);
    if (seen.length > 0) boxes.set(index, seen);
  }
  const isPalette = frames.format.photometric === "PALETTE COLOR" && boxes.size > 0;
  const display = isPalette ? displayOf(file) : undefined;
  let last: { readonly index: number; readonly frame: Frame } | undefined;
  const frame = (index: number): Frame => {
    if (last?.index === index) return last.frame;
    const made = frames.frame(index);
    blank(made, boxes.get(index) ?? [], display);
    last = { index, frame: made };
    return made;
  };
  return { boxes, frame };
}

/**
 * The changes that make the boxes of each frame black and leave every other pixel as it was. Native pixel data are
 * spliced row by row. Of compressed ones the changed frames are encoded anew, without loss, and the others keep
 * their bytes; but where transfer syntax or colour space must change, all are encoded anew, and the header says
 * that information was lost before (PS3.3 C.7.6.1.1.5). Smallest and Largest Pixel Value follow or go. Throws
 * PIXELS_UNSUPPORTED where the frames cannot be written without loss.
 */
export function blankedPixels(
  file: DicomFile,
  frames: Frames,
  boxesOf: (frame: number) => readonly Box[],
): BlankedPixels {
  const blanker = blankerOf(file, frames, boxesOf);
  const { layout } = frames;
  const changedFrames = blanker.boxes.size;
  if (changedFrames === 0) return { transferSyntax: file.transferSyntax, changedFrames, apply: () => {} };
  const pixels = isNative(layout)
    ? nativePixels(file, frames.token, layout, blanker)
    : encapsulatedPixels(file, frames, layout, blanker);
  const apply = (edits: Edits): void => {
    edits.stream(frames.token, pixels.value);
    pixels.editHeader(edits);
    if (frames.count === 1) setStatistics(edits, file, blanker.frame(0));
    else removeStatistics(edits);
    for (const tag of GROUP_LENGTHS) removeElement(edits, tag);
  };
  return { transferSyntax: pixels.transferSyntax, changedFrames, apply };
}
