import { describe, expect, it } from "vitest";
import { concatBytes, latin1 } from "../base/index.js";
import {
  buildFile,
  type DicomFile,
  encodeFileMeta,
  memorySource,
  readFile,
  SopClass,
  TransferSyntax,
} from "../dicom/index.js";
import { bulkReasons } from "./bulk.js";

const NEED = latin1("Quibblewick MRN0045821");
const IMAGE = { SamplesPerPixel: 1, Rows: 4, Columns: 4, BitsAllocated: 16, SOPInstanceUID: "1.2.3.1" };

/** Big-endian 16-bit numbers and bytes in one. */
function bytes(...parts: readonly (number | string | Uint8Array)[]): Uint8Array {
  return concatBytes(
    parts.map((part) => {
      if (typeof part === "number") return Uint8Array.of(part >> 8, part & 255);
      return typeof part === "string" ? latin1(part) : part;
    }),
  );
}
const segment = (marker: number, body: Uint8Array) => bytes(marker, body.length + 2, body);
const SCAN = bytes(segment(0xffda, new Uint8Array(8)), new Uint8Array(40).fill(0x55));
const jpeg = (...segments: Uint8Array[]) => bytes(0xffd8, ...segments, SCAN, 0xffd9);
const comment = (text: string) => segment(0xfffe, latin1(text));

/** A JPEG 2000 codestream of one tile-part with segments in its main header and in the tile-part's. */
function codestream(main: Uint8Array[], tile: Uint8Array[] = []): Uint8Array {
  const inside = bytes(...tile, 0xff93, new Uint8Array(20).fill(0x66));
  const psot = 12 + inside.length;
  const sot = segment(0xff90, bytes(0, psot >> 16, psot & 0xffff, 1));
  return bytes(0xff4f, segment(0xff51, new Uint8Array(36)), ...main, sot, inside, 0xffd9);
}
const comment2000 = (text: string) => segment(0xff64, bytes(1, text));
const box = (kind: string, content: Uint8Array) => bytes(0, content.length + 8, kind, content);

/** An image of these fragments, the Basic Offset Table first. */
function encapsulated(
  fragments: readonly Uint8Array[],
  table: Uint8Array = new Uint8Array(0),
  syntax: string = JPEG,
): DicomFile {
  const all = { ...IMAGE, SOPClassUID: SopClass["CT Image Storage"]! };
  const base = readFile(memorySource(buildFile(all)));
  const head = base.source.read(base.dataStart, base.dataEnd - base.dataStart);
  const item = (value: Uint8Array) => {
    const even = concatBytes([value, new Uint8Array(value.length % 2)]);
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, even.length, true);
    return concatBytes([latin1("\xfe\xff\x00\xe0"), length, even]);
  };
  return readFile(
    memorySource(
      concatBytes([
        encodeFileMeta(all.SOPClassUID, all.SOPInstanceUID, syntax),
        head,
        latin1("\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff"),
        ...[table, ...fragments].map(item),
        latin1("\xfe\xff\xdd\xe0\0\0\0\0"),
      ]),
    ),
  );
}
const [JPEG, J2K] = ["1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.90"] as const;

