import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { corpusFiles, itWithCorpus } from "../../../test/support/corpus.js";
import { itNeeding, type Need } from "../../../test/support/needs.js";
import { scratchFolder } from "../../../test/support/scratch.js";
import { itWithTool, requirement, type ToolPaths } from "../../../test/support/tools.js";
import { randomInt, seededRandom, sha256, toHex } from "../../base/index.js";
import {
  buildFile,
  type DataSet,
  memorySource,
  type PlainDataSet,
  readFile,
  TransferSyntax,
} from "../../dicom/index.js";
import type { Frame, PixelFormat } from "../types.js";
import {
  bitPlane,
  overlayElements,
  overlaysOf,
  type SeparateOverlay,
  unusedBitPlanes,
  unusedBits,
  withoutBits,
} from "./overlays.js";

const IMAGE = {
  SOPClassUID: "1.2.840.10008.5.1.4.1.1.7",
  SOPInstanceUID: "2.25.7",
  SamplesPerPixel: 1,
  PhotometricInterpretation: "MONOCHROME2",
  Rows: 2,
  Columns: 3,
  BitsAllocated: 16,
  BitsStored: 12,
  HighBit: 11,
  PixelRepresentation: 0,
  PixelData: new Uint8Array(12),
};

const built = (plain: PlainDataSet, transferSyntax?: string): Uint8Array =>
  buildFile({ ...IMAGE, ...plain }, transferSyntax);
const dataOf = (bytes: Uint8Array): DataSet => readFile(memorySource(bytes)).data;

/** An overlay of 2 × 3 pixels; the changes are by element. */
function overlay(changes: PlainDataSet = {}, group = "6000"): PlainDataSet {
  const plain: PlainDataSet = {
    "0010 US": 2,
    "0011 US": 3,
    "0040 CS": "G",
    "0050 SS": [1, 1],
    "0100 US": 1,
    "0102 US": 0,
    "3000 OW": Uint8Array.of(0b101001, 0),
    ...changes,
  };
  return Object.fromEntries(
    Object.entries(plain).map(([key, value]) => [`(${group},${key.slice(0, 4)})${key.slice(4)}`, value]),
  );
}

function without(plain: PlainDataSet, ...keys: string[]): PlainDataSet {
  return Object.fromEntries(Object.entries(plain).filter(([key]) => !keys.some((one) => key.includes(one))));
}

describe("an overlay with data of its own", () => {
  it("is read from the least significant bit on", () => {
    const [read] = overlaysOf(dataOf(built(overlay({ "0050 SS": [-4, 7] })))) as [SeparateOverlay];
    expect(read).toMatchObject({
      kind: "separate",
      group: 0x6000,
      rows: 2,
      columns: 3,
      frames: 1,
      imageFrame: 0,
      origin: { row: -4, column: 7 },
      type: "graphics",
    });
    expect(read.plane(0)).toEqual({ rows: 2, columns: 3, pixels: Uint8Array.of(255, 0, 0, 255, 0, 255) });
  });

  it.each<[string, PlainDataSet, string]>([
    [
      "OW, little endian",
      { "3000 OW": Uint8Array.of(0b001_00101, 0b110100) },
      TransferSyntax.ExplicitVRLittleEndian,
    ],
    [
      "OB, little endian",
      { "3000 OB": Uint8Array.of(0b001_00101, 0b110100) },
      TransferSyntax.ExplicitVRLittleEndian,
    ],
    [
      "implicit VR",
      { "3000 OW": Uint8Array.of(0b001_00101, 0b110100) },
      TransferSyntax.ImplicitVRLittleEndian,
    ],
    [
      "OW, big endian",
      { "3000 OW": Uint8Array.of(0b110100, 0b001_00101) },
      TransferSyntax.ExplicitVRBigEndian,
    ],
    [
      "OB, big endian",
      { "3000 OB": Uint8Array.of(0b001_00101, 0b110100) },
      TransferSyntax.ExplicitVRBigEndian,
    ],
    [
      "deflated",
      { "3000 OW": Uint8Array.of(0b001_00101, 0b110100) },
      TransferSyntax.DeflatedExplicitVRLittleEndian,
    ],
  ])("has frames that follow one another without padding: %s", (_, data, syntax) => {
    const plain = overlay({ "0015 IS": "2", "0010 US": 1, "0011 US": 7, "0051 US": 3, ...data });
    const [read] = overlaysOf(dataOf(built(without(plain, data["3000 OB"] ? "3000) OW" : "none"), syntax)));
    if (read?.kind !== "separate") throw new Error(JSON.stringify(read));
    expect(read).toMatchObject({ frames: 2, imageFrame: 2 });
    expect([...read.plane(0).pixels].map((value) => value / 255)).toEqual([1, 0, 1, 0, 0, 1, 0]);
    expect([...read.plane(1).pixels].map((value) => value / 255)).toEqual([0, 0, 0, 1, 0, 1, 1]);
    expect(() => read.plane(2)).toThrow(RangeError);
    expect(() => read.plane(-1)).toThrow(RangeError);
    expect(() => read.plane(0.5)).toThrow(RangeError);
  });

  it("stands beside others, by group", () => {
    const plain = { ...overlay({}, "601E"), ...overlay({}, "6002"), ...overlay({}, "60FE") };
    expect(overlaysOf(dataOf(built(plain))).map(({ group }) => group)).toEqual([0x6002, 0x601e, 0x60fe]);
  });

  it("is not looked for in private groups, curves and other objects", () => {
    const plain = {
      "(5000,3000) OW": Uint8Array.of(1, 2),
      "(6001,0010) LO": "SOMEONE",
      "(6100,3000) OW": Uint8Array.of(1, 2),
      ReferencedImageSequence: [overlay()],
    };
    expect(overlaysOf(dataOf(built(plain)))).toEqual([]);
  });

  it("goes as a whole: every element of its group, and no other", () => {
    const data = dataOf(
      built({ ...overlay({ "1500 LO": "LABEL", "0022 LO": "WORDS" }), ...overlay({}, "6002") }),
    );
    const tags = overlayElements(data, 0x6000).map((token) => data.tagAt(token) & 0xffff);
    expect(tags).toEqual([0x10, 0x11, 0x22, 0x40, 0x50, 0x100, 0x102, 0x1500, 0x3000]);
  });
});

