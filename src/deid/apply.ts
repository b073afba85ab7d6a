import { isElpisError, latin1 } from "../base/index.js";
import {
  type ByteSource,
  type DicomFile,
  encodeFileMeta,
  isValidUid,
  type NewElement,
  padded,
  ROOT,
  readFile,
  Tags,
  TransferSyntax,
  transferSyntaxInfo,
  writeDataSet,
} from "../dicom/index.js";
import type { PixelTools } from "../pixels/index.js";
import { bulkReasons } from "./bulk.js";
import { Decider } from "./decide.js";
import type { Recorder } from "./editor.js";
import { encryptedAttributes } from "./escrow.js";
import { issuerOf, patientIdOf, personOf, recordKeyOf, UidMap } from "./identity.js";
import type { ProjectKeys } from "./keys.js";
import { objectReasons } from "./objects.js";
import { originals } from "./originals.js";
import { PatientContext } from "./patient.js";
import { clearOverlays, examinePixelsOf, type PassedPixels, willExamine } from "./pixel-examination.js";
import { asReason, findForeignContent, unreadableReasons } from "./polyglot.js";
import { stamps } from "./stamps.js";
import type {
  HeldReason,
  InputInstance,
  InstanceOutcome,
  PatientRecord,
  Profile,
  Renaming,
} from "./types.js";
import { Walk } from "./walk.js";

/** Profile and keys made ready. One per thread; it remembers what it worked out, never what it must hide. */
export interface Deidentifier {
  readonly profile: Profile;
  readonly keys: ProjectKeys;
  readonly decider: Decider;
  readonly uids: UidMap;
  /** Stamps by encoding; they are the same for every instance. */
  readonly stamps: Map<string, readonly NewElement[]>;
  /** Without them pixels are not examined, whatever the profile says, and what may show text is held. */
  readonly pixelTools: PixelTools | undefined;
  /** Context of the patient in hand. */
  patient: PatientContext | undefined;
}

export function createDeidentifier(
  profile: Profile,
  keys: ProjectKeys,
  pixelTools?: PixelTools,
): Deidentifier {
  const uids = new UidMap(keys, profile.uidRoot);
  const decider = new Decider(profile);
  return { profile, keys, decider, uids, stamps: new Map(), pixelTools, patient: undefined };
}

/** The files of one study of one patient. */
export interface StudyInput<Id> {
  readonly patient: PatientRecord;
  readonly instances: Iterable<InputInstance<Id>>;
}

/**
 * De-identifies a study, one instance at a time: each is released with new bytes, or held with its reasons.
 * What comes out depends on the instance, the patient's record, the profile and the keys alone. Throws only
 * when a source cannot be read, or for a mistake in this software.
 */
export function* applyStudy<Id>(
  study: StudyInput<Id>,
  deidentifier: Deidentifier,
): Generator<InstanceOutcome<Id>> {
  for (const { id, source } of study.instances) {
    yield applyInstance(id, source, study.patient, deidentifier);
  }
}

function applyInstance<Id>(
  id: Id,
  source: ByteSource,
  patient: PatientRecord,
  deidentifier: Deidentifier,
): InstanceOutcome<Id> {
  try {
    const examined = examine(source, patient, deidentifier);
    if ("reasons" in examined) return { kind: "held", id, reasons: examined.reasons };
    return released(id, examined, deidentifier);
  } catch (error) {
    if (!isElpisError(error)) throw error;
    if (error.code.startsWith("DICOM_"))
      return { kind: "held", id, reasons: unreadableReasons(source, error) };
    // Frames that were judged may still fail when they are blanked.
    if (error.code.startsWith("PIXELS_"))
      return { kind: "held", id, reasons: [{ code: "PIXELS_NOT_EXAMINED", detail: error.message }] };
    throw error;
  }
}

/** An instance that was read and judged, with the edits that de-identify it. */
export interface Examined {
  readonly file: DicomFile;
  readonly walk: Walk;
  readonly patient: PatientContext;
  readonly sopClass: string;
  readonly transferSyntax: string;
  /** Absent where no pixels were examined. */
  readonly pixels?: PassedPixels;
}

/** Its text would be searched for somebody else's identifiers, and it would get somebody else's pseudonym. */
const NOT_OF_RECORD: HeldReason = {
  code: "CONFLICTING_IDENTITY",
  detail: "it is not of the patient for whom it was read: it has changed since the first pass",
};

/** Reads and judges an instance; the reasons why it is held where there are any. */
export function examine(
  source: ByteSource,
  record: PatientRecord,
  deidentifier: Deidentifier,
): Examined | { readonly reasons: readonly HeldReason[] } {
  const file = readFile(source);
  const reasons = fileReasons(file);
  if (reasons.length === 0 && recordKeyOf(file.data) !== record.key) reasons.push(NOT_OF_RECORD);
  if (reasons.length > 0) return { reasons };
  const judged = judge(file, record, deidentifier);
  if (judged.walk.reasons.length > 0) return { reasons: judged.walk.reasons };
  const pixels = examinePixelsOf(judged, deidentifier);
  return pixels && "reasons" in pixels ? pixels : { ...judged, ...(pixels && { pixels }) };
}

