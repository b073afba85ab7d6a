import { describe, expect, it } from "vitest";
import { backgrounds, drawBackground, drawnFonts, drawWord } from "../../../test/support/drawn.js";
import { seededRandom } from "../../base/index.js";
import type { Box, GreyPlane } from "../types.js";
import { textShare } from "./pages.js";

/** Lines of text from the top left, as a dose sheet has them. */
function writeSheet(plane: GreyPlane, lines: number): Box[] {
  return Array.from({ length: lines }, (_, i) => {
    const at = { x: 110, y: 30 + 24 * i };
    return drawWord(plane, "CTDIvol 45.2 mGy", drawnFonts[0]!, 14, 0, at, [], 150)!;
  });
}

function blank(grey: number): GreyPlane {
  return { rows: 400, columns: 400, pixels: new Uint8Array(160_000).fill(grey) };
}

describe("textShare", () => {
  it.each([0, 40, 255])("takes lines of text on an even ground of %i for a page", (grey) => {
    const plane = blank(grey);
    expect(textShare(plane, writeSheet(plane, 9))).toMatchObject({ lines: 9, isPage: true });
  });

  it("takes a noisy scan with lines of text for a page", () => {
    const random = seededRandom(5);
    const plane = blank(245);
    const boxes = writeSheet(plane, 12);
    const noisy = plane.pixels.map((value) =>
      Math.max(0, Math.min(255, value + 8 * (random() + random() - 1))),
    );
    expect(textShare({ ...plane, pixels: noisy }, boxes).isPage).toBe(true);
  });

  it.each(backgrounds.filter((kind) => kind !== "flat"))(
    "takes a %s picture with lines of text for no page",
    (kind) => {
      const plane = drawBackground(kind, 400, 400, seededRandom(6));
      const boxes = Array.from({ length: 9 }, (_, i) => ({
        left: 10,
        top: 20 + 24 * i,
        width: 130,
        height: 14,
      }));
      expect(textShare(plane, boxes).isPage).toBe(false);
    },
  );

  it("takes few lines, and an empty frame, for no page", () => {
    const plane = blank(0);
    expect(textShare(plane, writeSheet(plane, 2)).isPage).toBe(false);
    expect(textShare(blank(0), [])).toEqual({ coverage: 0, lines: 0, plain: 1, isPage: false });
  });
});
