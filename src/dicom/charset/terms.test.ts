import { describe, expect, it } from "vitest";
import { decode } from "../../../test/support/charset.js";
import { characterSetFor, parseCharacterSet } from "./index.js";

describe("the terms", () => {
  it.each<[values: string[], terms: string[]]>([
    [[], []],
    [[""], []],
    [["ISO_IR 100 "], ["ISO_IR 100"]],
    [
      ["", "ISO 2022 IR 87 "],
      ["", "ISO 2022 IR 87"],
    ],
    [
      ["ISO 2022 IR 6", "ISO 2022 IR 203"],
      ["ISO 2022 IR 6", "ISO 2022 IR 203"],
    ],
    [["ISO_IR 192"], ["ISO_IR 192"]],
    [["GBK"], ["GBK"]],
  ])("%j conforms", (values, terms) => {
    const set = parseCharacterSet(values);
    expect([set.terms, set.problems]).toEqual([terms, []]);
  });

  it.each<[values: string[], terms: string[], problem: RegExp]>([
    [["ISO IR 100"], ["ISO_IR 100"], /^value 1 is a non-standard spelling of ISO_IR 100$/],
    [["ISO_IR_100"], ["ISO_IR 100"], /spelling/],
    [["ISO-IR 144"], ["ISO_IR 144"], /spelling/],
    [["iso_ir 100"], ["ISO_IR 100"], /spelling/],
    [["ISO_IR100"], ["ISO_IR 100"], /spelling/],
    [["ISO-8859-1"], ["ISO_IR 100"], /spelling/],
    [["UTF-8"], ["ISO_IR 192"], /spelling/],
    [["ISO 2022 IR 192"], ["ISO_IR 192"], /spelling/],
    [["ISO 2022 GBK"], ["GBK"], /spelling/],
    [["ISO_IR 6"], ["ISO 2022 IR 6"], /spelling of ISO 2022 IR 6/],
    [["ISO_IR 87"], ["ISO 2022 IR 87"], /spelling/],
    [["ISO 2022 IR 100"], ["ISO 2022 IR 100"], /value 1 names code extensions but stands alone/],
    [
      ["ISO 2022 IR 100", "ISO_2022_IR+126"],
      ["ISO 2022 IR 100", "ISO 2022 IR 126"],
      /value 2 is a non-standard/,
    ],
    [
      ["ISO_IR 100", "ISO 2022 IR 144"],
      ["ISO 2022 IR 100", "ISO 2022 IR 144"],
      /value 1 names no code extensions/,
    ],
    [["ISO 2022 IR 149"], ["ISO 2022 IR 149"], /value 1 is a multi-byte set/],
    [["ISO_IR 192", "ISO 2022 IR 100"], ["ISO_IR 192"], /the other values are ignored/],
    [["ISO 2022 IR 100", "GBK"], ["ISO 2022 IR 100"], /value 2 allows no code extensions/],
    [["", "ISO_IR 192"], ["ISO_IR 192"], /value 2 allows no code extensions/],
    [["ISO_IR 100", ""], ["ISO_IR 100"], /value 2 is empty/],
    [["NO SUCH TERM"], ["NO SUCH TERM"], /^value 1 is no defined term/],
    [
      ["ISO 2022 IR 100", "ISO 2022 IR 146"],
      ["ISO 2022 IR 100", "ISO 2022 IR 146"],
      /^value 2 is no defined term/,
    ],
  ])("%j is read and flagged", (values, terms, problem) => {
    const set = parseCharacterSet(values);
    expect(set.terms).toEqual(terms);
    expect(set.problems.some((text) => problem.test(text))).toBe(true);
  });

  it("never repeats an unknown term in a problem", () => {
    expect(parseCharacterSet(["DOE^JANE"]).problems.join()).not.toContain("DOE");
  });

  it("reads what a deviant spelling declares", () => {
    expect(decode(["ISO IR 192"], "J\xc3\xa9r")).toBe("Jér");
    expect(decode(["ISO 2022 IR 100"], "J\xe9r")).toBe("Jér");
    expect(decode(["ISO_2022-IR 100", "ISO 2022 IR 126"], "D=\x1b-F\xc4", "PN")).toBe("D=Δ");
  });
});

describe("characterSetFor", () => {
  it.each([
    ["Doe^Jane\r\n", []],
    ["Buc^Jérôme", ["ISO_IR 100"]],
    ["Wałęsa", ["ISO_IR 192"]],
    ["caf\x85", ["ISO_IR 192"]],
    ["山田", ["ISO_IR 192"]],
  ])("names the least set for %j, which then encodes it", (text, terms) => {
    expect(characterSetFor(text)).toEqual(terms);
    const set = parseCharacterSet(characterSetFor(text));
    expect(set.decode(set.encode(text, "PN")!, "PN")).toBe(text);
  });
});
