import { spawnSync } from "node:child_process";
import { concatBytes, latin1 } from "../../src/base/index.js";
import type { Box, GreyPlane } from "../../src/pixels/types.js";
import { tesseractFiles } from "../../src/pixels/verify/reader.node.js";
import { openTesseract, parseTsv } from "../../src/pixels/verify/tesseract.js";

/** A word as an outside OCR read it. */
export interface OcrWord {
  readonly text: string;
  readonly box: Box;
}

export interface OcrResult {
  readonly words: readonly OcrWord[];
  /** Milliseconds of processor time. */
  readonly cpuMs: number;
}

/** Page segmentation: 3 finds columns and blocks by itself, 11 looks for sparse text anywhere. */
export type PageMode = 3 | 11;
export const PAGE_MODES: readonly PageMode[] = [3, 11];

/** An OCR as its users have it: the plane as it is, its dictionaries on. */
export interface Ocr {
  readonly name: string;
  read(plane: GreyPlane, mode: PageMode): OcrResult;
}

export const TESSERACT_APT = "apt-get install tesseract-ocr tesseract-ocr-eng";

/** Debian's tesseract, or undefined where it is missing. */
export function debianTesseract(program = "tesseract"): Ocr | undefined {
  if (spawnSync(program, ["--version"]).status !== 0) return undefined;
  return { name: "tesseract 5 (Debian)", read: (plane, mode) => readWith(program, plane, mode) };
}

function readWith(program: string, plane: GreyPlane, mode: PageMode): OcrResult {
  const image = concatBytes([latin1(`P5\n${plane.columns} ${plane.rows}\n255\n`), plane.pixels]);
  const command = [program, "stdin", "stdout", "--psm", String(mode), "--dpi", "200", "-l", "eng", "tsv"];
  const script = `TIMEFORMAT="%3U %3S"; time "$@" 2>/dev/null`;
  const ran = spawnSync("bash", ["-c", script, "bench", ...command], {
    input: image,
    encoding: "utf8",
    maxBuffer: 1 << 26,
    env: { ...process.env, OMP_THREAD_LIMIT: "1", LC_ALL: "C.UTF-8" },
  });
  const [user = 0, system = 0] = (ran.stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
  return { words: parseTsv(ran.stdout), cpuMs: 1000 * (user + system) };
}

/** tesseract.js-core with the trained data that this package comes with, set up as tesseract.js does by itself. */
export async function tesseractJs(): Promise<Ocr> {
  const { wasm, trained } = tesseractFiles();
  const tesseract = await openTesseract(wasm, trained, "debug_file /dev/null\n");
  const read = (plane: GreyPlane, mode: PageMode): OcrResult => {
    const before = process.cpuUsage();
    const words = tesseract.words(plane, mode);
    const { user, system } = process.cpuUsage(before);
    return { words, cpuMs: (user + system) / 1000 };
  };
  return { name: "tesseract.js-core 7", read };
}
