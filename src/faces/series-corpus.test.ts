import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect } from "vitest";
import { type CorpusFile, corpusFiles, itWithCorpus } from "../../test/support/corpus.js";
import { realTools } from "../../test/support/pixel-tools.js";
import { itWithTool } from "../../test/support/tools.js";
import { isElpisError } from "../base/index.js";
import { type DicomFile, memorySource, readFile } from "../dicom/index.js";

import { maskOfFrame, sampleStack, stacksOf } from "./index.js";

beforeAll(realTools);

function opened(path: string): DicomFile | undefined {
  try {
    return readFile(memorySource(readFileSync(path)));
  } catch (error) {
    if (isElpisError(error)) return undefined;
    throw error;
  }
}

const under = (files: readonly CorpusFile[], folder: string): readonly CorpusFile[] =>
  files.filter(({ path }) => path.startsWith(`${folder}/`));

const series = (files: readonly CorpusFile[], folder: string) =>
  stacksOf(under(files, folder).map(({ absolute }) => opened(absolute)!));

describe("series of the corpus", () => {
  itWithCorpus("a head of 35 sagittal slices is one even stack", (files) => {
    const { stacks, problems } = series(files, "faces/mr-t1-dicom-face-intact");
    expect(problems).toEqual([]);
    expect(stacks.map(({ frames }) => frames.length)).toEqual([35]);
    const volume = sampleStack(stacks[0]!);
    const known = volume.known.reduce((sum, one) => sum + one, 0);
    expect(known / volume.known.length).toBeGreaterThan(0.9);
  });

  itWithCorpus("time points of enhanced files are stacks of their own", (files) => {
    const siemens = series(files, "series/siemens-xa10-enhanced-mr");
    expect(siemens.problems).toEqual([]);
    expect(siemens.stacks.map(({ frames }) => frames.length)).toEqual([6, 6, 6, 6]);
  });

  itWithCorpus("six slices of a head of which the others are missing say so", (files) => {
    const { stacks, problems } = series(files, "series/ge-mr-claims-defaced");
    expect(stacks).toHaveLength(1);
    expect(problems.map(({ code }) => code)).toEqual(["MISSING_SLICES"]);
  });

  itWithCorpus("every file is in a stack or a problem, and every stack is sampled; none throws", (files) => {
    const folders = new Set(files.map(({ path }) => path.slice(0, path.lastIndexOf("/"))));
    let frames = 0;
    for (const folder of folders) {
      const those = files.filter(({ path }) => path.slice(0, path.lastIndexOf("/")) === folder);
      const found = those.flatMap(({ absolute }) => opened(absolute) ?? []);
      const { stacks, problems } = stacksOf(found);
      const used = stacks.flatMap(({ frames, duplicates }) => [
        ...frames,
        ...duplicates.map(({ frame }) => frame),
      ]);
      const named = [...used.map(({ fileIndex }) => fileIndex), ...problems.flatMap(({ files }) => files)];
      expect(new Set(named).size, folder).toBe(found.length);
      for (const stack of stacks) {
        frames += stack.frames.length;
        try {
          const volume = sampleStack(stack, { step: 4 });
          expect(volume.known.includes(1), folder).toBe(true);
          maskOfFrame(volume, volume.known, stack.frames[0]!.plane);
        } catch (error) {
          expect(isElpisError(error, "PIXELS_UNDECODABLE"), `${folder}: ${error}`).toBe(true);
        }
      }
    }
    expect(frames).toBeGreaterThan(150);
  });

  itWithTool("pydicom", "lies where pydicom reads it to lie", ({ pydicom }) => {
    const files = corpusFiles().filter(({ path }) => /^(faces|series)\//.test(path));
    const { stacks } = stacksOf(files.flatMap(({ absolute }) => opened(absolute) ?? []));
    const told = spawnSync(pydicom, ["-c", READ_PLACES], {
      input: files.map(({ absolute }) => absolute).join("\n"),
    });
    expect(told.stderr.toString()).toBe("");
    const truth = new Map(Object.entries(JSON.parse(told.stdout.toString()) as Record<string, number[]>));
    expect(truth.size > 0).toBe(files.length > 0);
    let compared = 0;
    for (const { frames } of stacks) {
      for (const { fileIndex, frame, plane, rescale } of frames) {
        const ours = [...plane.origin, ...plane.columnStep, ...plane.rowStep, plane.rows, plane.columns];
        const [slope, intercept] = "slope" in rescale ? [rescale.slope, rescale.intercept] : [];
        const theirs = truth.get(`${files[fileIndex]!.absolute} ${frame}`)!;
        for (const [i, value] of [...ours, slope!, intercept!].entries())
          expect(value).toBeCloseTo(theirs[i]!, 4);
        compared++;
      }
    }
    expect(compared).toBe(truth.size);
  });
});

/** Of each file named on a line, and each frame: origin, column step, row step, rows, columns, slope, intercept. */
const READ_PLACES = `
import json, sys
import pydicom
places = {}
for path in sys.stdin.read().split("\\n"):
    if path == "": continue
    try: data = pydicom.dcmread(path, stop_before_pixels=True)
    except Exception: continue
    own = data.get("PerFrameFunctionalGroupsSequence")
    shared = data.get("SharedFunctionalGroupsSequence")
    for frame in range(int(data.get("NumberOfFrames", 1))):
        def find(macro, keyword, default=None):
            for group in ([own[frame]] if own else []) + ([shared[0]] if shared else []):
                if macro in group: return group[macro].value[0].get(keyword, default)
            return data.get(keyword, default)
        position = find("PlanePositionSequence", "ImagePositionPatient")
        orientation = find("PlaneOrientationSequence", "ImageOrientationPatient")
        spacing = find("PixelMeasuresSequence", "PixelSpacing")
        if position is None or orientation is None or spacing is None: continue
        slope = find("PixelValueTransformationSequence", "RescaleSlope", 1)
        intercept = find("PixelValueTransformationSequence", "RescaleIntercept", 0)
        along = [float(v) * float(spacing[1]) for v in orientation[:3]]
        down = [float(v) * float(spacing[0]) for v in orientation[3:]]
        numbers = [float(v) for v in position] + along + down + [data.Rows, data.Columns, float(slope), float(intercept)]
        places[path + " " + str(frame)] = numbers
json.dump(places, sys.stdout)
`;
