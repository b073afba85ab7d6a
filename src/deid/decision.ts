import type { VR } from "../dicom/index.js";

/** What the walk does with an element. */
export type Operation =
  /** Stays, unread. */
  | "keep"
  /** Specific Character Set: the terms that it knows stay. */
  | "character-set"
  /** Numbers as text stay, if numbers they are. */
  | "number"
  /** Text stays without the identifiers in it. */
  | "text"
  /** The same for a private attribute, where a whole value may be a date: that is shifted. */
  | "private-text"
  /** The same where the standard says what the attribute holds, and it is no person. */
  | "technical-text"
  /** A date or time stays if it is one. */
  | "temporal"
  /** A UID that names a class stays if it is one. */
  | "class-uid"
  /** Text that an option retains as it is (a device, an institution); only the patient's own name or ID goes. */
  | "verbatim"
  /** Code strings and AE titles stay unless they hold a known identifier. */
  | "coded"
  /** Bytes stay unless they hold a known identifier. */
  | "binary"
  | "items"
  | "remove"
  | "empty"
  | "dummy"
  | "uid"
  | "shift"
  | "shifted-year"
  | "age"
  | "patient-id"
  | "patient-name"
  | "value";

/** What becomes of one attribute in one place of one kind of object, and why. */
export interface Decision {
  readonly operation: Operation;
  readonly why: string;
  /** The dictionary's VR; UN for what it does not know. */
  readonly vr: VR;
  /** What takes the place of text or a date of which nothing may stay: the attribute's type decides. */
  readonly fallback: "remove" | "empty" | "dummy";
  readonly value?: string;
}

export const TEXT_VRS: ReadonlySet<VR> = new Set<VR>(["LO", "LT", "SH", "ST", "UC", "UT"]);
export const DATE_VRS: ReadonlySet<VR> = new Set<VR>(["DA", "DT"]);

/** A decision; see `Decision`. */
export function decided(
  operation: Operation,
  vr: VR,
  why: string,
  fallback: Decision["fallback"] = "empty",
): Decision {
  return { operation, vr, why, fallback };
}

/** How a value of a VR stays. */
export function keptAs(vr: VR): Operation {
  if (vr === "SQ") return "items";
  if (TEXT_VRS.has(vr) || vr === "PN" || vr === "UR") return "text";
  if (vr === "CS" || vr === "AE") return "coded";
  if (vr === "AS") return "age";
  if (vr === "TM" || DATE_VRS.has(vr)) return "temporal";
  if (vr === "DS" || vr === "IS") return "number";
  return vr === "OB" || vr === "UN" ? "binary" : "keep";
}
