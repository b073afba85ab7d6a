/**
 * The heavy loops, behind one interface: plain JS (`../kernels-js.ts`) and WASM SIMD implement it.
 * All arrays are row-major f32 and belong to the caller; a kernel keeps no reference to them. Arrays may be
 * views into larger buffers, at any offset that is a multiple of 4 bytes. An array that is only read may be
 * longer than needed. Input and output never overlap. Sizes are checked by the caller, not here.
 * Every size is a whole number of at least 1 (padding: at least 0).
 */
export interface Kernels {
  readonly name: "wasm" | "js";
  /**
   * out (m × n, overwritten unless `accumulate`) = A (m × k) · B (k × n).
   * transposeA: `a` is stored k × m; transposeB: `b` is stored n × k.
   */
  matmul(
    m: number,
    n: number,
    k: number,
    a: Float32Array,
    b: Float32Array,
    out: Float32Array,
    options?: MatmulOptions,
  ): void;
  /**
   * One image (channels × rows × columns) to columns:
   * (channels·kernelRows·kernelColumns) × (outRows·outColumns), overwritten. Outside the image is 0.
   */
  im2col(image: Float32Array, geometry: ConvolutionGeometry, columns: Float32Array): void;
  /** The adjoint of im2col: adds columns into `image`, which is not cleared first. */
  col2im(columns: Float32Array, geometry: ConvolutionGeometry, image: Float32Array): void;
  /**
   * Direct convolutions without a column buffer. Optional, and each may refuse a geometry for which it is no
   * faster by returning false having written nothing; then im2col and matmul are used instead.
   */
  readonly direct?: DirectConvolutions;
}

export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly accumulate?: boolean;
}

/** What a convolution looks like for one image and one group; in rows and columns the same stride, dilation, padding. */
export interface ConvolutionGeometry {
  /** Input channels of the group. */
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
  readonly kernelRows: number;
  readonly kernelColumns: number;
  readonly stride: number;
  readonly dilation: number;
  /** Zeros added on each of the four sides. */
  readonly padding: number;
  /** ⌊(rows + 2·padding − dilation·(kernelRows − 1) − 1) / stride⌋ + 1, columns alike. */
  readonly outRows: number;
  readonly outColumns: number;
}

/**
 * One image, one group. Shapes: image channels × rows × columns; weights outChannels × channels × kernelRows ×
 * kernelColumns; out and outGradient outChannels × outRows × outColumns. Cross-correlation, as in all nets:
 * out[o,y,x] = Σ weights[o,c,i,j] · image[c, y·stride − padding + i·dilation, x·stride − padding + j·dilation].
 */
export interface DirectConvolutions {
  /** out is overwritten. */
  forward(
    image: Float32Array,
    weights: Float32Array,
    outChannels: number,
    geometry: ConvolutionGeometry,
    out: Float32Array,
  ): boolean;
  /** imageGradient (the shape of image) is overwritten. */
  inputGradient(
    outGradient: Float32Array,
    weights: Float32Array,
    outChannels: number,
    geometry: ConvolutionGeometry,
    imageGradient: Float32Array,
  ): boolean;
  /** Adds to weightGradient (the shape of weights): the caller sums over the batch. */
  weightGradient(
    image: Float32Array,
    outGradient: Float32Array,
    outChannels: number,
    geometry: ConvolutionGeometry,
    weightGradient: Float32Array,
  ): boolean;
}
