import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backgrounds, drawBackground, drawnFonts, drawWord } from "../../../test/support/drawn.js";
import { seededRandom } from "../../base/index.js";
import { compileIdentifiers } from "../../text/index.js";
import { pad } from "../rules/boxes.js";
import type { Box, GreyPlane } from "../types.js";
import type { Reader } from "./reader.js";
import { openReaderFromPackages } from "./reader.node.js";
import { verify } from "./residue.js";
import { shareWithin } from "./strokes.js";

let reader: Reader;
let reads = 0;
beforeAll(async () => {
  const opened = await openReaderFromPackages();
  reader = {
    read: (plane, options) => {
      reads++;
      return opened.read(plane, options);
    },
    close: () => opened.close(),
  };
});
afterAll(() => reader.close());

const known = compileIdentifiers({
  names: ["Kowalski^Maria"],
  ids: ["MRN0047110815"],
  dates: ["19760616"],
  other: [],
});

function blank(grey = 0): GreyPlane {
  return { rows: 256, columns: 400, pixels: new Uint8Array(256 * 400).fill(grey) };
}

function write(plane: GreyPlane, text: string, x: number, y: number, size = 20): Box {
  return drawWord(plane, text, drawnFonts[0]!, size, 0, { x, y }, [], 180)!;
}

