import type { Category } from "./identifiers.js";
import type { Failure } from "./key.js";

/** Checks after MIDI-B, and those held at 100 % beside them. */
export type Check =
  | "tag_retained"
  | "text_notnull"
  | "text_retained"
  | "text_removed"
  | "date_shifted"
  | "uid_changed"
  | "uid_consistent"
  | "patid_consistent"
  | "pixels_retained"
  | "intervals kept"
  | "map injective"
  | "references resolve"
  | "file meta UID"
  | "PET SUV equal"
  | "private removed";

const RETAIN: ReadonlySet<Check> = new Set<Check>(["tag_retained", "text_notnull", "text_retained"]);
const PERFECT: ReadonlySet<Check> = new Set<Check>([
  "pixels_retained",
  "intervals kept",
  "map injective",
  "references resolve",
  "file meta UID",
  "PET SUV equal",
]);
/** Checks that are about identifiers beside text_removed, and the category they count in. */
const HIPAA_OF: Partial<Record<Check, Category>> = {
  date_shifted: "dates",
  uid_changed: "other unique",
  uid_consistent: "other unique",
  patid_consistent: "MRN",
  "private removed": "other unique",
};

interface Tally {
  passed: number;
  failed: number;
}

/** Counts passes, keeps failures. */
export class Score {
  readonly failures: Failure[] = [];
  readonly #checks = new Map<string, Tally>();
  readonly #categories = new Map<Category, Tally>();
  readonly #slices = new Map<string, Tally>();

  /** `slices` name what else the check counts for: the half, the origin of the name. */
  add(
    check: Check,
    passed: boolean,
    failure: () => Failure,
    category?: Category,
    slices: readonly string[] = [],
  ): void {
    count(this.#checks, check, passed);
    const counted = category ?? HIPAA_OF[check];
    if (counted !== undefined && !RETAIN.has(check)) count(this.#categories, counted, passed);
    for (const slice of slices) count(this.#slices, `${check}: ${slice}`, passed);
    if (!passed) this.failures.push(failure());
  }

  get total(): Tally {
    const total = { passed: 0, failed: 0 };
    for (const { passed, failed } of this.#checks.values()) {
      total.passed += passed;
      total.failed += failed;
    }
    return total;
  }

  /** Passes of one check over all of it; 1 where it was never made. */
  shareOf(check: Check): number {
    return share(this.#checks.get(check) ?? { passed: 0, failed: 0 });
  }

  /** What the requirements of the benchmark say; [] when all are met. */
  misses(): string[] {
    const misses: string[] = [];
    if (share(this.total) < 0.9999) misses.push(`overall ${percent(this.total)} < 99.99 %`);
    for (const [category, tally] of this.#categories) {
      if (tally.failed > 0) misses.push(`${tally.failed} failures among "${category}"; none is allowed`);
    }
    for (const [check, tally] of this.#checks) {
      if (RETAIN.has(check as Check) && share(tally) < 0.999)
        misses.push(`${check} ${percent(tally)} < 99.9 %`);
      if (PERFECT.has(check as Check) && tally.failed > 0)
        misses.push(`${check}: ${tally.failed} failures; none is allowed`);
    }
    return misses;
  }

  lines(): string[] {
    return [
      ...block("check", this.#checks),
      "",
      ...block("HIPAA category", this.#categories),
      "",
      ...block("slice", this.#slices),
      "",
      ...block("overall", new Map([["all checks", this.total]])),
    ];
  }
}

function count<K>(tallies: Map<K, Tally>, key: K, passed: boolean): void {
  const tally = tallies.get(key) ?? { passed: 0, failed: 0 };
  if (passed) tally.passed++;
  else tally.failed++;
  tallies.set(key, tally);
}

const share = ({ passed, failed }: Tally) => (passed + failed === 0 ? 1 : passed / (passed + failed));
const percent = (tally: Tally) => `${(Math.floor(share(tally) * 1e6) / 1e4).toFixed(4)} %`;

function block(title: string, tallies: ReadonlyMap<string, Tally>): string[] {
  const rows = [...tallies].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `${title.padEnd(46)}${"checks".padStart(10)}${"failed".padStart(9)}${"passed".padStart(13)}`,
    ...rows.map(
      ([name, tally]) =>
        name.padEnd(46) +
        String(tally.passed + tally.failed).padStart(10) +
        String(tally.failed).padStart(9) +
        percent(tally).padStart(13),
    ),
  ];
}
