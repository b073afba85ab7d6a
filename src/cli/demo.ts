import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ElpisError, equalBytes } from "../base/index.js";
import {
  type DataSet,
  memorySource,
  parseTag,
  ROOT,
  readFile,
  sopClassName,
  Tags,
  tagOfKeyword,
} from "../dicom/index.js";
import { crosswalkRows } from "./csv.js";
import { deidentify } from "./deidentify.js";
import { type Io, painterFor, plural, printable, table, wrapped } from "./output.js";
import { readRelease } from "./release.js";
import { makeFolder } from "./run/files.js";
import { errorCode } from "./run/list.js";
import { framesExamined } from "./run/report.js";
import { PEOPLE, type Sample, sampleStudies } from "./samples/index.js";
import { createSiteKey, readSiteKey } from "./site-key.js";

export const DEFAULT_DEMO_FOLDER = "samples-demo";
/** Marks a folder as the demo's own, which it may empty when it runs again. */
const MARK = ".elpis-demo";

interface DemoFolders {
  readonly root: string;
  readonly studies: string;
  readonly shared: string;
  readonly crosswalk: string;
  readonly held: string;
  readonly pictures: string;
  readonly key: string;
}

function foldersIn(root: string): DemoFolders {
  return {
    root,
    studies: join(root, "studies"),
    shared: join(root, "shared"),
    crosswalk: join(root, "shared.crosswalk"),
    held: join(root, "shared.held"),
    pictures: join(root, "pictures"),
    key: join(root, "site.key"),
  };
}

/** Writes the sample studies below a folder that is empty or new, and returns them. Throws OUTPUT_EXISTS. */
export function writeSamples(folder: string): Sample[] {
  if (existsSync(folder) && (!statSync(folder).isDirectory() || readdirSync(folder).length > 0)) {
    throw new ElpisError("OUTPUT_EXISTS", `${folder} is not empty: name a new folder`);
  }
  const samples = [...sampleStudies()];
  try {
    for (const { path, bytes } of samples) {
      const file = join(folder, path);
      makeFolder(dirname(file));
      writeFileSync(file, bytes);
    }
  } catch (error) {
    if (error instanceof ElpisError) throw error;
    throw new ElpisError("OUTPUT_UNWRITABLE", `${folder} cannot be written (${errorCode(error)})`);
  }
  return samples;
}

/** `elpis samples DIR`: makes the sample studies and says what is hard about each. */
export function samples(folder: string, io: Io): number {
  const written = writeSamples(folder);
  const paint = painterFor(io.stdout, io.env);
  const series = new Map<string, { path: string; files: number }>();
  for (const { path, about } of written) {
    const known = series.get(about);
    series.set(about, { path: known?.path ?? path, files: (known?.files ?? 0) + 1 });
  }
  const rows = [...series].map(([, { path, files }]) => [path, plural(files, "file")]);
  const heads = table(rows, (cell, column) => paint(column === 0 ? "bold" : "dim", cell));
  const abouts = [...series.keys()].map((about) => indented(about, 4, io));
  io.stdout.write(`${heads.flatMap((head, at) => [head, ...abouts[at]!]).join("\n")}\n`);
  return 0;
}

/** `elpis demo`: makes sample studies, de-identifies them, and shows before, after and what was held. */
export async function demo(root: string, io: Io): Promise<number> {
  const folders = foldersIn(root);
  claim(folders);
  const written = writeSamples(folders.studies);
  const paint = painterFor(io.stdout, io.env);
  const say = (text: string) => io.stdout.write(`${text}\n`);
  const made = `${plural(written.length, "sample file")} of four people who never lived`;
  say(paint("bold", `1. ${made}: ${folders.studies}`));
  const started = performance.now();
  await release(folders);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const { counts, pixels } = readRelease(folders.shared);
  const { released, held, duplicates, other } = counts;
  say(paint("bold", `2. De-identified in ${seconds} s under the research profile: ${folders.shared}`));
  say(`   ${released} released, ${held} held, ${plural(duplicates, "copy")} left out, ${other} not DICOM`);
  say(`   Pixels: ${framesExamined(pixels)}, as in two with a name burned into them\n`);
  say(`${beforeAndAfter(folders, written, io).join("\n")}\n`);
  say(paint("bold", `3. Held, and not in ${folders.shared}:`));
  say(`${heldLines(folders, io).join("\n")}\n`);
  say(nextSteps(folders));
  return 0;
}

