import { equalBytes, fromLatin1, isElpisError } from "../base/index.js";
import { CHARSET_TEXT, type DataSet, encodeText, SINGLE_VALUED, type VR } from "../dicom/index.js";
import {
  ByteMatcher,
  type BytesOf,
  cleanText,
  compileIdentifiers,
  containsKnown,
  type IdentifierMatcher,
  isTellingCode,
  tellingRuns,
} from "../text/index.js";
import { isPlaceholder } from "./dates.js";
import type { Decision } from "./decision.js";
import { dateOffset, pseudonyms, type UidMap } from "./identity.js";
import type { ProjectKeys } from "./keys.js";
import { suspiciousTexts } from "./suspicious.js";
import type { PatientRecord, Profile, SuspiciousText } from "./types.js";
import { shiftDate } from "./values.js";

/** What is left of a text: all, nothing, or these bytes. */
export type CleanedText =
  | { readonly outcome: "unchanged"; readonly suspicious: readonly SuspiciousText[] }
  | { readonly outcome: "nothing"; readonly suspicious: readonly SuspiciousText[] }
  | {
      readonly outcome: "changed";
      readonly bytes: Uint8Array;
      readonly suspicious: readonly SuspiciousText[];
    };

/** As `Operation` has them: free text, text of a private attribute, such of a device, and text that an option retains. */
export type CleaningMode = "text" | "private-text" | "technical-text" | "verbatim";

/** VRs with room for a word in the place of what was removed. */
const ROOMY: ReadonlySet<VR> = new Set<VR>(["LT", "ST", "UT", "UC"]);
const MAX_CACHED = 50_000;
/** Code strings and numbers repeat over a series; bytes of any length do not. */
const MAX_CACHED_LENGTH = 256;

/** All that de-identifying one patient's files needs, made once per patient. */
export class PatientContext {
  readonly record: PatientRecord;
  /** Original Patient ID; "" where the patient is a study without one. */
  readonly originalId: string;
  readonly patientId: string;
  readonly patientName: string;
  /** Days by which dates move. */
  readonly days: number;
  readonly #matcher: IdentifierMatcher;
  /** Made when an option first retains a text as it is: most runs have none. */
  #verbatimMatcher: IdentifierMatcher | undefined;
  readonly #bytes: ByteMatcher;
  readonly #uids: UidMap;
  readonly #removeDates: boolean;
  readonly #shiftsDates: boolean;
  readonly #hasExaminations: boolean;
  readonly #cleaned = new Map<string, CleanedText>();
  readonly #judged = new Map<string, boolean>();
  readonly #stayed = new Map<Decision, Uint8Array>();

