export { isMark } from "./marks.js";
export { type TextShare, textShare } from "./pages.js";
export { openReader, type Reader } from "./reader.js";
export { type Residue, type VerifyContext, verify } from "./residue.js";
export { findStrokes, type Stroke, type StrokeOptions, SURE } from "./strokes.js";
