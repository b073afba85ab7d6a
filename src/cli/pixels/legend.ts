import { type Box, type Outline, type Picture, withBoxes } from "../../pixels/index.js";
import { burnIn } from "../samples/font.js";

/** A few words of a legend; before them an outline, where they explain one. */
export interface LegendEntry {
  readonly text: string;
  readonly outline?: Outline;
}

export interface Outlined {
  readonly box: Box;
  readonly outline: Outline;
}

/** A copy with boxes outlined in lines so many pixels wide, around their pixels. */
export function withLines(picture: Picture, boxes: readonly Outlined[], lines: number): Picture {
  const around = ({ left, top, width, height }: Box, by: number): Box => ({
    left: left - by,
    top: top - by,
    width: width + 2 * by,
    height: height + 2 * by,
  });
  const all = boxes.flatMap(({ box, outline }) =>
    Array.from({ length: lines }, (_, by) => ({ box: around(box, by), outline })),
  );
  return withBoxes(picture, all);
}

/** Dots of a letter with the gap behind it, of a line with the gap below, and of an outline shown. */
const [LETTER, LINE, SWATCH] = [6, 14, 20];
const SWATCH_HEIGHT = 10;
const MARGIN = 4;
/** Columns of a picture for each pixel of a dot: pictures are shown as wide as a screen, or narrower. */
const PIXELS_A_DOT = 800;

/** An entry and where it stands, in dots. */
interface Placed {
  readonly entry: LegendEntry;
  readonly x: number;
  readonly y: number;
}

/** Entries after one another in lines of this many pixels, white on black. */
export function legendStrip(entries: readonly LegendEntry[], columns: number): Picture {
  const scale = Math.max(1, Math.trunc(columns / PIXELS_A_DOT));
  const { placed, lines } = layOut(entries, Math.trunc(columns / scale));
  const rows = scale * (2 * MARGIN + lines * LINE);
  const ink = new Uint8Array(rows * columns);
  for (const { entry, x, y } of placed) {
    const left = x + (entry.outline ? SWATCH + MARGIN : 0);
    burnIn(ink, columns, entry.text, { x: scale * left, y: scale * y, scale });
  }
  const boxes = placed.flatMap(({ entry: { outline }, x, y }) => {
    const [width, height] = [scale * (SWATCH - 2), scale * (SWATCH_HEIGHT - 2)];
    return outline ? [{ box: { left: scale * (x + 1), top: scale * y, width, height }, outline }] : [];
  });
  return withLines({ rows, columns, rgba: greyPicture(ink) }, boxes, scale);
}

function layOut(entries: readonly LegendEntry[], width: number): { placed: Placed[]; lines: number } {
  const placed: Placed[] = [];
  let [x, line] = [MARGIN, 0];
  for (const entry of entries) {
    const needed = LETTER * entry.text.length + (entry.outline ? SWATCH + MARGIN : 0);
    if (x > MARGIN && x + needed > width) [x, line] = [MARGIN, line + 1];
    placed.push({ entry, x, y: MARGIN + line * LINE });
    x += needed + 2 * LETTER;
  }
  return { placed, lines: line + 1 };
}

function greyPicture(grey: Uint8Array): Uint8Array {
  const rgba = new Uint8Array(4 * grey.length).fill(255);
  for (let i = 0; i < grey.length; i++) rgba.fill(grey[i]!, 4 * i, 4 * i + 3);
  return rgba;
}
