import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type DicomFile,
  memorySource,
  numbersOf,
  readFile,
  type Tag,
  tagOfKeyword,
} from "../../../src/dicom/index.js";
import type { Vector } from "../../../src/faces/types.js";
import { scratchFolder } from "../scratch.js";
import { itWithTool } from "../tools.js";
import { makeHead } from "./head.js";
import { PERTURBATIONS } from "./perturb.js";
import { sampled } from "./render.js";
import { asSeries, type SeriesOptions, stackOf } from "./series.js";

const head = makeHead(11, { kind: "CT", step: 4, noise: 0, extent: [208, 256, 240] });
const magnetic = makeHead(11, { kind: "MR-T1", step: 4, noise: 0 });

const tag = (keyword: string): Tag => tagOfKeyword(keyword)!;

/** Numbers of an element, whether binary or decimal strings. */
function numbers({ data }: DicomFile, keyword: string): number[] {
  const token = data.find(tag(keyword));
  const vr = data.vrAt(token);
  return vr === "DS" || vr === "IS" ? data.strings(token).map(Number) : numbersOf(data, token);
}

/** A slice as its file describes it, read anew from PS3.3 C.7.6.2.1.1 and C.11.1. */
function readSlice(bytes: Uint8Array) {
  const file = readFile(memorySource(bytes));
  const [spacingDown, spacingAcross] = numbers(file, "PixelSpacing") as [number, number];
  const directions = numbers(file, "ImageOrientationPatient");
  const [columns] = numbers(file, "Columns") as [number];
  const origin = numbers(file, "ImagePositionPatient");
  const pixels = file.data.bytes(file.data.find(tag("PixelData")));
  const view = new DataView(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const isSigned = numbers(file, "PixelRepresentation")[0] === 1;
  const isRescaled = file.data.find(tag("RescaleSlope")) >= 0;
  const slope = isRescaled ? numbers(file, "RescaleSlope")[0]! : 1;
  const intercept = isRescaled ? numbers(file, "RescaleIntercept")[0]! : 0;
  return {
    file,
    slope,
    /** Row and column of the pixel nearest to a point. */
    nearestTo: (point: Vector): readonly [number, number] => {
      const along = (from: number): number =>
        [0, 1, 2].reduce((sum, axis) => sum + directions[from + axis]! * (point[axis]! - origin[axis]!), 0);
      return [Math.round(along(3) / spacingDown), Math.round(along(0) / spacingAcross)];
    },
    centreOf: (row: number, column: number): Vector => {
      const at = (axis: number): number =>
        origin[axis]! +
        column * spacingAcross * directions[axis]! +
        row * spacingDown * directions[3 + axis]!;
      return [at(0), at(1), at(2)];
    },
    stored: (row: number, column: number): number => {
      const at = 2 * (row * columns + column);
      return isSigned ? view.getInt16(at, true) : view.getUint16(at, true);
    },
    valueAt(row: number, column: number): number {
      return this.stored(row, column) * slope + intercept;
    },
  };
}

const distance = (a: Vector, b: Vector): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** Of all slices, the one with a pixel nearest to a point, and that pixel's centre and value. */
function pixelAt(files: readonly Uint8Array[], point: Vector) {
  const found = files.map((bytes) => {
    const slice = readSlice(bytes);
    const [row, column] = slice.nearestTo(point);
    return { slice, row, column, centre: slice.centreOf(row, column) };
  });
  const best = found.reduce((a, b) => (distance(b.centre, point) < distance(a.centre, point) ? b : a));
  return { centre: best.centre, slope: best.slice.slope, value: best.slice.valueAt(best.row, best.column) };
}

const layouts: readonly (readonly [string, SeriesOptions])[] = [
  ["axial", {}],
  ["sagittal", { orientation: "sagittal" }],
  ["coronal", { orientation: "coronal" }],
  ["prone", { patientPosition: "HFP" }],
  ["feet first", { patientPosition: "FFS" }],
  ["feet first, prone", { patientPosition: "FFP" }],
  ["oblique", { orientation: { row: [0.8, 0.6, 0], column: [0, 0, -1] } }],
  ["signed, 12 bits", { signed: true, bits: 12, rescale: { slope: 1, intercept: 0 } }],
  ["of another rescale", { rescale: { slope: 0.5, intercept: -2000 } }],
];

describe("series of synthetic heads", () => {
  it.each(layouts)("places each landmark where it is: %s", (_name, options) => {
    const files = asSeries(head, { pixelSpacing: [2, 2], ...options });
    const { nose, chin, eyeballs, vertex } = head.truth.landmarks;
    for (const [x, y, z] of [nose, chin, vertex, ...eyeballs] as Vector[]) {
      const inner: Vector = [x, y + 6, z - 3];
      const { centre, value, slope } = pixelAt(files, inner);
      expect(distance(centre, inner)).toBeLessThan(2.5);
      // Bone is more than 12 bits with a sign can hold.
      const expected = Math.min(sampled(head.volume, ...centre), options.bits === 12 ? 2047 : Infinity);
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(slope / 2 + 1e-3);
    }
  });

  it("stores and declares padding where nothing was scanned", () => {
    const { apply, series } = PERTURBATIONS.find(({ name }) => name === "circle, padded")!;
    const slice = readSlice(asSeries(apply(head), series)[20]!);
    expect(numbers(slice.file, "PixelPaddingValue")).toEqual([-2000]);
    expect(slice.stored(0, 0)).toBe(-2000);
    expect(slice.stored(32, 32)).not.toBe(-2000);
  });

  it("keeps every voxel of the volume's own grid", () => {
    const files = asSeries(head);
    const stack = stackOf(head.volume);
    expect([stack.columns, stack.rows, stack.origins.length]).toEqual([...head.volume.size]);
    const { size, values } = head.volume;
    const middle = readFile(memorySource(files[30]!));
    const pixels = middle.data.bytes(middle.data.find(tag("PixelData")));
    const view = new DataView(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    const stored = Array.from({ length: size[0] * size[1] }, (_, at) => view.getUint16(2 * at, true) - 1024);
    const plane = Array.from(values.subarray(30 * size[0] * size[1], 31 * size[0] * size[1]), Math.round);
    expect(stored.filter((value, at) => Math.abs(value - plane[at]!) > 1)).toEqual([]);
  });

  it.each(["CT", "MR"] as const)(
    "writes one enhanced instance of %s with a place for each frame",
    (modality) => {
      const files = asSeries(modality === "CT" ? head : magnetic, { enhanced: true, sliceStep: 8 });
      expect(files).toHaveLength(1);
      const file = readFile(memorySource(files[0]!));
      const { data } = file;
      const [shared] = data.items(data.find(tag("SharedFunctionalGroupsSequence")));
      expect(data.find(tag("PlaneOrientationSequence"), shared)).toBeGreaterThan(0);
      const frames = data.items(data.find(tag("PerFrameFunctionalGroupsSequence")));
      expect(frames).toHaveLength(Number(numbers(file, "NumberOfFrames")[0]));
      const heights = frames.map((frame) => {
        const [place] = data.items(data.find(tag("PlanePositionSequence"), frame));
        return Number(data.strings(data.find(tag("ImagePositionPatient"), place!))[2]);
      });
      for (const [at, height] of heights.slice(1).entries()) expect(height - heights[at]!).toBeCloseTo(8, 6);
    },
  );

  it("means over a slice's thickness, and leaves gaps where the step is wider", () => {
    const thick = asSeries(head, { sliceStep: 12, sliceThickness: 12 });
    const gapped = asSeries(head, { sliceStep: 12, sliceThickness: 4 });
    expect(gapped).toHaveLength(thick.length);
    expect(gapped[10]).not.toEqual(thick[10]);
    expect(numbers(readFile(memorySource(gapped[0]!)), "SliceThickness")).toEqual([4]);
  });

  it.each(PERTURBATIONS.filter(({ series }) => series))("can be scanned: $name", ({ series }) => {
    expect(asSeries(magnetic, series).length).toBeGreaterThan(1);
  });

  itWithTool("dciodvfy", "show dciodvfy no error, slice by slice", ({ dciodvfy }) => {
    const folder = scratchFolder();
    for (const kind of ["CT", "MR-T1", "PET"] as const) {
      const file = join(folder, `${kind}.dcm`);
      writeFileSync(file, asSeries(makeHead(1, { kind, step: 16 }))[5]!);
      const { stderr } = spawnSync(dciodvfy, ["-new", file], { encoding: "utf8" });
      expect(stderr.split("\n").filter((line) => line.startsWith("Error"))).toEqual([]);
    }
  });
});
