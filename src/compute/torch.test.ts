import { spawnSync } from "node:child_process";
import { describe, expect } from "vitest";
import { itWithTool } from "../../test/support/tools.js";
import { randomInt, seededRandom } from "../base/index.js";
import {
  adam,
  add,
  avgPool2d,
  binaryCrossEntropyWithLogits,
  conv2d,
  crossEntropy,
  divide,
  grad,
  logSoftmax,
  maximum,
  mean,
  multiply,
  relu,
  resizeBilinear2d,
  sgd,
  sigmoid,
  softplus,
  square,
  sum,
  type Tensor,
  tanh,
  tensor,
  upsampleNearest2d,
  variable,
} from "./index.js";

/** What Python prints as JSON, given `input` as JSON in the variable `given`; t(x) is an f64 tensor. */
function ask<T>(path: string, script: string, input: unknown): T {
  const before = [
    "import json, sys, torch, torch.nn.functional as F",
    "torch.set_num_threads(1)",
    "given = json.load(sys.stdin)",
    "def t(x, grad=True):",
    "    y = torch.tensor(x['data'], dtype=torch.float64).reshape(x['shape'])",
    "    return y.requires_grad_(grad)",
    "def flat(xs): return [x.detach().reshape(-1).tolist() for x in xs]",
  ];
  const ran = spawnSync(path, ["-c", [...before, script].join("\n")], {
    input: JSON.stringify(input),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (ran.status !== 0) throw new Error(ran.stderr.slice(-2000));
  return JSON.parse(ran.stdout) as T;
}

const random = seededRandom(51);

function wide(shape: readonly number[], low = -2): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return variable(
    Float64Array.from({ length: size }, () => low + (2 - low) * random()),
    shape,
  );
}

const json = ({ data, shape }: Tensor) => ({ data: [...data], shape });

function expectSame(found: readonly Tensor[], wanted: readonly (readonly number[])[]): void {
  expect(found.length).toBe(wanted.length);
  found.forEach(({ data }, i) => {
    expect(data.length).toBe(wanted[i]!.length);
    const off = wanted[i]!.map((value, at) => Math.abs(value - data[at]!) / (1 + Math.abs(value)));
    expect(Math.max(...off)).toBeLessThan(1e-10);
  });
}

function convolution() {
  const draw = (low: number, high: number) => randomInt(random, low, high);
  const groups = draw(1, 3);
  const [stride, dilation, padding] = [draw(1, 3), draw(1, 3), draw(0, 3)];
  const x = wide([draw(1, 2), 2 * groups, draw(7, 10), draw(7, 10)]);
  const w = wide([draw(1, 3) * groups, 2, draw(1, 3), draw(1, 3)]);
  const options = { stride, dilation, padding, groups };
  const v = wide(conv2d(x, w, options).shape);
  return { options, x, w, v, dx: wide(x.shape), dw: wide(w.shape) };
}

/** Every operation whose definition leaves a choice, beside PyTorch's: shapes, ours, theirs. */
const operations: readonly (readonly [
  string,
  readonly (readonly number[])[],
  (...x: Tensor[]) => Tensor,
  string,
])[] = [
  ["avgPool2d", [[2, 3, 7, 8]], (x) => avgPool2d(x!, 3, 2), "F.avg_pool2d(x[0], 3, 2)"],
  ["nearest", [[1, 2, 3, 4]], (x) => upsampleNearest2d(x!, 3), "F.interpolate(x[0], scale_factor=3)"],
  [
    "bilinear up",
    [[1, 2, 3, 4]],
    (x) => resizeBilinear2d(x!, 7, 8),
    "F.interpolate(x[0], (7, 8), mode='bilinear')",
  ],
  [
    "bilinear down",
    [[1, 2, 9, 10]],
    (x) => resizeBilinear2d(x!, 4, 5),
    "F.interpolate(x[0], (4, 5), mode='bilinear')",
  ],
  ["logSoftmax", [[3, 5]], (x) => logSoftmax(x!), "F.log_softmax(x[0], -1)"],
  [
    "crossEntropy",
    [[3, 5]],
    (x) => crossEntropy(x!, [4, 0, 2]),
    "F.cross_entropy(x[0], torch.tensor([4, 0, 2]))",
  ],
  [
    "binaryCrossEntropyWithLogits",
    [
      [3, 5],
      [3, 5],
    ],
    (x, y) => binaryCrossEntropyWithLogits(x!, y!),
    "F.binary_cross_entropy_with_logits(x[0], x[1])",
  ],
  [
    "binaryCrossEntropyWithLogits, weighted",
    [
      [3, 5],
      [3, 5],
      [3, 5],
    ],
    (x, y, w) => binaryCrossEntropyWithLogits(x!, y!, square(w!)),
    "(F.binary_cross_entropy_with_logits(x[0], x[1], reduction='none') * x[2]**2).sum() / (x[2]**2).sum()",
  ],
  ["relu", [[20]], (x) => square(relu(x!)), "torch.relu(x[0])**2"],
  ["softplus", [[20]], (x) => softplus(multiply(x!, 9)), "F.softplus(9 * x[0], threshold=1000)"],
  ["sigmoid, tanh", [[20]], (x) => multiply(sigmoid(x!), tanh(x!)), "torch.sigmoid(x[0]) * torch.tanh(x[0])"],
  ["maximum of equals", [[9]], (x) => square(maximum(x!, x!)), "torch.maximum(x[0], x[0])**2"],
  [
    "division, broadcast",
    [
      [3, 1],
      [1, 4],
    ],
    (x, y) => divide(x!, add(square(y!), 1)),
    "x[0] / (x[1]**2 + 1)",
  ],
  ["mean", [[2, 3, 4]], (x) => square(mean(x!, [0, 2])), "x[0].mean((0, 2))**2"],
];

/** The value of each operation; then for random v and d the gradients of v·op, and those of d·gradients. */
const DOUBLE_BACKWARD = `
def double(y, xs, v, ds):
    gs = torch.autograd.grad((y * v).sum(), xs, create_graph=True)
    s = sum((g * d).sum() for g, d in zip(gs, ds))
    hs = torch.autograd.grad(s, xs, allow_unused=True) if s.requires_grad else [None] * len(xs)
    return flat([y, *gs, *[torch.zeros_like(x) if h is None else h for x, h in zip(xs, hs)]])
`;

function double(y: Tensor, xs: readonly Tensor[], v: Tensor, ds: readonly Tensor[]): readonly Tensor[] {
  const gradients = grad(sum(multiply(y, v)), xs, { createGraph: true });
  const slope = gradients.map((g, i) => sum(multiply(g, ds[i]!))).reduce((total, part) => add(total, part));
  return [y, ...gradients, ...grad(slope, xs)];
}

describe("PyTorch", () => {
  itWithTool(
    "torch",
    "has the same convolutions, gradients and gradients of gradients over 40 geometries",
    ({ torch: path }) => {
      const drawn = Array.from({ length: 40 }, convolution);
      const script = `${DOUBLE_BACKWARD}
out = []
for c in given:
    x, w = t(c['x']), t(c['w'])
    y = F.conv2d(x, w, **c['options'])
    out.append(double(y, [x, w], t(c['v'], False), [t(c['dx'], False), t(c['dw'], False)]))
print(json.dumps(out))`;
      const given = drawn.map(({ options, ...tensors }) => ({
        options,
        ...Object.fromEntries(Object.entries(tensors).map(([name, one]) => [name, json(one)])),
      }));
      const answers = ask<number[][][]>(path, script, given);
      drawn.forEach(({ options, x, w, v, dx, dw }, i) => {
        expectSame(double(conv2d(x, w, options), [x, w], v, [dx, dw]), answers[i]!);
      });
    },
  );

  itWithTool(
    "torch",
    "gives the same value, gradient and gradient of the gradient of each operation",
    ({ torch: path }) => {
      const drawn = operations.map(([, shapes, call, theirs]) => {
        const xs = shapes.map((shape) => wide(shape));
        const y = call(...xs);
        return { xs, y, v: wide(y.shape), ds: xs.map(({ shape }) => wide(shape)), theirs };
      });
      const script = `${DOUBLE_BACKWARD}
out = []
for c in given:
    x = [t(one) for one in c['xs']]
    out.append(double(eval(c['theirs']), x, t(c['v'], False), [t(d, False) for d in c['ds']]))
print(json.dumps(out))`;
      const given = drawn.map(({ xs, v, ds, theirs }) => ({
        theirs,
        v: json(v),
        xs: xs.map(json),
        ds: ds.map(json),
      }));
      const answers = ask<number[][][]>(path, script, given);
      drawn.forEach(({ xs, y, v, ds }, i) => {
        expectSame(double(y, xs, v, ds), answers[i]!);
      });
    },
  );

  itWithTool("torch", "takes the same 25 steps with SGD, Adam and AdamW", ({ torch: path }) => {
    const start = wide([6]);
    const target = wide([6]);
    const optimisers = [
      { make: (w: Tensor) => sgd([w], { rate: 0.05 }), theirs: "SGD(p, lr=0.05)" },
      {
        make: (w: Tensor) => sgd([w], { rate: 0.05, momentum: 0.9, weightDecay: 0.1 }),
        theirs: "SGD(p, lr=0.05, momentum=0.9, weight_decay=0.1)",
      },
      { make: (w: Tensor) => adam([w], { rate: 0.1 }), theirs: "Adam(p, lr=0.1)" },
      {
        make: (w: Tensor) =>
          adam([w], { rate: 0.1, beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.2 }),
        theirs: "AdamW(p, lr=0.1, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.2)",
      },
    ];
    const script = `
out = []
for make in given['theirs']:
    w, target = t(given['start']), t(given['target'], False)
    p = [w]
    optimiser = eval('torch.optim.' + make)
    for _ in range(25):
        optimiser.zero_grad()
        ((w - target)**4).sum().backward()
        torch.nn.utils.clip_grad_norm_(p, 1e9)
        optimiser.step()
    out.append(w.tolist())
print(json.dumps(out))`;
    const theirs = optimisers.map((one) => one.theirs);
    const gentle = (x: Tensor) => tensor(x.data.map((v: number) => v / 4) as Float64Array, x.shape);
    const [from, to] = [gentle(start), gentle(target)];
    const answers = ask<number[][]>(path, script, { start: json(from), target: json(to), theirs });
    optimisers.forEach(({ make }, i) => {
      const w = variable(from.data.slice() as Float64Array, from.shape);
      const { step } = make(w);
      for (let k = 0; k < 25; k++) step(grad(sum(square(square(add(w, multiply(to, -1))))), [w]));
      expectSame([w], [answers[i]!]);
    });
  });
});
