import type { ConfidentialityOption } from "../../src/dicom/index.js";
import { tokensOf } from "./compose.js";
import { requiredDates } from "./cross.js";
import type { Planted } from "./identifiers.js";
import type { FileKey, PlantedText, TextKind } from "./key.js";
import { type Flat, rawText } from "./read.js";
import type { Check, Score } from "./score.js";

/** One file before and after, as one reader sees them. */
export interface Pair {
  readonly key: FileKey;
  readonly before: Flat;
  readonly after: Flat;
  readonly bytes: Uint8Array;
}

type Options = ReadonlySet<ConfidentialityOption>;

const OPTIONS_OF: Record<Exclude<TextKind, "anywhere">, readonly ConfidentialityOption[]> = {
  descriptor: ["cleanDescriptors"],
  "structured content": ["cleanStructuredContent"],
  // Clean Graphics keeps the sequence, Clean Descriptors the text in it.
  graphics: ["cleanGraphics", "cleanDescriptors"],
  "safe private": ["retainSafePrivate"],
};

/** The checks of one file that need no other file. */
export class FileChecks {
  readonly #pair: Pair;
  readonly #options: Options;
  readonly #profile: string;
  readonly #score: Score;

  constructor(pair: Pair, profile: string, options: Options, score: Score) {
    this.#pair = pair;
    this.#options = options;
    this.#profile = profile;
    this.#score = score;
  }

  all(): void {
    this.#texts();
    this.#values();
    this.#anywhere();
    this.#tags();
    this.#pixels();
  }

  #add(
    check: Check,
    passed: boolean,
    path: string,
    what: () => string,
    planted?: Planted,
    text?: PlantedText,
  ): void {
    const { key, after } = this.#pair;
    const half = text?.composed.half;
    const slices =
      half === undefined
        ? []
        : [half, ...(planted?.category === "names" ? [`names, ${planted.pool ?? "no"} pool, ${half}`] : [])];
    const failure = () => ({
      file: key.name,
      profile: this.#profile,
      check,
      path: after.reader === "elpis" ? path : `${path} (pydicom)`,
      what: what(),
      ...(half === undefined ? {} : { half }),
    });
    this.#score.add(check, passed, failure, planted?.category, slices);
  }

  #keeps(kind: TextKind): boolean {
    if (kind === "anywhere") return false;
    return OPTIONS_OF[kind].every((option) => this.#options.has(option));
  }

  /** True where an option or the table lets this identifier stay. */
  #mayStay(planted: Planted, place: "value" | "text"): boolean {
    if (planted.category === "dates" && this.#options.has("retainFullDates"))
      return place === "text" && !planted.isBirth;
    if (planted.category === "device" && this.#options.has("retainDeviceIdentity")) return true;
    if (planted.category === "geographic" && this.#options.has("retainInstitutionIdentity"))
      return place === "text";
    return planted.category === "other unique" && this.#options.has("retainUids");
  }

  #texts(): void {
    for (const text of this.#pair.key.texts) {
      const { path, kind, composed } = text;
      const found = this.#pair.after.elements.get(path)?.text ?? "";
      for (const planted of composed.planted) {
        if (this.#mayStay(planted, "text")) continue;
        const left = partsOf(planted).filter((part) => survives(part, found, composed.keep));
        const what = () =>
          `${planted.category} ${JSON.stringify(left)} left: ${JSON.stringify(composed.text)} → ${JSON.stringify(found)}`;
        this.#add("text_removed", left.length === 0, path, what, planted, text);
      }
      if (!this.#keeps(kind)) continue;
      const shown = () => `${JSON.stringify(composed.text)} → ${JSON.stringify(found)}`;
      if (composed.keep.length > 0)
        this.#add("text_notnull", found.trim() !== "", path, shown, undefined, text);
      const lost = missing(composed.keep, found);
      for (let i = 0; i < composed.keep.length; i++) {
        this.#add(
          "text_retained",
          i >= lost.length,
          path,
          () => `lost ${JSON.stringify(lost[i])}: ${shown()}`,
          undefined,
          text,
        );
      }
    }
  }

  #values(): void {
    const { key, before, after } = this.#pair;
    for (const { path, planted, keptBy, mustGo } of key.values) {
      const found = after.elements.get(path);
      if (mustGo)
        this.#add(
          "private removed",
          found === undefined,
          path,
          () => `${planted.category} element is still there`,
          planted,
        );
      if (keptBy !== undefined && this.#options.has(keptBy)) {
        this.#add(
          "tag_retained",
          found?.text === before.elements.get(path)?.text,
          path,
          () => `${keptBy}: value changed or gone`,
        );
        continue;
      }
      if (this.#mayStay(planted, "value")) continue;
      const left = partsOf(planted).filter((part) => survives(part, found?.text ?? "", []));
      this.#add(
        "text_removed",
        left.length === 0,
        path,
        () => `${planted.category} ${JSON.stringify(left)} left: ${JSON.stringify(found?.text)}`,
        planted,
      );
    }
  }

  /** No identifier is left in any element at any depth, nor in any byte outside the pixels. */
  #anywhere(): void {
    const { key, after, bytes } = this.#pair;
    const kept = new Set(key.texts.flatMap(({ composed }) => composed.keep).map(fold));
    const elements = [...after.elements].filter(
      ([, { vr }]) => vr !== "SQ" && !/^(UI|DA|DT|TM|DS|IS)$/.test(vr),
    );
    const whole = elements.map(([path, { text }]) => `${path}\u0001${fold(text)}`).join("\u0000");
    const raw = after.reader === "elpis" ? rawText(bytes) : "";
    for (const planted of distinct([
      ...key.values.map(({ planted }) => planted),
      ...key.texts.flatMap(({ composed }) => composed.planted),
    ])) {
      if (this.#mayStay(planted, "text") || this.#mayStay(planted, "value")) continue;
      const tokens = partsOf(planted)
        .map(fold)
        .filter((token) => isDistinctive(token, planted) && !kept.has(token));
      const left = tokens.filter(
        (token) => contains(whole, token) || (raw !== "" && isTelling(token) && contains(raw, token)),
      );
      const where = () =>
        elements
          .filter(([, { text }]) => left.some((token) => contains(fold(text), token)))
          .map(([path]) => path);
      this.#add(
        "text_removed",
        left.length === 0,
        "anywhere",
        () => `${planted.category} ${JSON.stringify(left)} left in ${where().join(", ") || "bytes"}`,
        planted,
      );
    }
  }

  #tags(): void {
    const { key, before, after } = this.#pair;
    const same = (path: string, why: string) => {
      const [old, now] = [before.elements.get(path), after.elements.get(path)];
      this.#add(
        "tag_retained",
        old?.text === now?.text,
        path,
        () => `${why}: ${JSON.stringify(old?.text)} → ${JSON.stringify(now?.text)}`,
      );
    };
    for (const path of key.retained) same(path, "technique");
    if (this.#options.has("retainPatientCharacteristics"))
      for (const path of key.characteristics) same(path, "patient characteristic");
    if (this.#options.has("retainFullDates"))
      for (const path of requiredDates(key, this.#options)) same(path, "full dates");
  }

  #pixels(): void {
    const { before, after } = this.#pair;
    if (before.pixels !== "")
      this.#add(
        "pixels_retained",
        before.pixels === after.pixels,
        "7FE00010",
        () => "the value of Pixel Data differs",
      );
    const sop = after.elements.get("00080018")?.text.trim() ?? "";
    this.#add(
      "file meta UID",
      sop !== "" && after.metaUid === sop,
      "00020003",
      () => "is not the SOP Instance UID",
    );
  }
}

