import { seededRandom } from "../../src/base/index.js";
import type { ByteSource } from "../../src/dicom/index.js";
import type { Frame } from "../../src/pixels/types.js";
import { pixelFormat } from "../../test/support/codec-frames.js";
import { drawWords } from "../../test/support/drawn.js";
import { nativeFile } from "../../test/support/pixel-files.js";
import { jpegFile } from "./made-files.js";

export const CINE = { rows: 480, columns: 640 } as const;
const FORMAT = pixelFormat({ ...CINE, samplesPerPixel: 3 });

/**
 * Frames of an ultrasound cine in colour: speckle that moves within a sector from frame to frame, so that most of
 * the picture differs from the frame before, and lines of text that stay.
 */
export function cineFrames(count: number, seed: number): Frame[] {
  const { rows, columns } = CINE;
  const random = seededRandom(seed);
  const speckle = Uint8Array.from({ length: 1 << 16 }, () => 40 + 140 * random() * random());
  const overlay = drawWords({ rows, columns, pixels: new Uint8Array(rows * columns) }, 9, random, {
    size: 16,
    contrast: 220,
  }).plane.pixels;
  return Array.from({ length: count }, (_, index) => {
    const samples = new Uint8Array(3 * rows * columns);
    for (let y = 0, at = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++, at++) {
        const level = Math.max(overlay[at]!, isInSector(x, y) ? speckleAt(speckle, x, y, index) : 0);
        samples[3 * at] = samples[3 * at + 1] = samples[3 * at + 2] = level;
      }
    }
    return { format: FORMAT, samples };
  });
}

function isInSector(x: number, y: number): boolean {
  const [dx, dy] = [x - CINE.columns / 2, y + 60];
  const radius = Math.hypot(dx, dy);
  return radius > 120 && radius < 480 && Math.abs(dx) < 0.75 * dy;
}

/** Grains of 3 × 2 pixels, drifting down and to the right, one in eight new in each frame. */
function speckleAt(speckle: Uint8Array, x: number, y: number, frame: number): number {
  const [u, v] = [Math.trunc((x + 2 * frame) / 3), Math.trunc((y + 3 * frame) / 2)];
  const at = (u * 613 + v * 257) & 0xffff;
  return speckle[(at & 7) === (frame & 7) ? (at + 7919 * frame) & 0xffff : at]!;
}

/** The cine as a file: native, or JPEG baseline. */
export function cineFile(frames: readonly Frame[], coding: "native" | "jpeg"): Uint8Array {
  if (coding === "jpeg") return jpegFile(frames);
  const value = new Uint8Array(frames.length * frames[0]!.samples.length);
  for (const [i, { samples }] of frames.entries()) value.set(samples, i * samples.length);
  return nativeFile(FORMAT, frames.length, value, {}, undefined, "OB");
}

/** A native cine of any length that repeats a few frames: nothing is held but these. */
export function endlessCine(few: readonly Frame[], count: number): ByteSource {
  const unit = cineFile(few, "native");
  const bytes = few[0]!.samples.length;
  const head = nativeFile(FORMAT, count, new Uint8Array(0), {}, undefined, "OB");
  new DataView(head.buffer, head.byteOffset).setUint32(head.length - 4, bytes * count, true);
  const frames = unit.subarray(unit.length - bytes * few.length);
  const read = (offset: number, length: number): Uint8Array => {
    const out = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = offset + done;
      const [piece, from] = at < head.length ? [head, at] : [frames, (at - head.length) % frames.length];
      const run = piece.subarray(from, from + length - done);
      out.set(run, done);
      done += run.length;
    }
    return out;
  };
  return { size: head.length + bytes * count, read };
}
