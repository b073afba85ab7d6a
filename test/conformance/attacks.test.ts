import { describe, expect, it } from "vitest";
import {
  allValues,
  dictionaryAttack,
  guessedProjectKeys,
  intervalSignatures,
  joinAttack,
  membershipAttack,
  pixelValue,
  publicDateAttack,
  rightShifts,
  shiftGuesses,
  trueShifts,
  uidAttack,
  undatedValues,
  unkeyed,
  weekdayAttack,
} from "../../bench/quality/attacks.js";
import { keysFor, profileWith } from "../../bench/quality/run.js";
import { CALIBRATION, CONTEXT_GROUP_VERSION, release, site } from "../../bench/quality/site.js";
import { seededRandom } from "../../src/base/index.js";
import type { Profile } from "../../src/deid/index.js";
import { Tags, tagOfKeyword } from "../../src/dicom/index.js";

/** An attacker who holds every record number, all algorithms and the release, but neither a key nor a true date. */
const hospital = site(seededRandom(41), 60, 3);
const research = profileWith("research");
const keys = keysFor("alpha", 211);
const copy = release(hospital, research, keys);
const open = release(hospital, research, unkeyed("quality", "alpha"));
const guesses = guessedProjectKeys("quality", "alpha");
const mrns = hospital.allMrns.slice(0, 150);
const oldUids = hospital.patients.slice(0, 30).flatMap(({ uids }) => uids);
const originals = hospital.files.map(({ bytes }) => bytes);
const truth = trueShifts(hospital, copy);
const publicDates = [
  { tag: "00181200", date: CALIBRATION },
  { tag: "00080106", date: CONTEXT_GROUP_VERSION },
];

describe("an attacker with every record number but without the key", () => {
  it("finds no patient by a dictionary of hashes and guessed keys", () => {
    expect(dictionaryAttack(copy, mrns, "SITE", research, guesses).size).toBe(0);
  });

  it("recomputes no UID from the UIDs of the originals", () => {
    expect(uidAttack(copy, oldUids, research, guesses).size).toBe(0);
  });

  it("guesses no shift better than by chance from the record numbers", () => {
    // 60 patients and 3,650 possible days: one algorithm is right 0.016 times by chance, and three times never.
    const right = shiftGuesses(research, guesses).map((guess) => rightShifts(hospital, truth, guess));
    expect(Math.max(...right)).toBeLessThan(3);
    const chance = (right.length * 60) / 3650;
    expect(right.reduce((sum, count) => sum + count, 0)).toBeLessThan(chance + 5 * Math.sqrt(chance) + 1);
  });

  it("finds no shift by dates that everybody knows", () => {
    expect(publicDateAttack(copy, publicDates).size).toBe(0);
  });

  it("cannot tell from the digests in release.json whether an original is in it", () => {
    expect(membershipAttack(copy, originals, guesses)).toBe(0);
  });

  it("learns from one patient's true date nothing of another's shift", () => {
    expect(truth).not.toContain(0);
    expect(new Set(truth).size).toBeGreaterThan(55);
  });
});

describe("the same attacker with the key", () => {
  it("finds every patient, UID, shift and original", () => {
    const patients = dictionaryAttack(copy, mrns, "SITE", research, [keys]);
    expect(new Set(patients.values())).toEqual(new Set(hospital.patients.map(({ mrn }) => mrn)));
    expect(new Set(uidAttack(copy, oldUids, research, [keys]).values())).toEqual(new Set(oldUids));
    const [own] = shiftGuesses(research, [keys]).slice(-1);
    expect(rightShifts(hospital, truth, own!)).toBe(60);
    expect(membershipAttack(copy, originals, [keys])).toBe(originals.length);
  });
});

describe("without the safeguard the attack succeeds", () => {
  it("on pseudonyms, UIDs, shifts and digests made without a key", () => {
    expect(dictionaryAttack(open, mrns, "SITE", research, guesses).size).toBe(60);
    expect(uidAttack(open, oldUids, research, guesses).size).toBe(oldUids.length);
    const openTruth = trueShifts(hospital, open);
    const best = shiftGuesses(research, guesses).map((guess) => rightShifts(hospital, openTruth, guess));
    expect(Math.max(...best)).toBe(60);
    expect(membershipAttack(open, originals, guesses)).toBe(originals.length);
  });

  it.each([
    ["a calibration date", tagOfKeyword("DateOfLastCalibration")!],
    ["the version of a context group", tagOfKeyword("ContextGroupVersion")!],
  ])("when %s is shifted as the patient's dates are", (_, tag) => {
    const rules = new Map([[tag, { tag, action: "shift" as const, reason: "the safeguard is off" }]]);
    const careless: Profile = { ...research, rules };
    const found = publicDateAttack(release(hospital, careless, keys), publicDates);
    expect([...found].filter(([owner, days]) => truth[owner] === days)).toHaveLength(60);
  });
});

describe("two recipients who compare their copies", () => {
  const other = release(hospital, research, keysFor("beta", 211));

  it("join no file by any identifier, digest or text", () => {
    expect(joinAttack(copy, other, undatedValues)).toEqual({ right: 0, wrong: 0 });
  });

  it("join by dates no more patients than chance gives two of them the same shift", () => {
    const theirs = trueShifts(hospital, other);
    expect(truth.filter((days, i) => days === theirs[i]).length).toBeLessThan(3);
    // And dates that coincide join strangers as often.
    const { right, wrong } = joinAttack(copy, other, allValues);
    expect(right).toBeLessThan(9);
    expect(wrong).toBeLessThan(copy.files.length / 10);
  });

  it("join every file where one key serves both", () => {
    const same = release(hospital, research, keys);
    expect(joinAttack(copy, same, allValues).right).toBe(copy.files.length);
  });

  it("join every file by its pixels, and patients by their intervals: the limits that are stated", () => {
    expect(joinAttack(copy, other, pixelValue)).toEqual({ right: copy.files.length, wrong: 0 });
    const [mine, theirs] = [intervalSignatures(copy), intervalSignatures(other)];
    expect([...mine].filter(([owner, days]) => theirs.get(owner) === days)).toHaveLength(60);
  });
});

describe("days of the week", () => {
  it("tell the shift modulo 7 of a patient with very many studies, and nothing of one with few: a limit that is stated", () => {
    const right = (studies: number) => {
      const busy = site(seededRandom(studies), 20, studies);
      const given = release(busy, research, keys);
      const shifts = trueShifts(busy, given);
      const told = [...weekdayAttack(given)].filter(([, shift]) => shift !== undefined);
      for (const [owner, shift] of told) expect(shift).toBe(((shifts[owner]! % 7) + 7) % 7);
      return told.length;
    };
    expect(right(1)).toBe(0);
    expect(right(60)).toBe(20);
  });
});

it("attacks a release that still has the dates it is about", () => {
  expect(copy.files[0]!.flat.elements.get("00080020")?.text).toMatch(/^\d{8}$/);
  expect(copy.files[0]!.flat.elements.has(Tags.StudyDate.toString(16).toUpperCase().padStart(8, "0"))).toBe(
    true,
  );
});
