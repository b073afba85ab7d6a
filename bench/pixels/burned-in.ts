import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PixelExamination, PixelTools } from "../../src/pixels/examination.js";
import { examinePixels } from "../../src/pixels/examine.js";
import { framesOf } from "../../src/pixels/frames.js";
import type { Box } from "../../src/pixels/types.js";
import { corpusFolder } from "../../test/support/corpus.js";
import { opened } from "../../test/support/pixel-files.js";
import { POLICY, timed } from "./detectors.js";
import { maskOf } from "./raster.js";
import type { Run } from "./report.js";

/** What a key says stands in a file's first frame. */
interface KeyedText {
  readonly box: Box;
  /** False for what may stay: names of protocols. */
  readonly mustGo: boolean;
}

/** The two answer keys have different shapes: one made by hand, one by the authors of Presidio. */
interface Keys {
  readonly files: Readonly<
    Record<
      string,
      readonly { readonly kind: string; readonly box: readonly [number, number, number, number] }[]
    >
  >;
}
type PresidioKeys = Readonly<Record<string, readonly Box[]>>;
/** Presidio pads images before it reads them, and its key counts from the padded corner: seen by eye in both files. */
const PRESIDIO_PADDING = 25;

function readKeys(folder: string): Map<string, readonly KeyedText[]> {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));
  const keys = new Map<string, readonly KeyedText[]>();
  for (const [file, texts] of Object.entries((read("KEY.json") as Keys).files)) {
    const keyed = texts.map(({ kind, box: [left, top, width, height] }) => ({
      box: { left, top, width, height },
      mustGo: kind !== "clinical",
    }));
    keys.set(file, keyed);
  }
  for (const [name, boxes] of Object.entries(read("presidio_ground_truth.json") as PresidioKeys)) {
    const file = [`${name}.dcm`, `${name}_rle.dcm`].find((one) => existsSync(join(folder, one)));
    const moved = boxes.map(({ left, top, width, height }) => ({
      box: { left: left - PRESIDIO_PADDING, top: top - PRESIDIO_PADDING, width, height },
      mustGo: true,
    }));
    if (file !== undefined) keys.set(file, moved);
  }
  return keys;
}

/** Item 2: real files with their keys. */
export function reportBurnedIn({ report, progress }: Run, tools: PixelTools): void {
  report.heading("Real burned-in files with answer keys");
  const corpus = corpusFolder();
  if (corpus === undefined) {
    report.say("no corpus in ../shared/corpus or ELPIS_CORPUS: not measured");
    return;
  }
  const folder = join(corpus, "burned-in");
  const rows: string[][] = [];
  for (const [name, texts] of readKeys(folder)) {
    progress(`burned-in/${name}`);
    const file = opened(readFileSync(join(folder, name)));
    const frames = framesOf(file);
    if (frames.kind === "none") throw new Error(`${name}: ${frames.reason}`);
    const [result, ms] = timed(() => examinePixels(file, tools, POLICY));
    const blanked = blankedIn(result);
    const mask = maskOf(blanked, frames.format);
    const asked = texts.filter(({ mustGo }) => mustGo);
    const left = asked.filter(({ box }) => shareOf(box, mask, frames.format.columns) < 0.9).length;
    const outcome = outcomeOf(result);
    const area = mask.reduce((sum, one) => sum + one, 0) / mask.length;
    const { rows: down, columns, photometric } = frames.format;
    const image = `${columns} × ${down} ${photometric}`;
    rows.push([
      name,
      image,
      `${asked.length - left} of ${asked.length}`,
      `${(100 * area).toFixed(1)} %`,
      outcome,
      ms.toFixed(0),
    ]);
    report.record(`burned-in/${name}`, { identifiers: asked.length, left, area, outcome });
    if (asked.length > 0)
      report.check(`${name}: every identifier covered, or held`, left === 0 || result.kind === "held");
    else
      report.check(
        `${name}: nothing blanked where there is no text`,
        result.kind === "passed" && blanked.length === 0,
      );
  }
  report.say("");
  report.table(["file", "image", "identifiers covered", "blanked", "outcome", "CPU ms"], rows);
}

function blankedIn(result: PixelExamination): readonly Box[] {
  return result.kind === "no frames" ? [] : (result.frames.find(({ frame }) => frame === 0)?.blanked ?? []);
}

/** "passed", "passed, blanked", or why it is held. */
export function outcomeOf(result: PixelExamination): string {
  if (result.kind === "passed") return result.pixels.changedFrames > 0 ? "passed, blanked" : "passed";
  return result.kind === "held" ? `held: ${result.reasons.map(({ code }) => code).join(", ")}` : result.kind;
}

function shareOf({ left, top, width, height }: Box, mask: Uint8Array, columns: number): number {
  let covered = 0;
  for (let row = top; row < top + height; row++)
    for (let column = left; column < left + width; column++) covered += mask[row * columns + column]!;
  return covered / (width * height);
}
