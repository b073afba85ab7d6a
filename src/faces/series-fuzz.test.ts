import { describe, expect, it } from "vitest";
import {
  AXIAL,
  CORONAL,
  fileOf,
  type MadeGeometry,
  madeEnhanced,
  plainSlices,
} from "../../test/support/series.js";
import { isElpisError, pick, type Random, randomInt, seededRandom } from "../base/index.js";
import type { PlainDataSet } from "../dicom/index.js";
import { maskOfFrame, sampleStack, stacksOf } from "./index.js";

const geometry: MadeGeometry = { ...AXIAL, rows: 6, columns: 7, spacing: [1, 1.5], slices: 5, step: 2 };

const BAD_TEXT = [
  "",
  "0",
  "-0",
  "1e308",
  "-1e308",
  "1e-308",
  "NaN",
  "Infinity",
  "-Infinity",
  "1e999",
  "x",
  " ",
  "9999",
  "-9999.5",
  "0.0010001",
  "100",
  "1,5",
  "0x10",
] as const;

function badNumbers(random: Random, count: number): string[] {
  const length = random() < 0.8 ? count : randomInt(random, 0, 2 * count);
  return Array.from({ length }, () =>
    random() < 0.5 ? pick(random, BAD_TEXT) : String((random() - 0.5) * 10 ** randomInt(random, -3, 4)),
  );
}

/** Numbers of which each attribute has so many, as text, and binary ones with what they can hold. */
const TEXTS: readonly (readonly [string, number])[] = [
  ["ImagePositionPatient", 3],
  ["ImageOrientationPatient", 6],
  ["PixelSpacing", 2],
  ["SliceThickness", 1],
  ["SpacingBetweenSlices", 1],
  ["RescaleSlope", 1],
  ["RescaleIntercept", 1],
  ["InstanceNumber", 1],
  ["AcquisitionNumber", 1],
  ["EchoTime", 1],
  ["TriggerTime", 1],
  ["NumberOfFrames", 1],
];
const WHOLE = [
  "Rows",
  "Columns",
  "BitsAllocated",
  "BitsStored",
  "HighBit",
  "PixelRepresentation",
  "SamplesPerPixel",
] as const;

function mutation(random: Random): PlainDataSet {
  if (random() < 0.15) return { [pick(random, WHOLE)]: pick(random, [0, 1, 2, 7, 12, 16, 255, 65_535]) };
  if (random() < 0.1) return { "(0028,0120) US": randomInt(random, 0, 65_535) };
  const [keyword, count] = pick(random, TEXTS);
  const values = badNumbers(random, count);
  // As bytes: whole-number strings would be refused by the writer, and here they are the point.
  const text = values.join("\\");
  return { [keyword]: new TextEncoder().encode(text.length % 2 === 0 ? text : `${text} `) };
}

function mutated(random: Random) {
  if (random() < 0.3) {
    const groups = (): PlainDataSet =>
      random() < 0.4
        ? {
            PlanePositionSequence: [mutation(random)],
            PixelMeasuresSequence: [mutation(random)],
            PlaneOrientationSequence: [mutation(random)],
            FrameContentSequence: random() < 0.5 ? [] : [mutation(random)],
          }
        : {};
    return [
      madeEnhanced({ ...geometry, ...CORONAL }, () => 5, {}, groups, random() < 0.4 ? mutation(random) : {}),
    ];
  }
  return plainSlices(
    geometry,
    (x, y, z) => x + y + z + 90,
    {},
    () => (random() < 0.5 ? { ...mutation(random), ...mutation(random) } : {}),
  ).map(fileOf);
}

describe("mutated geometry", () => {
  it("never throws nor hangs, and every frame is in a stack, a duplicate or a problem: 400 series", () => {
    const random = seededRandom(20_261_120);
    const seen = new Set<string>();
    let sampled = 0;
    for (let round = 0; round < 400; round++) {
      const files = mutated(random);
      const { stacks, problems } = stacksOf(files);
      for (const { code } of problems) seen.add(code);
      const used = stacks.flatMap(({ frames, duplicates }) => [
        ...frames,
        ...duplicates.map(({ frame }) => frame),
      ]);
      const named = new Set([
        ...used.map(({ fileIndex }) => fileIndex),
        ...problems.flatMap(({ files }) => files),
      ]);
      expect(named.size, `round ${round}`).toBe(files.length);
      for (const stack of stacks) {
        const numbers = [
          stack.step,
          stack.tilt,
          stack.unevenness,
          stack.overlap,
          ...stack.normal,
          ...stack.heights,
        ];
        expect(numbers.every(Number.isFinite), `round ${round}`).toBe(true);
        expect(stack.heights.every((height, i) => i === 0 || height > stack.heights[i - 1]!)).toBe(true);
        try {
          const volume = sampleStack(stack, { step: 4 });
          if (volume.values.length > 1e6) continue;
          expect(volume.values.every((value, i) => volume.known[i] === 0 || !Number.isNaN(value))).toBe(true);
          maskOfFrame(volume, new Uint8Array(volume.values.length).fill(1), stack.frames[0]!.plane);
          sampled++;
        } catch (error) {
          // A grid too large to hold is refused; frames that were found readable are decodable here.
          expect(isElpisError(error, "COMPUTE_BAD_SHAPE"), `round ${round}: ${error}`).toBe(true);
        }
      }
    }
    expect(sampled).toBeGreaterThan(300);
    expect([...seen].sort()).toEqual([
      "BAD_GEOMETRY",
      "DUPLICATE_POSITIONS",
      "MISSING_SLICES",
      "MIXED_GEOMETRY",
      "NO_GEOMETRY",
      "ONE_SLICE",
      "UNDECODABLE",
      "UNEVEN_STEPS",
    ]);
  });
});
