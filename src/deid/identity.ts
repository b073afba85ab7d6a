import { ElpisError, fromLatin1, hmacFields, sha256, toHex, utf8 } from "../base/index.js";
import { type DataSet, isStandardUid, type Tag, Tags, trimPadding, type VR } from "../dicom/index.js";
import type { ProjectKeys } from "./keys.js";
import type { Profile } from "./types.js";

/** Upper-case letters and digits that are not taken for one another. */
const BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const MAX_UID = 64;

/** What stands in Patient ID where nobody knew one: letters and digits alone, in lower case. */
const PLACEHOLDER_IDS = new Set(
  `unknown unk unkn none null nil na nan no noid nopatientid notavailable notapplicable notknown undefined
  anonymous anonymus anonym anonymized anonymised anon deidentified deid pseudonymized removed redacted hidden
  test testpatient patient patientid id mrn dummy default empty blank missing temp tbd unbekannt inconnu
  desconocido desconhecido sconosciuto onbekend ukjent okänd неизвестно 未知 不明 无 無`.split(/\s+/),
);

/** True of an ID that names nobody: no letter and no digit, zeros, nines or Xs alone, "UNKNOWN", "N/A" … */
export function isPlaceholderId(id: string): boolean {
  const letters = id
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
  return /^(?:0*|9{4,}|x+)$/.test(letters) || PLACEHOLDER_IDS.has(letters);
}

/**
 * One person, as far as the header tells: issuer and ID. An ID that is empty or names nobody makes the study
 * stand in for the person, and two studies without an ID are two people; `person` tells apart those of one study.
 */
export function patientKeyOf(issuer: string, id: string, studyUid = "", person = ""): string {
  if (!isPlaceholderId(id)) return `patient|${issuer.length}|${issuer}|${id}`;
  return `study|${studyUid}${person === "" ? "" : `|${person}`}`;
}

/** The `person` of a key that names a study; "" for any other. */
export function personOf(patientKey: string): string {
  const [kind, , person = ""] = patientKey.split("|");
  return kind === "study" ? person : "";
}

/**
 * The whole Patient ID of a data set, backslashes and all (its VM is 1: a part would be another person's);
 * "" where it is missing or names nobody. Bytes that its character set does not have are told apart as Latin-1.
 */
export function patientIdOf(data: DataSet): string {
  const id = wholeValue(data, Tags.PatientID, "LO");
  return isPlaceholderId(id) ? "" : id;
}

/** Issuer of Patient ID, whole as the ID is. */
export function issuerOf(data: DataSet): string {
  return wholeValue(data, Tags.IssuerOfPatientID, "LO");
}

/**
 * The key that the survey gives to a file, from the file alone. Without an ID it is the study with the name and
 * birth date as they stand there: an empty ID never merges two people, though one study holds them both.
 */
export function recordKeyOf(data: DataSet): string {
  const study = data.string(Tags.StudyInstanceUID);
  const id = patientIdOf(data);
  if (id !== "") return patientKeyOf(issuerOf(data), id);
  // Padding, case and empty components are no difference (PS3.5 6.2).
  const raw = [Tags.PatientName, Tags.PatientBirthDate].map((tag) =>
    rawValue(data, tag)
      .replace(/[\s^=\0]+(?==|$)/g, "")
      .toLowerCase(),
  );
  const isNamed = raw.some((value) => value !== "");
  return patientKeyOf("", "", study, isNamed ? toHex(sha256(utf8(raw.join("\n")))) : "");
}

/** Values beyond this are not read for an identity: the survey holds their files. */
export const MAX_IDENTIFYING_LENGTH = 65_536;

function tokenOf(data: DataSet, tag: Tag): number {
  const token = data.find(tag);
  return token < 0 || data.isSequence(token) || data.length(token) > MAX_IDENTIFYING_LENGTH ? -1 : token;
}

/** Bytes of a top-level element, one char code each, without padding. */
function rawValue(data: DataSet, tag: Tag): string {
  const token = tokenOf(data, tag);
  return token < 0 ? "" : trimPadding(fromLatin1(data.bytes(token))).trim();
}

function wholeValue(data: DataSet, tag: Tag, vr: VR): string {
  const token = tokenOf(data, tag);
  if (token < 0) return "";
  const text = data.text(token, vr).trim();
  return text.includes("\ufffd") ? rawValue(data, tag) : text;
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
