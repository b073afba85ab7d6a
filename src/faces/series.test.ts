import { describe, expect, it } from "vitest";
import {
  AXIAL,
  CORONAL,
  fileOf,
  type MadeGeometry,
  madeEnhanced,
  madeSlices,
  plainSlices,
  SAGITTAL,
  shuffled,
} from "../../test/support/series.js";
import { seededRandom } from "../base/index.js";
import { type DicomFile, type PlainDataSet, SopClass } from "../dicom/index.js";
import { type Series, type Stack, stacksOf } from "./index.js";

const small = { rows: 8, columns: 10, spacing: [1.5, 2] } as const;
const axial: MadeGeometry = { ...AXIAL, ...small, slices: 12, step: 3 };
const flat = () => 100;
const codes = ({ problems }: Series): string[] => problems.map(({ code }) => code);
const sizes = ({ stacks }: Series): number[] => stacks.map(({ frames }) => frames.length);

function only({ stacks, problems }: Series): Stack {
  expect(problems).toEqual([]);
  expect(stacks).toHaveLength(1);
  return stacks[0]!;
}

/** Slices, each told what is more by its index and, of several made at each position, its turn. */
function interleaved(turns: number, more: (turn: number, index: number) => PlainDataSet): DicomFile[] {
  const made = Array.from({ length: turns }, (_, turn) => madeSlices(axial, flat, {}, (i) => more(turn, i)));
  return made[0]!.flatMap((_, i) => made.map((files) => files[i]!));
}

