import { ElpisError } from "../base/index.js";
import { type DataSet, Flag, Tags } from "../dicom/index.js";

/** The items of encapsulated pixel data (PS3.5 A.4): the Basic Offset Table and the fragments behind it. */
export interface Fragments {
  readonly data: DataSet;
  /** Offsets of frames from the first fragment's item; empty where the table is. */
  readonly basicOffsets: readonly number[];
  /** Where the bytes of each fragment lie in the source, and how many they are; their item begins 8 bytes before. */
  readonly starts: Float64Array;
  readonly lengths: Float64Array;
}

/** Frame i is made of the fragments firsts[i] … firsts[i + 1] − 1. */
export type FrameFragments = Uint32Array;

const ITEM_HEADER = 8;
/** Fragments of frames that fit in memory, and far more than a cine has. Only a hostile file has more. */
const MOST_FRAGMENTS = 1 << 22;
/** A typed array of more is refused by engines. */
const MOST_BYTES = 2 ** 31 - 1;

/** What is wrong with the fragments, in words that a report may hold. */
export function undecodable(reason: string): ElpisError {
  return new ElpisError("PIXELS_UNDECODABLE", `(7FE0,0010) ${reason}`);
}

/** Walks the items, reading 8 bytes of each. Throws PIXELS_UNDECODABLE where they do not add up. */
export function readFragments(data: DataSet, token: number): Fragments {
  const { source, tokens } = data;
  const little = (tokens.flags[token]! & Flag.BigEndian) === 0;
  const end = tokens.valueEnd[token]!;
  const starts: number[] = [];
  const lengths: number[] = [];
  let basicOffsets: readonly number[] | undefined;
  for (let at = tokens.value[token]!; at < end; ) {
    if (at + ITEM_HEADER > end) throw undecodable("ends within the header of a fragment");
    const header = source.read(at, ITEM_HEADER);
    const view = new DataView(header.buffer, header.byteOffset, ITEM_HEADER);
    const [tag, length] = [view.getUint32(0, false), view.getUint32(4, little)];
    if (tag !== (little ? 0xfeff00e0 : Tags.Item)) throw undecodable("has something else than an item");
    const start = at + ITEM_HEADER;
    at = start + length;
    if (at > end) throw undecodable(`fragment ${starts.length + 1} is cut off`);
    if (basicOffsets === undefined) {
      basicOffsets = numbers32(source.read(start, length), little);
      continue;
    }
    if (starts.length === MOST_FRAGMENTS) throw undecodable(`has more than ${MOST_FRAGMENTS} fragments`);
    starts.push(start);
    lengths.push(length);
  }
  return {
    data,
    basicOffsets: basicOffsets ?? [],
    starts: Float64Array.from(starts),
    lengths: Float64Array.from(lengths),
  };
}

function numbers32(bytes: Uint8Array, little: boolean): number[] {
  if (bytes.length % 4 !== 0) throw undecodable("the Basic Offset Table is not of whole numbers");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, little));
}

/** Extended Offset Table (7FE0,0001) and its Lengths (7FE0,0002), PS3.3 C.7.6.3.1.8; undefined where it is absent. */
function extendedTable(data: DataSet, tag: number): number[] | undefined {
  const token = data.find(tag as typeof Tags.ExtendedOffsetTable);
  if (token < 0 || data.length(token) === 0) return undefined;
  const bytes = data.bytes(token);
  if (bytes.length % 8 !== 0) throw undecodable("the Extended Offset Table is not of whole numbers");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = (data.tokens.flags[token]! & Flag.BigEndian) === 0;
  return Array.from({ length: bytes.length / 8 }, (_, i) => Number(view.getBigUint64(8 * i, little)));
}

/**
 * Which fragments make which frame (PS3.5 A.4): told by the Extended Offset Table, else by the Basic one, else one
 * for each frame, else by the fragments that begin a codestream. Throws PIXELS_UNDECODABLE where frames are missing
 * or surplus, and where a table contradicts the fragments.
 */
export function assignFragments(fragments: Fragments, frames: number, isJpeg: boolean): FrameFragments {
  const count = fragments.starts.length;
  const extended = extendedTable(fragments.data, Tags.ExtendedOffsetTable);
  const firsts = extended
    ? fromOffsets(fragments, extended, frames, "Extended")
    : fragments.basicOffsets.length > 0
      ? fromOffsets(fragments, fragments.basicOffsets, frames, "Basic")
      : count === frames
        ? Uint32Array.from({ length: frames + 1 }, (_, i) => i)
        : fromStarts(fragments, frames, isJpeg);
  if (extended) checkLengths(fragments, firsts);
  checkNoneInside(fragments, firsts, isJpeg);
  return firsts;
}

