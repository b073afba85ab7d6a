import { type DataSet, makeTag, numbersOf, type Tag, Tags } from "../dicom/index.js";
import type { ObjectRule } from "./objects.js";

const CONVERSION_TYPE = makeTag(0x0008, 0x0064);
/** Words of Image Type on pictures of a screen or a page rather than of a patient. */
const SCREEN_WORD =
  /^(SCREEN|SAVE|SCREENSAVE|PROT|PROTOCOL|DOSE|DOSEREPORT|REPORT|CAPTURE|SCREENCAPTURE|SNAPSHOT|SCREENSHOT|FORM)$/;
const SCREEN_SERIES =
  /\b(patient protocol|exam(ination)? (protocol|summary)|dose (report|info|information|record|page|summary)|screen ?(save|shot|capture)s?)\b/i;
/** Modalities whose pixels carry text, whatever class their images are stored under. */
const TEXT_MODALITY = /^(US|ES|XC|GM|HC|DOC|SC)$/;

/**
 * Why the pixels of an object must be examined before it leaves; undefined where nothing speaks for text in
 * them. Only the single value NO says that there is none, and that counts only where the class rarely has any.
 */
export function whyPixelsMatter(
  data: DataSet,
  action: ObjectRule["action"] | undefined,
  reason = "",
): string | undefined {
  const declared = burnedInAnnotation(data);
  if (declared === "yes") return "(0028,0301) Burned In Annotation does not say NO";
  if (action === "pixels-unless-vetted") return reason;
  if (action === "pixels-unless-declared-clean" && declared !== "no") return reason;
  const words = valuesOf(data, Tags.ImageType).flatMap((value) => value.split(/[^A-Z0-9]+/));
  if (words.some((word) => SCREEN_WORD.test(word)))
    return "(0008,0008) Image Type says: a picture of a screen";
  if (SCREEN_SERIES.test(data.string(Tags.SeriesDescription))) {
    return "(0008,103E) Series Description says: a picture of a screen";
  }
  if (TEXT_MODALITY.test(data.string(Tags.Modality).toUpperCase()))
    return "(0008,0060): a modality with text in its images";
  if (data.string(CONVERSION_TYPE) !== "" && declared !== "no")
    return "(0008,0064): converted from film or screen";
  return undefined;
}

/** What every Burned In Annotation in the object says together, nested ones included. */
export function burnedInAnnotation(data: DataSet): "yes" | "no" | "unsaid" {
  const { tag, count } = data.tokens;
  let said: "no" | "unsaid" = "unsaid";
  for (let token = 0; token < count; token++) {
    if (tag[token] !== Tags.BurnedInAnnotation || data.length(token) === 0) continue;
    const value = data.text(token).trim().toUpperCase();
    if (value !== "NO" && value !== "") return "yes";
    if (value === "NO") said = "no";
  }
  return said;
}

/** The values of a text attribute at the top level, trimmed, in upper case. */
export function valuesOf(data: DataSet, tag: Tag): string[] {
  const token = data.find(tag);
  return token < 0 ? [] : data.strings(token).map((value) => value.trim().toUpperCase());
}

/**
 * PS3.3 C.9.2, retired form: an overlay whose bits are more than one, or not at position 0, or which has no
 * data of its own, lies within Pixel Data.
 */
export function hasEmbeddedOverlay(data: DataSet): boolean {
  const { tag, next, count } = data.tokens;
  const overlays = new Set<number>();
  const withData = new Set<number>();
  for (let token = 0; token < count; token = next[token]!) {
    const group = tag[token]! >>> 16;
    if ((group & 0xff00) !== 0x6000 || (group & 1) === 1) continue;
    const element = tag[token]! & 0xffff;
    overlays.add(group);
    if (element === 0x3000 && data.length(token) > 0) withData.add(group);
    if (
      (element === 0x0100 && numberAt(data, token) > 1) ||
      (element === 0x0102 && numberAt(data, token) > 0)
    )
      return true;
  }
  return [...overlays].some((group) => !withData.has(group) && data.find(makeTag(group, 0x0100)) >= 0);
}

function numberAt(data: DataSet, token: number): number {
  return numbersOf(data, token)[0] ?? 0;
}
