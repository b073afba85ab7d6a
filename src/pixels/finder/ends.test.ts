import { describe, expect, it } from "vitest";
import type { HeatMap } from "../types.js";
import { endsOf } from "./ends.js";

const mapOf = (...rows: readonly (readonly number[])[]): HeatMap => ({
  rows: rows.length,
  columns: rows[0]!.length,
  logits: Float32Array.from(rows.flat()),
});
const middle = { left: 1, top: 1, right: 2, bottom: 2 };

describe("where tiles end", () => {
  it.each([
    ["halfway to a tile as unsure as they are sure", 5, -5, 0],
    ["half a tile further where the next is hardly unsure", 9, -0.1, 2],
    ["half a tile before where they are hardly sure", 0.1, -9, -2],
    ["half a tile further where the next is sure, too", 5, 1, 2],
    ["half a tile before where they are not sure themselves", -1, -9, -2],
    ["in between", 3, -1, 1],
  ])("%s", (_, inner, outer, end) => {
    const map = mapOf([outer, outer, outer], [outer, inner, outer], [outer, outer, outer]);
    expect(endsOf(middle, map, 0)).toEqual({ left: end, top: end, right: end, bottom: end });
  });

  it("on each side by its own tiles, and the furthest of them", () => {
    const map = mapOf([-9, -9, -9, -9], [-3, 1, 3, -1], [-9, 3, 1, -9], [-9, 0, -9, -9]);
    const tiles = { left: 1, top: 1, right: 3, bottom: 3 };
    expect(endsOf(tiles, map, 0)).toEqual({ left: -1, top: -1, right: 1, bottom: 2 });
  });

  it("at the edge of the plane, whatever would be beyond", () => {
    const all = { left: 0, top: 0, right: 2, bottom: 1 };
    expect(endsOf(all, mapOf([0.1, 0.1]), 0)).toEqual({ left: 2, top: 2, right: 2, bottom: 2 });
  });
});
