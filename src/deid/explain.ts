import { isElpisError } from "../base/index.js";
import {
  BINARY,
  type ByteSource,
  type DataSet,
  type DicomFile,
  dictionaryEntry,
  formatTag,
  ITEM,
  isPrivate,
  isPrivateCreator,
  type NewElement,
  numbersOf,
  readFile,
  type Tag,
  type VR,
} from "../dicom/index.js";
import { type Deidentifier, fileReasons, judge } from "./apply.js";
import { examinePixelsOf } from "./pixel-examination.js";
import { unreadableReasons } from "./polyglot.js";
import { recordOfFile } from "./survey.js";
import type { ActionName, ExaminedPixels, HeldReason, PatientRecord } from "./types.js";

/** One element of a file: what would become of it, and why. `value` is the patient's own: mask it. */
export interface ExplainedElement {
  readonly path: string;
  readonly tag: Tag;
  readonly keyword: string;
  readonly vr: string;
  /** Bytes. */
  readonly length: number;
  /** Decoded text, numbers separated by backslashes; "" for sequences and bytes. */
  readonly value: string;
  /** What is written in its place, decoded as `value` is; absent where the element stays or goes. */
  readonly after?: string;
  /** Sequences around it. */
  readonly depth: number;
  readonly action: ActionName;
  readonly why: string;
}

export interface Explanation {
  /** Absent where the file cannot be read whole. */
  readonly file?: DicomFile;
  /** Why `applyStudy` would hold the file. */
  readonly held: readonly HeldReason[];
  readonly elements: readonly ExplainedElement[];
  /** Absent where no pixels were examined, or where they did not pass. */
  readonly pixels?: ExaminedPixels;
}

const MAX_SHOWN = 4096;

/**
 * Judges a file as `applyStudy` would and tells every decision; nothing is written. Without a record the
 * file's own header stands for what is known of the patient. A file that cannot be read has no elements.
 */
export function explainInstance(
  source: ByteSource,
  patient: PatientRecord | undefined,
  deidentifier: Deidentifier,
): Explanation {
  let file: DicomFile;
  try {
    file = readFile(source);
  } catch (error) {
    if (!isElpisError(error) || !error.code.startsWith("DICOM_")) throw error;
    return { held: unreadableReasons(source, error), elements: [] };
  }
  return explainFile(file, source, patient, deidentifier);
}

function explainFile(
  file: DicomFile,
  source: ByteSource,
  patient: PatientRecord | undefined,
  deidentifier: Deidentifier,
): Explanation {
  const held = fileReasons(file);
  const record = patient ?? (held.length === 0 ? recordOfFile(source) : unknownPatient);
  const told: { token: number; action: ActionName; why: string }[] = [];
  const judged = judge(file, record, deidentifier, (token, action, why) => {
    told.push({ token, action, why });
    if (action !== "removed" && action !== "emptied") return;
    for (const inner of enclosed(file, token)) {
      told.push({ token: inner, action: "removed", why: "with the sequence around it" });
    }
  });
  told.sort((a, b) => a.token - b.token);
  // A file that is held for what it is is not judged further.
  const reasons = held.length > 0 ? held : judged.walk.reasons;
  const pixels = reasons.length > 0 ? undefined : examinePixelsOf(judged, deidentifier);
  return {
    file,
    held: pixels && "reasons" in pixels ? pixels.reasons : reasons,
    ...(pixels && "counts" in pixels && { pixels: pixels.counts }),
    elements: told.map(({ token, action, why }) => {
      const replacement = judged.walk.edits.replacements.get(token);
      const after = replacement && { after: written(file.data, token, replacement) };
      return { ...describeElement(file, token), ...after, action, why };
    }),
  };
}

/** The elements within a sequence, at any depth. */
function enclosed({ data }: DicomFile, token: number): number[] {
  const { next, tag } = data.tokens;
  const found: number[] = [];
  for (let inner = token + 1; inner < next[token]!; inner++) if (tag[inner] !== ITEM) found.push(inner);
  return found;
}

const unknownPatient: PatientRecord = {
  key: "",
  identifiers: { names: [], ids: [], dates: [], other: [] },
  birthDates: [],
};

function describeElement(file: DicomFile, token: number) {
  const { data } = file;
  const tag = data.tagAt(token);
  const vr = data.vrAt(token) ?? dictionaryEntry(tag)?.vr ?? "UN";
  let depth = 0;
  for (let i = data.tokens.parent[token]!; i >= 0; i = data.tokens.parent[i]!)
    if (data.tokens.tag[i] === ITEM) depth++;
  return {
    path: data.path(token),
    tag,
    keyword: keywordOf(tag),
    vr: data.isSequence(token) ? "SQ" : vr,
    length: data.length(token),
    value: shown(file, token, vr),
    depth,
  };
}

/** Text as it is, numbers as text; "" for sequences, bytes and what is too long to read. */
function shown({ data }: DicomFile, token: number, vr: VR): string {
  if (data.isSequence(token) || data.length(token) > MAX_SHOWN) return "";
  if (!BINARY.has(vr)) return data.text(token, vr);
  if (vr.startsWith("O") || vr === "UN") return "";
  return numbersOf(data, token, vr)
    .map((value) => (vr === "AT" ? formatTag(value as Tag) : String(value)))
    .join("\\");
}

/** A new value as text; "" for an emptied one, and for bytes, which are zeros. */
function written(data: DataSet, token: number, { vr, value }: NewElement): string {
  return value instanceof Uint8Array && !BINARY.has(vr) ? data.decode(token, value, vr) : "";
}

function keywordOf(tag: Tag): string {
  if (isPrivateCreator(tag)) return "(private creator)";
  return dictionaryEntry(tag)?.keyword || (isPrivate(tag) ? "(private)" : "(unknown)");
}
