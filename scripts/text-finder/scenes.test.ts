import { createCanvas, GlobalFonts } from "@napi-rs/canvas";
import { beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../src/base/index.js";
import { GENERATORS } from "./backgrounds/index.js";
import { sceneOf, TILE_IS, tileMask } from "./dump.js";
import { covers, fontsOf, SCRIPTS, type Split } from "./fonts.js";
import { NEGATIVES } from "./hard-negatives.js";
import { contrastOf, cornersOf, weakestOf } from "./measure.js";
import type { Ink } from "./overlays/ink.js";
import { makeScene, type Scene } from "./scenes.js";
import { inventedWord, medicalTerm } from "./words.js";

const SPLITS: readonly Split[] = ["train", "held-out"];
const COUNT = 240;
const made = new Map<Split, readonly Scene[]>();

const scenesOf = (split: Split): readonly Scene[] => made.get(split)!;
const wordsOf = (split: Split) => scenesOf(split).flatMap((scene) => scene.words);

beforeAll(() => {
  for (const split of SPLITS) {
    made.set(
      split,
      Array.from({ length: COUNT }, (_, index) => sceneOf(split, 77, index, 192, 256)),
    );
  }
});

describe("a scene", () => {
  it("is the same for the same seed, whatever was made before", () => {
    for (const split of SPLITS) {
      // Backwards, so that each follows on another one than before.
      for (let index = 15; index >= 0; index--) {
        const repeated = sceneOf(split, 77, index, 192, 256);
        const before = scenesOf(split)[index]!;
        expect(Buffer.compare(repeated.plane.pixels, before.plane.pixels)).toBe(0);
        expect(repeated.words).toEqual(before.words);
      }
    }
    const again = sceneOf("train", 77, 3, 192, 256);
    expect(sceneOf("train", 78, 3, 192, 256).plane.pixels).not.toEqual(again.plane.pixels);
    expect(sceneOf("held-out", 77, 3, 192, 256).plane.pixels).not.toEqual(again.plane.pixels);
  });

  it.each(GENERATORS)("has a ground ($name) that follows from its seed and its family", (generator) => {
    const bytes = (seed: number, heldOut: boolean) =>
      Buffer.concat(
        generator.make(seededRandom(seed), 96, heldOut).planes.map((plane) => new Uint8Array(plane)),
      );
    const first = bytes(5, true);
    expect(bytes(5, true).equals(first)).toBe(true);
    expect(bytes(6, true).equals(first)).toBe(false);
    if (!generator.heldOutOnly && !generator.trainOnly) expect(bytes(5, false).equals(first)).toBe(false);
  });

  it("shows by chance another plane of its colours, in which words may be fainter, and the same ones", () => {
    const options = { split: "train", rows: 96, columns: 128, text: "some" } as const;
    let other = 0;
    for (let seed = 0; seed < 60; seed++) {
      const luma = makeScene(seededRandom(seed), options);
      const any = makeScene(seededRandom(seed), { ...options, view: "any" });
      expect(any.words.map(({ text, corners }) => [text, corners])).toEqual(
        luma.words.map(({ text, corners }) => [text, corners]),
      );
      expect(any.textMask).toEqual(luma.textMask);
      if (Buffer.compare(any.plane.pixels, luma.plane.pixels) === 0) continue;
      other++;
      expect(luma.rgb).toBeDefined();
    }
    expect(other).toBeGreaterThan(3);
  });

  it("has the size that was asked for, and colour as luma beside its red, green and blue", () => {
    for (const split of SPLITS) {
      for (const { plane, rgb, textMask } of scenesOf(split)) {
        expect([plane.pixels.length, textMask.length]).toEqual([192 * 256, 192 * 256]);
        if (rgb === undefined) continue;
        const at = 5000;
        const luma = 0.299 * rgb[at * 3]! + 0.587 * rgb[at * 3 + 1]! + 0.114 * rgb[at * 3 + 2]!;
        expect(Math.abs(plane.pixels[at]! - luma)).toBeLessThanOrEqual(1);
      }
    }
  });

  it("has neither words nor mask when none are asked for", () => {
    for (let index = 0; index < COUNT; index += 4) {
      const scene = scenesOf("train")[index]!;
      expect([scene.words.length, scene.textMask.includes(1), scene.ink.some((value) => value > 0)]).toEqual([
        0,
        false,
        false,
      ]);
    }
  });
});

describe.each(SPLITS)("the %s split", (split) => {
  it("has every script", () => {
    expect([...new Set(wordsOf(split).map((word) => word.script))].sort()).toEqual([...SCRIPTS].sort());
  });

  it("has every way of writing", () => {
    const wanted = [
      "rotated",
      "vertical",
      "stacked",
      "pixelated",
      "letter-spaced",
      "condensed",
      "aliased",
      "outlined",
    ];
    wanted.push("boxed", "coloured", "semi-transparent", "shadowed", "light-on-dark", "dark-on-light");
    if (split === "train") wanted.push("dots");
    expect([...new Set(wordsOf(split).flatMap((word) => word.variants))].sort()).toEqual(wanted.sort());
  });

  it("has every effect, every hard negative and marks", () => {
    const wanted = [
      "blurred",
      "sharpened",
      "noise-over-text",
      "narrow-window",
      "inverted",
      "jpeg",
      "rescaled-smooth",
      "rescaled-nearest",
    ];
    expect([...new Set(scenesOf(split).flatMap((scene) => scene.effects))].sort()).toEqual(wanted.sort());
    expect(new Set(scenesOf(split).flatMap((scene) => scene.hardNegatives)).size).toBe(
      Object.keys(NEGATIVES).length,
    );
    expect(wordsOf(split).some((word) => word.kind === "mark")).toBe(true);
  });

  it("has sizes from 8 to 40 pixels and contrasts from faint to full", () => {
    const sizes = wordsOf(split).map((word) => word.size);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(6);
    expect(Math.min(...sizes)).toBeLessThan(9);
    expect(Math.max(...sizes)).toBeGreaterThan(33);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(42);
    const contrasts = wordsOf(split).map((word) => word.contrast);
    for (const [low, high] of [
      [25, 40],
      [40, 80],
      [80, 150],
      [150, 256],
    ] as const) {
      expect(contrasts.filter((each) => each >= low && each < high).length).toBeGreaterThan(
        contrasts.length * 0.04,
      );
    }
  });

  it("has no ink outside the boxes, and some in each", () => {
    for (const scene of scenesOf(split)) {
      expect(inkOutside(scene, scene.textMask)).toBe(0);
      for (const word of scene.words) expect(inkInside(scene, word.corners)).toBeGreaterThan(0);
    }
  });

  it("would have ink outside boxes that lie two pixels off", () => {
    const worded = scenesOf(split).filter((scene) => scene.words.length > 0);
    for (const scene of worded) {
      const moved = new Uint8Array(scene.textMask.length);
      moved.set(scene.textMask.subarray(0, -2), 2);
      expect(inkOutside(scene, moved)).toBeGreaterThan(0);
    }
  });
});

/** Pixels well covered by ink that a mask does not have. */
function inkOutside(scene: Scene, mask: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < mask.length; at++) if (scene.ink[at]! > 127 && mask[at] === 0) count++;
  return count;
}

