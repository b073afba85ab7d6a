// Run by fuzz.test.ts in a process of its own, whose memory is measured: `fuzz-child.ts seed count` mutates,
// `fuzz-child.ts file path` reads one file.
import { readFileSync, statSync } from "node:fs";
import { isElpisError, pick, seededRandom } from "../../src/base/index.js";
import {
  type DataSet,
  ITEM,
  memorySource,
  type OutputPart,
  partBytes,
  readFile,
  writeFile,
} from "../../src/dicom/index.js";
import { corpusFiles } from "../support/corpus.js";
import { seedFiles } from "../support/dicom-seeds.js";
import { mutated, tokensOf } from "./dicom-mutate.js";

/** Larger files take long to copy and mutate, and have no structure that smaller ones lack. */
const LARGEST = 40_000;

/** What the child prints: one line of JSON. */
export interface FuzzReport {
  readonly files: number;
  readonly read: number;
  readonly refused: Readonly<Record<string, number>>;
  /** Anything but a typed refusal: which file of which seed, and what happened. */
  readonly failures: readonly string[];
  /** Processor time of the file that took longest: other work on the machine does not count. */
  readonly slowestMs: number;
  readonly peakMiB: number;
}

/** One of each size, since files of a series are alike. */
function smallCorpusFiles(): Uint8Array[] {
  const bySize = new Map<number, string>();
  for (const { absolute } of corpusFiles()) bySize.set(statSync(absolute).size, absolute);
  return [...bySize]
    .filter(([size]) => size <= LARGEST)
    .map(([, path]) => new Uint8Array(readFileSync(path)));
}

function decodeAll(data: DataSet): void {
  for (let token = 0; token < data.tokens.count; token++) {
    if (data.tagAt(token) === ITEM || data.isSequence(token)) continue;
    data.strings(token);
  }
}

function isWrittenAs(parts: readonly OutputPart[], bytes: Uint8Array): boolean {
  let at = 0;
  for (const written of parts.flatMap((part) => [...partBytes(part, Number.POSITIVE_INFINITY)])) {
    if (Buffer.compare(written, bytes.subarray(at, at + written.length)) !== 0) return false;
    at += written.length;
  }
  return at === bytes.length;
}

/** Linux hands maxRSS down from the process that forked this one, so its own high-water mark is read there. */
function peakMiB(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS / 1024;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
}

/** Reads a file, decodes every value and writes it back; the code of the refusal, or undefined. */
function examine(bytes: Uint8Array): string | undefined {
  try {
    const file = readFile(memorySource(bytes));
    if (!isWrittenAs(writeFile(file), bytes)) throw new Error("written back otherwise");
    decodeAll(file.meta);
    decodeAll(file.data);
    return undefined;
  } catch (error) {
    if (isElpisError(error) && error.code.startsWith("DICOM_")) return error.code;
    throw error;
  }
}

class Fuzz {
  readonly #refused: Record<string, number> = {};
  readonly #failures: string[] = [];
  #files = 0;
  #read = 0;
  #slowestMs = 0;

  take(bytes: Uint8Array, name: string): void {
    const start = process.cpuUsage();
    this.#files++;
    try {
      const code = examine(bytes);
      if (code) this.#refused[code] = (this.#refused[code] ?? 0) + 1;
      else this.#read++;
    } catch (error) {
      this.#failures.push(`${name}: ${error instanceof Error ? error.stack : error}`);
    }
    const { user, system } = process.cpuUsage(start);
    this.#slowestMs = Math.max(this.#slowestMs, (user + system) / 1000);
  }

  report(): FuzzReport {
    return {
      files: this.#files,
      read: this.#read,
      refused: this.#refused,
      failures: this.#failures.slice(0, 10),
      slowestMs: this.#slowestMs,
      peakMiB: peakMiB(),
    };
  }
}

function mutateMany(fuzz: Fuzz, seed: number, count: number): void {
  const bases = [...seedFiles().values(), ...smallCorpusFiles()];
  const tokens = bases.map(tokensOf);
  for (let i = 0; i < count; i++) {
    const random = seededRandom(seed * 1_000_003 + i);
    const base = Math.floor(random() * bases.length);
    fuzz.take(mutated(bases[base]!, tokens[base], random, pick(random, bases)), `seed ${seed}, file ${i}`);
  }
}

const [what = "1", which = "1000"] = process.argv.slice(2);
const fuzz = new Fuzz();
if (what === "file") fuzz.take(readFileSync(which), which);
else mutateMany(fuzz, Number(what), Number(which));
process.stdout.write(JSON.stringify(fuzz.report()));
