import { ElpisError } from "../base/index.js";
import {
  type ByteSource,
  type DicomFile,
  Flag,
  formatTag,
  Tags,
  transferSyntaxInfo,
} from "../dicom/index.js";
import { checkFormat } from "./codecs/codec.js";
import { type Codec, codecFor } from "./codecs/index.js";
import { badFormat, frameCountOf, isSubsampled, pixelFormatOf } from "./format.js";
import {
  assignFragments,
  type Fragments,
  type FrameFragments,
  frameBytes,
  readFragments,
} from "./fragments.js";
import type { FrameRoom } from "./frame-room.js";
import { bytesOfFrame, decodeNative, type NativeLayout, nativeLayout } from "./frames-native.js";
import type { Frame, PixelFormat } from "./types.js";

/** The codec of a transfer syntax, or undefined where there is none. */
export type CodecLookup = (transferSyntax: string) => Codec | undefined;

/** The frames of a file, each decoded when it is asked for and kept by nobody. */
export interface Frames {
  readonly kind: "frames";
  /** As the header says; a decoded frame may say otherwise of colour and planes. */
  readonly format: PixelFormat;
  /** Number of Frames (0028,0008), and as many are there. */
  readonly count: number;
  /** Token of Pixel Data in the data set. */
  readonly token: number;
  readonly layout: NativeLayout | EncapsulatedLayout;
  /**
   * Decodes frame `index`, from 0 on, into cells of its own. Of a 4:2:2 native image each pixel has its three
   * cells, and the two of a pair the same colour. With a room, native frames lie there, and are valid until the
   * room's next. Throws PIXELS_UNDECODABLE, and what the source throws.
   */
  frame(index: number, room?: FrameRoom): Frame;
}

export interface EncapsulatedLayout {
  readonly codec: Codec;
  readonly fragments: Fragments;
  readonly firsts: FrameFragments;
}

/** A file without frames that can be looked at, and why. */
export interface NoFrames {
  readonly kind: "none";
  /** Tag and reason, without a value of the patient. */
  readonly reason: string;
}

export function isNative(layout: Frames["layout"]): layout is NativeLayout {
  return "strideBits" in layout;
}

/** JPEG, JPEG-LS, JPEG 2000, HTJ2K and JPEG XL (PS3.6 Table A-1). */
const JPEG_FAMILY = /^1\.2\.840\.10008\.1\.2\.4\./;

/**
 * The frames of a file; a reason where it has none, or numbers with fractions, which hold no text. Throws
 * PIXELS_BAD_FORMAT for a header that describes no image, PIXELS_UNDECODABLE for frames that are missing, surplus
 * or cut off, PIXELS_UNSUPPORTED for a syntax without a codec. The source must stay open as long as the frames.
 */
export function framesOf(file: DicomFile, codecOf: CodecLookup = codecFor): Frames | NoFrames {
  const { data } = file;
  for (const tag of [Tags.FloatPixelData, Tags.DoubleFloatPixelData] as const) {
    if (data.find(tag) >= 0) return { kind: "none", reason: `${formatTag(tag)} numbers with fractions` };
  }
  const token = data.find(Tags.PixelData);
  if (token < 0) return { kind: "none", reason: "no (7FE0,0010) Pixel Data" };
  const format = pixelFormatOf(data);
  checkFormat(format);
  const count = frameCountOf(data);
  const isEncapsulated = (data.tokens.flags[token]! & Flag.Encapsulated) !== 0;
  if (isEncapsulated !== (transferSyntaxInfo(file.transferSyntax)?.encapsulated === true)) {
    const found = isEncapsulated ? "fragments" : "native pixel data";
    throw new ElpisError("PIXELS_BAD_FORMAT", `(7FE0,0010) ${found}, against the transfer syntax`);
  }
  if (isEncapsulated) return encapsulated(file, token, format, count, codecOf);
  if (isSubsampled(format.photometric) && format.columns % 2 === 1)
    throw badFormat(Tags.Columns, `is odd, and ${format.photometric} takes pixels in pairs`);
  const layout = nativeLayout(file, token, format, count);
  const value = data.tokens.value[token]!;
  const frame = (index: number, room?: FrameRoom): Frame => {
    checkIndex(index, count);
    const [start, end] = bytesOfFrame(layout, index);
    return decodeNative(layout, index, storedBytes(data.source, value + start, end - start, room), room);
  };
  return { kind: "frames", format: layout.format, count, token, layout, frame };
}

function storedBytes(source: ByteSource, offset: number, length: number, room?: FrameRoom): Uint8Array {
  if (!room || !source.readInto) return source.read(offset, length);
  const bytes = room.bytes("stored", length);
  source.readInto(bytes, offset);
  return bytes;
}

function encapsulated(
  file: DicomFile,
  token: number,
  format: PixelFormat,
  count: number,
  codecOf: CodecLookup,
): Frames {
  const codec = codecOf(file.transferSyntax);
  if (!codec) {
    const name = transferSyntaxInfo(file.transferSyntax)?.name ?? "this transfer syntax";
    throw new ElpisError("PIXELS_UNSUPPORTED", `${name}: frames of it cannot be decoded`);
  }
  const fragments = readFragments(file.data, token);
  const firsts = assignFragments(fragments, count, JPEG_FAMILY.test(file.transferSyntax));
  const frame = (index: number): Frame => {
    checkIndex(index, count);
    return codec.decode(frameBytes(fragments, firsts, index), format);
  };
  return { kind: "frames", format, count, token, layout: { codec, fragments, firsts }, frame };
}

function checkIndex(index: number, count: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= count)
    throw new ElpisError("PIXELS_UNDECODABLE", `no frame ${index + 1} among ${count}`);
}
