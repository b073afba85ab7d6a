import { type ImageStream, MOST_READ, MOST_TAIL } from "./image-stream.js";
import { holdsRun, holdsRunBehind, holdsText, RUN_ANYWHERE } from "./readable.js";

const RLE_HEADER = 64;

/** An image of RLE: words behind the offsets of its header, and bytes behind each segment (PS3.5 G.3 to G.5). */
export function textInRle(stream: ImageStream, pixels: number): string | undefined {
  const head = stream.read(0, RLE_HEADER);
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const count = head.length < RLE_HEADER ? 0 : view.getUint32(0, true);
  const offsets =
    count > 15 ? [] : Array.from({ length: count }, (_, at) => view.getUint32(4 + 4 * at, true));
  const isAscending = offsets.every((offset, at) => offset > (at === 0 ? RLE_HEADER - 1 : offsets[at - 1]!));
  if (offsets.length === 0 || !isAscending) {
    return holdsRun(stream.read(0, MOST_TAIL), RUN_ANYWHERE) ? "bytes that begin no image" : undefined;
  }
  // G.5: the offsets that are not used are zero.
  if (head.subarray(4 + 4 * count).some((byte) => byte !== 0)) return "the unused offsets of the RLE header";
  if (holdsText(stream.read(RLE_HEADER, Math.min(MOST_READ, offsets[0]! - RLE_HEADER))))
    return "bytes before RLE";
  if (pixels === 0) return undefined;
  for (const [index, offset] of offsets.entries()) {
    const end = offsets[index + 1] ?? stream.length;
    const bytes = stream.read(offset, end - offset);
    if (holdsRunBehind(bytes.subarray(endOfSegment(bytes, pixels))))
      return `bytes behind RLE segment ${index + 1}`;
  }
  return undefined;
}

/** Where as many bytes as pixels are decoded: runs of one byte or of bytes as they are (G.3.1). */
function endOfSegment(bytes: Uint8Array, pixels: number): number {
  let at = 0;
  for (let decoded = 0; decoded < pixels && at < bytes.length; ) {
    const control = bytes[at]!;
    at += control < 128 ? control + 2 : control === 128 ? 1 : 2;
    decoded += control < 128 ? control + 1 : control === 128 ? 0 : 257 - control;
  }
  return at;
}