/** The same as `elpis deidentify`, with a key of the demo's own and without its messages. */
async function release(folders: DemoFolders): Promise<void> {
  const siteKey = existsSync(folders.key) ? readSiteKey(folders.key) : createSiteKey(folders.key);
  const nowhere = { write: () => true };
  await deidentify(
    {
      inputs: [folders.studies],
      out: folders.shared,
      profile: "research",
      project: "demo",
      recipient: "newcomer",
      siteKey,
      crosswalk: folders.crosswalk,
      held: folders.held,
      jobs: 1,
      resume: false,
      json: false,
      digests: true,
    },
    { stdout: nowhere, stderr: nowhere, isTTY: false },
  );
}

/** Takes a new or empty folder, or empties the one of an earlier demo; throws OUTPUT_EXISTS for any other. */
function claim({ root, studies, shared, crosswalk, held, pictures }: DemoFolders): void {
  try {
    makeFolder(root);
    const names = readdirSync(root);
    if (names.length > 0 && !names.includes(MARK)) {
      throw new ElpisError("OUTPUT_EXISTS", `${root} holds other files: name a new folder with --dir`);
    }
    writeFileSync(join(root, MARK), "Made by elpis demo; it empties this folder when it runs again.\n");
    for (const folder of [studies, shared, crosswalk, held, pictures]) {
      rmSync(folder, { recursive: true, force: true });
    }
  } catch (error) {
    if (error instanceof ElpisError) throw error;
    throw new ElpisError("OUTPUT_UNWRITABLE", `${root} cannot be written (${errorCode(error)})`);
  }
}

/** Elements whose fate tells the story: which sample, what to call it, the way to it (tags or keywords). */
const TELLING: readonly (readonly [sample: string, label: string, path: string])[] = [
  ["HEADCT/CT01", "Patient's Name", "PatientName"],
  ["HEADCT/CT01", "Patient ID", "PatientID"],
  ["HEADCT/CT01", "Patient's Birth Date", "PatientBirthDate"],
  ["HEADCT/CT01", "Patient's Sex", "PatientSex"],
  ["HEADCT/CT01", "Study Date", "StudyDate"],
  ["HEADCT/CT01", "Study Description", "StudyDescription"],
  ["HEADCT/CT01", "Series Description", "SeriesDescription"],
  [
    "HEADCT/CT01",
    "a former name, nested",
    "OriginalAttributesSequence ModifiedAttributesSequence PatientName",
  ],
  ["HEADCT/CT01", "KVP", "KVP"],
  ["HEADCT/CT01", "SOP Instance UID", "SOPInstanceUID"],
  ["HEADCT/report.dcm", "Referring Physician", "ReferringPhysicianName"],
  ["HEADCT/report.dcm", "report, history", "ContentSequence:1 TextValue"],
  ["HEADCT/report.dcm", "report, findings", "ContentSequence:2 TextValue"],
  [
    "head-pet/pet-01.dcm",
    "PET injection",
    "RadiopharmaceuticalInformationSequence RadiopharmaceuticalStartDateTime",
  ],
  ["head-pet/pet-01.dcm", "PET scan", "AcquisitionDate"],
  ["chest-xray/dx-01.dcm", "Patient's Name", "PatientName"],
  ["chest-xray/dx-01.dcm", "free text", "AdmittingDiagnosesDescription"],
  ["brain-mr/mr-01.dcm", "Patient's Name", "PatientName"],
  ["brain-mr/mr-01.dcm", "b-value, safe private", "0019100C"],
  ["brain-mr/mr-01.dcm", "private, not safe", "00091001"],
];

/** The value at a path of keywords, tags and `Sequence:index`; undefined where there is none. */
function valueAt(data: DataSet, path: string): string | undefined {
  let item = ROOT;
  const steps = path.split(" ");
  for (const [at, step] of steps.entries()) {
    const [name = "", index = "0"] = step.split(":");
    const token = data.find(tagOfKeyword(name) ?? parseTag(name), item);
    if (token < 0) return undefined;
    if (at === steps.length - 1) return data.text(token);
    const next = data.items(token)[Number(index)];
    if (next === undefined) return undefined;
    item = next;
  }
  return undefined;
}

