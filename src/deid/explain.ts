import {
  type ByteSource,
  type DicomFile,
  dictionaryEntry,
  ITEM,
  isPrivate,
  isPrivateCreator,
  readFile,
  type Tag,
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
  /** Decoded text; "" for sequences, bytes and numbers. */
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
  const { walk } = judge(file, record, deidentifier, (token, action, why) =>
    told.push({ token, action, why }),
  );
  told.sort((a, b) => a.token - b.token);
  return {
    file,
    held: [...held, ...walk.reasons],
    elements: told.map(({ token, action, why }) => ({ ...describeElement(file, token), action, why })),
  };
}

const unknownPatient: PatientRecord = { key: "", identifiers: { names: [], ids: [], dates: [], other: [] } };

function describeElement(file: DicomFile, token: number) {
  const { data } = file;
  const tag = data.tagAt(token);
  const vr = data.vrAt(token) ?? dictionaryEntry(tag)?.vr ?? "UN";
  const isText = !data.isSequence(token) && !/^(O.|UN|AT|F.|S[LSV]|U[LSV])$/.test(vr);
  let depth = 0;
  for (let i = data.tokens.parent[token]!; i >= 0; i = data.tokens.parent[i]!)
    if (data.tokens.tag[i] === ITEM) depth++;
  return {
    path: data.path(token),
    tag,
    keyword: keywordOf(tag),
    vr: data.isSequence(token) ? "SQ" : vr,
    length: data.length(token),
    value: isText && data.length(token) <= MAX_SHOWN ? data.text(token, vr) : "",
    depth,
  };
}

function keywordOf(tag: Tag): string {
  if (isPrivateCreator(tag)) return "(private creator)";
  return dictionaryEntry(tag)?.keyword || (isPrivate(tag) ? "(private)" : "(unknown)");
}