function inkInside(scene: Scene, corners: readonly (readonly [number, number])[]): number {
  const { columns } = scene.plane;
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  let count = 0;
  for (
    let y = Math.max(0, Math.floor(Math.min(...ys)));
    y < Math.min(scene.plane.rows, Math.max(...ys));
    y++
  ) {
    for (let x = Math.max(0, Math.floor(Math.min(...xs))); x < Math.min(columns, Math.max(...xs)); x++) {
      if (scene.ink[y * columns + x]! > 31) count++;
    }
  }
  return count;
}

describe("the same seed without text", () => {
  const plainWord = (word: { variants: readonly string[] }) =>
    !word.variants.some((each) => ["boxed", "shadowed", "outlined"].includes(each));

  it.each(SPLITS)("gives the same picture but for the boxes (%s)", (split) => {
    let compared = 0;
    for (let seed = 1; seed < 120; seed++) {
      const options = { split, rows: 160, columns: 224 } as const;
      const scene = makeScene(seededRandom(seed), { ...options, text: "some" });
      if (scene.effects.length > 0 || !scene.words.every(plainWord) || scene.words.length === 0) continue;
      const without = makeScene(seededRandom(seed), { ...options, text: "none" });
      compared++;
      let [outside, inside] = [0, 0];
      for (let at = 0; at < scene.textMask.length; at++) {
        const change = Math.abs(scene.plane.pixels[at]! - without.plane.pixels[at]!);
        // A fringe of smoothing up to a quarter of full ink may lie outside.
        if (scene.textMask[at] === 0) outside = Math.max(outside, change);
        else inside = Math.max(inside, change);
      }
      expect(outside).toBeLessThanOrEqual(64);
      expect(inside).toBeGreaterThan(15);
    }
    expect(compared).toBeGreaterThan(5);
  });
});

