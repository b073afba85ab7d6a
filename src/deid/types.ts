import type { ByteSource, ConfidentialityOption, OutputPart, Tag, VR } from "../dicom/index.js";
import type { DeviceRule } from "../pixels/index.js";
import type { KnownIdentifiers, SuspicionReason } from "../text/index.js";

/** What a profile's own rule does with one attribute, at any nesting depth. */
export type RuleAction =
  | "keep"
  | "remove"
  /** Zero length. */
  | "empty"
  /** The rule's `value` instead. */
  | "replace"
  /** Text: identifiers go, the rest stays. Sequence: its items are de-identified. */
  | "clean"
  /** A date or date-time, shifted as the patient's others are. */
  | "shift"
  /** A date of which the shifted year stays: 1 January. */
  | "shifted-year"
  /** A UID, mapped as the others are. */
  | "uid";

/** A site's exception to the standard's table, with the reason that a reviewer will ask for. */
export interface AttributeRule {
  readonly tag: Tag;
  readonly action: RuleAction;
  readonly value?: string;
  readonly reason: string;
}

/** A private attribute that a site has found safe. `element` is the low byte: blocks may be renumbered. */
export interface SafePrivateRule {
  readonly creator: string;
  readonly group: number;
  readonly element: number;
  readonly vr: VR;
  readonly reason: string;
}

/** A confidentiality profile, read and checked: what `parseProfile` returns. */
export interface Profile {
  readonly name: string;
  /** PS3.15 E.3 options beside the Basic Profile. */
  readonly options: ReadonlySet<ConfidentialityOption>;
  readonly rules: ReadonlyMap<Tag, AttributeRule>;
  readonly safePrivate: readonly SafePrivateRule[];
  /** Shapes of the pseudonyms: `{N}` stands for N characters of the keyed hash (base 32, upper case). */
  readonly patientId: string;
  readonly patientName: string;
  /** Days by which a patient's dates move, both ends inclusive, 0 never drawn. */
  readonly dateShift: { readonly minDays: number; readonly maxDays: number };
  /** Root of new UIDs; "2.25" for UUIDs. */
  readonly uidRoot: string;
  /**
   * "examine": text in pixels is looked for and blanked. "hold": nobody looks, and what may show text is held.
   * "vetted": a person has looked at the pixels, or they hold none that need it.
   */
  readonly pixels: "examine" | "hold" | "vetted";
  /** Lone marks of side and position in pixels. */
  readonly marks: "keep" | "blank";
  /** Where the site's devices write into pixels. */
  readonly devices: readonly DeviceRule[];
  /** PEM of the certificate to which removed attributes are encrypted (PS3.15 E.1.1), if any. */
  readonly encryptTo?: string;
  /** SHA-256 in hexadecimal of all the above in canonical JSON. */
  readonly digest: string;
}

/** Why an instance is held back. A closed union; docs/guides/held.md explains each. */
export type HeldCode =
  /** Cannot be parsed whole. */
  | "UNREADABLE"
  /** SOP Class, SOP Instance, Study or Series Instance UID is missing or no UID. */
  | "NO_IDENTITY"
  /** Another kind of file hides in it. */
  | "POLYGLOT"
  /** Two different files carry the same SOP Instance UID. */
  | "CONFLICTING_DUPLICATE"
  /** One patient ID, and names and birth dates that cannot be one person's. */
  | "CONFLICTING_IDENTITY"
  /** The class often carries burned-in text, or the header says so; pixels have not been examined. */
  | "PIXELS_NOT_EXAMINED"
  /** The class needs a rule that Elpis does not have (video, encapsulated documents, raw data, …). */
  | "CLASS_HELD"
  /** Text, or a known identifier, is left in the pixels after blanking. */
  | "TEXT_IN_PIXELS"
  /** A frame is nearly all text: a dose sheet, a screen save, a scanned letter. */
  | "PAGE_OF_TEXT"
  /** The header speaks of burned-in text, and the examination found none. */
  | "BURNED_IN_NOT_FOUND"
  /** An index of the medium's own paths; the release makes its own order. */
  | "DICOMDIR"
  /** Overlay planes in the high bits of Pixel Data. */
  | "EMBEDDED_OVERLAY"
  /** Bytes that were to be kept hold an identifier of this patient. */
  | "IDENTIFIER_IN_BINARY"
  /** A comment or metadata inside compressed pixel data, or behind them, holds text. */
  | "TEXT_IN_BITSTREAM"
  /** Pixel, waveform or spectroscopy data where the class has none, or of a size that the header does not explain. */
  | "BULK_DATA_MISMATCH"
  /** A value that must be changed cannot be read (a character set or date that makes no sense). */
  | "UNINTELLIGIBLE_VALUE"
  /** The same tag twice in one data set: readers differ in which they see. */
  | "DUPLICATE_ELEMENT"
  /** An element whose VR the standard does not name, or which the profile cannot judge. */
  | "UNJUDGED_ELEMENT";