  constructor(record: PatientRecord, originalId: string, profile: Profile, keys: ProjectKeys, uids: UidMap) {
    const { patientId, patientName } = pseudonyms(record.key, profile, keys);
    this.record = record;
    this.originalId = originalId;
    this.patientId = patientId;
    this.patientName = patientName;
    this.days = dateOffset(record.key, profile, keys);
    this.#removeDates = !profile.options.has("retainFullDates");
    // Where dates stay, text keeps those that the attributes keep: all but the date of birth.
    const dates = this.#removeDates ? record.identifiers.dates : record.birthDates;
    this.#matcher = compileIdentifiers({ ...record.identifiers, dates });
    this.#bytes = new ByteMatcher({ ...record.identifiers, dates });
    this.#uids = uids;
    this.#hasExaminations = record.identifiers.dates.some(
      (date) => !record.birthDates.includes(date) && !isPlaceholder(date),
    );
    this.#shiftsDates = profile.options.has("modifiedDates");
  }

  /** What is known of the patient, for whoever reads other things than attributes. */
  get matcher(): IdentifierMatcher {
    return this.#matcher;
  }

  /** True for a DA or DT of the day of birth. */
  isBirthDate(text: string): boolean {
    return this.record.birthDates.includes(dayOf(text));
  }

  /**
   * True for a DA or DT that no examination has and that, shifted, would show the shift of those that do. Where
   * the patient has no other date it shows nothing that anybody could use.
   */
  isPlaceholder(text: string): boolean {
    return this.#hasExaminations && isPlaceholder(text);
  }

  mapUid(uid: string): string {
    return this.#uids.map(uid);
  }

  /**
   * True when the last value that stayed under this decision had the same bytes. A series repeats most of its codes
   * and numbers, which then need not be read again. For values without a character set alone.
   */
  hasStayed(decision: Decision, bytes: Uint8Array): boolean {
    const last = this.#stayed.get(decision);
    return last !== undefined && equalBytes(last, bytes);
  }

  noteStayed(decision: Decision, bytes: Uint8Array): void {
    this.#stayed.set(decision, bytes.slice());
  }

  /** True when figures hold an identifier of this patient. */
  containsKnown(text: string): boolean {
    return this.#remembered(`n${text}`, () => containsKnown(text, this.#matcher));
  }

  /** True when a code string or AE title names somebody, this patient or another. */
  isTellingCode(text: string): boolean {
    return this.#remembered(`c${text}`, () => isTellingCode(text, this.#matcher, this.#removeDates));
  }

  /** True when bytes hold an identifier of this patient, as text in one of its encodings or as a number. */
  isKnownInBytes(bytes: Uint8Array, of: BytesOf): boolean {
    return this.#bytes.isIn(bytes, of);
  }

  /** True when the readable runs among bytes, decoded as Latin-1, name somebody. */
  isTellingInBytes(text: string): boolean {
    return this.#remembered(
      `b${text}`,
      () => containsKnown(text, this.#matcher) || tellingRuns(text, this.#matcher),
    );
  }

  #remembered(key: string, judge: () => boolean): boolean {
    if (key.length > MAX_CACHED_LENGTH) return judge();
    const known = this.#judged.get(key);
    if (known !== undefined) return known;
    const judged = judge();
    if (this.#judged.size >= MAX_CACHED) this.#judged.clear();
    this.#judged.set(key, judged);
    return judged;
  }

  /**
   * A text element without the identifiers in it, in its own character set. Text that cannot be read, or
   * could not be written back, counts as nothing. Series repeat their texts, so results are kept.
   */
  clean(data: DataSet, token: number, vr: VR, how: CleaningMode): CleanedText {
    const raw = fromLatin1(data.bytes(token));
    const terms = CHARSET_TEXT.has(vr) ? data.characterSet(token).terms.join("\\") : "";
    const key = `${how}|${vr}|${terms}|${raw}`;
    const known = this.#cleaned.get(key);
    if (known) return known;
    const cleaned = this.#clean(data, token, vr, how, raw);
    if (this.#cleaned.size >= MAX_CACHED) this.#cleaned.clear();
    this.#cleaned.set(key, cleaned);
    return cleaned;
  }

  /** A value of a private text attribute that as a whole is a date, as the profile has dates; null: it is none. */
  #privateDate(value: string): string | null {
    const match =
      /^((?:19|20)\d{2})([-./]?)(\d{2})\2(\d{2})((?:[ T]?\d{2}:?\d{2}(?::?\d{2}(?:\.\d{1,6})?)?)?)$/.exec(
        value.trim(),
      );
    if (!match) return null;
    const shifted = shiftDate(`${match[1]}${match[3]}${match[4]}`, this.#shiftsDates ? this.days : 0);
    if (shifted === null) return null;
    if (!this.#shiftsDates) return this.#removeDates ? "" : value;
    return [shifted.slice(0, 4), shifted.slice(4, 6), shifted.slice(6)].join(match[2]) + match[5];
  }

  #clean(data: DataSet, token: number, vr: VR, how: CleaningMode, raw: string): CleanedText {
    const set = data.characterSet(token);
    const text = data.text(token, vr);
    if (text === "") return { outcome: "unchanged", suspicious: [] };
    const isPlain = /^[\0-\x7f]*$/.test(raw) && !raw.includes("\x1b");
    if (!isPlain && (text.includes("\ufffd") || set.problems.length > 0))
      return { outcome: "nothing", suspicious: [] };
    if (how === "verbatim") {
      this.#verbatimMatcher ??= compileIdentifiers({ ...this.record.identifiers, dates: [], other: [] });
      const outcome = containsKnown(text, this.#verbatimMatcher) ? "nothing" : "unchanged";
      return { outcome, suspicious: [] };
    }
    const suspicious: SuspiciousText[] = [];
    const marker = () => (ROOMY.has(vr) ? "[removed]" : "");
    const values = (SINGLE_VALUED.has(vr) ? [text] : text.split("\\")).map((value) => {
      const date = how === "text" ? null : this.#privateDate(value);
      if (date !== null) return date;
      const dictionary = how === "technical-text" ? "strict" : "on";
      const result = cleanText(value, this.#matcher, { removeDates: this.#removeDates, marker, dictionary });
      suspicious.push(...suspiciousTexts(value, result));
      return result.findings.length === 0 ? value : result.text;
    });
    const joined = values.join("\\");
    if (joined === text) return { outcome: "unchanged", suspicious };
    if (values.every((value) => /^[\s^=]*$/.test(value.replaceAll("[removed]", "")))) {
      return { outcome: "nothing", suspicious };
    }
    try {
      return { outcome: "changed", bytes: encodeText(joined, vr, set), suspicious };
    } catch (error) {
      if (!isElpisError(error, "DICOM_UNENCODABLE_TEXT")) throw error;
      return { outcome: "nothing", suspicious };
    }
  }
}

/** YYYYMMDD of a DA or DT, points of the old form left out. */
function dayOf(text: string): string {
  return text.trim().replaceAll(".", "").slice(0, 8);
}
