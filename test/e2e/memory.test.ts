import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  createReadStream,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { encodeSiteKey } from "../../src/deid/index.js";
import { buildFile, SopClass } from "../../src/dicom/index.js";
import { parseManifest } from "../../src/ledger/index.js";
import { scratchFolder } from "../support/scratch.js";
import { install } from "../support/snippets.js";
import { rounds } from "../support/soak.js";
import { writeHoldProfile } from "./input.js";

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const MIB = 1024 * 1024;
/** Bytes of 1024 × 1024 pixels of 16 bits. */
const FRAME = 2 * MIB;

/** A CT instance of many frames whose Pixel Data is a hole: large to read, and nothing on disk. */
function writeSparse(path: string, frames: number): void {
  const bytes = buildFile({
    SOPClassUID: SopClass["Enhanced CT Image Storage"]!,
    SOPInstanceUID: "1.2.826.0.1.3680043.8.498.78.1.1.1",
    StudyInstanceUID: "1.2.826.0.1.3680043.8.498.78.1",
    SeriesInstanceUID: "1.2.826.0.1.3680043.8.498.78.1.1",
    PatientName: "Testperson^Greta",
    PatientID: "MRN-80001",
    Modality: "CT",
    SamplesPerPixel: 1,
    NumberOfFrames: frames,
    Rows: 1024,
    Columns: 1024,
    PhotometricInterpretation: "MONOCHROME2",
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 0,
    "(7FE0,0010) OW": new Uint8Array(0),
  });
  const length = frames * FRAME;
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(bytes.length - 4, length, true);
  mkdirSync(dirname(path), { recursive: true });
  const fd = openSync(path, "w");
  writeSync(fd, bytes);
  ftruncateSync(fd, bytes.length + length);
  closeSync(fd);
}

/** Runs the compiled program, as a user does, in a process of its own; returns its peak memory in bytes. */
function peakMemory(main: string, folder: string, profile: string, input: string, out: string): number {
  const report = 'process.on("exit",()=>console.error("peak "+process.resourceUsage().maxRSS))';
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      "--import",
      `data:text/javascript,${encodeURIComponent(report)}`,
      main,
      ...["deidentify", join(folder, input), "--out", join(folder, out)],
      ...["--site-key", join(folder, "site.key"), "--profile", profile, "--jobs", "2"],
    ],
    { encoding: "utf8" },
  );
  expect(status, stderr).toBe(0);
  return Number(/peak (\d+)/.exec(stderr)![1]) * 1024;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const block of createReadStream(path)) hash.update(block);
  return hash.digest("hex");
}

describe("a file too large to hold", () => {
  const { dependencies } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  const installation = install(repository, Object.keys(dependencies));
  afterAll(() => installation.remove());

  // What examines pixels takes its own memory, and no more for many frames than for one.
  it.each([
    ["examined", "research", 400 * MIB],
    ["not looked at", "hold", 150 * MIB],
  ])("takes hardly more memory than a small one, and comes out whole: %s", async (_, mode, most) => {
    const folder = scratchFolder();
    const profile = mode === "hold" ? writeHoldProfile(folder) : mode;
    writeFileSync(join(folder, "site.key"), encodeSiteKey(new Uint8Array(32).fill(9)), { mode: 0o600 });
    const frames = rounds(150, 1500);
    writeSparse(join(folder, "large/ct"), frames);
    writeSparse(join(folder, "small/ct"), 1);
    const main = join(installation.folder, "node_modules/elpis/dist/cli/main.js");
    const small = peakMemory(main, folder, profile, "small", "small-out");
    const large = peakMemory(main, folder, profile, "large", "large-out");
    expect(large - small).toBeLessThan(40 * MIB);
    expect(large).toBeLessThan(most);
    const manifest = parseManifest(readFileSync(join(folder, "large-out/release.json"), "utf8"));
    const [instance] = manifest.instances;
    expect(instance!.size).toBeGreaterThan(frames * FRAME);
    expect(await sha256Of(join(folder, "large-out", instance!.path))).toBe(instance!.sha256);
  });
});
