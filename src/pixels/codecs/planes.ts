import type { Frame, PixelFormat } from "../types.js";
import { type Cells, newCells } from "./codec.js";

/** R1 G1 B1 R2 G2 B2 … from all R, all G, all B (PS3.3 C.7.6.3.1.3). */
function interleave(cells: Cells, into: Cells, count: number): void {
  const pixels = cells.length / count;
  for (let sample = 0; sample < count; sample++) {
    let from = sample * pixels;
    for (let to = sample; to < into.length; to += count) into[to] = cells[from++]!;
  }
}

function separate(cells: Cells, into: Cells, count: number): void {
  const pixels = cells.length / count;
  for (let sample = 0; sample < count; sample++) {
    let to = sample * pixels;
    for (let from = sample; from < cells.length; from += count) into[to++] = cells[from]!;
  }
}

/** The same frame with its samples in the given planar configuration; itself where it already is. */
export function withPlanarConfiguration(frame: Frame, planarConfiguration: 0 | 1): Frame {
  const { format, samples } = frame;
  if (format.planarConfiguration === planarConfiguration) return frame;
  const changed: PixelFormat = { ...format, planarConfiguration };
  if (format.samplesPerPixel === 1) return { format: changed, samples };
  const into = newCells(format);
  if (planarConfiguration === 0) interleave(samples, into, format.samplesPerPixel);
  else separate(samples, into, format.samplesPerPixel);
  return { format: changed, samples: into };
}
