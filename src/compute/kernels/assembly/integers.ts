// AssemblyScript, compiled by scripts/kernels.ts; tsc, biome and the package leave this folder out.
// One layer of a quantised network. Sums wrap at 32 bits, as in ../../network-js.ts, which gives the same bits.

/**
 * For each output pixel and eight output channels at a time: bias + Σ weight · input, shifted right, then
 *   narrow: saturated to i16, the skip shifted right by `skipShift`, rounded, and added with saturation, cut to 0 to `ceiling`, 16 bytes stored;
 *   wide: negative values cut, 32 bytes stored as i32;
 * where `ceiling` is 0 nothing is cut.
 * A pixel's inputs are `runs` stretches of `quads`·4 neighbouring i16 values, at the i32 byte `offsets` from the
 * pixel's origin. weights: [block of 8 outputs][run][pair of inputs][output][2]; bias: i32, [output], rounding
 * included. All steps are in bytes; from pixel to pixel those of out and skip are the same.
 */
export function convolveIntegers(
  input: usize, inputRowStep: usize, pixelStep: usize,
  offsets: usize, runs: i32, quads: i32,
  weights: usize, bias: usize, blocks: i32, shift: i32, ceiling: i32,
  skip: usize, skipRowStep: usize, skipShift: i32,
  out: usize, outRowStep: usize, outPixelStep: usize, rows: i32, columns: i32, wide: i32,
): void {
  const weightBytes = <usize>(runs * quads) << 6;
  const blockBytes: usize = wide ? 32 : 16;
  for (let y = 0; y < rows; y++) {
    for (let block = 0; block < blocks; block++) {
      const blockWeights = weights + <usize>block * weightBytes;
      const blockBias = bias + ((<usize>block) << 5);
      let from = input;
      let to = out + <usize>block * blockBytes;
      let add = skip ? skip + <usize>block * 16 : 0;
      let x = 0;
      for (; x + 4 <= columns; x += 4) {
        fourPixels(
          from, pixelStep, offsets, runs, quads, blockWeights, blockBias, shift, ceiling,
          add, skipShift, to, outPixelStep, wide,
        );
        from += pixelStep << 2;
        to += outPixelStep << 2;
        if (add) add += outPixelStep << 2;
      }
      for (; x < columns; x++) {
        onePixel(
          from, offsets, runs, quads, blockWeights, blockBias, shift, ceiling, add, skipShift, to, wide,
        );
        from += pixelStep;
        to += outPixelStep;
        if (add) add += outPixelStep;
      }
    }
    input += inputRowStep;
    out += outRowStep;
    if (skip) skip += skipRowStep;
  }
}

@inline
function finish(
  low: v128, high: v128, shift: i32, ceiling: i32, skip: usize, skipShift: i32, out: usize, wide: i32,
): void {
  low = i32x4.shr_s(low, shift);
  high = i32x4.shr_s(high, shift);
  const zero = i64x2.splat(0);
  if (wide) {
    v128.store(out, ceiling ? i32x4.max_s(low, zero) : low);
    v128.store(out, ceiling ? i32x4.max_s(high, zero) : high, 16);
    return;
  }
  let values = i16x8.narrow_i32x4_s(low, high);
  if (skip) values = i16x8.add_sat_s(values, skipped(skip, skipShift));
  if (ceiling) values = i16x8.min_s(i16x8.max_s(values, zero), i16x8.splat(<i16>ceiling));
  v128.store(out, values);
}

@inline
function skipped(skip: usize, shift: i32): v128 {
  const values = v128.load(skip);
  if (!shift) return values;
  return i16x8.shr_s(i16x8.add_sat_s(values, i16x8.splat(<i16>((<i32>1) << (shift - 1)))), shift);
}

