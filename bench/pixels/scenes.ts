import { sceneOf } from "../../scripts/text-finder/dump.js";
import type { Scene, SceneWord } from "../../scripts/text-finder/scenes.js";
import { padded } from "../../src/dicom/index.js";
import type { Extent } from "../../src/pixels/rules/boxes.js";
import { pixelFormat } from "../../test/support/codec-frames.js";
import { nativeFile } from "../../test/support/pixel-files.js";

/** A held-out scene and its number in the series of the seed: `sceneOf("held-out", seed, index, rows, columns)`. */
export interface NumberedScene {
  readonly index: number;
  readonly scene: Scene;
}

export const SIZES: readonly Extent[] = [
  { rows: 512, columns: 512 },
  { rows: 768, columns: 1024 },
];

/** Every fourth scene of a series has no text; `text` tells which of them are wanted. */
export function* heldOutScenes(
  seed: number,
  { rows, columns }: Extent,
  count: number,
  text: boolean,
): Generator<NumberedScene> {
  for (let made = 0, index = 0; made < count; index++) {
    if ((index % 4 !== 0) !== text) continue;
    const scene = sceneOf("held-out", seed, index, rows, columns);
    // One whose words all fell from its border is neither.
    if (text && scene.words.length === 0) continue;
    made++;
    yield { index, scene };
  }
}

/** A secondary capture of the scene, 8 bits, in colour where it has any. */
export function sceneFile({ plane, rgb }: Scene): Uint8Array {
  const { rows, columns } = plane;
  const format = pixelFormat({ rows, columns, samplesPerPixel: rgb === undefined ? 1 : 3 });
  return nativeFile(format, 1, padded(rgb ?? plane.pixels, "OB"), {}, undefined, "OB");
}

/** Below this contrast a word is no fair question, and between the two an edge case that is reported apart. */
export const FAIR_CONTRAST = 40;

/** A word that must go: not a mark of side or position, and there to be seen. */
export function isAsked(word: SceneWord): boolean {
  return word.kind === "burned-in" && word.contrast >= FAIR_CONTRAST;
}