/** `detail` names tags, paths, classes and offsets; never a value. */
export interface HeldReason {
  readonly code: HeldCode;
  readonly detail: string;
}

/** What was done to elements, and to how many. */
export const ACTION_NAMES = [
  "kept",
  "removed",
  "emptied",
  "dummy",
  "uid",
  "shifted",
  "cleaned",
  "pseudonym",
  "inserted",
] as const;
export type ActionName = (typeof ACTION_NAMES)[number];

export type ActionCounts = { readonly [action in ActionName]?: number };

/** A stretch of text that stayed, and why it looks as if it might identify someone. */
export interface SuspiciousText {
  readonly why: SuspicionReason;
  /** An original's own words, and so is the context: for the site alone, never for a release. */
  readonly text: string;
  /** The stretch with what stays around it. */
  readonly context: string;
}

/** The same with the element in which it stands. */
export interface KeptText extends SuspiciousText {
  readonly path: string;
}

/** A patient as the first pass found it: what identifies the person, to be looked for in all text. */
export interface PatientRecord {
  /** Issuer and ID, or where the ID is empty the study: an empty ID never merges two people. */
  readonly key: string;
  readonly identifiers: KnownIdentifiers;
  /** Those of the dates that name the person wherever other dates may stay: YYYYMMDD. */
  readonly birthDates: readonly string[];
}

/** One file of a study. `id` is the caller's own and comes back with the outcome. */
export interface InputInstance<Id> {
  readonly id: Id;
  readonly source: ByteSource;
}

/** A change of identity, for the crosswalk of the key holder alone. */
export interface Renaming {
  readonly old: string;
  readonly new: string;
}

/** The old ID is "" where it is missing or names nobody: then the study, and `person` within it, is the patient. */
export interface PatientRenaming extends Renaming {
  /** Issuer of the old Patient ID; "" where there is none. */
  readonly issuer: string;
  readonly person: string;
}

export interface ReleasedInstance<Id> {
  readonly kind: "released";
  readonly id: Id;
  readonly parts: readonly OutputPart[];
  readonly patient: PatientRenaming;
  /** Original and new Study, Series and SOP Instance UID, then every other UID that was mapped. */
  readonly study: Renaming;
  readonly series: Renaming;
  readonly instance: Renaming;
  readonly otherUids: readonly Renaming[];
  readonly sopClass: string;
  readonly counts: ActionCounts;
  readonly keptText: readonly KeptText[];
  /** Absent where no pixels were examined. */
  readonly pixels?: ExaminedPixels;
}

/** What the examination of an instance's pixels came to. */
export interface ExaminedPixels {
  readonly frames: number;
  /** Frames in which something was blanked. */
  readonly blankedFrames: number;
}

export interface HeldInstance<Id> {
  readonly kind: "held";
  readonly id: Id;
  readonly reasons: readonly HeldReason[];
}

export type InstanceOutcome<Id> = ReleasedInstance<Id> | HeldInstance<Id>;