describe("an overlay that cannot be read", () => {
  it.each<[string, PlainDataSet, RegExp]>([
    ["no rows", without(overlay(), "0010"), /no rows and columns/],
    ["rows of 0", overlay({ "0010 US": 0 }), /no rows and columns/],
    ["two rows", overlay({ "0010 US": [2, 2] }), /no rows and columns/],
    ["rows as text", { ...without(overlay(), "0010"), "(6000,0010) LO": "2" }, /no rows and columns/],
    ["negative columns", { ...without(overlay(), "0011"), "(6000,0011) SS": -3 }, /no rows and columns/],
    ["rows and columns that are huge", overlay({ "0010 US": 65535, "0011 US": 65535 }), /too large/],
    ["rows beyond its data", overlay({ "0010 US": 20 }), /holds 2 bytes where its size needs 8/],
    ["frames beyond its data", overlay({ "0015 IS": "1000000" }), /holds 2 bytes where/],
    ["no whole number of frames", overlay({ "0015 IS": "1.5" }), /whole number of frames/],
    ["0 frames", overlay({ "0015 IS": "0" }), /whole number of frames/],
    ["words for frames", overlay({ "0015 IS": "many" }), /whole number of frames/],
    ["data behind its end", overlay({ "3000 OW": new Uint8Array(4) }), /holds 4 bytes, more than the 1/],
    ["empty data", overlay({ "3000 OW": new Uint8Array(0) }), /has no data/],
    ["no data", without(overlay(), "3000"), /has no data/],
    ["a label alone", { "(6000,1500) LO": "LABEL" }, /has no data/],
    ["a sequence for data", { ...without(overlay(), "3000"), "(6000,3000) SQ": [{}] }, /no plain form/],
    ["text for data", { ...without(overlay(), "3000"), "(6000,3000) LO": "words!" }, /VR LO/],
    ["data, and bits of Pixel Data", overlay({ "0102 US": 14 }), /as well/],
    ["data of 16 bits", overlay({ "0100 US": 16 }), /as well/],
    ["a bit of the image", without(overlay({ "0100 US": 16, "0102 US": 5 }), "3000"), /image itself uses/],
    [
      "a bit beyond the cell",
      without(overlay({ "0100 US": 16, "0102 US": 16 }), "3000"),
      /pixels of 16 bits/,
    ],
    ["a bit of no pixels", { ...without(overlay({ "0102 US": 12 }), "3000"), Rows: [] }, /\(0028,0010\)/],
  ])("is named with its reason: %s", (_, plain, reason) => {
    expect(overlaysOf(dataOf(built(plain)))).toEqual([
      { kind: "unreadable", group: 0x6000, reason: expect.stringMatching(reason) },
    ]);
  });

  it.each([["UN, where nobody knows how words lie", { "(6000,3000) UN": Uint8Array.of(1, 0) }, /VR UN/]])(
    "is named in big endian: %s",
    (_, data, reason) => {
      const plain = { ...without(overlay(), "3000"), ...data };
      expect(overlaysOf(dataOf(built(plain, TransferSyntax.ExplicitVRBigEndian)))).toMatchObject([
        { kind: "unreadable", reason: expect.stringMatching(reason) },
      ]);
    },
  );
});

