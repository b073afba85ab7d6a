import { spawnSync } from "node:child_process";
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { concatBytes, latin1 } from "../../src/base/index.js";
import {
  type ByteSource,
  type DicomFile,
  makeTag,
  readFile,
  Tags,
  TransferSyntax,
} from "../../src/dicom/index.js";
import { item, longElement, partTen, SEQUENCE_END, shortElement, UNDEFINED } from "../support/dicom-seeds.js";
import { soaking } from "../support/soak.js";
import type { LargeReport } from "./dicom-large-child.js";

const child = join(dirname(fileURLToPath(import.meta.url)), "dicom-large-child.ts");
const scratch = mkdtempSync(join(tmpdir(), "elpis-large-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const [MIB, GIB] = [1 << 20, 2 ** 30];
const PEAK_MIB = 150;

const header = concatBytes([
  shortElement(0x0008, 0x0050, "SH", latin1("ACC123")),
  shortElement(0x0010, 0x0010, "PN", latin1("Some^Body ")),
  shortElement(0x0028, 0x0008, "IS", latin1("6144")),
]);
const trailing = longElement(0xfffc, 0xfffc, "OB", 4, latin1("last"));

/** A sparse file: pieces of bytes, each at an offset from where the last one ended, with holes between. */
function sparse(
  name: string,
  pieces: Iterable<{ readonly skip: number; readonly bytes: Uint8Array }>,
): string {
  const path = join(scratch, name);
  const fd = openSync(path, "w");
  let at = 0;
  for (const { skip, bytes } of pieces) {
    at += skip;
    writeSync(fd, bytes, 0, bytes.length, at);
    at += bytes.length;
  }
  ftruncateSync(fd, at);
  closeSync(fd);
  return path;
}

/** Frames of 3 GiB behind one another, not compressed. */
function native(): string {
  const length = 3 * GIB;
  const head = partTen(concatBytes([header, longElement(0x7fe0, 0x0010, "OW", length)]));
  return sparse("native.dcm", [
    { skip: 0, bytes: head },
    { skip: length, bytes: trailing },
  ]);
}

/** `count` fragments of one size behind a basic offset table of none. */
function* fragments(count: number, length: number) {
  const start = concatBytes([header, longElement(0x7fe0, 0x0010, "OB", UNDEFINED), item(0)]);
  yield { skip: 0, bytes: partTen(start, TransferSyntax.JPEG2000Lossless) };
  for (let i = 0; i < count; i++) yield { skip: i === 0 ? 0 : length, bytes: item(length) };
  yield { skip: length, bytes: concatBytes([SEQUENCE_END, trailing]) };
}

function withFile<T>(path: string, use: (file: DicomFile) => T): T {
  const fd = openSync(path, "r");
  const source: ByteSource = {
    size: fstatSync(fd).size,
    read: (offset, length) => {
      const bytes = new Uint8Array(length);
      readSync(fd, bytes, 0, length, offset);
      return bytes;
    },
  };
  try {
    return use(readFile(source));
  } finally {
    closeSync(fd);
  }
}

describe("a file larger than memory should be asked to hold", () => {
  it.each<[string, () => string, boolean?]>([
    ["native frames of 3 GiB", native, true],
    ["2,500 fragments of 1 MiB", () => sparse("2500.dcm", fragments(2500, MIB))],
    ["30,000 fragments of 90 KB", () => sparse("30000.dcm", fragments(30_000, 90_000))],
    ["fragments beyond 4 GiB", () => sparse("4gib.dcm", fragments(9, GIB / 2 + 2))],
  ])("%s: read, edited and passed on range by range within 150 MB", (_, make, readBack = soaking) => {
    const path = make();
    const copy = `${path}.copy`;
    const args = ["--import", "tsx", child, path, copy, soaking ? "all" : "ends"];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(status, stderr).toBe(0);

    const report = JSON.parse(stdout) as LargeReport;
    expect(report.peakMiB).toBeLessThan(PEAK_MIB);
    // Accession Number went (14 bytes), the name grew by 4 and the Patient ID came (12).
    expect(report.written).toBe(report.size - 14 + 4 + 12);
    if (!soaking) expect(report.bytesRead).toBeLessThan(64 * MIB);
    const before = withFile(path, ({ data }) => data.length(data.find(Tags.PixelData)));
    // Without SOAK=1 the middle is not copied, where the headers of fragments lie.
    if (readBack)
      withFile(copy, ({ data }) => {
        expect(data.string(Tags.PatientName)).toBe("Somebody^Else");
        expect(data.string(Tags.PatientID)).toBe("NEW");
        expect(data.find(Tags.AccessionNumber)).toBe(-1);
        expect(data.length(data.find(Tags.PixelData))).toBe(before);
        expect(data.text(data.find(makeTag(0xfffc, 0xfffc)))).toBe("last");
      });
    rmSync(path);
    rmSync(copy);
  });
});
