import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { isElpisError } from "../../src/base/index.js";
import {
  type DataSet,
  type DicomFile,
  Flag,
  formatTag,
  joinParts,
  memorySource,
  ROOT,
  readFile,
  type Tag,
  writeFile,
} from "../../src/dicom/index.js";
import { type CorpusFile, corpusFiles, corpusFolder, itWithCorpus } from "../support/corpus.js";
import { itNeeding, type Need } from "../support/needs.js";
import { requirement, type ToolName, type ToolPaths } from "../support/tools.js";
import { type JudgedElement, judgements } from "./dicom-pydicom.js";

/** What of the corpus is refused, and why. Each of them dcmdump or pydicom fails to read, too. */
const REFUSED: Readonly<Record<string, string>> = {
  "dicom/pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm":
    "DICOM_TRUNCATED: the fragments have no delimiter in (7FE0,0010), at offset 40316",
  "dicom/pydicom/MR_truncated.dcm":
    "DICOM_TRUNCATED: (7FE0,0010) claims 8192 bytes, 8130 are left, at offset 1488",
  "dicom/pydicom/no_meta.dcm": 'DICOM_NOT_DICOM: neither "DICM" at byte 128 nor a data set at byte 0',
  "dicom/pydicom/rtplan_truncated.dcm":
    "DICOM_TRUNCATED: (300A,00B0) claims 976 bytes, 711 are left, at offset 1410",
};

function needBoth<N extends ToolName>(tools: readonly N[]): Need<ToolPaths<N>> {
  const need = requirement(tools);
  if (need.kind !== "run" || corpusFolder() !== undefined) return need;
  return { kind: "skip", reason: "needs the public corpus in ../shared/corpus or ELPIS_CORPUS" };
}

function read(path: string): DicomFile | string {
  try {
    return readFile(memorySource(readFileSync(path)));
  } catch (error) {
    if (!isElpisError(error) || !error.code.startsWith("DICOM_")) throw error;
    return `${error.code}: ${error.message}`;
  }
}

describe("over the whole corpus", () => {
  itWithCorpus("every DICOM file that is read is written back bit for bit", (files) => {
    const different = files.filter(({ absolute }) => {
      const file = read(absolute);
      if (typeof file === "string") return false;
      return Buffer.compare(joinParts(writeFile(file)), readFileSync(absolute)) !== 0;
    });
    expect(different.map(({ path }) => path)).toEqual([]);
    expect(files.length).toBeGreaterThan(300);
  });

  itWithCorpus("only damaged DICOM files are refused, each with tag, offset and reason", (files) => {
    const refused: Record<string, string> = {};
    for (const { path, absolute } of files) {
      const file = read(absolute);
      if (typeof file === "string") refused[path] = file;
    }
    expect(refused).toEqual(REFUSED);
  });

  itWithCorpus("every other file, be it text, image or table, is refused as not DICOM", (files) => {
    const known = new Set(files.map(({ absolute }) => absolute));
    const folder = corpusFolder() ?? "";
    const others = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile() && !known.has(path));
    const wrong = others.filter((path) => {
      const outcome = read(path);
      if (typeof outcome === "string") return !outcome.startsWith("DICOM_NOT_DICOM");
      // Files that the inventory leaves out may be DICOM: then they must come back as they were.
      return Buffer.compare(joinParts(writeFile(outcome)), readFileSync(path)) !== 0;
    });
    expect(wrong).toEqual([]);
  });

  itNeeding(
    "no file is refused that both dcmdump and pydicom read without an error",
    () => needBoth(["dcmdump", "pydicom"]),
    ({ dcmdump, pydicom }) => {
      const refused = corpusFiles().filter(({ absolute }) => typeof read(absolute) === "string");
      const strict = `import sys, warnings; warnings.simplefilter("error"); import pydicom
for _ in pydicom.dcmread(sys.argv[1]).iterall(): pass`;
      for (const { absolute, path } of refused) {
        const both = [
          spawnSync(dcmdump, ["-q", absolute]).status,
          spawnSync(pydicom, ["-c", strict, absolute]).status,
        ];
        expect(both, path).not.toEqual([0, 0]);
      }
    },
  );

  itNeeding(
    "tags, VRs, lengths, nesting and every text value are those that pydicom reads",
    () => needBoth(["pydicom"]),
    ({ pydicom }) => {
      const readable = corpusFiles().filter(({ absolute }) => typeof read(absolute) !== "string");
      const judged = judgements(
        pydicom,
        readable.map(({ absolute }) => absolute),
      );
      const found = new Comparison();
      for (const [i, judgement] of judged.entries()) {
        const file = read(readable[i]!.absolute) as DicomFile;
        if (judgement.error !== null) found.differences.push(`${judgement.path}: ${judgement.error}`);
        found.file = readable[i]!;
        found.dataSet(file.meta, ROOT, judgement.meta);
        found.dataSet(file.data, ROOT, judgement.data);
      }
      expect(found.differences).toEqual([]);
      expect(found.elements).toBeGreaterThan(50_000);
      expect(found.texts).toBeGreaterThan(35_000);
    },
  );
});

/** Gathers where our reading and pydicom's differ. */
class Comparison {
  readonly differences: string[] = [];
  elements = 0;
  texts = 0;
  file: CorpusFile | undefined;

  dataSet(data: DataSet, item: number, judged: readonly JudgedElement[]): void {
    const ours = new Map<number, number>();
    for (let i = data.first(item); i < data.after(item); i = data.tokens.next[i]!) ours.set(data.tagAt(i), i);
    for (const element of judged) {
      const token = ours.get(element.tag);
      ours.delete(element.tag);
      this.elements++;
      if (token === undefined) this.#differs(`${formatTag(element.tag as Tag)} is missing`);
      else this.#element(data, token, element);
    }
    for (const tag of ours.keys()) this.#differs(`${formatTag(tag as Tag)} pydicom does not have`);
  }

  #element(data: DataSet, token: number, judged: JudgedElement): void {
    const path = data.path(token);
    if (judged.items) return this.#items(data, token, judged.items);
    // In implicit VR it is the dictionaries that differ: pydicom's knows private elements.
    const explicit = (data.tokens.flags[token]! & Flag.Implicit) === 0;
    const vr = data.vrAt(token) ?? "UN";
    // pydicom gives elements of VR UN the VR of its dictionary when they are empty.
    if (explicit && vr !== "UN" && vr !== judged.vr)
      this.#differs(`${path} is ${vr}, for pydicom ${judged.vr}`);
    if (judged.length !== null && judged.length !== data.length(token) && !data.isSequence(token))
      this.#differs(`${path} has ${data.length(token)} bytes, for pydicom ${judged.length}`);
    if (judged.text === null || vr !== judged.vr) return;
    this.texts++;
    if (plain(data.strings(token)) !== plain(judged.text.split("\\")))
      this.#differs(`${path} reads otherwise`);
  }

  #items(data: DataSet, token: number, judged: readonly (readonly JudgedElement[])[]): void {
    const items = data.items(token);
    if (items.length !== judged.length) return this.#differs(`${data.path(token)} has ${items.length} items`);
    for (const [i, item] of items.entries()) this.dataSet(data, item, judged[i]!);
  }

  #differs(what: string): void {
    this.differences.push(`${this.file?.path}: ${what}`);
  }
}

/** Without padding of each value and without empty component groups at the end of a name. */
function plain(values: readonly string[]): string {
  return values.map((value) => value.replace(/[\0 =]+$/, "").trim()).join("\\");
}
