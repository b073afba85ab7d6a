import type { ConfidentialityOption } from "../../src/dicom/index.js";
import type { Pair } from "./checks.js";
import type { FileKey } from "./key.js";
import type { Score } from "./score.js";

/** UI attributes that name a class, a coding scheme, an encoding or a software version, which every hospital shares. */
const CLASS_UIDS = new Set(
  `00020002 00020010 00020012 00080016 0008001A 0008001B 0008010C 0008010D 00080114 00080117 00080118 00080119
  00081150 0008115A 04000010 04000510 00041510 00041512 0004151A 00082222 00400554 0040DB0C 0040DB0D 00701B04
  00189998 0018991D 00080310 00741305 00741056 00500061 00081159 00089123`.split(/\s+/),
);
/** Dates that have to stay: in a content tree only where the option cleans it, for else only its form stays. */
export function requiredDates(key: FileKey, options: ReadonlySet<ConfidentialityOption>): readonly string[] {
  return key.dates.filter((path) => !path.startsWith("0040A730") || options.has("cleanStructuredContent"));
}

const DUMMY = /^1900(0101)?/;

/** What must hold between the files of one release: patients, dates, UIDs. */
export class CrossChecks {
  readonly #profile: string;
  readonly #options: ReadonlySet<ConfidentialityOption>;
  readonly #score: Score;
  readonly #newOf = new Map<string, string>();
  readonly #oldOf = new Map<string, string>();
  readonly #released = new Map<string, string>();
  readonly #patients = new Map<string, { offset?: number; id: string }>();
  readonly #patientOf = new Map<string, string>();

  constructor(profile: string, options: ReadonlySet<ConfidentialityOption>, score: Score) {
    this.#profile = profile;
    this.#options = options;
    this.#score = score;
  }

  /** All pairs of one release, read by one reader. */
  all(pairs: readonly Pair[]): void {
    for (const { before, after } of pairs) this.#released.set(sopOf(before), sopOf(after));
    for (const pair of pairs) {
      this.#patient(pair);
      this.#dates(pair);
      this.#uids(pair);
      this.#references(pair);
    }
  }

  #add(
    check: Parameters<Score["add"]>[0],
    passed: boolean,
    pair: Pair,
    path: string,
    what: () => string,
  ): void {
    this.#score.add(check, passed, () => ({
      file: pair.key.name,
      profile: this.#profile,
      check,
      path,
      what: what(),
    }));
  }

  #patient(pair: Pair): void {
    const { key, before, after } = pair;
    const id = after.elements.get("00100020")?.text.trim() ?? "";
    const old = before.elements.get("00100020")?.text.trim() ?? "";
    const known = this.#patients.get(key.patient) ?? { id };
    this.#patients.set(key.patient, known);
    this.#add(
      "patid_consistent",
      id !== "" && id !== old && id === known.id,
      pair,
      "00100020",
      () => `${old} → ${id}, not ${known.id}`,
    );
    const owner = this.#patientOf.get(id) ?? key.patient;
    this.#patientOf.set(id, owner);
    this.#add(
      "map injective",
      owner === key.patient,
      pair,
      "00100020",
      () => `${id} stands for two patients`,
    );
  }

  /** Every date that is still there moved by the patient's own days; those of the key are still there. */
  #dates(pair: Pair): void {
    if (this.#options.has("retainFullDates")) return;
    const isShifted = this.#options.has("modifiedDates");
    const required = new Set(requiredDates(pair.key, this.#options));
    for (const [path, { vr, text }] of pair.before.elements) {
      const old = text.trim();
      if ((vr !== "DA" && vr !== "DT") || !/^\d{4}(\.?\d{2}\.?\d{2}|$)/.test(old)) continue;
      const now = pair.after.elements.get(path)?.text.trim() ?? "";
      // Retain Device Identity keeps the dates of the device (PS3.15 Table E.1-1, rtnDevIdOpt K).
      if (path === "00181200" && this.#options.has("retainDeviceIdentity")) continue;
      if (!isShifted) {
        this.#add(
          "date_shifted",
          now === "" || DUMMY.test(now),
          pair,
          path,
          () => `${old} → ${now}: a date is left`,
        );
        continue;
      }
      if (!required.has(path) && (now === "" || DUMMY.test(now))) continue;
      this.#date(pair, path, old, now);
    }
  }

  #date(pair: Pair, path: string, old: string, now: string): void {
    const patient = this.#patients.get(pair.key.patient)!;
    const [first, shiftedFirst] = [old.split("\\")[0]!, now.split("\\")[0]!];
    if (first.replaceAll(".", "").length < 8) return;
    const days = daysBetween(first, shiftedFirst);
    patient.offset ??= days ?? 0;
    const passed = days === patient.offset && days !== 0;
    this.#add(
      "date_shifted",
      passed,
      pair,
      path,
      () => `${old} → ${now}: ${days} days, the patient's are ${patient.offset}`,
    );
    // Equal offsets keep every interval between days; the rest of a date-time has to be there to the letter.
    const rest = (value: string) => value.slice(value.includes(".") && value[4] === "." ? 10 : 8);
    this.#add(
      "intervals kept",
      passed && rest(first) === rest(shiftedFirst),
      pair,
      path,
      () => `${old} → ${now}`,
    );
  }

  #uids(pair: Pair): void {
    if (this.#options.has("retainUids")) return;
    for (const [path, { vr, text }] of pair.before.elements) {
      const tag = path.slice(-8);
      const now = pair.after.elements.get(path);
      if (vr !== "UI" || now === undefined || CLASS_UIDS.has(tag)) continue;
      const [olds, news] = [text, now.text].map((value) =>
        value.split("\\").map((uid) => uid.replace(/[\0\s]+/g, "")),
      );
      olds!.forEach((old, i) => {
        if (old === "" || old.startsWith("1.2.840.10008.")) return;
        this.#uid(pair, path, old, news![i] ?? "");
      });
    }
  }

  #uid(pair: Pair, path: string, old: string, now: string): void {
    this.#add("uid_changed", now !== old, pair, path, () => `${old} is kept`);
    if (now === "") return;
    const known = this.#newOf.get(old) ?? now;
    this.#newOf.set(old, known);
    this.#add("uid_consistent", known === now, pair, path, () => `${old} → ${known} and ${now}`);
    const origin = this.#oldOf.get(now) ?? old;
    this.#oldOf.set(now, origin);
    this.#add("map injective", origin === old, pair, path, () => `${origin} and ${old} → ${now}`);
  }

  /** A reference to an instance of the input names that instance of the release. */
  #references(pair: Pair): void {
    for (const [path, { vr, text }] of pair.before.elements) {
      const target = vr === "UI" ? this.#released.get(text.replace(/[\0\s]+$/, "")) : undefined;
      const now = pair.after.elements.get(path)?.text.replace(/[\0\s]+$/, "");
      if (target === undefined || !now || path === "00080018") continue;
      this.#add(
        "references resolve",
        now === target,
        pair,
        path,
        () => `${text} → ${now}, but the instance is ${target}`,
      );
    }
  }
}

const sopOf = ({ elements }: Pair["before"]) =>
  (elements.get("00080018")?.text ?? "").replace(/[\0\s]+$/, "");

/** Whole days from one date to the other, undefined where one is none. */
export function daysBetween(from: string, to: string): number | undefined {
  const [first, second] = [from, to].map((text) => /^(\d{4})\.?(\d{2})\.?(\d{2})/.exec(text));
  if (!first || !second) return undefined;
  const day = (match: RegExpExecArray) => Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return Math.round((day(second) - day(first)) / 86_400_000);
}
