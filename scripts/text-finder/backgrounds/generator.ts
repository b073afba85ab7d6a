import type { Random } from "../../../src/base/index.js";
import type { Picture } from "../image.js";

/** Makes a picture of size × size that looks like one kind of image; `heldOut` chooses the other family. */
export interface Generator {
  readonly name: string;
  /** Used in scenes of the held-out split alone. */
  readonly heldOutOnly?: true;
  /** Used in scenes of the training alone. */
  readonly trainOnly?: true;
  /** How often it is chosen, 1 by default. */
  readonly weight?: number;
  readonly make: (random: Random, size: number, heldOut: boolean) => Picture;
}

export function greyPicture(size: number, plane: Float32Array): Picture {
  return { rows: size, columns: size, planes: [plane] };
}
