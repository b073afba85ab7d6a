// Trains the text finder on synthetic scenes and writes its weights, quantised, into src/pixels/finder/weights.ts:
//   npm run train:text-finder -- [--seed N] [--checkpoint FILE] [--phase N --start FILE] [--finish FILE]
// --checkpoint keeps the parameters as they are learnt (safetensors; the last of phase 1 in FILE.1), --phase and
// --start go on from such a file, --finish only quantises one.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Random, randomInt, seededRandom } from "../src/base/index.js";
import {
  adam,
  binaryCrossEntropyWithLogits,
  clipGradients,
  cosineRate,
  fastestKernels,
  grad,
  movingAverage,
  readParameters,
  type Tensor,
  tensor,
  useKernels,
  variable,
  writeParameters,
} from "../src/compute/index.js";
import { TILE_IS } from "./text-finder/dump.js";
import { freshModel, logitsOf, MIDDLE, SPREAD } from "./text-finder/model.js";
import { type Example, ExamplePool, SCENE, type Series } from "./text-finder/pool.js";
import { weightsModule } from "./text-finder/weights.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const WEIGHTS = join(root, "src/pixels/finder/weights.ts");

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "2026" },
    checkpoint: { type: "string" },
    phase: { type: "string", default: "1" },
    start: { type: "string" },
    finish: { type: "string" },
  },
});

interface Phase {
  readonly steps: number;
  readonly peakRate: number;
  readonly warmUp: number;
  /** A tile of text weighs so much more than one without. */
  readonly textWeight: number;
  /** A tile beside text counts as none, with so much weight: text is to end where it ends. */
  readonly rimWeight: number;
  readonly amounts: Series["amounts"];
  /** New scenes take the place of those that are known best, so that hard ones stay longer. */
  readonly keepsHardest: boolean;
}

/** First what text looks like, rather seen twice than missed; then what only looks like it. */
const PHASES: readonly Phase[] = [
  {
    steps: 12_000,
    peakRate: 3e-3,
    warmUp: 200,
    textWeight: 3,
    rimWeight: 0,
    amounts: ["none", "some", "some", "much"],
    keepsHardest: false,
  },
  {
    steps: 4_500,
    peakRate: 1.5e-3,
    warmUp: 200,
    textWeight: 2.5,
    rimWeight: 0.15,
    amounts: ["none", "some", "none", "much"],
    keepsHardest: true,
  },
];

/** Scenes of one step, and how many of the kept ones make room for new ones after it. */
const BATCH = 8;
const RENEWED = 2;
/** Scenes kept to choose from, and among how many of them the best known is sought. */
const KEPT = 2400;
const COMPARED = 6;
const REPORT_EVERY = 100;

const TILES = (SCENE / 4) ** 2;

interface Batch {
  readonly examples: readonly Example[];
  readonly planes: Tensor;
  readonly targets: Tensor;
  readonly weights: Tensor;
}

/** Scenes drawn from the kept ones, each with its own brightness, contrast and polarity. */
function draw(kept: readonly Example[], { textWeight, rimWeight }: Phase, random: Random): Batch {
  const examples: Example[] = [];
  const planes = new Float32Array(BATCH * SCENE * SCENE);
  const targets = new Float32Array(BATCH * TILES);
  const weightOf = { 0: 1, [TILE_IS.text]: textWeight, [TILE_IS.rim]: rimWeight, [TILE_IS.faint]: 0 };
  const weights = new Float32Array(BATCH * TILES);
  for (let image = 0; image < BATCH; image++) {
    const example = kept[randomInt(random, 0, kept.length - 1)]!;
    const { plane, mask } = example;
    examples.push(example);
    const gain = (random() < 0.5 ? -1 : 1) * (0.6 + 0.6 * random());
    const offset = 0.6 * random() - 0.3;
    for (let i = 0; i < plane.length; i++) {
      const level = (gain * (plane[i]! - MIDDLE)) / SPREAD + offset;
      // What a plane of 8 bits could not hold is cut, as a display would.
      planes[image * plane.length + i] = Math.min(255 - MIDDLE, Math.max(-MIDDLE, level * SPREAD)) / SPREAD;
    }
    for (let i = 0; i < TILES; i++) {
      const at = image * TILES + i;
      const kind = mask[i] as keyof typeof weightOf;
      targets[at] = kind === TILE_IS.text ? 1 : 0;
      weights[at] = weightOf[kind];
    }
  }
  const tiles = [BATCH, 1, SCENE / 4, SCENE / 4];
  return {
    examples,
    planes: tensor(planes, [BATCH, 1, SCENE, SCENE]),
    targets: tensor(targets, tiles),
    weights: tensor(weights, tiles),
  };
}

