import { type Random, seededRandom } from "../../src/base/index.js";
import { median } from "../support/measure.js";
import { EXAMINATION, FINDER } from "./detectors.js";
import type { HeldOut, ImageRecord, WordRecord } from "./held-out.js";
import { bootstrapMean, clusteredShare, estimateText, type Share, shareText, wilson } from "./intervals.js";
import type { Run } from "./report.js";
import { FAIR_CONTRAST } from "./scenes.js";
import { TESSERACT_APT } from "./tesseract.js";

/** A word is covered where so much of its tight box is blanked. */
const COVERED = 0.9;
/** A word whose faintest stretch has this contrast can be read from end to end. */
const LEGIBLE_THROUGHOUT = 20;
const HIGH_CONTRAST = 150;
/** What must be met: shares of words, of the image, of clean images. */
const LIMITS = { words: 0.995, highContrast: 0.999, area: 0.02, clean: 0.05 };

export function isCovered(word: WordRecord, detector: string): boolean {
  return word.covered[detector]! >= COVERED;
}

function recall(words: readonly WordRecord[], detector: string): Share {
  return shareOfWords(words, (word) => isCovered(word, detector));
}

/** Words of one image stand and fall together: the interval counts that in. */
function shareOfWords(words: readonly WordRecord[], isHit: (word: WordRecord) => boolean): Share {
  const clusters = new Map<number, { hits: number; of: number }>();
  for (const word of words) {
    const cluster = clusters.get(word.image) ?? { hits: 0, of: 0 };
    clusters.set(word.image, cluster);
    cluster.of++;
    cluster.hits += isHit(word) ? 1 : 0;
  }
  return clusteredShare([...clusters.values()]);
}

export function asked(words: readonly WordRecord[]): WordRecord[] {
  return words.filter(({ kind, contrast }) => kind === "burned-in" && contrast >= FAIR_CONTRAST);
}

/** Item 1 of what must be shown. */
export function reportHeldOut(run: Run, result: HeldOut): void {
  const { report } = run;
  report.heading("Held-out synthetic images: fonts and backgrounds never trained on");
  const fair = asked(result.words);
  const withText = result.images.filter(({ hasText }) => hasText);
  const clean = result.images.filter(({ hasText }) => !hasText);
  report.say(
    `${withText.length} images with ${result.words.length} words, ${fair.length} of them of local contrast >= ${FAIR_CONTRAST} and no marks;`,
    `${clean.length} clean images, ${clean.filter(({ hardNegatives }) => hardNegatives.length > 0).length} of them with hard negatives. ` +
      `Covered: at least ${100 * COVERED} % of the tight, turned box.`,
    "Area beyond text: what is blanked outside the words' boxes grown by 3 pixels and the gaps between words of one line; the strict number allows the bare boxes alone. Mean over images with text.",
    "",
  );
  sideBySide(run, result, fair, withText, clean);
  held(run, result, fair, withText, clean);
  breakdown(run, result, fair);
  readings(run, result);
  verdicts(run, result, fair, withText, clean);
}

function sideBySide(
  { report, seed }: Run,
  result: HeldOut,
  fair: readonly WordRecord[],
  withText: readonly ImageRecord[],
  clean: readonly ImageRecord[],
): void {
  const random = seededRandom(seed);
  const rows = result.detectors.map((name) => {
    const words = recall(fair, name);
    const [area, strict] = [beyond(withText, name, 0, random), beyond(withText, name, 1, random)];
    const flagged = cleanFlagged(clean, name);
    const ms = median(result.images.filter(({ rows }) => rows === 512).map(({ cpuMs }) => cpuMs[name]!));
    report.record(`held-out/${name}`, { words, area, strict, flagged, cpuMsOf512: ms });
    return [
      name,
      shareText(words),
      estimateText(area),
      estimateText(strict),
      shareText(flagged, 1),
      ms.toFixed(0),
    ];
  });
  const head = ["", "words covered", "area beyond text", "strict", "clean images flagged", "CPU ms, 512²"];
  report.table(head, rows);
  if (result.reads.size > 0 && !result.detectors.some((name) => name.includes("Debian")))
    report.say(`Debian's tesseract is missing: ${TESSERACT_APT}`);
}

function beyond(images: readonly ImageRecord[], name: string, which: 0 | 1, random: Random) {
  return bootstrapMean(
    images.map((image) => image.beyond[name]![which]),
    random,
  );
}

/** Of the examination also where it holds. */
function cleanFlagged(clean: readonly ImageRecord[], name: string): Share {
  const isFlagged = (image: ImageRecord) =>
    image.beyond[name]![1] > 0 || (name === EXAMINATION && image.isHeld);
  return wilson(clean.filter(isFlagged).length, clean.length);
}

