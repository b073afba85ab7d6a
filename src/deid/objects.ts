import {
  type DataSet,
  type DicomFile,
  makeTag,
  sopClassName,
  Tags,
  transferSyntaxInfo,
} from "../dicom/index.js";
import { hasEmbeddedOverlay, valuesOf, whyPixelsMatter } from "./pixels.js";
import type { HeldReason, Profile } from "./types.js";

/** What is done with the objects of a SOP class beyond their attributes. docs/objects.md shows the table. */
export interface ObjectRule {
  /** UIDs of the classes, without the root 1.2.840.10008. */
  readonly classes: readonly string[];
  readonly action: "deidentify" | "hold" | "pixels-unless-vetted" | "pixels-unless-declared-clean";
  readonly kind: string;
  readonly reason: string;
}

const ROOT_UID = "1.2.840.10008.";
const under = (root: string, ...classes: readonly string[]) => classes.map((uid) => `${root}.${uid}`);
const storage = (...classes: readonly string[]) => under("5.1.4.1.1", ...classes);

/** Every storage class of the standard, in the order of the page that is made from it. */
export const OBJECT_RULES: readonly ObjectRule[] = [
  {
    kind: "CT, MR, PET and nuclear medicine, also enhanced and legacy converted; spectroscopy, parametric maps",
    classes: storage(
      ...["2", "2.1", "2.2", "4", "4.1", "4.2", "4.3", "4.4"],
      ...["5", "20", "128", "128.1", "130", "30"],
    ),
    action: "deidentify",
    reason: "a scanner's own image; a screen save among them says so in Image Type",
  },
  {
    kind: "radiographs (CR, DX, mammography, intra-oral), tomosynthesis, 3D angiography",
    classes: storage(
      ...["1", "1.1", "1.1.1", "1.2", "1.2.1", "1.3", "1.3.1"],
      ...["13.1.1", "13.1.2", "13.1.3", "13.1.4", "13.1.5"],
    ),
    action: "deidentify",
    reason: "a detector's own image; one that was digitised from film says so",
  },
  {
    kind: "ultrasound and photoacoustic images",
    classes: storage("3", "3.1", "6", "6.1", "6.2", "6.3"),
    action: "pixels-unless-vetted",
    reason: "ultrasound carries name and ID in its pixels, whatever its header claims",
  },
  {
    kind: "secondary capture",
    classes: storage("7", "7.1", "7.2", "7.3", "7.4"),
    action: "pixels-unless-vetted",
    reason: "a secondary capture may show anything that stood on a screen, whatever its header claims",
  },
  {
    kind: "angiography and fluoroscopy",
    classes: storage("12.1", "12.1.1", "12.2", "12.2.1", "12.3"),
    action: "pixels-unless-declared-clean",
    reason: "angiography and fluoroscopy often carry text, and the header does not say that there is none",
  },
  {
    kind: "photographs: endoscopy, microscopy, skin, eye, general",
    classes: storage(
      ...["77.1", "77.2", "77.1.1", "77.1.2", "77.1.3", "77.1.4", "77.1.7"],
      ...["77.1.5.1", "77.1.5.2", "77.1.5.5", "77.1.5.6"],
    ),
    action: "pixels-unless-declared-clean",
    reason: "photographs may show a face, a name plate or written text",
  },
  {
    kind: "whole-slide and confocal microscopy",
    classes: storage("77.1.6", "77.1.8", "77.1.9"),
    action: "deidentify",
    reason: "tissue alone; a LABEL or OVERVIEW image, or one that says it shows the slide's label, is held",
  },
  {
    kind: "optical coherence tomography, of eye and vessel",
    classes: storage("14.1", "14.2", "77.1.5.4", "77.1.5.7", "77.1.5.8"),
    action: "deidentify",
    reason: "an instrument's own image",
  },
  {
    kind: "video",
    classes: storage("77.1.1.1", "77.1.2.1", "77.1.4.1"),
    action: "hold",
    reason: "video is not examined frame by frame: a frame may show a face or a name",
  },
  {
    kind: "segmentations, label maps and height maps",
    classes: storage("66.4", "66.7", "66.8"),
    action: "deidentify",
    reason: "masks have no text; labels and tracking identifiers are cleaned as text",
  },
  {
    kind: "registrations, fiducials, tractography, real-world values, stereometry",
    classes: storage("66.1", "66.2", "66.3", "66.6", "67", "77.1.5.3"),
    action: "deidentify",
    reason: "coordinates and references, which point to the new UIDs",
  },
  {
    kind: "surfaces: segmented, scanned, STL, OBJ, MTL",
    classes: storage("104.3", "104.4", "104.5", "66.5", "68.1", "68.2"),
    action: "hold",
    reason: "a surface may be that of a face, and a texture a photograph",
  },
  {
    kind: "encapsulated PDF and CDA",
    classes: storage("104.1", "104.2"),
    action: "hold",
    reason: "an encapsulated document has text and metadata of its own that are not cleaned",
  },
  {
    kind: "structured reports, key objects, CAD and dose reports, annotations, assessments",
    classes: storage(
      ...["88.1", "88.2", "88.3", "88.4", "88.11", "88.22", "88.33", "88.34", "88.35", "88.40"],
      ...["88.50", "88.59", "88.65", "88.67", "88.68", "88.69", "88.70", "88.71", "88.72", "88.73"],
      ...["88.74", "88.75", "88.76", "88.77", "90.1", "91.1"],
    ),
    action: "deidentify",
    reason: "content items are cleaned or become dummies; persons' names are dummies; references stay whole",
  },
  {
    kind: "presentation states and structured displays",
    classes: storage(
      ...["11.1", "11.2", "11.3", "11.4", "11.5", "11.6", "11.7", "11.8", "11.9", "11.10", "11.11", "11.12"],
      "131",
    ),
    action: "deidentify",
    reason: "text annotations are cleaned or become dummies; overlays go as those of images do",
  },
  {
    kind: "radiotherapy: images, dose, structures, plans, records, instructions",
    classes: [
      ...storage(
        ...["481.1", "481.2", "481.3", "481.4", "481.5", "481.6", "481.7", "481.8", "481.9", "481.10"],
        ...["481.11", "481.12", "481.13", "481.14", "481.15", "481.16", "481.17", "481.18", "481.19"],
        ...["481.20", "481.21", "481.22", "481.23", "481.24", "481.25"],
      ),
      ...under("5.1.4.34", "1", "7", "10"),
    ],
    action: "deidentify",
    reason: "numbers, codes and contours; names of structures and plans are cleaned as text",
  },
  {
    kind: "waveforms: ECG, pressure, respiration, EEG, EMG, EOG, body position",
    classes: storage(
      ...["9.1", "9.1.1", "9.1.2", "9.1.3", "9.1.4", "9.2.1", "9.3.1", "9.5.1", "9.6.1", "9.6.2"],
      ...["9.7.1", "9.7.2", "9.7.3", "9.7.4", "9.8.1"],
    ),
    action: "deidentify",
    reason: "samples are numbers; annotations are cleaned or become dummies",
  },
  {
    kind: "recorded voice and sound",
    classes: storage("9.4.1", "9.4.2"),
    action: "hold",
    reason: "a recorded voice identifies who speaks and whom it speaks of",
  },
  {
    kind: "measurements and maps of the eye",
    classes: storage(
      ...["78.1", "78.2", "78.3", "78.4", "78.5", "78.6", "78.7", "78.8", "79.1", "80.1", "81.1", "82.1"],
    ),
    action: "deidentify",
    reason: "numbers and codes",
  },
  {
    kind: "procedure protocols that were performed on a patient",
    classes: storage("200.2", "200.8"),
    action: "deidentify",
    reason: "settings of a device",
  },
  {
    kind: "raw data",
    classes: storage("66"),
    action: "hold",
    reason: "raw data are in a vendor's own form, which nobody else can examine",
  },
  {
    kind: "stored print and hard copy",
    classes: under("5.1.1", "27", "29", "30"),
    action: "hold",
    reason: "a stored print shows the annotations of the film",
  },
  {
    kind: "standalone overlays, curves and look-up tables (retired)",
    classes: storage("8", "9", "10", "11", "129"),
    action: "hold",
    reason: "a drawing is all there is to it, and nobody has examined it",
  },
  {
    kind: "protocols and approvals, inventories, hanging protocols, palettes, implant templates",
    classes: [
      ...storage("200.1", "200.3", "200.7", "201.1"),
      ...under("5.1.4", "38.1", "39.1", "43.1", "44.1", "45.1"),
    ],
    action: "hold",
    reason: "a site's own settings, holdings or staff, and no patient's study",
  },
  {
    kind: "DICOMDIR",
    classes: ["1.3.10"],
    action: "hold",
    reason: "an index of the medium's own paths; the release makes its own order",
  },
  {
    kind: "security screening (DICOS) and materials testing (DICONDE)",
    classes: storage(
      ...["501.1", "501.2.1", "501.2.2", "501.3", "501.4", "501.5", "501.6"],
      ...["601.1", "601.2", "601.3", "601.4"],
    ),
    action: "hold",
    reason: "other standards define these objects, with attributes that PS3.15 does not judge",
  },
];

