// Reading and splicing against the floor of the machine: copying the file's bytes once.
//   npx tsx bench/tokenise.ts [file.dcm …]
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import {
  type ByteSource,
  buildFile,
  Edits,
  encodeText,
  joinParts,
  memorySource,
  type PlainDataSet,
  type PlainValue,
  ROOT,
  readFile,
  Tags,
  writeFile,
} from "../src/dicom/index.js";

/** A CT slice of 512 × 512 × 16 bits with 260 elements, some of them private or nested. */
function slice(): Uint8Array {
  const plain: Record<string, PlainValue> = {
    PatientName: "Bench^Mark",
    PatientID: "B-1",
    StudyInstanceUID: "2.25.1",
    SeriesInstanceUID: "2.25.2",
    AccessionNumber: "A",
    ReferencedImageSequence: Array.from(
      { length: 10 },
      (_, i): PlainDataSet => ({
        ReferencedSOPClassUID: "1.2.840.10008.5.1.4.1.1.2",
        ReferencedSOPInstanceUID: `2.25.${i}`,
      }),
    ),
    PixelData: new Uint8Array(512 * 512 * 2),
  };
  for (let block = 0; block < 4; block++) {
    const group = (0x0009 + 2 * block).toString(16).padStart(4, "0");
    plain[`(${group},0010) LO`] = "BENCH";
    for (let i = 0; i < 50; i++) plain[`(${group},10${i.toString(16).padStart(2, "0")}) LO`] = `value ${i}`;
  }
  return buildFile({ ...plain, SOPClassUID: "1.2.840.10008.5.1.4.1.1.2", SOPInstanceUID: "2.25.3" });
}

/** Microseconds of one call: the best of seven rounds, since a shared machine only ever adds. */
function microseconds(call: () => unknown): number {
  for (let i = 0; i < 2000; i++) call();
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 7; round++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < 1000; i++) call();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e6);
  }
  return best;
}

/** Reads, renames the patient, removes a number, and hands out the parts; pixel data is passed on as a range. */
function edited(source: ByteSource) {
  const file = readFile(source);
  const edits = new Edits(file.data);
  edits.set(ROOT, { tag: Tags.PatientName, vr: "PN", value: encodeText("Some^Body", "PN") });
  edits.set(ROOT, { tag: Tags.PatientID, vr: "LO", value: encodeText("P-2", "LO") });
  const number = file.data.find(Tags.AccessionNumber);
  if (number >= 0) edits.remove(number);
  return writeFile(file, { data: edits });
}

function report(name: string, bytes: Uint8Array): void {
  const source = memorySource(bytes);
  const target = new Uint8Array(bytes.length);
  const floor = microseconds(() => target.set(bytes));
  const { count } = readFile(source).data.tokens;
  console.log(`${name}: ${bytes.length} bytes, ${count} elements and items`);
  const rows: [string, () => unknown][] = [
    ["copy the bytes (floor)", () => target.set(bytes)],
    ["read", () => readFile(source)],
    ["read, edit, splice", () => edited(source)],
    ["read, edit, splice, join", () => joinParts(edited(source))],
  ];
  for (const [what, call] of rows) {
    const time = microseconds(call);
    const ratio = (time / floor).toFixed(2);
    console.log(`  ${what.padEnd(26)}${time.toFixed(1).padStart(9)} µs${ratio.padStart(9)} × floor`);
  }
}

const paths = process.argv.slice(2);
if (paths.length === 0) report("synthetic CT slice", slice());
for (const path of paths) report(basename(path), new Uint8Array(readFileSync(path)));
