import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { itWithStandard } from "../../test/support/standard.js";
import { itWithTool } from "../../test/support/tools.js";
import { dictionaryEntry, tagOfKeyword } from "./dictionary.js";
import { parseTag } from "./tag.js";
import {
  isStandardUid,
  isValidUid,
  namesInstance,
  SopClass,
  sopClassIod,
  sopClassName,
  TransferSyntax,
  transferSyntaxInfo,
} from "./uid.js";

type UidRow = [uid: string, name: string, type: string, retired: string];

const readUids =
  "import json;from pydicom._uid_dict import UID_dictionary as U;" +
  "print(json.dumps([[u,v[0],v[1],v[3]] for u,v in U.items()]))";

describe("against pydicom's UID dictionary", () => {
  itWithTool("pydicom", "knows every transfer syntax by the same name", ({ pydicom }) => {
    const rows = JSON.parse(execFileSync(pydicom, ["-c", readUids], { encoding: "utf8" })) as UidRow[];
    const syntaxes = rows.filter(([, , type]) => type === "Transfer Syntax");
    expect(syntaxes.length).toBeGreaterThan(40);
    for (const [uid, name, , retired] of syntaxes) {
      expect(transferSyntaxInfo(uid), uid).toMatchObject({ name, retired: retired === "Retired" });
    }
  });

  itWithTool("pydicom", "takes every registered UID as standard", ({ pydicom }) => {
    const rows = JSON.parse(execFileSync(pydicom, ["-c", readUids], { encoding: "utf8" })) as UidRow[];
    expect(rows.length).toBeGreaterThan(400);
    expect(rows.filter(([uid]) => !isStandardUid(uid))).toEqual([]);
  });
});

describe("transferSyntaxInfo", () => {
  it.each([
    ["ImplicitVRLittleEndian", { explicit: false, bigEndian: false, deflated: false, encapsulated: false }],
    ["ExplicitVRBigEndian", { explicit: true, bigEndian: true, encapsulated: false, retired: true }],
    ["DeflatedExplicitVRLittleEndian", { explicit: true, deflated: true, encapsulated: false }],
    ["JPIPReferencedDeflate", { deflated: true, encapsulated: false }],
    ["DeflatedImageFrameCompression", { deflated: false, encapsulated: true, lossy: false }],
    ["EncapsulatedUncompressedExplicitVRLittleEndian", { encapsulated: true, lossy: false }],
    ["JPEGBaseline8Bit", { encapsulated: true, lossy: true, video: false }],
    ["JPEGLosslessSV1", { encapsulated: true, lossy: false, retired: false }],
    ["HTJ2KLossless", { encapsulated: true, lossy: false }],
    ["JPEGXL", { encapsulated: true, lossy: true }],
    ["HEVCMP51", { encapsulated: true, video: true, lossy: true }],
    ["RLELossless", { encapsulated: true, lossy: false }],
  ] as const)("says how %s encodes", (keyword, expected) => {
    expect(transferSyntaxInfo(TransferSyntax[keyword])).toMatchObject({ keyword, ...expected });
  });

  it("knows nothing of a private transfer syntax", () => {
    expect(transferSyntaxInfo("1.2.840.113619.5.2")).toBeUndefined();
  });
});

describe("SOP classes", () => {
  it("names a storage class and its IOD", () => {
    expect(sopClassName("1.2.840.10008.5.1.4.1.1.2")).toBe("CT Image Storage");
    expect(sopClassIod("1.2.840.10008.5.1.4.1.1.2")).toBe("CT Image");
    expect(SopClass["CT Image Storage"]).toBe("1.2.840.10008.5.1.4.1.1.2");
  });

  it("gives a retired class the IOD of its successor, or none", () => {
    expect(sopClassIod("1.2.840.10008.5.1.4.1.1.6")).toBe("Ultrasound Image");
    expect(sopClassName("1.2.840.10008.5.1.4.1.1.9")).toBe("Standalone Curve Storage");
    expect(sopClassIod("1.2.840.10008.5.1.4.1.1.9")).toBeUndefined();
  });

  it("names no class for an instance", () => expect(sopClassName("1.2.3.4")).toBeUndefined());
});

describe("isStandardUid", () => {
  it.each([
    "1.2.840.10008.1.1",
    "1.2.840.10008.1.2.4.203",
    "1.2.840.10008.1.4.1.18",
    "1.2.840.10008.2.16.4",
    "1.2.840.10008.3.1.1.1",
    "1.2.840.10008.5.1.4.1.1.66.7",
    "1.2.840.10008.5.1.4.1.2.2.1",
    "1.2.840.10008.6.1.1024",
    "1.2.840.10008.15.0.3.31",
  ])("is true for %s", (uid) => expect(isStandardUid(uid)).toBe(true));

  it.each([
    "1.2.840.10008",
    "1.2.840.10008.",
    "1.2.840.10008.5",
    "1.2.840.10008.9.20240101.123",
    "1.2.840.10008.5.1.4.1.1.2.20240101.123",
    "1.2.840.10008.5.1.4.1.1.2.77",
    "1.2.840.10008.1.4.1.20240101",
    "1.2.840.10008.6.1.20240101",
    "1.2.840.10008.6.1.01",
    "1.2.840.10008.2.16.4.1",
    "1.2.840.100081.1",
    "1.2.840.10008.1.2 ",
    "2.25.1",
    "",
  ])("is false for %j", (uid) => expect(isStandardUid(uid)).toBe(false));
});

