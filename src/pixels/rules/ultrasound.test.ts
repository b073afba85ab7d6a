import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { itWithCorpus } from "../../../test/support/corpus.js";
import { randomInt, seededRandom } from "../../base/index.js";
import {
  buildFile,
  memorySource,
  type PlainDataSet,
  readFile,
  Tags,
  TransferSyntax,
} from "../../dicom/index.js";
import type { Box } from "../types.js";
import { areaOf, complementOf, intersection } from "./boxes.js";
import { regionsToBlank } from "./ultrasound.js";
import { wholeNumberAt } from "./values.js";

const CLASS = { SOPClassUID: "1.2.840.10008.5.1.4.1.1.6.1", SOPInstanceUID: "2.25.7" };

function dataSet(plain: PlainDataSet, transferSyntax?: string) {
  return readFile(memorySource(buildFile({ ...CLASS, ...plain }, transferSyntax))).data;
}

const corners = (x0: number, y0: number, x1: number, y1: number) => ({
  RegionLocationMinX0: x0,
  RegionLocationMinY0: y0,
  RegionLocationMaxX1: x1,
  RegionLocationMaxY1: y1,
});

const withRegions = (...items: PlainDataSet[]) => dataSet({ SequenceOfUltrasoundRegions: items });

describe("the regions of an ultrasound frame", () => {
  it("are kept with both corners, and the rest is blanked", () => {
    const rule = regionsToBlank(withRegions(corners(10, 20, 99, 79)), 100, 120);
    expect(rule).toMatchObject({ kind: "regions" });
    if (rule.kind !== "regions") return;
    expect(rule.regions[0]?.box).toEqual({ left: 10, top: 20, width: 90, height: 60 });
    expect(rule.blank).toHaveLength(4);
    expect(areaOf(rule.blank)).toBe(100 * 120 - 90 * 60);
  });

  it("say what they show", () => {
    const item = { ...corners(0, 0, 99, 79), RegionSpatialFormat: 3, RegionDataType: 3, RegionFlags: 2 };
    expect(regionsToBlank(withRegions(item), 100, 120)).toMatchObject({
      regions: [{ spatialFormat: 3, dataType: 3, flags: 2 }],
    });
  });

  it.each([TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian])(
    "are read from %s",
    (ts) => {
      const data = dataSet({ SequenceOfUltrasoundRegions: [corners(0, 0, 39, 79)] }, ts);
      expect(regionsToBlank(data, 80, 60)).toMatchObject({
        kind: "regions",
        blank: [{ left: 40, top: 0, width: 20, height: 80 }],
      });
    },
  );

  it("may end one behind the last pixel, as some devices count", () => {
    expect(regionsToBlank(withRegions(corners(0, 20, 120, 100)), 100, 120)).toMatchObject({
      kind: "regions",
      blank: [{ left: 0, top: 0, width: 120, height: 20 }],
    });
  });

  it("and the boxes to blank make up the frame, each pixel once", () => {
    const random = seededRandom(11);
    for (let round = 0; round < 200; round++) {
      const items = Array.from({ length: randomInt(random, 1, 5) }, () => {
        const [x0, y0] = [randomInt(random, 0, 60), randomInt(random, 0, 60)];
        return corners(x0, y0, randomInt(random, x0 + 10, 119), randomInt(random, y0 + 10, 99));
      });
      const rule = regionsToBlank(withRegions(...items), 100, 120);
      if (rule.kind !== "regions") throw new Error(`round ${round}: ${rule.kind}`);
      const kept = rule.regions.map(({ box }) => box);
      expect(areaOf(kept) + areaOf(rule.blank)).toBe(100 * 120);
      expect(rule.blank.flatMap((a) => kept.flatMap((b) => intersection(a, b) ?? []))).toEqual([]);
    }
  });
});

const good = corners(10, 10, 99, 79);

