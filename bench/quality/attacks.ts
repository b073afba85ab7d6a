import { createHash, createHmac } from "node:crypto";
import {
  dateOffset,
  deriveProjectKeys,
  type Profile,
  type ProjectKeys,
  patientKeyOf,
  pseudonyms,
  UidMap,
} from "../../src/deid/index.js";
import { daysBetween } from "./cross.js";
import { type Release, type Site, textAt } from "./site.js";

/**
 * Attacks on a release by somebody who holds every record number of the site, all algorithms and the release
 * itself, release.json included. Each returns what it found; the tests compare that with the truth.
 */

/** A way to make bytes from an identifier, by name. */
interface Digest {
  readonly name: string;
  readonly of: (text: string) => Uint8Array;
}

/** Keys that people choose, and those that can be read off a release. */
const GUESSED_KEYS = [
  "",
  "0",
  "secret",
  "password",
  "changeme",
  "elpis",
  "elpis/1",
  "dicom",
  "key",
  "quality",
  "alpha",
  "default",
  "\0".repeat(32),
];
const HASHES = ["md5", "sha1", "sha256", "sha512"];

/** Plain hashes, and HMACs under guessed keys. */
function plainDigests(): Digest[] {
  return HASHES.flatMap((hash) => [
    { name: hash, of: (text: string) => createHash(hash).update(text).digest() },
    ...GUESSED_KEYS.map((key) => ({
      name: `HMAC-${hash} under ${JSON.stringify(key)}`,
      of: (text: string) => createHmac(hash, key).update(text).digest(),
    })),
  ]);
}

/** Keys as this software derives them, from site secrets that somebody might have chosen, and no key at all. */
export function guessedProjectKeys(project: string, recipient: string): ProjectKeys[] {
  const secrets = [
    ...[0, 1, 0xff].map((byte) => new Uint8Array(32).fill(byte)),
    ...GUESSED_KEYS.map((text) => new Uint8Array(createHash("sha256").update(text).digest())),
  ];
  return [
    ...secrets.map((secret) => deriveProjectKeys(secret, project, recipient)),
    unkeyed(project, recipient),
  ];
}

/** The safeguard switched off: the same algorithms without a secret. */
export function unkeyed(project: string, recipient: string): ProjectKeys {
  const none = new Uint8Array(0);
  return {
    ...deriveProjectKeys(new Uint8Array(32), project, recipient),
    uid: none,
    patient: none,
    dates: none,
    input: none,
  };
}

const BASE32 = ["0123456789ABCDEFGHJKMNPQRSTVWXYZ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"];

/** How a digest is written where letters and digits are wanted. */
function spellings(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes);
  const base32 = BASE32.map((alphabet) => {
    let bits = 0n;
    for (const byte of bytes.subarray(0, 16)) bits = (bits << 8n) | BigInt(byte);
    return Array.from({ length: 25 }, (_, i) => alphabet[Number((bits >> BigInt(123 - 5 * i)) & 31n)]).join(
      "",
    );
  });
  return [
    buffer.toString("hex"),
    buffer.toString("base64"),
    BigInt(`0x${buffer.toString("hex")}`).toString(),
    ...base32,
  ];
}

/** Ways in which a record number may be fed to an algorithm. */
function inputs(mrn: string, issuer: string): string[] {
  const key = patientKeyOf(issuer, mrn);
  return [
    mrn,
    mrn.toLowerCase(),
    `${issuer}${mrn}`,
    `${mrn}${issuer}`,
    `${issuer}|${mrn}`,
    `${issuer}^${mrn}`,
    key,
    `pseudonym${key}`,
  ];
}

/** Pseudonyms by dictionary: released Patient ID → record number, for every record number and algorithm. */
export function dictionaryAttack(
  target: Release,
  mrns: readonly string[],
  issuer: string,
  profile: Profile,
  guesses: readonly ProjectKeys[],
): Map<string, string> {
  const ids = new Set(target.files.map(({ flat }) => textAt(flat, "00100020")));
  const length = [...ids][0]?.length ?? 0;
  const found = new Map<string, string>();
  const digests = plainDigests();
  for (const mrn of mrns) {
    const words = inputs(mrn, issuer);
    const candidates = digests.flatMap(({ of }) => words.flatMap((word) => spellings(of(word))));
    candidates.push(...guesses.map((keys) => pseudonyms(patientKeyOf(issuer, mrn), profile, keys).patientId));
    for (const candidate of candidates) {
      const id = candidate.slice(0, length).toUpperCase();
      if (ids.has(id)) found.set(id, mrn);
    }
  }
  return found;
}

