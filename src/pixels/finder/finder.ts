import { decodeNetwork, type NetworkEngine, prepareNetwork, runNetwork } from "../../compute/index.js";
import type { Reach } from "../rules/changes.js";
import type { GreyPlane, HeatMap, TextBox } from "../types.js";
import { type Thresholds, textComponents } from "./components.js";
import { TEXT_FINDER_NETWORK, TEXT_FINDER_SCALES } from "./weights.js";

/** Finds text in planes of any size. Of no use to two callers at once: a call's memory serves the next. */
export interface TextFinder {
  readonly engine: NetworkEngine;
  /** How likely text is, in each tile of the plane. */
  heat(plane: GreyPlane): HeatMap;
}

/**
 * Where text begins. Chosen on training scenes and then left alone: lower finds more words, and more ribs.
 */
export const THRESHOLDS: Thresholds = { peak: 0, largePeak: 2.5, core: -2, grow: -3, padding: 2 };

/**
 * How far the net looks: 103 pixels before a tile, 99 behind one, and its coarsest layers have a value for each 8.
 * Beyond that nothing changes what it says of the tile.
 */
export const REACH: Reach = { margin: 104, stride: 8 };

/** The finder with its weights in an engine: WASM SIMD where there is one. Both engines give the same bits. */
export function openTextFinder(engine?: NetworkEngine): TextFinder {
  const bytes = Uint8Array.from(atob(TEXT_FINDER_NETWORK), (char) => char.charCodeAt(0));
  const network = prepareNetwork(decodeNetwork(bytes), engine);
  const { middle, inputScale, outputScale } = TEXT_FINDER_SCALES;
  const level = Int16Array.from({ length: 256 }, (_, grey) => (grey - middle) * inputScale);
  let input = new Int16Array(0);
  return {
    engine: network.engine,
    heat({ rows, columns, pixels }) {
      if (input.length !== pixels.length) input = new Int16Array(pixels.length);
      for (let i = 0; i < pixels.length; i++) input[i] = level[pixels[i]!]!;
      const output = runNetwork(network, input, rows, columns);
      const { values } = output;
      const logits = new Float32Array(values.length);
      for (let i = 0; i < values.length; i++) logits[i] = values[i]! * outputScale;
      return { rows: output.rows, columns: output.columns, logits };
    },
  };
}

/** Text in a plane: boxes with the logit of their surest tile, from top to bottom. */
export function findText(finder: TextFinder, plane: GreyPlane, thresholds = THRESHOLDS): TextBox[] {
  return textComponents(finder.heat(plane), plane, thresholds);
}
