import {
  concatBytes,
  isElpisError,
  pick,
  type Random,
  randomInt,
  seededRandom,
} from "../../src/base/index.js";
import {
  type DicomFile,
  Edits,
  joinParts,
  makeTag,
  newElement,
  padded,
  ROOT,
  Tags,
  transferSyntaxInfo,
  writeFile,
} from "../../src/dicom/index.js";
import type { PixelTools } from "../../src/pixels/examination.js";
import { examinePixels } from "../../src/pixels/examine.js";
import { mutated } from "../../test/support/codec-frames.js";
import { item } from "../../test/support/dicom-seeds.js";
import { opened } from "../../test/support/pixel-files.js";
import { POLICY } from "./detectors.js";
import { KINDS, madeFile, SYNTAXES } from "./made-files.js";
import { type Run, scaled } from "./report.js";
import { pixelBytes, written } from "./written.js";

/** Rows, Columns, Number of Frames, bits, samples and sign: what says how Pixel Data are to be read. */
const HEADER = [
  ["Samples per Pixel", makeTag(0x0028, 0x0002)],
  ["Number of Frames", makeTag(0x0028, 0x0008)],
  ["Rows", makeTag(0x0028, 0x0010)],
  ["Columns", makeTag(0x0028, 0x0011)],
  ["Bits Allocated", makeTag(0x0028, 0x0100)],
  ["Bits Stored", makeTag(0x0028, 0x0101)],
  ["High Bit", makeTag(0x0028, 0x0102)],
  ["Pixel Representation", makeTag(0x0028, 0x0103)],
] as const;
const VALUES = [0, 1, 2, 3, 4, 7, 8, 12, 15, 16, 17, 31, 32, 63, 64, 65, 255, 4096, 32768, 65535];

type Fault = (bytes: Uint8Array, random: Random) => Uint8Array;

const FAULTS: Readonly<Record<string, Fault>> = {
  "wrong header": (bytes, random) => withHeader(opened(bytes), random),
  "streams: bits, bytes, runs": (bytes, random) =>
    withPixels(bytes, (value) => reframed(value, (stream) => mutated(stream, randomInt(random, 0, 2 ** 31)))),
  "fragments lost, doubled, empty": (bytes, random) => withPixels(bytes, (value) => shuffled(value, random)),
  "file cut off": (bytes, random) => bytes.subarray(0, randomInt(random, 200, bytes.length - 1)),
  "file: bits, bytes, runs": (bytes, random) => mutated(bytes, randomInt(random, 0, 2 ** 31)),
};

/** One or two of the numbers wrong, by chance or by one. */
function withHeader(file: DicomFile, random: Random): Uint8Array {
  const data = new Edits(file.data);
  for (let times = randomInt(random, 1, 2); times > 0; times--) {
    const [, tag] = pick(random, HEADER);
    const token = file.data.find(tag);
    const old = token < 0 ? 1 : Number(file.data.string(tag)) || 1;
    const value = random() < 0.4 ? Math.max(0, old + randomInt(random, -2, 2)) : pick(random, VALUES);
    data.set(ROOT, newElement(tag, value));
  }
  return joinParts(writeFile(file, { data }));
}

/** The file with another value of Pixel Data, its length in the header with it where that counts. */
function withPixels(bytes: Uint8Array, change: (value: Uint8Array) => Uint8Array): Uint8Array {
  const file = opened(bytes);
  const value = pixelBytes(file);
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).lastIndexOf(value);
  const isEncapsulated = transferSyntaxInfo(file.transferSyntax)?.encapsulated === true;
  if (isEncapsulated)
    return concatBytes([bytes.subarray(0, start), change(value), bytes.subarray(start + value.length)]);
  const data = new Edits(file.data);
  const changed = change(value);
  data.set(ROOT, newElement(Tags.PixelData, changed.subarray(0, changed.length & ~1)));
  return joinParts(writeFile(file, { data }));
}