/** UIDs by recomputation: released UID → old UID, for UIDs known from elsewhere. */
export function uidAttack(
  target: Release,
  known: readonly string[],
  profile: Profile,
  guesses: readonly ProjectKeys[],
): Map<string, string> {
  const released = new Set(
    target.files.flatMap(({ flat }) =>
      [...flat.elements.values()]
        .filter(({ vr }) => vr === "UI")
        .map(({ text }) => text.replace(/[\0 ]+$/, "")),
    ),
  );
  const tails = new Map([...released].map((uid) => [uid.slice(profile.uidRoot.length + 1), uid]));
  const maps = guesses.map((keys) => new UidMap(keys, profile.uidRoot));
  const found = new Map<string, string>();
  for (const old of known) {
    for (const { of } of plainDigests()) {
      for (const uid of uuidSpellings(of(old))) if (tails.has(uid)) found.set(tails.get(uid)!, old);
    }
    for (const map of maps) if (released.has(map.map(old))) found.set(map.map(old), old);
    if (released.has(old)) found.set(old, old);
  }
  return found;
}

/** 128 bits of a digest as a number: bare, and with the version and variant bits of UUIDs 3, 4, 5 and 8. */
function uuidSpellings(bytes: Uint8Array): string[] {
  return [0, 3, 4, 5, 8].map((version) => {
    const uuid = bytes.slice(0, 16);
    if (version > 0) {
      uuid[6] = (uuid[6]! & 0x0f) | (version << 4);
      uuid[8] = (uuid[8]! & 0x3f) | 0x80;
    }
    return BigInt(`0x${Buffer.from(uuid).toString("hex")}`).toString();
  });
}

/** An algorithm that claims to know a patient's shift in days. */
export interface ShiftGuess {
  readonly name: string;
  readonly days: (mrn: string, issuer: string) => number;
}

/** Shifts as functions of the record number: hashes modulo the range that release.json states, and guessed keys. */
export function shiftGuesses(
  { dateShift, ...profile }: Profile,
  guesses: readonly ProjectKeys[],
): ShiftGuess[] {
  const { minDays, maxDays } = dateShift;
  const range = BigInt(maxDays - minDays + 1);
  const plain = plainDigests().flatMap(({ name, of }) =>
    inputs("", "").map((_, form) => ({
      name: `${name}, form ${form}`,
      days: (mrn: string, issuer: string) => {
        const digest = Buffer.from(of(inputs(mrn, issuer)[form]!)).toString("hex");
        return minDays + Number(BigInt(`0x${digest}`) % range);
      },
    })),
  );
  const keyed = guesses.map((keys, i) => ({
    name: `own algorithm, guessed key ${i}`,
    days: (mrn: string, issuer: string) =>
      dateOffset(patientKeyOf(issuer, mrn), { ...profile, dateShift }, keys),
  }));
  return [...plain, ...keyed];
}

/** How many of the patients' shifts an algorithm gets right. */
export function rightShifts(from: Site, truth: readonly number[], guess: ShiftGuess): number {
  return from.patients.filter(({ mrn, issuer }, i) => guess.days(mrn, issuer) === truth[i]).length;
}

/** The true shifts in days: for the referee, never for the attacker. */
export function trueShifts(from: Site, target: Release): number[] {
  return from.patients.map(({ studies }, owner) => {
    const file = target.files.find((candidate) => candidate.owner === owner)!;
    return daysBetween(studies[0]!, textAt(file.flat, "00080020"))!;
  });
}

/**
 * Shifts by dates that everybody knows: owner → days, where a released date claims to be a public one and lies
 * within the range that release.json states. A dummy does not.
 */