/** Notes in each example how large its own loss was. */
function noteLosses({ examples, targets, weights }: Batch, logits: Tensor): void {
  for (const [image, example] of examples.entries()) {
    let sum = 0;
    for (let i = image * TILES; i < (image + 1) * TILES; i++) {
      const signed = targets.data[i] === 1 ? -logits.data[i]! : logits.data[i]!;
      sum += weights.data[i]! * (Math.max(0, signed) + Math.log1p(Math.exp(-Math.abs(signed))));
    }
    example.loss = sum;
  }
}

/** The place that a new scene takes. */
function placeToRenew(kept: readonly Example[], keepsHardest: boolean, random: Random): number {
  let place = randomInt(random, 0, kept.length - 1);
  for (let i = 1; keepsHardest && i < COMPARED; i++) {
    const other = randomInt(random, 0, kept.length - 1);
    if (kept[other]!.loss < kept[place]!.loss) place = other;
  }
  return place;
}

/** Trains the model in place through one phase and returns the moving average of its parameters. */
async function train(
  model: Map<string, Tensor>,
  phase: Phase,
  seed: number,
  random: Random,
): Promise<Map<string, Tensor>> {
  const { steps, peakRate, warmUp, amounts, keepsHardest } = phase;
  const parameters = [...model.values()];
  const optimiser = adam(parameters, { rate: peakRate, weightDecay: 1e-4 });
  const average = movingAverage(parameters, 0.998);
  const averaged = () =>
    new Map(
      [...model.keys()].map((name, i) => [name, variable(average.values[i]!.slice(), parameters[i]!.shape)]),
    );
  const pool = new ExamplePool({ seed, amounts });
  const kept: Example[] = [];
  const progress = new Progress(steps);
  for (let step = 0; step < steps; step++) {
    // The pool fills while training has begun: scene n is there from step n/8 on, on every machine.
    for (let i = 0; i < (kept.length < KEPT ? BATCH : RENEWED); i++) {
      const example = await pool.next();
      if (kept.length < KEPT) kept.push(example);
      else kept[placeToRenew(kept, keepsHardest, random)] = example;
    }
    const batch = draw(kept, phase, random);
    const logits = logitsOf(model, batch.planes);
    const error = binaryCrossEntropyWithLogits(logits, batch.targets, batch.weights);
    const gradients = grad(error, parameters);
    clipGradients(gradients, 1);
    optimiser.step(gradients, cosineRate(step, { peak: peakRate, steps, warmUp, floor: 1e-5 }));
    average.update();
    noteLosses(batch, logits);
    if (progress.done(error.item()) && options.checkpoint)
      writeFileSync(options.checkpoint, writeParameters(averaged()));
  }
  await pool.close();
  return averaged();
}

class Progress {
  readonly #steps: number;
  readonly #started = performance.now();
  #step = 0;
  #loss = 0;

  constructor(steps: number) {
    this.#steps = steps;
  }

  /** Counts a step; true where it was one to report. */
  done(loss: number): boolean {
    this.#loss += loss;
    if (++this.#step % REPORT_EVERY !== 0) return false;
    const minutes = (performance.now() - this.#started) / 60_000;
    const left = Math.round((minutes / this.#step) * (this.#steps - this.#step));
    say(
      `step ${this.#step} of ${this.#steps}: loss ${(this.#loss / REPORT_EVERY).toFixed(4)}, ${left} min left`,
    );
    this.#loss = 0;
    return true;
  }
}

const say = (text: string) => void process.stderr.write(`${text}\n`);

function whole(text: string, option: string, most: number): number {
  if (!/^[1-9]\d{0,8}$/.test(text) || Number(text) > most)
    throw new RangeError(`--${option} is a number from 1 to ${most}`);
  return Number(text);
}

async function trainedModel(seed: number): Promise<Map<string, Tensor>> {
  useKernels(fastestKernels());
  const first = whole(options.phase, "phase", PHASES.length);
  if (first > 1 !== (options.start !== undefined)) throw new RangeError("--phase and --start go together");
  let random = seededRandom(seed + first - 1);
  let model = options.start ? readParameters(readFileSync(options.start)) : freshModel(random);
  for (let phase = first; phase <= PHASES.length; phase++) {
    say(`phase ${phase} of ${PHASES.length}`);
    // Each phase has scenes and random numbers of its own, so that it can begin from a file.
    if (phase > first) random = seededRandom(seed + phase - 1);
    model = await train(model, PHASES[phase - 1]!, seed + phase - 1, random);
    if (options.checkpoint) writeFileSync(`${options.checkpoint}.${phase}`, writeParameters(model));
  }
  return model;
}

const seed = whole(options.seed, "seed", 999_999_999);
const model = options.finish ? readParameters(readFileSync(options.finish)) : await trainedModel(seed);
const { source, report } = weightsModule(model, { seed, phases: PHASES.map(({ steps }) => steps) });
writeFileSync(WEIGHTS, source);
say(report);
