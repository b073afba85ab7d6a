import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { z } from "zod";
import { burnIn } from "../../src/cli/samples/font.js";
import { sampleStudies } from "../../src/cli/samples/index.js";
import { TransferSyntax } from "../../src/dicom/index.js";
import type { Box, PixelFormat } from "../../src/pixels/index.js";
import { elpisInProcess } from "./cli.js";
import { pixelFormat } from "./codec-frames.js";
import { encapsulatedFile, nativeFile } from "./pixel-files.js";

/** One sample of 8 bits. */
export const grey = (rows: number, columns: number): PixelFormat => pixelFormat({ rows, columns });

/** Words as the sample font draws them: six dots a letter, seven high. */
export interface Planted {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}
const inkOf = ({ text, x, y, scale }: Planted): Box => ({
  left: x,
  top: y,
  width: (6 * text.length - 1) * scale,
  height: 7 * scale,
});

const [CINE_ROWS, CINE_COLUMNS] = [96, 160];
export const CINE_FRAMES = 4;
export const CINE_TEXT: Planted = { text: "ZEBEDEE 4711", x: 8, y: 8, scale: 2 };
export const CINE_CLOCK: Planted = { text: "12:07:45", x: 60, y: 70, scale: 2 };
const LINES: readonly Planted[] = [
  { text: "QUARTERMAIN ALLAN", x: 8, y: 20, scale: 2 },
  { text: "BORN 12.04.1951", x: 8, y: 80, scale: 2 },
  { text: "MOUNT SANITAS HOSPITAL", x: 8, y: 140, scale: 2 },
  { text: "ID 5550-4711-2203", x: 8, y: 200, scale: 2 },
  { text: "DR. LIVESEY  WARD 7", x: 8, y: 260, scale: 2 },
];
/** What nobody may be told. */
export const WORDS = [CINE_TEXT, ...LINES]
  .flatMap(({ text }) => text.split(" "))
  .filter((word) => word.length > 3);

/** Frames of a moving gradient under a title that stays, and a clock in the third alone. */
function cine(): Uint8Array {
  const size = CINE_ROWS * CINE_COLUMNS;
  const value = new Uint8Array(CINE_FRAMES * size);
  for (let frame = 0; frame < CINE_FRAMES; frame++) {
    const pixels = value.subarray(frame * size, (frame + 1) * size);
    for (let y = 32; y < CINE_ROWS; y++) {
      for (let x = 0; x < CINE_COLUMNS; x++) pixels[y * CINE_COLUMNS + x] = (x + 20 * frame) % 90;
    }
    burnIn(pixels, CINE_COLUMNS, CINE_TEXT.text, CINE_TEXT);
    if (frame === 2) burnIn(pixels, CINE_COLUMNS, CINE_CLOCK.text, CINE_CLOCK);
  }
  return nativeFile(grey(CINE_ROWS, CINE_COLUMNS), CINE_FRAMES, value, { SOPInstanceUID: "2.25.101" });
}

function page(): Uint8Array {
  const [rows, columns] = [300, 280];
  const pixels = new Uint8Array(rows * columns);
  for (const line of LINES) burnIn(pixels, columns, line.text, line);
  return nativeFile(grey(rows, columns), 1, pixels, {
    BurnedInAnnotation: "YES",
    SOPInstanceUID: "2.25.102",
  });
}

/** One RLE segment (PS3.5 G.5) that ends before the frame does. */
function broken(): Uint8Array {
  const frame = new Uint8Array(70);
  frame.set([1, 0, 0, 0, 64]);
  frame.set([129, 7, 129, 9], 64);
  return encapsulatedFile(grey(16, 32), 1, [new Uint8Array(0), frame], TransferSyntax.RLELossless, {
    SOPInstanceUID: "2.25.103",
  });
}

export const samples = new Map([...sampleStudies(7)].map((sample) => [sample.path, sample]));
export const SAMPLE_FILES = [
  "ultrasound/us-01.dcm",
  "HEADCT/CT01",
  "HEADCT/report.dcm",
  "HEADCT/segmentation.dcm",
  "odd/notes.txt",
];

/** A folder of their own with the samples and the files above, and the command that examines them. */
export function filesToExamine() {
  const work = mkdtempSync(join(tmpdir(), "elpis-pixels-"));
  const at = (name: string): string => join(work, basename(name));
  for (const name of SAMPLE_FILES) writeFileSync(at(name), samples.get(name)!.bytes);
  writeFileSync(at("cine.dcm"), cine());
  writeFileSync(at("page.dcm"), page());
  writeFileSync(at("flat.dcm"), nativeFile(grey(48, 64), 1, new Uint8Array(48 * 64).fill(90)));
  writeFileSync(at("broken.dcm"), broken());
  const elpis = (...args: string[]) =>
    elpisInProcess(["pixels", ...args], { XDG_CONFIG_HOME: join(work, "config") });
  return { work, at, elpis, remove: () => rmSync(work, { recursive: true, force: true }) };
}

const wholeNumber = z.int().nonnegative();
const finding = z.strictObject({
  kind: z.enum(["text", "outside regions", "device rule", "mark", "residual text"]),
  left: wholeNumber,
  top: wholeNumber,
  width: z.int().positive(),
  height: z.int().positive(),
  frames: z.array(z.tuple([z.int().positive(), z.int().positive()])).min(1),
  score: z.number().nullable(),
});
/** What `elpis pixels --json` writes. */
export const document = z.strictObject({
  exitCode: z.int(),
  profile: z.strictObject({ name: z.string(), digest: z.string().regex(/^[0-9a-f]{64}$/) }),
  textFinder: z.string().min(8),
  counts: z.strictObject({
    "nothing found": wholeNumber,
    "marks stay": wholeNumber,
    blanked: wholeNumber,
    held: wholeNumber,
    "nothing to examine": wholeNumber,
    "not DICOM": wholeNumber,
  }),
  files: z.array(
    z.strictObject({
      file: z.string(),
      verdict: z.enum(["nothing found", "marks stay", "blanked", "held", "nothing to examine", "not DICOM"]),
      examined: z.boolean(),
      why: z.string().nullable(),
      sopClass: z.string().nullable(),
      transferSyntax: z.string().nullable(),
      writtenAs: z.string().nullable(),
      rows: wholeNumber.nullable(),
      columns: wholeNumber.nullable(),
      frames: wholeNumber.nullable(),
      reasons: z.array(z.strictObject({ code: z.string(), detail: z.string() })),
      findings: z.array(finding),
      blankedShare: z.number().min(0).max(1).nullable(),
      pictures: z.array(z.string()),
    }),
  ),
});

/** The share of the planted ink's box that the findings of a frame cover. */
export function covered(
  planted: Planted,
  findings: readonly z.infer<typeof finding>[],
  frame: number,
): number {
  const ink = inkOf(planted);
  const boxes = findings.filter(
    ({ kind, frames }) => kind === "text" && frames.some(([first, last]) => first <= frame && frame <= last),
  );
  let inside = 0;
  for (let y = ink.top; y < ink.top + ink.height; y++) {
    for (let x = ink.left; x < ink.left + ink.width; x++) {
      const isIn = boxes.some(
        ({ left, top, width, height }) => x >= left && x < left + width && y >= top && y < top + height,
      );
      if (isIn) inside++;
    }
  }
  return inside / (ink.width * ink.height);
}
