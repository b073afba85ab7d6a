import { ElpisError } from "../base/index.js";
import { type DataSet, Flag, formatTag, makeTag, numbersOf, ROOT, type Tag, Tags } from "../dicom/index.js";

/** A lookup table (PS3.3 C.11.1.1.1, C.11.2.1.1): `values[0]` for `first` and all below, the last for all above. */
export interface Lut {
  readonly first: number;
  readonly values: Uint16Array;
  /** Bits of an entry: the largest that can stand there is 2^bits − 1. */
  readonly bits: number;
}

/** Palette Color Lookup Tables (PS3.3 C.7.9), brought to 8 bits. An index below `first` takes the first entry. */
export interface Palette {
  readonly first: number;
  readonly red: Uint8Array;
  readonly green: Uint8Array;
  readonly blue: Uint8Array;
}

const LUT_DESCRIPTOR = makeTag(0x0028, 0x3002);
const LUT_DATA = makeTag(0x0028, 0x3006);
const MOST_ENTRIES = 0x10000;

function broken(tag: Tag, reason: string): ElpisError {
  return new ElpisError("PIXELS_BAD_FORMAT", `${formatTag(tag)} ${reason}`);
}

/** The words of an element, whatever its VR: US, SS, OW or OB in the byte order of the data set. */
function wordsAt(data: DataSet, token: number): Uint16Array {
  const bytes = data.bytes(token);
  const little = (data.tokens.flags[token]! & Flag.BigEndian) === 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint16Array.from({ length: bytes.length >> 1 }, (_, i) => view.getUint16(2 * i, little));
}

/** Number of entries, first value mapped, bits of an entry: three words of US or SS (PS3.3 C.7.6.3.1.5). */
function descriptorAt(data: DataSet, tag: Tag, item: number, isSigned: boolean) {
  const token = data.find(tag, item);
  const words = token < 0 ? [] : wordsAt(data, token);
  if (words.length !== 3) throw broken(tag, "is not of three numbers");
  const [entries, first, bits] = words as unknown as [number, number, number];
  if (bits < 8 || bits > 16) throw broken(tag, `has entries of ${bits} bits`);
  return { entries: entries || MOST_ENTRIES, first: isSigned ? (first << 16) >> 16 : first, bits };
}

/**
 * The entries of a table: a word each, or a byte each where entries are of 8 bits and the value is that short
 * (PS3.3 C.7.6.3.1.6).
 */
function entriesAt(data: DataSet, token: number, entries: number, bits: number, tag: Tag): Uint16Array {
  const words = wordsAt(data, token);
  if (words.length >= entries) return words.subarray(0, entries);
  if (bits > 8 || 2 * words.length < entries) throw broken(tag, `has fewer than ${entries} entries`);
  // Two bytes a word, the first in its low half.
  return Uint16Array.from({ length: entries }, (_, i) => (words[i >> 1]! >> (8 * (i & 1))) & 0xff);
}

/**
 * The table of a Modality LUT or VOI LUT item. `isSigned` says whether what goes in can be negative, which the
 * first value mapped follows (PS3.3 C.11.1.1.1). Throws PIXELS_BAD_FORMAT.
 */
export function lutOf(data: DataSet, item: number, isSigned: boolean): Lut {
  const { entries, first, bits } = descriptorAt(data, LUT_DESCRIPTOR, item, isSigned);
  const token = data.find(LUT_DATA, item);
  if (token < 0) throw broken(LUT_DATA, "is missing");
  return { first, bits, values: entriesAt(data, token, entries, bits, LUT_DATA) };
}

const descriptorTag = (colour: number): Tag => makeTag(0x0028, 0x1101 + colour);
const dataTag = (colour: number): Tag => makeTag(0x0028, 0x1201 + colour);
const segmentedTag = (colour: number): Tag => makeTag(0x0028, 0x1221 + colour);

