import { seededRandom } from "../src/base/index.js";
import { corpusFiles } from "../test/support/corpus.js";
import type { Half } from "./quality/compose.js";
import { corpusKeys } from "./quality/corpus-files.js";
import { measure } from "./quality/measure.js";
import { ownFiles } from "./quality/own-files.js";
import { keysFor, measuredProfiles } from "./quality/run.js";
import { Score } from "./quality/score.js";

/**
 * MIDI-B's checks over identifiers planted from seeds: `npm run bench:deid-quality [-- --seed N --patients N]`.
 * Prints scores and every failure; exit status 1 when a requirement is missed.
 */
function main(argv: readonly string[]): number {
  const option = (name: string, usual: number) => {
    const at = argv.indexOf(`--${name}`);
    return at < 0 ? usual : Number(argv[at + 1]);
  };
  const seed = option("seed", 1);
  const patients = option("patients", 60);
  const score = new Score();
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const corpus = corpusFiles();
  if (corpus.length === 0) say("no corpus in ../shared/corpus or ELPIS_CORPUS: files of our own only");
  for (const [index, profile] of measuredProfiles().entries()) {
    // The main profile gets all; the others a slice, for they share nearly all of what they do.
    const share = index === 0 ? 1 : 0.1;
    for (const half of ["development", "held out"] as Half[]) {
      const random = seededRandom(seed * 1000 + index * 2 + (half === "development" ? 0 : 1));
      const files = [
        ...ownFiles(random, Math.max(2, Math.round(patients * share)), half),
        ...corpusKeys(
          random,
          corpus.filter((_, i) => index === 0 || i % 10 === index % 10),
          half,
        ),
      ];
      const { released, held, keptText } = measure(files, profile, keysFor("alpha"), score);
      const why = [...held].map(([code, count]) => `${code} ${count}`).join(", ");
      say(
        `${profile.name}, ${half}: ${files.length} files, ${released} released, held: ${why || "none"}; kept-text entries ${keptText}`,
      );
    }
  }
  say("");
  for (const { check, profile, file, path, what, half } of score.failures)
    say(`FAILED ${check} [${profile}] ${half === undefined ? "" : `<${half}> `}${file} ${path}: ${what}`);
  say("");
  for (const line of score.lines()) say(line);
  const misses = score.misses();
  for (const miss of misses) say(`MISSED: ${miss}`);
  return misses.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
