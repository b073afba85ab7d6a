import { fromLatin1, latin1 } from "../base/index.js";
import {
  BINARY,
  type DataSet,
  dictionaryEntry,
  Flag,
  isDefinedTerm,
  isStandardUid,
  isValidUid,
  parseCharacterSet,
  Tags,
  type VR,
} from "../dicom/index.js";
import type { BytesOf } from "../text/index.js";
import { ageInText } from "./ages.js";
import { beginsCodestream } from "./bitstream.js";
import { type ContentMeaning, cappedNumber, isOldAge } from "./content.js";
import { isExaminationDate } from "./dates.js";
import { isBulk, type Place } from "./decide.js";
import { type Decision, TEXT_VRS } from "./decision.js";
import { Editor, type Recorder } from "./editor.js";
import type { CleaningMode, PatientContext } from "./patient.js";
import { isBodyPart, isPublicScheme, isStandardTerm } from "./terms.js";
import type { ActionName, KeptText, SuspiciousText } from "./types.js";
import { dummyText, figuresOf, isNumber, isTime, shiftDate, shiftDateTime } from "./values.js";

/** Larger values than this are searched for identifiers in steps. */
const SEARCH_STEP = 1 << 20;
const SEARCH_OVERLAP = 512;
/** A number of 32 bits: what is shorter holds no identifier. */
const SHORTEST_KNOWN = 4;
/** Numbers and tables of fewer bytes than a name, or of so many that noise spells words, are not searched for strangers. */
const [SHORTEST_TEXT, LONGEST_NUMBERS] = [6, 65_536];

/** What becomes of a value, by what it says of the patient: the operations that read one. */
export class Cleaner extends Editor {
  readonly keptText: KeptText[] = [];
  /** Every UID that was mapped, old to new. */
  readonly uids = new Map<string, string>();
  protected readonly patient: PatientContext;

  constructor(data: DataSet, patient: PatientContext, record?: Recorder) {
    super(data, record);
    this.patient = patient;
  }

  /** A value that stayed when it was met before, and stays again. */
  protected stayedBefore(token: number, decision: Decision): boolean {
    if (!this.patient.hasStayed(decision, this.data.bytes(token))) return false;
    this.done(token, "kept", decision.why);
    return true;
  }