describe("regions that do not describe the frame", () => {
  it.each<[string, PlainDataSet[]]>([
    ["a corner is missing", [{ RegionLocationMinX0: 0, RegionLocationMinY0: 0, RegionLocationMaxX1: 50 }]],
    ["an item is empty", [{}]],
    ["a corner is empty", [{ ...good, RegionLocationMaxX1: [] }]],
    ["a corner has two values", [{ ...good, RegionLocationMaxX1: [50, 60] }]],
    ["a corner has many values", [{ ...good, RegionLocationMaxX1: Array(500).fill(50) }]],
    ["a corner is huge", [{ ...good, RegionLocationMaxX1: 0xffffffff }]],
    ["all corners are huge", [corners(0xfffffff0, 0xfffffff0, 0xffffffff, 0xffffffff)]],
    ["all corners are 0", [corners(0, 0, 0, 0)]],
    ["it has no width", [corners(50, 10, 50, 79)]],
    ["it has no height", [corners(10, 50, 99, 50)]],
    ["the corners are exchanged", [corners(99, 79, 10, 10)]],
    ["it is two pixels too wide", [corners(10, 10, 121, 79)]],
    ["it lies below the frame", [corners(10, 200, 99, 300)]],
    ["it covers everything", [corners(0, 0, 119, 99)]],
    ["several cover everything together", [corners(0, 0, 60, 99), corners(50, 0, 119, 99)]],
    ["it is a speck", [corners(10, 10, 14, 14)]],
    ["one of two has no width", [good, corners(50, 10, 50, 79)]],
    ["one of two has no height", [good, corners(10, 50, 99, 50)]],
    ["one of two has its corners exchanged", [good, corners(99, 79, 10, 10)]],
    ["one of two is bad", [good, corners(0, 0, 500, 500)]],
    ["they are many", Array.from({ length: 65 }, () => good)],
  ])("are unusable where %s", (_, items) => {
    const rule = regionsToBlank(withRegions(...items), 100, 120);
    expect(rule).toEqual({ kind: "unusable", reason: expect.stringMatching(/^\(0018,6011\).{10}/) });
  });

  it.each<[string, PlainDataSet]>([
    ["negative numbers in another VR", { "(0018,6018) SL": -5 }],
    ["fractions", { "(0018,6018) DS": "10.5" }],
    ["words", { "(0018,6018) LO": "ten" }],
    ["bytes of unknown kind", { "(0018,6018) UN": Uint8Array.of(10, 0, 0, 0) }],
    ["infinity", { "(0018,6018) FD": Infinity }],
  ])("are unusable with %s", (_, minX0) => {
    const { RegionLocationMinX0: _left, ...rest } = good;
    expect(regionsToBlank(withRegions({ ...rest, ...minX0 }), 100, 120)).toMatchObject({ kind: "unusable" });
    expect(regionsToBlank(withRegions({ ...rest, "(0018,6018) US": 10 }), 100, 120)).toMatchObject({
      kind: "regions",
    });
  });

  it("are unusable as plain bytes", () => {
    const data = dataSet({ "(0018,6011) OB": Uint8Array.of(1, 2, 3, 4) });
    expect(regionsToBlank(data, 100, 120)).toMatchObject({ kind: "unusable" });
  });
});

describe("a frame without regions", () => {
  it.each<[string, PlainDataSet]>([
    ["no sequence", {}],
    ["an empty sequence", { SequenceOfUltrasoundRegions: [] }],
    [
      "regions of another object",
      { ReferencedImageSequence: [{ SequenceOfUltrasoundRegions: [corners(0, 0, 50, 50)] }] },
    ],
  ])("has no rule: %s", (_, plain) => {
    expect(regionsToBlank(dataSet(plain), 100, 120)).toEqual({ kind: "none" });
  });
});

describe("regions of public files", () => {
  const usable: [string, Box[]][] = [
    // Frames of the size that the regions describe, as devices wrote them.
    ["dicom/pydicom-data/JPGLosslessP14SV1_1s_1f_8b.dcm", [{ left: 14, top: 38, width: 997, height: 721 }]],
    [
      "dicom/pydicom-data/OBXXXX1A.dcm",
      [
        { left: 120, top: 60, width: 680, height: 459 },
        { left: 176, top: 522, width: 568, height: 55 },
      ],
    ],
    [
      "dicom/dicomParser/IM00001.fragmented_no_bot_jpeg_baseline.50.dcm",
      [{ left: 0, top: 16, width: 320, height: 216 }],
    ],
  ];
  /** Cropped or scaled after the header was made. */
  const stale = ["dicom/pydicom/examples_palette.dcm", "dicom/pydicom/examples_ybr_color.dcm"];

  itWithCorpus("keep what the device drew, and are not believed after the frame was cropped", (files) => {
    const ruleOf = (path: string) => {
      const file = files.find((one) => one.path === path);
      const { data } = readFile(memorySource(readFileSync(file!.absolute)));
      const size = {
        rows: wholeNumberAt(data, Tags.Rows, "US")!,
        columns: wholeNumberAt(data, Tags.Columns, "US")!,
      };
      return { rule: regionsToBlank(data, size.rows, size.columns), size };
    };
    for (const [path, kept] of usable) {
      const { rule, size } = ruleOf(path);
      expect(rule, path).toMatchObject({ kind: "regions", blank: complementOf(kept, size) });
    }
    for (const path of stale) expect(ruleOf(path).rule, path).toMatchObject({ kind: "unusable" });
  });
});