/** The items of encapsulated pixel data, offset table first; native pixel data are one. */
function itemsOf(value: Uint8Array): Uint8Array[] | undefined {
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  const items: Uint8Array[] = [];
  for (let at = 0; at + 8 <= value.length; ) {
    if (view.getUint32(at, false) !== 0xfeff00e0) return at === 0 ? undefined : items;
    const length = view.getUint32(at + 4, true);
    items.push(value.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return items;
}

const inItems = (items: readonly Uint8Array[]): Uint8Array =>
  concatBytes(items.map((bytes) => item(bytes.length + (bytes.length & 1), padded(bytes, "OB"))));

function reframed(value: Uint8Array, change: (stream: Uint8Array) => Uint8Array): Uint8Array {
  const items = itemsOf(value);
  if (items === undefined) return change(value);
  return inItems(items.map((stream, i) => (i === 0 ? stream : change(stream))));
}

function shuffled(value: Uint8Array, random: Random): Uint8Array {
  const items = itemsOf(value);
  if (items === undefined) return value.subarray(0, randomInt(random, 0, value.length - 1));
  const at = randomInt(random, 1, items.length - 1);
  const kind = randomInt(random, 0, 3);
  if (kind === 0) items.splice(at, 1);
  else if (kind === 1) items.splice(at, 0, items[at]!);
  else if (kind === 2) items[at] = new Uint8Array(0);
  else items[at] = items[at]!.subarray(0, randomInt(random, 0, items[at]!.length - 1));
  return inItems(items);
}

export type FaultOutcome = "passed" | "held" | "no frames" | "not DICOM" | "refused when written" | "threw";

/** Examines a broken file and writes it where it passes; nothing but the last outcome is a fault of ours. */
export function examineBroken(
  bytes: Uint8Array,
  tools: PixelTools,
): { readonly outcome: FaultOutcome; readonly error?: unknown } {
  let file: DicomFile;
  try {
    file = opened(bytes);
  } catch (error) {
    return isElpisError(error) ? { outcome: "not DICOM" } : { outcome: "threw", error };
  }
  let isExamined = false;
  try {
    const result = examinePixels(file, tools, POLICY);
    isExamined = true;
    if (result.kind !== "passed") return { outcome: result.kind };
    written(file, result.pixels);
    return { outcome: "passed" };
  } catch (error) {
    return isExamined && isElpisError(error)
      ? { outcome: "refused when written" }
      : { outcome: "threw", error };
  }
}

/** Item 5: broken fragments, headers and streams. */
export function reportFaults(run: Run, tools: PixelTools): void {
  const { report } = run;
  report.heading("Bad input");
  const columns: readonly FaultOutcome[] = [
    "passed",
    "held",
    "no frames",
    "not DICOM",
    "refused when written",
    "threw",
  ];
  const seeds = seedFiles(run.seed);
  const rounds = scaled(run, 1000);
  const rows: string[][] = [];
  let [threw, all] = [0, 0];
  for (const [name, fault] of Object.entries(FAULTS)) {
    const random = seededRandom(run.seed);
    const counts = new Map<FaultOutcome, number>();
    for (let round = 0; round < rounds; round++) {
      const { syntax, bytes } = seeds[round % seeds.length]!;
      const { outcome, error } = examineBroken(fault(bytes, random), tools);
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      if (outcome === "threw") report.say(`threw: ${name}, round ${round}, ${syntax}: ${String(error)}`);
      if ((round + 1) % 100 === 0) run.progress(`${name}: ${round + 1} of ${rounds}`);
    }
    threw += counts.get("threw") ?? 0;
    all += rounds;
    report.record(`faults/${name}`, Object.fromEntries(counts));
    rows.push([name, ...columns.map((column) => String(counts.get(column) ?? 0))]);
  }
  report.table(["fault", ...columns], rows);
  report.check(`no broken file crashes: ${all} tried, ${threw} threw`, threw === 0);
}

function seedFiles(seed: number): { readonly syntax: string; readonly bytes: Uint8Array }[] {
  return SYNTAXES.flatMap((uid) =>
    Object.keys(KINDS).flatMap((kind) => {
      const bytes = madeFile(uid, kind, "text", seed, { size: 64 });
      return bytes === undefined ? [] : [{ syntax: transferSyntaxInfo(uid)?.name ?? uid, bytes }];
    }),
  );
}
