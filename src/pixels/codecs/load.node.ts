// The compiled codecs lie in a file of a package; a browser fetches it, Node reads it here.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { isWasmOpen, openWasm } from "./wasm.js";

let opening: Promise<void> | undefined;

/** Opens the compiled codecs once for this thread, from the installed package; later calls return at once. */
export function openCodecsFromPackage(): Promise<void> {
  if (isWasmOpen()) return Promise.resolve();
  opening ??= readWasm().then(openWasm);
  return opening;
}

async function readWasm(): Promise<Uint8Array<ArrayBuffer>> {
  const path = createRequire(import.meta.url).resolve("dcmjs-codecs/build/dcmjs-native-codecs.wasm");
  return new Uint8Array(await readFile(path));
}
