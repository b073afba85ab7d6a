import { fromLatin1 } from "../base/index.js";

/**
 * What encoders sign with, whole: a comment of nothing else names nobody. Versions and build dates differ.
 * Kakadu adds a table of distortion by layer, JasPer its version, Photoshop and Intel theirs.
 */
const ENCODERS = [
  /(?:CREATOR: )?gd-jpeg v[\d.]+ \(using IJG JPEG v\d+\)(?:, (?:default )?quality(?: = \d+)?)?/,
  /(?:Created by|Compressed with) (?:GDCM\/)?OpenJPEG(?: version [\d.]+)?|OpenJPEG(?: version)? ?[\d.]*/,
  /OpenJPH(?: Ver)? ?[\d.]*|Grok(?: JPEG 2000)?(?: version)? ?[\d.]*|nvJPEG(?:2000)? ?[\d.]*/,
  /Kakadu-v?[\d.]+/,
  /Kdu-Layer-Info: log_2\{Delta-D\((?:squared-error|MSE)\)\/\[?(?:2\^16\*)?Delta-L\(bytes\)\]?\}, L\(bytes\)/,
  /-?\d{1,4}\.\d, {1,3}\d\.\de[+-]\d\d\s/,
  /(?:Creator: )?JasPer(?: Version)? [\d.]+/,
  /LEAD Technologies,? Inc\.?(?: V[\d.]+)?/,
  /Intel\(R\) (?:JPEG Library|IPP JPEG encoder),?(?: version)? ?\[?[\d.]+\]?(?: - [A-Z][a-z]{2} [ \d]\d \d{4})?/,
  /File written by Adobe Photoshop.? ?[\d.]+/,
  /Lavc[\d.]+|Lossless JPEG|Independent JPEG Group|libjpeg(?:-turbo)?(?: version)? ?[\d.]*/,
  /Pegasus Imaging Corp(?:oration|\.)?(?: JPEG ?2000)?|PICTools(?: JPEG ?2000)?|Accusoft(?: Corporation)?/,
  /Aware(?:,? Inc\.?)?(?: (?:JPEG ?2000|Motion ?J2K))?|LuraWave(?:\.jp2)?|LuraTech|J2K-Codec ?[\d.]*|CharLS ?[\d.]*/i,
  /MITRA_DICOM_STANDARD/,
  /ACD Systems Digital Imaging|AppleMark|Optimized by JPEGmini[\d. ]*|HP-JPEG-?LS|MATLAB JPEG-?LS/,
] as const;
const SIGNED = new RegExp(`(?:${ENCODERS.map(({ source }) => source).join("|")})`, "gi");

/** Four letters that only separators divide ("Ng^Bo"), or five digits: enough for a name or a number. */
export const TELLING = /(?:\p{L}[ ^.,'=_-]{0,2}){4}|(?:\d[ ./-]?){5}/u;

/** True of bytes that hold words or numbers beyond the signature of an encoder, in one byte or two a character. */
export function holdsText(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const text = fromLatin1(bytes);
  // In UTF-16, as Exif has it, a NUL stands beside every letter. Controls stay, and divide.
  return [text, text.replaceAll("\0", "")].some((form) => TELLING.test(form.replace(SIGNED, "\0")));
}

/** So few bytes behind the end are what a writer's buffer held before: in them four letters may be chance. */
const SHORT_TAIL = 8;
/** ASCII characters in a row that are words rather than chance: behind an end that was found, and where none was. */
const RUN_BEHIND = /[ -~]{4,}/g;
export const [RUN_SHORT, RUN_ANYWHERE] = [/[ -~]{6,}/g, /[ -~]{16,}/g];

/** True of bytes behind the end of an image that hold words, in one byte or two a character. */
export function holdsRunBehind(tail: Uint8Array): boolean {
  const run = tail.length > SHORT_TAIL ? RUN_BEHIND : RUN_SHORT;
  const narrow = tail.filter((byte) => byte !== 0);
  return holdsRun(tail, run) || holdsRun(narrow, run);
}

/** True of bytes with words among the characters that stand in a row so long. */
export function holdsRun(bytes: Uint8Array, run: RegExp): boolean {
  return (fromLatin1(bytes).match(run) ?? []).some((text) => TELLING.test(text.replace(SIGNED, "\0")));
}
