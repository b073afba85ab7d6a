import { badShape, type Floats, type Node, type Shape, Tensor } from "./tensor.js";

let recording = true;

/** Runs `run` without building a graph: all results are constants. `run` must not be asynchronous. */
export function withoutGradient<T>(run: () => T): T {
  return withRecording(false, run);
}

/** Recording inside `run` as given, and afterwards, also after an error, as it was. */
export function withRecording<T>(wanted: boolean, run: () => T): T {
  const before = recording;
  recording = wanted;
  try {
    return run();
  } finally {
    recording = before;
  }
}

/**
 * The result of an operation. `backward` holds one function for each input: the gradient of the result in,
 * the gradient of that input out. They use differentiable operations alone, so gradients have gradients.
 */
export function record(
  data: Floats,
  shape: Shape,
  inputs: readonly Tensor[],
  backward: readonly ((gradient: Tensor) => Tensor)[],
): Tensor {
  if (!recording || inputs.every((input) => input.node === undefined)) return new Tensor(data, shape);
  return new Tensor(data, shape, { inputs: inputs.map((input) => input.node), backward });
}

/** All operands of one operation have one precision; COMPUTE_BAD_SHAPE otherwise. */
export function samePrecision(first: Tensor, second: Tensor): void {
  if (first.data instanceof Float64Array !== second.data instanceof Float64Array)
    throw badShape("f32 and f64 in one operation");
}

/** The nodes on ways from `end` to `goals`, each after all that it depends on. */
export function waysTo(goals: ReadonlySet<Node>, end: Node): readonly Node[] {
  const leads = new Map<Node, boolean>();
  const order: Node[] = [];
  // An explicit stack: a graph over thousands of steps is deeper than the call stack.
  const stack: { node: Node; next: number }[] = [{ node: end, next: 0 }];
  leads.set(end, goals.has(end));
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    if (top.next < top.node.inputs.length) {
      const input = top.node.inputs[top.next++];
      if (input === undefined || leads.has(input)) continue;
      leads.set(input, goals.has(input));
      stack.push({ node: input, next: 0 });
      continue;
    }
    stack.pop();
    const { node } = top;
    if (!leads.get(node) && !node.inputs.some((input) => input && leads.get(input))) continue;
    leads.set(node, true);
    order.push(node);
  }
  return order;
}
