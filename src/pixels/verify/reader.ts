import type { Box, GreyPlane } from "../types.js";
import { cropped, groundOf, scaled, turned } from "./scale.js";
import { openTesseract, type PictureWord } from "./tesseract.js";

/**
 * A word as it was read; its box is in pixels of the plane that was given, not of the turned and scaled picture that
 * Tesseract saw. Holds what may be a patient's value: it stays within this folder.
 */
export interface ReadWord extends PictureWord {}

/** What is expected: lines anywhere, or one line, word or letter. */
export type ReadPurpose = "frame" | "line";

export interface ReadOptions {
  /** The part to read; the whole plane if left out. */
  readonly box?: Box;
  readonly purpose?: ReadPurpose;
  /** Quarter turns, counter-clockwise, that bring the text upright. */
  readonly turns?: number;
  readonly isMirrored?: boolean;
  /** Height of the letters in pixels, if known; of a line, that of its box otherwise. */
  readonly letterHeight?: number;
  /** Grey level of the letters and how far it lies from what is around: what has another level is background. */
  readonly level?: number;
  readonly contrast?: number;
}

export interface Reader {
  /** Words from left to right and top to bottom. Synchronous; one read at a time. */
  read(plane: GreyPlane, options?: ReadOptions): ReadWord[];
  /** Frees what it holds; it cannot read afterwards. */
  close(): void;
}

/** PSM_SPARSE_TEXT and PSM_SINGLE_LINE of Tesseract; the modes for one word or letter read those worse. */
const MODES: Readonly<Record<ReadPurpose, number>> = { frame: 11, line: 7 };
/** Tesseract reads capitals of about 30 pixels best. */
const LETTER_HEIGHT = 30;
const MOST_SCALE = 4;
const MARGIN = 10;
/** Pixels of the picture handed to Tesseract at most: a whole film at full size would take seconds. */
const MOST_PIXELS = 4_000_000;

/** No dictionary: names and numbers are in none, and noise should not become a word. */
const CONFIGURATION = `load_system_dawg 0
load_freq_dawg 0
tessedit_do_invert 0
debug_file /dev/null
`;

/**
 * A reader by Tesseract with trained data for Latin letters; both as `openTesseract` takes them. Throws
 * PIXELS_UNSUPPORTED where the bytes do not start.
 */
export async function openReader(wasm: Uint8Array, trained: Uint8Array): Promise<Reader> {
  const tesseract = await openTesseract(wasm, trained, CONFIGURATION);
  return {
    read(plane, options = {}) {
      const { picture, toPlane } = prepare(plane, options);
      const words = tesseract.words(picture, MODES[options.purpose ?? "frame"]);
      return words.map((word) => ({ ...word, box: toPlane(word.box) }));
    },
    close: () => tesseract.close(),
  };
}

interface Prepared {
  readonly picture: GreyPlane;
  /** From a box of the picture to one of the plane that was handed in. */
  toPlane(box: Box): Box;
}

/** Cut out, turned upright, dark letters on white, about 30 pixels high, with a margin. */
function prepare(plane: GreyPlane, options: ReadOptions): Prepared {
  const box = options.box ?? { left: 0, top: 0, width: plane.columns, height: plane.rows };
  const turns = options.turns ?? 0;
  const part = turned(cropped(plane, box), turns, options.isMirrored);
  const factor = scaleFor(part, options);
  const large = scaled(part, factor);
  const picture = framed(
    options.level === undefined ? darkOnWhite(large) : byLevel(large, options.level, options.contrast ?? 128),
  );
  return {
    picture,
    toPlane: (word) => {
      // A turned word is placed by the whole of its crop
      if (turns % 4 !== 0 || options.isMirrored === true) return box;
      return {
        left: Math.max(0, Math.floor(box.left + (word.left - MARGIN) / factor)),
        top: Math.max(0, Math.floor(box.top + (word.top - MARGIN) / factor)),
        width: Math.ceil(word.width / factor),
        height: Math.ceil(word.height / factor),
      };
    },
  };
}

function scaleFor(part: GreyPlane, { purpose = "frame", letterHeight }: ReadOptions): number {
  const height = letterHeight ?? (purpose === "frame" ? 15 : part.rows);
  const wanted = Math.min(MOST_SCALE, LETTER_HEIGHT / height);
  return Math.min(wanted, Math.sqrt(MOST_PIXELS / (part.rows * part.columns)));
}

/** Stretched between its darkest and brightest hundredth; inverted where most of it is dark. */
function darkOnWhite({ rows, columns, pixels }: GreyPlane): GreyPlane {
  const { low, high, isDark } = groundOf({ rows, columns, pixels });
  const table = Uint8Array.from({ length: 256 }, (_, value) => {
    const level = Math.max(0, Math.min(255, Math.round(((value - low) * 255) / (high - low))));
    return isDark ? 255 - level : level;
  });
  return { rows, columns, pixels: pixels.map((value) => table[value]!) };
}

/** Black at the level of the letters, white from four fifths of the contrast on, above and below. */
function byLevel({ rows, columns, pixels }: GreyPlane, level: number, contrast: number): GreyPlane {
  const table = Uint8Array.from({ length: 256 }, (_, value) =>
    Math.min(255, Math.round((Math.abs(value - level) * 255) / (0.8 * contrast))),
  );
  return { rows, columns, pixels: pixels.map((value) => table[value]!) };
}

function framed({ rows, columns, pixels }: GreyPlane): GreyPlane {
  const wide = columns + 2 * MARGIN;
  const high = rows + 2 * MARGIN;
  const out = new Uint8Array(wide * high).fill(255);
  for (let y = 0; y < rows; y++) {
    out.set(pixels.subarray(y * columns, (y + 1) * columns), (y + MARGIN) * wide + MARGIN);
  }
  return { rows: high, columns: wide, pixels: out };
}
