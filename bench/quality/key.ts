import type { Composed, Half, Subject } from "./compose.js";
import type { Planted } from "./identifiers.js";

/** What a text element holds, and so which option keeps its words. */
export type TextKind =
  | "descriptor"
  | "structured content"
  | "graphics"
  | "safe private"
  /** In an item that may go as a whole: what is left is searched, nothing has to stay. */
  | "anywhere";

/** Text that was planted: its identifiers have to go, its other words stay where an option keeps the element. */
export interface PlantedText {
  readonly path: string;
  readonly kind: TextKind;
  readonly composed: Composed;
}

/** An element whose whole value identifies: none of the tokens may be left at its place or anywhere else. */
export interface PlantedValue {
  readonly path: string;
  readonly planted: Planted;
  /** The option that keeps the value as it is, if one does. */
  readonly keptBy?: "retainDeviceIdentity" | "retainInstitutionIdentity";
  /** Private and in no list of safe attributes: the element itself has to go. */
  readonly mustGo: boolean;
}

/** The answer key of one file, by the generator alone. Paths as `pathOf` writes them. */
export interface FileKey {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly subject: Subject;
  /** The patient as the test knows it; files of one patient share it. */
  readonly patient: string;
  readonly texts: readonly PlantedText[];
  readonly values: readonly PlantedValue[];
  /** Paths whose value must be there afterwards, byte for byte (technique, geometry) under every profile. */
  readonly retained: readonly string[];
  /** Paths that Retain Patient Characteristics keeps. */
  readonly characteristics: readonly string[];
  /** Paths of dates that Modified Dates shifts and Full Dates keeps. */
  readonly dates: readonly string[];
  /** True where the file may rightly be held rather than released (objects of the corpus with rules of their own). */
  readonly mayBeHeld: boolean;
}

export interface Failure {
  readonly file: string;
  readonly profile: string;
  readonly check: string;
  readonly path: string;
  readonly what: string;
  readonly half?: Half;
}

/** `00400275.0.00400007`: tags in hexadecimal, and the index of the item between them. */
export function pathOf(...steps: readonly (number | string)[]): string {
  return steps.join(".");
}
