// Run by speed.ts in a process of its own, whose memory is measured: `memory-child.ts FRAMES SEED`. Examines a cine
// that is made as it is read, and writes it, counting bytes. Prints the peak of its memory in MiB.
import { readFileSync } from "node:fs";
import { Edits, partBytes, readFile, writeFile } from "../../src/dicom/index.js";
import { examinePixels } from "../../src/pixels/examine.js";
import { openPixelTools } from "../../src/pixels/node.js";
import { cineFrames, endlessCine } from "./cine.js";
import { POLICY } from "./detectors.js";

const [count = "20", seed = "1"] = process.argv.slice(2);
const few = cineFrames(10, Number(seed));
const file = readFile(endlessCine(few, Number(count)));
const result = examinePixels(file, await openPixelTools(), POLICY);
let bytes = 0;
if (result.kind === "passed") {
  const edits = new Edits(file.data);
  result.pixels.apply(edits);
  for (const part of writeFile(file, { data: edits }))
    for (const some of partBytes(part, 1 << 20)) bytes += some.length;
}
// Linux hands maxRSS down from the process that forked this one, so its own high-water mark is read there.
const status = process.platform === "linux" ? readFileSync("/proc/self/status", "utf8") : "";
const highWater = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
process.stdout.write(JSON.stringify({ peakMiB: highWater / 1024, kind: result.kind, bytes }));
