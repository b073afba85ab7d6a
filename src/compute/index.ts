export { withoutGradient } from "./autograd.js";
export { type GradOptions, grad } from "./autograd-grad.js";
export {
  type ConvolutionOptions,
  conv2d,
  conv2dInputGradient,
  conv2dWeightGradient,
} from "./convolution.js";
export * from "./initialise.js";
export { fastestKernels, wasmKernels } from "./kernels/f32.js";
export type * from "./kernels/types.js";
export { jsKernels, useKernels } from "./kernels-js.js";
export * from "./network.js";
export { type InputRange, largestSum } from "./network-bounds.js";
export * from "./network-bytes.js";
export * from "./network-float.js";
export * from "./network-quantise.js";
export * from "./network-run.js";
export * from "./operations.js";
export * from "./operations-loss.js";
export * from "./operations-matrix.js";
export * from "./operations-sampling.js";
export {
  broadcastTo,
  pad,
  permute,
  reshape,
  slice,
  sum,
  sumTo,
  transpose,
} from "./operations-shape.js";
export * from "./optimise.js";
export { readParameters, writeParameters } from "./parameters.js";
export { type Floats, full, type Shape, Tensor, tensor, variable, zeros } from "./tensor.js";
