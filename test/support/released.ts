import { fromLatin1 } from "../../src/base/index.js";
import { builtinProfile, type InstanceOutcome, type ReleasedInstance } from "../../src/deid/index.js";
import {
  buildFile,
  type DicomFile,
  joinParts,
  memorySource,
  type PlainDataSet,
  ROOT,
  readFile,
  tagOfKeyword,
} from "../../src/dicom/index.js";
import { applyToFiles, PATIENT } from "./patient.js";

export const research = builtinProfile("research");

/** The file that was released; throws where it was held. */
export function releasedFile(outcome: InstanceOutcome<unknown> | undefined): DicomFile {
  if (outcome?.kind !== "released") throw new Error(JSON.stringify(outcome?.reasons));
  return readFile(memorySource(joinParts(outcome.parts)));
}

/** Why a file was held; none where it was released. */
export function codesOf(outcome: InstanceOutcome<unknown>): string[] {
  return outcome.kind === "held" ? outcome.reasons.map(({ code }) => code) : [];
}

/** What comes out of a file with these attributes, and how it is told of; throws where it is held. */
export function release(
  plain: PlainDataSet,
  profile = research,
  syntax?: string,
  base = PATIENT,
): [DicomFile, ReleasedInstance<number>] {
  const outcome = applyToFiles([buildFile({ ...base, ...plain }, syntax)], profile)[0]!;
  return [releasedFile(outcome), outcome as ReleasedInstance<number>];
}

/** Why a file with these attributes is held; none where it is not. */
export function heldCodes(plain: PlainDataSet, profile = research): string[] {
  return codesOf(applyToFiles([buildFile({ ...PATIENT, ...plain })], profile)[0]!);
}

/** The text of an attribute. */
export const at = (file: DicomFile, keyword: string, item = ROOT) =>
  file.data.string(tagOfKeyword(keyword)!, item);

/** All bytes of a file, one character each. */
export const everything = (file: DicomFile) => fromLatin1(file.source.read(0, file.source.size));
