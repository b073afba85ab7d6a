import { fromLatin1 } from "../base/index.js";
import { EOI, type ImageStream, MOST_READ, nextMarker, type Walked, word } from "./image-stream.js";
import { nameOf } from "./jpeg-text.js";
import { holdsText } from "./readable.js";

const CODESTREAM_COM = 0xff64;
const SOT = 0xff90;
const SOD = 0xff93;

/** Main header and tile-part headers of a JPEG 2000 codestream (ITU-T T.800 A.2, A.4.2, A.9.2). */
export function walkCodestream(stream: ImageStream, from: number): Walked {
  let tile = -1;
  let data = -1;
  let nextTile = 0;
  for (let at = from + 2; at + 2 <= stream.length; ) {
    const header = stream.read(at, 4);
    const marker = word(header, 0);
    if (marker === EOI) return { end: at + 2 };
    if (marker < 0xff01) break;
    if (marker === SOD) {
      data = at + 2;
      // Psot 0: the tile-part runs to the end of the codestream.
      if (nextTile <= tile) break;
      at = nextTile;
      continue;
    }
    const length = word(header, 2);
    if (marker === SOT) {
      const body = stream.read(at + 6, 4);
      tile = at;
      nextTile = at + ((body[0] ?? 0) * 0x1000000 + ((body[1] ?? 0) << 16) + word(body, 2));
    } else if (marker === CODESTREAM_COM) {
      if (holdsText(stream.read(at + 6, length - 4))) return { text: "a comment" };
    } else if (marker < 0xff50 || marker > CODESTREAM_COM) {
      if (holdsText(stream.read(at + 4, length - 2))) return { text: nameOf(marker) };
    }
    at += 2 + Math.max(2, length);
  }
  if (data < 0) return { end: -1 };
  // No two bytes of packets are more than FF8F (B.10.1), so that the first end marker is the end.
  const end = nextMarker(stream, data);
  return { end: word(stream.read(end, 2), 0) === EOI ? end + 2 : -1 };
}

/** With the bytes of each that are no content: an identifier, an offset. What is compressed inside is not seen. */
const BOXES_WITH_TEXT = new Map([
  ["xml ", 0],
  ["uuid", 16],
  ["uinf", 0],
  ["Exif", 4],
  ["jumb", 0],
]);
const MOST_BOXES = 1000;

/** Boxes around a codestream, as files of JPEG 2000 and JPEG XL have them (T.800 I.4); DICOM does without. */
export function textInBoxes(stream: ImageStream): string | undefined {
  for (let at = 0, boxes = 0; at + 8 <= stream.length && boxes < MOST_BOXES; boxes++) {
    const header = stream.read(at, 16);
    const view = new DataView(header.buffer, header.byteOffset, header.length);
    const kind = fromLatin1(header, 4, 8);
    const isLong = view.getUint32(0) === 1 && header.length === 16;
    const length = isLong ? Number(view.getBigUint64(8)) : view.getUint32(0);
    const start = at + (isLong ? 16 : 8);
    const skipped = BOXES_WITH_TEXT.get(kind);
    const end = length === 0 ? stream.length : at + length;
    const isTelling =
      skipped !== undefined &&
      holdsText(stream.read(start + skipped, Math.min(MOST_READ, end - start - skipped)));
    if (isTelling || kind === "brob") return `a box ${kind.trim()}`;
    if (kind === "jp2c") {
      const walked = walkCodestream(stream, start);
      if ("text" in walked) return walked.text;
    }
    if (length === 0) return undefined;
    at += Math.max(8, length);
  }
  return undefined;
}
