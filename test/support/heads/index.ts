/** Heads, and what is none, that nobody ever had: with what is brain, face, skin and skull known for each voxel. */
export * from "./bodies.js";
export { type Head, type HeadOptions, type Landmarks, MASKS, makeHead, type Truth } from "./head.js";
export { type HeadKind, valuesOf } from "./materials.js";
export { blurred, withBias, withNoise } from "./noise.js";
export { type Age, makePerson } from "./person.js";
export * from "./perturb.js";
export { type Picture, renderSkin, sampled, type View } from "./render.js";
export * from "./series.js";
