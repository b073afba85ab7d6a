import { randomBytes } from "node:crypto";
import { isElpisError } from "../../base/index.js";
import {
  applyStudy,
  createDeidentifier,
  type Deidentifier,
  deriveProjectKeys,
  type HeldReason,
  type InstanceOutcome,
  mergeSurvey,
  type PatientRecord,
  type Profile,
  SITE_SECRET_BYTES,
} from "../../deid/index.js";
import {
  type ByteSource,
  type DicomFile,
  isGenerated,
  numbersOf,
  readFile,
  Tags,
} from "../../dicom/index.js";
import { type FrameFindings, framesOf, type PixelExamination, type PixelTools } from "../../pixels/index.js";
import { InputReader } from "../run/file-source.js";
import { errorCode, type InputFile } from "../run/list.js";
import { type RunSettings, TaskRunner } from "../run/tasks.js";
import { blankedShare, type FileReport, foldFindings, hasFindings } from "./report.js";

/** What an examination saw, while the source of the file is open. */
export interface Seen {
  readonly file: DicomFile;
  readonly examination: PixelExamination;
}

/** Says how many looks at frames of the file in hand have begun. */
export type OnLook = (looks: number, ofLooks: number) => void;

/** A report without the name of the file and the pictures made of it. */
type Judged = Omit<FileReport, "file" | "pictures">;

const UNKNOWN = {
  examined: false,
  why: null,
  sopClass: null,
  transferSyntax: null,
  writtenAs: null,
  rows: null,
  columns: null,
  frames: null,
  reasons: [],
  findings: [],
  blankedShare: null,
} as const;

/**
 * Puts files through both passes of `deidentify`, with a key that is thrown away, and writes nothing. A profile
 * that leaves pixels unexamined has them examined here. What is known of a patient is what the file itself tells.
 */
export class FileExaminer {
  readonly #settings: RunSettings;
  readonly #deidentifier: Deidentifier;
  readonly #reader = new InputReader();
  /** Of the file in hand. */
  #seen: Seen | undefined;

  constructor(profile: Profile, tools: PixelTools, onLook: OnLook) {
    const keys = deriveProjectKeys(randomBytes(SITE_SECRET_BYTES), "pixels", "nobody");
    const observer = {
      look: onLook,
      examined: (file: DicomFile, examination: PixelExamination) => {
        this.#seen = { file, examination };
      },
    };
    const examining: Profile = { ...profile, pixels: "examine" };
    this.#settings = { profile: examining, keys, out: "", digests: false };
    this.#deidentifier = createDeidentifier(examining, keys, { ...tools, observer });
  }

