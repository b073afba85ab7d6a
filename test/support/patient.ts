import {
  applyStudy,
  builtinProfile,
  createDeidentifier,
  deriveProjectKeys,
  type HeldInstance,
  type InstanceOutcome,
  mergeSurvey,
  type Profile,
  Surveyor,
} from "../../src/deid/index.js";
import { memorySource, type PlainDataSet, SopClass } from "../../src/dicom/index.js";
import type { PixelTools } from "../../src/pixels/index.js";

export const projectKeys = deriveProjectKeys(new Uint8Array(32).fill(3), "trial", "lab");

/** A chest CT of somebody who never lived. */
export const PATIENT: PlainDataSet & { SOPClassUID: string; SOPInstanceUID: string } = {
  SOPClassUID: SopClass["CT Image Storage"]!,
  SOPInstanceUID: "1.2.3.1.1.1",
  StudyInstanceUID: "1.2.3.1",
  SeriesInstanceUID: "1.2.3.1.1",
  PatientName: "Quimbleton^Zephyrine^Maud",
  PatientID: "MRN-4471902",
  PatientBirthDate: "19310405",
  PatientSex: "F",
  PatientAge: "093Y",
  StudyDate: "20240301",
  StudyTime: "101112.5",
  AccessionNumber: "ACC88321",
  ReferringPhysicianName: "Okonkwo^Obinna",
  Modality: "CT",
  StudyDescription: "CT CHEST W/O CONTRAST Quimbleton",
  FrameOfReferenceUID: "1.2.3.9",
  SamplesPerPixel: 1,
  PhotometricInterpretation: "MONOCHROME2",
  BitsAllocated: 16,
  BitsStored: 16,
  HighBit: 15,
  PixelRepresentation: 0,
  Rows: 2,
  Columns: 2,
  PixelData: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]),
};

/** Both passes over some files, the first of which has id 0. Without tools pixels are not examined. */
export function applyToFiles(
  files: readonly Uint8Array[],
  profile: Profile = builtinProfile("research"),
  using = projectKeys,
  pixelTools?: PixelTools,
): InstanceOutcome<number>[] {
  const surveyor = new Surveyor();
  const sources = files.map(memorySource);
  for (const [id, source] of sources.entries()) surveyor.add(id, source);
  const survey = mergeSurvey([surveyor.part()], using);
  const deidentifier = createDeidentifier(profile, using, pixelTools);
  const held = survey.held.map(({ id, reasons }): HeldInstance<number> => ({ kind: "held", id, reasons }));
  const outcomes = survey.studies.flatMap(({ patient, ids }) => [
    ...applyStudy({ patient, instances: ids.map((id) => ({ id, source: sources[id]! })) }, deidentifier),
  ]);
  return [...held, ...outcomes].sort((a, b) => a.id - b.id);
}
