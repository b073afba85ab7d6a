import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fromLatin1 } from "../../src/base/index.js";
import {
  type DataSet,
  type DicomFile,
  formatTag,
  isPrivate,
  memorySource,
  ROOT,
  readFile,
  Tags,
} from "../../src/dicom/index.js";
import { type Corpus, numberInPixels } from "./corpus.js";
import type { Planted } from "./header.js";

const TEXT_VRS: ReadonlySet<string | undefined> = new Set(["LO", "SH", "ST", "LT", "UT"]);

/** Where an identifier was left, or what it is where that is the standard's own top level. */
export const LEAK_KINDS = [
  "name",
  "number",
  "date",
  "other",
  "text",
  "nested",
  "private",
  "uid",
  "meta UID",
  "elsewhere",
] as const;
export type LeakKind = (typeof LEAK_KINDS)[number];

/** What the search of a whole output folder found. */
export interface Findings {
  readonly files: number;
  /** Files that hold at least one planted identifier. */
  readonly filesWithLeaks: number;
  /** By kind, the attributes (paths of tags) that still hold one in at least one file. */
  readonly attributes: ReadonlyMap<LeakKind, ReadonlySet<string>>;
  /** Distinct Study and Series Instance UIDs: as many as went in, or the studies were torn apart or merged. */
  readonly studies: number;
  readonly series: number;
  /** Files whose Pixel Data is not, to the byte, what went in; files that cannot be read. */
  readonly pixelsChanged: number;
  readonly unreadable: number;
}

/**
 * Searches every file of a folder for everything that was planted in the file that it was made from: in the
 * decoded values of all elements, in the raw bytes around Pixel Data, and in the names of files and folders.
 */
export function searchLeaks(folder: string, corpus: Corpus): Findings {
  const search = new Search(corpus);
  for (const path of filesBelow(folder)) search.file(readFileSync(path), relative(folder, path));
  return search.findings();
}

export function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

class Search {
  readonly #corpus: Corpus;
  readonly #attributes = new Map<LeakKind, Set<string>>();
  readonly #studies = new Set<string>();
  readonly #series = new Set<string>();
  #files = 0;
  #filesWithLeaks = 0;
  #pixelsChanged = 0;
  #unreadable = 0;

  constructor(corpus: Corpus) {
    this.#corpus = corpus;
  }

  file(bytes: Uint8Array, name: string): void {
    if (!name.endsWith(".dcm")) return this.#otherFile(bytes, name);
    this.#files++;
    let file: DicomFile;
    try {
      file = readFile(memorySource(bytes));
    } catch {
      this.#unreadable++;
      return;
    }
    const token = file.data.find(Tags.PixelData);
    const pixels = token < 0 ? new Uint8Array(3) : file.data.bytes(token);
    const number = numberInPixels(pixels);
    if (number >= this.#corpus.count || !Buffer.from(pixels).equals(this.#corpus.pixels(number))) {
      this.#pixelsChanged++;
      return;
    }
    this.#studies.add(file.data.string(Tags.StudyInstanceUID));
    this.#series.add(file.data.string(Tags.SeriesInstanceUID));
    if (this.#leaks(file, bytes, name, token, this.#corpus.planted(number))) this.#filesWithLeaks++;
  }

  #leaks(file: DicomFile, bytes: Uint8Array, name: string, pixelData: number, planted: readonly Planted[]) {
    const { value, end } = file.data.tokens;
    const around = [bytes.subarray(0, value[pixelData]), bytes.subarray(end[pixelData]!)];
    const raw = [name, ...around.map((part) => fromLatin1(part))].join("\n").toLowerCase();
    const suspects = planted.filter((one) => spellings(one.value).some((spelling) => raw.includes(spelling)));
    const located = new Set<Planted>();
    for (const data of [file.meta, file.data]) {
      for (let i = 0; i < data.tokens.count; i++) {
        if (data.tokens.next[i] !== i + 1 || (data === file.data && i === pixelData)) continue;
        for (const one of this.#inElement(data, i, planted, suspects)) located.add(one);
      }
    }
    for (const one of suspects) if (!located.has(one)) this.#found("elsewhere", one.is);
    return located.size > 0 || suspects.length > 0;
  }

  /** The identifiers in one value. A planted date within a UID is a coincidence of digits, or a UID found as such. */
  #inElement(
    data: DataSet,
    token: number,
    planted: readonly Planted[],
    suspects: readonly Planted[],
  ): Planted[] {
    const isUid = data.vrAt(token) === "UI";
    const bytes = fromLatin1(data.bytes(token)).toLowerCase();
    const plain = /^[\0-\x7f]*$/.test(bytes);
    const text = plain ? bytes : data.text(token).toLowerCase();
    const candidates = plain ? suspects : planted;
    const found = candidates.filter(({ value }) =>
      spellings(value).some((spelling) => bytes.includes(spelling) || text.includes(spelling)),
    );
    const telling = found.filter(({ is }) => !isUid || is === "uid");
    for (const one of telling) this.#found(kindOf(data, token, one), pathOf(data, token));
    return found;
  }

  /** A manifest or a log, in the folder that is to be shared. */
  #otherFile(bytes: Uint8Array, name: string): void {
    const text = fromLatin1(bytes).toLowerCase();
    for (let file = 0; file < this.#corpus.count; file++) {
      for (const { value } of this.#corpus.planted(file)) {
        if (value.length > 7 && text.includes(value.toLowerCase())) this.#found("elsewhere", name);
      }
    }
  }

  #found(kind: LeakKind, path: string): void {
    const paths = this.#attributes.get(kind) ?? new Set();
    this.#attributes.set(kind, paths.add(path));
  }

  findings(): Findings {
    return {
      files: this.#files,
      filesWithLeaks: this.#filesWithLeaks,
      attributes: this.#attributes,
      studies: this.#studies.size,
      series: this.#series.size,
      pixelsChanged: this.#pixelsChanged,
      unreadable: this.#unreadable,
    };
  }
}

/** Lower-case forms as Latin-1 strings of bytes: as written in ISO 8859-1 and in UTF-8. */
function spellings(value: string): string[] {
  const lower = value.toLowerCase();
  if (/^[\0-\x7f]*$/.test(lower)) return [lower];
  return [lower, fromLatin1(new TextEncoder().encode(lower))];
}

/** Characters around an identifier that make its value a text about someone rather than the identifier. */
const TEXT_AROUND = 8;

function kindOf(data: DataSet, token: number, { is, value }: Planted): LeakKind {
  const { tag, parent } = data.tokens;
  if (tag[token]! >>> 16 === 2) return "meta UID";
  for (let i = token; i >= 0; i = parent[i]!) if (isPrivate(data.tagAt(i))) return "private";
  if (is === "uid") return "uid";
  if (parent[token] !== ROOT) return "nested";
  const isText = TEXT_VRS.has(data.vrAt(token));
  return isText && data.text(token).trim().length > value.length + TEXT_AROUND ? "text" : is;
}

function pathOf(data: DataSet, token: number): string {
  return data.path(token) || formatTag(data.tagAt(token));
}
