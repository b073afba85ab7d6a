import { type DataSet, type Edits, Tags } from "../dicom/index.js";
import { examineOverlays, examinePixels } from "../pixels/index.js";
import type { Deidentifier, Examined } from "./apply.js";
import { unexaminedReasons } from "./objects.js";
import type { PatientContext } from "./patient.js";
import { burnedInAnnotation } from "./pixels.js";
import type { ExaminedPixels, HeldReason } from "./types.js";

/** Pixels in which no text is left. */
export interface PassedPixels {
  readonly counts: ExaminedPixels;
  /** In which the data set is to be written. */
  readonly transferSyntax: string;
  /** Adds the blanked frames to the edits of the data set. */
  apply(edits: Edits): void;
}

const STORAGE = "1.2.840.10008.5.1.4.1.1.";
/**
 * Segmentations, label maps, height maps and doses: their frames are masks and numbers. They hold no text, and a
 * blank in them would be a wrong measurement.
 */
const NO_PICTURES: ReadonlySet<string> = new Set(
  ["66.4", "66.7", "66.8", "481.2"].map((uid) => STORAGE + uid),
);

/** True where the pixels of an instance will be looked at, so that its class alone holds none. */
export function willExamine({ profile, pixelTools }: Deidentifier): boolean {
  return profile.pixels === "examine" && pixelTools !== undefined;
}

/**
 * Has the pixels of an instance examined, if the profile wants it: reasons to hold it, or what to write. Undefined
 * where nobody looked: the profile does not ask for it, or there are no frames that could hold text.
 */
export function examinePixelsOf(
  { file, patient, sopClass, transferSyntax }: Examined,
  { profile, pixelTools }: Deidentifier,
): PassedPixels | { readonly reasons: readonly HeldReason[] } | undefined {
  if (profile.pixels !== "examine" || !pixelTools) return undefined;
  if (NO_PICTURES.has(sopClass)) return unexamined(file.data, sopClass);
  const examination = examinePixels(file, pixelTools, {
    devices: profile.devices,
    keepMarks: profile.marks === "keep",
    known: patient.matcher,
    saysText: burnedInAnnotation(file.data) === "yes",
  });
  if (examination.kind === "no frames") return unexamined(file.data, sopClass);
  if (examination.kind === "held") return { reasons: examination.reasons };
  const { pixels, frameCount } = examination;
  return {
    counts: { frames: frameCount, blankedFrames: pixels.changedFrames },
    // A file may be mislabelled: only a change of the pixels changes what its bytes follow.
    transferSyntax: pixels.changedFrames > 0 ? pixels.transferSyntax : transferSyntax,
    apply: (edits) => pixels.apply(edits),
  };
}

const PIXELS = [Tags.PixelData, Tags.FloatPixelData, Tags.DoubleFloatPixelData];

/** Numbers pass as such only where neither class nor header speak for text in them. */
function unexamined(
  data: DataSet,
  sopClass: string,
): { readonly reasons: readonly HeldReason[] } | undefined {
  if (!PIXELS.some((tag) => data.find(tag) >= 0)) return undefined;
  const reasons = unexaminedReasons(data, sopClass);
  return reasons.length > 0 ? { reasons } : undefined;
}

const NO_GRAPHICS: ReadonlySet<number> = new Set();
/** The last group of overlays that the standard knows (PS3.5 7.6); elements of others are unknown attributes. */
const LAST_OVERLAY = 0x601e;

/**
 * Groups of the overlays that may stay: the profile cleans graphics and has pixels examined, and no text was found in
 * them. Every other overlay goes as a whole.
 */
export function clearOverlays(
  data: DataSet,
  patient: PatientContext,
  deidentifier: Deidentifier,
): ReadonlySet<number> {
  const { profile, pixelTools } = deidentifier;
  if (!willExamine(deidentifier) || !pixelTools || !profile.options.has("cleanGraphics")) return NO_GRAPHICS;
  const policy = { keepMarks: profile.marks === "keep", known: patient.matcher };
  const clear = examineOverlays(data, pixelTools, policy).filter(({ shows }) => shows === "no text");
  return new Set(clear.map(({ group }) => group).filter((group) => group <= LAST_OVERLAY));
}
