import { divide, exp, log, mean, multiply, negate, softplus, subtract } from "./operations.js";
import { gatherRows } from "./operations-matrix.js";
import { reshape, sum } from "./operations-shape.js";
import { badShape, sameShape, spell, Tensor } from "./tensor.js";

/** log of the softmax along the last axis. */
export function logSoftmax(x: Tensor): Tensor {
  const last = x.shape.length - 1;
  if (last < 0) throw badShape("no axis for a softmax");
  // Taking the greatest away changes neither value nor derivative and keeps the exponentials in range.
  const shifted = subtract(x, greatest(x));
  return subtract(shifted, log(sum(exp(shifted), [last], true)));
}

/** The greatest along the last axis, as a constant. */
function greatest(x: Tensor): Tensor {
  const length = x.shape[x.shape.length - 1]!;
  const out = x.data.slice(0, x.data.length / length).fill(Number.NEGATIVE_INFINITY);
  for (let at = 0; at < x.data.length; at++) {
    const row = Math.floor(at / length);
    if (x.data[at]! > out[row]!) out[row] = x.data[at]!;
  }
  return new Tensor(out, [...x.shape.slice(0, -1), 1]);
}

/** Mean over the rows of logits (N × classes) of −log softmax of each row's class (0 … classes−1). */
export function crossEntropy(logits: Tensor, labels: readonly number[] | Int32Array): Tensor {
  const [rows = 0, classes = 0] = logits.shape;
  if (logits.shape.length !== 2 || labels.length !== rows)
    throw badShape(`${labels.length} labels for ${spell(logits.shape)}`);
  const cells = Int32Array.from(labels, (label, row) => {
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) throw badShape(`no class ${label}`);
    return row * classes + label;
  });
  return negate(mean(gatherRows(reshape(logSoftmax(logits), [rows * classes, 1]), cells)));
}

/**
 * Of each element −t·log σ(x) − (1−t)·log(1−σ(x)), times its weight. Without weights the mean over all; with
 * them the weighted mean: the sum divided by the sum of the weights, so that an element of weight 0 does not
 * exist. All of one shape; targets from 0 to 1.
 */
export function binaryCrossEntropyWithLogits(logits: Tensor, targets: Tensor, weights?: Tensor): Tensor {
  if (!sameShape(logits.shape, targets.shape) || (weights && !sameShape(weights.shape, logits.shape)))
    throw badShape(`targets or weights of another shape than ${spell(logits.shape)}`);
  const each = subtract(softplus(logits), multiply(logits, targets));
  if (weights === undefined) return mean(each);
  return divide(sum(multiply(each, weights)), sum(weights));
}
