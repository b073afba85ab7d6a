import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { applyToFiles as apply, projectKeys as keys, PATIENT } from "../../test/support/patient.js";
import { codesOf, heldCodes, research } from "../../test/support/released.js";
import { concatBytes, latin1 } from "../base/index.js";
import { buildFile, memorySource, type PlainDataSet, SopClass } from "../dicom/index.js";
import { applyStudy, createDeidentifier } from "./apply.js";
import { mergeSurvey, Surveyor } from "./survey.js";
import type { HeldInstance } from "./types.js";

describe("held", () => {
  it.each([
    ["burned-in annotation", { BurnedInAnnotation: "YES" }, "PIXELS_NOT_EXAMINED"],
    [
      "ultrasound",
      { SOPClassUID: SopClass["Ultrasound Image Storage"]!, BurnedInAnnotation: "NO" },
      "PIXELS_NOT_EXAMINED",
    ],
    [
      "secondary capture",
      { SOPClassUID: SopClass["Secondary Capture Image Storage"]! },
      "PIXELS_NOT_EXAMINED",
    ],
    [
      "angiography without the attribute",
      { SOPClassUID: SopClass["X-Ray Angiographic Image Storage"]! },
      "PIXELS_NOT_EXAMINED",
    ],
    [
      "a screen save by an odd name",
      { ImageType: ["DERIVED", "SECONDARY", "OTHER", "CT_SOM5 PROT"] },
      "PIXELS_NOT_EXAMINED",
    ],
    ["a dose page", { SeriesDescription: "Dose Report" }, "PIXELS_NOT_EXAMINED"],
    ["burned-in annotation that says neither", { BurnedInAnnotation: ["NO", "YES"] }, "PIXELS_NOT_EXAMINED"],
    ["an ultrasound under another class", { Modality: "US" }, "PIXELS_NOT_EXAMINED"],
    [
      "an overlay in the high bits",
      { "(6000,0100) US": 16, "(6000,0102) US": 12, "(6000,3000) OW": new Uint8Array(2) },
      "EMBEDDED_OVERLAY",
    ],
    ["a screen save", { ImageType: ["DERIVED", "SECONDARY", "SCREEN SAVE"] }, "PIXELS_NOT_EXAMINED"],
    ["an encapsulated PDF", { SOPClassUID: SopClass["Encapsulated PDF Storage"]! }, "CLASS_HELD"],
    ["a private class", { SOPClassUID: "1.2.3.4" }, "CLASS_HELD"],
    ["a slide label", { ImageType: ["ORIGINAL", "PRIMARY", "LABEL", "NONE"] }, "CLASS_HELD"],
    [
      "an identifier in bytes that would stay",
      { ICCProfile: new TextEncoder().encode("xx Quimbleton Zephyrine xx") },
      "IDENTIFIER_IN_BINARY",
    ],
    ["no study", { StudyInstanceUID: "" }, "NO_IDENTITY"],
  ])("%s", (_, plain, code) => expect(heldCodes(plain as PlainDataSet)).toContain(code));

  it("angiography that says it has none, and anything under `pixels: vetted`, comes out", () => {
    const angiography = {
      SOPClassUID: SopClass["X-Ray Angiographic Image Storage"]!,
      BurnedInAnnotation: "NO",
    };
    expect(heldCodes(angiography)).toEqual([]);
    const vetted = { ...research, pixels: "vetted" as const };
    expect(heldCodes({ SOPClassUID: SopClass["Ultrasound Image Storage"]! }, vetted)).toEqual([]);
  });

  it("a file that an archive behind the last element makes unreadable, as a polyglot too", () => {
    const archive = zipSync({ "run.exe": latin1("MZ") });
    const [outcome] = apply([concatBytes([buildFile(PATIENT), archive])]);
    expect(codesOf(outcome!)).toContain("POLYGLOT");
  });

  it("a file that is not of the patient whose identifiers were collected", () => {
    const surveyor = new Surveyor();
    surveyor.add(0, memorySource(buildFile(PATIENT)));
    const { patient } = mergeSurvey([surveyor.part()], keys).studies[0]!;
    const source = memorySource(buildFile({ ...PATIENT, PatientID: "MRN-1", PatientName: "Other^Person" }));
    const [outcome] = [
      ...applyStudy({ patient, instances: [{ id: 0, source }] }, createDeidentifier(research, keys)),
    ];
    expect(outcome).toMatchObject({ kind: "held", reasons: [{ code: "CONFLICTING_IDENTITY" }] });
  });

  it("a truncated file, with tag and offset and no value", () => {
    const whole = buildFile(PATIENT);
    const outcome = apply([whole.subarray(0, whole.length - 3)])[0] as HeldInstance<number>;
    expect(outcome.reasons[0]!.code).toBe("UNREADABLE");
    expect(outcome.reasons[0]!.detail).toMatch(/\(7FE0,0010\).*offset \d+/);
  });
});
