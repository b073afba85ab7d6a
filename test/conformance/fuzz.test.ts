import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { concatBytes, latin1, utf8 } from "../../src/base/index.js";
import { TransferSyntax } from "../../src/dicom/index.js";
import {
  ITEM_END,
  implicitElement,
  item,
  longElement,
  partTen,
  SEQUENCE_END,
  shortElement,
  UNDEFINED,
} from "../support/dicom-seeds.js";
import { rounds } from "../support/soak.js";
import type { FuzzReport } from "./fuzz-child.js";

const child = join(dirname(fileURLToPath(import.meta.url)), "fuzz-child.ts");
const scratch = mkdtempSync(join(tmpdir(), "elpis-fuzz-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const MAX_MIB = 256;
const MAX_MS = 2000;
/** Files per process: a hang is then known by its process, and memory cannot hide in a long run. */
const BATCH = 20_000;

/** Runs the child; it is killed when it takes as long as only a hang can take. */
function run(args: readonly string[], limitMs: number): Promise<FuzzReport> {
  return new Promise((resolve, reject) => {
    const process_ = spawn(process.execPath, ["--import", "tsx", child, ...args], { timeout: limitMs });
    let [output, errors] = ["", ""];
    process_.stdout.on("data", (text) => (output += text));
    process_.stderr.on("data", (text) => (errors += text));
    process_.on("close", (code, signal) => {
      if (code === 0) resolve(JSON.parse(output) as FuzzReport);
      else reject(new Error(`${args.join(" ")}: ended with ${code ?? signal}\n${errors}`));
    });
  });
}

describe("mutated files", () => {
  it("are read, or refused with a typed error: no crash, no hang, no memory", async () => {
    const total = rounds(4000, 220_000);
    let read = 0;
    let refusals = 0;
    for (let seed = 1; (seed - 1) * BATCH < total; seed++) {
      const count = Math.min(BATCH, total - (seed - 1) * BATCH);
      const report = await run([String(seed), String(count)], 30_000 + count * 20);
      expect(report.failures).toEqual([]);
      expect(report.slowestMs).toBeLessThan(MAX_MS);
      expect(report.peakMiB).toBeLessThan(MAX_MIB);
      read += report.read;
      refusals += Object.values(report.refused).reduce((sum, times) => sum + times, 0);
    }
    expect(read + refusals).toBe(total);
    // Mutations that break everything, or nothing, would test little.
    expect(read).toBeGreaterThan(total / 10);
    expect(refusals).toBeGreaterThan(total / 10);
  });
});

const MIB = 1 << 20;
const empty = shortElement(0x0008, 0x0060, "CS", new Uint8Array(0));
const deflated = (data: Uint8Array) =>
  partTen(deflateRawSync(data, { level: 1 }), TransferSyntax.DeflatedExplicitVRLittleEndian);
const filled = (bytes: number, piece: Uint8Array) => new Uint8Array(Buffer.alloc(bytes, piece));
const nested = (levels: number) =>
  concatBytes(
    Array.from({ length: levels }, () =>
      concatBytes([longElement(0x0008, 0x1115, "SQ", UNDEFINED), item(UNDEFINED)]),
    ),
  );
/** UN values in each other, the innermost of which is no sequence. */
function unknowns(levels: number, core: Uint8Array): Uint8Array {
  let value = core;
  for (let i = 0; i < levels; i++)
    value = longElement(0x0009, 0x1001, "UN", value.length + 8, item(value.length, value));
  return value;
}

/** Files that are small, or ordinary in size, and made to cost much. */
const BOMBS: readonly (readonly [string, () => Uint8Array])[] = [
  [
    "a data set that deflates from 1 GB of zeros",
    () => deflated(longElement(0x7fe0, 0x0010, "OW", 1 << 30, new Uint8Array(300 * MIB))),
  ],
  ["a deflated data set of 7 million elements", () => deflated(filled(60 * MIB, empty))],
  ["four million elements", () => partTen(filled(30 * MIB, empty))],
  [
    "four million empty items",
    () => {
      const items = filled(30 * MIB, item(0));
      return partTen(longElement(0x0008, 0x1115, "SQ", items.length, items));
    },
  ],
  [
    "a hundred thousand values that begin like a sequence and are none",
    () =>
      partTen(
        filled(
          28 * 100_000,
          longElement(0x0009, 0x1001, "UN", 16, concatBytes([item(0), empty.slice(0, 8)])),
        ),
      ),
  ],
  ["a hundred thousand nested sequences", () => partTen(nested(100_000))],
  [
    "sixty nested values of VR UN around half a megabyte that is no item",
    () => partTen(unknowns(60, filled(MIB / 2, empty.subarray(1)))),
  ],
  [
    "sixty nested values of VR UN around many elements and a broken one",
    () => partTen(unknowns(60, concatBytes([filled(MIB, empty), latin1("broken")]))),
  ],
  [
    "ten megabytes of zeros before one byte that is not",
    () =>
      partTen(
        concatBytes([filled(10 * MIB, Uint8Array.of(0)), utf8("x")]),
        TransferSyntax.ImplicitVRLittleEndian,
      ),
  ],
  [
    "half a million fragments",
    () =>
      partTen(
        concatBytes([
          longElement(0x7fe0, 0x0010, "OB", UNDEFINED),
          filled(8 * 500_000, item(0)),
          SEQUENCE_END,
        ]),
        TransferSyntax.RLELossless,
      ),
  ],
  [
    "a data set set in a UN of undefined length a thousand times",
    () =>
      partTen(
        concatBytes(
          Array.from({ length: 1000 }, () =>
            concatBytes([
              longElement(0x0009, 0x1002, "UN", UNDEFINED),
              item(UNDEFINED),
              implicitElement(0x0008, 0x1030, latin1("text")),
              ITEM_END,
              SEQUENCE_END,
            ]),
          ),
        ),
      ),
  ],
  [
    "half a million items with a text each",
    () => {
      const one = shortElement(0x0008, 0x1030, "LO", latin1("ab"));
      const items = filled(18 * 500_000, item(one.length, one));
      return partTen(longElement(0x0008, 0x1115, "SQ", items.length, items));
    },
  ],
  [
    "a character set of 50,000 terms",
    () => {
      const terms = latin1("ISO_IR 100\\".repeat(50_000));
      const name = shortElement(0x0010, 0x0010, "PN", latin1("A^B "));
      return partTen(concatBytes([longElement(0x0008, 0x0005, "UN", terms.length, terms), name]));
    },
  ],
  [
    "a text of 30 megabytes",
    () => partTen(longElement(0x0040, 0xa160, "UT", 30 * MIB, filled(30 * MIB, latin1("text\\")))),
  ],
];

describe("a file made to exhaust the reader", () => {
  it.each(BOMBS)("costs little: %s", async (name, make) => {
    const path = join(scratch, `${name.replace(/\W/g, "-")}.dcm`);
    writeFileSync(path, make());
    const report = await run(["file", path], 100_000);
    expect(report.failures).toEqual([]);
    expect(report.slowestMs).toBeLessThan(MAX_MS);
    expect(report.peakMiB).toBeLessThan(MAX_MIB);
  });
});
