import { readFileSync } from "node:fs";
import { isElpisError } from "../../src/base/index.js";
import { Tags } from "../../src/dicom/index.js";
import type { PixelExamination, PixelTools } from "../../src/pixels/examination.js";
import { examinePixels } from "../../src/pixels/examine.js";
import { corpusFiles } from "../../test/support/corpus.js";
import { opened } from "../../test/support/pixel-files.js";
import { outcomeOf } from "./burned-in.js";
import { POLICY } from "./detectors.js";
import { shareText, wilson } from "./intervals.js";
import { type Run, scaled } from "./report.js";

interface Examined {
  readonly path: string;
  readonly modality: string;
  readonly result: PixelExamination;
}

/**
 * What becomes of real files that nobody burned anything into, by modality: most hold no text, so most should pass
 * untouched. No verdict: nobody has looked at all of them; --verbose lists them, so that somebody can.
 */
export function reportCorpus(run: Run, tools: PixelTools): void {
  const { report } = run;
  report.heading("The other images of the public corpus, all frames of each");
  const files = corpusFiles().filter(({ path }) => !path.startsWith("burned-in/"));
  if (files.length === 0) {
    report.say("no corpus in ../shared/corpus or ELPIS_CORPUS: not measured");
    return;
  }
  const step = Math.max(1, Math.floor(files.length / scaled(run, files.length)));
  const done: Examined[] = [];
  for (const [i, { path, absolute }] of files.entries()) {
    if (i % step !== 0) continue;
    if (i % (10 * step) === 0) run.progress(`corpus: ${i} of ${files.length}`);
    const one = examineFile(path, absolute, tools);
    if (one && one.result.kind !== "no frames") done.push(one);
  }
  const modalities = [...new Set(done.map(({ modality }) => modality))].sort();
  const rows = [...modalities, "all"].map((modality) => {
    const some = done.filter((one) => modality === "all" || one.modality === modality);
    const count = (outcome: string) =>
      some.filter(({ result }) => outcomeOf(result).startsWith(outcome)).length;
    const [changed, heldCount] = [count("passed, blanked"), count("held")];
    const unreadable = count("held: PIXELS_NOT_EXAMINED");
    report.record(`corpus/${modality}`, { files: some.length, changed, held: heldCount, unreadable });
    const share = (hits: number) => shareText(wilson(hits, some.length), 0);
    return [modality || "(none)", share(changed), share(heldCount - unreadable), String(unreadable)];
  });
  report.table(["modality", "passed, blanked", "held for text", "held, not decodable"], rows);
  if (!run.verbose) return;
  for (const { path, result } of done) {
    const outcome = outcomeOf(result);
    if (outcome !== "passed") report.say(`  ${path}: ${outcome}`);
  }
}

/** Undefined for a file that is no data set. */
function examineFile(path: string, absolute: string, tools: PixelTools): Examined | undefined {
  try {
    const file = opened(readFileSync(absolute));
    return { path, modality: file.data.string(Tags.Modality), result: examinePixels(file, tools, POLICY) };
  } catch (error) {
    if (isElpisError(error)) return undefined;
    throw error;
  }
}
