// Hands training scenes to train.py: a line of JSON that says what the net is and what follows, then for each scene
// its grey levels and what its tiles are, without end.
//   npx tsx scripts/text-finder/stream.ts --seed N --amounts none,some,much
import { once } from "node:events";
import { parseArgs } from "node:util";
import { sceneOf, TILE_IS, tileMask } from "./dump.js";
import { MIDDLE, PLAN, SPREAD } from "./model.js";
import type { SceneOptions } from "./scenes.js";

/** Rows and columns of a training scene. */
const SCENE = 256;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "2026" },
    amounts: { type: "string", default: "none,some,some,much" },
  },
});
const amounts = values.amounts.split(",") as SceneOptions["text"][];
const header = { scene: SCENE, tile: 4, tileIs: TILE_IS, middle: MIDDLE, spread: SPREAD, plan: PLAN };
process.stdout.write(`${JSON.stringify(header)}\n`);
// Whoever reads decides how long this runs.
process.stdout.on("error", () => process.exit(0));
for (let index = 0; ; index++) {
  const scene = sceneOf("train", Number(values.seed), index, SCENE, SCENE, amounts, "any");
  process.stdout.write(scene.plane.pixels);
  if (!process.stdout.write(tileMask(scene))) await once(process.stdout, "drain");
}
