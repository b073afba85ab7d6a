// Run by pixels-outside.test.ts in a process of its own, whose memory is measured: `pixels-flat-child.ts SYNTAX FRAMES`.
// Blanks every frame of a file that is made as it is read, and counts the bytes that are written.
import { readFileSync } from "node:fs";
import { concatBytes } from "../../src/base/index.js";
import {
  type ByteSource,
  Edits,
  partBytes,
  readFile,
  transferSyntaxInfo,
  writeFile,
} from "../../src/dicom/index.js";
import { codecFor } from "../../src/pixels/codecs/index.js";
import { openCodecsFromPackage } from "../../src/pixels/codecs/load.node.js";
import { framesOf } from "../../src/pixels/frames.js";
import { blankedPixels } from "../../src/pixels/write-back.js";
import { madeFrame, pixelFormat } from "../support/codec-frames.js";
import { item, SEQUENCE_END } from "../support/dicom-seeds.js";
import { encapsulatedFile, nativeFile } from "../support/pixel-files.js";

/** What the child prints: one line of JSON. */
export interface FlatReport {
  readonly peakMiB: number;
  readonly written: number;
}

const [syntax = "", frames = "1"] = process.argv.slice(2);
const count = Number(frames);
const format = pixelFormat({ rows: 256, columns: 256, bitsAllocated: 16, bitsStored: 12 });
const frame = madeFrame(format, "waves");
const isNative = transferSyntaxInfo(syntax)?.encapsulated !== true;
await openCodecsFromPackage();

/** `head`, then `unit` again and again, then `tail`: nothing is held but these. */
function repeated(head: Uint8Array, unit: Uint8Array, tail: Uint8Array): ByteSource {
  const end = head.length + unit.length * count;
  const read = (offset: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; ) {
      const at = offset + i;
      const [piece, from] =
        at < head.length
          ? [head, at]
          : at < end
            ? [unit, (at - head.length) % unit.length]
            : [tail, at - end];
      const run = piece.subarray(from, from + length - i);
      if (run.length === 0) throw new RangeError("beyond the end");
      bytes.set(run, i);
      i += run.length;
    }
    return bytes;
  };
  return { size: end + tail.length, read };
}

function source(): ByteSource {
  if (isNative) {
    const unit = new Uint8Array(frame.samples.buffer);
    const head = nativeFile(format, count, new Uint8Array(0), {}, syntax);
    new DataView(head.buffer, head.byteOffset).setUint32(head.length - 4, unit.length * count, true);
    return repeated(head, unit, new Uint8Array(0));
  }
  const bytes = codecFor(syntax)!.encode!(frame);
  const even = bytes.length % 2 === 0 ? bytes : concatBytes([bytes, new Uint8Array(1)]);
  const whole = encapsulatedFile(format, count, [new Uint8Array(0)], syntax);
  return repeated(whole.subarray(0, -SEQUENCE_END.length), item(even.length, even), SEQUENCE_END);
}

const file = readFile(source());
const found = framesOf(file);
if (found.kind === "none") throw new Error(found.reason);
const pixels = blankedPixels(file, found, () => [{ left: 10, top: 10, width: 50, height: 20 }]);
const edits = new Edits(file.data);
pixels.apply(edits);
let written = 0;
for (const part of writeFile(file, { data: edits }))
  for (const bytes of partBytes(part, 1 << 20)) written += bytes.length;
// Linux hands maxRSS down from the process that forked this one, so its own high-water mark is read there.
const status = process.platform === "linux" ? readFileSync("/proc/self/status", "utf8") : "";
const highWater = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
const report: FlatReport = { peakMiB: highWater / 1024, written };
process.stdout.write(JSON.stringify(report));
