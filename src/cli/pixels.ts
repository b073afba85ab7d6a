import { existsSync, statSync } from "node:fs";
import { ElpisError, isElpisError } from "../base/index.js";
import type { Profile } from "../deid/index.js";
import { encodePng, type FrameFindings, type PixelTools, TEXT_FINDER_DIGEST } from "../pixels/index.js";
import { openPixelTools } from "../pixels/node.js";
import { EXIT_RELEASED, EXIT_SOME_HELD } from "./deidentify.js";
import { type Io, painterFor, printable, printJson } from "./output.js";
import { FileExaminer, type Seen } from "./pixels/examiner.js";
import { PictureFolder } from "./pixels/folder.js";
import { FramePainter } from "./pixels/pictures.js";
import { LookProgress } from "./pixels/progress.js";
import { type FileReport, hasFindings, type Verdict } from "./pixels/report.js";
import { fileLines, totalsLine } from "./pixels/text.js";
import { type InputFile, inputRoots, listInputs } from "./run/list.js";

export interface PixelsOptions {
  readonly files: readonly string[];
  readonly profile: Profile;
  /** Folder for pictures; undefined draws none. */
  readonly png: string | undefined;
  /** Draw every frame, and not only the first and those with findings. */
  readonly allFrames: boolean;
  readonly json: boolean;
}

const VERDICTS: readonly Verdict[] = [
  "nothing found",
  "marks stay",
  "blanked",
  "held",
  "nothing to examine",
  "not DICOM",
];

/**
 * Shows what `deidentify` would find in the pixels of files, and where; never what it says. Returns 3 where a file
 * would be held, else 0. Throws INPUT_UNREADABLE and USAGE for what is no file, before anything is examined.
 */
export async function pixels(options: PixelsOptions, io: Io): Promise<number> {
  const { profile, json } = options;
  const inputs = options.files.map((path) => ({ path, file: inputFile(path) }));
  const folder = options.png === undefined ? undefined : new PictureFolder(options.png);
  const tools = await openPixelTools();
  const style = json ? "none" : io.stderr.isTTY === true ? "bar" : "lines";
  const progress = new LookProgress(io.stderr, style, () => performance.now());
  const examiner = new FileExaminer(profile, tools, (looks, ofLooks) => progress.look(looks, ofLooks));
  const paint = painterFor(io.stdout, io.env);
  const counts = new Map<Verdict, number>();
  const reports: FileReport[] = [];
  if (profile.pixels !== "examine" && !json) {
    io.stdout.write(
      `The profile ${profile.name} says "pixels: ${profile.pixels}"; examined all the same.\n\n`,
    );
  }
  for (const { path, file } of inputs) {
    progress.begin(printable(path));
    const draw = (seen: Seen): string[] => (folder ? drawn(path, seen, tools, folder, options, io) : []);
    const { judged, result } = examiner.examine(file, draw);
    progress.end();
    const report: FileReport = { file: path, ...judged, pictures: result ?? [] };
    counts.set(report.verdict, (counts.get(report.verdict) ?? 0) + 1);
    if (json) reports.push(report);
    else io.stdout.write(`${fileLines(report, paint).join("\n")}\n`);
  }
  const exitCode = counts.has("held") ? EXIT_SOME_HELD : EXIT_RELEASED;
  if (json) printJson(io, document(options, reports, counts, exitCode));
  else if (inputs.length > 1) io.stdout.write(`${totalsLine(counts)}\n`);
  if (options.png !== undefined)
    io.stderr.write(`The pictures in ${printable(options.png)} show patients: never share them.\n`);
  return exitCode;
}

function inputFile(path: string): InputFile {
  if (!existsSync(path)) throw new ElpisError("INPUT_UNREADABLE", `${path} does not exist`);
  if (statSync(path).isDirectory())
    throw new ElpisError("USAGE", `${path} is a folder: name the files in it`);
  const [file] = listInputs(inputRoots([path])).files;
  if (!file) throw new ElpisError("INPUT_UNREADABLE", `${path} is no file that can be read`);
  return file;
}

/** Keys of the document of `--json` stay; new ones may come. */
function document(
  { profile }: PixelsOptions,
  files: readonly FileReport[],
  counts: ReadonlyMap<Verdict, number>,
  exitCode: number,
) {
  return {
    exitCode,
    profile: { name: profile.name, digest: profile.digest },
    textFinder: TEXT_FINDER_DIGEST,
    counts: Object.fromEntries(VERDICTS.map((verdict) => [verdict, counts.get(verdict) ?? 0])),
    files,
  };
}

/** Writes the pictures of a file and returns their paths. A frame that cannot be shown ends them, and that is told. */
function drawn(
  path: string,
  { file, examination }: Seen,
  { finder }: PixelTools,
  folder: PictureFolder,
  { allFrames }: PixelsOptions,
  io: Io,
): string[] {
  if (examination.kind === "no frames") return [];
  const pictures: string[] = [];
  try {
    const painter = FramePainter.of(file, finder);
    if (!painter) return [];
    const name = folder.nameFor(path);
    const found = new Map(examination.frames.map((one) => [one.frame, one]));
    for (let frame = 0; frame < painter.count; frame++) {
      const findings: FrameFindings = found.get(frame) ?? { frame, blanked: [], marks: [], residual: [] };
      if (frame > 0 && !allFrames && !hasFindings(findings)) continue;
      pictures.push(folder.write(name, frame + 1, encodePng(painter.draw(findings))));
    }
  } catch (error) {
    if (!isElpisError(error) || !error.code.startsWith("PIXELS_")) throw error;
    io.stderr.write(`${printable(path)}: no more pictures: ${error.message}\n`);
  }
  return pictures;
}
