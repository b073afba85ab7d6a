import type { PlainDataSet } from "../../src/dicom/index.js";
import type { GreyPlane } from "../../src/pixels/types.js";
import { drawnFonts, drawWord } from "./drawn.js";

/** A black plane, as an overlay without a set bit. */
export function emptyPlane(rows = 128, columns = 256): GreyPlane {
  return { rows, columns, pixels: new Uint8Array(rows * columns) };
}

/** A black plane with words below one another, in white. */
export function planeWithText(words: readonly string[], size = 22, spacing = 40): GreyPlane {
  const plane = emptyPlane();
  for (const [line, text] of words.entries()) {
    const at = { x: plane.columns / 2, y: spacing - 10 + spacing * line };
    if (!drawWord(plane, text, drawnFonts[0]!, size, 0, at, [], 255)) throw new Error("a word without room");
  }
  return plane;
}

/** The outline of an ellipse: what a radiologist draws around a finding. */
export function planeWithOutline(): GreyPlane {
  const plane = emptyPlane();
  const { columns, pixels } = plane;
  const set = (x: number, y: number) => {
    pixels[Math.round(y) * columns + Math.round(x)] = 255;
  };
  for (let turn = 0; turn < 2 * Math.PI; turn += 0.005)
    set(128 + 70 * Math.cos(turn), 64 + 45 * Math.sin(turn));
  return plane;
}

/** The elements of an overlay of its own (PS3.3 C.9.2), one frame for each plane: bits from the least significant on. */
export function overlayOf(planes: readonly GreyPlane[], group = 0x6000): PlainDataSet {
  const { rows, columns } = planes[0]!;
  const tag = (element: string) => `(${group.toString(16)},${element})`;
  const bits = planes.flatMap(({ pixels }) => Array.from(pixels));
  const data = new Uint8Array(2 * Math.ceil(bits.length / 16));
  for (const [i, bit] of bits.entries()) if (bit >= 128) data[i >> 3]! |= 1 << (i & 7);
  return {
    [`${tag("0010")} US`]: rows,
    [`${tag("0011")} US`]: columns,
    ...(planes.length === 1 ? {} : { [`${tag("0015")} IS`]: String(planes.length) }),
    [`${tag("0040")} CS`]: "G",
    [`${tag("0050")} SS`]: [1, 1],
    [`${tag("0100")} US`]: 1,
    [`${tag("0102")} US`]: 0,
    [`${tag("3000")} OW`]: data,
  };
}
