import { randomBytes } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { ElpisError } from "../base/index.js";
import {
  type ActionName,
  createDeidentifier,
  deriveProjectKeys,
  type ExaminedPixels,
  type ExplainedElement,
  explainInstance,
  type HeldReason,
  type Profile,
  SITE_SECRET_BYTES,
} from "../deid/index.js";
import {
  type ByteSource,
  isStandardUid,
  looksLikeDicom,
  sopClassName,
  Tags,
  transferSyntaxInfo,
} from "../dicom/index.js";
import type { PixelTools } from "../pixels/index.js";
import { openPixelTools } from "../pixels/node.js";
import {
  byteSize,
  clip,
  displayWidth,
  type Io,
  masked,
  type Paint,
  padEnd,
  painterFor,
  printable,
  printJson,
  type Style,
} from "./output.js";
import { InputReader } from "./run/file-source.js";
import { inputRoots, listInputs } from "./run/list.js";
import { framesExamined } from "./run/report.js";

export interface InspectOptions {
  readonly file: string;
  readonly profile: Profile;
  /** Show values; else their shape alone. */
  readonly values: boolean;
  readonly json: boolean;
}

/** What would happen to a file, and why. */
export interface Inspection {
  readonly file: string;
  readonly size: number;
  readonly profile: { readonly name: string; readonly digest: string };
  /** UID of the transfer syntax and departures from PS3.10; empty where the file cannot be read whole. */
  readonly transferSyntax: string;
  readonly deviations: readonly string[];
  readonly sopClass: string;
  readonly held: readonly HeldReason[];
  readonly elements: readonly ExplainedElement[];
  /** Absent where no pixels were examined, or where they did not pass. */
  readonly pixels?: ExaminedPixels;
}

/**
 * Explains one file. Nothing is written, no key is used: a throw-away one makes examples of pseudonyms and
 * shifted dates. Throws INPUT_UNREADABLE where the file cannot be read or is not DICOM.
 */
export function inspectFile(path: string, profile: Profile, pixelTools?: PixelTools): Inspection {
  if (!existsSync(path)) throw new ElpisError("INPUT_UNREADABLE", `${path} does not exist`);
  const roots = inputRoots([path]);
  if (statSync(roots[0]!).isDirectory())
    throw new ElpisError("USAGE", `${path} is a folder: inspect takes one file`);
  const [file] = listInputs(roots).files;
  if (!file) throw new ElpisError("INPUT_UNREADABLE", `${path} is no file that can be read`);
  const source = new InputReader().openWhole(file);
  try {
    return { file: path, size: source.size, ...explain(source, profile, path, pixelTools) };
  } finally {
    source.close();
  }
}

function explain(
  source: ByteSource,
  profile: Profile,
  path: string,
  pixelTools: PixelTools | undefined,
): Omit<Inspection, "file" | "size"> {
  const { name, digest } = profile;
  if (!looksLikeDicom(source)) {
    throw new ElpisError(
      "INPUT_UNREADABLE",
      `${path} is not DICOM: it has neither "DICM" nor a data set at its start`,
    );
  }
  const keys = deriveProjectKeys(randomBytes(SITE_SECRET_BYTES), "inspect", "nobody");
  const deidentifier = createDeidentifier(profile, keys, pixelTools);
  const { file, held, elements, pixels } = explainInstance(source, undefined, deidentifier);
  return {
    profile: { name, digest },
    transferSyntax: file?.transferSyntax ?? "",
    deviations: file?.deviations ?? [],
    sopClass: file?.data.string(Tags.SOPClassUID) ?? "",
    held,
    elements,
    ...(pixels && { pixels }),
  };
}

/** Prints every element, its action and why. Returns 0, also where the file would be held. */
export async function inspect(options: InspectOptions, io: Io, openTools = openPixelTools): Promise<number> {
  const tools = options.profile.pixels === "examine" ? await openTools() : undefined;
  const inspection = inspectFile(options.file, options.profile, tools);
  const show = options.values ? shown : maskedValue;
  if (options.json) {
    const elements = inspection.elements.map(({ tag: _, ...element }) => ({
      ...element,
      value: show(element.value),
      ...(element.after === undefined ? {} : { after: show(element.after) }),
    }));
    printJson(io, { ...inspection, elements });
  } else printInspection(inspection, show, io);
  return 0;
}

/** UIDs that the standard itself registers name nobody, and say what the object is. */
function maskedValue(value: string): string {
  return isStandardUid(value) ? value : masked(value);
}

function shown(value: string): string {
  return printable(value);
}

const ACTION_STYLES: Readonly<Record<ActionName, Style>> = {
  kept: "green",
  removed: "red",
  emptied: "red",
  dummy: "yellow",
  uid: "cyan",
  shifted: "cyan",
  cleaned: "yellow",
  pseudonym: "cyan",
  inserted: "blue",
};