function fromOffsets(fragments: Fragments, offsets: readonly number[], frames: number, name: string) {
  const { starts } = fragments;
  const wrong = (reason: string) => undecodable(`the ${name} Offset Table ${reason}`);
  if (offsets.length !== frames)
    throw wrong(`names ${offsets.length} frames, Number of Frames (0028,0008) ${frames}`);
  const firsts = new Uint32Array(frames + 1);
  let fragment = 0;
  for (const [frame, offset] of offsets.entries()) {
    while (fragment < starts.length && starts[fragment]! - starts[0]! < offset) fragment++;
    const isNext = frame === 0 ? fragment === 0 : fragment > firsts[frame - 1]!;
    if (!isNext || fragment >= starts.length || starts[fragment]! - starts[0]! !== offset)
      throw wrong(`has frame ${frame + 1} where no fragment begins, or not in order`);
    firsts[frame] = fragment;
  }
  firsts[frames] = starts.length;
  return firsts;
}

/** PS3.3 C.7.6.3.1.8: with an Extended Offset Table each frame is one fragment, of the length that is told. */
function checkLengths(fragments: Fragments, firsts: FrameFragments): void {
  const lengths = extendedTable(fragments.data, Tags.ExtendedOffsetTableLengths) ?? [];
  for (let frame = 0; frame + 1 < firsts.length; frame++) {
    const told = lengths[frame];
    const length = fragments.lengths[firsts[frame]!]!;
    const isOne = firsts[frame + 1]! - firsts[frame]! === 1;
    if (!isOne || (told !== undefined && told !== length && told + 1 !== length))
      throw undecodable(`the Extended Offset Table tells frame ${frame + 1} otherwise than its fragments`);
  }
}

function fromStarts(fragments: Fragments, frames: number, isJpeg: boolean): FrameFragments {
  const count = fragments.starts.length;
  if (count < frames) throw undecodable(`frames are missing: ${count} fragments for ${frames} frames`);
  if (frames === 1) return Uint32Array.of(0, count);
  const firsts: number[] = [];
  // PS3.5 A.4.2: a frame of RLE is one fragment; so are all that are no codestream.
  if (isJpeg) for (let i = 0; i < count; i++) if (beginsImage(fragments, i)) firsts.push(i);
  if (firsts.length !== frames || firsts[0] !== 0) {
    const begun = isJpeg ? `, of which ${firsts.length} begin an image` : "";
    throw undecodable(`${count} fragments${begun}, for ${frames} frames`);
  }
  return Uint32Array.of(...firsts, count);
}

/** A second image among the fragments of a frame is one that no viewer shows, and nobody has examined. */
function checkNoneInside(fragments: Fragments, firsts: FrameFragments, isJpeg: boolean): void {
  for (let frame = 0; frame + 1 < firsts.length; frame++) {
    if (!isJpeg && firsts[frame + 1]! - firsts[frame]! > 1)
      throw undecodable(`frame ${frame + 1} has surplus fragments`);
    for (let i = firsts[frame]! + 1; i < firsts[frame + 1]!; i++) {
      if (beginsImage(fragments, i)) throw undecodable(`frame ${frame + 1} has a surplus image`);
    }
  }
}

/** SOI and the next marker's FF (T.81 B.1.1.3), SOC SIZ (T.800 A.4), signatures of JP2 and of JPEG XL (18181-2). */
const BEGINNINGS: readonly (readonly number[])[] = [
  [0xff, 0xd8, 0xff],
  [0xff, 0x4f, 0xff, 0x51],
  [0x00, 0x00, 0x00, 0x0c, 0x6a],
  [0x00, 0x00, 0x00, 0x0c, 0x4a],
  [0xff, 0x0a],
];

/** A fragment that begins as a codestream does, or as the boxes around one. */
function beginsImage({ data, starts, lengths }: Fragments, fragment: number): boolean {
  const head = data.source.read(starts[fragment]!, Math.min(5, lengths[fragment]!));
  return BEGINNINGS.some((bytes) => bytes.every((byte, i) => head[i] === byte));
}

/** The bytes of a frame, its fragments joined. A view into the source: not to be changed. */
export function frameBytes(fragments: Fragments, firsts: FrameFragments, frame: number): Uint8Array {
  const { data, starts, lengths } = fragments;
  const [first, after] = [firsts[frame]!, firsts[frame + 1]!];
  if (after - first === 1) return data.source.read(starts[first]!, lengths[first]!);
  let total = 0;
  for (let i = first; i < after; i++) total += lengths[i]!;
  if (total > MOST_BYTES) throw undecodable(`frame ${frame + 1} has ${total} bytes, more than fit in memory`);
  const joined = new Uint8Array(total);
  for (let i = first, at = 0; i < after; at += lengths[i++]!)
    joined.set(data.source.read(starts[i]!, lengths[i]!), at);
  return joined;
}
