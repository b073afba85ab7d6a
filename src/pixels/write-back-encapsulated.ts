import { ElpisError } from "../base/index.js";
import {
  type DicomFile,
  type Edits,
  type GeneratedPart,
  makeTag,
  type OutputPart,
  Tags,
  transferSyntaxInfo,
} from "../dicom/index.js";
import { type Codec, codecFor, losslessSyntaxFor, writtenPhotometric } from "./codecs/index.js";
import { readJpegHeader } from "./codecs/jpeg-header.js";
import { readJpeg2000Header } from "./codecs/jpeg2000-header.js";
import { withPlanarConfiguration } from "./codecs/planes.js";
import { frameBytes } from "./fragments.js";
import type { EncapsulatedLayout, Frames } from "./frames.js";
import type { Frame, PixelFormat } from "./types.js";
import type { Blanker } from "./write-back.js";
import { keepLossyHistory, type PixelsToWrite, removeElement, setFormat } from "./write-back-header.js";

const ENCAPSULATED_TOTAL_LENGTH = makeTag(0x7fe0, 0x0003);
/** They stand before frames whose lengths are not known yet: the Basic Offset Table is left empty (PS3.5 A.4). */
const TABLES = [Tags.ExtendedOffsetTable, Tags.ExtendedOffsetTableLengths, ENCAPSULATED_TOTAL_LENGTH];

/** Compressed pixel data: one fragment for each frame, of its old bytes or of new ones. */
export function encapsulatedPixels(
  file: DicomFile,
  frames: Frames,
  layout: EncapsulatedLayout,
  blanker: Blanker,
): PixelsToWrite {
  const transferSyntax = losslessSyntaxFor(file.transferSyntax, frames.format);
  const codec = transferSyntax === undefined ? undefined : codecFor(transferSyntax);
  if (transferSyntax === undefined || !codec?.encode) {
    const name = transferSyntaxInfo(file.transferSyntax)?.name ?? "this transfer syntax";
    throw new ElpisError("PIXELS_UNSUPPORTED", `${name}: frames like these cannot be written without loss`);
  }
  // The frame that changes first shows what comes out of the codec, and so what goes in again.
  const changed = blanker.boxes.keys().next().value!;
  const sample = blanker.frame(changed);
  const format = writtenFormat(sample.format, file, transferSyntax);
  const photometric = writtenPhotometric(transferSyntax, format, frames.format.photometric);
  const isNew =
    transferSyntax !== file.transferSyntax ||
    !isSameFormat({ ...format, photometric }, frames.format) ||
    streamPrecision(frameBytes(layout.fragments, layout.firsts, changed)) !==
      streamPrecision(codec.encode(sample, photometric));
  const encode = encoderOf(codec, format, photometric, blanker);
  const parts: OutputPart[] = [itemHeader(0)];
  for (let index = 0; index < frames.count; ) {
    const isChanged = isNew || blanker.boxes.has(index);
    const first = index;
    while (index < frames.count && isChanged === (isNew || blanker.boxes.has(index))) index++;
    if (isChanged) parts.push(encode(first, index));
    else for (let kept = first; kept < index; kept++) keepFrame(layout, kept, parts);
  }
  const editHeader = (edits: Edits): void => {
    for (const tag of TABLES) removeElement(edits, tag);
    if (!isNew) return;
    setFormat(edits, file, frames.format, { ...format, photometric });
    keepLossyHistory(edits, file, ratioOf(frames, layout));
  };
  return { value: { vr: "OB", parts, length: undefined }, transferSyntax, editHeader };
}

/**
 * Bits of a sample, as a JPEG or JPEG 2000 stream says; 0 of other streams. dcmtk and pydicom take those of the first
 * frame for all, so that frames of both kinds must not stand in one file.
 */
function streamPrecision(bytes: Uint8Array): number {
  const start = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (start === 0xffd8) return readJpegHeader(bytes).precision;
  return start === 0xff4f ? readJpeg2000Header(bytes).precision : 0;
}

