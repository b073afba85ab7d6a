import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import createCore from "tesseract.js-core/tesseract-core-simd-lstm.js";
import { concatBytes, latin1 } from "../../src/base/index.js";
import type { Box, GreyPlane } from "../../src/pixels/types.js";

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
  return { words: wordsOf(ran.stdout), cpuMs: 1000 * (user + system) };
}

/** tesseract.js-core with the trained data that this package comes with, set up as tesseract.js does by itself. */
export async function tesseractJs(): Promise<Ocr> {
  const require = createRequire(import.meta.url);
  const folderOf = (name: string): string => dirname(require.resolve(`${name}/package.json`));
  const wasm = readFileSync(join(folderOf("tesseract.js-core"), "tesseract-core-simd-lstm.wasm"));
  const packed = readFileSync(join(folderOf("@tesseract.js-data/eng"), "4.0.0_best_int/eng.traineddata.gz"));
  const compiled = await WebAssembly.compile(wasm);
  let memory: WebAssembly.Memory | undefined;
  const core = await createCore({
    print: () => {},
    printErr: () => {},
    instantiateWasm(imports, receive) {
      const instance = new WebAssembly.Instance(compiled, imports);
      memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
      receive(instance, compiled);
      return instance.exports;
    },
  });
  const api = new core.TessBaseAPI();
  core.FS.writeFile("/eng.traineddata", gunzipSync(packed));
  core.FS.writeFile("/configuration", "debug_file /dev/null\n");
  if (api.Init("/", "eng", 1, "/configuration") !== 0 || memory === undefined)
    throw new Error("tesseract.js-core does not start");
  const read = (plane: GreyPlane, mode: PageMode): OcrResult => {
    const before = process.cpuUsage();
    const pointer = core._malloc(plane.pixels.length);
    new Uint8Array(memory!.buffer).set(plane.pixels, pointer);
    api.SetPageSegMode(mode);
    api.SetImage(pointer, plane.columns, plane.rows, 1, plane.columns);
    api.SetSourceResolution(200);
    const words = api.Recognize(null) === 0 ? wordsOf(api.GetTSVText(0)) : [];
    api.Clear();
    core._free(pointer);
    const { user, system } = process.cpuUsage(before);
    return { words, cpuMs: (user + system) / 1000 };
  };
  return { name: "tesseract.js-core 7", read };
}

/** Columns of the table: level, five numbers of the place, left, top, width, height, confidence, text. */
function wordsOf(tsv: string): OcrWord[] {
  return tsv.split("\n").flatMap((line) => {
    const cells = line.split("\t");
    const text = (cells[11] ?? "").trim();
    if (cells[0] !== "5" || text === "") return [];
    const [left = 0, top = 0, width = 0, height = 0] = cells.slice(6, 10).map(Number);
    return [{ text, box: { left, top, width, height } }];
  });
}
