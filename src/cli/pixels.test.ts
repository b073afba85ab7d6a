import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import { elpisInProcess } from "../../test/support/cli.js";
import {
  CINE_CLOCK,
  CINE_FRAMES,
  CINE_TEXT,
  covered,
  document,
  filesToExamine,
  SAMPLE_FILES,
  samples,
  WORDS,
} from "../../test/support/pixels-command.js";
import { itWithTool } from "../../test/support/tools.js";

const { work, at, elpis, remove } = filesToExamine();
afterAll(remove);

describe("elpis pixels", { timeout: 120_000 }, () => {
  let told: Awaited<ReturnType<typeof elpis>>;
  let json: Awaited<ReturnType<typeof elpis>>;
  let found: z.infer<typeof document>;
  const files = [
    "us-01.dcm",
    "cine.dcm",
    "flat.dcm",
    "report.dcm",
    "segmentation.dcm",
    "notes.txt",
    "broken.dcm",
    "page.dcm",
  ];
  const reportOf = (name: string) => found.files.find(({ file }) => basename(file) === name)!;
  beforeAll(async () => {
    json = await elpis(...files.map(at), "--json", "--png", join(work, "pictures"));
    found = document.parse(JSON.parse(json.stdout));
    told = await elpis(...files.map(at));
  }, 120_000);

  it("has one document with the same keys for every file, in the order given", () => {
    expect(found.files.map(({ file }) => basename(file))).toEqual(files);
    expect(Object.values(found.counts).reduce((sum, count) => sum + count)).toBe(files.length);
    expect(found.exitCode).toBe(json.status);
  });

  it.each([
    ["us-01.dcm", "blanked", true],
    ["flat.dcm", "nothing found", true],
    ["report.dcm", "nothing to examine", false],
    ["segmentation.dcm", "nothing to examine", false],
    ["notes.txt", "not DICOM", false],
    ["broken.dcm", "held", true],
    ["page.dcm", "held", true],
  ])("judges %s as %s, and the others go on", (name, verdict, examined) => {
    expect(reportOf(name)).toMatchObject({ verdict, examined });
  });

  it("says why a file would be held, and exits with 3", () => {
    expect(reportOf("broken.dcm").reasons.map(({ code }) => code)).toEqual(["PIXELS_NOT_EXAMINED"]);
    expect(reportOf("page.dcm").reasons.map(({ code }) => code)).toEqual(["PAGE_OF_TEXT"]);
    expect([told.status, json.status]).toEqual([3, 3]);
    expect(told.stdout).toMatch(/would be held\n {2}PIXELS_NOT_EXAMINED \S+/);
  });

  it("shows a box around planted text, in every frame that has it", () => {
    const us = reportOf("us-01.dcm");
    expect(covered({ text: "EXEMPLAR QUENTIN", x: 6, y: 4, scale: 2 }, us.findings, 1)).toBeGreaterThan(0.95);
    const { findings } = reportOf("cine.dcm");
    for (let frame = 1; frame <= CINE_FRAMES; frame++)
      expect(covered(CINE_TEXT, findings, frame)).toBeGreaterThan(0.95);
    expect(covered(CINE_CLOCK, findings, 3)).toBeGreaterThan(0.95);
  });

  it("tells what is the same in all frames once", () => {
    const everywhere = reportOf("cine.dcm").findings.filter(
      ({ frames }) => frames.length === 1 && frames[0]![0] === 1,
    );
    expect(everywhere.some(({ frames }) => frames[0]![1] === CINE_FRAMES)).toBe(true);
    expect(told.stdout).toMatch(/^ {2}all 4 +text +\d+ +\d+ +\d+ +\d+ +\d+\.\d (sure|likely|doubtful)$/m);
  });

  it("tells class, transfer syntax, size, and how many files came to what", () => {
    expect(told.stdout).toContain(
      "Ultrasound Image Storage · Explicit VR Little Endian · 1 frame of 320 × 240\n",
    );
    expect(told.stdout).toMatch(/\n8 files: .* held, 2 with nothing to examine, 1 not DICOM\n$/);
    const summary = told.stdout.trimEnd().split("\n").at(-1)!;
    const counts = [...summary.slice(summary.indexOf(":")).matchAll(/\d+/g)].map(Number);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(8);
    expect(told.stdout).not.toContain("\u001b");
  });

  it("never tells what the text says", () => {
    const identifiers = SAMPLE_FILES.flatMap((name) => samples.get(name)!.identifiers);
    const out = [told, json]
      .map(({ stdout, stderr }) => stdout + stderr)
      .join("\n")
      .toUpperCase();
    expect(WORDS.length).toBeGreaterThan(8);
    expect([...WORDS, ...identifiers].filter((word) => out.includes(word.toUpperCase()))).toEqual([]);
  });

  it("writes pictures of the first frame and of those with findings, for their owner alone", () => {
    const names = found.files.flatMap(({ pictures }) => pictures.map((path) => basename(path)));
    expect(names).toEqual(
      expect.arrayContaining(["us-01-frame-001.png", "flat-frame-001.png", "page-frame-001.png"]),
    );
    expect(names.filter((name) => name.startsWith("cine-"))).toEqual(
      [1, 2, 3, 4].map((frame) => `cine-frame-00${frame}.png`),
    );
    expect(readdirSync(join(work, "pictures")).sort()).toEqual([...names].sort());
    expect(reportOf("broken.dcm").pictures).toEqual([]);
    const modes = [join(work, "pictures"), ...found.files.flatMap(({ pictures }) => pictures)].map(
      (path) => statSync(path).mode & 0o777,
    );
    expect(new Set(modes.slice(1))).toEqual(new Set([0o600]));
    expect(modes[0]).toBe(0o700);
    expect(json.stderr).toContain("never share");
    expect(told.stderr).toBe("");
  });

  itWithTool(
    "pil",
    "writes pictures that others can read, with the text boxed in orange, and on the right gone, and the rest as it was",
    ({ pil: python }) => {
      const script = `
import sys, PIL.Image
image = PIL.Image.open(sys.argv[1]); image.load()
image = image.convert("RGB")
left = [image.getpixel((x, y)) for y in range(240) for x in range(320)]
right = [image.getpixel((656 + x, y)) for y in range(4, 18) for x in range(6, 190)]
grey = [(x, y) for y in range(40, 200) for x in range(320) if image.getpixel((x, y))[0] > 20]
same = [image.getpixel((x, y)) == image.getpixel((656 + x, y)) for x, y in grey]
print(image.size[0], image.size[1] > 240, (230, 159, 0) in left, (255, 255, 255) in left, max(right) == (0, 0, 0))
print(len(grey) > 5000, sum(same) / len(same) > 0.8)
`;
      const [picture = ""] = reportOf("us-01.dcm").pictures;
      const judged = spawnSync(python, ["-c", script, picture], { encoding: "utf8" });
      expect(judged.stderr).toBe("");
      expect(judged.stdout.trim()).toBe("976 True True True True\nTrue True");
    },
  );
});

