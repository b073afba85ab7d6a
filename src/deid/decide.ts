import {
  attributeType,
  type ConfidentialityOption,
  type ConfidentialityRow,
  confidentialityRow,
  type DictionaryEntry,
  dictionaryEntry,
  elementOf,
  groupOf,
  isPrivate,
  makeTag,
  namesInstance,
  type Tag,
  Tags,
  tagOfKeyword,
  type VR,
} from "../dicom/index.js";
import { isPatientsOwnDate } from "./dates.js";
import { DATE_VRS, type Decision, decided, keptAs, type Operation, TEXT_VRS } from "./decision.js";
import { PrivateDecider } from "./private.js";
import type { AttributeRule, Profile } from "./types.js";

/**
 * What may stay in a sequence that must not be empty (D on a sequence): all of it; its form, numbers and
 * codes ("codes"); or its form alone, where the codes themselves name a person or an institution ("form").
 */
export type Strictness = "all" | "codes" | "form";

/** Where an element stands: the SOP class and the sequences around it. One per place, shared by all files. */
export class Place {
  readonly sopClass: string;
  readonly path: readonly Tag[];
  readonly strictness: Strictness;
  readonly decisions = new Map<Tag, Decision>();
  readonly #children = new Map<string, Place>();

  constructor(sopClass: string, path: readonly Tag[] = [], strictness: Strictness = "all") {
    this.sopClass = sopClass;
    this.path = path;
    this.strictness = strictness;
  }

  /** The place within the items of a sequence that stands here. */
  inside(sequence: Tag, strictness: Strictness): Place {
    const key = `${sequence}${strictness}`;
    let child = this.#children.get(key);
    if (!child)
      this.#children.set(key, (child = new Place(this.sopClass, [...this.path, sequence], strictness)));
    return child;
  }
}

/** What cannot stay where only the form of a sequence may. */
const TELLING: ReadonlySet<Operation> = new Set<Operation>(["text", "verbatim", "shift", "temporal", "age"]);

/** Statements of this release itself, written anew at the top level. */
const STAMPS = new Set<Tag>([
  Tags.PatientIdentityRemoved,
  Tags.DeidentificationMethod,
  Tags.DeidentificationMethodCodeSequence,
  Tags.LongitudinalTemporalInformationModified,
]);
/** Digital signatures no longer hold; PS3.15 has no row for (4FFE,0001), which belongs to them. */
const SIGNATURES = new Set<Tag>([makeTag(0xfffa, 0xfffa), makeTag(0x4ffe, 0x0001)]);
/** Attributes of type 1C that may be there only when another has a value (PS3.3 C.7.1.1, C.7.1.3). */
const DEPENDENT = new Map<Tag, Tag>(
  [
    ["ResponsiblePersonRole", "ResponsiblePerson"],
    ["ClinicalTrialProtocolEthicsCommitteeName", "ClinicalTrialProtocolEthicsCommitteeApprovalNumber"],
  ].map(([keyword, master]) => [tagOfKeyword(keyword!)!, tagOfKeyword(master!)!]),
);
const TRAILING_PADDING = makeTag(0xfffc, 0xfffc);
const SUBJECT_IDS = new Set<Tag>(
  ["ClinicalTrialSubjectID", "ClinicalTrialSubjectReadingID"].map((keyword) => tagOfKeyword(keyword)!),
);
/** Codes say what they mean also where all free text must go. */
const CODED_TEXT = new Set<Tag>(
  ["CodeValue", "LongCodeValue", "CodingSchemeDesignator", "CodingSchemeVersion", "CodeMeaning"].map(
    (keyword) => tagOfKeyword(keyword)!,
  ),
);
/** Times that go with dates of a device. */
const DEVICE_TIME = /Calibration|SourceStrengthReference/;
/** What the object says, in codes, numbers and graphics as much as in text. */
const CONTENT_SEQUENCES = new Set<Tag>(
  ["ContentSequence", "GraphicAnnotationSequence", "WaveformAnnotationSequence"].map(
    (keyword) => tagOfKeyword(keyword)!,
  ),
);
/** The object itself: what can be seen in it is for the pixel rules. */
const BULK = new Set<Tag>(
  ["PixelData", "FloatPixelData", "DoubleFloatPixelData", "WaveformData", "SpectroscopyData"].map(
    (keyword) => tagOfKeyword(keyword)!,
  ),
);
/** Overlay Data (60xx,3000). */
const OVERLAY_DATA = 0x3000;
/** Overlay planes: the repeating groups 60xx (PS3.5 7.6). */
function isOverlay(tag: Tag): boolean {
  return groupOf(tag) >= 0x6000 && groupOf(tag) <= 0x60ff;
}

