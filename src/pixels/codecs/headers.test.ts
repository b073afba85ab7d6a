import { describe, expect, it } from "vitest";
import {
  changed,
  codingStyle,
  jpeg2000Stream,
  jpegStream,
  jpegXlStream,
  segment,
} from "../../../test/support/codec-streams.js";
import { concatBytes, latin1 } from "../../base/index.js";
import { readJpegHeader } from "./jpeg-header.js";
import { readJpegXlHeader } from "./jpeg-xl-header.js";
import { codestreamOf, readJpeg2000Header } from "./jpeg2000-header.js";

/** The whole message, so that no other reason can stand in for the one that is meant. */
const undecodable = (message: string) => expect.objectContaining({ code: "PIXELS_UNDECODABLE", message });

const COMMENT = 0xfe;

describe("the header of a JPEG stream", () => {
  it("is read where nothing is wrong", () => {
    expect(readJpegHeader(jpegStream({ components: 3, scans: 2 }))).toEqual({
      process: 0,
      precision: 8,
      rows: 6,
      columns: 7,
      components: [1, 2, 3].map((id) => ({ id, sampling: 0x11 })),
      adobe: undefined,
      jfif: false,
      scans: 2,
      ended: true,
    });
  });

  it("is read behind markers that stand alone: TEM, a restart, SOI", () => {
    const alone = Uint8Array.of(0xff, 0x01, 0xff, 0xd0, 0xff, 0xd7, 0xff, 0xd8);
    expect(readJpegHeader(jpegStream({ before: [alone] }))).toEqual(readJpegHeader(jpegStream()));
  });

  const beyond = "JPEG: a segment beyond the end";
  const missing = "JPEG: no frame header or no scan";
  it.each<[string, Uint8Array, string]>([
    ["another byte than FF at its start", changed(jpegStream(), 0, 0), "JPEG: no Start Of Image"],
    ["another marker at its start", changed(jpegStream(), 1, 0xd9), "JPEG: no Start Of Image"],
    [
      "a frame header that ends before its last component",
      changed(jpegStream({ components: 3 }), 4, 0, 14),
      "JPEG: a frame header that is too short",
    ],
    ["a segment of length 0", jpegStream({ before: [changed(segment(COMMENT), 2, 0, 0)] }), beyond],
    ["a segment of length 1", jpegStream({ before: [changed(segment(COMMENT), 2, 0, 1)] }), beyond],
    ["a segment one byte longer than the rest", jpegStream({ end: [0xff, COMMENT, 0, 4, 65] }), beyond],
    ["a marker without its length at the end", jpegStream({ end: [0xff, COMMENT] }), beyond],
    ["two frame headers", jpegStream({ frames: 2 }), "JPEG: two frame headers"],
    ["no frame header", jpegStream({ frames: 0 }), missing],
    ["no scan", jpegStream({ scans: 0 }), missing],
  ])("is refused with %s", (_, bytes, message) => {
    expect(() => readJpegHeader(bytes)).toThrow(undecodable(message));
  });
});

describe("the boxes around a JPEG 2000 codestream", () => {
  const signature = "\0\0\0\x0cjP  \r\n\x87\n";

  it.each([
    ["its length", 8 + 91],
    ["no length, since it is the last", 0],
  ])("are taken off, with %s in that of the codestream", (_, length) => {
    const bytes = concatBytes([
      latin1(`${signature}\0\0\0\x0aftypab\0\0\0${String.fromCharCode(length)}jp2c`),
      jpeg2000Stream(),
    ]);
    expect(codestreamOf(bytes)).toEqual(jpeg2000Stream());
  });

  it.each([
    ["nothing", "", "JPEG 2000: no codestream"],
    ["three bytes", "\xff\x4f\xff", "JPEG 2000: no codestream"],
    ["half a signature", signature.slice(0, 11), "JPEG 2000: no codestream"],
    ["a box of another kind at the start", "\0\0\0\x0cjXL \r\n\x87\n", "JPEG 2000: no codestream"],
    ["a signature alone", signature, "JPEG 2000: no codestream in its boxes"],
    ["boxes of other kinds", `${signature}\0\0\0\x0aftypab`, "JPEG 2000: no codestream in its boxes"],
    ["a box of length 0 before it", `${signature}\0\0\0\0ftyp`, "JPEG 2000: no codestream in its boxes"],
    [
      "a box of length 7 before it",
      `${signature}\0\0\0\x07fty\0\0\0\0jp2c`,
      "JPEG 2000: no codestream in its boxes",
    ],
    ["a box longer than the rest", `${signature}\0\0\0\x40ftypab`, "JPEG 2000: no codestream in its boxes"],
  ])("are refused with %s", (_, text, message) => {
    expect(() => codestreamOf(latin1(text))).toThrow(undecodable(message));
  });
});

