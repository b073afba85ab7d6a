import { describe, expect, it } from "vitest";
import { compileIdentifiers, containsKnown } from "../../text/index.js";
import { mayBeKnown } from "./confusions.js";

const known = compileIdentifiers({
  names: ["Kolinski^Isolde"],
  ids: ["A10580", "4711081588"],
  dates: ["19521018"],
  other: [],
});

describe("mayBeKnown", () => {
  it.each([
    ["KOLINSKI", "as it stands"],
    ["KOIINSKI", "I for L"],
    ["KOlINSKl", "l for I and for L"],
    ["K0L1N5KI", "digits for letters"],
    ["I50LDE", "5 for S and 0 for O"],
    ["AIO58O", "letters for digits"],
    ["47II08I5B8", "a number in letters"],
    ["47110B1588", "B for 8"],
    ["I0/l8/I952", "letters in a date"],
    ["KOLIMSKI", "one letter of eight wrong"],
    ["4711981588", "one digit of ten wrong"],
    ["Pat. ROLINSKI, I.", "a wrong letter in a line"],
  ])("takes %s for known: %s", (text) => {
    expect(mayBeKnown(text, known)).toBe(true);
  });

  it("needs its exchanges: the plain question misses what a reader got wrong", () => {
    for (const text of ["K0L1N5KI", "AIO58O", "KOLIMSKI"]) expect(containsKnown(text, known)).toBe(false);
  });

  it.each(["SUPINE", "ROLIMSKI", "Radiology", "4712091588", "12:30", "kV 120 mAs 45", ""])(
    "does not take %s for known",
    (text) => {
      expect(mayBeKnown(text, known)).toBe(false);
    },
  );
});
