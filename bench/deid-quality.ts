import { seededRandom } from "../src/base/index.js";
import type { Profile } from "../src/deid/index.js";
import { corpusFiles } from "../test/support/corpus.js";
import { tool } from "../test/support/tools.js";
import type { Half } from "./quality/compose.js";
import { corpusKeys } from "./quality/corpus-files.js";
import { limits } from "./quality/limits.js";
import { measure, measureWithPydicom } from "./quality/measure.js";
import { ownFiles } from "./quality/own-files.js";
import { keysFor, measuredProfiles } from "./quality/run.js";
import { measureSamples } from "./quality/samples.js";
import { Score } from "./quality/score.js";

const say = (line: string) => process.stdout.write(`${line}\n`);
const HALVES: readonly Half[] = ["development", "held out"];
/** Of the main profile's files, one in so many is read with pydicom too. */
const PYDICOM_SHARE = 4;

/**
 * MIDI-B's checks over identifiers planted from seeds: `npm run bench:deid-quality [-- --seed N --patients N]`.
 * Prints scores, every failure and the limits that remain; exit status 1 when a requirement is missed.
 */
function main(argv: readonly string[]): number {
  const option = (name: string, usual: number) => {
    const at = argv.indexOf(`--${name}`);
    return at < 0 ? usual : Number(argv[at + 1]);
  };
  const seed = option("seed", 1);
  const patients = option("patients", 60);
  const score = new Score();
  if (corpusFiles().length === 0) say("no corpus in ../shared/corpus or ELPIS_CORPUS: files of our own only");
  if (tool("pydicom") === undefined)
    say("no pydicom (apt-get install python3-pydicom): read with our own reader only");
  for (const [index, profile] of measuredProfiles().entries()) {
    for (const half of HALVES) measureHalf(index, profile, half, seed, patients, score);
  }
  const [research] = measuredProfiles();
  say(`samples: ${measureSamples(seed, research!, keysFor("alpha"), score)} files released`);
  return report(score, limits(seed));
}

/** One profile over one half. The main profile, the first, gets all files; the others a tenth. */
function measureHalf(
  index: number,
  profile: Profile,
  half: Half,
  seed: number,
  patients: number,
  score: Score,
): void {
  const share = index === 0 ? 1 : 0.1;
  const random = seededRandom(seed * 1000 + index * 2 + HALVES.indexOf(half));
  const corpus = corpusFiles().filter((_, i) => index === 0 || i % 10 === index % 10);
  const files = [
    ...ownFiles(random, Math.max(2, Math.round(patients * share)), half),
    ...corpusKeys(random, corpus, half),
  ];
  const { released, held, keptText, pairs } = measure(files, profile, keysFor("alpha"), score);
  const why = [...held].map(([code, count]) => `${code} ${count}`).join(", ") || "none";
  const python = tool("pydicom");
  const sample = index === 0 ? pairs.filter((_, i) => i % PYDICOM_SHARE === 0) : [];
  const read = python ? measureWithPydicom(sample, profile, python, score) : 0;
  say(
    `${profile.name}, ${half}: ${files.length} files, ${released} released, held: ${why}; ` +
      `kept-text entries ${keptText}; read with pydicom too: ${read}`,
  );
}

function report(score: Score, limitLines: readonly string[]): number {
  say("");
  for (const { check, profile, file, path, what, half } of score.failures)
    say(`FAILED ${check} [${profile}] ${half === undefined ? "" : `<${half}> `}${file} ${path}: ${what}`);
  say("");
  for (const line of [...score.lines(), "", ...limitLines]) say(line);
  const misses = score.misses();
  for (const miss of misses) say(`MISSED: ${miss}`);
  if (misses.length === 0) say("all requirements met");
  return misses.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
