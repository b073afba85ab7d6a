import { burnIn } from "../../../src/cli/samples/font.js";
import { cropped, type Ink } from "./ink.js";

/** Letters that the 5 × 7 font has. */
export const DOT_LETTERS = new Set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:/");

/** How a word of the 5 × 7 font is set: as the character generators of older devices did. */
export interface DotPen {
  /** Pixels a dot. */
  readonly scale: number;
  /** Two rows doubled: 5 × 9. */
  readonly tall: boolean;
  /** Each dot carried on to the right by one: 6 wide. */
  readonly bold: boolean;
  /** A gap of a pixel between the dots, from three pixels a dot. */
  readonly gaps: boolean;
  readonly angle: 0 | 90 | 270;
}

/** A row of 5 × 7 dots that stands twice in the tall form. */
const DOUBLED: readonly number[] = [0, 1, 1, 2, 3, 4, 5, 5, 6];

/** Height of its capitals. */
export function dotHeight(pen: DotPen): number {
  return (pen.tall ? 9 : 7) * pen.scale;
}

/** Distance from one letter's start to the next one's. */
export function dotStep(pen: DotPen): number {
  return (pen.bold ? 7 : 6) * pen.scale;
}

/** What the font can draw of a word. */
export function dotLetters(word: string): string {
  return [...word.toUpperCase()].filter((letter) => DOT_LETTERS.has(letter)).join("");
}

/** Draws a word of `DOT_LETTERS` with its top left corner at (x, y), turned about that corner. */
export function drawDots(
  word: string,
  pen: DotPen,
  x: number,
  y: number,
  plane: { readonly rows: number; readonly columns: number },
): Ink | null {
  const letters = [...dotLetters(word)];
  const wide = letters.length * 6;
  if (wide === 0) return null;
  const dots = new Uint8Array(wide * 7);
  burnIn(dots, wide, letters.join(""), { x: 0, y: 0, scale: 1 });
  const [across, down] = [letters.length * dotStep(pen), dotHeight(pen)];
  const turned = pen.angle !== 0;
  const [width, height] = turned ? [down, across] : [across, down];
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  const right = Math.min(x + width, plane.columns);
  const bottom = Math.min(y + height, plane.rows);
  if (right <= left || bottom <= top) return null;
  const coverage = new Uint8Array((right - left) * (bottom - top));
  for (let row = top, at = 0; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const [dx, dy] = [column - x, row - y];
      const u = pen.angle === 0 ? dx : pen.angle === 90 ? dy : across - 1 - dy;
      const v = pen.angle === 0 ? dy : pen.angle === 90 ? down - 1 - dx : dx;
      coverage[at++] = dotAt(dots, wide, pen, u, v) ? 255 : 0;
    }
  }
  return cropped({ left, top, width: right - left, height: bottom - top, coverage, halo: null });
}

function dotAt(dots: Uint8Array, wide: number, pen: DotPen, u: number, v: number): boolean {
  if (pen.gaps && pen.scale > 2 && (u % pen.scale === 0 || v % pen.scale === 0)) return false;
  const letterWidth = pen.bold ? 7 : 6;
  const column = Math.floor(u / pen.scale);
  const letter = Math.floor(column / letterWidth);
  const dot = column % letterWidth;
  const row = Math.floor(v / pen.scale);
  const line = (pen.tall ? DOUBLED[row]! : row) * wide + letter * 6;
  if (dot < 5 && dots[line + dot] === 255) return true;
  return pen.bold && dot > 0 && dot < 6 && dots[line + dot - 1] === 255;
}
