import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { memorySource, readFile, SopClass, TransferSyntax } from "../../src/dicom/index.js";
import { parseManifest } from "../../src/ledger/index.js";
import { baselineImage, greyImage } from "../support/images.js";
import { emptyPlane, planeWithText } from "../support/overlays.js";
import { realTools } from "../support/pixel-tools.js";
import { scratchFolder } from "../support/scratch.js";
import { itWithTool } from "../support/tools.js";
import { digestTree, readTree, writeHoldProfile } from "./input.js";
import { optionsIn, run } from "./run.js";

const NAME = planeWithText(["QUIMBLETON", "ZEPHYRINE"]);
const CLEAN = emptyPlane();

/** Twelve ultrasound images, native and JPEG baseline, of one frame and three: every other one shows a name. */
async function writeImages(folder: string): Promise<void> {
  // Encoding needs codecs that are open.
  await realTools();
  mkdirSync(join(folder, "in"));
  for (let i = 0; i < 12; i++) {
    const planes =
      i % 4 < 2 ? [i % 2 === 0 ? NAME : CLEAN] : [emptyPlane(), i % 2 === 0 ? NAME : CLEAN, emptyPlane()];
    const more = {
      SOPClassUID:
        SopClass[planes.length === 1 ? "Ultrasound Image Storage" : "Ultrasound Multi-frame Image Storage"]!,
      SOPInstanceUID: `1.2.3.1.1.${i + 1}`,
      Modality: "US",
    };
    const bytes = i < 6 ? greyImage(planes, more) : baselineImage(planes, more);
    writeFileSync(join(folder, `in/${i}`), bytes);
  }
}

const manifestIn = (folder: string) => parseManifest(readFileSync(join(folder, "release.json"), "utf8"));

function filesOf(folder: string): string[] {
  return manifestIn(folder).instances.map(({ path }) => join(folder, path));
}

describe("a release of images with names in their pixels", () => {
  it("has the same bytes with one job, with two, and when it is resumed", async () => {
    const folder = scratchFolder();
    await writeImages(folder);
    const into = (name: string, more = {}) =>
      optionsIn(folder, {
        ...{ out: join(folder, name), crosswalk: join(folder, `${name}.c`), held: join(folder, `${name}.h`) },
        ...more,
      });
    const { code, stdout } = await run(into("one"));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Pixels {6}24 frames examined, text blanked in \d+$/m);
    const { counts, pixels, pixelsExamined } = manifestIn(join(folder, "one"));
    expect(counts).toMatchObject({ released: 12, held: 0 });
    expect(pixels).toMatchObject({ instances: 12, frames: 24 });
    expect(pixels.blankedFrames).toBeGreaterThanOrEqual(6);
    expect(pixelsExamined).toBe("examined");
    const expected = digestTree(readTree(join(folder, "one")));
    await run(into("two", { jobs: 2 }));
    expect(digestTree(readTree(join(folder, "two")))).toEqual(expected);
    for (const path of filesOf(join(folder, "two")).slice(0, 5)) rmSync(path);
    await run(into("two", { jobs: 2, resume: true }));
    expect(digestTree(readTree(join(folder, "two")))).toEqual(expected);
  });

  it("says that nobody looked where the profile holds, and holds them all", async () => {
    const folder = scratchFolder();
    await writeImages(folder);
    const { code, stdout } = await run(optionsIn(folder, { profile: writeHoldProfile(folder) }));
    expect(code).toBe(3);
    expect(stdout).not.toContain("examined");
    const { counts, pixels, pixelsExamined } = manifestIn(join(folder, "out"));
    expect(counts).toMatchObject({ released: 0, heldBy: { PIXELS_NOT_EXAMINED: 12 } });
    expect([pixels.frames, pixelsExamined]).toEqual([0, "no"]);
  });

  itWithTool(
    ["dcmdump", "dcmdjpeg", "pydicom"],
    "is read by dcmtk and pydicom, in the transfer syntax it names",
    async (tools) => {
      const folder = scratchFolder();
      await writeImages(folder);
      await run(optionsIn(folder));
      const paths = filesOf(join(folder, "out"));
      const syntaxes = paths.map((path) => readFile(memorySource(readFileSync(path))).transferSyntax);
      const { ExplicitVRLittleEndian, JPEGBaseline8Bit, JPEGLosslessSV1 } = TransferSyntax;
      expect(new Set(syntaxes)).toEqual(new Set([ExplicitVRLittleEndian, JPEGBaseline8Bit, JPEGLosslessSV1]));
      expect(readByPydicom(tools.pydicom, paths)).toEqual(
        syntaxes.map((syntax) => [syntax, "NO", syntax === JPEGLosslessSV1 ? "01" : ""]),
      );
      for (const [i, path] of paths.entries()) {
        const dumped = spawnSync(tools.dcmdump, ["-q", "-Un", "+P", "0002,0010", path], { encoding: "utf8" });
        expect(dumped.status, dumped.stderr).toBe(0);
        expect(dumped.stdout).toContain(`[${syntaxes[i]}]`);
        if (syntaxes[i] === ExplicitVRLittleEndian) continue;
        const decoded = spawnSync(tools.dcmdjpeg, [path, join(folder, "decoded")], { encoding: "utf8" });
        expect(decoded.status, decoded.stderr).toBe(0);
      }
    },
  );
});

const PYDICOM = `
import sys, json, pydicom
def read(path):
    ds = pydicom.dcmread(path)
    return [str(ds.file_meta.TransferSyntaxUID), ds.BurnedInAnnotation, ds.get("LossyImageCompression", "")]
print(json.dumps([read(path) for path in sys.argv[1:]]))
`;

/** Transfer syntax, Burned In Annotation and Lossy Image Compression of each file, as pydicom reads them. */
function readByPydicom(python: string, paths: readonly string[]): readonly string[][] {
  const { stdout, stderr, status } = spawnSync(python, ["-c", PYDICOM, ...paths], { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}
