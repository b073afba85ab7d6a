import { describe, expect, it } from "vitest";
import { buildFile, memorySource, type PlainDataSet, SopClass } from "../dicom/index.js";
import { cleanText, compileIdentifiers } from "../text/index.js";
import { applyStudy, createDeidentifier } from "./apply.js";
import { deriveProjectKeys } from "./keys.js";
import { builtinProfile } from "./profile.js";
import { mergeSurvey, Surveyor } from "./survey.js";
import { suspiciousTexts } from "./suspicious.js";
import type { ReleasedInstance } from "./types.js";

const matcher = compileIdentifiers({ names: ["Quimbleton^Zephyrine"], ids: [], dates: [], other: [] });
const texts = (value: string) => suspiciousTexts(value, cleanText(value, matcher, { removeDates: true }));

describe("what stayed of a text though it looks suspicious", () => {
  it("is told with its neighbourhood", () => {
    expect(texts("run 9876543210 of the scan")).toEqual([
      { why: "id-like", text: "9876543210", context: "run 9876543210 of the scan" },
    ]);
  });

  it("is told without the words that were removed on either side", () => {
    const [only, ...others] = texts("Quimbleton had run 9876543210 twice, Zephyrine Quimbleton");
    expect(others).toEqual([]);
    expect(only).toMatchObject({ text: "9876543210" });
    expect(only!.context).toContain("run 9876543210 twice");
    expect(only!.context).not.toMatch(/Quimbleton|Zephyrine/);
  });

  it("is told with no more than 40 characters on either side, in time linear in the text", () => {
    const many = texts("9876543210 scans of the chest and Quimbleton then ".repeat(4000));
    expect(many.length).toBeGreaterThan(100);
    expect(Math.max(...many.map(({ context }) => context.length))).toBeLessThanOrEqual(90);
  });
});

/** Releases one instance of a patient who never lived. */
function release(plain: PlainDataSet): ReleasedInstance<number> {
  const file = buildFile({
    SOPClassUID: SopClass["MR Image Storage"]!,
    SOPInstanceUID: "1.2.3.1.1.1",
    StudyInstanceUID: "1.2.3.1",
    SeriesInstanceUID: "1.2.3.1.1",
    PatientName: "Quimbleton^Zephyrine",
    PatientID: "MRN-1",
    ...plain,
  });
  const keys = deriveProjectKeys(new Uint8Array(32).fill(3), "p", "r");
  const surveyor = new Surveyor();
  surveyor.add(0, memorySource(file));
  const { patient } = mergeSurvey([surveyor.part()], keys).studies[0]!;
  const instances = [{ id: 0, source: memorySource(file) }];
  const [outcome] = applyStudy({ patient, instances }, createDeidentifier(builtinProfile("research"), keys));
  if (outcome?.kind !== "released") throw new Error(JSON.stringify(outcome));
  return outcome;
}

describe("a released instance", () => {
  it("hands out the kept text with its element", () => {
    expect(release({ StudyDescription: "run 9876543210" }).keptText).toEqual([
      { path: "(0008,1030)", why: "id-like", text: "9876543210", context: "run 9876543210" },
    ]);
  });

  it.each([
    ["DCM", 0],
    ["SCT", 0],
    ["99SITE", 1],
    ["", 1],
  ])("reports a long Code Value of the scheme %j %i times", (CodingSchemeDesignator, times) => {
    const code = { CodeValue: "9876543210", CodingSchemeDesignator, CodeMeaning: "Chest" };
    const { keptText } = release({ AnatomicRegionSequence: [code] });
    expect(keptText.map(({ path }) => path)).toEqual(Array(times).fill("(0008,2218) > (0008,0100)"));
  });

  it("hands out the issuer of the old Patient ID", () => {
    expect(release({}).patient).toMatchObject({ old: "MRN-1", issuer: "" });
    expect(release({ IssuerOfPatientID: "HOSPITAL" }).patient).toMatchObject({
      old: "MRN-1",
      issuer: "HOSPITAL",
    });
  });
});
