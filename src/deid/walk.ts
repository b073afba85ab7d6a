import { equalBytes, fromLatin1, latin1 } from "../base/index.js";
import {
  BINARY,
  type DataSet,
  dictionaryEntry,
  Edits,
  elementOf,
  encodeText,
  Flag,
  formatTag,
  groupOf,
  isDefinedTerm,
  isPrivate,
  isPrivateCreator,
  isStandardUid,
  isValidUid,
  padded,
  parseCharacterSet,
  ROOT,
  safePrivateAttribute,
  type Tag,
  Tags,
  type VR,
  vrCode,
} from "../dicom/index.js";
import { type ContentMeaning, contentMeaning, highestAge, isRetained } from "./content.js";
import { isPlaceholder } from "./dates.js";
import { type Decider, type Decision, isBulk, type Operation, type Place } from "./decide.js";
import type { CleaningMode, PatientContext } from "./patient.js";
import { isPublicScheme, isStandardTerm } from "./terms.js";
import {
  ACTION_NAMES,
  type ActionCounts,
  type ActionName,
  type HeldReason,
  type KeptText,
  type Profile,
  type SuspiciousText,
} from "./types.js";
import { cappedAge, dummyText, isNumber, isTime, shiftDate, shiftDateTime, shiftedYear } from "./values.js";

const ACTION_PLACE = Object.fromEntries(ACTION_NAMES.map((name, i) => [name, i])) as Record<
  ActionName,
  number
>;

/** Told of every element: what was done and why. For `inspect`. */
export type Recorder = (token: number, action: ActionName, why: string) => void;

/** The owner of a private block within one item (PS3.5 7.8.1). */
interface PrivateBlock {
  readonly token: number;
  readonly creator: string;
  used: boolean;
}

const REMOVE: Decision = {
  operation: "remove",
  vr: "UN",
  fallback: "remove",
  why: "private, and in no list of safe attributes",
};
const ORPHAN: Decision = { ...REMOVE, why: "private without a creator that owns it" };
/** Larger values than this are searched for identifiers in steps. */
const SEARCH_STEP = 1 << 20;
const SEARCH_OVERLAP = 256;
/** The integer part of a number, from five digits on. */
const LONG_INTEGER = /^\s*[+-]?(\d{5,})/;
/** Bytes of a number or table shorter than a name, or longer than any but pixels, are not searched for text. */
const [SHORTEST_TEXT, LONGEST_NUMBERS] = [6, 65_536];

/** Goes through a data set once, and collects the edits that de-identify it. */
export class Walk {
  readonly edits: Edits;
  readonly #counts = new Uint32Array(ACTION_NAMES.length);
  readonly keptText: KeptText[] = [];
  readonly reasons: HeldReason[] = [];
  /** Every UID that was mapped, old to new. */
  readonly uids = new Map<string, string>();
  readonly #data: DataSet;
  readonly #decider: Decider;
  readonly #patient: PatientContext;
  readonly #profile: Profile;
  readonly #record: Recorder | undefined;

  constructor(data: DataSet, decider: Decider, patient: PatientContext, profile: Profile, record?: Recorder) {
    this.#data = data;
    this.edits = new Edits(data);
    this.#decider = decider;
    this.#patient = patient;
    this.#profile = profile;
    this.#record = record;
  }

  /** How often each action was taken; those never taken are left out. */
  get counts(): ActionCounts {
    return Object.fromEntries(
      ACTION_NAMES.map((name, i) => [name, this.#counts[i]!] as const).filter(([, count]) => count > 0),
    );
  }

  /** Judges every element of an item or of the root, and what they enclose. */
  item(item: number, place: Place): void {
    const { tag: tags, next } = this.#data.tokens;
    const after = this.#data.after(item);
    let blocks: Map<number, PrivateBlock> | undefined;
    let last = -1;
    let isOrdered = true;
    for (let token = item + 1; token < after; token = next[token]!) {
      const tag = tags[token] as Tag;
      isOrdered &&= tag > last;
      last = tag;
      if (!isPrivate(tag)) this.#element(token, this.#decider.decide(tag, place), place);
      else if (isPrivateCreator(tag)) {
        blocks ??= new Map();
        blocks.set((groupOf(tag) << 8) | elementOf(tag), {
          token,
          creator: this.#data.text(token, "LO").trim(),
          used: false,
        });
      } else this.#private(token, tag, blocks, place);
    }
    if (!isOrdered) this.#requireNoDuplicates(item);
    for (const block of blocks?.values() ?? []) {
      if (block.used) this.#done(block.token, "kept", "creator of safe private attributes");
      else this.#remove(block.token, "creator of nothing that stays");
    }
  }

  /** PS3.5 7.1: readers differ in which of two elements with one tag they see, so neither can be judged. */
  #requireNoDuplicates(item: number): void {
    const { tag: tags, next } = this.#data.tokens;
    const seen = new Set<number>();
    for (let token = item + 1; token < this.#data.after(item); token = next[token]!) {
      if (seen.has(tags[token]!)) return this.#hold("DUPLICATE_ELEMENT", token, "twice in one data set");
      seen.add(tags[token]!);
    }
  }

  #private(token: number, tag: Tag, blocks: Map<number, PrivateBlock> | undefined, place: Place): void {
    const block = blocks?.get((groupOf(tag) << 8) | (elementOf(tag) >> 8));
    const decision = block ? this.#privateDecision(block.creator, tag) : ORPHAN;
    this.#element(token, decision, place);
    if (block && decision.operation !== "remove" && !this.edits.isRemoved(token)) block.used = true;
  }

