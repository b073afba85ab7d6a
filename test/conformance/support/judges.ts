import { execFile, spawn } from "node:child_process";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ToolPaths } from "../../support/tools.js";
import { countKinds, readComplaints, readDciodvfy, type Verdict } from "./findings.js";

export const JUDGES = ["dciodvfy", "dcmdump", "gdcminfo", "gdcmdump", "pydicom"] as const;
export type JudgeName = (typeof JUDGES)[number];
export type JudgePaths = ToolPaths<JudgeName>;

/** What all judges say of one file. */
export interface Judgement {
  readonly verdicts: Readonly<Record<JudgeName, Verdict>>;
  /** SHA-256 of each value as pydicom finds it, by path of tags and item numbers. */
  readonly elements: ReadonlyMap<string, string>;
}

const TIME_LIMIT = 60_000;
const MAX_OUTPUT = 256 << 20;

function complaints(program: string, args: readonly string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    const options = { timeout: TIME_LIMIT, maxBuffer: MAX_OUTPUT, encoding: "latin1" } as const;
    execFile(program, args, options, (error, _stdout, stderr) => {
      resolve({ code: error ? 1 : 0, text: stderr });
    });
  });
}

async function judgeWith(
  name: Exclude<JudgeName, "pydicom">,
  paths: JudgePaths,
  file: string,
): Promise<Verdict> {
  const args = name === "dcmdump" ? ["--load-short", file] : [file];
  const { code, text } = await complaints(paths[name], args);
  return name === "dciodvfy" ? readDciodvfy(text) : readComplaints(code, text);
}

interface PydicomAnswer {
  readonly readable: boolean;
  readonly warnings: readonly string[];
  readonly elements: Readonly<Record<string, string>>;
}

/** pydicom's answers for files in order; one process reads them all. */
async function readWithPydicom(python: string, files: readonly string[]): Promise<PydicomAnswer[]> {
  const script = join(dirname(fileURLToPath(import.meta.url)), "read-with-pydicom.py");
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "ignore"] });
  child.stdin.end(files.map((file) => `${file}\n`).join(""));
  const answers: PydicomAnswer[] = [];
  for await (const line of createInterface({ input: child.stdout })) answers.push(JSON.parse(line));
  if (answers.length !== files.length)
    throw new Error(`pydicom answered ${answers.length} of ${files.length}`);
  return answers;
}

/** Applies `work` to all, as many at once as there are processors; results in order. */
async function inParallel<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < all.length; at = next++) results[at] = await work(all[at]!);
  };
  await Promise.all(Array.from({ length: cpus().length }, worker));
  return results;
}

/** Asks every judge about every file; answers in the order of the files. */
export async function judgeFiles(paths: JudgePaths, files: readonly string[]): Promise<Judgement[]> {
  const pydicom = readWithPydicom(paths.pydicom, files);
  const others = await inParallel(files, async (file) => ({
    dciodvfy: await judgeWith("dciodvfy", paths, file),
    dcmdump: await judgeWith("dcmdump", paths, file),
    gdcminfo: await judgeWith("gdcminfo", paths, file),
    gdcmdump: await judgeWith("gdcmdump", paths, file),
  }));
  const answers = await pydicom;
  return others.map((verdicts, at) => {
    const { readable, warnings, elements } = answers[at]!;
    const verdict = { readable, errors: new Map<string, number>(), warnings: countKinds(warnings) };
    return { verdicts: { ...verdicts, pydicom: verdict }, elements: new Map(Object.entries(elements)) };
  });
}
