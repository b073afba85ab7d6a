import { type DataSet, Flag, numbersOf, Tags } from "../dicom/index.js";
import { ImageStream, MOST_READ, MOST_TAIL, word } from "./image-stream.js";
import { walkJpeg } from "./jpeg-text.js";
import { textInBoxes, walkCodestream } from "./jpeg2000-text.js";
import { holdsRun, holdsRunBehind, holdsText, RUN_ANYWHERE } from "./readable.js";
import { textInRle } from "./rle-text.js";

/**
 * Where compressed pixel data hold text: "a comment of frame 1" …; undefined where they hold none. Of syntaxes
 * other than those of the JPEG family, every fragment of RLE is an image of its own (PS3.5 A.4.2).
 */
export function textInFragments(data: DataSet, token: number, isJpeg: boolean): string | undefined {
  const { source, tokens } = data;
  const little = (tokens.flags[token]! & Flag.BigEndian) === 0;
  const end = tokens.valueEnd[token]!;
  const pixels = isJpeg ? 0 : numberOf(data, Tags.Rows) * numberOf(data, Tags.Columns);
  const textIn = (image: ImageStream) => (isJpeg ? textInImage(image) : textInRle(image, pixels));
  let stream: ImageStream | undefined;
  let frame = 0;
  for (let at = tokens.value[token]!, index = 0; at + 8 <= end; index++) {
    const header = source.read(at, Math.min(20, end - at));
    const length = new DataView(header.buffer, header.byteOffset).getUint32(4, little);
    const start = at + 8;
    at = start + length;
    // The first item is the Basic Offset Table (PS3.5 A.4), empty or of ascending offsets.
    if (index === 0) {
      if (length > 0 && !isOffsetTable(source.read(start, length), little)) return "the Basic Offset Table";
      continue;
    }
    if (!stream || !isJpeg || beginsImage(header)) {
      const found = stream && textIn(stream);
      if (found) return `${found} of frame ${frame}`;
      stream = new ImageStream(data);
      frame++;
    }
    stream.append(start, length);
  }
  const found = stream && textIn(stream);
  return found && `${found} of frame ${frame}`;
}

function numberOf(data: DataSet, tag: typeof Tags.Rows): number {
  const token = data.find(tag);
  return token < 0 ? 0 : (numbersOf(data, token)[0] ?? 0);
}

/** Words in four bytes each make offsets of more than 0x20202020, which do not begin with 0. */
function isOffsetTable(table: Uint8Array, little: boolean): boolean {
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  let last = -1;
  for (let at = 0; at + 4 <= table.length; at += 4) {
    const offset = view.getUint32(at, little);
    if (offset <= last) return !holdsText(table.subarray(at));
    last = offset;
  }
  return view.byteLength < 4 || view.getUint32(0, little) === 0 || !holdsText(table);
}

const [SOI, SOC, JP2] = [0xffd8, 0xff4f, 0x0000000c];

/** An item header and the first bytes of a JPEG, a JPEG 2000 codestream, or a box that says what follows. */
function beginsImage(header: Uint8Array): boolean {
  const start = word(header, 8);
  return start === SOI || start === SOC || (start === 0 && word(header, 10) === JP2);
}

/** True when the first fragment begins an image of the JPEG family, whose bytes are as good as noise; RLE's are not. */
export function beginsCodestream({ source, tokens }: DataSet, token: number): boolean {
  const [from, end] = [tokens.value[token]!, tokens.valueEnd[token]!];
  const little = (tokens.flags[token]! & Flag.BigEndian) === 0;
  if (end - from < 8) return false;
  const table = source.read(from, 8);
  const first = from + 8 + new DataView(table.buffer, table.byteOffset).getUint32(4, little);
  return end - first >= 20 && beginsImage(source.read(first, 20));
}

/** The image, and those that follow it in the same bytes: then what stands behind the last. */
function textInImage(stream: ImageStream): string | undefined {
  for (let at = 0; ; ) {
    const head = stream.read(at, 4);
    const start = word(head, 0);
    if (at === 0 && start === 0 && word(head, 2) === JP2) return textInBoxes(stream);
    if (start !== SOI && start !== SOC) {
      if (at > 0) return textBehind(stream, at);
      return holdsRun(stream.read(0, MOST_TAIL), RUN_ANYWHERE) ? "bytes that begin no image" : undefined;
    }
    const walked = start === SOI ? walkJpeg(stream, at) : walkCodestream(stream, at);
    if ("text" in walked) return walked.text;
    if (walked.end < 0) {
      const last = stream.read(Math.max(0, stream.length - MOST_TAIL), Math.min(MOST_TAIL, stream.length));
      return holdsRun(last, RUN_ANYWHERE) ? "bytes behind the end" : undefined;
    }
    at = walked.end;
  }
}

/** Behind the end of the image: one NUL of padding makes it even (PS3.5 A.4), and some writers leave more. */
function textBehind(stream: ImageStream, end: number): string | undefined {
  for (let at = end; at < stream.length; at += MOST_READ - MOST_TAIL) {
    const bytes = stream.read(at, MOST_READ);
    if (holdsRunBehind(bytes)) return "bytes behind the end";
  }
  return undefined;
}
