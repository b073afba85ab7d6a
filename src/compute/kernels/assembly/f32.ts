// AssemblyScript, compiled by scripts/kernels.ts; tsc, biome and the package leave this folder out.
// f32 kernels for training. Pointers are byte addresses of the module's memory, sizes count elements, and
// every area is laid out by ../wasm.ts; nothing here allocates or checks. Only the fixed SIMD instructions
// are used, never relaxed ones and never a fused multiply-add, so every machine gives the same bits.

/** Rows of A and columns of B in one register tile: eight accumulators, which with operands fill 15 registers. */
const TILE_ROWS: i32 = 4;
const TILE_COLUMNS: i32 = 8;

/**
 * Packs `count` (1 to 4) vectors of length k side by side: dst[p·dstStep + i] = vector i at p, 0 for i >= count.
 * Vectors lie along memory (element stride 1, vector stride `stride`).
 */
function packAlong(src: usize, stride: i32, count: i32, k: i32, dst: usize, dstStep: usize): void {
  const s0 = src;
  const s1 = count > 1 ? src + ((<usize>stride) << 2) : src;
  const s2 = count > 2 ? src + ((<usize>stride) << 3) : src;
  const s3 = count > 3 ? src + (<usize>stride) * 12 : src;
  const zero = f32x4.splat(0);
  let p = 0;
  for (; p + 4 <= k; p += 4) {
    const at = (<usize>p) << 2;
    const a = v128.load(s0 + at);
    const b = count > 1 ? v128.load(s1 + at) : zero;
    const c = count > 2 ? v128.load(s2 + at) : zero;
    const d = count > 3 ? v128.load(s3 + at) : zero;
    const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(dst, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
    v128.store(dst + dstStep, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7));
    v128.store(dst + 2 * dstStep, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5));
    v128.store(dst + 3 * dstStep, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7));
    dst += 4 * dstStep;
  }
  for (; p < k; p++) {
    const at = (<usize>p) << 2;
    f32.store(dst, f32.load(s0 + at));
    f32.store(dst, count > 1 ? f32.load(s1 + at) : 0, 4);
    f32.store(dst, count > 2 ? f32.load(s2 + at) : 0, 8);
    f32.store(dst, count > 3 ? f32.load(s3 + at) : 0, 12);
    dst += dstStep;
  }
}

/** As packAlong, for vectors that lie across memory (element stride `stride`, vector stride 1). */
function packAcross(src: usize, stride: i32, count: i32, k: i32, dst: usize, dstStep: usize): void {
  const step = (<usize>stride) << 2;
  if (count >= 4) {
    for (let p = 0; p < k; p++, src += step, dst += dstStep) v128.store(dst, v128.load(src));
    return;
  }
  for (let p = 0; p < k; p++, src += step, dst += dstStep) {
    f32.store(dst, count > 0 ? f32.load(src) : 0);
    f32.store(dst, count > 1 ? f32.load(src, 4) : 0, 4);
    f32.store(dst, count > 2 ? f32.load(src, 8) : 0, 8);
    f32.store(dst, 0, 12);
  }
}

/**
 * One 4 × 8 tile: out[i][j] (+)= Σ over p ascending of a[p·4 + i] · b[p·8 + j]. Row stride of out in bytes.
 * The sum starts at 0 and is added to out at the end, so a longer k is summed block by block.
 */
function tilePacked(k: i32, a: usize, b: usize, out: usize, rowBytes: usize, accumulate: i32): void {
  let r00 = f32x4.splat(0), r01 = r00, r10 = r00, r11 = r00;
  let r20 = r00, r21 = r00, r30 = r00, r31 = r00;
  for (let p = 0; p < k; p++, a += 16, b += 32) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = v128.load32_splat(a);
    r00 = f32x4.add(r00, f32x4.mul(s, b0));
    r01 = f32x4.add(r01, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 4);
    r10 = f32x4.add(r10, f32x4.mul(s, b0));
    r11 = f32x4.add(r11, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 8);
    r20 = f32x4.add(r20, f32x4.mul(s, b0));
    r21 = f32x4.add(r21, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 12);
    r30 = f32x4.add(r30, f32x4.mul(s, b0));
    r31 = f32x4.add(r31, f32x4.mul(s, b1));
  }
  storeRow(out, r00, r01, accumulate);
  storeRow(out + rowBytes, r10, r11, accumulate);
  storeRow(out + 2 * rowBytes, r20, r21, accumulate);
  storeRow(out + 3 * rowBytes, r30, r31, accumulate);
}

@inline
function storeRow(out: usize, left: v128, right: v128, accumulate: i32): void {
  if (accumulate) {
    left = f32x4.add(v128.load(out), left);
    right = f32x4.add(v128.load(out, 16), right);
  }
  v128.store(out, left);
  v128.store(out, right, 16);
}

