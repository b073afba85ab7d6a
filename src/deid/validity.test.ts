import { describe, expect, it } from "vitest";
import { releasedFile } from "../../test/support/released.js";
import {
  buildFile,
  type DataSet,
  memorySource,
  type PlainDataSet,
  SopClass,
  tagOfKeyword,
} from "../dicom/index.js";
import { applyStudy, createDeidentifier } from "./apply.js";
import { deriveProjectKeys } from "./keys.js";
import { builtinProfile } from "./profile.js";
import { mergeSurvey, Surveyor } from "./survey.js";
import type { Profile } from "./types.js";

const keys = deriveProjectKeys(new Uint8Array(32).fill(5), "trial", "lab");
const research: Profile = { ...builtinProfile("research"), pixels: "vetted" };
const basic: Profile = { ...builtinProfile("basic"), pixels: "vetted" };

/** The data set that is released of one object. */
function released(attributes: PlainDataSet, profile = research, sopClass = "CT Image Storage"): DataSet {
  const source = memorySource(
    buildFile({
      StudyInstanceUID: "1.2.3.1",
      SeriesInstanceUID: "1.2.3.1.1",
      PatientID: "MRN-4471902",
      PatientName: "Quimbleton^Zephyrine",
      ...attributes,
      SOPClassUID: SopClass[sopClass]!,
      SOPInstanceUID: "1.2.3.1.1.1",
    }),
  );
  const surveyor = new Surveyor();
  surveyor.add(0, source);
  const { patient } = mergeSurvey([surveyor.part()], keys).studies[0]!;
  const study = { patient, instances: [{ id: 0, source }] };
  const [outcome] = applyStudy(study, createDeidentifier(profile, keys));
  return releasedFile(outcome).data;
}

/** A value by keywords, `A/B` for B in the first item of A; undefined where it is not there. */
function valueAt(data: DataSet, path: string): string | undefined {
  const keywords = path.split("/");
  let item = -1;
  for (const keyword of keywords.slice(0, -1)) {
    const sequence = data.find(tagOfKeyword(keyword)!, item);
    if (sequence < 0 || data.items(sequence).length === 0) return undefined;
    item = data.items(sequence)[0]!;
  }
  const token = data.find(tagOfKeyword(keywords.at(-1)!)!, item);
  return token < 0 ? undefined : data.text(token);
}

describe("code strings", () => {
  it("that are terms of the standard stay, whatever the patient is called", () => {
    const data = released({ PatientName: "HFS^Text", PatientID: "ORIGINAL", PatientPosition: "HFS" });
    expect(valueAt(data, "PatientPosition")).toBe("HFS");
  });

  it("that hold an identifier become dummies one by one", () => {
    const data = released({ ImageType: ["ORIGINAL", "PRIMARY", "AXIAL", "QUIMBLETON"] });
    expect(valueAt(data, "ImageType")).toBe("ORIGINAL\\PRIMARY\\AXIAL\\REMOVED");
  });

  it("that are an identifier and nothing else lose it", () => {
    expect(valueAt(released({ BodyPartExamined: "QUIMBLETON" }), "BodyPartExamined")).not.toContain("QUIM");
  });
});

describe("what an IOD demands", () => {
  it("is a dummy where the table would remove it", () => {
    const data = released(
      { PresentationCreationDate: "20240301", PresentationCreationTime: "101112" },
      basic,
      "Grayscale Softcopy Presentation State Storage",
    );
    expect(valueAt(data, "PresentationCreationDate")).toBe("19000101");
    expect(valueAt(data, "PresentationCreationTime")).toBe("000000");
  });

  it("is empty for the owner of an animal, whose role goes", () => {
    const data = released({ ResponsiblePerson: "Okonkwo^Obinna", ResponsiblePersonRole: "OWNER" });
    expect(valueAt(data, "ResponsiblePerson")).toBe("");
    expect(valueAt(data, "ResponsiblePersonRole")).toBeUndefined();
  });

  it("is a dummy for the ID of another patient in a group", () => {
    const path = "SourcePatientGroupIdentificationSequence/PatientID";
    const data = released({
      SourcePatientGroupIdentificationSequence: [{ PatientID: "MRN-99" }],
    });
    expect(valueAt(data, path)).not.toBe("MRN-99");
    expect(valueAt(data, path)).not.toBe("");
  });

  it("is a new UID for a class UID that is none", () => {
    const path = "ReferencedImageSequence/ReferencedSOPClassUID";
    const data = released({
      ReferencedImageSequence: [{ ReferencedSOPClassUID: "0", ReferencedSOPInstanceUID: "1.2.3.4" }],
    });
    expect(valueAt(data, path)).toMatch(/^2\.25\.\d+$/);
  });
});

describe("references", () => {
  it.each([basic, research])("stay, and name the same new UID wherever they stand ($name)", (profile) => {
    const reference = {
      ReferencedSOPClassUID: SopClass["CT Image Storage"]!,
      ReferencedSOPInstanceUID: "1.2.3.7",
    };
    const data = released(
      {
        SourceImageSequence: [reference],
        ReferencedSeriesSequence: [
          { SeriesInstanceUID: "1.2.3.1.9", ReferencedInstanceSequence: [reference] },
        ],
      },
      profile,
    );
    const fresh = valueAt(data, "SourceImageSequence/ReferencedSOPInstanceUID");
    expect(fresh).toMatch(/^2\.25\.\d+$/);
    expect(
      valueAt(data, "ReferencedSeriesSequence/ReferencedInstanceSequence/ReferencedSOPInstanceUID"),
    ).toBe(fresh);
  });
});