describe("the local contrast", () => {
  const ink: Ink = {
    left: 6,
    top: 6,
    width: 12,
    height: 2,
    coverage: new Uint8Array(24).fill(255),
    halo: null,
  };
  const word = { ink } as Parameters<typeof contrastOf>[2];
  const size = { rows: 14, columns: 24 };
  const plane = (letters: number, ground: number) => {
    const pixels = new Uint8Array(14 * 24).fill(ground);
    for (let row = 6; row < 8; row++) pixels.fill(letters, row * 24 + 6, row * 24 + 18);
    return pixels;
  };

  it.each([
    [180, 100, 80],
    [100, 180, 80],
    [140, 120, 20],
    [90, 90, 0],
  ])("of letters of %i on a ground of %i is %i", (letters, ground, contrast) => {
    expect(contrastOf(plane(letters, ground), size, word)).toBe(contrast);
  });

  it("looks at the ring alone, not at what is farther off", () => {
    const pixels = plane(180, 100);
    pixels.fill(255, 0, 24 * 2);
    pixels.fill(255, 24 * 12);
    expect(contrastOf(pixels, size, word)).toBe(80);
  });

  it("is nothing at the weakest where half of a word vanishes", () => {
    const pixels = plane(180, 100);
    for (let row = 0; row < 14; row++) pixels.fill(180, row * 24 + 12, row * 24 + 24);
    expect(weakestOf(plane(180, 100), size, { ink, angle: 0, size: 3 })).toBe(80);
    expect(weakestOf(pixels, size, { ink, angle: 0, size: 3 })).toBe(0);
  });

  it("falls when the whole picture is squeezed after the text was drawn", () => {
    expect(
      contrastOf(
        plane(180, 100).map((value) => 60 + value / 4),
        size,
        word,
      ),
    ).toBe(20);
  });
});

describe("the box of a word", () => {
  it("is tight about ink of 12 × 2 pixels", () => {
    const ink: Ink = {
      left: 6,
      top: 3,
      width: 12,
      height: 2,
      coverage: new Uint8Array(24).fill(255),
      halo: null,
    };
    expect(cornersOf(ink, 0)).toEqual([
      [6, 3],
      [18, 3],
      [18, 5],
      [6, 5],
    ]);
  });

  it("leans with the word: a diagonal of pixels has a thin box at 45 degrees and a square one at 0", () => {
    const coverage = Uint8Array.from({ length: 100 }, (_, at) => (at % 11 === 0 ? 255 : 0));
    const ink: Ink = { left: 0, top: 0, width: 10, height: 10, coverage, halo: null };
    const [, right, below] = cornersOf(ink, 45)!;
    expect(Math.hypot(right![0] - below![0], right![1] - below![1])).toBeCloseTo(1);
    expect(cornersOf(ink, 0)![2]).toEqual([10, 10]);
  });
});

