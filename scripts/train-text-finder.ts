// Trains the text finder on synthetic scenes and writes its weights, quantised, into src/pixels/finder/weights.ts:
//   npm run train:text-finder -- [--steps N] [--seed N] [--checkpoint FILE] [--finish FILE]
// --checkpoint keeps the parameters as they are learnt (safetensors), --finish only quantises such a file.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
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
  writeParameters,
} from "../src/compute/index.js";
import { freshModel, logitsOf, MIDDLE, SPREAD } from "./text-finder/model.js";
import { type Example, ExamplePool, SCENE } from "./text-finder/pool.js";
import { weightsModule } from "./text-finder/weights.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const WEIGHTS = join(root, "src/pixels/finder/weights.ts");

const { values: options } = parseArgs({
  options: {
    steps: { type: "string", default: "12000" },
    seed: { type: "string", default: "2026" },
    checkpoint: { type: "string" },
    finish: { type: "string" },
  },
});

/** Scenes of one step, and how many of the kept ones make room for new ones after it. */
const BATCH = 8;
const RENEWED = 2;
/** Scenes kept to choose from. */
const KEPT = 2400;
const PEAK_RATE = 3e-3;
const WARM_UP = 200;
/** A tile of text weighs so much more than one without: missing a name is worse than blanking a rib. */
const TEXT_WEIGHT = 3;
const REPORT_EVERY = 100;

const TILES = (SCENE / 4) ** 2;

interface Batch {
  readonly planes: Tensor;
  readonly targets: Tensor;
  readonly weights: Tensor;
}

/** Scenes drawn from the kept ones, each with its own brightness, contrast and polarity. */
function draw(kept: readonly Example[], random: Random): Batch {
  const planes = new Float32Array(BATCH * SCENE * SCENE);
  const targets = new Float32Array(BATCH * TILES);
  const weights = new Float32Array(BATCH * TILES);
  for (let image = 0; image < BATCH; image++) {
    const { plane, mask } = kept[randomInt(random, 0, kept.length - 1)]!;
    const gain = (random() < 0.5 ? -1 : 1) * (0.6 + 0.6 * random());
    const offset = 0.6 * random() - 0.3;
    for (let i = 0; i < plane.length; i++) {
      const level = (gain * (plane[i]! - MIDDLE)) / SPREAD + offset;
      // What a plane of 8 bits could not hold is cut, as a display would.
      planes[image * plane.length + i] = Math.min(255 - MIDDLE, Math.max(-MIDDLE, level * SPREAD)) / SPREAD;
    }
    for (let i = 0; i < TILES; i++) {
      const at = image * TILES + i;
      targets[at] = mask[i] === 255 ? 1 : 0;
      weights[at] = mask[i] === 255 ? TEXT_WEIGHT : mask[i] === 0 ? 1 : 0;
    }
  }
  const tiles = [BATCH, 1, SCENE / 4, SCENE / 4];
  return {
    planes: tensor(planes, [BATCH, 1, SCENE, SCENE]),
    targets: tensor(targets, tiles),
    weights: tensor(weights, tiles),
  };
}

async function train(steps: number, seed: number): Promise<Map<string, Tensor>> {
  useKernels(fastestKernels());
  const random = seededRandom(seed);
  const model = freshModel(random);
  const parameters = [...model.values()];
  const optimiser = adam(parameters, { rate: PEAK_RATE, weightDecay: 1e-4 });
  const average = movingAverage(parameters, 0.998);
  const averaged = () =>
    new Map([...model.keys()].map((name, i) => [name, tensor(average.values[i]!, parameters[i]!.shape)]));
  const pool = new ExamplePool(seed);
  const kept: Example[] = [];
  const started = performance.now();
  let [loss, since] = [0, 0];
  for (let step = 0; step < steps; step++) {
    // The pool fills while training has begun: scene n is there from step n/8 on, on every machine.
    for (let i = 0; i < (kept.length < KEPT ? BATCH : RENEWED); i++) {
      const example = await pool.next();
      if (kept.length < KEPT) kept.push(example);
      else kept[randomInt(random, 0, KEPT - 1)] = example;
    }
    const batch = draw(kept, random);
    const error = binaryCrossEntropyWithLogits(logitsOf(model, batch.planes), batch.targets, batch.weights);
    const gradients = grad(error, parameters);
    clipGradients(gradients, 1);
    optimiser.step(gradients, cosineRate(step, { peak: PEAK_RATE, steps, warmUp: WARM_UP, floor: 1e-5 }));
    average.update();
    loss += error.item();
    since++;
    if ((step + 1) % REPORT_EVERY === 0) {
      const seconds = (performance.now() - started) / 1000;
      const left = (seconds / (step + 1)) * (steps - step - 1);
      say(
        `step ${step + 1} of ${steps}: loss ${(loss / since).toFixed(4)}, ${Math.round(left / 60)} min left`,
      );
      [loss, since] = [0, 0];
      if (options.checkpoint) writeFileSync(options.checkpoint, writeParameters(averaged()));
    }
  }
  await pool.close();
  return averaged();
}

const say = (text: string) => void process.stderr.write(`${text}\n`);

function whole(text: string, option: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new RangeError(`--${option} is a number from 1`);
  return Number(text);
}

const [steps, seed] = [whole(options.steps, "steps"), whole(options.seed, "seed")];
if (options.finish && !existsSync(options.finish)) throw new RangeError("--finish names no file");
const model = options.finish ? readParameters(readFileSync(options.finish)) : await train(steps, seed);
const { source, report } = weightsModule(model, { steps, seed });
writeFileSync(WEIGHTS, source);
say(report);