/** Adds or copies the valid corner of a finished 4 × 8 tile at `tile` to out. */
function storeCorner(tile: usize, rows: i32, columns: i32, out: usize, rowBytes: usize, accumulate: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const from = tile + (<usize>(i * TILE_COLUMNS + j) << 2);
      const to = out + <usize>i * rowBytes + (<usize>j << 2);
      f32.store(to, accumulate ? f32.load(to) + f32.load(from) : f32.load(from));
    }
  }
}

/**
 * out (m × n) (+)= A · B for one block of k. aK and bK are the lengths of a stored row: A is m × aK, or k × m
 * when transposeA; B is k × n, or n × bK when transposeB; pointers stand at the block's first element.
 * `packA`: ⌈m/4⌉·4·k floats; `packB`: 64·k floats; `tile`: 32 floats.
 */
export function matmulBlock(
  m: i32, n: i32, k: i32,
  a: usize, aStride: i32, transposeA: i32,
  b: usize, bStride: i32, transposeB: i32,
  out: usize, accumulate: i32,
  packA: usize, packB: usize, tile: usize,
): void {
  const panelA = (<usize>k) << 4;
  const panelB = (<usize>k) << 5;
  const rowBytes = (<usize>n) << 2;
  for (let i = 0; i < m; i += TILE_ROWS) {
    const to = packA + <usize>(i >> 2) * panelA;
    if (transposeA) packAcross(a + ((<usize>i) << 2), aStride, m - i, k, to, 16);
    else packAlong(a + ((<usize>i * <usize>aStride) << 2), aStride, m - i, k, to, 16);
  }
  for (let first = 0; first < n; first += 64) {
    const last = min(first + 64, n);
    for (let j = first; j < last; j += 4) {
      const to = packB + <usize>((j - first) >> 3) * panelB + <usize>((j & 4) << 2);
      if (transposeB) packAlong(b + ((<usize>j * <usize>bStride) << 2), bStride, n - j, k, to, 32);
      else packAcross(b + ((<usize>j) << 2), bStride, n - j, k, to, 32);
    }
    for (let j = first; j < last; j += TILE_COLUMNS) {
      const panel = packB + <usize>((j - first) >> 3) * panelB;
      for (let i = 0; i < m; i += TILE_ROWS) {
        const to = out + <usize>i * rowBytes + ((<usize>j) << 2);
        const from = packA + <usize>(i >> 2) * panelA;
        if (i + TILE_ROWS <= m && j + TILE_COLUMNS <= n) {
          tilePacked(k, from, panel, to, rowBytes, accumulate);
        } else {
          tilePacked(k, from, panel, tile, TILE_COLUMNS << 2, 0);
          storeCorner(tile, min(m - i, TILE_ROWS), min(n - j, TILE_COLUMNS), to, rowBytes, accumulate);
        }
      }
    }
  }
}

/**
 * Weights outChannels × taps to panels of four output channels, [panel][tap][4]; channels beyond the last are 0.
 */
export function packWeights(weights: usize, outChannels: i32, taps: i32, packed: usize): void {
  for (let o = 0; o < outChannels; o += 4) {
    packAlong(weights + ((<usize>o * <usize>taps) << 2), taps, outChannels - o, taps, packed, 16);
    packed += (<usize>taps) << 4;
  }
}

/**
 * Convolution of stride 1 over an image that already has its border: out[o][y][x] = Σ over taps ascending of
 * weight[o][tap] · image[offset[tap] + y·imageStride + x]. `offsets` are i32 byte offsets. The rows of out hold
 * outStride floats (a multiple of 8) and its planes ⌈outChannels/4⌉·4; what lies past a row's end is scrap.
 */
export function convolve(
  image: usize, imageStride: i32, offsets: usize, taps: i32,
  packed: usize, outChannels: i32,
  out: usize, outRows: i32, outStride: i32,
): void {
  const planeBytes = (<usize>outRows * <usize>outStride) << 2;
  const panel = (<usize>taps) << 4;
  for (let y = 0; y < outRows; y++) {
    const imageRow = image + ((<usize>y * <usize>imageStride) << 2);
    const outRow = out + ((<usize>y * <usize>outStride) << 2);
    for (let o = 0; o < outChannels; o += 4) {
      const weights = packed + <usize>(o >> 2) * panel;
      const to = outRow + <usize>o * planeBytes;
      for (let x = 0; x < outStride; x += 8) {
        const at = (<usize>x) << 2;
        tileOffsets(taps, weights, imageRow + at, offsets, to + at, planeBytes);
      }
    }
  }
}

