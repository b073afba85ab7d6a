import { ElpisError } from "../base/index.js";
import { withPlanarConfiguration } from "./codecs/planes.js";
import { type FrameRoom, roomFor } from "./frame-room.js";
import type { Palette } from "./render-lut.js";
import type { Frame, GreyPlane } from "./types.js";

/** Red, green, blue of every pixel, 0 to 255, three bytes a pixel. */
export function rgbOf(frame: Frame, room?: FrameRoom): Uint8Array {
  const { photometric, samplesPerPixel } = frame.format;
  // Samples that came out of a codestream with a colour transform are RGB, whatever their label (PS3.3 C.7.6.3.1.2).
  if (photometric === "RGB" || photometric === "YBR_ICT" || photometric === "YBR_RCT")
    return bytesOfColour(frame);
  if (samplesPerPixel === 3 && photometric.startsWith("YBR_FULL"))
    return fromYbr(bytesOfColour(frame), 0, room);
  if (samplesPerPixel === 3 && photometric.startsWith("YBR_PARTIAL"))
    return fromYbr(bytesOfColour(frame), 16, room);
  throw new ElpisError("PIXELS_UNSUPPORTED", `(0028,0004) no picture is made of ${photometric}`);
}

/** Samples as bytes, pixel by pixel: unused bits fall away, and larger samples keep their highest 8 bits. */
function bytesOfColour(frame: Frame): Uint8Array {
  const { format, samples } = withPlanarConfiguration(frame, 0);
  const { bitsStored, highBit } = format;
  if (samples instanceof Uint8Array && bitsStored === 8) return samples;
  const shift = highBit + 1 - bitsStored;
  const mask = 2 ** bitsStored - 1;
  const scale = 255 / mask;
  const bytes = new Uint8Array(samples.length);
  for (let i = 0; i < bytes.length; i++) {
    const value = ((samples[i]! >>> shift) & mask) >>> 0;
    bytes[i] = bitsStored > 8 ? value >>> (bitsStored - 8) : Math.round(value * scale);
  }
  return bytes;
}

/** Whole numbers from −1024 to 1023, cut to 0 to 255: a look into a table has no branches. */
const CLAMPED = new Uint8Array(Uint8ClampedArray.from({ length: 2048 }, (_, i) => i - 1024).buffer);

/**
 * PS3.3 C.7.6.3.1.2: YBR_FULL, and the narrower range of YBR_PARTIAL, whose black is 16 and white 235. Whole
 * numbers, in 65,536ths: several times faster than fractions.
 */
function fromYbr(ybr: Uint8Array, black: number, room: FrameRoom | undefined): Uint8Array {
  const rgb = roomFor(room, "rgb", ybr.length);
  const [gain, chroma] = black === 0 ? [65_536, 65_536] : [(65_536 * 255) / 219, (65_536 * 255) / 224];
  const luma = Math.round(gain);
  const red = Math.round(1.402 * chroma);
  const blue = Math.round(1.772 * chroma);
  const greenOfBlue = Math.round((0.114 * 1.772 * chroma) / 0.587);
  const greenOfRed = Math.round((0.299 * 1.402 * chroma) / 0.587);
  for (let i = 0; i < ybr.length; i += 3) {
    const y = Math.imul(ybr[i]! - black, luma) + 32_768;
    const cb = ybr[i + 1]! - 128;
    const cr = ybr[i + 2]! - 128;
    rgb[i] = CLAMPED[1024 + ((y + Math.imul(red, cr)) >> 16)]!;
    rgb[i + 1] = CLAMPED[1024 + ((y - Math.imul(greenOfBlue, cb) - Math.imul(greenOfRed, cr)) >> 16)]!;
    rgb[i + 2] = CLAMPED[1024 + ((y + Math.imul(blue, cb)) >> 16)]!;
  }
  return rgb;
}

/** A pixel is coloured where its channels lie further apart than what JPEG makes of grey ones. */
const COLOURED = 24;
/** Fewer coloured pixels than this share of the image spell no word. */
const FEW = 1 / 20_000;
const FEWEST = 4;
/** With more coloured pixels than this share, text may stand on colour. */
const MANY = 1 / 32;

/**
 * Luma; where there is colour, how far apart the channels lie, in which yellow stands out from white and blue from
 * black; where there is much of it, red against green too. Together they tell any two colours apart.
 */
export function colourPlanes(rgb: Uint8Array, rows: number, columns: number, room?: FrameRoom): GreyPlane[] {
  const luma = roomFor(room, "luma", rows * columns);
  const spread = roomFor(room, "spread", rows * columns).fill(0);
  let coloured = 0;
  for (let i = 0, at = 0; i < luma.length; i++, at += 3) {
    const red = rgb[at]!;
    const green = rgb[at + 1]!;
    const blue = rgb[at + 2]!;
    if (red === green && green === blue) {
      luma[i] = red;
      continue;
    }
    luma[i] = (77 * red + 150 * green + 29 * blue) >> 8;
    // Largest and smallest without branches, which noise makes several times slower.
    const less = (red - green) & ((red - green) >> 31);
    const upper = red - less;
    const lower = green + less;
    const high = upper - ((upper - blue) & ((upper - blue) >> 31));
    const low = blue + ((lower - blue) & ((lower - blue) >> 31));
    spread[i] = high - low;
    coloured += (COLOURED - high + low) >>> 31;
  }
  const planes: GreyPlane[] = [{ rows, columns, pixels: luma }];
  if (coloured <= Math.max(FEWEST, luma.length * FEW)) return planes;
  planes.push({ rows, columns, pixels: spread });
  if (coloured > luma.length * MANY)
    planes.push({ rows, columns, pixels: redAgainstGreen(rgb, roomFor(room, "red", luma.length)) });
  return planes;
}

function redAgainstGreen(rgb: Uint8Array, pixels: Uint8Array): Uint8Array {
  for (let i = 0, at = 0; i < pixels.length; i++, at += 3)
    pixels[i] = CLAMPED[1152 + rgb[at]! - rgb[at + 1]!]!;
  return pixels;
}

/** Red, green and blue of every bin of a PALETTE COLOR frame, three bytes each. */
export function paletteTable(palette: Palette, count: number, lowest: number): Uint8Array {
  const { first, red, green, blue } = palette;
  const table = new Uint8Array(3 * count);
  for (let bin = 0; bin < count; bin++) {
    // An index is the stored value; what the table does not map takes its first or last entry (PS3.3 C.7.6.3.1.5).
    const value = lowest > 0 && bin >= lowest ? bin - count : bin;
    const at = Math.max(0, value - first);
    table[3 * bin] = red[Math.min(at, red.length - 1)]!;
    table[3 * bin + 1] = green[Math.min(at, green.length - 1)]!;
    table[3 * bin + 2] = blue[Math.min(at, blue.length - 1)]!;
  }
  return table;
}
