import { describe, expect, it } from "vitest";
import {
  byteSize,
  clip,
  displayWidth,
  grouped,
  masked,
  painterFor,
  plural,
  printable,
  table,
} from "./output.js";

describe("masked", () => {
  it.each([
    ["Musterfrau^Jördis", "Aaaaaaaaaa^Aaaaaa"],
    ["山田^太郎=やまだ", "xx^xx=xxx"],
    ["Образцова", "Aaaaaaaaa"],
    ["19570312", "99999999"],
    ["+1 (202) 555-0143", "+9 (999) 999-9999"],
    ["MRN#4711@x.org", "AAA·9999·a.aaa"],
    ["", ""],
    ["x".repeat(30), `${"a".repeat(24)}… (30)`],
  ])("shows %j as %j", (value, shape) => {
    expect(masked(value)).toBe(shape);
  });
});

describe("printable", () => {
  it("lets no control character of a file reach the terminal", () => {
    expect(printable("a\u001b[2Jb\r\nc\u0007\u202ed\te")).toBe("a·[2Jb⏎⏎c··d e");
  });
});

describe("painterFor", () => {
  const write = () => true;
  it.each([
    ["a terminal", { write, isTTY: true }, {}, true],
    ["a terminal with NO_COLOR", { write, isTTY: true }, { NO_COLOR: "1" }, false],
    ["a dumb terminal", { write, isTTY: true }, { TERM: "dumb" }, false],
    ["a pipe", { write }, {}, false],
  ])("knows whether %s takes colour", (_, sink, env, coloured) => {
    expect(painterFor(sink, env)("red", "x")).toBe(coloured ? "\u001b[31mx\u001b[0m" : "x");
  });
});

describe("table", () => {
  it("aligns columns, also of wide characters, and leaves no space at the end", () => {
    expect(
      table([
        ["山田", "x"],
        ["a", "long"],
        ["b", ""],
      ]),
    ).toEqual(["山田  x", "a     long", "b"]);
  });
});

it("clips by columns", () => {
  expect([clip("山田太郎", 5), clip("abc", 3), clip("abcd", 3)]).toEqual(["山田…", "abc", "ab…"]);
  expect(displayWidth("e\u0301")).toBe(1);
});

it("writes numbers for people", () => {
  expect([
    grouped(1234567),
    plural(1, "study"),
    plural(2, "study"),
    plural(3, "series"),
    byteSize(999),
    byteSize(1500),
  ]).toEqual(["1,234,567", "1 study", "2 studies", "3 series", "999 bytes", "1.5 KB"]);
});
