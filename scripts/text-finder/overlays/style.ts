import { pick, type Random, randomInt } from "../../../src/base/index.js";
import { type FontFile, fontsOf, isSquare, SCRIPTS, type Script, type Split } from "../fonts.js";
import { type Colour, lumaOf, type Picture } from "../image.js";
import { type DotPen, dotHeight } from "./dots.js";
import { fontPixelsFor, type Pen } from "./ink.js";

/** How all words of one block are formed; colours follow when its place is known. */
export interface Style {
  readonly script: Script;
  /** The file of the script first, then one for Latin letters, digits and signs. */
  readonly files: readonly FontFile[];
  readonly pen: Pen;
  /** Set: drawn of dots instead, in capitals. */
  readonly dots: DotPen | null;
  /** Height of capitals in the picture that is drawn on. */
  readonly size: number;
  readonly variants: readonly string[];
}

export interface Dress {
  readonly colour: Colour;
  readonly opacity: number;
  readonly outline: Colour | null;
  readonly shadow: { readonly colour: Colour; readonly dx: number; readonly dy: number } | null;
  readonly box: Colour | null;
  readonly variants: readonly string[];
}

/** What a layout may wish; the rest is drawn by chance. */
export interface Wish {
  readonly minimum: number;
  readonly maximum: number;
  readonly angle?: "level" | "vertical" | "tilted";
  readonly latin?: boolean;
}

/** The training split draws half of its text as Latin; sizes lean to the small ones that devices use. */
export function drawStyle(random: Random, split: Split, wish: Wish, scale: number): Style {
  const script: Script = wish.latin || random() < 0.42 ? "latin" : pick(random, SCRIPTS);
  const size = wish.minimum + (wish.maximum - wish.minimum) * random() ** 1.7;
  const file = pick(random, fontsOf(split, script));
  const latin = companion(random, split, file);
  const angle = angleOf(random, wish);
  const variants: string[] = [];
  const note = (name: string, holds: boolean) => {
    if (holds) variants.push(name);
    return holds;
  };
  note("rotated", angle !== 0 && Math.abs(angle) <= 15);
  note("vertical", Math.abs(angle) > 15);
  const stacked = note("stacked", isSquare(script) && angle === 0 && random() < 0.2);
  const fontPixels = fontPixelsFor(file, size * scale);
  const dot = dotOf(random, size * scale, script);
  note("pixelated", dot > 1);
  const pen: Pen = {
    fontPixels,
    letterSpacing:
      script !== "arabic" && note("letter-spaced", random() < 0.13)
        ? fontPixels * (0.05 + 0.3 * random())
        : 0,
    stretch: note("condensed", !stacked && random() < 0.13) ? 0.65 + 0.3 * random() : 1,
    angle,
    stacked,
    aliased: note("aliased", random() < 0.3),
    outline: note("outlined", random() < 0.12) ? Math.max(0.8, size * scale * 0.06) : 0,
    dot,
  };
  return {
    script,
    files: [file, latin],
    pen,
    dots: dotsFor(random, split, script, size * scale, angle, note),
    size,
    variants,
  };
}

/** Enlarging a bitmap needs letters that can still be read in it: 7 pixels for Latin, 14 for the intricate. */
function dotOf(random: Random, pixels: number, script: Script): number {
  const most = Math.floor(pixels / (isSquare(script) || script === "arabic" ? 14 : 7));
  return most >= 2 && random() < 0.15 ? randomInt(random, 2, Math.min(3, most)) : 1;
}

function angleOf(random: Random, wish: Wish): number {
  const share = random();
  const kind = wish.angle ?? (share < 0.52 ? "level" : share < 0.76 ? "tilted" : "vertical");
  if (kind === "level") return 0;
  return kind === "tilted" ? Math.round((random() * 30 - 15) * 10) / 10 : random() < 0.5 ? 90 : -90;
}