describe("a stack", () => {
  it("has its slices in the order of their positions, whatever the order of files", () => {
    const files = shuffled(madeSlices(axial, flat), seededRandom(1));
    const stack = only(stacksOf(files));
    expect(stack.frames.map(({ plane }) => plane.origin[2])).toEqual([
      -16.5, -13.5, -10.5, -7.5, -4.5, -1.5, 1.5, 4.5, 7.5, 10.5, 13.5, 16.5,
    ]);
    expect(stack.frames.map(({ file, fileIndex }) => files[fileIndex] === file)).not.toContain(false);
    expect(stack).toMatchObject({
      modality: "CT",
      frameOfReference: "2.25.7703",
      patientPosition: "HFS",
      normal: [0, 0, 1],
      direction: [0, 0, 1],
      tilt: 0,
      step: 3,
      thickness: 3,
      overlap: 0,
      unevenness: 0,
      gaps: [],
      duplicates: [],
    });
  });

  it("has pixels where row and column spacing and directions put them", () => {
    const { frames } = only(stacksOf(madeSlices({ ...SAGITTAL, ...small, slices: 2, step: 4 }, flat)));
    const { plane, rescale, padding } = frames[1]!;
    expect(plane).toMatchObject({ rows: 8, columns: 10, columnStep: [0, 2, 0], rowStep: [0, 0, -1.5] });
    expect(plane.origin).toEqual([-2, -9, 5.25]);
    expect([rescale, padding]).toEqual([{ slope: 1, intercept: 0 }, undefined]);
  });

  it.each([20, -20])("knows a gantry tilted by %d°", (tilt) => {
    const stack = only(stacksOf(madeSlices({ ...axial, tilt }, flat)));
    expect(stack.tilt).toBeCloseTo(20, 6);
    expect(Math.sign(stack.direction[1])).toBe(Math.sign(tilt));
    expect(stack.step).toBeCloseTo(3, 9);
  });

  it("knows where slices are missing and how many", () => {
    const series = stacksOf(madeSlices({ ...axial, missing: [4, 8, 9] }, flat));
    expect(series.stacks[0]!.gaps).toEqual([
      { after: 3, width: 6, missing: 1 },
      { after: 6, width: 9, missing: 2 },
    ]);
    expect(series.problems).toEqual([
      { code: "MISSING_SLICES", message: "3 slices missing, in 2 places", files: [3, 4, 6, 7], stack: 0 },
    ]);
  });

  it("takes slices that grow thicker for whole, and the same steps without thicker slices for gaps", () => {
    const thick = (i: number) => i > 5;
    const lying = (i: number) => ({
      ImagePositionPatient: [0, 0, thick(i) ? 20.5 + (i - 6) * 8 : i * 3],
    });
    const grown = (i: number) => ({ ...lying(i), SliceThickness: thick(i) ? 8 : 3 });
    expect(codes(stacksOf(madeSlices({ ...axial, slices: 20 }, flat, {}, grown)))).toEqual([]);
    const constant = stacksOf(madeSlices({ ...axial, slices: 10 }, flat, {}, lying));
    expect(codes(constant)).toEqual(["MISSING_SLICES"]);
  });

  it("believes Spacing Between Slices where most slices are missing, unless it tells the room between them", () => {
    const geometry = {
      ...axial,
      slices: 30,
      step: 1,
      missing: Array.from({ length: 30 }, (_, i) => i).filter((i) => i % 5),
    };
    const told = (spacing: number) => () => ({ SliceThickness: 1, SpacingBetweenSlices: spacing });
    const missing = stacksOf(madeSlices(geometry, flat, {}, told(1)));
    expect(missing.stacks[0]).toMatchObject({ step: 1 });
    expect(missing.problems[0]!.message).toBe("20 slices missing, in 5 places");
    expect(only(stacksOf(madeSlices(geometry, flat, {}, told(0.2))))).toMatchObject({ step: 5 });
  });

  it("knows slices that overlap, and steps that are not even", () => {
    const overlapping = () => ({ SliceThickness: 5 });
    expect(only(stacksOf(madeSlices(axial, flat, {}, overlapping)))).toMatchObject({
      overlap: 2,
      thickness: 5,
    });
    const uneven = (i: number) => ({ ImagePositionPatient: [0, 0, 3 * i + (i === 7 ? 0.9 : 0)] });
    const series = stacksOf(madeSlices(axial, flat, {}, uneven));
    expect(series.stacks[0]!.unevenness).toBeCloseTo(0.9, 9);
    expect(series.problems).toMatchObject([{ code: "UNEVEN_STEPS", stack: 0 }]);
  });

  it("takes positions that were rounded to a tenth of a mm for even", () => {
    const rounded = (i: number) => ({ ImagePositionPatient: [0, 0, Math.round(6.25 * i) / 10] });
    only(stacksOf(madeSlices({ ...axial, slices: 60 }, flat, {}, rounded)));
  });

  it("says which slices lie beside the others", () => {
    const shifted = (i: number) => ({ ImagePositionPatient: [i === 5 ? 40 : 0, 0, 3 * i] });
    expect(stacksOf(madeSlices(axial, flat, {}, shifted)).problems).toEqual([
      { code: "MIXED_GEOMETRY", message: "1 slice beside the line of the others", files: [5], stack: 0 },
    ]);
  });

  it("keeps one of the frames at a position, and says whether the others have the same pixels", () => {
    const files = madeSlices(axial, flat);
    const [same, other] = [madeSlices(axial, flat)[3]!, madeSlices(axial, () => 7)[8]!];
    const series = stacksOf([...files, same, other]);
    expect(sizes(series)).toEqual([12]);
    const found = series.stacks[0]!.duplicates.map(({ of, frame, samePixels }) => [
      of,
      frame.fileIndex,
      samePixels,
    ]);
    expect(found).toEqual([
      [3, 12, true],
      [8, 13, false],
    ]);
    expect(series.problems).toMatchObject([{ code: "DUPLICATE_POSITIONS", files: [3, 8, 12, 13], stack: 0 }]);
  });

  it("takes a hundredth of a mm for the same position, and other slopes for other pixels", () => {
    const near = { ImagePositionPatient: [-9, -5.25, -7.49], RescaleSlope: 2 };
    const again = madeSlices(axial, flat, {}, () => near)[3]!;
    const series = stacksOf([...madeSlices(axial, flat), again]);
    expect(sizes(series)).toEqual([12]);
    expect(series.stacks[0]!.duplicates).toMatchObject([{ of: 3, samePixels: false }]);
  });

  it.each(["HFS", "FFDR", "HFP", "FFS"])("is where positions say for a patient lying %s", (position) => {
    const stack = only(stacksOf(madeSlices(axial, flat, {}, () => ({ PatientPosition: position }))));
    expect(stack).toMatchObject({ patientPosition: position, normal: [0, 0, 1] });
    expect(stack.frames[0]!.plane.origin).toEqual([-9, -5.25, -16.5]);
  });
});

