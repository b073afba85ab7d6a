export * from "./blank.js";
export {
  areCodecsOpen,
  type Codec,
  codecFor,
  losslessSyntaxFor,
  openCodecs,
} from "./codecs/index.js";
export type * from "./examination.js";
export { examinePixels } from "./examine.js";
export { examineOverlays, type OverlayFindings } from "./examine-overlays.js";
export { findText, openTextFinder, type TextFinder } from "./finder/finder.js";
export { TILE } from "./finder/tiles.js";
export { TEXT_FINDER_DIGEST } from "./finder/weights.js";
export { type Frames, framesOf, type NoFrames } from "./frames.js";
export {
  besideEachOther,
  GREEN,
  heatPicture,
  ORANGE,
  type Outline,
  SKY_BLUE,
  withBoxes,
} from "./picture/draw.js";
export { encodePng, type Picture } from "./picture/png.js";
export { type Display, displayOf, renderings, toRgba } from "./render.js";
export { areaOf, groupBoxes, hullOf, intersection } from "./rules/boxes.js";
export { type DeviceRule, parseDeviceRules, readDeviceRules } from "./rules/devices.js";
export { type OverlayPlane, overlayElements, overlaysOf } from "./rules/overlays.js";
export { textHeat } from "./search.js";
export type * from "./types.js";
export { openReader, type Reader, verify } from "./verify/index.js";
export { type BlankedPixels, blankedPixels } from "./write-back.js";