/** The sums of one pixel. */
function onePixel(
  input: usize, offsets: usize, runs: i32, quads: i32,
  weights: usize, bias: usize, shift: i32, ceiling: i32, skip: usize, skipShift: i32, out: usize, wide: i32,
): void {
  let low = v128.load(bias), high = v128.load(bias, 16);
  const pairs = quads << 1;
  for (let run = 0; run < runs; run++, offsets += 4) {
    let at = input + <usize>load<u32>(offsets);
    for (let pair = 0; pair < pairs; pair++, at += 4, weights += 32) {
      const s = v128.load32_splat(at);
      low = i32x4.add(low, i32x4.dot_i16x8_s(s, v128.load(weights)));
      high = i32x4.add(high, i32x4.dot_i16x8_s(s, v128.load(weights, 16)));
    }
  }
  finish(low, high, shift, ceiling, skip, skipShift, out, wide);
}

/**
 * The sums of four neighbouring pixels: eight accumulators hide the latency of multiply and add. V8 loads all that
 * a round reads before it computes, so one pair of inputs a round is what 15 registers hold: 8 sums, 2 of
 * weights, 4 of inputs, 1 product. Two pairs a round kept half of the sums in memory, and took half as long again.
 * Inlined, since `convolveTiles` comes here often with little to do.
 */
@inline
function fourPixels(
  input: usize, pixelStep: usize, offsets: usize, runs: i32, quads: i32,
  weights: usize, bias: usize, shift: i32, ceiling: i32, skip: usize, skipShift: i32,
  out: usize, outPixel: usize, wide: i32,
): void {
  let l0 = v128.load(bias), h0 = v128.load(bias, 16);
  let l1 = l0, h1 = h0, l2 = l0, h2 = h0, l3 = l0, h3 = h0;
  for (let run = 0; run < runs; run++, offsets += 4) {
    let p0 = input + <usize>load<u32>(offsets);
    let p2 = p0 + 2 * pixelStep;
    for (let pair = 0; pair < quads << 1; pair++, p0 += 4, p2 += 4, weights += 32) {
      const a = v128.load(weights), b = v128.load(weights, 16);
      const s0 = v128.load32_splat(p0), s1 = v128.load32_splat(p0 + pixelStep);
      const s2 = v128.load32_splat(p2), s3 = v128.load32_splat(p2 + pixelStep);
      l0 = i32x4.add(l0, i32x4.dot_i16x8_s(s0, a));
      h0 = i32x4.add(h0, i32x4.dot_i16x8_s(s0, b));
      l1 = i32x4.add(l1, i32x4.dot_i16x8_s(s1, a));
      h1 = i32x4.add(h1, i32x4.dot_i16x8_s(s1, b));
      l2 = i32x4.add(l2, i32x4.dot_i16x8_s(s2, a));
      h2 = i32x4.add(h2, i32x4.dot_i16x8_s(s2, b));
      l3 = i32x4.add(l3, i32x4.dot_i16x8_s(s3, a));
      h3 = i32x4.add(h3, i32x4.dot_i16x8_s(s3, b));
    }
  }
  finish(l0, h0, shift, ceiling, skip, skipShift, out, wide);
  skip = skip ? skip + outPixel : 0;
  out += outPixel;
  finish(l1, h1, shift, ceiling, skip, skipShift, out, wide);
  skip = skip ? skip + outPixel : 0;
  out += outPixel;
  finish(l2, h2, shift, ceiling, skip, skipShift, out, wide);
  skip = skip ? skip + outPixel : 0;
  out += outPixel;
  finish(l3, h3, shift, ceiling, skip, skipShift, out, wide);
}

/** Tiles whose inputs are transformed before they are used: a multiple of 4; these stay in the first cache. */
const STRIP: i32 = 8;
/** Bytes from one position to the next of the sums of a strip. */
const POSITION: usize = STRIP << 5;

/** What `convolveTiles` needs: V of a strip, M of it for eight outputs, and 32 bytes that it sets to 0. */
export function tilesScratch(groups: i32): i32 {
  return (STRIP * groups << 8) + 16 * <i32>POSITION + 32;
}

