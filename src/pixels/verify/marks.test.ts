import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawnFonts, drawWord } from "../../../test/support/drawn.js";
import { pad } from "../rules/boxes.js";
import type { Box, GreyPlane } from "../types.js";
import { isMark } from "./marks.js";
import type { Reader } from "./reader.js";
import { openReaderFromPackages } from "./reader.node.js";
import { turned } from "./scale.js";

let reader: Reader;
beforeAll(async () => {
  reader = await openReaderFromPackages();
});
afterAll(() => reader.close());

function drawn(text: string): { plane: GreyPlane; box: Box } {
  const plane = { rows: 240, columns: 240, pixels: new Uint8Array(57600).fill(30) };
  const box = drawWord(plane, text, drawnFonts[4]!, 26, 0, { x: 120, y: 120 }, [], 180)!;
  return { plane, box: pad(box, 3) };
}

describe("isMark", () => {
  it.each([
    "L",
    "R",
    "AP",
    "PA",
    "LAT",
    "LEFT",
    "RIGHT",
    "SUPINE",
    "UPRIGHT",
    "PORTABLE",
    "RAO",
    "links",
    "gauche",
    "stehend",
    "L LAT",
    "AP UPRIGHT",
  ])("keeps a lone %s", (text) => {
    const { plane, box } = drawn(text);
    expect(isMark(plane, box, [box], reader)).toBe(true);
  });

  it.each([
    "SMITH",
    "R JS",
    "JS",
    "L1",
    "RAO 30",
    "12:30",
    "Maria",
    "R 2",
    "HEADLEY",
    "4711",
    "BAKER",
    "L R",
    "AP SMITH",
  ])("does not keep %s", (text) => {
    const { plane, box } = drawn(text);
    expect(isMark(plane, box, [box], reader)).toBe(false);
  });

  it.each([
    ["beside it", { left: 40, top: 0 }],
    ["below it", { left: 0, top: 34 }],
  ])("does not keep a mark with other text %s", (_, { left, top }) => {
    const { plane, box } = drawn("R");
    const other = { ...box, left: box.left + left, top: box.top + top };
    expect(isMark(plane, box, [box, other], reader)).toBe(false);
    const far = { ...box, left: box.left + 90, top: box.top + 90 };
    expect(isMark(plane, box, [box, far], reader)).toBe(true);
  });

  it.each([
    ["L", "PORTABLE", true],
    ["R", "AP UPRIGHT", true],
    ["L", "SMITH", false],
    ["R", "R JS", false],
    ["L", "12:30", false],
  ])("of %s above %s: keeps both as marks is %s", (above, below, isKept) => {
    const plane = { rows: 240, columns: 240, pixels: new Uint8Array(57600).fill(30) };
    const boxes = [above, below].map((text, i) =>
      pad(drawWord(plane, text, drawnFonts[4]!, 26, 0, { x: 120, y: 90 + 36 * i }, [], 180)!, 3),
    );
    for (const box of boxes) expect(isMark(plane, box, boxes, reader)).toBe(isKept);
    // A third line of text beside them, and they are part of a block.
    const third = { ...boxes[1]!, top: boxes[1]!.top + 34 };
    for (const box of boxes) expect(isMark(plane, box, [...boxes, third], reader)).toBe(false);
  });

  it.each([1, 2, 3])("keeps a mark that lies turned by %i quarters", (turns) => {
    const { plane, box } = drawn("RIGHT");
    const centred = { left: box.left, top: box.top, width: box.width, height: box.height };
    const lying = turned(plane, turns);
    const side = plane.rows;
    const { left, top, width, height } = centred;
    const place = [
      centred,
      { left: top, top: side - left - width, width: height, height: width },
      { left: side - left - width, top: side - top - height, width, height },
      { left: side - top - height, top: left, width: height, height: width },
    ][turns]!;
    expect(isMark(lying, place, [place], reader)).toBe(true);
  });

  it("keeps a mirrored mark, and no empty region", () => {
    const { plane, box } = drawn("LAT");
    const mirrored = { ...box, left: plane.columns - box.left - box.width };
    expect(isMark(turned(plane, 0, true), mirrored, [], reader)).toBe(true);
    expect(isMark(plane, { left: 5, top: 5, width: 30, height: 20 }, [], reader)).toBe(false);
    expect(isMark(plane, { left: 500, top: 5, width: 30, height: 20 }, [], reader)).toBe(false);
  });

  it.each([
    ["R JS", "R"],
    ["III", "AP"],
  ])("does not keep %s, of which the reader sees %s alone", (text, seen) => {
    const { plane, box } = drawn(text);
    const partial: Reader = { read: () => [{ text: seen, confidence: 0.97, box }], close: () => {} };
    expect(isMark(plane, box, [box], partial)).toBe(false);
  });

  it("does not keep a long stroke of letters that touch, read as one", () => {
    const plane = { rows: 100, columns: 200, pixels: new Uint8Array(20_000) };
    for (let y = 40; y < 60; y++)
      for (let x = 40; x < 100; x++) if (y < 43 || x % 12 < 3) plane.pixels[y * 200 + x] = 200;
    const box = { left: 38, top: 38, width: 64, height: 24 };
    const wrong: Reader = { read: () => [{ text: "R", confidence: 0.97, box }], close: () => {} };
    expect(isMark(plane, box, [box], wrong)).toBe(false);
  });

  it.each([
    [3, true],
    [20, false],
  ])("takes one glyph for a mark where its region is as large as itself: %i pixels more", (room, isOne) => {
    const { plane, box } = drawn("L");
    const silent: Reader = { read: () => [], close: () => {} };
    expect(isMark(plane, pad(box, room), [], silent)).toBe(isOne);
  });
});