  /**
   * What would become of a file. `withSeen` is called where its pixels were examined, and while it is open.
   * Throws only for a mistake in this software.
   */
  examine<Result>(
    file: InputFile,
    withSeen: (seen: Seen) => Result,
  ): { readonly judged: Judged; readonly result?: Result } {
    try {
      const { patient, held, isOther } = this.#survey(file);
      if (isOther) return { judged: { ...UNKNOWN, verdict: "not DICOM" } };
      const source = this.#reader.openWhole(file);
      try {
        const facts = factsOf(source);
        if (!patient || held.length > 0) return { judged: { ...facts, verdict: "held", reasons: held } };
        const outcome = this.#apply(source, patient);
        const judged = judge(outcome, facts, this.#seen);
        return this.#seen ? { judged, result: withSeen(this.#seen) } : { judged };
      } finally {
        source.close();
      }
    } catch (error) {
      if (isElpisError(error) && !/^(?:DICOM_|PIXELS_|INPUT_UNREADABLE$)/.test(error.code)) throw error;
      return { judged: { ...UNKNOWN, verdict: "held", reasons: [unreadable(error)] } };
    }
  }

  /** The first pass over this file alone. */
  #survey(file: InputFile) {
    const runner = new TaskRunner(this.#settings);
    const surveyed = runner.run({ kind: "survey", files: [file] });
    const collected = runner.run({ kind: "collect" });
    if (surveyed.kind !== "surveyed" || collected.kind !== "collected") throw new Error("no survey came");
    const survey = mergeSurvey([collected.part], this.#settings.keys);
    return {
      patient: survey.studies[0]?.patient,
      held: [
        ...surveyed.unreadable.flatMap(({ held }) => held),
        ...survey.held.flatMap(({ reasons }) => reasons),
      ],
      isOther: survey.other.length > 0,
    };
  }

  /** The second pass; frames that would be written are made, for that can fail, and forgotten. */
  #apply(source: ByteSource, patient: PatientRecord): InstanceOutcome<number> {
    this.#seen = undefined;
    const [outcome] = applyStudy({ patient, instances: [{ id: 0, source }] }, this.#deidentifier);
    if (!outcome) throw new Error("a file got no outcome");
    if (outcome.kind === "held") return outcome;
    try {
      for (const part of outcome.parts) {
        if (isGenerated(part)) for (const _ of part.produce());
      }
      return outcome;
    } catch (error) {
      if (!isElpisError(error) || !error.code.startsWith("PIXELS_")) throw error;
      return { kind: "held", id: 0, reasons: [{ code: "PIXELS_NOT_EXAMINED", detail: error.message }] };
    }
  }
}

/** Messages of other errors may hold values: their class alone is told. */
function unreadable(error: unknown): HeldReason {
  if (isElpisError(error)) return { code: "UNREADABLE", detail: `${error.code}: ${error.message}` };
  return { code: "UNREADABLE", detail: `unexpected failure (${errorCode(error)}): please report it` };
}

/** What the header says; as far as it can be read. */
function factsOf(source: ByteSource): typeof UNKNOWN | Pick<Judged, keyof typeof UNKNOWN> {
  let file: DicomFile;
  try {
    file = readFile(source);
  } catch (error) {
    if (!isElpisError(error)) throw error;
    return UNKNOWN;
  }
  const { data, transferSyntax } = file;
  const number = (tag: typeof Tags.Rows | typeof Tags.Columns): number | null => {
    const token = data.find(tag);
    return token < 0 ? null : (numbersOf(data, token)[0] ?? null);
  };
  const hasFrames = data.find(Tags.PixelData) >= 0;
  const count = Number(data.string(Tags.NumberOfFrames) || "1");
  return {
    ...UNKNOWN,
    sopClass: data.string(Tags.SOPClassUID) || null,
    transferSyntax,
    rows: number(Tags.Rows),
    columns: number(Tags.Columns),
    frames: hasFrames && Number.isInteger(count) && count > 0 ? count : null,
  };
}

/** Segmentations and doses among them: `deidentify` does not look at them at all. */
const NO_PICTURE = "its class holds masks or numbers, or nothing that can be seen";

function judge(
  outcome: InstanceOutcome<number>,
  facts: Pick<Judged, keyof typeof UNKNOWN>,
  seen: Seen | undefined,
): Judged {
  const examination = seen?.examination;
  if (outcome.kind === "held" && examination?.kind !== "held") {
    return { ...facts, verdict: "held", examined: examination !== undefined, reasons: outcome.reasons };
  }
  if (!seen || !examination) return { ...facts, verdict: "nothing to examine", why: NO_PICTURE };
  if (examination.kind === "no frames") {
    return { ...facts, verdict: "nothing to examine", why: examination.reason };
  }
  const found = examination.frames.filter(hasFindings);
  const places = found.length > 0 ? told(found, seen.file) : { findings: [], blankedShare: 0 };
  if (examination.kind === "held") {
    return { ...facts, verdict: "held", examined: true, reasons: examination.reasons, ...places };
  }
  const { changedFrames, transferSyntax } = examination.pixels;
  const writtenAs = changedFrames > 0 ? transferSyntax : null;
  const verdict = changedFrames > 0 ? "blanked" : found.length > 0 ? "marks stay" : "nothing found";
  return { ...facts, verdict, examined: true, frames: examination.frameCount, writtenAs, ...places };
}

function told(found: readonly FrameFindings[], file: DicomFile) {
  const frames = framesOf(file);
  if (frames.kind === "none") throw new Error("findings in a file without frames");
  const { format } = frames;
  return { findings: foldFindings(found, format), blankedShare: blankedShare(found, format) };
}
