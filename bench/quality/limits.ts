import { pick, seededRandom } from "../../src/base/index.js";
import { cleanText, compileIdentifiers } from "../../src/text/index.js";
import { intervalSignatures, joinAttack, pixelValue, weekdayAttack } from "./attacks.js";
import { DESCRIPTORS } from "./descriptors.js";
import { person, pnOf } from "./people.js";
import { keysFor, profileWith } from "./run.js";
import { release, site } from "./site.js";

const PATIENTS = 40;

/** What remains by design, measured: lines to print. None of it counts in the scores. */
export function limits(seed: number): string[] {
  return [...weekdays(seed), ...intervals(seed), ...wordNames(seed)];
}

/** A shift by whole days moves the day of the week; a site that rests on weekends gives it away study by study. */
function weekdays(seed: number): string[] {
  return [1, 5, 10, 20, 40, 80].map((studies) => {
    const hospital = site(seededRandom(seed + studies), PATIENTS, studies);
    const told = [...weekdayAttack(release(hospital, profileWith("research"), keysFor("alpha")))].filter(
      ([, shift]) => shift !== undefined,
    );
    return `limit: shift modulo 7 told by days of the week, ${studies} studies a patient: ${told.length} of ${PATIENTS} patients`;
  });
}

/** Two recipients' copies: pixels are equal, and so are the days between a patient's studies. */
function intervals(seed: number): string[] {
  return [1, 2, 3].map((studies) => {
    const hospital = site(seededRandom(seed + 100 + studies), PATIENTS, studies);
    const [mine, theirs] = ["alpha", "beta"].map((recipient) =>
      release(hospital, profileWith("research"), keysFor(recipient)),
    );
    const [left, right] = [intervalSignatures(mine!), intervalSignatures(theirs!)];
    const all = [...right.values()];
    const joined = [...left].filter(
      ([owner, days]) => right.get(owner) === days && all.filter((other) => other === days).length === 1,
    );
    const pixels = joinAttack(mine!, theirs!, pixelValue).right;
    return (
      `limit: two recipients join ${joined.length} of ${PATIENTS} patients with ${studies} studies by intervals, ` +
      `${pixels} of ${mine!.files.length} files by pixels`
    );
  });
}

/** A surname that is a word, alone behind a descriptor: the hardest case, in which a person may be unsure too. */
function wordNames(seed: number): string[] {
  const random = seededRandom(seed + 500);
  const count = { removed: 0, reported: 0, kept: 0 };
  for (let i = 0; i < 1000; i++) {
    const who = person(random, "word");
    const matcher = compileIdentifiers({ names: [pnOf(who)], ids: [], dates: [], other: [] });
    const text = `${pick(random, DESCRIPTORS)} ${who.family}`;
    const { findings, suspicious } = cleanText(text, matcher, { removeDates: true });
    const at = text.length - who.family.length;
    if (findings.some(({ end }) => end > at)) count.removed++;
    else if (suspicious.some(({ end }) => end > at)) count.reported++;
    else count.kept++;
  }
  return [
    `limit: a surname that is a word, bare behind a descriptor (1000 texts): removed ${count.removed}, ` +
      `kept and listed for review ${count.reported}, kept unlisted ${count.kept}`,
  ];
}
