/**
 * How well the check after blanking sees: words drawn over backgrounds of several kinds, pictures without text,
 * marks, and the public corpus where it is present. `tsx bench/pixels-verify.ts [seed] [images]`
 */
import { readFileSync } from "node:fs";
import { seededRandom, sha256, toHex } from "../src/base/index.js";
import { memorySource, readFile } from "../src/dicom/index.js";
import { openCodecsFromPackage } from "../src/pixels/codecs/load.node.js";
import { framesOf } from "../src/pixels/frames.js";
import { displayOf, renderings } from "../src/pixels/render.js";
import type { Box, GreyPlane } from "../src/pixels/types.js";
import { openReaderFromPackages } from "../src/pixels/verify/reader.node.js";
import { verify } from "../src/pixels/verify/residue.js";
import { findStrokes } from "../src/pixels/verify/strokes.js";
import { corpusFiles } from "../test/support/corpus.js";
import { backgrounds, drawBackground, drawWords } from "../test/support/drawn.js";

const seed = Number(process.argv[2] ?? 1);
const images = Number(process.argv[3] ?? 60);
const reader = await openReaderFromPackages();

/** Milliseconds of processor time: other programs on the machine do not count. */
function timed<T>(work: () => T, into: number[]): T {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  into.push((user + system) / 1000);
  return result;
}

function median(values: readonly number[]): string {
  return [...values].sort((a, b) => a - b)[values.length >> 1]?.toFixed(1) ?? "-";
}

/** 95 % interval of a share (Wilson). */
function share(hits: number, all: number): string {
  const p = hits / all;
  const z = 1.96;
  const centre = (p + (z * z) / (2 * all)) / (1 + (z * z) / all);
  const half = (z * Math.sqrt((p * (1 - p)) / all + (z * z) / (4 * all * all))) / (1 + (z * z) / all);
  const percent = (value: number): string => (100 * value).toFixed(1);
  return `${hits} of ${all}: ${percent(p)} % (${percent(centre - half)} to ${percent(centre + half)})`;
}

function coveredShare(box: Box, by: readonly Box[]): number {
  let covered = 0;
  for (let y = box.top; y < box.top + box.height; y++) {
    for (let x = box.left; x < box.left + box.width; x++) {
      if (by.some((b) => x >= b.left && x < b.left + b.width && y >= b.top && y < b.top + b.height))
        covered++;
    }
  }
  return covered / (box.width * box.height);
}

function drawnImages(): void {
  const random = seededRandom(seed);
  const [strokeTimes, cleanTimes] = [[], []] as [number[], number[]];
  let [words, byStrokes, byCheck, cleanStrokes, cleanCheck] = [0, 0, 0, 0, 0];
  for (let k = 0; k < images; k++) {
    const clean = drawBackground(backgrounds[k % backgrounds.length]!, 512, 512, random);
    if (findStrokes(clean).length > 0) cleanStrokes++;
    if (timed(() => verify(clean, { reader }), cleanTimes).residual.length > 0) cleanCheck++;
    const drawn = drawWords(
      clean,
      8,
      random,
      [{}, {}, {}, { slant: (random() - 0.5) * 0.6 }, { turns: 1 as const }][k % 5],
    );
    const strokes = timed(() => findStrokes(drawn.plane), strokeTimes);
    const { residual } = verify(drawn.plane, { reader });
    words += drawn.words.length;
    byStrokes += drawn.words.filter(({ box }) => coveredShare(box, strokes) >= 0.5).length;
    byCheck += drawn.words.filter(({ box }) => coveredShare(box, residual) >= 0.5).length;
  }
  console.log(`drawn words found by strokes     ${share(byStrokes, words)}`);
  console.log(`drawn words held by the check    ${share(byCheck, words)}`);
  console.log(`drawn without text: strokes flag ${share(cleanStrokes, images)}`);
  console.log(`drawn without text: check holds  ${share(cleanCheck, images)}`);
  console.log(
    `median ms of 512 × 512: strokes ${median(strokeTimes)}, check of a clean one ${median(cleanTimes)}`,
  );
}

/** Public files whose pixels hold text or drawn signs, seen by eye. */
const WITH_TEXT =
  /^burned-in\/(?!cookie)|OBXXXX|examples_(?:jpeg2k|palette|rgb_color|ybr_color)|US1_|mlut_|vlut_|TextGBR|JPGLosslessP14SV1/;
/** Photographs, patterns and noise made to test codecs: nothing that a hospital's archive holds. */
const NO_IMAGE = /OT-PAL|image_dfl|JLS[LN]_RGB_ILV/;

function planesOf(path: string): GreyPlane[] {
  const file = readFile(memorySource(readFileSync(path)));
  const frames = framesOf(file);
  if (frames.kind === "none") return [];
  const display = displayOf(file);
  return [0, frames.count >> 1]
    .filter((at, i, all) => all.indexOf(at) === i)
    .flatMap((at) => renderings(frames.frame(at), display, at));
}

function corpus(): void {
  const seen = { text: 0, textStrokes: 0, textCheck: 0, clean: 0, cleanStrokes: 0, cleanCheck: 0, unread: 0 };
  const known = new Set<string>();
  for (const { path, absolute } of corpusFiles()) {
    if (NO_IMAGE.test(path)) continue;
    let planes: GreyPlane[];
    try {
      planes = planesOf(absolute).filter(({ rows, columns }) => Math.min(rows, columns) >= 64);
    } catch {
      seen.unread++;
      continue;
    }
    // Files that differ by their encoding alone count once
    const digest = planes.map(({ pixels }) => toHex(sha256(pixels))).join();
    if (planes.length === 0 || known.has(digest)) continue;
    known.add(digest);
    const byStrokes = planes.some((plane) => findStrokes(plane).length > 0);
    const byCheck = planes.some((plane) => verify(plane, { reader }).residual.length > 0);
    const hasText = WITH_TEXT.test(path);
    if (process.env.VERBOSE === "1" && (byStrokes || byCheck) !== hasText)
      console.log("  ", path, hasText, byStrokes, byCheck);
    seen[hasText ? "text" : "clean"]++;
    if (byStrokes) seen[hasText ? "textStrokes" : "cleanStrokes"]++;
    if (byCheck) seen[hasText ? "textCheck" : "cleanCheck"]++;
  }
  if (seen.clean === 0) {
    console.log("corpus: not present");
    return;
  }
  console.log(`corpus with text: strokes flag   ${share(seen.textStrokes, seen.text)}`);
  console.log(`corpus with text: check holds    ${share(seen.textCheck, seen.text)}`);
  console.log(`corpus without: strokes flag     ${share(seen.cleanStrokes, seen.clean)}`);
  console.log(
    `corpus without: check holds      ${share(seen.cleanCheck, seen.clean)}; not decoded: ${seen.unread}`,
  );
}

await openCodecsFromPackage();
drawnImages();
corpus();
reader.close();
