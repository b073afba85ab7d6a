import { describe, expect, it } from "vitest";
import { pixelFormat } from "../../test/support/codec-frames.js";
import { nativeFile, opened } from "../../test/support/pixel-files.js";
import { concatBytes } from "../base/index.js";
import type { TextFinder } from "./finder/finder.js";
import { TILE } from "./finder/tiles.js";
import { framesOf } from "./frames.js";
import { displayOf } from "./render.js";
import { contains } from "./rules/boxes.js";
import { PlaneSearch, searchFrames } from "./search.js";

const side = 120;
const format = pixelFormat({ rows: side, columns: side, samplesPerPixel: 3 });
const WORD = { left: 60, top: 60, width: 24, height: 8 };
const PATCH = { left: 8, top: 8, width: 8, height: 8 };
/** As light as the grey about it: seen only where colours stand out. */
const [GREY, COLOURED] = [
  [90, 90, 90],
  [220, 22, 96],
] as const;

/** A grey frame with a coloured word ("t") or a coloured patch elsewhere ("p") or nothing ("g"). */
function frame(kind: string): Uint8Array {
  const { left, top, width, height } = kind === "t" ? WORD : PATCH;
  return Uint8Array.from({ length: 3 * side * side }, (_, at) => {
    const [x, y] = [Math.trunc(at / 3) % side, Math.trunc(at / 3 / side)];
    const isInside = x >= left && x < left + width && y >= top && y < top + height;
    return (kind !== "g" && isInside ? COLOURED : GREY)[at % 3]!;
  });
}

/** Takes every tile with a level above 150 for text. */
const finder: TextFinder = {
  engine: "js",
  heat({ rows, columns, pixels }) {
    const [down, across] = [Math.ceil(rows / TILE), Math.ceil(columns / TILE)];
    const logits = new Float32Array(down * across).fill(-20);
    for (let at = 0; at < pixels.length; at++) {
      if (pixels[at]! <= 150) continue;
      logits[Math.trunc(Math.trunc(at / columns) / TILE) * across + Math.trunc((at % columns) / TILE)] = 9;
    }
    return { rows: down, columns: across, logits };
  },
};

describe("a search through frames", () => {
  // Frames have a view of colours only where they have any: it comes and goes, at even and at odd distances.
  it.each(["t", "gt", "pt", "pgt", "ppt", "pggt", "pgtgtg", "tgptp", "ptgggtpgt"])(
    "finds a coloured word in each frame that has it, whatever the frames before showed: %s",
    (kinds) => {
      const value = concatBytes([...kinds].map(frame));
      const file = opened(nativeFile(format, kinds.length, value, {}, undefined, "OB"));
      const frames = framesOf(file);
      if (frames.kind !== "frames") throw new Error(frames.reason);
      const { everywhere, byFrame } = searchFrames(frames, displayOf(file), finder);
      const isFound = byFrame.map((own) => [...own, ...everywhere].some((box) => contains(box, WORD)));
      expect(isFound).toEqual([...kinds].map((kind) => kind === "t"));
    },
  );
});

describe("more pieces of text than any picture has", () => {
  it.each([
    [4000, 4000],
    [4001, 1],
  ])("%i of them are %i boxes, so that a person looks and nobody waits", (pieces, boxes) => {
    const across = 100;
    const plane = {
      rows: 82 * TILE,
      columns: 2 * across * TILE,
      pixels: new Uint8Array(82 * TILE * 2 * across * TILE),
    };
    for (let piece = 0; piece < pieces; piece++) {
      const [row, column] = [2 * Math.trunc(piece / across) * TILE, 2 * (piece % across) * TILE];
      plane.pixels[row * plane.columns + column] = 255;
    }
    const found = new PlaneSearch(finder).search(plane);
    expect(found).toHaveLength(boxes);
    if (boxes === 1)
      expect(found[0]).toMatchObject({ left: 0, top: 0, width: plane.columns, height: plane.rows });
  });
});