export function isBulk(tag: Tag): boolean {
  return BULK.has(tag);
}

const CODED_URIS = new Set<Tag>(["CodingSchemeURL", "URNCodeValue"].map((keyword) => tagOfKeyword(keyword)!));

/** Decides from profile and tables alone: it never sees a value. */
export class Decider {
  readonly privates: PrivateDecider;
  readonly #profile: Profile;
  readonly #places = new Map<string, Place>();

  constructor(profile: Profile) {
    this.#profile = profile;
    this.privates = new PrivateDecider(profile);
  }

  /** The top level of objects of a SOP class. */
  root(sopClass: string): Place {
    let place = this.#places.get(sopClass);
    if (!place) this.#places.set(sopClass, (place = new Place(sopClass)));
    return place;
  }

  /** The decision for a public attribute. */
  decide(tag: Tag, place: Place): Decision {
    const known = place.decisions.get(tag);
    if (known) return known;
    const decision = this.#strictly(tag, place, this.#decide(tag, place));
    place.decisions.set(tag, decision);
    return decision;
  }

  /** The same for an attribute at the top level of an overlay that was examined and shows no text. */
  decideGraphics(tag: Tag, place: Place): Decision {
    const entry = dictionaryEntry(tag);
    if (this.#profile.rules.has(tag) || !entry) return this.decide(tag, place);
    if (elementOf(tag) === OVERLAY_DATA) return decided("keep", entry.vr, "examined: a picture without text");
    const row = confidentialityRow(tag);
    return row ? this.#fromRow(row, tag, entry.vr, place) : this.#unlisted(tag, entry, place);
  }

  #decide(tag: Tag, place: Place): Decision {
    const entry = dictionaryEntry(tag);
    const vr = entry?.vr ?? "UN";
    const rule = this.#profile.rules.get(tag);
    if (rule) return this.#fromRule(rule, vr, place);
    const special = this.#special(tag, vr, place);
    if (special) return special;
    const row = confidentialityRow(tag);
    if (row) return this.#fromRow(row, tag, vr, place);
    if (!entry) return decided("remove", vr, "not in PS3.6: unknown attributes are closed");
    return this.#unlisted(tag, entry, place);
  }