describe("the two splits", () => {
  it("share no font", () => {
    const names = SPLITS.map(
      (split) => new Set(SCRIPTS.flatMap((script) => fontsOf(split, script).map((file) => file.name))),
    );
    expect([...names[0]!].filter((name) => names[1]!.has(name))).toEqual([]);
    expect([names[0]!.size, names[1]!.size]).toEqual([12, 11]);
    const used = SPLITS.map((split) => new Set(wordsOf(split).map((word) => word.font)));
    expect([...used[0]!].filter((name) => used[1]!.has(name))).toEqual([]);
  });

  it("keep three kinds of ground out of training", () => {
    const kept = GENERATORS.filter((each) => each.heldOutOnly).map((each) => each.name);
    expect(kept.length).toBeGreaterThanOrEqual(3);
    expect(scenesOf("train").filter((scene) => kept.includes(scene.background))).toEqual([]);
    const others = GENERATORS.filter((each) => !each.trainOnly).map((each) => each.name);
    expect(new Set(scenesOf("held-out").map((scene) => scene.background))).toEqual(new Set(others));
  });
});

describe("fonts", () => {
  const raster = (family: string, letter: string): string => {
    const to = createCanvas(48, 48).getContext("2d");
    to.font = `32px "${family}"`;
    to.fillText(letter, 6, 36);
    return Buffer.from(to.getImageData(0, 0, 48, 48).data).toString("base64");
  };
  const files = SPLITS.flatMap((split) => SCRIPTS.flatMap((script) => fontsOf(split, script)));

  it.each(files.map((file) => [file.family, file] as const))(
    "%s draws its script, no boxes and no blanks",
    (_, file) => {
      const random = seededRandom(9);
      const vocabulary = Array.from(
        { length: 150 },
        () => inventedWord(random, file.script) + medicalTerm(random, file.script),
      );
      const letters = [...new Set(vocabulary.join(""))].filter((letter) => /\p{L}/u.test(letter));
      const drawn = letters.filter((letter) => covers(file, letter));
      expect(GlobalFonts.has(file.family)).toBe(true);
      expect(drawn.length).toBeGreaterThan(letters.length * (file.script === "chinese" ? 0.7 : 0.9));
      // A private code point has no glyph: what is drawn for it is the box, or nothing.
      const missing = new Set([raster(file.family, "\u{f8f0}"), raster(file.family, " ")]);
      expect(drawn.filter((letter) => missing.has(raster(file.family, letter)))).toEqual([]);
      expect(new Set(drawn.map((letter) => raster(file.family, letter))).size).toBeGreaterThan(
        drawn.length * 0.55,
      );
      expect(file.capHeight).toBeGreaterThan(0.3);
    },
  );

  it("know what they cannot draw", () => {
    const roboto = fontsOf("train", "latin").find((file) => file.name === "roboto")!;
    expect(covers(roboto, "Knee 3")).toBe(true);
    expect(covers(roboto, "膝")).toBe(false);
  });

  it("drew every letter of every word", () => {
    for (const split of SPLITS) {
      const all = SCRIPTS.flatMap((script) => fontsOf(split, script));
      for (const word of wordsOf(split)) {
        if (word.font === "dots") expect(word.text).toMatch(/^[A-Z0-9.:/-]+$/);
        else expect([...word.text].every((letter) => all.some((file) => covers(file, letter)))).toBe(true);
        expect(word.text).not.toBe("");
      }
    }
  });
});

describe("the tiles of the target", () => {
  it("are text where the centre lies in a box, with a rim of one tile that is to be ignored", () => {
    const scene = scenesOf("train").find(
      (each) => each.words.length > 1 && each.words.every((word) => word.contrast > 60),
    )!;
    const tiles = tileMask(scene);
    const across = 64;
    for (let at = 0; at < tiles.length; at++) {
      const [row, column] = [Math.floor(at / across), at % across];
      const centre = [1, 2].some((dy) =>
        [1, 2].some((dx) => scene.textMask[(row * 4 + dy) * 256 + column * 4 + dx] === 1),
      );
      expect(tiles[at] === 255).toBe(centre);
    }
    expect(tiles.includes(TILE_IS.rim)).toBe(true);
  });

  it("leave words too faint to ask for out of the loss", () => {
    const scene = SPLITS.flatMap(scenesOf).find((each) => each.words.length > 0)!;
    const faint = { ...scene, words: scene.words.map((word) => ({ ...word, contrast: 5 })) };
    expect(tileMask(faint).includes(255)).toBe(false);
    expect(tileMask(faint).includes(TILE_IS.faint)).toBe(true);
  });
});