const FORMAT: PixelFormat = {
  rows: 2,
  columns: 3,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 12,
  highBit: 11,
  isSigned: false,
  planarConfiguration: 0,
  photometric: "MONOCHROME2",
};

describe("an overlay within Pixel Data", () => {
  it("is a bit of each pixel", () => {
    const [read] = overlaysOf(dataOf(built(without(overlay({ "0100 US": 16, "0102 US": 14 }), "3000"))));
    if (read?.kind !== "embedded") throw new Error(JSON.stringify(read));
    expect(read).toMatchObject({ bit: 14, rows: 2, columns: 3, frames: 1 });
    const frame: Frame = {
      format: FORMAT,
      samples: Uint16Array.of(0x4000, 0xbfff, 0x4fff, 0, 0x8000, 0x7000),
    };
    expect([...read.plane(frame).pixels]).toEqual([255, 0, 255, 0, 0, 255]);
  });

  it.each([
    [16, 12, 11, 0xf000],
    [16, 12, 15, 0x000f],
    [16, 10, 12, 0xe007],
    [16, 16, 15, 0],
    [8, 8, 7, 0],
    [8, 7, 6, 0x80],
    [32, 32, 31, 0],
    [32, 24, 23, 0xff000000],
    [1, 1, 0, 0],
  ])(
    "can be in bits that the image leaves: %i allocated, %i stored, high bit %i",
    (allocated, stored, high, mask) => {
      const format = { ...FORMAT, bitsAllocated: allocated, bitsStored: stored, highBit: high };
      expect(unusedBits(format)).toBe(mask);
    },
  );

  it.each<[string, Partial<PixelFormat>, number[], number[]]>([
    ["nothing above", {}, [1, 2, 3, 0xfff], []],
    ["one overlay", {}, [0x8001, 2, 3, 4], [15]],
    ["two overlays", {}, [0x8001, 0x1002, 3, 4], [12, 15]],
    ["a bit that is set everywhere", {}, [0x8001, 0x8002, 0x8003], []],
    ["bits below", { highBit: 15 }, [0x0010, 0x0021, 0x0030], [0]],
    ["copies of the sign", { isSigned: true }, [0xf801, 0xffff, 0x0001, 0x07ff], []],
    ["an overlay above the sign", { isSigned: true }, [0xf801, 0xffff, 0x4001, 0x07ff], [14]],
    ["an overlay over the sign's copies", { isSigned: true }, [0xb801, 0xffff, 0x0001, 0x07ff], [14]],
    ["signed, bits below", { isSigned: true, highBit: 15 }, [0x8001, 0xffff, 0, 0], [0, 1, 2, 3]],
    ["no unused bit", { bitsStored: 16, highBit: 15 }, [0x8001, 2, 3, 4], []],
  ])("is found without being declared: %s", (_, changes, samples, bits) => {
    const frame: Frame = {
      format: { ...FORMAT, rows: 1, columns: samples.length, ...changes },
      samples: Uint16Array.from(samples),
    };
    const planes = unusedBitPlanes(frame);
    expect(planes.map(({ bit }) => bit)).toEqual(bits);
    for (const { bit, plane } of planes) {
      expect([...plane.pixels]).toEqual(samples.map((sample) => (sample & (1 << bit) ? 255 : 0)));
    }
    const clean = withoutBits(frame, bits);
    expect(unusedBitPlanes(clean)).toEqual([]);
    const used = ~unusedBits(frame.format) & 0xffff;
    expect([...clean.samples].map((sample) => sample & used)).toEqual(samples.map((sample) => sample & used));
    expect([...frame.samples]).toEqual(samples);
  });

  it("is seen in any sample of a colour pixel, however the samples lie", () => {
    const format = { ...FORMAT, rows: 1, columns: 2, samplesPerPixel: 3, photometric: "RGB" };
    const byPixel = Uint16Array.of(1, 2, 0x8003, 4, 5, 6);
    const byColour = Uint16Array.of(1, 4, 2, 5, 0x8003, 6);
    expect([...bitPlane({ format, samples: byPixel }, 15).pixels]).toEqual([255, 0]);
    const apart = { ...format, planarConfiguration: 1 } as const;
    expect([...bitPlane({ format: apart, samples: byColour }, 15).pixels]).toEqual([255, 0]);
  });

  it("is never removed together with a bit of the image", () => {
    const frame: Frame = { format: FORMAT, samples: new Uint16Array(6) };
    for (const bit of [11, 0, -1, 16, 32])
      expect(() => withoutBits(frame, [bit]), `${bit}`).toThrow(RangeError);
  });

  it("is not read from a frame that is cut off", () => {
    expect(() => bitPlane({ format: FORMAT, samples: new Uint16Array(5) }, 15)).toThrow(
      expect.objectContaining({ code: "PIXELS_BAD_FORMAT" }),
    );
  });
});