/** What keeps a file from being judged at all: another file inside it, no identity, an index. */
export function fileReasons(file: DicomFile): HeldReason[] {
  if (file.isDicomdir) return [{ code: "DICOMDIR", detail: "an index of the medium's own paths" }];
  const reasons: HeldReason[] = findForeignContent(file).map(asReason);
  for (const tag of [
    Tags.SOPClassUID,
    Tags.SOPInstanceUID,
    Tags.StudyInstanceUID,
    Tags.SeriesInstanceUID,
  ] as const) {
    const token = file.data.find(tag);
    if (token < 0 || !isValidUid(file.data.text(token).trim())) {
      reasons.push({ code: "NO_IDENTITY", detail: `${identityNames.get(tag)} is missing or no UID` });
    }
  }
  const info = transferSyntaxInfo(file.transferSyntax);
  if (info?.encapsulated && file.deviations.includes("transfer-syntax-mislabelled")) {
    reasons.push({
      code: "UNREADABLE",
      detail: "implicit VR under a transfer syntax that demands explicit VR",
    });
  }
  return reasons;
}

const identityNames = new Map<number, string>([
  [Tags.SOPClassUID, "SOP Class UID"],
  [Tags.SOPInstanceUID, "SOP Instance UID"],
  [Tags.StudyInstanceUID, "Study Instance UID"],
  [Tags.SeriesInstanceUID, "Series Instance UID"],
]);

/** Walks the data set and gathers edits, and every reason to hold it. */
export function judge(
  file: DicomFile,
  record: PatientRecord,
  deidentifier: Deidentifier,
  recorder?: Recorder,
): Examined {
  const { profile, decider } = deidentifier;
  const patient = contextOf(record, file, deidentifier);
  const graphics = clearOverlays(file.data, patient, deidentifier);
  const sopClass = file.data.string(Tags.SOPClassUID);
  const walk = new Walk(file.data, deidentifier, patient, graphics, recorder);
  walk.item(ROOT, decider.root(sopClass));
  walk.reasons.push(
    ...objectReasons(file, sopClass, profile, willExamine(deidentifier)),
    ...bulkReasons(file),
  );
  return { file, walk, patient, sopClass, transferSyntax: actualSyntax(file) };
}

/** The transfer syntax that the bytes follow, so that what is written is labelled right. */
function actualSyntax(file: DicomFile): string {
  if (!file.deviations.includes("transfer-syntax-mislabelled")) return file.transferSyntax;
  if (file.encoding.bigEndian) return TransferSyntax.ExplicitVRBigEndian;
  return file.encoding.explicit
    ? TransferSyntax.ExplicitVRLittleEndian
    : TransferSyntax.ImplicitVRLittleEndian;
}

function contextOf(record: PatientRecord, file: DicomFile, deidentifier: Deidentifier): PatientContext {
  const originalId = patientIdOf(file.data);
  const known = deidentifier.patient;
  if (known?.record === record && known.originalId === originalId) return known;
  const { profile, keys, uids } = deidentifier;
  const context = new PatientContext(record, originalId, profile, keys, uids);
  deidentifier.patient = context;
  return context;
}

function released<Id>(id: Id, examined: Examined, deidentifier: Deidentifier): InstanceOutcome<Id> {
  const { file, walk, patient, sopClass } = examined;
  const { edits } = walk;
  const [study, series, instance] = [Tags.StudyInstanceUID, Tags.SeriesInstanceUID, Tags.SOPInstanceUID].map(
    (tag) => {
      const old = file.data.string(tag);
      return { old, new: walk.uids.get(old) ?? old };
    },
  ) as [Renaming, Renaming, Renaming];
  const escrow = escrowOf(examined, deidentifier, instance.new);
  edits.set(ROOT, { tag: Tags.PatientID, vr: "LO", value: padded(latin1(patient.patientId), "LO") });
  edits.set(ROOT, { tag: Tags.PatientName, vr: "PN", value: padded(latin1(patient.patientName), "PN") });
  for (const stamp of stampsFor(examined, deidentifier)) edits.set(ROOT, stamp);
  if (escrow) edits.set(ROOT, escrow);
  examined.pixels?.apply(edits);
  const transferSyntax = examined.pixels?.transferSyntax ?? examined.transferSyntax;
  const head = encodeFileMeta(sopClass, instance.new, transferSyntax);
  const own = new Set([study.old, series.old, instance.old]);
  return {
    kind: "released",
    id,
    parts: [head, ...writeDataSet(file, edits, false)],
    patient: {
      old: patientIdOf(file.data),
      new: patient.patientId,
      issuer: issuerOf(file.data),
      person: personOf(patient.record.key),
    },
    study,
    series,
    instance,
    otherUids: [...walk.uids].filter(([old]) => !own.has(old)).map(([old, fresh]) => ({ old, new: fresh })),
    sopClass,
    counts: { ...walk.counts, inserted: edits.insertions.get(ROOT)?.length ?? 0 },
    keptText: walk.keptText,
    ...(examined.pixels && { pixels: examined.pixels.counts }),
  };
}

function stampsFor({ file, pixels }: Examined, deidentifier: Deidentifier): readonly NewElement[] {
  const { encoding } = file;
  const key = `${encoding.explicit}|${encoding.bigEndian}|${pixels !== undefined}`;
  const known = deidentifier.stamps.get(key);
  if (known) return known;
  const made = stamps(deidentifier.profile, encoding, pixels !== undefined);
  deidentifier.stamps.set(key, made);
  return made;
}

/** Encrypted Attributes Sequence with what was changed, when the profile names a certificate. */
function escrowOf({ file, walk }: Examined, { profile, keys }: Deidentifier, context: string) {
  if (!profile.encryptTo) return undefined;
  return encryptedAttributes(originals(file.data, walk.edits), profile.encryptTo, keys.escrow, context);
}
