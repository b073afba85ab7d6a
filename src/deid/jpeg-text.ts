import { fromLatin1 } from "../base/index.js";
import { unsignedTexts } from "./icc-profile.js";
import { EOI, type ImageStream, MOST_READ, nextMarker, type Walked, word } from "./image-stream.js";
import { holdsRun, holdsText, RUN_ANYWHERE, RUN_SHORT, TELLING } from "./readable.js";

const APP = 0xffe0;
const COM = 0xfffe;
const SOS = 0xffda;
/** Stand alone, without a length (T.81 B.1.1.3): TEM, RST0 to RST7, another SOI. */
const standsAlone = (marker: number): boolean => marker === 0xff01 || (marker >= 0xffd0 && marker <= 0xffd8);
const FIRST_MARKER = 0xffc0;

/** Application segments by name, and the length of their fields (T.871, Adobe TN 5116, T.87, HP's for JPEG-LS). */
const APPLICATIONS: readonly (readonly [name: RegExp, fields: number])[] = [
  [/^[JL][FJ]IF\0/, 14],
  [/^Adobe/, 12],
  [/^AVI1/, 14],
  [/^SPIFF\0/, 30],
  [/^mrfx/, 5],
];
const ICC = /^ICC_PROFILE\0/;

/** All segments of an image (ITU-T T.81 B.2.1), before the first scan and between scans; JPEG-LS has the same (T.87). */
export function walkJpeg(stream: ImageStream, from: number): Walked {
  for (let at = from + 2; at + 2 <= stream.length; ) {
    const header = stream.read(at, 4);
    const marker = word(header, 0);
    if (marker === EOI) return { end: at + 2 };
    if (marker === 0xffff)
      at++; // B.1.1.2: a marker may be preceded by fill bytes
    else if (standsAlone(marker)) at += 2;
    else if (marker < FIRST_MARKER) {
      // What is no segment, decoders skip up to the next marker.
      const next = nextMarker(stream, at);
      if (holdsText(stream.read(at, Math.min(MOST_READ, next - at))))
        return { text: "bytes between segments" };
      at = next;
    } else {
      const length = Math.max(2, word(header, 2));
      const body = stream.read(at + 4, length - 2);
      if (segmentHoldsText(marker, body)) return { text: nameOf(marker) };
      at += 2 + length;
      if (marker === SOS) at = nextMarker(stream, at);
    }
  }
  return { end: -1 };
}

/** What a segment is called. */
export function nameOf(marker: number): string {
  if (marker === COM) return "a comment";
  return marker >= APP && marker <= 0xffef
    ? `application segment ${marker - APP}`
    : `a segment ${marker.toString(16)}`;
}

function segmentHoldsText(marker: number, body: Uint8Array): boolean {
  if (marker < APP || marker > 0xffef) return holdsText(body.subarray(fieldsOf(marker, body)));
  const name = fromLatin1(body, 0, Math.min(16, body.length));
  if (ICC.test(name)) return unsignedTexts(body.subarray(14)).some((text) => TELLING.test(text));
  const known = APPLICATIONS.find(([pattern]) => pattern.test(name));
  if (!known) return holdsText(body);
  // A JFIF thumbnail is of 3 bytes a pixel (T.871 10.1).
  const [, fields] = known;
  const thumbnail = fields === 14 && name.includes("IF") ? 3 * (body[12] ?? 0) * (body[13] ?? 0) : 0;
  return (
    holdsRun(body.subarray(5, fields), RUN_SHORT) ||
    holdsRun(body.subarray(fields, fields + thumbnail), RUN_ANYWHERE) ||
    holdsText(body.subarray(fields + thumbnail))
  );
}

/** Bytes of a segment that are its fields (T.81 B.2): numbers. Of a marker that is not known, none. */
function fieldsOf(marker: number, body: Uint8Array): number {
  let end = 0;
  switch (marker) {
    case SOS:
      return 4 + 2 * (body[0] ?? 0);
    case 0xffc4: // DHT: counts of 16 lengths, and as many values
      while (end + 17 <= body.length) {
        const counts = body.subarray(end + 1, end + 17);
        end += 17 + counts.reduce((sum, count) => sum + count, 0);
      }
      return end;
    case 0xffdb: // DQT: 64 numbers of one or two bytes
      while (end < body.length && body[end]! < 0x20) end += body[end]! < 0x10 ? 65 : 129;
      return end;
    case 0xffdd: // DRI; of up to 4 bytes in JPEG-LS
      return 4;
    case 0xffdc: // DNL
      return 4;
    case 0xfff8: // LSE: the thresholds of JPEG-LS (T.87 C.2.4.1.1)
      return body[0] === 1 ? 11 : 0;
    case 0xffc8:
    case 0xffcc:
      return 0;
    default: // SOF
      return marker <= 0xffcf || marker === 0xfff7 ? 6 + 3 * (body[5] ?? 0) : 0;
  }
}
