import { ElpisError, type Json } from "../base/index.js";

export const MANIFEST_FORMAT = "elpis-release/1";

/** The profile as the release states it; `digest` covers its rules and private list too. */
export interface ManifestProfile {
  readonly name: string;
  readonly digest: string;
  /** PS3.15 E.3 options beside the Basic Profile, sorted. */
  readonly options: readonly string[];
  readonly patientId: string;
  readonly patientName: string;
  /** Range of the keyed shift in days, both ends inclusive; null where dates are not shifted. */
  readonly dateShift: { readonly minDays: number; readonly maxDays: number } | null;
  readonly uidRoot: string;
  /** How many exceptions of its own the site made, and how many private attributes it found safe. */
  readonly rules: number;
  readonly safePrivate: number;
  /** Whether removed attributes travel along, encrypted to the key holder (PS3.15 E.1.1). */
  readonly encryptedAttributes: boolean;
}

/** One released file. Without `sha256` and `input` where the run made no digests. */
export interface ManifestInstance {
  /** Relative to the release, with `/`; new values only. */
  readonly path: string;
  readonly sopClass: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the released file, hexadecimal. */
  readonly sha256?: string;
  /** HMAC-SHA-256 of the original under a key that stays at the site, hexadecimal. */
  readonly input?: string;
}

/** Text that stayed though it looks suspicious: in which element, why, and in how many instances. */
export interface ManifestKeptText {
  readonly element: string;
  readonly why: string;
  readonly instances: number;
}

export interface ManifestCounts {
  /** Every DICOM file found: released, duplicates and held together. */
  readonly instances: number;
  readonly released: number;
  /** Files equal to a released one byte for byte. */
  readonly duplicates: number;
  readonly held: number;
  /** How many instances are held for each reason; one may have several. */
  readonly heldBy: { readonly [code: string]: number };
  /** Files that are not DICOM. */
  readonly other: number;
}

export interface ManifestPixels {
  /** Released instances whose frames were looked at, one by one, and have no text left that two detectors see. */
  readonly instances: number;
  readonly frames: number;
  /** Frames in which something was blanked. */
  readonly blankedFrames: number;
}

/**
 * release.json: what a release holds and how it was made. Nobody's identifier, no time, no machine, no path
 * of the input: the same input, profile and key give the same bytes.
 */
export interface ReleaseManifest {
  readonly format: typeof MANIFEST_FORMAT;
  readonly software: { readonly name: string; readonly version: string };
  readonly project: string;
  readonly recipient: string;
  /** Fingerprint of the keys of this project and recipient. */
  readonly key: string;
  readonly profile: ManifestProfile;
  readonly tables: { readonly [table: string]: { readonly edition: string; readonly sha256: string } };
  /** Keyed digest of the first pass: the identifiers known of each patient, and the duplicates. */
  readonly survey: string;
  readonly counts: ManifestCounts;
  /** How many elements each action changed or kept, over all released instances. */
  readonly actions: { readonly [action: string]: number };
  readonly keptText: readonly ManifestKeptText[];
  readonly consent: "not evaluated";
  readonly pixelsExamined: "no" | "vetted" | "examined";
  /** What the examination of pixels came to; zeros where there was none. */
  readonly pixels: ManifestPixels;
  /** What this release does not promise, as sentences. */
  readonly limits: readonly string[];
  readonly instances: readonly ManifestInstance[];
}

/**
 * The manifest as text, in pieces: keys in code unit order but the long list of instances last, one a line;
 * two spaces of indentation, lists in the order given, a newline at the end. Equal manifests give equal bytes.
 */
export function* manifestPieces(manifest: ReleaseManifest): Generator<string> {
  const names = Object.keys(manifest).filter((name) => name !== "instances");
  yield "{\n";
  for (const name of names.sort() as (keyof ReleaseManifest)[]) {
    yield `  ${JSON.stringify(name)}: ${indented(manifest[name] as unknown as Json)},\n`;
  }
  yield '  "instances": ';
  yield* instanceLines(manifest.instances);
  yield "\n}\n";
}

/** All of `manifestPieces` as one text. */
export function encodeManifest(manifest: ReleaseManifest): string {
  return [...manifestPieces(manifest)].join("");
}

/** Reads a release.json; throws NOT_FOUND for anything else, or for a format this version does not know. */
export function parseManifest(text: string): ReleaseManifest {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new ElpisError("NOT_FOUND", "not a release manifest: no JSON", { cause });
  }
  const format = (parsed as { format?: unknown } | null)?.format;
  if (format !== MANIFEST_FORMAT) {
    throw new ElpisError("NOT_FOUND", `not a release manifest of the format ${MANIFEST_FORMAT}`);
  }
  return parsed as ReleaseManifest;
}

function* instanceLines(instances: readonly ManifestInstance[]): Generator<string> {
  if (instances.length === 0) return yield "[]";
  yield "[\n";
  for (const [i, instance] of instances.entries()) {
    yield `    ${JSON.stringify(sorted(instance as unknown as Json))}${i === instances.length - 1 ? "\n" : ",\n"}`;
  }
  yield "  ]";
}

function indented(value: Json): string {
  return JSON.stringify(sorted(value), null, 2).replaceAll("\n", "\n  ");
}

/** The value with the keys of every object in code unit order. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const members = value as { readonly [key: string]: Json };
  return Object.fromEntries(
    Object.keys(members)
      .sort()
      .map((key) => [key, sorted(members[key] as Json)]),
  );
}
