import { isElpisError } from "../../src/base/index.js";
import { type DicomFile, transferSyntaxInfo } from "../../src/dicom/index.js";
import type { PixelExamination, PixelTools } from "../../src/pixels/examination.js";
import { examinePixels } from "../../src/pixels/examine.js";
import { frameBytes } from "../../src/pixels/fragments.js";
import { type Frames, framesOf, isNative } from "../../src/pixels/frames.js";
import type { Box, Frame } from "../../src/pixels/types.js";
import { opened } from "../../test/support/pixel-files.js";
import { POLICY } from "./detectors.js";
import { shareText, wilson } from "./intervals.js";
import { KINDS, madeFile, SYNTAXES } from "./made-files.js";
import { maskOf } from "./raster.js";
import { type Run, scaled } from "./report.js";
import { pixelBytes, written } from "./written.js";

/** So many that the text of the first does not show in the mean of all, and is blanked in the first alone. */
const FRAMES = 20;

interface Counts {
  files: number;
  held: number;
  /** Files with a blanked frame, and those of them in which a pixel outside the boxes changed. */
  blanked: number;
  changedOutside: number;
  /** Files without findings, and those of them whose Pixel Data changed. */
  without: number;
  changedBytes: number;
  /** Compressed frames without a box in a file that keeps its syntax, and those of them with other bytes. */
  frames: number;
  changedFrames: number;
}

/** Item 4: what blanking leaves as it was. */
export function reportUntouched(run: Run, tools: PixelTools): void {
  const { report } = run;
  report.heading("Pixels outside the masks, and instances without findings");
  const rounds = scaled(run, 2);
  const rows: string[][] = [];
  const sum = noCounts();
  for (const syntax of SYNTAXES) {
    const counts = noCounts();
    for (let round = 0; round < rounds; round++) {
      for (const kind of Object.keys(KINDS)) {
        for (const content of ["text", "none"] as const) {
          const bytes = madeFile(syntax, kind, content, run.seed + 10 * round, { count: FRAMES });
          if (bytes !== undefined) examineOne(bytes, tools, counts);
        }
      }
    }
    const name = transferSyntaxInfo(syntax)?.name ?? syntax;
    run.progress(`untouched: ${name}`);
    rows.push(
      [name.slice(0, 44), counts.files, counts.held, counts.blanked, counts.without, counts.frames].map(
        String,
      ),
    );
    for (const key of Object.keys(sum) as (keyof Counts)[]) sum[key] += counts[key];
  }
  report.table(["transfer syntax", "files", "held", "blanked", "without findings", "kept frames"], rows);
  report.record("untouched", sum);
  const identical = (changed: number, of: number) => shareText(wilson(of - changed, of));
  report.check(
    `every pixel outside the boxes as it was: ${identical(sum.changedOutside, sum.blanked)} blanked files`,
    sum.changedOutside === 0 && sum.blanked > 0,
  );
  report.check(
    `Pixel Data without findings byte for byte: ${identical(sum.changedBytes, sum.without)} files`,
    sum.changedBytes === 0 && sum.without > 0,
  );
  report.check(
    `compressed frames without a box keep their bytes: ${identical(sum.changedFrames, sum.frames)} frames`,
    sum.changedFrames === 0 && sum.frames > 0,
  );
}

function noCounts(): Counts {
  return {
    files: 0,
    held: 0,
    blanked: 0,
    changedOutside: 0,
    without: 0,
    changedBytes: 0,
    frames: 0,
    changedFrames: 0,
  };
}

/** Examines and writes one file, and compares it with what it was. */
export function examineOne(bytes: Uint8Array, tools: PixelTools, counts: Counts): void {
  counts.files++;
  const file = opened(bytes);
  const result = examinePixels(file, tools, POLICY);
  if (result.kind !== "passed") {
    counts.held++;
    return;
  }
  const after = opened(written(file, result.pixels));
  if (result.pixels.changedFrames === 0) {
    counts.without++;
    if (Buffer.compare(pixelBytes(file), pixelBytes(after)) !== 0) counts.changedBytes++;
    return;
  }
  counts.blanked++;
  const [before, now] = [framesIn(file), framesIn(after)];
  const boxes = boxesOf(result);
  if (!isSameOutside(before, now, boxes)) counts.changedOutside++;
  if (isNative(before.layout) || isNative(now.layout) || file.transferSyntax !== after.transferSyntax) return;
  for (let i = 0; i < before.count; i++) {
    if ((boxes.get(i) ?? []).length > 0) continue;
    counts.frames++;
    if (Buffer.compare(streamOf(before, i), streamOf(now, i)) !== 0) counts.changedFrames++;
  }
}

function boxesOf(result: Extract<PixelExamination, { kind: "passed" }>): ReadonlyMap<number, readonly Box[]> {
  return new Map(result.frames.map(({ frame, blanked }) => [frame, blanked]));
}

export function framesIn(file: DicomFile): Frames {
  const frames = framesOf(file);
  if (frames.kind === "none") throw new Error(frames.reason);
  return frames;
}

function streamOf({ layout }: Frames, index: number): Uint8Array {
  if (isNative(layout)) throw new Error("native pixel data have no streams");
  return frameBytes(layout.fragments, layout.firsts, index);
}

function isSameOutside(before: Frames, now: Frames, boxes: ReadonlyMap<number, readonly Box[]>): boolean {
  if (before.count !== now.count) return false;
  for (let i = 0; i < before.count; i++) {
    try {
      if (!isSameFrame(before.frame(i), now.frame(i), boxes.get(i) ?? [])) return false;
    } catch (error) {
      if (isElpisError(error)) return false;
      throw error;
    }
  }
  return true;
}

function isSameFrame(before: Frame, now: Frame, boxes: readonly Box[]): boolean {
  const mask = maskOf(boxes, before.format);
  const count = before.format.samplesPerPixel;
  if (before.samples.length !== now.samples.length) return false;
  const [one, other] = [accessOf(before), accessOf(now)];
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] === 1) continue;
    for (let sample = 0; sample < count; sample++) {
      if (before.samples[one(pixel, sample)] !== now.samples[other(pixel, sample)]) return false;
    }
  }
  return true;
}

/** Where a sample of a pixel lies. */
function accessOf({ format }: Frame): (pixel: number, sample: number) => number {
  const { samplesPerPixel: count, planarConfiguration, rows, columns } = format;
  if (planarConfiguration === 0 || count === 1) return (pixel, sample) => pixel * count + sample;
  return (pixel, sample) => sample * rows * columns + pixel;
}
