import { undecodable } from "./codec.js";

/** What a JPEG XL codestream (ISO/IEC 18181-1, Annex D) says of itself before its first frame. */
export interface JpegXlHeader {
  readonly rows: number;
  readonly columns: number;
  readonly precision: number;
  /** 1 grey, 3 colour. */
  readonly components: number;
  /** True when colours are coded as XYB, out of which the decoder makes RGB. */
  readonly isXyb: boolean;
}

/** Bits from the least significant on; beyond the end they are 0, which the decoder itself will refuse. */
class Bits {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      value += (((this.#bytes[this.#at >>> 3] ?? 0) >>> (this.#at & 7)) & 1) * 2 ** i;
    }
    return value;
  }

  flag(): boolean {
    return this.read(1) === 1;
  }

  /** U32 of B.2.2: two bits choose how many more there are and what is added to them. */
  number(...choices: readonly (readonly [bits: number, plus: number])[]): number {
    const [bits, plus] = choices[this.read(2)]!;
    return plus + this.read(bits);
  }
}

/** Width over height, where the header names one of these instead of the width (D.3). */
const RATIOS = [
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
] as const;

function readSize(bits: Bits): readonly [rows: number, columns: number] {
  const inEights = bits.flag();
  const side = (): number =>
    inEights ? 8 * (1 + bits.read(5)) : bits.number([9, 1], [13, 1], [18, 1], [30, 1]);
  const rows = side();
  const ratio = bits.read(3);
  if (ratio === 0) return [rows, side()];
  const [across, down] = RATIOS[ratio - 1]!;
  return [rows, Math.floor((rows * across) / down)];
}

/** Bits a sample; of floating-point samples there is no such thing in DICOM. */
function readPrecision(bits: Bits): number {
  if (bits.flag()) throw undecodable("JPEG XL: floating-point samples");
  return bits.number([0, 8], [0, 10], [0, 12], [6, 1]);
}

/** Colour spaces of E.2: 0 RGB, 1 grey. */
function readComponents(bits: Bits): number {
  if (bits.flag()) return 3;
  bits.flag();
  return bits.number([0, 0], [0, 1], [4, 2], [6, 18]) === 1 ? 1 : 3;
}

function readMetadata(bits: Bits): Pick<JpegXlHeader, "precision" | "components" | "isXyb"> {
  if (bits.flag()) return { precision: 8, components: 3, isXyb: true };
  if (bits.flag()) {
    const orientation = bits.read(3);
    if (bits.flag()) readSize(bits);
    const [hasPreview, isAnimated] = [bits.flag(), bits.flag()];
    if (orientation !== 0 || hasPreview || isAnimated) {
      throw undecodable("JPEG XL: turned, animated or with a preview");
    }
  }
  const precision = readPrecision(bits);
  bits.flag();
  const extraChannels = bits.number([0, 0], [0, 1], [4, 2], [12, 1]);
  if (extraChannels > 0) throw undecodable(`JPEG XL: ${extraChannels} extra channels`);
  const isXyb = bits.flag();
  return { precision, components: readComponents(bits), isXyb };
}

/** "JXL " of the signature box; "jxlc", the whole codestream; "jxlp", a numbered part of it. */
const SIGNATURE = 0x4a584c20;
const WHOLE = 0x6a786c63;
const PART = 0x6a786c70;

/** Where the codestream begins: at once, or in the first of its boxes (ISO/IEC 18181-2). */
function codestreamOf(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 12 || view.getUint32(4) !== SIGNATURE) return bytes;
  let at = 0;
  while (at + 16 <= bytes.length) {
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    const header = length === 1 ? 16 : 8;
    if (type === WHOLE) return bytes.subarray(at + header);
    if (type === PART) return bytes.subarray(at + header + 4);
    const size = length === 1 ? view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12) : length;
    if (size < header) break;
    at += size;
  }
  throw undecodable("JPEG XL: no codestream in its boxes");
}

export function readJpegXlHeader(bytes: Uint8Array): JpegXlHeader {
  const codestream = codestreamOf(bytes);
  if (codestream[0] !== 0xff || codestream[1] !== 0x0a) throw undecodable("JPEG XL: no codestream");
  const bits = new Bits(codestream.subarray(2));
  const [rows, columns] = readSize(bits);
  return { rows, columns, ...readMetadata(bits) };
}