export function publicDateAttack(
  target: Release,
  publicDates: readonly { readonly tag: string; readonly date: string }[],
): Map<number, number> {
  const found = new Map<number, number>();
  for (const { owner, flat } of target.files) {
    for (const [path, { text }] of flat.elements) {
      const known = publicDates.find(({ tag }) => path.endsWith(tag));
      const days = known && daysBetween(known.date, text);
      if (days !== undefined && days !== 0 && Math.abs(days) <= 3650) found.set(owner, days);
    }
  }
  return found;
}

/** Which pairs of files of two recipients are told to be the same, by values that are equal in both. */
export function joinAttack(
  left: Release,
  right: Release,
  valuesOf: (file: Release["files"][number]) => readonly string[],
): { right: number; wrong: number } {
  const index = new Map<string, Set<number>>();
  right.files.forEach((file, i) => {
    for (const value of valuesOf(file))
      if (value !== "") index.set(value, (index.get(value) ?? new Set()).add(i));
  });
  const joined = { right: 0, wrong: 0 };
  left.files.forEach((file, i) => {
    // Values that many files share tell nothing; one that a single file of the other copy has, does.
    const matches = new Set(
      valuesOf(file).flatMap((value) => (index.get(value)?.size === 1 ? [...index.get(value)!] : [])),
    );
    for (const match of matches) {
      if (match === i) joined.right++;
      else joined.wrong++;
    }
  });
  return joined;
}

/** Every text, number and UID of a file but its pixels. */
export const allValues = ({ flat, sha256, input }: Release["files"][number]): string[] => [
  ...[...flat.elements].map(([path, { text }]) => `${path}=${text}`),
  flat.metaUid,
  sha256,
  input,
];
/** The same without dates, which coincide by chance once in as many patients as the shift has days. */
export const undatedValues = (file: Release["files"][number]): string[] => {
  const dated = new Set(
    [...file.flat.elements]
      .filter(([, { vr }]) => vr === "DA" || vr === "DT")
      .map(([path, { text }]) => `${path}=${text}`),
  );
  return allValues(file).filter((value) => !dated.has(value));
};
export const pixelValue = ({ flat }: Release["files"][number]): string[] => [flat.pixels];

/** Days between a patient's studies in order: a shift keeps them. By patient. */
export function intervalSignatures(target: Release): Map<number, string> {
  const dates = new Map<number, string[]>();
  for (const { owner, flat } of target.files)
    dates.set(owner, [...(dates.get(owner) ?? []), textAt(flat, "00080020")]);
  return new Map(
    [...dates].map(([owner, days]) => {
      days.sort();
      return [
        owner,
        days
          .slice(1)
          .map((day, i) => daysBetween(days[i]!, day))
          .join(" "),
      ];
    }),
  );
}

/** Shift modulo 7 from the days of the week alone, for a site that never works on weekends; undefined while several fit. */
export function weekdayAttack(target: Release): Map<number, number | undefined> {
  const possible = new Map<number, Set<number>>();
  for (const { owner, flat } of target.files) {
    const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})/.exec(textAt(flat, "00080020")) ?? [];
    const weekday = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDay();
    const left = possible.get(owner) ?? new Set([0, 1, 2, 3, 4, 5, 6]);
    for (const shift of left) {
      const original = (weekday - shift + 7) % 7;
      if (original === 0 || original === 6) left.delete(shift);
    }
    possible.set(owner, left);
  }
  return new Map([...possible].map(([owner, left]) => [owner, left.size === 1 ? [...left][0] : undefined]));
}

/** Tells whether an original that the attacker holds is in a release, by digests of it. */
export function membershipAttack(
  target: Release,
  originals: readonly Uint8Array[],
  guesses: readonly ProjectKeys[],
): number {
  const digests = new Set(target.files.flatMap(({ sha256, input }) => [sha256, input]));
  const ways = [
    ...plainDigests().map(({ name, of }) => ({
      name,
      of: (bytes: Uint8Array) => of(bytes as unknown as string),
    })),
    ...guesses.map((keys) => ({
      name: "guess",
      of: (bytes: Uint8Array) => createHmac("sha256", keys.input).update(bytes).digest(),
    })),
  ];
  return originals.filter((bytes) =>
    ways.some(({ of }) => digests.has(Buffer.from(of(bytes)).toString("hex"))),
  ).length;
}
