import { waysTo, withRecording } from "./autograd.js";
import { add } from "./operations.js";
import { badShape, fullLike, type Node, sameShape, spell, type Tensor } from "./tensor.js";

export interface GradOptions {
  /** Record the gradient's own computation, so that it can be differentiated again. Default false. */
  readonly createGraph?: boolean;
  /** The gradient of the last result with respect to `output`, in its shape. Default 1 for an output of size 1. */
  readonly gradient?: Tensor;
}

/**
 * The gradients of `output` with respect to each of `inputs`, in their shapes; zeros where output does not
 * depend on one. Inputs may be variables or results on the way. Throws COMPUTE_BAD_SHAPE when output is not
 * of size 1 and no gradient is given, or when an input is a constant.
 */
export function grad(output: Tensor, inputs: readonly Tensor[], options: GradOptions = {}): Tensor[] {
  if (options.gradient === undefined && output.data.length !== 1)
    throw badShape(`the gradient of ${spell(output.shape)} needs one number, or a gradient to begin with`);
  const seed = options.gradient ?? fullLike(output, 1);
  if (!sameShape(seed.shape, output.shape))
    throw badShape(`gradient ${spell(seed.shape)} for ${spell(output.shape)}`);
  const goals = inputs.map((input) => {
    if (input.node === undefined) throw badShape("no gradient with respect to a constant");
    return input.node;
  });
  return withRecording(options.createGraph === true, () => {
    const found = propagate(output, seed, new Set(goals));
    return inputs.map((input, i) => found.get(goals[i]!) ?? fullLike(input, 0));
  });
}

/** Walks back from output; a node's gradient is dropped as soon as it has been passed on, goals excepted. */
function propagate(output: Tensor, seed: Tensor, goals: ReadonlySet<Node>): ReadonlyMap<Node, Tensor> {
  const gradients = new Map<Node, Tensor>();
  if (output.node === undefined) return gradients;
  const order = waysTo(goals, output.node);
  const leading = new Set(order);
  gradients.set(output.node, seed);
  for (let at = order.length - 1; at >= 0; at--) {
    const node = order[at]!;
    const gradient = gradients.get(node);
    if (gradient === undefined) continue;
    node.inputs.forEach((input, i) => {
      if (input === undefined || !leading.has(input)) return;
      const share = node.backward[i]!(gradient);
      const sum = gradients.get(input);
      gradients.set(input, sum === undefined ? share : add(sum, share));
    });
    if (!goals.has(node)) gradients.delete(node);
  }
  return gradients;
}