describe("frames at one position are parted", () => {
  const time = (turn: number, index: number) => ["", 70_000 + turn * 100 + index * 7].join("");
  const cases: readonly (readonly [string, number, (turn: number, index: number) => PlainDataSet])[] = [
    ["by Echo Number", 2, (turn) => ({ EchoNumbers: turn + 1, EchoTime: 12 + 80 * turn })],
    ["by Echo Time alone", 3, (turn) => ({ EchoTime: 12.5 + 80 * turn })],
    ["by Temporal Position", 4, (turn) => ({ TemporalPositionIdentifier: turn + 1 })],
    [
      "by Trigger Time, which each slice has for itself",
      5,
      (turn, i) => ({ TriggerTime: turn * 40 + i * 0.37 }),
    ],
    ["by Acquisition Number", 2, (turn) => ({ AcquisitionNumber: turn + 1 })],
    ["by Image Type", 2, (turn) => ({ ImageType: ["ORIGINAL", "PRIMARY", turn === 0 ? "M" : "P"] })],
    [
      "by b-value and direction",
      4,
      (turn) =>
        turn === 0
          ? { DiffusionBValue: 0 }
          : {
              DiffusionBValue: 1000,
              DiffusionGradientOrientation: [turn === 1 ? 1 : 0, turn === 2 ? 1 : 0, turn === 3 ? 1 : 0],
            },
    ],
    ["by Convolution Kernel", 2, (turn) => ({ ConvolutionKernel: turn === 0 ? "H30s" : "H60s" })],
    ["by Frame Reference Time", 3, (turn) => ({ FrameReferenceTime: turn * 5000 })],
    [
      "by echo and phase",
      4,
      (turn) => ({ EchoTime: 10 + (turn >> 1), TemporalPositionIdentifier: 1 + (turn & 1) }),
    ],
    ["by echo and flip angle", 4, (turn) => ({ EchoTime: 10 + (turn >> 1), FlipAngle: 1 + (turn & 1) })],
    ["by Acquisition Time", 3, (turn, i) => ({ AcquisitionTime: time(turn, i) })],
    ["by Instance Number", 3, (turn, i) => ({ InstanceNumber: 1 + i + 12 * turn })],
    ["by another place in the plane", 2, (turn, i) => ({ ImagePositionPatient: [turn * 180, 0, 3 * i] })],
  ];

  it.each(cases)("%s", (_, turns, more) => {
    const files = interleaved(turns, more);
    const series = stacksOf(files);
    expect(codes(series)).toEqual([]);
    expect(sizes(series)).toEqual(Array(turns).fill(12));
    const turnOf = ({ frames }: Stack) => new Set(frames.map(({ fileIndex }) => fileIndex % turns));
    expect(series.stacks.map((stack) => turnOf(stack).size)).toEqual(Array(turns).fill(1));
  });

  it("not where nothing tells them apart", () => {
    const series = stacksOf(interleaved(2, () => ({})));
    expect(sizes(series)).toEqual([12]);
    expect(codes(series)).toEqual(["DUPLICATE_POSITIONS"]);
  });

  it("not where one slice was sent again under another number", () => {
    const again = madeSlices(axial, flat, {}, () => ({ InstanceNumber: 99 }))[4]!;
    const series = stacksOf([...madeSlices(axial, flat), again]);
    expect(sizes(series)).toEqual([12]);
    expect(codes(series)).toEqual(["DUPLICATE_POSITIONS"]);
  });

  it("not where each slice has its own time and its own position", () => {
    only(
      stacksOf(
        madeSlices(axial, flat, {}, (i) => ({
          AcquisitionTime: time(0, i),
          AcquisitionNumber: i,
          TriggerTime: i,
        })),
      ),
    );
  });

  it("where two runs of the scanner overlap", () => {
    const first = madeSlices(axial, flat, {}, () => ({ AcquisitionNumber: 1 }));
    const second = madeSlices({ ...axial, centre: [0, 0, 24] }, flat, {}, () => ({ AcquisitionNumber: 2 }));
    expect(sizes(stacksOf([...first, ...second]))).toEqual([12, 12]);
  });

  it("by series", () => {
    const other = madeSlices(axial, flat, {}, () => ({ SeriesInstanceUID: "2.25.9" }));
    expect(sizes(stacksOf([...madeSlices(axial, flat), ...other]))).toEqual([12, 12]);
  });
});

