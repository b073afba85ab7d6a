import type { DataSet } from "../dicom/index.js";
import type { PixelPolicy, PixelTools } from "./examination.js";
import { overlaysOf, type SeparateOverlay } from "./rules/overlays.js";
import { PlaneSearch } from "./search.js";
import type { TextBox } from "./types.js";
import { isMark, verify } from "./verify/index.js";

/** What an overlay shows. Where the text stands, never what it says. */
export interface OverlayFindings {
  /** 6000 to 60FE. */
  readonly group: number;
  /** "unexamined": it cannot be read, or lies in the bits of Pixel Data, which the examination of frames looks at. */
  readonly shows: "no text" | "text" | "unexamined";
  /** In the first overlay frame with text, in pixels of the overlay. */
  readonly text: readonly TextBox[];
}

/**
 * Renders every separate overlay of an object (PS3.3 C.9.2) and lets both detectors look at each of its frames: what
 * one of them takes for text counts, except a lone mark of side or position in an overlay of one frame, where marks
 * stay. Throws what the source throws, nothing else.
 */
export function examineOverlays(
  data: DataSet,
  tools: PixelTools,
  policy: Pick<PixelPolicy, "keepMarks" | "known">,
): OverlayFindings[] {
  return overlaysOf(data).map((overlay) => {
    const { group } = overlay;
    if (overlay.kind !== "separate") return { group, shows: "unexamined", text: [] };
    const text = textIn(overlay, tools, policy);
    return { group, shows: text.length > 0 ? "text" : "no text", text };
  });
}

function textIn(
  overlay: SeparateOverlay,
  { finder, reader }: PixelTools,
  { keepMarks, known }: Pick<PixelPolicy, "keepMarks" | "known">,
): readonly TextBox[] {
  const search = new PlaneSearch(finder);
  for (let frame = 0; frame < overlay.frames; frame++) {
    const plane = overlay.plane(frame);
    const found = search.search(plane);
    // A mark that comes and goes with the frames is no mark of the image.
    const mayKeep = keepMarks && overlay.frames === 1;
    const kept = mayKeep ? found.filter((box) => isMark(plane, box, found, reader)) : [];
    const text = found.filter((box) => !kept.includes(box));
    if (text.length > 0) return text;
    const { residual } = verify(plane, { reader, kept, ...(known && { known }) });
    if (residual.length > 0) return residual;
  }
  return [];
}
