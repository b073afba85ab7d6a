import { fromLatin1 } from "../base/index.js";

/** What makers of colour profiles write into them (ICC.1): descriptions, copyrights, conditions of viewing. */
const MAKERS = [
  /(?:Copyright|\(c\)|\xa9)[ ,]*(?:\(c\) ?|\xa9 ?)?(?:\d{4}(?:[-, ]+\d{4})*,? )?(?:by )?/,
  /(?:Hewlett-Packard(?: Company)?|Adobe Systems(?: Incorporated|,? Inc\.?)?|Apple(?: Computer)?,? Inc\.?)/,
  /(?:Eastman Kodak Company|Microsoft Corporation|Google Inc\.?|International Color Consortium)/,
  /(?:Artifex (?:Software|(?:PS )?(?:CMYK|RGB|Gray))|no copyright, use freely|all rights reserved\.?|public domain|CC0|FB)/,
  /(?:Reference Viewing Condition in |\.?IEC )?(?:IEC )?\.?(?:http:\/\/)?(?:www\.iec\.ch|IEC ?61966-2[.-]1)/,
  /Default RGB colou?r space - sRGB|sRGB(?: built-in| v4 ICC preference| profile)?|Adobe RGB \(1998\)|Display P3/,
  /Generic (?:RGB|Gray)(?: Gamma [\d.]+)?(?: Profile)?|Dot Gain \d+%|Gr[ae]y Gamma [\d.]+|(?:ProPhoto|ROMM|sc|es|A98)? ?RGB|sGray|SWOP|(?:ICC ?)?Profile|c2ci|u?RGB/,
  /(?:scnr|mntr|prtr|spac)(?:RGB|GRAY|CMYK|YCbr|Lab) ?(?:XYZ|Lab) ?|acsp(?:APPL|MSFT|SGI |SUNW)?/,
] as const;
const SIGNED = new RegExp(`(?:${MAKERS.map(({ source }) => source).join("|")})`, "gi");
/** Twelve characters in a row, in one byte or two. */
const RUNS = /[ -~]{12,}|(?:\0[ -~]){12,}/g;
/** Too many to be chance, even in a table. */
const LONG_RUNS = /[ -~]{24,}|(?:\0[ -~]){24,}/g;
/** Types of elements that are tables of numbers, and spell by chance (ICC.1:2022 10). */
const TABLES = /^(?:mft1|mft2|mAB |mBA |curv)$/;
const [HEADER, MOST_TAGS] = [128, 100];

/** A chunk of a colour profile: its texts without what makers write, outside the tables of a profile that has a header. */
export function unsignedTexts(chunk: Uint8Array): string[] {
  const runs = fromLatin1(withoutTables(chunk)).match(RUNS) ?? [];
  const long = fromLatin1(chunk).match(LONG_RUNS) ?? [];
  return [...runs, ...long]
    .map((run) => run.replaceAll("\0", ""))
    .filter((text) => !isAscending(text))
    .map((text) => text.replace(SIGNED, "\0"));
}

/** As a curve is, and words are not. */
const isAscending = (text: string): boolean =>
  [...text].every((letter, index) => index === 0 || letter >= text[index - 1]!);

function withoutTables(chunk: Uint8Array): Uint8Array {
  if (chunk.length < HEADER + 4 || fromLatin1(chunk, 36, 40) !== "acsp") return chunk;
  const rest = chunk.slice();
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  const count = Math.min(view.getUint32(HEADER), MOST_TAGS);
  for (let at = HEADER + 4; at + 12 <= Math.min(chunk.length, HEADER + 4 + 12 * count); at += 12) {
    const offset = view.getUint32(at + 4);
    const type = fromLatin1(chunk, Math.min(offset, chunk.length), Math.min(offset + 4, chunk.length));
    if (TABLES.test(type)) rest.fill(0xff, offset + 4, offset + view.getUint32(at + 8));
  }
  return rest;
}
