import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { elpisInProcess } from "../../test/support/cli.js";
import { encapsulatedFile, nativeFile } from "../../test/support/pixel-files.js";
import { itWithTool } from "../../test/support/tools.js";
import { TransferSyntax } from "../dicom/index.js";
import type { Box, PixelFormat } from "../pixels/index.js";
import { burnIn } from "./samples/font.js";
import { sampleStudies } from "./samples/index.js";

const grey = (rows: number, columns: number): PixelFormat => ({
  rows,
  columns,
  samplesPerPixel: 1,
  bitsAllocated: 8,
  bitsStored: 8,
  highBit: 7,
  isSigned: false,
  planarConfiguration: 0,
  photometric: "MONOCHROME2",
});

/** Words as the sample font draws them: six dots a letter, seven high. */
interface Planted {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}
const inkOf = ({ text, x, y, scale }: Planted): Box => ({
  left: x,
  top: y,
  width: (6 * text.length - 1) * scale,
  height: 7 * scale,
});

const [CINE_ROWS, CINE_COLUMNS, CINE_FRAMES] = [96, 160, 4];
const CINE_TEXT: Planted = { text: "ZEBEDEE 4711", x: 8, y: 8, scale: 2 };
const CINE_CLOCK: Planted = { text: "12:07:45", x: 60, y: 70, scale: 2 };
const LINES: readonly Planted[] = [
  { text: "QUARTERMAIN ALLAN", x: 8, y: 20, scale: 2 },
  { text: "BORN 12.04.1951", x: 8, y: 80, scale: 2 },
  { text: "MOUNT SANITAS HOSPITAL", x: 8, y: 140, scale: 2 },
  { text: "ID 5550-4711-2203", x: 8, y: 200, scale: 2 },
  { text: "DR. LIVESEY  WARD 7", x: 8, y: 260, scale: 2 },
];
const WORDS = [CINE_TEXT, ...LINES].flatMap(({ text }) => text.split(" ")).filter((word) => word.length > 3);

/** Frames of a moving gradient under a title that stays, and a clock in the third alone. */
function cine(): Uint8Array {
  const size = CINE_ROWS * CINE_COLUMNS;
  const value = new Uint8Array(CINE_FRAMES * size);
  for (let frame = 0; frame < CINE_FRAMES; frame++) {
    const pixels = value.subarray(frame * size, (frame + 1) * size);
    for (let y = 32; y < CINE_ROWS; y++) {
      for (let x = 0; x < CINE_COLUMNS; x++) pixels[y * CINE_COLUMNS + x] = (x + 20 * frame) % 90;
    }
    burnIn(pixels, CINE_COLUMNS, CINE_TEXT.text, CINE_TEXT);
    if (frame === 2) burnIn(pixels, CINE_COLUMNS, CINE_CLOCK.text, CINE_CLOCK);
  }
  return nativeFile(grey(CINE_ROWS, CINE_COLUMNS), CINE_FRAMES, value, { SOPInstanceUID: "2.25.101" });
}

function page(): Uint8Array {
  const [rows, columns] = [300, 280];
  const pixels = new Uint8Array(rows * columns);
  for (const line of LINES) burnIn(pixels, columns, line.text, line);
  return nativeFile(grey(rows, columns), 1, pixels, {
    BurnedInAnnotation: "YES",
    SOPInstanceUID: "2.25.102",
  });
}

/** One RLE segment (PS3.5 G.5) that ends before the frame does. */
function broken(): Uint8Array {
  const frame = new Uint8Array(70);
  frame.set([1, 0, 0, 0, 64]);
  frame.set([129, 7, 129, 9], 64);
  return encapsulatedFile(grey(16, 32), 1, [new Uint8Array(0), frame], TransferSyntax.RLELossless, {
    SOPInstanceUID: "2.25.103",
  });
}

const samples = new Map([...sampleStudies(7)].map((sample) => [sample.path, sample]));
const SAMPLE_FILES = [
  "ultrasound/us-01.dcm",
  "HEADCT/CT01",
  "HEADCT/report.dcm",
  "HEADCT/segmentation.dcm",
  "odd/notes.txt",
];

let work: string;
const at = (name: string): string => join(work, basename(name));
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), "elpis-pixels-"));
  for (const name of SAMPLE_FILES) writeFileSync(at(name), samples.get(name)!.bytes);
  writeFileSync(at("cine.dcm"), cine());
  writeFileSync(at("page.dcm"), page());
  writeFileSync(at("flat.dcm"), nativeFile(grey(48, 64), 1, new Uint8Array(48 * 64).fill(90)));
  writeFileSync(at("broken.dcm"), broken());
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const elpis = (...args: string[]) =>
  elpisInProcess(["pixels", ...args], { XDG_CONFIG_HOME: join(work, "config") });

const wholeNumber = z.int().nonnegative();
const finding = z.strictObject({
  kind: z.enum(["text", "outside regions", "device rule", "mark", "residual text"]),
  left: wholeNumber,
  top: wholeNumber,
  width: z.int().positive(),
  height: z.int().positive(),
  frames: z.array(z.tuple([z.int().positive(), z.int().positive()])).min(1),
  score: z.number().nullable(),
});
const document = z.strictObject({
  exitCode: z.int(),
  profile: z.strictObject({ name: z.string(), digest: z.string().regex(/^[0-9a-f]{64}$/) }),
  textFinder: z.string().min(8),
  counts: z.strictObject({
    "nothing found": wholeNumber,
    "marks stay": wholeNumber,
    blanked: wholeNumber,
    held: wholeNumber,
    "nothing to examine": wholeNumber,
    "not DICOM": wholeNumber,
  }),
  files: z.array(
    z.strictObject({
      file: z.string(),
      verdict: z.enum(["nothing found", "marks stay", "blanked", "held", "nothing to examine", "not DICOM"]),
      examined: z.boolean(),
      why: z.string().nullable(),
      sopClass: z.string().nullable(),
      transferSyntax: z.string().nullable(),
      writtenAs: z.string().nullable(),
      rows: wholeNumber.nullable(),
      columns: wholeNumber.nullable(),
      frames: wholeNumber.nullable(),
      reasons: z.array(z.strictObject({ code: z.string(), detail: z.string() })),
      findings: z.array(finding),
      blankedShare: z.number().min(0).max(1).nullable(),
      pictures: z.array(z.string()),
    }),
  ),
});

