/** What a frame's samples mean and how they lie: PS3.3 C.7.6.3, in the words of its attributes. */
export interface PixelFormat {
  readonly rows: number;
  readonly columns: number;
  /** 1, 3, or 4 for the retired ARGB and CMYK. */
  readonly samplesPerPixel: number;
  /** 1, 8, 16 or 32. Of a 1-bit image each sample has a byte of its own in `Frame.samples`. */
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  /** Pixel Representation 1: two's complement within Bits Stored. */
  readonly isSigned: boolean;
  /** 0: R1 G1 B1 R2 G2 B2 …, 1: all R, all G, all B. Meaningless for one sample. */
  readonly planarConfiguration: 0 | 1;
  /** Photometric Interpretation of the samples as they lie here: "MONOCHROME2", "RGB", "YBR_FULL" … */
  readonly photometric: string;
}

/**
 * One decoded frame: the cells of native pixel data in the order of the file, unused high bits included, so
 * that a lossless codec gives back exactly what went in.
 */
export interface Frame {
  readonly format: PixelFormat;
  /** rows × columns × samplesPerPixel cells. */
  readonly samples: Uint8Array | Uint16Array | Uint32Array;
}

/** A rectangle of pixels: column and row of its first pixel from the top left, and its size. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What a detector looks at: grey levels 0 to 255, rows × columns, row by row; 255 is the brightest. */
export interface GreyPlane {
  readonly rows: number;
  readonly columns: number;
  readonly pixels: Uint8Array;
}

/** Where text was found, and how sure the detector is: a logit for the net, a share of 1 for the others. */
export interface TextBox extends Box {
  readonly score: number;
}

/** How likely text is, by tiles of 4 × 4 pixels, row by row: a logit, above 0 where a box may begin. */
export interface HeatMap {
  /** ceil(rows / 4) and ceil(columns / 4) of the plane. */
  readonly rows: number;
  readonly columns: number;
  readonly logits: Float32Array;
}