function printInspection(inspection: Inspection, show: (value: string) => string, io: Io): void {
  const paint = painterFor(io.stdout, io.env);
  const { held, elements, pixels } = inspection;
  io.stdout.write(`${heading(inspection, paint)}\n`);
  for (const { code, detail } of held) {
    io.stdout.write(`${paint("red", `would be held: ${code}`)} ${printable(detail)}\n`);
  }
  if (held.length > 0) io.stdout.write(paint("dim", "docs/guides/held.md says what each reason means\n"));
  if (pixels) io.stdout.write(`pixels: ${framesExamined(pixels, "would be blanked")}\n`);
  if (elements.length === 0) return;
  const rows = elements.map((element) => rowOf(element, show));
  const layout = layoutOf(rows, io.stdout);
  let block = "\n";
  for (const row of rows) {
    block += `${lineOf(row, layout, paint)}\n`;
    if (block.length < 65_536) continue;
    io.stdout.write(block);
    block = "";
  }
  io.stdout.write(`${block}\n${totals(elements)}\n`);
  if (elements.some(({ action }) => KEYED.has(action))) io.stdout.write(paint("dim", `${EXAMPLES}\n`));
  if (layout.why !== undefined) io.stdout.write(paint("dim", `${LEGEND}\n`));
}

/** What is written for them comes from the key. */
const KEYED: ReadonlySet<ActionName> = new Set<ActionName>(["pseudonym", "uid", "shifted"]);
const EXAMPLES = "New IDs, UIDs and shifted dates are examples: in a run, the site key makes them.";
const TABLE = "PS3.15 Table E.1-1";
const LEGEND = `Reasons are those of ${TABLE}; "–": it has no row there, and stays. In a pipe, lines are whole.`;

function heading(
  { file, size, profile, transferSyntax, deviations, sopClass }: Inspection,
  paint: Paint,
): string {
  const parts = [
    byteSize(size),
    sopClass === "" ? undefined : (sopClassName(sopClass) ?? "a class that the standard does not name"),
    transferSyntaxInfo(transferSyntax)?.name,
    deviations.length > 0 ? `deviates: ${deviations.join(", ")}` : undefined,
    `profile ${profile.name} (${profile.digest.slice(0, 12)})`,
  ];
  return `${paint("bold", printable(file))}\n${parts.filter((part) => part !== undefined).join(" · ")}`;
}

/** Cells of an element's line. */
interface Row {
  readonly name: string;
  readonly action: ActionName;
  readonly before: string;
  /** Undefined where the element stays or goes. */
  readonly after: string | undefined;
  readonly why: string;
}

/** `(0010,0010) PN PatientName   pseudonym  Aaaa^Aaaa → A9AA99   PS3.15 ...`, nested elements indented. */
function rowOf(element: ExplainedElement, show: (value: string) => string): Row {
  const { depth, vr, keyword, action, why, length, path } = element;
  const tag = path.slice(path.lastIndexOf("(")).slice(0, 11);
  const value = show(element.value);
  return {
    name: `${"  ".repeat(depth)}${tag} ${vr || "--"} ${keyword}`,
    action,
    before: value === "" && length > 0 ? byteSize(length) : value,
    after: element.after === undefined ? undefined : show(element.after) || "(empty)",
    why,
  };
}

/** Widths of the columns. */
interface Layout {
  readonly name: number;
  readonly action: number;
  readonly value: number;
  /** On a terminal, where lines are clipped to its width; undefined where everything is written out. */
  readonly why: number | undefined;
}

const GAPS = 6;

function layoutOf(rows: readonly Row[], sink: Io["stdout"]): Layout {
  const name = Math.min(60, Math.max(...rows.map((row) => displayWidth(row.name))));
  const action = Math.max(6, ...rows.map((row) => row.action.length));
  if (sink.isTTY !== true) return { name, action, value: 32, why: undefined };
  const width = Math.max(60, sink.columns ?? 80);
  const narrow = { name: Math.min(name, Math.floor(width * 0.4)), action };
  const left = width - narrow.name - action - GAPS;
  const value = Math.min(48, Math.floor(left * 0.6));
  return { ...narrow, value, why: left - value };
}

function lineOf(row: Row, { name, action, value, why }: Layout, paint: Paint): string {
  const isWhole = why === undefined;
  return [
    padEnd(isWhole ? row.name : clip(row.name, name), name),
    paint(ACTION_STYLES[row.action], padEnd(row.action, action)),
    padEnd(change(row, isWhole ? Number.POSITIVE_INFINITY : value), value),
    paint("dim", isWhole ? row.why : clip(shortWhy(row.why), why)),
  ]
    .join("  ")
    .trimEnd();
}

/** `before → after`; where there is little room, each keeps half of it, or more if the other needs less. */
function change({ before, after }: Row, width: number): string {
  if (after === undefined) return clip(before, width);
  const room = width - 3;
  const half = Math.floor(room / 2);
  const wanted = displayWidth(after);
  const left = clip(before, Math.max(room - wanted, half));
  return `${left} → ${clip(after, room - displayWidth(left))}`;
}

/** Without the table's name, which nearly every reason begins with. */
function shortWhy(why: string): string {
  if (why === `not in ${TABLE}`) return "–";
  return why.replace(`not in ${TABLE}; `, "").replace(`${TABLE} `, "");
}

function totals(elements: readonly ExplainedElement[]): string {
  const counts = new Map<string, number>();
  for (const { action } of elements) counts.set(action, (counts.get(action) ?? 0) + 1);
  const parts = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([action, count]) => `${action} ${count}`);
  return `${elements.length} elements: ${parts.join(", ")}`;
}
