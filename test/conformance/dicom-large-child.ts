// Run by dicom-large.test.ts in a process of its own, whose memory is measured: `dicom-large-child.ts in out all|ends`.
// Edits a file through ranges and copies it, every byte or only the ends of what is passed on.
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import {
  type ByteSource,
  Edits,
  isGenerated,
  newElement,
  type OutputPart,
  partLength,
  ROOT,
  readFile,
  Tags,
  writeFile,
} from "../../src/dicom/index.js";

const STEP = 1 << 20;

/** What the child prints: one line of JSON. */
export interface LargeReport {
  readonly peakMiB: number;
  readonly size: number;
  readonly written: number;
  readonly bytesRead: number;
}

const [input = "", output = "", how = "all"] = process.argv.slice(2);
const fd = openSync(input, "r");
let bytesRead = 0;

function readAt(target: Uint8Array, offset: number): Uint8Array {
  let done = 0;
  while (done < target.length) {
    const count = readSync(fd, target, done, target.length - done, offset + done);
    if (count === 0) throw new Error("the file has become shorter");
    done += count;
  }
  bytesRead += done;
  return target;
}

const source: ByteSource = {
  size: fstatSync(fd).size,
  read: (offset, length) => readAt(new Uint8Array(length), offset),
};

/** Writes the parts one after the other; blocks of zeros become holes, so that the copy is as sparse. */
function copy(parts: readonly OutputPart[], target: number): number {
  const block = new Uint8Array(STEP);
  const zeros = new Uint8Array(STEP);
  let at = 0;
  for (const part of parts) {
    if (isGenerated(part)) throw new Error("nothing is to be made");
    if (part instanceof Uint8Array) writeSync(target, part, 0, part.length, at);
    else {
      const length = part.end - part.start;
      for (let from = 0; from < length; from += STEP) {
        if (how === "ends" && from >= STEP && from + 2 * STEP < length) continue;
        const bytes = readAt(block.subarray(0, Math.min(STEP, length - from)), part.start + from);
        if (Buffer.compare(bytes, zeros.subarray(0, bytes.length)) !== 0)
          writeSync(target, bytes, 0, bytes.length, at + from);
      }
    }
    at += partLength(part) ?? 0;
  }
  ftruncateSync(target, at);
  return at;
}

const file = readFile(source);
const edits = new Edits(file.data);
edits.set(ROOT, newElement(Tags.PatientName, "Somebody^Else"));
edits.set(ROOT, newElement(Tags.PatientID, "NEW"));
edits.remove(file.data.find(Tags.AccessionNumber));
const target = openSync(output, "w");
const written = copy(writeFile(file, { data: edits }), target);
closeSync(target);
// Linux hands maxRSS down from the process that forked this one, so its own high-water mark is read there.
const status = process.platform === "linux" ? readFileSync("/proc/self/status", "utf8") : "";
const highWater = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
const report: LargeReport = { peakMiB: highWater / 1024, size: source.size, written, bytesRead };
process.stdout.write(JSON.stringify(report));
