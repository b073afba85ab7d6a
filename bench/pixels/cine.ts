import { ultrasound } from "../../scripts/text-finder/backgrounds/ultrasound.js";
import { randomInt, seededRandom } from "../../src/base/index.js";
import type { ByteSource } from "../../src/dicom/index.js";
import type { Frame } from "../../src/pixels/types.js";
import { pixelFormat } from "../../test/support/codec-frames.js";
import { drawWords } from "../../test/support/drawn.js";
import { nativeFile } from "../../test/support/pixel-files.js";
import { jpegFile } from "./made-files.js";

export const CINE = { rows: 480, columns: 640 } as const;
/** Rows and columns of the picture that moves. */
const SIDE = 512;
const FORMAT = pixelFormat({ ...CINE, samplesPerPixel: 3 });

/**
 * Frames of an ultrasound cine in colour: a held-out picture whose tissue moves as in breathing, with new noise in
 * each frame, so that most of it differs from the frame before; and lines of text that stay.
 */
export function cineFrames(count: number, seed: number): Frame[] {
  const { rows, columns } = CINE;
  const random = seededRandom(seed);
  const tissue = ultrasound.make(random, SIDE, true).planes[0]!;
  const noise = Int8Array.from({ length: 1 << 16 }, () => 9 * (random() - random()));
  const overlay = drawWords({ rows, columns, pixels: new Uint8Array(rows * columns) }, 9, random, {
    size: 16,
    contrast: 220,
  }).plane.pixels;
  return Array.from({ length: count }, (_, index) => {
    const shift = randomInt(random, 0, 0xffff);
    const samples = new Uint8Array(3 * rows * columns);
    for (let y = 0, at = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++, at++) {
        const moved = tissueAt(tissue, x, y, index);
        const level = moved > 4 ? Math.min(255, Math.max(0, moved + noise[(at + shift) & 0xffff]!)) : moved;
        samples[3 * at] = samples[3 * at + 1] = samples[3 * at + 2] = Math.max(overlay[at]!, level);
      }
    }
    return { format: FORMAT, samples };
  });
}

/** The tissue under a pixel at the time of a frame, between its four neighbours. */
function tissueAt(tissue: ArrayLike<number>, x: number, y: number, frame: number): number {
  const u = ((x + 7 * Math.sin(frame / 9 + y / 90)) * (SIDE - 1)) / CINE.columns;
  const v = ((y + 5 * Math.cos(frame / 7 + x / 120)) * (SIDE - 1)) / CINE.rows;
  const [column, row] = [Math.floor(u), Math.floor(v)];
  if (column < 0 || row < 0 || column > SIDE - 2 || row > SIDE - 2) return 0;
  const at = row * SIDE + column;
  const [right, down] = [u - column, v - row];
  const above = tissue[at]! * (1 - right) + tissue[at + 1]! * right;
  const below = tissue[at + SIDE]! * (1 - right) + tissue[at + SIDE + 1]! * right;
  return above * (1 - down) + below * down;
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
