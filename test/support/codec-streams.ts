import { concatBytes } from "../../src/base/index.js";

/**
 * Compressed streams written by hand: headers that are right in every field but those given, and behind them
 * nothing that a decoder could use. All are of 6 rows and 7 columns unless they say otherwise.
 */

/** A copy with `values` from offset `at` on. */
export function changed(bytes: Uint8Array, at: number, ...values: number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(values, at);
  return copy;
}

const two = (value: number): number[] => [value >>> 8, value & 0xff];
const four = (value: number): number[] => [...two(value >>> 16), ...two(value & 0xffff)];

/** Marker, length of what follows, body: a segment of JPEG, JPEG-LS and JPEG 2000. */
export function segment(marker: number, ...body: number[]): Uint8Array {
  return Uint8Array.of(0xff, marker, ...two(2 + body.length), ...body);
}

export interface JpegParts {
  /** SOFn: C0 baseline … C3 lossless, F7 JPEG-LS. */
  readonly marker?: number;
  readonly precision?: number;
  readonly components?: number;
  /** Frame headers, of which there should be one. */
  readonly frames?: number;
  readonly scans?: number;
  /** Segments between Start Of Image and the frame header. */
  readonly before?: readonly Uint8Array[];
  /** What stands where End Of Image should. */
  readonly end?: readonly number[];
}

/** ISO/IEC 10918-1 B.2 or 14495-1 Annex C. The frame header begins at byte 2 where nothing is before it. */
export function jpegStream(parts: JpegParts = {}): Uint8Array {
  const { marker = 0xc0, precision = 8, components = 1, frames = 1, scans = 1 } = parts;
  const { before = [], end = [0xff, 0xd9] } = parts;
  const ids = Array.from({ length: components }, (_, i) => i + 1);
  const frame = segment(marker, precision, 0, 6, 0, 7, components, ...ids.flatMap((id) => [id, 0x11, 0]));
  const scan = segment(0xda, components, ...ids.flatMap((id) => [id, 0]), 0, 0x3f, 0);
  return concatBytes([
    Uint8Array.of(0xff, 0xd8),
    ...before,
    ...Array<Uint8Array>(frames).fill(frame),
    ...Array<Uint8Array>(scans).fill(concatBytes([scan, Uint8Array.of(1, 2, 3, 4)])),
    Uint8Array.from(end),
  ]);
}

export interface Jpeg2000Parts {
  /** Of the reference grid, with the image from `left`, `top` to its end. */
  readonly width?: number;
  readonly height?: number;
  readonly left?: number;
  readonly top?: number;
  readonly tileWidth?: number;
  readonly tileHeight?: number;
  readonly tileLeft?: number;
  readonly tileTop?: number;
  /** Ssiz, XRsiz, YRsiz of each component. */
  readonly components?: readonly (readonly [ssiz: number, across: number, down: number])[];
  /** Segments between SIZ and the tile-part: one COD, unless given. */
  readonly segments?: readonly Uint8Array[];
  /** Psot: 30 is the length of the tile-part, which is all that is left but the end marker. */
  readonly psot?: number;
  readonly end?: readonly number[];
}

/** COD (ISO/IEC 15444-1 A.6.1) with the bytes given behind the transform: one for each level's precincts. */
export function codingStyle(
  style: number,
  layers: number,
  levels: number,
  precincts: number[] = [],
): Uint8Array {
  return segment(0x52, style, 0, ...two(layers), 0, levels, 4, 4, 0, 1, ...precincts);
}

/** ISO/IEC 15444-1 A.3 to A.6: SIZ at byte 2, one tile of one tile-part. */
export function jpeg2000Stream(parts: Jpeg2000Parts = {}): Uint8Array {
  const { width = 7, height = 6, left = 0, top = 0, tileLeft = 0, tileTop = 0 } = parts;
  const { tileWidth = width, tileHeight = height, components = [[7, 1, 1]], psot = 30 } = parts;
  const { segments = [codingStyle(0, 1, 0)], end = [0xff, 0xd9] } = parts;
  const grid = [width, height, left, top, tileWidth, tileHeight, tileLeft, tileTop].flatMap(four);
  return concatBytes([
    Uint8Array.of(0xff, 0x4f),
    segment(0x51, 0, 0, ...grid, ...two(components.length), ...components.flat()),
    ...segments,
    segment(0x90, 0, 0, ...four(psot), 0, 1),
    Uint8Array.of(0xff, 0x93, ...new Uint8Array(16)),
    Uint8Array.from(end),
  ]);
}

export interface JpegXlParts {
  /** Orientation less one, preview, animation: the fields that are there only where one is not 0. */
  readonly extra?: readonly [orientation: number, hasPreview: number, isAnimated: number];
  readonly isFloat?: boolean;
  /** 8, 10 or 12 bits. */
  readonly precision?: 8 | 10 | 12;
  readonly extraChannels?: 0 | 1;
  readonly components?: 1 | 3;
}

/** ISO/IEC 18181-1 Annex D, of 8 rows and 16 columns: each field with its number of bits, the lowest first. */
export function jpegXlStream(parts: JpegXlParts = {}): Uint8Array {
  const { extra, isFloat = false, precision = 8, extraChannels = 0, components = 1 } = parts;
  const [orientation = 0, hasPreview = 0, isAnimated = 0] = extra ?? [];
  const fields: readonly (readonly [value: number, bits: number])[] = [
    // Size in eights: rows, no ratio, columns.
    ...([
      [1, 1],
      [0, 5],
      [0, 3],
      [1, 5],
    ] as const),
    // Not all default; the fields that are seldom there.
    [0, 1],
    ...(extra === undefined
      ? ([[0, 1]] as const)
      : ([
          [1, 1],
          [orientation, 3],
          [0, 1],
          [hasPreview, 1],
          [isAnimated, 1],
        ] as const)),
    [Number(isFloat), 1],
    [(precision - 8) / 2, 2],
    // Buffers of 16 bits suffice; extra channels; no XYB.
    [1, 1],
    [extraChannels, 2],
    [0, 1],
    // The colour space: the usual RGB, or by name, without a profile, grey.
    ...(components === 3
      ? ([[1, 1]] as const)
      : ([
          [0, 1],
          [0, 1],
          [1, 2],
        ] as const)),
  ];
  const bytes = new Uint8Array(40);
  bytes.set([0xff, 0x0a]);
  let at = 16;
  for (const [value, bits] of fields) {
    for (let i = 0; i < bits; i++, at++) bytes[at >>> 3]! |= ((value >>> i) & 1) << (at & 7);
  }
  return bytes;
}