describe("isValidUid", () => {
  it.each(["1.2", "0.0", "2.25.329800735698586629295641978511506172918", `1.2.${"3".repeat(60)}`])(
    "takes %s",
    (uid) => expect(isValidUid(uid)).toBe(true),
  );

  it.each(["", "1", "1.", ".1", "1..2", "1.02", "01.2", "1.2a", "1.2 ", "1.2\0", `1.2.${"3".repeat(61)}`])(
    "refuses %j",
    (uid) => expect(isValidUid(uid)).toBe(false),
  );
});

/** Every attribute of VR UI in PS3.6 2024d that names one thing rather than a class of things. */
const INSTANCE_KEYWORDS = `
AffectedSOPInstanceUID RequestedSOPInstanceUID MediaStorageSOPInstanceUID RTVCommunicationSOPInstanceUID
ReferencedSOPInstanceUIDInFile InstanceCreatorUID AcquisitionUID SOPInstanceUID PyramidUID FailedSOPInstanceUIDList
ContextGroupExtensionCreatorUID ReferencedSOPInstanceUID MultiFrameSourceSOPInstanceUID TransactionUID
IrradiationEventUID RadiopharmaceuticalAdministrationEventUID DeviceUID ManufacturerDeviceClassUID TargetUID
TargetFrameOfReferenceUID StudyInstanceUID SeriesInstanceUID FrameOfReferenceUID SynchronizationFrameOfReferenceUID
SOPInstanceUIDOfConcatenationSource ConcatenationUID DimensionOrganizationUID VolumeFrameOfReferenceUID
TableFrameOfReferenceUID ReferencedColorPaletteInstanceUID PaletteColorLookupTableUID LargePaletteColorLookupTableUID
MultiplexGroupUID SpecimenUID ReferencedGeneralPurposeScheduledProcedureStepTransactionUID FindingsGroupUIDTrial
ReferencedFindingsGroupUIDTrial UID ObservationUID ReferencedObservationUIDTrial ObservationSubjectUIDTrial
TemplateExtensionOrganizationUID TemplateExtensionCreatorUID RetrieveLocationUID RepositoryUniqueID HomeCommunityID
AssertionUID ReferencedAssertionUID TrackingUID SourceFrameOfReferenceUID ModelGroupUID AnnotationGroupUID FiducialUID
ReferencedFiducialUID PresentationDisplayCollectionUID PresentationSequenceCollectionUID
VolumetricPresentationInputSetUID ReferencedContentItem SelectorUIValue StorageMediaFileSetUID DigitalSignatureUID
ReferencedFrameOfReferenceUID RelatedFrameOfReferenceUID DoseReferenceUID TableTopPositionAlignmentUID
ReferencedDoseReferenceUID TreatmentPositionGroupUID PatientSetupUID EquipmentFrameOfReferenceUID TreatmentSessionUID
ReferencedTreatmentPositionGroupUID ConceptualVolumeUID ReferencedConceptualVolumeUID ConstituentConceptualVolumeUID
SourceConceptualVolumeUID ReferencedFiducialsUID RTTreatmentPhaseUID DosimetricObjectiveUID
ReferencedDosimetricObjectiveUID`
  .trim()
  .split(/\s+/);

describe("namesInstance", () => {
  it.each(INSTANCE_KEYWORDS)("is true for %s", (keyword) => {
    const tag = tagOfKeyword(keyword)!;
    expect(dictionaryEntry(tag)?.vr).toBe("UI");
    expect(namesInstance(tag)).toBe(true);
  });

  it.each(["(0029,1001)", "(0010,FFFF)"])("is true for %s, which nobody knows", (tag) => {
    expect(namesInstance(parseTag(tag))).toBe(true);
  });

  itWithStandard(
    "PS3.6",
    "is false for every other attribute of VR UI in PS3.6",
    ({ elements }: { elements: { tag: string; vr: string; keyword: string }[] }) => {
      const others = elements.filter(
        ({ vr, keyword }) => vr === "UI" && !INSTANCE_KEYWORDS.includes(keyword),
      );
      expect(others).toHaveLength(29);
      expect(others.filter(({ tag }) => namesInstance(parseTag(tag)))).toEqual([]);
    },
  );

  itWithStandard(
    "table E.1-1",
    "is true for every attribute that the Basic Profile replaces as a UID",
    (rows: { id: string; basicProfile: string }[]) => {
      const replaced = rows.filter((row) => row.basicProfile === "U");
      expect(replaced).toHaveLength(55);
      expect(replaced.filter((row) => !namesInstance(parseTag(row.id)))).toEqual([]);
    },
  );
});