/** How many images are held, and what is left in those that are not: that is what would get out. */
function held(
  { report }: Run,
  { images }: HeldOut,
  fair: readonly WordRecord[],
  withText: readonly ImageRecord[],
  clean: readonly ImageRecord[],
): void {
  const left = shareOfWords(fair, (word) => !images[word.image]!.isHeld && !isCovered(word, EXAMINATION));
  const heldText = wilson(withText.filter(({ isHeld }) => isHeld).length, withText.length);
  const heldClean = wilson(clean.filter(({ isHeld }) => isHeld).length, clean.length);
  const reasons = new Map<string, number>();
  for (const code of images.flatMap((image) => image.reasons))
    reasons.set(code, (reasons.get(code) ?? 0) + 1);
  report.say(
    `whole examination: held ${shareText(heldText, 1)} of images with text, ${shareText(heldClean, 1)} of clean ones` +
      ` (${[...reasons].map(([code, count]) => `${code} ${count}`).join(", ") || "none"})`,
    `whole examination: words left in images that are not held ${shareText(left)} of all words`,
    "",
  );
  report.record("held-out/held", { heldText, heldClean, reasons: Object.fromEntries(reasons), left });
}

interface Slice {
  readonly title: string;
  readonly of: (word: WordRecord) => readonly string[];
}

const band = (value: number, limits: readonly number[], unit: string): string => {
  const above = limits.findIndex((limit) => value < limit);
  if (above === 0) return `below ${limits[0]}${unit}`;
  return above < 0 ? `${limits.at(-1)}${unit} and more` : `${limits[above - 1]} to ${limits[above]}${unit}`;
};

function breakdown({ report }: Run, { words, images }: HeldOut, fair: readonly WordRecord[]): void {
  const slices: readonly Slice[] = [
    { title: "contrast", of: ({ contrast }) => [band(contrast, [40, 60, 100, 150.5], "")] },
    { title: "size", of: ({ size }) => [band(size, [10, 14, 20, 28], " px")] },
    { title: "script", of: ({ script }) => [script] },
    { title: "variant", of: ({ variants }) => variants },
    { title: "background", of: ({ image }) => [images[image]!.background] },
    { title: "effect", of: ({ image }) => images[image]!.effects },
    { title: "frame", of: ({ image }) => [`${images[image]!.columns} × ${images[image]!.rows}`] },
  ];
  const rows: string[][] = [];
  const add = (name: string, some: readonly WordRecord[]) => {
    const [finder, whole] = [recall(some, FINDER), recall(some, EXAMINATION)];
    report.record(`words/${name}`, { finder, whole });
    rows.push([name, String(some.length), shareText(finder, 1), shareText(whole, 1)]);
  };
  add("all, contrast >= 40", fair);
  add(
    `legible throughout (weakest >= ${LEGIBLE_THROUGHOUT})`,
    fair.filter(({ weakest }) => weakest >= LEGIBLE_THROUGHOUT),
  );
  add(
    "contrast 20 to 40",
    words.filter(({ kind, contrast }) => kind === "burned-in" && contrast >= 20 && contrast < 40),
  );
  add(
    "lone marks, contrast >= 40",
    words.filter(({ kind, contrast }) => kind === "mark" && contrast >= FAIR_CONTRAST),
  );
  for (const { title, of } of slices) {
    const groups = new Map<string, WordRecord[]>();
    for (const word of fair)
      for (const name of of(word)) groups.set(name, [...(groups.get(name) ?? []), word]);
    for (const [name, some] of [...groups].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true })))
      add(`${title}: ${name}`, some);
  }
  report.table(["words", "number", FINDER, EXAMINATION], rows);
}

function readings({ report }: Run, { reads }: HeldOut): void {
  if (reads.size === 0) return;
  const rows = [...reads].map(([name, { planted, before, afterPassed, afterHeld }]) => {
    report.record(`read/${name}`, { planted, before, afterPassed, afterHeld });
    return [name, planted, before, afterPassed, afterHeld].map(String);
  });
  report.say(
    "Planted identifiers (Latin letters and digits, 4 and more) that an OCR reads where they stand:",
  );
  report.table(["", "planted", "before", "after, passed", "after, held"], rows);
}

function verdicts(
  { report, seed }: Run,
  result: HeldOut,
  fair: readonly WordRecord[],
  withText: readonly ImageRecord[],
  clean: readonly ImageRecord[],
): void {
  const random = seededRandom(seed);
  const high = fair.filter(({ contrast }) => contrast > HIGH_CONTRAST);
  for (const name of [FINDER, EXAMINATION]) {
    const [words, bright] = [recall(fair, name), recall(high, name)];
    const [area, flagged] = [beyond(withText, name, 0, random), cleanFlagged(clean, name)];
    report.check(`${name}: words covered >= 99.5 %: ${shareText(words)}`, words.value >= LIMITS.words);
    report.check(
      `${name}: words of contrast over 150 covered >= 99.9 %: ${shareText(bright)}`,
      high.length > 0 && bright.value >= LIMITS.highContrast,
    );
    report.check(`${name}: area beyond text <= 2 %: ${estimateText(area)}`, area.value <= LIMITS.area);
    report.check(
      `${name}: clean images flagged <= 5 %: ${shareText(flagged)}`,
      flagged.value <= LIMITS.clean,
    );
  }
  for (const [name, { before, afterPassed }] of result.reads)
    report.check(
      `${name} reads no planted identifier in what passes: ${before} before, ${afterPassed} after`,
      afterPassed === 0,
    );
}
