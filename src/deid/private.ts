import { elementOf, groupOf, safePrivateAttribute, type Tag, type VR } from "../dicom/index.js";
import { DATE_VRS, type Decision, decided, keptAs } from "./decision.js";
import type { Profile } from "./types.js";

const UNSAFE = decided("remove", "UN", "private, and in no list of safe attributes");
/** For a private element that no creator owns. */
export const ORPHAN = decided("remove", "UN", "private without a creator that owns it");

/**
 * Decides on private attributes by creator, group and low byte of the element: what PS3.15 Table E.3.10-1 or the
 * site calls safe stays as its VR allows, everything else goes.
 */
export class PrivateDecider {
  readonly #profile: Profile;
  readonly #byCreator = new Map<string, Map<number, Decision>>();

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  decide(creator: string, tag: Tag): Decision {
    let decisions = this.#byCreator.get(creator);
    if (!decisions) {
      // creator is sender-controlled: a file of a thousand of them must not fill the memory of a long run
      if (this.#byCreator.size > 1000) this.#byCreator.clear();
      this.#byCreator.set(creator, (decisions = new Map()));
    }
    const place = (groupOf(tag) << 8) | (elementOf(tag) & 0xff);
    let decision = decisions.get(place);
    if (!decision)
      decisions.set(place, (decision = this.#decide(creator, groupOf(tag), elementOf(tag) & 0xff)));
    return decision;
  }

  #decide(creator: string, group: number, element: number): Decision {
    const rule = this.#profile.safePrivate.find(
      (safe) => safe.group === group && safe.element === element && safe.creator === creator,
    );
    if (rule) return this.#safe(rule.vr, `profile: ${rule.reason}`);
    const isListed = this.#profile.options.has("retainSafePrivate");
    const listed = isListed ? safePrivateAttribute(creator, group, element) : undefined;
    return listed ? this.#safe(listed.vr, "PS3.15 Table E.3.10-1: safe", "technical-text") : UNSAFE;
  }

  /** `asText`: how text stays. What a site calls safe may be anything, what the table lists are settings of devices. */
  #safe(vr: VR, why: string, asText: "private-text" | "technical-text" = "private-text"): Decision {
    const { options } = this.#profile;
    if (vr === "UI") return decided("uid", vr, why);
    if (DATE_VRS.has(vr)) {
      if (options.has("retainFullDates")) return decided("temporal", vr, why, "remove");
      return decided(options.has("modifiedDates") ? "shift" : "remove", vr, why, "remove");
    }
    if (vr === "PN") return decided("remove", vr, `${why}, but a person's name`);
    const operation = keptAs(vr);
    return decided(operation === "text" ? asText : operation, vr, why, "remove");
  }
}
