import type { DicomFile, GeneratedPart, OutputPart } from "../dicom/index.js";
import { isSubsampled } from "./format.js";
import { type NativeLayout, nativeBytes, spliceNative } from "./frames-native.js";
import type { Box } from "./types.js";
import type { Blanker } from "./write-back.js";
import type { PixelsToWrite } from "./write-back-header.js";

/** Bytes [start, end) of the value. */
type Run = readonly [start: number, end: number];

/** Rewritten bytes are made in pieces of this many; even, so that no word is parted. */
const PIECE = 1 << 20;

/** Native pixel data with only the changed rows spliced in: what lies between them stays a range of the input. */
export function nativePixels(
  file: DicomFile,
  token: number,
  layout: NativeLayout,
  blanker: Blanker,
): PixelsToWrite {
  const { data, transferSyntax } = file;
  const value = data.tokens.value[token]!;
  const parts: OutputPart[] = [];
  const copy = (start: number, end: number): void => {
    if (start < end) parts.push({ source: data.source, start: value + start, end: value + end });
  };
  const rewrite = rewriter(file, value, layout, blanker);
  let at = 0;
  for (const [start, end] of changedRuns(layout, blanker.boxes)) {
    copy(at, start);
    parts.push(rewrite(start, end));
    at = end;
  }
  copy(at, layout.length);
  const vr = data.vrAt(token) === "OB" ? "OB" : "OW";
  return { value: { vr, parts, length: layout.length }, transferSyntax, editHeader: () => {} };
}

/** Makes the bytes of a run: those of the input, with the cells of the blanked frames over them. */
function rewriter(
  { data: { source } }: DicomFile,
  value: number,
  layout: NativeLayout,
  blanker: Blanker,
): (start: number, end: number) => GeneratedPart {
  let last: { readonly index: number; readonly bytes: Uint8Array } | undefined;
  const bytesOf = (index: number): Uint8Array => {
    if (last?.index !== index) last = { index, bytes: nativeBytes(layout, blanker.frame(index)) };
    return last.bytes;
  };
  function* produce(start: number, end: number): Generator<Uint8Array> {
    for (let at = start; at < end; at += PIECE) {
      const to = Math.min(end, at + PIECE);
      const piece = source.read(value + at, to - at).slice();
      const first = Math.floor((8 * at) / layout.strideBits);
      const after = Math.min(layout.frames, Math.ceil((8 * to) / layout.strideBits));
      for (let index = first; index < after; index++)
        if (blanker.boxes.has(index)) spliceNative(layout, index, bytesOf(index), piece, at);
      yield piece;
    }
  }
  return (start, end) => ({ length: end - start, produce: () => produce(start, end) });
}

/** The bytes of all changed rows in ascending order; those that share a byte, or touch, are one run. */
function changedRuns(layout: NativeLayout, boxes: ReadonlyMap<number, readonly Box[]>): Run[] {
  const runs: Run[] = [];
  for (const [index, areas] of boxes) {
    for (const [start, end] of runsOfFrame(layout, index, areas)) {
      const last = runs.at(-1);
      if (last && start <= last[1]) runs[runs.length - 1] = [last[0], Math.max(last[1], end)];
      else runs.push([start, end]);
    }
  }
  return runs;
}

function runsOfFrame(layout: NativeLayout, index: number, areas: readonly Box[]): Run[] {
  const { format, strideBits, swappedPairs, length } = layout;
  const { rows, columns, samplesPerPixel, bitsAllocated, planarConfiguration } = format;
  const planes = planarConfiguration === 1 ? samplesPerPixel : 1;
  const cellsOfRow = (columns * (isSubsampled(format.photometric) ? 2 : samplesPerPixel)) / planes;
  const sorted = [...areas].sort((a, b) => a.top - b.top);
  const runs: Run[] = [];
  for (let plane = 0; plane < planes; plane++) {
    for (const { top, height } of sorted) {
      const first = strideBits * index + (plane * rows + top) * cellsOfRow * bitsAllocated;
      const start = Math.floor(first / 8);
      const end = Math.ceil((first + height * cellsOfRow * bitsAllocated) / 8);
      runs.push(swappedPairs ? [start - (start % 2), Math.min(end + (end % 2), length)] : [start, end]);
    }
  }
  return runs;
}