/** Prints the SHA-256 of each group's overlay, frame after frame, a byte of 0 or 1 for each pixel. */
const PYDICOM = `
import sys, hashlib, pydicom
ds = pydicom.dcmread(sys.argv[1], force=True)
for group in sorted({e.tag.group for e in ds if 0x6000 <= e.tag.group <= 0x60ff}):
    a = ds.overlay_array(group)
    print("%04x" % group, hashlib.sha256(a.astype("uint8").tobytes()).hexdigest())
`;

function judged(python: string, file: string): string[] {
  const run = spawnSync(python, ["-W", "ignore", "-c", PYDICOM, file], { encoding: "utf8" });
  expect(run.stderr).toBe("");
  return run.stdout.trim().split("\n");
}

function ours(data: DataSet): string[] {
  return overlaysOf(data).map((read) => {
    if (read.kind !== "separate") throw new Error(JSON.stringify(read));
    const pixels = Uint8Array.from(
      Array.from({ length: read.frames }, (_, frame) => [...read.plane(frame).pixels]).flat(),
      (value) => value / 255,
    );
    return `${read.group.toString(16)} ${toHex(sha256(pixels))}`;
  });
}

/** Overlays of odd sizes and several frames. */
function randomOverlays(seed: number): PlainDataSet {
  const random = seededRandom(seed);
  const groups = ["6000", "6004", "601E"].slice(0, randomInt(random, 1, 3));
  return Object.assign(
    {},
    ...groups.map((group) => {
      const [rows, columns, frames] = [
        randomInt(random, 1, 40),
        randomInt(random, 1, 40),
        randomInt(random, 1, 4),
      ];
      const needed = Math.ceil((rows * columns * frames) / 8);
      const bytes = Uint8Array.from({ length: needed + (needed % 2) }, () => randomInt(random, 0, 255));
      return overlay(
        { "0010 US": rows, "0011 US": columns, "0015 IS": String(frames), "3000 OW": bytes },
        group,
      );
    }),
  );
}

describe("overlays as others read them", () => {
  itWithTool("pydicom", "are the same for pydicom, in every size", ({ pydicom }) => {
    const folder = scratchFolder();
    for (let seed = 0; seed < 6; seed++) {
      const bytes = built(randomOverlays(seed));
      const file = join(folder, `${seed}.dcm`);
      writeFileSync(file, bytes);
      expect(ours(dataOf(bytes)), `seed ${seed}`).toEqual(judged(pydicom, file));
    }
  });

  itWithTool(
    "dcmconv",
    "are the same after dcmtk has turned the file into big endian and implicit VR",
    ({ dcmconv }) => {
      const folder = scratchFolder();
      for (let seed = 0; seed < 6; seed++) {
        const bytes = built(randomOverlays(seed));
        const [from, to] = [join(folder, "from.dcm"), join(folder, "to.dcm")];
        writeFileSync(from, bytes);
        for (const syntax of ["+tb", "+ti"]) {
          expect(spawnSync(dcmconv, [syntax, from, to]).status).toBe(0);
          expect(ours(dataOf(readFileSync(to))), `seed ${seed} ${syntax}`).toEqual(ours(dataOf(bytes)));
        }
      }
    },
  );

  const needPublicFiles = (): Need<ToolPaths<"pydicom">> =>
    corpusFiles().length > 0
      ? requirement(["pydicom"])
      : { kind: "skip", reason: "needs the public corpus in ../shared/corpus or ELPIS_CORPUS" };

  itNeeding("of public files are the same for pydicom", needPublicFiles, ({ pydicom }) => {
    let compared = 0;
    for (const { path, absolute } of corpusFiles().filter(({ path }) => path.includes("overlay"))) {
      const data = dataOf(readFileSync(absolute));
      if (overlaysOf(data).length === 0) continue;
      expect(ours(data), path).toEqual(judged(pydicom, absolute));
      compared++;
    }
    expect(compared).toBeGreaterThan(0);
  });

  itWithCorpus("are in the public file that was made with one", (files) => {
    const file = files.find(({ path }) => path.endsWith("philips_overlay_I20.dcm"));
    const [read] = overlaysOf(dataOf(readFileSync(file!.absolute)));
    if (read?.kind !== "separate") throw new Error(JSON.stringify(read));
    expect(read).toMatchObject({ rows: 256, columns: 512, frames: 1, origin: { row: 1, column: 1 } });
    const set = read.plane(0).pixels.filter((value) => value === 255).length;
    expect(set).toBeGreaterThan(100);
    expect(set).toBeLessThan(0.5 * 256 * 512);
  });
});