describe("verify", () => {
  it("finds no residue in pictures without text, and does not read empty ones", () => {
    reads = 0;
    expect(verify(blank(), { reader, known })).toEqual({ residual: [], identifiers: 0 });
    expect(reads).toBe(0);
    const random = seededRandom(31);
    for (let k = 0; k < 18; k++) {
      const plane = drawBackground(backgrounds[k % backgrounds.length]!, 256, 256, random);
      expect(verify(plane, { reader, known })).toEqual({ residual: [], identifiers: 0 });
    }
  });

  it("finds a word that was left, and no longer once it is blanked", () => {
    const plane = blank();
    const box = write(plane, "Hospital", 200, 120);
    const before = verify(plane, { reader, known });
    expect(before.residual.some((stroke) => shareWithin(box, stroke) > 0.7)).toBe(true);
    expect(before.identifiers).toBe(0);
    for (let y = box.top - 2; y < box.top + box.height + 2; y++) {
      plane.pixels.fill(0, y * 400 + box.left - 2, y * 400 + box.left + box.width + 2);
    }
    expect(verify(plane, { reader, known }).residual).toEqual([]);
  });

  it.each(["KOWALSKI", "Maria Kowalski", "MRN0047110815", "16.06.1976", "1976-06-16"])(
    "counts %s as known",
    (text) => {
      const plane = blank();
      write(plane, text, 200, 120);
      expect(verify(plane, { reader, known }).identifiers).toBe(1);
      expect(verify(plane, { reader }).identifiers).toBe(0);
    },
  );

  it("leaves marks that stay, unless they are known", () => {
    const plane = blank();
    const mark = pad(write(plane, "SUPINE", 200, 60), 3);
    expect(verify(plane, { reader, known, kept: [mark] }).residual).toEqual([]);
    expect(verify(plane, { reader, known }).residual).toHaveLength(1);
    const other = blank();
    const name = pad(write(other, "KOWALSKI", 200, 60), 3);
    const held = verify(other, { reader, known, kept: [name] });
    expect(held.residual).toHaveLength(1);
    expect(held.identifiers).toBe(1);
  });

  it.each([
    ["827", 0.89, 1],
    ["73880", 0.84, 1],
    ["SUPINE", 0.9, 0],
    ["SUPIME", 0.9, 0],
    ["73880", 0.7, 0],
  ])("takes a mark back in which %s is read with %d", (text, confidence, count) => {
    const plane = blank();
    const mark = pad(write(plane, "SUPINE", 200, 60), 3);
    const sees: Reader = { read: () => [{ text, confidence, box: mark }], close: () => {} };
    expect(verify(plane, { reader: sees, kept: [mark] }).residual).toHaveLength(count);
  });

  it("hands out places and scores, never what was read", () => {
    const plane = blank();
    write(plane, "KOWALSKI", 200, 120);
    const residue = verify(plane, { reader, known });
    expect(Object.keys(residue).sort()).toEqual(["identifiers", "residual"]);
    for (const box of residue.residual)
      expect(Object.keys(box).sort()).toEqual(["height", "left", "score", "top", "width"]);
    expect(JSON.stringify(residue)).not.toMatch(/kowalski/i);
  });

  it.each([
    ["no other detector is asked", undefined, true],
    ["another detector does not rule text out", () => false, true],
    ["another detector rules text out", () => true, false],
  ])(
    "holds a line as even as letters that nobody reads, by its strokes alone: %s",
    (_, isRuledOut, isHeld) => {
      const plane = blank();
      write(plane, "Hospital Radiology", 200, 120, 26);
      const silent: Reader = { read: () => [], close: () => {} };
      const residue = verify(plane, { reader: silent, known, ...(isRuledOut && { isRuledOut }) });
      expect(residue.residual.length > 0).toBe(isHeld);
    },
  );

  it.each([
    ["in both ways where nothing is known of it", undefined, 2],
    ["in both ways where text is likely", () => false, 2],
    ["once where it is enough", () => true, 1],
  ])("reads a line that the reader is not sure of %s", (_, isReadOnce, count) => {
    const plane = blank();
    write(plane, "RADIOLOGY", 200, 120);
    let reads = 0;
    const unsure: Reader = {
      read() {
        reads++;
        return [];
      },
      close: () => {},
    };
    verify(plane, { reader: unsure, ...(isReadOnce && { isReadOnce }) });
    expect(reads).toBe(count);
  });

  it("asks the other detector about the place of those strokes", () => {
    const plane = blank();
    const box = write(plane, "Hospital Radiology", 200, 120, 26);
    const asked: Box[] = [];
    const isRuledOut = (place: Box) => asked.push(place) > 0;
    verify(plane, { reader: { read: () => [], close: () => {} }, isRuledOut });
    expect(asked.some((place) => shareWithin(box, place) > 0.7)).toBe(true);
  });

  it.each([
    ["read with confidence", "RADIOLOGY", 0.8, 0],
    ["of a known identifier, legible only just", "KOWALSKI", 0.3, 1],
  ])("holds words %s even where another detector rules text out", (_, text, confidence, identifiers) => {
    const plane = blank();
    const box = write(plane, "Hospital Radiology", 200, 120, 26);
    const sees: Reader = { read: () => [{ text, confidence, box }], close: () => {} };
    const residue = verify(plane, { reader: sees, known, isRuledOut: () => true });
    expect(residue.residual.some((place) => shareWithin(box, place) > 0.7)).toBe(true);
    expect(residue.identifiers > 0).toBe(identifiers > 0);
  });

  it.each([
    ["three letters, hardly", "ARC", 0.8, true, 0],
    ["three letters, hardly, where no other detector rules text out", "ARC", 0.8, false, 1],
    ["three letters, surely", "ARC", 0.95, true, 1],
    ["four letters, hardly", "ARCO", 0.65, true, 1],
    ["one letter many times, however surely", "00000", 0.97, true, 0],
    ["one letter many times where no other detector rules text out", "000", 0.7, false, 1],
  ])("weighs what is read: %s", (_, text, confidence, ruledOut, count) => {
    const plane = blank();
    const box = write(plane, "ARC", 200, 120);
    const sees: Reader = { read: () => [{ text, confidence, box }], close: () => {} };
    expect(verify(plane, { reader: sees, isRuledOut: () => ruledOut }).residual).toHaveLength(count);
  });

  it("knows an identifier of one letter many times", () => {
    const plane = blank();
    const box = write(plane, "00000000", 200, 120);
    const sees: Reader = { read: () => [{ text: "00000000", confidence: 0.9, box }], close: () => {} };
    const zeros = compileIdentifiers({ names: [], ids: ["00000000"], dates: [], other: [] });
    expect(verify(plane, { reader: sees, known: zeros }).residual).toHaveLength(1);
  });

  it.each([
    ["is not sure of", "ARC", 0.4, 0],
    ["is sure of", "ARC", 0.8, 1],
    ["finds shorter than a word", "AR", 0.8, 0],
  ])("leaves three shapes to the reader: what it %s", (_, text, confidence, count) => {
    const plane = blank();
    const box = write(plane, "ARC", 200, 120);
    const asked: Reader = { read: () => [{ text, confidence, box }], close: () => {} };
    expect(verify(plane, { reader: asked }).residual).toHaveLength(count);
  });
});