/** Digits and signs beside another script: of the same package where it has them. */
function companion(random: Random, split: Split, file: FontFile): FontFile {
  const latin = fontsOf(split, "latin");
  return latin.find((each) => each.name === file.name) ?? pick(random, latin);
}

function dotsFor(
  random: Random,
  split: Split,
  script: Script,
  pixels: number,
  angle: number,
  note: (name: string, holds: boolean) => boolean,
): DotPen | null {
  const level = angle === 0 || Math.abs(angle) === 90;
  if (split !== "train" || script !== "latin" || !level || pixels < 7) return null;
  if (!note("dots", random() < 0.16)) return null;
  const tall = random() < 0.35;
  const scale = Math.max(1, Math.round(pixels / (tall ? 9 : 7)));
  const pen: DotPen = {
    scale,
    tall,
    bold: random() < 0.3,
    gaps: random() < 0.3,
    angle: angle === 0 ? 0 : angle === 90 ? 90 : 270,
  };
  return dotHeight(pen) > 40 ? null : pen;
}

const PALETTE: readonly Colour[] = [
  [255, 255, 0],
  [0, 255, 255],
  [255, 40, 30],
  [30, 255, 60],
  [60, 90, 255],
  [255, 160, 0],
  [255, 0, 255],
  [250, 230, 140],
  [130, 220, 255],
];

/** Colours of a block over a ground of this luma, so that its contrast is about what chance asks for. */
export function drawDress(random: Random, style: Style, picture: Picture, ground: number): Dress {
  const variants: string[] = [];
  const coloured = picture.planes.length === 3;
  const boxed = random() < 0.13 && (style.pen.angle === 0 || Math.abs(style.pen.angle) === 90);
  const box = boxed ? boxColour(random, coloured) : null;
  const under = box === null ? ground : lumaOf(box);
  const hue = coloured && random() < 0.55 ? pick(random, PALETTE) : null;
  const usable = hue !== null && Math.abs(lumaOf(hue) - under) >= 30;
  const grey = contrasting(random, under);
  const colour: Colour = usable ? hue : [grey, grey, grey];
  const bright = lumaOf(colour) > under;
  const semi = Math.abs(lumaOf(colour) - under) > 90 && random() < 0.13;
  const shadowed = random() < 0.1;
  const edge = bright ? randomInt(random, 0, 30) : randomInt(random, 225, 255);
  const outline = style.pen.outline > 0 ? ([edge, edge, edge] as const) : null;
  if (box !== null) variants.push("boxed");
  if (usable) variants.push("coloured");
  if (semi) variants.push("semi-transparent");
  if (shadowed) variants.push("shadowed");
  variants.push(bright ? "light-on-dark" : "dark-on-light");
  const step = Math.max(1, Math.round(style.size / 14));
  return {
    colour,
    opacity: semi ? 0.45 + 0.4 * random() : 1,
    outline,
    shadow: shadowed ? { colour: [edge, edge, edge], dx: step, dy: step } : null,
    box,
    variants,
  };
}

function boxColour(random: Random, coloured: boolean): Colour {
  const grey = random() < 0.5 ? randomInt(random, 0, 40) : randomInt(random, 60, 255);
  return coloured && random() < 0.4
    ? [randomInt(random, 0, 255), randomInt(random, 0, 255), randomInt(random, 0, 255)]
    : [grey, grey, grey];
}

/** A grey level some way off: a quarter near the limit of what can be read, half as far as it goes. */
function contrasting(random: Random, ground: number): number {
  const share = random();
  const distance =
    share < 0.22 ? 30 + 40 * random() : share < 0.5 ? 70 + 80 * random() : 150 + 105 * random();
  const upward = ground + distance <= 255 ? (ground - distance >= 0 ? random() < 0.65 : true) : ground < 128;
  return Math.min(255, Math.max(0, Math.round(upward ? ground + distance : ground - distance)));
}
