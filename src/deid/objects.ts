import {
  type DataSet,
  type DicomFile,
  makeTag,
  sopClassName,
  Tags,
  transferSyntaxInfo,
} from "../dicom/index.js";
import type { HeldReason, Profile } from "./types.js";

/** What is done with the objects of a SOP class beyond their attributes. docs/objects.md shows the table. */
export interface ObjectRule {
  /** UIDs of the classes, without the root 1.2.840.10008.5.1.4.1.1. */
  readonly classes: readonly string[];
  readonly action: "hold" | "pixels-unless-vetted" | "pixels-unless-declared-clean";
  readonly reason: string;
}

const STORAGE_ROOT = "1.2.840.10008.5.1.4.1.1.";

/** In the order of the page that is made from it. Classes not named here are de-identified as they are. */
export const OBJECT_RULES: readonly ObjectRule[] = [
  {
    classes: ["3", "3.1", "6", "6.1", "6.2"],
    action: "pixels-unless-vetted",
    reason: "ultrasound carries name and ID in its pixels, whatever its header claims",
  },
  {
    classes: ["7", "7.1", "7.2", "7.3", "7.4"],
    action: "pixels-unless-vetted",
    reason: "a secondary capture may show anything that stood on a screen, whatever its header claims",
  },
  {
    classes: ["12.1", "12.1.1", "12.2", "12.2.1", "12.3", "1.2.840.10008.5.1.4.1.1.12.77"],
    action: "pixels-unless-declared-clean",
    reason: "angiography and fluoroscopy often carry text, and the header does not say that there is none",
  },
  {
    classes: ["77.1.1", "77.1.2", "77.1.3", "77.1.4", "77.1.7", "77.1.5.1", "77.1.5.2", "77.1.5.3"],
    action: "pixels-unless-declared-clean",
    reason: "photographs may show a face, a name plate or written text",
  },
  {
    classes: ["77.1.1.1", "77.1.2.1", "77.1.4.1"],
    action: "hold",
    reason: "video is not examined frame by frame: a frame may show a face or a name",
  },
  {
    classes: ["104.1", "104.2"],
    action: "hold",
    reason: "an encapsulated document (PDF, CDA) has text and metadata of its own that are not cleaned",
  },
  {
    classes: ["104.3", "104.4", "104.5", "68.1", "68.2", "66.5"],
    action: "hold",
    reason: "a surface (STL, OBJ, MTL, segmented or scanned) may be that of a face",
  },
  {
    classes: ["66", "9.100.1", "9.100.2"],
    action: "hold",
    reason: "raw data are in a vendor's own form, which nobody else can examine",
  },
  {
    classes: ["9.4.1", "9.4.2"],
    action: "hold",
    reason: "a recorded voice identifies who speaks and whom it speaks of",
  },
  {
    classes: ["1.2.840.10008.5.1.1.27", "1.2.840.10008.5.1.1.29", "1.2.840.10008.5.1.1.30"],
    action: "hold",
    reason: "a stored print shows the annotations of the film",
  },
  {
    classes: ["201.1", "200.1", "200.3"],
    action: "hold",
    reason: "an inventory or protocol approval lists a site's own holdings and staff, not an image",
  },
];

const BY_CLASS = new Map(
  OBJECT_RULES.flatMap((rule) =>
    rule.classes.map((uid) => [uid.startsWith("1.2.840") ? uid : STORAGE_ROOT + uid, rule] as const),
  ),
);

const IMAGE_TYPE = makeTag(0x0008, 0x0008);
const CONVERSION_TYPE = makeTag(0x0008, 0x0064);
const BITS_ALLOCATED = makeTag(0x0028, 0x0100);
/** Image Type values of pictures of a screen or a page rather than of a patient. */
const SCREEN_IMAGE = /^(SCREEN SAVE|SCREEN|SCREENSAVE|DOSE_INFO|DOSE|PROTOCOL|REPORT|FORM)$/;
/** Whole-slide images of the label and of the slide with its label (PS3.3 C.8.12.4.1.1). */
const SLIDE_LABEL = /^(LABEL|OVERVIEW)$/;

/**
 * Why an object is held for what it is, or for pixels that nobody has examined; [] when its attributes
 * alone decide. Burned In Annotation = YES is always believed, NO only where the class rarely has text.
 */
export function objectReasons(file: DicomFile, sopClass: string, profile: Profile): HeldReason[] {
  const { data } = file;
  const reasons: HeldReason[] = [];
  const name = sopClassName(sopClass);
  const rule = BY_CLASS.get(sopClass);
  if (!name && !rule) {
    reasons.push({ code: "CLASS_HELD", detail: "a SOP class that the standard does not name" });
  } else if (rule?.action === "hold")
    reasons.push({ code: "CLASS_HELD", detail: `${name ?? sopClass}: ${rule.reason}` });
  if (transferSyntaxInfo(file.transferSyntax)?.video) {
    reasons.push({ code: "CLASS_HELD", detail: "a video stream is not examined frame by frame" });
  }
  const imageType = valuesOf(data, IMAGE_TYPE);
  if (imageType.some((value) => SLIDE_LABEL.test(value))) {
    reasons.push({ code: "CLASS_HELD", detail: "a picture of a slide's label" });
  }
  if (hasEmbeddedOverlay(data)) {
    reasons.push({ code: "EMBEDDED_OVERLAY", detail: "overlay planes share the bits of Pixel Data" });
  }
  if (profile.pixels !== "vetted") {
    const why = whyPixelsMatter(data, rule, imageType);
    if (why) reasons.push({ code: "PIXELS_NOT_EXAMINED", detail: why });
  }
  return reasons;
}

function whyPixelsMatter(
  data: DataSet,
  rule: ObjectRule | undefined,
  imageType: string[],
): string | undefined {
  const declared = data.string(Tags.BurnedInAnnotation).toUpperCase();
  if (declared === "YES") return "(0028,0301) Burned In Annotation is YES";
  if (rule?.action === "pixels-unless-vetted") return rule.reason;
  if (rule?.action === "pixels-unless-declared-clean" && declared !== "NO") return rule.reason;
  if (imageType.some((value) => SCREEN_IMAGE.test(value)))
    return "(0008,0008) Image Type says: a picture of a screen";
  if (data.string(CONVERSION_TYPE) !== "" && declared !== "NO")
    return "(0008,0064): converted from film or screen";
  return undefined;
}

function valuesOf(data: DataSet, tag: ReturnType<typeof makeTag>): string[] {
  const token = data.find(tag);
  return token < 0 ? [] : data.strings(token).map((value) => value.trim().toUpperCase());
}

/** PS3.3 C.9.2, retired form: an overlay with a bit position and no Overlay Data lies within Pixel Data. */
function hasEmbeddedOverlay(data: DataSet): boolean {
  const { tag, next, count } = data.tokens;
  const allocated = data.find(BITS_ALLOCATED);
  for (let token = 0; token < count; token = next[token]!) {
    const group = tag[token]! >>> 16;
    const isOverlay = (group & 0xff00) === 0x6000 && (group & 1) === 0;
    if (!isOverlay || (tag[token]! & 0xffff) !== 0x0010) continue;
    if (data.find(makeTag(group, 0x3000)) < 0 && allocated >= 0 && data.find(makeTag(group, 0x0102)) >= 0)
      return true;
  }
  return false;
}
