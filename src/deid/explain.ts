import {
  BINARY,
  type ByteSource,
  type DicomFile,
  dictionaryEntry,
  formatTag,
  ITEM,
  isPrivate,
  isPrivateCreator,
  numbersOf,
  readFile,
  type Tag,
  type VR,
} from "../dicom/index.js";
import { type Deidentifier, fileReasons, judge } from "./apply.js";
import { recordOfFile } from "./survey.js";
import type { ActionName, HeldReason, PatientRecord } from "./types.js";

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
  /** Sequences around it. */
  readonly depth: number;
  readonly action: ActionName;
  readonly why: string;
}

export interface Explanation {
  readonly file: DicomFile;
  readonly held: readonly HeldReason[];
  readonly elements: readonly ExplainedElement[];
}

const MAX_SHOWN = 4096;

/**
 * Judges a file as `applyStudy` would and tells every decision; nothing is written. Without a record the
 * file's own header stands for what is known of the patient. Throws DICOM_* errors as `readFile` does.
 */
export function explainInstance(
  source: ByteSource,
  patient: PatientRecord | undefined,
  deidentifier: Deidentifier,
): Explanation {
  const file = readFile(source);
  const held = fileReasons(file);
  const record = patient ?? (held.length === 0 ? recordOfFile(source, deidentifier.keys) : unknownPatient);
  const told: { token: number; action: ActionName; why: string }[] = [];
  const { walk } = judge(file, record, deidentifier, (token, action, why) => {
    told.push({ token, action, why });
    if (action !== "removed" && action !== "emptied") return;
    for (const inner of enclosed(file, token)) {
      told.push({ token: inner, action: "removed", why: "with the sequence around it" });
    }
  });
  told.sort((a, b) => a.token - b.token);
  return {
    file,
    held: [...held, ...walk.reasons],
    elements: told.map(({ token, action, why }) => ({ ...describeElement(file, token), action, why })),
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

function keywordOf(tag: Tag): string {
  if (isPrivateCreator(tag)) return "(private creator)";
  return dictionaryEntry(tag)?.keyword || (isPrivate(tag) ? "(private)" : "(unknown)");
}