const BY_CLASS = new Map(
  OBJECT_RULES.flatMap((rule) => rule.classes.map((uid) => [ROOT_UID + uid, rule] as const)),
);

const SPECIMEN_LABEL_IN_IMAGE = makeTag(0x0048, 0x0010);
const PIXEL_DATA_PROVIDER_URL = makeTag(0x0028, 0x7fe0);
/** Whole-slide images of the label and of the slide with its label (PS3.3 C.8.12.4.1.1). */
const SLIDE_LABEL = /^(LABEL|OVERVIEW)$/;

/**
 * Why an object is held for what it is, or for pixels that nobody has examined; [] when its attributes
 * alone decide. Burned In Annotation = YES is always believed, NO only where the class rarely has text. Where the
 * pixels will be examined, that decides instead.
 */
export function objectReasons(
  file: DicomFile,
  sopClass: string,
  profile: Profile,
  willExamine = false,
): HeldReason[] {
  const { data } = file;
  const reasons: HeldReason[] = [];
  const rule = BY_CLASS.get(sopClass);
  if (!rule) {
    reasons.push({ code: "CLASS_HELD", detail: "a SOP class that the standard does not name" });
  } else if (rule.action === "hold")
    reasons.push({ code: "CLASS_HELD", detail: `${sopClassName(sopClass) ?? sopClass}: ${rule.reason}` });
  if (transferSyntaxInfo(file.transferSyntax)?.video) {
    reasons.push({ code: "CLASS_HELD", detail: "a video stream is not examined frame by frame" });
  }
  if (data.string(PIXEL_DATA_PROVIDER_URL) !== "") {
    reasons.push({ code: "CLASS_HELD", detail: "its pixels lie at an address outside the object" });
  }
  if (
    valuesOf(data, Tags.ImageType).some((value) => SLIDE_LABEL.test(value)) ||
    data.string(SPECIMEN_LABEL_IN_IMAGE) === "YES"
  ) {
    reasons.push({ code: "CLASS_HELD", detail: "a picture of a slide's label" });
  }
  if (hasEmbeddedOverlay(data)) {
    reasons.push({ code: "EMBEDDED_OVERLAY", detail: "overlay planes share the bits of Pixel Data" });
  }
  if (profile.pixels !== "vetted" && !willExamine) reasons.push(...unexaminedReasons(data, sopClass));
  return reasons;
}

/** Why an object is held whose pixels nobody examines: class or header speak for text in them. */
export function unexaminedReasons(data: DataSet, sopClass: string): HeldReason[] {
  const rule = BY_CLASS.get(sopClass);
  const why = whyPixelsMatter(data, rule?.action, rule?.reason);
  return why ? [{ code: "PIXELS_NOT_EXAMINED", detail: why }] : [];
}