/**
 * The narrow outputs of `convolveIntegers`, bit for bit, for a kernel of 3 × 3 and stride 1, in 16 products for
 * four outputs instead of 36: F(2 × 2, 3 × 3) of Lavin and Gray, "Fast algorithms for convolutional neural
 * networks" (2016), in whole numbers. The caller has proven that
 *   inputs are 0 to 8191: the sums of four of them in V fit i16;
 *   |4 · (bias + Σ weight · input)| < 2³¹: what wraps on the way to it comes back.
 * A tile is the outputs (y, y + dilation) × (x, x + dilation). Of its 4 × 4 inputs d, `dilation` apart,
 *   V = Bᵀ d B, M = Σ U · V over the channels, position by position, 4 · outputs = Aᵀ M A.
 * input: the first tap of the first output; groups: eights of input channels; weights: U as [block of 8 outputs]
 * [position, by rows][pair of inputs][output][2]; bias: four times that of convolveIntegers, and `shift` 2 more.
 */
export function convolveTiles(
  input: usize, inputRowStep: usize, pixelStep: usize, dilation: i32, groups: i32,
  weights: usize, bias: usize, blocks: i32, shift: i32, ceiling: i32, skip: usize, skipRowStep: usize, skipShift: i32,
  out: usize, outRowStep: usize, outPixelStep: usize, rows: i32, columns: i32, scratch: usize,
): void {
  const sums = scratch + (<usize>(STRIP * groups) << 8);
  v128.store(sums, i64x2.splat(0), 16 * POSITION);
  v128.store(sums, i64x2.splat(0), 16 * POSITION + 16);
  for (let tileRow = 0; ; tileRow++) {
    const y = firstOutput(tileRow, dilation);
    if (y >= rows) return;
    const lower = y + dilation < rows;
    const from = input + <usize>y * inputRowStep;
    const to = out + <usize>y * outRowStep;
    const add = skip ? skip + <usize>y * skipRowStep : 0;
    for (let strip = 0; firstOutput(strip, dilation) < columns; strip += STRIP) {
      const tiles = transformInputs(from, inputRowStep, pixelStep, dilation, lower, strip, columns, groups, scratch);
      for (let block: usize = 0; block < <usize>blocks; block++) {
        multiplyTiles(scratch, sums, tiles, groups, weights + block * (<usize>groups << 11), bias + (block << 5));
        transformOutputs(
          sums, strip, tiles, shift, ceiling, add ? add + (block << 4) : 0, skipRowStep, skipShift, to + (block << 4),
          outRowStep, outPixelStep, dilation, lower, columns,
        );
      }
    }
  }
}

/** Of 2 · dilation rows (columns) the first half begin tiles, which the second half complete. */
@inline
function firstOutput(tile: i32, dilation: i32): i32 {
  return tile + (tile & -dilation);
}

/** V of a strip as [position][tile][channel]; gives the number of its tiles. */
function transformInputs(
  input: usize, rowStep: usize, pixelStep: usize, dilation: i32, lower: bool, strip: i32, columns: i32,
  groups: i32, to: usize,
): i32 {
  const down = <usize>dilation * rowStep;
  const right = <usize>dilation * pixelStep;
  // Only outputs that do not exist depend on the last row (column) of theirs: it may lie outside, and is not read.
  const lowest = lower ? 3 * down : 2 * down;
  const step = <usize>(STRIP * groups) << 4;
  for (let tile = 0; tile < STRIP; tile++) {
    const x = firstOutput(strip + tile, dilation);
    if (x >= columns) return tile;
    const last = x + dilation < columns ? 3 * right : 2 * right;
    let from = input + <usize>x * pixelStep;
    for (let group = 0; group < groups; group++, from += 16, to += 16) {
      transformRow(from, from + 2 * down, false, right, last, to, step);
      transformRow(from + down, from + 2 * down, true, right, last, to + 4 * step, step);
      transformRow(from + 2 * down, from + down, false, right, last, to + 8 * step, step);
      transformRow(from + down, from + lowest, false, right, last, to + 12 * step, step);
    }
  }
  return STRIP;
}

