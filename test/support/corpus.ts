import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { itNeeding, type Need } from "./needs.js";

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** One DICOM file of the corpus: the columns of INVENTORY.tsv that tests choose by. */
export interface CorpusFile {
  /** Relative to the corpus, with `/`: "dicom/pydicom/CT_small.dcm". */
  readonly path: string;
  /** Where to read it. */
  readonly absolute: string;
  /** True for a Part 10 file; false for one without preamble or File Meta Information. */
  readonly part10: boolean;
  /** Name of the SOP class, "" where it has none. */
  readonly sopClass: string;
  /** UID of the transfer syntax, "" where it has none. */
  readonly transferSyntax: string;
}

const folder = resolve(process.env.ELPIS_CORPUS ?? join(repository, "../shared/corpus"));

/** The folder of public test files, or undefined where it is missing. ELPIS_CORPUS names another place. */
export function corpusFolder(): string | undefined {
  return existsSync(join(folder, "INVENTORY.tsv")) ? folder : undefined;
}

/** Every DICOM file of the corpus, in the order of its inventory; none where the corpus is missing. */
export function corpusFiles(): readonly CorpusFile[] {
  const root = corpusFolder();
  if (root === undefined) return [];
  const [header = "", ...rows] = readFileSync(join(root, "INVENTORY.tsv"), "utf8").trimEnd().split("\n");
  const columns = header.split("\t");
  return rows.map((row) => {
    const cells = row.split("\t");
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? "";
    const path = cell("path");
    return {
      path,
      absolute: join(root, path),
      part10: cell("kind") === "p10",
      sopClass: cell("sop"),
      transferSyntax: cell("ts"),
    };
  });
}

function needCorpus(): Need<readonly CorpusFile[]> {
  const files = corpusFiles();
  if (files.length > 0) return { kind: "run", given: files };
  return { kind: "skip", reason: "needs the public corpus in ../shared/corpus or ELPIS_CORPUS" };
}

/** A test over the corpus; without it reported as skipped, saying where the corpus was looked for. */
export function itWithCorpus(
  title: string,
  run: (files: readonly CorpusFile[]) => unknown,
  timeout?: number,
): void {
  itNeeding(title, needCorpus, run, timeout);
}
