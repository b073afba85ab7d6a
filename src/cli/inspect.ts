import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { ElpisError, isElpisError } from "../base/index.js";
import {
  type ActionName,
  createDeidentifier,
  deriveProjectKeys,
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
import {
  byteSize,
  clip,
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
}

/**
 * Explains one file. Nothing is written, no key is used: a throw-away one stands in, because no pseudonym is
 * shown. Throws INPUT_UNREADABLE where the file cannot be read or is not DICOM.
 */
export function inspectFile(path: string, profile: Profile): Inspection {
  const roots = inputRoots([path]);
  if (statSync(roots[0]!).isDirectory())
    throw new ElpisError("USAGE", `${path} is a folder: inspect takes one file`);
  const [file] = listInputs(roots).files;
  if (!file) throw new ElpisError("INPUT_UNREADABLE", `${path} is no file that can be read`);
  const source = new InputReader().openWhole(file);
  try {
    return { file: path, size: source.size, ...explain(source, profile, path) };
  } finally {
    source.close();
  }
}

function explain(source: ByteSource, profile: Profile, path: string): Omit<Inspection, "file" | "size"> {
  const { name, digest } = profile;
  if (!looksLikeDicom(source)) {
    throw new ElpisError(
      "INPUT_UNREADABLE",
      `${path} is not DICOM: it has neither "DICM" nor a data set at its start`,
    );
  }
  const keys = deriveProjectKeys(randomBytes(SITE_SECRET_BYTES), "inspect", "nobody");
  try {
    const { file, held, elements } = explainInstance(source, undefined, createDeidentifier(profile, keys));
    const { transferSyntax, deviations } = file;
    const sopClass = file.data.string(Tags.SOPClassUID);
    return { profile: { name, digest }, transferSyntax, deviations, sopClass, held, elements };
  } catch (error) {
    if (!isElpisError(error)) throw error;
    const reason: HeldReason = { code: "UNREADABLE", detail: `${error.code}: ${error.message}` };
    const nothing = { transferSyntax: "", deviations: [], sopClass: "", elements: [] };
    return { profile: { name, digest }, held: [reason], ...nothing };
  }
}

/** Prints every element, its action and why. Returns 0, also where the file would be held. */
export function inspect(options: InspectOptions, io: Io): number {
  const inspection = inspectFile(options.file, options.profile);
  const show = options.values ? shown : maskedValue;
  if (options.json) {
    const elements = inspection.elements.map(({ tag: _, ...element }) => ({
      ...element,
      value: show(element.value),
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
  const { held, elements } = inspection;
  io.stdout.write(`${heading(inspection, paint)}\n`);
  for (const { code, detail } of held) {
    io.stdout.write(`${paint("red", `would be held: ${code}`)} ${printable(detail)}\n`);
  }
  if (held.length > 0) io.stdout.write(paint("dim", "docs/guides/held.md says what each reason means\n"));
  const widest = Math.max(0, ...elements.map(({ depth, keyword }) => 2 * depth + 15 + keyword.length));
  const layout: Layout = { name: Math.min(widest, 60), action: actionWidth(elements), value: 32 };
  let block = "\n";
  for (const element of elements) {
    block += `${elementLine(element, layout, show, paint)}\n`;
    if (block.length < 65_536) continue;
    io.stdout.write(block);
    block = "";
  }
  io.stdout.write(`${block}\n${totals(elements)}\n`);
}

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

interface Layout {
  readonly name: number;
  readonly action: number;
  readonly value: number;
}

function actionWidth(elements: readonly ExplainedElement[]): number {
  return Math.max(6, ...elements.map(({ action }) => action.length));
}

/** `(0010,0010) PN PatientName   pseudonym  Aaaa^Aaaa   PS3.15 ...`, nested elements indented. */
function elementLine(
  element: ExplainedElement,
  layout: Layout,
  show: (value: string) => string,
  paint: Paint,
): string {
  const { depth, vr, keyword, action, why, length } = element;
  const tag = element.path.slice(element.path.lastIndexOf("(")).slice(0, 11);
  const name = `${"  ".repeat(depth)}${tag} ${vr || "--"} ${keyword}`;
  const value = show(element.value);
  const about = value === "" && length > 0 ? byteSize(length) : value;
  const style = ACTION_STYLES[action];
  return [
    padEnd(name, layout.name),
    paint(style, padEnd(action, layout.action)),
    padEnd(clip(about, layout.value), layout.value),
    paint("dim", why),
  ]
    .join("  ")
    .trimEnd();
}

function totals(elements: readonly ExplainedElement[]): string {
  const counts = new Map<string, number>();
  for (const { action } of elements) counts.set(action, (counts.get(action) ?? 0) + 1);
  const parts = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([action, count]) => `${action} ${count}`);
  return `${elements.length} elements: ${parts.join(", ")}`;
}