describe("the main header of a JPEG 2000 codestream", () => {
  const rest = { components: 1, precision: 8, isSigned: false, rows: 6, columns: 7 };
  const cod = codingStyle(0, 1, 0);
  const mainHeader = jpeg2000Stream().subarray(0, 59);

  it.each([
    ["as it is", jpeg2000Stream()],
    ["with an image that does not begin at the grid's origin", jpeg2000Stream({ width: 9, left: 2 })],
    ["with precincts", jpeg2000Stream({ segments: [codingStyle(1, 1, 1, [0x11, 0x22])] })],
    ["with a comment", jpeg2000Stream({ segments: [segment(0x64, 0, 1, 65), cod] })],
    ["with a tile-part that says it runs to the end", jpeg2000Stream({ psot: 0 })],
    ["without its end marker", jpeg2000Stream({ end: [] })],
    ["with zeros behind its tile-part", jpeg2000Stream({ end: [0, 0] })],
  ])("is read %s", (_, bytes) => {
    expect(readJpeg2000Header(bytes)).toMatchObject(rest);
  });

  const length = "a size segment of another length than its components need";
  const outside = "an image outside its tiles";
  const style = "a coding style that contradicts itself";
  const beyond = "a segment beyond the main header";
  it.each<[string, Uint8Array, string]>([
    ["44 bytes", jpeg2000Stream().subarray(0, 44), "a main header that is too short"],
    ["a size segment that is too long", changed(jpeg2000Stream(), 4, 0, 44), length],
    ["more components than there are bytes", changed(jpeg2000Stream(), 40, 0, 17).subarray(0, 90), length],
    [
      "as many components as its size segment says, but no bytes for them",
      changed(changed(jpeg2000Stream(), 4, 0, 38 + 3 * 17), 40, 0, 17).subarray(0, 90),
      length,
    ],
    [
      "components of unlike precision",
      jpeg2000Stream({
        components: [
          [7, 1, 1],
          [8, 1, 1],
        ],
      }),
      "components of unlike size",
    ],
    ["every second column only", jpeg2000Stream({ components: [[7, 2, 1]] }), "components of unlike size"],
    ["every second row only", jpeg2000Stream({ components: [[7, 1, 2]] }), "components of unlike size"],
    ["no column", jpeg2000Stream({ left: 7 }), outside],
    ["no row", jpeg2000Stream({ top: 6 }), outside],
    ["tiles that begin right of the image", jpeg2000Stream({ tileLeft: 1 }), outside],
    ["tiles that begin below the image", jpeg2000Stream({ tileTop: 1 }), outside],
    ["tiles of no width", jpeg2000Stream({ tileWidth: 0 }), "Infinity tiles"],
    ["tiles of no height", jpeg2000Stream({ tileHeight: 0 }), "Infinity tiles"],
    ["no marker at a segment's start", jpeg2000Stream({ segments: [changed(cod, 0, 0xfe)] }), beyond],
    ["a segment of length 0 at the end", concatBytes([mainHeader, Uint8Array.of(0xff, 0x64, 0, 0)]), beyond],
    ["a segment longer than the rest", jpeg2000Stream({ segments: [cod, changed(cod, 2, 0, 60)] }), beyond],
    ["no layers", jpeg2000Stream({ segments: [codingStyle(0, 0, 0)] }), style],
    ["33 levels", jpeg2000Stream({ segments: [codingStyle(0, 1, 33)] }), style],
    ["fewer precincts than levels", jpeg2000Stream({ segments: [codingStyle(1, 1, 1, [0x11])] }), style],
    ["no coding style", jpeg2000Stream({ segments: [] }), "no coding style"],
    [
      "a coding style that is cut",
      jpeg2000Stream({ segments: [segment(0x52, 0, 0, 0, 1)] }),
      "no coding style",
    ],
    ["a tile-part of 13 bytes", jpeg2000Stream({ psot: 13 }), "a tile-part that is too short"],
    ["a tile-part cut by one byte", jpeg2000Stream({ psot: 33 }), "ends within a tile-part"],
    [
      "something else behind a tile-part",
      jpeg2000Stream({ end: [1, 2] }),
      "no tile-part where one should begin",
    ],
  ])("is refused with %s", (_, bytes, message) => {
    expect(() => readJpeg2000Header(bytes)).toThrow(undecodable(`JPEG 2000: ${message}`));
  });
});

