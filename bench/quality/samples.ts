import { seededRandom } from "../../src/base/index.js";
import { sampleStudies } from "../../src/cli/samples/index.js";
import type { Profile, ProjectKeys } from "../../src/deid/index.js";
import { subject } from "./compose.js";
import type { FileKey } from "./key.js";
import { type Flat, flatten, rawText } from "./read.js";
import { run } from "./run.js";
import type { Score } from "./score.js";
import { textAt } from "./site.js";

/** The project's sample studies: nothing that names someone is left, and PET values stay computable and equal. */
export function measureSamples(seed: number, profile: Profile, keys: ProjectKeys, score: Score): number {
  const samples = [...sampleStudies(seed)];
  const nobody = subject(seededRandom(seed), "development", "ascii");
  const files: FileKey[] = samples.map(({ path, bytes }) => ({
    name: `samples/${path}`,
    bytes,
    subject: nobody,
    patient: path,
    texts: [],
    values: [],
    retained: [],
    characteristics: [],
    dates: [],
    mayBeHeld: true,
  }));
  let released = 0;
  for (const [id, outcome] of run(files, profile, keys)) {
    if (outcome.kind !== "released") continue;
    released++;
    const fail = (check: string, path: string, what: string) => () => ({
      file: files[id]!.name,
      profile: profile.name,
      check,
      path,
      what,
    });
    const raw = rawText(outcome.bytes);
    for (const token of samples[id]!.identifiers.filter((text) => /^[ -~]{5,}$/.test(text))) {
      const left = raw.includes(token.toLowerCase());
      score.add("text_removed", !left, fail("text_removed", "bytes", `${token} is left`), "names");
    }
    const [before, after] = [flatten(samples[id]!.bytes), flatten(outcome.bytes)].map(suvFactor);
    if (before !== undefined) {
      score.add("PET SUV equal", before === after, fail("PET SUV equal", "00540016", `${before} → ${after}`));
    }
  }
  return released;
}

/** Body weight in grams over the dose that is left when the scan starts (Bq): what turns Bq/ml into SUV. */
export function suvFactor(flat: Flat): number | undefined {
  const tracer = (tag: string) => textAt(flat, `00540016.0.${tag}`);
  const [weight, dose, halfLife] = [textAt(flat, "00101030"), tracer("00181074"), tracer("00181075")].map(
    Number,
  );
  const started = secondsOf(tracer("00181078"));
  const scanned = secondsOf(textAt(flat, "00080022") + textAt(flat, "00080032"));
  if (!weight || !dose || !halfLife || started === undefined || scanned === undefined) return undefined;
  return (weight * 1000) / (dose * 2 ** (-(scanned - started) / halfLife));
}

/** Seconds since 1970 of a DT with at least seconds; undefined for anything else. */
function secondsOf(text: string): number | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2}(?:\.\d+)?)/.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute] = match.slice(1, 6).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return Date.UTC(year, month - 1, day, hour, minute) / 1000 + Number(match[6]);
}
