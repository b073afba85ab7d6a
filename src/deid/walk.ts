import { latin1 } from "../base/index.js";
import {
  BINARY,
  type DataSet,
  elementOf,
  encodeText,
  Flag,
  groupOf,
  isPrivate,
  isPrivateCreator,
  ROOT,
  type Tag,
  vrCode,
} from "../dicom/index.js";
import { Cleaner } from "./cleaner.js";
import { contentMeaning, isRetained } from "./content.js";
import type { Decider, Place } from "./decide.js";
import type { Decision, Operation } from "./decision.js";
import type { Recorder } from "./editor.js";
import type { PatientContext } from "./patient.js";
import { ORPHAN } from "./private.js";
import type { Profile } from "./types.js";
import { cappedAge, shiftDate, shiftDateTime, shiftedYear } from "./values.js";

/** The owner of a private block within one item (PS3.5 7.8.1). */
interface PrivateBlock {
  readonly token: number;
  readonly creator: string;
  used: boolean;
}

/** Tag, VR, two reserved bytes and four of length (PS3.5 7.1.2). */
const LONG_HEADER_LENGTH = 12;

/** Operations on plain text that depend on decision and bytes alone. */
const REPEATED: ReadonlySet<Operation> = new Set<Operation>(["number", "coded", "temporal", "class-uid"]);

/** What decides. */
interface Rules {
  readonly decider: Decider;
  readonly profile: Profile;
}

/** Goes through a data set once, and collects the edits that de-identify it. */
export class Walk extends Cleaner {
  readonly #decider: Decider;
  readonly #profile: Profile;
  readonly #graphics: ReadonlySet<number>;

  /** `graphics`: groups of the overlays that were examined and show no text. */
  constructor(
    data: DataSet,
    { decider, profile }: Rules,
    patient: PatientContext,
    graphics: ReadonlySet<number>,
    record?: Recorder,
  ) {
    super(data, patient, record);
    this.#decider = decider;
    this.#profile = profile;
    this.#graphics = graphics;
  }

  /** Judges every element of an item or of the root, and what they enclose. */
  item(item: number, place: Place): void {
    const { tag: tags, next } = this.data.tokens;
    const after = this.data.after(item);
    if (item !== ROOT) this.#requireEmptyFraming(item);
    let blocks: Map<number, PrivateBlock> | undefined;
    let last = -1;
    let isOrdered = true;
    for (let token = item + 1; token < after; token = next[token]!) {
      const tag = tags[token] as Tag;
      isOrdered &&= tag > last;
      last = tag;
      if (!isPrivate(tag)) this.#element(token, this.#decide(tag, item, place), place);
      else if (isPrivateCreator(tag)) {
        blocks ??= new Map();
        blocks.set((groupOf(tag) << 8) | elementOf(tag), {
          token,
          creator: this.data.text(token, "LO").trim(),
          used: false,
        });
      } else this.#private(token, tag, blocks, place);
    }
    if (!isOrdered) this.#requireNoDuplicates(item);
    for (const block of blocks?.values() ?? []) {
      if (block.used) this.done(block.token, "kept", "creator of safe private attributes");
      else this.remove(block.token, "creator of nothing that stays");
    }
  }

