import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { elpisInProcess } from "../../test/support/cli.js";
import { applyToFiles, projectKeys } from "../../test/support/patient.js";
import { finderOf, realTools } from "../../test/support/pixel-tools.js";
import { itWithTool } from "../../test/support/tools.js";
import { fromLatin1 } from "../base/index.js";
import { builtinProfile } from "../deid/index.js";
import { CHARSET_TEXT, memorySource, readFile, Tags } from "../dicom/index.js";
import { parseManifest } from "../ledger/index.js";
import { displayOf, framesOf, type PixelTools, renderings } from "../pixels/index.js";
import { crosswalkRows } from "./csv.js";
import { writeSamples } from "./demo.js";
import type { Sample } from "./samples/index.js";

let work: string;
/** Samples that came out, each with the path of its released file. */
const released: { readonly sample: Sample; readonly path: string }[] = [];

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "elpis-release-"));
  const samples = writeSamples(join(work, "samples"));
  const args = ["deidentify", join(work, "samples"), "--out", join(work, "out"), "--jobs", "1"];
  expect((await elpisInProcess(args, { XDG_CONFIG_HOME: work })).status).toBe(3);
  const newUids = new Map(crosswalkRows(join(work, "out.crosswalk/uids.csv")));
  const { instances } = parseManifest(readFileSync(join(work, "out/release.json"), "utf8"));
  for (const sample of samples.filter(({ path }) => !path.startsWith("odd/"))) {
    const uid = readFile(memorySource(sample.bytes)).data.string(Tags.SOPInstanceUID);
    const instance = instances.find(({ path }) => path.endsWith(`/${newUids.get(uid)}.dcm`));
    if (instance) released.push({ sample, path: join(work, "out", instance.path) });
  }
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** All text of a file: decoded by its character sets, and its bytes as they are. */
function allText(path: string): string {
  const bytes = readFileSync(path);
  const { data } = readFile(memorySource(bytes));
  let text = `${path.slice(work.length)}\n${fromLatin1(bytes)}\n${bytes.toString("utf8")}\n`;
  for (let token = 0; token < data.tokens.count; token++) {
    const vr = data.vrAt(token);
    if (vr && CHARSET_TEXT.has(vr) && !data.isSequence(token)) text += `${data.text(token)}\n`;
  }
  return text.toLowerCase();
}

it("nothing that names someone is found in what is released of the samples", () => {
  expect(released.length).toBeGreaterThanOrEqual(20);
  for (const { sample, path } of released) {
    const text = allText(path);
    const found = sample.identifiers.filter((identifier) => text.includes(identifier.toLowerCase()));
    expect(found, sample.path).toEqual([]);
  }
});

/** Samples with a name in their pixels. */
const BURNED_IN = ["HEADCT/dose-report.dcm", "ultrasound/us-01.dcm"];

it("the findings of the report stay", () => {
  const report = released.find(({ sample }) => sample.path === "HEADCT/report.dcm")!;
  const text = allText(report.path);
  for (const words of [
    "hyperdense lesion in the left frontal lobe",
    "14 mm",
    "no midline shift",
    "ventricles normal",
  ]) {
    expect(text).toContain(words);
  }
});

it("the pixel data of images without a name in them stay byte for byte, but for a finding in one or two", () => {
  const changed = released.filter(({ sample, path }) => {
    const [before, after] = [sample.bytes, readFileSync(path)].map((bytes) => {
      const { data } = readFile(memorySource(bytes));
      const token = data.find(Tags.PixelData);
      return token < 0 ? "" : fromLatin1(data.bytes(token));
    });
    return after !== before;
  });
  const paths = changed.map(({ sample }) => sample.path);
  expect(paths).toEqual(expect.arrayContaining(BURNED_IN));
  expect(paths.length).toBeLessThanOrEqual(BURNED_IN.length + 2);
});

/** Words that the room's reader finds in the one frame of a file, in letters and figures alone. */
function readIn(bytes: Uint8Array, { reader }: PixelTools): string {
  const file = readFile(memorySource(bytes));
  const frames = framesOf(file);
  if (frames.kind === "none") throw new Error(frames.reason);
  const [plane] = renderings(frames.frame(0), displayOf(file), 0);
  const words = reader.read(plane!, { purpose: "frame", letterHeight: 8 });
  return words.map(({ text }) => text.replace(/[^A-Z0-9]/gi, "").toUpperCase()).join(" ");
}

it.each([
  [BURNED_IN[0]!, /MUSTERFRAU|4711/],
  [BURNED_IN[1]!, /EXEMPLAR|QUENTIN|1932/],
])("the name in %s can be read before, and nothing of it after", async (path, name) => {
  const tools = await realTools();
  const { sample, path: after } = released.find(({ sample }) => sample.path === path)!;
  expect(readIn(sample.bytes, tools)).toMatch(name);
  expect(readIn(readFileSync(after), tools)).not.toMatch(name);
});

it.each(BURNED_IN)("%s is held, and not released as it is, when the finder is switched off", async (path) => {
  const { bytes } = released.find(({ sample }) => sample.path === path)!.sample;
  const { reader } = await realTools();
  const [outcome] = applyToFiles([bytes], builtinProfile("research"), projectKeys, {
    finder: finderOf(),
    reader,
  });
  expect(outcome!.kind).toBe("held");
});

itWithTool("dciodvfy", "dciodvfy finds no error in what is released of the samples", ({ dciodvfy }) => {
  for (const { sample, path } of released) {
    const { stderr } = spawnSync(dciodvfy, ["-new", path], { encoding: "utf8" });
    expect(
      stderr.split("\n").filter((line) => line.startsWith("Error")),
      sample.path,
    ).toEqual([]);
  }
});
