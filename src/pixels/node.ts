import { openCodecsFromPackage } from "./codecs/load.node.js";
import type { PixelTools } from "./examination.js";
import { openTextFinder } from "./finder/finder.js";
import { openReaderFromPackages } from "./verify/reader.node.js";

export { openCodecsFromPackage } from "./codecs/load.node.js";

/** Everything an examination needs, for this thread: codecs and reader from their packages, and the text finder. */
export async function openPixelTools(): Promise<PixelTools> {
  const [reader] = await Promise.all([openReaderFromPackages(), openCodecsFromPackage()]);
  return { finder: openTextFinder(), reader };
}
