import { describe, expect, it } from "vitest";
import { at, release } from "../../test/support/released.js";
import { parseTag } from "../dicom/index.js";
import { builtinProfile } from "./profile.js";

describe("private attributes", () => {
  it("keeps the safe ones by creator, wherever their block stands", () => {
    const [file] = release({
      "(0019,0023) LO": "GEMS_ACQU_01",
      "(0019,2324) DS": "12.5",
      "(0019,23FE) LO": "Quimbleton",
    });
    expect(file.data.string(parseTag("(0019,2324)"))).toBe("12.5");
    expect(file.data.string(parseTag("(0019,0023)"))).toBe("GEMS_ACQU_01");
    expect(file.data.find(parseTag("(0019,23FE)"))).toBe(-1);
  });

  it("shifts whole dates in safe text, and removes them without Modified Dates", () => {
    const plain = {
      "(0099,0010) LO": "NQHeader",
      "(0099,1005) LT": "2024-03-01",
      "(2001,0010) LO": "Philips Imaging DD 001",
      "(2001,105D) ST": "20240301101500",
    };
    const [file] = release(plain);
    const study = at(file, "StudyDate");
    const dashed = [study.slice(0, 4), study.slice(4, 6), study.slice(6)].join("-");
    expect(file.data.string(parseTag("(0099,1005)"))).toBe(dashed);
    expect(file.data.string(parseTag("(2001,105D)"))).toBe(`${study}101500`);
  });

  it("removes an element that no creator owns", () => {
    const [file] = release({ "(0019,2324) DS": "12.5" });
    expect(file.data.find(parseTag("(0019,2324)"))).toBe(-1);
  });

  it("removes all of them without Retain Safe Private", () => {
    const [file] = release(
      { "(0019,0023) LO": "GEMS_ACQU_01", "(0019,2324) DS": "12.5" },
      builtinProfile("basic"),
    );
    expect(file.data.find(parseTag("(0019,0023)"))).toBe(-1);
  });
});
