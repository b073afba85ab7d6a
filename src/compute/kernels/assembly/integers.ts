// AssemblyScript, compiled by scripts/kernels.ts; tsc, biome and the package leave this folder out.
// One layer of a quantised network. Sums wrap at 32 bits, as in ../../network-js.ts, which gives the same bits.

/**
 * For each output pixel and eight output channels at a time: bias + Σ weight · input, shifted right, then
 *   narrow: saturated to i16, the skip added with saturation, negative values cut when `relu`, 16 bytes stored;
 *   wide: negative values cut when `relu`, 32 bytes stored as i32.
 * A pixel's inputs are `runs` stretches of `quads`·4 neighbouring i16 values, at the i32 byte `offsets` from the
 * pixel's origin. weights: [block of 8 outputs][run][pair of inputs][output][2]; bias: i32, [output], rounding
 * included. All steps are in bytes; from pixel to pixel those of out and skip are the same.
 */
export function convolveIntegers(
  input: usize, inputRowStep: usize, pixelStep: usize,
  offsets: usize, runs: i32, quads: i32,
  weights: usize, bias: usize, blocks: i32, shift: i32, relu: i32,
  skip: usize, skipRowStep: usize,
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
          from, pixelStep, offsets, runs, quads, blockWeights, blockBias, shift, relu,
          add, to, outPixelStep, wide,
        );
        from += pixelStep << 2;
        to += outPixelStep << 2;
        if (add) add += outPixelStep << 2;
      }
      for (; x < columns; x++) {
        onePixel(from, offsets, runs, quads, blockWeights, blockBias, shift, relu, add, to, wide);
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
function finish(low: v128, high: v128, shift: i32, relu: i32, skip: usize, out: usize, wide: i32): void {
  low = i32x4.shr_s(low, shift);
  high = i32x4.shr_s(high, shift);
  const zero = i64x2.splat(0);
  if (wide) {
    v128.store(out, relu ? i32x4.max_s(low, zero) : low);
    v128.store(out, relu ? i32x4.max_s(high, zero) : high, 16);
    return;
  }
  let values = i16x8.narrow_i32x4_s(low, high);
  if (skip) values = i16x8.add_sat_s(values, v128.load(skip));
  if (relu) values = i16x8.max_s(values, zero);
  v128.store(out, values);
}

/** The sums of one pixel. */
function onePixel(
  input: usize, offsets: usize, runs: i32, quads: i32,
  weights: usize, bias: usize, shift: i32, relu: i32, skip: usize, out: usize, wide: i32,
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
  finish(low, high, shift, relu, skip, out, wide);
}

/** The sums of four neighbouring pixels: eight accumulators hide the latency of multiply and add. */
function fourPixels(
  input: usize, pixelStep: usize, offsets: usize, runs: i32, quads: i32,
  weights: usize, bias: usize, shift: i32, relu: i32, skip: usize, out: usize, outPixel: usize, wide: i32,
): void {
  let l0 = v128.load(bias), h0 = v128.load(bias, 16);
  let l1 = l0, h1 = h0, l2 = l0, h2 = h0, l3 = l0, h3 = h0;
  for (let run = 0; run < runs; run++, offsets += 4) {
    let p0 = input + <usize>load<u32>(offsets);
    let p2 = p0 + 2 * pixelStep;
    for (let quad = 0; quad < quads; quad++, p0 += 8, p2 += 8, weights += 64) {
      const p1 = p0 + pixelStep;
      const p3 = p2 + pixelStep;
      let a = v128.load(weights), b = v128.load(weights, 16);
      let s = v128.load32_splat(p0);
      l0 = i32x4.add(l0, i32x4.dot_i16x8_s(s, a));
      h0 = i32x4.add(h0, i32x4.dot_i16x8_s(s, b));
      s = v128.load32_splat(p1);
      l1 = i32x4.add(l1, i32x4.dot_i16x8_s(s, a));
      h1 = i32x4.add(h1, i32x4.dot_i16x8_s(s, b));
      s = v128.load32_splat(p2);
      l2 = i32x4.add(l2, i32x4.dot_i16x8_s(s, a));
      h2 = i32x4.add(h2, i32x4.dot_i16x8_s(s, b));
      s = v128.load32_splat(p3);
      l3 = i32x4.add(l3, i32x4.dot_i16x8_s(s, a));
      h3 = i32x4.add(h3, i32x4.dot_i16x8_s(s, b));
      a = v128.load(weights, 32), b = v128.load(weights, 48);
      s = v128.load32_splat(p0, 4);
      l0 = i32x4.add(l0, i32x4.dot_i16x8_s(s, a));
      h0 = i32x4.add(h0, i32x4.dot_i16x8_s(s, b));
      s = v128.load32_splat(p1, 4);
      l1 = i32x4.add(l1, i32x4.dot_i16x8_s(s, a));
      h1 = i32x4.add(h1, i32x4.dot_i16x8_s(s, b));
      s = v128.load32_splat(p2, 4);
      l2 = i32x4.add(l2, i32x4.dot_i16x8_s(s, a));
      h2 = i32x4.add(h2, i32x4.dot_i16x8_s(s, b));
      s = v128.load32_splat(p3, 4);
      l3 = i32x4.add(l3, i32x4.dot_i16x8_s(s, a));
      h3 = i32x4.add(h3, i32x4.dot_i16x8_s(s, b));
    }
  }
  finish(l0, h0, shift, relu, skip, out, wide);
  skip = skip ? skip + outPixel : 0;
  out += outPixel;
  finish(l1, h1, shift, relu, skip, out, wide);
  skip = skip ? skip + outPixel : 0;
  out += outPixel;
  finish(l2, h2, shift, relu, skip, out, wide);
  skip = skip ? skip + outPixel : 0;
  out += outPixel;
  finish(l3, h3, shift, relu, skip, out, wide);
}