  /** PS3.5 7.1: readers differ in which of two elements with one tag they see, so neither can be judged. */
  #requireNoDuplicates(item: number): void {
    const { tag: tags, next } = this.data.tokens;
    const seen = new Set<number>();
    for (let token = item + 1; token < this.data.after(item); token = next[token]!) {
      if (seen.has(tags[token]!)) return this.hold("DUPLICATE_ELEMENT", token, "twice in one data set");
      seen.add(tags[token]!);
    }
  }

  /**
   * The length of a delimiter (PS3.5 7.5.1) and the reserved bytes of a header (7.1.2) are zero. They are passed on as
   * they are, and no reader looks at them: anything may stand there.
   */
  #requireEmptyFraming(token: number): void {
    const { flags, start, value, valueEnd } = this.data.tokens;
    const isDelimited = (flags[token]! & Flag.UndefinedLength) !== 0;
    if (isDelimited && this.#isFilled(valueEnd[token]! + 4, 4))
      return this.hold("UNJUDGED_ELEMENT", token, "its delimiter has a length");
    const isExplicit = (flags[token]! & Flag.Implicit) === 0;
    if (
      isExplicit &&
      value[token]! - start[token]! === LONG_HEADER_LENGTH &&
      this.#isFilled(start[token]! + 6, 2)
    )
      this.hold("UNJUDGED_ELEMENT", token, "the reserved bytes of its header are not zero");
  }

  #isFilled(at: number, length: number): boolean {
    return this.data.source.read(at, length).some((byte) => byte !== 0);
  }

  #decide(tag: Tag, item: number, place: Place): Decision {
    return item === ROOT && this.#graphics.has(groupOf(tag))
      ? this.#decider.decideGraphics(tag, place)
      : this.#decider.decide(tag, place);
  }

  #private(token: number, tag: Tag, blocks: Map<number, PrivateBlock> | undefined, place: Place): void {
    const block = blocks?.get((groupOf(tag) << 8) | (elementOf(tag) >> 8));
    const decision = block ? this.#decider.privates.decide(block.creator, tag) : ORPHAN;
    this.#element(token, decision, place);
    if (block && decision.operation !== "remove" && !this.edits.isRemoved(token)) block.used = true;
  }

  #element(token: number, decision: Decision, place: Place): void {
    const { operation, why } = decision;
    if (operation === "remove") return this.remove(token, why);
    if (operation === "empty") return this.empty(token, decision);
    this.#requireEmptyFraming(token);
    if (this.data.isSequence(token)) return this.#items(token, decision, place);
    const meaning = place.path.length === 0 ? undefined : contentMeaning(this.data, token);
    if (meaning && !isRetained(meaning, this.#profile)) return this.content(token, decision, meaning);
    const judged = this.#byActualVr(token, decision);
    if (!judged) return;
    if (REPEATED.has(judged) && judged === operation && this.stayedBefore(token, decision)) return;
    switch (judged) {
      case "keep":
        return this.keep(token, decision);
      case "number":
        return this.number(token, decision);
      case "text":
      case "private-text":
      case "technical-text":
      case "verbatim":
        return this.text(token, decision, judged);
      case "coded":
        return this.coded(token, decision);
      case "binary":
        return this.binary(token, decision);
      default:
        return this.#rewrite(token, decision, judged, place);
    }
  }

  #rewrite(token: number, decision: Decision, operation: Operation, place: Place): void {
    const { why } = decision;
    switch (operation) {
      case "dummy":
        return this.dummy(token, decision);
      case "uid":
        return this.uid(token, decision);
      case "shift":
        return this.dates(token, decision, decision.vr === "DA" ? shiftDate : shiftDateTime);
      case "shifted-year":
        return this.dates(token, decision, (text, days) => shiftedYear(text, days, decision.vr));
      case "age":
        return this.mapped(token, decision, "cleaned", cappedAge);
      case "temporal":
        return this.temporal(token, decision);
      case "class-uid":
        return this.classUid(token, decision);
      case "character-set":
        return this.characterSet(token, decision);
      case "patient-id":
        return this.pseudonym(token, decision, place);
      case "patient-name":
        if (place.path.length > 0) return this.fallBack(token, decision, "it may be somebody else's");
        return this.replace(token, "PN", latin1(this.patient.patientName), "pseudonym", why);
      case "value":
        return this.replace(token, decision.vr, encodeText(decision.value ?? "", decision.vr), "dummy", why);
      default:
        // A sequence by dictionary that is none in the file, and is not empty.
        if (this.data.length(token) === 0) return this.done(token, "kept", why);
        return this.hold("UNJUDGED_ELEMENT", token, "a sequence that cannot be read as items");
    }
  }

  /**
   * The operation, corrected for a VR in the file that is not the dictionary's: text under the tag of a
   * number is text. Undefined when the element was held, because its VR is none that the standard names.
   */
  #byActualVr(token: number, decision: Decision): Operation | undefined {
    const { operation, vr } = decision;
    const code = this.data.tokens.vr[token]!;
    if (code === vrCode(vr) || this.data.length(token) === 0) return operation;
    const actual = this.data.vrAt(token);
    if (actual === undefined && (this.data.tokens.flags[token]! & Flag.Implicit) === 0) {
      this.hold("UNJUDGED_ELEMENT", token, "a VR that PS3.5 does not name");
      return undefined;
    }
    const passive = operation === "keep" || operation === "number" || operation === "binary";
    if (passive && actual && !BINARY.has(actual) && actual !== "SQ" && BINARY.has(vr)) return "text";
    return operation;
  }

  #items(token: number, decision: Decision, place: Place): void {
    const tag = this.data.tagAt(token);
    const inside = place.inside(tag, this.#decider.strictnessInside(tag, place));
    this.done(token, "kept", decision.why);
    const { next } = this.data.tokens;
    for (let item = token + 1; item < next[token]!; item = next[item]!) this.item(item, inside);
  }
}