describe("what elpis pixels says would be held", { timeout: 120_000 }, () => {
  it("is what elpis deidentify holds, for the same reasons", async () => {
    const files = ["us-01.dcm", "cine.dcm", "flat.dcm", "report.dcm", "broken.dcm", "page.dcm"].map(at);
    const env = { XDG_CONFIG_HOME: join(work, "config") };
    const ran = await elpisInProcess(
      ["deidentify", ...files, "--out", join(work, "out"), "--jobs", "1"],
      env,
    );
    const lines = readFileSync(join(work, "out.held/held.jsonl"), "utf8").trimEnd().split("\n");
    const held = lines.map((line) => JSON.parse(line) as { path: string; reasons: unknown });
    const { stdout, status } = await elpis(...files, "--json");
    const said = document.parse(JSON.parse(stdout)).files.filter(({ verdict }) => verdict === "held");
    const byName = (a: readonly [string, unknown], b: readonly [string, unknown]) => (a[0] < b[0] ? -1 : 1);
    expect(said.map(({ file, reasons }) => [basename(file), reasons] as const).sort(byName)).toEqual(
      held.map(({ path, reasons }) => [basename(path), reasons] as const).sort(byName),
    );
    expect([ran.status, status, said.length >= 2]).toEqual([3, 3, true]);
  });
});
