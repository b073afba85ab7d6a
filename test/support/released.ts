import { fromLatin1 } from "../../src/base/index.js";
import { builtinProfile, type ReleasedInstance } from "../../src/deid/index.js";
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

/** What comes out of a file with these attributes, and how it is told of; throws where it is held. */
export function release(
  plain: PlainDataSet,
  profile = research,
  syntax?: string,
  base = PATIENT,
): [DicomFile, ReleasedInstance<number>] {
  const outcome = applyToFiles([buildFile({ ...base, ...plain }, syntax)], profile)[0]!;
  if (outcome.kind === "held") throw new Error(JSON.stringify(outcome.reasons));
  return [readFile(memorySource(joinParts(outcome.parts))), outcome];
}

/** Why a file with these attributes is held; none where it is not. */
export function heldCodes(plain: PlainDataSet, profile = research): string[] {
  const outcome = applyToFiles([buildFile({ ...PATIENT, ...plain })], profile)[0]!;
  return outcome.kind === "held" ? outcome.reasons.map(({ code }) => code) : [];
}

/** The text of an attribute. */
export const at = (file: DicomFile, keyword: string, item = ROOT) =>
  file.data.string(tagOfKeyword(keyword)!, item);

/** All bytes of a file, one character each. */
export const everything = (file: DicomFile) => fromLatin1(file.source.read(0, file.source.size));
