import { describe, expect, it } from "vitest";
import { attributeType } from "./attribute-type.js";
import { CONFIDENTIALITY_ROWS } from "./confidentiality.js";
import { tagOfKeyword } from "./dictionary.js";
import { parseTag } from "./tag.js";
import { SopClass } from "./uid.js";

const tagOf = (keyword: string) => tagOfKeyword(keyword)!;

/** `A/B/C`: attribute C in sequence B in sequence A. */
function typeIn(sopClass: string, place: string) {
  const tags = place.split("/").map(tagOf);
  return attributeType(SopClass[sopClass]!, tags.slice(0, -1), tags.at(-1)!);
}

describe("attributeType at the top of an object", () => {
  it.each([
    ["CT Image Storage", "PatientName", "2"],
    ["CT Image Storage", "PatientID", "2"],
    ["CT Image Storage", "StudyDate", "2"],
    ["CT Image Storage", "SeriesDate", "3"],
    ["CT Image Storage", "AcquisitionDate", "3"],
    ["CT Image Storage", "ContentDate", "2C"],
    ["CT Image Storage", "ContrastBolusAgent", "2"],
    ["CT Image Storage", "PatientSexNeutered", "2C"],
    ["CT Image Storage", "RTPlanLabel", "absent"],
    ["CT Image Storage", "VerifyingObserverSequence", "absent"],
    ["Basic Text SR Storage", "ContentDate", "1"],
    ["Basic Text SR Storage", "ContentSequence", "1C"],
    ["Enhanced CT Image Storage", "AcquisitionDateTime", "1C"],
    ["Enhanced CT Image Storage", "ContentDate", "1"],
    ["Enhanced CT Image Storage", "DeviceSerialNumber", "1"],
    ["RT Plan Storage", "RTPlanDate", "2"],
    ["RT Structure Set Storage", "StructureSetLabel", "1"],
    ["Encapsulated PDF Storage", "EncapsulatedDocument", "1"],
    ["Positron Emission Tomography Image Storage", "AcquisitionDate", "2"],
    ["VL Whole Slide Microscopy Image Storage", "ContainerIdentifier", "1"],
    ["Grayscale Softcopy Presentation State Storage", "ContentCreatorName", "2"],
  ])("in %s: %s is %s", (sopClass, keyword, type) => {
    expect(typeIn(sopClass, keyword)).toBe(type);
  });

  it("lets the strictest of several modules win", () => {
    // Type 3 in General Equipment, 1 in Enhanced General Equipment
    expect(typeIn("MR Image Storage", "DeviceSerialNumber")).toBe("3");
    expect(typeIn("Enhanced MR Image Storage", "DeviceSerialNumber")).toBe("1");
  });

  it("does not know an attribute that is newer than the sources", () => {
    expect(typeIn("CT Image Storage", "EntityLabel")).toBe("unknown");
  });

  it("does not call an attribute absent where the sources lack a module of the IOD", () => {
    expect(typeIn("RT Physician Intent Storage", "RTPlanLabel")).toBe("unknown");
  });

  it.each(["1.2.3", "", "1.2.840.10008.5.1.4.1.1.9"])("does not know the SOP class %j", (uid) => {
    expect(attributeType(uid, [], tagOf("PatientName"))).toBe("unknown");
  });
});

describe("attributeType inside sequences", () => {
  const frames = "PerFrameFunctionalGroupsSequence";
  it.each([
    ["CT Image Storage", "RequestAttributesSequence/RequestedProcedureDescription", "3"],
    ["CT Image Storage", "ProcedureCodeSequence/ContextGroupVersion", "1C"],
    ["CT Image Storage", "OriginalAttributesSequence/AttributeModificationDateTime", "1"],
    ["Basic Text SR Storage", "VerifyingObserverSequence/VerifyingObserverName", "1"],
    ["Basic Text SR Storage", "ContentSequence/PersonName", "1C"],
    ["Basic Text SR Storage", "ContentSequence/ContentSequence/ContentSequence", "1C"],
    ["Basic Text SR Storage", "ContentSequence/ContentSequence/ObservationDateTime", "1C"],
    ["Enhanced MR Image Storage", `${frames}/FrameContentSequence/FrameAcquisitionDateTime`, "1C"],
    ["Enhanced MR Image Storage", `${frames}/ReferencedImageSequence`, "2"],
    [
      "Enhanced CT Image Storage",
      "SharedFunctionalGroupsSequence/DerivationImageSequence/SourceImageSequence",
      "2",
    ],
  ])("in %s: %s is %s", (sopClass, place, type) => {
    expect(typeIn(sopClass, place)).toBe(type);
  });

  it("falls back to the innermost sequence where it stands elsewhere in the IOD", () => {
    expect(
      typeIn("Basic Text SR Storage", "ContentSequence/VerifyingObserverSequence/VerifyingObserverName"),
    ).toBe("1");
  });

  it("never says absent", () => {
    expect(typeIn("CT Image Storage", "ModifiedAttributesSequence/RTPlanLabel")).toBe("unknown");
    expect(attributeType(SopClass["CT Image Storage"]!, [parseTag("00091001")], tagOf("PatientName"))).toBe(
      "unknown",
    );
  });
});

it("knows the type, in some IOD, of most attributes whose action depends on it", () => {
  const compound = CONFIDENTIALITY_ROWS.filter((row) => row.basic.includes("/"));
  const classes = Object.values(SopClass);
  const unknown = compound.filter((row) => {
    const tag = parseTag(row.pattern);
    return classes.every((uid) => ["absent", "unknown"].includes(attributeType(uid, [], tag)));
  });
  expect(compound).toHaveLength(50);
  // Nested only (Request Attributes, Person Identification …) or newer than the sources.
  expect(unknown.length).toBeLessThan(15);
});
