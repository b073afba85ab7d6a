import { describe, expect, it } from "vitest";
import { buildFile, memorySource, type PlainDataSet, SopClass } from "../dicom/index.js";
import { createDeidentifier } from "./apply.js";
import { type ExplainedElement, type Explanation, explainInstance } from "./explain.js";
import { deriveProjectKeys } from "./keys.js";
import { builtinProfile } from "./profile.js";

const keys = deriveProjectKeys(new Uint8Array(32).fill(3), "trial", "lab");
const IDENTITY = {
  SOPClassUID: SopClass["CT Image Storage"]!,
  SOPInstanceUID: "1.2.3.1.1.1",
  StudyInstanceUID: "1.2.3.1",
  SeriesInstanceUID: "1.2.3.1.1",
  PatientName: "Quimbleton^Zephyrine",
  PatientID: "MRN-4471902",
};

function explained(plain: PlainDataSet): Explanation {
  const file = buildFile({ ...IDENTITY, ...plain });
  return explainInstance(memorySource(file), undefined, createDeidentifier(builtinProfile("research"), keys));
}

function element(plain: PlainDataSet, keyword: string): ExplainedElement {
  return explained(plain).elements.find((one) => one.keyword === keyword)!;
}

describe("what is written in an element's place", () => {
  it.each([
    ["PatientID", {}, "pseudonym", /^[0-9A-Z]{12}$/],
    ["StudyDescription", { StudyDescription: "CT of Quimbleton" }, "cleaned", /^CT of$/],
    ["StudyDate", { StudyDate: "20240301" }, "shifted", /^20(1|2)\d{5}$/],
    ["SOPInstanceUID", {}, "uid", /^2\.25\.\d+$/],
    ["PatientBirthDate", { PatientBirthDate: "19310405" }, "emptied", /^$/],
  ] as const)("is told of %s", (keyword, plain, action, after) => {
    expect(element(plain, keyword)).toMatchObject({ action, after: expect.stringMatching(after) });
  });

  it("is decoded by the character set of the file", () => {
    const StudyDescription = "Schädel, Frau Quimbleton";
    const { after } = element({ SpecificCharacterSet: "ISO_IR 192", StudyDescription }, "StudyDescription");
    expect(after).toContain("Schädel");
  });

  it("is absent where the element stays or goes", () => {
    expect(element({ PatientSex: "F" }, "PatientSex")).not.toHaveProperty("after");
    expect(element({ PatientAddress: "Hill Road 9" }, "PatientAddress")).not.toHaveProperty("after");
  });
});

describe("the action", () => {
  it.each([
    ["093Y", "cleaned", "090Y"],
    ["067Y", "kept", undefined],
  ])("on an age of %s is %s", (PatientAge, action, after) => {
    expect(element({ PatientAge }, "PatientAge")).toMatchObject({ action, ...(after && { after }) });
  });

  it("says that text outside the table is cleaned, and which option cleans the sequence around it", () => {
    expect(element({ FilterMaterial: "CU", ExposureModulationType: "NONE" }, "FilterMaterial").why).toBe(
      "not in PS3.15 Table E.1-1",
    );
    expect(element({ PositionReferenceIndicator: "SN" }, "PositionReferenceIndicator").why).toBe(
      "not in PS3.15 Table E.1-1; cleaned of identifiers",
    );
    const ContentSequence = [{ ValueType: "TEXT", TextValue: "no bleeding" }];
    const SOPClassUID = SopClass["Basic Text SR Storage"]!;
    expect(element({ SOPClassUID, ContentSequence }, "TextValue").why).toBe(
      "not in PS3.15 Table E.1-1; cleaned of identifiers, as ContentSequence is: cleanStructuredContent C",
    );
  });
});

describe("a file that is held for what it is", () => {
  it("gives the reason DICOMDIR alone", () => {
    const SOPClassUID = "1.2.840.10008.1.3.10";
    expect(explained({ SOPClassUID }).held.map(({ code }) => code)).toEqual(["DICOMDIR"]);
  });

  it("gives one reason and no elements where it cannot be read", () => {
    const whole = buildFile({ ...IDENTITY, StudyDescription: "CT of the chest" });
    const cut = memorySource(whole.subarray(0, whole.length - 3));
    const { held, elements, file } = explainInstance(
      cut,
      undefined,
      createDeidentifier(builtinProfile("research"), keys),
    );
    expect(held.map(({ code }) => code)).toEqual(["UNREADABLE"]);
    expect({ elements, file }).toEqual({ elements: [], file: undefined });
  });
});
