import {
  CONFIDENTIALITY_ROWS,
  confidentialityRow,
  dictionaryEntry,
  elementOf,
  formatTag,
  groupOf,
  isPrivate,
  MAX_CHARACTERS,
  parseTag,
  SINGLE_VALUED,
  type Tag,
  Tags,
  tagOfKeyword,
  type VR,
} from "../../dicom/index.js";
import type { RuleAction } from "../types.js";
import { didYouMean } from "./problems.js";
import type { Complaint } from "./shapes.js";

/** A rule as it stands in the file, its shape already checked. */
export interface RawRule {
  readonly action: RuleAction;
  readonly value?: string | undefined;
  readonly reason: string;
}

/** Long enough to be a reason rather than a word. */
const LEAST_REASON = 10;

const PSEUDONYM = "the pseudonym takes its place; its form is set by";
const ANEW = "Elpis writes it anew for every release";
const WHOLE = "without it the object means nothing";
/** Attributes that no rule may name, and what to do instead. */
const RESERVED: ReadonlyMap<Tag, string> = new Map<Tag, string>([
  [Tags.PatientID, `${PSEUDONYM} patient-id`],
  [Tags.PatientName, `${PSEUDONYM} patient-name`],
  [Tags.SOPInstanceUID, "every instance gets a new one; the option retain-uids keeps all UIDs together"],
  [Tags.StudyInstanceUID, "UIDs change together; the option retain-uids keeps all of them"],
  [Tags.SeriesInstanceUID, "UIDs change together; the option retain-uids keeps all of them"],
  [Tags.SOPClassUID, WHOLE],
  [Tags.SpecificCharacterSet, "it says how to read the text that stays"],
  [Tags.PatientIdentityRemoved, ANEW],
  [Tags.DeidentificationMethod, ANEW],
  [Tags.DeidentificationMethodCodeSequence, ANEW],
  [Tags.LongitudinalTemporalInformationModified, ANEW],
  [Tags.BurnedInAnnotation, "it is a statement about the pixels, and made only when it is true"],
  [Tags.RecognizableVisualFeatures, "it is a statement about the pixels, and made only when it is true"],
  [Tags.DigitalSignaturesSequence, "a signature no longer holds once the object has changed; it is removed"],
  [Tags.MACParametersSequence, "it belongs to the digital signatures, which are removed"],
  [Tags.EncryptedAttributesSequence, `${ANEW}; see encrypt-to`],
  [Tags.DataSetTrailingPadding, "padding says nothing; it is removed"],
]);
/** The patient's identity under another attribute: never kept, whatever the reason. */
const NEVER_KEPT: ReadonlySet<Tag> = new Set<Tag>([
  Tags.OtherPatientIDs,
  Tags.OtherPatientIDsSequence,
  Tags.OtherPatientNames,
  Tags.ReferencedSOPInstanceUID,
]);

let keywords: readonly string[] | undefined;

/** Keywords worth suggesting: those of Table E.1-1, which is what profiles make exceptions to. */
function suggestedKeywords(): readonly string[] {
  keywords ??= CONFIDENTIALITY_ROWS.flatMap(({ pattern }) => {
    const entry = /^[0-9a-f]{8}$/.test(pattern) ? dictionaryEntry(parseTag(pattern)) : undefined;
    return entry?.keyword ? [entry.keyword] : [];
  });
  return keywords;
}

/** The tag that a key of `attributes` names, by keyword or as `(0010,0010)`; or a complaint. */
export function attributeTag(key: string): Tag | { readonly complaint: string } {
  const looksLikeTag = /^\(?[0-9a-f]{4},?[0-9a-f]{4}\)?$/i.test(key);
  const tag = looksLikeTag ? parseTag(key) : tagOfKeyword(key);
  if (tag === undefined) {
    const hint = didYouMean(key, suggestedKeywords());
    return { complaint: `not a keyword of PS3.6${hint || "; write it as PatientAge or as (0010,1010)"}` };
  }
  if (isPrivate(tag)) {
    return {
      complaint: "a private element moves from file to file; name it by its creator under safe-private",
    };
  }
  if (!dictionaryEntry(tag) && !confidentialityRow(tag)) {
    return { complaint: "not in PS3.6; unknown attributes are always removed" };
  }
  const group = groupOf(tag);
  if (group === 0x0002) return { complaint: "file meta information follows the data set; Elpis writes it" };
  if (group === 0x7fe0) return { complaint: "pixel data is not a matter of a rule; see pixels" };
  const reserved = RESERVED.get(tag) ?? (elementOf(tag) === 0 || group >= 0xfffe ? WHOLE : undefined);
  return reserved ? { complaint: `no rule may name it: ${reserved}` } : tag;
}