describe("an enhanced multi-frame", () => {
  it("is read from its functional groups", () => {
    const geometry = { ...CORONAL, ...small, slices: 6, step: 2 };
    const classic = only(stacksOf(madeSlices(geometry, flat, { slope: 2, intercept: -20 })));
    const enhanced = only(stacksOf([madeEnhanced(geometry, flat, { slope: 2, intercept: -20 })]));
    expect(enhanced.frames.map(({ plane }) => plane)).toEqual(classic.frames.map(({ plane }) => plane));
    expect(enhanced.frames.map(({ frame }) => frame)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(enhanced.frames[3]).toMatchObject({ rescale: { slope: 2, intercept: -20 }, thickness: 2 });
    expect(enhanced.step).toBe(classic.step);
  });

  const twice = { ...axial, slices: 12 };
  const position = (i: number): PlainDataSet => ({
    PlanePositionSequence: [{ ImagePositionPatient: [0, 0, 3 * (i >> 1)] }],
  });

  it.each([
    ["Effective Echo Time", (i: number) => ({ MREchoSequence: [{ EffectiveEchoTime: 10 + (i & 1) }] }), {}],
    [
      "Temporal Position Index",
      (i: number) => ({ FrameContentSequence: [{ TemporalPositionIndex: 1 + (i & 1) }] }),
      {},
    ],
    [
      "Frame Type",
      (i: number) => ({
        MRImageFrameTypeSequence: [{ FrameType: ["ORIGINAL", "PRIMARY", i & 1 ? "P" : "M"] }],
      }),
      {},
    ],
    [
      "converted attributes",
      (i: number) => ({ UnassignedPerFrameConvertedAttributesSequence: [{ EchoTime: 10 + (i & 1) }] }),
      {},
    ],
    [
      "a dimension of its own",
      (i: number) => ({ FrameContentSequence: [{ DimensionIndexValues: [1 + (i >> 1), 1 + (i & 1)] }] }),
      {
        DimensionIndexSequence: [
          { DimensionIndexPointer: 0x00200032 },
          { DimensionIndexPointer: 0x00211001 },
        ],
      },
    ],
  ] as const)("is parted by %s", (_, groups, more) => {
    const file = madeEnhanced(twice, flat, {}, (i) => ({ ...position(i), ...groups(i) }), more);
    const series = stacksOf([file]);
    expect(codes(series)).toEqual([]);
    expect(series.stacks.map(({ frames }) => frames.map(({ frame }) => frame))).toEqual([
      [0, 2, 4, 6, 8, 10],
      [1, 3, 5, 7, 9, 11],
    ]);
  });

  it("is a volume per file where each has the same positions and a number of its own", () => {
    const files = [1, 2, 3].map((InstanceNumber) =>
      madeEnhanced(axial, flat, {}, undefined, { InstanceNumber }),
    );
    expect(sizes(stacksOf(files))).toEqual([12, 12, 12]);
  });

  it("says how many of its frames have no place", () => {
    const file = madeEnhanced(axial, flat, {}, (i) => (i < 3 ? { PlanePositionSequence: [{}] } : {}));
    const series = stacksOf([file]);
    expect(sizes(series)).toEqual([9]);
    expect(series.problems).toEqual([
      {
        code: "NO_GEOMETRY",
        message: "3 frames of 1 file: no Image Position (Patient)",
        files: [0],
        stack: undefined,
      },
    ]);
  });

  it("with fewer functional groups than frames leaves the rest without a place", () => {
    const value = new Uint8Array(8 * 10 * 2 * 20);
    const series = stacksOf([
      madeEnhanced(axial, flat, {}, undefined, { NumberOfFrames: 20, "(7FE0,0010) OW": value }),
    ]);
    expect(sizes(series)).toEqual([12]);
    expect(series.problems).toMatchObject([
      { code: "NO_GEOMETRY", message: expect.stringMatching(/^8 frames of 1 file/) },
    ]);
  });
});

describe("a file of no use is a problem, and nothing is thrown:", () => {
  const nothing = new Uint8Array(0);
  const oblong = [1, 0, 0, 0.1, 1, 0];
  const cases: readonly (readonly [string, string, PlainDataSet])[] = [
    ["no position", "NO_GEOMETRY", { ImagePositionPatient: nothing }],
    ["no orientation", "NO_GEOMETRY", { ImageOrientationPatient: nothing }],
    ["no spacing", "NO_GEOMETRY", { PixelSpacing: nothing }],
    [
      "several frames without places",
      "NO_GEOMETRY",
      { NumberOfFrames: 2, "(7FE0,0010) OW": new Uint8Array(320) },
    ],
    ["a position of two numbers", "BAD_GEOMETRY", { ImagePositionPatient: [1, 2] }],
    ["a position that is no number", "BAD_GEOMETRY", { ImagePositionPatient: ["1", "NaN", "3", "4"] }],
    ["a position with a hole", "BAD_GEOMETRY", { ImagePositionPatient: ["1", "", "3", "4"] }],
    ["an infinite position", "BAD_GEOMETRY", { ImagePositionPatient: ["1", "Infinity", "3"] }],
    ["a position out of this world", "BAD_GEOMETRY", { ImagePositionPatient: [0, 0, 1e9] }],
    ["an orientation of five numbers", "BAD_GEOMETRY", { ImageOrientationPatient: [1, 0, 0, 0, 1] }],
    ["directions of nothing", "BAD_GEOMETRY", { ImageOrientationPatient: [0, 0, 0, 0, 0, 0] }],
    ["directions that are too long", "BAD_GEOMETRY", { ImageOrientationPatient: [2, 0, 0, 0, 1, 0] }],
    ["directions not at right angles", "BAD_GEOMETRY", { ImageOrientationPatient: oblong }],
    ["the same direction twice", "BAD_GEOMETRY", { ImageOrientationPatient: [1, 0, 0, 1, 0, 0] }],
    ["no size of a pixel", "BAD_GEOMETRY", { PixelSpacing: [0, 1] }],
    ["a negative size", "BAD_GEOMETRY", { PixelSpacing: [1, -1] }],
    ["one spacing", "BAD_GEOMETRY", { PixelSpacing: [1] }],
    [
      "colours",
      "NOT_GREY",
      { PhotometricInterpretation: "RGB", SamplesPerPixel: 3, "(7FE0,0010) OW": new Uint8Array(480) },
    ],
    ["pixels cut off", "UNDECODABLE", { "(7FE0,0010) OW": new Uint8Array(20) }],
    ["no rows", "UNDECODABLE", { Rows: 0 }],
  ];

  it.each(cases)("%s", (_, code, more) => {
    const series = stacksOf(madeSlices(axial, flat, {}, (i) => (i === 11 ? more : {})));
    expect(sizes(series)).toEqual([11]);
    expect(series.problems).toMatchObject([{ code, files: [11], stack: undefined }]);
  });

  it("no pixels", () => {
    const { "(7FE0,0010) OW": _, ...report } = plainSlices(axial, flat)[0]!;
    expect(codes(stacksOf([fileOf(report)]))).toEqual(["NOT_AN_IMAGE"]);
  });

  it("numbers with fractions", () => {
    const { "(7FE0,0010) OW": _, ...map } = plainSlices(axial, flat)[0]!;
    const file = fileOf({ ...map, FloatPixelData: new Uint8Array(320) });
    expect(codes(stacksOf([file]))).toEqual(["UNDECODABLE"]);
  });

  it("no files at all", () => {
    expect(stacksOf([])).toEqual({ stacks: [], problems: [] });
  });

  it("one slice", () => {
    const series = stacksOf(madeSlices({ ...axial, slices: 1 }, flat));
    expect(codes(series)).toEqual(["ONE_SLICE"]);
    expect(series.stacks[0]).toMatchObject({ step: 0, tilt: 0, normal: [0, 0, 1], direction: [0, 0, 1] });
  });

  it("several grids in one series, of which the smaller are named", () => {
    const scouts = [SAGITTAL, CORONAL].flatMap((way) =>
      madeSlices({ ...way, ...small, slices: 1, step: 1 }, flat),
    );
    const series = stacksOf([...scouts, ...madeSlices(axial, flat)]);
    expect(codes(series)).toEqual(["MIXED_GEOMETRY", "ONE_SLICE", "ONE_SLICE"]);
    expect(series.problems[0]).toMatchObject({ files: [0, 1], stack: undefined });
  });

  it.each([
    ["frame of reference", { FrameOfReferenceUID: "2.25.5" }],
    ["spacing", { PixelSpacing: [1.5, 2.1] }],
    [
      "orientation",
      {
        ImageOrientationPatient: [Math.cos(0.02), Math.sin(0.02), 0, -Math.sin(0.02), Math.cos(0.02), 0].map(
          (v) => v.toFixed(9),
        ),
      },
    ],
  ])("another %s in the middle of a series", (_, more) => {
    const series = stacksOf(madeSlices(axial, flat, {}, (i) => (i === 6 ? more : {})));
    expect(sizes(series)).toEqual([11, 1]);
    expect(codes(series)).toEqual(["MIXED_GEOMETRY", "MISSING_SLICES", "ONE_SLICE"]);
  });

  it("reads numbers of a known attribute that stand there as UN", () => {
    const as = (value: string) => new TextEncoder().encode(value);
    const more = (i: number): PlainDataSet => ({ "(0020,0032) UN": as(`0\\0\\${3 * i} `) });
    const plains = plainSlices(axial, flat).map(({ ImagePositionPatient: _, ...rest }, i) => ({
      ...rest,
      ...more(i),
    }));
    expect(
      only(
        stacksOf(
          plains.map((plain) =>
            fileOf({ ...plain, SOPClassUID: SopClass["CT Image Storage"]!, SOPInstanceUID: "2.25.1" }),
          ),
        ),
      ).step,
    ).toBe(3);
  });
});
