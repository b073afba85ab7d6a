import { describe, expect, it } from "vitest";
import { FinderLook } from "./finder-look.js";
import type { View } from "./render.js";
import type { Evaluated } from "./rules/changes.js";

const view = (rows: number, columns: number, mapping = "as it is", grey = 40): View => ({
  ...{ rows, columns, visibility: 1, mapping },
  pixels: new Uint8Array(rows * columns).fill(grey),
});

/** Heat maps of a plane and, where given, of halves of it, from logits row by row. */
function scalesOf(plane: View, ...maps: readonly (readonly number[])[]): Evaluated[] {
  return maps.map((logits, depth) => {
    const rows = Math.ceil(Math.floor(plane.rows / 2 ** depth) / 4);
    const columns = Math.ceil(Math.floor(plane.columns / 2 ** depth) / 4);
    return { plane, heat: { rows, columns, logits: Float32Array.from(logits) } };
  });
}

describe("where a look of the finder rules out text", () => {
  const plane = view(8, 16);
  const map = [-9, -9, -2, -9, -9, -9, -9, -9];

  it.each([
    ["is the tile that may be text", { left: 8, top: 0, width: 4, height: 4 }, false],
    ["reaches one pixel into it", { left: 2, top: 0, width: 7, height: 2 }, false],
    ["ends before it", { left: 2, top: 0, width: 6, height: 8 }, true],
    ["begins below it", { left: 8, top: 4, width: 4, height: 4 }, true],
    ["lies around it and beyond the plane", { left: -4, top: -4, width: 40, height: 40 }, false],
    ["lies beside the plane", { left: 16, top: 0, width: 4, height: 4 }, true],
  ])("a box that %s", (_, box, isRuledOut) => {
    expect(new FinderLook(plane, scalesOf(plane, map), -3).rulesOut(box)).toBe(isRuledOut);
  });

  it("is below the limit, not at it", () => {
    const box = { left: 8, top: 0, width: 4, height: 4 };
    expect(new FinderLook(plane, scalesOf(plane, map), -2).rulesOut(box)).toBe(false);
    expect(new FinderLook(plane, scalesOf(plane, map), -1.9).rulesOut(box)).toBe(true);
  });

  it("is so at every scale: what only the half size shows counts for all its tiles", () => {
    const none = new Array<number>(8).fill(-9);
    const look = new FinderLook(plane, scalesOf(plane, none, [-9, 0]), -3);
    expect(look.rulesOut({ left: 0, top: 0, width: 8, height: 8 })).toBe(true);
    expect(look.rulesOut({ left: 12, top: 6, width: 1, height: 1 })).toBe(false);
  });
});

describe("a look of the finder", () => {
  const none = new Array<number>(8).fill(-9);
  const before = view(8, 16);
  const look = new FinderLook(before, scalesOf(before, none), -3);

  it.each([
    ["the same mapping, whatever is blanked", view(8, 16, "as it is", 0), true],
    ["another mapping", view(8, 16, "wider"), false],
    ["another size", view(8, 12), false],
  ])("holds for a view of %s: %s", (_, after, holds) => {
    expect(look.holdsFor(after)).toBe(holds);
  });

  it("is like another with the same mapping and the same tiles", () => {
    const other = (mapping: string, logits: readonly number[]) =>
      new FinderLook(view(8, 16, mapping, 90), scalesOf(before, logits), -3);
    expect(look.isLike(other("as it is", none))).toBe(true);
    expect(look.isLike(other("wider", none))).toBe(false);
    expect(look.isLike(other("as it is", none.with(5, 0)))).toBe(false);
  });
});
