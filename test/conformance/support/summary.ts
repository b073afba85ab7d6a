import type { Trial } from "./trial.js";

/** A kind of message or reason, where it first occurred and how often. */
export interface Row {
  readonly kind: string;
  readonly files: number;
  readonly example: string;
}

function tally(found: Iterable<readonly [kind: string, subject: string]>): Row[] {
  const rows = new Map<string, { files: Set<string>; example: string }>();
  for (const [kind, subject] of found) {
    const row = rows.get(kind) ?? { files: new Set(), example: subject };
    row.files.add(subject);
    rows.set(kind, row);
  }
  return [...rows]
    .map(([kind, { files, example }]) => ({ kind, files: files.size, example }))
    .sort((a, b) => b.files - a.files || (a.kind < b.kind ? -1 : 1));
}

const each = (trials: readonly Trial[], kinds: (trial: Trial) => Iterable<string>) =>
  tally(trials.flatMap((trial) => [...kinds(trial)].map((kind) => [kind, trial.subject] as const)));

/** What a set of trials comes to. Files are counted once for each kind. */
export function summarise(trials: readonly Trial[]) {
  return {
    subjects: new Set(trials.map(({ subject }) => subject)).size,
    released: trials.filter(({ held }) => !held).length,
    held: each(trials, ({ held }) => (held ?? []).map(({ code, detail }) => `${code}: ${detail}`)),
    unreadable: each(trials, ({ unreadable }) => unreadable),
    newErrors: each(trials, ({ newErrors }) => newErrors.keys()),
    newWarnings: each(trials, ({ newWarnings }) => newWarnings.keys()),
    undecided: each(trials, ({ undecided }) => undecided),
  };
}

export type Summary = ReturnType<typeof summarise>;
