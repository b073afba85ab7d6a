import { describe, expect, it } from "vitest";
import { countKinds, messageKind, newFindings, readDciodvfy } from "./support/findings.js";

describe("the kind of a judge's message", () => {
  it.each([
    [
      "Error - Missing attribute Type 2 Required Element=<PatientID> Module=<Patient>",
      "Error - Missing attribute Type # Required Element=<PatientID> Module=<Patient>",
    ],
    [
      "Error - Unrecognized enumerated value <US> for value 1 of attribute <Rescale Type>",
      "Error - Unrecognized enumerated value <> for value # of attribute <Rescale Type>",
    ],
    [
      "Warning - Retired attribute - (0x0010,0x1000) LO Other Patient IDs ",
      "Warning - Retired attribute - (0x0010,0x1000) LO Other Patient IDs",
    ],
    [
      "Error - Referenced SOP Instance is not listed but have IMAGE ReferencedSOPInstanceUID 1.2.3",
      "Error - Referenced SOP Instance is not listed but have IMAGE ReferencedSOPInstanceUID #",
    ],
    [
      "Warning - CodingSchemeDesignator is deprecated - attribute <CodingSchemeDesignator> = <SRT>",
      "Warning - CodingSchemeDesignator is deprecated - attribute <CodingSchemeDesignator> = …",
    ],
  ])("of %j leaves values out and attributes in", (line, kind) => {
    expect(messageKind(line)).toBe(kind);
  });
});

describe("new findings", () => {
  it("are those that come more often after than before", () => {
    const before = countKinds(["a 1", "a 2", "b"]);
    const after = countKinds(["a 3", "b", "b", "c"]);
    expect([...newFindings(before, after)]).toEqual([
      ["b", 1],
      ["c", 1],
    ]);
  });

  it("tell errors from warnings, and a data set that was not read from one with faults", () => {
    const verdict = readDciodvfy("CTImage\nError - x\n(0x0010,0x0010) PN Name - Warning - y\n");
    expect(verdict.readable).toBe(true);
    expect([...verdict.errors.keys()]).toEqual(["Error - x"]);
    expect([...verdict.warnings.keys()]).toEqual(["(0x0010,0x0010) PN Name - Warning - y"]);
    expect(readDciodvfy("Error - Dicom dataset read failed\n").readable).toBe(false);
  });
});