/** A row of V, from the sum or the difference of two rows of d. */
@inline
function transformRow(
  one: usize, other: usize, sum: bool, right: usize, last: usize, to: usize, step: usize,
): void {
  const d0 = combine(one, other, sum), d1 = combine(one + right, other + right, sum);
  const d2 = combine(one + 2 * right, other + 2 * right, sum), d3 = combine(one + last, other + last, sum);
  v128.store(to, i16x8.sub(d0, d2));
  v128.store(to + step, i16x8.add(d1, d2));
  v128.store(to + 2 * step, i16x8.sub(d2, d1));
  v128.store(to + 3 * step, i16x8.sub(d1, d3));
}

@inline
function combine(one: usize, other: usize, sum: bool): v128 {
  const a = v128.load(one), b = v128.load(other);
  return sum ? i16x8.add(a, b) : i16x8.sub(a, b);
}

/** M of a strip for eight outputs, as [position][tile][output]. */
@inline
function multiplyTiles(scratch: usize, sums: usize, tiles: i32, groups: i32, weights: usize, bias: usize): void {
  const zeros = sums + 16 * POSITION;
  const tileBytes = <usize>groups << 4;
  for (let position: usize = 0; position < 16; position++, weights += tileBytes << 3) {
    // Row 1, column 1 is part of each of the four outputs once, so the bias can begin there.
    const start = position == 5 ? bias : zeros;
    for (let tile: usize = 0; tile < <usize>tiles; tile += 4) {
      fourPixels(
        scratch + (position * STRIP + tile) * tileBytes, tileBytes, zeros, 1, groups << 1, weights, start, 0, 0,
        0, 0, sums + position * POSITION + (tile << 5), 32, 1,
      );
    }
  }
}

/** The outputs of a strip, as far as they exist. */
@inline
function transformOutputs(
  sums: usize, strip: i32, tiles: i32, shift: i32, ceiling: i32, skip: usize, skipRowStep: usize, skipShift: i32,
  out: usize, rowStep: usize, pixelStep: usize, dilation: i32, lower: bool, columns: i32,
): void {
  const right = <usize>dilation * pixelStep;
  for (let tile = 0; tile < tiles; tile++, sums += 32) {
    const x = firstOutput(strip + tile, dilation);
    const both = x + dilation < columns;
    const to = out + <usize>x * pixelStep;
    const add = skip ? skip + <usize>x * pixelStep : 0;
    finishRow(sums, true, shift, ceiling, add, skipShift, to, right, both);
    if (lower) {
      const addBelow = add ? add + <usize>dilation * skipRowStep : 0;
      finishRow(sums, false, shift, ceiling, addBelow, skipShift, to + <usize>dilation * rowStep, right, both);
    }
  }
}

/** One row of a tile's outputs. */
@inline
function finishRow(
  m: usize, upper: bool, shift: i32, ceiling: i32, skip: usize, skipShift: i32, out: usize, right: usize, both: bool,
): void {
  const a1 = rowSum(m + POSITION, upper), b1 = rowSum(m + POSITION + 16, upper);
  const a2 = rowSum(m + 2 * POSITION, upper), b2 = rowSum(m + 2 * POSITION + 16, upper);
  const a = i32x4.add(rowSum(m, upper), i32x4.add(a1, a2));
  const b = i32x4.add(rowSum(m + 16, upper), i32x4.add(b1, b2));
  finish(a, b, shift, ceiling, skip, skipShift, out, 0);
  if (!both) return;
  const c = i32x4.sub(i32x4.sub(a1, a2), rowSum(m + 3 * POSITION, upper));
  const d = i32x4.sub(i32x4.sub(b1, b2), rowSum(m + 3 * POSITION + 16, upper));
  finish(c, d, shift, ceiling, skip ? skip + right : 0, skipShift, out + right, 0);
}

/** A column of Aᵀ M: the first row of Aᵀ is 1 1 1 0, the second 0 1 −1 −1. */
@inline
function rowSum(m: usize, upper: bool): v128 {
  const m1 = v128.load(m, 4 * POSITION), m2 = v128.load(m, 8 * POSITION);
  return upper
    ? i32x4.add(i32x4.add(v128.load(m), m1), m2)
    : i32x4.sub(i32x4.sub(m1, m2), v128.load(m, 12 * POSITION));
}
