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
import { seededRandom } from "../../src/base/index.js";
import { encodeSiteKey } from "../../src/deid/index.js";
import { parseManifest } from "../../src/ledger/index.js";
import { scratchFolder } from "../support/scratch.js";
import { install } from "../support/snippets.js";
import { rounds } from "../support/soak.js";
import { ctFile } from "./input.js";

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const MIB = 1024 * 1024;
const ownPixels = 64;

/** A CT instance whose Pixel Data is a hole of `length` bytes: large to read, and nothing on disk. */
function writeSparse(path: string, length: number): void {
  const bytes = ctFile(0, 0, 0, ownPixels, seededRandom(1));
  const header = bytes.length - ownPixels;
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(header - 4, length, true);
  mkdirSync(dirname(path), { recursive: true });
  const fd = openSync(path, "w");
  writeSync(fd, bytes, 0, header);
  ftruncateSync(fd, header + length);
  closeSync(fd);
}

/** Runs the compiled program, as a user does, in a process of its own; returns its peak memory in bytes. */
function peakMemory(main: string, folder: string, input: string, out: string): number {
  const report = 'process.on("exit",()=>console.error("peak "+process.resourceUsage().maxRSS))';
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      "--import",
      `data:text/javascript,${encodeURIComponent(report)}`,
      main,
      ...["deidentify", join(folder, input), "--out", join(folder, out)],
      ...["--site-key", join(folder, "site.key"), "--jobs", "2"],
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

  it("takes hardly more memory than a small one, and comes out whole", async () => {
    const folder = scratchFolder();
    writeFileSync(join(folder, "site.key"), encodeSiteKey(new Uint8Array(32).fill(9)), { mode: 0o600 });
    const length = rounds(300, 3000) * MIB;
    writeSparse(join(folder, "large/ct"), length);
    writeSparse(join(folder, "small/ct"), ownPixels);
    const main = join(installation.folder, "node_modules/elpis/dist/cli/main.js");
    const small = peakMemory(main, folder, "small", "small-out");
    const large = peakMemory(main, folder, "large", "large-out");
    expect(large - small).toBeLessThan(40 * MIB);
    expect(large).toBeLessThan(150 * MIB);
    const manifest = parseManifest(readFileSync(join(folder, "large-out/release.json"), "utf8"));
    const [instance] = manifest.instances;
    expect(instance!.size).toBeGreaterThan(length);
    expect(await sha256Of(join(folder, "large-out", instance!.path))).toBe(instance!.sha256);
  });
});
