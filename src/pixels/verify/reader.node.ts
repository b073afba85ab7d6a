import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gunzipSync } from "fflate";
import { openReader, type Reader } from "./reader.js";

/** A reader from the packages tesseract.js-core and @tesseract.js-data/eng, whose files only Node can find. */
export function openReaderFromPackages(): Promise<Reader> {
  const require = createRequire(import.meta.url);
  const core = dirname(require.resolve("tesseract.js-core/package.json"));
  const data = dirname(require.resolve("@tesseract.js-data/eng/package.json"));
  return openReader(
    readFileSync(join(core, "tesseract-core-simd-lstm.wasm")),
    gunzipSync(readFileSync(join(data, "4.0.0_best_int/eng.traineddata.gz"))),
  );
}
