import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gunzipSync } from "fflate";
import { openReader, type Reader } from "./reader.js";

/** The files of the packages tesseract.js-core and @tesseract.js-data/eng, which only Node can find. */
export function tesseractFiles(): { readonly wasm: Uint8Array; readonly trained: Uint8Array } {
  const require = createRequire(import.meta.url);
  const core = dirname(require.resolve("tesseract.js-core/package.json"));
  const data = dirname(require.resolve("@tesseract.js-data/eng/package.json"));
  return {
    wasm: readFileSync(join(core, "tesseract-core-simd-lstm.wasm")),
    trained: gunzipSync(readFileSync(join(data, "4.0.0_best_int/eng.traineddata.gz"))),
  };
}

/** A reader from those packages. */
export function openReaderFromPackages(): Promise<Reader> {
  const { wasm, trained } = tesseractFiles();
  return openReader(wasm, trained);
}