  #fromRule(rule: AttributeRule, vr: VR, place: Place): Decision {
    const why = `profile: ${rule.reason}`;
    const fallback = fallbackFor(attributeType(place.sopClass, place.path, rule.tag));
    if (rule.action === "keep") return decided(vr === "SQ" ? "items" : "keep", vr, why);
    if (rule.action === "clean") return decided(vr === "SQ" ? "items" : keptAs(vr), vr, why, fallback);
    if (rule.action === "replace") return { ...decided("value", vr, why), value: rule.value ?? "" };
    return decided(rule.action, vr, why, fallback);
  }

  #special(tag: Tag, vr: VR, place: Place): Decision | undefined {
    if (STAMPS.has(tag)) return decided("remove", vr, "written anew for this release");
    if (SIGNATURES.has(tag)) return decided("remove", vr, "a digital signature no longer holds");
    if (BULK.has(tag)) return decided("keep", vr, "the object itself");
    if (elementOf(tag) === 0) return decided("remove", vr, "PS3.5 7.2: a group length would be wrong");
    const master = DEPENDENT.get(tag);
    if (master !== undefined && ["remove", "empty"].includes(this.decide(master, place).operation)) {
      return decided("remove", vr, "PS3.3: not without the attribute that it belongs to, which goes");
    }
    if (tag === TRAILING_PADDING) return decided("remove", vr, "padding says nothing");
    if (tag === Tags.SpecificCharacterSet) return decided("character-set", vr, "says how to read what stays");
    if (tag === Tags.PatientID || tag === Tags.PatientName || SUBJECT_IDS.has(tag)) {
      const type = attributeType(place.sopClass, place.path, tag);
      const others = type === "1" || type === "1C" ? "dummy" : "empty";
      const operation = tag === Tags.PatientName ? "patient-name" : "patient-id";
      return decided(
        operation,
        vr,
        "PS3.15 E.1: keyed pseudonym; within a sequence the patient's own alone",
        others,
      );
    }
    if (isOverlay(tag)) {
      return decided("remove", vr, "an overlay stays only where it was examined and shows no text");
    }
    const isShared = DATE_VRS.has(vr)
      ? !isPatientsOwnDate(tag) && tag !== Tags.PatientBirthDate
      : vr === "TM" && DEVICE_TIME.test(dictionaryEntry(tag)?.keyword ?? "");
    if (this.#has("modifiedDates") && isShared) {
      const type = attributeType(place.sopClass, place.path, tag);
      const operation =
        type === "absent" || type === "3" || type === "unknown" ? "remove" : fallbackFor(type);
      return decided(operation, vr, "a date that other patients share would reveal the shift");
    }
    return undefined;
  }

  #has(option: ConfidentialityOption): boolean {
    return this.#profile.options.has(option);
  }

  /** PS3.15 E.3: what the options in force say, else the Basic Profile. C outweighs K. */
  #fromRow(row: ConfidentialityRow, tag: Tag, vr: VR, place: Place): Decision {
    const type = attributeType(place.sopClass, place.path, tag);
    const active = Object.entries(row.options).filter(([option]) =>
      this.#has(option as ConfidentialityOption),
    );
    const fallback = FALLBACKS[resolve(row.basic, type)] ?? fallbackFor(type);
    const cleaning = active.find(([, code]) => code === "C");
    if (cleaning) {
      const decision = this.#cleaned(vr, `PS3.15 Table E.1-1 ${cleaning[0]} C`, fallback);
      if (decision) return decision;
    }
    const keeping = active.find(([, code]) => code === "K");
    if (keeping) {
      const why = `PS3.15 Table E.1-1 ${keeping[0]} K`;
      const isVerbatim = keeping[0] === "retainDeviceIdentity" || keeping[0] === "retainInstitutionIdentity";
      if ((TEXT_VRS.has(vr) || vr === "AE") && isVerbatim) return decided("verbatim", vr, why, fallback);
      if (vr === "UI") return decided("class-uid", vr, why, fallback);
      return decided(keptAs(vr), vr, why, fallback);
    }
    return this.#basic(row, vr, type);
  }

  /** C, where this software can clean that VR; undefined where it cannot, so that the stricter action stands. */
  #cleaned(vr: VR, why: string, fallback: Decision["fallback"]): Decision | undefined {
    if (vr === "SQ") return decided("items", vr, why, fallback);
    if (DATE_VRS.has(vr)) return decided("shift", vr, why, fallback);
    if (vr === "TM") return decided("temporal", vr, `${why}: shifts are whole days, so times stay`, fallback);
    if (TEXT_VRS.has(vr)) return decided("text", vr, why, fallback);
    if (vr === "CS" || vr === "AE") return decided("coded", vr, why, fallback);
    return undefined;
  }

  /** PS3.15 Table E.1-1a; a compound action is resolved by the attribute's type in the IOD. */
  #basic(row: ConfidentialityRow, vr: VR, type: string): Decision {
    const action = resolve(row.basic, type);
    const of = row.basic.includes("/") ? `${row.basic}, type ${type}: ${action}` : action;
    const why = `PS3.15 Table E.1-1 Basic Profile ${of}`;
    if (action === "X") return decided("remove", vr, why);
    if (action === "Z") return decided("empty", vr, why);
    if (action === "U") return decided("uid", vr, why);
    if (action === "U*") return decided("items", vr, why);
    if (vr === "UI") return decided("uid", vr, why);
    return decided(vr === "SQ" ? "items" : "dummy", vr, why, "dummy");
  }

  /** Attributes of PS3.6 without a row: they stay as far as their VR cannot carry an identity. */
  #unlisted(tag: Tag, entry: DictionaryEntry, place: Place): Decision {
    const { vr } = entry;
    const why = "not in PS3.15 Table E.1-1";
    if (groupOf(tag) < 0x0008)
      return decided("remove", vr, "of a group that no stored data set has (PS3.5 7.1)");
    if (vr === "UI") {
      return namesInstance(tag)
        ? decided("uid", vr, `${why}; it names an instance`)
        : decided("class-uid", vr, `${why}; it names a class, not an instance`);
    }
    if (DATE_VRS.has(vr) || vr === "TM") return this.#unlistedDate(vr, why);
    if (vr === "PN") return decided("empty", vr, `${why}; a person's name`);
    // What an item is for may be its address alone, so it becomes a dummy there.
    const isInItem = place.path.length > 0;
    if (vr === "UR" && !CODED_URIS.has(tag))
      return decided(isInItem ? "dummy" : "remove", vr, `${why}; an address`, "dummy");
    const operation = keptAs(vr);
    if (operation !== "text") return decided(operation, vr, why, "dummy");
    const around = this.#cleanedAround(place);
    return decided(operation, vr, `${why}; cleaned of identifiers${around && `, ${around}`}`, "dummy");
  }

  /** The option that cleans the sequence around a place, the nearest one first; "" where none does. */
  #cleanedAround(place: Place): string {
    for (const tag of place.path.toReversed()) {
      const options = Object.entries((isPrivate(tag) ? undefined : confidentialityRow(tag))?.options ?? {});
      const cleaning = options.find(
        ([option, code]) => code === "C" && this.#has(option as ConfidentialityOption),
      );
      if (cleaning) return `as ${dictionaryEntry(tag)?.keyword} is: ${cleaning[0]} C`;
    }
    return "";
  }

  #unlistedDate(vr: VR, why: string): Decision {
    if (this.#has("retainFullDates")) return decided("temporal", vr, `${why}; dates are retained`, "dummy");
    if (!this.#has("modifiedDates")) return decided("dummy", vr, `${why}; dates are removed`, "dummy");
    return decided(vr === "TM" ? "temporal" : "shift", vr, `${why}; dates are modified`, "dummy");
  }

  /** In a sequence that stays for its form alone, free text and dates become dummies. */
  #strictly(tag: Tag, place: Place, decision: Decision): Decision {
    const { operation, vr } = decision;
    if (place.strictness === "all" || vr === "CS") return decision;
    if (place.strictness === "codes" && CODED_TEXT.has(tag)) return decision;
    if (!TELLING.has(operation) && vr !== "AE") return decision;
    return decided("dummy", vr, "within a sequence of which only the form may stay: dummy", "dummy");
  }

  /** What may stay in the items of a sequence: PS3.15 D on it means its form, unless an option cleans it. */
  strictnessInside(tag: Tag, place: Place): Strictness {
    const row = isPrivate(tag) ? undefined : confidentialityRow(tag);
    const options = Object.keys(row?.options ?? {}) as ConfidentialityOption[];
    const isOptional = options.some((option) => this.#has(option)) || this.#profile.rules.has(tag);
    if (!row || row.basic.endsWith("U*") || isOptional) return place.strictness;
    return place.strictness !== "form" && CONTENT_SEQUENCES.has(tag) ? "codes" : "form";
  }
}