/** As tilePacked, the rows of B found through their byte offsets. */
function tileOffsets(k: i32, a: usize, b: usize, offsets: usize, out: usize, rowBytes: usize): void {
  let r00 = f32x4.splat(0), r01 = r00, r10 = r00, r11 = r00;
  let r20 = r00, r21 = r00, r30 = r00, r31 = r00;
  for (let p = 0; p < k; p++, a += 16, offsets += 4) {
    const at = b + <usize>load<u32>(offsets);
    const b0 = v128.load(at), b1 = v128.load(at, 16);
    let s = v128.load32_splat(a);
    r00 = f32x4.add(r00, f32x4.mul(s, b0));
    r01 = f32x4.add(r01, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 4);
    r10 = f32x4.add(r10, f32x4.mul(s, b0));
    r11 = f32x4.add(r11, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 8);
    r20 = f32x4.add(r20, f32x4.mul(s, b0));
    r21 = f32x4.add(r21, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 12);
    r30 = f32x4.add(r30, f32x4.mul(s, b0));
    r31 = f32x4.add(r31, f32x4.mul(s, b1));
  }
  storeRow(out, r00, r01, 0);
  storeRow(out + rowBytes, r10, r11, 0);
  storeRow(out + 2 * rowBytes, r20, r21, 0);
  storeRow(out + 3 * rowBytes, r30, r31, 0);
}

/**
 * weightGradient[o][tap] += Σ over pixels of gradient[o][y][x] · image[offset[tap] + y·imageStride + x], in four
 * partial sums by column modulo 4, added pairwise at the end. Rows of `gradient` hold gradientStride floats (a
 * multiple of 4), zero past their end; its planes are ⌈outChannels/4⌉·4, its tap count `taps` is even (the last
 * offset may repeat). `sums`: ⌈outChannels/4⌉·4·taps vectors of scratch. Written: outChannels × writtenTaps.
 */
export function weightGradient(
  image: usize, imageStride: i32, offsets: usize, taps: i32, writtenTaps: i32,
  gradient: usize, rows: i32, gradientStride: i32, outChannels: i32,
  sums: usize, out: usize,
): void {
  const panels = (outChannels + 3) >> 2;
  const panelBytes = (<usize>taps) << 6;
  memory.fill(sums, 0, <usize>panels * panelBytes);
  const planeBytes = (<usize>rows * <usize>gradientStride) << 2;
  for (let first = 0; first < rows; first += 8) {
    const last = min(first + 8, rows);
    for (let panel = 0; panel < panels; panel++) {
      const from = gradient + <usize>panel * 4 * planeBytes;
      for (let tap = 0; tap < taps; tap += 2) {
        gradientPair(
          image, imageStride, <usize>load<u32>(offsets + (<usize>tap << 2)), <usize>load<u32>(offsets + (<usize>tap << 2), 4),
          from, gradientStride, planeBytes, first, last,
          sums + <usize>panel * panelBytes + (<usize>tap << 6),
        );
      }
    }
  }
  for (let o = 0; o < outChannels; o++) {
    for (let tap = 0; tap < writtenTaps; tap++) {
      const vector = sums + <usize>(o >> 2) * panelBytes + (<usize>tap << 6) + (<usize>(o & 3) << 4);
      const sum = f32.load(vector) + f32.load(vector, 4) + (f32.load(vector, 8) + f32.load(vector, 12));
      const to = out + (<usize>(o * writtenTaps + tap) << 2);
      f32.store(to, f32.load(to) + sum);
    }
  }
}

/** Four output channels × two taps over rows first to last; sums hold eight vectors, those of one tap together. */
function gradientPair(
  image: usize, imageStride: i32, offset0: usize, offset1: usize,
  gradient: usize, gradientStride: i32, planeBytes: usize, first: i32, last: i32, sums: usize,
): void {
  let r00 = v128.load(sums), r10 = v128.load(sums, 16), r20 = v128.load(sums, 32), r30 = v128.load(sums, 48);
  let r01 = v128.load(sums, 64), r11 = v128.load(sums, 80), r21 = v128.load(sums, 96), r31 = v128.load(sums, 112);
  for (let y = first; y < last; y++) {
    let from = image + ((<usize>y * <usize>imageStride) << 2);
    let g0 = gradient + ((<usize>y * <usize>gradientStride) << 2);
    let g2 = g0 + 2 * planeBytes;
    const end = g0 + ((<usize>gradientStride) << 2);
    for (; g0 < end; from += 16, g0 += 16, g2 += 16) {
      const b0 = v128.load(from + offset0), b1 = v128.load(from + offset1);
      let s = v128.load(g0);
      r00 = f32x4.add(r00, f32x4.mul(s, b0));
      r01 = f32x4.add(r01, f32x4.mul(s, b1));
      s = v128.load(g0 + planeBytes);
      r10 = f32x4.add(r10, f32x4.mul(s, b0));
      r11 = f32x4.add(r11, f32x4.mul(s, b1));
      s = v128.load(g2);
      r20 = f32x4.add(r20, f32x4.mul(s, b0));
      r21 = f32x4.add(r21, f32x4.mul(s, b1));
      s = v128.load(g2 + planeBytes);
      r30 = f32x4.add(r30, f32x4.mul(s, b0));
      r31 = f32x4.add(r31, f32x4.mul(s, b1));
    }
  }
  v128.store(sums, r00);
  v128.store(sums, r10, 16);
  v128.store(sums, r20, 32);
  v128.store(sums, r30, 48);
  v128.store(sums, r01, 64);
  v128.store(sums, r11, 80);
  v128.store(sums, r21, 96);
  v128.store(sums, r31, 112);
}
