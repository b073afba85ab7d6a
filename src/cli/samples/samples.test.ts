import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scratchFolder } from "../../../test/support/scratch.js";
import { itWithTool } from "../../../test/support/tools.js";
import { equalBytes } from "../../base/index.js";
import { looksLikeDicom, memorySource, ROOT, readFile, Tags } from "../../dicom/index.js";
import { sampleStudies } from "./index.js";

const samples = [...sampleStudies(1)];
const byPath = new Map(samples.map((sample) => [sample.path, sample]));
const whole = samples.filter(({ path }) => path !== "odd/truncated.dcm" && path !== "odd/notes.txt");

function withFile<T>(bytes: Uint8Array, use: (path: string) => T): T {
  const folder = scratchFolder();
  const path = join(folder, "sample.dcm");
  writeFileSync(path, bytes);
  return use(path);
}

describe("the sample studies", () => {
  it("are the same bytes for the same seed, and other UIDs for another", () => {
    const again = [...sampleStudies(1)];
    expect(again.map(({ path }) => path)).toEqual(samples.map(({ path }) => path));
    expect(again.every(({ bytes }, at) => equalBytes(bytes, samples[at]!.bytes))).toBe(true);
    const [other] = sampleStudies(2);
    expect(equalBytes(other!.bytes, samples[0]!.bytes)).toBe(false);
  });

  it("have paths of their own and a sentence about each", () => {
    expect(byPath.size).toBe(samples.length);
    for (const { about } of samples) expect(about.length).toBeGreaterThan(20);
  });

  it("hold the names they promise, in the character set they declare", () => {
    const names = ["HEADCT/CT01", "chest-xray/dx-01.dcm", "brain-mr/mr-01.dcm"].map((path) => {
      const { data } = readFile(memorySource(byPath.get(path)!.bytes));
      return data.text(data.find(Tags.PatientName, ROOT));
    });
    expect(names).toEqual([
      "Musterfrau^Jördis^Anna",
      "Образцова^Вера",
      "Yamada^Tarou=山田^太郎=やまだ^たろう",
    ]);
  });

  it.each(whole.map(({ path }) => path))("%s can be read whole", (path) => {
    const { data } = readFile(memorySource(byPath.get(path)!.bytes));
    expect(data.tokens.count).toBeGreaterThan(5);
  });

  it("hold a file cut in half, an executable's mark, a copy and a file that is no DICOM", () => {
    expect(() => readFile(memorySource(byPath.get("odd/truncated.dcm")!.bytes))).toThrow(/7FE0,0010/);
    expect(looksLikeDicom(memorySource(byPath.get("odd/notes.txt")!.bytes))).toBe(false);
    expect([...byPath.get("odd/polyglot.dcm")!.bytes.subarray(0, 2)]).toEqual([0x4d, 0x5a]);
    expect(
      equalBytes(byPath.get("odd/copy-of-first-slice.dcm")!.bytes, byPath.get("HEADCT/CT01")!.bytes),
    ).toBe(true);
  });

  const judged = whole.filter(({ path }) => !/CT(0[2-9]|1)|-0[2-9]|copy|polyglot/.test(path));
  itWithTool("dciodvfy", "show dciodvfy no error", ({ dciodvfy }) => {
    for (const { path, bytes } of judged) {
      const { stderr } = withFile(bytes, (file) => spawnSync(dciodvfy, ["-new", file], { encoding: "utf8" }));
      expect(
        stderr.split("\n").filter((line) => line.startsWith("Error")),
        path,
      ).toEqual([]);
    }
  });

  itWithTool("pydicom", "are read by pydicom, pixels included", ({ pydicom }) => {
    const script = [
      "import sys, pydicom, pydicom.config",
      "pydicom.config.settings.reading_validation_mode = pydicom.config.RAISE",
      "d = pydicom.dcmread(sys.argv[1])",
      "[e.value for e in d.iterall()]",
      "'PixelData' in d and d.pixel_array",
    ].join("\n");
    for (const { path, bytes } of judged.filter(({ path }) => /dx|mr|pet|us-|CT01|segm/.test(path))) {
      const { status, stderr } = withFile(bytes, (file) =>
        spawnSync(pydicom, ["-c", script, file], { encoding: "utf8" }),
      );
      expect(status, `${path}: ${stderr}`).toBe(0);
    }
  });
});