/** A table of telling values as they went in and came out. Shows values: these people never lived. */
function beforeAndAfter(folders: DemoFolders, written: readonly Sample[], io: Io): string[] {
  const paint = painterFor(io.stdout, io.env);
  const newUids = new Map(crosswalkRows(join(folders.crosswalk, "uids.csv")));
  const released = new Map(
    readRelease(folders.shared).instances.map(({ path }) => [
      path.split("/").at(-1),
      join(folders.shared, path),
    ]),
  );
  const width = Math.max(24, Math.floor((columnsOf(io) - 34) / 2));
  const rows: string[][] = [["", "before", "after"]];
  /** What stands above a row of the table: the sample and its class, which are no cells of it. */
  const headings = new Map<number, string>();
  let last = "";
  /** Whether the pixel data of each sample in the table stayed as they were. */
  const untouched = new Map<string, boolean>();
  for (const [path, label, way] of TELLING) {
    const before = readFile(memorySource(written.find((sample) => sample.path === path)!.bytes)).data;
    const file = released.get(`${newUids.get(before.string(Tags.SOPInstanceUID))}.dcm`);
    if (file === undefined) continue;
    const after = readFile(memorySource(readFileSync(file))).data;
    if (path !== last) {
      const name = sopClassName(before.string(Tags.SOPClassUID)) ?? "";
      headings.set(rows.length, `${paint("bold", path)}  ${paint("dim", name)}`);
    }
    last = path;
    untouched.set(path, pixelsAreSame(before, after));
    rows.push(...wrappedRow(`  ${label}`, valueAt(before, way), valueAt(after, way), width));
  }
  const lines = table(rows, (cell, column, row) => {
    if (row === 0) return paint("bold", cell);
    return column === 2 ? paint("green", cell) : column === 1 ? paint("yellow", cell) : cell;
  });
  const same = [...untouched.values()].filter((isSame) => isSame).length;
  return [
    ...lines.flatMap((line, at) => [headings.get(at) ?? [], line].flat()),
    `Pixel data: identical, byte for byte, in ${same} of these ${untouched.size}`,
  ];
}

/** A row of the table, on as many lines as its longer value needs. */
function wrappedRow(
  label: string,
  before: string | undefined,
  after: string | undefined,
  width: number,
): string[][] {
  const [left, right] = [before, after].map((value) =>
    value === undefined ? ["(removed)"] : value === "" ? ["(empty)"] : wrapped(printable(value), width),
  );
  return Array.from({ length: Math.max(left!.length, right!.length) }, (_, at) => [
    at === 0 ? label : " ",
    left![at] ?? "",
    right![at] ?? "",
  ]);
}

function pixelsAreSame(before: DataSet, after: DataSet): boolean {
  const [a, b] = [before, after].map((data) => {
    const token = data.find(Tags.PixelData);
    return token < 0 ? new Uint8Array(0) : data.bytes(token);
  });
  return equalBytes(a!, b!);
}

/** Path and reason of every held file, and below them what the reason means, from held.jsonl. */
function heldLines({ held, studies }: DemoFolders, io: Io): string[] {
  const files = readFileSync(join(held, "held.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { path: string; reasons: { code: string; detail: string }[] });
  const heads = table(
    files.map(({ path, reasons }) => [
      `   ${relative(studies, path).startsWith("..") ? path : relative(studies, path)}`,
      reasons.map(({ code }) => code).join(", "),
    ]),
  );
  return heads.flatMap((head, at) => [
    head,
    ...files[at]!.reasons.flatMap(({ detail }) => indented(printable(detail), 7, io)),
  ]);
}

/** A text in lines of the terminal's width. */
function indented(text: string, by: number, io: Io): string[] {
  return wrapped(text, columnsOf(io) - by).map((line) => " ".repeat(by) + line);
}

function columnsOf({ stdout }: Io): number {
  return Math.max(60, stdout.columns ?? 120);
}

function nextSteps(folders: DemoFolders): string {
  const [instance] = readRelease(folders.shared).instances;
  const id = instance?.path.split("/")[0] ?? "";
  const { studies, shared, crosswalk, pictures, key } = folders;
  return `4. Look next:
   npx elpis inspect ${join(studies, "HEADCT/CT01")}
       every element, its action and why; --values shows the values
   npx elpis pixels ${join(studies, "ultrasound/us-01.dcm")} --png ${pictures}
       pictures of a frame before, with a box around each text, and after
   ${join(shared, "release.json")}
       the evidence that goes with the release: counts, digests, text that was kept
   npx elpis reidentify ${id} --site-key ${key} --crosswalk ${crosswalk}
       the way back, for the holder of the key
   npx elpis trace ${PEOPLE.musterfrau.patientId} --site-key ${key} ${shared}
       which releases hold a patient
   docs/guides/held.md
       why files are held, and what to do about each`;
}
