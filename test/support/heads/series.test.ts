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

const head = makeHead(11, { kind: "CT", step: 4, noise: 0 });
const magnetic = makeHead(11, { kind: "MR-T1", step: 4, noise: 0 });

const tag = (keyword: string): Tag => tagOfKeyword(keyword)!;

/** Numbers of an element, whether binary or decimal strings. */
function numbers({ data }: DicomFile, keyword: string): number[] {
  const token = data.find(tag(keyword));
  const vr = data.vrAt(token);
  return vr === "DS" || vr === "IS" ? data.strings(token).map(Number) : numbersOf(data, token);
}

/** Value of the pixel nearest to a point, as the files say where it is; undefined where no plane comes near. */
function valueAt(files: readonly Uint8Array[], point: Vector, reach: number): number | undefined {
  let best: { far: number; value: number } | undefined;
  for (const bytes of files) {
    const file = readFile(memorySource(bytes));
    const [rx, ry, rz, cx, cy, cz] = numbers(file, "ImageOrientationPatient") as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const [down, across] = numbers(file, "PixelSpacing") as [number, number];
    const from = numbers(file, "ImagePositionPatient").map(
      (at, axis) => point[axis]! - at,
    ) as unknown as Vector;
    const column = Math.round((from[0] * rx + from[1] * ry + from[2] * rz) / across);
    const row = Math.round((from[0] * cx + from[1] * cy + from[2] * cz) / down);
    const far = Math.abs(
      from[0] * (ry * cz - rz * cy) + from[1] * (rz * cx - rx * cz) + from[2] * (rx * cy - ry * cx),
    );
    if (far > reach || (best && best.far <= far)) continue;
    const columns = numbers(file, "Columns")[0]!;
    const pixels = file.data.bytes(file.data.find(tag("PixelData")));
    const view = new DataView(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    const at = 2 * (row * columns + column);
    const stored = numbers(file, "PixelRepresentation")[0]
      ? view.getInt16(at, true)
      : view.getUint16(at, true);
    const has = file.data.find(tag("RescaleSlope")) >= 0;
    const [slope, intercept] = has
      ? [numbers(file, "RescaleSlope")[0]!, numbers(file, "RescaleIntercept")[0]!]
      : [1, 0];
    best = { far, value: stored * slope + intercept };
  }
  return best?.value;
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
      const expected = sampled(head.volume, ...inner);
      const found = valueAt(files, inner, 2.1)!;
      // The nearest pixel is up to 1.5 mm away in the plane, and 2 mm beside it.
      expect(Math.abs(found - expected)).toBeLessThan(expected > 200 || expected < -200 ? 700 : 250);
    }
    expect(valueAt(files, [0, -10, 60], 2.1)).toBeGreaterThan(0);
    expect(valueAt(files, [0, -10, 60], 2.1)).toBeLessThan(60);
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