/** Frames are written as they were decoded, but pixel by pixel where the transfer syntax becomes another. */
function writtenFormat(decoded: PixelFormat, file: DicomFile, transferSyntax: string): PixelFormat {
  return transferSyntax === file.transferSyntax ? decoded : { ...decoded, planarConfiguration: 0 };
}

/** True where frames of both may stand in one file; their planes are the codec's own affair. */
function isSameFormat(a: PixelFormat, b: PixelFormat): boolean {
  return (
    a.photometric === b.photometric &&
    a.bitsAllocated === b.bitsAllocated &&
    a.bitsStored === b.bitsStored &&
    a.highBit === b.highBit &&
    a.isSigned === b.isSigned
  );
}

/** Makes the items of frames [first, after), one frame at a time; the header says `photometric` of their streams. */
function encoderOf(codec: Codec, format: PixelFormat, photometric: string, blanker: Blanker) {
  function* produce(first: number, after: number): Generator<Uint8Array> {
    for (let index = first; index < after; index++) {
      const bytes = encodeFrame(codec, format, photometric, blanker.frame(index), index);
      yield itemHeader(bytes.length + (bytes.length % 2));
      yield bytes;
      // PS3.5 A.4: fragments are of even length.
      if (bytes.length % 2 === 1) yield Uint8Array.of(0);
    }
  }
  return (first: number, after: number): GeneratedPart => ({
    length: undefined,
    produce: () => produce(first, after),
  });
}

/** The frame as bytes that were decoded again and found the same: no codec is trusted with pixels that are kept. */
function encodeFrame(
  codec: Codec,
  format: PixelFormat,
  photometric: string,
  blanked: Frame,
  index: number,
): Uint8Array {
  if (!isSameFormat(blanked.format, format))
    throw new ElpisError(
      "PIXELS_UNDECODABLE",
      `frame ${index + 1} has other colours or bits than those before`,
    );
  const frame = withPlanarConfiguration(blanked, format.planarConfiguration);
  const bytes = codec.encode!(frame, photometric);
  const written = { ...frame.format, photometric };
  const again = withPlanarConfiguration(codec.decode(bytes, written), format.planarConfiguration);
  const isSame =
    isSameFormat(again.format, format) && again.samples.every((cell, i) => cell === frame.samples[i]);
  if (!isSame)
    throw new ElpisError("PIXELS_UNSUPPORTED", `frame ${index + 1} does not come back as it was written`);
  return bytes;
}

/** The frame's own bytes, in one fragment. */
function keepFrame({ fragments, firsts }: EncapsulatedLayout, index: number, parts: OutputPart[]): void {
  const { data, starts, lengths } = fragments;
  const { source } = data;
  const [first, after] = [firsts[index]!, firsts[index + 1]!];
  const [start, length] = [starts[first]!, lengths[first]!];
  if (after - first === 1 && length % 2 === 0) {
    // Item header and bytes; with the fragment before, where that is kept too and lies right before.
    const last = parts.at(-1);
    if (last && "source" in last && last.end === start - 8)
      parts[parts.length - 1] = { source, start: last.start, end: start + length };
    else parts.push({ source, start: start - 8, end: start + length });
    return;
  }
  let total = 0;
  for (let i = first; i < after; i++) total += lengths[i]!;
  parts.push(itemHeader(total + (total % 2)));
  for (let i = first; i < after; i++)
    parts.push({ source, start: starts[i]!, end: starts[i]! + lengths[i]! });
  if (total % 2 === 1) parts.push(Uint8Array.of(0));
}

/** (FFFE,E000) and a length; encapsulated pixel data are little endian (PS3.5 A.4). */
function itemHeader(length: number): Uint8Array {
  const header = Uint8Array.of(0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0);
  new DataView(header.buffer).setUint32(4, length, true);
  return header;
}

/** Bytes of the frames without compression, to those of the fragments (PS3.3 C.7.6.1.1.5.2). */
function ratioOf({ count, format }: Frames, { fragments }: EncapsulatedLayout): number {
  const bits = format.rows * format.columns * format.samplesPerPixel * format.bitsAllocated;
  const compressed = fragments.lengths.reduce((sum, length) => sum + length, 0);
  return (count * bits) / 8 / Math.max(1, compressed);
}
