/** What a removed stretch of text was. */
export type FindingKind =
  | "name"
  | "person"
  | "id"
  | "mrn"
  | "ssn"
  | "date"
  | "age"
  | "phone"
  | "email"
  | "url"
  | "network"
  | "address"
  | "institution"
  | "location"
  | "device";

/** A stretch of text, UTF-16 offsets, end exclusive. */
export interface Finding {
  readonly kind: FindingKind;
  readonly start: number;
  readonly end: number;
}

/** Why a stretch was kept although it may identify; never its text. */
export type SuspicionReason =
  | "known-name-is-a-word"
  | "known-name-in-eponym"
  | "short-known-id"
  | "name-like"
  | "id-like"
  | "date-like";

export interface Suspicion {
  readonly start: number;
  readonly end: number;
  readonly why: SuspicionReason;
}