/** The palette of a PALETTE COLOR image. Throws PIXELS_BAD_FORMAT where a table is missing or broken. */
export function paletteOf(data: DataSet): Palette {
  const token = data.find(Tags.PixelRepresentation);
  const isSigned = token >= 0 && numbersOf(data, token)[0] === 1;
  const tables = [0, 1, 2].map((colour) => paletteTable(data, colour, isSigned));
  const [red, green, blue] = tables as [PaletteTable, PaletteTable, PaletteTable];
  if (green.first !== red.first || blue.first !== red.first)
    throw broken(descriptorTag(1), "maps other indices than red");
  return { first: red.first, red: red.values, green: green.values, blue: blue.values };
}

interface PaletteTable {
  readonly first: number;
  readonly values: Uint8Array;
}

function paletteTable(data: DataSet, colour: number, isSigned: boolean): PaletteTable {
  const { entries, first, bits } = descriptorAt(data, descriptorTag(colour), ROOT, isSigned);
  const plain = data.find(dataTag(colour));
  const segmented = data.find(segmentedTag(colour));
  if (plain < 0 && segmented < 0) throw broken(dataTag(colour), "is missing");
  const words =
    plain >= 0
      ? entriesAt(data, plain, entries, bits, dataTag(colour))
      : expandSegments(segmentsAt(data, segmented, bits), entries, segmentedTag(colour));
  // Entries declared as 16 bits that all stand in the low byte are of 8 bits: else all would be black.
  const isWide = bits > 8 && words.some((word) => word > 0xff);
  const shift = isWide ? bits - 8 : 0;
  return { first, values: Uint8Array.from(words, (word) => Math.min(255, word >> shift)) };
}

interface Segments {
  readonly fields: Uint16Array;
  /** Bytes of a field in the file. */
  readonly size: 1 | 2;
}

/**
 * Fields of a word each; some writers of 8-bit entries give them a byte (PS3.3 C.7.9.2). The first field is an
 * operation code, 2 at most: a larger first word is two bytes, of which the second is a length.
 */
function segmentsAt(data: DataSet, token: number, bits: number): Segments {
  const words = wordsAt(data, token);
  if (bits > 8 || words[0] === undefined || words[0] <= 2) return { fields: words, size: 2 };
  const fields = Uint16Array.from(
    { length: 2 * words.length },
    (_, i) => (words[i >> 1]! >> (8 * (i & 1))) & 0xff,
  );
  return { fields, size: 1 };
}

const [DISCRETE, LINEAR, INDIRECT] = [0, 1, 2];
/** An indirect segment repeats segments; one that repeats itself is refused (PS3.3 C.7.9.2.3). */
const MOST_SEGMENTS = 0x10000;

/** Segmented Palette Color LUT Data (PS3.3 C.7.9.2): runs of entries, ramps, and repetitions of earlier segments. */
function expandSegments({ fields: words, size }: Segments, entries: number, tag: Tag): Uint16Array {
  const values = new Uint16Array(entries);
  let filled = 0;
  let budget = MOST_SEGMENTS;
  const put = (value: number): void => {
    if (filled === entries) throw broken(tag, `has more than ${entries} entries`);
    values[filled++] = value;
  };
  const segment = (at: number, isRepeated: boolean): number => {
    if (--budget < 0 || at + 2 > words.length) throw broken(tag, "has segments that do not end");
    const [opcode, length] = [words[at]!, words[at + 1]!];
    if (opcode === DISCRETE && at + 2 + length <= words.length) {
      for (let i = 0; i < length; i++) put(words[at + 2 + i]!);
      return at + 2 + length;
    }
    if (opcode === LINEAR && at + 3 <= words.length && filled > 0) {
      const [from, to] = [values[filled - 1]!, words[at + 2]!];
      for (let i = 1; i <= length; i++) put(Math.round(from + ((to - from) * i) / length));
      return at + 3;
    }
    if (opcode === INDIRECT && size === 2 && at + 4 <= words.length && !isRepeated) {
      // The offset of the first repeated segment, in bytes, low word first (PS3.3 C.7.9.2.3).
      let from = (words[at + 2]! + 65_536 * words[at + 3]!) / 2;
      for (let i = 0; i < length; i++) from = segment(from, true);
      return at + 4;
    }
    throw broken(tag, "has a segment of no known form");
  };
  for (let at = 0; filled < entries; ) at = segment(at, false);
  return values;
}
