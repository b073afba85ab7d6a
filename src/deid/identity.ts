import { ElpisError, hmacFields, toHex } from "../base/index.js";
import { isStandardUid } from "../dicom/index.js";
import type { ProjectKeys } from "./keys.js";
import type { Profile } from "./types.js";

/** Upper-case letters and digits that are not taken for one another. */
const BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const MAX_UID = 64;

/**
 * One person, as far as the header tells: issuer and ID. An empty ID names nobody, so the study stands in
 * for the person, and two studies without an ID are two people.
 */
export function patientKeyOf(issuer: string, id: string, studyUid = ""): string {
  return id === "" ? `study|${studyUid}` : `patient|${issuer.length}|${issuer}|${id}`;
}

/** Pseudonyms of a patient for one recipient: keyed, so that an ID alone does not lead to them. */
export function pseudonyms(
  patientKey: string,
  profile: Pick<Profile, "patientId" | "patientName">,
  keys: ProjectKeys,
): { readonly patientId: string; readonly patientName: string } {
  const hash = base32(hmacFields(keys.patient, "pseudonym", patientKey));
  const fill = (shape: string) => shape.replace(/\{(\d+)\}/g, (_, count) => hash.slice(0, Number(count)));
  return { patientId: fill(profile.patientId), patientName: fill(profile.patientName) };
}

/** Days by which a patient's dates move: drawn evenly from the profile's range by the key, never 0. */
export function dateOffset(
  patientKey: string,
  profile: Pick<Profile, "dateShift">,
  keys: ProjectKeys,
): number {
  const { minDays, maxDays } = profile.dateShift;
  const hasZero = minDays <= 0 && maxDays >= 0;
  const choices = BigInt(maxDays - minDays + (hasZero ? 0 : 1));
  const drawn = BigInt(`0x${toHex(hmacFields(keys.dates, "days", patientKey).subarray(0, 16))}`) % choices;
  const days = minDays + Number(drawn);
  return hasZero && days >= 0 ? days + 1 : days;
}

/** 51 characters of 5 bits each. */
function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(held >> (bits - 5)) & 31];
  }
  return text;
}

/**
 * New UIDs for old ones: an HMAC under the recipient's key, as a UUID under 2.25 (PS3.5 B.2) or under a
 * root of the site's own. The same on every machine and in every run; standard UIDs stay.
 */
export class UidMap {
  readonly #key: Uint8Array;
  readonly #root: string;
  readonly #known = new Map<string, string>();

  constructor(keys: ProjectKeys, root: string) {
    this.#key = keys.uid;
    this.#root = root;
    if (root.length > 24) throw new ElpisError("PROFILE_INVALID", "uid-root: at most 24 characters");
  }

  /** The new UID of a non-empty UID. */
  map(uid: string): string {
    const known = this.#known.get(uid);
    if (known !== undefined) return known;
    const mapped = isStandardUid(uid) ? uid : this.#mint(uid);
    if (this.#known.size > 200_000) this.#known.clear();
    this.#known.set(uid, mapped);
    return mapped;
  }

  #mint(uid: string): string {
    const hash = hmacFields(this.#key, "uid", uid).subarray(0, 16);
    if (this.#root === "2.25") {
      // RFC 9562 5.8: version 8 and variant bits, so that it is a UUID, as 2.25 demands.
      hash[6] = (hash[6]! & 0x0f) | 0x80;
      hash[8] = (hash[8]! & 0x3f) | 0x80;
    }
    const number = BigInt(`0x${toHex(hash)}`).toString();
    return `${this.#root}.${number}`.slice(0, MAX_UID);
  }
}
