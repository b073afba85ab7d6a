import type { TessBaseApi, TesseractCore } from "tesseract.js-core/tesseract-core-simd-lstm.js";
import { ElpisError } from "../../base/index.js";
import type { Box, GreyPlane } from "../types.js";

/** A word of a picture. Holds what may be a patient's value. */
export interface PictureWord {
  readonly text: string;
  /** 0 to 1, as Tesseract says. */
  readonly confidence: number;
  /** In pixels of the picture. */
  readonly box: Box;
}

const ENGINE_LSTM = 1;

/**
 * Tesseract 5 in WebAssembly (tesseract.js-core) with trained data, both handed in as bytes; `trained` is unpacked,
 * `configuration` has a variable and its value on each line. Nothing is printed, and its file system is in memory.
 * Throws PIXELS_UNSUPPORTED where the bytes do not start.
 */
export async function openTesseract(
  wasm: Uint8Array,
  trained: Uint8Array,
  configuration: string,
): Promise<Tesseract> {
  let memory: WebAssembly.Memory | undefined;
  const compiled = await WebAssembly.compile(Uint8Array.from(wasm)).catch((cause: unknown) => {
    throw new ElpisError("PIXELS_UNSUPPORTED", "the text reader's WebAssembly does not compile", { cause });
  });
  // Only who reads loads it: most of what this room does needs no reader.
  const { default: createCore } = await import("tesseract.js-core/tesseract-core-simd-lstm.js");
  const core = await createCore({
    print: () => {},
    printErr: () => {},
    instantiateWasm(imports, receive) {
      const instance = new WebAssembly.Instance(compiled, imports);
      // The core exports its memory under a shortened name that changes from build to build
      memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
      receive(instance, compiled);
      return instance.exports;
    },
  });
  const api = new core.TessBaseAPI();
  core.FS.writeFile("/eng.traineddata", trained);
  core.FS.writeFile("/configuration", configuration);
  const result = api.Init("/", "eng", ENGINE_LSTM, "/configuration");
  core.FS.unlink("/eng.traineddata");
  if (result !== 0 || memory === undefined) {
    throw new ElpisError("PIXELS_UNSUPPORTED", "the text reader does not start with this trained data");
  }
  return new Tesseract(core, api, memory);
}

/** Reads one picture after the other. */
export class Tesseract {
  readonly #core: TesseractCore;
  readonly #api: TessBaseApi;
  readonly #memory: WebAssembly.Memory;
  #pointer = 0;
  #capacity = 0;

  constructor(core: TesseractCore, api: TessBaseApi, memory: WebAssembly.Memory) {
    this.#core = core;
    this.#api = api;
    this.#memory = memory;
  }

  /** Words from left to right and top to bottom; `mode` is a page segmentation mode of Tesseract. */
  words({ rows, columns, pixels }: GreyPlane, mode: number): PictureWord[] {
    this.#copyIn(pixels);
    this.#api.SetPageSegMode(mode);
    this.#api.SetImage(this.#pointer, columns, rows, 1, columns);
    this.#api.SetSourceResolution(200);
    const words = this.#api.Recognize(null) === 0 ? parseTsv(this.#api.GetTSVText(0)) : [];
    this.#api.Clear();
    // What was read must not be read again: the patient's pixels leave the memory with the call
    this.#copyIn(new Uint8Array(pixels.length));
    return words;
  }

  /** Frees what it holds; it cannot read afterwards. */
  close(): void {
    if (this.#capacity === 0) return;
    this.#core._free(this.#pointer);
    this.#capacity = 0;
    this.#api.End();
    this.#core.destroy(this.#api);
  }

  #copyIn(pixels: Uint8Array): void {
    if (pixels.length > this.#capacity) {
      if (this.#capacity > 0) this.#core._free(this.#pointer);
      this.#pointer = this.#core._malloc(pixels.length);
      this.#capacity = pixels.length;
    }
    new Uint8Array(this.#memory.buffer).set(pixels, this.#pointer);
  }
}

/** Columns of Tesseract's table: level, five numbers of the place, left, top, width, height, confidence, text. */
export function parseTsv(tsv: string): PictureWord[] {
  const words: PictureWord[] = [];
  for (const line of tsv.split("\n")) {
    const cells = line.split("\t");
    const text = (cells[11] ?? "").trim();
    if (cells[0] !== "5" || text === "") continue;
    const [left = 0, top = 0, width = 0, height = 0] = cells.slice(6, 10).map(Number);
    words.push({ text, confidence: Number(cells[10]) / 100, box: { left, top, width, height } });
  }
  return words;
}