  #privateDecision(creator: string, tag: Tag): Decision {
    const element = elementOf(tag) & 0xff;
    const rule = this.#profile.safePrivate.find(
      (safe) => safe.group === groupOf(tag) && safe.element === element && safe.creator === creator,
    );
    if (rule) return this.#decider.safePrivate(rule.vr, `profile: ${rule.reason}`);
    const isListed = this.#profile.options.has("retainSafePrivate");
    const listed = isListed ? safePrivateAttribute(creator, groupOf(tag), element) : undefined;
    return listed ? this.#decider.safePrivate(listed.vr, "PS3.15 Table E.3.10-1: safe") : REMOVE;
  }

  #element(token: number, decision: Decision, place: Place): void {
    const { operation, why } = decision;
    if (operation === "remove") return this.#remove(token, why);
    if (operation === "empty") return this.#empty(token, decision);
    if (this.#data.isSequence(token)) return this.#items(token, decision, place);
    const meaning = contentMeaning(this.#data, token);
    if (meaning && !isRetained(meaning, this.#profile)) return this.#content(token, decision, meaning);
    const judged = this.#byActualVr(token, decision);
    if (!judged) return;
    switch (judged) {
      case "keep":
        return this.#keep(token, decision);
      case "number":
        return this.#number(token, decision);
      case "text":
      case "private-text":
      case "verbatim":
        return this.#text(token, decision, judged);
      case "coded":
        return this.#coded(token, decision);
      case "binary":
        return this.#binary(token, decision);
      default:
        return this.#rewrite(token, decision, judged, place);
    }
  }

  /** A content item that tells of a person or a device by its concept, whatever its attribute. */
  #content(token: number, decision: Decision, meaning: ContentMeaning): void {
    if (meaning !== "age") {
      const why = `PS3.16: the concept of this content item is that of a ${meaning}`;
      return this.#dummy(token, { ...decision, why });
    }
    const highest = highestAge(this.#data, token);
    this.#mapped(token, decision, "cleaned", (value) => (Number(value) >= highest ? String(highest) : value));
  }

  /** Numbers stay unread, unless text stands in their bytes. */
  #keep(token: number, decision: Decision): void {
    const length = this.#data.length(token);
    const isSearched =
      length >= SHORTEST_TEXT && length <= LONGEST_NUMBERS && !isBulk(this.#data.tagAt(token));
    if (isSearched && hasPrintableRun(this.#data.bytes(token))) return this.#binary(token, decision);
    this.#done(token, "kept", decision.why);
  }

  #rewrite(token: number, decision: Decision, operation: Operation, place: Place): void {
    const { why } = decision;
    switch (operation) {
      case "dummy":
        return this.#dummy(token, decision);
      case "uid":
        return this.#uid(token, decision);
      case "shift":
        return this.#dates(token, decision, decision.vr === "DA" ? shiftDate : shiftDateTime);
      case "shifted-year":
        return this.#dates(token, decision, (text, days) => shiftedYear(text, days, decision.vr));
      case "age":
        return this.#mapped(token, decision, "cleaned", cappedAge);
      case "temporal":
        return this.#keptIf(token, decision, (value) => this.#isTemporal(value, decision.vr));
      case "class-uid":
        return this.#keptIf(
          token,
          decision,
          (value) => this.#isClassUid(value),
          () => this.#uid(token, { ...decision, why: `${why}; it may name somebody` }),
        );
      case "character-set":
        return this.#characterSet(token, decision);
      case "patient-id":
        return this.#pseudonym(token, decision, place);
      case "patient-name":
        if (place.path.length > 0) return this.#fallBack(token, decision, "it may be somebody else's");
        return this.#replace(token, "PN", latin1(this.#patient.patientName), "pseudonym", why);
      case "value":
        return this.#replace(token, decision.vr, encodeText(decision.value ?? "", decision.vr), "dummy", why);
      default:
        // A sequence by dictionary that is none in the file, and is not empty.
        if (this.#data.length(token) === 0) return this.#done(token, "kept", why);
        return this.#hold("UNJUDGED_ELEMENT", token, "a sequence that cannot be read as items");
    }
  }

  /**
   * The operation, corrected for a VR in the file that is not the dictionary's: text under the tag of a
   * number is text. Undefined when the element was held, because its VR is none that the standard names.
   */
  #byActualVr(token: number, decision: Decision): Operation | undefined {
    const { operation, vr } = decision;
    const code = this.#data.tokens.vr[token]!;
    if (code === vrCode(vr) || this.#data.length(token) === 0) return operation;
    const actual = this.#data.vrAt(token);
    if (actual === undefined && (this.#data.tokens.flags[token]! & Flag.Implicit) === 0) {
      this.#hold("UNJUDGED_ELEMENT", token, "a VR that PS3.5 does not name");
      return undefined;
    }
    const passive = operation === "keep" || operation === "number" || operation === "binary";
    if (passive && actual && !BINARY.has(actual) && actual !== "SQ" && BINARY.has(vr)) return "text";
    return operation;
  }

  #items(token: number, decision: Decision, place: Place): void {
    const tag = this.#data.tagAt(token);
    const inside = place.inside(tag, this.#decider.strictnessInside(tag, place));
    this.#done(token, "kept", decision.why);
    const { next } = this.#data.tokens;
    for (let item = token + 1; item < next[token]!; item = next[item]!) this.item(item, inside);
  }

  /** DICOM's own UIDs, terminologies, and registered ones of vendors: no arc as long as a date, none of them known. */
  #isClassUid(uid: string): boolean {
    if (uid === "" || isStandardUid(uid) || TERMINOLOGY.test(uid)) return true;
    const arcs = uid.split(".");
    return (
      isValidUid(uid) &&
      arcs.every((arc) => arc.length < 8) &&
      !arcs.some((arc) => this.#patient.containsKnown(arc))
    );
  }

  /** A number may be an identifier in figures: its integer part is compared when it is long enough to be one. */
  #number(token: number, decision: Decision): void {
    const values = fromLatin1(this.#data.bytes(token))
      .replace(/[\0\s]+$/, "")
      .split("\\");
    if (!values.every(isNumber)) return this.#text(token, decision, "text");
    const isIdentifier = (value: string) => {
      const digits = LONG_INTEGER.exec(value)?.[1];
      return digits !== undefined && this.#patient.containsKnown(digits);
    };
    if (values.some(isIdentifier)) return this.#fallBack(token, decision, "it holds a known identifier");
    this.#done(token, "kept", decision.why);
  }

  #isTemporal(value: string, vr: VR): boolean {
    if (vr === "TM") return isTime(value);
    const isDate = (vr === "DA" ? shiftDate(value, 0) : shiftDateTime(value, 0)) !== null;
    return isDate && !this.#patient.isBirthDate(value);
  }

  /** What is no term of a character set says nothing that a reader can use, and may say anything. */
  #characterSet(token: number, decision: Decision): void {
    const text = fromLatin1(this.#data.bytes(token)).replace(/[\0\s]+$/, "");
    const { problems, terms } = parseCharacterSet(text.split("\\").map((term) => term.trim()));
    if (problems.length === 0) return this.#done(token, "kept", decision.why);
    const known = terms.filter(isDefinedTerm);
    if (known.length === 0) return this.#remove(token, `${decision.why}; it names none that is known`);
    this.#replace(token, "CS", latin1(known.join("\\")), "cleaned", decision.why);
  }

  /** Values of the standard itself stay; of several values only those that hold an identifier go. */
  #coded(token: number, decision: Decision): void {
    const values = this.#data.text(token, decision.vr).split("\\");
    const isCode = decision.vr === "CS";
    const names = (value: string) =>
      !(isCode && isStandardTerm(value.trim())) && this.#patient.containsKnown(value);
    if (!values.some(names)) return this.#done(token, "kept", decision.why);
    const reason = "it holds a known identifier";
    if (values.length === 1 || !isCode) return this.#fallBack(token, decision, reason);
    const cleaned = values.map((value) => (names(value) ? dummyText("CS")! : value)).join("\\");
    this.#replace(
      token,
      this.#writtenVr(token, "CS"),
      latin1(cleaned),
      "cleaned",
      `${decision.why}; ${reason}`,
    );
  }

  #text(token: number, decision: Decision, operation: CleaningMode): void {
    const vr = textVr(this.#data.vrAt(token), decision.vr);
    const cleaned = this.#patient.clean(this.#data, token, vr, operation);
    if (cleaned.outcome !== "nothing") this.#noteSuspicious(token, cleaned.suspicious);
    if (cleaned.outcome === "unchanged") this.#done(token, "kept", decision.why);
    else if (cleaned.outcome === "nothing") this.#fallBack(token, decision, "all of it might identify");
    else this.#replace(token, this.#writtenVr(token, vr), cleaned.bytes, "cleaned", decision.why);
  }

  /** Codes of public schemes are numbers by nature and name nobody. */
  #noteSuspicious(token: number, suspicious: readonly SuspiciousText[]): void {
    if (suspicious.length === 0) return;
    const isCode = this.#data.tagAt(token) === Tags.CodeValue && this.#hasPublicScheme(token);
    for (const one of suspicious) {
      if (!(isCode && one.why === "id-like")) this.keptText.push({ path: this.#data.path(token), ...one });
    }
  }

  #hasPublicScheme(codeValue: number): boolean {
    const scheme = this.#data.find(Tags.CodingSchemeDesignator, this.#data.tokens.parent[codeValue]!);
    return scheme >= 0 && isPublicScheme(this.#data.text(scheme).trim());
  }

  /** Bytes that would stay are searched for this patient's identifiers; a hit is for a person to judge. */
  #binary(token: number, decision: Decision): void {
    const { value, valueEnd } = this.#data.tokens;
    for (let at = value[token]!; at < valueEnd[token]!; at += SEARCH_STEP - SEARCH_OVERLAP) {
      const length = Math.min(SEARCH_STEP, valueEnd[token]! - at);
      if (this.#patient.containsKnown(fromLatin1(this.#data.source.read(at, length)))) {
        return this.#hold("IDENTIFIER_IN_BINARY", token, "bytes that would stay hold a known identifier");
      }
    }
    this.#done(token, "kept", decision.why);
  }

  #dummy(token: number, decision: Decision): void {
    if (this.#data.length(token) === 0) return this.#done(token, "kept", `${decision.why}; already empty`);
    const vr = this.#data.vrAt(token) ?? decision.vr;
    const text = dummyText(decision.vr === "UN" ? vr : decision.vr);
    const bytes = text === undefined ? new Uint8Array(Math.min(this.#data.length(token), 8)) : latin1(text);
    this.#replace(
      token,
      text === undefined ? vr : this.#writtenVr(token, decision.vr),
      bytes,
      "dummy",
      decision.why,
    );
  }

  #uid(token: number, decision: Decision): void {
    const old = fromLatin1(this.#data.bytes(token));
    const mapped = old
      .split("\\")
      .map((value) => {
        const uid = value.replace(/[\0\s]+$/, "").trim();
        if (uid === "") return "";
        const fresh = this.#patient.mapUid(uid);
        if (fresh !== uid) this.uids.set(uid, fresh);
        return fresh;
      })
      .join("\\");
    this.#replace(token, "UI", latin1(mapped), "uid", decision.why);
  }

  #dates(token: number, decision: Decision, shift: (text: string, days: number) => string | null): void {
    this.#mapped(token, decision, "shifted", (text) => {
      if (text.trim() !== "" && (isPlaceholder(text) || this.#patient.isBeforeBirth(text))) return null;
      return shift(text, this.#patient.days);
    });
  }

  #mapped(
    token: number,
    decision: Decision,
    action: ActionName,
    map: (value: string) => string | null,
  ): void {
    if (this.#data.length(token) === 0) return this.#done(token, "kept", decision.why);
    const values = fromLatin1(this.#data.bytes(token))
      .replace(/[\0\s]+$/, "")
      .split("\\")
      .map(map);
    if (values.includes(null)) return this.#fallBack(token, decision, "it is no value of its VR");
    const text = values.join("\\");
    this.#replace(token, this.#writtenVr(token, decision.vr), latin1(text), action, decision.why);
  }

  /** Stays as it is when every value has the form of its VR: anything may stand in a malformed one. */
  #keptIf(
    token: number,
    decision: Decision,
    isWellFormed: (value: string) => boolean,
    otherwise = () => this.#fallBack(token, decision, "it is no value of its VR"),
  ): void {
    const text = fromLatin1(this.#data.bytes(token)).replace(/[\0\s]+$/, "");
    const isKept = text.split("\\").every((value) => isWellFormed(value.trim()));
    if (isKept) this.#done(token, "kept", decision.why);
    else otherwise();
  }

  #pseudonym(token: number, decision: Decision, place: Place): void {
    const tag = this.#data.tagAt(token);
    const isOwn = place.path.length === 0 || this.#data.text(token).trim() === this.#patient.originalId;
    if (!isOwn || place.strictness !== "all")
      return this.#fallBack(token, decision, "it may be somebody else's");
    if (this.#data.length(token) === 0 && place.path.length > 0)
      return this.#done(token, "kept", decision.why);
    const vr = dictionaryEntry(tag)?.vr ?? "LO";
    this.#replace(token, vr, latin1(this.#patient.patientId), "pseudonym", decision.why);
  }

  /** VR to write: the file's own when it is a text VR, else the dictionary's. */
  #writtenVr(token: number, vr: VR): VR {
    const actual = this.#data.vrAt(token);
    return actual && !BINARY.has(actual) ? actual : vr === "UN" ? "LO" : vr;
  }

  #fallBack(token: number, decision: Decision, reason: string): void {
    const why = `${decision.why}; ${reason}`;
    if (decision.fallback === "remove") return this.#remove(token, why);
    if (decision.fallback === "empty") return this.#empty(token, { ...decision, why });
    this.#dummy(token, { ...decision, why });
  }

  #empty(token: number, decision: Decision): void {
    if (this.#data.length(token) === 0) return this.#done(token, "kept", `${decision.why}; already empty`);
    const vr = this.#data.vrAt(token) ?? decision.vr;
    this.edits.replace(token, vr, vr === "SQ" ? [] : new Uint8Array(0));
    this.#done(token, "emptied", decision.why);
  }

  #remove(token: number, why: string): void {
    this.edits.remove(token);
    this.#done(token, "removed", why);
  }

  #replace(token: number, vr: VR, bytes: Uint8Array, action: ActionName, why: string): void {
    const value = padded(bytes, vr);
    if (this.#isAlready(token, vr, value)) return this.#done(token, "kept", why);
    this.edits.replace(token, vr, value);
    this.#done(token, action, why);
  }

  /** An age below the cap, a UID of the standard: what would be written stands there. */
  #isAlready(token: number, vr: VR, value: Uint8Array): boolean {
    const isImplicit = (this.#data.tokens.flags[token]! & Flag.Implicit) !== 0;
    if (this.#data.length(token) !== value.length || this.#data.isSequence(token)) return false;
    if (!isImplicit && this.#data.vrAt(token) !== vr) return false;
    return equalBytes(this.#data.bytes(token), value);
  }

  #hold(code: HeldReason["code"], token: number, detail: string): void {
    this.reasons.push({ code, detail: `${this.#data.path(token)}: ${detail}` });
    this.#done(token, "kept", `held: ${detail}`);
  }

  #done(token: number, action: ActionName, why: string): void {
    this.#counts[ACTION_PLACE[action]]!++;
    this.#record?.(token, action, why);
  }
}

/** OIDs of terminologies under HL7's root, which coding schemes are named by (PS3.16 Table 8-1). */
const TERMINOLOGY = /^2\.16\.840\.1\.113883\.[356](\.\d{1,6}){1,4}$/;

/** True when six or more printable characters stand in a row. */
function hasPrintableRun(bytes: Uint8Array): boolean {
  let run = 0;
  for (let i = 0; i < bytes.length; i++) {
    run = bytes[i]! >= 0x20 && bytes[i]! < 0x7f ? run + 1 : 0;
    if (run === SHORTEST_TEXT) return true;
  }
  return false;
}

/** The VR by which to read text: the file's where it is one of text, else the dictionary's, else LO. */
function textVr(actual: VR | undefined, dictionary: VR): VR {
  if (actual && actual !== "SQ" && !BINARY.has(actual)) return actual;
  return BINARY.has(dictionary) || dictionary === "SQ" ? "LO" : dictionary;
}

/** `(0010,0020) PatientID`, for messages. */
export function describe(tag: Tag): string {
  return `${formatTag(tag)} ${dictionaryEntry(tag)?.keyword ?? ""}`.trim();
}

export { ROOT };
