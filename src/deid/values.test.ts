import { describe, expect, it } from "vitest";
import { cappedAge, figuresOf, shiftDate, shiftDateTime, shiftedYear } from "./values.js";

describe("shiftDate", () => {
  it.each([
    ["20240301", -1, "20240229"],
    ["20230301", -1, "20230228"],
    ["20240101", -366, "20221231"],
    ["19000101", -1, "18991231"],
    ["00990101", 1, "00990102"],
    ["2024.03.01", 1, "2024.03.02"],
    ["20240301 ", 30, "20240331"],
    ["", 5, ""],
  ])("moves %s by %i days to %s", (date, days, shifted) => expect(shiftDate(date, days)).toBe(shifted));

  it.each(["20240230", "00000000", "2024", "20241301", "2024-03-01", "20240301120000", "DOE"])(
    "refuses %s, which is no DA",
    (text) => expect(shiftDate(text, 1)).toBeNull(),
  );
});

describe("shiftDateTime", () => {
  it.each([
    ["20240301123456.123456+0100", -1, "20240229123456.123456+0100"],
    ["20240301", 1, "20240302"],
    ["202403011200", 1, "202403021200"],
    ["20240301-0500", 1, "20240302-0500"],
    ["202403", 31, "202404"],
    ["2024", 366, "2025"],
    ["", 1, ""],
  ])("moves %s by %i days to %s, time to the letter", (text, days, shifted) =>
    expect(shiftDateTime(text, days)).toBe(shifted),
  );

  it.each([
    "DOE^JANE",
    "20240231",
    "2024030",
    "20240301T12",
    "20240301998877",
    "202403011",
    "20240301120000+9900",
  ])("refuses %s, which is no DT", (text) => expect(shiftDateTime(text, 1)).toBeNull());
});

it("keeps every interval between two dates, over leap years and centuries", () => {
  const at = (text: string) => Date.UTC(+text.slice(0, 4), +text.slice(4, 6) - 1, +text.slice(6));
  for (const [a, b] of [
    ["19991231", "20000301"],
    ["20240228", "20240301"],
    ["18991230", "19040229"],
  ] as const) {
    for (const days of [-3650, -400, -59, 1, 60]) {
      expect(at(shiftDate(b, days)!) - at(shiftDate(a, days)!)).toBe(at(b) - at(a));
    }
  }
});

it("keeps the shifted year alone", () => {
  expect(shiftedYear("19700105", -10, "DA")).toBe("19690101");
  expect(shiftedYear("197001051200", -10, "DT")).toBe("19690101");
  expect(shiftedYear("x", -10, "DA")).toBeNull();
});

describe("cappedAge", () => {
  it.each([
    ["089Y", "089Y"],
    ["090Y", "090Y"],
    ["104Y", "090Y"],
    ["999M", "999M"],
    ["045D", "045D"],
    ["", ""],
  ])("turns %s into %s", (age, capped) => expect(cappedAge(age)).toBe(capped));

  it("refuses what is no AS", () => expect(cappedAge("94 years")).toBeNull());
});

describe("figuresOf", () => {
  it.each([
    ["45821", ["45821"]],
    ["-0045821.00", ["0045821"]],
    ["0.0045821", ["0045821"]],
    [".0045821", ["0045821"]],
    ["4.5821e4", ["45821"]],
    ["45821E-3", ["45821"]],
    ["1.5e-7", []],
    ["0.48828", []],
    ["-249.51171875", []],
    ["512", []],
  ])("of %s are %j", (value, figures) => expect(figuresOf(value)).toEqual(figures));
});