const DATES: ReadonlySet<VR> = new Set<VR>(["DA", "DT"]);
const FREE_TEXT: ReadonlySet<VR> = new Set<VR>(["LO", "LT", "PN", "SH", "ST", "UC", "UT"]);
const isDate = (tag: Tag): boolean => DATES.has(dictionaryEntry(tag)?.vr ?? "UN");

/** What is wrong with a rule for a known tag. */
export function complainOfRule(tag: Tag, rule: RawRule): Complaint {
  const vr = dictionaryEntry(tag)?.vr;
  if (rule.value !== undefined && rule.action !== "replace") {
    return `a value belongs to replace, not to ${rule.action}`;
  }
  if (rule.action === "keep") return complainOfKeep(tag, rule.reason);
  if (rule.action === "remove" || rule.action === "empty") return undefined;
  if (vr === undefined) return `PS3.6 gives ${formatTag(tag)} no VR; only remove and empty are possible`;
  if (rule.action === "replace") return complainOfValue(vr, rule.value);
  if (rule.action === "uid") return vr === "UI" ? undefined : `uid is for UIDs; this attribute is ${vr}`;
  if (rule.action === "clean") {
    if (FREE_TEXT.has(vr) || vr === "SQ") return undefined;
    const instead = DATES.has(vr) ? "; for a date use shift" : vr === "UI" ? "; for a UID use uid" : "";
    return `clean is for text and sequences; this attribute is ${vr}${instead}`;
  }
  return DATES.has(vr) ? undefined : `${rule.action} is for dates (DA, DT); this attribute is ${vr}`;
}

function complainOfKeep(tag: Tag, reason: string): Complaint {
  if (NEVER_KEPT.has(tag)) return "is never kept: it leads straight back to the patient";
  const entry = dictionaryEntry(tag);
  if (!entry) return "is not in PS3.6, so what it holds is unknown; it cannot be kept";
  const row = confidentialityRow(tag);
  if (row && reason.length < LEAST_REASON) {
    return `PS3.15 Table E.1-1 protects it (${row.basic}); to keep it, give a reason of at least ${LEAST_REASON} characters`;
  }
  return undefined;
}

/** A value in the default character repertoire, so that every data set can hold it (PS3.5 6.2). */
const VALUE_FORM: Partial<Record<VR, readonly [RegExp, string]>> = {
  AE: [/^[\x20-\x7e]{1,16}$/, "1 to 16 characters"],
  AS: [/^\d{3}[DWMY]$/, "three digits and D, W, M or Y: 045Y"],
  CS: [/^[A-Z0-9_ ]{1,16}$/, "1 to 16 capital letters, digits, spaces or _"],
  DA: [/^\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/, "a date as YYYYMMDD"],
  DS: [/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/, "a number of at most 16 characters"],
  DT: [/^\d{4}(\d\d){0,5}(\.\d{1,6})?([+-]\d{4})?$/, "a date and time as YYYYMMDDHHMMSS"],
  IS: [/^[+-]?\d{1,10}$/, "a whole number"],
  TM: [/^\d\d(\d\d){0,2}(\.\d{1,6})?$/, "a time as HHMMSS"],
  UI: [/^[012](\.(0|[1-9]\d*))+$/, "a UID"],
  UR: [/^[\x21-\x7e]+$/, "a URI"],
};

function complainOfValue(vr: VR, value: string | undefined): Complaint {
  if (value === undefined) return "replace needs a value";
  if (value.trim() === "") return "the value is empty; use empty instead of replace";
  const form = VALUE_FORM[vr];
  if (!form && !FREE_TEXT.has(vr)) return `replace is for text; this attribute is ${vr}: use remove or empty`;
  if (form && !form[0].test(value)) return `a value of ${vr} is ${form[1]}`;
  if (value.includes("\\") && !SINGLE_VALUED.has(vr))
    return "the value holds a backslash; replace sets one value";
  if (!/^[\x20-\x7e]*$/.test(value))
    return "the value must be of ASCII characters, which every character set has";
  const most = MAX_CHARACTERS[vr];
  if (most !== undefined && value.length > most) return `${value.length} characters; ${vr} holds ${most}`;
  return undefined;
}

/**
 * Rules that contradict how dates are treated. A date kept true beside shifted ones of the same patient gives
 * the shift away, and with it every other date (PS3.15 E.3.6).
 */
export function complainOfDateRule(
  tag: Tag,
  action: RuleAction,
  dates: { readonly areKept: boolean; readonly areShifted: boolean },
): Complaint {
  if (action === "shift" && dates.areKept) {
    return "the option retain-full-dates keeps the other dates: beside them a shifted one reveals the shift";
  }
  if (action === "keep" && isDate(tag) && dates.areShifted) {
    return "other dates are shifted: beside them a true one reveals the shift; use shift";
  }
  return undefined;
}
