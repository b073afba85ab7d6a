export { type SampleOptions, sampleStack } from "./sample.js";
export { type FrameMasks, frameMasks, maskOfFrame } from "./sample-mask.js";
export { stacksOf } from "./series.js";
export type * from "./series-types.js";
export type * from "./types.js";
