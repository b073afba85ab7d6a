import { isSubsampled } from "./format.js";
import { type Display, tableOfPalette } from "./render.js";
import { binsOf } from "./render-grey.js";
import type { Box, Frame, PixelFormat } from "./types.js";

/**
 * Fills boxes with what shows black, in place; boxes are cut to the image, and what lies outside them stays bit for
 * bit. Inside, the bits beside Bits Stored become 0 (an overlay may lie there, PS3.5 8.1.2), but for the sign of
 * values that are extended to the whole cell. Of 4:2:2 images boxes grow to whole pairs. `display` is needed for
 * PALETTE COLOR alone, whose darkest entry is taken; without it, index 0.
 */
export function blank(frame: Frame, boxes: readonly Box[], display?: Pick<Display, "palette">): void {
  const { format, samples } = frame;
  const areas = boxes
    .map((box) => clipped(box, format))
    .filter(({ width, height }) => width > 0 && height > 0);
  if (areas.length === 0) return;
  const values = fillOf(frame, display);
  const { columns, rows, samplesPerPixel: count } = format;
  const isPlanar = format.planarConfiguration === 1 && count > 1;
  for (const { left, top, width, height } of areas) {
    for (let row = top; row < top + height; row++) {
      const start = row * columns + left;
      if (count === 1) samples.fill(values[0]!, start, start + width);
      else if (isPlanar) {
        for (let sample = 0; sample < count; sample++) {
          const from = sample * rows * columns + start;
          samples.fill(values[sample]!, from, from + width);
        }
      } else if (row === top) {
        for (let at = start * count; at < (start + width) * count; at++) samples[at] = values[at % count]!;
      } else {
        const first = (top * columns + left) * count;
        samples.copyWithin(start * count, first, first + width * count);
      }
    }
  }
}

/** The pixels of a box that the image has; whole pairs of those that share their colour. */
export function clipped(box: Box, format: PixelFormat): Box {
  const unit = isSubsampled(format.photometric) ? 2 : 1;
  const left = Math.max(0, Math.floor(box.left / unit) * unit);
  const top = Math.max(0, Math.floor(box.top));
  const right = Math.min(format.columns, Math.ceil((box.left + box.width) / unit) * unit);
  const bottom = Math.min(format.rows, Math.ceil(box.top + box.height));
  return { left, top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}

/** The cells of a black pixel, one for each sample. */
function fillOf(frame: Frame, display: Pick<Display, "palette"> | undefined): readonly number[] {
  const { photometric, bitsStored, highBit } = frame.format;
  const shift = highBit + 1 - bitsStored;
  const cell = (value: number): number => (value << shift) >>> 0;
  const middle = cell(2 ** (bitsStored - 1));
  if (photometric.startsWith("YBR_FULL")) return [0, middle, middle];
  // PS3.3 C.7.6.3.1.2: black is 16 of 255.
  if (photometric.startsWith("YBR_PARTIAL")) return [cell(2 ** Math.max(0, bitsStored - 4)), middle, middle];
  // PS3.3 C.7.6.3.1.2: all of a fourth colour, black, and none of the others.
  if (photometric === "CMYK") return [0, 0, 0, cell(2 ** bitsStored - 1)];
  if (photometric === "PALETTE COLOR") return [cell(darkestIndex(frame, display))];
  if (photometric.startsWith("MONOCHROME")) return [darkestGrey(frame)];
  return [0, 0, 0, 0];
}

/**
 * MONOCHROME2: 0, or the smallest value of the frame where that is below; MONOCHROME1: the largest. As a cell, which
 * has the sign in its unused bits where all negative values of the frame have it there.
 */
function darkestGrey({ format, samples }: Frame): number {
  const { bitsStored, highBit, bitsAllocated, isSigned } = format;
  const isLow = format.photometric === "MONOCHROME2";
  if (isLow && !isSigned) return 0;
  const shift = highBit + 1 - bitsStored;
  const left = 32 - bitsStored;
  const unused = bitsAllocated === bitsStored ? 0 : (2 ** bitsAllocated - 2 ** (highBit + 1)) >>> 0;
  let darkest = isLow ? 0 : isSigned ? -(2 ** 31) : 0;
  let isExtended = unused !== 0 && shift === 0;
  for (let i = 0; i < samples.length; i++) {
    const cell = samples[i]!;
    const bits = (cell >>> shift) << left;
    const value = isSigned ? bits >> left : bits >>> left;
    if (isLow ? value < darkest : value > darkest) darkest = value;
    if (isExtended && value < 0 && (cell & unused) >>> 0 !== unused) isExtended = false;
  }
  const stored = ((darkest << left) >>> left) << shift;
  return (darkest < 0 && isExtended ? stored | unused : stored) >>> 0;
}

function darkestIndex(frame: Frame, display: Pick<Display, "palette"> | undefined): number {
  if (!display?.palette || frame.format.bitsAllocated > 16) return 0;
  const table = tableOfPalette(display.palette, binsOf(frame));
  let darkest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let bin = 0; 3 * bin < table.length; bin++) {
    const luma = 77 * table[3 * bin]! + 150 * table[3 * bin + 1]! + 29 * table[3 * bin + 2]!;
    if (luma < least) [least, darkest] = [luma, bin];
  }
  return darkest;
}
