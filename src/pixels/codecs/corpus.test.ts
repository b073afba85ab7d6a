import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect } from "vitest";
import { type CorpusFile, itWithCorpus } from "../../../test/support/corpus.js";
import { scratchFolder } from "../../../test/support/scratch.js";
import { type ToolName, tool } from "../../../test/support/tools.js";
import { ElpisError, isElpisError } from "../../base/index.js";
import { memorySource, readFile } from "../../dicom/index.js";
import { type Frames, framesOf } from "../frames.js";
import type { Frame } from "../types.js";
import { withPlanarConfiguration } from "./index.js";
import { openCodecsFromPackage } from "./load.node.js";

beforeAll(openCodecsFromPackage);

const root = "1.2.840.10008.1.2";

/** The outside judge of a syntax, and how it is told to leave colours alone. */
const judges: Readonly<Record<string, readonly [ToolName, ...string[]]>> = {
  [`${root}.5`]: ["dcmdrle"],
  [`${root}.4.50`]: ["dcmdjpeg", "+cn"],
  [`${root}.4.51`]: ["dcmdjpeg", "+cn"],
  [`${root}.4.57`]: ["dcmdjpeg"],
  [`${root}.4.70`]: ["dcmdjpeg"],
  [`${root}.4.80`]: ["dcmdjpls"],
  [`${root}.4.81`]: ["dcmdjpls"],
  [`${root}.4.90`]: ["gdcmconv", "--raw"],
  [`${root}.4.91`]: ["gdcmconv", "--raw"],
};

/** Files that no frame can be had from, and why; every other compressed file must give all of its frames. */
const broken: Readonly<Record<string, string>> = {
  "JPEG2000-embedded-sequence-delimiter.dcm": "its size segment is overwritten with a delimiter",
  "emri_small_jpeg_2k_lossless_too_short.dcm": "is cut off",
  "UN_sequence.dcm": "has no pixel data",
};

/** Files that the judge reads in another way, and who is right. */
const disputed: Readonly<Record<string, string>> = {
  "liver_j2k.dcm": "gdcm does not pack bits; equal to liver.dcm, which is uncompressed",
  "liver_nonbyte_aligned_j2k.dcm": "the same",
};

function framesAt(path: string): Frames {
  const frames = framesOf(readFile(memorySource(readFileSync(path))));
  if (frames.kind === "none") throw new ElpisError("PIXELS_UNDECODABLE", frames.reason);
  return frames;
}

/** The frames of the file as the judge decodes them, or undefined where it is missing or gives up. */
function judged(file: CorpusFile): Frames | undefined {
  const [name, ...options] = judges[file.transferSyntax] ?? [];
  const program = name === undefined ? undefined : tool(name);
  if (program === undefined) return undefined;
  const out = join(scratchFolder(), "out.dcm");
  if (spawnSync(program, [...options, file.absolute, out]).status !== 0) return undefined;
  return framesAt(out);
}

/** Cells that differ in the bits stored: above them a judge leaves zeros where native data has the sign. */
function differences(ours: Frame, theirs: Frame): number {
  const a = withPlanarConfiguration(ours, 0).samples;
  const b = withPlanarConfiguration(theirs, 0).samples;
  const mask = 2 ** ours.format.bitsStored - 1;
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let count = 0;
  for (let i = 0; i < a.length; i++) if (((a[i]! ^ b[i]!) & mask) !== 0) count++;
  return count;
}

const isCompressed = (file: CorpusFile): boolean =>
  file.part10 &&
  (file.transferSyntax in judges || /\.8\.1$|\.4\.(110|111|112|201|202|203)$/.test(file.transferSyntax));

const first = (file: CorpusFile): Frame => framesAt(file.absolute).frame(0);

describe("every compressed file of the corpus", () => {
  itWithCorpus("decodes, but for those that are broken", (files) => {
    const failed = files.filter(isCompressed).flatMap((file) => {
      try {
        const frames = framesAt(file.absolute);
        for (const index of [0, frames.count - 1]) frames.frame(index);
        return [];
      } catch (error) {
        return [isElpisError(error) ? basename(file.path) : `${file.path}: ${error}`];
      }
    });
    const compressed = files.filter(isCompressed).map((file) => basename(file.path));
    expect(failed).toEqual(compressed.filter((name) => name in broken));
  });

  itWithCorpus("has the samples that dcmtk or gdcm finds, lossy ones included", (files) => {
    const unlike: string[] = [];
    let compared = 0;
    for (const file of files.filter(isCompressed)) {
      const name = basename(file.path);
      const theirs = name in broken || name in disputed ? undefined : judged(file);
      if (theirs === undefined) continue;
      const ours = framesAt(file.absolute);
      for (const index of new Set([0, ours.count - 1])) {
        compared++;
        if (differences(ours.frame(index), theirs.frame(index)) > 0) unlike.push(`${name} ${index + 1}`);
      }
    }
    expect(unlike).toEqual([]);
    if (tool("dcmdjpeg") !== undefined) expect(compared).toBeGreaterThan(50);
  });
});

describe("the same image in several transfer syntaxes", () => {
  const lossless = ["J2KR", "JLSL", "JPLL", "RLE", "UNC"];

  itWithCorpus("is the same in all that are lossless", (files) => {
    for (const image of ["CT1", "MR4", "NM1", "US1"]) {
      const matrix = files.filter((file) =>
        lossless.some((end) => basename(file.path) === `${image}_${end}`),
      );
      expect(matrix.length).toBeGreaterThanOrEqual(2);
      const [one, ...others] = matrix.map(first);
      for (const other of others) expect(differences(other, one!)).toBe(0);
    }
  });

  itWithCorpus("is the same in bits, in RLE, in JPEG 2000 and deflated", (files) => {
    for (const image of ["liver", "liver_nonbyte_aligned"]) {
      const find = (end: string): CorpusFile | undefined =>
        files.find((file) => basename(file.path) === `${image}${end}.dcm`);
      const native = framesAt(find("")!.absolute);
      for (const end of ["_rle", "_j2k", "_deflate"]) {
        const file = find(end);
        if (file === undefined) continue;
        const packed = framesAt(file.absolute);
        for (let i = 0; i < native.count; i++) expect(differences(packed.frame(i), native.frame(i))).toBe(0);
      }
    }
  });
});
