import type { Profile, ProjectKeys } from "../../src/deid/index.js";
import { FileChecks, type Pair } from "./checks.js";
import { CrossChecks } from "./cross.js";
import type { FileKey } from "./key.js";
import { flattenWithPydicom } from "./pydicom.js";
import { flatten } from "./read.js";
import { type Outcome, run } from "./run.js";
import type { Score } from "./score.js";

/** What one release came to, beside its score. */
export interface Measured {
  readonly released: number;
  /** Number of held files by reason. */
  readonly held: ReadonlyMap<string, number>;
  readonly keptText: number;
  readonly pairs: readonly Pair[];
}

/** De-identifies the files under a profile and scores what came out. */
export function measure(
  files: readonly FileKey[],
  profile: Profile,
  keys: ProjectKeys,
  score: Score,
): Measured {
  const outcomes = run(files, profile, keys);
  const pairs = pairsOf(files, outcomes);
  for (const pair of pairs) new FileChecks(pair, profile.name, profile.options, score).all();
  new CrossChecks(profile.name, profile.options, score).all(pairs);
  const held = new Map<string, number>();
  let keptText = 0;
  for (const [id, outcome] of outcomes) {
    if (outcome.kind === "released") {
      keptText += outcome.instance.keptText.length;
      continue;
    }
    for (const code of new Set(outcome.reasons.map((reason) => reason.code)))
      held.set(code, (held.get(code) ?? 0) + 1);
    const file = files[id]!;
    const why = () => outcome.reasons.map(({ code, detail }) => `${code} ${detail}`).join("; ");
    if (!file.mayBeHeld) {
      score.add("tag_retained", false, () => ({
        file: file.name,
        profile: profile.name,
        check: "tag_retained",
        path: "",
        what: `held: ${why()}`,
      }));
    }
  }
  return { released: pairs.length, held, keptText, pairs };
}

/** The same pairs as pydicom reads them; those that it cannot read before are left out. Scores them again. */
export function measureWithPydicom(
  pairs: readonly Pair[],
  profile: Profile,
  python: string,
  score: Score,
): number {
  const before = flattenWithPydicom(
    python,
    pairs.map(({ key }) => key.bytes),
  );
  const after = flattenWithPydicom(
    python,
    pairs.map(({ bytes }) => bytes),
  );
  const read = pairs.flatMap((pair, i) => {
    const [old, now] = [before[i], after[i]];
    if (old === undefined) return [];
    const readable = now !== undefined;
    score.add("tag_retained", readable, () => ({
      file: pair.key.name,
      profile: profile.name,
      check: "tag_retained",
      path: "",
      what: "pydicom could read the file before, and cannot now",
    }));
    return readable ? [{ ...pair, before: old, after: now }] : [];
  });
  for (const pair of read) new FileChecks(pair, profile.name, profile.options, score).all();
  new CrossChecks(profile.name, profile.options, score).all(read);
  return read.length;
}

function pairsOf(files: readonly FileKey[], outcomes: ReadonlyMap<number, Outcome>): Pair[] {
  return files.flatMap((key, id) => {
    const outcome = outcomes.get(id);
    if (outcome?.kind !== "released") return [];
    return [{ key, before: flatten(key.bytes), after: flatten(outcome.bytes), bytes: outcome.bytes }];
  });
}
