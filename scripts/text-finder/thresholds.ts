// What other thresholds of the text finder would find and blank, on scenes of the training's fonts and grounds but
// of another series, so that the held-out ones stay unseen; and how sure the net is of words at least:
//   npx tsx scripts/text-finder/thresholds.ts [--images N] [--seed N] [--peak N,N] [--largePeak N,N] [--core N,N] [--grow N,N]
import { parseArgs } from "node:util";
import { PADDING } from "../../bench/pixels/detectors.js";
import { allowanceOf, coveredShare, maskOf, shareBeyond } from "../../bench/pixels/raster.js";
import { isAsked } from "../../bench/pixels/scenes.js";
import { highestLogit, type Thresholds, textComponents } from "../../src/pixels/finder/components.js";
import { openTextFinder, THRESHOLDS } from "../../src/pixels/finder/finder.js";
import type { HeatMap } from "../../src/pixels/types.js";
import { sceneOf } from "./dump.js";
import type { Scene } from "./scenes.js";

const SIZE = { rows: 512, columns: 512 };
/** A word is covered where so much of its box is. */
const COVERED = 0.9;
/** Shares of words whose surest tile is less sure than what is printed. */
const SHARES = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05];

const text = (numbers: readonly number[]) => ({ type: "string", default: numbers.join(",") }) as const;
const { values: options } = parseArgs({
  options: {
    images: { type: "string", default: "160" },
    seed: { type: "string", default: "501" },
    peak: text([-1, 0, 1, 2]),
    largePeak: text([THRESHOLDS.largePeak]),
    core: text([-4, -3, -2, -1, 0]),
    grow: text([-4, -3]),
  },
});

interface Seen {
  readonly scene: Scene;
  readonly heat: HeatMap;
}

/** Words covered, clean scenes flagged and area blanked beyond text, in percent. */
function outcome(seen: readonly Seen[], thresholds: Thresholds): readonly number[] {
  let [words, covered, clean, flagged, images, beyond] = [0, 0, 0, 0, 0, 0];
  for (const { scene, heat } of seen) {
    const boxes = textComponents(heat, SIZE, thresholds);
    if (scene.words.length === 0) {
      clean++;
      flagged += boxes.length > 0 ? 1 : 0;
      continue;
    }
    const mask = maskOf(boxes, SIZE);
    images++;
    beyond += shareBeyond(mask, allowanceOf(scene.words, SIZE, PADDING));
    for (const word of scene.words.filter(isAsked)) {
      words++;
      covered += coveredShare(word, mask, SIZE) >= COVERED ? 1 : 0;
    }
  }
  return [covered / words, flagged / clean, beyond / images].map((share) => 100 * share);
}

/** The highest logit in the box of each word, from the least sure word on. */
function surest(seen: readonly Seen[]): Float64Array {
  return Float64Array.from(
    seen.flatMap(({ scene, heat }) =>
      scene.words.filter(isAsked).map(({ corners }) => {
        const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
        const [left, top] = [Math.min(...xs), Math.min(...ys)];
        return highestLogit(heat, {
          left,
          top,
          width: Math.max(...xs) - left,
          height: Math.max(...ys) - top,
        });
      }),
    ),
  ).sort();
}

const finder = openTextFinder();
const seen = Array.from({ length: Number(options.images) }, (_, index): Seen => {
  const scene = sceneOf("train", Number(options.seed), index, SIZE.rows, SIZE.columns);
  return { scene, heat: finder.heat(scene.plane) };
});
const row = (cells: readonly (string | number)[]): void =>
  void process.stdout.write(`${cells.map((cell) => `${cell}`.padStart(11)).join("")}\n`);
const numbers = (list: string): number[] => list.split(",").map(Number);

row(["peak", "largePeak", "core", "grow", "covered %", "flagged %", "beyond %"]);
for (const peak of numbers(options.peak)) {
  for (const largePeak of numbers(options.largePeak)) {
    for (const core of numbers(options.core)) {
      for (const grow of numbers(options.grow)) {
        if (core > peak || grow > core) continue;
        const thresholds = { ...THRESHOLDS, peak, largePeak: Math.max(peak, largePeak), core, grow };
        const outcomes = outcome(seen, thresholds).map((percent) => percent.toFixed(2));
        row([peak, thresholds.largePeak, core, grow, ...outcomes]);
      }
    }
  }
}
const logits = surest(seen);
process.stdout.write(`\nOf ${logits.length} words so many have no surer tile:\n`);
for (const share of SHARES) row([`${100 * share} %`, logits[Math.floor(share * logits.length)]!.toFixed(2)]);
