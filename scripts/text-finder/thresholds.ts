// What other thresholds of the text finder would find and blank, on scenes of the training's fonts and grounds but
// of another series, so that the held-out ones stay unseen:
//   npx tsx scripts/text-finder/thresholds.ts [--images N] [--seed N]
import { parseArgs } from "node:util";
import { allowanceOf, coveredShare, maskOf, shareBeyond } from "../../bench/pixels/raster.js";
import { TILE, textComponents } from "../../src/pixels/finder/components.js";
import { openTextFinder, THRESHOLDS } from "../../src/pixels/finder/finder.js";
import type { HeatMap } from "../../src/pixels/types.js";
import { sceneOf } from "./dump.js";
import type { Scene } from "./scenes.js";

const SIZE = { rows: 512, columns: 512 };
const PEAKS = [-2, -1, 0, 1, 2, 3, 4];
const GROWS = [-5, -4, -3, -2, -1];
/** Words below this contrast are not asked for; at the weakest stretch they must be this visible. */
const [LEAST_CONTRAST, LEAST_WEAKEST, COVERED] = [40, 20, 0.9];

const { values: options } = parseArgs({
  options: { images: { type: "string", default: "120" }, seed: { type: "string", default: "501" } },
});

interface Seen {
  readonly scene: Scene;
  readonly heat: HeatMap;
}

/** Words covered, clean scenes flagged and area blanked beyond text, in percent, for one pair of thresholds. */
function outcome(seen: readonly Seen[], peak: number, grow: number): readonly number[] {
  let [words, covered, clean, flagged, images, beyond] = [0, 0, 0, 0, 0, 0];
  for (const { scene, heat } of seen) {
    const boxes = textComponents(heat, SIZE, {
      ...THRESHOLDS,
      peak,
      largePeak: Math.max(peak, THRESHOLDS.largePeak),
      grow,
    });
    if (scene.words.length === 0) {
      clean++;
      flagged += boxes.length > 0 ? 1 : 0;
      continue;
    }
    const mask = maskOf(boxes, SIZE);
    images++;
    beyond += shareBeyond(mask, allowanceOf(scene.words, SIZE, TILE));
    for (const word of scene.words) {
      if (word.contrast < LEAST_CONTRAST || word.weakest < LEAST_WEAKEST) continue;
      words++;
      covered += coveredShare(word, mask, SIZE) >= COVERED ? 1 : 0;
    }
  }
  return [covered / words, flagged / clean, beyond / images].map((share) => 100 * share);
}

const finder = openTextFinder();
const seen = Array.from({ length: Number(options.images) }, (_, index): Seen => {
  const scene = sceneOf("train", Number(options.seed), index, SIZE.rows, SIZE.columns);
  return { scene, heat: finder.heat(scene.plane) };
});
process.stdout.write("peak  grow  words covered %  clean flagged %  beyond text %\n");
for (const peak of PEAKS) {
  for (const grow of GROWS.filter((least) => least < peak)) {
    const [covered, flagged, beyond] = outcome(seen, peak, grow).map((percent) => percent.toFixed(2));
    process.stdout.write(
      `${`${peak}`.padStart(4)}${`${grow}`.padStart(6)}${covered!.padStart(17)}${flagged!.padStart(17)}${beyond!.padStart(15)}\n`,
    );
  }
}