describe("compressed pixel data", () => {
  const codes = (fragments: readonly Uint8Array[], table?: Uint8Array, syntax?: string) =>
    bulkReasons(encapsulated(fragments, table, syntax)).map(({ code }) => code);
  const exif = segment(0xffe1, bytes("Exif\0\0", "MM\0*\0\0\0\x08", "Q\0u\0i\0b\0b\0l\0e\0"));
  const name = "Quibblewick MRN0045821";

  it.each<[string, Uint8Array[]]>([
    ["nothing but pixels", [jpeg()]],
    ["a JFIF header", [jpeg(segment(0xffe0, latin1("JFIF\0\x01\x01\0\0\x01\0\x01\0\0")))]],
    ["an Adobe marker", [jpeg(segment(0xffee, latin1("Adobe\0d\0\0\0\0\x01")))]],
    ["the signature of LEAD", [jpeg(comment("LEAD Technologies Inc. V1.01\0"))]],
    [
      "the signature of libjpeg",
      [jpeg(comment("CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90\n"))],
    ],
    ["the signature of OpenJPEG", [codestream([comment2000("Created by OpenJPEG version 2.5.2")])]],
    [
      "the signature and table of Kakadu",
      [
        codestream([
          comment2000("Kakadu-v7.3.3"),
          comment2000(
            "Kdu-Layer-Info: log_2{Delta-D(MSE)/[2^16*Delta-L(bytes)]}, L(bytes)\n-192.0,  8.4e+06\n",
          ),
        ]),
      ],
    ],
    ["what a buffer held before, behind the end", [bytes(jpeg(), "\x51\xf6\x57\xfe")]],
    ["an image in pieces", [jpeg().subarray(0, 20), jpeg().subarray(20)]],
  ])("pass with %s", (_title, fragments) => {
    expect(codes(fragments)).toEqual([]);
    expect(codes(fragments, new Uint8Array(4))).toEqual([]);
  });

  it.each<[string, Uint8Array[]]>([
    ["a name in a comment", [jpeg(comment(name))]],
    ["a number in a comment", [jpeg(comment("0045821"))]],
    ["a short name in a comment", [jpeg(comment("Ng^Bo"))]],
    [
      "a name behind an encoder's signature",
      [jpeg(comment("LEAD Technologies Inc. V1.01 for Doe"), comment("x"))].map((image) => image),
    ],
    ["a name behind Kakadu's", [codestream([comment2000("Kdu-Layer-Info: Quibblewick")])]],
    ["a name behind Intel's", [jpeg(comment("Intel(R) JPEG Library, version [2.0.16.48] Quibblewick"))]],
    ["Exif in UTF-16", [jpeg(exif)]],
    ["a name in the second frame", [jpeg(), jpeg(comment(name))]],
    [
      "a comment that goes on in the next fragment",
      [jpeg(comment(name)).subarray(0, 8), jpeg(comment(name)).subarray(8)],
    ],
    ["a name in a Photoshop segment", [jpeg(segment(0xffed, latin1(`Photoshop 3.0\x008BIM${name}`)))]],
    ["a name behind the end", [bytes(jpeg(), name)]],
    ["a fragment of words", [jpeg(), latin1(name)]],
    ["words instead of an image", [latin1(name)]],
    ["a name in the main header", [codestream([comment2000(name)])]],
    ["a name in the header of a tile", [codestream([], [comment2000(name)])]],
    [
      "XML in a box",
      [
        bytes(
          box("jP  ", bytes(0x0d0a, 0x870a)),
          box("xml ", latin1("<a>Quibblewick</a>")),
          box("jp2c", codestream([])),
        ),
      ],
    ],
  ])("are held: %s", (_title, fragments) => {
    expect(codes(fragments)).toEqual(["TEXT_IN_BITSTREAM"]);
  });

  it("are held with a name in the Basic Offset Table, whatever the syntax", () => {
    expect(codes([new Uint8Array(64)], NEED, TransferSyntax.RLELossless)).toEqual(["TEXT_IN_BITSTREAM"]);
    expect(codes([codestream([])], NEED, J2K)).toEqual(["TEXT_IN_BITSTREAM"]);
  });

  it("tell where the text is, and not what", () => {
    const [reason] = bulkReasons(encapsulated([jpeg(), jpeg(comment(name))]));
    expect(reason!.detail).toBe("(7FE0,0010): text in a comment of frame 2");
  });

  const sof = segment(0xffc0, Uint8Array.of(8, 0, 4, 0, 4, 1, 1, 0x11, 0));
  const jfif = (...rest: (number | string | Uint8Array)[]) =>
    segment(0xffe0, bytes("JFIF\0\x01\x01\0\0\x01\0\x01", ...rest));
  const profile = (text: string) => segment(0xffe2, bytes("ICC_PROFILE\0\x01\x01", text));
  /** A header, one tag that points to a table of 64 bytes, and what follows. */
  const tableProfile = (table: string, behind = "") =>
    `${"\0".repeat(36)}acsp${"\0".repeat(88)}\0\0\0\x01A2B0\0\0\0\x90\0\0\0\x40` +
    `mft2${table.padEnd(60, "\0")}${behind}`;
  const curve = latin1(
    Array.from({ length: 24 }, (_, at) => `\0${String.fromCharCode(35 + 3 * at)}`).join(""),
  );

  it.each<[string, Uint8Array]>([
    ["a JFIF thumbnail", jpeg(jfif("\x02\x02", new Uint8Array(12).fill(0x41)))],
    ["an AVI1 header", jpeg(segment(0xffe0, bytes("AVI1\0\0", new Uint8Array(8))))],
    ["fill bytes before a marker", bytes(0xffd8, "\xff\xff", sof, SCAN, 0xffd9)],
    ["several scans", jpeg(sof, SCAN, sof)],
    ["two images in a fragment", bytes(jpeg(), jpeg())],
    ["a colour profile of a known maker", jpeg(profile("Copyright (c) 1998 Hewlett-Packard Company\0"))],
    ["a colour profile whose table spells by chance", jpeg(profile(tableProfile("h#i3jBkRl^mgnqozp")))],
    ["a colour profile with a curve", jpeg(profile(`curv\0\0\0\0${String.fromCharCode(...curve)}`))],
    [
      "a Huffman table in ASCII order",
      jpeg(segment(0xffc4, bytes("\x10", new Uint8Array(15), "\x0a", "CDEFGHIJST"))),
    ],
    ["a restart inside the scan", bytes(0xffd8, sof, SCAN, 0xffd0, new Uint8Array(9), 0xffd9)],
  ])("pass with %s", (_title, image) => {
    expect(codes([image])).toEqual([]);
  });

  it.each<[string, Uint8Array]>([
    ["a name behind the fields of JFIF", jpeg(jfif("\0\0", name))],
    ["a name as a JFIF thumbnail", jpeg(jfif("\x02\x04", name, "xx"))],
    ["a name behind AVI1", jpeg(segment(0xffe0, bytes("AVI1", name)))],
    ["a name behind Adobe's fields", jpeg(segment(0xffee, bytes("Adobe\0d\0\0\0\0\x01", name)))],
    ["a comment after the first scan", jpeg(SCAN, comment(name), sof)],
    ["a name between two ends", bytes(jpeg(), name, 0xffd9)],
    ["a name behind the end, and much behind it", bytes(jpeg(), name, new Uint8Array(100_000))],
    ["a name far behind the end", bytes(jpeg(), new Uint8Array(100_000), name)],
    ["a name in UTF-16 behind the end", bytes(jpeg(), "S\0m\0i\0t\0h\0e\0r\0s\0")],
    ["a second image with a comment", bytes(jpeg(), jpeg(comment(name)))],
    ["a name among the texts of a colour profile", jpeg(profile(tableProfile("", name)))],
    ["long text in the table of a colour profile", jpeg(profile(tableProfile(`${name} ${name}`)))],
    ["a name as a colour profile", jpeg(profile(name))],
    [
      "a name in UTF-16 in a colour profile",
      jpeg(profile([...name].map((letter) => `\0${letter}`).join(""))),
    ],
    ["a marker nobody knows", jpeg(segment(0xfff0, latin1(name)))],
    ["a comment behind TEM", jpeg(bytes(0xff01), comment(name))],
    ["a comment behind a stray byte", bytes(0xffd8, "\0", comment(name), SCAN, 0xffd9)],
    ["a stray name", bytes(0xffd8, name, SCAN, 0xffd9)],
    ["a name behind a table", jpeg(segment(0xffdb, bytes(new Uint8Array(65), "~", name)))],
    [
      "a name behind the fields of a frame",
      jpeg(segment(0xffc0, bytes("\x08\0\x04\0\x04\x01\x01\x11\0", name))),
    ],
    ["an unknown segment of a codestream", codestream([segment(0xff70, latin1(name))])],
    ["a name between two ends of a codestream", bytes(codestream([]), name, 0xffd9)],
  ])("are held: %s", (_title, image) => {
    expect(codes([image])).toEqual(["TEXT_IN_BITSTREAM"]);
  });

  /** Two segments of 16 pixels each, one repeated and one literal, as a 4 x 4 image of 16 bits has them. */
  function rle(rest: Uint8Array = new Uint8Array(52), between = "", behind = ""): Uint8Array {
    const head = new DataView(new ArrayBuffer(12));
    for (const [at, number] of [2, 64, 66 + between.length].entries()) head.setUint32(4 * at, number, true);
    return bytes(new Uint8Array(head.buffer), rest, "\xf1\x07", between, "\x0fabcdefghijklmnop", behind);
  }
  const RLE = TransferSyntax.RLELossless;

  it("of RLE pass, with a byte of padding and words that pixels spell", () => {
    expect(codes([rle(), rle(undefined, "\0", "\0")], undefined, RLE)).toEqual([]);
  });

  it.each<[string, Uint8Array]>([
    ["in the unused offsets", rle(bytes(name, new Uint8Array(52 - name.length)))],
    ["behind the last segment", rle(undefined, "", name)],
    ["between segments", rle(undefined, name)],
    ["instead of an image", latin1(name)],
  ])("of RLE are held with a name %s, in any frame", (_title, image) => {
    expect(codes([image], undefined, RLE)).toEqual(["TEXT_IN_BITSTREAM"]);
    expect(codes([rle(), image], undefined, RLE)).toEqual(["TEXT_IN_BITSTREAM"]);
  });
});