  #stays(token: number, decision: Decision): void {
    this.patient.noteStayed(decision, this.data.bytes(token));
    this.done(token, "kept", decision.why);
  }

  /** A content item that tells of a person or a device by its concept, whatever its attribute. */
  protected content(token: number, decision: Decision, meaning: ContentMeaning): void {
    if (meaning !== "age") {
      const why = `PS3.16: the concept of this content item is that of a ${meaning}`;
      return this.dummy(token, { ...decision, why });
    }
    this.#age(token, decision);
  }

  /** An age by its concept: as number in some unit, in words, or in another form beside the number. */
  #age(token: number, decision: Decision): void {
    const isText = TEXT_VRS.has(decision.vr);
    if (decision.vr !== "DS" && !isText) {
      if (isOldAge(this.data, token)) return this.remove(token, "PS3.16: another form of an age over 89");
      return this.keep(token, decision);
    }
    const capped = (value: string) => (isText ? ageInText(value) : cappedNumber(this.data, token, value));
    const value = this.data.text(token).trim();
    // A number under 90 years may still be an identifier in its figures
    if (!isText && capped(value) === value) return this.number(token, decision);
    this.mapped(token, decision, "cleaned", capped);
  }

  /** Numbers stay, unless this patient's identifiers or somebody's text stand in their bytes. */
  protected keep(token: number, decision: Decision): void {
    const length = this.data.length(token);
    if (isBulk(this.data.tagAt(token))) return this.#bulk(token, decision);
    if (length < SHORTEST_KNOWN) return this.done(token, "kept", decision.why);
    const isSearched = length >= SHORTEST_TEXT && length <= LONGEST_NUMBERS;
    if (isSearched && hasPrintableRun(this.data.bytes(token))) return this.binary(token, decision);
    if (this.#holdsKnown(token, "value")) return this.#holdBinary(token);
    this.done(token, "kept", decision.why);
  }

  /** Compressed pixels and samples that are no pixels are searched for what is known; native pixels are not read. */
  #bulk(token: number, decision: Decision): void {
    const isCompressed = (this.data.tokens.flags[token]! & Flag.Encapsulated) !== 0;
    const isNative = !isCompressed && this.data.tagAt(token) >>> 16 === 0x7fe0;
    const kind = isCompressed && beginsCodestream(this.data, token) ? "compressed" : "samples";
    if (!isNative && this.#holdsKnown(token, kind)) return this.#holdBinary(token);
    this.done(token, "kept", decision.why);
  }

  /** DICOM's own UIDs, terminologies, and registered ones of vendors: no arc as long as a date, none of them known. */
  #isClassUid(uid: string): boolean {
    if (uid === "" || isStandardUid(uid) || TERMINOLOGY.test(uid)) return true;
    const arcs = uid.split(".");
    return (
      isValidUid(uid) &&
      arcs.every((arc) => arc.length < 8) &&
      !arcs.some((arc) => this.patient.containsKnown(arc))
    );
  }

  protected classUid(token: number, decision: Decision): void {
    this.keptIf(
      token,
      decision,
      (value) => this.#isClassUid(value),
      () => this.uid(token, { ...decision, why: `${decision.why}; it may name somebody` }),
    );
  }

  /** A number may be an identifier in figures; so may three, as year, month and day. */
  protected number(token: number, decision: Decision): void {
    const values = fromLatin1(this.data.bytes(token))
      .replace(/[\0\s]+$/, "")
      .split("\\");
    if (!values.every(isNumber)) return this.text(token, decision, "text");
    const isIdentifier = (value: string) =>
      figuresOf(value).some((figures) => this.patient.containsKnown(figures));
    if (values.some(isIdentifier) || this.#isBirthDateInParts(values))
      return this.fallBack(token, decision, "it holds a known identifier");
    this.#stays(token, decision);
  }

  #isBirthDateInParts(values: readonly string[]): boolean {
    if (values.length !== 3 || !values.every((value) => /^\s*\d{1,4}\s*$/.test(value))) return false;
    const [first = "", month = "", last = ""] = values.map((value) => value.trim().padStart(2, "0"));
    return this.patient.isBirthDate(first + month + last) || this.patient.isBirthDate(last + month + first);
  }

  /** A date or time that an option keeps: one that is one, and not the day of birth. */
  protected temporal(token: number, decision: Decision): void {
    const { vr } = decision;
    const isDate = (value: string) => (vr === "DA" ? shiftDate(value, 0) : shiftDateTime(value, 0)) !== null;
    this.keptIf(token, decision, (value) =>
      vr === "TM" ? isTime(value) : isDate(value) && !this.patient.isBirthDate(value),
    );
  }

  /** What is no term of a character set says nothing that a reader can use, and may say anything. */
  protected characterSet(token: number, decision: Decision): void {
    const text = fromLatin1(this.data.bytes(token)).replace(/[\0\s]+$/, "");
    const { problems, terms } = parseCharacterSet(text.split("\\").map((term) => term.trim()));
    if (problems.length === 0) return this.done(token, "kept", decision.why);
    const known = terms.filter(isDefinedTerm);
    if (known.length === 0) return this.remove(token, `${decision.why}; it names none that is known`);
    this.replace(token, "CS", latin1(known.join("\\")), "cleaned", decision.why);
  }

  /** Values of the standard itself stay; of several values only those that hold an identifier go. */
  protected coded(token: number, decision: Decision): void {
    const values = this.data.text(token, decision.vr).split("\\");
    const isCode = decision.vr === "CS";
    const isPart = this.data.tagAt(token) === Tags.BodyPartExamined;
    const isTerm = (value: string) => isCode && (isStandardTerm(value) || (isPart && isBodyPart(value)));
    const names = (value: string) => !isTerm(value.trim()) && this.patient.isTellingCode(value);
    if (!values.some(names)) return this.#stays(token, decision);
    const reason = "it names somebody";
    if (values.length === 1 || !isCode) return this.fallBack(token, decision, reason);
    const cleaned = values.map((value) => (names(value) ? dummyText("CS")! : value)).join("\\");
    this.replace(
      token,
      this.writtenVr(token, "CS"),
      latin1(cleaned),
      "cleaned",
      `${decision.why}; ${reason}`,
    );
  }

  protected text(token: number, decision: Decision, operation: CleaningMode): void {
    const vr = textVr(this.data.vrAt(token), decision.vr);
    const cleaned = this.patient.clean(this.data, token, vr, operation);
    if (cleaned.outcome !== "nothing") this.#noteSuspicious(token, cleaned.suspicious);
    if (cleaned.outcome === "unchanged") this.done(token, "kept", decision.why);
    else if (cleaned.outcome === "nothing") this.fallBack(token, decision, "all of it might identify");
    else this.replace(token, this.writtenVr(token, vr), cleaned.bytes, "cleaned", decision.why);
  }

  /** Codes of public schemes are numbers by nature and name nobody. */
  #noteSuspicious(token: number, suspicious: readonly SuspiciousText[]): void {
    if (suspicious.length === 0) return;
    const isCode = this.data.tagAt(token) === Tags.CodeValue && this.#hasPublicScheme(token);
    for (const one of suspicious) {
      if (!(isCode && one.why === "id-like")) this.keptText.push({ path: this.data.path(token), ...one });
    }
  }

  #hasPublicScheme(codeValue: number): boolean {
    const scheme = this.data.find(Tags.CodingSchemeDesignator, this.data.tokens.parent[codeValue]!);
    return scheme >= 0 && isPublicScheme(this.data.text(scheme).trim());
  }

  /** Bytes that would stay are searched for identifiers, this patient's and others'; a hit is for a person to judge. */
  protected binary(token: number, decision: Decision): void {
    if (this.#holdsKnown(token, "value")) return this.#holdBinary(token);
    for (const bytes of this.#steps(token)) {
      if (this.patient.isTellingInBytes(fromLatin1(bytes))) return this.#holdBinary(token);
    }
    this.done(token, "kept", decision.why);
  }

  #holdsKnown(token: number, of: BytesOf): boolean {
    if (this.data.length(token) <= SEARCH_STEP)
      return this.patient.isKnownInBytes(this.data.bytes(token), of);
    for (const bytes of this.#steps(token)) if (this.patient.isKnownInBytes(bytes, of)) return true;
    return false;
  }

  *#steps(token: number): Generator<Uint8Array> {
    const { value, valueEnd } = this.data.tokens;
    for (let at = value[token]!; at < valueEnd[token]!; at += SEARCH_STEP - SEARCH_OVERLAP)
      yield this.data.source.read(at, Math.min(SEARCH_STEP, valueEnd[token]! - at));
  }

  #holdBinary(token: number): void {
    this.hold("IDENTIFIER_IN_BINARY", token, "bytes that would stay hold what names a person");
  }

  protected uid(token: number, decision: Decision): void {
    const old = fromLatin1(this.data.bytes(token));
    const mapped = old
      .split("\\")
      .map((value) => {
        const uid = value.replace(/[\0\s]+$/, "").trim();
        if (uid === "") return "";
        const fresh = this.patient.mapUid(uid);
        if (fresh !== uid) this.uids.set(uid, fresh);
        return fresh;
      })
      .join("\\");
    this.replace(token, "UI", latin1(mapped), "uid", decision.why);
  }

  protected dates(
    token: number,
    decision: Decision,
    shift: (text: string, days: number) => string | null,
  ): void {
    const isExamination = isExaminationDate(this.data.tagAt(token));
    this.mapped(token, decision, "shifted", (text) => {
      if (text.trim() === "") return text;
      // The day of birth, shifted as the others are, would give the shift to whoever knows it.
      if (this.patient.isPlaceholder(text) || (!isExamination && this.patient.isBirthDate(text))) return null;
      return shift(text, this.patient.days);
    });
  }

  protected mapped(
    token: number,
    decision: Decision,
    action: ActionName,
    map: (value: string) => string | null,
  ): void {
    if (this.data.length(token) === 0) return this.done(token, "kept", decision.why);
    const values = fromLatin1(this.data.bytes(token))
      .replace(/[\0\s]+$/, "")
      .split("\\")
      .map(map);
    if (values.includes(null)) return this.fallBack(token, decision, "it is no value of its VR");
    const text = values.join("\\");
    this.replace(token, this.writtenVr(token, decision.vr), latin1(text), action, decision.why);
  }

  /** Stays as it is when every value has the form of its VR: anything may stand in a malformed one. */
  protected keptIf(
    token: number,
    decision: Decision,
    isWellFormed: (value: string) => boolean,
    otherwise = () => this.fallBack(token, decision, "it is no value of its VR"),
  ): void {
    const text = fromLatin1(this.data.bytes(token)).replace(/[\0\s]+$/, "");
    const isKept = text.split("\\").every((value) => isWellFormed(value.trim()));
    if (isKept) this.#stays(token, decision);
    else otherwise();
  }

  protected pseudonym(token: number, decision: Decision, place: Place): void {
    const tag = this.data.tagAt(token);
    const isOwn = place.path.length === 0 || this.data.text(token).trim() === this.patient.originalId;
    if (!isOwn || place.strictness !== "all")
      return this.fallBack(token, decision, "it may be somebody else's");
    if (this.data.length(token) === 0 && place.path.length > 0) return this.done(token, "kept", decision.why);
    const vr = dictionaryEntry(tag)?.vr ?? "LO";
    this.replace(token, vr, latin1(this.patient.patientId), "pseudonym", decision.why);
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
