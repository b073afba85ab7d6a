import type { Picture } from "./image.js";

/** Quantization tables of ITU-T T.81 Annex K.1, for luminance and chrominance. */
const LUMINANCE = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22,
  29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103,
  121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];
const CHROMINANCE = Array.from({ length: 64 }, (_, at) => {
  const [row, column] = [at >> 3, at & 7];
  const start = [17, 18, 24, 47, 18, 21, 26, 66, 24, 26, 56, 99, 47, 66, 99, 99];
  return row < 4 && column < 4 ? start[row * 4 + column]! : 99;
});

/** COSINE[u * 8 + x]: the orthonormal DCT-II of eight values. */
const COSINE = Float32Array.from({ length: 64 }, (_, at) => {
  const [u, x] = [at >> 3, at & 7];
  return (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

/** Leaves in a picture what JPEG of this quality (1 to 100, scaled as libjpeg does) leaves of it. */
export function jpegRoundTrip(picture: Picture, quality: number): void {
  const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  const stepsOf = (table: readonly number[]) =>
    Float32Array.from(table, (value) => Math.min(255, Math.max(1, Math.floor((value * scale + 50) / 100))));
  const [red, green, blue] = picture.planes;
  if (green === undefined || blue === undefined) return quantize(red!, picture, stepsOf(LUMINANCE), 128);
  toYcc(red!, green, blue);
  quantize(red!, picture, stepsOf(LUMINANCE), 128);
  quantize(green, picture, stepsOf(CHROMINANCE), 0);
  quantize(blue, picture, stepsOf(CHROMINANCE), 0);
  toRgb(red!, green, blue);
}

function quantize(
  plane: Float32Array,
  size: { rows: number; columns: number },
  steps: Float32Array,
  level: number,
): void {
  const block = new Float32Array(64);
  const half = new Float32Array(64);
  for (let top = 0; top < size.rows; top += 8) {
    for (let left = 0; left < size.columns; left += 8) {
      for (let at = 0; at < 64; at++) {
        const row = Math.min(top + (at >> 3), size.rows - 1);
        block[at] = plane[row * size.columns + Math.min(left + (at & 7), size.columns - 1)]! - level;
      }
      forward(block, half);
      forward(half, block);
      for (let at = 0; at < 64; at++) block[at] = Math.round(block[at]! / steps[at]!) * steps[at]!;
      inverse(block, half);
      inverse(half, block);
      for (let at = 0; at < 64; at++) {
        const [row, column] = [top + (at >> 3), left + (at & 7)];
        if (row < size.rows && column < size.columns) plane[row * size.columns + column] = block[at]! + level;
      }
    }
  }
}

/** Transforms each row and turns the block over, so that twice is the whole transform. */
function forward(from: Float32Array, to: Float32Array): void {
  for (let row = 0; row < 8; row++) {
    const at = row * 8;
    for (let u = 0; u < 8; u++) {
      const c = u * 8;
      to[u * 8 + row] =
        from[at]! * COSINE[c]! +
        from[at + 1]! * COSINE[c + 1]! +
        from[at + 2]! * COSINE[c + 2]! +
        from[at + 3]! * COSINE[c + 3]! +
        from[at + 4]! * COSINE[c + 4]! +
        from[at + 5]! * COSINE[c + 5]! +
        from[at + 6]! * COSINE[c + 6]! +
        from[at + 7]! * COSINE[c + 7]!;
    }
  }
}

function inverse(from: Float32Array, to: Float32Array): void {
  for (let row = 0; row < 8; row++) {
    const at = row * 8;
    for (let x = 0; x < 8; x++) {
      to[x * 8 + row] =
        from[at]! * COSINE[x]! +
        from[at + 1]! * COSINE[8 + x]! +
        from[at + 2]! * COSINE[16 + x]! +
        from[at + 3]! * COSINE[24 + x]! +
        from[at + 4]! * COSINE[32 + x]! +
        from[at + 5]! * COSINE[40 + x]! +
        from[at + 6]! * COSINE[48 + x]! +
        from[at + 7]! * COSINE[56 + x]!;
    }
  }
}

function toYcc(red: Float32Array, green: Float32Array, blue: Float32Array): void {
  for (let at = 0; at < red.length; at++) {
    const [r, g, b] = [red[at]!, green[at]!, blue[at]!];
    const y = 0.299 * r + 0.587 * g + 0.114 * b;
    red[at] = y;
    green[at] = (b - y) / 1.772;
    blue[at] = (r - y) / 1.402;
  }
}

function toRgb(red: Float32Array, green: Float32Array, blue: Float32Array): void {
  for (let at = 0; at < red.length; at++) {
    const [y, cb, cr] = [red[at]!, green[at]!, blue[at]!];
    red[at] = y + 1.402 * cr;
    blue[at] = y + 1.772 * cb;
    green[at] = (y - 0.299 * red[at]! - 0.114 * blue[at]!) / 0.587;
  }
}