describe("the header of a JPEG XL stream", () => {
  const boxes = "\0\0\0\x0cJXL \r\n\x87\n";
  const read = { rows: 8, columns: 16, precision: 8, components: 1, isXyb: false };

  it.each([
    ["alone", ""],
    ["in one box", `${boxes}\0\0\0\x0aftypab\0\0\0\0jxlc`],
    ["in boxes of its parts", `${boxes}\0\0\0\x40jxlp\0\0\0\0`],
    ["behind a box of 64-bit length", `${boxes}\0\0\0\x01ftyp\0\0\0\0\0\0\0\x12ab\0\0\0\x30jxlc`],
  ])("is read %s", (_, before) => {
    expect(readJpegXlHeader(concatBytes([latin1(before), jpegXlStream()]))).toEqual(read);
  });

  it("is read with the seldom fields, where they say nothing", () => {
    expect(readJpegXlHeader(jpegXlStream({ extra: [0, 0, 0], components: 3, precision: 10 }))).toEqual({
      ...read,
      components: 3,
      precision: 10,
    });
  });

  const turned = "JPEG XL: turned, animated or with a preview";
  const noBox = "JPEG XL: no codestream in its boxes";
  it.each<[string, Uint8Array, string]>([
    ["another byte than FF at its start", changed(jpegXlStream(), 0, 0), "JPEG XL: no codestream"],
    ["another marker at its start", changed(jpegXlStream(), 1, 0x0b), "JPEG XL: no codestream"],
    ["nothing", new Uint8Array(0), "JPEG XL: no codestream"],
    ["boxes of other kinds only", latin1(`${boxes}\0\0\0\x0aftypab`), noBox],
    ["a box of length 0 before it", concatBytes([latin1(`${boxes}\0\0\0\0ftyp`), jpegXlStream()]), noBox],
    [
      "a box of length 7 before it",
      concatBytes([latin1(`${boxes}\0\0\0\x07fty\0\0\0\0jxlc`), jpegXlStream()]),
      noBox,
    ],
    [
      "a box of 64-bit length 12",
      concatBytes([latin1(`${boxes}\0\0\0\x01ftyp\0\0\0\0\0\0\0\x0cjxlc`), jpegXlStream()]),
      noBox,
    ],
    ["a box beyond the end", concatBytes([latin1(`${boxes}\0\0\0\x40ftyp`), jpegXlStream()]), noBox],
    ["an image to be turned", jpegXlStream({ extra: [1, 0, 0] }), turned],
    ["a preview", jpegXlStream({ extra: [0, 1, 0] }), turned],
    ["an animation", jpegXlStream({ extra: [0, 0, 1] }), turned],
    ["floating-point samples", jpegXlStream({ isFloat: true }), "JPEG XL: floating-point samples"],
    ["a channel more", jpegXlStream({ extraChannels: 1 }), "JPEG XL: 1 extra channels"],
  ])("is refused with %s", (_, bytes, message) => {
    expect(() => readJpegXlHeader(bytes)).toThrow(undecodable(message));
  });
});