/** The share of the planted ink's box that the findings of a frame cover. */
function covered(planted: Planted, findings: readonly z.infer<typeof finding>[], frame: number): number {
  const ink = inkOf(planted);
  const boxes = findings.filter(
    ({ kind, frames }) => kind === "text" && frames.some(([first, last]) => first <= frame && frame <= last),
  );
  let inside = 0;
  for (let y = ink.top; y < ink.top + ink.height; y++) {
    for (let x = ink.left; x < ink.left + ink.width; x++) {
      const isIn = boxes.some(
        ({ left, top, width, height }) => x >= left && x < left + width && y >= top && y < top + height,
      );
      if (isIn) inside++;
    }
  }
  return inside / (ink.width * ink.height);
}

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

describe("elpis pixels with a profile", { timeout: 60_000 }, () => {
  const profile = (name: string, lines: readonly string[]): string => {
    const path = join(work, `${name}.yaml`);
    writeFileSync(path, [`name: ${name}`, "extends: research", ...lines, ""].join("\n"));
    return path;
  };

  it("blanks what the site's device rules name", async () => {
    const rules = profile("rules", [
      "devices:",
      '  - {manufacturer: "*", model: Phantom*, rows: 64, columns: 96, blank: [[50, 40, 30, 20]], reason: a test}',
    ]);
    const about = { Manufacturer: "Nobody", ManufacturerModelName: "Phantom 1" };
    writeFileSync(at("ruled.dcm"), nativeFile(grey(64, 96), 1, new Uint8Array(64 * 96), about));
    const { stdout, status } = await elpis(at("ruled.dcm"), "--profile", rules, "--json");
    expect(status).toBe(0);
    const [report] = document.parse(JSON.parse(stdout)).files;
    expect(report!.findings).toEqual([
      { kind: "device rule", left: 50, top: 40, width: 30, height: 20, frames: [[1, 1]], score: null },
    ]);
    expect(report!.blankedShare).toBe(0.098);
  });

  it("examines also where the profile would not have it, and says so", async () => {
    const { stdout, status } = await elpis(
      at("page.dcm"),
      "--profile",
      profile("vetted", ["pixels: vetted"]),
    );
    expect(status).toBe(3);
    expect(stdout).toMatch(/^The profile vetted says "pixels: vetted"; examined all the same\.\n/);
  });
});

describe("the arguments of elpis pixels", { timeout: 60_000 }, () => {
  const shared = () => {
    mkdirSync(join(work, "shared/inner"), { recursive: true });
    writeFileSync(join(work, "shared/release.json"), "{}");
    return join(work, "shared/inner");
  };
  const foreign = () => {
    mkdirSync(join(work, "foreign"), { recursive: true });
    writeFileSync(join(work, "foreign/letter.txt"), "mine");
    return join(work, "foreign");
  };

  it.each([
    ["no file", () => [], "too few arguments"],
    ["a file that is not there", () => [join(work, "none.dcm")], "does not exist"],
    ["a folder", () => [work], "is a folder"],
    ["--all-frames alone", () => [at("CT01"), "--all-frames"], "--png is missing"],
    ["a profile that is none", () => [at("CT01"), "--profile", "reserch"], "did you mean research"],
    [
      "pictures in a release",
      () => [at("CT01"), "--png", join(shared(), "pictures")],
      "lies inside the release",
    ],
    ["pictures among other files", () => [at("CT01"), "--png", foreign()], "holds other files"],
    ["pictures in place of a file", () => [at("CT01"), "--png", at("CT01")], "is a file"],
  ])("are refused: %s", async (_, args, message) => {
    const ran = await elpis(...args());
    expect(ran).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining(message) });
    expect(existsSync(join(work, "shared/inner/pictures"))).toBe(false);
    expect(existsSync(join(work, "foreign/CT01-frame-001.png"))).toBe(false);
  });

  it("draw every frame when asked, again in the same folder, and two files of one name apart", async () => {
    mkdirSync(join(work, "twin"));
    const still = nativeFile(grey(32, 32), 2, new Uint8Array(2 * 32 * 32));
    writeFileSync(at("still.dcm"), still);
    writeFileSync(join(work, "twin/Still.dcm"), still);
    const args = [at("still.dcm"), join(work, "twin/Still.dcm"), "--png", join(work, "all"), "--json"];
    const first = await elpis(...args);
    const names = (stdout: string) =>
      document
        .parse(JSON.parse(stdout))
        .files.flatMap(({ pictures }) => pictures.map((path) => basename(path)));
    expect(names(first.stdout)).toEqual(["still-frame-001.png", "Still-2-frame-001.png"]);
    const second = await elpis(...args, "--all-frames");
    expect(names(second.stdout)).toEqual([
      "still-frame-001.png",
      "still-frame-002.png",
      "Still-2-frame-001.png",
      "Still-2-frame-002.png",
    ]);
    expect(readFileSync(join(work, "all/still-frame-001.png")).subarray(1, 4).toString()).toBe("PNG");
  });
});
