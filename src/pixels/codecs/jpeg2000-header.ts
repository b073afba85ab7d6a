import { undecodable } from "./codec.js";

/** The size and coding of a JPEG 2000 codestream, from its main header (ISO/IEC 15444-1, A.5 and A.6). */
export interface Jpeg2000Header {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly precision: number;
  readonly isSigned: boolean;
  /** Offset of the first component's Ssiz, of which bit 7 is the sign; the next follow at every third byte. */
  readonly ssizAt: number;
}

const SOC_SIZ = 0xff4fff51;
const COD = 0xff52;
const SOT = 0xff90;
const EOC = 0xffd9;
/** "jP  ", the first box of a JP2 file, and "jp2c", the box with the codestream. */
const JP2_SIGNATURE = 0x6a502020;
const JP2_CODESTREAM = 0x6a703263;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * The codestream alone. PS3.5 A.4.4 wants no JP2 header, but writers leave it; its palette and colour boxes say
 * what Photometric Interpretation says here.
 */
export function codestreamOf(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  if (bytes.length >= 4 && view.getUint32(0) === SOC_SIZ) return bytes;
  if (bytes.length < 12 || view.getUint32(4) !== JP2_SIGNATURE) throw undecodable("JPEG 2000: no codestream");
  let at = 0;
  while (at + 8 <= bytes.length) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === JP2_CODESTREAM) {
      const from = at + (length === 1 ? 16 : 8);
      return length > 8 ? bytes.subarray(from, at + length) : bytes.subarray(from);
    }
    if (length < 8) break;
    at += length;
  }
  throw undecodable("JPEG 2000: no codestream in its boxes");
}

interface Size extends Jpeg2000Header {
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly tiles: number;
}

/** SIZ: reference grid, tiles, components (A.5.1). Every component must be sampled as often as the grid. */
function readSize(view: DataView): Size {
  if (view.byteLength < 45) throw undecodable("JPEG 2000: a main header that is too short");
  const [width, height, left, top] = [8, 12, 16, 20].map((at) => view.getUint32(at)) as [
    number,
    number,
    number,
    number,
  ];
  const [tileWidth, tileHeight, tileLeft, tileTop] = [24, 28, 32, 36].map((at) => view.getUint32(at)) as [
    number,
    number,
    number,
    number,
  ];
  const components = view.getUint16(40);
  if (view.getUint16(4) !== 38 + 3 * components || 42 + 3 * components > view.byteLength) {
    throw undecodable("JPEG 2000: a size segment of another length than its components need");
  }
  const ssiz = view.getUint8(42);
  for (let i = 0; i < components; i++) {
    const isAlike = view.getUint8(42 + 3 * i) === ssiz;
    if (!isAlike || view.getUint16(43 + 3 * i) !== 0x0101)
      throw undecodable("JPEG 2000: components of unlike size");
  }
  // At least one each, and infinitely many where a tile has no width or height.
  const across = Math.ceil((width - tileLeft) / tileWidth);
  const down = Math.ceil((height - tileTop) / tileHeight);
  if (!(width > left && height > top && tileLeft <= left && tileTop <= top)) {
    throw undecodable("JPEG 2000: an image outside its tiles");
  }
  return {
    rows: height - top,
    columns: width - left,
    components,
    precision: (ssiz & 0x7f) + 1,
    isSigned: ssiz >= 0x80,
    ssizAt: 42,
    tileWidth: Math.min(tileWidth, width - left),
    tileHeight: Math.min(tileHeight, height - top),
    tiles: across * down,
  };
}

/**
 * Packets of the image by its COD segment, of 12 bytes or more (A.6.1, B.6, B.12): one for each layer, component
 * and precinct. Each has a byte at least, so a stream of fewer bytes is broken, and one of more packets would only
 * take time.
 */
function packetCount(view: DataView, at: number, length: number, size: Size): number {
  const layers = view.getUint16(at + 4);
  const levels = view.getUint8(at + 7);
  const hasPrecincts = (view.getUint8(at + 2) & 1) === 1;
  if (layers === 0 || levels > 32 || (hasPrecincts && length < 13 + levels)) {
    throw undecodable("JPEG 2000: a coding style that contradicts itself");
  }
  let precincts = 0;
  for (let level = 0; level <= levels; level++) {
    const exponents = hasPrecincts ? view.getUint8(at + 12 + level) : 0xff;
    const scale = 2 ** (levels - level);
    const across = Math.ceil(size.tileWidth / scale / 2 ** (exponents & 15));
    precincts += across * Math.ceil(size.tileHeight / scale / 2 ** (exponents >> 4));
  }
  return layers * size.components * precincts * size.tiles;
}

/** Throws unless the parts of every tile lie within the stream: a cut one would come out half grey. */
function checkTileParts(view: DataView, from: number, tiles: number): void {
  const seen = new Set<number>();
  let at = from;
  while (at + 12 <= view.byteLength && view.getUint16(at) === SOT) {
    const length = view.getUint32(at + 6);
    // Psot 0: to the end of the codestream (A.4.2).
    const end = length === 0 ? view.byteLength : at + length;
    if (length !== 0 && length < 14) throw undecodable("JPEG 2000: a tile-part that is too short");
    if (end > view.byteLength) throw undecodable("JPEG 2000: ends within a tile-part");
    seen.add(view.getUint16(at + 4));
    at = end;
  }
  const isEnd = at + 2 > view.byteLength || view.getUint16(at) === EOC || view.getUint8(at) === 0;
  if (!isEnd) throw undecodable("JPEG 2000: no tile-part where one should begin");
  if (seen.size !== tiles) throw undecodable(`JPEG 2000: ${seen.size} tiles instead of ${tiles}`);
}

/** Reads the main header and follows the tile-parts; `codestream` as `codestreamOf` gives it. */
export function readJpeg2000Header(codestream: Uint8Array): Jpeg2000Header {
  const view = viewOf(codestream);
  const size = readSize(view);
  if (size.tiles > codestream.length / 14) throw undecodable(`JPEG 2000: ${size.tiles} tiles`);
  let packets = 0;
  let at = 4 + view.getUint16(4);
  while (at + 4 <= codestream.length && view.getUint16(at) !== SOT) {
    const marker = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (marker < 0xff00 || length < 2 || at + 2 + length > codestream.length) {
      throw undecodable("JPEG 2000: a segment beyond the main header");
    }
    if (marker === COD && length >= 12) packets = packetCount(view, at + 2, length, size);
    at += 2 + length;
  }
  if (packets === 0) throw undecodable("JPEG 2000: no coding style");
  if (packets > codestream.length)
    throw undecodable(`JPEG 2000: ${packets} packets in ${codestream.length} bytes`);
  checkTileParts(view, at, size.tiles);
  return size;
}
