import type { Random } from "../base/index.js";
import { type Shape, sizeOf, type Tensor, variable } from "./tensor.js";

/** A standard normal number by the method of Box and Muller. */
export function gaussian(random: Random): number {
  // 1 − random() is in (0, 1], so the logarithm is finite.
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A variable of normal numbers with the given standard deviation. */
export function normal(shape: Shape, deviation: number, random: Random): Tensor {
  return variable(
    Float32Array.from({ length: sizeOf(shape) }, () => deviation * gaussian(random)),
    shape,
  );
}

/** A variable of numbers spread evenly over [low, high). */
export function uniform(shape: Shape, low: number, high: number, random: Random): Tensor {
  return variable(
    Float32Array.from({ length: sizeOf(shape) }, () => low + (high - low) * random()),
    shape,
  );
}

/**
 * Kernels (O × C × h × w) or a matrix (O × I) before a relu: normal, of variance 2 / inputs of one output
 * (He et al., "Delving Deep into Rectifiers", 2015), so that signals keep their size from layer to layer.
 */
export function heNormal(shape: Shape, random: Random): Tensor {
  return normal(shape, Math.sqrt(2 / sizeOf(shape.slice(1))), random);
}

/** A variable all of zeros: for biases. */
export function zeroVariable(shape: Shape): Tensor {
  return variable(new Float32Array(sizeOf(shape)), shape);
}