/** What an action of the Basic Profile leaves of a value that an option would keep, but that must go. */
const FALLBACKS: Readonly<Record<string, Decision["fallback"]>> = { X: "remove", Z: "empty", D: "dummy" };

/** Type 1 must have a value, type 2 may be empty, type 3 may go (PS3.5 7.4). */
function fallbackFor(type: string): Decision["fallback"] {
  if (type === "1" || type === "1C" || type === "unknown") return "dummy";
  return type === "2" || type === "2C" ? "empty" : "remove";
}

/**
 * The first alternative that the type allows; for an unknown type the last, which every type allows. Where X
 * or Z alone would make the object invalid they give way: an empty value tells no more than none, and a dummy
 * no more than an empty value.
 */
function resolve(basic: string, type: string): string {
  const alternatives = basic.split("/");
  const last = alternatives.at(-1)!;
  // References stay wherever the IOD has them, with new UIDs: what the Common Instance Reference module
  // (PS3.3 C.12.2) and the evidence of a report list must be referenced in the object, and the reverse.
  if (last === "U*" && type !== "absent") return last;
  if (type === "3" || type === "absent") return alternatives[0]!;
  if (type === "2" || type === "2C") return alternatives.includes("Z") || last === "X" ? "Z" : last;
  if (type === "1C" && last === "X") return last;
  return type !== "unknown" && (last === "Z" || last === "X") ? "D" : last;
}
