import { describe, expect, it } from "vitest";
import { FileChecks } from "../../bench/quality/checks.js";
import { corpusKeys } from "../../bench/quality/corpus-files.js";
import { measure, measureWithPydicom } from "../../bench/quality/measure.js";
import { ownFiles } from "../../bench/quality/own-files.js";
import { flatten } from "../../bench/quality/read.js";
import { keysFor, measuredProfiles, profileWith } from "../../bench/quality/run.js";
import { measureSamples } from "../../bench/quality/samples.js";
import { Score } from "../../bench/quality/score.js";
import { seededRandom } from "../../src/base/index.js";
import { itWithCorpus } from "../support/corpus.js";
import { rounds } from "../support/soak.js";
import { itWithTool } from "../support/tools.js";

/** A seeded slice of `npm run bench:deid-quality`, which prints the whole of it. */
const SEED = 2026;
const keys = keysFor("alpha");

/** Lost words are a matter of degree: 99.9 % over the whole bench, a little less in a slice of it. Everything else has to pass. */
function expectMet(score: Score): void {
  const broken = score.failures.filter(({ check }) => check !== "text_retained");
  expect(broken.map(({ check, file, path, what }) => `${check} ${file} ${path}: ${what}`)).toEqual([]);
  expect(score.shareOf("text_retained")).toBeGreaterThan(0.998);
}

describe("planted identifiers", () => {
  it.each(["development", "held out"] as const)("are gone and all else stays, %s half", (half) => {
    const score = new Score();
    const files = ownFiles(seededRandom(SEED), rounds(4, 60), half);
    const { released } = measure(files, profileWith("research"), keys, score);
    expect(released).toBe(files.length);
    expectMet(score);
  });

  it.each(measuredProfiles().map((profile) => ({ name: profile.name, profile })))(
    "are gone under $name",
    ({ profile }) => {
      const score = new Score();
      measure(ownFiles(seededRandom(SEED + 1), rounds(1, 10), "development"), profile, keys, score);
      expectMet(score);
    },
  );

  itWithCorpus("are gone from files that others made", (corpus) => {
    const score = new Score();
    const slice = corpus.filter((_, i) => i % rounds(6, 1) === 0);
    measure(corpusKeys(seededRandom(SEED), slice, "development"), profileWith("research"), keys, score);
    expectMet(score);
  });

  itWithTool("pydicom", "are gone for a reader that is not ours", ({ pydicom }) => {
    const score = new Score();
    const research = profileWith("research");
    const { pairs } = measure(ownFiles(seededRandom(SEED), 2, "development"), research, keys, new Score());
    expect(measureWithPydicom(pairs, research, pydicom, score)).toBe(pairs.length);
    expectMet(score);
  });

  it("are gone from the samples, whose PET values stay computable and equal", () => {
    const score = new Score();
    expect(measureSamples(1, profileWith("research"), keys, score)).toBeGreaterThan(15);
    expectMet(score);
    expect(score.lines().join("\n")).toMatch(/PET SUV equal +[1-9]/);
  });
});

it("the checks find every kind of fault in a file that was not de-identified at all", () => {
  const [key] = ownFiles(seededRandom(SEED), 1, "development");
  const flat = flatten(key!.bytes);
  const score = new Score();
  const research = profileWith("research");
  new FileChecks(
    { key: key!, before: flat, after: flat, bytes: key!.bytes },
    research.name,
    research.options,
    score,
  ).all();
  const found = new Set(score.failures.map(({ check }) => check));
  expect(found).toEqual(new Set(["text_removed", "private removed"]));
  expect(score.failures.length).toBeGreaterThan(40);
});

it("the checks find words that were lost and pixels that were changed", () => {
  const [key] = ownFiles(seededRandom(SEED), 1, "development");
  const flat = flatten(key!.bytes);
  const empty = { ...flat, elements: new Map(), pixels: "0" };
  const score = new Score();
  const research = profileWith("research");
  new FileChecks(
    { key: key!, before: flat, after: empty, bytes: key!.bytes },
    research.name,
    research.options,
    score,
  ).all();
  const found = new Set(score.failures.map(({ check }) => check));
  for (const check of ["text_retained", "text_notnull", "tag_retained", "pixels_retained", "file meta UID"])
    expect(found).toContain(check);
});
