import { allocate, badShape, type Floats, spell, type Tensor } from "./tensor.js";

/** Changes the data of its parameters in place; graphs built before are no longer true to them. */
export interface Optimiser {
  /** One step with the gradients of the parameters, in their order; `rate` overrides the learning rate for it. */
  step(gradients: readonly Tensor[], rate?: number): void;
}

export interface SgdOptions {
  readonly rate: number;
  /** Share of the last step that is kept. Default 0. */
  readonly momentum?: number;
  /** Share of each weight that is taken as part of its gradient. Default 0. */
  readonly weightDecay?: number;
}

/** v ← momentum·v + gradient + weightDecay·w; w ← w − rate·v. */
export function sgd(parameters: readonly Tensor[], options: SgdOptions): Optimiser {
  const { momentum = 0, weightDecay = 0 } = options;
  const velocities = parameters.map(({ data }) => allocate(data, data.length));
  return {
    step(gradients, rate = options.rate) {
      expectGradients(parameters, gradients);
      parameters.forEach(({ data }, p) => {
        const velocity = velocities[p]!;
        const gradient = gradients[p]!.data;
        for (let i = 0; i < data.length; i++) {
          const v = momentum * velocity[i]! + gradient[i]! + weightDecay * data[i]!;
          velocity[i] = v;
          data[i] = data[i]! - rate * v;
        }
      });
    },
  };
}

export interface AdamOptions {
  readonly rate: number;
  /** Decay of the running mean of the gradient. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the running mean of its square. Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Share rate·weightDecay of each weight is taken away beside the step (AdamW). Default 0: plain Adam. */
  readonly weightDecay?: number;
}

/** Adam (Kingma and Ba, 2015, algorithm 1); with weightDecay AdamW (Loshchilov and Hutter, 2019, algorithm 2). */
export function adam(parameters: readonly Tensor[], options: AdamOptions): Optimiser {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  const means = parameters.map(({ data }) => allocate(data, data.length));
  const squares = parameters.map(({ data }) => allocate(data, data.length));
  let steps = 0;
  const change = (data: Floats, gradient: Floats, m: Floats, v: Floats, rate: number) => {
    const meanScale = 1 / (1 - beta1 ** steps);
    const squareScale = 1 / (1 - beta2 ** steps);
    for (let i = 0; i < data.length; i++) {
      const g = gradient[i]!;
      const mean = beta1 * m[i]! + (1 - beta1) * g;
      const square = beta2 * v[i]! + (1 - beta2) * g * g;
      m[i] = mean;
      v[i] = square;
      const move = (mean * meanScale) / (Math.sqrt(square * squareScale) + epsilon);
      data[i] = data[i]! - rate * (move + weightDecay * data[i]!);
    }
  };
  return {
    step(gradients, rate = options.rate) {
      expectGradients(parameters, gradients);
      steps++;
      parameters.forEach(({ data }, p) => {
        change(data, gradients[p]!.data, means[p]!, squares[p]!, rate);
      });
    },
  };
}

function expectGradients(parameters: readonly Tensor[], gradients: readonly Tensor[]): void {
  const fits = parameters.every(({ data }, p) => gradients[p]?.data.length === data.length);
  if (!fits || gradients.length !== parameters.length)
    throw badShape(`gradients ${gradients.map((g) => spell(g.shape)).join(" ")} do not fit the parameters`);
}

/** Rises in a straight line over `warmUp` steps to `peak`, then falls along half a cosine to `floor` at `steps`. */
export function cosineRate(
  step: number,
  options: {
    readonly peak: number;
    readonly steps: number;
    readonly warmUp?: number;
    readonly floor?: number;
  },
): number {
  const { peak, steps, warmUp = 0, floor = 0 } = options;
  if (step < warmUp) return (peak * (step + 1)) / warmUp;
  const done = Math.min(1, (step - warmUp) / Math.max(1, steps - warmUp));
  return floor + (peak - floor) * 0.5 * (1 + Math.cos(Math.PI * done));
}

/** The length of all gradients taken as one vector. */
export function gradientNorm(gradients: readonly Tensor[]): number {
  let total = 0;
  for (const { data } of gradients) for (let i = 0; i < data.length; i++) total += data[i]! * data[i]!;
  return Math.sqrt(total);
}

/** Shortens the gradients, in place, so that together they are no longer than `limit`; returns their length before. */
export function clipGradients(gradients: readonly Tensor[], limit: number): number {
  const norm = gradientNorm(gradients);
  if (norm <= limit) return norm;
  const scale = limit / norm;
  // A gradient may be handed out for two parameters; it is shortened once.
  for (const data of new Set(gradients.map((gradient) => gradient.data)))
    for (let i = 0; i < data.length; i++) data[i] = data[i]! * scale;
  return norm;
}

export interface MovingAverage {
  /** average ← decay·average + (1 − decay)·parameter; the first steps use a smaller decay, (1 + n) / (10 + n). */
  update(): void;
  /** The averages, in the parameters' order, as they are now; not copies. */
  readonly values: readonly Floats[];
}

/** Exponential moving average of parameters, which often generalises better than the last step. */
export function movingAverage(parameters: readonly Tensor[], decay: number): MovingAverage {
  const values = parameters.map(({ data }) => data.slice());
  let updates = 0;
  return {
    values,
    update() {
      const keep = Math.min(decay, (1 + updates) / (10 + updates));
      updates++;
      parameters.forEach(({ data }, p) => {
        const average = values[p]!;
        for (let i = 0; i < data.length; i++) average[i] = keep * average[i]! + (1 - keep) * data[i]!;
      });
    },
  };
}