const fold = (text: string) => text.normalize("NFC").toLowerCase();

/** The words of which none may survive; runs of three digits and more of numbers; words of addresses in the net. */
export function partsOf({ category, text, tokens }: Planted): string[] {
  if (category === "names" || category === "geographic" || category === "dates") return [...tokens];
  const runs = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  const isNet = category === "e-mail" || category === "URL";
  const telling = runs.filter(
    (run) => /\d{3}/.test(run) || (isNet && run.length > 4 && !/^https?$/.test(run)),
  );
  return [
    text,
    ...(category === "other unique" && /^\d+(\.\d+){5}/.test(text)
      ? []
      : telling.filter((run) => run !== text)),
  ];
}

/** Occurrences of a token in a text as a word of its own, or anywhere when it is made of several. */
function occurrences(token: string, text: string): number {
  const escaped = fold(token).replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  const isBoundless = /[^\p{Script=Latin}\p{N}]/u.test(token);
  const pattern = isBoundless ? escaped : `(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`;
  return fold(text).match(new RegExp(pattern, "gu"))?.length ?? 0;
}

/** True when a token is there more often than the words that have to stay explain. */
function survives(token: string, text: string, keep: readonly string[]): boolean {
  if (text === "") return false;
  return occurrences(token, text) > keep.filter((word) => fold(word) === fold(token)).length;
}

/** The words of `keep` that `text` no longer has, each as often as it is missing. */
function missing(keep: readonly string[], text: string): string[] {
  const there = new Map<string, number>();
  for (const token of tokensOf(text)) there.set(fold(token), (there.get(fold(token)) ?? 0) + 1);
  return keep.filter((word) => {
    const count = there.get(fold(word)) ?? 0;
    there.set(fold(word), count - 1);
    return count <= 0;
  });
}

function distinct(planted: readonly Planted[]): Planted[] {
  return [...new Map(planted.map((one) => [`${one.category}${one.text}`, one])).values()];
}

/** Nothing but this identifier reads so: long, and for names no word of the language (those are checked in their place). */
function isDistinctive(token: string, { category }: Planted): boolean {
  if (category === "names") return /[^\0-\xff]/.test(token) ? token.length > 1 : token.length > 5;
  if (category === "geographic") return token.length > 6;
  if (category === "dates") return token.length > 7 && !/^[a-zéû]+$/.test(token);
  return token.length > 5;
}

/** Bytes may spell a short token by chance. */
const isTelling = (token: string) =>
  /^[ -~]+$/.test(token) && token.length > (/^[\d.]+$/.test(token) ? 9 : 6);

function contains(text: string, token: string): boolean {
  for (let at = text.indexOf(token); at >= 0; at = text.indexOf(token, at + 1)) {
    const [before, after] = [text[at - 1] ?? " ", text[at + token.length] ?? " "];
    // Digits within a longer number, and letters within a longer word, are another word.
    const joins = /[a-z]/.test(token) ? /[a-z]/ : /[\d.]/;
    if (!/^[a-z\d.]+$/.test(token) || !(joins.test(before) || joins.test(after))) return true;
  }
  return false;
}
