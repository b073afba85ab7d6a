import type { ExaminedPixels, HeldCode } from "../../deid/index.js";
import type { ReleaseManifest } from "../../ledger/index.js";
import { grouped, plural, printable, type TextSink, table } from "../output.js";
import { type Folders, heldPath, keptTextPath, manifestPath } from "./folders.js";
import type { OtherFile } from "./plan.js";
import type { Release } from "./release.js";

/** What was held means, and what to do about it, in a line; docs/guides/held.md says more. */
const NEXT_STEPS: { readonly [code in HeldCode]: string } = {
  UNREADABLE: "damaged or unreadable: fetch it again from the archive",
  NO_IDENTITY: "an identifying UID is missing or wrong: fetch it again, or repair it",
  POLYGLOT: "another kind of file hides in it: show it to your security team",
  CONFLICTING_DUPLICATE: "different files with one SOP Instance UID: keep the right one, run again",
  CONFLICTING_IDENTITY: "one patient ID, two people: correct the ID, run again",
  PIXELS_NOT_EXAMINED:
    "may show names in its pixels: look at it; release with `pixels: vetted` in the profile",
  TEXT_IN_PIXELS: "text is left in its pixels: see it with `elpis pixels`, or add a device rule",
  PAGE_OF_TEXT: "nearly all text: leave it out, or have a person look and release it as vetted",
  BURNED_IN_NOT_FOUND: "its header speaks of text in the pixels, and none was found: look at it",
  CLASS_HELD: "no rule for this class: review by hand",
  DICOMDIR: "an index of the medium: nothing to do, the release needs none",
  EMBEDDED_OVERLAY: "overlays inside Pixel Data may show text: review by hand",
  IDENTIFIER_IN_BINARY: "bytes hold an identifier of the patient: review by hand",
  TEXT_IN_BITSTREAM: "words inside compressed pixels: export it without comments",
  BULK_DATA_MISMATCH: "bytes that are no part of the picture: fetch it again from the archive",
  UNINTELLIGIBLE_VALUE: "a value that must change cannot be read: repair it, run again",
  DUPLICATE_ELEMENT: "a tag twice in one data set: have the source correct it, or send it again",
  UNJUDGED_ELEMENT: "an element that the profile cannot judge: add a rule to the profile",
};

const NAMED_OTHERS = 10;

export interface Outcome {
  readonly manifest: ReleaseManifest;
  readonly release: Release;
  readonly folders: Folders;
  readonly other: readonly OtherFile[];
  /** How many of the others are links that may lead to DICOM. */
  readonly links: number;
}

/** The summary for people. */
export function printSummary(sink: TextSink, outcome: Outcome): void {
  const { manifest, release, folders, other, links } = outcome;
  const { counts } = manifest;
  const patients = release.crosswalk.patientCount;
  const kept = release.keptTexts.count;
  const lines = [
    "",
    `Released    ${plural(counts.released, "instance")} of ${plural(patients, "patient")} in ${folders.out}`,
    ...(counts.duplicates > 0
      ? [`Duplicates  ${plural(counts.duplicates, "file")} equal to a released one, byte for byte`]
      : []),
    ...(manifest.pixels.frames > 0 ? [`Pixels      ${framesExamined(manifest.pixels)}`] : []),
    ...heldLines(outcome),
    ...otherLines(other),
    ...(links > 0
      ? [`Links       ${plural(links, "symbolic link")} not followed: name what they lead to as an input`]
      : []),
    ...(kept > 0
      ? [`Read        ${plural(kept, "kept text")} in ${keptTextPath(folders)}, before you share`]
      : []),
    `Evidence    ${manifestPath(folders)}`,
    `Crosswalk   ${folders.crosswalk} (who is who: keep it, never share it)`,
  ];
  sink.write(`${lines.join("\n")}\n`);
}

/** "24 frames examined, text blanked in 2". */
export function framesExamined({ frames, blankedFrames }: ExaminedPixels, verb = "blanked"): string {
  const found = blankedFrames === 0 ? "no text found" : `text ${verb} in ${grouped(blankedFrames)}`;
  return `${plural(frames, "frame")} examined, ${found}`;
}

function heldLines({ manifest, folders }: Outcome): string[] {
  const { held, heldBy } = manifest.counts;
  if (held === 0) return ["Held        nothing"];
  const rows = Object.entries(heldBy)
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]) => [`  ${grouped(count)}`, code, NEXT_STEPS[code as HeldCode] ?? ""]);
  const reasons = Object.values(heldBy).reduce((sum, count) => sum + count, 0);
  const several = reasons > held ? " (a file may have several reasons)" : "";
  return [`Held        ${plural(held, "file")}, listed in ${heldPath(folders)}${several}`, ...table(rows)];
}

function otherLines(other: readonly OtherFile[]): string[] {
  if (other.length === 0) return [];
  const named = other.slice(0, NAMED_OTHERS).map(({ path, why }) => `  ${printable(path)}  (${why})`);
  const more = other.length - named.length;
  return [
    `Other       ${plural(other.length, "file")} left alone`,
    ...named,
    ...(more > 0 ? [`  and ${grouped(more)} more`] : []),
  ];
}

/** The summary for programs: one JSON document. */
export function summaryJson({ manifest, release, folders, other, links }: Outcome, exitCode: number): string {
  const { counts } = manifest;
  const summary = {
    exitCode,
    out: folders.out,
    manifest: manifestPath(folders),
    crosswalk: folders.crosswalk,
    held: heldPath(folders),
    keptText: keptTextPath(folders),
    patients: release.crosswalk.patientCount,
    counts: { ...counts, other: other.length, links, keptTexts: release.keptTexts.count },
    pixels: manifest.pixels,
    other,
  };
  return `${JSON.stringify(summary, null, 2)}\n`;
}
